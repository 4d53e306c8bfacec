//! Carries what was committed to every node. A hint: it may lose, double or reorder anything.

mod nats;
mod storm;

use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

pub use nats::Nats;
pub use storm::Storm;

use crate::{
    config::NatsSettings,
    desk::company::Look,
    domain::{
        Entry, Status,
        ids::{AgentId, ConversationId},
    },
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
    /// Instead of a turn whose entries are too many for the bus: the log has reached `head`, read it.
    Moved {
        conv: ConversationId,
        head: i64,
    },
    Typing {
        conv: ConversationId,
        who: Typist,
        on: bool,
    },
    /// A window of an agent has something else on its screen, or says so again.
    Look(Look),
    /// A reading position moved.
    Seen {
        conv: ConversationId,
        by: Typist,
        seq: i64,
    },
    /// An agent came, went, or turned their switch.
    SeatsChanged,
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

/// Who hears what happens, on this node; set once.
#[derive(Clone, Default)]
struct Ear {
    listener: Arc<OnceLock<Listener>>,
    storm: Option<Storm>,
}

type Listener = Box<dyn Fn(&Event) + Send + Sync>;

impl Ear {
    fn in_a(storm: Option<Storm>) -> Self {
        Ear { listener: Arc::default(), storm }
    }

    fn hear(&self, event: &Event) {
        let Some(storm) = self.storm else { return self.tell(event) };
        for late in storm.arrivals() {
            let (ear, event) = (self.clone(), event.clone());
            tokio::spawn(async move {
                tokio::time::sleep(late).await;
                ear.tell(&event);
            });
        }
    }

    fn tell(&self, event: &Event) {
        if let Some(listener) = self.listener.get() {
            listener(event);
        }
    }
}

/// Whether other nodes hear this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    Up,
    Down,
}

/// Publishing never fails and never waits. This node's listener is called at once, on the publisher's thread.
pub enum Bus {
    /// One node.
    Local(Local),
    /// Many: every event also goes to the others.
    Nats(Nats),
}

#[derive(Default)]
pub struct Local {
    ear: Ear,
}

impl Bus {
    /// `storm`: for tests.
    pub fn local(storm: Option<Storm>) -> Self {
        Bus::Local(Local { ear: Ear::in_a(storm) })
    }

    /// Nodes that name the same `channel` hear each other, and nobody their own `node`. NATS need not be there yet.
    ///
    /// # Errors
    /// A sentence about a file or an address that is of no use.
    pub async fn nats(
        settings: &NatsSettings,
        channel: &str,
        node: &str,
        storm: Option<Storm>,
    ) -> Result<Self, String> {
        Nats::connect(settings, channel, node, Ear::in_a(storm)).await.map(Bus::Nats)
    }

    fn ear(&self) -> &Ear {
        match self {
            Bus::Local(Local { ear }) => ear,
            Bus::Nats(nats) => nats.ear(),
        }
    }

    /// The one listener of this node; a second is ignored.
    pub fn listen(&self, listener: impl Fn(&Event) + Send + Sync + 'static) {
        let _ = self.ear().listener.set(Box::new(listener));
    }

    pub fn publish(&self, event: &Event) {
        self.ear().hear(event);
        if let Bus::Nats(nats) = self {
            nats.send(event);
        }
    }

    /// The state of the connection to other nodes; `None` where there are none.
    pub fn link(&self) -> Option<watch::Receiver<Link>> {
        match self {
            Bus::Local(_) => None,
            Bus::Nats(nats) => Some(nats.link()),
        }
    }
}

impl std::fmt::Debug for Bus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bus")
    }
}
