//! How a reply may sound that an agent would rather not send.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// About who is right.
    Arguing,
    /// It is the shopper's own fault.
    Blaming,
    Mocking,
    /// No, and nothing else.
    FlatRefusal,
    HidingBehindRules,
    /// The shopper does not learn what happens next.
    NoNextStep,
    /// The shop's fault, and not a word about it.
    NoApology,
}

impl Tone {
    /// In the order of the heads in `models/tone.f32`.
    pub const ALL: [Tone; 7] = [
        Tone::Arguing,
        Tone::Blaming,
        Tone::Mocking,
        Tone::FlatRefusal,
        Tone::HidingBehindRules,
        Tone::NoNextStep,
        Tone::NoApology,
    ];

    /// As in files and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Tone::Arguing => "arguing",
            Tone::Blaming => "blaming",
            Tone::Mocking => "mocking",
            Tone::FlatRefusal => "flat_refusal",
            Tone::HidingBehindRules => "hiding_behind_rules",
            Tone::NoNextStep => "no_next_step",
            Tone::NoApology => "no_apology",
        }
    }
}
