//! Attempts to prove that an order is one's own, counted so that they cannot be tried out.
//!
//! An attempt is written down as failed *before* its result is known, and taken back when it was right:
//! so a burst of parallel guesses cannot all be decided before the first is counted.

use super::{Store, StoreError, columns, dialect::Turnstile, writer::Outcome};
use crate::domain::UnixMs;

/// Who tries to prove what. Each key is counted on its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Unique per attempt: a turn that is decided again counts once.
    pub id: String,
    pub visitor: String,
    /// The order number in normal form, whether it exists or not.
    pub order: String,
    /// The client's network (`service::orders::network_key`).
    pub network: String,
    pub at: UnixMs,
}

/// Writes the attempt down as failed, unless `limit` others were since `since` (exclusive) for one of its keys:
/// then nothing is written and the answer is false. Older ones are forgotten on the way.
pub async fn begin(store: &Store, attempt: Attempt, since: UnixMs, limit: i64) -> Result<bool, StoreError> {
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                // Two transactions at once would not see each other's attempts.
                Turnstile::Proofs.pass(db).await?;
                sqlx::query("DELETE FROM proof_failure WHERE at <= $1").bind(since).execute(&mut *db).await?;
                let row = sqlx::query(
                    "SELECT \
                     (SELECT count(*) FROM proof_failure WHERE visitor = $1 AND id <> $4) AS of_visitor, \
                     (SELECT count(*) FROM proof_failure WHERE order_number = $2 AND id <> $4) AS of_order, \
                     (SELECT count(*) FROM proof_failure WHERE network = $3 AND id <> $4) AS of_network",
                )
                .bind(attempt.visitor.clone())
                .bind(attempt.order.clone())
                .bind(attempt.network.clone())
                .bind(attempt.id.clone())
                .fetch_one(&mut *db)
                .await?;
                for key in ["of_visitor", "of_order", "of_network"] {
                    if columns::int(&row, key)? >= limit {
                        return Ok(Outcome::Keep(false));
                    }
                }
                sqlx::query(
                    "INSERT INTO proof_failure (id, visitor, order_number, network, at) VALUES ($1, $2, $3, $4, $5) \
                     ON CONFLICT (id) DO UPDATE SET at = excluded.at",
                )
                .bind(attempt.id)
                .bind(attempt.visitor)
                .bind(attempt.order)
                .bind(attempt.network)
                .bind(attempt.at)
                .execute(db)
                .await?;
                Ok(Outcome::Keep(true))
            })
        })
        .await
}

/// The attempt was right after all: it no longer counts.
pub async fn forgive(store: &Store, id: String) -> Result<(), StoreError> {
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                sqlx::query("DELETE FROM proof_failure WHERE id = $1").bind(id).execute(db).await?;
                Ok(Outcome::Keep(()))
            })
        })
        .await
}
