//! The regression set of the knowledge base: questions with the answer they must keep, and what came of them.

use super::{Store, StoreError, audit, columns, readers::Read, writer::Outcome};
use crate::domain::{KnowledgeTest, UnixMs, audit::Change};

/// Runs that are kept.
pub const KEPT_RUNS: i64 = 100;

/// Oldest first.
pub async fn list(store: &Store) -> Result<Vec<KnowledgeTest>, StoreError> {
    let found = sqlx::query(
        "SELECT id, question, lang, expects, target, made_at, made_by FROM knowledge_test ORDER BY made_at, id",
    )
    .all(&store.readers)
    .await?;
    found
        .iter()
        .map(|row| {
            let (expects, target) = (columns::text(row, "expects")?, columns::maybe_text(row, "target")?);
            Ok(KnowledgeTest {
                id: columns::text(row, "id")?,
                question: columns::text(row, "question")?,
                lang: columns::lang(row)?,
                expects: crate::domain::Expects::from_parts(&expects, target)
                    .ok_or_else(|| StoreError::Unreadable(format!("expects: {expects:?}")))?,
                made_at: columns::int(row, "made_at")?,
                made_by: columns::text(row, "made_by")?,
            })
        })
        .collect()
}

/// Adds it, or changes what it asks and expects. `change` is written down with it.
pub async fn save(store: &Store, test: KnowledgeTest, change: Change) -> Result<(), StoreError> {
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                let (expects, target) = test.expects.parts();
                sqlx::query(
                    "INSERT INTO knowledge_test (id, question, lang, expects, target, made_at, made_by) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO UPDATE SET question = excluded.question, \
                     lang = excluded.lang, expects = excluded.expects, target = excluded.target",
                )
                .bind(test.id)
                .bind(columns::storable(&test.question))
                .bind(test.lang.tag())
                .bind(expects)
                .bind(target.map(columns::storable))
                .bind(test.made_at)
                .bind(columns::storable(&test.made_by))
                .execute(&mut *db)
                .await?;
                audit::note_in(db, change).await?;
                Ok(Outcome::Keep(()))
            })
        })
        .await
}

/// False if there is no such test; else `change` is written down with it.
pub async fn remove(store: &Store, id: &str, change: Change) -> Result<bool, StoreError> {
    let id = columns::storable(id);
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                let done = sqlx::query("DELETE FROM knowledge_test WHERE id = $1").bind(id).execute(&mut *db).await?;
                let is_gone = done.rows_affected() == 1;
                if is_gone {
                    audit::note_in(db, change).await?;
                }
                Ok(Outcome::Keep(is_gone))
            })
        })
        .await
}

/// Keeps what came of a run, as JSON; the oldest beyond a hundred go.
pub async fn note_run(store: &Store, id: String, at: UnixMs, result: String) -> Result<(), StoreError> {
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                sqlx::query("INSERT INTO knowledge_test_run (id, at, result) VALUES ($1, $2, $3)")
                    .bind(id)
                    .bind(at)
                    .bind(result)
                    .execute(&mut *db)
                    .await?;
                sqlx::query(
                    "DELETE FROM knowledge_test_run WHERE id NOT IN \
                     (SELECT id FROM knowledge_test_run ORDER BY at DESC, id DESC LIMIT $1)",
                )
                .bind(KEPT_RUNS)
                .execute(db)
                .await?;
                Ok(Outcome::Keep(()))
            })
        })
        .await
}

/// Newest first, as JSON.
pub async fn runs(store: &Store, most: i64) -> Result<Vec<String>, StoreError> {
    let found = sqlx::query("SELECT result FROM knowledge_test_run ORDER BY at DESC, id DESC LIMIT $1")
        .bind(most)
        .all(&store.readers)
        .await?;
    found.iter().map(|row| columns::text(row, "result")).collect()
}

/// Whether a publish that breaks a test is refused; else it is warned of.
pub async fn refuses_broken(store: &Store) -> Result<bool, StoreError> {
    let row =
        sqlx::query("SELECT value FROM meta WHERE name = 'refuses_broken_tests'").maybe_one(&store.readers).await?;
    Ok(row.map(|row| columns::text(&row, "value")).transpose()?.as_deref() == Some("1"))
}

pub async fn set_refuses_broken(store: &Store, refuses: bool, change: Change) -> Result<(), StoreError> {
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                sqlx::query(
                    "INSERT INTO meta (name, value) VALUES ('refuses_broken_tests', $1) \
                     ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                )
                .bind(if refuses { "1" } else { "0" })
                .execute(&mut *db)
                .await?;
                audit::note_in(db, change).await?;
                Ok(Outcome::Keep(()))
            })
        })
        .await
}
