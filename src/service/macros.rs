//! Macros: who may change which, and what one would do to a conversation, shown before it is done.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::conversations::recall;
use crate::{
    app::App,
    domain::{
        Agent, ByLang, Lang, Level, WrapUp,
        agent::{Permission, may},
        handoff::Tried,
        ids::{AgentId, ConversationId, TeamId},
        macros::{Macro, MacroAct},
        phrase::{GAP, Mistake, Phrase, filled},
        sentence::{Sentence, sentence},
    },
    store::{
        Store, StoreError, conversations,
        macros::{self, Saved},
        phrases, teams,
    },
};

/// A macro as an agent sends it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct DraftMacro {
    /// The version it was started from; 0 for a new one.
    #[serde(default)]
    pub version: i64,
    pub names: ByLang<String>,
    pub acts: Vec<MacroAct>,
    /// Everybody's; only of a new one.
    #[serde(default)]
    pub shared: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    #[error("{}", Sentence::all(.0.iter().map(|mistake| &mistake.message)))]
    Invalid(Vec<Mistake>),
    #[error("Everybody's macros are changed by editors and supervisors; your own are yours.")]
    NotYours,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a macro would do to one conversation: acts as a run takes them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Preview {
    pub conv: ConversationId,
    /// The assignment that was seen.
    pub epoch: i64,
    pub acts: Vec<PreparedAct>,
    /// A place was left open, or a phrase is not there any more: somebody has to look.
    pub has_gap: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum PreparedAct {
    Take,
    Message {
        text: String,
    },
    Note {
        text: String,
    },
    Transfer {
        to: PreparedTeam,
        note: String,
    },
    Priority {
        level: Level,
    },
    Release,
    HandBack,
    Tag {
        add: Vec<String>,
        remove: Vec<String>,
    },
    Resolve {
        #[serde(skip_serializing_if = "Option::is_none")]
        wrap_up: Option<WrapUp>,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PreparedTeam {
    pub team: TeamId,
}

/// Everybody's by those who may write for everybody; one's own by oneself.
fn may_change(agent: &Agent, owner: Option<&AgentId>) -> bool {
    match owner {
        Some(owner) => *owner == agent.id,
        None => may(agent, &[], Permission::Knowledge, None),
    }
}

/// Stores a new macro.
///
/// # Errors
/// It is not well made, or not theirs to make.
pub async fn create(app: &App, agent: &Agent, draft: DraftMacro) -> Result<Saved, SaveError> {
    let owner = (!draft.shared).then(|| agent.id.clone());
    let one = checked(app, Uuid::now_v7().to_string(), owner, DraftMacro { version: 0, ..draft }, agent).await?;
    Ok(macros::save(&app.store, one, &agent.name, app.clock.now_ms()).await?)
}

/// Changes one that is there; somebody else's own is as if it were not there.
///
/// # Errors
/// It is not well made, or not theirs to change.
pub async fn change(app: &App, agent: &Agent, id: &str, draft: DraftMacro) -> Result<Saved, SaveError> {
    let Some(stored) = visible(&app.store, agent, id).await? else { return Ok(Saved::Missing) };
    let one = checked(app, stored.id, stored.owner, draft, agent).await?;
    Ok(macros::save(&app.store, one, &agent.name, app.clock.now_ms()).await?)
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
    let is_gone = macros::remove(store, id, version).await?;
    Ok(if is_gone { Saved::Done(stored) } else { Saved::Conflict(stored) })
}

async fn visible(store: &Store, agent: &Agent, id: &str) -> Result<Option<Macro>, StoreError> {
    let stored = macros::load(store, id).await?;
    Ok(stored.filter(|one| one.owner.as_ref().is_none_or(|owner| *owner == agent.id)))
}

async fn checked(
    app: &App,
    id: String,
    owner: Option<AgentId>,
    draft: DraftMacro,
    agent: &Agent,
) -> Result<Macro, SaveError> {
    if !may_change(agent, owner.as_ref()) {
        return Err(SaveError::NotYours);
    }
    let DraftMacro { version, mut names, acts, .. } = draft;
    names.0.retain(|_, name| !name.trim().is_empty());
    let one = Macro { id, owner, names, acts, version, updated_at: 0, updated_by: None };
    let mut mistakes = one.mistakes();
    if mistakes.is_empty() {
        mistakes = loose_ends(app, &one).await?;
    }
    if mistakes.is_empty() { Ok(one) } else { Err(SaveError::Invalid(mistakes)) }
}

/// Acts with what is not there (any more), or not for everybody who may run the macro.
async fn loose_ends(app: &App, one: &Macro) -> Result<Vec<Mistake>, StoreError> {
    let mind = app.mind();
    let choices = &mind.playbook.wrap_up;
    let mut mistakes = Vec::new();
    for (at, act) in one.acts.iter().enumerate() {
        let missing = match act {
            MacroAct::Phrase { phrase } => {
                let found = phrases::load(&app.store, phrase).await?;
                let is_there = found.is_some_and(|phrase| phrase.owner.is_none() || phrase.owner == one.owner);
                (!is_there).then(|| sentence!("Choose a phrase."))
            }
            MacroAct::Transfer { team, .. } => {
                let is_there = teams::list(&app.store).await?.iter().any(|known| known.id == *team);
                (!is_there).then(|| sentence!("Choose a team."))
            }
            MacroAct::Tag { add, .. } => {
                (!add.iter().all(|tag| choices.has_tag(tag))).then(|| sentence!("Choose a tag."))
            }
            MacroAct::Resolve { category, outcome } => {
                let are_there = category.iter().all(|id| choices.has_category(id))
                    && outcome.iter().all(|id| choices.has_outcome(id));
                (!are_there).then(|| sentence!("Choose a category and an outcome from the lists."))
            }
            _ => None,
        };
        mistakes.extend(missing.map(|message| Mistake { field: format!("acts.{at}"), message }));
    }
    Ok(mistakes)
}

/// What it would do to each of these that are there; `None` if there is no such macro for this agent.
///
/// # Errors
/// The database was not there.
pub async fn preview(
    app: &App,
    agent: &Agent,
    id: &str,
    convs: &[ConversationId],
) -> Result<Option<Vec<Preview>>, StoreError> {
    let Some(one) = visible(&app.store, agent, id).await? else { return Ok(None) };
    let used = phrases::list_for(&app.store, &agent.id).await?;
    let phrases: BTreeMap<String, Phrase> =
        used.into_iter().map(|used| (used.phrase.id.clone(), used.phrase)).collect();
    let mut previews = Vec::new();
    for conv in convs {
        let Some(conversation) = conversations::load(&app.store, conv).await? else { continue };
        let lang = conversation.lang;
        let state = recall(&conversation);
        let shop = app.mind().playbook.texts("shop_name").remove(&lang);
        let memory = &state.memory;
        let value = |place: &str| match place {
            "agent" => Some(agent.name.clone()),
            "shop" => shop.clone(),
            // A masked name is nothing to call somebody by.
            "contact" => memory.customer.clone().filter(|name| !name.contains(['@', '…', '*'])),
            "order" => memory.current_order.clone(),
            "return" => memory.tried.iter().rev().find_map(|tried| match tried {
                Tried::ReturnOpened { number } => Some(number.clone()),
                _ => None,
            }),
            _ => None,
        };
        let mut tags = memory.tags.clone();
        let acts: Vec<PreparedAct> =
            one.acts.iter().map(|act| prepared(act, &phrases, lang, value, &mut tags)).collect();
        let has_gap = acts.iter().any(PreparedAct::has_gap);
        previews.push(Preview { conv: conv.clone(), epoch: conversation.assign_epoch, acts, has_gap });
    }
    Ok(Some(previews))
}

/// `tags`: those that are on it before this act, and then those after it.
fn prepared(
    act: &MacroAct,
    phrases: &BTreeMap<String, Phrase>,
    lang: Lang,
    value: impl Fn(&str) -> Option<String>,
    tags: &mut Vec<String>,
) -> PreparedAct {
    match act {
        MacroAct::Take => PreparedAct::Take,
        MacroAct::Phrase { phrase } => {
            let text = phrases.get(phrase).and_then(|phrase| phrase.text(lang)).unwrap_or(GAP);
            PreparedAct::Message { text: filled(text, value) }
        }
        MacroAct::Note { text } => PreparedAct::Note { text: filled(text, value) },
        MacroAct::Transfer { team, note } => {
            PreparedAct::Transfer { to: PreparedTeam { team: team.clone() }, note: filled(note, value) }
        }
        MacroAct::Priority { level } => PreparedAct::Priority { level: *level },
        MacroAct::Release => PreparedAct::Release,
        MacroAct::HandBack => PreparedAct::HandBack,
        MacroAct::Tag { add, remove } => {
            tags.retain(|tag| !remove.contains(tag) && !add.contains(tag));
            tags.extend(add.iter().cloned());
            PreparedAct::Tag { add: add.clone(), remove: remove.clone() }
        }
        MacroAct::Resolve { category: None, outcome: None } => PreparedAct::Resolve { wrap_up: None },
        MacroAct::Resolve { category, outcome } => {
            let (category, outcome) = (category.clone(), outcome.clone());
            PreparedAct::Resolve { wrap_up: Some(WrapUp { category, outcome, tags: tags.clone() }) }
        }
    }
}

impl PreparedAct {
    fn has_gap(&self) -> bool {
        match self {
            PreparedAct::Message { text } | PreparedAct::Note { text } | PreparedAct::Transfer { note: text, .. } => {
                text.contains(GAP)
            }
            _ => false,
        }
    }
}
