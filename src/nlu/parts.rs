//! A message that may ask two things, taken apart: at the ends of sentences, and where the playbook says that a second
//! request begins. Whether the parts are requests at all is for the dialogue to judge.

use crate::{domain::playbook::Playbook, language};

/// Parts that are looked at; what is more than that is one of them.
const MOST: usize = 4;
/// A shorter part is a word of courtesy or a slip.
const LEAST_SIGNS: usize = 2;

/// As typed and in order; empty when the message is one.
pub fn parts(playbook: &Playbook, raw: &str) -> Vec<String> {
    let limit = playbook.thresholds.max_understood_chars;
    let raw = raw.char_indices().nth(limit).map_or(raw, |(end, _)| &raw[..end]);
    let mut parts: Vec<String> = Vec::new();
    for sentence in sentences(raw) {
        let normal = language::normalise(sentence);
        for piece in pieces(playbook, &normal) {
            if piece.chars().filter(|c| c.is_alphanumeric()).count() >= LEAST_SIGNS {
                parts.push(language::as_typed(sentence, &normal, piece));
            }
            if parts.len() == MOST {
                return parts;
            }
        }
    }
    if parts.len() > 1 { parts } else { Vec::new() }
}

/// With the sign at the end, so that a question stays one.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let is_end = |c: char| matches!(c, '?' | '!' | ';' | '\n' | '\u{3002}' | '\u{ff1f}' | '\u{ff01}' | '\u{ff1b}');
    text.split_inclusive(is_end).flat_map(|sentence| {
        // A full stop ends a sentence when a blank follows: "v2.0" and "a@b.example" go on.
        sentence.split_inclusive(". ")
    })
}

fn pieces<'t>(playbook: &Playbook, sentence: &'t str) -> Vec<&'t str> {
    let mut cuts: Vec<(usize, usize)> = playbook
        .slots
        .also
        .iter()
        .flat_map(|also| also.captures_iter(sentence))
        .filter_map(|found| {
            let whole = found.get(0)?;
            Some(found.name("cut").map_or((whole.start(), whole.start()), |cut| (cut.start(), cut.end())))
        })
        .collect();
    cuts.sort_unstable();
    let (mut pieces, mut from) = (Vec::new(), 0);
    for (start, end) in cuts {
        if start >= from {
            // A connective at the very beginning leaves an empty piece, which is too short to count.
            pieces.push(sentence[from..start].trim_end_matches([' ', ',', '.', '~']).trim());
            from = end;
        }
    }
    pieces.push(sentence[from..].trim());
    pieces
}

#[cfg(test)]
mod tests {
    use crate::domain::playbook::testing::playbook;

    #[test]
    fn two_requests_are_told_apart_and_one_is_left_alone() {
        for (said, expected) in [
            ("運費多少？另外我要退貨 PW20260006", &["運費多少？", "我要退貨 PW20260006"][..]),
            ("運費多少，另外我要退貨", &["運費多少", "我要退貨"]),
            (
                "what's the shipping fee and do you have gift wrap",
                &["what's the shipping fee", "do you have gift wrap"],
            ),
            (
                "Where is my order? Also, can I change the address?",
                &["Where is my order?", "can I change the address?"],
            ),
            ("還有貨嗎", &[]),
            ("運費怎麼算", &[]),
            ("return and exchange policy", &[]),
            ("my mail is a.b@example.com", &[]),
            ("？？？", &[]),
            ("", &[]),
        ] {
            assert_eq!(super::parts(&playbook(), said), expected, "{said}");
        }
    }
}
