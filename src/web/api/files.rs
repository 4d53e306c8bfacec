//! Articles as files over REST: a table out, and back in with a look at what would change first.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Body,
    articles::{permit, tested},
};
use crate::{
    app::App,
    bus::Event,
    domain::{agent::Permission, sentence::sentence},
    service::{
        bulk::{self, Plan},
        knowledge,
        knowledge_tests::{self, Occasion, Run},
        trial::{self, Supposed},
    },
    store::{self, articles},
    web::{auth::Knowledge, error::ApiError},
};

/// Twenty thousand articles in three languages.
const MAX_IMPORT_BYTES: usize = 64 * 1024 * 1024;

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/articles.csv", get(table))
        .route("/import", post(import).layer(DefaultBodyLimit::max(MAX_IMPORT_BYTES)))
}

async fn table(State(app): State<Arc<App>>, _: Knowledge) -> Result<Response, ApiError> {
    let stored = articles::list(&app.store).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"articles.csv\""),
    ];
    Ok((headers, bulk::to_csv(&stored)).into_response())
}

#[derive(Deserialize)]
struct Files {
    files: Vec<File>,
    /// False says what would change, and changes nothing.
    apply: bool,
    /// Without `apply`: asks the regression set however much has to be read for it.
    #[serde(default)]
    with_tests: bool,
}

/// A look at a table reads so many new phrasings by itself, some tenths of a second; what they mean is needed for the
/// regression set alone.
const PHRASINGS_READ_AT_ONCE: usize = 500;

#[derive(Deserialize)]
struct File {
    name: String,
    text: String,
}

#[derive(Serialize)]
struct Planned {
    #[serde(flatten)]
    plan: Plan,
    /// The regression set was not asked, as that means reading so many phrasings; it is before anything is applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    unread: Option<usize>,
    /// What it does to the regression set; absent where nothing changes or there are no tests.
    #[serde(skip_serializing_if = "Option::is_none")]
    tests: Option<Run>,
}

async fn import(
    State(app): State<Arc<App>>,
    Knowledge(editor): Knowledge,
    Body(Files { files, apply, with_tests }): Body<Files>,
) -> Result<Json<Planned>, ApiError> {
    let stored = articles::list(&app.store).await?;
    let (mut read, mut mistakes, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for File { name, text } in files {
        names.push(name.clone());
        match bulk::from_csv(&name, &text, &stored) {
            Ok(articles) => read.extend(articles),
            Err(wrong) => mistakes.extend(wrong),
        }
    }
    if !mistakes.is_empty() {
        let told: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        let problems = json!(mistakes);
        let message = sentence!("There are mistakes in the files; nothing was changed.");
        return Err(ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", message)
            .with("mistakes", json!(told))
            .with("problems", problems));
    }
    let plan = bulk::plan(&stored, &read);
    let written = plan.written(&read);
    let of = names.join(", ");
    if apply {
        let before = |id: &str| stored.iter().find(|one| one.article.id == id).map(|one| one.article.category.as_str());
        let categories: BTreeSet<_> =
            read.iter().flat_map(|article| [Some(article.category.as_str()), before(&article.id)]).collect();
        permit(&app, &editor, Permission::Publish, categories).await?;
    }
    let phrasings = bulk::phrasings(&written);
    let much = phrasings > PHRASINGS_READ_AT_ONCE && !apply && !with_tests;
    let unread = (much && !store::knowledge_tests::list(&app.store).await?.is_empty()).then_some(phrasings);
    let tests = match written.is_empty() || much {
        true => None,
        false if apply => tested(&app, Supposed::Articles(written), &of, &editor.name).await?,
        false => trial::tests(&app, Supposed::Articles(written), &of, &editor.name).await?,
    };
    if apply {
        bulk::apply(&app.store, read, Some(editor.name), app.clock.now_ms()).await?;
        app.bus.publish(&Event::KnowledgeChanged);
        if let Some(run) = &tests {
            knowledge_tests::keep(&app.store, &Run { how: Some(Occasion::Imported), ..run.clone() }).await?;
        }
        knowledge::wait_for(&app).await;
    }
    Ok(Json(Planned { plan, unread, tests }))
}
