//! What tells who somebody is, hidden for people who read shoppers' words: `playbook/masks.toml`.

use regex::Regex;
use serde::Deserialize;
use toml::Spanned;

use super::{FileError, Playbook, SourceFile, TomlFile};
use crate::domain::{mask, order::mask_digits, sentence::sentence};

/// Patterns with a group `hidden`; they meet the words as they were written.
pub type Masks = Vec<Regex>;

const GROUP: &str = "hidden";
const DOTS: &str = "•••";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMasks {
    mask: Vec<RawMask>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMask {
    /// For whoever reads the file.
    #[serde(rename = "name")]
    _name: String,
    regex: Spanned<String>,
}

pub(super) fn parse(file: &SourceFile) -> Result<Masks, FileError> {
    let toml = TomlFile::new(file);
    let RawMasks { mask } = toml.read()?;
    mask.iter()
        .map(|RawMask { regex: written, .. }| {
            let regex = toml.regex_as_written(written)?;
            match regex.capture_names().any(|name| name == Some(GROUP)) {
                true => Ok(regex),
                false => {
                    Err(toml.error_on(written, sentence!("this pattern needs a group (?<{group}>…)", group = GROUP)))
                }
            }
        })
        .collect()
}

/// A playbook of before has no such file: then the shop's own.
pub(super) fn built_in() -> Result<Masks, FileError> {
    let text = include_str!("../../../playbook/masks.toml");
    parse(&SourceFile { path: "playbook/masks.toml".to_owned(), text: text.to_owned() })
}

impl Playbook {
    /// `我叫王小明，PW20260318 呢` becomes `我叫•••，•••318 呢`.
    pub fn masked(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for mask in &self.masks {
            let found = mask.captures_iter(&text).filter_map(|found| found.name(GROUP)).map(|hidden| hidden.range());
            // From the end, so that the places before it stay where they are; the last digits tell one number from another.
            for place in found.collect::<Vec<_>>().into_iter().rev() {
                text.replace_range(place, DOTS);
            }
        }
        // The pattern is in normal form; small letters of ASCII take the same room as capitals.
        let small = text.to_ascii_lowercase();
        for place in
            self.slots.order.number.find_iter(&small).map(|found| found.range()).collect::<Vec<_>>().into_iter().rev()
        {
            let shown = mask_digits(&text[place.clone()]);
            text.replace_range(place, &shown);
        }
        mask::masked(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::playbook::testing;

    #[test]
    fn who_it_was_and_where_they_live_cannot_be_read() {
        let playbook = testing::playbook();
        for (text, expected) in [
            ("你好我叫王小明，想退貨", "你好我叫•••，想退貨"),
            ("我叫Amy Lin 你好", "我叫••• 你好"),
            ("Hello, my name is Ann Lee and I want a refund", "Hello, my name is ••• and I want a refund"),
            ("My name's Bob, where is it", "My name's •••, where is it"),
            ("收件人：陳怡君", "收件人：•••"),
            ("我姓歐陽，要改地址", "我姓•••，要改地址"),
            ("地址：台北市信義區松仁路100號3樓，可以改嗎", "地址：•••，可以改嗎"),
            ("地址改成上海市南京西路12号可以吗", "地址改成•••"),
            ("please send it, my address is 12 Baker Street, London", "please send it, my address is •••"),
            ("訂單 pw20260318 在哪", "訂單 •••318 在哪"),
            ("打給我零九一二三四五六七八", "打給我•••"),
            ("電話０９１２－３４５－６７８", "電話•••"),
            ("call 0912/345/678 or +886 (2) 5550–1234", "call ••• or •••"),
            ("it's oh nine one two three four five six seven eight", "it's •••"),
            ("寄到 ann.lee@shop.example", "寄到 a•••@shop.example"),
        ] {
            assert_eq!(playbook.masked(text), expected, "{text}");
        }
    }

    #[test]
    fn the_question_stays_readable() {
        let playbook = testing::playbook();
        for text in [
            "地址怎麼改？",
            "我的地址可以改嗎",
            "我叫了外賣，你們可以送到樓下嗎",
            "我叫你們退款都三天了",
            "can I change the address to my office?",
            "is one or two better, or three?",
            "一二三四樓都有貨嗎",
            "between 2026-11-20 and 3 December, 1200 g",
            "11/20–11/25, 1000–2000 元",
            "what is the name of this lamp",
            "我是學生有折扣嗎",
        ] {
            assert_eq!(playbook.masked(text), text);
        }
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        let read = |text: &str| parse(&SourceFile { path: "playbook/masks.toml".to_owned(), text: text.to_owned() });
        let told = |text: &str| read(text).expect_err("a mistake").to_string();
        assert!(
            told("[[mask]]\nname = \"a\"\nregex = '我叫.'\n")
                .starts_with("playbook/masks.toml:3: this pattern needs a group")
        );
        assert!(
            told("[[mask]]\nname = \"a\"\nregex = '(?<hidden>'\n").starts_with("playbook/masks.toml:3: bad pattern")
        );
    }
}
