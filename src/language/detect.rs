//! Which language and script a message is in, and whether it holds words at all.

use std::{collections::HashSet, sync::LazyLock};

use serde::Serialize;

use super::normalise::{fold, is_han, normalise};
use crate::domain::Lang;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Nothing, or only white space and invisible characters.
    #[default]
    Empty,
    /// Emoji, punctuation, symbols: no word and no digit.
    Symbols,
    Text,
}

pub fn shape(text: &str) -> Shape {
    let normal = normalise(text);
    match () {
        _ if normal.is_empty() => Shape::Empty,
        _ if normal.chars().any(char::is_alphanumeric) => Shape::Text,
        _ => Shape::Symbols,
    }
}

static SIMPLIFIED_ONLY: LazyLock<HashSet<char>> = LazyLock::new(|| {
    include_str!("simplified_only.txt").lines().filter(|line| !line.starts_with('#')).flat_map(str::chars).collect()
});

/// `None` when nothing tells: no letters, only codes, or Chinese that both scripts write alike. Any Chinese
/// outweighs the Latin words around it, because shoppers drop English words into Chinese and not the reverse.
/// `text` is as typed.
pub fn detect(text: &str) -> Option<Lang> {
    let han: String = text.chars().filter(|&c| is_han(c)).collect();
    if han.is_empty() {
        return has_latin_words(text).then_some(Lang::En);
    }
    let simplified = han.chars().filter(|c| SIMPLIFIED_ONLY.contains(c)).count();
    let folded = fold(&han);
    let traditional = han.chars().zip(folded.chars()).filter(|(before, after)| before != after).count();
    match traditional.cmp(&simplified) {
        std::cmp::Ordering::Greater => Some(Lang::ZhHant),
        std::cmp::Ordering::Less => Some(Lang::ZhHans),
        std::cmp::Ordering::Equal => None,
    }
}

/// Whether a few Chinese signs stand among more words of another language, as a name does: "my name is 林佳穎".
pub fn is_latin_around_a_name(text: &str) -> bool {
    let han = text.chars().filter(|&c| is_han(c)).count();
    let is_word = |word: &&str| word.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '\'' | ',' | '.' | '?'));
    let words = text.split_whitespace().filter(is_word).count();
    words >= 3 && han <= 2 * words
}

/// A word of three letters or more that is no code, address or link; "ok" and "XL" belong to every language.
fn has_latin_words(text: &str) -> bool {
    text.split_whitespace().filter(|word| !word.contains(['@', '/'])).any(|word| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        word.chars().count() >= 3
            && word.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '’' | '-' | '.' | ',' | '?'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_apart_and_doubt_is_admitted() {
        for (text, expected) in [
            ("請問運費怎麼算", Some(Lang::ZhHant)),
            ("请问运费怎么算", Some(Lang::ZhHans)),
            ("台灣的峰會在哪一台", Some(Lang::ZhHant)),
            ("你好", None),
            ("我要退", None),
            ("where's my order", Some(Lang::En)),
            ("我的order到哪裡了", Some(Lang::ZhHant)),
            ("please 帮我查 order PW20260318", Some(Lang::ZhHans)),
            ("PW20260318", None),
            ("pw 2026-0318", None),
            ("me@example.com", None),
            ("ok", None),
            ("XL", None),
            ("1234", None),
            ("😡😡", None),
            ("", None),
        ] {
            assert_eq!(detect(text), expected, "{text}");
        }
    }

    #[test]
    fn shapes() {
        assert_eq!(shape(" \u{200b}\n"), Shape::Empty);
        assert_eq!(shape("😡!!"), Shape::Symbols);
        assert_eq!(shape("？？？"), Shape::Symbols);
        assert_eq!(shape("2"), Shape::Text);
        assert_eq!(shape("退"), Shape::Text);
    }

    #[test]
    fn a_name_in_chinese_is_no_change_of_language() {
        for text in ["PW20260022 my name is 林佳穎", "is 阿里山烏龍茶 in stock?", "it says 已簽收 but I don't have it"]
        {
            assert!(is_latin_around_a_name(text), "{text}");
        }
        for text in [
            "我的order到哪裡了",
            "please 帮我查 order PW20260318",
            "hi 請問運費怎麼算",
            "my order 到現在都還沒有收到,怎麼辦",
        ] {
            assert!(!is_latin_around_a_name(text), "{text}");
        }
    }
}
