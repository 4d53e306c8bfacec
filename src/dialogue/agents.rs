//! What agents do. The same road as everything else: every change of hands is decided here.

use super::{
    AgentAct, Decision, Refusal, State, Step,
    turn::{Extras, Turn},
};
use crate::domain::{AgentRef, Author, EntryBody, Message, Status, ids::Cid};

/// `None` when the agent may do it; the event's own rules follow.
fn check_assignment(state: &State, agent: &AgentRef, epoch: i64) -> Result<(), Refusal> {
    match (&state.status, &state.assignee) {
        (Status::Assigned, Some(owner)) if owner.id == agent.id && state.assign_epoch == epoch => Ok(()),
        (Status::Assigned, Some(owner)) if owner.id != agent.id => Err(Refusal::Taken { by: owner.clone() }),
        (Status::Closed, _) => Err(Refusal::Closed),
        _ => Err(Refusal::Stale),
    }
}

pub(super) fn act(mut turn: Turn<'_>, agent: &AgentRef, act: &AgentAct, cid: Option<Cid>) -> Result<Step, Refusal> {
    let by = Author::Agent(agent.clone());
    match act {
        AgentAct::Take => take(&mut turn, agent, cid)?,
        AgentAct::Say { epoch, text } => {
            check_assignment(&turn.state, agent, *epoch)?;
            turn.append(cid, by, EntryBody::Message(Message { text: text.clone(), ..Message::default() }));
        }
        AgentAct::Note { text } => turn.append(cid, by, EntryBody::Note { text: text.clone() }),
        AgentAct::HandBack { epoch } => {
            check_assignment(&turn.state, agent, *epoch)?;
            turn.append(cid, by.clone(), EntryBody::HandedBack { by });
            back_to_bot(&mut turn.state);
            let human = turn.human_button();
            turn.say("handed_back", &[("agent", &agent.name)], Extras { buttons: vec![human], card: None });
        }
        AgentAct::Resolve { epoch } => {
            check_assignment(&turn.state, agent, *epoch)?;
            turn.append(cid, by.clone(), EntryBody::Closed { by });
            back_to_bot(&mut turn.state);
            turn.state.status = Status::Closed;
        }
    }
    turn.decide(Decision::Agent, "agent");
    Ok(turn.finish())
}

/// Exactly one agent gets it: the commit's compare-and-swap serialises, the second sees the first one's state.
fn take(turn: &mut Turn<'_>, agent: &AgentRef, cid: Option<Cid>) -> Result<(), Refusal> {
    match (&turn.state.status, &turn.state.assignee) {
        (Status::Closed, _) => return Err(Refusal::Closed),
        (Status::Assigned, Some(owner)) if owner.id != agent.id => return Err(Refusal::Taken { by: owner.clone() }),
        (Status::Assigned, _) => return Ok(()),
        (Status::Bot | Status::Queued, _) => {}
    }
    turn.state.status = Status::Assigned;
    turn.state.assignee = Some(agent.clone());
    turn.state.assign_epoch += 1;
    let body = EntryBody::Assigned { agent: agent.clone(), epoch: turn.state.assign_epoch };
    turn.append(cid, Author::Agent(agent.clone()), body);
    Ok(())
}

/// The bot starts afresh, but keeps which orders were proved.
pub(super) fn back_to_bot(state: &mut State) {
    state.status = Status::Bot;
    state.assignee = None;
    state.queued_at = None;
    state.priority = Default::default();
    let memory = &mut state.memory;
    memory.flows.clear();
    memory.topic = None;
    memory.failures = 0;
    memory.given.clear();
    memory.tried.clear();
    memory.feeling = Default::default();
    memory.feeling_words.clear();
    memory.heat = 0.0;
}
