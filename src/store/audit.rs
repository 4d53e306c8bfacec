//! What staff changed: a chain that only grows. Each row's digest covers the row and the digest before it.

use sha2::{Digest as _, Sha256};
use sqlx::{AnyConnection, any::AnyRow};

use super::{Store, StoreError, columns, dialect::Turnstile, readers::Read, writer::Outcome};
use crate::domain::{
    AgentRef,
    audit::{Change, Changed},
    ids::AgentId,
};

/// Whether the chain holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chain {
    /// So many rows, each fits the one before it.
    Whole(i64),
    /// From this row on it does not: something was taken out, put in or altered.
    BrokenAt(i64),
}

/// For a change that is committed already, on its own.
pub async fn note(store: &Store, change: Change) -> Result<(), StoreError> {
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                note_in(db, change).await?;
                Ok(Outcome::Keep(()))
            })
        })
        .await
}

/// In the transaction that makes the change.
pub(super) async fn note_in(db: &mut AnyConnection, change: Change) -> Result<(), StoreError> {
    Turnstile::Audit.pass(db).await?;
    let last = sqlx::query("SELECT seq, digest FROM audit ORDER BY seq DESC LIMIT 1").fetch_optional(&mut *db).await?;
    let (seq, before) = match &last {
        Some(row) => (columns::int(row, "seq")? + 1, columns::text(row, "digest")?),
        None => (1, String::new()),
    };
    let Change { at, by, deed, about, detail } = change;
    let changed = Changed { seq, at, by, deed, about, detail };
    let (deed, about, detail, digest) = (
        columns::to_name(&changed.deed)?,
        columns::storable(&changed.about),
        columns::storable(&columns::to_json(&changed.detail)?),
        digest(&before, &changed)?,
    );
    sqlx::query(
        "INSERT INTO audit (seq, at, agent, agent_name, deed, about, detail, digest) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(seq)
    .bind(at)
    .bind(changed.by.id.0)
    .bind(columns::storable(&changed.by.name))
    .bind(deed)
    .bind(about)
    .bind(detail)
    .bind(digest)
    .execute(db)
    .await?;
    Ok(())
}

/// Those before `before` (exclusive), the newest first.
pub async fn list(store: &Store, before: i64, most: i64) -> Result<Vec<Changed>, StoreError> {
    let found = sqlx::query(
        "SELECT seq, at, agent, agent_name, deed, about, detail FROM audit WHERE seq < $1 ORDER BY seq DESC LIMIT $2",
    )
    .bind(before)
    .bind(most)
    .all(&store.readers)
    .await?;
    found.iter().map(from_row).collect()
}

/// Reads the whole chain.
pub(super) async fn verify(db: &mut AnyConnection) -> Result<Chain, StoreError> {
    let found = sqlx::query("SELECT seq, at, agent, agent_name, deed, about, detail, digest FROM audit ORDER BY seq")
        .fetch_all(db)
        .await?;
    let mut before = String::new();
    for (expected, row) in (1..).zip(&found) {
        let changed = from_row(row)?;
        let told = columns::text(row, "digest")?;
        if changed.seq != expected || digest(&before, &changed)? != told {
            return Ok(Chain::BrokenAt(changed.seq));
        }
        before = told;
    }
    Ok(Chain::Whole(found.len() as i64))
}

fn digest(before: &str, changed: &Changed) -> Result<String, StoreError> {
    let mut sum = Sha256::new();
    sum.update(before);
    sum.update(columns::storable(&columns::to_json(changed)?));
    Ok(data_encoding::BASE64URL_NOPAD.encode(&sum.finalize()))
}

fn from_row(row: &AnyRow) -> Result<Changed, StoreError> {
    Ok(Changed {
        seq: columns::int(row, "seq")?,
        at: columns::int(row, "at")?,
        by: AgentRef { id: AgentId(columns::text(row, "agent")?), name: columns::text(row, "agent_name")? },
        deed: columns::name(row, "deed")?,
        about: columns::text(row, "about")?,
        detail: columns::json(row, "detail")?,
    })
}
