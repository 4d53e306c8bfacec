//! What who waits is told: the place by the comparator that dispatches, and a range for the time.

use std::collections::HashMap;

use crate::{
    app::App,
    desk::{
        there_until,
        wait::{Estimate, Pace, WaitRange},
    },
    domain::{Way, ids::ConversationId},
    store::{
        StoreError,
        desk::{self, Waiting},
        waits::{self, Crew},
    },
};

/// The queue as it is now.
pub struct Queue {
    waiting: Vec<Waiting>,
    places: HashMap<ConversationId, usize>,
    /// `None` where nobody asks for a time.
    pace: Option<Pace>,
}

/// One shopper's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// 1 is next.
    pub place: i64,
    /// How many wait in all.
    pub waiting: i64,
    /// Absent while nobody is there.
    pub estimate: Option<Estimate>,
}

impl Place {
    pub fn range(&self) -> Option<WaitRange> {
        self.estimate.map(|estimate| estimate.range)
    }
}

impl Queue {
    /// `is_asked`: whose wait will be told; for nobody, nothing is worked out.
    pub async fn load(app: &App, is_asked: impl Fn(&ConversationId) -> bool) -> Result<Queue, StoreError> {
        let waiting = desk::queue(&app.store).await?;
        let pace = match waiting.iter().any(|waiting| is_asked(&waiting.conv)) {
            true => Some(pace(app).await?),
            false => None,
        };
        let places = waiting.iter().enumerate().map(|(at, waiting)| (waiting.conv.clone(), at)).collect();
        Ok(Queue { waiting, places, pace })
    }

    pub fn waiting(&self) -> &[Waiting] {
        &self.waiting
    }

    /// `None` for who does not wait.
    pub fn place(&self, conv: &ConversationId) -> Option<Place> {
        let place = *self.places.get(conv)? as i64 + 1;
        let estimate = self.pace.as_ref().and_then(|pace| pace.estimate(place));
        Some(Place { place, waiting: self.waiting.len() as i64, estimate })
    }

    /// Since when; `None` for who does not wait.
    pub fn since(&self, conv: &ConversationId) -> Option<i64> {
        self.places.get(conv).map(|at| self.waiting[*at].queued_at)
    }
}

async fn pace(app: &App) -> Result<Pace, StoreError> {
    let inbox = &app.first_inbox().id;
    let rules = app.mind().playbook.desk.of(inbox);
    let Crew { agents, slots, active } =
        waits::crew(&app.store, there_until(app.clock.now_ms()), rules.capacity).await?;
    let (slots, free) = match rules.way {
        // Nobody is made to take anybody: what agents do at once is what they can do.
        Way::Pull => (agents.max(active).min(slots), 0),
        Way::LeastLoaded | Way::RoundRobin => (slots, slots - active),
    };
    let handled = waits::handled(&app.store, inbox).await?;
    let past = waits::past(&app.store, inbox).await?;
    Ok(Pace::new(slots, free, &handled, &past))
}
