//! Keeps what one socket sends in its order when some of it is refused for now: what was under way behind a refused
//! send must not overtake it, however long the server takes to read it. No clock, no I/O.

use std::collections::{HashMap, VecDeque};

use crate::domain::ids::{Cid, ConversationId};

/// Of one socket. A client that keeps to the 16 it may have under way never has so many; one that does not, and never
/// sends again what was refused, is not held for ever.
const MOST_WAITING: usize = 256;

/// The sends that were refused for now and have to come again (`R`: with what they were refused).
///
/// Clients send what has no answer in their order, after each refusal and each reconnect (docs/protocol.md). So a send
/// is let through when it is the oldest that waits. One that comes again before an older one that was refused earlier
/// says that the older one was given up: its sender knows of both refusals.
#[derive(Debug)]
pub struct Order<R> {
    waiting: HashMap<ConversationId, Waiting<R>>,
    /// Refusals so far.
    refusals: u64,
}

#[derive(Debug)]
struct Waiting<R> {
    refused: R,
    /// Oldest first.
    sends: VecDeque<Send>,
}

#[derive(Debug)]
struct Send {
    cid: Cid,
    /// The number of its last refusal.
    refusal: u64,
}

impl<R> Default for Order<R> {
    fn default() -> Self {
        Order { waiting: HashMap::new(), refusals: 0 }
    }
}

impl<R: Clone> Order<R> {
    /// Whether this send may be worked on.
    ///
    /// # Errors
    /// The refusal of the oldest that waits in this conversation.
    pub fn admit(&mut self, conv: &ConversationId, cid: &Cid) -> Result<(), R> {
        if self.waiting.values().map(|waiting| waiting.sends.len()).sum::<usize>() >= MOST_WAITING {
            self.waiting.clear();
        }
        let Some(Waiting { refused, sends }) = self.waiting.get_mut(conv) else { return Ok(()) };
        self.refusals += 1;
        let refusal = self.refusals;
        let Some(at) = sends.iter().position(|send| send.cid == *cid) else {
            sends.push_back(Send { cid: cid.clone(), refusal });
            return Err(refused.clone());
        };
        let (older, own) = (sends.drain(..at).collect::<Vec<_>>(), sends[0].refusal);
        for send in older.into_iter().rev().filter(|send| send.refusal > own) {
            sends.push_front(send);
        }
        if sends[0].cid == *cid {
            return Ok(());
        }
        if let Some(send) = sends.iter_mut().find(|send| send.cid == *cid) {
            send.refusal = refusal;
        }
        Err(refused.clone())
    }

    /// Whether some of this conversation has to come again.
    pub fn is_held(&self, conv: &ConversationId) -> bool {
        self.waiting.contains_key(conv)
    }

    /// An admitted send was refused for now: it is the oldest that waits.
    pub fn refused(&mut self, conv: &ConversationId, cid: &Cid, refused: R) {
        self.refusals += 1;
        let waiting = self.waiting.entry(conv.clone());
        let waiting = waiting.or_insert_with(|| Waiting { refused: refused.clone(), sends: VecDeque::new() });
        waiting.refused = refused;
        waiting.sends.retain(|send| send.cid != *cid);
        waiting.sends.push_front(Send { cid: cid.clone(), refusal: self.refusals });
    }

    /// An admitted send was stored, or refused for good.
    pub fn settled(&mut self, conv: &ConversationId, cid: &Cid) {
        let Some(Waiting { sends, .. }) = self.waiting.get_mut(conv) else { return };
        if sends.front().is_some_and(|oldest| oldest.cid == *cid) {
            sends.pop_front();
        }
        if sends.is_empty() {
            self.waiting.remove(conv);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn cid(number: usize) -> Cid {
        Cid::from(number.to_string().as_str())
    }

    /// A socket, and a client that keeps to the protocol: as many as fit are under way, oldest first.
    #[derive(Default)]
    struct World {
        order: Order<()>,
        said: usize,
        /// Not answered yet and not under way.
        waiting: BTreeSet<usize>,
        under_way: VecDeque<usize>,
        /// The server's answers; true: again.
        answers: VecDeque<(usize, bool)>,
        stored: Vec<usize>,
        given_up: BTreeSet<usize>,
    }

    #[derive(Debug, Clone)]
    enum Step {
        Say,
        Sends,
        /// The server reads the next; would it store it?
        Reads(bool),
        Hears,
        /// The oldest that was refused.
        GivesUp,
    }

    impl World {
        fn conv() -> ConversationId {
            ConversationId::from("c")
        }

        fn step(&mut self, step: &Step) {
            match step {
                Step::Say => {
                    self.waiting.insert(self.said);
                    self.said += 1;
                }
                Step::Sends => {
                    while self.under_way.len() + self.answers.len() < 16
                        && let Some(next) = self.waiting.pop_first()
                    {
                        self.under_way.push_back(next);
                    }
                }
                Step::Reads(is_stored) => {
                    let Some(next) = self.under_way.pop_front() else { return };
                    let again = match self.order.admit(&Self::conv(), &cid(next)) {
                        Ok(()) if *is_stored => {
                            self.order.settled(&Self::conv(), &cid(next));
                            self.stored.push(next);
                            false
                        }
                        Ok(()) => {
                            self.order.refused(&Self::conv(), &cid(next), ());
                            true
                        }
                        Err(()) => true,
                    };
                    self.answers.push_back((next, again));
                }
                Step::Hears => {
                    if let Some((next, true)) = self.answers.pop_front() {
                        self.waiting.insert(next);
                    }
                }
                Step::GivesUp => {
                    if let Some(first) = self.waiting.pop_first() {
                        self.given_up.insert(first);
                    }
                }
            }
        }
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => Just(Step::Say),
            4 => Just(Step::Sends),
            3 => Just(Step::Reads(true)),
            3 => Just(Step::Reads(false)),
            5 => Just(Step::Hears),
            1 => Just(Step::GivesUp),
        ]
    }

    proptest! {
        /// Whatever is refused and however late either side reads: stored in the order of sending, and all of it.
        #[test]
        fn nothing_overtakes_and_nothing_is_held_for_ever(steps in prop::collection::vec(step(), 1..200)) {
            let mut world = World::default();
            steps.iter().for_each(|step| world.step(step));
            for _ in 0..4 * world.said + 4 {
                world.step(&Step::Sends);
                (0..16).for_each(|_| world.step(&Step::Reads(true)));
                (0..16).for_each(|_| world.step(&Step::Hears));
            }
            let expected: Vec<_> = (0..world.said).filter(|said| !world.given_up.contains(said)).collect();
            prop_assert_eq!(world.stored, expected);
        }
    }

    #[test]
    fn who_never_sends_again_what_was_refused_is_heard_in_the_end() {
        let (conv, mut order) = (World::conv(), Order::default());
        order.refused(&conv, &cid(0), ());
        assert!((1..MOST_WAITING).all(|new| order.admit(&conv, &cid(new)).is_err()));
        assert!(order.admit(&conv, &cid(MOST_WAITING)).is_ok());
        assert!(order.waiting.is_empty());
    }

    #[test]
    fn other_conversations_do_not_wait() {
        let mut order = Order::default();
        order.refused(&World::conv(), &cid(0), ());
        assert!(order.admit(&ConversationId::from("d"), &cid(1)).is_ok());
    }
}
