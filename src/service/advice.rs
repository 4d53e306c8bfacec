//! Advice on similar questions while they are typed: too few, too alike, or another article's. Asked of the real index.

use serde::Serialize;

use super::mind::Mind;
use crate::{
    domain::{ArticleText, Lang, article::ArticleId},
    language::normalise,
    nlu::{self, Topic},
};

/// Fewer than this in a language, and wordings that nobody wrote down are not found.
const ENOUGH: usize = 5;
/// Likeness of meaning of two of one's own from which on the second adds nothing.
const TOO_ALIKE: f32 = 0.93;
/// Another article this sure of a question would take it, or share it.
const CLASH: f32 = 0.35;

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "advice", rename_all = "snake_case")]
pub enum Advice {
    TooFew {
        have: usize,
        want: usize,
    },
    /// Two of its own say the same.
    Alike {
        question: String,
        other: String,
    },
    /// Another article has it, or would be found for it.
    Clash {
        question: String,
        article: ArticleId,
        title: String,
        /// The other article's phrasing, and how sure the bot would be of that article.
        phrasing: String,
        chance: f32,
        /// It has the very words.
        same: bool,
    },
    /// An intent would act on it before any article is asked.
    Intent {
        question: String,
        intent: String,
    },
}

/// For one language of an article; its own stored phrasings do not count.
pub fn advise(mind: &Mind, id: &str, lang: Lang, text: &ArticleText) -> Vec<Advice> {
    let mut found = Vec::new();
    if text.questions.len() < ENOUGH {
        found.push(Advice::TooFew { have: text.questions.len(), want: ENOUGH });
    }
    let questions: Vec<&str> =
        text.questions.iter().map(|question| question.trim()).filter(|q| !q.is_empty()).collect();
    let all: Vec<&str> = std::iter::once(text.title.trim()).chain(questions.iter().copied()).collect();
    for (at, question) in all.iter().enumerate().skip(1) {
        if let Some(other) = alike(mind, question, &all[..at]) {
            found.push(Advice::Alike { question: (*question).to_owned(), other });
        }
    }
    found.extend(all.iter().filter(|text| !text.is_empty()).filter_map(|question| clash(mind, id, lang, question)));
    found
}

fn alike(mind: &Mind, question: &str, others: &[&str]) -> Option<String> {
    let form = |text: &str| normalise(text).chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let own = form(question);
    if let Some(same) = others.iter().find(|other| !own.is_empty() && form(other) == own) {
        return Some((*same).to_owned());
    }
    let likeness = mind.likeness(question, others.iter().copied());
    let nearest = likeness.iter().zip(others).max_by(|one, other| one.0.total_cmp(other.0))?;
    (*nearest.0 >= TOO_ALIKE).then(|| (*nearest.1).to_owned())
}

fn clash(mind: &Mind, id: &str, lang: Lang, question: &str) -> Option<Advice> {
    let heard = mind.understand_beside(question, Some(&Topic::Article(id.to_owned())));
    let sure = heard.intents.first().filter(|intent| matches!(intent.by, nlu::MatchedBy::Pattern(_)));
    if let Some(intent) = sure {
        return Some(Advice::Intent { question: question.to_owned(), intent: intent.name.clone() });
    }
    let other = heard.articles.iter().find(|found| found.id != id)?;
    if other.score < CLASH {
        return None;
    }
    let title = mind.shelf.get(&other.id).and_then(|article| article.text(lang)).map(|(_, text)| text.title.clone());
    Some(Advice::Clash {
        question: question.to_owned(),
        article: other.id.clone(),
        title: title.unwrap_or_else(|| other.id.clone()),
        phrasing: other.phrasing.clone(),
        chance: other.score,
        same: other.features.exact,
    })
}
