//! What staff say of conversations, in columns of its own: category, outcome, tags. Written with turns.

use sqlx::AnyConnection;

use super::{StoreError, columns};
use crate::domain::ids::ConversationId;

/// The last word counts.
pub(super) async fn note(
    db: &mut AnyConnection,
    conversation: &ConversationId,
    category: Option<String>,
    outcome: Option<String>,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE conversation SET category = $2, outcome = $3 WHERE id = $1")
        .bind(conversation.0.clone())
        .bind(category)
        .bind(outcome)
        .execute(db)
        .await?;
    Ok(())
}

/// These and no others. Beside the rows that are searched, the conversation has them in one text for the desk's lists.
pub(super) async fn set_tags(
    db: &mut AnyConnection,
    conversation: &ConversationId,
    tags: &[String],
) -> Result<(), StoreError> {
    sqlx::query("UPDATE conversation SET tags = $2 WHERE id = $1")
        .bind(conversation.0.clone())
        .bind(columns::to_json(&tags)?)
        .execute(&mut *db)
        .await?;
    sqlx::query("DELETE FROM conversation_tag WHERE conversation = $1")
        .bind(conversation.0.clone())
        .execute(&mut *db)
        .await?;
    for tag in tags {
        sqlx::query("INSERT INTO conversation_tag (conversation, tag) VALUES ($1, $2)")
            .bind(conversation.0.clone())
            .bind(tag.clone())
            .execute(&mut *db)
            .await?;
    }
    Ok(())
}
