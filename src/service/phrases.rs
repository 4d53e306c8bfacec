//! Phrases: who may change which, and what they are like when they are stored.

use serde::Deserialize;
use uuid::Uuid;

use crate::{
    domain::{
        Agent, ByLang, UnixMs,
        agent::Permission,
        ids::AgentId,
        phrase::{Mistake, Phrase},
        sentence::Sentence,
    },
    store::{
        Store, StoreError,
        phrases::{self, Saved},
    },
};

/// A phrase as an agent sends it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct DraftPhrase {
    /// The version it was started from; 0 for a new one.
    #[serde(default)]
    pub version: i64,
    pub shortcut: String,
    #[serde(default)]
    pub category: String,
    pub texts: ByLang<String>,
    /// Everybody's; only of a new one.
    #[serde(default)]
    pub shared: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    #[error("{}", Sentence::all(.0.iter().map(|mistake| &mistake.message)))]
    Invalid(Vec<Mistake>),
    #[error("Everybody's phrases are changed by editors and supervisors; your own are yours.")]
    NotYours,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Everybody's by those who may write for everybody; one's own by oneself.
fn may_change(agent: &Agent, owner: Option<&AgentId>) -> bool {
    match owner {
        Some(owner) => *owner == agent.id,
        None => agent.role.may(Permission::Knowledge),
    }
}

/// Stores a new phrase.
///
/// # Errors
/// It is not well made, or not theirs to make.
pub async fn create(store: &Store, agent: &Agent, draft: DraftPhrase, at: UnixMs) -> Result<Saved, SaveError> {
    let owner = (!draft.shared).then(|| agent.id.clone());
    let phrase = checked(Uuid::now_v7().to_string(), owner, DraftPhrase { version: 0, ..draft }, agent)?;
    Ok(phrases::save(store, phrase, &agent.name, at).await?)
}

/// Changes one that is there; somebody else's own is as if it were not there.
///
/// # Errors
/// It is not well made, or not theirs to change.
pub async fn change(
    store: &Store,
    agent: &Agent,
    id: &str,
    draft: DraftPhrase,
    at: UnixMs,
) -> Result<Saved, SaveError> {
    let Some(stored) = visible(store, agent, id).await? else { return Ok(Saved::Missing) };
    let phrase = checked(stored.id, stored.owner, draft, agent)?;
    Ok(phrases::save(store, phrase, &agent.name, at).await?)
}

/// Takes one away.
///
/// # Errors
/// It is not theirs to take away.
pub async fn remove(store: &Store, agent: &Agent, id: &str, version: i64) -> Result<Saved, SaveError> {
    let Some(stored) = visible(store, agent, id).await? else { return Ok(Saved::Missing) };
    if !may_change(agent, stored.owner.as_ref()) {
        return Err(SaveError::NotYours);
    }
    let is_gone = phrases::remove(store, id, version).await?;
    Ok(if is_gone { Saved::Done(stored) } else { Saved::Conflict(stored) })
}

async fn visible(store: &Store, agent: &Agent, id: &str) -> Result<Option<Phrase>, StoreError> {
    let stored = phrases::load(store, id).await?;
    Ok(stored.filter(|phrase| phrase.owner.as_ref().is_none_or(|owner| *owner == agent.id)))
}

fn checked(id: String, owner: Option<AgentId>, draft: DraftPhrase, agent: &Agent) -> Result<Phrase, SaveError> {
    if !may_change(agent, owner.as_ref()) {
        return Err(SaveError::NotYours);
    }
    let DraftPhrase { version, shortcut, category, mut texts, .. } = draft;
    texts.0.retain(|_, text| !text.trim().is_empty());
    let (shortcut, category) = (shortcut.trim().trim_start_matches('/').to_owned(), category.trim().to_owned());
    let phrase = Phrase { id, owner, shortcut, category, texts, version, updated_at: 0, updated_by: None };
    let mistakes = phrase.mistakes();
    if mistakes.is_empty() { Ok(phrase) } else { Err(SaveError::Invalid(mistakes)) }
}
