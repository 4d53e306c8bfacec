//! Reads what was said into the search, a moment after it was committed: no turn waits for it.

use std::{sync::Arc, time::Duration};

use crate::{
    app::App,
    domain::UnixMs,
    service::transcripts as service,
    store::{StoreError, transcripts},
};

const EVERY: Duration = Duration::from_secs(2);
/// Conversations of one portion.
const PORTION: i64 = 50;
/// A turn committed by a node whose clock is behind is not passed over.
const CLOCKS_APART_MS: UnixMs = 120_000;

/// Runs until the app stops. Several nodes may read the same; it comes to the same.
pub async fn run(app: Arc<App>) {
    let mut ticks = super::ticks(EVERY);
    // Everything once, then what changed.
    let mut since = 0;
    loop {
        ticks.tick().await;
        match catch_up(&app, since).await {
            Ok(read) => since = read,
            Err(error) => tracing::warn!(%error, "what was said cannot be searched yet"),
        }
    }
}

/// Where to go on.
async fn catch_up(app: &App, mut since: UnixMs) -> Result<UnixMs, StoreError> {
    loop {
        let began = app.clock.now_ms();
        let behind = transcripts::behind(&app.store, since, PORTION).await?;
        let is_all = service::read(&app.store, &behind).await?;
        match behind.first() {
            // Of a long one there is more to read.
            Some(first) if !is_all || behind.len() as i64 == PORTION => since = first.updated_at,
            _ => return Ok(began - CLOCKS_APART_MS),
        }
    }
}
