//! Reads what was said into the search, a moment after it was committed: no turn waits for it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    app::App,
    domain::UnixMs,
    service::transcripts as service,
    store::{StoreError, transcripts},
};

const EVERY: Duration = Duration::from_secs(2);
/// Conversations of one portion.
const PORTION: i64 = 50;
/// A turn committed by a node whose clock is behind is not passed over.
const CLOCKS_APART_MS: UnixMs = 120_000;
/// While shoppers are answered, a write of so many terms is followed by a rest this many times as long: on SQLite turns
/// wait for it, and of a hundred no more than two shall. Eight new conversations a second are kept up with all the same.
const REST: u32 = 49;
/// Nobody is answered when no turn was committed for this long.
const LULL: Duration = Duration::from_secs(1);

/// How fast to go on.
struct Pace {
    turns: u64,
    last_turn: Option<Instant>,
}

/// Runs until the app stops. Several nodes may read the same; it comes to the same.
pub async fn run(app: Arc<App>) {
    let mut ticks = super::ticks(EVERY);
    let mut pace = Pace { turns: app.metrics.commits.get(), last_turn: None };
    // Everything once, then what changed.
    let mut since = 0;
    loop {
        ticks.tick().await;
        match catch_up(&app, since, &mut pace).await {
            Ok(read) => since = read,
            Err(error) => tracing::warn!(%error, "what was said cannot be searched yet"),
        }
    }
}

/// Where to go on.
async fn catch_up(app: &App, mut since: UnixMs, pace: &mut Pace) -> Result<UnixMs, StoreError> {
    loop {
        let began = app.clock.now_ms();
        let behind = transcripts::behind(&app.store, since, PORTION).await?;
        let (portions, is_all) = service::read(&app.store, &behind).await?;
        for portion in portions {
            let began = Instant::now();
            transcripts::keep(&app.store, portion).await?;
            let rest = pace.rest(began.elapsed(), app.metrics.commits.get(), Instant::now());
            tokio::time::sleep(rest).await;
        }
        match behind.first() {
            // Of a long one there is more to read.
            Some(first) if !is_all || behind.len() as i64 == PORTION => since = first.updated_at,
            _ => return Ok(began - CLOCKS_APART_MS),
        }
    }
}

impl Pace {
    /// After a write that took so long, `turns` having been committed since the start.
    fn rest(&mut self, took: Duration, turns: u64, now: Instant) -> Duration {
        if turns != self.turns {
            self.turns = turns;
            self.last_turn = Some(now);
        }
        match self.last_turn {
            Some(at) if now.duration_since(at) < LULL => took * REST,
            _ => Duration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_rests_while_shoppers_are_answered_and_only_then() {
        let ms = Duration::from_millis;
        let start = Instant::now();
        let mut pace = Pace { turns: 7, last_turn: None };
        assert_eq!(pace.rest(ms(3), 7, start), ms(0));
        assert_eq!(pace.rest(ms(3), 8, start + ms(10)), ms(147));
        assert_eq!(pace.rest(ms(4), 8, start + ms(160)), ms(196));
        assert_eq!(pace.rest(ms(4), 8, start + ms(1_010)), ms(0));
        assert_eq!(pace.rest(ms(4), 20, start + ms(5_000)), ms(196));
    }
}
