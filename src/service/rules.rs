//! The rules' file: read, changed by one at a time, and tried on what was.

use sha2::{Digest as _, Sha256};

use super::conversations as turns;
use crate::{
    app::App,
    dialogue::rules::{Firing, replay},
    domain::{
        AgentRef, UnixMs,
        audit::Change,
        ids::ConversationId,
        playbook::{FileError, Playbook, SourceFile},
        time::DAY_MS,
    },
    store::{
        Store, StoreError, conversations, desk,
        playbook_files::{self, FileChange, FileSaved},
    },
};

const PATH: &str = "playbook/rules.toml";

/// Conversations that are looked at: those that changed last.
const MOST_CONVERSATIONS: usize = 5_000;
/// Entries of one that are looked at: the last.
const MOST_ENTRIES: i64 = 2_000;
/// Firings of a rule that are shown.
const EXAMPLES: usize = 5;

#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct RulesFile {
    pub text: String,
    /// Another one as soon as a letter differs.
    pub version: String,
}

/// Why a file was not saved or tried.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    #[error(transparent)]
    Wrong(#[from] FileError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Saved {
    Done(RulesFile),
    /// Somebody was faster. Nothing was written.
    Conflict(RulesFile),
}

/// What a file would have done.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Tried {
    /// Conversations that were looked at.
    pub looked_at: usize,
    /// There were more; the oldest were left out.
    pub is_cut: bool,
    /// In the file's order, those too that would have done nothing.
    pub rules: Vec<TriedRule>,
}

#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct TriedRule {
    pub rule: String,
    pub firings: usize,
    pub conversations: usize,
    /// The newest.
    pub examples: Vec<Example>,
}

#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Example {
    pub conv: ConversationId,
    #[serde(flatten)]
    pub firing: Firing,
    /// The beginning of the conversation's last message.
    pub preview: String,
}

fn file_of(files: &[SourceFile]) -> RulesFile {
    let text = files.iter().find(|file| file.path == PATH).map_or(String::new(), |file| file.text.clone());
    let version = Sha256::digest(&text).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    RulesFile { text, version }
}

/// As it is stored; empty where the playbook has none.
///
/// # Errors
/// The database was not there.
pub async fn load(store: &Store) -> Result<RulesFile, StoreError> {
    Ok(file_of(&playbook_files::all(store).await?))
}

/// The playbook with this text as its rules: the first mistake is told with its line.
fn with_rules(mut files: Vec<SourceFile>, text: &str) -> Result<Playbook, FileError> {
    files.retain(|file| file.path != PATH);
    files.push(SourceFile { path: PATH.to_owned(), text: text.to_owned() });
    Playbook::parse(&files)
}

/// Stores it if the stored one is still at this version. Running servers follow within seconds.
///
/// # Errors
/// It has a mistake, or the database was not there.
pub async fn save(store: &Store, version: &str, text: &str, by: AgentRef, at: UnixMs) -> Result<Saved, RulesError> {
    let files = playbook_files::all(store).await?;
    let is_there = files.iter().any(|file| file.path == PATH);
    let stored = file_of(&files);
    with_rules(files, text)?;
    if stored.version != version {
        return Ok(Saved::Conflict(stored));
    }
    let file = SourceFile { path: PATH.to_owned(), text: text.to_owned() };
    let base = is_there.then_some(stored.text);
    let wish = FileChange { file, base, why: String::new(), change: Change::of_file(by, at) };
    let saved = playbook_files::replace_one(store, wish).await?;
    let now = load(store).await?;
    Ok(if saved == FileSaved::Done { Saved::Done(now) } else { Saved::Conflict(now) })
}

/// What these rules would have done since then; nothing is written.
///
/// # Errors
/// The text has a mistake, or the database was not there.
pub async fn try_on_history(
    store: &Store,
    text: &str,
    since: UnixMs,
    now: UnixMs,
    zone: &jiff::tz::TimeZone,
) -> Result<Tried, RulesError> {
    let files = playbook_files::all(store).await?;
    let playbook = with_rules(files, text)?;
    let mut rows = desk::rows_changed_since(store, since).await?;
    rows.sort_by(|one, other| (other.updated_at, &one.conv).cmp(&(one.updated_at, &other.conv)));
    let is_cut = rows.len() > MOST_CONVERSATIONS;
    rows.truncate(MOST_CONVERSATIONS);
    let mut found: Vec<Example> = Vec::new();
    for row in &rows {
        let Some(conversation) = conversations::load(store, &row.conv).await? else { continue };
        let state = turns::recall(&conversation);
        let entries = conversations::last_entries(store, &row.conv, MOST_ENTRIES).await?;
        let (inbox, lang, tier) = (&conversation.inbox, conversation.lang, state.memory.tier.as_deref());
        let firings = replay(&playbook, inbox, lang, tier, &entries, now, zone);
        let example = |firing| Example { conv: row.conv.clone(), firing, preview: row.preview.clone() };
        found.extend(firings.into_iter().filter(|firing| firing.at >= since).map(example));
    }
    found.sort_by_key(|example| -example.firing.at);
    let rules = playbook.rules.iter().map(|rule| {
        let of_rule: Vec<&Example> = found.iter().filter(|example| example.firing.rule == rule.name).collect();
        let mut convs: Vec<&ConversationId> = of_rule.iter().map(|example| &example.conv).collect();
        convs.sort();
        convs.dedup();
        TriedRule {
            rule: rule.name.clone(),
            firings: of_rule.len(),
            conversations: convs.len(),
            examples: of_rule.into_iter().take(EXAMPLES).cloned().collect(),
        }
    });
    Ok(Tried { looked_at: rows.len(), is_cut, rules: rules.collect() })
}

/// The same, from some days ago until now.
///
/// # Errors
/// As [`try_on_history`].
pub async fn try_here(app: &App, text: &str, days: i64) -> Result<Tried, RulesError> {
    let now = app.now();
    try_on_history(&app.store, text, now.at - days * DAY_MS, now.at, &now.zone).await
}
