//! Everything a request needs, put together once at start.
