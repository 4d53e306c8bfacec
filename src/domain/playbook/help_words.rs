//! What the public help centre says besides articles, and how the shop looks there: `playbook/help.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{FileError, SourceFile, TomlFile};
use crate::domain::{ByLang, Lang, sentence::sentence};

/// What is said where a shop's own file says nothing.
const BUILT_IN: &str = include_str!("../../../playbook/help.toml");
/// A picture inside the page is paid for by every visit.
const MAX_LOGO_BYTES: usize = 8 * 1024;
/// How a shop is reached is its own: never said from our file in another shop's name.
const OF_THE_SHOP_ALONE: &str = "contact";

/// Checked: every word that a page needs is there in every language.
#[derive(Debug, Clone, PartialEq)]
pub struct HelpWords {
    /// A path on this server or a `data:image/…`; empty for none.
    pub logo: String,
    /// What stands beside a shared link where an article has no picture of its own: an address on this server, or empty.
    pub share: String,
    /// Topics in the order they are shown; others follow by name.
    pub order: Vec<String>,
    pub texts: ByLang<HelpText>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HelpText {
    words: BTreeMap<String, String>,
    /// The topics' names by category.
    categories: BTreeMap<String, String>,
}

impl HelpText {
    /// Silent.
    pub const fn none() -> HelpText {
        HelpText { words: BTreeMap::new(), categories: BTreeMap::new() }
    }

    /// Empty for a word that no file has.
    pub fn word(&self, key: &str) -> &str {
        self.words.get(key).map_or("", String::as_str)
    }

    /// With `{name}` filled in.
    pub fn filled(&self, key: &str, name: &str, value: &str) -> String {
        self.word(key).replace(&format!("{{{name}}}"), value)
    }

    /// Those that have a name.
    pub fn categories(&self) -> impl Iterator<Item = &String> {
        self.categories.keys()
    }

    /// A category without a name of its own is its own name.
    pub fn category<'a>(&'a self, category: &'a str) -> &'a str {
        self.categories.get(category).map_or(category, String::as_str)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    logo: Option<Spanned<String>>,
    share: Option<Spanned<String>>,
    order: Option<Vec<String>>,
    #[serde(rename = "zh-Hant", default)]
    zh_hant: RawText,
    #[serde(rename = "zh-Hans", default)]
    zh_hans: RawText,
    #[serde(default)]
    en: RawText,
}

type RawText = BTreeMap<String, Spanned<RawWord>>;

#[derive(Deserialize)]
#[serde(untagged)]
enum RawWord {
    Word(String),
    Categories(BTreeMap<String, String>),
}

/// `None`: a playbook of before.
pub fn parse(file: Option<&SourceFile>) -> Result<HelpWords, FileError> {
    let built_in = SourceFile { path: "playbook/help.toml".to_owned(), text: BUILT_IN.to_owned() };
    let ours: RawFile = TomlFile::new(&built_in).read()?;
    let Some(file) = file else {
        return Ok(put_together(ours, RawFile::empty()));
    };
    let toml = TomlFile::new(file);
    let theirs: RawFile = toml.read()?;
    if let Some(logo) = &theirs.logo {
        let is_ours = logo.get_ref().starts_with('/') && !logo.get_ref().starts_with("//");
        if !(logo.get_ref().is_empty() || is_ours || logo.get_ref().starts_with("data:image/")) {
            return Err(toml.error_on(logo, sentence!("a logo is an address on this server (/…) or data:image/…")));
        }
        if logo.get_ref().len() > MAX_LOGO_BYTES {
            return Err(toml.error_on(logo, sentence!("the logo has more than {most} bytes", most = MAX_LOGO_BYTES)));
        }
    }
    if let Some(share) = &theirs.share {
        let address = share.get_ref();
        let is_shown = [".png", ".jpg", ".jpeg"].iter().any(|ending| address.ends_with(ending));
        if !(address.is_empty() || (address.starts_with('/') && !address.starts_with("//") && is_shown)) {
            let message = sentence!("a picture for shared links is a PNG or JPEG on this server (/… .png or .jpg)");
            return Err(toml.error_on(share, message));
        }
    }
    for (theirs, ours) in [(&theirs.zh_hant, &ours.zh_hant), (&theirs.zh_hans, &ours.zh_hans), (&theirs.en, &ours.en)] {
        for (key, word) in theirs {
            match (word.get_ref(), ours.get(key).map(Spanned::get_ref)) {
                (RawWord::Word(_), Some(RawWord::Word(_))) | (RawWord::Categories(_), Some(RawWord::Categories(_))) => {
                }
                _ => return Err(toml.error_on(word, sentence!("no page says \"{key}\"; is it a slip?", key))),
            }
        }
    }
    Ok(put_together(ours, theirs))
}

fn put_together(ours: RawFile, theirs: RawFile) -> HelpWords {
    let both = |ours: RawText, theirs: RawText| {
        let mut text = HelpText::default();
        for (key, word) in ours.into_iter().filter(|(key, _)| key != OF_THE_SHOP_ALONE).chain(theirs) {
            match word.into_inner() {
                RawWord::Word(word) => _ = text.words.insert(key, word),
                RawWord::Categories(categories) => text.categories.extend(categories),
            }
        }
        text
    };
    HelpWords {
        logo: theirs.logo.map(Spanned::into_inner).unwrap_or_default(),
        share: theirs.share.map(Spanned::into_inner).unwrap_or_default(),
        order: theirs.order.or(ours.order).unwrap_or_default(),
        texts: ByLang(BTreeMap::from([
            (Lang::ZhHant, both(ours.zh_hant, theirs.zh_hant)),
            (Lang::ZhHans, both(ours.zh_hans, theirs.zh_hans)),
            (Lang::En, both(ours.en, theirs.en)),
        ])),
    }
}

impl RawFile {
    fn empty() -> RawFile {
        let none = RawText::default;
        RawFile { logo: None, share: None, order: None, zh_hant: none(), zh_hans: none(), en: none() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<HelpWords, FileError> {
        parse(Some(&SourceFile { path: "playbook/help.toml".to_owned(), text: text.to_owned() }))
    }

    #[test]
    fn what_a_shop_leaves_out_is_said_by_us_but_never_our_phone_number() {
        let shop = read("[en]\ntitle = \"Answers\"\n[en.categories]\nspare = \"Spare parts\"\n").expect("no mistake");
        let (en, hant) = (shop.texts.exact(Lang::En).unwrap(), shop.texts.exact(Lang::ZhHant).unwrap());
        assert_eq!((en.word("title"), en.word("yes"), hant.word("yes")), ("Answers", "Yes", "有"));
        assert_eq!((en.category("spare"), en.category("returns"), en.category("x")), ("Spare parts", "Returns", "x"));
        assert_eq!((en.word("contact"), shop.logo.as_str()), ("", ""));
        assert_eq!(parse(None).expect("ours").texts.exact(Lang::En).unwrap().word("contact"), "");
        assert!(read(BUILT_IN).expect("ours").texts.exact(Lang::En).unwrap().word("contact").contains("perchwood"));
        assert_eq!(hant.filled("all_of", "n", "7"), "全部 7 則");
    }

    #[test]
    fn our_languages_say_the_same_words_and_mistakes_have_a_line() {
        let ours = read(BUILT_IN).expect("no mistake");
        let keys = |lang| ours.texts.exact(lang).unwrap().words.keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(Lang::ZhHant), keys(Lang::En));
        assert_eq!(keys(Lang::ZhHans), keys(Lang::En));
        for (text, told) in [
            ("[en]\ntitel = \"A\"\n", "playbook/help.toml:2: no page says \"titel\""),
            ("\nlogo = \"https://x.example/a.png\"\n", "playbook/help.toml:2: a logo is"),
            ("share = \"/demo/icon.svg\"\n", "playbook/help.toml:1: a picture for shared links is a PNG"),
            ("color = \"red\"\n", "playbook/help.toml:1: unknown field"),
        ] {
            let error = read(text).expect_err("a mistake").to_string();
            assert!(error.starts_with(told), "{error}");
        }
    }
}
