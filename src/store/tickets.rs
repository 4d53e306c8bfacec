//! One-time tickets that let a signed-in agent open a socket.

use super::{Store, StoreError, columns, writer::Outcome};
use crate::domain::{Agent, UnixMs};

/// Draws a ticket from a session; tickets that nobody used in time are swept out on the way.
/// False if the session is over.
pub async fn create(
    store: &Store,
    ticket_hash: String,
    session_hash: String,
    at: UnixMs,
    expires_at: UnixMs,
) -> Result<bool, StoreError> {
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                sqlx::query("DELETE FROM ticket WHERE expires_at <= $1").bind(at).execute(&mut *db).await?;
                let done = sqlx::query(
                    "INSERT INTO ticket (ticket_hash, session_hash, expires_at) \
                     SELECT $1, token_hash, $4 FROM agent_session WHERE token_hash = $2 AND expires_at > $3",
                )
                .bind(ticket_hash)
                .bind(session_hash)
                .bind(at)
                .bind(expires_at)
                .execute(db)
                .await?;
                Ok(Outcome::Keep(done.rows_affected() == 1))
            })
        })
        .await
}

/// Uses a ticket up. The agent, if the ticket was unused and in time and its session still holds.
pub async fn redeem(store: &Store, ticket_hash: String, now: UnixMs) -> Result<Option<Agent>, StoreError> {
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                let ticket =
                    sqlx::query("DELETE FROM ticket WHERE ticket_hash = $1 RETURNING session_hash, expires_at")
                        .bind(ticket_hash)
                        .fetch_optional(&mut *db)
                        .await?;
                let Some(ticket) = ticket else { return Ok(Outcome::Keep(None)) };
                if columns::int(&ticket, "expires_at")? <= now {
                    return Ok(Outcome::Keep(None));
                }
                let agent = sqlx::query(
                    "SELECT agent.id, agent.mail, agent.name, agent.role, agent.disabled \
                     FROM agent_session JOIN agent ON agent.id = agent_session.agent \
                     WHERE agent_session.token_hash = $1 AND agent_session.expires_at > $2 AND agent.disabled = 0",
                )
                .bind(columns::text(&ticket, "session_hash")?)
                .bind(now)
                .fetch_optional(&mut *db)
                .await?;
                Ok(Outcome::Keep(agent.as_ref().map(columns::agent).transpose()?))
            })
        })
        .await
}
