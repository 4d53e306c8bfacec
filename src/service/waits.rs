//! What who waits is told: the place by the comparator that dispatches, and a range for the time.

use std::collections::{BTreeMap, HashMap};

use crate::{
    app::App,
    desk::{
        pools::{Spot, Staff},
        there_until,
        wait::{Estimate, Pace, WaitRange},
    },
    domain::{
        Way,
        ids::{ConversationId, InboxId},
    },
    store::{
        StoreError,
        desk::{self, Waiting},
        teams, waits,
    },
};

/// The queue as it is now.
pub struct Queue {
    waiting: Vec<Waiting>,
    /// Of each who waits; empty where nobody asks.
    places: HashMap<ConversationId, Place>,
    /// Where each is in `waiting`.
    at: HashMap<ConversationId, usize>,
}

/// One shopper's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// 1 is next of those whom the same people may be given.
    pub place: i64,
    /// How many of those wait.
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
    /// `is_asked`: who will be told; where that is nobody, nothing is worked out.
    pub async fn load(app: &App, is_asked: impl Fn(&ConversationId) -> bool) -> Result<Queue, StoreError> {
        let waiting = desk::queue(&app.store).await?;
        let places = match waiting.iter().any(|waiting| is_asked(&waiting.conv)) {
            true => places(app, &waiting).await?,
            false => HashMap::new(),
        };
        let at = waiting.iter().enumerate().map(|(at, waiting)| (waiting.conv.clone(), at)).collect();
        Ok(Queue { waiting, places, at })
    }

    pub fn waiting(&self) -> &[Waiting] {
        &self.waiting
    }

    /// `None` for who does not wait, or waits for nobody who is there.
    pub fn place(&self, conv: &ConversationId) -> Option<Place> {
        self.places.get(conv).copied()
    }

    /// Since when and in which inbox; `None` for who does not wait.
    pub fn stay(&self, conv: &ConversationId) -> Option<&Waiting> {
        self.waiting.get(*self.at.get(conv)?)
    }
}

/// Each inbox has a queue, a way and a pace of its own, and gives to the same people: whom one has busy, the other counts
/// as busy.
async fn places(app: &App, waiting: &[Waiting]) -> Result<HashMap<ConversationId, Place>, StoreError> {
    let mut inboxes: BTreeMap<&InboxId, Vec<&Waiting>> = BTreeMap::new();
    waiting.iter().for_each(|waiting| inboxes.entry(&waiting.inbox).or_default().push(waiting));
    let teams: BTreeMap<_, _> =
        teams::list(&app.store).await?.into_iter().map(|team| (team.id, team.members)).collect();
    let langs = teams::langs(&app.store).await?;
    let mut places = HashMap::new();
    for (inbox, waiting) in inboxes {
        let rules = app.mind().playbook.desk.of(inbox);
        let hands = waits::hands(&app.store, there_until(app.clock.now_ms()), rules.capacity).await?;
        let nobody_is_there = hands.is_empty();
        let overflows = rules.overflow_ms != 0;
        let staff = Staff { hands, teams: teams.clone(), langs: langs.clone(), overflows };
        let handled = waits::handled(&app.store, inbox).await?;
        let past = waits::past(&app.store, inbox).await?;
        let usual = Pace::new(0, 0, &handled, &past);
        let place = |Spot { place, waiting, agents, slots, active }: Spot| {
            let (slots, free) = match rules.way {
                // Nobody is made to take anybody: what agents do at once is what they can do.
                Way::Pull => (agents.max(active).min(slots), 0),
                Way::LeastLoaded | Way::RoundRobin => (slots, slots - active),
            };
            Place { place, waiting, estimate: Pace { slots, free, ..usual }.estimate(place) }
        };
        let spots = staff.spots(waiting.iter().map(|waiting| &waiting.need));
        // Whom none of those there may ever take is told that, and no place that does not move.
        let served = waiting.iter().zip(spots).filter(|(_, spot)| spot.agents > 0 || nobody_is_there);
        places.extend(served.map(|(waiting, spot)| (waiting.conv.clone(), place(spot))));
    }
    Ok(places)
}
