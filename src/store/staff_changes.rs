//! What an admin does with accounts of staff; each with its line in the audit, in one transaction.

use sqlx::AnyConnection;

use super::{Store, StoreError, agents, audit, columns, writer::Outcome};
use crate::domain::{Agent, Role, agent::Sight, audit::Change, ids::AgentId};

/// What became of a wish about an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffChanged {
    Done,
    Missing,
    /// There would be no admin left.
    LastAdmin,
    /// Somebody else has this mail address.
    MailTaken,
}

/// What of an account can be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub name: String,
    pub mail: String,
    pub role: Role,
    pub sees: Sight,
}

/// False if the mail address is taken.
pub async fn add(
    store: &Store,
    agent: Agent,
    sees: Sight,
    password_hash: String,
    change: Change,
) -> Result<bool, StoreError> {
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                if !agents::insert(db, &agent, password_hash, change.at).await? {
                    return Ok(Outcome::Keep(false));
                }
                sqlx::query("UPDATE agent SET sees = $2 WHERE id = $1")
                    .bind(agent.id.0)
                    .bind(columns::to_name(&sees)?)
                    .execute(&mut *db)
                    .await?;
                audit::note_in(db, change).await?;
                Ok(Outcome::Keep(true))
            })
        })
        .await
}

/// Brings an account to this name, mail, role and sight.
pub async fn change(store: &Store, id: &AgentId, account: Account, change: Change) -> Result<StaffChanged, StoreError> {
    let id = id.0.clone();
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                let mail = columns::storable(&account.mail.trim().to_lowercase());
                let taken = sqlx::query("SELECT id FROM agent WHERE mail = $1 AND id <> $2")
                    .bind(mail.clone())
                    .bind(id.clone())
                    .fetch_optional(&mut *db)
                    .await?;
                if taken.is_some() {
                    return Ok(Outcome::Keep(StaffChanged::MailTaken));
                }
                let done = sqlx::query("UPDATE agent SET name = $2, mail = $3, role = $4, sees = $5 WHERE id = $1")
                    .bind(id)
                    .bind(columns::storable(&account.name))
                    .bind(mail)
                    .bind(columns::to_name(&account.role)?)
                    .bind(columns::to_name(&account.sees)?)
                    .execute(&mut *db)
                    .await?;
                end(db, done.rows_affected() == 1, change).await
            })
        })
        .await
}

/// Another password: every session of before ends.
pub async fn set_password(
    store: &Store,
    id: &AgentId,
    password_hash: String,
    change: Change,
) -> Result<StaffChanged, StoreError> {
    let id = id.0.clone();
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                let done = sqlx::query("UPDATE agent SET password_hash = $2 WHERE id = $1")
                    .bind(id.clone())
                    .bind(password_hash)
                    .execute(&mut *db)
                    .await?;
                end_sessions(db, id).await?;
                end(db, done.rows_affected() == 1, change).await
            })
        })
        .await
}

/// Off: no session holds, nobody is there as them any more. On: they may sign in again.
pub async fn switch(store: &Store, id: &AgentId, off: bool, change: Change) -> Result<StaffChanged, StoreError> {
    let id = id.0.clone();
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                let done = sqlx::query("UPDATE agent SET disabled = $2 WHERE id = $1")
                    .bind(id.clone())
                    .bind(i64::from(off))
                    .execute(&mut *db)
                    .await?;
                if off {
                    end_sessions(db, id.clone()).await?;
                    sqlx::query("DELETE FROM presence WHERE agent = $1").bind(id).execute(&mut *db).await?;
                }
                end(db, done.rows_affected() == 1, change).await
            })
        })
        .await
}

async fn end_sessions(db: &mut AnyConnection, id: String) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM agent_session WHERE agent = $1").bind(id.clone()).execute(&mut *db).await?;
    sqlx::query("UPDATE agent SET generation = generation + 1 WHERE id = $1").bind(id).execute(db).await?;
    Ok(())
}

/// Nothing is kept that leaves a shop without anybody who may change it.
async fn end(db: &mut AnyConnection, found: bool, change: Change) -> Result<Outcome<StaffChanged>, StoreError> {
    if !found {
        return Ok(Outcome::Undo(StaffChanged::Missing));
    }
    let admin = sqlx::query("SELECT id FROM agent WHERE role = 'admin' AND disabled = 0 LIMIT 1");
    if admin.fetch_optional(&mut *db).await?.is_none() {
        return Ok(Outcome::Undo(StaffChanged::LastAdmin));
    }
    audit::note_in(db, change).await?;
    Ok(Outcome::Keep(StaffChanged::Done))
}
