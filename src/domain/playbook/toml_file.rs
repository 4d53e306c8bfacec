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

    /// On the line that a key stands in, where what was read keeps no spans.
    pub fn error_at_key(&self, key: &str, message: Sentence) -> FileError {
        let begun: usize =
            self.text.split_inclusive('\n').take_while(|line| !line.trim_start().starts_with(key)).map(str::len).sum();
        self.error_at(begun, message)
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
    if let Some((found, wanted)) =
        message.strip_prefix("invalid type: ").and_then(|rest| rest.split_once(", expected "))
    {
        let told = sentence!("invalid type: {found}, expected {wanted}");
        return told.with("found", found_there(found)).with("wanted", wanted_there(wanted));
    }
    match slip(&message) {
        Some(slip) => sentence!("{slip} (\"{detail}\")", detail = message).with("slip", slip),
        None => sentence!("this cannot be read: {detail}", detail = message),
    }
}

/// What serde says it found.
fn found_there(found: &str) -> Sentence {
    let of = |kind: &str| found.strip_prefix(kind).map(str::trim);
    if let Some(value) = of("integer ") {
        return sentence!("integer {value}", value);
    }
    if let Some(value) = of("floating point ") {
        return sentence!("floating point {value}", value);
    }
    if let Some(value) = of("boolean ") {
        return sentence!("boolean {value}", value);
    }
    if let Some(value) = of("string ") {
        return sentence!("string {value}", value);
    }
    match found {
        "sequence" => sentence!("a list"),
        "map" => sentence!("a section"),
        _ => Sentence::english(found),
    }
}

/// What it wanted instead.
fn wanted_there(wanted: &str) -> Sentence {
    match wanted {
        "a string" | "a borrowed string" => sentence!("a string"),
        "a boolean" => sentence!("true or false"),
        "a sequence" => sentence!("a list"),
        "f32" | "f64" => sentence!("a number"),
        "i64" | "u64" | "i32" | "u32" | "u16" | "u8" | "usize" => sentence!("a whole number"),
        _ if wanted == "a map" || wanted.starts_with("struct ") => sentence!("a section"),
        _ => Sentence::english(wanted),
    }
}

/// What of TOML's grammar was most likely missed, by the words of the parser; those stand behind it.
fn slip(message: &str) -> Option<Sentence> {
    let (head, wanted) = message.split_once(", expected ").unwrap_or((message, ""));
    let says = |words: &[&str]| words.iter().any(|word| head.contains(word));
    Some(match () {
        () if says(&["string", "quote", "escape", "unicode value"]) || wanted.contains("quote") => {
            sentence!(
                "a text stands between quotation marks, \"so\", and a backslash in it is doubled; between 'these' it is not"
            )
        }
        () if says(&["boolean"]) => sentence!("words stand between quotation marks; true and false alone do not"),
        () if says(&["array table", "table"]) => {
            sentence!(
                "a section begins with its name in brackets, such as [buttons], and a group of values stands in braces"
            )
        }
        () if says(&["array"]) => sentence!("a list is written as [\"one\", \"another\"]"),
        () if says(&[
            "number",
            "integer",
            "float",
            "leading zero",
            "sign",
            "radix",
            "digits",
            "exponent",
            "fraction",
        ]) =>
        {
            sentence!("this is no number as these files have them")
        }
        () if says(&["key", "assignment", "`=`", "missing value", "invalid value", "unexpected content"]) => {
            sentence!("each line says name = value")
        }
        () => return None,
    })
}

/// The last line of the report says what is wrong; the ones above draw an arrow.
fn said(error: &impl ToString) -> String {
    let report = error.to_string();
    report.lines().last().unwrap_or_default().trim().trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::{next_list, told};

    #[test]
    fn what_the_reader_says_is_told_in_words_with_its_own_behind_them() {
        for (text, expected) in [
            ("a = [1", "a list is written as [\"one\", \"another\"] (\"unclosed array"),
            ("a = \"x", "a text stands between quotation marks"),
            ("a = yes", "a text stands between quotation marks"),
            ("a = two", "words stand between quotation marks; true and false alone do not (\"invalid boolean"),
            ("a", "each line says name = value (\""),
            ("a =", "(\""),
            ("a = 007", "this is no number as these files have them (\"unexpected leading zero"),
            ("[a", "a section begins with its name in brackets"),
        ] {
            let error = toml::from_str::<toml::Table>(text).unwrap_err();
            let said = told(error.message()).to_string();
            assert!(said.contains(expected), "{text}: {said}");
        }
        #[derive(Debug, serde::Deserialize)]
        #[expect(dead_code, reason = "read for its mistakes")]
        struct Form {
            days: i64,
        }
        let of = |text: &str| told(toml::from_str::<Form>(text).unwrap_err().message());
        assert_eq!(of("days = \"two\"").to_string(), "invalid type: string \"two\", expected a whole number");
        let parts = serde_json::to_value(of("days = true")).unwrap();
        assert_eq!(parts["said"]["values"]["wanted"]["pattern"], "a whole number", "{parts}");
        assert_eq!(parts["said"]["values"]["found"]["values"]["value"], "`true`", "{parts}");
    }

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
