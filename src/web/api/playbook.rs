//! Intents and policies over REST: read, check with line, try on past messages, put into force, history.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Body, Params,
    articles::{permit, tested},
};
use crate::{
    app::App,
    bus::Event,
    domain::{
        Agent, AgentRef,
        agent::Permission,
        playbook::{Setting, SourceFile},
        sentence::sentence,
    },
    service::{
        knowledge, knowledge_tests,
        knowledge_tests::Run,
        playbook_files::{self, EditError, FileForm, Listed, intent_of},
        trial::{self, PastMatches, Supposed, Trial, Typed},
    },
    store::playbook_files::{self as files, FileSaved, FileVersion},
    web::{auth::Knowledge, error::ApiError},
};

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/studio/files", get(list))
        .route("/studio/file", get(read).put(save))
        .route("/studio/file/trial", post(try_out))
        .route("/studio/file/form", post(form).put(write_form))
        .route("/studio/matches", post(matches))
}

#[derive(Serialize)]
struct FileList {
    files: Vec<Listed>,
}

async fn list(State(app): State<Arc<App>>, _: Knowledge) -> Result<Json<FileList>, ApiError> {
    Ok(Json(FileList { files: playbook_files::list(&app.store).await? }))
}

#[derive(Deserialize)]
struct Path {
    path: String,
}

#[derive(Serialize)]
struct FileAnswer {
    path: String,
    #[serde(flatten)]
    text: playbook_files::Text,
    /// Newest first.
    versions: Vec<FileVersion>,
    may_publish: bool,
}

async fn read(
    State(app): State<Arc<App>>,
    Knowledge(editor): Knowledge,
    Params(Path { path }): Params<Path>,
) -> Result<Json<FileAnswer>, ApiError> {
    category_of(&path)?;
    let may_publish = permitted(&app, &editor, Permission::Publish, &path).await.is_ok();
    let text = playbook_files::load(&app, &path).await?;
    let text = text.ok_or_else(|| ApiError::not_found(sentence!("There is no such file.")))?;
    let versions = files::history(&app.store, &path).await?;
    Ok(Json(FileAnswer { path, text, versions, may_publish }))
}

#[derive(Deserialize)]
struct TrialWish {
    path: String,
    content: String,
    #[serde(default = "all_questions")]
    most: usize,
}

fn all_questions() -> usize {
    trial::MOST_QUESTIONS
}

async fn try_out(
    State(app): State<Arc<App>>,
    Knowledge(editor): Knowledge,
    Body(TrialWish { path, content, most }): Body<TrialWish>,
) -> Result<Json<Trial>, ApiError> {
    permitted(&app, &editor, Permission::Knowledge, &path).await?;
    let file = SourceFile { path, text: content };
    Ok(Json(playbook_files::try_out(&app, &file, most, &editor.name).await?))
}

#[derive(Deserialize)]
struct Text {
    path: String,
    content: String,
}

#[derive(Serialize)]
struct FormAnswer {
    form: FileForm,
    /// Names of replies that a policy may give as its reason.
    replies: Vec<String>,
    /// Names of intents.
    intents: Vec<String>,
    /// What there is to set; for files of settings alone.
    settings: &'static [Setting],
}

/// A text as a form.
async fn form(
    State(app): State<Arc<App>>,
    Knowledge(editor): Knowledge,
    Body(Text { path, content }): Body<Text>,
) -> Result<Json<FormAnswer>, ApiError> {
    permitted(&app, &editor, Permission::Knowledge, &path).await?;
    let form = FileForm::read(&SourceFile { path, text: content }).map_err(EditError::Mistake)?;
    let playbook = app.mind().playbook.clone();
    let replies: BTreeSet<String> = playbook.replies.0.values().flat_map(|replies| replies.keys()).cloned().collect();
    let intents = playbook.intents.keys().cloned().collect();
    Ok(Json(FormAnswer { settings: form.settings(), form, replies: replies.into_iter().collect(), intents }))
}

#[derive(Deserialize)]
struct Filled {
    path: String,
    content: String,
    form: FileForm,
}

#[derive(Serialize)]
struct Written {
    content: String,
}

/// The text as the form says it. Nothing is saved.
async fn write_form(
    State(app): State<Arc<App>>,
    Knowledge(editor): Knowledge,
    Body(Filled { path, content, form }): Body<Filled>,
) -> Result<Json<Written>, ApiError> {
    permitted(&app, &editor, Permission::Knowledge, &path).await?;
    let content = form.write(&SourceFile { path, text: content }).map_err(EditError::Mistake)?;
    Ok(Json(Written { content }))
}

/// What a pattern or an example finds among past messages.
async fn matches(
    State(app): State<Arc<App>>,
    _: Knowledge,
    Body(typed): Body<Typed>,
) -> Result<Json<PastMatches>, ApiError> {
    Ok(Json(trial::past_matches(&app, typed).await?))
}

#[derive(Deserialize)]
struct FileWish {
    path: String,
    content: String,
    /// What the editor started from; null for a new file.
    base: Option<String>,
    #[serde(default)]
    why: String,
}

#[derive(Serialize)]
struct Saved {
    versions: Vec<FileVersion>,
    /// Absent where there are no tests.
    #[serde(skip_serializing_if = "Option::is_none")]
    tests: Option<Run>,
}

async fn save(
    State(app): State<Arc<App>>,
    Knowledge(editor): Knowledge,
    Body(wish): Body<FileWish>,
) -> Result<Json<Saved>, ApiError> {
    permitted(&app, &editor, Permission::Publish, &wish.path).await?;
    let FileWish { path, content, base, why } = wish;
    let file = SourceFile { path: path.clone(), text: content };
    let playbook = Box::new(playbook_files::read(&app.store, &file).await?);
    let supposed = Supposed::Playbook { playbook, intent: intent_of(&path) };
    let tests = tested(&app, supposed, &path, &editor.name).await?;
    let by = AgentRef { id: editor.id.clone(), name: editor.name.clone() };
    match playbook_files::save(&app.store, file, base, &why, by, app.clock.now_ms()).await? {
        FileSaved::Done => {
            app.bus.publish(&Event::KnowledgeChanged);
            if let Some(run) = &tests {
                knowledge_tests::keep(&app.store, run).await?;
            }
            knowledge::wait_for(&app).await;
            Ok(Json(Saved { versions: files::history(&app.store, &path).await?, tests }))
        }
        FileSaved::Conflict(current) => {
            let message = sentence!("This file was changed in the meantime. Nothing of yours was saved yet.");
            Err(ApiError::conflict(message).with("current", json!(current)))
        }
    }
}

/// Only intents, flows and policies are edited here, each under the rights of its category.
async fn permitted(app: &App, editor: &Agent, permission: Permission, path: &str) -> Result<(), ApiError> {
    permit(app, editor, permission, [Some(category_of(path)?)]).await
}

fn category_of(path: &str) -> Result<&'static str, ApiError> {
    playbook_files::category(path).ok_or_else(|| {
        ApiError::bad_request(sentence!("Intents, flows and the return policy are edited here, no other file."))
    })
}

impl From<EditError> for ApiError {
    fn from(error: EditError) -> Self {
        match error {
            EditError::Failure(failure) => failure.into(),
            EditError::Mistake(mistake) => {
                ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "mistake", mistake.sentence())
                    .with("mistake", json!(mistake))
            }
        }
    }
}
