//! Opening a database: what is refused, in one sentence, and a schema from the future.

use sqlx::{AnyConnection, Connection};

use super::*;

on_both_databases! {
    a_newer_schema_is_refused_in_one_sentence,
    a_schema_of_another_program_is_refused_in_one_sentence,
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_is_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = sqlite_url(&folder.path().join("missing/warmline.db"));
    for (address, words) in [(nowhere.as_str(), "cannot open the database"), ("mysql://x/y", "must begin with sqlite:")]
    {
        let error = Store::open(address, 1).await.unwrap_err().to_string();
        assert!(error.contains(words) && !error.contains('\n'), "{error}");
    }
}

async fn a_newer_schema_is_refused_in_one_sentence(fresh: Fresh) {
    fresh.close().await;
    assert!(refusal_after(&fresh.url, 9_999).await.contains("was made by a newer Warmline (its schema is 9999"));
}

async fn a_schema_of_another_program_is_refused_in_one_sentence(fresh: Fresh) {
    fresh.close().await;
    assert!(refusal_after(&fresh.url, -1).await.contains("is not Warmline's"));
}

/// What `open` and `migrate` say after somebody applied this migration.
async fn refusal_after(url: &str, version: i64) -> String {
    let mut connection = AnyConnection::connect(url).await.unwrap();
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         SELECT $1, 'x', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1",
    )
    .bind(version)
    .execute(&mut connection)
    .await
    .unwrap();
    connection.close().await.unwrap();
    let said = Store::open(url, 1).await.unwrap_err().to_string();
    assert_eq!(Store::migrate(url).await.unwrap_err().to_string(), said);
    assert!(!said.contains('\n'), "{said}");
    said
}
