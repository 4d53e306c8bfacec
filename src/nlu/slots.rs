//! What a message gives a flow to work with: numbers, addresses, days, choices, kinds and reasons.

use std::{collections::HashSet, sync::LazyLock};

use regex::Regex;

use super::{Slots, dates, numbers};
use crate::{
    domain::{
        playbook::{OrderNumberForm, SlotWords},
        returns::ReturnReason,
    },
    language,
};

/// `normal` is the message in normal form, `raw` as it was typed.
pub fn fill(words: &SlotWords, raw: &str, normal: &str) -> Slots {
    let (mails, text) = take_mails(normal);
    let text = numbers::spelled_out(words, &text);
    // The number of a return names its order.
    let text = words.return_number.replace_all(&text, |found: &regex::Captures<'_>| {
        let digits = found.get(1).map_or("", |digits| digits.as_str());
        format!(" {}{digits} ", words.order.prefix.to_lowercase())
    });
    let (mut order_numbers, text) = take_order_numbers(&words.order, &text);
    let dates = dates::find(&words.dates, &text);
    let (places, dates): (Vec<_>, Vec<_>) = dates.into_iter().unzip();
    let (amounts, text) = numbers::take_amounts(&words.amounts, &numbers::blanked(&text, &places));
    let (phones, rest) = numbers::take_phones(&words.phones, &text);
    if order_numbers.is_empty() {
        order_numbers.extend(bare_order_number(&words.order, &text));
    }
    let unopened = words.unopened.is_match(normal);
    let (is_left, left) = leaving(words, normal);
    let kind = first_affirmed(&words.kinds, &words.negated, &left);
    let reason = first_affirmed(&words.reasons, &words.negated, &left);
    // "I changed my mind, I'll keep it" takes back the return, not the order.
    let asks = words.asks.is_match(normal);
    let keeps = words.keeps.is_match(normal)
        && !asks
        && reason.is_none_or(|reason| reason == ReturnReason::ChangedMind)
        && first_affirmed(&words.kinds, &words.negated, &words.keeps.replace_all(normal, " ")).is_none();
    let no = words.no.is_match(normal);
    let variants = numbers::variants(words, &rest);
    Slots {
        last_four: numbers::last_four(&rest),
        order_numbers,
        mails,
        phones,
        dates,
        amounts,
        variants: variants.iter().map(|variant| as_written(raw, normal, variant)).collect(),
        kind,
        reason,
        opened: match unopened {
            true => Some(false),
            false => words.opened.is_match(normal).then_some(true),
        },
        yes: match no {
            true => Some(false),
            false => (words.yes.is_match(normal) && !words.unsettled.is_match(normal)).then_some(true),
        },
        correction: words.correction.is_match(normal),
        not_this: words.not_this.is_match(normal),
        instead: words.instead.is_match(normal),
        cancel: keeps || (is_left && kind.is_none() && reason.is_none()),
        keeps,
        put_off: words.put_off.is_match(normal),
        go_on: words.go_on.is_match(normal),
        asks,
        of_order: words.of_order.is_match(normal),
        all: words.all.is_match(normal),
        ordinal: ordinal(words, normal),
        several: several(words, normal),
        bought: words.dates.bought.is_match(normal),
        received: words.dates.received.is_match(normal),
        helped: match words.not_helped.is_match(normal) {
            true => Some(false),
            false => words.helped.is_match(normal).then_some(true),
        },
        leaning: words.leaning.is_match(normal),
        unfinished: words.unfinished.is_match(normal),
    }
}

/// Why it is sent back, as far as this clause says.
pub fn reason(words: &SlotWords, clause: &str) -> Option<ReturnReason> {
    first_affirmed(&words.reasons, &words.negated, &language::normalise(clause))
}

/// Letter sizes in capitals, everything else as it was typed.
fn as_written(raw: &str, normal: &str, variant: &str) -> String {
    match variant.chars().all(|c| matches!(c, '0'..='9' | 'x' | 's' | 'm' | 'l')) && variant.len() <= 4 {
        true => variant.to_ascii_uppercase(),
        false => language::as_typed(raw, normal, variant),
    }
}

/// The message without numbers of orders, for the search: they say nothing about what is asked. `None` when there
/// are none, or when nothing else was said.
pub(super) fn beside_order_numbers(words: &SlotWords, normal: &str) -> Option<String> {
    let (numbers, rest) = take_order_numbers(&words.order, normal);
    let rest = rest.replace(" ; ", " ");
    let signs = rest.chars().filter(|c| c.is_alphabetic()).count();
    (!numbers.is_empty() && signs >= LEAST_SIGNS_BESIDE).then(|| rest.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The message without mails and numbers of four digits and more, whatever they are the number of: a vector takes them
/// for something that is talked about. As it is when nothing else was said.
pub(super) fn beside_long_numbers(normal: &str) -> String {
    let rest = LONG_NUMBER.replace_all(&MAIL.replace_all(normal, " "), " ").into_owned();
    match rest.chars().filter(|c| c.is_alphabetic()).count() >= LEAST_SIGNS_BESIDE {
        true => rest,
        false => normal.to_owned(),
    }
}

/// The message from where it begins to ask something; as it is when it asks nothing.
pub(super) fn after_opening<'a>(words: &SlotWords, text: &'a str) -> &'a str {
    let mut rest = text;
    while let Some(opening) =
        words.openings.iter().find_map(|opening| opening.find(rest)).filter(|found| found.end() > 0)
    {
        rest = rest[opening.end()..].trim_start_matches(|c: char| !c.is_alphanumeric());
    }
    if rest.chars().filter(|c| c.is_alphabetic()).count() >= LEAST_SIGNS_BESIDE { rest } else { text }
}

/// The message without clauses that say the same as one before: a vector takes a complaint that is said three times for
/// despair.
pub(super) fn said_once(normal: &str) -> String {
    let is_end = |c: char| c.is_ascii_punctuation() && c != '\'' || matches!(c, '。' | '、' | '\n');
    let key = |clause: &str| clause.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let mut said = HashSet::new();
    normal.split_inclusive(is_end).filter(|clause| key(clause).is_empty() || said.insert(key(clause))).collect()
}

/// Two Chinese characters say something.
const LEAST_SIGNS_BESIDE: usize = 2;

/// The numbers of a list of items, 1-based.
fn several(words: &SlotWords, normal: &str) -> Vec<u32> {
    let Some(list) = words.several.find(normal) else { return Vec::new() };
    let number = |sign: char| {
        let number = match sign.is_ascii() {
            true => sign.to_digit(10),
            false => words.dates.numbers.get(&sign.to_string()).and_then(|number| u32::try_from(*number).ok()),
        };
        number.filter(|number| (1..=9).contains(number))
    };
    let mut numbers: Vec<u32> = list.as_str().chars().filter_map(number).collect();
    numbers.dedup();
    numbers
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
/// With the letters and signs that belong to it.
static LONG_NUMBER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[a-z#]*[$¥€£]?[0-9](?:[-,.]?[0-9]){3,}").expect("checked by a test"));
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

/// The first of a list whose words are in the text and not taken back just before.
fn first_affirmed<T: Copy>(list: &[(T, Regex)], negated: &Regex, text: &str) -> Option<T> {
    // Only the words just before: the list ends in `$`, and a long text is not read again for each find.
    let before = |end: usize| {
        let near = text[..end].char_indices().rev().nth(NEGATION_WITHIN - 1).map_or(0, |(start, _)| start);
        &text[near..end]
    };
    let is_affirmed = |found: regex::Match<'_>| !negated.is_match(before(found.start()));
    list.iter().find(|(_, words)| words.find_iter(text).any(is_affirmed)).map(|(value, _)| *value)
}

/// Characters before a find in which it may be taken back.
const NEGATION_WITHIN: usize = 64;

fn ordinal(words: &SlotWords, text: &str) -> Option<i32> {
    if words.other_one.is_match(text) {
        return Some(-1);
    }
    words.ordinals.iter().position(|words| words.is_match(text)).and_then(|index| i32::try_from(index + 1).ok())
}
