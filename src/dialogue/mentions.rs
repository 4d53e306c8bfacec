//! What is at stake: sums, days, sizes and items that a shopper named, kept for the brief.

use super::{Said, turn::Turn};
use crate::domain::{
    Mentioned,
    order::{mask_digits, mask_mail},
};

/// The brief is read in seconds.
const MOST: usize = 12;

/// Personal data is masked before it is kept.
pub(super) fn note(turn: &mut Turn<'_>, said: &Said) {
    let slots = &said.understanding.slots;
    let today = turn.now.today();
    let dates = slots.dates.iter().filter_map(|date| date.days(today).into_iter().next());
    let named: Vec<Mentioned> = slots
        .amounts
        .iter()
        .map(|amount| Mentioned::Amount(amount.to_string()))
        .chain(dates.map(|days| Mentioned::Date(days.to_string())))
        .chain(slots.variants.iter().cloned().map(Mentioned::Variant))
        .chain(slots.mails.iter().map(|mail| Mentioned::Mail(mask_mail(mail))))
        .chain(slots.phones.iter().map(|phone| Mentioned::Phone(mask_digits(phone))))
        .collect();
    let memory = &mut turn.state.memory;
    for mention in named {
        if !memory.mentioned.contains(&mention) {
            memory.mentioned.push(mention);
        }
    }
    let excess = memory.mentioned.len().saturating_sub(MOST);
    memory.mentioned.drain(..excess);
    let number = if slots.correction { slots.order_numbers.last() } else { slots.order_numbers.first() };
    if let Some(number) = number {
        memory.named_order = Some(number.clone());
    }
}
