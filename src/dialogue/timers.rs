//! What happens by itself: a long wait moves somebody up, a promise is about to be broken. Which timers are armed follows
//! from the state alone, so that no rule has to think of them.

use std::collections::BTreeMap;

use super::{Decision, Refusal, State, Step, rules, turn::Turn};
use crate::{
    desk::sla,
    domain::{
        Author, EntryBody, Now, UnixMs,
        playbook::{Playbook, Promised},
        turn::{Effect, Owed, TimerKind},
    },
};

pub(super) fn fired(mut turn: Turn<'_>, kind: TimerKind) -> Result<Step, Refusal> {
    // Armed again for later, or idle since: then this is an old one.
    match turn.state.memory.timers.get(&kind) {
        Some(due_at) if *due_at <= turn.now.at => turn.state.memory.timers.remove(&kind),
        _ => return Err(Refusal::Stale),
    };
    match kind.promise() {
        Some((owed, breach)) => {
            let since = turn.state.memory.debts.get(&owed).copied().ok_or(Refusal::Stale)?;
            turn.state.priority = sla::pressed(&turn.state.priority, breach);
            turn.append(None, Author::System, EntryBody::Sla { owed, breach, since });
            turn.decide(Decision::Kept, if breach { "a promise is broken" } else { "a promise is about to be broken" });
        }
        None if kind == TimerKind::RuleWaiting => {
            let since = turn.state.queued_at.filter(|_| turn.state.status.is_waiting()).ok_or(Refusal::Stale)?;
            let from = turn.state.memory.rules_looked_until.unwrap_or(since).max(since);
            turn.waited = Some((from - since, turn.now.at - since));
            turn.state.memory.rules_looked_until = Some(turn.now.at);
            turn.decide(Decision::Kept, "has waited as long as a rule waits for");
        }
        None => {
            let since = turn.state.queued_at.filter(|_| turn.state.status.is_waiting()).ok_or(Refusal::Stale)?;
            turn.state.priority = sla::aged(&turn.state.priority, since, turn.now.at);
            turn.decide(Decision::Kept, "has waited for long");
        }
    }
    Ok(turn.finish())
}

/// A person was asked for.
pub(super) fn owe_a_person(state: &mut State, now: UnixMs) {
    state.memory.debts.entry(Owed::FirstResponse).or_insert(now);
    state.memory.debts.entry(Owed::Resolution).or_insert(now);
}

/// The shopper said something to the agent who has it.
pub(super) fn owe_an_answer(state: &mut State, now: UnixMs) {
    if !state.memory.debts.contains_key(&Owed::FirstResponse) {
        state.memory.debts.entry(Owed::NextResponse).or_insert(now);
    }
}

/// The agent answered.
pub(super) fn answered(state: &mut State) {
    state.memory.debts.retain(|owed, _| *owed == Owed::Resolution);
    state.priority = sla::relieved(&state.priority);
}

/// Brings the armed timers in line with the state; answers what has to be written for it.
pub(super) fn rearm(state: &mut State, playbook: &Playbook, now: &Now) -> Vec<Effect> {
    let mut wanted = wanted(state, playbook, now);
    let is_breach = |kind: &TimerKind| kind.promise().is_some_and(|(_, breach)| breach);
    state.memory.sla_due_at = wanted.iter().filter(|(kind, _)| is_breach(kind)).map(|(_, due_at)| *due_at).min();
    // One that is armed and due goes off in a turn of its own: when no server ran for a while, several are.
    wanted.retain(|kind, due_at| *due_at > now.at || state.memory.timers.get(kind) == Some(due_at));
    // One that is over and was not looked at yet goes off at once.
    if let Some(since) = state.queued_at.filter(|_| state.status.is_waiting())
        && let Some(due_at) = rules::next_wait(&playbook.rules, since, state.memory.rules_looked_until)
    {
        wanted.insert(TimerKind::RuleWaiting, due_at);
    }
    let armed = std::mem::replace(&mut state.memory.timers, wanted.clone());
    let gone = armed.keys().filter(|kind| !wanted.contains_key(kind)).map(|kind| Effect::Disarm { kind: *kind });
    let fresh = wanted.iter().filter(|(kind, due_at)| armed.get(kind) != Some(due_at));
    gone.chain(fresh.map(|(kind, due_at)| Effect::Arm { kind: *kind, due_at: *due_at })).collect()
}

fn wanted(state: &State, playbook: &Playbook, now: &Now) -> BTreeMap<TimerKind, UnixMs> {
    let mut wanted = BTreeMap::new();
    if state.status.is_waiting()
        && let Some(next) = state.queued_at.and_then(|since| sla::next_step(since, now.at))
    {
        wanted.insert(TimerKind::Waiting, next);
    }
    if let Some(inbox) = state.inbox.as_ref().filter(|_| !state.memory.debts.is_empty()) {
        let rules = playbook.desk.of(inbox);
        let policy = rules.sla_of(&promised(state));
        wanted.extend(sla::timers(&state.memory.debts, &policy, rules.hours_of(&policy), &now.zone));
    }
    wanted
}

pub(super) fn tier_points(state: &State, playbook: &Playbook) -> i64 {
    state.memory.tier.as_deref().map_or(0, |tier| playbook.desk.points_of(tier))
}

/// By what a promise is chosen.
pub fn promised(state: &State) -> Promised<'_> {
    Promised { priority: sla::lasting(&state.priority), tier: state.memory.tier.as_deref(), channel: state.channel }
}
