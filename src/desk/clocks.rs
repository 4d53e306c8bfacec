//! Four clocks of a conversation, kept apart: the bot's, the queue's, the agent's and the time it waits for the shopper.
//! One of them runs at any time until it is closed. The queue's and the agent's stand still while the desk is closed.

use serde::Serialize;

use crate::domain::UnixMs;

/// What changes who is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    ShopperWrote,
    BotWrote,
    AgentWrote,
    /// Begins to wait for a person, or does so again.
    Queued,
    Assigned,
    /// The bot has it (again).
    BackToBot,
    Closed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    Bot,
    Queue,
    Agent,
    Shopper,
}

/// In milliseconds up to the moment that was asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Clocks {
    pub bot_ms: UnixMs,
    pub queue_ms: UnixMs,
    pub agent_ms: UnixMs,
    pub shopper_ms: UnixMs,
    /// The one that runs then; `None`: closed, or nothing was said yet.
    pub running: Option<Clock>,
}

#[derive(Clone, Copy)]
enum Hands {
    Bot,
    Queue,
    Agent,
    Nobody,
}

/// `open_ms`: desk time between two moments. `story` is in its order.
pub fn clocks(story: &[(UnixMs, Moment)], now: UnixMs, open_ms: impl Fn(UnixMs, UnixMs) -> UnixMs) -> Clocks {
    let mut clocks = Clocks::default();
    let (mut hands, mut is_answered) = (Hands::Bot, true);
    let mut last = now;
    for (at, moment) in story.iter().copied().filter(|(at, _)| *at <= now) {
        clocks.add(last, at, &open_ms);
        last = at;
        match moment {
            Moment::ShopperWrote => is_answered = false,
            // A word of the bot to who waits for a person is no answer.
            Moment::BotWrote => is_answered |= matches!(hands, Hands::Bot),
            Moment::AgentWrote => is_answered = true,
            Moment::Queued => (hands, is_answered) = (Hands::Queue, false),
            Moment::Assigned => (hands, is_answered) = (Hands::Agent, false),
            Moment::BackToBot => hands = Hands::Bot,
            Moment::Closed => hands = Hands::Nobody,
        }
        clocks.running = match hands {
            Hands::Nobody => None,
            Hands::Queue => Some(Clock::Queue),
            Hands::Bot | Hands::Agent if is_answered => Some(Clock::Shopper),
            Hands::Bot => Some(Clock::Bot),
            Hands::Agent => Some(Clock::Agent),
        };
    }
    clocks.add(last, now, &open_ms);
    clocks
}

impl Clocks {
    fn add(&mut self, from: UnixMs, until: UnixMs, open_ms: &impl Fn(UnixMs, UnixMs) -> UnixMs) {
        if until <= from {
            return;
        }
        match self.running {
            None => {}
            Some(Clock::Bot) => self.bot_ms += until - from,
            Some(Clock::Queue) => self.queue_ms += open_ms(from, until),
            Some(Clock::Agent) => self.agent_ms += open_ms(from, until),
            Some(Clock::Shopper) => self.shopper_ms += until - from,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stretch_is_counted_once_by_who_was_waited_for() {
        let story = [
            (0, Moment::BotWrote),
            (10, Moment::ShopperWrote),
            (11, Moment::BotWrote),
            (20, Moment::ShopperWrote),
            (20, Moment::Queued),
            (20, Moment::BotWrote),
            (25, Moment::ShopperWrote),
            (50, Moment::Assigned),
            (57, Moment::AgentWrote),
            (90, Moment::ShopperWrote),
            (93, Moment::Queued),
            (95, Moment::Assigned),
            (96, Moment::AgentWrote),
            (100, Moment::Closed),
        ];
        let told = clocks(&story, 1_000, |from, until| until - from);
        let expected =
            Clocks { bot_ms: 1, queue_ms: 32, agent_ms: 7 + 3 + 1, shopper_ms: 10 + 9 + 33 + 4, running: None };
        assert_eq!(told, expected);
        assert_eq!(told.bot_ms + told.queue_ms + told.agent_ms + told.shopper_ms, 100, "nothing twice, nothing lost");
        let then = clocks(&story, 60, |from, until| until - from);
        assert_eq!((then.running, then.shopper_ms), (Some(Clock::Shopper), 10 + 9 + 3));
        assert_eq!(clocks(&story, 30, |from, until| until - from).running, Some(Clock::Queue));
        assert_eq!(clocks(&[], 30, |from, until| until - from), Clocks::default());
    }

    #[test]
    fn nobody_is_late_while_the_desk_is_closed() {
        let story = [(0, Moment::ShopperWrote), (10, Moment::Queued), (60, Moment::Assigned)];
        // Open from 30 on.
        let told = clocks(&story, 100, |from, until| until.max(30) - from.max(30));
        assert_eq!((told.bot_ms, told.queue_ms, told.agent_ms), (10, 30, 40));
    }

    #[test]
    fn what_comes_back_is_the_bots_again() {
        let story = [
            (0, Moment::ShopperWrote),
            (5, Moment::Closed),
            (50, Moment::ShopperWrote),
            (50, Moment::BackToBot),
            (52, Moment::BotWrote),
        ];
        let told = clocks(&story, 60, |from, until| until - from);
        assert_eq!((told.bot_ms, told.shopper_ms, told.running), (5 + 2, 8, Some(Clock::Shopper)));
    }
}
