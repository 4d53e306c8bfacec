//! What a message gives a flow to work with: numbers, addresses, choices, kinds and reasons.

use std::sync::LazyLock;

use regex::Regex;

use super::Slots;
use crate::{
    domain::playbook::{OrderNumberForm, SlotWords},
    language,
};

/// `normal` is the message in normal form.
pub fn fill(words: &SlotWords, normal: &str) -> Slots {
    let (mails, text) = take_mails(normal);
    // The number of a return names its order.
    let text = words.return_number.replace_all(&text, |found: &regex::Captures<'_>| {
        let digits = found.get(1).map_or("", |digits| digits.as_str());
        format!(" {}{digits} ", words.order.prefix.to_lowercase())
    });
    let (mut order_numbers, text) = take_order_numbers(&words.order, &text);
    let (phones, rest) = take_phones(&text);
    if order_numbers.is_empty() {
        order_numbers.extend(bare_order_number(&words.order, &text));
    }
    let unopened = words.unopened.is_match(normal);
    let (is_left, without) = leaving(words, normal);
    let kind = first_affirmed(&words.kinds, &words.negated, &without);
    let reason = first_affirmed(&words.reasons, &words.negated, &without);
    let no = words.no.is_match(normal);
    Slots {
        last_four: last_four(&rest),
        order_numbers,
        mails,
        phones,
        kind,
        reason,
        opened: match unopened {
            true => Some(false),
            false => words.opened.is_match(normal).then_some(true),
        },
        yes: match no {
            true => Some(false),
            false => words.yes.is_match(normal).then_some(true),
        },
        correction: words.correction.is_match(normal),
        cancel: is_left && kind.is_none() && reason.is_none(),
        all: words.all.is_match(normal),
        ordinal: ordinal(words, normal),
    }
}

/// Whether the message says "never mind" and little else, and the message without it: "never mind, I'd rather
/// exchange it" is a wish.
fn leaving(words: &SlotWords, normal: &str) -> (bool, String) {
    if !words.cancel.is_match(normal) {
        return (false, normal.to_owned());
    }
    let without = words.cancel.replace_all(normal, " ").into_owned();
    let signs = without.chars().filter(|c| language::normalise::is_han(*c)).count();
    let latin = without.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).count();
    (signs <= MOST_SIGNS_BESIDE && latin <= MOST_WORDS_BESIDE, without)
}

/// Room for "thanks anyway" and "I'll do it myself".
const MOST_SIGNS_BESIDE: usize = 6;
const MOST_WORDS_BESIDE: usize = 4;

static MAIL: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[a-z0-9._%+-]+ ?@ ?[a-z0-9-]+(?:\.[a-z0-9-]+)+").expect("checked by a test"));
/// Seven to fifteen digits with the signs people put between them.
static PHONE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\+?[0-9(][0-9() -]{5,22}[0-9]").expect("checked by a test"));
static DIGITS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[0-9]+").expect("checked by a test"));

/// The mails, and the text without them.
fn take_mails(text: &str) -> (Vec<String>, String) {
    let mails =
        MAIL.find_iter(text).map(|found| found.as_str().replace(' ', "").trim_matches('.').to_owned()).collect();
    (mails, MAIL.replace_all(text, " ; ").into_owned())
}

/// Order numbers however they are spaced, and the text without them. Looked for in a copy without the signs
/// that people put inside numbers; a find counts when it neither starts nor ends inside a longer run.
fn take_order_numbers(form: &OrderNumberForm, text: &str) -> (Vec<String>, String) {
    let mut compact = String::with_capacity(text.len());
    let mut origin = Vec::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if !is_separator(c) {
            compact.push(c);
            origin.extend(std::iter::repeat_n(at, c.len_utf8()));
        }
    }
    let (mut numbers, mut rest, mut done) = (Vec::new(), String::new(), 0);
    for found in form.number.find_iter(&compact) {
        let (Some(&start), Some(&last)) = (origin.get(found.start()), origin.get(found.end().saturating_sub(1))) else {
            continue;
        };
        let end = last + text[last..].chars().next().map_or(0, char::len_utf8);
        let is_inside = text[..start].chars().next_back().is_some_and(|c| c.is_ascii_alphanumeric())
            || text[end..].chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
        if is_inside {
            continue;
        }
        let number = found.as_str().to_ascii_uppercase();
        if !numbers.contains(&number) {
            numbers.push(number);
        }
        rest.push_str(&text[done..start]);
        rest.push_str(" ; ");
        done = end;
    }
    rest.push_str(&text[done..]);
    (numbers, rest)
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '_' | '.' | '#' | ':' | '–' | '—' | '‐' | '‑' | '−' | '·' | '/' | '*')
}

/// The digits alone count when they are the whole message or the message speaks of an order.
fn bare_order_number(form: &OrderNumberForm, text: &str) -> Option<String> {
    let spoken_of = form.words.is_match(text);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_whole = text.chars().all(|c| c.is_ascii_digit() || is_separator(c));
    let whole = |digits: &str| form.bare.find(digits).is_some_and(|found| found.len() == digits.len());
    if is_whole && whole(&digits) {
        return Some(format!("{}{digits}", form.prefix));
    }
    let said = DIGITS.find_iter(text).map(|found| found.as_str()).find(|digits| whole(digits));
    said.filter(|_| spoken_of).map(|digits| format!("{}{digits}", form.prefix))
}

fn take_phones(text: &str) -> (Vec<String>, String) {
    let mut phones = Vec::new();
    let rest = PHONE.replace_all(text, |found: &regex::Captures<'_>| {
        let digits: String = found[0].chars().filter(char::is_ascii_digit).collect();
        if (7..=15).contains(&digits.len()) {
            phones.push(digits);
            " ; ".to_owned()
        } else {
            found[0].to_owned()
        }
    });
    let rest = rest.into_owned();
    (phones, rest)
}

/// A lone group of four digits that is no year, price, size or part of a code.
fn last_four(text: &str) -> Option<String> {
    let mut groups = DIGITS.find_iter(text).filter(|found| found.len() == 4).filter(|found| {
        let before = text[..found.start()].trim_end().chars().next_back();
        let after = text[found.end()..].trim_start();
        let is_joined = text[..found.start()]
            .ends_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '.' | '-' | '_'))
            || text[found.end()..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '-' | '_' | '%'));
        let is_price = before.is_some_and(|c| matches!(c, '$' | '¥' | '€' | '£'));
        !is_joined && !is_price && !AMOUNT_AFTER.is_match(after)
    });
    let first = groups.next()?;
    groups.next().is_none().then(|| first.as_str().to_owned())
}

/// Units by their Unicode names, so that no Chinese stands here: year, month, yuan, kuai, gram, millilitre, piece.
static AMOUNT_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:[\x{5e74}\x{6708}\x{5143}\x{5757}\x{514b}\x{6beb}\x{4e2a}\x{4ef6}]|(?:ml|kg|g|usd|ntd|rmb|dollars|pcs)\b)")
        .expect("checked by a test")
});

/// The first of a list whose words are in the text and not taken back just before.
fn first_affirmed<T: Copy>(list: &[(T, Regex)], negated: &Regex, text: &str) -> Option<T> {
    let is_affirmed = |found: regex::Match<'_>| !negated.is_match(&text[..found.start()]);
    list.iter().find(|(_, words)| words.find_iter(text).any(is_affirmed)).map(|(value, _)| *value)
}

fn ordinal(words: &SlotWords, text: &str) -> Option<i32> {
    if words.other_one.is_match(text) {
        return Some(-1);
    }
    words.ordinals.iter().position(|words| words.is_match(text)).and_then(|index| i32::try_from(index + 1).ok())
}
