//! Keeps this node's leases, and looks after the conversations of agents who are gone.

use std::{collections::HashSet, sync::Arc, time::Duration};

use crate::{
    app::App,
    desk::GRACE_MS,
    domain::ids::{ConversationId, InboxId},
    service::conversations::{self as turns, Action, Handled, SystemAct},
    store::{StoreError, claims, desk, nodes, presence},
};

const RENEW_EVERY_MS: i64 = 10_000;
const SWEEP_EVERY: Duration = Duration::from_secs(2);
/// Leases that ran out this long ago are of no use to anybody.
const FORGET_AFTER_MS: i64 = 600_000;
/// After a start, agents get this long to come back before a shopper hears that nobody is there.
const SETTLE_MS: i64 = 6_000;
/// Shoppers who are told in one sweep that the desk has closed.
const MOST_AT_ONCE: usize = 200;

pub async fn keep(app: Arc<App>) {
    let started = app.clock.now_ms();
    let mut renewed_at = i64::MIN;
    let (mut told, mut told_closed) = (HashSet::new(), HashSet::new());
    let mut ticks = super::ticks(SWEEP_EVERY);
    let mut due = app.checks_due.subscribe();
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = due.changed() => {}
        }
        let now = app.clock.now_ms();
        // Before the sweep: a process that was stopped for a minute must not take its own agents for gone.
        if now.saturating_sub(renewed_at) >= RENEW_EVERY_MS {
            match renew(&app, started, now).await {
                Ok(()) => renewed_at = now,
                Err(error) => {
                    tracing::warn!(%error, "the desk's presence could not be renewed");
                    continue;
                }
            }
        }
        // When all nodes were down, every lease has run out: agents first get their time to come back.
        if now - started >= GRACE_MS
            && let Err(error) = requeue_lost(&app, now).await
        {
            tracing::warn!(%error, "conversations of agents who are gone could not be looked after");
        }
        if now - started >= SETTLE_MS
            && let Err(error) = tell_if_nobody_is_there(&app, now, &mut told).await
        {
            tracing::warn!(%error, "waiting shoppers could not be told that nobody is there");
        }
        if let Err(error) = tell_if_closed(&app, &mut told_closed).await {
            tracing::warn!(%error, "waiting shoppers could not be told that the desk is closed");
        }
    }
}

async fn renew(app: &App, started: i64, now: i64) -> Result<(), StoreError> {
    presence::renew(&app.store, &app.node, now + GRACE_MS, now - FORGET_AFTER_MS).await?;
    nodes::renew(&app.store, &app.node, started, now + GRACE_MS, now - FORGET_AFTER_MS).await
}

/// Any node may do this: of two, one commits and the other finds the epoch changed.
async fn requeue_lost(app: &Arc<App>, now: i64) -> Result<(), StoreError> {
    for lost in presence::lost(&app.store, now).await? {
        if happens(app, &lost.conv, SystemAct::AgentLost { epoch: lost.epoch }).await == Some(Handled::Done) {
            app.metrics.agents_lost.inc();
        }
    }
    Ok(())
}

/// `None` when it is to be tried again. A conversation that cannot be turned must not keep the others waiting.
async fn happens(app: &Arc<App>, conv: &ConversationId, act: SystemAct) -> Option<Handled> {
    let turn = turns::handle(app, conv, &Action::System(act), None).await;
    turn.inspect_err(|error| tracing::warn!(%conv, %error, "a conversation could not be looked after yet")).ok()
}

/// `told` spares the database a try for each sweep; the conversation's own memory decides.
async fn tell_if_nobody_is_there(
    app: &Arc<App>,
    now: i64,
    told: &mut HashSet<ConversationId>,
) -> Result<(), StoreError> {
    let mut out_of_reach: HashSet<ConversationId> = HashSet::new();
    for inbox in app.inboxes() {
        let overflow_before = app.mind().playbook.desk.of(&inbox.id).overflow_before(now);
        out_of_reach.extend(claims::out_of_reach(&app.store, &inbox.id, now, overflow_before).await?);
    }
    told.retain(|conv| out_of_reach.contains(conv));
    for conv in out_of_reach {
        if !told.contains(&conv) && happens(app, &conv, SystemAct::NobodyOnline).await.is_some() {
            told.insert(conv);
        }
    }
    Ok(())
}

/// Who waits when the desk closes, and whoever comes back into the queue afterwards. `told` as above.
async fn tell_if_closed(app: &Arc<App>, told: &mut HashSet<ConversationId>) -> Result<(), StoreError> {
    let now = app.now();
    let rules = app.mind();
    let is_closed =
        |inbox: &InboxId| rules.playbook.desk.of(inbox).hours.is_some_and(|hours| !hours.is_open(now.at, &now.zone));
    let closed: HashSet<InboxId> = app.inboxes().into_iter().map(|inbox| inbox.id).filter(is_closed).collect();
    if closed.is_empty() {
        told.clear();
        return Ok(());
    }
    let waiting = desk::queue(&app.store).await?.into_iter();
    let waiting: HashSet<ConversationId> =
        waiting.filter(|waiting| closed.contains(&waiting.inbox)).map(|waiting| waiting.conv).collect();
    told.retain(|conv| waiting.contains(conv));
    // The rest hears it with the next sweep: leases have to be renewed in between.
    let untold: Vec<_> = waiting.into_iter().filter(|conv| !told.contains(conv)).take(MOST_AT_ONCE).collect();
    for conv in untold {
        if happens(app, &conv, SystemAct::DeskClosed).await.is_some() {
            told.insert(conv);
        }
    }
    Ok(())
}
