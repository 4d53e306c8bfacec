//! Looks at the articles' health when they changed and once in a while, and nobody waits for it.

use std::{sync::Arc, time::Duration};

use tokio::time::sleep;

use crate::{
    app::App,
    error::Failure,
    service::{
        health::{self, Report, UNUSED_DAYS, Uses},
        quiet::quietly,
        self_test,
    },
    store::{articles, health as kept, help, outcomes, pictures},
};

/// After a start there are better things to do, and after a publish more may follow.
const SETTLED_AFTER: Duration = Duration::from_secs(15);
/// What is stale or unused becomes so without a publish.
const AT_LEAST_EVERY: Duration = Duration::from_secs(6 * 3_600);
const DAY_MS: i64 = 24 * 3_600_000;

/// Runs until the app stops. Several nodes may find the same.
pub async fn run(app: Arc<App>) {
    let mut known = app.known_changes.subscribe();
    loop {
        sleep(SETTLED_AFTER).await;
        let wanted = *known.borrow_and_update();
        if let Err(error) = look(&app).await {
            tracing::warn!(%error, "the articles' health could not be looked at");
        }
        let changed = known.wait_for(|changes| *changes > wanted);
        // Fails only when the app is gone, and then this ends with it.
        let _ = tokio::time::timeout(AT_LEAST_EVERY, changed).await;
    }
}

/// Looks at everything now, and keeps it.
///
/// # Errors
/// The report of before stays.
pub async fn look(app: &App) -> Result<Report, Failure> {
    let (mind, now, changes) = (app.mind(), app.now(), *app.known_changes.borrow());
    let since = now.at - UNUSED_DAYS * DAY_MS;
    let day = now.today().saturating_sub(jiff::Span::new().days(UNUSED_DAYS));
    let uses = Uses {
        answered: kept::answered(&app.store, since).await?,
        viewed: help::views(&app.store, day).await?,
        verdicts: outcomes::summary(&app.store, since).await?,
    };
    let stored = articles::list(&app.store).await?;
    let pictures = pictures::names(&app.store).await?;
    let test = self_test::last(&app.store).await?;
    let public_url = app.settings.public_url.clone();
    let looking = {
        let now = now.clone();
        move || health::examine(&mind, &stored, &uses, test.as_ref(), public_url.as_deref(), &pictures, &now)
    };
    let report = quietly("The look at the articles", looking).await?;
    let json = serde_json::to_string(&report).map_err(|error| Failure::Other(error.to_string()))?;
    kept::keep(&app.store, changes, now.at, json).await?;
    Ok(report)
}
