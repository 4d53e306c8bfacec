//! Configuration: file < environment < flag, checked as a whole.
