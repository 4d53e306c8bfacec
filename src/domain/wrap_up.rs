//! What staff say of a conversation: category and outcome at its end, tags at any time. Ids of `playbook/wrap_up.toml`.

use serde::{Deserialize, Serialize};

/// Said when a conversation is resolved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrapUp {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// All that are on it from then on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// Whether this is an id that a category, an outcome or a tag may have: 1 to 40 of lower case letters, digits, `-` and `_`.
pub fn is_choice_id(text: &str) -> bool {
    let is_sign = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-' || c == b'_';
    (1..=40).contains(&text.len()) && text.bytes().all(is_sign)
}
