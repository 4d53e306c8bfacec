//! One reader's place in one conversation's log, and what an event means for it. No I/O.

/// Live events are only hints: whatever does not continue exactly where the reader stands makes it read the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feed {
    /// The reader has everything up to here.
    through: i64,
    /// The newest position anybody told us of.
    head: i64,
    /// The log is being read; live events only move `head`.
    behind: bool,
    /// How far the other side has read, as this reader was told.
    seen: i64,
}

/// What to do with a live event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It continues the log: send it.
    Pass,
    /// The reader has it, or will get it from the log.
    Skip,
    /// There is a hole: read the log.
    CatchUp,
}

impl Feed {
    /// A reader that has yet to read the log from `through`.
    pub fn behind(through: i64) -> Self {
        Feed { through, head: through, behind: true, seen: 0 }
    }

    pub fn through(&self) -> i64 {
        self.through
    }

    pub fn is_behind(&self) -> bool {
        self.behind
    }

    /// A live event covers `from..=through`.
    pub fn receive(&mut self, from: i64, through: i64) -> Verdict {
        self.head = self.head.max(through);
        if self.behind || through <= self.through {
            Verdict::Skip
        } else if from == self.through + 1 {
            self.through = through;
            Verdict::Pass
        } else {
            self.behind = true;
            Verdict::CatchUp
        }
    }

    /// Somebody saw the log reach `head`. True if the reader has to catch up now.
    pub fn notice(&mut self, head: i64) -> bool {
        self.head = self.head.max(head);
        let news = !self.behind && self.head > self.through;
        self.behind |= news;
        news
    }

    /// The other side has read up to `seq`. True if the reader has to be told.
    pub fn other_has_seen(&mut self, seq: i64) -> bool {
        let news = seq > self.seen;
        self.seen = self.seen.max(seq);
        news
    }

    /// The log was sent up to `through`. True if nothing was missed meanwhile; else read on.
    pub fn caught_up(&mut self, through: i64) -> bool {
        self.through = through;
        self.behind = self.head > through;
        !self.behind
    }
}

/// Whether a client's position can be continued: only if it is of this database and not ahead of its log.
pub fn can_resume(client_epoch: &str, epoch: &str, seq: i64, head: i64, max_replay: i64) -> bool {
    client_epoch == epoch && (0..=head).contains(&seq) && head - seq <= max_replay
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_event_during_the_catch_up_makes_it_read_on() {
        let mut feed = Feed::behind(3);
        assert_eq!(feed.receive(6, 7), Verdict::Skip);
        assert!(!feed.caught_up(5), "6 and 7 came while we read up to 5");
        assert!(feed.caught_up(7));
        assert_eq!(feed.receive(8, 8), Verdict::Pass);
    }

    #[test]
    fn how_far_the_other_side_has_read_is_told_once_and_only_forward() {
        let mut feed = Feed::behind(0);
        assert!(!feed.other_has_seen(0));
        assert!(feed.other_has_seen(3));
        assert!(!feed.other_has_seen(3) && !feed.other_has_seen(2));
        assert!(feed.other_has_seen(4));
    }

    #[test]
    fn a_hole_is_filled_from_the_log() {
        let mut feed = Feed::behind(0);
        assert!(feed.caught_up(2));
        assert_eq!(feed.receive(5, 6), Verdict::CatchUp);
        assert!(feed.caught_up(6));
        assert_eq!(feed.receive(3, 4), Verdict::Skip, "the late one is old news");
    }

    #[test]
    fn positions_of_another_database_or_ahead_of_the_log_start_over() {
        assert!(can_resume("e", "e", 5, 5, 300));
        assert!(can_resume("e", "e", 0, 300, 300));
        assert!(!can_resume("e", "e", 0, 301, 300));
        assert!(!can_resume("e", "e", 6, 5, 300));
        assert!(!can_resume("e", "e", -1, 5, 300));
        assert!(!can_resume("old", "e", 5, 5, 300));
    }

    proptest! {
        /// Whatever a bus does (drop, double, reorder), a reader who reads the log when told to gets
        /// every entry once and in order.
        #[test]
        fn nothing_is_lost_doubled_or_reordered(events in prop::collection::vec((1i64..20, 0usize..3), 1..40)) {
            let mut feed = Feed::behind(0);
            let mut got: Vec<i64> = Vec::new();
            let mut log_head = 0;
            for (seq, times) in events {
                log_head = log_head.max(seq);
                for _ in 0..times {
                    match feed.receive(seq, seq) {
                        Verdict::Pass => got.push(seq),
                        Verdict::Skip => {}
                        Verdict::CatchUp => {}
                    }
                    while feed.is_behind() {
                        let from = feed.through() + 1;
                        got.extend(from..=log_head);
                        feed.caught_up(log_head);
                    }
                }
            }
            feed.notice(log_head);
            while feed.is_behind() {
                got.extend(feed.through() + 1..=log_head);
                feed.caught_up(log_head);
            }
            prop_assert_eq!(got, (1..=log_head).collect::<Vec<_>>());
        }
    }
}
