//! The files of the playbook as staff wrote them: intents, replies, policies, word lists.

use super::{Store, StoreError, columns, writer::Outcome};
use crate::domain::playbook::SourceFile;

/// Replaces the whole set, in one transaction.
pub async fn replace_all(store: &Store, files: Vec<SourceFile>) -> Result<(), StoreError> {
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                sqlx::query("DELETE FROM playbook_file").execute(&mut *db).await?;
                for file in files {
                    sqlx::query("INSERT INTO playbook_file (path, content) VALUES ($1, $2)")
                        .bind(file.path)
                        .bind(file.text)
                        .execute(&mut *db)
                        .await?;
                }
                Ok(Outcome::Keep(()))
            })
        })
        .await
}

/// By path.
pub async fn all(store: &Store) -> Result<Vec<SourceFile>, StoreError> {
    let found = sqlx::query("SELECT path, content FROM playbook_file ORDER BY path").fetch_all(&store.readers).await?;
    found
        .iter()
        .map(|row| Ok(SourceFile { path: columns::text(row, "path")?, text: columns::text(row, "content")? }))
        .collect()
}
