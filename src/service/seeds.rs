//! What a new installation starts with.
