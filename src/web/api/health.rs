//! The articles' health over REST: what was found when they were last looked at, and looking again.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, Router, extract::State, routing::get};
use serde::Serialize;

use crate::{
    app::App,
    domain::{Lang, UnixMs, article::ArticleId},
    service::health::{self, Report},
    store::health as kept,
    web::{auth::Knowledge, error::ApiError},
    worker::health::look,
};

pub fn routes() -> Router<Arc<App>> {
    Router::new().route("/health", get(last).post(again))
}

#[derive(Serialize)]
struct Answer {
    at: UnixMs,
    /// Nothing was published since.
    is_current: bool,
    #[serde(flatten)]
    report: Report,
    /// Of the articles that are named.
    titles: BTreeMap<ArticleId, BTreeMap<Lang, String>>,
}

async fn last(State(app): State<Arc<App>>, _: Knowledge) -> Result<Json<Option<Answer>>, ApiError> {
    let Some((changes, at, json)) = kept::last(&app.store).await? else { return Ok(Json(None)) };
    // One of another version is as good as none.
    let Ok(report) = serde_json::from_str(&json) else { return Ok(Json(None)) };
    Ok(Json(Some(answer(&app, changes, at, report))))
}

async fn again(State(app): State<Arc<App>>, _: Knowledge) -> Result<Json<Answer>, ApiError> {
    let (changes, at) = (*app.known_changes.borrow(), app.clock.now_ms());
    let report = look(&app).await.map_err(|error| {
        tracing::error!(%error, "the articles' health could not be looked at");
        ApiError::broken()
    })?;
    Ok(Json(answer(&app, changes, at, report)))
}

fn answer(app: &App, changes: i64, at: UnixMs, report: Report) -> Answer {
    let shelf = &app.mind().shelf;
    let titles = health::named(&report)
        .into_iter()
        .filter_map(|id| {
            let texts = &shelf.get(&id)?.texts.0;
            Some((id, texts.iter().map(|(lang, text)| (*lang, text.title.clone())).collect()))
        })
        .collect();
    Answer { at, is_current: changes >= *app.known_changes.borrow(), report, titles }
}
