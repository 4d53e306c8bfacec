//! Orders as the shop tells them to us. Warmline reads orders, it does not own them.

use serde::{Deserialize, Serialize};

use super::{ByLang, UnixMs};

/// Normal form: upper case, no spaces or dashes, such as `PW20260318`.
pub type OrderNumber = String;

#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    pub number: OrderNumber,
    pub state: OrderState,
    pub placed_at: UnixMs,
    pub customer: Customer,
    pub items: Vec<Item>,
    pub parcels: Vec<Parcel>,
    pub refunded_at: Option<UnixMs>,
    pub cancelled_at: Option<UnixMs>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    Unpaid,
    Paid,
    Packed,
    Shipped,
    Delivered,
    /// Came back to us, refund under way.
    Returned,
    Refunded,
    Cancelled,
}

impl OrderState {
    /// The name used in files, on the wire and as the tail of reply keys.
    pub fn as_str(self) -> &'static str {
        match self {
            OrderState::Unpaid => "unpaid",
            OrderState::Paid => "paid",
            OrderState::Packed => "packed",
            OrderState::Shipped => "shipped",
            OrderState::Delivered => "delivered",
            OrderState::Returned => "returned",
            OrderState::Refunded => "refunded",
            OrderState::Cancelled => "cancelled",
        }
    }
}

/// Personal data: proofs of ownership. No Display and a silent Debug, so that it cannot reach a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Customer {
    pub name: String,
    pub mail: String,
    /// Digits only, with country code where the shop knows it.
    pub phone: String,
}

impl std::fmt::Debug for Customer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Customer(masked)")
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// 1-based line of the order.
    pub line: u32,
    pub sku: String,
    pub name: ByLang<String>,
    pub quantity: u32,
    /// What the return policy groups by, such as `skin_care`.
    pub category: String,
    pub final_sale: bool,
    pub custom_made: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Parcel {
    pub carrier: ByLang<String>,
    pub tracking: String,
    /// Lines of the order inside.
    pub lines: Vec<u32>,
    pub shipped_at: Option<UnixMs>,
    pub expected_at: Option<UnixMs>,
    pub delivered_at: Option<UnixMs>,
    /// Why it is late, in words a shopper understands.
    pub delay: Option<ByLang<String>>,
}

impl Order {
    pub fn delivered_at(&self, line: u32) -> Option<UnixMs> {
        self.parcels.iter().filter(|parcel| parcel.lines.contains(&line)).filter_map(|parcel| parcel.delivered_at).max()
    }

    pub fn item(&self, line: u32) -> Option<&Item> {
        self.items.iter().find(|item| item.line == line)
    }
}

/// What the shopper offered beside the number.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", content = "value", rename_all = "snake_case")]
pub enum Proof {
    Mail(String),
    /// The last four digits of the phone.
    LastFour(String),
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Proof(masked)")
    }
}

impl Proof {
    /// For saying it back: enough to see a slip of the finger, too little for whoever looks over the shoulder.
    pub fn masked(&self) -> String {
        match self {
            Proof::Mail(mail) => mask_mail(mail),
            Proof::LastFour(digits) => mask_digits(digits),
        }
    }
}

/// `l•••@example.com`.
pub fn mask_mail(mail: &str) -> String {
    let (name, host) = mail.split_once('@').unwrap_or((mail, ""));
    let first: String = name.chars().take(1).collect();
    format!("{first}•••@{host}")
}

/// The last two digits, `••70`; of anything longer the last three, `•••678`.
pub fn mask_digits(digits: &str) -> String {
    let signs: Vec<char> = digits.chars().filter(char::is_ascii_digit).collect();
    let (dots, shown) = if signs.len() > 4 { ("•••", 3) } else { ("••", 2) };
    let from = signs.len().saturating_sub(shown);
    format!("{dots}{}", signs[from..].iter().collect::<String>())
}

impl Customer {
    pub fn is_proved_by(&self, proof: &Proof) -> bool {
        match proof {
            Proof::Mail(mail) => self.mail.eq_ignore_ascii_case(mail.trim()),
            Proof::LastFour(digits) => digits.len() == 4 && self.phone.ends_with(digits.as_str()),
        }
    }
}

/// One answer for unknown, wrong and (apart from `Locked`) everything that is not a proved order.
#[derive(Debug, Clone, PartialEq)]
pub enum OrderLookup {
    Found(Box<Order>),
    NotProved,
    /// Five failures in fifteen minutes.
    Locked,
}

/// What the widget shows: no address, phone, mail or payment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderCard {
    pub number: OrderNumber,
    pub state: OrderState,
    pub placed_at: UnixMs,
    pub items: Vec<CardItem>,
    pub parcels: Vec<CardParcel>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CardItem {
    pub name: String,
    pub quantity: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CardParcel {
    pub carrier: String,
    pub tracking: String,
    pub shipped_at: Option<UnixMs>,
    pub expected_at: Option<UnixMs>,
    pub delivered_at: Option<UnixMs>,
    pub late: bool,
    pub delay: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_back_is_masked() {
        assert_eq!(Proof::Mail("lin.mei@example.com".into()).masked(), "l•••@example.com");
        assert_eq!(Proof::LastFour("4270".into()).masked(), "••70");
        assert_eq!(mask_digits("+886912345678"), "•••678");
        assert_eq!((mask_mail(""), mask_digits("")), ("•••@".into(), "••".into()));
    }
}
