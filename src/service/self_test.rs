//! The knowledge base examines itself: would each article still be found by a wording that nobody wrote down?
//!
//! Every similar question (title included) is asked as if it were not there. What then finds another article is a pair
//! that shoppers will be mixed up between; what finds nothing is an article that needs more wordings.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::{mind::Mind, quiet::quietly};
use crate::{
    domain::{Lang, UnixMs, article::ArticleId},
    error::Failure,
    language,
    nlu::{Topic, ranking::CHOICES},
    store::{Store, StoreError, self_tests},
};

/// Articles with fewer similar questions than this in a language are named: more help most here.
const ENOUGH_QUESTIONS: usize = 3;
/// Phrasings that are asked at most, spread evenly: a large shop's test should end within a minute.
const MOST_ASKED: usize = 3_000;
/// Pairs that are told, the most mistaken first.
const MOST_PAIRS: usize = 100;

/// What the knowledge base was found to be like.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SelfTest {
    /// The state of the articles it is of (`store::articles::changes`).
    pub changes: i64,
    pub at: UnixMs,
    pub phrasings: usize,
    /// Phrasings that were asked; fewer than all in a large shop.
    pub asked: usize,
    /// Of these: found their article first, among the first three, and would have been answered (rightly).
    pub first: usize,
    pub in_three: usize,
    pub answered: usize,
    pub answered_rightly: usize,
    /// The least found first.
    pub articles: Vec<ArticleTest>,
    pub confusable: Vec<Pair>,
    pub too_few: Vec<TooFew>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArticleTest {
    pub article: ArticleId,
    pub asked: usize,
    pub first: usize,
    pub in_three: usize,
}

/// Two articles that are taken for each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    pub article: ArticleId,
    /// Found first instead.
    pub other: ArticleId,
    /// Phrasings of `article` that find `other`.
    pub mistaken: usize,
    /// One of them, and the phrasing of `other` that drew it.
    pub phrasing: String,
    pub drawn_by: String,
    /// How sure the bot was: at or above the `answer` threshold it would have answered wrongly.
    pub chance: f32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TooFew {
    pub article: ArticleId,
    pub lang: Lang,
    /// Similar questions, without the title.
    pub questions: usize,
}

/// The one that is kept; `None` before the first, and where an earlier version's cannot be read.
pub async fn last(store: &Store) -> Result<Option<SelfTest>, StoreError> {
    Ok(self_tests::last(store).await?.and_then(|(_, json)| serde_json::from_str(&json).ok()))
}

/// Examines what the bot knows and keeps the result. `false` when it was stopped.
///
/// # Errors
/// The one of before stays.
pub async fn run(
    store: &Store,
    mind: Arc<Mind>,
    changes: i64,
    at: UnixMs,
    stopped: CancellationToken,
) -> Result<bool, Failure> {
    let examined = quietly("The self-test", move || examine(&mind, changes, at, || stopped.is_cancelled())).await?;
    let Some(test) = examined else { return Ok(false) };
    let json = serde_json::to_string(&test).map_err(|error| Failure::Other(error.to_string()))?;
    self_tests::keep(store, changes, json).await?;
    Ok(true)
}

/// Takes a millisecond or more per phrasing. `None` when `stopped` says that nobody waits for it any more.
pub fn examine(mind: &Mind, changes: i64, at: UnixMs, stopped: impl Fn() -> bool) -> Option<SelfTest> {
    let of_article = |topic: &Topic| match topic {
        Topic::Article(id) => Some(id.clone()),
        Topic::Intent(_) => None,
    };
    let all: Vec<_> = mind.written().filter_map(|written| Some((of_article(written.topic)?, written))).collect();
    let step = all.len().div_ceil(MOST_ASKED).max(1);
    let mut articles: BTreeMap<ArticleId, ArticleTest> = BTreeMap::new();
    let mut pairs: BTreeMap<(ArticleId, ArticleId), Pair> = BTreeMap::new();
    let (mut asked, mut answered, mut answered_rightly) = (0, 0, 0);
    // In two scripts the same words are one phrasing.
    let mut seen = BTreeSet::new();
    for (id, written) in all.iter().step_by(step) {
        if stopped() {
            return None;
        }
        if !seen.insert((id, language::normalise(written.text))) {
            continue;
        }
        let found = mind.find_unseen(written);
        let test = articles.entry(id.clone()).or_insert_with(|| ArticleTest {
            article: id.clone(),
            asked: 0,
            first: 0,
            in_three: 0,
        });
        asked += 1;
        test.asked += 1;
        test.in_three += usize::from(found.iter().take(CHOICES).any(|found| found.id == *id));
        let Some(best) = found.first() else { continue };
        let is_right = best.id == *id;
        test.first += usize::from(is_right);
        if best.score >= mind.playbook.thresholds.answer {
            answered += 1;
            answered_rightly += usize::from(is_right);
        }
        if !is_right {
            let pair = pairs.entry((id.clone(), best.id.clone())).or_insert_with(|| Pair {
                article: id.clone(),
                other: best.id.clone(),
                mistaken: 0,
                phrasing: String::new(),
                drawn_by: String::new(),
                chance: 0.0,
            });
            pair.mistaken += 1;
            if best.score > pair.chance {
                pair.phrasing = written.text.to_owned();
                pair.drawn_by = best.phrasing.clone();
                pair.chance = best.score;
            }
        }
    }
    let mut articles: Vec<ArticleTest> = articles.into_values().collect();
    let share = |test: &ArticleTest| test.first as f64 / test.asked.max(1) as f64;
    articles.sort_by(|a, b| share(a).total_cmp(&share(b)));
    let mut confusable: Vec<Pair> = pairs.into_values().collect();
    confusable.sort_by(|a, b| b.mistaken.cmp(&a.mistaken).then_with(|| b.chance.total_cmp(&a.chance)));
    confusable.truncate(MOST_PAIRS);
    Some(SelfTest {
        changes,
        at,
        phrasings: all.len(),
        asked,
        first: articles.iter().map(|test| test.first).sum(),
        in_three: articles.iter().map(|test| test.in_three).sum(),
        answered,
        answered_rightly,
        articles,
        confusable,
        too_few: too_few(mind),
    })
}

fn too_few(mind: &Mind) -> Vec<TooFew> {
    let texts =
        mind.shelf.values().flat_map(|article| article.texts.0.iter().map(move |(lang, text)| (article, lang, text)));
    texts
        .filter(|(_, _, text)| text.questions.len() < ENOUGH_QUESTIONS)
        .map(|(article, lang, text)| TooFew {
            article: article.id.clone(),
            lang: *lang,
            questions: text.questions.len(),
        })
        .collect()
}
