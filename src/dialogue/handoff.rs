//! Handing over to a person, warmly: a first sentence that fits, a brief, a place in the queue.

use super::{
    Decision, Said, closed, surge, timers,
    turn::{Extras, Turn},
};
use crate::{
    desk::{
        priority::{levelled, priority},
        sla,
    },
    domain::{
        Author, Brief, EntryBody, HandoffReason, Level, Mentioned, OrderNumber, Status,
        handoff::{Dispute, Feeling, Tried},
        playbook::{About, Stakes},
    },
};

pub(super) fn hand_off(turn: &mut Turn<'_>, said: &Said, reason: HandoffReason) {
    turn.state.queued_at = Some(turn.now.at);
    surge::take_kept_place(turn);
    turn.state.team = None;
    turn.state.memory.queue_noted = false;
    turn.state.memory.closed_noted = false;
    turn.state.memory.callback_noted = false;
    hand_off_again(turn, said, reason);
}

/// Something graver was said in the queue: answered, briefed and moved up, at the place it has waited for.
pub(super) fn hand_off_again(turn: &mut Turn<'_>, said: &Said, reason: HandoffReason) {
    let key = match reason {
        HandoffReason::Request => "handoff_request",
        HandoffReason::Failure => "handoff_failure",
        HandoffReason::Feeling => match turn.state.memory.dispute {
            Some(Dispute::Product) => "handoff_feeling_product",
            Some(Dispute::Logistics) => "handoff_feeling_logistics",
            Some(Dispute::Attitude) => "handoff_feeling_attitude",
            None => "handoff_feeling",
        },
        HandoffReason::Safety => "handoff_safety",
        HandoffReason::SelfHarm => "handoff_self_harm",
        HandoffReason::Legal => "handoff_legal",
        HandoffReason::Press => "handoff_press",
        HandoffReason::Regulator => "handoff_regulator",
        HandoffReason::Fraud => "handoff_fraud",
        HandoffReason::ProofLocked => "handoff_proof_locked",
        HandoffReason::NeedsPerson => "handoff_needs_person",
    };
    turn.begin_with(None);
    let closed = closed::closed_until(turn);
    // Nobody is brought in now, and so nobody is announced; what danger asks for is said at any hour.
    if closed.is_none() || reason.is_red_line() {
        turn.say(key, &[], Extras::default());
    }
    if let Some(opens) = closed {
        closed::say_closed(turn, opens);
    }
    let memory = &turn.state.memory;
    let items = memory.flows.last().map(|flow| {
        let is_meant = |line: &u32| flow.line == Some(*line) || flow.next_lines.contains(line);
        flow.items.iter().filter(move |(line, _)| is_meant(line)).map(|(_, name)| Mentioned::Item(name.clone()))
    });
    let feeling = memory.mood.feeling;
    let is_said = |text: &String| !text.trim().is_empty();
    let trigger = Some(said.text.clone()).filter(is_said);
    // The label of a button tells nothing; what was asked before does.
    let asked = memory.wants_text.clone().filter(|_| said.choice.is_some());
    let mut brief = Brief {
        next_step: None,
        who: memory.customer.clone(),
        order: memory
            .flows
            .last()
            .and_then(|flow| flow.order.clone())
            .or_else(|| memory.current_order.clone())
            .or_else(|| not_proved(&memory.tried))
            .or_else(|| memory.named_order.clone()),
        wants: memory.topic.as_ref().map(|topic| topic.name.clone()).filter(is_said),
        wants_text: memory
            .topic
            .as_ref()
            .map(|topic| topic.text.clone())
            .filter(is_said)
            .or(asked)
            .or_else(|| trigger.clone()),
        trigger,
        tried: memory.tried.clone(),
        feeling,
        dispute: memory.dispute,
        words: memory.feeling_words.clone(),
        mentioned: items.into_iter().flatten().chain(memory.mentioned.iter().cloned()).collect(),
    };
    let about = About { reason, wants: brief.wants.as_deref(), dispute: brief.dispute, lang: turn.lang() };
    let order = brief.order.as_ref().and_then(|number| memory.known.get(number));
    let stakes = Stakes {
        about: &about,
        tried: &brief.tried,
        flow: memory.flows.last().map(|flow| flow.name),
        order: order.and_then(|order| order.state),
        is_late: order.is_some_and(|order| order.late),
    };
    let next_step = turn.playbook.next_steps.of(&stakes).clone();
    let level = memory.level.unwrap_or(Level::Normal);
    let fresh = levelled(&priority(reason, feeling, memory.dispute), level);
    let fresh = sla::of_tier(&fresh, timers::tier_points(&turn.state, turn.playbook));
    // Who waits already keeps what the wait has earned.
    let since = turn.state.queued_at.unwrap_or(turn.now.at);
    let priority = sla::aged(&fresh, since, turn.now.at);
    timers::owe_a_person(&mut turn.state, turn.now.at);
    // Passed to a team by hand, it stays there.
    if turn.state.team.is_none() {
        turn.state.team = turn.playbook.desk.team_of(&about);
    }
    brief.next_step = Some(next_step);
    // Whoever it is offered to sees the graver brief, and answers.
    if turn.state.status != Status::Offered {
        turn.state.status = Status::Queued;
    }
    // One tap on a button is no new matter.
    if said.choice.is_none() || turn.state.memory.wants_text.is_none() {
        turn.state.memory.wants_text = brief.wants_text.clone();
    }
    turn.state.memory.is_grave |= reason.is_red_line();
    turn.state.priority = priority.clone();
    turn.append(None, Author::Bot, EntryBody::Handoff { reason, priority, brief: Box::new(brief) });
    turn.decide(Decision::Handoff, format!("handoff: {key}"));
}

/// Takes the feelings of a message into memory: signals fade, the sharper one stays.
pub(super) fn feel(turn: &mut Turn<'_>, said: &Said) {
    let thresholds = &turn.playbook.thresholds;
    let memory = &mut turn.state.memory;
    memory.mood.hear(&said.text, &said.understanding.feelings, thresholds);
    memory.dispute = said.understanding.feelings.dispute.or(memory.dispute);
    for word in &said.understanding.feelings.words {
        if !memory.feeling_words.contains(word) {
            memory.feeling_words.push(word.clone());
        }
    }
    let excess = memory.feeling_words.len().saturating_sub(MAX_FEELING_WORDS);
    memory.feeling_words.drain(..excess);
}

/// A warm word for a feeling that is strong enough to be met and not strong enough for a person. Each of the shop's
/// sentences is said once in a conversation, and never in two answers in a row: a canned one is worse than none.
pub(super) fn warm_word(turn: &mut Turn<'_>, said: &Said) -> Option<String> {
    let was_warm = std::mem::take(&mut turn.state.memory.was_warm);
    let Feeling { anger, anxiety, disappointment, urgency } = said.understanding.feelings.feeling;
    let signals = [
        (anger, "warm_anger"),
        (disappointment, "warm_disappointment"),
        (anxiety, "warm_anxiety"),
        (urgency, "warm_urgency"),
    ];
    let (strength, key) = signals.into_iter().rev().max_by(|one, other| one.0.total_cmp(&other.0))?;
    let times = turn.state.memory.said.get(key).copied().unwrap_or_default() as usize;
    if strength < turn.playbook.manners.warm || was_warm || times >= turn.variants(key) {
        return None;
    }
    turn.state.memory.was_warm = true;
    Some(turn.words(key, &[]))
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
