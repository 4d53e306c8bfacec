//! Whose order is it? Both flows begin here: order number plus mail or the last four digits of the phone.

use super::{order_status::is_late, questions};
use crate::{
    dialogue::{
        Decision, Flow, KnownOrder, Memory, Need, Said, Slot, State,
        turn::{Extras, Turn},
    },
    domain::{
        Now, Order, OrderNumber,
        handoff::Tried,
        loose_date::Days,
        order::{OrderLookup, Proof},
        playbook::FlowRules,
        turn::Effect,
    },
    nlu::Slots,
};

/// What `Slots::ordinal` says for "the other one".
pub(in crate::dialogue) const OTHER_ONE: i32 = -1;

pub(super) enum Ownership {
    Proved(Box<Order>),
    /// A question was asked.
    Asked,
    /// Too many wrong proofs; said so, a person offered.
    Locked,
}

/// The order and proof a message leaves us with, given what was known before. Used before the look-up and after it.
struct Target {
    order: Option<OrderNumber>,
    proof: Option<Proof>,
    is_proved: bool,
}

fn target(rules: &FlowRules, state: &State, flow: Option<&Flow>, said: &Said, now: &Now) -> Target {
    let memory = &state.memory;
    let slots = &said.understanding.slots;
    let said_number = if slots.correction { slots.order_numbers.last() } else { slots.order_numbers.first() };
    let own = flow.and_then(|flow| flow.order.clone());
    let is_open = own.is_none() || flow.is_some_and(|flow| flow.awaiting == Some(Slot::Proof));
    let before = own.or_else(|| memory.current_order.clone());
    // Of an order whose items are spoken of, "the other one" is one of them.
    let is_choosing = flow.is_some_and(|flow| flow.awaiting == Some(Slot::Item) || flow.is_about_one_of_several());
    let order = match (said_number, by_day(memory, slots, now)) {
        (Some(number), _) => Some(number.clone()),
        (None, Day::Of(number)) if is_open => Some(number),
        (None, Day::OfNone) if is_open => None,
        _ if slots.ordinal == Some(OTHER_ONE) && !is_choosing => {
            memory.proved.iter().rev().find(|number| Some(*number) != before.as_ref()).cloned()
        }
        _ if slots.not_this && is_open => None,
        _ => before,
    };
    let said_mail = if slots.correction { slots.mails.last() } else { slots.mails.first() };
    let mail = said_mail.filter(|_| rules.accepts_mail).map(|mail| Proof::Mail(mail.clone()));
    let digits = slots.last_four.clone().or_else(|| {
        slots.phones.first().filter(|phone| phone.len() >= 4).map(|phone| phone[phone.len() - 4..].to_owned())
    });
    let digits = digits.filter(|_| rules.accepts_last_four);
    let proof = mail.or(digits.map(Proof::LastFour)).or_else(|| flow.and_then(|flow| flow.proof.clone()));
    let is_proved = order.as_ref().is_some_and(|number| memory.proved.contains(number));
    Target { order, proof, is_proved }
}

/// Which of the shopper's own orders a day means.
pub(super) enum Day {
    /// No day was said that would tell orders apart.
    Unsaid,
    Of(OrderNumber),
    /// Of none that we know, or of several.
    OfNone,
}

pub(super) fn by_day(memory: &Memory, slots: &Slots, now: &Now) -> Day {
    if slots.dates.is_empty() || memory.known.is_empty() || !(slots.bought || slots.received) {
        return Day::Unsaid;
    }
    let today = now.today();
    let said: Vec<Days> = slots.dates.iter().flat_map(|date| date.days(today)).collect();
    let fits = |order: &KnownOrder, days: &Days| {
        let is_on = |at| days.contains(now.day_of(at));
        (slots.bought && is_on(order.placed_at)) || (slots.received && order.delivered_at.is_some_and(is_on))
    };
    // People are a day out more often than they own two orders of neighbouring days.
    for days in said.iter().copied().chain(said.iter().map(|days| days.wider(1))) {
        let mut found = memory.known.iter().filter(|(_, order)| fits(order, &days)).map(|(number, _)| number);
        match (found.next(), found.next()) {
            (Some(number), None) => return Day::Of(number.clone()),
            (Some(_), Some(_)) => return Day::OfNone,
            (None, _) => {}
        }
    }
    Day::OfNone
}

/// The orders that are to follow the first: named in the message, or before.
pub(super) fn more_orders(rules: &FlowRules, flow: Option<&Flow>, said: &Said) -> Vec<OrderNumber> {
    let slots = &said.understanding.slots;
    match slots.correction {
        true => Vec::new(),
        false if slots.order_numbers.len() > 1 => {
            slots.order_numbers.iter().take(rules.orders_at_once).skip(1).cloned().collect()
        }
        false => flow.map(|flow| flow.next_orders.clone()).unwrap_or_default(),
    }
}

/// Asks the shell for each order whose number and proof are known. A look-up the rules do not use in the end
/// costs nothing: failures are counted by an effect of `prove`.
pub(in crate::dialogue) fn needs(rules: &FlowRules, state: &State, said: &Said, now: &Now) -> Vec<Need> {
    let flow = state.memory.flows.last();
    let Target { order, proof, .. } = target(rules, state, flow, said, now);
    let mut needs: Vec<Need> = Vec::new();
    for number in order.into_iter().chain(more_orders(rules, flow, said)) {
        if needs.iter().any(|need| *need.number() == number) {
            continue;
        }
        if state.memory.proved.contains(&number) {
            needs.push(Need::ProvedOrder { number });
        } else if let Some(proof) = proof.clone() {
            needs.push(Need::Order { number, proof });
        }
    }
    needs.truncate(rules.orders_at_once);
    needs
}

pub(super) fn prove(turn: &mut Turn<'_>, flow: &mut Flow, said: &Said) -> Ownership {
    let rules = &turn.playbook.flows;
    let Target { order, proof, is_proved } = target(rules, &turn.state, Some(flow), said, turn.now);
    flow.next_orders = more_orders(rules, Some(flow), said);
    flow.next_orders.retain(|next| Some(next) != order.as_ref());
    if order != flow.order && flow.order.is_some() {
        // Another order: its items are others too.
        flow.line = None;
        flow.items.clear();
    }
    flow.order = order;
    flow.proof = proof;
    let Some(number) = flow.order.clone() else {
        questions::ask(turn, flow, Slot::Order, Vec::new());
        return Ownership::Asked;
    };
    let said_order = vec![("order".to_owned(), number.clone())];
    if flow.proof.is_none() && !is_proved {
        questions::ask(turn, flow, Slot::Proof, said_order);
        return Ownership::Asked;
    }
    match turn.facts.order(&number).map(|facts| &facts.lookup) {
        Some(OrderLookup::Found(order)) => {
            let order = order.clone();
            let known = KnownOrder {
                placed_at: order.placed_at,
                delivered_at: order.parcels.iter().filter_map(|parcel| parcel.delivered_at).max(),
                state: Some(order.state),
                late: order.parcels.iter().any(|parcel| is_late(rules, parcel, turn.now)),
            };
            let memory = &mut turn.state.memory;
            memory.proved.retain(|known| *known != number);
            memory.proved.push(number.clone());
            memory.known.insert(number.clone(), known);
            memory.current_order = Some(number);
            memory.customer = Some(order.customer.name.clone());
            memory.failures = 0;
            if flow.next_orders.is_empty() {
                flow.proof = None;
            }
            Ownership::Proved(order)
        }
        Some(OrderLookup::Locked) => {
            turn.state.memory.tried.push(Tried::OrderNotProved { order: number.clone() });
            turn.effect(Effect::ProofFailed { order: number.clone() });
            flow.next_orders.clear();
            let human = turn.human_button();
            turn.say("proof_locked", &[("order", &number)], Extras { buttons: vec![human], card: None });
            turn.decide(Decision::Flow, "too many wrong proofs");
            Ownership::Locked
        }
        Some(OrderLookup::NotProved) => {
            turn.effect(Effect::ProofFailed { order: number.clone() });
            turn.state.memory.tried.push(Tried::OrderNotProved { order: number.clone() });
            let shown = flow.proof.take().map(|proof| proof.masked()).unwrap_or_default();
            flow.awaiting = Some(Slot::Proof);
            flow.said = said_order;
            let human = turn.human_button();
            let slots = [("order", number.as_str()), ("proof", shown.as_str())];
            let key = format!("not_proved{}", rules.proof_suffix());
            turn.say(&key, &slots, Extras { buttons: vec![human], card: None });
            turn.decide(Decision::Flow, "order and proof do not match");
            Ownership::Asked
        }
        None => {
            // It was not looked up with what is known: asked for as if nothing were.
            flow.proof = None;
            questions::ask(turn, flow, Slot::Proof, said_order);
            Ownership::Asked
        }
    }
}
