//! The playbook's files, as staff change them while the shop runs: checked as a whole, saved over the version they were
//! read at, in force on every node within a second.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use toml_edit::{Array, DocumentMut};

use super::knowledge;
use crate::{
    app::App,
    bus::Event,
    domain::{
        Agent, AgentRef, Lang,
        audit::{Change, Deed},
        ids::InboxId,
        playbook::{FieldProblem, FileError, InboxForm, Playbook, SourceFile},
        sentence::{Sentence, sentence},
    },
    store::{
        StoreError,
        playbook_files::{self, FilesSaved, StoredFile},
    },
};

pub const DESK_FILE: &str = "playbook/desk.toml";

/// Files of this folder are edited here; intents have a page of their own.
const FOLDER: &str = "playbook/";

const MAX_SHOP_NAME_CHARS: usize = 40;

/// Somebody else may save another file this many times in between.
const MAX_TRIES: usize = 4;

#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    #[error("There is no such file.")]
    Missing,
    /// Not always in the file that was changed: a list that is taken out of one may be missing in another.
    #[error("{0}")]
    Invalid(FileError),
    #[error("{}", Sentence::all(.0.iter().map(|problem| &problem.message)))]
    Form(Vec<FieldProblem>),
    #[error("This was changed by {} in the meantime. Nothing of yours was saved yet.", .0.updated_by.as_deref().unwrap_or("somebody"))]
    Conflict(Box<StoredFile>),
    #[error("Others are changing rules at this moment. Nothing of yours was saved yet; please try again.")]
    Contended,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The files that are edited here, by path.
///
/// # Errors
/// The database was not there.
pub async fn files(app: &App) -> Result<Vec<StoredFile>, StoreError> {
    let mut files = playbook_files::stored_all(&app.store).await?;
    files.retain(|file| file.path.starts_with(FOLDER));
    Ok(files)
}

/// # Errors
/// There is no such file, or the database was not there.
pub async fn file(app: &App, path: &str) -> Result<StoredFile, RuleError> {
    let found = files(app).await?.into_iter().find(|file| file.path == path);
    found.ok_or(RuleError::Missing)
}

/// What would be wrong with the playbook if this file said that; `None`: nothing.
///
/// # Errors
/// There is no such file, or the database was not there.
pub async fn check(app: &App, path: &str, text: &str) -> Result<Option<FileError>, RuleError> {
    file(app, path).await?;
    let all = playbook_files::stored_all(&app.store).await?;
    let texts = [SourceFile { path: path.to_owned(), text: text.to_owned() }];
    Ok(mistake(&all, &texts).await)
}

/// Saves a file over the version it was read at.
///
/// # Errors
/// What is wrong and in which line; or that somebody was faster. Then nothing was written.
pub async fn save(app: &App, admin: &Agent, path: &str, version: i64, text: &str) -> Result<StoredFile, RuleError> {
    // Line ends of the page's field.
    let text = text.replace("\r\n", "\n");
    for _ in 0..MAX_TRIES {
        let all = playbook_files::stored_all(&app.store).await?;
        let stored = all.iter().find(|file| file.path == path && file.path.starts_with(FOLDER));
        let Some(stored) = stored else { return Err(RuleError::Missing) };
        if stored.version != version {
            return Err(RuleError::Conflict(Box::new(stored.clone())));
        }
        if stored.text == text {
            return Ok(stored.clone());
        }
        let texts = vec![SourceFile { path: path.to_owned(), text: text.clone() }];
        if let FilesSaved::Done = put(app, admin, &all, texts, json!({"version": version + 1})).await? {
            return file(app, path).await;
        }
    }
    Err(RuleError::Contended)
}

/// Checked together with everything else, saved, and in force on this node when it answers.
async fn put(
    app: &App,
    admin: &Agent,
    all: &[StoredFile],
    texts: Vec<SourceFile>,
    detail: Value,
) -> Result<FilesSaved, RuleError> {
    if let Some(mistake) = mistake(all, &texts).await {
        return Err(RuleError::Invalid(mistake));
    }
    let change = Change {
        at: app.clock.now_ms(),
        by: AgentRef { id: admin.id.clone(), name: admin.name.clone() },
        deed: Deed::FileSaved,
        about: String::new(),
        detail,
    };
    match playbook_files::save(&app.store, all, texts, change).await? {
        FilesSaved::Conflict(stored) => Err(RuleError::Conflict(Box::new(stored))),
        saved => {
            app.bus.publish(&Event::KnowledgeChanged);
            knowledge::wait_for(app).await;
            app.dispatch_due.notify_one();
            Ok(saved)
        }
    }
}

/// The shop's name as the bot says it, one line in each language's replies. Of what else is in those files, nothing changes.
///
/// # Errors
/// What is wrong with which language's; then nothing was written.
pub async fn rename_shop(app: &App, admin: &Agent, names: &BTreeMap<Lang, String>) -> Result<(), RuleError> {
    let problems: Vec<_> = names
        .iter()
        .filter(|(_, name)| name.trim().is_empty() || name.chars().count() > MAX_SHOP_NAME_CHARS)
        .map(|(lang, _)| FieldProblem {
            field: format!("names.{lang}"),
            message: sentence!("A shop's name has 1 to {most} characters.", most = MAX_SHOP_NAME_CHARS),
        })
        .collect();
    if !problems.is_empty() {
        return Err(RuleError::Form(problems));
    }
    for _ in 0..MAX_TRIES {
        let all = playbook_files::stored_all(&app.store).await?;
        let mut texts = Vec::new();
        for (lang, name) in names {
            let path = format!("{FOLDER}replies.{lang}.toml");
            let Some(stored) = all.iter().find(|file| file.path == path) else { return Err(RuleError::Missing) };
            let Ok(mut document) = stored.text.parse::<DocumentMut>() else { return Err(RuleError::Missing) };
            document["shop_name"] = toml_edit::value(Array::from_iter([name.trim()]));
            texts.push(SourceFile { path, text: document.to_string() });
        }
        texts.retain(|text| !all.iter().any(|file| file.path == text.path && file.text == text.text));
        if texts.is_empty() {
            return Ok(());
        }
        match put(app, admin, &all, texts, json!({"shop_name": names})).await {
            Ok(FilesSaved::Done) => return Ok(()),
            // Somebody saved one of these: the name goes into what they wrote.
            Ok(_) | Err(RuleError::Conflict(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Err(RuleError::Contended)
}

/// One inbox's part of `desk.toml`, and the version it was read at.
///
/// # Errors
/// The database was not there.
pub async fn inbox(app: &App, inbox: &InboxId) -> Result<(i64, InboxForm), RuleError> {
    let file = file(app, DESK_FILE).await?;
    Ok((file.version, InboxForm::read(&file.text, inbox.as_str())))
}

/// Saves one inbox's part.
///
/// # Errors
/// What is wrong with which field; or that somebody was faster. Then nothing was written.
pub async fn save_inbox(
    app: &App,
    admin: &Agent,
    inbox: &InboxId,
    version: i64,
    form: &InboxForm,
) -> Result<StoredFile, RuleError> {
    let stored = file(app, DESK_FILE).await?;
    if stored.version != version {
        return Err(RuleError::Conflict(Box::new(stored)));
    }
    let text = form.write(&stored.text, inbox.as_str()).map_err(RuleError::Form)?;
    save(app, admin, DESK_FILE, version, &text).await
}

/// A playbook takes some hundred milliseconds to read: off the async threads.
async fn mistake(all: &[StoredFile], texts: &[SourceFile]) -> Option<FileError> {
    let path = texts.first()?.path.clone();
    let files: Vec<_> = all
        .iter()
        .map(|file| match texts.iter().find(|text| text.path == file.path) {
            Some(text) => text.clone(),
            None => SourceFile { path: file.path.clone(), text: file.text.clone() },
        })
        .collect();
    let read = tokio::task::spawn_blocking(move || Playbook::parse(&files).err()).await;
    let broken = || FileError { path, line: 0, message: sentence!("this file cannot be read") };
    read.unwrap_or_else(|_| Some(broken()))
}
