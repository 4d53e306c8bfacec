//! Answers bubbles once their shopper has paused.
//!
//! The node that took a bubble remembers when it is due and answers in time. What it could not (it was killed, the
//! database was away) any node finds in the database a moment later; of two that try, one commits.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::{StreamExt, stream};
use tokio::{sync::Notify, time::sleep};

use crate::{
    app::App,
    domain::{UnixMs, ids::ConversationId},
    service::conversations::{self as turns, Action, SystemAct},
    store::conversations,
};

/// How often the time is looked at: the clock may be a test's own, which no sleep follows.
const LOOK_EVERY: Duration = Duration::from_millis(40);
/// How often the database is asked for what nobody answered.
const SWEEP_EVERY: Duration = Duration::from_secs(1);
/// The node that took the bubble goes first.
const OTHERS_AFTER_MS: UnixMs = 1_500;
/// Conversations of one sweep.
const SWEEP_AT_MOST: i64 = 200;
/// Answered side by side: their commits share a transaction.
const AT_ONCE: usize = 16;

/// The pauses this node keeps.
#[derive(Debug, Default)]
pub struct Pauses {
    due: Mutex<HashMap<ConversationId, UnixMs>>,
    news: Notify,
}

impl Pauses {
    /// A later bubble moves the time.
    pub fn add(&self, conv: &ConversationId, due_at: UnixMs) {
        self.due.lock().unwrap_or_else(PoisonError::into_inner).insert(conv.clone(), due_at);
        self.news.notify_one();
    }

    fn take_due(&self, now: UnixMs) -> Vec<ConversationId> {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        due.extract_if(|_, due_at| *due_at <= now).map(|(conv, _)| conv).collect()
    }

    fn next_due(&self) -> Option<UnixMs> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner).values().min().copied()
    }
}

pub async fn run(app: Arc<App>) {
    tokio::join!(answer_own(&app), answer_overdue(&app));
}

async fn answer_own(app: &Arc<App>) {
    loop {
        let Some(due_at) = app.pauses.next_due() else {
            app.pauses.news.notified().await;
            continue;
        };
        let left = u64::try_from(due_at - app.clock.now_ms()).unwrap_or(0);
        if left > 0 {
            sleep(LOOK_EVERY.min(Duration::from_millis(left))).await;
        } else {
            answer(app, app.pauses.take_due(app.clock.now_ms())).await;
        }
    }
}

async fn answer_overdue(app: &Arc<App>) {
    let mut ticks = super::ticks(SWEEP_EVERY);
    loop {
        ticks.tick().await;
        match conversations::overdue(&app.store, app.clock.now_ms() - OTHERS_AFTER_MS, SWEEP_AT_MOST).await {
            Ok(overdue) => answer(app, overdue).await,
            Err(error) => tracing::warn!(%error, "bubbles without an answer could not be looked for"),
        }
    }
}

async fn answer(app: &Arc<App>, due: Vec<ConversationId>) {
    stream::iter(due)
        .for_each_concurrent(AT_ONCE, |conv| async move {
            // Refused when another bubble moved the time, or somebody was faster: then there is nothing to do.
            if let Err(error) = turns::handle(app, &conv, &Action::System(SystemAct::PauseOver), None).await {
                tracing::warn!(%conv, %error, "bubbles could not be answered yet");
            }
        })
        .await;
}
