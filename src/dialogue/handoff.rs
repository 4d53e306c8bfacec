//! Handing over to a person, warmly: a first sentence that fits, a brief, a place in the queue.

use super::{
    Decision, Said,
    turn::{Extras, Turn},
};
use crate::{
    desk::priority::priority,
    domain::{
        Author, Brief, EntryBody, HandoffReason, OrderNumber, Status,
        handoff::{Feeling, Tried},
    },
};

pub(super) fn hand_off(turn: &mut Turn<'_>, said: &Said, reason: HandoffReason) {
    turn.state.queued_at = Some(turn.now.at);
    turn.state.memory.queue_noted = false;
    hand_off_again(turn, said, reason);
}

/// Something graver was said in the queue: answered, briefed and moved up, at the place it has waited for.
pub(super) fn hand_off_again(turn: &mut Turn<'_>, said: &Said, reason: HandoffReason) {
    let key = match reason {
        HandoffReason::Request => "handoff_request",
        HandoffReason::Failure => "handoff_failure",
        HandoffReason::Feeling => "handoff_feeling",
        HandoffReason::Safety => "handoff_safety",
        HandoffReason::SelfHarm => "handoff_self_harm",
        HandoffReason::Legal => "handoff_legal",
        HandoffReason::Press => "handoff_press",
        HandoffReason::Regulator => "handoff_regulator",
        HandoffReason::Fraud => "handoff_fraud",
        HandoffReason::ProofLocked => "handoff_proof_locked",
        HandoffReason::NeedsPerson => "handoff_needs_person",
    };
    turn.say(key, &[], Extras::default());
    let memory = &turn.state.memory;
    let feeling = memory.feeling;
    let is_said = |text: &String| !text.trim().is_empty();
    let trigger = Some(said.text.clone()).filter(is_said);
    let brief = Brief {
        who: memory.customer.clone(),
        order: memory
            .flows
            .last()
            .and_then(|flow| flow.order.clone())
            .or_else(|| memory.current_order.clone())
            .or_else(|| not_proved(&memory.tried)),
        wants: memory.topic.as_ref().map(|topic| topic.name.clone()).filter(is_said),
        wants_text: memory.topic.as_ref().map(|topic| topic.text.clone()).filter(is_said).or_else(|| trigger.clone()),
        trigger,
        tried: memory.tried.clone(),
        feeling,
        words: memory.feeling_words.clone(),
    };
    let priority = priority(reason, feeling);
    turn.state.status = Status::Queued;
    turn.state.memory.is_grave |= reason.is_red_line();
    turn.state.priority = priority.clone();
    turn.append(None, Author::Bot, EntryBody::Handoff { reason, priority, brief: Box::new(brief) });
    turn.decide(Decision::Handoff, format!("handoff: {key}"));
}

/// Takes the feelings of a message into memory: signals fade, the sharper one stays.
pub(super) fn feel(turn: &mut Turn<'_>, said: &Said) {
    let thresholds = &turn.playbook.thresholds;
    let memory = &mut turn.state.memory;
    let (old, new) = (memory.feeling, said.understanding.feelings.feeling);
    let keep = |old: f32, new: f32| (old * thresholds.feeling_kept).max(new);
    memory.feeling = Feeling {
        anger: keep(old.anger, new.anger),
        anxiety: keep(old.anxiety, new.anxiety),
        disappointment: keep(old.disappointment, new.disappointment),
        urgency: keep(old.urgency, new.urgency),
    };
    memory.heat = memory.heat * thresholds.heat_kept + said.understanding.feelings.escalation;
    for word in &said.understanding.feelings.words {
        if !memory.feeling_words.contains(word) {
            memory.feeling_words.push(word.clone());
        }
    }
    let excess = memory.feeling_words.len().saturating_sub(MAX_FEELING_WORDS);
    memory.feeling_words.drain(..excess);
}

/// The brief is read in seconds; the transcript has the rest.
const MAX_FEELING_WORDS: usize = 12;

/// The order that a shopper could not prove to be theirs.
fn not_proved(tried: &[Tried]) -> Option<OrderNumber> {
    tried.iter().rev().find_map(|tried| match tried {
        Tried::OrderNotProved { order } => Some(order.clone()),
        _ => None,
    })
}
