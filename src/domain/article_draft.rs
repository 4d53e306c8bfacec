//! Drafts: what is being written about an article while its published text stays answered.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    Article, ArticleText, ByLang, UnixMs,
    article::{ArticleId, ArticleStatus, Care},
};

/// Everything of an article that an editor writes; unfinished as it may be.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Fields {
    #[serde(default)]
    pub category: String,
    #[serde(default)]
    pub products: Vec<String>,
    #[serde(default)]
    pub valid_from: Option<Date>,
    #[serde(default)]
    pub valid_until: Option<Date>,
    #[serde(default)]
    pub texts: ByLang<ArticleText>,
    #[serde(default)]
    pub care: Care,
}

/// One per article, shared by everybody who may write it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArticleDraft {
    #[serde(rename = "id")]
    pub article: ArticleId,
    /// The version it started from; 0: the article has none yet.
    pub version: i64,
    /// Grows with each save; a save names the one it started from.
    pub revision: i64,
    pub stage: Stage,
    /// When it publishes itself.
    pub publish_at: Option<UnixMs>,
    /// What its writer or its reviewer says about it.
    pub why: String,
    #[serde(flatten)]
    pub fields: Fields,
    pub updated_at: UnixMs,
    pub updated_by: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Writing,
    /// Waits for somebody who may publish.
    Review,
    /// Publishes itself at its time; any change of its text takes the time away.
    Scheduled,
    /// Its time came, but questions that must be answered would not have been any more: somebody has to look.
    Held,
}

impl Fields {
    pub fn of(article: Article) -> Fields {
        let Article { category, products, valid_from, valid_until, texts, care, .. } = article;
        Fields { category, products, valid_from, valid_until, texts, care }
    }

    pub fn into_article(self, id: ArticleId, status: ArticleStatus, version: i64) -> Article {
        let Fields { category, products, valid_from, valid_until, texts, care } = self;
        Article { id, status, category, products, valid_from, valid_until, texts, care, version }
    }
}
