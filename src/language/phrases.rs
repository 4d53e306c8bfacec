//! Many words looked for at once: the longest one at each place wins, Latin words only whole.

use std::collections::HashMap;

use super::normalise::normalise;

/// Words in normal form with what each stands for. A Latin word matches whole, or as a beginning when it
/// was written with a `*` at its end; Chinese words match anywhere.
#[derive(Debug, Clone)]
pub struct Phrases<T> {
    /// By first character; the longest word first.
    by_first: HashMap<char, Vec<Phrase<T>>>,
}

#[derive(Debug, Clone, PartialEq)]
struct Phrase<T> {
    word: Box<str>,
    is_beginning: bool,
    value: T,
}

/// One place where a word was found: bytes `start..end` of the text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found<'a, T> {
    pub start: usize,
    pub end: usize,
    pub value: &'a T,
}

impl<T> Default for Phrases<T> {
    fn default() -> Self {
        Self { by_first: HashMap::new() }
    }
}

impl<T> Phrases<T> {
    /// Words as staff wrote them; they are brought to normal form here. A later word replaces an equal one.
    pub fn new<S: AsRef<str>>(words: impl IntoIterator<Item = (S, T)>) -> Self {
        let mut by_first: HashMap<char, Vec<Phrase<T>>> = HashMap::new();
        for (written, value) in words {
            let normal = normalise(written.as_ref());
            let (word, is_beginning) = match normal.strip_suffix('*') {
                Some(beginning) => (beginning, true),
                None => (normal.as_str(), false),
            };
            let Some(first) = word.chars().next() else { continue };
            let phrases = by_first.entry(first).or_default();
            phrases.retain(|phrase| *phrase.word != *word);
            phrases.push(Phrase { word: word.into(), is_beginning, value });
        }
        for phrases in by_first.values_mut() {
            phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.word.len()));
        }
        Self { by_first }
    }

    pub fn is_empty(&self) -> bool {
        self.by_first.is_empty()
    }

    /// Every place, from left to right, without overlaps. `text` is in normal form.
    pub fn find<'a>(&'a self, text: &str) -> Vec<Found<'a, T>> {
        let mut found = Vec::new();
        let mut done = 0;
        for (start, c) in text.char_indices() {
            if start < done {
                continue;
            }
            if let Some(hit) = self.at(text, start, c) {
                done = hit.end;
                found.push(hit);
            }
        }
        found
    }

    pub fn is_in(&self, text: &str) -> bool {
        text.char_indices().any(|(start, c)| self.at(text, start, c).is_some())
    }

    fn at<'a>(&'a self, text: &str, start: usize, first: char) -> Option<Found<'a, T>> {
        let phrases = self.by_first.get(&first)?;
        if is_word(first) && text[..start].chars().next_back().is_some_and(is_word) {
            return None;
        }
        let phrase = phrases.iter().find(|phrase| phrase.fits(&text[start..]))?;
        let mut end = start + phrase.word.len();
        if phrase.is_beginning {
            end += text[end..].find(|c| !is_word(c)).unwrap_or(text.len() - end);
        }
        Some(Found { start, end, value: &phrase.value })
    }
}

impl<T> Phrase<T> {
    fn fits(&self, text: &str) -> bool {
        let Some(rest) = text.strip_prefix(&*self.word) else { return false };
        let is_cut = self.word.chars().next_back().is_some_and(is_word) && rest.chars().next().is_some_and(is_word);
        self.is_beginning || !is_cut
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || (c.is_alphanumeric() && !super::normalise::is_han(c) && c as u32 <= 0x24f)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_word_wins_and_latin_words_are_whole() {
        let phrases = Phrases::new([("退", 1), ("退貨", 2), ("ship", 3), ("complain*", 4)]);
        let values = |text: &str| phrases.find(text).iter().map(|found| *found.value).collect::<Vec<_>>();
        assert_eq!(values("我要退货和退款"), [2, 1]);
        assert_eq!(values("friendship"), [0; 0]);
        assert_eq!(values("我要ship吗"), [3]);
        assert_eq!(values("shipping complaints"), [4]);
    }
}
