//! Keeps what the operator's model server says in step with what the bot knows, and looks after a server that fell ill.

use std::{future::pending, sync::Arc, time::Duration};

use tokio::time::sleep;

use crate::{
    app::App,
    search::Embeddings,
    service::embeddings::{Rows, attach},
};

/// Between two looks at a server; more after each failure, up to the second.
const LOOK_AFTER: Duration = Duration::from_secs(1);
const LOOK_AFTER_MOST: Duration = Duration::from_secs(30);

/// Runs until the app stops.
pub async fn run(app: Arc<App>) {
    let Some(embeddings) = &app.embeddings else { return pending().await };
    let mut changed = app.mind_changed.subscribe();
    let mut rows = Rows::new();
    let mut wait = LOOK_AFTER;
    let mut failed = false;
    loop {
        changed.mark_unchanged();
        let is_attached = app.mind().is_understood_elsewhere();
        let done = match is_attached {
            false => attach(&app, embeddings, &mut rows).await.map_err(|error| error.to_string()),
            true if embeddings.is_well() => Ok(()),
            true => look(embeddings).await,
        };
        app.metrics.embeddings_up.set(done.is_ok().into());
        match done {
            Ok(()) => {
                if failed || !is_attached {
                    tracing::info!(model = embeddings.name(), "the embeddings server's vectors are used");
                }
                (wait, failed) = (LOOK_AFTER, false);
            }
            Err(error) => {
                if !failed {
                    tracing::warn!(%error, "the bot goes by the model of this binary until the embeddings server is well");
                }
                (wait, failed) = ((wait * 2).min(LOOK_AFTER_MOST), true);
            }
        }
        tokio::select! {
            () = sleep(wait) => {}
            _ = changed.changed() => {}
        }
    }
}

async fn look(embeddings: &Arc<Embeddings>) -> Result<(), String> {
    let embeddings = embeddings.clone();
    match tokio::task::spawn_blocking(move || embeddings.look()).await {
        Ok(looked) => looked.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    }
}
