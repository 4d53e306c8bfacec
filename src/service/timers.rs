//! Fires the timers that are due: each is a turn, decided by `step` inside the transaction that ends the timer.

use std::sync::Arc;

use super::conversations as turns;
use crate::{
    app::App,
    bus::Event as BusEvent,
    dialogue::{self, Event},
    domain::{Conversation, turn::TimerKind},
    store::{
        StoreError,
        conversations::Committed,
        timers::{self, Fired},
    },
};

/// Timers of one sweep at most.
const AT_MOST: usize = 1_000;

/// Every node may do this at any time. Answers how many had an effect.
pub async fn fire_due(app: &Arc<App>) -> Result<usize, StoreError> {
    let mut fired = 0;
    for _ in 0..AT_MOST {
        let (mind, now) = (app.mind(), app.now());
        let decide = move |conversation: Conversation, kind: TimerKind| {
            let state = turns::recall(&conversation);
            let step = dialogue::step(&mind.playbook, &state, &Event::Timer { kind }, None, &now);
            step.refused.is_none().then(|| turns::commit_of(&conversation, step, "system", None, &now))
        };
        match timers::fire(&app.store, app.clock.now_ms(), decide).await? {
            Fired::Done(Committed::Done { entries, conversation }) => {
                fired += 1;
                app.metrics.timers_fired.inc();
                // A step of waiting has no entry, but the row and everybody's place may have changed.
                app.desk_changes.add(&conversation.id);
                app.bus.publish(&BusEvent::Turn { conv: conversation.id, status: conversation.status, entries });
            }
            Fired::Idle => {}
            Fired::Done(_) | Fired::Nothing => break,
        }
    }
    Ok(fired)
}
