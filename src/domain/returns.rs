//! Returns and exchanges that Warmline opened.

use serde::{Deserialize, Serialize};

use super::{OrderNumber, UnixMs};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnKind {
    Return,
    Exchange,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnReason {
    ChangedMind,
    WrongSize,
    Defective,
    Damaged,
    WrongItem,
}

impl ReturnReason {
    pub const ALL: [ReturnReason; 5] = [
        ReturnReason::ChangedMind,
        ReturnReason::WrongSize,
        ReturnReason::Defective,
        ReturnReason::Damaged,
        ReturnReason::WrongItem,
    ];

    /// The name used in files, in quick replies and as the tail of reply keys.
    pub fn as_str(self) -> &'static str {
        match self {
            ReturnReason::ChangedMind => "changed_mind",
            ReturnReason::WrongSize => "wrong_size",
            ReturnReason::Defective => "defective",
            ReturnReason::Damaged => "damaged",
            ReturnReason::WrongItem => "wrong_item",
        }
    }

    /// The shop's fault: longer window, the shop pays the postage.
    pub fn is_our_fault(self) -> bool {
        matches!(self, ReturnReason::Defective | ReturnReason::Damaged | ReturnReason::WrongItem)
    }
}

/// A return to be opened with this turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftReturn {
    /// `R` + the order's digits + `-` + a running number, such as `R20260318-1`.
    pub number: String,
    pub order: OrderNumber,
    pub line: u32,
    pub sku: String,
    pub kind: ReturnKind,
    pub reason: ReturnReason,
    /// The size or colour to send instead, in the shopper's words.
    pub wanted: Option<String>,
    /// Pictures that were sent while it was asked for.
    pub pictures: u32,
    pub at: UnixMs,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnCard {
    pub number: String,
    pub order: OrderNumber,
    pub item: String,
    pub kind: ReturnKind,
    /// The last day to hand the parcel over, ISO date.
    pub send_by: String,
    pub postage_paid_by_shop: bool,
}
