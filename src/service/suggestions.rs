//! What an agent may want to insert: the articles the bot would think of, and phrases that speak of the same.

use serde::Serialize;

use super::mind::Mind;
use crate::{
    domain::{Lang, article::ArticleId},
    store::phrases::Used,
};

/// Articles below this chance are not worth an agent's glance.
const LEAST_CHANCE: f32 = 0.12;
const MOST_ARTICLES: usize = 2;
/// Likeness of a phrase to what the shopper said, from which on it is offered.
const LEAST_LIKENESS: f32 = 0.3;
const MOST_PHRASES: usize = 2;
/// A phrase that the agent uses often needs a little less of it.
const HABIT: f32 = 0.02;

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Suggestions {
    /// Best first.
    pub articles: Vec<SuggestedArticle>,
    pub phrases: Vec<SuggestedPhrase>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SuggestedArticle {
    pub id: ArticleId,
    pub title: String,
    /// Markdown, in `lang`.
    pub body: String,
    pub lang: Lang,
    /// The bot's own, 0 to 1.
    pub chance: f32,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SuggestedPhrase {
    pub id: String,
    /// Of what it says to what the shopper said, 0 to 1.
    pub likeness: f32,
}

/// For what the shopper has said since the last answer.
pub fn suggest(mind: &Mind, said: &str, lang: Lang, phrases: &[Used]) -> Suggestions {
    let found = mind.understand(said).articles;
    let articles = found.iter().filter(|found| found.score >= LEAST_CHANCE).filter_map(|found| {
        let (lang, text) = mind.shelf.get(&found.id)?.text(lang)?;
        Some(SuggestedArticle {
            id: found.id.clone(),
            title: text.title.clone(),
            body: text.body.trim().to_owned(),
            lang,
            chance: found.score,
        })
    });
    Suggestions { articles: articles.take(MOST_ARTICLES).collect(), phrases: alike(mind, said, lang, phrases) }
}

fn alike(mind: &Mind, said: &str, lang: Lang, phrases: &[Used]) -> Vec<SuggestedPhrase> {
    let texts: Vec<(&Used, &str)> = phrases.iter().filter_map(|used| Some((used, used.phrase.text(lang)?))).collect();
    let likeness = mind.likeness(said, texts.iter().map(|(_, text)| *text));
    let mut found: Vec<(f32, SuggestedPhrase)> = texts
        .iter()
        .zip(likeness)
        .filter(|(_, likeness)| *likeness >= LEAST_LIKENESS)
        .map(|((used, _), likeness)| {
            let habit = HABIT * (used.own_uses.clamp(0, 100) as f32).ln_1p();
            (likeness + habit, SuggestedPhrase { id: used.phrase.id.clone(), likeness })
        })
        .collect();
    found.sort_by(|one, other| other.0.total_cmp(&one.0));
    found.into_iter().take(MOST_PHRASES).map(|(_, phrase)| phrase).collect()
}
