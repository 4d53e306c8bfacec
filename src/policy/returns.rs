//! May this item come back? Decided from the shop's return policy file, with the rule that decided.

use crate::domain::{
    Now,
    order::{Item, Order, OrderState},
    playbook::ReturnPolicy,
    returns::{ReturnKind, ReturnReason},
};

/// What the shopper wants, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    pub kind: ReturnKind,
    pub reason: ReturnReason,
    /// `None`: not said yet.
    pub opened: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Yes {
        /// ISO date: the last day to hand the parcel over.
        send_by: String,
        postage_paid_by_shop: bool,
    },
    No(Rule),
    /// The policy depends on whether the goods were opened, and nobody said so yet.
    AskOpened,
}

/// Why not. `reply_key` of the policy's own rules names the shop's words for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// Not delivered, cancelled, unpaid …: there is nothing to send back.
    NothingToReturn(OrderState),
    NotDelivered,
    Category {
        reply_key: String,
    },
    FinalSale,
    CustomMade,
    /// Delivered `days` ago, `allowed` are allowed.
    TooLate {
        days: i64,
        allowed: i64,
    },
}

impl Rule {
    /// The key of the reply that explains this rule; also its name in briefs.
    pub fn reply_key(&self) -> String {
        match self {
            Rule::NothingToReturn(state) => format!("return_no_{}", state.as_str()),
            Rule::NotDelivered => "return_no_undelivered".into(),
            Rule::Category { reply_key } => reply_key.clone(),
            Rule::FinalSale => "return_no_final_sale".into(),
            Rule::CustomMade => "return_no_custom_made".into(),
            Rule::TooLate { .. } => "return_no_too_late".into(),
        }
    }
}

/// Whether the order as a whole can have anything sent back; asked before the flow asks for details.
pub fn nothing_to_return(order: &Order) -> Option<Rule> {
    match order.state {
        OrderState::Shipped | OrderState::Delivered => {
            order.parcels.iter().all(|parcel| parcel.delivered_at.is_none()).then_some(Rule::NotDelivered)
        }
        state => Some(Rule::NothingToReturn(state)),
    }
}

pub fn judge(policy: &ReturnPolicy, order: &Order, item: &Item, wish: Wish, now: &Now) -> Verdict {
    if let Some(rule) = nothing_to_return(order) {
        return Verdict::No(rule);
    }
    let Some(delivered_at) = order.delivered_at(item.line) else { return Verdict::No(Rule::NotDelivered) };
    let our_fault = wish.reason.is_our_fault();
    if !our_fault {
        if let Some(reply_key) = policy.never.get(&item.category) {
            return Verdict::No(Rule::Category { reply_key: reply_key.clone() });
        }
        if item.final_sale {
            return Verdict::No(Rule::FinalSale);
        }
        if item.custom_made {
            return Verdict::No(Rule::CustomMade);
        }
    }
    let allowed = match wish.kind {
        _ if our_fault => policy.our_fault_days,
        ReturnKind::Exchange => policy.exchange_days,
        ReturnKind::Return => policy.change_of_mind_days,
    };
    let days = now.days_since(delivered_at);
    if days > allowed {
        return Verdict::No(Rule::TooLate { days, allowed });
    }
    if !our_fault && let Some(reply_key) = policy.not_once_opened.get(&item.category) {
        match wish.opened {
            None => return Verdict::AskOpened,
            Some(true) => return Verdict::No(Rule::Category { reply_key: reply_key.clone() }),
            Some(false) => {}
        }
    }
    let send_by = now.today().saturating_add(jiff::Span::new().days(policy.send_within_days));
    Verdict::Yes { send_by: send_by.to_string(), postage_paid_by_shop: our_fault }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::{
        ByLang,
        order::{Customer, Parcel},
        time::DAY_MS,
    };

    fn policy() -> ReturnPolicy {
        ReturnPolicy {
            change_of_mind_days: 7,
            exchange_days: 7,
            our_fault_days: 30,
            send_within_days: 7,
            not_once_opened: BTreeMap::from([("skin_care".into(), "return_no_skin_care".into())]),
            never: BTreeMap::from([("gift_card".into(), "return_no_gift_card".into())]),
        }
    }

    fn now() -> Now {
        // 2026-11-22 10:00 in Taipei.
        Now { at: 1_795_312_800_000, zone: jiff::tz::TimeZone::get("Asia/Taipei").unwrap() }
    }

    fn order(category: &str, delivered_days_ago: i64) -> Order {
        Order {
            number: "PW20260001".into(),
            state: OrderState::Delivered,
            placed_at: 0,
            customer: Customer { name: String::new(), mail: String::new(), phone: String::new() },
            items: vec![Item {
                line: 1,
                sku: "X".into(),
                name: ByLang::default(),
                quantity: 1,
                category: category.into(),
                final_sale: false,
                custom_made: false,
            }],
            parcels: vec![Parcel {
                carrier: ByLang::default(),
                tracking: "T".into(),
                lines: vec![1],
                shipped_at: Some(0),
                expected_at: None,
                delivered_at: Some(now().at - delivered_days_ago * DAY_MS),
                delay: None,
            }],
            refunded_at: None,
            cancelled_at: None,
        }
    }

    fn verdict(category: &str, days: i64, reason: ReturnReason, opened: Option<bool>) -> Verdict {
        let order = order(category, days);
        judge(&policy(), &order, &order.items[0], Wish { kind: ReturnKind::Return, reason, opened }, &now())
    }

    #[test]
    fn the_seventh_day_is_fine_and_the_eighth_is_not() {
        assert_eq!(
            verdict("bag", 7, ReturnReason::ChangedMind, None),
            Verdict::Yes { send_by: "2026-11-29".into(), postage_paid_by_shop: false }
        );
        assert_eq!(
            verdict("bag", 8, ReturnReason::ChangedMind, None),
            Verdict::No(Rule::TooLate { days: 8, allowed: 7 })
        );
    }

    #[test]
    fn our_fault_has_thirty_days_and_free_postage_whatever_the_category() {
        for category in ["bag", "skin_care", "gift_card"] {
            assert!(matches!(
                verdict(category, 30, ReturnReason::Defective, Some(true)),
                Verdict::Yes { postage_paid_by_shop: true, .. }
            ));
        }
        assert!(matches!(verdict("bag", 31, ReturnReason::Damaged, None), Verdict::No(Rule::TooLate { .. })));
    }

    #[test]
    fn skin_care_depends_on_the_seal() {
        assert_eq!(verdict("skin_care", 2, ReturnReason::ChangedMind, None), Verdict::AskOpened);
        assert!(matches!(verdict("skin_care", 2, ReturnReason::ChangedMind, Some(false)), Verdict::Yes { .. }));
        assert!(matches!(
            verdict("skin_care", 2, ReturnReason::ChangedMind, Some(true)),
            Verdict::No(Rule::Category { .. })
        ));
    }

    #[test]
    fn a_late_wish_is_not_asked_about_the_seal() {
        assert!(matches!(verdict("skin_care", 9, ReturnReason::ChangedMind, None), Verdict::No(Rule::TooLate { .. })));
    }

    #[test]
    fn nothing_delivered_means_nothing_to_return() {
        let mut order = order("bag", 1);
        order.parcels[0].delivered_at = None;
        assert_eq!(nothing_to_return(&order), Some(Rule::NotDelivered));
        order.state = OrderState::Cancelled;
        assert_eq!(nothing_to_return(&order), Some(Rule::NothingToReturn(OrderState::Cancelled)));
    }
}
