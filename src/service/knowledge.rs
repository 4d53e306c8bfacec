//! Keeps what the bot knows in step with the database: a publish is answerable within a second, without restart.

use std::{sync::Arc, time::Duration};

use super::mind::Mind;
use crate::{
    app::App,
    domain::{Now, playbook::Playbook},
    error::Failure,
    store::{Store, articles, playbook_files},
};

/// A mind, and the state of the database it was made from.
pub struct Known {
    pub mind: Mind,
    /// `articles::changes` before anything was read.
    pub changes: i64,
}

/// Reads playbook and articles.
pub async fn load(store: &Store, now: &Now) -> Result<Known, Failure> {
    // The counter first: a change in between is then seen as one more, never as none.
    let changes = articles::changes(store).await?;
    let playbook = Arc::new(Playbook::parse(&playbook_files::all(store).await?)?);
    let published = articles::all_published(store).await?;
    let day = now.today();
    // Indexing is work for a thread of its own; sockets go on meanwhile.
    let mind = tokio::task::spawn_blocking(move || Mind::new(playbook, published, day))
        .await
        .map_err(|error| Failure::Other(format!("The search index cannot be built: {error}.")))?
        .map_err(|error| Failure::Other(format!("The search index cannot be built: {error}.")))?;
    Ok(Known { mind, changes })
}

/// Waits until the bot of this node knows what the database says now. Gives up after a while: the change is stored,
/// and the node comes to it by itself.
pub async fn wait_for(app: &App) {
    let known = async {
        let Ok(wanted) = articles::changes(&app.store).await else { return };
        // Fails only when the app is gone.
        let _ = app.known_changes.subscribe().wait_for(|known| *known >= wanted).await;
    };
    if tokio::time::timeout(WAIT_AT_MOST, known).await.is_err() {
        tracing::warn!("a change is stored, but the bot has not read it yet");
    }
}

/// Indexing takes a fraction of a second, unless the machine is drowning.
const WAIT_AT_MOST: Duration = Duration::from_secs(15);

/// Puts a new mind in place if something changed since `seen` or another day began. Answers the state it is of.
///
/// # Errors
/// The bot goes on with what it knew.
pub async fn refresh(app: &App, seen: i64) -> Result<i64, Failure> {
    let now = app.now();
    if articles::changes(&app.store).await? == seen && app.mind().day == now.today() {
        return Ok(seen);
    }
    let known = load(&app.store, &now).await?;
    app.metrics.articles.set(known.mind.shelf.len() as i64);
    app.replace_mind(known.mind);
    tracing::info!(changes = known.changes, "articles and playbook are read anew");
    Ok(known.changes)
}
