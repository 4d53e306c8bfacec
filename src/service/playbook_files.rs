//! Intents and policies edited in the console: the same files' format, checked and tried before they go live.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use serde::{Deserialize, Serialize};

use super::{
    articles::short,
    rights::{INTENTS, POLICIES},
    seeds,
    trial::{self, Supposed, Trial},
};
use crate::{
    app::App,
    domain::{
        AgentRef, UnixMs,
        audit::Change,
        playbook::{FileError, FlowRules, IntentForm, Playbook, ReturnPolicy, Setting, Settings, SourceFile},
    },
    error::Failure,
    store::{
        Store, StoreError, articles,
        playbook_files::{self, FileChange, FileSaved},
    },
};

/// The policy files that are edited here.
const RETURNS: &str = "playbook/returns.toml";
/// Not there in playbooks of before: then it is begun as what the bot does without it.
const FLOWS: &str = "playbook/flows.toml";

/// A file in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    pub path: String,
    /// `intents` or `policies`: the category its rights are of.
    pub category: &'static str,
}

#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// Nothing was saved.
    #[error("{0}")]
    Mistake(FileError),
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<StoreError> for EditError {
    fn from(error: StoreError) -> Self {
        EditError::Failure(error.into())
    }
}

/// Which category's rights a file is under; `None`: it is not edited here.
pub fn category(path: &str) -> Option<&'static str> {
    if [RETURNS, FLOWS].contains(&path) {
        return Some(POLICIES);
    }
    let name = path.strip_prefix("intents/")?.strip_suffix(".toml")?;
    let is_name = !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-'));
    is_name.then_some(INTENTS)
}

/// By path.
pub async fn list(store: &Store) -> Result<Vec<Listed>, StoreError> {
    let files = playbook_files::all(store).await?;
    let mut paths: Vec<String> = files.into_iter().map(|file| file.path).collect();
    if !paths.iter().any(|path| path == FLOWS) {
        paths.push(FLOWS.to_owned());
    }
    Ok(paths.into_iter().filter_map(|path| Some(Listed { category: category(&path)?, path })).collect())
}

/// What a file says, or would say if it were there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Text {
    pub content: String,
    /// It is not there yet.
    pub is_new: bool,
}

/// `None` if there is no such file.
pub async fn load(app: &App, path: &str) -> Result<Option<Text>, StoreError> {
    let files = playbook_files::all(&app.store).await?;
    let stored = files.into_iter().find(|file| file.path == path);
    let stored = stored.map(|file| Text { content: file.text, is_new: false });
    let new = || Text { content: app.mind().playbook.flows.written(), is_new: true };
    Ok(stored.or_else(|| (path == FLOWS).then(new)))
}

/// Those that somebody holds.
static IN_USE: Mutex<Vec<Weak<Playbook>>> = Mutex::new(Vec::new());

/// The playbook of these files: parsed, which takes a tenth of a second, once while somebody holds it.
///
/// # Errors
/// The first mistake, with its line.
pub fn parsed(files: &[SourceFile]) -> Result<Arc<Playbook>, FileError> {
    let in_use = || IN_USE.lock().unwrap_or_else(PoisonError::into_inner);
    let digest = SourceFile::digest(files);
    let known = in_use().iter().filter_map(Weak::upgrade).find(|playbook| playbook.digest == digest);
    if let Some(playbook) = known {
        return Ok(playbook);
    }
    let playbook = Arc::new(Playbook::parse(files)?);
    let mut in_use = in_use();
    in_use.retain(|playbook| playbook.strong_count() > 0);
    in_use.push(Arc::downgrade(&playbook));
    Ok(playbook)
}

/// The playbook as it would be with this file.
///
/// # Errors
/// The first mistake, with its line.
pub async fn read(store: &Store, file: &SourceFile) -> Result<Playbook, EditError> {
    let mut files = playbook_files::all(store).await?;
    match files.iter_mut().find(|known| known.path == file.path) {
        Some(known) => known.text.clone_from(&file.text),
        None => files.push(file.clone()),
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    let playbook = Playbook::parse(&files).map_err(EditError::Mistake)?;
    let articles: Vec<_> = articles::list(store).await?.into_iter().map(|stored| stored.article).collect();
    // Links that other files have broken before are not this editor's.
    match seeds::check_links(&playbook, &files, &articles) {
        Err(error) if error.path == file.path => Err(EditError::Mistake(error)),
        _ => Ok(playbook),
    }
}

/// What the file would change: real questions, tests, and past messages in which its intent is heard.
pub async fn try_out(app: &Arc<App>, file: &SourceFile, most: usize, by: &str) -> Result<Trial, EditError> {
    let playbook = Box::new(read(&app.store, file).await?);
    let supposed = Supposed::Playbook { playbook, intent: intent_of(&file.path) };
    Ok(trial::run(app, supposed, most, &file.path, by).await?)
}

/// What a file says, as a form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileForm {
    Intent(IntentForm),
    Returns(ReturnPolicy),
    Settings(Settings),
}

impl FileForm {
    /// # Errors
    /// The text is no such file.
    pub fn read(file: &SourceFile) -> Result<FileForm, FileError> {
        match intent_of(&file.path) {
            Some(_) => IntentForm::read(file).map(FileForm::Intent),
            None if file.path == FLOWS => FlowRules::form(file).map(FileForm::Settings),
            None => ReturnPolicy::read(file).map(FileForm::Returns),
        }
    }

    /// The text with this form in the place of what it said; comments stay.
    ///
    /// # Errors
    /// The text cannot be read.
    pub fn write(&self, file: &SourceFile) -> Result<String, FileError> {
        match self {
            FileForm::Intent(form) => form.write(file),
            FileForm::Returns(policy) => policy.write(file),
            FileForm::Settings(settings) => settings.write(file),
        }
    }

    /// What the settings of such a file are.
    pub fn settings(&self) -> &'static [Setting] {
        match self {
            FileForm::Settings(_) => FlowRules::SETTINGS,
            FileForm::Intent(_) | FileForm::Returns(_) => &[],
        }
    }
}

/// Puts it into force, if the file still says what the editor started from.
pub async fn save(
    store: &Store,
    file: SourceFile,
    base: Option<String>,
    why: &str,
    by: AgentRef,
    at: UnixMs,
) -> Result<FileSaved, EditError> {
    read(store, &file).await?;
    let wish = FileChange { file, base, why: short(why), change: Change::of_file(by, at) };
    Ok(playbook_files::replace_one(store, wish).await?)
}

/// The intent a file is of.
pub fn intent_of(path: &str) -> Option<String> {
    Some(path.strip_prefix("intents/")?.strip_suffix(".toml")?.to_owned())
}
