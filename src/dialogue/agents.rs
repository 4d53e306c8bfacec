//! What agents do. The same road as everything else: every change of hands is decided here.

use super::{
    AgentAct, Decision, Refusal, State, Step,
    turn::{Extras, Turn},
};
use crate::domain::{AgentRef, Author, Choice, EntryBody, Message, Status, entry::RequeueReason, ids::Cid};

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
        AgentAct::Release { epoch } => {
            check_assignment(&turn.state, agent, *epoch)?;
            requeue(&mut turn, cid, by, RequeueReason::Released);
            turn.say("released", &[("agent", &agent.name)], Extras::default());
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
        // Also when it is their own, from another window: every send is answered, and this one has no echo.
        (Status::Assigned, Some(owner)) => return Err(Refusal::Taken { by: owner.clone() }),
        (Status::Bot | Status::Queued | Status::Assigned, _) => {}
    }
    turn.state.status = Status::Assigned;
    turn.state.memory.nobody_noted = false;
    turn.state.assignee = Some(agent.clone());
    turn.state.assign_epoch += 1;
    let body = EntryBody::Assigned { agent: agent.clone(), epoch: turn.state.assign_epoch };
    turn.append(cid, Author::Agent(agent.clone()), body);
    Ok(())
}

/// The assignee's sockets are gone for longer than the grace.
pub(super) fn lost(mut turn: Turn<'_>, epoch: i64) -> Result<Step, Refusal> {
    if turn.state.status != Status::Assigned || turn.state.assign_epoch != epoch {
        return Err(Refusal::Stale);
    }
    requeue(&mut turn, None, Author::System, RequeueReason::AgentLost);
    turn.say("agent_lost", &[], Extras::default());
    turn.decide(Decision::Kept, "the agent is gone");
    Ok(turn.finish())
}

/// The old place in the queue is kept: the shopper has waited already. Whoever had it is fenced by the epoch.
fn requeue(turn: &mut Turn<'_>, cid: Option<Cid>, by: Author, reason: RequeueReason) {
    let Some(from) = turn.state.assignee.take() else { return };
    turn.state.status = Status::Queued;
    turn.state.assign_epoch += 1;
    turn.state.queued_at.get_or_insert(turn.now.at);
    turn.state.memory.queue_noted = false;
    turn.append(cid, by, EntryBody::Requeued { from, reason });
}

/// Told once per stay in the queue; nobody should watch a place that does not move.
pub(super) fn nobody_online(mut turn: Turn<'_>) -> Result<Step, Refusal> {
    if turn.state.status != Status::Queued || turn.state.memory.nobody_noted {
        return Err(Refusal::Stale);
    }
    turn.state.memory.nobody_noted = true;
    let leave = turn.button("button_leave_queue", Choice::LeaveQueue);
    turn.say("nobody_online", &[], Extras { buttons: vec![leave], card: None });
    turn.decide(Decision::Kept, "nobody is at the desk");
    Ok(turn.finish())
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
    memory.nudges = 0;
    memory.is_grave = false;
    memory.nobody_noted = false;
    memory.given.clear();
    memory.tried.clear();
    memory.feeling = Default::default();
    memory.feeling_words.clear();
    memory.heat = 0.0;
}
