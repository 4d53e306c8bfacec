//! What operators measure. Labels are few and fixed; nothing personal is in them.

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::AtomicU64},
};

use axum::{
    extract::{ConnectInfo, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use prometheus_client::{
    encoding::text::encode,
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::Registry,
};

use super::error::ApiError;
use crate::{app::App, domain::sentence::sentence};

type Labels = [(&'static str, &'static str); 1];

#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    pub connections: Family<Labels, Gauge>,
    pub turns: Family<Labels, Counter>,
    pub turn_seconds: Histogram,
    pub decide_seconds: Histogram,
    pub commits: Counter,
    pub conflicts: Counter,
    pub queue_length: Gauge,
    pub refused: Family<Labels, Counter>,
    pub resumes: Counter,
    pub resets: Counter,
    pub catch_ups: Counter,
    pub slow_consumers: Counter,
    pub agents_lost: Counter,
    pub given: Counter,
    pub timers_fired: Counter,
    pub articles: Gauge,
    pub bus_connected: Gauge,
    pub embeddings_up: Gauge,
    /// Seconds since 1970, as `process_start_time_seconds` is usually told.
    start_time: Gauge<f64, AtomicU64>,
}

impl Metrics {
    pub fn new(started_at_ms: i64) -> Self {
        let seconds = || Histogram::new(exponential_buckets(0.0005, 2.0, 14));
        let mut metrics = Metrics {
            registry: Registry::with_prefix("warmline"),
            connections: Family::default(),
            turns: Family::default(),
            turn_seconds: seconds(),
            decide_seconds: seconds(),
            commits: Counter::default(),
            conflicts: Counter::default(),
            queue_length: Gauge::default(),
            refused: Family::default(),
            resumes: Counter::default(),
            resets: Counter::default(),
            catch_ups: Counter::default(),
            slow_consumers: Counter::default(),
            agents_lost: Counter::default(),
            given: Counter::default(),
            timers_fired: Counter::default(),
            articles: Gauge::default(),
            bus_connected: Gauge::default(),
            embeddings_up: Gauge::default(),
            start_time: Gauge::default(),
        };
        metrics.start_time.set(started_at_ms as f64 / 1000.0);
        let r = &mut metrics.registry;
        r.register("connections", "Open sockets by role", metrics.connections.clone());
        r.register("turns", "Turns by what was decided", metrics.turns.clone());
        r.register("turn_seconds", "Frame in to frames out, the write to disk included", metrics.turn_seconds.clone());
        r.register("decide_seconds", "Perceive and decide, without the commit", metrics.decide_seconds.clone());
        r.register("commits", "Turns committed", metrics.commits.clone());
        r.register("conflicts", "Turns decided again because somebody was faster", metrics.conflicts.clone());
        r.register("queue_length", "Conversations waiting for a person", metrics.queue_length.clone());
        r.register("refused", "Frames refused, by code", metrics.refused.clone());
        r.register("resumes", "Clients continued where they were", metrics.resumes.clone());
        r.register("resets", "Clients that had to start over", metrics.resets.clone());
        r.register("catch_ups", "Gaps found and filled from the log", metrics.catch_ups.clone());
        r.register("slow_consumers", "Sockets closed because they did not read", metrics.slow_consumers.clone());
        r.register("agents_lost", "Conversations requeued because their agent was gone", metrics.agents_lost.clone());
        r.register("given", "Conversations given or offered to agents", metrics.given.clone());
        r.register("timers_fired", "Timers that went off and had an effect", metrics.timers_fired.clone());
        r.register("articles", "Articles the bot may answer from", metrics.articles.clone());
        r.register("bus_connected", "1 while other nodes hear of turns at once", metrics.bus_connected.clone());
        r.register("embeddings_up", "1 while the embeddings server's vectors are used", metrics.embeddings_up.clone());
        r.register("start_time_seconds", "When the server started", metrics.start_time.clone());
        metrics
    }

    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a String does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

/// With a token configured, whoever has it; else only this machine, and not through a proxy.
pub async fn show(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Response {
    let may = match &app.settings.metrics_token {
        Some(token) => headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "))
            .is_some_and(|given| is_same(given, &token.0)),
        None => peer.ip().to_canonical().is_loopback() && !headers.contains_key("x-forwarded-for"),
    };
    if !may {
        return ApiError::forbidden(sentence!("Metrics need the configured token.")).into_response();
    }
    let text = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, text)], app.metrics.text()).into_response()
}

/// Compares without telling by the time taken how much was right.
fn is_same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}
