//! A change tried before it goes live: real questions of lately and the regression set, before and after it.

use std::{sync::Arc, time::Instant};

use serde::{Deserialize, Serialize};

use super::{
    knowledge_tests::{self, Run},
    mind::Mind,
    practice::{self, Practice},
    replay::{self, Question, Replay},
};
use crate::{
    app::App,
    domain::{Article, KnowledgeTest, Lang, Now, article::ArticleId, ids::ConversationId, playbook::Playbook},
    error::Failure,
    language::normalise,
    shop::Shop,
    store::{self, StoreError},
};

/// Questions that a trial asks at most.
pub const MOST_QUESTIONS: usize = 500;
/// Past messages shown of each kind.
const MOST_MATCHES: usize = 30;

/// What would be different.
pub enum Supposed {
    /// Published in the place of those of their ids; of an import, many.
    Articles(Vec<Article>),
    Without(ArticleId),
    /// The whole playbook, and the intent whose file is edited.
    Playbook {
        playbook: Box<Playbook>,
        intent: Option<String>,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trial {
    pub replay: Replay,
    pub tests: Run,
    /// Past messages in which the edited intent is heard, or was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matches: Option<Matches>,
    /// Of flows and policies: how the practice conversations would read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub practice: Option<Practice>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Matches {
    pub before: usize,
    pub after: usize,
    pub gained: Vec<Match>,
    pub lost: Vec<Match>,
    pub kept: Vec<Match>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Match {
    /// Personal data masked.
    pub question: String,
    pub lang: Lang,
    pub conversation: ConversationId,
}

/// Asks the last `most` questions and every test, before and after. `of` names what is edited, `by` who asks.
///
/// # Errors
/// The database was not there, or the index could not be built.
pub async fn run(app: &Arc<App>, supposed: Supposed, most: usize, of: &str, by: &str) -> Result<Trial, Failure> {
    let questions = recent(app, most).await?;
    try_out(app, supposed, Some(questions), of, by).await
}

/// The tests alone; `None` where there are none.
///
/// # Errors
/// As [`run`].
pub async fn tests(app: &Arc<App>, supposed: Supposed, of: &str, by: &str) -> Result<Option<Run>, Failure> {
    if store::knowledge_tests::list(&app.store).await?.is_empty() {
        return Ok(None);
    }
    Ok(Some(try_out(app, supposed, None, of, by).await?.tests))
}

/// What shoppers asked the bot lately, newest first.
pub async fn recent(app: &App, most: usize) -> Result<Vec<Question>, StoreError> {
    let most = most.min(MOST_QUESTIONS);
    let said = store::questions::recent(&app.store, i64::try_from(most).unwrap_or(i64::MAX)).await?;
    Ok(replay::questions(&said, most))
}

/// What is typed into an intent: a pattern, or a wording that is to be understood.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Typed {
    Pattern(String),
    Example(String),
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PastMatches {
    /// Past messages that were looked at.
    pub of: usize,
    /// Those that a pattern matches; absent for an example, which is nearer or farther.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matched: Option<usize>,
    /// Some of them, newest first; for an example the nearest first.
    pub matches: Vec<Match>,
    /// What is wrong with the pattern.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mistake: Option<String>,
}

/// Past messages shown below what is typed.
const MOST_NEAR: usize = 8;

/// Which past messages a pattern matches, or which are nearest in meaning to an example.
///
/// # Errors
/// The database was not there.
pub async fn past_matches(app: &Arc<App>, typed: Typed) -> Result<PastMatches, Failure> {
    let questions = recent(app, MOST_QUESTIONS).await?;
    let of = questions.len();
    let mind = app.mind();
    let shown = |questions: Vec<Question>| -> Vec<Match> {
        let mut matches: Vec<Match> = Vec::new();
        for Question { text, lang, conversation, .. } in questions {
            let question = replay::masked(&mind.playbook.masked(&text));
            if matches.len() < MOST_NEAR && matches.iter().all(|known| known.question != question) {
                matches.push(Match { question, lang, conversation });
            }
        }
        matches
    };
    match typed {
        Typed::Pattern(written) => {
            let files = store::playbook_files::all(&app.store).await?;
            let pattern = match Playbook::pattern(&files, &written) {
                Ok(pattern) => pattern,
                Err(mistake) => {
                    return Ok(PastMatches { of, matched: None, matches: Vec::new(), mistake: Some(mistake) });
                }
            };
            let found: Vec<Question> =
                questions.into_iter().filter(|question| pattern.is_match(&normalise(&question.text))).collect();
            Ok(PastMatches { of, matched: Some(found.len()), matches: shown(found), mistake: None })
        }
        Typed::Example(example) => {
            let mind = mind.clone();
            let nearest = tokio::task::spawn_blocking(move || {
                let alike = mind.likeness(&example, questions.iter().map(|question| question.text.as_str()));
                let mut nearest: Vec<(f32, Question)> = alike.into_iter().zip(questions).collect();
                nearest.sort_by(|(one, _), (other, _)| other.total_cmp(one));
                nearest.into_iter().map(|(_, question)| question).collect::<Vec<_>>()
            });
            let nearest = nearest.await.map_err(|error| Failure::Other(format!("The look broke off: {error}.")))?;
            Ok(PastMatches { of, matched: None, matches: shown(nearest), mistake: None })
        }
    }
}

/// `questions`: `None` asks the tests alone.
async fn try_out(
    app: &Arc<App>,
    supposed: Supposed,
    questions: Option<Vec<Question>>,
    of: &str,
    by: &str,
) -> Result<Trial, Failure> {
    let tests = store::knowledge_tests::list(&app.store).await?;
    let (app, now, of, by) = (app.clone(), app.now(), of.to_owned(), by.to_owned());
    // Much arithmetic: a thread of its own, sockets go on meanwhile.
    let tried = tokio::task::spawn_blocking(move || {
        let began = Instant::now();
        let before = app.mind();
        let practises = questions.is_some() && matches!(supposed, Supposed::Playbook { intent: None, .. });
        let questions = questions.unwrap_or_default();
        let (after, edited, intent) = suppose(&before, supposed)?;
        let mut told = replay::replay(&before, &after, &app.shop, &questions, edited.as_deref(), &now);
        let check = |mind: &Mind| knowledge_tests::check(mind, &app.shop, &tests, &now);
        let run = knowledge_tests::compare(&check(&before), &check(&after), (Some(&of), &by, now.at));
        let matches = intent.map(|intent| matches(&before, &after, &questions, &intent));
        let practice = practises.then(|| practice::practise(&before, &after, &now));
        told.took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(Trial { replay: told, tests: run, matches, practice })
    });
    tried
        .await
        .map_err(|error| Failure::Other(format!("The trial broke off: {error}.")))?
        .map_err(|error: tantivy::TantivyError| Failure::Other(format!("The search index cannot be built: {error}.")))
}

/// What articles and a playbook from files would do to the regression set, for a command that has no server.
///
/// # Errors
/// The index could not be built.
pub fn of_files(
    before: &Mind,
    (articles, playbook): (Vec<Article>, Option<Arc<Playbook>>),
    shop: &Shop,
    tests: &[KnowledgeTest],
    (of, now): (&str, &Now),
) -> Result<Run, Failure> {
    let after = before.supposing(articles).and_then(|after| match playbook {
        Some(playbook) => after.under(playbook),
        None => Ok(after),
    });
    let after = after.map_err(|error| Failure::Other(format!("The search index cannot be built: {error}.")))?;
    let check = |mind: &Mind| knowledge_tests::check(mind, shop, tests, now);
    Ok(knowledge_tests::compare(&check(before), &check(&after), (Some(of), "warmline import", now.at)))
}

fn suppose(mind: &Mind, supposed: Supposed) -> tantivy::Result<(Mind, Option<ArticleId>, Option<String>)> {
    Ok(match supposed {
        Supposed::Articles(articles) => {
            let edited = articles.first().filter(|_| articles.len() == 1).map(|article| article.id.clone());
            (mind.supposing(articles)?, edited, None)
        }
        Supposed::Without(id) => (mind.without(&id)?, None, None),
        Supposed::Playbook { playbook, intent } => (mind.under(Arc::new(*playbook))?, None, intent),
    })
}

fn matches(before: &Mind, after: &Mind, questions: &[Question], intent: &str) -> Matches {
    let hears = |mind: &Mind, question: &Question| {
        let score = mind.playbook.thresholds.answer;
        replay::intent(mind, &question.text).is_some_and(|heard| heard.name == intent && heard.score >= score)
    };
    let heard = replay::in_parallel(questions, |question| (hears(before, question), hears(after, question)));
    let mut found = Matches::default();
    for (question, (was, is)) in questions.iter().zip(heard) {
        found.before += usize::from(was);
        found.after += usize::from(is);
        let list = match (was, is) {
            (true, true) => &mut found.kept,
            (false, true) => &mut found.gained,
            (true, false) => &mut found.lost,
            (false, false) => continue,
        };
        let text = replay::masked(&after.playbook.masked(&question.text));
        if list.len() < MOST_MATCHES && list.iter().all(|shown| shown.question != text) {
            list.push(Match { question: text, lang: question.lang, conversation: question.conversation.clone() });
        }
    }
    found
}
