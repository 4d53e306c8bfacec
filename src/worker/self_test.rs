//! Examines the knowledge base when it changed, and nobody waits for it.

use std::{sync::Arc, time::Duration};

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::{app::App, service::self_test};

/// After a start there are better things to do.
const AFTER_START: Duration = Duration::from_secs(30);
/// Editors publish several articles in a row: the last one starts it.
const SETTLED_AFTER: Duration = Duration::from_secs(2);

/// Runs until the app stops. A change while a test is under way ends that test.
pub async fn run(app: Arc<App>) {
    let mut known = app.known_changes.subscribe();
    tokio::select! {
        () = sleep(AFTER_START) => {}
        // The first state is the start's own; what comes after is a publish.
        _ = async {
            let _ = known.wait_for(|changes| *changes > 0).await;
            let first = *known.borrow();
            known.wait_for(|changes| *changes > first).await.map(|_| ())
        } => sleep(SETTLED_AFTER).await,
    }
    loop {
        let wanted = *known.borrow_and_update();
        if let Err(error) = test(&app, wanted, &mut known).await {
            tracing::warn!(%error, "the articles could not be examined");
        }
        if known.wait_for(|changes| *changes > wanted).await.is_err() {
            return;
        }
        sleep(SETTLED_AFTER).await;
    }
}

async fn test(
    app: &App,
    wanted: i64,
    known: &mut tokio::sync::watch::Receiver<i64>,
) -> Result<(), crate::error::Failure> {
    if self_test::last(&app.store).await?.is_some_and(|last| last.changes >= wanted) {
        return Ok(());
    }
    let stopped = CancellationToken::new();
    // However this future ends, the thread behind it hears of it.
    let _guard = stopped.clone().drop_guard();
    tokio::select! {
        done = self_test::run(&app.store, app.mind(), wanted, app.now().at, stopped) => {
            if done? {
                tracing::info!(changes = wanted, "the articles are examined");
            }
        }
        _ = known.wait_for(|changes| *changes > wanted) => {}
    }
    Ok(())
}
