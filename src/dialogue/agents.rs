//! What agents do. The same road as everything else: every change of hands is decided here.

use super::{
    AgentAct, Decision, Refusal, State, Step, closed, rating, surge, timers,
    turn::{Extras, Turn},
    wrap_up,
};
use crate::{
    desk::{
        priority::levelled,
        promises::{self, Promised},
        sla,
    },
    domain::{
        AgentRef, Author, Choice, EntryBody, How, Level, Message, Status, Target, UnixMs, Why,
        entry::{Note, RequeueReason},
        ids::Cid,
        turn::{DraftPromise, Effect},
    },
};

/// Who declined, missed or passed on a conversation is not given it again for this long: colleagues are asked first.
const PASSED_OVER_MS: UnixMs = 120_000;

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
        AgentAct::Take { leaves_team } => {
            take(&mut turn, agent, cid)?;
            leave_team(&mut turn.state, *leaves_team);
        }
        AgentAct::Accept { epoch } => {
            check_offer(&turn.state, agent, *epoch)?;
            accept(&mut turn, agent, cid);
        }
        AgentAct::Decline { epoch } => {
            check_offer(&turn.state, agent, *epoch)?;
            pass_over(&mut turn, agent);
            requeue(&mut turn, cid, by, RequeueReason::Declined);
        }
        AgentAct::Say { epoch, text, files, despite } => {
            check_assignment(&turn.state, agent, *epoch)?;
            timers::answered(&mut turn.state);
            let message = Message { text: text.clone(), files: files.clone(), despite: *despite, ..Message::default() };
            turn.append(cid, by, EntryBody::Message(message));
            note_promise(&mut turn, agent, text);
        }
        AgentAct::Note { text, mentions } => {
            let note = Note { text: text.clone(), mentions: mentions.clone(), changed: None };
            turn.append(cid, by, EntryBody::Note(note));
        }
        // That one comes with its entry.
        AgentAct::Correct { .. } => return Err(Refusal::Stale),
        AgentAct::FollowUp { resolution, act } => rating::look_after(&mut turn, agent, *resolution, act, cid)?,
        AgentAct::CalledBack => {
            if !std::mem::take(&mut turn.state.memory.call_back) {
                return Err(Refusal::Stale);
            }
            turn.effect(Effect::EndCallBack { by: agent.id.clone() });
            turn.append(cid, by, EntryBody::CalledBack);
        }
        AgentAct::SetTier { tier } => {
            turn.state.memory.tier = tier.clone();
            if turn.state.status.is_waiting() || turn.state.status == Status::Assigned {
                turn.state.priority =
                    sla::of_tier(&turn.state.priority, timers::tier_points(&turn.state, turn.playbook));
            }
        }
        AgentAct::HandBack { epoch } => {
            check_assignment(&turn.state, agent, *epoch)?;
            turn.append(cid, by.clone(), EntryBody::HandedBack { by });
            back_to_bot(&mut turn.state);
            let human = turn.human_button();
            turn.say("handed_back", &[("agent", &agent.name)], Extras { buttons: vec![human], card: None });
        }
        AgentAct::Release { epoch } => {
            check_assignment(&turn.state, agent, *epoch)?;
            pass_over(&mut turn, agent);
            requeue(&mut turn, cid, by, RequeueReason::Released);
            turn.say("released", &[("agent", &agent.name)], Extras::default());
        }
        AgentAct::Transfer { epoch, to, note, leaves_team } => {
            check_assignment(&turn.state, agent, *epoch)?;
            transfer(&mut turn, agent, to, note, *leaves_team, cid)?;
        }
        AgentAct::AnswerMany { epoch, text, among, despite } => {
            surge::answer_many(&mut turn, agent, (*epoch, text, *among, *despite), cid)?;
            note_promise(&mut turn, agent, text);
        }
        AgentAct::SetPriority { level } => {
            if matches!(turn.state.status, Status::Bot | Status::Closed) {
                return Err(if turn.state.status == Status::Closed { Refusal::Closed } else { Refusal::Stale });
            }
            set_level(&mut turn, *level, by, cid);
        }
        AgentAct::TakeOver { epoch } => take_over(&mut turn, agent, *epoch, cid)?,
        AgentAct::Tag { add, remove } => wrap_up::tag(&mut turn, by, add, remove, cid)?,
        AgentAct::Resolve { epoch, wrap_up } => {
            check_assignment(&turn.state, agent, *epoch)?;
            wrap_up::note(&mut turn, &by, wrap_up.as_ref())?;
            turn.append(cid, by.clone(), EntryBody::Closed { by });
            back_to_bot(&mut turn.state);
            turn.state.status = Status::Closed;
            rating::resolved(&mut turn, agent);
        }
    }
    turn.decide(Decision::Agent, "agent");
    Ok(turn.finish())
}

/// What was promised before is kept by writing again; what is promised now is written down.
pub(super) fn note_promise(turn: &mut Turn<'_>, agent: &AgentRef, text: &str) {
    turn.effect(Effect::KeepPromises);
    promise(turn, agent, text);
}

pub(super) fn promise(turn: &mut Turn<'_>, agent: &AgentRef, text: &str) {
    let Some(rules) = &turn.playbook.promises else { return };
    if let Some(promised) = promises::find(rules, &turn.playbook.slots.dates, text, turn.now) {
        let Promised { said, due_at, counts_from } = promised;
        turn.effect(Effect::Promise(DraftPromise { agent: agent.id.clone(), said, due_at, counts_from }));
    }
}

/// Exactly one agent gets it: the commit's compare-and-swap serialises, the second sees the first one's state.
fn take(turn: &mut Turn<'_>, agent: &AgentRef, cid: Option<Cid>) -> Result<(), Refusal> {
    match (&turn.state.status, &turn.state.assignee) {
        (Status::Closed, _) => return Err(Refusal::Closed),
        // Also when it is their own, from another window: every send is answered, and this one has no echo.
        (Status::Assigned, Some(owner)) => return Err(Refusal::Taken { by: owner.clone() }),
        (Status::Offered, Some(asked)) if asked.id == agent.id => {
            accept(turn, agent, cid);
            return Ok(());
        }
        // Asked a moment ago: theirs to answer.
        (Status::Offered, Some(asked)) => return Err(Refusal::Taken { by: asked.clone() }),
        (Status::Bot | Status::Queued | Status::Offered | Status::Assigned, _) => {}
    }
    let why = Box::new(why(turn, How::Taken));
    assign(turn, agent, Author::Agent(agent.clone()), cid, why);
    Ok(())
}

/// The note first, so that whoever gets it reads it first.
fn transfer(
    turn: &mut Turn<'_>,
    agent: &AgentRef,
    to: &Target,
    note: &str,
    leaves_team: bool,
    cid: Option<Cid>,
) -> Result<(), Refusal> {
    let by = Author::Agent(agent.clone());
    if !note.trim().is_empty() {
        turn.append(None, by.clone(), EntryBody::Note(Note::of(note)));
    }
    turn.state.previous_agent = Some(agent.id.clone());
    match to {
        Target::Agent(colleague) if colleague.id == agent.id => return Err(Refusal::Taken { by: agent.clone() }),
        Target::Agent(colleague) => {
            leave_team(&mut turn.state, leaves_team);
            timers::owe_an_answer(&mut turn.state, turn.now.at);
            let why = Box::new(why(turn, How::Transferred));
            assign(turn, colleague, by, cid, why);
        }
        Target::Team(team) => {
            turn.state.team = Some(team.clone());
            pass_over(turn, agent);
            requeue(turn, cid, by, RequeueReason::Transferred);
        }
    }
    turn.say("released", &[("agent", &agent.name)], Extras::default());
    Ok(())
}

pub(super) fn set_level(turn: &mut Turn<'_>, level: Level, by: Author, cid: Option<Cid>) {
    turn.state.memory.level = Some(level);
    turn.state.priority = levelled(&turn.state.priority, level);
    let priority = turn.state.priority.clone();
    turn.append(cid, by, EntryBody::Prioritised { level, priority });
}

fn take_over(turn: &mut Turn<'_>, agent: &AgentRef, epoch: i64, cid: Option<Cid>) -> Result<(), Refusal> {
    match (&turn.state.status, &turn.state.assignee) {
        (Status::Assigned | Status::Offered, Some(owner)) if owner.id == agent.id => {
            return Err(Refusal::Taken { by: owner.clone() });
        }
        (Status::Assigned | Status::Offered, Some(_)) if turn.state.assign_epoch == epoch => {}
        (Status::Closed, _) => return Err(Refusal::Closed),
        _ => return Err(Refusal::Stale),
    }
    let why = Box::new(why(turn, How::TakenOver));
    assign(turn, agent, Author::Agent(agent.clone()), cid, why);
    Ok(())
}

fn leave_team(state: &mut State, leaves: bool) {
    if leaves {
        state.team = None;
    }
}

/// As it is now.
fn why(turn: &Turn<'_>, how: How) -> Why {
    let waited_ms = turn.state.queued_at.map(|since| turn.now.at - since);
    Why { how, way: None, waited_ms, priority: turn.state.priority.clone(), load: None }
}

fn assign(turn: &mut Turn<'_>, agent: &AgentRef, by: Author, cid: Option<Cid>, why: Box<Why>) {
    turn.state.status = Status::Assigned;
    turn.state.memory.nobody_noted = false;
    turn.state.assignee = Some(agent.clone());
    turn.state.assign_epoch += 1;
    turn.state.offered_until = None;
    turn.state.memory.offered_why = None;
    let epoch = turn.state.assign_epoch;
    turn.append(cid, by, EntryBody::Assigned { agent: agent.clone(), epoch, why: Some(why) });
}

/// `None` when the offer is still this agent's to answer.
fn check_offer(state: &State, agent: &AgentRef, epoch: i64) -> Result<(), Refusal> {
    match (&state.status, &state.assignee) {
        (Status::Offered, Some(asked)) if asked.id == agent.id && state.assign_epoch == epoch => Ok(()),
        (Status::Assigned | Status::Offered, Some(owner)) if owner.id != agent.id => {
            Err(Refusal::Taken { by: owner.clone() })
        }
        (Status::Closed, _) => Err(Refusal::Closed),
        _ => Err(Refusal::Stale),
    }
}

fn accept(turn: &mut Turn<'_>, agent: &AgentRef, cid: Option<Cid>) {
    let offered = turn.state.memory.offered_why.take();
    let why = offered.unwrap_or_else(|| Box::new(why(turn, How::Given)));
    assign(turn, agent, Author::Agent(agent.clone()), cid, why);
}

/// It is this agent's turn, says the dispatcher, who has locked their seat.
pub(super) fn given(
    mut turn: Turn<'_>,
    agent: &AgentRef,
    why: &Why,
    until: Option<UnixMs>,
    leaves_team: bool,
) -> Result<Step, Refusal> {
    if turn.state.status != Status::Queued {
        return Err(Refusal::Stale);
    }
    leave_team(&mut turn.state, leaves_team);
    match until {
        None => assign(&mut turn, agent, Author::System, None, Box::new(why.clone())),
        Some(until) => {
            turn.state.status = Status::Offered;
            turn.state.assignee = Some(agent.clone());
            turn.state.assign_epoch += 1;
            turn.state.offered_until = Some(until);
            turn.state.memory.offered_why = Some(Box::new(why.clone()));
            let epoch = turn.state.assign_epoch;
            let body = EntryBody::Offered { agent: agent.clone(), epoch, until, why: Box::new(why.clone()) };
            turn.append(None, Author::System, body);
        }
    }
    turn.decide(Decision::Agent, "given to an agent");
    Ok(turn.finish())
}

/// The offer ran out: somebody who does not look is asked nothing more until they say so.
pub(super) fn missed(mut turn: Turn<'_>, epoch: i64) -> Result<Step, Refusal> {
    let Some(asked) = turn.state.assignee.clone() else { return Err(Refusal::Stale) };
    check_offer(&turn.state, &asked, epoch)?;
    pass_over(&mut turn, &asked);
    turn.effect(Effect::SetAway { agent: asked.id });
    requeue(&mut turn, None, Author::System, RequeueReason::Missed);
    turn.decide(Decision::Kept, "nobody answered the offer");
    Ok(turn.finish())
}

fn pass_over(turn: &mut Turn<'_>, agent: &AgentRef) {
    let until = turn.now.at + PASSED_OVER_MS;
    turn.effect(Effect::PassOver { agent: agent.id.clone(), until });
}

/// The assignee's sockets are gone for longer than the grace.
pub(super) fn lost(mut turn: Turn<'_>, epoch: i64) -> Result<Step, Refusal> {
    match turn.state.status {
        _ if turn.state.assign_epoch != epoch => return Err(Refusal::Stale),
        Status::Assigned => {}
        Status::Offered => {
            requeue(&mut turn, None, Author::System, RequeueReason::Missed);
            turn.decide(Decision::Kept, "the agent it was offered to is gone");
            return Ok(turn.finish());
        }
        Status::Bot | Status::Queued | Status::Closed => return Err(Refusal::Stale),
    }
    requeue(&mut turn, None, Author::System, RequeueReason::AgentLost);
    turn.say("agent_lost", &[], Extras::default());
    turn.decide(Decision::Kept, "the agent is gone");
    Ok(turn.finish())
}

/// The old place in the queue is kept: the shopper has waited already. Whoever had it is fenced by the epoch.
fn requeue(turn: &mut Turn<'_>, cid: Option<Cid>, by: Author, reason: RequeueReason) {
    let Some(from) = turn.state.assignee.take() else { return };
    if reason == RequeueReason::AgentLost {
        turn.state.previous_agent = Some(from.id.clone());
    }
    if !matches!(reason, RequeueReason::Declined | RequeueReason::Missed) {
        // They wait again, whatever was answered before.
        timers::owe_an_answer(&mut turn.state, turn.now.at);
    }
    turn.state.status = Status::Queued;
    turn.state.offered_until = None;
    turn.state.memory.offered_why = None;
    let team = turn.state.team.clone().filter(|_| reason == RequeueReason::Transferred);
    turn.state.assign_epoch += 1;
    turn.state.queued_at.get_or_insert(turn.now.at);
    if !matches!(reason, RequeueReason::Declined | RequeueReason::Missed) {
        turn.state.memory.queue_noted = false;
    }
    turn.append(cid, by, EntryBody::Requeued { from, reason, team });
}

/// Told once per stay in the queue; nobody should watch a place that does not move.
pub(super) fn nobody_online(mut turn: Turn<'_>) -> Result<Step, Refusal> {
    // Then there is more to tell than that.
    if closed::closed_until(&turn).is_some() {
        return closed::closes(turn);
    }
    if turn.state.status != Status::Queued || turn.state.memory.nobody_noted {
        return Err(Refusal::Stale);
    }
    turn.state.memory.nobody_noted = true;
    let leave = turn.button("button_leave_queue", Choice::LeaveQueue);
    turn.say("nobody_online", &[], Extras { buttons: vec![leave], card: None });
    turn.decide(Decision::Kept, "nobody is at the desk");
    Ok(turn.finish())
}

/// The bot starts afresh, but keeps which orders were proved; whose team's it was, it stays until a person is asked for
/// again, so that who may not see that team's does not see it afterwards.
pub(super) fn back_to_bot(state: &mut State) {
    match state.assignee.take() {
        Some(agent) if state.status == Status::Assigned => state.previous_agent = Some(agent.id),
        _ => {}
    }
    state.status = Status::Bot;
    state.offered_until = None;
    state.queued_at = None;
    state.priority = Default::default();
    state.due_at = None;
    let memory = &mut state.memory;
    memory.burst = None;
    memory.flows.clear();
    memory.topic = None;
    memory.failures = 0;
    memory.nudges = 0;
    memory.is_grave = false;
    memory.reasons.clear();
    memory.anger_told = 0.0;
    memory.nobody_noted = false;
    memory.debts.clear();
    memory.closed_noted = false;
    memory.offered_why = None;
    memory.level = None;
    memory.wants_text = None;
    memory.kept_place = None;
    memory.was_answered_with_others = false;
    memory.given.clear();
    memory.mentioned.clear();
    memory.pictures = 0;
    memory.picture_noted = false;
    memory.tried.clear();
    memory.feeling_words.clear();
    memory.mood = Default::default();
    memory.dispute = None;
}
