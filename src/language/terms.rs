//! The units the index and a question are made of: grams rather than words, because short Chinese and English
//! questions are found better by them (design: single characters and bigrams, stems and 4-grams).

use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};

use super::normalise::is_han;

static STEMMER: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::English));

const GRAM: usize = 4;
/// Begins a term that is a piece of a word, so that `~over` is not the word `over`.
const PIECE: char = '~';
/// A longer run of letters and digits is noise, not a word: it is cut here.
const LONGEST_WORD: usize = 40;

/// The terms of a text in normal form, in order, repeated as often as they occur.
pub fn terms(text: &str) -> Vec<String> {
    let mut terms = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let kind = Kind::of(first);
        let end = rest.find(|c| Kind::of(c) != kind).unwrap_or(rest.len());
        let (run, tail) = rest.split_at(end);
        match kind {
            Kind::Ideograph => ideographs(run, &mut terms),
            Kind::Word => word(run, &mut terms),
            Kind::Other => {}
        }
        rest = tail;
    }
    terms
}

/// Whether a term is a piece of a longer run (a bigram, a 4-gram) and no word or character of its own.
pub fn is_piece(term: &str) -> bool {
    term.starts_with(PIECE) || (term.chars().nth(1).is_some() && term.chars().all(|c| Kind::of(c) == Kind::Ideograph))
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// Written without gaps: Chinese and kana.
    Ideograph,
    Word,
    Other,
}

impl Kind {
    fn of(c: char) -> Self {
        match c {
            '\'' | '-' | '_' => Kind::Word,
            c if is_han(c) || matches!(c, '\u{3041}'..='\u{30ff}') => Kind::Ideograph,
            c if c.is_alphanumeric() => Kind::Word,
            _ => Kind::Other,
        }
    }
}

fn ideographs(run: &str, terms: &mut Vec<String>) {
    let characters: Vec<char> = run.chars().collect();
    terms.extend(characters.iter().map(char::to_string));
    terms.extend(characters.windows(2).map(|pair| pair.iter().collect()));
}

/// A run of letters, digits, dashes and apostrophes: `where's`, `pw-ket-01`, `15-inch`, `xl`.
fn word(run: &str, terms: &mut Vec<String>) {
    let run = run.trim_matches(|c: char| !c.is_alphanumeric());
    let parts = run.split(['-', '_']).filter(|part| !part.is_empty());
    if parts.clone().count() > 1 && run.contains(|c: char| c.is_ascii_digit()) {
        // A code is also one thing, however its parts are joined.
        terms.push(cut(&run.replace(['-', '_'], "")).to_owned());
    }
    for part in parts {
        let part = cut(part);
        if part.contains(|c: char| c.is_ascii_digit()) {
            terms.push(part.to_owned());
            continue;
        }
        let stem = STEMMER.stem(part);
        let letters: Vec<char> = stem.chars().filter(|c| *c != '\'').collect();
        if letters.len() > GRAM {
            terms.extend(letters.windows(GRAM).map(|gram| std::iter::once(&PIECE).chain(gram).collect()));
        }
        terms.push(stem.into_owned());
    }
}

fn cut(word: &str) -> &str {
    word.char_indices().nth(LONGEST_WORD).map_or(word, |(end, _)| &word[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_becomes_characters_and_bigrams() {
        assert_eq!(terms("退运费?"), ["退", "运", "费", "退运", "运费"]);
    }

    #[test]
    fn latin_becomes_stems_and_pieces() {
        assert_eq!(terms("refunds"), ["~refu", "~efun", "~fund", "refund"]);
        assert_eq!(terms("my cup"), ["my", "cup"]);
        assert_eq!(terms("who's"), ["who"]);
    }

    #[test]
    fn codes_and_sizes_stay_whole() {
        assert_eq!(terms("查pw20260318"), ["查", "pw20260318"]);
        assert_eq!(terms("pw-ket-01"), ["pwket01", "pw", "ket", "01"]);
        assert_eq!(terms("xl码"), ["xl", "码"]);
        assert_eq!(terms("--- ''"), [""; 0]);
    }

    #[test]
    fn a_wall_of_letters_stays_small() {
        assert!(terms(&"a".repeat(4000)).len() < 50);
    }
}
