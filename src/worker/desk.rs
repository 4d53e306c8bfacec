//! Tells agents about rows that changed and shoppers about their place, soon after a turn and never in its way.
//!
//! Turns of other nodes are heard of by the bus, which may lose them: every few seconds the rows that changed lately
//! are compared with what was told.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};

use crate::{
    app::App,
    desk::{there_until, wait::WaitRange},
    domain::{
        Seat, Status, UnixMs,
        agent::{Permission, may},
        ids::{AgentId, ConversationId},
    },
    hub::{Close, Reader},
    service::waits::{Place, Queue},
    store::{
        StoreError, conversations,
        desk::{self, DeskRow},
        seats, viewers,
        waits::{self, ToldWait},
    },
    web::{
        deliver::{count_slow, deliver_rows, tell_company},
        frames::ServerFrame,
    },
};

/// Conversations that changed since somebody looked. Many changes of one are one.
#[derive(Debug, Default)]
pub struct DeskChanges {
    changed: Mutex<Changes>,
    news: Notify,
}

#[derive(Debug, Default)]
struct Changes {
    conversations: BTreeSet<ConversationId>,
    /// An agent came, went or turned their switch.
    seats: bool,
}

impl DeskChanges {
    pub fn add(&self, conv: &ConversationId) {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner).conversations.insert(conv.clone());
        self.news.notify_one();
    }

    pub fn add_seats(&self) {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner).seats = true;
        self.news.notify_one();
    }

    async fn take(&self) -> Changes {
        loop {
            let changed = std::mem::take(&mut *self.changed.lock().unwrap_or_else(PoisonError::into_inner));
            if changed.seats || !changed.conversations.is_empty() {
                return changed;
            }
            self.news.notified().await;
        }
    }
}

/// How far back the comparison with the database looks beyond the last one: a turn is dated when it is decided, it
/// takes seconds at most until it is committed, and nodes' clocks differ a little.
const LOOK_BACK_MS: i64 = 20_000;

/// What a shopper was last told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct News {
    status: Status,
    place: Option<i64>,
    wait: Option<WaitRange>,
}

/// What this node has told.
#[derive(Default)]
struct Told {
    /// Rows of lately, as agents have them.
    rows: HashMap<ConversationId, DeskRow>,
    places: HashMap<ConversationId, News>,
    /// As agents have them.
    seats: HashMap<AgentId, Seat>,
    /// When rows were last compared with the database; from then on.
    compared_at: UnixMs,
}

/// A change is told at once, those that follow within this time together: while many people write, nobody reads a list
/// that changes with each message.
const PAUSE: Duration = Duration::from_millis(100);

pub async fn run(app: Arc<App>) {
    let mut pause_ends = Instant::now();
    let mut told = Told { compared_at: app.clock.now_ms(), ..Told::default() };
    let mut ticks = super::ticks(super::POSITIONS_EVERY);
    let mut due = app.checks_due.subscribe();
    loop {
        let changes = async {
            sleep_until(pause_ends).await;
            app.desk_changes.take().await
        };
        let done = tokio::select! {
            changed = changes => {
                pause_ends = Instant::now() + PAUSE;
                tell(&app, changed, &mut told).await
            }
            _ = ticks.tick() => tell_missed(&app, &mut told).await,
            _ = due.changed() => tell_missed(&app, &mut told).await,
        };
        if let Err(error) = done {
            tracing::warn!(%error, "the desk could not be told of a change");
        }
    }
}

async fn tell(app: &App, changes: Changes, told: &mut Told) -> Result<(), StoreError> {
    if changes.seats {
        cut_off_changed(app).await?;
    }
    tell_seats(app, told).await?;
    if changes.conversations.is_empty() {
        return Ok(());
    }
    let rows = desk::rows_of(&app.store, &changes.conversations).await?;
    let changed = rows.iter().map(|row| (row.conv.clone(), row.status)).collect();
    if app.hub.has_desk() {
        tell_agents(app, rows, told);
    }
    tell_shoppers(app, &changed, &mut told.places).await
}

/// Looks for changes that the bus did not bring.
async fn tell_missed(app: &App, told: &mut Told) -> Result<(), StoreError> {
    let now = app.clock.now_ms();
    let left = app.company().forget_silent(now);
    tell_company(app, left);
    let since = told.compared_at.min(now) - LOOK_BACK_MS;
    if !app.hub.has_desk() {
        (told.compared_at, told.rows, told.seats) = (now, HashMap::new(), HashMap::new());
        let hosted = app.hub.hosted();
        if hosted.is_empty() {
            return Ok(());
        }
        let changed = desk::statuses_changed_since(&app.store, &hosted, since).await?;
        return tell_shoppers(app, &changed, &mut told.places).await;
    }
    cut_off_changed(app).await?;
    tell_seats(app, told).await?;
    let mut missed = desk::rows_changed_since(&app.store, since).await?;
    told.compared_at = now;
    missed.retain(|row| told.rows.get(&row.conv) != Some(row));
    let changed = missed.iter().map(|row| (row.conv.clone(), row.status)).collect();
    tell_agents(app, missed, told);
    told.rows.retain(|_, row| row.updated_at >= since);
    tell_shoppers(app, &changed, &mut told.places).await
}

/// Accounts, roles and teams are as the database has them now: a socket of before is cut. Whoever may still come, comes
/// again at once and is shown what they may see.
async fn cut_off_changed(app: &App) -> Result<(), StoreError> {
    let desk = app.hub.desk();
    if desk.is_empty() {
        return Ok(());
    }
    let now = viewers::all(&app.store).await?;
    for connection in desk {
        let Some(before) = &connection.viewer else { continue };
        match now.get(&before.agent.id) {
            Some(viewer) if viewer == before => {}
            Some(viewer)
                if viewer.generation == before.generation && may(&viewer.agent, &[], Permission::Desk, None) =>
            {
                connection.outbox.cut_off(Close::GoingAway);
            }
            _ => connection.outbox.cut_off(Close::Unauthorised),
        }
    }
    Ok(())
}

/// A change of hands changes two of them.
async fn tell_seats(app: &App, told: &mut Told) -> Result<(), StoreError> {
    if !app.hub.has_desk() {
        told.seats.clear();
        return Ok(());
    }
    let mut seats = seats::list(&app.store, there_until(app.clock.now_ms())).await?;
    seats.retain(|seat| told.seats.insert(seat.agent.id.clone(), seat.clone()).as_ref() != Some(seat));
    if !seats.is_empty() {
        count_slow(app, app.hub.deliver_desk(&ServerFrame::Seats { seats }.encode()));
    }
    Ok(())
}

fn tell_agents(app: &App, rows: Vec<DeskRow>, told: &mut Told) {
    if rows.is_empty() {
        return;
    }
    told.rows.extend(rows.iter().map(|row| (row.conv.clone(), row.clone())));
    if app.hub.has_desk() {
        count_slow(app, deliver_rows(app, &rows));
    }
}

/// A change of one conversation may move every place behind it.
async fn tell_shoppers(
    app: &App,
    changed: &HashMap<ConversationId, Status>,
    told: &mut HashMap<ConversationId, News>,
) -> Result<(), StoreError> {
    let hosted = app.hub.hosted();
    let queue = Queue::load(app, |conv| hosted.contains(conv)).await?;
    app.metrics.queue_length.set(queue.waiting().len() as i64);
    told.retain(|conv, _| hosted.contains(conv));
    let was_queued: Vec<_> = told.iter().filter(|(_, news)| news.status == Status::Queued).map(|(c, _)| c).collect();
    let waits = queue.waiting().iter().map(|waiting| &waiting.conv);
    let concerned: BTreeSet<ConversationId> =
        waits.chain(was_queued).chain(changed.keys()).filter(|conv| hosted.contains(*conv)).cloned().collect();
    let mut first_told = Vec::new();
    for conv in concerned {
        let place = queue.place(&conv);
        let status = match place {
            Some(_) => Status::Queued,
            // Who waited a moment ago, when the row was read, has left the queue since.
            None if changed.get(&conv).is_some_and(|status| !status.is_waiting()) => changed[&conv],
            None => match conversations::load(&app.store, &conv).await? {
                Some(conversation) => conversation.status.for_shopper(),
                None => continue,
            },
        };
        let wait = place.and_then(|place| place.range());
        let news = News { status, place: place.map(|place| place.place), wait };
        let before = told.insert(conv.clone(), news);
        if before == Some(news) {
            continue;
        }
        // The first time of a stay with a time to tell; the database keeps the first of all nodes.
        if let (Some(Place { place, estimate: Some(estimate), .. }), Some(stay)) = (place, queue.stay(&conv))
            && before.is_none_or(|before| before.wait.is_none())
        {
            let (inbox, queued_at, told_at) = (stay.inbox.clone(), stay.queued_at, app.clock.now_ms());
            first_told.push(ToldWait { conv: conv.clone(), queued_at, inbox, told_at, place, estimate });
        }
        let (place, waiting) = (news.place, place.map(|place| place.waiting));
        let frame = ServerFrame::Status { conv: conv.clone(), status, place, waiting, wait }.encode();
        app.hub.deliver_ephemeral(&conv, &frame, |connection| connection.reader == Reader::Shopper);
    }
    if !first_told.is_empty() {
        waits::note_told(&app.store, first_told).await?;
    }
    Ok(())
}
