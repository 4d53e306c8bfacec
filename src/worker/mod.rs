//! Background work: timers, index refresh, position checks.
