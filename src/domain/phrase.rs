//! Phrases: what agents write again and again, with places that are filled when one is inserted.

use serde::{Deserialize, Serialize};

use super::{ByLang, Lang, UnixMs, ids::AgentId};
use crate::domain::sentence::{Sentence, sentence};

/// What `{…}` in a phrase may name: the shopper, their order, their return, who writes, the shop.
pub const PLACES: [&str; 5] = ["contact", "order", "return", "agent", "shop"];

const MAX_SHORTCUT_CHARS: usize = 40;
const MAX_CATEGORY_CHARS: usize = 60;
const MAX_TEXT_CHARS: usize = 4_000;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Phrase {
    /// UUIDv7, or the name a seed file gave it.
    pub id: String,
    /// Whose it is; `None`: everybody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<AgentId>,
    /// What is typed behind `/`.
    pub shortcut: String,
    pub category: String,
    pub texts: ByLang<String>,
    /// Grows with each change; 0 for one that is not stored yet.
    pub version: i64,
    #[serde(default)]
    pub updated_at: UnixMs,
    #[serde(default)]
    pub updated_by: Option<String>,
}

/// What keeps a phrase from being stored: the field, and a sentence about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mistake {
    /// `shortcut`, `category`, `texts`, `texts.en`, …
    pub field: String,
    #[serde(flatten)]
    pub message: Sentence,
}

impl Phrase {
    /// Empty when it may be stored.
    pub fn mistakes(&self) -> Vec<Mistake> {
        let mut mistakes = Vec::new();
        let mut note = |field: &str, message: Sentence| mistakes.push(Mistake { field: field.to_owned(), message });
        let shortcut_chars = self.shortcut.chars().count();
        if !(1..=MAX_SHORTCUT_CHARS).contains(&shortcut_chars) || self.shortcut.contains(char::is_whitespace) {
            note(
                "shortcut",
                sentence!("A shortcut has 1 to {most} characters and no spaces.", most = MAX_SHORTCUT_CHARS),
            );
        }
        if self.category.chars().count() > MAX_CATEGORY_CHARS {
            note("category", sentence!("A category has at most {most} characters.", most = MAX_CATEGORY_CHARS));
        }
        if self.texts.0.values().all(|text| text.trim().is_empty()) {
            note("texts", sentence!("A phrase needs words in one language at least."));
        }
        for (lang, text) in &self.texts.0 {
            if text.chars().count() > MAX_TEXT_CHARS {
                note(
                    &format!("texts.{lang}"),
                    sentence!("A phrase has at most {most} characters.", most = MAX_TEXT_CHARS),
                );
            }
            if let Some(place) = unknown_place(text) {
                let known = PLACES.map(|place| format!("{{{place}}}")).join(", ");
                note(
                    &format!("texts.{lang}"),
                    sentence!("{{place}} cannot be filled in; these can: {known}.", place, known),
                );
            }
        }
        mistakes
    }

    /// In this language, or the nearest one that is there.
    pub fn text(&self, lang: Lang) -> Option<&str> {
        let texts = &self.texts.0;
        lang.nearest().into_iter().find_map(|lang| texts.get(&lang)).map(String::as_str)
    }
}

/// A place that nothing fills.
pub fn unknown_place(text: &str) -> Option<&str> {
    places(text).find(|place| !PLACES.contains(place))
}

/// Stands where nothing was there to fill in.
pub const GAP: &str = "⋯⋯";

/// The text with its places filled in. Who the shopper is may stay unsaid; any other place that nothing fills is a gap.
pub fn filled(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut told = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('{') {
        let Some((place, after)) = behind.split_once('}').filter(|(place, _)| PLACES.contains(place)) else {
            told.push_str(before);
            told.push('{');
            rest = behind;
            continue;
        };
        told.push_str(before);
        match value(place) {
            Some(value) => told.push_str(&value),
            None if place == "contact" => told.truncate(told.strip_suffix(' ').unwrap_or(&told).len()),
            None => told.push_str(GAP),
        }
        rest = after;
    }
    told.push_str(rest);
    told
}

/// The names in `{…}`.
fn places(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrase(shortcut: &str, texts: &[(Lang, &str)]) -> Phrase {
        Phrase {
            id: "p".into(),
            owner: None,
            shortcut: shortcut.into(),
            category: String::new(),
            texts: ByLang(texts.iter().map(|(lang, text)| (*lang, (*text).to_owned())).collect()),
            version: 0,
            updated_at: 0,
            updated_by: None,
        }
    }

    #[test]
    fn what_cannot_be_filled_in_is_told_by_its_field() {
        assert_eq!(phrase("hi", &[(Lang::En, "Hello {contact}, {agent} here about {order}.")]).mistakes(), []);
        let told = |phrase: Phrase| phrase.mistakes().into_iter().map(|mistake| mistake.field).collect::<Vec<_>>();
        assert_eq!(told(phrase("hi", &[(Lang::En, "Hello {name}")])), ["texts.en"]);
        assert_eq!(told(phrase("two words", &[(Lang::En, " ")])), ["shortcut", "texts"]);
    }

    #[test]
    fn what_is_known_is_filled_in_and_what_is_not_is_left_open() {
        let value = |place: &str| (place == "order").then(|| "PW1".to_owned());
        assert_eq!(filled("Hello {contact}, {order} {other} {return}", value), "Hello, PW1 {other} ⋯⋯");
        assert_eq!(filled("{contact}您好 {", value), "您好 {");
    }

    #[test]
    fn the_nearest_language_stands_in() {
        let phrase = phrase("hi", &[(Lang::ZhHans, "hans"), (Lang::En, "en")]);
        assert_eq!(phrase.text(Lang::ZhHant), Some("hans"));
        assert_eq!(phrase.text(Lang::En), Some("en"));
    }
}
