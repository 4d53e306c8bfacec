//! Keeps what the bot knows in step with the database: a publish is answerable within a second, without restart.

use std::sync::Arc;

use super::mind::Mind;
use crate::{
    app::App,
    domain::playbook::Playbook,
    error::Failure,
    store::{Store, StoreError, articles, playbook_files},
};

/// A mind, and the state of the database it was made from.
pub struct Known {
    pub mind: Mind,
    /// `articles::changes` before the articles were read.
    pub changes: i64,
}

/// Reads playbook and articles.
pub async fn load(store: &Store, now: &crate::domain::Now) -> Result<Known, Failure> {
    let playbook = Playbook::parse(&playbook_files::all(store).await?)?;
    read(store, Arc::new(playbook), now).await.map_err(Failure::from)
}

async fn read(store: &Store, playbook: Arc<Playbook>, now: &crate::domain::Now) -> Result<Known, StoreError> {
    // The counter first: a change in between is then seen as one more, never as none.
    let changes = articles::changes(store).await?;
    let published = articles::all_published(store).await?;
    let day = now.today();
    let mind = tokio::task::spawn_blocking(move || Mind::new(playbook, published, day))
        .await
        .map_err(|error| StoreError::Unreadable(error.to_string()))?
        .map_err(|error| StoreError::Unreadable(format!("the search index cannot be built: {error}")))?;
    Ok(Known { mind, changes })
}

/// Puts a new mind in place if an article changed since `seen` or another day began. Answers the state it is of.
pub async fn refresh(app: &App, seen: i64) -> Result<i64, StoreError> {
    let (mind, now) = (app.mind(), app.now());
    if articles::changes(&app.store).await? == seen && mind.day == now.today() {
        return Ok(seen);
    }
    let known = read(&app.store, mind.playbook.clone(), &now).await?;
    app.metrics.articles.set(known.mind.shelf.len() as i64);
    app.replace_mind(known.mind);
    tracing::info!(changes = known.changes, "the bot knows the articles as they are now");
    Ok(known.changes)
}
