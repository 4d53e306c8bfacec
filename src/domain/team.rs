//! Teams: who takes which part of the queue.

use serde::{Deserialize, Serialize};

use super::{
    AgentRef,
    ids::{AgentId, TeamId},
};

/// A part of the desk with a queue of its own. One without members is everybody's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// As `playbook/desk.toml` names it: lower case letters, digits, `-`.
    pub id: TeamId,
    pub name: String,
    pub members: Vec<AgentId>,
}

/// To whom an agent passes a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    Agent(AgentRef),
    Team(TeamId),
}

/// Whether this is an id a team may have: 1 to 40 of lower case letters, digits and `-`.
pub fn is_team_id(text: &str) -> bool {
    let is_sign = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    (1..=40).contains(&text.len()) && text.bytes().all(is_sign)
}
