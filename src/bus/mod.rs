//! Carries what was committed to every node. A hint: it may lose, double or reorder anything.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::domain::{
    Entry, Status,
    ids::{AgentId, ConversationId},
};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A turn was committed. `entries` are contiguous.
    Turn {
        conv: ConversationId,
        status: Status,
        entries: Vec<Entry>,
    },
    Typing {
        conv: ConversationId,
        who: Typist,
        on: bool,
    },
    /// A reading position moved.
    Seen {
        conv: ConversationId,
        by: Typist,
        seq: i64,
    },
    /// An article or the playbook changed: what the bot knows is stale.
    KnowledgeChanged,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Typist {
    Shopper,
    Bot,
    Agent { id: AgentId, name: String },
}

type Listener = Box<dyn Fn(&Event) + Send + Sync>;

/// Publishing never fails and never waits.
pub enum Bus {
    /// One node: the publisher's thread hands the event to this node's listener at once.
    Local(OnceLock<Listener>),
}

impl Bus {
    pub fn local() -> Self {
        Bus::Local(OnceLock::new())
    }

    /// The one listener of this node; a second is ignored.
    pub fn listen(&self, listener: impl Fn(&Event) + Send + Sync + 'static) {
        match self {
            Bus::Local(slot) => {
                let _ = slot.set(Box::new(listener));
            }
        }
    }

    pub fn publish(&self, event: &Event) {
        match self {
            Bus::Local(slot) => {
                if let Some(listener) = slot.get() {
                    listener(event);
                }
            }
        }
    }
}

impl std::fmt::Debug for Bus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bus")
    }
}
