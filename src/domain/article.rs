//! Articles: one answer each, in one or more languages, with the questions that ask for it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// Grows with each save; a save names the version it started from (optimistic locking).
    pub version: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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

    /// The text in the wanted language or the nearest one, with the language it is in.
    pub fn text(&self, lang: Lang) -> Option<(Lang, &ArticleText)> {
        lang.nearest().into_iter().find_map(|lang| self.texts.exact(lang).map(|text| (lang, text)))
    }
}

/// The articles the bot may answer from at this moment, by id.
pub type Shelf = BTreeMap<ArticleId, Article>;
