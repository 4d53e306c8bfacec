//! Sign-ins of staff. Only hashes of tokens are stored (SHA-256, hex).

use super::{Store, StoreError, columns, readers::Read, writer::Outcome};
use crate::domain::{Agent, UnixMs, ids::AgentId};

/// Starts a session; sessions that are over are swept out on the way.
pub async fn create(
    store: &Store,
    token_hash: String,
    agent: AgentId,
    at: UnixMs,
    expires_at: UnixMs,
) -> Result<(), StoreError> {
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                sqlx::query("DELETE FROM agent_session WHERE expires_at <= $1").bind(at).execute(&mut *db).await?;
                sqlx::query(
                    "INSERT INTO agent_session (token_hash, agent, created_at, expires_at) VALUES ($1, $2, $3, $4)",
                )
                .bind(token_hash)
                .bind(agent.0)
                .bind(at)
                .bind(expires_at)
                .execute(db)
                .await?;
                Ok(Outcome::Keep(()))
            })
        })
        .await
}

/// The agent behind a session that is neither over nor the session of a disabled agent, and when it ends.
pub async fn load_agent(store: &Store, token_hash: &str, now: UnixMs) -> Result<Option<(Agent, UnixMs)>, StoreError> {
    let row = sqlx::query(
        "SELECT agent.id, agent.mail, agent.name, agent.role, agent.disabled, agent_session.expires_at \
         FROM agent_session JOIN agent ON agent.id = agent_session.agent \
         WHERE agent_session.token_hash = $1 AND agent_session.expires_at > $2 AND agent.disabled = 0",
    )
    .bind(token_hash.to_owned())
    .bind(now)
    .maybe_one(&store.readers)
    .await?;
    row.map(|row| Ok((columns::agent(&row)?, columns::int(&row, "expires_at")?))).transpose()
}

/// Moves the end of a session.
pub async fn extend(store: &Store, token_hash: String, expires_at: UnixMs) -> Result<(), StoreError> {
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                sqlx::query("UPDATE agent_session SET expires_at = $2 WHERE token_hash = $1")
                    .bind(token_hash)
                    .bind(expires_at)
                    .execute(db)
                    .await?;
                Ok(Outcome::Keep(()))
            })
        })
        .await
}

/// Ends a session; the socket tickets drawn from it end with it.
pub async fn revoke(store: &Store, token_hash: String) -> Result<(), StoreError> {
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                sqlx::query("DELETE FROM agent_session WHERE token_hash = $1").bind(token_hash).execute(db).await?;
                Ok(Outcome::Keep(()))
            })
        })
        .await
}
