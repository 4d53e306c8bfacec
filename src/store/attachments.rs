//! Files in conversations: kept when they are uploaded, bound to their entry by its turn (`conversations::commit_turn`).

use data_encoding::BASE64URL_NOPAD;
use sqlx::AnyConnection;

use super::{Store, StoreError, columns, readers::Read, writer::Outcome};
use crate::domain::{
    Attachment, Entry, EntryBody, UnixMs,
    ids::{AttachmentId, ConversationId},
};

/// A file that came in, before its message does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    pub conversation: ConversationId,
    /// As in [`TurnCommit::sender`](crate::domain::turn::TurnCommit).
    pub sender: String,
    pub about: Attachment,
    pub bytes: Vec<u8>,
}

/// Keeps it, unless as many came to the conversation after `since`, sent or not: then false.
pub async fn add(store: &Store, upload: Upload, (most, since): (i64, UnixMs), at: UnixMs) -> Result<bool, StoreError> {
    let bytes = BASE64URL_NOPAD.encode(&upload.bytes);
    let about = columns::to_json(&upload.about)?;
    store
        .writer
        .write_much(move |db| {
            Box::pin(async move {
                // Locks the conversation, so that files that come at once are counted one after the other.
                sqlx::query("UPDATE conversation SET created_at = created_at WHERE id = $1")
                    .bind(upload.conversation.0.clone())
                    .execute(&mut *db)
                    .await?;
                let done = sqlx::query(
                    "INSERT INTO attachment (id, conversation, sender, about, bytes, added_at) \
                     SELECT $1, $2, $3, $4, $5, $6 \
                     WHERE (SELECT count(*) FROM attachment WHERE conversation = $2 AND added_at > $8) < $7",
                )
                .bind(upload.about.id.0)
                .bind(upload.conversation.0)
                .bind(upload.sender)
                .bind(about)
                .bind(bytes)
                .bind(at)
                .bind(most)
                .bind(since)
                .execute(db)
                .await?;
                Ok(Outcome::Keep(done.rows_affected() == 1))
            })
        })
        .await
}

/// What this sender uploaded to this conversation under these ids, sent or not, in their order. `None` if one is not so.
pub async fn of_sender(
    store: &Store,
    conversation: &ConversationId,
    sender: &str,
    ids: &[AttachmentId],
) -> Result<Option<Vec<Attachment>>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        let row = sqlx::query("SELECT about FROM attachment WHERE id = $1 AND conversation = $2 AND sender = $3")
            .bind(columns::storable(id.as_str()))
            .bind(conversation.0.clone())
            .bind(sender.to_owned())
            .maybe_one(&store.readers)
            .await?;
        match row {
            Some(row) => found.push(columns::json(&row, "about")?),
            None => return Ok(None),
        }
    }
    Ok(Some(found))
}

/// A file of this conversation. One that was not sent yet is its sender's alone.
pub async fn load(
    store: &Store,
    conversation: &ConversationId,
    id: &AttachmentId,
    reader: &str,
) -> Result<Option<(Attachment, Vec<u8>)>, StoreError> {
    let row = sqlx::query(
        "SELECT about, bytes FROM attachment WHERE id = $1 AND conversation = $2 AND (seq IS NOT NULL OR sender = $3)",
    )
    .bind(columns::storable(id.as_str()))
    .bind(conversation.0.clone())
    .bind(reader.to_owned())
    .maybe_one(&store.readers)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let bytes = BASE64URL_NOPAD.decode(columns::text(&row, "bytes")?.as_bytes());
    let bytes = bytes.map_err(|error| StoreError::Unreadable(format!("attachment: {error}")))?;
    Ok(Some((columns::json(&row, "about")?, bytes)))
}

/// Removes what was uploaded before that moment and never sent. Answers how many.
pub async fn forget_unsent(store: &Store, before: UnixMs) -> Result<u64, StoreError> {
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                let done = sqlx::query("DELETE FROM attachment WHERE seq IS NULL AND added_at < $1")
                    .bind(before)
                    .execute(db)
                    .await?;
                Ok(Outcome::Keep(done.rows_affected()))
            })
        })
        .await
}

/// The files of these entries are theirs from now on. False: one is gone, somebody else's, or was sent before.
pub(super) async fn bind(
    db: &mut AnyConnection,
    conversation: &ConversationId,
    sender: &str,
    entries: &[Entry],
) -> Result<bool, StoreError> {
    for entry in entries {
        let EntryBody::Message(message) = &entry.body else { continue };
        for file in &message.files {
            let done = sqlx::query(
                "UPDATE attachment SET seq = $4 WHERE id = $1 AND conversation = $2 AND sender = $3 AND seq IS NULL",
            )
            .bind(file.id.0.clone())
            .bind(conversation.0.clone())
            .bind(sender.to_owned())
            .bind(entry.seq)
            .execute(&mut *db)
            .await?;
            if done.rows_affected() != 1 {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// With the words of their entry. Answers how many they were.
pub(super) async fn remove(
    db: &mut AnyConnection,
    conversation: &ConversationId,
    seq: i64,
) -> Result<usize, StoreError> {
    let done = sqlx::query("DELETE FROM attachment WHERE conversation = $1 AND seq = $2")
        .bind(conversation.0.clone())
        .bind(seq)
        .execute(db)
        .await?;
    Ok(usize::try_from(done.rows_affected()).unwrap_or(usize::MAX))
}
