//! Flows: what the bot does in several steps. A flow asks for one slot at a time, takes whatever slots a message
//! brings, and waits below when the shopper changes the subject.

pub(super) mod order_status;
pub(super) mod ownership;
mod questions;
pub(super) mod returning;

use super::{
    Decision, Flow, Said, Slot,
    bot::{remember_topic, starting_points},
    handoff::hand_off,
    turn::{Extras, Turn},
};
use crate::{
    domain::{
        Choice, HandoffReason,
        handoff::Tried,
        playbook::{Act, FlowName, Playbook},
        returns::ReturnReason,
    },
    language,
    nlu::{MatchedBy, Understanding, ranking::in_three},
};

/// What a flow makes of a message.
enum Progress {
    /// It asked for a slot and waits.
    Asked,
    /// It came to its end.
    Done,
}

/// The flow a message asks for: by pattern, by an order number, or by an example nothing else beats.
pub(super) fn wanted(turn: &Turn<'_>, said: &Said) -> Option<FlowName> {
    let (playbook, memory) = (turn.playbook, &turn.state.memory);
    let heard = &said.understanding;
    let answer = playbook.thresholds.answer;
    let sure_article = heard.articles.first().filter(|article| article.score >= answer);
    let slots = &heard.slots;
    let by_day = || match ownership::by_day(memory, slots, turn.now) {
        ownership::Day::Of(number) => memory.current_order.as_ref() != Some(&number),
        ownership::Day::Unsaid | ownership::Day::OfNone => false,
    };
    let is_other = slots.ordinal == Some(ownership::OTHER_ONE) || slots.not_this;
    let other_one = sure_article.is_none() && memory.current_order.is_some() && (is_other || by_day());
    let asks_of_shown = memory.current_order.is_some() && slots.of_order;
    let names_order = !slots.order_numbers.is_empty();
    let by_number = match names_order {
        // Who does not want it may only be tired of waiting.
        true if slots.kind.is_some() || slots.reason.is_some_and(|reason| reason != ReturnReason::ChangedMind) => {
            Some(FlowName::Return)
        }
        true if names_another_than_refused(turn, said) => Some(FlowName::Return),
        _ if slots.keeps && (names_order || has_opened_return(turn)) => Some(FlowName::Return),
        // "PW20260003, I need to change the address" asks something else about it.
        true => sure_article.is_none().then_some(FlowName::OrderStatus),
        false => (other_one || asks_of_shown).then_some(FlowName::OrderStatus),
    };
    let by_example = || {
        let best = heard.intents.first().filter(|best| best.score >= answer)?;
        let beaten = sure_article.is_some_and(|article| article.features.exact || article.score > best.score);
        flow_of(playbook, &best.name).filter(|_| !beaten)
    };
    wanted_by_pattern(playbook, said).or(by_number).or_else(by_example)
}

/// Of an order that cannot go back another number is told: that one was meant.
fn names_another_than_refused(turn: &Turn<'_>, said: &Said) -> bool {
    let numbers = &said.understanding.slots.order_numbers;
    turn.state.memory.refused.as_ref().is_some_and(|refused| {
        !numbers.is_empty() && refused.order.as_ref().is_none_or(|order| !numbers.contains(order))
    })
}

fn has_opened_return(turn: &Turn<'_>) -> bool {
    turn.state.memory.tried.iter().any(|tried| matches!(tried, Tried::ReturnOpened { .. }))
}

/// Patterns are precise: they win over articles and examples.
fn wanted_by_pattern(playbook: &Playbook, said: &Said) -> Option<FlowName> {
    let best = said.understanding.intents.first()?;
    flow_of(playbook, &best.name).filter(|_| matches!(best.by, MatchedBy::Pattern(_)))
}

fn flow_of(playbook: &Playbook, intent: &str) -> Option<FlowName> {
    match playbook.intents.get(intent)?.act {
        Act::Flow(name) => Some(name),
        Act::Reply | Act::Handoff(_) => None,
    }
}

/// Whether the flow under way has use for the message, or a return that was refused.
pub(super) fn fills_something(turn: &Turn<'_>, said: &Said) -> bool {
    takes_up_refused(turn, said)
        || turn.state.memory.flows.last().is_some_and(|flow| {
            let slots = &said.understanding.slots;
            if takes_any_words(flow, said) && is_other_subject(turn, said) {
                return false;
            }
            slots.cancel
                || brings_something(said, flow, turn.playbook)
                || (flow.awaiting == Some(Slot::Proof)
                    && slots.phones.len() == 1
                    && turn.playbook.flows.accepts_last_four)
        })
}

pub(super) fn start(turn: &mut Turn<'_>, said: &Said, name: FlowName) {
    let intent = match name {
        FlowName::OrderStatus => "order_status",
        FlowName::Return => "return_or_exchange",
    };
    remember_topic(turn, said, intent);
    turn.state.memory.failures = 0;
    let is_corrected = name == FlowName::Return && names_another_than_refused(turn, said);
    let refused = turn.state.memory.refused.take().filter(|_| is_corrected);
    turn.state.memory.flows.retain(|flow| flow.name != name);
    let clarify = turn.playbook.thresholds.clarify;
    let beside = said.understanding.articles.iter().filter(|found| found.score >= clarify).take(1);
    // What words beside an order's number may have asked for is offered with the order.
    let is_named = !said.understanding.slots.order_numbers.is_empty();
    let is_asked = said.understanding.intents.first().is_some_and(|best| {
        let is_better = said.understanding.articles.first().is_none_or(|article| best.score >= article.score);
        is_better && flow_of(turn.playbook, &best.name) == Some(name)
    });
    let beside = match is_named && !is_asked {
        true => beside.map(|found| found.id.clone()).collect(),
        false => Vec::new(),
    };
    let (kind, reason) = refused.map_or((None, None), |refused| (refused.kind, refused.reason));
    let keeps = said.understanding.slots.keeps;
    turn.state.memory.flows.push(Flow { beside, kind, reason, keeps, ..Flow::new(name) });
    advance(turn, said);
}

/// A return that was refused is taken up again when the shopper names a reason that changes the verdict.
pub(super) fn take_up_refused(turn: &mut Turn<'_>, said: &Said) -> bool {
    if !takes_up_refused(turn, said) {
        return false;
    }
    let Some(flow) = turn.state.memory.refused.take() else { return false };
    turn.state.memory.flows.push(flow);
    advance(turn, said);
    true
}

fn takes_up_refused(turn: &Turn<'_>, said: &Said) -> bool {
    let by_choice = matches!(&said.choice, Some(Choice::Slot { name, .. }) if name == "reason");
    let by_words = said.understanding.slots.reason.is_some_and(|reason| reason.is_our_fault());
    let Some(refused) = turn.state.memory.refused.as_ref() else { return false };
    // "Can I exchange it then?" gets the same rule, not an article on exchanges.
    let slots = &said.understanding.slots;
    let by_kind = slots.kind.is_some_and(|kind| refused.kind.is_some_and(|refused| refused != kind))
        && slots.order_numbers.is_empty()
        && !is_sentence(turn, &said.text);
    refused.awaiting == Some(Slot::Reason) && (by_choice || by_words || by_kind)
}

/// A flow whose question was put too long ago is not under way any more.
pub(super) fn forget_old(turn: &mut Turn<'_>) {
    let Some(kept_ms) = turn.playbook.flows.remembered_ms else { return };
    let now = turn.now.at;
    let is_kept = |flow: &Flow| flow.since.is_none_or(|since| now - since <= kept_ms);
    turn.state.memory.flows.retain(is_kept);
    turn.state.memory.refused.take_if(|refused| !is_kept(refused));
}

/// Gives the active flow the message. False when the message is about something else.
pub(super) fn take_up(turn: &mut Turn<'_>, said: &Said) -> bool {
    let Some(flow) = turn.state.memory.flows.last().cloned() else { return false };
    let slots = &said.understanding.slots;
    if slots.cancel && said.choice.is_none() {
        turn.state.memory.flows.pop();
        if let Some(name) = wanted_by_pattern(turn.playbook, said).filter(|name| *name != flow.name) {
            start(turn, said, name);
            return true;
        }
        let buttons = if turn.state.memory.flows.is_empty() { starting_points(turn) } else { Vec::new() };
        turn.say("flow_cancelled", &[], Extras { buttons, card: None });
        turn.decide(Decision::Flow, "flow left");
        resume(turn);
        return true;
    }
    let wanted = wanted_by_pattern(turn.playbook, said)
        .or_else(|| asks_about_another_order(said, &flow).then_some(FlowName::OrderStatus));
    if let Some(name) = wanted.filter(|name| *name != flow.name) {
        start(turn, said, name);
        return true;
    }
    let other_subject = is_other_subject(turn, said);
    // The same wish in words that also ask about it ("but I want an exchange instead") is no other subject.
    let leaves = other_subject && wanted.is_none() && (is_sentence(turn, &said.text) || takes_any_words(&flow, said));
    if brings_something(said, &flow, turn.playbook) && !leaves {
        if let Some(flow) = turn.state.memory.flows.last_mut() {
            flow.misses = 0;
        }
        advance(turn, said);
        return true;
    }
    if wanted.is_some() {
        ask_again(turn, said, &flow);
        return true;
    }
    if slots.go_on {
        ask_again(turn, said, &flow);
        return true;
    }
    if other_subject {
        return false;
    }
    if slots.put_off && !slots.asks {
        turn.say("flow_waits", &[], Extras::default());
        turn.decide(Decision::Flow, "the question waits");
        return true;
    }
    if slots.asks && has_candidate(turn, said) {
        return false;
    }
    miss(turn, said, &flow);
    true
}

/// Not sure, but worth a question of its own.
fn has_candidate(turn: &Turn<'_>, said: &Said) -> bool {
    let found = &said.understanding.articles;
    in_three(found.iter().map(|found| found.score)) >= turn.playbook.thresholds.clarify
}

/// The question is an open one, and what was said is none of the usual answers: another subject is one then.
fn takes_any_words(flow: &Flow, said: &Said) -> bool {
    flow.awaiting == Some(Slot::Wanted) && said.understanding.slots.variants.is_empty()
}

/// Past the question of ownership another number is another matter, unless it corrects the first.
fn asks_about_another_order(said: &Said, flow: &Flow) -> bool {
    let slots = &said.understanding.slots;
    let is_owned = !matches!(flow.awaiting, None | Some(Slot::Order | Slot::Proof));
    let is_other = slots.order_numbers.first().is_some_and(|number| Some(number) != flow.order.as_ref());
    is_owned && is_other && !slots.correction && slots.kind.is_none()
}

/// Long enough to be about something: a word or two that fill a slot may look like an article by chance.
fn is_sentence(turn: &Turn<'_>, text: &str) -> bool {
    let manners = &turn.playbook.manners;
    let han = text.chars().filter(|sign| language::normalise::is_han(*sign)).count();
    han >= manners.subject_at_signs || text.split_whitespace().count() >= manners.subject_at_words
}

/// Whether the message fills the slot the flow waits for, or corrects another.
fn brings_something(said: &Said, flow: &Flow, playbook: &Playbook) -> bool {
    if matches!(said.choice, Some(Choice::Slot { .. })) {
        return true;
    }
    let slots = &said.understanding.slots;
    let rules = &playbook.flows;
    let brings_digits = slots.last_four.is_some() || (!slots.phones.is_empty() && flow.awaiting == Some(Slot::Proof));
    let brings_owner = !slots.order_numbers.is_empty()
        || (rules.accepts_mail && !slots.mails.is_empty())
        || (rules.accepts_last_four && brings_digits);
    let is_other = slots.ordinal == Some(ownership::OTHER_ONE) && flow.awaiting != Some(Slot::Item);
    if brings_owner || is_other || (slots.not_this && flow.awaiting == Some(Slot::Proof)) {
        return true;
    }
    match flow.name {
        FlowName::OrderStatus => false,
        FlowName::Return => returning::brings_something(said, flow, playbook),
    }
}

/// Something else the bot is sure about: the flow waits.
fn is_other_subject(turn: &Turn<'_>, said: &Said) -> bool {
    let heard = &said.understanding;
    let answer = turn.playbook.thresholds.answer;
    // "OK" in the middle of something is no goodbye.
    let is_nod = heard.slots.yes.is_some() && !is_sentence(turn, &said.text);
    let intent = heard.intents.first().filter(|_| !is_nod).is_some_and(|best| {
        (matches!(best.by, MatchedBy::Pattern(_)) || best.score >= answer)
            && turn.playbook.intents.get(&best.name).is_some_and(|intent| !matches!(intent.act, Act::Flow(_)))
    });
    intent || heard.articles.first().is_some_and(|article| article.score >= answer)
}

fn advance(turn: &mut Turn<'_>, said: &Said) {
    let Some(mut flow) = turn.state.memory.flows.pop() else { return };
    let progress = match flow.name {
        FlowName::OrderStatus => order_status::advance(turn, &mut flow, said),
        FlowName::Return => returning::advance(turn, &mut flow, said),
    };
    if turn.state.status != crate::domain::Status::Bot {
        turn.state.memory.flows.push(flow);
        return;
    }
    match progress {
        Progress::Asked => turn.state.memory.flows.push(flow),
        Progress::Done => match flow.next() {
            Some(next) => {
                turn.state.memory.flows.push(next);
                let nothing_new = Said {
                    text: String::new(),
                    bubble: String::new(),
                    choice: None,
                    files: Vec::new(),
                    understanding: Understanding::default(),
                    parts: Vec::new(),
                    facts: said.facts.clone(),
                };
                advance(turn, &nothing_new);
            }
            None => resume(turn),
        },
    }
}

/// After something else was served: takes the waiting flow up again with its question.
pub(super) fn resume(turn: &mut Turn<'_>) {
    if turn.state.status != crate::domain::Status::Bot {
        return;
    }
    let Some(flow) = turn.state.memory.flows.last() else { return };
    if flow.awaiting.is_some() {
        let preface = match flow.name {
            FlowName::OrderStatus => "resume_order_status",
            FlowName::Return => "resume_return",
        };
        turn.say(preface, &[], Extras::default());
        ask_on(turn);
    }
}

fn ask_again(turn: &mut Turn<'_>, said: &Said, flow: &Flow) {
    match flow.awaiting {
        Some(slot) => {
            questions::repeat(turn, flow, slot, questions::Tone::First);
            turn.decide(Decision::Flow, "the same wish again: the question again");
        }
        None => advance(turn, said),
    }
}

/// The question that waits, if one does, and nothing said about it.
pub(super) fn ask_on(turn: &mut Turn<'_>) {
    let Some(flow) = turn.state.memory.flows.last().cloned() else { return };
    if let Some(slot) = flow.awaiting {
        questions::repeat(turn, &flow, slot, questions::Tone::First);
    }
}

/// Neither the slot nor another subject: asked again in other words, as often as the shop does, then a person.
fn miss(turn: &mut Turn<'_>, said: &Said, flow: &Flow) {
    let misses = flow.misses + 1;
    if misses >= turn.playbook.flows.asked {
        return hand_off(turn, said, HandoffReason::Failure);
    }
    if let Some(active) = turn.state.memory.flows.last_mut() {
        active.misses = misses;
    }
    match flow.awaiting {
        Some(slot) => questions::repeat(turn, flow, slot, questions::Tone::Again),
        None => return advance(turn, said),
    }
    turn.decide(Decision::Flow, "the answer does not fit the question");
}
