//! THE function: playbook, state and event in; new state, entries and effects out.

use super::{Event, Need, State, Step};
use crate::{
    dialogue::Said,
    domain::{Now, ids::Cid, playbook::Playbook},
};

/// What `step` will want to know about the world for this message.
pub fn needs(_playbook: &Playbook, _state: &State, _text: &Said) -> Option<Need> {
    todo!("dialogue core, being written")
}

/// `cid` is the sender's key, put on the sender's own entry.
pub fn step(_playbook: &Playbook, _state: &State, _event: &Event, _cid: Option<Cid>, _now: &Now) -> Step {
    todo!("dialogue core, being written")
}
