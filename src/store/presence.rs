//! Who is at the desk: a lease per agent's socket, renewed by the node that hosts it.

use super::{Store, StoreError, columns, readers::Read, writer::Outcome};
use crate::domain::{
    UnixMs,
    ids::{AgentId, ConversationId},
};

/// One socket of an agent on a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub id: String,
    pub agent: AgentId,
    pub node: String,
}

/// An assignment whose agent has no lease left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    pub conv: ConversationId,
    pub epoch: i64,
}

pub async fn arrive(store: &Store, lease: Lease, expires_at: UnixMs) -> Result<(), StoreError> {
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                sqlx::query("INSERT INTO presence (id, agent, node, expires_at) VALUES ($1, $2, $3, $4)")
                    .bind(lease.id)
                    .bind(lease.agent.0)
                    .bind(lease.node)
                    .bind(expires_at)
                    .execute(db)
                    .await?;
                Ok(Outcome::Keep(()))
            })
        })
        .await
}

/// The socket is gone; the agent is not until `expires_at`.
pub async fn leave(store: &Store, id: &str, expires_at: UnixMs) -> Result<(), StoreError> {
    let id = id.to_owned();
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                // No node renews it any more.
                sqlx::query("UPDATE presence SET node = '', expires_at = $2 WHERE id = $1")
                    .bind(id)
                    .bind(expires_at)
                    .execute(db)
                    .await?;
                Ok(Outcome::Keep(()))
            })
        })
        .await
}

/// Renews every lease of a node at once, and forgets those that ran out before `forget_before`.
pub async fn renew(store: &Store, node: &str, expires_at: UnixMs, forget_before: UnixMs) -> Result<(), StoreError> {
    let node = node.to_owned();
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                sqlx::query("UPDATE presence SET expires_at = $2 WHERE node = $1")
                    .bind(node)
                    .bind(expires_at)
                    .execute(&mut *db)
                    .await?;
                sqlx::query("DELETE FROM presence WHERE expires_at < $1").bind(forget_before).execute(&mut *db).await?;
                sqlx::query("DELETE FROM passed_over WHERE until < $1").bind(forget_before).execute(db).await?;
                Ok(Outcome::Keep(()))
            })
        })
        .await
}

/// How many agents are there.
pub async fn online(store: &Store, now: UnixMs) -> Result<i64, StoreError> {
    let row = sqlx::query("SELECT count(DISTINCT agent) AS online FROM presence WHERE expires_at > $1")
        .bind(now)
        .maybe_one(&store.readers)
        .await?;
    row.map_or(Ok(0), |row| columns::int(&row, "online"))
}

/// Conversations whose agent is gone; at most 200, the longest untouched first.
pub async fn lost(store: &Store, now: UnixMs) -> Result<Vec<Lost>, StoreError> {
    let found = sqlx::query(
        "SELECT id, assign_epoch FROM conversation WHERE status IN ('offered', 'assigned') AND NOT EXISTS \
         (SELECT 1 FROM presence WHERE presence.agent = conversation.assignee AND presence.expires_at > $1) \
         ORDER BY updated_at LIMIT 200",
    )
    .bind(now)
    .all(&store.readers)
    .await?;
    found
        .iter()
        .map(|row| {
            Ok(Lost { conv: ConversationId(columns::text(row, "id")?), epoch: columns::int(row, "assign_epoch")? })
        })
        .collect()
}
