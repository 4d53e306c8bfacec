//! What was written is corrected or taken out, with a trace: an entry that names the one it changes.

use super::{Decision, Refusal, State, Step, agents, turn::Turn};
use crate::domain::{
    AgentRef, Author, Entry, EntryBody, Message, Status, Tone,
    entry::{Changed, Note, Redacted, Was},
    ids::Cid,
    redaction,
    turn::Effect,
};

/// What an agent does to something that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Correction {
    /// Other words, in one's own message or note.
    Edit {
        text: String,
        /// What the tone coach said about them.
        despite: Option<Tone>,
    },
    /// No words any more. `of_any`: in conversations of others, too.
    Redact { why: String, of_any: bool },
}

/// `entry`: the one that is meant, as it is now.
pub(super) fn correct(
    mut turn: Turn<'_>,
    agent: &AgentRef,
    entry: Option<&Entry>,
    what: &Correction,
    cid: Option<Cid>,
) -> Result<Step, Refusal> {
    let entry = entry.ok_or(Refusal::Stale)?;
    match what {
        Correction::Edit { text, despite } => edit(&mut turn, agent, entry, (text, *despite), cid)?,
        Correction::Redact { why, of_any } => redact(&mut turn, agent, entry, why, *of_any, cid)?,
    }
    turn.decide(Decision::Agent, "something written was changed");
    Ok(turn.finish())
}

fn edit(
    turn: &mut Turn<'_>,
    agent: &AgentRef,
    entry: &Entry,
    (text, despite): (&str, Option<Tone>),
    cid: Option<Cid>,
) -> Result<(), Refusal> {
    let by = Author::Agent(agent.clone());
    if entry.author != by {
        return Err(Refusal::NotYours);
    }
    let now = turn.now.at;
    if now > entry.at + turn.playbook.service.edit_ms {
        return Err(Refusal::TooLate);
    }
    let again = |before: &Option<Box<Changed>>, old: &str| {
        let mut changed = before.as_deref().cloned().unwrap_or_default();
        if changed.redacted.is_some() {
            return Err(Refusal::Stale);
        }
        changed.was.push(Was { text: old.to_owned(), until: now, by: Some(agent.clone()) });
        changed.edited_at = Some(now);
        Ok(Some(Box::new(changed)))
    };
    let (body, before, private) = match &entry.body {
        EntryBody::Message(message) => {
            // The shopper reads it: not over the head of who has it now.
            if let Some(owner) = turn.state.assignee.as_ref().filter(|owner| owner.id != agent.id) {
                return Err(Refusal::Taken { by: owner.clone() });
            }
            let changed = again(&message.changed, &message.text)?;
            // What the coach said once stays: the shopper may have read it.
            let despite = despite.or(message.despite);
            let edited = Message { text: text.to_owned(), changed, despite, ..message.clone() };
            (EntryBody::Message(edited), &message.text, false)
        }
        EntryBody::Note(note) => {
            let changed = again(&note.changed, &note.text)?;
            (EntryBody::Note(Note { text: text.to_owned(), changed, ..note.clone() }), &note.text, true)
        }
        _ => return Err(Refusal::Stale),
    };
    turn.effect(Effect::Rewrite {
        seq: entry.seq,
        body: Box::new(body),
        before: before.clone(),
        text: text.to_owned(),
    });
    turn.append(cid, by, EntryBody::Edited { target: entry.seq, text: text.to_owned(), despite, private });
    if !private {
        // A slip that is mended keeps no promise.
        agents::promise(turn, agent, text);
    }
    Ok(())
}

fn redact(
    turn: &mut Turn<'_>,
    agent: &AgentRef,
    entry: &Entry,
    why: &str,
    of_any: bool,
    cid: Option<Cid>,
) -> Result<(), Refusal> {
    let has_it =
        turn.state.status == Status::Assigned && turn.state.assignee.as_ref().is_some_and(|owner| owner.id == agent.id);
    if !of_any && !has_it {
        return Err(Refusal::NotYours);
    }
    let redacted = Redacted { at: turn.now.at, by: Some(agent.clone()), why: why.to_owned() };
    let body = redaction::blanked(&entry.body, redacted).ok_or(Refusal::Stale)?;
    let words = redaction::words_of(&entry.body);
    forget(&mut turn.state, &words);
    turn.effect(Effect::Redact { seq: entry.seq, body: Box::new(body), words });
    let body = EntryBody::Redacted { target: entry.seq, why: why.to_owned(), private: entry.body.is_private() };
    turn.append(cid, Author::Agent(agent.clone()), body);
    Ok(())
}

/// What the bot remembers of those words.
fn forget(state: &mut State, words: &[String]) {
    let memory = &mut state.memory;
    if memory.topic.as_ref().is_some_and(|topic| redaction::repeats(&topic.text, words)) {
        memory.topic = None;
    }
    memory.wants_text.take_if(|text| redaction::repeats(text, words));
    redaction::forget_tried(&mut memory.tried, words);
    if memory.burst.as_ref().is_some_and(|burst| burst.bubbles.iter().any(|bubble| redaction::repeats(bubble, words))) {
        memory.burst = None;
        state.due_at = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wish_is_forgotten_with_its_words_and_no_other() {
        let mut state = State::default();
        state.memory.wants_text = Some("charge 4111 1111 again".to_owned());
        forget(&mut state, &["something else".to_owned()]);
        assert!(state.memory.wants_text.is_some());
        forget(&mut state, &["charge 4111 1111 again".to_owned()]);
        assert_eq!(state.memory.wants_text, None);
    }
}
