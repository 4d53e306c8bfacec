//! The life of a draft: saved as it is typed, reviewed, published at its time. The published text stays answered meanwhile.

use std::sync::Arc;

use super::{
    articles::{DraftArticle, SaveError, check, short},
    knowledge_tests::{Occasion, Run},
    trial::{self, Supposed},
};
use crate::{
    app::App,
    bus::Event,
    domain::{ArticleDraft, Fields, Stage, UnixMs, article::ArticleStatus, sentence::sentence},
    error::Failure,
    service,
    store::{
        Store,
        article_drafts::{self, DraftSaved, Due},
        knowledge_tests,
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
            return Err(SaveError::one(
                "publish_at",
                sentence!("This time has passed. Choose a later one, or publish now."),
            ));
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

/// A draft whose tests could not be asked at its time waits so long for another try.
const TRY_AGAIN_AFTER_MS: UnixMs = 60_000;

/// Publishes the drafts whose time has come; every node may do this at any time. The regression set is asked first, as
/// whoever publishes by hand is told of it: a shop that refuses what breaks it gets the draft back instead, and what could
/// not be asked is held back and tried again.
///
/// # Errors
/// The database was not there. What is due is published later.
pub async fn publish_due(app: &Arc<App>) -> Result<usize, Failure> {
    let mut published = 0;
    for _ in 0..AT_MOST {
        let Some(draft) = article_drafts::due(&app.store, app.clock.now_ms()).await? else { break };
        let (id, revision) = (draft.article.clone(), draft.revision);
        let mut run = match tests_of(app, &draft).await {
            Ok(run) => run,
            Err(error) => {
                article_drafts::put_off(&app.store, &id, revision, app.clock.now_ms() + TRY_AGAIN_AFTER_MS).await?;
                tracing::warn!(%error, article = id, "a scheduled article waits: its tests cannot be asked");
                continue;
            }
        };
        if let Some(run) = run.as_mut().filter(|run| !run.broken.is_empty())
            && knowledge_tests::refuses_broken(&app.store).await?
        {
            let held = ArticleDraft { stage: Stage::Held, publish_at: None, ..draft };
            if let DraftSaved::Done(_) = article_drafts::save(&app.store, held).await? {
                tracing::warn!(
                    article = id,
                    broken = run.broken.len(),
                    "a scheduled article is held back by the tests"
                );
                run.how = Some(Occasion::Held);
                service::knowledge_tests::keep(&app.store, run).await?;
            }
            continue;
        }
        match article_drafts::publish_due(&app.store, &id, revision, app.clock.now_ms()).await? {
            Due::Published(stored) => {
                published += 1;
                app.bus.publish(&Event::KnowledgeChanged);
                let broken = run.as_ref().map_or(0, |run| run.broken.len());
                tracing::info!(article = id, broken, "a scheduled article is published");
                if let Some(run) = &mut run {
                    (run.how, run.version) = (Some(Occasion::Scheduled), Some(stored.article.version));
                    service::knowledge_tests::keep(&app.store, run).await?;
                    // The next one is asked of what this one changed.
                    service::knowledge::wait_for(app).await;
                }
            }
            Due::Overtaken(article) => {
                tracing::warn!(article, "a scheduled article was not published: its article has changed since");
            }
            Due::Nothing => break,
        }
    }
    Ok(published)
}

/// What publishing a draft does to the regression set; `None` where there is none.
async fn tests_of(app: &Arc<App>, draft: &ArticleDraft) -> Result<Option<Run>, Failure> {
    let article = draft.fields.clone().into_article(draft.article.clone(), ArticleStatus::Published, draft.version);
    trial::tests(app, Supposed::Articles(vec![article]), &draft.article, &draft.updated_by).await
}
