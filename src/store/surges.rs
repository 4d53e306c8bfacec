//! Who waits, whole, and what a supervisor has switched by hand.

use super::{Store, StoreError, columns, conversations, readers::Read, writer::Outcome};
use crate::domain::{Conversation, UnixMs};

/// Queued conversations, the longest waiting first; at most 500.
pub async fn waiting(store: &Store) -> Result<Vec<Conversation>, StoreError> {
    let found = sqlx::query(
        "SELECT id, inbox, contact, lang, status, assignee, assignee_name, assign_epoch, priority, queued_at, version, head, \
         created_at, updated_at, state, offered_until, previous_agent, team FROM conversation WHERE status = 'queued' \
         ORDER BY queued_at, id LIMIT 500",
    )
    .all(&store.readers)
    .await?;
    found.iter().map(conversations::conversation).collect()
}

/// `None`: it was never switched.
pub async fn switch(store: &Store, name: &str) -> Result<Option<String>, StoreError> {
    let row = sqlx::query("SELECT value FROM desk_switch WHERE name = $1")
        .bind(name.to_owned())
        .maybe_one(&store.readers)
        .await?;
    row.map(|row| columns::text(&row, "value")).transpose()
}

pub async fn set_switch(store: &Store, name: &str, value: &str, by: &str, at: UnixMs) -> Result<(), StoreError> {
    let (name, value, by) = (name.to_owned(), value.to_owned(), columns::storable(by));
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                sqlx::query(
                    "INSERT INTO desk_switch (name, value, at, switched_by) VALUES ($1, $2, $3, $4) \
                     ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = excluded.at, \
                     switched_by = excluded.switched_by",
                )
                .bind(name)
                .bind(value)
                .bind(at)
                .bind(by)
                .execute(db)
                .await?;
                Ok(Outcome::Keep(()))
            })
        })
        .await
}
