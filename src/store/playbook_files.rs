//! The files of the playbook as staff wrote them: intents, replies, policies, word lists.

use sqlx::any::AnyRow;

use super::{Store, StoreError, columns, dialect::Turnstile, meta, readers::Read, writer::Outcome};
use crate::domain::playbook::SourceFile;

/// Replaces the whole set, in one transaction. False if it is what was there already.
pub async fn replace_all(store: &Store, mut files: Vec<SourceFile>) -> Result<bool, StoreError> {
    files.sort_by(|one, other| one.path.cmp(&other.path));
    store
        .writer
        .write_much(move |db| {
            Box::pin(async move {
                Turnstile::Playbook.pass(db).await?;
                let stored = sqlx::query("SELECT path, content FROM playbook_file").fetch_all(&mut *db).await?;
                if sorted(&stored)? == files {
                    return Ok(Outcome::Keep(false));
                }
                sqlx::query("DELETE FROM playbook_file").execute(&mut *db).await?;
                for file in files {
                    sqlx::query("INSERT INTO playbook_file (path, content) VALUES ($1, $2)")
                        .bind(file.path)
                        .bind(file.text)
                        .execute(&mut *db)
                        .await?;
                }
                meta::count_knowledge_change(db).await?;
                Ok(Outcome::Keep(true))
            })
        })
        .await
}

/// By path.
pub async fn all(store: &Store) -> Result<Vec<SourceFile>, StoreError> {
    sorted(&sqlx::query("SELECT path, content FROM playbook_file").all(&store.readers).await?)
}

/// By path. Sorted here: the database may collate like a dictionary, and two nodes must agree.
fn sorted(rows: &[AnyRow]) -> Result<Vec<SourceFile>, StoreError> {
    let mut files = rows.iter().map(from_row).collect::<Result<Vec<_>, _>>()?;
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

fn from_row(row: &AnyRow) -> Result<SourceFile, StoreError> {
    Ok(SourceFile { path: columns::text(row, "path")?, text: columns::text(row, "content")? })
}
