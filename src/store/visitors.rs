//! Shoppers' sessions: the opaque token of a browser, and the contact it stands for.

use super::{Store, StoreError, columns, readers::Read, writer::Outcome};
use crate::domain::{
    UnixMs,
    ids::{ContactId, InboxId},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    pub contact: ContactId,
    pub inbox: InboxId,
}

/// Stores a new contact with the SHA-256 (hex) of their browser's token.
pub async fn create(store: &Store, token_hash: String, visitor: Visitor, at: UnixMs) -> Result<(), StoreError> {
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                sqlx::query("INSERT INTO contact (id, created_at) VALUES ($1, $2)")
                    .bind(visitor.contact.0.clone())
                    .bind(at)
                    .execute(&mut *db)
                    .await?;
                sqlx::query("INSERT INTO visitor (token_hash, contact, inbox, created_at) VALUES ($1, $2, $3, $4)")
                    .bind(token_hash)
                    .bind(visitor.contact.0)
                    .bind(visitor.inbox.0)
                    .bind(at)
                    .execute(db)
                    .await?;
                Ok(Outcome::Keep(()))
            })
        })
        .await
}

pub async fn load_by_token_hash(store: &Store, token_hash: &str) -> Result<Option<Visitor>, StoreError> {
    let row = sqlx::query("SELECT contact, inbox FROM visitor WHERE token_hash = $1")
        .bind(token_hash.to_owned())
        .maybe_one(&store.readers)
        .await?;
    row.map(|row| {
        Ok(Visitor {
            contact: ContactId(columns::text(&row, "contact")?),
            inbox: InboxId(columns::text(&row, "inbox")?),
        })
    })
    .transpose()
}
