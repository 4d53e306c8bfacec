//! One answer for many who wait with the same matter: said to each as a message of the agent's, honestly told, and whoever
//! still needs a person has their old place with one tap.

use super::{
    Refusal, State,
    agents::back_to_bot,
    memory::KeptPlace,
    turn::{Extras, Turn},
};
use crate::domain::{AgentRef, Author, Button, Choice, EntryBody, Message, Status, Tone, UnixMs, ids::Cid};

/// `among`: how many got it.
pub(super) fn answer_many(
    turn: &mut Turn<'_>,
    agent: &AgentRef,
    (epoch, text, among, despite): (i64, &str, u32, Option<Tone>),
    cid: Option<Cid>,
) -> Result<(), Refusal> {
    match (&turn.state.status, &turn.state.assignee) {
        (Status::Offered | Status::Assigned, Some(owner)) => return Err(Refusal::Taken { by: owner.clone() }),
        (Status::Closed, _) => return Err(Refusal::Closed),
        // What is grave is for a person alone.
        (Status::Queued, _) if turn.state.assign_epoch == epoch && !turn.state.memory.is_grave => {}
        _ => return Err(Refusal::Stale),
    }
    let by = Author::Agent(agent.clone());
    let message = Message { text: text.to_owned(), among: Some(among), despite, ..Message::default() };
    turn.append(cid, by.clone(), EntryBody::Message(message));
    turn.append(None, by.clone(), EntryBody::HandedBack { by });
    leave_with_a_place(&mut turn.state, turn.now.at);
    // Who writes later finds whoever answered.
    turn.state.previous_agent = Some(agent.id.clone());
    let label = turn.words("button_still_need_person", &[]);
    let count = among.to_string();
    let buttons = vec![Button { label, choice: Choice::Human }];
    turn.say("surge_answered", &[("agent", &agent.name), ("count", &count)], Extras { buttons, card: None });
    Ok(())
}

/// Back with the bot, which still knows what it was about.
fn leave_with_a_place(state: &mut State, now: UnixMs) {
    let kept = KeptPlace {
        queued_at: state.queued_at.unwrap_or(now),
        until_asked_at: now,
        level: state.memory.level,
        team: state.team.clone(),
    };
    let before = state.memory.clone();
    back_to_bot(state);
    let memory = &mut state.memory;
    (memory.topic, memory.tried, memory.mentioned) = (before.topic, before.tried, before.mentioned);
    (memory.mood, memory.dispute, memory.feeling_words) = (before.mood, before.dispute, before.feeling_words);
    memory.wants_text = before.wants_text;
    memory.kept_place = Some(kept);
    memory.was_answered_with_others = true;
}

/// Who was answered with others and asks for a person all the same waits since when they first did.
pub(super) fn take_kept_place(turn: &mut Turn<'_>) {
    let Some(kept) = turn.state.memory.kept_place.take() else { return };
    if turn.now.at - kept.until_asked_at <= turn.playbook.surge.keeps_place_ms() {
        turn.state.queued_at = Some(kept.queued_at);
        turn.state.memory.level = kept.level;
        turn.state.team = kept.team;
    }
}
