//! Databases on the test server: every test gets one of its own.

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::services;

/// The URL of a new, empty database.
pub async fn new_database() -> String {
    let server = services::postgres().expect("run by tests/with-services");
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
