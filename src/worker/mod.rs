//! Background work of this node: what nobody waits for, and what finds out that something was missed.

pub mod desk;
mod dispatch;
mod embeddings;
pub mod gaps;
pub mod health;
mod help_views;
pub mod pauses;
pub mod presence;
mod self_test;
mod surges;
mod transcripts;

use std::{sync::Arc, time::Duration};

use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::{
    app::App,
    bus::Link,
    service::{attachments, drafts, knowledge},
    store::{
        StoreError,
        conversations::{self, Side},
    },
    web::deliver::deliver_seen,
};

/// How often hosted conversations and the desk's rows are compared with the database: without this a lost *last*
/// event is invisible.
const POSITIONS_EVERY: Duration = Duration::from_secs(3);
/// How often the shelf is compared with the database, should the hint of a publish be lost.
const KNOWLEDGE_EVERY: Duration = Duration::from_secs(2);
/// Scheduled articles are published at most this much late.
const SCHEDULED_EVERY: Duration = Duration::from_millis(500);
/// Files that were uploaded and never sent are looked for this often.
const FORGET_FILES_EVERY: Duration = Duration::from_secs(600);
const FORGET_LIMITS_EVERY: Duration = Duration::from_secs(60);
/// A bus that is not connected this long after the start is worth a line.
const BUS_WITHIN: Duration = Duration::from_secs(3);

/// Runs until the app stops.
/// `changes`: the state of the articles that the bot knows at the start.
pub async fn run(app: Arc<App>, changes: i64) {
    tokio::select! {
        () = app.stopping.cancelled() => {}
        () = desk::run(app.clone()) => {}
        () = presence::keep(app.clone()) => {}
        () = dispatch::run(app.clone()) => {}
        () = pauses::run(app.clone()) => {}
        () = check_positions(app.clone()) => {}
        () = keep_knowledge(app.clone(), changes) => {}
        () = publish_scheduled(app.clone()) => {}
        () = forget_limits(app.clone()) => {}
        () = forget_unsent_files(app.clone()) => {}
        () = watch_bus(app.clone()) => {}
        () = self_test::run(app.clone()) => {}
        () = help_views::run(app.clone()) => {}
        () = gaps::run(app.clone()) => {}
        () = health::run(app.clone()) => {}
        () = transcripts::run(app.clone()) => {}
        () = embeddings::run(app.clone()) => {}
        () = surges::run(app.clone()) => {}
    }
}

async fn check_positions(app: Arc<App>) {
    let mut ticks = ticks(POSITIONS_EVERY);
    let mut due = app.checks_due.subscribe();
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = due.changed() => {}
        }
        if let Err(error) = compare_positions(&app).await {
            tracing::warn!(%error, "positions could not be compared with the database");
        }
    }
}

async fn compare_positions(app: &App) -> Result<(), StoreError> {
    let hosted: Vec<_> = app.hub.hosted().into_iter().collect();
    for some in hosted.chunks(500) {
        for (conv, positions) in conversations::positions(&app.store, some).await? {
            let missed = app.hub.notice(&conv, positions.head);
            app.metrics.catch_ups.inc_by(missed as u64);
            deliver_seen(app, &conv, Side::Shopper, positions.seen_by_shopper);
            deliver_seen(app, &conv, Side::Agent, positions.seen_by_agent);
        }
    }
    Ok(())
}

/// Puts a new mind in place when an article or the playbook changed, or a day began on which others are valid.
async fn keep_knowledge(app: Arc<App>, mut changes: i64) {
    let mut ticks = ticks(KNOWLEDGE_EVERY);
    loop {
        tokio::select! {
            () = app.knowledge_changed.notified() => {}
            _ = ticks.tick() => {}
        }
        match knowledge::refresh(&app, changes).await {
            Ok(now) => {
                changes = now;
                app.known_changes.send_replace(now);
                if let Err(error) = knowledge::renew(&app).await {
                    tracing::error!(%error, "the bot goes on with the index it has");
                }
            }
            Err(error) => tracing::error!(%error, "the bot goes on with what it knew: articles cannot be read"),
        }
    }
}

async fn publish_scheduled(app: Arc<App>) {
    let mut ticks = ticks(SCHEDULED_EVERY);
    loop {
        ticks.tick().await;
        if let Err(error) = drafts::publish_due(&app).await {
            tracing::warn!(%error, "scheduled articles could not be published yet");
        }
    }
}

/// Says when other nodes cannot be heard, and looks for what was missed as soon as they can.
async fn watch_bus(app: Arc<App>) {
    let Some(mut link) = app.bus.link() else { return std::future::pending().await };
    let _ = timeout(BUS_WITHIN, link.wait_for(|link| *link == Link::Up)).await;
    loop {
        match *link.borrow_and_update() {
            Link::Up => {
                app.metrics.bus_connected.set(1);
                tracing::info!("connected to other nodes through NATS");
                app.checks_due.send_replace(());
                app.knowledge_changed.notify_one();
            }
            Link::Down => {
                app.metrics.bus_connected.set(0);
                tracing::warn!("NATS is away: what happens on other nodes is seen a few seconds late");
            }
        }
        if link.changed().await.is_err() {
            return std::future::pending().await;
        }
    }
}

async fn forget_unsent_files(app: Arc<App>) {
    let mut ticks = ticks(FORGET_FILES_EVERY);
    loop {
        ticks.tick().await;
        match attachments::forget_unsent(&app).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "files that were never sent are removed"),
            Err(error) => tracing::warn!(%error, "files that were never sent could not be removed yet"),
        }
    }
}

async fn forget_limits(app: Arc<App>) {
    let mut ticks = ticks(FORGET_LIMITS_EVERY);
    loop {
        ticks.tick().await;
        app.limits.forget_idle();
    }
}

fn ticks(every: Duration) -> tokio::time::Interval {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
