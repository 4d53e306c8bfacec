//! When a conversation changed hands and who wrote when: what the four clocks are computed from.

use super::{Store, StoreError, columns, readers::Read};
use crate::{
    desk::clocks::Moment,
    domain::{UnixMs, ids::ConversationId},
};

/// In the order of the log.
pub async fn moments(store: &Store, conv: &ConversationId) -> Result<Vec<(UnixMs, Moment)>, StoreError> {
    let found = sqlx::query(
        "SELECT at, author, kind FROM entry WHERE conversation = $1 AND kind IN ('message', 'handoff', 'requeued', \
         'assigned', 'handed_back', 'reopened', 'closed') ORDER BY seq",
    )
    .bind(conv.0.clone())
    .all(&store.readers)
    .await?;
    let mut moments = Vec::with_capacity(found.len());
    for row in &found {
        let (author, kind) = (columns::text(row, "author")?, columns::text(row, "kind")?);
        let moment = match (kind.as_str(), author.as_str()) {
            ("message", "shopper") => Moment::ShopperWrote,
            ("message", "agent") => Moment::AgentWrote,
            ("message", _) => Moment::BotWrote,
            ("handoff" | "requeued", _) => Moment::Queued,
            ("assigned", _) => Moment::Assigned,
            ("closed", _) => Moment::Closed,
            _ => Moment::BackToBot,
        };
        moments.push((columns::int(row, "at")?, moment));
    }
    Ok(moments)
}
