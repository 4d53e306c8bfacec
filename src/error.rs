//! Errors that reach people: one clear sentence each.
