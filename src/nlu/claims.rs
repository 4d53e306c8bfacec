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
    // Full-width marks part sentences; in normal form they would look like those inside a number.
    let normal = normalise(&text.replace(['，', '：', '．'], " "));
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

/// Articles in which two units must have had a number in common before they are taken for the same.
const LEAST_SHARED: usize = 3;
/// The share of the articles with both units in which they must have.
const MOSTLY: f32 = 0.75;

/// Which units of one language count what in another, learnt from the shop's own articles: `day` is `天` where the two have
/// mostly stood beside the same numbers, and neither has a better partner. A unit is its own partner in any case.
pub fn same_units<'c>(articles: &[(&'c Claims, &'c Claims)]) -> BTreeSet<(&'c str, &'c str)> {
    let mut counts: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
    let mut same = BTreeSet::new();
    for (ours, theirs) in articles {
        for (unit, numbers) in *ours {
            for (other, others) in *theirs {
                let (both, shared) = counts.entry((unit, other)).or_default();
                *both += 1;
                *shared += usize::from(!numbers.is_disjoint(others));
                if unit == other {
                    same.insert((unit.as_str(), other.as_str()));
                }
            }
        }
    }
    let (mut of_ours, mut of_theirs): (BTreeMap<&str, usize>, BTreeMap<&str, usize>) = Default::default();
    for ((unit, other), (_, shared)) in &counts {
        for (best, unit) in [(&mut of_ours, unit), (&mut of_theirs, other)] {
            let most = best.entry(unit).or_default();
            *most = (*most).max(*shared);
        }
    }
    same.extend(counts.into_iter().filter_map(|((unit, other), (both, shared))| {
        let is_best = of_ours[unit] == shared && of_theirs[other] == shared;
        (is_best && shared >= LEAST_SHARED && shared as f32 >= MOSTLY * both as f32).then_some((unit, other))
    }));
    same
}

/// Where two languages of one article count the same thing and name no number in common: "7 天", "14 day".
pub fn differences(ours: &Claims, theirs: &Claims, same: &BTreeSet<(&str, &str)>) -> Vec<(String, String)> {
    let told = |numbers: &BTreeSet<String>, unit: &str| {
        format!("{} {unit}", Vec::from_iter(numbers.iter().map(String::as_str)).join(", "))
    };
    same.iter()
        .filter_map(|(unit, other)| Some((unit, ours.get(*unit)?, other, theirs.get(*other)?)))
        .filter(|(_, ours, _, theirs)| ours.is_disjoint(theirs))
        .map(|(unit, ours, other, theirs)| (told(ours, unit), told(theirs, other)))
        .collect()
}

/// Whether two languages of one article have a number of the same unit in common: then they speak of the same case.
pub fn agree(ours: &Claims, theirs: &Claims, same: &BTreeSet<(&str, &str)>) -> bool {
    let both = same.iter().filter_map(|(unit, other)| Some((ours.get(*unit)?, theirs.get(*other)?)));
    both.into_iter().any(|(ours, theirs)| !ours.is_disjoint(theirs))
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
        assert_eq!(told("檯燈 389，300 毫升", "300 毫升"), [""; 0], "a comma of a sentence is none of a number");
    }

    #[test]
    fn units_of_two_languages_are_learnt_from_articles_that_agree() {
        let texts = [
            ("7 天內可退", "return within 7 days"),
            ("30 天內保固，9 折", "30 days of warranty, 10% off"),
            ("2 天內回覆", "an answer within 2 days"),
            ("10 天內出貨，95 折", "ships within 10 days, 5% off"),
            ("14 天內可換", "exchange within 15 days"),
        ];
        let both: Vec<_> = texts.iter().map(|(ours, theirs)| (claims(ours), claims(theirs))).collect();
        let both: Vec<_> = both.iter().map(|(ours, theirs)| (ours, theirs)).collect();
        let same = same_units(&both);
        assert_eq!(same, BTreeSet::from([("天", "day")]));
        let found: Vec<_> = both.iter().flat_map(|(ours, theirs)| differences(ours, theirs, &same)).collect();
        assert_eq!(found, [("14 天".to_owned(), "15 day".to_owned())]);
        // Too few articles to learn from: only what is written the same.
        assert_eq!(same_units(&both[..2]), BTreeSet::new());
        let (ours, theirs) = (claims("打 20%"), claims("10 % off"));
        assert_eq!(differences(&ours, &theirs, &same_units(&[(&ours, &theirs)])).len(), 1);
    }
}
