//! Identifiers are opaque strings; each noun has its own type so that they cannot be swapped.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

ids! {
    /// UUIDv7.
    ConversationId,
    /// UUIDv7; a shopper as the shop knows them.
    ContactId,
    /// UUIDv7.
    AgentId,
    /// A short name staff choose, such as `shop`.
    InboxId,
    /// A short name staff choose, such as `returns`.
    TeamId,
    /// Random: who knows it still has to be allowed to see it.
    AttachmentId,
    /// Chosen by the client that sends, UUIDv7, unique per conversation and sender: the key of idempotency.
    Cid,
}
