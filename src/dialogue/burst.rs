//! Shoppers send one thought in three bubbles. Each is in the log at once; a bubble that may be half a thought is
//! answered together with those that follow, after a pause. What is said to a person who has the conversation is heard
//! in the same way: a little later, and together.
//!
//! The bubbles and the time are state, so the answer outlives the node that took them: whoever finds the time past
//! sends [`Event::Paused`](super::Event::Paused), and of two the compare-and-swap lets one commit.

use super::{
    Burst, Decision, Refusal, Said, State, Step,
    bot::{self, asks_for_person, sure_intent},
    flows, handoff,
    turn::Turn,
};
use crate::{
    domain::{Status, UnixMs},
    language,
    nlu::Shape,
};

/// What the bot answers, or hears, when this bubble comes: it, after those that wait. `None` stands for no further bubble.
pub fn words_to_answer(state: &State, bubble: Option<&str>) -> String {
    let waits = state.status == Status::Bot || state.status == Status::Assigned && bubble.is_none();
    let waiting = state.memory.burst.iter().filter(|_| waits);
    let bubbles = waiting.flat_map(|burst| burst.bubbles.iter().map(String::as_str)).chain(bubble);
    let mut words = String::new();
    for bubble in bubbles.map(str::trim).filter(|bubble| !bubble.is_empty()) {
        let is_han = |sign: Option<char>| sign.is_some_and(language::normalise::is_han);
        // Chinese goes on without a gap, as it would have in one bubble.
        let both_are_chinese = is_han(words.chars().next_back()) && is_han(bubble.chars().next());
        if !words.is_empty() && !both_are_chinese {
            words.push(' ');
        }
        words.push_str(bubble);
    }
    words
}

/// Whether the answer should wait for the shopper to go on.
pub(super) fn waits(turn: &Turn<'_>, said: &Said) -> bool {
    let manners = &turn.playbook.manners;
    let heard = &said.understanding;
    if manners.pause_ms == 0 || said.choice.is_some() || !said.files.is_empty() || heard.shape != Shape::Text {
        return false;
    }
    let (bubbles, since) = waiting(turn);
    if bubbles + 1 >= manners.most_bubbles || turn.now.at >= since + manners.longest_pause_ms {
        return false;
    }
    if bot::needs_person(turn, said) || asks_for_person(turn, said).is_some() {
        return false;
    }
    heard.slots.unfinished || !(is_whole(turn, &said.bubble) || says_something_sure(turn, said))
}

/// Bubbles that wait already, and since when.
fn waiting(turn: &Turn<'_>) -> (usize, UnixMs) {
    turn.state.memory.burst.as_ref().map_or((0, turn.now.at), |burst| (burst.bubbles.len(), burst.since))
}

pub(super) fn wait(turn: &mut Turn<'_>, said: &Said) {
    let manners = &turn.playbook.manners;
    let (_, since) = waiting(turn);
    let burst = turn.state.memory.burst.get_or_insert(Burst { bubbles: Vec::new(), since });
    burst.bubbles.push(said.bubble.clone());
    turn.state.due_at = Some((turn.now.at + manners.pause_ms).min(since + manners.longest_pause_ms));
    turn.decide(Decision::Kept, "it may go on: waits for a pause");
}

/// What is said to a person is stored at once; understanding it costs more than that, and nobody waits for it.
pub(super) fn keep(turn: &mut Turn<'_>, said: &Said) {
    let manners = &turn.playbook.manners;
    if manners.listen_ms == 0 || said.choice.is_some() || said.bubble.trim().is_empty() {
        return;
    }
    let now = turn.now.at;
    let bubbles = &mut turn.state.memory.burst.get_or_insert(Burst { bubbles: Vec::new(), since: now }).bubbles;
    bubbles.push(said.bubble.chars().take(turn.playbook.thresholds.max_understood_chars).collect());
    let excess = bubbles.len().saturating_sub(manners.most_bubbles.max(1));
    bubbles.drain(..excess);
    turn.state.due_at.get_or_insert(now + manners.listen_ms);
}

/// Nothing more came in time.
pub(super) fn answer(mut turn: Turn<'_>, said: &Said) -> Result<Step, Refusal> {
    let is_due = turn.state.due_at.is_some_and(|due_at| due_at <= turn.now.at);
    let status = turn.state.status;
    if !is_due || !matches!(status, Status::Bot | Status::Assigned) || turn.state.memory.burst.is_none() {
        return Err(Refusal::Stale);
    }
    bot::take_in(&mut turn, said);
    match status {
        Status::Assigned => handoff::listen(&mut turn, said),
        _ => bot::answer(&mut turn, said),
    }
    Ok(turn.finish())
}

/// A sentence that was ended, or long enough to be one.
fn is_whole(turn: &Turn<'_>, bubble: &str) -> bool {
    let manners = &turn.playbook.manners;
    let bubble = bubble.trim_end();
    let is_end = |c: char| matches!(c, '?' | '!' | '.' | ';' | '\u{3002}' | '\u{ff1f}' | '\u{ff01}' | '\u{ff1b}');
    let signs = bubble.chars().filter(|sign| language::normalise::is_han(*sign)).count();
    let words = bubble.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).count();
    bubble.ends_with(is_end) || signs >= manners.whole_at_signs || words >= manners.whole_at_words
}

fn says_something_sure(turn: &Turn<'_>, said: &Said) -> bool {
    let heard = &said.understanding;
    let slots = &heard.slots;
    let answer = turn.playbook.thresholds.answer;
    !said.parts.is_empty()
        || !slots.order_numbers.is_empty()
        || !slots.mails.is_empty()
        || bot::last_unrated(turn).is_some() && slots.helped.is_some()
        || flows::fills_something(turn, said)
        || flows::wanted(turn, said).is_some()
        || sure_intent(turn, said).is_some()
        || heard.articles.first().is_some_and(|best| best.score >= answer && turn.article(&best.id).is_some())
}
