//! Numbers that identify somebody or count money: digits in words, phones, the last four, sums, sizes.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde::Serialize;

use crate::domain::playbook::{PhoneForm, SlotWords};

/// A sum of money as it was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Amount {
    /// ISO 4217, where the words say it.
    pub currency: Option<String>,
    /// Hundredths.
    pub cents: i64,
}

impl std::fmt::Display for Amount {
    /// `TWD 1,200`, `12.50`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(currency) = &self.currency {
            write!(f, "{currency} ")?;
        }
        let digits = (self.cents / 100).to_string();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        match self.cents % 100 {
            0 => Ok(()),
            cents => write!(f, ".{cents:02}"),
        }
    }
}

/// Of one message, as many are kept.
const MOST: usize = 5;
/// Seven to fifteen digits with the signs people put between them.
static PHONE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\+?[0-9(][0-9() -]{5,22}[0-9]").expect("checked by a test"));
static DIGITS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[0-9]+").expect("checked by a test"));
/// Digits, each by itself.
static APART: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[^0-9])([0-9](?:[ ,.\x{3001}\x{b7}_-]{1,3}[0-9])+)(?:$|[^0-9])").expect("checked by a test")
});

/// Four or more digits in words after each other become digits: "four two seven oh".
pub(super) fn spelled_out(words: &SlotWords, text: &str) -> String {
    let found = words.digit_words.find(text);
    if found.len() < LAST_DIGITS {
        return text.to_owned();
    }
    let (mut out, mut done, mut index) = (String::with_capacity(text.len()), 0, 0);
    while index < found.len() {
        let mut end = index + 1;
        while end < found.len() && is_gap(&text[found[end - 1].end..found[end].start]) {
            end += 1;
        }
        if end - index >= LAST_DIGITS {
            out.push_str(&text[done..found[index].start]);
            out.extend(found[index..end].iter().map(|word| *word.value));
            done = found[end - 1].end;
        }
        index = end;
    }
    out.push_str(&text[done..]);
    out
}

const LAST_DIGITS: usize = 4;

fn is_gap(between: &str) -> bool {
    between.chars().count() <= 2 && between.chars().all(|c| c == ' ' || matches!(c, '-' | ',' | '.' | '\u{3001}'))
}

/// Each as `+` and digits where its country is known, and the text without them.
pub(super) fn take_phones(forms: &[PhoneForm], text: &str) -> (Vec<String>, String) {
    let mut phones: Vec<String> = Vec::new();
    let rest = PHONE.replace_all(text, |found: &Captures<'_>| {
        let is_international = found[0].starts_with('+');
        let digits: String = found[0].chars().filter(char::is_ascii_digit).collect();
        if !(7..=15).contains(&digits.len()) {
            return found[0].to_owned();
        }
        let written = if is_international { format!("+{digits}") } else { digits };
        let whole = forms.iter().find_map(|form| {
            let number = form.form.captures(&written)?.name("number")?;
            Some(format!("+{}{}", form.country, number.as_str()))
        });
        let phone = whole.unwrap_or(written);
        if !phones.contains(&phone) {
            phones.push(phone);
        }
        " ; ".to_owned()
    });
    (phones, rest.into_owned())
}

/// A lone group of four digits that is no year, price, size or part of a code; or four digits said one by one.
pub(super) fn last_four(text: &str) -> Option<String> {
    let mut groups = DIGITS.find_iter(text).filter(|found| found.len() == LAST_DIGITS).filter(|found| {
        let before = text[..found.start()].trim_end().chars().next_back();
        let after = text[found.end()..].trim_start();
        let is_joined = text[..found.start()]
            .ends_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '.' | '-' | '_'))
            || text[found.end()..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '-' | '_' | '%'));
        let is_price = before.is_some_and(|c| matches!(c, '$' | '¥' | '€' | '£'));
        !is_joined && !is_price && !AMOUNT_AFTER.is_match(after)
    });
    if let Some(first) = groups.next() {
        return groups.next().is_none().then(|| first.as_str().to_owned());
    }
    APART.captures_iter(text).find_map(|run| {
        let digits: String = run.get(1)?.as_str().chars().filter(char::is_ascii_digit).collect();
        (digits.len() == LAST_DIGITS).then_some(digits)
    })
}

/// Units by their Unicode names, so that no Chinese stands here: year, month, yuan, kuai, gram, millilitre, piece.
static AMOUNT_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:[\x{5e74}\x{6708}\x{5143}\x{5757}\x{514b}\x{6beb}\x{4e2a}\x{4ef6}]|(?:ml|kg|g|usd|ntd|rmb|dollars|pcs)\b)")
        .expect("checked by a test")
});

/// In the order in which they were said, and the text without them.
pub(super) fn take_amounts(forms: &[(Regex, Option<String>)], text: &str) -> (Vec<Amount>, String) {
    let mut found: Vec<(std::ops::Range<usize>, Amount)> = Vec::new();
    let mut rest = text.to_owned();
    for (form, currency) in forms {
        let mut places = Vec::new();
        for said in form.captures_iter(&rest) {
            let (Some(whole), Some(number)) = (said.get(0), said.name("n")) else { continue };
            let is_inside = rest[..number.start()].ends_with(|c: char| c.is_ascii_digit() || c == '.');
            if let Some(cents) = cents(number.as_str()).filter(|_| !is_inside) {
                places.push(whole.range());
                found.push((whole.range(), Amount { currency: currency.clone(), cents }));
            }
        }
        // What a currency has named is not found again without it; places stay true.
        if !places.is_empty() {
            rest = blanked(&rest, &places);
        }
    }
    found.sort_by_key(|(place, _)| place.start);
    let mut amounts: Vec<Amount> = Vec::new();
    for (_, amount) in found {
        if !amounts.contains(&amount) && amounts.len() < MOST {
            amounts.push(amount);
        }
    }
    (amounts, rest)
}

/// The same text with blanks in these places, which are in order and apart.
pub(super) fn blanked(text: &str, places: &[std::ops::Range<usize>]) -> String {
    let (mut out, mut done) = (String::with_capacity(text.len()), 0);
    for place in places {
        out.push_str(&text[done..place.start]);
        out.extend(std::iter::repeat_n(' ', place.len()));
        done = place.end;
    }
    out.push_str(&text[done..]);
    out
}

fn cents(number: &str) -> Option<i64> {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let whole: i64 = whole.chars().filter(char::is_ascii_digit).collect::<String>().parse().ok()?;
    let part: i64 = format!("{part:0<2}").get(..2)?.parse().ok()?;
    whole.checked_mul(100)?.checked_add(part)
}

/// Characters behind a size that may say that it is the one they have.
const HAD_WITHIN: usize = 40;

/// The sizes and colours that are wanted, in the order in which they were said.
pub(super) fn variants(words: &SlotWords, text: &str) -> Vec<String> {
    let mut found: Vec<std::ops::Range<usize>> = words
        .variants
        .iter()
        .flat_map(|form| form.captures_iter(text))
        .filter_map(|said| said.name("variant").map(|variant| variant.range()))
        .collect();
    found.sort_by_key(|place| (place.start, std::cmp::Reverse(place.end)));
    let (mut variants, mut end): (Vec<String>, usize) = (Vec::new(), 0);
    for place in found {
        let said = text[place.clone()].trim();
        if place.start >= end && !said.is_empty() && variants.len() < MOST {
            end = place.end;
            let behind = text[end..].char_indices().nth(HAD_WITHIN).map_or(text.len(), |(at, _)| end + at);
            if !words.variant_had.is_match(&text[end..behind]) {
                variants.push(said.to_owned());
            }
        }
    }
    variants
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_read_as_people_write_them() {
        let amount =
            |currency: Option<&str>, cents| Amount { currency: currency.map(str::to_owned), cents }.to_string();
        assert_eq!(amount(Some("TWD"), 120_000), "TWD 1,200");
        assert_eq!(amount(None, 1_250), "12.50");
        assert_eq!(amount(None, 12_345_678_905), "123,456,789.05");
        assert_eq!(
            (cents("1,200"), cents("12.5"), cents("9"), cents("")),
            (Some(120_000), Some(1_250), Some(900), None)
        );
    }
}
