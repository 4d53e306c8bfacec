//! An inbox: one place where shoppers reach a shop, such as a site's widget.

use super::ids::InboxId;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbox {
    pub id: InboxId,
    /// CSS colour, `#rrggbb`.
    pub accent: String,
    /// Web origins that may embed the chat, exact.
    pub allowed_origins: Vec<String>,
}
