//! THE function: playbook, state and event in; new state, entries and effects out. Pure.

use super::{Decision, Event, Facts, Need, Refusal, Said, State, Step, agents, bot, flows, turn::Turn};
use crate::domain::{Now, ids::Cid, playbook::Playbook};

/// What `step` will want to know about the world for this message.
pub fn needs(state: &State, said: &Said) -> Option<Need> {
    flows::ownership::needs(state, said)
}

/// `cid` is the sender's key, put on the sender's own entry. A refused step appends nothing and changes nothing.
pub fn step(playbook: &Playbook, state: &State, event: &Event, cid: Option<Cid>, now: &Now) -> Step {
    let nothing = Facts::default();
    let facts = match event {
        Event::Said(said) => &said.facts,
        _ => &nothing,
    };
    let turn = Turn::new(playbook, state, facts, now);
    let step = match event {
        Event::Opened => Ok(bot::greet(turn)),
        Event::Said(said) => Ok(bot::hear(turn, said, cid)),
        Event::Agent { agent, act } => agents::act(turn, agent, act, cid),
        Event::AgentLost { epoch } => agents::lost(turn, *epoch),
        Event::NobodyOnline => agents::nobody_online(turn),
    };
    step.unwrap_or_else(|refusal| refused(state, refusal))
}

fn refused(state: &State, refusal: Refusal) -> Step {
    Step {
        state: state.clone(),
        drafts: Vec::new(),
        effects: Vec::new(),
        decision: Decision::Refused,
        notes: vec![format!("refused: {refusal:?}")],
        refused: Some(refusal),
    }
}
