//! Counts what is read in the help centre into the database, now and then: no page waits for it.

use std::{sync::Arc, time::Duration};

use crate::{app::App, store::help};

const EVERY: Duration = Duration::from_secs(30);

/// Runs until the app stops; what was read since the last time is then not counted.
pub async fn run(app: Arc<App>) {
    let mut ticks = super::ticks(EVERY);
    loop {
        ticks.tick().await;
        let views = app.pages.take_views();
        if views.is_empty() {
            continue;
        }
        if let Err(error) = help::count_views(&app.store, app.now().today(), views).await {
            tracing::warn!(%error, "what was read in the help centre is not counted");
        }
    }
}
