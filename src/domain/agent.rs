//! Staff: agents, editors, supervisors, admins.

use serde::{Deserialize, Serialize};

use super::ids::AgentId;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Agent,
    Editor,
    Supervisor,
    Admin,
}

/// What a signed-in member of staff may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// See the queue and conversations, take, reply, note, hand back, resolve.
    Desk,
    /// Read and change articles.
    Knowledge,
}

impl Role {
    pub fn may(self, permission: Permission) -> bool {
        match permission {
            Permission::Desk => matches!(self, Role::Agent | Role::Supervisor | Role::Admin),
            Permission::Knowledge => matches!(self, Role::Editor | Role::Supervisor | Role::Admin),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    pub id: AgentId,
    pub mail: String,
    pub name: String,
    pub role: Role,
    pub disabled: bool,
}

/// Who did it, as shown beside an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentRef {
    pub id: AgentId,
    pub name: String,
}
