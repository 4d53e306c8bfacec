//! Returns and exchanges that were opened. Opening is an effect of a turn (`conversations::commit_turn`).

use sqlx::AnyConnection;

use super::{Store, StoreError, columns, readers::Read};
use crate::domain::{ids::ConversationId, returns::DraftReturn};

/// Number and line of each return opened for this order (normal form), oldest first.
pub async fn list_for_order(store: &Store, order: &str) -> Result<Vec<(String, u32)>, StoreError> {
    let found = sqlx::query("SELECT number, line FROM opened_return WHERE order_number = $1 ORDER BY at, number")
        .bind(order.to_owned())
        .all(&store.readers)
        .await?;
    found
        .iter()
        .map(|row| {
            let line = columns::int(row, "line")?;
            let line = u32::try_from(line).map_err(|_| StoreError::Unreadable(format!("line: {line}")))?;
            Ok((columns::text(row, "number")?, line))
        })
        .collect()
}

/// Writes a return down, in the transaction of its turn. False if its number is taken: another turn opened
/// one for the same order meanwhile.
pub(super) async fn open(
    db: &mut AnyConnection,
    conversation: &ConversationId,
    draft: DraftReturn,
) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "INSERT INTO opened_return (number, conversation, order_number, line, sku, kind, reason, at, wanted, pictures) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (number) DO NOTHING",
    )
    .bind(draft.number)
    .bind(conversation.0.clone())
    .bind(draft.order)
    .bind(i64::from(draft.line))
    .bind(draft.sku)
    .bind(columns::to_name(&draft.kind)?)
    .bind(columns::to_name(&draft.reason)?)
    .bind(draft.at)
    .bind(draft.wanted.as_deref().map(columns::storable))
    .bind(i64::from(draft.pictures))
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}
