//! How a shopper found it, and what a poor rating asks of a supervisor.

use serde::{Deserialize, Serialize};

use super::{Lang, UnixMs, entry::Changed};

/// The best score; the poorest is 1.
pub const BEST_SCORE: u8 = 5;
/// Characters of a comment.
pub const MAX_COMMENT_CHARS: usize = 1_000;

/// The shopper is asked. Of several in a log the last counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RatingAsked {
    /// Which end of the conversation it is about, counted from 1.
    pub resolution: i64,
    /// Once more, after a remedy.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    pub text: String,
    pub lang: Lang,
}

/// The shopper has answered; a later one for the same resolution and round takes its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rated {
    pub resolution: i64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// 1 to [`BEST_SCORE`].
    pub score: u8,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<Box<Changed>>,
}

/// Something happened to a follow-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUpNews {
    pub resolution: i64,
    #[serde(flatten)]
    pub what: FollowUpStep,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "snake_case")]
pub enum FollowUpStep {
    Opened {
        score: u8,
        due_at: UnixMs,
    },
    Taken,
    /// Without a remedy the shopper is not asked again.
    Done {
        #[serde(default, skip_serializing_if = "String::is_empty")]
        remedy: String,
    },
}
