//! What is being written, as the page of the help centre it would become: made by the same code, seen by staff only.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};

use super::{HTML, assets, base_of, lang_of, pages::Said, site};
use crate::{
    app::App,
    domain::{Article, article::ArticleStatus, sentence::sentence},
    store::{StoreError, article_drafts, articles},
    web::{auth::Knowledge, error::ApiError, headers::csp},
};

/// Nothing is kept, counted or shown to search engines. The console shows it in a frame of its own.
pub async fn show(
    State(app): State<Arc<App>>,
    _: Knowledge,
    Path((id, tag)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let lang = lang_of(&tag).ok_or_else(|| ApiError::not_found(sentence!("There is no such language.")))?;
    let article =
        written(&app, &id).await?.ok_or_else(|| ApiError::not_found(sentence!("There is no such article.")))?;
    let (mind, base, assets) = (app.mind(), base_of(&app, &headers), assets(&app));
    let site = site(&app, &mind, lang, &base, &assets);
    let page = site.article(&article, Said::Nothing).unwrap_or_else(|| site.nothing(false));
    let told = [
        (header::CONTENT_TYPE, HTML.parse()),
        (header::CACHE_CONTROL, "no-store".parse()),
        (header::HeaderName::from_static("x-robots-tag"), "noindex".parse()),
        (header::CONTENT_SECURITY_POLICY, Ok(csp(&["'self'".to_owned()]))),
    ];
    let told: HeaderMap = told.into_iter().filter_map(|(name, value)| Some((name, value.ok()?))).collect();
    Ok((told, page).into_response())
}

/// The draft, or what is stored where nobody writes.
async fn written(app: &App, id: &str) -> Result<Option<Article>, StoreError> {
    if let Some(draft) = article_drafts::load(&app.store, id).await? {
        return Ok(Some(draft.fields.into_article(draft.article, ArticleStatus::Draft, draft.version)));
    }
    Ok(articles::load(&app.store, id).await?.map(|stored| stored.article))
}
