//! Runs the server: settings, listener and shutdown in.
