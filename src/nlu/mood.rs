//! How a conversation feels: messages put together, fading, with what only their order tells.

use serde::{Deserialize, Serialize};

use super::Feelings;
use crate::{
    domain::{handoff::Feeling, playbook::Thresholds},
    language,
};

/// Heard message by message; small enough to be stored with a conversation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mood {
    /// Of each signal the strongest so far, fading.
    pub feeling: Feeling,
    /// Wishes for a person add up as independent chances do (−ln of the chance that none is meant), fading.
    heat: f32,
    /// The most that `escalation` has been.
    peak: f32,
    /// Messages that ask what was asked before.
    pub repeats: u32,
    /// The last few messages.
    last: Vec<Heard>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Heard {
    /// Of its terms, ascending.
    terms: Vec<u32>,
    letters: usize,
    escalation: f32,
}

/// Messages that a new one is compared with.
const REMEMBERED: usize = 4;
/// Terms of one message that are kept for comparing.
const MOST_TERMS: usize = 48;
/// Share of terms that two messages have in common when the second asks the first again.
const SAME: f32 = 0.6;
/// Shorter messages ("ok", "?") are no questions that could be asked again.
const LEAST_LETTERS: usize = 4;
/// What the same question again, and bubbles getting shorter and harsher, add by themselves.
const AGAIN: f32 = 0.3;
const SHORTER_AND_HARSHER: f32 = 0.15;
/// What of the worst moment still counts when a conversation is looked back upon.
const PEAK_KEPT: f32 = 0.85;
/// A message alone is never quite certain; this keeps the logarithm finite.
const MOST: f32 = 0.98;

impl Mood {
    /// By the shares of heat and of a feeling that are left after a message.
    pub fn hear(&mut self, text: &str, feelings: &Feelings, thresholds: &Thresholds) {
        let heard = Heard::new(text, feelings.escalation);
        let is_again = self.last.iter().any(|earlier| earlier.asks_the_same(&heard));
        let is_harsher = match self.last.as_slice() {
            [.., before, last] => {
                heard.letters <= last.letters
                    && last.letters <= before.letters
                    && heard.letters < before.letters
                    && heard.escalation > last.escalation.max(0.2)
            }
            _ => false,
        };
        let mut calm = 1.0 - heard.escalation.clamp(0.0, MOST);
        if is_again {
            self.repeats += 1;
            calm *= 1.0 - AGAIN;
        }
        if is_harsher {
            calm *= 1.0 - SHORTER_AND_HARSHER;
        }
        self.heat = self.heat * thresholds.heat_kept - calm.ln();
        self.peak = self.peak.max(self.escalation());
        // Hundredths: what is written down and what is read back are the same then.
        let strongest = |old: f32, new: f32| ((old * thresholds.feeling_kept).max(new) * 100.0).round() / 100.0;
        let (old, new) = (self.feeling, feelings.feeling);
        self.feeling = Feeling {
            anger: strongest(old.anger, new.anger),
            anxiety: strongest(old.anxiety, new.anxiety),
            disappointment: strongest(old.disappointment, new.disappointment),
            urgency: strongest(old.urgency, new.urgency),
        };
        self.last.push(heard);
        let excess = self.last.len().saturating_sub(REMEMBERED);
        self.last.drain(..excess);
    }

    /// 0 to 1: how much the conversation asks for a person now. After one message, what that message alone asks.
    pub fn escalation(&self) -> f32 {
        1.0 - (-self.heat).exp()
    }

    /// 0 to 1: the same for the conversation as a whole, when it is looked back upon.
    pub fn overall(&self) -> f32 {
        self.escalation().max(self.peak * PEAK_KEPT)
    }
}

impl Heard {
    fn new(text: &str, escalation: f32) -> Self {
        let normal = language::normalise(text);
        let mut terms: Vec<u32> = language::terms(&normal).iter().map(|term| hash(term)).collect();
        terms.sort_unstable();
        terms.dedup();
        terms.truncate(MOST_TERMS);
        Heard { terms, letters: normal.chars().filter(|c| c.is_alphanumeric()).count(), escalation }
    }

    fn asks_the_same(&self, other: &Heard) -> bool {
        let shared = self.terms.iter().filter(|term| other.terms.binary_search(term).is_ok()).count();
        let all = self.terms.len() + other.terms.len() - shared;
        self.letters.min(other.letters) >= LEAST_LETTERS && shared as f32 >= SAME * all as f32
    }
}

/// FNV-1a: the same on every machine, for these numbers are stored.
fn hash(term: &str) -> u32 {
    term.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::playbook::testing;

    fn after(messages: &[(&str, f32)]) -> Mood {
        let mut mood = Mood::default();
        for (text, escalation) in messages {
            mood.hear(
                text,
                &Feelings { escalation: *escalation, ..Feelings::default() },
                &testing::playbook().thresholds,
            );
        }
        mood
    }

    #[test]
    fn one_message_is_what_it_is_alone() {
        assert!((after(&[("where is my parcel", 0.3)]).escalation() - 0.3).abs() < 1e-6);
        assert_eq!(after(&[]).escalation(), 0.0);
        assert!(after(&[("enough!", 1.0)]).escalation() < 1.0);
    }

    #[test]
    fn sharp_messages_add_up_and_calm_ones_cool_down() {
        let warm = [("it is late", 0.4), ("nobody answers me", 0.4)];
        assert!(after(&warm).escalation() > 0.5);
        let cooled = after(&[warm[0], warm[1], ("ok thanks", 0.0), ("bye now", 0.0)]);
        assert!(cooled.escalation() < 0.3 && cooled.overall() > 0.4, "{cooled:?}");
    }

    #[test]
    fn the_same_question_again_warms_although_its_words_are_friendly() {
        let again = after(&[("when will my parcel come", 0.1), ("so when will my parcel come", 0.1)]);
        let other = after(&[("when will my parcel come", 0.1), ("do you have it in blue", 0.1)]);
        assert_eq!((again.repeats, other.repeats), (1, 0));
        assert!(again.escalation() > other.escalation() + 0.2);
        assert_eq!(after(&[("ok", 0.0), ("ok", 0.0)]).repeats, 0);
    }

    #[test]
    fn bubbles_that_get_shorter_and_harsher_count_more_than_the_same_in_another_order() {
        let sharp =
            after(&[("I still have no refund for this order", 0.2), ("still nothing at all", 0.3), ("hello??", 0.4)]);
        let slack = after(&[("hello??", 0.2), ("still nothing at all", 0.3), ("I still have no refund for it", 0.4)]);
        assert!(sharp.escalation() > slack.escalation());
    }
}
