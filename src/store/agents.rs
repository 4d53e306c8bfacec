//! Members of staff.

use sqlx::AnyConnection;

use super::{Store, StoreError, columns, readers::Read, seats, writer::Outcome};
use crate::domain::{Agent, Role, UnixMs, ids::AgentId};

/// Adds a member of staff. False if the mail address is taken; then nothing is written.
pub async fn create(store: &Store, agent: Agent, password_hash: String, at: UnixMs) -> Result<bool, StoreError> {
    store
        .writer
        .write(move |db| Box::pin(async move { Ok(Outcome::Keep(insert(db, &agent, password_hash, at).await?)) }))
        .await
}

pub(super) async fn insert(
    db: &mut AnyConnection,
    agent: &Agent,
    password_hash: String,
    at: UnixMs,
) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "INSERT INTO agent (id, mail, name, role, password_hash, disabled, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (mail) DO NOTHING",
    )
    .bind(agent.id.0.clone())
    .bind(columns::storable(&agent.mail.to_lowercase()))
    .bind(columns::storable(&agent.name))
    .bind(columns::to_name(&agent.role)?)
    .bind(password_hash)
    .bind(i64::from(agent.disabled))
    .bind(at)
    .execute(&mut *db)
    .await?;
    let is_new = done.rows_affected() == 1;
    if is_new {
        // Who supervises looks first and takes when they choose to.
        seats::create(db, &agent.id, agent.role == Role::Agent).await?;
    }
    Ok(is_new)
}

/// The agent and the password's Argon2 hash (PHC string). `mail` in any case.
pub async fn load_by_mail(store: &Store, mail: &str) -> Result<Option<(Agent, String)>, StoreError> {
    let row = sqlx::query("SELECT id, mail, name, role, disabled, password_hash FROM agent WHERE mail = $1")
        .bind(columns::storable(&mail.trim().to_lowercase()))
        .maybe_one(&store.readers)
        .await?;
    row.map(|row| Ok((columns::agent(&row)?, columns::text(&row, "password_hash")?))).transpose()
}

pub async fn load(store: &Store, id: &AgentId) -> Result<Option<Agent>, StoreError> {
    let row = sqlx::query("SELECT id, mail, name, role, disabled FROM agent WHERE id = $1")
        .bind(id.0.clone())
        .maybe_one(&store.readers)
        .await?;
    row.as_ref().map(columns::agent).transpose()
}

/// By name.
pub async fn list(store: &Store) -> Result<Vec<Agent>, StoreError> {
    let found = sqlx::query("SELECT id, mail, name, role, disabled FROM agent").all(&store.readers).await?;
    let mut agents = found.iter().map(columns::agent).collect::<Result<Vec<_>, _>>()?;
    // Sorted here: databases collate names in ways of their own.
    agents.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
    Ok(agents)
}
