//! Waits and the time agents have conversations: what was told and what came of it, the stuff estimates are made of.

use sqlx::AnyConnection;

use super::{Store, StoreError, columns, readers::Read, writer::Outcome};
use crate::{
    desk::{
        pools::Hand,
        wait::{EndedWait, Estimate, HANDLED, PastWait, REMEMBERED, WaitRange},
    },
    domain::{
        Conversation, UnixMs,
        ids::{AgentId, ConversationId, InboxId},
    },
};

/// What a shopper was told when they began to wait.
#[derive(Debug, Clone, PartialEq)]
pub struct ToldWait {
    pub conv: ConversationId,
    /// Which stay in the queue it is.
    pub queued_at: UnixMs,
    pub inbox: InboxId,
    pub told_at: UnixMs,
    /// 1 was next.
    pub place: i64,
    pub estimate: Estimate,
}

/// Keeps the first that was told of each stay.
pub async fn note_told(store: &Store, told: Vec<ToldWait>) -> Result<(), StoreError> {
    store
        .writer
        .write_much(move |db| {
            Box::pin(async move {
                for told in told {
                    sqlx::query(
                        "INSERT INTO told_wait \
                         (conversation, queued_at, inbox, told_at, place, likely_ms, low_ms, high_ms) \
                         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (conversation, queued_at) DO NOTHING",
                    )
                    .bind(told.conv.0)
                    .bind(told.queued_at)
                    .bind(told.inbox.0)
                    .bind(told.told_at)
                    .bind(told.place)
                    .bind(told.estimate.likely_ms)
                    .bind(told.estimate.range.low_ms)
                    .bind(told.estimate.range.high_ms)
                    .execute(&mut *db)
                    .await?;
                }
                Ok(Outcome::Keep(()))
            })
        })
        .await
}

/// How long agents had conversations of the inbox, the latest ended first; a few dozen.
pub async fn handled(store: &Store, inbox: &InboxId) -> Result<Vec<UnixMs>, StoreError> {
    let found = sqlx::query(
        "SELECT ended_at - began_at AS handled FROM assignment WHERE inbox = $1 AND ended_at IS NOT NULL \
         ORDER BY ended_at DESC LIMIT $2",
    )
    .bind(inbox.0.clone())
    .bind(HANDLED)
    .all(&store.readers)
    .await?;
    found.iter().map(|row| columns::int(row, "handled")).collect()
}

/// The last waits of the inbox, the latest ended first.
pub async fn past(store: &Store, inbox: &InboxId) -> Result<Vec<PastWait>, StoreError> {
    let found = sqlx::query(
        "SELECT place, likely_ms, arrived_at - told_at AS true_ms FROM told_wait \
         WHERE inbox = $1 AND arrived_at IS NOT NULL ORDER BY arrived_at DESC LIMIT $2",
    )
    .bind(inbox.0.clone())
    .bind(REMEMBERED)
    .all(&store.readers)
    .await?;
    found
        .iter()
        .map(|row| {
            Ok(PastWait {
                place: columns::int(row, "place")?,
                likely_ms: columns::int(row, "likely_ms")?,
                true_ms: columns::int(row, "true_ms")?,
            })
        })
        .collect()
}

/// Those who are there and available, by id. `capacity`: of agents whose own is not set.
pub async fn hands(store: &Store, there_until: UnixMs, capacity: i64) -> Result<Vec<Hand>, StoreError> {
    let found = sqlx::query(
        "SELECT seat.agent, COALESCE(seat.capacity, $2) AS slots, seat.active FROM seat JOIN agent ON agent.id = seat.agent \
         WHERE agent.disabled = 0 AND agent.role <> 'editor' AND seat.available = 1 AND EXISTS \
         (SELECT 1 FROM presence WHERE presence.agent = seat.agent AND presence.node <> '' AND presence.expires_at > $1)",
    )
    .bind(there_until)
    .bind(capacity)
    .all(&store.readers)
    .await?;
    let hand = |row| {
        Ok(Hand {
            agent: AgentId(columns::text(row, "agent")?),
            slots: columns::int(row, "slots")?,
            active: columns::int(row, "active")?,
        })
    };
    let mut hands = found.iter().map(hand).collect::<Result<Vec<_>, StoreError>>()?;
    hands.sort_by(|one, other| one.agent.cmp(&other.agent));
    Ok(hands)
}

/// Every wait that ended since and its inbox, the longest ago first.
pub async fn ended(store: &Store, since: UnixMs) -> Result<Vec<(InboxId, EndedWait)>, StoreError> {
    let found = sqlx::query(
        "SELECT inbox, low_ms, high_ms, arrived_at - told_at AS true_ms FROM told_wait WHERE arrived_at >= $1 \
         ORDER BY arrived_at, conversation",
    )
    .bind(since)
    .all(&store.readers)
    .await?;
    found
        .iter()
        .map(|row| {
            let range = WaitRange { low_ms: columns::int(row, "low_ms")?, high_ms: columns::int(row, "high_ms")? };
            let inbox = InboxId(columns::text(row, "inbox")?);
            Ok((inbox, EndedWait { range, true_ms: columns::int(row, "true_ms")? }))
        })
        .collect()
}

/// With the turn that gave it away or took it back.
pub(super) async fn note_end(db: &mut AnyConnection, conv: &ConversationId, at: UnixMs) -> Result<(), StoreError> {
    sqlx::query("UPDATE assignment SET ended_at = $2 WHERE conversation = $1 AND ended_at IS NULL")
        .bind(conv.0.clone())
        .bind(at)
        .execute(db)
        .await?;
    Ok(())
}

/// With the turn that brought the person.
pub(super) async fn note_arrival(
    db: &mut AnyConnection,
    conversation: &Conversation,
    at: UnixMs,
) -> Result<(), StoreError> {
    let Some(agent) = &conversation.assignee else { return Ok(()) };
    sqlx::query("INSERT INTO assignment (conversation, epoch, inbox, agent, began_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(conversation.id.0.clone())
        .bind(conversation.assign_epoch)
        .bind(conversation.inbox.0.clone())
        .bind(agent.id.0.clone())
        .bind(at)
        .execute(&mut *db)
        .await?;
    sqlx::query(
        "UPDATE told_wait SET arrived_at = $3 WHERE conversation = $1 AND queued_at = $2 AND arrived_at IS NULL",
    )
    .bind(conversation.id.0.clone())
    .bind(conversation.queued_at)
    .bind(at)
    .execute(db)
    .await?;
    Ok(())
}
