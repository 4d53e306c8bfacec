//! Use cases that read as four verbs: no SQL, no HTTP.
