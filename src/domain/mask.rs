//! Free text without what identifies a person: mail addresses and long numbers, masked as everywhere else.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::order::{mask_digits, mask_mail};

static MAIL: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+").ok());
/// Order numbers, phones, cards: five digits or more, also in groups.
static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[A-Za-z]{0,4}\+?\d(?:[ .()-]{0,2}\d){4,}").ok());
/// Such as 2026-11-30: a day identifies nobody.
static DAY: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^(?:19|20)\d\d[-.]\d\d?[-.]\d\d?$").ok());

/// `ann@shop.example, 0912 345 678` becomes `a•••@shop.example, •••678`.
pub fn masked(text: &str) -> String {
    let without_mails = match &*MAIL {
        Some(mail) => mail.replace_all(text, |found: &Captures<'_>| mask_mail(&found[0])),
        None => text.into(),
    };
    let is_day = |text: &str| DAY.as_ref().is_some_and(|day| day.is_match(text));
    match &*NUMBER {
        Some(number) => number
            .replace_all(&without_mails, |found: &Captures<'_>| match is_day(&found[0]) {
                true => found[0].to_owned(),
                false => mask_digits(&found[0]),
            })
            .into_owned(),
        None => without_mails.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_it_was_cannot_be_read() {
        for (text, expected) in [
            ("寄到 ann.lee@shop.example 謝謝", "寄到 a•••@shop.example 謝謝"),
            ("電話0912-345-678，訂單PW20260318", "電話•••678，訂單•••318"),
            ("+886 2 5550 1234!", "•••234!"),
            ("between 2026-11-20 and 3 December, 1200 g", "between 2026-11-20 and 3 December, 1200 g"),
        ] {
            assert_eq!(masked(text), expected);
        }
    }
}
