//! What staff change about staff, desk and playbook, as it is written down: who, when, what.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{AgentRef, UnixMs};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    AgentAdded,
    AgentChanged,
    PasswordReset,
    SwitchedOff,
    SwitchedOn,
    TeamSaved,
    TeamRemoved,
    SeatSet,
    /// Set available or away by somebody else.
    AvailabilitySet,
    FileSaved,
    TierSet,
    /// Which teams write and publish in a category.
    RightSet,
    /// Pictures that nothing named were removed.
    PicturesRemoved,
    /// A question of the regression set was added or changed.
    TestSaved,
    TestRemoved,
    /// Whether what breaks a test may be published.
    RefusalSet,
}

/// A change that is about to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    pub at: UnixMs,
    pub by: AgentRef,
    pub deed: Deed,
    /// The id of the agent or team, the path of the file.
    pub about: String,
    /// The new values that say what was changed; never a password, never a whole text.
    pub detail: Value,
}

impl Change {
    /// Somebody wrote a file; which one is added where it is written.
    pub fn of_file(by: AgentRef, at: UnixMs) -> Change {
        Change { at, by, deed: Deed::FileSaved, about: String::new(), detail: Value::Null }
    }
}

/// One that was made.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Changed {
    /// 1, 2, 3 … without holes.
    pub seq: i64,
    pub at: UnixMs,
    pub by: AgentRef,
    pub deed: Deed,
    pub about: String,
    pub detail: Value,
}
