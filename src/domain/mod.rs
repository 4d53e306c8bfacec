//! The nouns of customer support, as plain values: no I/O, no clock, no randomness.

pub mod agent;
pub mod article;
pub mod article_file;
pub mod conversation;
pub mod entry;
pub mod handoff;
pub mod ids;
pub mod inbox;
pub mod lang;
pub mod order;
pub mod playbook;
pub mod returns;
pub mod time;
pub mod turn;

pub use agent::{Agent, AgentRef, Role};
pub use article::{Article, ArticleId, ArticleText};
pub use conversation::{Conversation, Status};
pub use entry::{Author, Button, Card, Choice, Draft, Entry, EntryBody, Message, Source};
pub use handoff::{Brief, HandoffReason, Priority};
pub use inbox::Inbox;
pub use lang::{ByLang, Lang};
pub use order::{Order, OrderNumber};
pub use playbook::{FileError, SourceFile};
pub use time::{Now, UnixMs};
