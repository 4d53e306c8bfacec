//! How a waiting conversation finds its person, and the answer to "why this agent, why now".

use serde::{Deserialize, Serialize};

use super::{AgentRef, Priority, UnixMs};

/// How an inbox gives its conversations out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Nobody is given anything: agents take from the queue.
    #[default]
    Pull,
    /// To the agent with the smallest share of their capacity in use, among those to the one longest without news.
    LeastLoaded,
    /// To each in turn.
    RoundRobin,
}

/// What brought a conversation to its agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// The agent took it.
    Taken,
    /// It was the agent's turn, by the inbox's way.
    Given,
    /// The agent had it before, and was there with room.
    Previous,
    /// A colleague passed it on.
    Transferred,
    /// A supervisor took it over.
    TakenOver,
}

/// Stored with the assignment, as it was at that moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Why {
    pub how: How,
    /// Where the inbox chose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way: Option<Way>,
    /// Since it began to wait; absent where it did not wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waited_ms: Option<UnixMs>,
    pub priority: Priority,
    /// The agent's, before this one came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load: Option<Load>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    pub active: i64,
    /// Most that would be given.
    pub capacity: i64,
    /// Since the last conversation came or went; absent before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_ms: Option<UnixMs>,
}

/// An agent as colleagues and the dispatcher see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    pub agent: AgentRef,
    /// The agent's own switch: takes new conversations while there.
    pub available: bool,
    /// Somebody is connected as this agent.
    pub there: bool,
    /// Offered or assigned now.
    pub active: i64,
    /// Most at once; absent: what the inbox says of what is given, and as many as they take themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<i64>,
    /// Wraps a conversation up until then at most, and is given nothing meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wrap_until: Option<UnixMs>,
}
