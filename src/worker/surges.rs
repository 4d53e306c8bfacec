//! Tells the desk who waits with the same matter, whenever that changes.

use std::{sync::Arc, time::Duration};

use crate::{
    app::App,
    service::surges::{self, Surges},
    web::deliver::{count_slow, deliver_surges},
};

/// Groups are looked for so often while somebody is at this node's desk.
const EVERY: Duration = Duration::from_secs(2);

/// Runs until the app stops. A console that has just come asks once by itself (`GET /api/surges`).
pub async fn run(app: Arc<App>) {
    let mut ticks = super::ticks(EVERY);
    let mut told = Surges::default();
    loop {
        ticks.tick().await;
        if !app.hub.has_desk() {
            continue;
        }
        match surges::now(&app).await {
            Ok(now) if now == told => {}
            Ok(now) => {
                count_slow(&app, deliver_surges(&app, &now));
                told = now;
            }
            Err(error) => tracing::warn!(%error, "the desk could not be told who waits with the same matter"),
        }
    }
}
