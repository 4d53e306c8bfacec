//! Reads resting conversations for questions without a good answer: no turn waits for it, and no page asks for it.

use std::{sync::Arc, time::Duration};

use tokio::runtime::Handle;

use crate::{
    app::App,
    domain::UnixMs,
    service::{gaps::Finder, quiet::quietly},
    store::{StoreError, gaps},
};

const EVERY: Duration = Duration::from_secs(5);
/// A conversation that went on a moment ago will go on, unless it was closed.
const RESTING_MS: UnixMs = 60_000;
/// Conversations of one portion.
const PORTION: i64 = 20;
/// A turn committed by a node whose clock is behind is not passed over.
const CLOCKS_APART_MS: UnixMs = 120_000;

/// Runs until the app stops. Of several nodes that read the same, one keeps it and the others look again.
pub async fn run(app: Arc<App>) {
    let mut ticks = super::ticks(EVERY);
    let mut finder = Finder::default();
    // Everything once, then what changed.
    let mut since = 0;
    loop {
        ticks.tick().await;
        let until = app.clock.now_ms() - RESTING_MS;
        // What questions mean is worked out in between: no thread that others need.
        let (app, here) = (app.clone(), Handle::current());
        let mut own = std::mem::take(&mut finder);
        let reading = quietly("The search for gaps", move || {
            let read = here.block_on(app.stopping.run_until_cancelled(catch_up(&app, &mut own, since, until)));
            (own, read)
        });
        match reading.await {
            Ok((_, None)) => return,
            Ok((own, Some(Ok(read)))) => (finder, since) = (own, read),
            Ok((own, Some(Err(error)))) => {
                finder = own;
                tracing::warn!(%error, "unanswered questions are not gathered yet");
            }
            Err(error) => tracing::error!(%error, "unanswered questions are not gathered yet"),
        }
    }
}

/// Where to go on.
///
/// # Errors
/// The database was not there.
pub async fn catch_up(app: &App, finder: &mut Finder, since: UnixMs, until: UnixMs) -> Result<UnixMs, StoreError> {
    loop {
        let behind = gaps::behind(&app.store, since, until, PORTION).await?;
        if behind.is_empty() {
            return Ok(since.max(until - CLOCKS_APART_MS));
        }
        if !finder.read(&app.store, &app.mind(), &behind, app.clock.now_ms()).await? {
            tokio::task::yield_now().await;
        }
    }
}
