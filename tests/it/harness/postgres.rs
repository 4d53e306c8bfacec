//! A PostgreSQL server for tests: the environment names it, and every test gets a database of its own there.

use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// The server's URL with a user who may create databases, such as `postgres://postgres@127.0.0.1:5433/postgres`.
/// `tests/run` starts one and sets this.
pub const VARIABLE: &str = "WARMLINE_TEST_POSTGRES";

pub fn server() -> Option<String> {
    std::env::var(VARIABLE).ok().filter(|url| !url.is_empty())
}

/// The URL of a new, empty database.
pub async fn new_database() -> String {
    let server = server().unwrap_or_else(|| panic!("{VARIABLE} must name a PostgreSQL server"));
    let mut connection = PgConnection::connect(&server).await.expect("the test server answers");
    let name = format!("warmline_test_{}", uuid::Uuid::now_v7().simple());
    sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE template0")))
        .execute(&mut connection)
        .await
        .expect("a new database");
    connection.close().await.expect("a clean close");
    let (address, query) = server.split_once('?').unwrap_or((&server, ""));
    let (host, _) = address.rsplit_once('/').expect("a URL with a database");
    if query.is_empty() { format!("{host}/{name}") } else { format!("{host}/{name}?{query}") }
}
