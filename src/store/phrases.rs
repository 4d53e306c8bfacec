//! Phrases of the shop and of single agents, and how often they are used.

use sqlx::{AnyConnection, any::AnyRow};

use super::{Store, StoreError, columns, readers::Read, writer::Outcome};
use crate::domain::{UnixMs, ids::AgentId, phrase::Phrase};

/// A phrase and how often it was used: by everybody, and by the agent who asks.
#[derive(Debug, Clone, PartialEq)]
pub struct Used {
    pub phrase: Phrase,
    pub uses: i64,
    pub own_uses: i64,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Saved {
    Done(Phrase),
    /// It is at another version by now (or its id is taken, for a new one). Nothing was written.
    Conflict(Phrase),
    /// There is no such phrase. Nothing was written.
    Missing,
}

macro_rules! columns {
    () => {
        "id, owner, shortcut, category, texts, version, updated_at, updated_by"
    };
}

/// Everybody's and the agent's own, by shortcut.
pub async fn list_for(store: &Store, agent: &AgentId) -> Result<Vec<Used>, StoreError> {
    let found = sqlx::query(concat!(
        "SELECT ",
        columns!(),
        ", (SELECT CAST(sum(uses) AS BIGINT) FROM phrase_use WHERE phrase = phrase.id) AS uses, \
         (SELECT uses FROM phrase_use WHERE phrase = phrase.id AND agent = $1) AS own_uses \
         FROM phrase WHERE owner IS NULL OR owner = $1"
    ))
    .bind(agent.0.clone())
    .all(&store.readers)
    .await?;
    let mut phrases = found
        .iter()
        .map(|row| {
            Ok(Used {
                phrase: from_row(row)?,
                uses: columns::maybe_int(row, "uses")?.unwrap_or_default(),
                own_uses: columns::maybe_int(row, "own_uses")?.unwrap_or_default(),
            })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    // Sorted here: databases collate in ways of their own.
    phrases
        .sort_by(|one, other| (&one.phrase.shortcut, &one.phrase.id).cmp(&(&other.phrase.shortcut, &other.phrase.id)));
    Ok(phrases)
}

pub async fn load(store: &Store, id: &str) -> Result<Option<Phrase>, StoreError> {
    let row = sqlx::query(concat!("SELECT ", columns!(), " FROM phrase WHERE id = $1"))
        .bind(columns::storable(id))
        .maybe_one(&store.readers)
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// Stores `phrase` if the stored one is still at `phrase.version` (0: there is none yet). The stored one gets the next
/// version; its owner never changes.
pub async fn save(store: &Store, phrase: Phrase, by: &str, at: UnixMs) -> Result<Saved, StoreError> {
    let by = by.to_owned();
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                let id = phrase.id.clone();
                match write(db, phrase, by, at).await? {
                    Some(stored) => Ok(Outcome::Keep(Saved::Done(stored))),
                    None => Ok(Outcome::Keep(load_in(db, &id).await?.map_or(Saved::Missing, Saved::Conflict))),
                }
            })
        })
        .await
}

/// Adds those of which there is none yet; answers how many.
pub async fn add_missing(store: &Store, phrases: Vec<Phrase>, at: UnixMs) -> Result<usize, StoreError> {
    store
        .writer
        .write_much(move |db| {
            Box::pin(async move {
                let mut added = 0;
                for phrase in phrases {
                    let new = Phrase { version: 0, ..phrase };
                    added += usize::from(write(db, new, String::new(), at).await?.is_some());
                }
                Ok(Outcome::Keep(added))
            })
        })
        .await
}

/// Takes it away, with its counts. False if it is at another version, or not there.
pub async fn remove(store: &Store, id: &str, version: i64) -> Result<bool, StoreError> {
    let id = columns::storable(id);
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                sqlx::query(
                    "DELETE FROM phrase_use WHERE phrase IN (SELECT id FROM phrase WHERE id = $1 AND version = $2)",
                )
                .bind(id.clone())
                .bind(version)
                .execute(&mut *db)
                .await?;
                let done = sqlx::query("DELETE FROM phrase WHERE id = $1 AND version = $2")
                    .bind(id)
                    .bind(version)
                    .execute(db)
                    .await?;
                Ok(Outcome::Keep(done.rows_affected() == 1))
            })
        })
        .await
}

/// Counts one use. False if there is no such phrase.
pub async fn note_use(store: &Store, id: &str, agent: &AgentId, at: UnixMs) -> Result<bool, StoreError> {
    let (id, agent) = (columns::storable(id), agent.0.clone());
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                let done = sqlx::query(
                    "INSERT INTO phrase_use (phrase, agent, uses, last_at) \
                     SELECT id, $2, 1, $3 FROM phrase WHERE id = $1 \
                     ON CONFLICT (phrase, agent) DO UPDATE SET uses = phrase_use.uses + 1, last_at = excluded.last_at",
                )
                .bind(id)
                .bind(agent)
                .bind(at)
                .execute(db)
                .await?;
                Ok(Outcome::Keep(done.rows_affected() == 1))
            })
        })
        .await
}

async fn write(db: &mut AnyConnection, phrase: Phrase, by: String, at: UnixMs) -> Result<Option<Phrase>, StoreError> {
    let query = match phrase.version {
        0 => sqlx::query(concat!(
            "INSERT INTO phrase (id, shortcut, category, texts, version, updated_at, updated_by, owner) \
             VALUES ($1, $2, $3, $4, $5 + 1, $6, $7, $8) ON CONFLICT (id) DO NOTHING RETURNING ",
            columns!()
        )),
        _ => sqlx::query(concat!(
            "UPDATE phrase SET shortcut = $2, category = $3, texts = $4, version = version + 1, updated_at = $6, \
             updated_by = $7 WHERE id = $1 AND version = $5 AND (owner IS NULL) = (CAST($8 AS TEXT) IS NULL) RETURNING ",
            columns!()
        )),
    };
    let row = query
        .bind(columns::storable(&phrase.id))
        .bind(columns::storable(&phrase.shortcut))
        .bind(columns::storable(&phrase.category))
        .bind(columns::storable(&columns::to_json(&phrase.texts)?))
        .bind(phrase.version)
        .bind(at)
        .bind(columns::storable(&by))
        .bind(phrase.owner.map(|owner| owner.0))
        .fetch_optional(db)
        .await?;
    row.as_ref().map(from_row).transpose()
}

async fn load_in(db: &mut AnyConnection, id: &str) -> Result<Option<Phrase>, StoreError> {
    let row = sqlx::query(concat!("SELECT ", columns!(), " FROM phrase WHERE id = $1"))
        .bind(columns::storable(id))
        .fetch_optional(db)
        .await?;
    row.as_ref().map(from_row).transpose()
}

fn from_row(row: &AnyRow) -> Result<Phrase, StoreError> {
    Ok(Phrase {
        id: columns::text(row, "id")?,
        owner: columns::maybe_text(row, "owner")?.map(AgentId),
        shortcut: columns::text(row, "shortcut")?,
        category: columns::text(row, "category")?,
        texts: columns::json(row, "texts")?,
        version: columns::int(row, "version")?,
        updated_at: columns::int(row, "updated_at")?,
        updated_by: columns::maybe_text(row, "updated_by")?.filter(|by| !by.is_empty()),
    })
}
