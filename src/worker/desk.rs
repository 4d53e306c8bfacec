//! Tells agents about rows that changed and shoppers about their place, soon after a turn and never in its way.
//!
//! Turns of other nodes are heard of by the bus, which may lose them: every few seconds the rows that changed lately
//! are compared with what was told.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::Notify;

use crate::{
    app::App,
    domain::{Status, UnixMs, ids::ConversationId},
    hub::Reader,
    store::{
        StoreError, conversations,
        desk::{self, DeskRow},
    },
    web::{deliver::count_slow, frames::ServerFrame},
};

/// Conversations that changed since somebody looked. Many changes of one are one.
#[derive(Debug, Default)]
pub struct DeskChanges {
    changed: Mutex<BTreeSet<ConversationId>>,
    news: Notify,
}

impl DeskChanges {
    pub fn add(&self, conv: &ConversationId) {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner).insert(conv.clone());
        self.news.notify_one();
    }

    async fn take(&self) -> BTreeSet<ConversationId> {
        loop {
            let changed = std::mem::take(&mut *self.changed.lock().unwrap_or_else(PoisonError::into_inner));
            if !changed.is_empty() {
                return changed;
            }
            self.news.notified().await;
        }
    }
}

/// How far back the comparison with the database looks beyond the last one: a turn is dated when it is decided, it
/// takes seconds at most until it is committed, and nodes' clocks differ a little.
const LOOK_BACK_MS: i64 = 20_000;

/// What this node has told.
#[derive(Default)]
struct Told {
    /// Rows of lately, as agents have them.
    rows: HashMap<ConversationId, DeskRow>,
    /// Status and place as a shopper was last told.
    places: HashMap<ConversationId, (Status, Option<i64>)>,
    /// When rows were last compared with the database; from then on.
    compared_at: UnixMs,
}

pub async fn run(app: Arc<App>) {
    let mut told = Told { compared_at: app.clock.now_ms(), ..Told::default() };
    let mut ticks = super::ticks(super::POSITIONS_EVERY);
    let mut due = app.checks_due.subscribe();
    loop {
        let done = tokio::select! {
            changed = app.desk_changes.take() => tell(&app, changed, &mut told).await,
            _ = ticks.tick() => tell_missed(&app, &mut told).await,
            _ = due.changed() => tell_missed(&app, &mut told).await,
        };
        if let Err(error) = done {
            tracing::warn!(%error, "the desk could not be told of a change");
        }
    }
}

async fn tell(app: &App, changed: BTreeSet<ConversationId>, told: &mut Told) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(changed.len());
    if app.hub.has_desk() {
        for conv in &changed {
            rows.extend(desk::load_row(&app.store, conv).await?);
        }
    }
    tell_agents(app, rows, told);
    tell_shoppers(app, &changed, &mut told.places).await
}

/// Looks for changes that the bus did not bring.
async fn tell_missed(app: &App, told: &mut Told) -> Result<(), StoreError> {
    let now = app.clock.now_ms();
    if !app.hub.has_desk() && app.hub.hosted().is_empty() {
        (told.compared_at, told.rows) = (now, HashMap::new());
        return Ok(());
    }
    let since = told.compared_at.min(now) - LOOK_BACK_MS;
    let mut missed = desk::rows_changed_since(&app.store, since).await?;
    told.compared_at = now;
    missed.retain(|row| told.rows.get(&row.conv) != Some(row));
    let changed = missed.iter().map(|row| row.conv.clone()).collect();
    tell_agents(app, missed, told);
    told.rows.retain(|_, row| row.updated_at >= since);
    tell_shoppers(app, &changed, &mut told.places).await
}

fn tell_agents(app: &App, rows: Vec<DeskRow>, told: &mut Told) {
    if rows.is_empty() {
        return;
    }
    told.rows.extend(rows.iter().map(|row| (row.conv.clone(), row.clone())));
    if app.hub.has_desk() {
        count_slow(app, app.hub.deliver_desk(&ServerFrame::Desk { rows }.encode()));
    }
}

/// A change of one conversation may move every place behind it.
async fn tell_shoppers(
    app: &App,
    changed: &BTreeSet<ConversationId>,
    told: &mut HashMap<ConversationId, (Status, Option<i64>)>,
) -> Result<(), StoreError> {
    let queue = desk::queue(&app.store).await?;
    app.metrics.queue_length.set(queue.len() as i64);
    let waiting = queue.len() as i64;
    let hosted = app.hub.hosted();
    told.retain(|conv, _| hosted.contains(conv));
    let places: HashMap<&ConversationId, i64> = queue.iter().zip(1..).collect();
    let was_queued: Vec<_> = told.iter().filter(|(_, (status, _))| *status == Status::Queued).map(|(c, _)| c).collect();
    let concerned: BTreeSet<ConversationId> =
        queue.iter().chain(was_queued).chain(changed).filter(|conv| hosted.contains(*conv)).cloned().collect();
    for conv in concerned {
        let place = places.get(&conv).copied();
        let status = match place {
            Some(_) => Status::Queued,
            None => match conversations::load(&app.store, &conv).await? {
                Some(conversation) => conversation.status,
                None => continue,
            },
        };
        let news = (status, place);
        if told.insert(conv.clone(), news) == Some(news) {
            continue;
        }
        let frame = ServerFrame::Status { conv: conv.clone(), status, place, waiting: place.map(|_| waiting) }.encode();
        app.hub.deliver_ephemeral(&conv, &frame, |connection| connection.reader == Reader::Shopper);
    }
    Ok(())
}
