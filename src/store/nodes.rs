//! The servers on this database: a lease each, so that operators' commands know who is running.

use super::{Store, StoreError, writer::Outcome};
use crate::domain::UnixMs;

/// Renews a node's lease; the first time starts it. Leases that ran out before `forget_before` are swept out.
pub async fn renew(
    store: &Store,
    node: &str,
    started_at: UnixMs,
    expires_at: UnixMs,
    forget_before: UnixMs,
) -> Result<(), StoreError> {
    let node = node.to_owned();
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                sqlx::query(
                    "INSERT INTO node (id, started_at, expires_at) VALUES ($1, $2, $3) \
                     ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at",
                )
                .bind(node)
                .bind(started_at)
                .bind(expires_at)
                .execute(&mut *db)
                .await?;
                sqlx::query("DELETE FROM node WHERE expires_at < $1").bind(forget_before).execute(db).await?;
                Ok(Outcome::Keep(()))
            })
        })
        .await
}

/// A node that goes down says goodbye.
pub async fn leave(store: &Store, node: &str) -> Result<(), StoreError> {
    let node = node.to_owned();
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                sqlx::query("DELETE FROM node WHERE id = $1").bind(node).execute(db).await?;
                Ok(Outcome::Keep(()))
            })
        })
        .await
}
