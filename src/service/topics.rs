//! The categories of articles: named and ordered in `playbook/help.toml`, and whatever articles have besides.

use std::collections::BTreeMap;

use serde::Serialize;

use super::rule_files::{self, RuleError};
use crate::{
    app::App,
    domain::{
        Agent, Lang,
        playbook::{FieldProblem, with_order, with_topic},
        sentence::{Sentence, sentence},
    },
    store::{StoreError, articles},
};

const HELP_FILE: &str = "playbook/help.toml";
const MAX_NAME_CHARS: usize = 40;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Topic {
    pub id: String,
    /// A language without one says the id.
    pub names: BTreeMap<Lang, String>,
    /// Archived ones are not counted.
    pub articles: i64,
}

/// In the order of the help centre; then what articles have besides, by name.
pub async fn list(app: &App) -> Result<Vec<Topic>, StoreError> {
    let counts = articles::categories(&app.store).await?;
    let mind = app.mind();
    let help = &mind.playbook.help;
    let mut ids = help.categories();
    ids.extend(counts.keys().filter(|id| !ids.contains(id)).cloned().collect::<Vec<_>>());
    let topic = |id: String| {
        let name = |lang: Lang| Some((lang, help.texts.exact(lang)?.category(&id).to_owned()));
        let names = Lang::ALL.into_iter().filter_map(name).filter(|(_, name)| *name != id).collect();
        Topic { names, articles: counts.get(&id).copied().unwrap_or_default(), id }
    };
    Ok(ids.into_iter().map(topic).collect())
}

/// Puts the categories in this order; those it does not name follow as they stood.
///
/// # Errors
/// One of them is not there, or somebody was faster. Then nothing was written.
pub async fn reorder(app: &App, admin: &Agent, wanted: &[String]) -> Result<(), RuleError> {
    let problem = |message: Sentence| RuleError::Form(vec![FieldProblem { field: "order".to_owned(), message }]);
    let known: Vec<String> = list(app).await?.into_iter().map(|topic| topic.id).collect();
    if let Some(stranger) = wanted.iter().find(|id| !known.contains(id)) {
        return Err(problem(sentence!("There is no category {stranger}.", stranger)));
    }
    let mut order: Vec<String> = Vec::new();
    for id in wanted.iter().chain(&known) {
        if !order.contains(id) {
            order.push(id.clone());
        }
    }
    let stored = rule_files::file(app, HELP_FILE).await?;
    let text = with_order(&stored.text, &order).map_err(problem)?;
    rule_files::save(app, admin, HELP_FILE, stored.version, &text).await.map(|_| ())
}

/// Adds a category or names it anew; without names, takes it away.
///
/// # Errors
/// What is wrong with which field, articles still have it, or somebody was faster. Then nothing was written.
pub async fn change(
    app: &App,
    admin: &Agent,
    id: &str,
    names: Option<&BTreeMap<Lang, String>>,
) -> Result<(), RuleError> {
    let problem = |field: &str, message: Sentence| FieldProblem { field: field.to_owned(), message };
    let is_id = (1..=40).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let mut problems = Vec::new();
    if !is_id {
        problems.push(problem("id", sentence!("A category's id has small letters, digits and dashes, at most 40.")));
    }
    for (lang, name) in names.into_iter().flatten() {
        if name.trim().is_empty() || name.chars().count() > MAX_NAME_CHARS {
            problems.push(problem(&format!("names.{lang}"), sentence!("A category's name has 1 to 40 characters.")));
        }
    }
    if names.is_none() && articles::categories(&app.store).await?.contains_key(id) {
        problems.push(problem("id", sentence!("There are still articles in this category.")));
    }
    if !problems.is_empty() {
        return Err(RuleError::Form(problems));
    }
    let stored = rule_files::file(app, HELP_FILE).await?;
    let text = with_topic(&stored.text, id, names).map_err(|message| RuleError::Form(vec![problem("id", message)]))?;
    rule_files::save(app, admin, HELP_FILE, stored.version, &text).await.map(|_| ())
}
