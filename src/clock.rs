//! The only place that reads the clock. Everything else is told what time it is.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use jiff::tz::TimeZone;

use crate::domain::{Now, UnixMs};

/// Cheap to clone; clones of a manual clock share its hand.
#[derive(Debug, Clone)]
pub enum Clock {
    System,
    /// Stands still until it is moved.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    pub fn manual(at: UnixMs) -> Self {
        Clock::Manual(Arc::new(AtomicI64::new(at)))
    }

    #[allow(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    pub fn now_ms(&self) -> UnixMs {
        match self {
            Clock::System => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .ok()
                .and_then(|since| UnixMs::try_from(since.as_millis()).ok())
                .unwrap_or(0),
            Clock::Manual(hand) => hand.load(Ordering::SeqCst),
        }
    }

    /// Moves a manual clock; the system's clock is not ours to move.
    pub fn advance_ms(&self, by: UnixMs) {
        if let Clock::Manual(hand) = self {
            hand.fetch_add(by, Ordering::SeqCst);
        }
    }

    pub fn now(&self, zone: &TimeZone) -> Now {
        Now { at: self.now_ms(), zone: zone.clone() }
    }
}
