//! The regression set of the knowledge base: run at each publish, before anything goes live.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{
    articles::{SaveError, short},
    mind::Mind,
    replay::{self, Outcome},
};
use crate::{
    dialogue::Decision,
    domain::{
        AgentRef, Expects, KnowledgeTest, Lang, Now, UnixMs,
        audit::{Change, Deed},
        sentence::sentence,
    },
    error::Failure,
    shop::Shop,
    store::{Store, StoreError, knowledge_tests},
};

const MAX_QUESTION_CHARS: usize = 500;
const MOST_TESTS: usize = 2_000;

/// A test as an editor sends it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct DraftTest {
    pub question: String,
    #[serde(default)]
    pub lang: Lang,
    #[serde(flatten)]
    pub expects: Expects,
    /// For the log of changes.
    #[serde(default)]
    pub why: String,
}

/// How well a test went; better ones are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Failed,
    /// The bot asks which is meant, and the right one is among the buttons.
    Asked,
    Passed,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Checked {
    #[serde(flatten)]
    pub test: KnowledgeTest,
    pub verdict: Verdict,
    pub got: Outcome,
}

/// What a run was made for, besides publishing by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// An article published itself at its time.
    Scheduled,
    /// It did not: it would have broken a test, and this shop refuses that.
    Held,
    Imported,
}

/// One run of the whole set, as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Run {
    pub at: UnixMs,
    pub by: String,
    /// The article or file whose change it was run for.
    pub of: Option<String>,
    /// Where it was no publish by hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<Occasion>,
    /// The version of the article that came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    pub passed: usize,
    pub asked: usize,
    pub failed: usize,
    /// Tests that went better before the change.
    pub broken: Vec<Checked>,
    /// Tests that went worse before the change.
    pub fixed: Vec<Checked>,
}

/// Adds a question to the set.
///
/// # Errors
/// It is empty or too long, or there are too many.
pub async fn add(store: &Store, draft: DraftTest, by: AgentRef, at: UnixMs) -> Result<KnowledgeTest, SaveError> {
    let question = draft.question.trim().to_owned();
    if question.is_empty() || question.chars().count() > MAX_QUESTION_CHARS {
        return Err(SaveError::one("question", sentence!("A test's question has 1 to 500 characters.")));
    }
    let tests = knowledge_tests::list(store).await?;
    if tests.len() >= MOST_TESTS {
        return Err(SaveError::one("question", sentence!("There are 2000 tests already; remove some first.")));
    }
    // The same question again is a change of mind.
    let same = tests.into_iter().find(|test| test.question == question && test.lang == draft.lang);
    let test = KnowledgeTest {
        id: same.map_or_else(|| Uuid::now_v7().to_string(), |test| test.id),
        question,
        lang: draft.lang,
        expects: draft.expects,
        made_at: at,
        made_by: by.name.clone(),
    };
    let change = changed(Deed::TestSaved, &test, &draft.why, by, at);
    knowledge_tests::save(store, test.clone(), change).await?;
    Ok(test)
}

/// Takes a question out of the set; false: it was not in it.
///
/// # Errors
/// The database was not there.
pub async fn remove(store: &Store, id: &str, why: &str, by: AgentRef, at: UnixMs) -> Result<bool, StoreError> {
    let test = knowledge_tests::list(store).await?.into_iter().find(|test| test.id == id);
    let Some(test) = test else { return Ok(false) };
    knowledge_tests::remove(store, id, changed(Deed::TestRemoved, &test, why, by, at)).await
}

/// Says whether what breaks a test may be published.
///
/// # Errors
/// The database was not there.
pub async fn set_refusal(store: &Store, refuses: bool, why: &str, by: AgentRef, at: UnixMs) -> Result<(), StoreError> {
    let detail = json!({"refuses_broken_tests": refuses, "why": short(why)});
    let change = Change { at, by, deed: Deed::RefusalSet, about: "knowledge_tests".into(), detail };
    knowledge_tests::set_refuses_broken(store, refuses, change).await
}

fn changed(deed: Deed, test: &KnowledgeTest, why: &str, by: AgentRef, at: UnixMs) -> Change {
    let detail =
        json!({"question": short(&test.question), "lang": test.lang, "expects": test.expects, "why": short(why)});
    Change { at, by, deed, about: test.id.clone(), detail }
}

/// Asks every question. Some milliseconds each, on all cores.
pub fn check(mind: &Mind, shop: &Shop, tests: &[KnowledgeTest], now: &Now) -> Vec<Checked> {
    replay::in_parallel(tests, |test| {
        let got = replay::outcome(mind, shop, &test.question, test.lang, now);
        let verdict = match &test.expects {
            Expects::Article(id) if got.article.as_ref() == Some(id) => Verdict::Passed,
            Expects::Article(id) if got.choices.contains(id) => Verdict::Asked,
            Expects::Article(_) => Verdict::Failed,
            Expects::Nothing => match got.decision {
                Decision::Answer => Verdict::Failed,
                Decision::Clarify => Verdict::Asked,
                _ => Verdict::Passed,
            },
            Expects::Intent(name) => {
                let is_acted_on = matches!(got.decision, Decision::Reply | Decision::Flow | Decision::Handoff);
                let heard = replay::intent(mind, &test.question);
                match heard.is_some_and(|heard| heard.name == *name) {
                    true if is_acted_on => Verdict::Passed,
                    true => Verdict::Asked,
                    false => Verdict::Failed,
                }
            }
        };
        Checked { test: test.clone(), verdict, got }
    })
}

/// What a change does to the set.
pub fn compare(before: &[Checked], after: &[Checked], (of, by, at): (Option<&str>, &str, UnixMs)) -> Run {
    let count = |verdict| after.iter().filter(|checked| checked.verdict == verdict).count();
    let changed = |is_worse: bool| {
        let pairs = before.iter().zip(after);
        let differ = pairs.filter(move |(before, after)| match is_worse {
            true => after.verdict < before.verdict,
            false => after.verdict > before.verdict,
        });
        differ.map(|(_, after)| after.clone()).collect()
    };
    Run {
        at,
        by: by.to_owned(),
        of: of.map(str::to_owned),
        how: None,
        version: None,
        passed: count(Verdict::Passed),
        asked: count(Verdict::Asked),
        failed: count(Verdict::Failed),
        broken: changed(true),
        fixed: changed(false),
    }
}

/// Keeps what came of it.
pub async fn keep(store: &Store, run: &Run) -> Result<(), Failure> {
    let json = serde_json::to_string(run).map_err(|error| Failure::Other(error.to_string()))?;
    Ok(knowledge_tests::note_run(store, Uuid::now_v7().to_string(), run.at, json).await?)
}

/// The last runs, newest first, as they were kept.
pub async fn runs(store: &Store, most: i64) -> Result<Vec<serde_json::Value>, StoreError> {
    let kept = knowledge_tests::runs(store, most).await?;
    Ok(kept.iter().filter_map(|json| serde_json::from_str(json).ok()).collect())
}

/// Of each version of an article whose publish broke tests: the questions, as far as its run is kept.
pub async fn broken_by(store: &Store, article: &str) -> Result<BTreeMap<i64, Vec<String>>, StoreError> {
    let mut broken = BTreeMap::new();
    for run in runs(store, knowledge_tests::KEPT_RUNS).await? {
        let questions = run["broken"].as_array().into_iter().flatten().filter_map(|test| test["question"].as_str());
        let questions: Vec<String> = questions.map(str::to_owned).collect();
        if let (Some(version), false) = (run["version"].as_i64(), questions.is_empty())
            && run["of"] == article
        {
            broken.insert(version, questions);
        }
    }
    Ok(broken)
}
