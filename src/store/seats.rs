//! Seats at the desk: what each agent takes at once and has now.
//!
//! `active` counts what is offered to or assigned to the agent. It changes with those, in the same transaction and
//! before the conversation's row: agent first, then conversation, everywhere.

use sqlx::AnyConnection;

use super::{Store, StoreError, columns, readers::Read, writer::Outcome};
use crate::domain::{AgentRef, Seat, UnixMs, ids::AgentId};

/// Most conversations at once that anybody may set.
pub const MOST_CAPACITY: i64 = 200;

/// What became of a wish for another capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CapacitySet {
    Done,
    /// They have this many now: fewer is possible once those are done.
    HasMore(i64),
    NoSuchAgent,
}

/// The seats of everybody who is not disabled, by name. `there_until`: leases that last longer count as somebody there.
pub async fn list(store: &Store, there_until: UnixMs) -> Result<Vec<Seat>, StoreError> {
    let found = sqlx::query(
        "SELECT seat.agent, agent.name, available, active, capacity, wrap_until, CASE WHEN EXISTS (SELECT 1 FROM presence \
         WHERE presence.agent = seat.agent AND presence.node <> '' AND presence.expires_at > $1) THEN 1 ELSE 0 END \
         AS there FROM seat JOIN agent ON agent.id = seat.agent WHERE agent.disabled = 0 AND agent.role <> 'editor'",
    )
    .bind(there_until)
    .all(&store.readers)
    .await?;
    let seat = |row| {
        Ok(Seat {
            agent: AgentRef { id: AgentId(columns::text(row, "agent")?), name: columns::text(row, "name")? },
            available: columns::int(row, "available")? != 0,
            there: columns::int(row, "there")? != 0,
            active: columns::int(row, "active")?,
            capacity: columns::maybe_int(row, "capacity")?,
            wrap_until: columns::maybe_int(row, "wrap_until")?,
        })
    };
    let mut seats = found.iter().map(seat).collect::<Result<Vec<_>, StoreError>>()?;
    // Sorted here: databases collate names in ways of their own.
    seats.sort_by(|one, other| (&one.agent.name, &one.agent.id).cmp(&(&other.agent.name, &other.agent.id)));
    Ok(seats)
}

/// The agent's own switch. True if it was the other way before.
pub async fn set_available(store: &Store, agent: &AgentId, available: bool) -> Result<bool, StoreError> {
    let agent = agent.0.clone();
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                let done = sqlx::query("UPDATE seat SET available = $2 WHERE agent = $1 AND available <> $2")
                    .bind(agent)
                    .bind(i64::from(available))
                    .execute(db)
                    .await?;
                Ok(Outcome::Keep(done.rows_affected() == 1))
            })
        })
        .await
}

/// The agent wraps a conversation up, and is given nothing before that time; `None`: they are ready again.
pub async fn set_wrapping_up(store: &Store, agent: &AgentId, until: Option<UnixMs>) -> Result<(), StoreError> {
    let agent = agent.0.clone();
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                sqlx::query("UPDATE seat SET wrap_until = $2 WHERE agent = $1")
                    .bind(agent)
                    .bind(until)
                    .execute(db)
                    .await?;
                Ok(Outcome::Keep(()))
            })
        })
        .await
}

/// `capacity` is 1 to [`MOST_CAPACITY`], or `None` for the inbox's.
pub async fn set_capacity(store: &Store, agent: &AgentId, capacity: Option<i64>) -> Result<CapacitySet, StoreError> {
    let agent = agent.0.clone();
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                let done =
                    sqlx::query("UPDATE seat SET capacity = $2 WHERE agent = $1 AND active <= COALESCE($2, active)")
                        .bind(agent.clone())
                        .bind(capacity)
                        .execute(&mut *db)
                        .await?;
                if done.rows_affected() == 1 {
                    return Ok(Outcome::Keep(CapacitySet::Done));
                }
                let row =
                    sqlx::query("SELECT active FROM seat WHERE agent = $1").bind(agent).fetch_optional(db).await?;
                let active = row.map(|row| columns::int(&row, "active")).transpose()?;
                Ok(Outcome::Keep(active.map_or(CapacitySet::NoSuchAgent, CapacitySet::HasMore)))
            })
        })
        .await
}

/// With the agent's account.
pub(super) async fn create(db: &mut AnyConnection, agent: &AgentId, available: bool) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO seat (agent, available) VALUES ($1, $2)")
        .bind(agent.0.clone())
        .bind(i64::from(available))
        .execute(db)
        .await?;
    Ok(())
}

/// What a change of hands found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hands {
    Changed,
    /// The one who should have it has no room. Something may have been written: to be taken back.
    Full,
}

/// One fewer here, one more there. In the order of ids, so that two transfers never wait for each other.
pub(super) async fn change_hands(
    db: &mut AnyConnection,
    before: Option<&AgentId>,
    after: Option<&AgentId>,
    at: UnixMs,
) -> Result<Hands, StoreError> {
    let mut deeds: Vec<(&AgentId, bool)> =
        before.map(|agent| (agent, false)).into_iter().chain(after.map(|agent| (agent, true))).collect();
    deeds.sort();
    for (agent, comes) in deeds {
        let query = match comes {
            true => sqlx::query(
                "UPDATE seat SET active = active + 1, idle_since = $2, given_at = $2 \
                 WHERE agent = $1 AND (capacity IS NULL OR active < capacity)",
            ),
            // Below zero it would break the rule of the table; it is not to be, and then a turn must not fail for it.
            false => {
                sqlx::query("UPDATE seat SET active = active - 1, idle_since = $2 WHERE agent = $1 AND active > 0")
            }
        };
        let done = query.bind(agent.0.clone()).bind(at).execute(&mut *db).await?;
        if comes && done.rows_affected() == 0 {
            return Ok(Hands::Full);
        }
    }
    Ok(Hands::Changed)
}

pub(super) async fn set_away(db: &mut AnyConnection, agent: AgentId) -> Result<(), StoreError> {
    sqlx::query("UPDATE seat SET available = 0 WHERE agent = $1").bind(agent.0).execute(db).await?;
    Ok(())
}

pub(super) async fn pass_over(
    db: &mut AnyConnection,
    conversation: &str,
    agent: AgentId,
    until: UnixMs,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO passed_over (conversation, agent, until) VALUES ($1, $2, $3) \
         ON CONFLICT (conversation, agent) DO UPDATE SET until = excluded.until",
    )
    .bind(conversation.to_owned())
    .bind(agent.0)
    .bind(until)
    .execute(db)
    .await?;
    Ok(())
}
