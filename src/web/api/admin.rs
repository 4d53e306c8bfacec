//! Staff and rules over REST: accounts, the inbox, the playbook's files, and what was changed by whom. Who supervises
//! reads, an admin changes.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, post, put},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Body, Params};
use crate::{
    app::App,
    domain::{
        Agent, Lang, UnixMs,
        agent::Sight,
        audit::Changed,
        ids::{AgentId, InboxId},
        playbook::FileError,
        playbook::InboxForm,
        sentence::sentence,
    },
    service::{
        rule_files::{self as rules, RuleError},
        staff::{self, DraftAccount, Handed, StaffError},
    },
    store::{
        agents, audit,
        playbook_files::{self, StoredFile},
        viewers,
    },
    web::{
        auth::{Admin, Supervisor},
        error::ApiError,
    },
};

/// Changes of a page of the audit.
const PAGE: i64 = 100;

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/admin/staff", get(list).post(add))
        .route("/admin/staff/{id}", put(change))
        .route("/admin/staff/{id}/password", post(reset_password))
        .route("/admin/staff/{id}/off", post(switch_off))
        .route("/admin/staff/{id}/on", post(switch_on))
        .route("/admin/inboxes", get(inboxes))
        .route("/admin/inboxes/{inbox}", get(inbox).put(save_inbox))
        .route("/admin/inboxes/{inbox}/names", put(rename))
        .route("/admin/files", get(files))
        .route("/admin/file", get(file).put(save_file))
        .route("/admin/check", post(check))
        .route("/admin/audit", get(changes))
}

#[derive(Serialize)]
struct StaffList {
    /// By name.
    staff: Vec<Account>,
}

#[derive(Serialize)]
struct Account {
    #[serde(flatten)]
    agent: Agent,
    sees: Sight,
}

async fn list(State(app): State<Arc<App>>, _: Supervisor) -> Result<Json<StaffList>, ApiError> {
    let limited = viewers::limited(&app.store).await?;
    let account = |agent: Agent| {
        let sees = if limited.contains(&agent.id) { Sight::Teams } else { Sight::All };
        Account { agent, sees }
    };
    Ok(Json(StaffList { staff: agents::list(&app.store).await?.into_iter().map(account).collect() }))
}

#[derive(Deserialize)]
struct NewAccount {
    account: DraftAccount,
    /// Absent: one is made up.
    password: Option<String>,
}

async fn add(
    State(app): State<Arc<App>>,
    Admin(admin): Admin,
    Body(NewAccount { account, password }): Body<NewAccount>,
) -> Result<(StatusCode, Json<Handed>), ApiError> {
    let handed = staff::add(&app, &admin, account, password).await?;
    tracing::info!(agent = %handed.id, by = %admin.id, "a member of staff was added");
    Ok((StatusCode::CREATED, Json(handed)))
}

async fn change(
    State(app): State<Arc<App>>,
    Admin(admin): Admin,
    Path(id): Path<String>,
    Body(draft): Body<DraftAccount>,
) -> Result<StatusCode, ApiError> {
    staff::change(&app, &admin, &AgentId(id), draft).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct NewPassword {
    password: Option<String>,
}

async fn reset_password(
    State(app): State<Arc<App>>,
    Admin(admin): Admin,
    Path(id): Path<String>,
    Body(NewPassword { password }): Body<NewPassword>,
) -> Result<Json<Handed>, ApiError> {
    Ok(Json(staff::reset_password(&app, &admin, &AgentId(id), password).await?))
}

async fn switch_off(
    State(app): State<Arc<App>>,
    Admin(admin): Admin,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    staff::switch(&app, &admin, &AgentId(id), true).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn switch_on(
    State(app): State<Arc<App>>,
    Admin(admin): Admin,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    staff::switch(&app, &admin, &AgentId(id), false).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, Deserialize)]
struct InboxRules {
    /// Of `desk.toml`, which holds it.
    version: i64,
    rules: InboxForm,
}

async fn inbox(
    State(app): State<Arc<App>>,
    _: Supervisor,
    Path(inbox): Path<String>,
) -> Result<Json<InboxRules>, ApiError> {
    let inbox = known_inbox(&app, &inbox)?;
    let (version, rules) = rules::inbox(&app, &inbox).await?;
    Ok(Json(InboxRules { version, rules }))
}

async fn save_inbox(
    State(app): State<Arc<App>>,
    Admin(admin): Admin,
    Path(inbox): Path<String>,
    Body(InboxRules { version, rules }): Body<InboxRules>,
) -> Result<Json<InboxRules>, ApiError> {
    let inbox = known_inbox(&app, &inbox)?;
    let saved = rules::save_inbox(&app, &admin, &inbox, version, &rules).await?;
    Ok(Json(InboxRules { version: saved.version, rules: InboxForm::read(&saved.text, inbox.as_str()) }))
}

#[derive(Deserialize)]
struct Names {
    names: BTreeMap<Lang, String>,
}

async fn rename(
    State(app): State<Arc<App>>,
    Admin(admin): Admin,
    Path(inbox): Path<String>,
    Body(Names { names }): Body<Names>,
) -> Result<StatusCode, ApiError> {
    known_inbox(&app, &inbox)?;
    rules::rename_shop(&app, &admin, &names).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize)]
struct Inboxes {
    /// The first is the shop's own.
    inboxes: Vec<InboxId>,
}

async fn inboxes(State(app): State<Arc<App>>, _: Supervisor) -> Json<Inboxes> {
    Json(Inboxes { inboxes: app.inboxes().into_iter().map(|inbox| inbox.id).collect() })
}

fn known_inbox(app: &App, name: &str) -> Result<InboxId, ApiError> {
    let inbox = app.inbox(Some(name)).ok_or_else(|| ApiError::not_found(sentence!("There is no such inbox.")))?;
    Ok(inbox.id)
}

#[derive(Serialize)]
struct FileRow {
    path: String,
    version: i64,
    /// Absent since it was imported.
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<UnixMs>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_by: Option<String>,
}

#[derive(Serialize)]
struct FileAnswer {
    #[serde(flatten)]
    row: FileRow,
    text: String,
}

#[derive(Serialize)]
struct FileList {
    files: Vec<FileRow>,
}

#[derive(Serialize)]
struct FileWithHistory {
    #[serde(flatten)]
    file: FileAnswer,
    /// Texts of before, the newest first.
    versions: Vec<Old>,
}

#[derive(Serialize)]
struct Old {
    version: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    saved_at: Option<UnixMs>,
    #[serde(skip_serializing_if = "Option::is_none")]
    saved_by: Option<String>,
}

fn since(at: UnixMs) -> Option<UnixMs> {
    (at > 0).then_some(at)
}

impl From<StoredFile> for FileAnswer {
    fn from(StoredFile { path, text, version, updated_at, updated_by }: StoredFile) -> Self {
        FileAnswer { row: FileRow { path, version, updated_at: since(updated_at), updated_by }, text }
    }
}

async fn files(State(app): State<Arc<App>>, _: Supervisor) -> Result<Json<FileList>, ApiError> {
    let files = rules::files(&app).await?;
    Ok(Json(FileList { files: files.into_iter().map(|file| FileAnswer::from(file).row).collect() }))
}

#[derive(Deserialize)]
struct FileQuery {
    path: String,
    /// A text of before.
    version: Option<i64>,
}

async fn file(
    State(app): State<Arc<App>>,
    _: Supervisor,
    Params(query): Params<FileQuery>,
) -> Result<Json<FileWithHistory>, ApiError> {
    let mut stored = rules::file(&app, &query.path).await?;
    let old = playbook_files::old_versions(&app.store, &query.path).await?;
    if let Some(version) = query.version.filter(|version| *version != stored.version) {
        let text = playbook_files::old_text(&app.store, &query.path, version).await?;
        stored.text = text.ok_or_else(|| ApiError::not_found(sentence!("There is no such version.")))?;
    }
    let versions = old
        .into_iter()
        .map(|old| Old { version: old.version, saved_at: since(old.saved_at), saved_by: old.saved_by })
        .collect();
    Ok(Json(FileWithHistory { file: stored.into(), versions }))
}

#[derive(Deserialize)]
struct DraftFile {
    /// The one it was started from.
    version: i64,
    text: String,
}

#[derive(Deserialize)]
struct PathQuery {
    path: String,
}

async fn save_file(
    State(app): State<Arc<App>>,
    Admin(admin): Admin,
    Params(PathQuery { path }): Params<PathQuery>,
    Body(DraftFile { version, text }): Body<DraftFile>,
) -> Result<Json<FileAnswer>, ApiError> {
    Ok(Json(rules::save(&app, &admin, &path, version, &text).await?.into()))
}

#[derive(Deserialize)]
struct Trial {
    path: String,
    text: String,
}

#[derive(Serialize)]
struct Checked {
    /// Null: it may be saved as it is.
    mistake: Option<FileError>,
}

async fn check(State(app): State<Arc<App>>, _: Admin, Body(trial): Body<Trial>) -> Result<Json<Checked>, ApiError> {
    Ok(Json(Checked { mistake: rules::check(&app, &trial.path, &trial.text).await? }))
}

#[derive(Deserialize)]
struct Before {
    before: Option<i64>,
}

#[derive(Serialize)]
struct Changes {
    /// The newest first.
    changes: Vec<Changed>,
}

async fn changes(
    State(app): State<Arc<App>>,
    _: Supervisor,
    Params(Before { before }): Params<Before>,
) -> Result<Json<Changes>, ApiError> {
    Ok(Json(Changes { changes: audit::list(&app.store, before.unwrap_or(i64::MAX), PAGE).await? }))
}

impl From<StaffError> for ApiError {
    fn from(error: StaffError) -> Self {
        match error {
            StaffError::Invalid(problems) => {
                ApiError::invalid(problems.iter().map(|problem| &problem.message)).with("problems", json!(problems))
            }
            StaffError::Missing => ApiError::not_found(sentence!("There is no such member of staff.")),
            StaffError::LastAdmin => {
                let message = sentence!("This is the last admin. Make somebody else an admin first.");
                ApiError::new(StatusCode::CONFLICT, "last_admin", message)
            }
            StaffError::Hash(error) => error.into(),
            StaffError::Store(error) => error.into(),
        }
    }
}

impl From<RuleError> for ApiError {
    fn from(error: RuleError) -> Self {
        match error {
            RuleError::Missing => ApiError::not_found(sentence!("There is no such file.")),
            RuleError::Invalid(mistake) => {
                ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", mistake.sentence())
                    .with("mistake", json!(mistake))
            }
            RuleError::Form(problems) => {
                ApiError::invalid(problems.iter().map(|problem| &problem.message)).with("problems", json!(problems))
            }
            RuleError::Conflict(current) => {
                let who = current.updated_by.clone().unwrap_or_else(|| "somebody".to_owned());
                let message =
                    sentence!("This was changed by {who} in the meantime. Nothing of yours was saved yet.", who);
                ApiError::conflict(message).with("current", json!(FileAnswer::from(*current)))
            }
            RuleError::Contended => ApiError::conflict(sentence!(
                "Others are changing rules at this moment. Nothing of yours was saved yet; please try again."
            )),
            RuleError::Store(error) => error.into(),
        }
    }
}
