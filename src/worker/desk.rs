//! Tells agents about rows that changed and shoppers about their place, soon after a turn and never in its way.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::Notify;

use crate::{
    app::App,
    domain::{Status, ids::ConversationId},
    hub::Reader,
    store::{StoreError, conversations, desk},
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

/// Status and place as a shopper was last told.
type Told = HashMap<ConversationId, (Status, Option<i64>)>;

pub async fn run(app: Arc<App>) {
    let mut told = Told::new();
    loop {
        let changed = app.desk_changes.take().await;
        if let Err(error) = tell(&app, &changed, &mut told).await {
            tracing::warn!(%error, "the desk could not be told of a change");
        }
    }
}

async fn tell(app: &App, changed: &BTreeSet<ConversationId>, told: &mut Told) -> Result<(), StoreError> {
    if app.hub.has_desk() {
        let mut rows = Vec::with_capacity(changed.len());
        for conv in changed {
            rows.extend(desk::load_row(&app.store, conv).await?);
        }
        if !rows.is_empty() {
            count_slow(app, app.hub.deliver_desk(&ServerFrame::Desk { rows }.encode()));
        }
    }
    tell_shoppers(app, changed, told).await
}

/// A change of one conversation may move every place behind it.
async fn tell_shoppers(app: &App, changed: &BTreeSet<ConversationId>, told: &mut Told) -> Result<(), StoreError> {
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
