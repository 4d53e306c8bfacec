//! THE function: playbook, state and event in; new state, entries and effects out. Pure.

use super::{
    Decision, Event, Facts, Need, Refusal, Said, State, Step, agents, bot, burst, closed, corrections, flows, rating,
    timers, turn::Turn,
};
use crate::domain::{Now, ids::Cid, playbook::Playbook};

/// What `step` will want to know about the world for this message; each order once.
pub fn needs(playbook: &Playbook, state: &State, said: &Said, now: &Now) -> Vec<Need> {
    flows::ownership::needs(&playbook.flows, state, said, now)
}

/// `cid` is the sender's key, put on the sender's own entry. A refused step appends nothing and changes nothing.
pub fn step(playbook: &Playbook, state: &State, event: &Event, cid: Option<Cid>, now: &Now) -> Step {
    let nothing = Facts::default();
    let facts = match event {
        Event::Said(said) | Event::Paused(said) => &said.facts,
        _ => &nothing,
    };
    let turn = Turn::new(playbook, state, facts, now);
    let step = match event {
        Event::Opened => Ok(bot::greet(turn)),
        Event::Said(said) => Ok(bot::hear(turn, said, cid)),
        Event::Paused(said) => burst::answer(turn, said),
        Event::Rated(verdict) => rating::rate(turn, verdict, cid),
        Event::Corrected { agent, entry, what } => corrections::correct(turn, agent, entry.as_deref(), what, cid),
        Event::Agent { agent, act } => agents::act(turn, agent, act, cid),
        Event::Given { agent, why, until, leaves_team } => agents::given(turn, agent, why, *until, *leaves_team),
        Event::Timer { kind } => timers::fired(turn, *kind),
        Event::OfferMissed { epoch } => agents::missed(turn, *epoch),
        Event::AgentLost { epoch } => agents::lost(turn, *epoch),
        Event::NobodyOnline => agents::nobody_online(turn),
        Event::DeskClosed => closed::closes(turn),
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
