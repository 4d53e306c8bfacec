//! The normal form everything is compared in: NFKC, lower case, Traditional folded to Simplified, invisible
//! characters gone.

use std::{collections::HashMap, sync::LazyLock};

use ferrous_opencc::{OpenCC, config::BuiltinConfig};
use unicode_normalization::UnicodeNormalization;

/// `T2s` and not `Tw2s`: the Taiwan tables take every text for Traditional and damage Simplified words
/// (U+4E48, the second character of "what", becomes another one). What `T2s` leaves alone is in variants.txt.
static OPENCC: LazyLock<OpenCC> =
    LazyLock::new(|| OpenCC::from_config(BuiltinConfig::T2s).expect("the tables are compiled in"));

static VARIANTS: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    include_str!("variants.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut characters = line.chars().filter(|c| !c.is_whitespace());
            Some((characters.next()?, characters.next()?))
        })
        .collect()
});

/// Traditional to Simplified; nothing else changes.
pub fn fold(text: &str) -> String {
    if !text.chars().any(is_han) {
        return text.to_owned();
    }
    OPENCC.convert(text).chars().map(|c| VARIANTS.get(&c).copied().unwrap_or(c)).collect()
}

/// The normal form of a text: NFKC, lower case, folded, no invisible characters, runs of white space as one space.
pub fn normalise(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut space = false;
    for c in text.nfkc().filter(|&c| !is_invisible(c)) {
        if c.is_whitespace() || c.is_control() {
            space = !plain.is_empty();
            continue;
        }
        if std::mem::take(&mut space) {
            plain.push(' ');
        }
        match c {
            // As phones type them.
            '‘' | '’' => plain.push('\''),
            c => plain.extend(c.to_lowercase()),
        }
    }
    fold(&plain)
}

/// How `word`, found in the normal form of `raw`, was typed.
pub fn as_typed(raw: &str, normal: &str, word: &str) -> String {
    let Some(at) = normal.find(word) else { return word.to_owned() };
    let start = normal[..at].chars().count();
    let end = start + word.chars().count();
    let ends: Vec<usize> = raw.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
    // Signs of the normal form that the text up to an end makes: never fewer for a longer text.
    let made = |end: &usize| normalise(&raw[..*end]).chars().count();
    let from = ends.partition_point(|end| made(end) <= start).checked_sub(1).map_or(0, |last| ends[last]);
    let to = ends.get(ends.partition_point(|to| made(to) < end)).copied().unwrap_or(raw.len());
    raw[from.min(to)..to].trim().to_owned()
}

/// A regular expression as staff write it, made to match normal form: folded, lower case, full-width signs as their
/// ASCII literals, `\b` as the edge of a Latin word (Chinese has no gaps, so Unicode's `\b` never holds there), and
/// `\w` and `\d` as what they are in normal form here, because Unicode's own classes make every pattern fat.
pub fn pattern(written: &str) -> String {
    let mut out = String::with_capacity(written.len());
    let mut characters = written.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => match characters.next() {
                Some('b') => out.push_str(r"(?-u:\b)"),
                Some('d') => out.push_str("[0-9]"),
                Some('w') => out.push_str(r"[0-9a-z_\x{e0}-\x{24f}\x{3041}-\x{9fff}]"),
                Some('W') => out.push_str(r"[^0-9a-z_\x{e0}-\x{24f}\x{3041}-\x{9fff}]"),
                Some(escaped) => out.extend(['\\', escaped]),
                None => out.push('\\'),
            },
            // `(?P<…>` is syntax, not a letter.
            'P' if out.ends_with("(?") => out.push('P'),
            c if c.is_ascii() => out.push(c.to_ascii_lowercase()),
            c if is_han(c) => out.push(c),
            c => out.push_str(&regex::escape(&c.nfkc().collect::<String>().to_lowercase())),
        }
    }
    fold(&out)
}

/// CJK ideographs, extensions and compatibility forms included.
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// Zero-width and bidi controls, variation selectors, soft hyphen, byte order mark, tags.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_found_word_is_given_back_as_it_was_typed() {
        for (raw, word, typed) in [
            ("你們真的很爛！", "很烂", "很爛"),
            (" 等了…兩個\n禮拜，太誇張了", "太夸张", "太誇張"),
            ("This is a RIP OFF!!", "rip off", "RIP OFF"),
            ("ＲＩＰ\u{3000}off", "rip off", "ＲＩＰ\u{3000}off"),
            ("爛\u{fe0f}透了", "烂透", "爛\u{fe0f}透"),
        ] {
            assert_eq!(as_typed(raw, &normalise(raw), word), typed, "{raw:?}");
        }
    }

    #[test]
    fn both_scripts_widths_and_cases_have_one_normal_form() {
        for (written, normal) in [
            ("請問運費怎麼算？", "请问运费怎么算?"),
            ("请问运费怎么算？", "请问运费怎么算?"),
            ("ＰＷ２０２６０３１８", "pw20260318"),
            ("  Where\u{3000}is\n my ORDER ", "where is my order"),
            ("我\u{200b}要\u{202e}退\u{feff}貨", "我要退货"),
            ("等著妳", "等着你"),
            ("Don’t", "don't"),
            ("什麼是什么", "什么是什么"),
            ("❤\u{fe0f}", "❤"),
            ("\u{0}", ""),
        ] {
            assert_eq!(normalise(written), normal, "{written:?}");
        }
    }

    #[test]
    fn normal_form_is_stable() {
        for text in ["著名的公里數", "乾淨的麵", "Ｈｅｌｌｏ　世界", "皇后與後面", "什麽"] {
            let once = normalise(text);
            assert_eq!(normalise(&once), once);
        }
    }

    #[test]
    fn patterns_keep_their_meaning_and_lose_their_script() {
        assert_eq!(pattern(r"退貨[？！]?\S\b"), r"退货[\?!]?\S(?-u:\b)");
        let whole = regex::Regex::new(&pattern(r"\bSIZE\b")).unwrap();
        assert!(whole.is_match("要size大的"));
        assert!(!whole.is_match("oversized"));
        let edges = regex::Regex::new(&pattern(r"^\W*(?P<word>退\w\d{2})[\W]*$")).unwrap();
        assert!(edges.is_match("~ 退货12 !"));
        assert!(!edges.is_match("我退货12"));
    }
}
