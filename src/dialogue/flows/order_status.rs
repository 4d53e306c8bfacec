//! Where is my order? State, parcels, dates, and why it is late, in plain words and as a card.

use super::{
    Progress,
    ownership::{self, Ownership},
};
use crate::{
    dialogue::{
        Decision, Flow, Said,
        bot::count,
        handoff::hand_off,
        turn::{Extras, Turn},
        wording,
    },
    domain::{
        Button, Card, HandoffReason, Lang, Now, Order,
        handoff::Tried,
        order::{CardItem, CardParcel, OrderCard, OrderState, Parcel},
        playbook::FlowRules,
    },
};

pub(super) fn advance(turn: &mut Turn<'_>, flow: &mut Flow, said: &Said) -> Progress {
    match ownership::prove(turn, flow, said) {
        Ownership::Asked => Progress::Asked,
        Ownership::Locked => Progress::Done,
        Ownership::Proved(order) => {
            show(turn, flow, said, &order);
            Progress::Done
        }
    }
}

/// What can be asked of an order that was shown without asking the same again.
const QUESTIONS_OF_ONE: u32 = 2;

fn show(turn: &mut Turn<'_>, flow: &Flow, said: &Said, order: &Order) {
    // A shopper who looks every day sees it every day; three times on one day is a question we have not answered.
    let shown = format!("{} {} {}", order.number, order.state.as_str(), turn.now.today());
    let rules = &turn.playbook.flows;
    let times = count(turn, &shown);
    // When it comes, who brings it, under which number: each question shows it once more.
    let most = rules.same_order + if said.understanding.slots.of_order { QUESTIONS_OF_ONE } else { 0 };
    if times >= most {
        return hand_off(turn, said, HandoffReason::Failure);
    }
    let day = |turn: &Turn<'_>, at| wording::day(turn.playbook, turn.lang(), at, turn.now);
    let placed = day(turn, order.placed_at);
    let ended = order.refunded_at.or(order.cancelled_at).map(|at| day(turn, at)).unwrap_or_default();
    let parcels = order.parcels.len().to_string();
    let slots = [
        ("order", order.number.as_str()),
        ("placed", placed.as_str()),
        ("ended", ended.as_str()),
        ("parcels", parcels.as_str()),
    ];
    let several = order.parcels.len() > 1 && matches!(order.state, OrderState::Shipped | OrderState::Delivered);
    let key = format!("order_{}{}", order.state.as_str(), if several { "_several" } else { "" });
    let mut lines = Vec::new();
    if times > 0 {
        lines.push(turn.words("order_again", &[]));
    }
    lines.push(turn.words(&key, &slots));
    if matches!(order.state, OrderState::Packed | OrderState::Shipped | OrderState::Delivered) {
        for (index, parcel) in order.parcels.iter().enumerate() {
            lines.extend(parcel_words(turn, order, index, parcel));
        }
    }
    let mut buttons: Vec<Button> = flow.beside.iter().filter_map(|id| turn.article_button(id)).collect();
    if rules.offers_return.contains(&order.state) {
        buttons.extend(turn.intent_button("return_or_exchange"));
    }
    let is_too_late = rules.person_from_late_days.is_some_and(|most| days_late(order, turn.now) >= most);
    if !is_too_late {
        buttons.push(turn.human_button());
    }
    let card = Card::Order(card(rules, order, turn.lang(), turn.now));
    turn.say_text(lines.join("\n"), Extras { card: Some(card), buttons });
    turn.state.memory.tried.push(Tried::OrderShown { order: order.number.clone() });
    turn.decide(Decision::Flow, format!("order shown, {}", order.state.as_str()));
    if is_too_late {
        hand_off(turn, said, HandoffReason::NeedsPerson);
    }
}

pub(super) fn is_late(rules: &FlowRules, parcel: &Parcel, now: &Now) -> bool {
    let from = rules.late_from_days;
    parcel.delivered_at.is_none()
        && (parcel.delay.is_some() || parcel.expected_at.is_some_and(|expected| now.days_since(expected) >= from))
}

/// Of the parcel under way that is the most days past its expected one; 0 when none is.
fn days_late(order: &Order, now: &Now) -> i64 {
    let under_way =
        order.parcels.iter().filter(|parcel| parcel.delivered_at.is_none() && order.state == OrderState::Shipped);
    under_way.filter_map(|parcel| parcel.expected_at).map(|expected| now.days_since(expected)).max().unwrap_or(0)
}

/// One sentence per parcel; a lone parcel needs no number.
fn parcel_words(turn: &mut Turn<'_>, order: &Order, index: usize, parcel: &Parcel) -> Option<String> {
    let lang = turn.lang();
    let goods: Vec<&str> = parcel
        .lines
        .iter()
        .filter_map(|line| order.item(*line))
        .filter_map(|item| item.name.get(lang).map(String::as_str))
        .collect();
    let separator = turn.words("list_separator", &[]);
    let goods = goods.join(&separator);
    let number = (index + 1).to_string();
    let carrier = parcel.carrier.get(lang).cloned().unwrap_or_default();
    let delay = parcel.delay.as_ref().and_then(|delay| delay.get(lang)).cloned().unwrap_or_default();
    let day = |at| wording::day(turn.playbook, lang, at, turn.now);
    let expected = parcel.expected_at.map(day).unwrap_or_default();
    let delivered = parcel.delivered_at.map(day).unwrap_or_default();
    // A day that has passed is no date to tell, late or not.
    let has_new_date = parcel.expected_at.is_some_and(|expected| turn.now.days_since(expected) <= 0);
    let kind = match (parcel.delivered_at, parcel.shipped_at, is_late(&turn.playbook.flows, parcel, turn.now)) {
        (Some(_), _, _) => "delivered",
        (None, _, true) if !delay.is_empty() && has_new_date => "late",
        (None, _, true) if !delay.is_empty() => "late_undated",
        (None, _, true) => "overdue",
        (None, Some(_), false) if has_new_date => "under_way",
        (None, Some(_), false) => "sent",
        (None, None, false) => return None,
    };
    let prefix = if order.parcels.len() > 1 { "parcels" } else { "parcel" };
    let slots = [
        ("number", number.as_str()),
        ("goods", goods.as_str()),
        ("carrier", carrier.as_str()),
        ("tracking", parcel.tracking.as_str()),
        ("expected", expected.as_str()),
        ("delivered", delivered.as_str()),
        ("delay", delay.as_str()),
    ];
    Some(turn.words(&format!("{prefix}_{kind}"), &slots))
}

fn card(rules: &FlowRules, order: &Order, lang: Lang, now: &Now) -> OrderCard {
    OrderCard {
        number: order.number.clone(),
        state: order.state,
        placed_at: order.placed_at,
        items: order
            .items
            .iter()
            .map(|item| CardItem { name: item.name.get(lang).cloned().unwrap_or_default(), quantity: item.quantity })
            .collect(),
        parcels: order
            .parcels
            .iter()
            .map(|parcel| CardParcel {
                carrier: parcel.carrier.get(lang).cloned().unwrap_or_default(),
                tracking: parcel.tracking.clone(),
                shipped_at: parcel.shipped_at,
                expected_at: parcel.expected_at,
                delivered_at: parcel.delivered_at,
                late: is_late(rules, parcel, now),
                delay: parcel.delay.as_ref().and_then(|delay| delay.get(lang)).cloned(),
            })
            .collect(),
    }
}
