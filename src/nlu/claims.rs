//! What an answer claims in figures, so that two answers can be held against each other: "7 天", "US$15", "20 %".

use std::collections::{BTreeMap, BTreeSet};

use crate::language::normalise;

/// Numbers by what they count, in normal form. The unit is what stands beside the number: a sign of money before it, else
/// the word or Chinese character after it.
pub type Claims = BTreeMap<String, BTreeSet<String>>;

/// Letters of a unit after a number.
const MOST_UNIT: usize = 12;

/// Of a text without markup.
pub fn claims(text: &str) -> Claims {
    let normal = normalise(text);
    let chars: Vec<char> = normal.chars().collect();
    let mut claims = Claims::new();
    let mut at = 0;
    while at < chars.len() {
        if !chars[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        let mut number = String::new();
        while at < chars.len() && (chars[at].is_ascii_digit() || is_inside(&chars, at)) {
            if chars[at] != ',' {
                number.push(chars[at]);
            }
            at += 1;
        }
        if let Some(unit) = unit(&chars, start, at) {
            claims.entry(unit).or_default().insert(number);
        }
    }
    claims
}

/// A comma or point between digits; of a time (9:00) the colon.
fn is_inside(chars: &[char], at: usize) -> bool {
    matches!(chars[at], ',' | '.' | ':')
        && at > 0
        && chars[at - 1].is_ascii_digit()
        && chars.get(at + 1).is_some_and(char::is_ascii_digit)
}

fn unit(chars: &[char], start: usize, end: usize) -> Option<String> {
    let before = chars[..start].iter().rposition(|c| *c != ' ').map(|at| chars[at]);
    if let Some(sign) = before.filter(|c| matches!(c, '$' | '¥' | '€' | '£')) {
        // NT$ and US$ are two currencies.
        let sign_at = chars[..start].iter().rposition(|c| *c == sign).unwrap_or(start);
        let letters: String = chars[..sign_at].iter().rev().take_while(|c| c.is_ascii_alphabetic()).take(3).collect();
        return Some(format!("{}{sign}", letters.chars().rev().collect::<String>()));
    }
    let mut after = chars[end..].iter().copied().skip_while(|c| matches!(c, ' ' | '-')).peekable();
    let first = *after.peek()?;
    if first == '%' || (first.is_alphabetic() && !first.is_ascii_alphabetic()) {
        return Some(first.to_string());
    }
    let word: String = after.take_while(char::is_ascii_alphabetic).take(MOST_UNIT).collect();
    let stem = word.strip_suffix('s').filter(|stem| stem.len() > 1).unwrap_or(&word);
    (!stem.is_empty()).then(|| stem.to_owned())
}

/// Where two answers to the same question count the same thing and name no number in common: unit, ours, theirs.
pub fn contradictions(ours: &Claims, theirs: &Claims) -> Vec<(String, Vec<String>, Vec<String>)> {
    let both = ours.iter().filter_map(|(unit, ours)| Some((unit, ours, theirs.get(unit)?)));
    both.filter(|(_, ours, theirs)| ours.is_disjoint(theirs))
        .map(|(unit, ours, theirs)| (unit.clone(), ours.iter().cloned().collect(), theirs.iter().cloned().collect()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(ours: &str, theirs: &str) -> Vec<String> {
        let found = contradictions(&claims(ours), &claims(theirs));
        found
            .into_iter()
            .map(|(unit, ours, theirs)| format!("{unit}: {} / {}", ours.join(" "), theirs.join(" ")))
            .collect()
    }

    #[test]
    fn figures_are_held_against_those_that_count_the_same() {
        assert_eq!(told("到貨後 7 天內可退", "可在14天內退貨"), ["天: 7 / 14"]);
        assert_eq!(told("free from NT$1,200", "free from US$150"), [""; 0], "two currencies");
        assert_eq!(told("Free from US$150.", "free from US$ 100"), ["us$: 150 / 100"]);
        assert_eq!(told("within 30 days", "within 1 day, at most 30 days"), [""; 0], "one of them is the same");
        assert_eq!(told("20% off", "10 % off"), ["%: 20 / 10"]);
        assert_eq!(told("9:00–21:00 every day", "3 days"), [""; 0]);
        assert_eq!(told("nothing", "to count"), [""; 0]);
    }
}
