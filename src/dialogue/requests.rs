//! Two requests in one message: both are served, in the order in which they were made; what the bot then asks comes
//! last, because that is what the shopper answers.

use super::{
    Facts, Part, Said,
    bot::{self, is_small_talk, sure_intent},
    flows,
    turn::Turn,
};
use crate::{
    domain::{
        Status,
        playbook::{Act, FlowName, Intent},
    },
    nlu::ranking::in_three,
};

/// What a part of a message is after.
#[derive(Clone, PartialEq)]
enum Aim {
    /// It answers the question of the flow under way.
    Slot,
    Flow(FlowName),
    Intent(String),
    Article(String),
    /// A question with candidates, none of them sure.
    Unsure,
}

/// False: the message is one request, or none.
pub(super) fn serve_each(turn: &mut Turn<'_>, said: &Said) -> bool {
    // A question that an editor has written down just so is one, whatever it joins.
    let is_known = said.understanding.articles.first().is_some_and(|best| best.features.exact);
    let requests = if is_known { Vec::new() } else { told_apart(turn, said) };
    // Of two where the second hangs on the first, that may be the answer to both.
    let hangs_together = said.parts.iter().any(|part| part.understanding.slots.leaning);
    let least = if hangs_together { 1 } else { 2 };
    if requests.len() < least {
        return false;
    }
    turn.note(format!("{} requests in one message", requests.len()));
    let mut questions = Vec::new();
    let mut is_flow_served = false;
    for (aim, part) in requests {
        if turn.state.status != Status::Bot {
            break;
        }
        match &aim {
            Aim::Slot => {
                flows::take_up(turn, &part);
            }
            Aim::Flow(name) => flows::start(turn, &part, *name),
            Aim::Intent(name) => match turn.playbook.intents.get(name) {
                Some(intent) if intent.act != Act::Reply => bot::run_intent(turn, &part, intent),
                _ => bot::reply_or_ask(turn, &part),
            },
            Aim::Article(_) | Aim::Unsure => bot::reply_or_ask(turn, &part),
        }
        if matches!(aim, Aim::Slot | Aim::Flow(_)) {
            is_flow_served = true;
            if turn.state.memory.flows.last().is_some_and(|flow| flow.awaiting.is_some()) {
                questions.extend(turn.take_back_last());
            }
        }
    }
    questions.into_iter().for_each(|question| turn.put_back(question));
    if !is_flow_served {
        flows::resume(turn);
    }
    true
}

/// Each thing that is asked for, once. Numbers, mails and reasons count for a flow wherever in the message they are.
fn told_apart(turn: &Turn<'_>, said: &Said) -> Vec<(Aim, Said)> {
    let mut requests: Vec<(Aim, Said)> = Vec::new();
    for part in &said.parts {
        let mut alone = alone(part);
        if alone.understanding.slots.leaning {
            // What was just answered is not asked about it.
            let answered = |id: &String| requests.iter().any(|(aim, _)| *aim == Aim::Article(id.clone()));
            alone.understanding.articles.retain(|found| !answered(&found.id));
        }
        let Some(aim) = aim_of(turn, &alone) else { continue };
        if requests.iter().any(|(known, _)| *known == aim) {
            continue;
        }
        if matches!(aim, Aim::Slot | Aim::Flow(_)) {
            let numbers = std::mem::take(&mut alone.understanding.slots.order_numbers);
            alone.understanding.slots = said.understanding.slots.clone();
            if !numbers.is_empty() {
                alone.understanding.slots.order_numbers = numbers;
            }
        }
        requests.push((aim, alone));
    }
    let returns = requests.iter().any(|(aim, _)| match aim {
        Aim::Flow(name) => *name == FlowName::Return,
        Aim::Slot => turn.state.memory.flows.last().is_some_and(|flow| flow.name == FlowName::Return),
        _ => false,
    });
    if returns {
        // "I want to send it back. PW20260001, 5601": of which order, not where it is.
        requests.retain(|(aim, part)| {
            let slots = &part.understanding.slots;
            let only_names = matches!(aim, Aim::Article(_) | Aim::Unsure) && !slots.order_numbers.is_empty();
            slots.asks || !(only_names || *aim == Aim::Flow(FlowName::OrderStatus))
        });
        // "It broke. I want my money back": the reason is no question of its own.
        requests.retain(|(aim, part)| {
            let slots = &part.understanding.slots;
            matches!(aim, Aim::Slot | Aim::Flow(_))
                || (slots.kind.is_none() && slots.reason.is_none() && slots.opened.is_none())
        });
    }
    requests
}

fn alone(part: &Part) -> Said {
    Said {
        text: part.text.clone(),
        bubble: part.text.clone(),
        choice: None,
        files: Vec::new(),
        understanding: part.understanding.clone(),
        parts: Vec::new(),
        facts: Facts::default(),
    }
}

fn aim_of(turn: &Turn<'_>, part: &Said) -> Option<Aim> {
    let heard = &part.understanding;
    let thresholds = &turn.playbook.thresholds;
    if flows::fills_something(turn, part) {
        return Some(Aim::Slot);
    }
    if let Some(name) = flows::wanted(turn, part) {
        return Some(Aim::Flow(name));
    }
    let sure_article =
        heard.articles.iter().find(|found| turn.article(&found.id).is_some()).filter(|a| a.score >= thresholds.answer);
    let intent: Option<&Intent> = sure_intent(turn, part);
    match (intent, sure_article) {
        (Some(intent), _) if is_small_talk(intent) => return None,
        (_, Some(article)) => return Some(Aim::Article(article.id.clone())),
        (Some(intent), None) => return Some(Aim::Intent(intent.name.clone())),
        (None, None) => {}
    }
    let is_question = heard.slots.leaning || part.text.trim_end().ends_with(['?', '\u{ff1f}']);
    let has_candidate = in_three(heard.articles.iter().map(|found| found.score)) >= thresholds.clarify;
    (is_question && has_candidate).then_some(Aim::Unsure)
}
