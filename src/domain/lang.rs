//! The languages Warmline speaks. A language here includes its script.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default)]
pub enum Lang {
    #[default]
    #[serde(rename = "zh-Hant")]
    ZhHant,
    #[serde(rename = "zh-Hans")]
    ZhHans,
    #[serde(rename = "en")]
    En,
}

impl Lang {
    pub const ALL: [Lang; 3] = [Lang::ZhHant, Lang::ZhHans, Lang::En];

    /// The BCP 47 tag, as used in files, on the wire and in HTML.
    pub fn tag(self) -> &'static str {
        match self {
            Lang::ZhHant => "zh-Hant",
            Lang::ZhHans => "zh-Hans",
            Lang::En => "en",
        }
    }

    pub fn is_chinese(self) -> bool {
        self != Lang::En
    }

    /// The order in which another language stands in for a missing one.
    pub fn nearest(self) -> [Lang; 3] {
        match self {
            Lang::ZhHant => [Lang::ZhHant, Lang::ZhHans, Lang::En],
            Lang::ZhHans => [Lang::ZhHans, Lang::ZhHant, Lang::En],
            Lang::En => [Lang::En, Lang::ZhHant, Lang::ZhHans],
        }
    }
}

impl std::fmt::Display for Lang {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.tag())
    }
}

impl std::str::FromStr for Lang {
    type Err = String;

    /// Accepts the common spellings browsers and people use (`zh-TW`, `zh_CN`, `en-GB`).
    fn from_str(text: &str) -> Result<Self, String> {
        let tag = text.trim().replace('_', "-").to_ascii_lowercase();
        match tag.as_str() {
            "zh-hant" | "zh-tw" | "zh-hk" | "zh-mo" => Ok(Lang::ZhHant),
            "zh" | "zh-hans" | "zh-cn" | "zh-sg" | "zh-my" => Ok(Lang::ZhHans),
            _ if tag.starts_with("zh-hant") => Ok(Lang::ZhHant),
            _ if tag.starts_with("zh-") => Ok(Lang::ZhHans),
            _ if tag == "en" || tag.starts_with("en-") => Ok(Lang::En),
            _ => Err(format!("unknown language {text:?}; known are zh-Hant, zh-Hans, en")),
        }
    }
}

/// One value per language; a missing one falls back to the nearest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ByLang<T>(pub std::collections::BTreeMap<Lang, T>);

impl<T> Default for ByLang<T> {
    fn default() -> Self {
        Self(Default::default())
    }
}

impl<T> ByLang<T> {
    pub fn get(&self, lang: Lang) -> Option<&T> {
        lang.nearest().into_iter().find_map(|lang| self.0.get(&lang))
    }

    pub fn exact(&self, lang: Lang) -> Option<&T> {
        self.0.get(&lang)
    }
}
