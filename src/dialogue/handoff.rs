//! Handing over to a person, warmly: a first sentence that fits, a brief, a place in the queue.

use super::{
    Decision, Said,
    bot::needs_person,
    closed, surge, timers,
    turn::{Extras, Turn},
};
use crate::{
    desk::{
        priority::{levelled, priority},
        sla,
    },
    domain::{
        Author, Brief, EntryBody, HandoffReason, Level, Mentioned, OrderNumber, Status,
        handoff::{Dispute, Feeling, Priority, Tried},
        playbook::{About, Stakes},
        turn::{Effect, News},
    },
};

pub(super) fn hand_off(turn: &mut Turn<'_>, said: &Said, reason: HandoffReason) {
    turn.state.queued_at = Some(turn.now.at);
    surge::take_kept_place(turn);
    turn.state.team = None;
    turn.state.memory.queue_noted = false;
    turn.state.memory.closed_noted = false;
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
        HandoffReason::Grave => "handoff_grave",
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
        pictures: memory.pictures,
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
    let priority = urgency(turn, reason);
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
    note_reason(turn, reason);
    turn.state.priority = priority.clone();
    turn.append(None, Author::Bot, EntryBody::Handoff { reason, priority, brief: Box::new(brief) });
    // In a flow, a number proves whose the order is.
    if turn.state.memory.flows.is_empty() {
        closed::take_callback(turn, said);
    }
    turn.decide(Decision::Handoff, format!("handoff: {key}"));
}

/// How urgent it is for this reason, as it feels now. Who waits already keeps what the wait has earned.
pub(super) fn urgency(turn: &Turn<'_>, reason: HandoffReason) -> Priority {
    let memory = &turn.state.memory;
    let counted = priority(reason, memory.mood.feeling, memory.dispute);
    let counted = levelled(&counted, memory.level.unwrap_or(Level::Normal));
    let counted = sla::of_tier(&counted, timers::tier_points(&turn.state, turn.playbook));
    match turn.state.status {
        // Nobody waits while a person is with them.
        Status::Assigned => counted,
        _ => sla::aged(&counted, turn.state.queued_at.unwrap_or(turn.now.at), turn.now.at),
    }
}

/// People are told of it now.
fn note_reason(turn: &mut Turn<'_>, reason: HandoffReason) {
    let memory = &mut turn.state.memory;
    memory.is_grave |= reason.is_red_line();
    memory.anger_told = memory.mood.feeling.anger;
    if !memory.reasons.contains(&reason) {
        memory.reasons.push(reason);
    }
}

/// What was said to who has it is heard too, and not answered: a red line that was not crossed before, or anger that has
/// risen so far that it would lead to a person, is told to staff and makes it more urgent.
pub(super) fn listen(turn: &mut Turn<'_>, said: &Said) {
    let memory = &turn.state.memory;
    let is_new = |reason: &HandoffReason| !memory.reasons.contains(reason);
    let has_risen = memory.mood.feeling.anger >= memory.anger_told + turn.playbook.thresholds.anger_rises;
    let is_angry = needs_person(turn, said) || memory.mood.escalation() >= turn.playbook.thresholds.slow_burn;
    let red_line = said.understanding.feelings.alarm().filter(is_new);
    let Some(reason) = red_line.or((has_risen && is_angry).then_some(HandoffReason::Feeling)) else { return };
    let feeling = memory.mood.feeling;
    // The gravest of all that was said counts, as it feels now; never less than before.
    let reasons = memory.reasons.iter().copied().chain([reason]);
    let before = turn.state.priority.clone();
    let priority = reasons
        .map(|reason| urgency(turn, reason))
        .fold(before, |most, one| if one.score > most.score { one } else { most });
    turn.state.priority = priority.clone();
    note_reason(turn, reason);
    turn.append(None, Author::Bot, EntryBody::Alert { reason, priority, feeling });
    turn.effect(Effect::Notify(News::Alert { reason }));
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
