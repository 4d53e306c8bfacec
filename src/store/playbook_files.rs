//! The files of the playbook as staff wrote them: intents, replies, policies, word lists.

use serde::Serialize;
use sqlx::{AnyConnection, any::AnyRow};

use super::{Store, StoreError, audit, columns, dialect::Turnstile, meta, readers::Read, writer::Outcome};
use crate::domain::{UnixMs, audit::Change, playbook::SourceFile};

/// A file and its version, which grows with each change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    pub path: String,
    pub text: String,
    pub version: i64,
    /// 0: since it was imported.
    pub updated_at: UnixMs,
    pub updated_by: Option<String>,
}

/// What became of a wish to save.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilesSaved {
    Done,
    /// This one is at another version by now. Nothing was written.
    Conflict(StoredFile),
    /// Another file was changed since these were read together: to be checked anew. Nothing was written.
    Moved,
}

/// A wish to change one file.
#[derive(Debug, Clone, PartialEq)]
pub struct FileChange {
    pub file: SourceFile,
    /// What the editor started from, to the letter; `None`: there was no such file.
    pub base: Option<String>,
    /// For the history, in the editor's words.
    pub why: String,
    /// Who and when, as it is written down.
    pub change: Change,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileSaved {
    Done,
    /// It says something else by now (`None`: it is gone). Nothing was written.
    Conflict(Option<String>),
}

/// One line of a file's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileVersion {
    pub version: i64,
    /// 0: it came by an import.
    pub at: UnixMs,
    /// `None`: it came by an import.
    pub by: Option<String>,
    pub why: String,
    pub content: String,
}

/// An older text of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldVersion {
    pub version: i64,
    pub saved_at: UnixMs,
    pub saved_by: Option<String>,
}

macro_rules! stored_columns {
    () => {
        "path, content, version, updated_at, updated_by"
    };
}

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
                let before = sorted(&stored)?;
                for gone in before.iter().filter(|old| !files.iter().any(|file| file.path == old.path)) {
                    keep_old(db, &gone.path).await?;
                    sqlx::query("DELETE FROM playbook_file WHERE path = $1")
                        .bind(gone.path.clone())
                        .execute(&mut *db)
                        .await?;
                }
                for file in files.iter().filter(|file| !before.contains(file)) {
                    keep_old(db, &file.path).await?;
                    // Two of the same path are a mistake of whoever calls: the second one fails, and with it all.
                    put(db, file, before.iter().any(|old| old.path == file.path), None).await?;
                }
                meta::count_knowledge_change(db).await?;
                Ok(Outcome::Keep(true))
            })
        })
        .await
}

/// Replaces one file if it still says what the editor started from (`None`: there was no such file), or adds it.
pub async fn replace_one(store: &Store, wish: FileChange) -> Result<FileSaved, StoreError> {
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                Turnstile::Playbook.pass(db).await?;
                let FileChange { file, base, why, change } = wish;
                let row = sqlx::query("SELECT content FROM playbook_file WHERE path = $1")
                    .bind(file.path.clone())
                    .fetch_optional(&mut *db)
                    .await?;
                let stored = row.map(|row| columns::text(&row, "content")).transpose()?;
                if stored != base {
                    return Ok(Outcome::Keep(FileSaved::Conflict(stored)));
                }
                keep_old(db, &file.path).await?;
                put(db, &file, stored.is_some(), Some((&change, &why))).await?;
                audit::note_in(db, Change { about: file.path, ..change }).await?;
                meta::count_knowledge_change(db).await?;
                Ok(Outcome::Keep(FileSaved::Done))
            })
        })
        .await
}

/// Saves texts of files that are there, each over the version it names, if nothing else was changed since `read`. `change`
/// is written down for each.
pub async fn save(
    store: &Store,
    read: &[StoredFile],
    texts: Vec<SourceFile>,
    change: Change,
) -> Result<FilesSaved, StoreError> {
    let read: Vec<_> = read.iter().map(|file| (file.path.clone(), file.version)).collect();
    store
        .writer
        .write_much(move |db| {
            Box::pin(async move {
                Turnstile::Playbook.pass(db).await?;
                let now = sqlx::query(concat!("SELECT ", stored_columns!(), " FROM playbook_file"))
                    .fetch_all(&mut *db)
                    .await?;
                let now = now.iter().map(stored).collect::<Result<Vec<_>, _>>()?;
                for file in &now {
                    let was = read.iter().find(|(path, _)| *path == file.path).map(|(_, version)| *version);
                    if was != Some(file.version) {
                        let is_meant = texts.iter().any(|text| text.path == file.path);
                        let conflict = FilesSaved::Conflict(file.clone());
                        return Ok(Outcome::Keep(if is_meant { conflict } else { FilesSaved::Moved }));
                    }
                }
                if now.len() != read.len() {
                    return Ok(Outcome::Keep(FilesSaved::Moved));
                }
                for file in texts {
                    keep_old(db, &file.path).await?;
                    put(db, &file, true, Some((&change, ""))).await?;
                    audit::note_in(db, Change { about: file.path, ..change.clone() }).await?;
                }
                meta::count_knowledge_change(db).await?;
                Ok(Outcome::Keep(FilesSaved::Done))
            })
        })
        .await
}

/// The text that is about to be replaced stays as an old version.
async fn keep_old(db: &mut AnyConnection, path: &str) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO playbook_file_version (path, version, content, saved_at, saved_by, why) \
         SELECT path, version, content, updated_at, updated_by, why FROM playbook_file WHERE path = $1",
    )
    .bind(path.to_owned())
    .execute(db)
    .await?;
    Ok(())
}

/// Writes a file as its next version. `by`: who, and why; `None` for an import.
async fn put(
    db: &mut AnyConnection,
    file: &SourceFile,
    is_there: bool,
    by: Option<(&Change, &str)>,
) -> Result<(), StoreError> {
    let query = match is_there {
        true => sqlx::query(
            "UPDATE playbook_file SET content = $2, version = version + 1, updated_at = $3, updated_by = $4, why = $5 \
             WHERE path = $1",
        ),
        // One that was there before goes on counting.
        false => sqlx::query(
            "INSERT INTO playbook_file (path, content, version, updated_at, updated_by, why) VALUES ($1, $2, \
             COALESCE((SELECT max(version) FROM playbook_file_version WHERE path = $1), 0) + 1, $3, $4, $5)",
        ),
    };
    query
        .bind(file.path.clone())
        .bind(file.text.clone())
        .bind(by.map_or(0, |(change, _)| change.at))
        .bind(by.map(|(change, _)| columns::storable(&change.by.name)))
        .bind(by.map(|(_, why)| columns::storable(why)).unwrap_or_default())
        .execute(db)
        .await?;
    Ok(())
}

/// What a file said and says, the newest first.
pub async fn history(store: &Store, path: &str) -> Result<Vec<FileVersion>, StoreError> {
    let found = sqlx::query(
        "SELECT version, updated_at AS at, updated_by AS made_by, why, content FROM playbook_file WHERE path = $1 \
         UNION ALL SELECT version, saved_at, saved_by, why, content FROM playbook_file_version WHERE path = $1 \
         ORDER BY version DESC",
    )
    .bind(columns::storable(path))
    .all(&store.readers)
    .await?;
    found
        .iter()
        .map(|row| {
            Ok(FileVersion {
                version: columns::int(row, "version")?,
                at: columns::int(row, "at")?,
                by: columns::maybe_text(row, "made_by")?,
                why: columns::text(row, "why")?,
                content: columns::text(row, "content")?,
            })
        })
        .collect()
}

/// With their versions, by path.
pub async fn stored_all(store: &Store) -> Result<Vec<StoredFile>, StoreError> {
    let found = sqlx::query(concat!("SELECT ", stored_columns!(), " FROM playbook_file")).all(&store.readers).await?;
    let mut files = found.iter().map(stored).collect::<Result<Vec<_>, _>>()?;
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

/// Older texts of a file, the newest first.
pub async fn old_versions(store: &Store, path: &str) -> Result<Vec<OldVersion>, StoreError> {
    let found = sqlx::query(
        "SELECT version, saved_at, saved_by FROM playbook_file_version WHERE path = $1 ORDER BY version DESC LIMIT 50",
    )
    .bind(columns::storable(path))
    .all(&store.readers)
    .await?;
    found
        .iter()
        .map(|row| {
            Ok(OldVersion {
                version: columns::int(row, "version")?,
                saved_at: columns::int(row, "saved_at")?,
                saved_by: columns::maybe_text(row, "saved_by")?,
            })
        })
        .collect()
}

pub async fn old_text(store: &Store, path: &str, version: i64) -> Result<Option<String>, StoreError> {
    let row = sqlx::query("SELECT content FROM playbook_file_version WHERE path = $1 AND version = $2")
        .bind(columns::storable(path))
        .bind(version)
        .maybe_one(&store.readers)
        .await?;
    row.map(|row| columns::text(&row, "content")).transpose()
}

fn stored(row: &AnyRow) -> Result<StoredFile, StoreError> {
    Ok(StoredFile {
        path: columns::text(row, "path")?,
        text: columns::text(row, "content")?,
        version: columns::int(row, "version")?,
        updated_at: columns::int(row, "updated_at")?,
        updated_by: columns::maybe_text(row, "updated_by")?,
    })
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
