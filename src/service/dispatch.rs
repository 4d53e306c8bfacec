//! Giving out what waits: finds an agent with room for the head of the queue, again and again until nobody fits.
//!
//! The store brings two together under lock; what comes of it is decided by `step` and committed in the same
//! transaction. So it is a turn like any other, and every node may do it at any time.

use std::sync::Arc;

use super::conversations::{self as turns, Action, Handled, SystemAct, TurnError};
use crate::{
    app::App,
    bus::Event as BusEvent,
    desk::there_until,
    dialogue::{self, Event},
    domain::{
        Now, UnixMs, Way, Why,
        ids::InboxId,
        playbook::{InboxRules, Playbook},
        turn::TurnCommit,
    },
    store::{
        StoreError,
        claims::{self, Claimed, Match, Search},
        conversations::Committed,
    },
};

/// Conversations given out in one go at most, so that a sweep ends.
const AT_MOST: usize = 500;

/// Gives out what can be given out now. Answers how many.
pub async fn give_out(app: &Arc<App>) -> Result<usize, StoreError> {
    let mut given = 0;
    for inbox in app.inboxes() {
        let mind = app.mind();
        let rules = mind.playbook.desk.of(&inbox.id);
        if rules.way == Way::Pull {
            continue;
        }
        while given < AT_MOST && give_one(app, &inbox.id, &rules).await? {
            given += 1;
        }
    }
    Ok(given)
}

async fn give_one(app: &Arc<App>, inbox: &InboxId, rules: &InboxRules) -> Result<bool, StoreError> {
    let now = app.now();
    let search = Search {
        inbox: inbox.clone(),
        way: rules.way,
        capacity: rules.capacity,
        previous_first: rules.previous_first,
        now: now.at,
        there_until: there_until(now.at),
        overflow_before: rules.overflow_before(now.at),
    };
    let (mind, at, way, offer_ms) = (app.mind(), now.at, rules.way, rules.offer_ms);
    let decide = move |found: Match| decide(&mind.playbook, found, way, offer_ms, &now);
    match claims::claim(&app.store, search, decide).await? {
        Claimed::Given(Committed::Done { entries, conversation }) => {
            let waited_ms = conversation.queued_at.map_or(0, |since| at - since);
            tracing::debug!(conv = %conversation.id, waited_ms, "given to an agent");
            app.metrics.given.inc();
            let (conv, status) = (conversation.id, conversation.status);
            app.bus.publish(&BusEvent::Turn { conv, status, entries });
            Ok(true)
        }
        // Somebody else had a hand on it: the next sweep looks again.
        Claimed::Given(_) | Claimed::Nothing => Ok(false),
    }
}

/// Pure: run inside the transaction that holds both.
fn decide(playbook: &Playbook, found: Match, way: Way, offer_ms: UnixMs, now: &Now) -> Option<TurnCommit> {
    let Match { conversation, agent, load, how, is_own } = found;
    let state = turns::recall(&conversation);
    let why = Why {
        how,
        way: Some(way),
        waited_ms: state.queued_at.map(|since| now.at - since),
        priority: state.priority.clone(),
        load: Some(load),
    };
    let until = (offer_ms > 0).then_some(now.at + offer_ms);
    let event = Event::Given { agent, why: Box::new(why), until, leaves_team: !is_own };
    let step = dialogue::step(playbook, &state, &event, None, now);
    step.refused.is_none().then(|| turns::commit_of(&conversation, step, "system", None, now))
}

/// Takes back the offers that nobody answered. Any node may: of two, one commits. Answers how many.
pub async fn take_back_missed(app: &Arc<App>) -> Result<usize, StoreError> {
    let missed = claims::missed_offers(&app.store, app.clock.now_ms()).await?;
    let mut taken_back = 0;
    for offer in missed {
        let act = Action::System(SystemAct::OfferMissed { epoch: offer.epoch });
        match turns::handle(app, &offer.conv, &act, None).await {
            Ok(Handled::Done) => taken_back += 1,
            Ok(_) | Err(TurnError::Contended) => {}
            Err(TurnError::Store(error)) => return Err(error),
        }
    }
    Ok(taken_back)
}
