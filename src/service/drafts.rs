//! The life of a draft: saved as it is typed, reviewed, published at its time. The published text stays answered meanwhile.

use std::sync::Arc;

use super::articles::{DraftArticle, SaveError, check, short};
use crate::{
    app::App,
    bus::Event,
    domain::{ArticleDraft, Fields, Stage, UnixMs},
    store::{
        Store, StoreError,
        article_drafts::{self, DraftSaved, Due},
    },
};

/// What is done with a draft besides typing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Somebody who may publish should look at it.
    Submit,
    /// It needs more work.
    SendBack,
    /// It publishes itself then.
    Schedule {
        at: UnixMs,
    },
    Unschedule,
}

/// Keeps what was typed, unfinished as it may be. What had a time to publish itself loses it: somebody has to look again.
///
/// # Errors
/// The id cannot be one.
pub async fn keep(
    store: &Store,
    id: &str,
    (version, revision): (i64, i64),
    fields: Fields,
    by: &str,
    at: UnixMs,
) -> Result<DraftSaved, SaveError> {
    super::articles::check_id(id).map_err(SaveError::Invalid)?;
    let before = article_drafts::load(store, id).await?;
    let (stage, why) = match before {
        Some(ArticleDraft { stage: Stage::Review, why, .. }) => (Stage::Review, why),
        Some(ArticleDraft { why, .. }) => (Stage::Writing, why),
        None => (Stage::Writing, String::new()),
    };
    let draft = ArticleDraft {
        article: id.to_owned(),
        version,
        revision,
        stage,
        publish_at: None,
        why,
        fields,
        updated_at: at,
        updated_by: by.to_owned(),
    };
    Ok(article_drafts::save(store, draft).await?)
}

/// Moves a draft on, if it is still at this revision.
///
/// # Errors
/// It cannot be published as it is, or its time has passed.
pub async fn act(
    store: &Store,
    id: &str,
    revision: i64,
    act: Act,
    why: &str,
    (by, now): (&str, UnixMs),
) -> Result<DraftSaved, SaveError> {
    let Some(mut draft) = article_drafts::load(store, id).await? else { return Ok(DraftSaved::Missing) };
    if draft.revision != revision {
        return Ok(DraftSaved::Conflict(draft));
    }
    if matches!(act, Act::Submit | Act::Schedule { .. }) {
        let wanted = DraftArticle::of(draft.fields.clone(), draft.version, true);
        draft.fields = Fields::of(check(id, wanted).map_err(SaveError::Invalid)?);
    }
    (draft.stage, draft.publish_at) = match act {
        Act::Submit => (Stage::Review, None),
        Act::SendBack | Act::Unschedule => (Stage::Writing, None),
        Act::Schedule { at } if at <= now => {
            return Err(SaveError::one("publish_at", "This time has passed. Choose a later one, or publish now."));
        }
        Act::Schedule { at } => (Stage::Scheduled, Some(at)),
    };
    draft.why = short(why);
    draft.updated_at = now;
    draft.updated_by = by.to_owned();
    Ok(article_drafts::save(store, draft).await?)
}

/// Drafts of one sweep at most.
const AT_MOST: usize = 100;

/// Publishes the drafts whose time has come; every node may do this at any time.
pub async fn publish_due(app: &Arc<App>) -> Result<usize, StoreError> {
    let mut published = 0;
    for _ in 0..AT_MOST {
        match article_drafts::publish_due(&app.store, app.clock.now_ms()).await? {
            Due::Published(stored) => {
                published += 1;
                tracing::info!(article = stored.article.id, "a scheduled article is published");
            }
            Due::Overtaken(article) => {
                tracing::warn!(article, "a scheduled article was not published: its article has changed since");
            }
            Due::Nothing => break,
        }
    }
    if published > 0 {
        app.bus.publish(&Event::KnowledgeChanged);
    }
    Ok(published)
}
