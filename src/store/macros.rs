//! Macros of the shop and of single agents.

use sqlx::{AnyConnection, any::AnyRow};

use super::{Store, StoreError, columns, readers::Read, writer::Outcome};
use crate::domain::{UnixMs, ids::AgentId, macros::Macro};

#[derive(Debug, Clone, PartialEq)]
pub enum Saved {
    Done(Macro),
    /// It is at another version by now. Nothing was written.
    Conflict(Macro),
    /// There is no such macro. Nothing was written.
    Missing,
}

macro_rules! columns {
    () => {
        "id, owner, names, acts, version, updated_at, updated_by"
    };
}

/// Everybody's and the agent's own, by id: in the order in which they were made.
pub async fn list_for(store: &Store, agent: &AgentId) -> Result<Vec<Macro>, StoreError> {
    let query = concat!("SELECT ", columns!(), " FROM macro WHERE owner IS NULL OR owner = $1");
    let found = sqlx::query(query).bind(agent.0.clone()).all(&store.readers).await?;
    let mut macros = found.iter().map(from_row).collect::<Result<Vec<_>, _>>()?;
    // Sorted here: databases collate in ways of their own.
    macros.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(macros)
}

pub async fn load(store: &Store, id: &str) -> Result<Option<Macro>, StoreError> {
    let query = concat!("SELECT ", columns!(), " FROM macro WHERE id = $1");
    let row = sqlx::query(query).bind(columns::storable(id)).maybe_one(&store.readers).await?;
    row.as_ref().map(from_row).transpose()
}

/// Stores it if the stored one is still at this version (0: there is none yet). The stored one gets the next version; its
/// owner never changes.
pub async fn save(store: &Store, one: Macro, by: &str, at: UnixMs) -> Result<Saved, StoreError> {
    let by = by.to_owned();
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                let id = one.id.clone();
                Ok(Outcome::Keep(match write(db, one, by, at).await? {
                    Some(stored) => Saved::Done(stored),
                    None => load_in(db, &id).await?.map_or(Saved::Missing, Saved::Conflict),
                }))
            })
        })
        .await
}

/// False if it is at another version, or not there.
pub async fn remove(store: &Store, id: &str, version: i64) -> Result<bool, StoreError> {
    let id = columns::storable(id);
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                let done = sqlx::query("DELETE FROM macro WHERE id = $1 AND version = $2")
                    .bind(id)
                    .bind(version)
                    .execute(db)
                    .await?;
                Ok(Outcome::Keep(done.rows_affected() == 1))
            })
        })
        .await
}

async fn write(db: &mut AnyConnection, one: Macro, by: String, at: UnixMs) -> Result<Option<Macro>, StoreError> {
    let query = match one.version {
        0 => sqlx::query(concat!(
            "INSERT INTO macro (id, names, acts, version, updated_at, updated_by, owner) \
             VALUES ($1, $2, $3, $4 + 1, $5, $6, $7) ON CONFLICT (id) DO NOTHING RETURNING ",
            columns!()
        )),
        _ => sqlx::query(concat!(
            "UPDATE macro SET names = $2, acts = $3, version = version + 1, updated_at = $5, updated_by = $6 \
             WHERE id = $1 AND version = $4 AND (owner IS NULL) = (CAST($7 AS TEXT) IS NULL) RETURNING ",
            columns!()
        )),
    };
    let row = query
        .bind(columns::storable(&one.id))
        .bind(columns::storable(&columns::to_json(&one.names)?))
        .bind(columns::storable(&columns::to_json(&one.acts)?))
        .bind(one.version)
        .bind(at)
        .bind(columns::storable(&by))
        .bind(one.owner.map(|owner| owner.0))
        .fetch_optional(db)
        .await?;
    row.as_ref().map(from_row).transpose()
}

async fn load_in(db: &mut AnyConnection, id: &str) -> Result<Option<Macro>, StoreError> {
    let query = concat!("SELECT ", columns!(), " FROM macro WHERE id = $1");
    let row = sqlx::query(query).bind(columns::storable(id)).fetch_optional(db).await?;
    row.as_ref().map(from_row).transpose()
}

fn from_row(row: &AnyRow) -> Result<Macro, StoreError> {
    Ok(Macro {
        id: columns::text(row, "id")?,
        owner: columns::maybe_text(row, "owner")?.map(AgentId),
        names: columns::json(row, "names")?,
        acts: columns::json(row, "acts")?,
        version: columns::int(row, "version")?,
        updated_at: columns::int(row, "updated_at")?,
        updated_by: columns::maybe_text(row, "updated_by")?.filter(|by| !by.is_empty()),
    })
}
