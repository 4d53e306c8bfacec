//! Articles: one answer each, in one or more languages, with the questions that ask for it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

use super::{ByLang, Lang};

/// Chosen by the editor: `a-z`, digits and dashes; the file name of the article.
pub type ArticleId = String;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Article {
    pub id: ArticleId,
    pub status: ArticleStatus,
    pub category: String,
    pub products: Vec<String>,
    /// First and last day on which the answer is true, in the shop's zone.
    pub valid_from: Option<Date>,
    pub valid_until: Option<Date>,
    pub texts: ByLang<ArticleText>,
    #[serde(default)]
    pub care: Care,
    /// Grows with each save; a save names the version it started from (optimistic locking).
    pub version: i64,
}

/// Who an article is for, and who looks after it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Care {
    pub audience: Audience,
    /// The name of whoever keeps it true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// When it should be read again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_on: Option<Date>,
    /// By language: what its text was made from.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub translated: BTreeMap<Lang, Translated>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    #[default]
    Everyone,
    /// Never answered by the bot, never on a public page.
    Staff,
}

/// The source of a translation as it was then: once the source says something else, the translation is stale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Translated {
    pub from: Lang,
    pub title: String,
    pub body: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArticleStatus {
    Draft,
    Published,
    Archived,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ArticleText {
    pub title: String,
    /// Similar questions.
    pub questions: Vec<String>,
    /// Markdown.
    pub body: String,
}

impl Article {
    pub fn is_valid_on(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_until.is_none_or(|until| day <= until)
    }

    /// Whether the bot may answer from it that day.
    pub fn is_answered_on(&self, day: Date) -> bool {
        self.status == ArticleStatus::Published && self.care.audience == Audience::Everyone && self.is_valid_on(day)
    }

    /// Languages whose source has changed since they were made from it.
    pub fn stale(&self) -> impl Iterator<Item = Lang> {
        self.care.translated.iter().filter_map(|(&lang, made)| {
            let source = self.texts.exact(made.from)?;
            let is_stale =
                self.texts.exact(lang).is_some() && (&source.title, &source.body) != (&made.title, &made.body);
            is_stale.then_some(lang)
        })
    }

    /// The text in the wanted language or the nearest one, with the language it is in.
    pub fn text(&self, lang: Lang) -> Option<(Lang, &ArticleText)> {
        lang.nearest().into_iter().find_map(|lang| self.texts.exact(lang).map(|text| (lang, text)))
    }
}

/// The articles the bot may answer from at this moment, by id.
pub type Shelf = BTreeMap<ArticleId, Arc<Article>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_translation_is_stale_once_its_source_says_something_else() {
        let text = |body: &str| ArticleText { title: "Fee".into(), questions: vec![], body: body.into() };
        let made = Translated { from: Lang::ZhHant, title: "Fee".into(), body: "90".into() };
        let mut article = Article {
            id: "fee".into(),
            status: ArticleStatus::Published,
            category: "delivery".into(),
            products: vec![],
            valid_from: None,
            valid_until: None,
            texts: ByLang(BTreeMap::from([(Lang::ZhHant, text("90")), (Lang::En, text("NT$90"))])),
            care: Care { translated: BTreeMap::from([(Lang::En, made)]), ..Care::default() },
            version: 1,
        };
        assert_eq!(article.stale().count(), 0);
        article.texts.0.insert(Lang::ZhHant, ArticleText { questions: vec!["more".into()], ..text("90") });
        assert_eq!(article.stale().count(), 0, "phrasings are each language's own");
        article.texts.0.insert(Lang::ZhHant, text("100"));
        assert_eq!(article.stale().collect::<Vec<_>>(), [Lang::En]);
        article.texts.0.remove(&Lang::ZhHant);
        assert_eq!(article.stale().count(), 0, "without a source there is nothing to follow");
    }
}
