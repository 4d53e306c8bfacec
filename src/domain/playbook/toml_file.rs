//! Reading a TOML file so that a mistake is told with its line.

use std::collections::BTreeMap;

use regex::Regex;
use serde::de::DeserializeOwned;
use toml::Spanned;

use super::{FileError, SourceFile};
use crate::{
    domain::sentence::{Sentence, sentence},
    language,
};

/// Names for lists of words, so that a pattern reads `我的<goods>(到|在)哪`; from `playbook/words.toml`.
pub(crate) type WordLists = BTreeMap<String, Vec<String>>;

/// A file being read: what mistakes are reported against.
#[derive(Clone, Copy)]
pub(crate) struct TomlFile<'a> {
    pub path: &'a str,
    pub text: &'a str,
    /// Lines above `text` in the file.
    pub lines_before: usize,
}

impl<'a> TomlFile<'a> {
    pub fn new(file: &'a SourceFile) -> Self {
        Self { path: &file.path, text: &file.text, lines_before: 0 }
    }

    pub fn read<T: DeserializeOwned>(&self) -> Result<T, FileError> {
        toml::from_str(self.text).map_err(|error| {
            let message = told(error.message());
            match error.span() {
                Some(span) => self.error_at(span.start, message),
                None => self.error(message),
            }
        })
    }

    /// About the file as a whole.
    pub fn error(&self, message: Sentence) -> FileError {
        FileError { path: self.path.to_owned(), line: 0, message }
    }

    pub fn error_on<T>(&self, value: &Spanned<T>, message: Sentence) -> FileError {
        self.error_at(value.span().start, message)
    }

    pub fn line_of<T>(&self, value: &Spanned<T>) -> usize {
        self.line_at(value.span().start)
    }

    fn error_at(&self, offset: usize, message: Sentence) -> FileError {
        FileError { path: self.path.to_owned(), line: self.line_at(offset), message }
    }

    fn line_at(&self, offset: usize) -> usize {
        let before = &self.text.as_bytes()[..offset.min(self.text.len())];
        self.lines_before + before.iter().filter(|&&byte| byte == b'\n').count() + 1
    }

    /// One pattern as staff wrote it, ready to match normal form.
    pub fn regex(&self, written: &Spanned<String>) -> Result<Regex, FileError> {
        build(&language::pattern(written.get_ref())).map_err(|error| self.bad_pattern(written, &error))
    }

    /// One that meets the words as they were written, whatever their case.
    pub fn regex_as_written(&self, written: &Spanned<String>) -> Result<Regex, FileError> {
        regex::RegexBuilder::new(written.get_ref())
            .case_insensitive(true)
            .size_limit(2 << 20)
            .build()
            .map_err(|error| self.bad_pattern(written, &error))
    }

    /// The same with every `<name>` replaced by the words of that list.
    pub fn regex_with_words(&self, written: &Spanned<String>, words: &WordLists) -> Result<Regex, FileError> {
        build(&self.pattern_with_words(written, words)?).map_err(|error| self.bad_pattern(written, &error))
    }

    fn pattern_with_words(&self, written: &Spanned<String>, words: &WordLists) -> Result<String, FileError> {
        let mut pattern = String::new();
        let mut rest = written.get_ref().as_str();
        while let Some((name, before, after)) = next_list(rest) {
            let Some(list) = words.get(name) else {
                return Err(
                    self.error_on(written, sentence!("playbook/words.toml has no list called \"{name}\"", name))
                );
            };
            pattern.push_str(before);
            pattern.push_str(&format!("(?:{})", list.join("|")));
            rest = after;
        }
        pattern.push_str(rest);
        Ok(language::pattern(&pattern))
    }

    /// One regex that matches where any of the list does, with the words of lists in their places.
    pub fn any_of_with_words(&self, list: &[Spanned<String>], words: &WordLists) -> Result<Regex, FileError> {
        let parts = list.iter().map(|written| self.pattern_with_words(written, words));
        self.join(list, &parts.collect::<Result<Vec<_>, _>>()?)
    }

    /// One regex that matches where any of the list does; an empty list matches nowhere.
    pub fn any_of(&self, list: &[Spanned<String>]) -> Result<Regex, FileError> {
        let parts = list.iter().map(|written| language::pattern(written.get_ref()));
        self.join(list, &parts.collect::<Vec<_>>())
    }

    fn join(&self, list: &[Spanned<String>], patterns: &[String]) -> Result<Regex, FileError> {
        for (written, pattern) in list.iter().zip(patterns) {
            // Alone: `a)(b` would be a part that nobody misses.
            regex_syntax::parse(pattern).map_err(|error| self.bad_pattern(written, &error))?;
        }
        let parts: Vec<String> = patterns.iter().map(|pattern| format!("(?:{pattern})")).collect();
        let joined = if parts.is_empty() { "[^\\s\\S]".to_owned() } else { parts.join("|") };
        build(&joined).map_err(|error| {
            let alone = list.iter().zip(patterns).find_map(|(written, pattern)| Some((written, build(pattern).err()?)));
            match (alone, list.first()) {
                (Some((written, error)), _) => self.bad_pattern(written, &error),
                (None, Some(first)) => self
                    .error_on(first, sentence!("these patterns together are too much: {error}", error = said(&error))),
                (None, None) => {
                    self.error(sentence!("these patterns together are too much: {error}", error = said(&error)))
                }
            }
        })
    }

    fn bad_pattern(&self, written: &Spanned<String>, error: &impl ToString) -> FileError {
        self.error_on(
            written,
            sentence!("bad pattern \"{written}\": {error}", written = written.get_ref(), error = said(error)),
        )
    }
}

/// The next `<name>` of a pattern: name, text before, text after. A named group `(?<name>…)` is none.
fn next_list(pattern: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(found) = pattern[from..].find('<') {
        let start = from + found;
        let end = start + pattern[start..].find('>')?;
        let name = &pattern[start + 1..end];
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        if is_name && ["(?", "(?P"].iter().all(|group| !pattern[..start].ends_with(group)) {
            return Some((name, &pattern[..start], &pattern[end + 1..]));
        }
        from = start + 1;
    }
    None
}

/// Lower case like the text it meets, and small: a slip such as `.{1,9999}{1,9999}` must not eat the memory.
fn build(pattern: &str) -> Result<Regex, regex::Error> {
    regex::RegexBuilder::new(pattern).size_limit(2 << 20).build()
}

/// What the reader of TOML says: the slips that people make have sentences of their own.
pub(super) fn told(message: &str) -> Sentence {
    let message = message.trim().replace('\n', "; ");
    let named = |head: &str| message.strip_prefix(head)?.split_once('`');
    fn known(rest: &str) -> Option<&str> {
        Some(rest.strip_prefix(", expected ")?.trim_start_matches("one of "))
    }
    if let Some((name, "")) = named("missing field `") {
        return sentence!("missing field `{name}`", name);
    }
    if let Some((name, "")) = named("duplicate key `").or_else(|| Some((message.strip_prefix("duplicate key")?, ""))) {
        return sentence!("duplicate key {name}", name = name.trim());
    }
    for head in ["unknown field `", "unknown variant `"] {
        if let Some((name, rest)) = named(head)
            && let Some(known) = known(rest)
        {
            return match head {
                "unknown field `" => sentence!("unknown field `{name}`, expected one of {known}", name, known),
                _ => sentence!("unknown variant `{name}`, expected one of {known}", name, known),
            };
        }
    }
    match message.strip_prefix("invalid type: ").and_then(|rest| rest.split_once(", expected ")) {
        Some((found, wanted)) => sentence!("invalid type: {found}, expected {wanted}", found, wanted),
        None => sentence!("this cannot be read: {detail}", detail = message),
    }
}

/// The last line of the report says what is wrong; the ones above draw an arrow.
fn said(error: &impl ToString) -> String {
    let report = error.to_string();
    report.lines().last().unwrap_or_default().trim().trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::next_list;

    #[test]
    fn a_list_is_told_from_a_named_group() {
        assert_eq!(next_list("x<goods>y"), Some(("goods", "x", "y")));
        assert_eq!(next_list("(a )?<goods>"), Some(("goods", "(a )?", "")), "after what may be missing");
        for none in ["(?<year>[0-9]+)", "(?P<year>[0-9]+)", "a < b > c", "<>", "<Goods>", "a <"] {
            assert_eq!(next_list(none), None, "{none}");
        }
        assert_eq!(next_list("(?<year>x)<goods>"), Some(("goods", "(?<year>x)", "")));
    }
}
