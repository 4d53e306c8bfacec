//! HTTP and WebSocket: router, extractors, frames, assets.
