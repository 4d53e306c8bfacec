//! Gives waiting conversations out: at once when somebody begins to wait, comes to the desk or has room again, and by
//! a sweep should a node have stopped in between.

use std::{sync::Arc, time::Duration};

use crate::{
    app::App,
    service::{dispatch, timers},
};

/// What a node that stopped left undone is found within this time. Offers end at most this much late.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

pub async fn run(app: Arc<App>) {
    let mut ticks = super::ticks(SWEEP_EVERY);
    loop {
        tokio::select! {
            () = app.dispatch_due.notified() => {}
            _ = ticks.tick() => {
                if let Err(error) = timers::fire_due(&app).await {
                    tracing::warn!(%error, "timers that are due could not be fired yet");
                }
                if let Err(error) = dispatch::take_back_missed(&app).await {
                    tracing::warn!(%error, "offers that ran out could not be taken back yet");
                }
            }
        }
        if let Err(error) = dispatch::give_out(&app).await {
            tracing::warn!(%error, "waiting conversations could not be given out yet");
        }
    }
}
