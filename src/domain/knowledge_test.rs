//! Tests of the knowledge base: a question, and what must become of it whatever else is published.

use serde::{Deserialize, Serialize};

use super::{Lang, UnixMs, article::ArticleId};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnowledgeTest {
    pub id: String,
    pub question: String,
    pub lang: Lang,
    #[serde(flatten)]
    pub expects: Expects,
    pub made_at: UnixMs,
    pub made_by: String,
}

/// What the bot must do with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "expects", content = "target", rename_all = "snake_case")]
pub enum Expects {
    /// Answer from this article.
    Article(ArticleId),
    /// Act on this intent.
    Intent(String),
    /// Answer nothing from the articles.
    Nothing,
}

impl Expects {
    /// As two columns.
    pub fn parts(&self) -> (&'static str, Option<&str>) {
        match self {
            Expects::Article(id) => ("article", Some(id)),
            Expects::Intent(name) => ("intent", Some(name)),
            Expects::Nothing => ("nothing", None),
        }
    }

    pub fn from_parts(expects: &str, target: Option<String>) -> Option<Expects> {
        match (expects, target) {
            ("article", Some(id)) => Some(Expects::Article(id)),
            ("intent", Some(name)) => Some(Expects::Intent(name)),
            ("nothing", None) => Some(Expects::Nothing),
            _ => None,
        }
    }
}
