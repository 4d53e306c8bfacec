//! What staff say of a conversation: category and outcome when it is resolved, tags at any time.

use super::{Refusal, turn::Turn};
use crate::domain::{Author, EntryBody, WrapUp, ids::Cid, turn::Effect};

/// Just before it is closed. Skipped where the shop allows that.
pub(super) fn note(turn: &mut Turn<'_>, by: &Author, wrap_up: Option<&WrapUp>) -> Result<(), Refusal> {
    let rules = &turn.playbook.wrap_up;
    let is_whole = wrap_up.is_some_and(|said| said.category.is_some() && said.outcome.is_some());
    if rules.required && !is_whole {
        return Err(Refusal::NeedsWrapUp);
    }
    let Some(said) = wrap_up else { return Ok(()) };
    let WrapUp { category, outcome, tags } = said;
    let is_known = category.as_ref().is_none_or(|id| rules.has_category(id))
        && outcome.as_ref().is_none_or(|id| rules.has_outcome(id))
        && tags.iter().all(|tag| is_tag(turn, tag));
    if !is_known {
        return Err(Refusal::UnknownChoice);
    }
    let tags = each_once(tags);
    turn.effect(Effect::WrapUp { category: category.clone(), outcome: outcome.clone() });
    if tags != turn.state.memory.tags {
        turn.effect(Effect::SetTags { tags: tags.clone() });
        turn.state.memory.tags.clone_from(&tags);
    }
    turn.append(None, by.clone(), EntryBody::WrappedUp(WrapUp { tags, ..said.clone() }));
    Ok(())
}

/// What is on it already, or is not, changes nothing.
pub(super) fn tag(
    turn: &mut Turn<'_>,
    by: Author,
    add: &[String],
    remove: &[String],
    cid: Option<Cid>,
) -> Result<(), Refusal> {
    if !add.iter().all(|tag| is_tag(turn, tag)) {
        return Err(Refusal::UnknownChoice);
    }
    let before = &turn.state.memory.tags;
    let added: Vec<String> = each_once(add).into_iter().filter(|tag| !before.contains(tag)).collect();
    let removed: Vec<String> =
        each_once(remove).into_iter().filter(|tag| before.contains(tag) && !add.contains(tag)).collect();
    let mut tags = before.clone();
    tags.retain(|tag| !removed.contains(tag));
    tags.extend(added.iter().cloned());
    turn.effect(Effect::SetTags { tags: tags.clone() });
    turn.state.memory.tags = tags;
    turn.append(cid, by, EntryBody::Tagged { added, removed });
    Ok(())
}

/// One that is on it may stay although the shop has given it up since.
fn is_tag(turn: &Turn<'_>, tag: &String) -> bool {
    turn.playbook.wrap_up.has_tag(tag) || turn.state.memory.tags.contains(tag)
}

fn each_once(tags: &[String]) -> Vec<String> {
    let mut once: Vec<String> = Vec::with_capacity(tags.len());
    for tag in tags {
        if !once.contains(tag) {
            once.push(tag.clone());
        }
    }
    once
}
