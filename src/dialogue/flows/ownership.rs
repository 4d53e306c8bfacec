//! Whose order is it? Both flows begin here: order number plus mail or the last four digits of the phone.

use super::questions;
use crate::{
    dialogue::{
        Decision, Flow, Need, Said, Slot, State,
        turn::{Extras, Turn},
    },
    domain::{
        Order, OrderNumber,
        handoff::Tried,
        order::{OrderLookup, Proof},
        turn::Effect,
    },
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

fn target(state: &State, flow: Option<&Flow>, said: &Said) -> Target {
    let memory = &state.memory;
    let slots = &said.understanding.slots;
    let said_number = if slots.correction { slots.order_numbers.last() } else { slots.order_numbers.first() };
    let before = flow.and_then(|flow| flow.order.clone()).or_else(|| memory.current_order.clone());
    let order = match said_number {
        Some(number) => Some(number.clone()),
        None if slots.ordinal == Some(OTHER_ONE) && flow.is_none_or(|flow| flow.awaiting != Some(Slot::Item)) => {
            memory.proved.iter().rev().find(|number| Some(*number) != before.as_ref()).cloned()
        }
        None => before.clone(),
    };
    let mail = slots.mails.first().map(|mail| Proof::Mail(mail.clone()));
    let digits = slots.last_four.clone().or_else(|| {
        slots.phones.first().filter(|phone| phone.len() >= 4).map(|phone| phone[phone.len() - 4..].to_owned())
    });
    let proof = mail.or(digits.map(Proof::LastFour)).or_else(|| flow.and_then(|flow| flow.proof.clone()));
    let is_proved = order.as_ref().is_some_and(|number| memory.proved.contains(number));
    Target { order, proof, is_proved }
}

/// Asks the shell for the order whenever number and proof are known. A look-up the rules do not use in the end
/// costs nothing: failures are counted by an effect of `prove`.
pub(in crate::dialogue) fn needs(state: &State, said: &Said) -> Option<Need> {
    let flow = state.memory.flows.last();
    let Target { order, proof, is_proved } = target(state, flow, said);
    match (order, proof) {
        (Some(number), _) if is_proved => Some(Need::ProvedOrder { number }),
        (Some(number), Some(proof)) => Some(Need::Order { number, proof }),
        _ => None,
    }
}

pub(super) fn prove(turn: &mut Turn<'_>, flow: &mut Flow, said: &Said) -> Ownership {
    let Target { order, proof, is_proved } = target(&turn.state, Some(flow), said);
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
    match &turn.facts.order {
        Some(OrderLookup::Found(order)) if order.number == number => {
            let order = order.clone();
            let memory = &mut turn.state.memory;
            memory.proved.retain(|known| *known != number);
            memory.proved.push(number.clone());
            memory.current_order = Some(number);
            memory.customer = Some(order.customer.name.clone());
            memory.failures = 0;
            flow.proof = None;
            Ownership::Proved(order)
        }
        Some(OrderLookup::Locked) => {
            turn.state.memory.tried.push(Tried::OrderNotProved { order: number.clone() });
            turn.effect(Effect::ProofFailed { order: number.clone() });
            let human = turn.human_button();
            turn.say("proof_locked", &[("order", &number)], Extras { buttons: vec![human], card: None });
            turn.decide(Decision::Flow, "too many wrong proofs");
            Ownership::Locked
        }
        _ => {
            turn.effect(Effect::ProofFailed { order: number.clone() });
            turn.state.memory.tried.push(Tried::OrderNotProved { order: number.clone() });
            flow.proof = None;
            flow.awaiting = Some(Slot::Proof);
            flow.said = said_order;
            let human = turn.human_button();
            turn.say("not_proved", &[("order", &number)], Extras { buttons: vec![human], card: None });
            turn.decide(Decision::Flow, "order and proof do not match");
            Ownership::Asked
        }
    }
}
