//! What `tests/with-services` has started for us, by the environment.

use std::path::PathBuf;

/// A server where the user of the URL may create databases, such as `postgres://postgres@127.0.0.1:5433/postgres`.
pub fn postgres() -> Option<String> {
    variable("WARMLINE_TEST_POSTGRES")
}

/// How badly the bus of every house behaves: the whole suite must bear it.
pub fn storm() -> Option<String> {
    variable("WARMLINE_TEST_STORM")
}

/// The program nats-server.
pub fn nats_server() -> String {
    variable("WARMLINE_TEST_NATS_SERVER").expect("run by tests/with-services")
}

/// Holds ca.pem, a server.pem with its server.key for localhost, and other.pem, a CA that signed nothing.
pub fn certificates() -> PathBuf {
    variable("WARMLINE_TEST_CERTS").expect("run by tests/with-services").into()
}

#[expect(clippy::disallowed_methods, reason = "the server reads its environment in config.rs, tests read theirs here")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
