//! How shoppers rated, and the follow-ups that poor ratings open. Written with turns.

use serde::Serialize;
use sqlx::{AnyConnection, any::AnyRow};

use super::{Store, StoreError, columns, readers::Read};
use crate::domain::{
    AgentRef, Lang, UnixMs,
    ids::{AgentId, ConversationId},
    turn::DraftRating,
};

/// How far a follow-up is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FollowUpState {
    Open,
    Taken,
    Done,
}

/// A follow-up with what it is about; on the wire as it is (`GET /api/follow-ups`).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FollowUpRow {
    pub conv: ConversationId,
    pub resolution: i64,
    pub state: FollowUpState,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<AgentRef>,
    pub opened_at: UnixMs,
    pub due_at: UnixMs,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done_at: Option<UnixMs>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    pub score: i64,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub comment: String,
    pub rated_at: UnixMs,
    /// After the remedy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score_again: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment_again: Option<String>,
    /// Who had resolved the conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentRef>,
    pub lang: Lang,
    /// The beginning of the last message.
    pub preview: String,
}

/// Those in one of these states, the first due first; of what is done, the last done first. At most 200.
pub async fn follow_ups(store: &Store, state: FollowUpState) -> Result<Vec<FollowUpRow>, StoreError> {
    let found = sqlx::query(
        "SELECT follow_up.conversation, follow_up.resolution, follow_up.state AS follow_state, owner, \
         owner_agent.name AS owner_name, opened_at, follow_up.due_at AS follow_due_at, done_at, remedy, \
         rating.score, rating.comment, rating.at, again.score AS score_again, again.comment AS comment_again, \
         rating.agent AS agent, agent.name AS agent_name, conversation.lang, conversation.preview \
         FROM follow_up JOIN conversation ON conversation.id = follow_up.conversation \
         JOIN rating ON rating.conversation = follow_up.conversation AND rating.resolution = follow_up.resolution \
         AND rating.round = 0 \
         LEFT JOIN rating AS again ON again.conversation = follow_up.conversation \
         AND again.resolution = follow_up.resolution AND again.round = 1 \
         LEFT JOIN agent ON agent.id = rating.agent LEFT JOIN agent AS owner_agent ON owner_agent.id = owner \
         WHERE follow_up.state = $1 \
         ORDER BY COALESCE(done_at, 0) DESC, follow_up.due_at, follow_up.conversation, follow_up.resolution LIMIT 200",
    )
    .bind(columns::to_name(&state)?)
    .all(&store.readers)
    .await?;
    found.iter().map(from_row).collect()
}

fn from_row(row: &AnyRow) -> Result<FollowUpRow, StoreError> {
    let person = |id: &str, name: &str| {
        let (id, name) = (columns::maybe_text(row, id)?, columns::maybe_text(row, name)?);
        Ok::<_, StoreError>(id.zip(name).map(|(id, name)| AgentRef { id: AgentId(id), name }))
    };
    Ok(FollowUpRow {
        conv: ConversationId(columns::text(row, "conversation")?),
        resolution: columns::int(row, "resolution")?,
        state: columns::name(row, "follow_state")?,
        owner: person("owner", "owner_name")?,
        opened_at: columns::int(row, "opened_at")?,
        due_at: columns::int(row, "follow_due_at")?,
        done_at: columns::maybe_int(row, "done_at")?,
        remedy: columns::maybe_text(row, "remedy")?.filter(|remedy| !remedy.is_empty()),
        score: columns::int(row, "score")?,
        comment: columns::text(row, "comment")?,
        rated_at: columns::int(row, "at")?,
        score_again: columns::maybe_int(row, "score_again")?,
        comment_again: columns::maybe_text(row, "comment_again")?.filter(|comment| !comment.is_empty()),
        agent: person("agent", "agent_name")?,
        lang: columns::lang(row)?,
        preview: columns::text(row, "preview")?,
    })
}

/// One for each resolution and round: a second takes the place of the first.
pub(super) async fn rate(
    db: &mut AnyConnection,
    conversation: &ConversationId,
    at: UnixMs,
    rating: DraftRating,
) -> Result<(), StoreError> {
    let DraftRating { resolution, again, agent, score, comment } = rating;
    sqlx::query(
        "INSERT INTO rating (conversation, resolution, round, agent, score, comment, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (conversation, resolution, round) \
         DO UPDATE SET score = excluded.score, comment = excluded.comment, changed_at = excluded.at",
    )
    .bind(conversation.0.clone())
    .bind(resolution)
    .bind(i64::from(again))
    .bind(agent.map(|agent| agent.0))
    .bind(i64::from(score))
    .bind(columns::storable(&comment))
    .bind(at)
    .execute(&mut *db)
    .await?;
    sqlx::query("UPDATE conversation SET rating = $2 WHERE id = $1")
        .bind(conversation.0.clone())
        .bind(i64::from(score))
        .execute(db)
        .await?;
    Ok(())
}

/// Opens one, or opens one again that was done.
pub(super) async fn open_follow_up(
    db: &mut AnyConnection,
    conversation: &ConversationId,
    at: UnixMs,
    resolution: i64,
    due_at: UnixMs,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO follow_up (conversation, resolution, state, opened_at, due_at) VALUES ($1, $2, 'open', $3, $4) \
         ON CONFLICT (conversation, resolution) DO UPDATE SET state = 'open', owner = NULL, due_at = excluded.due_at, \
         done_at = NULL",
    )
    .bind(conversation.0.clone())
    .bind(resolution)
    .bind(at)
    .bind(due_at)
    .execute(db)
    .await?;
    Ok(())
}

pub(super) async fn take_follow_up(
    db: &mut AnyConnection,
    conversation: &ConversationId,
    resolution: i64,
    owner: AgentId,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE follow_up SET state = 'taken', owner = $3 WHERE conversation = $1 AND resolution = $2")
        .bind(conversation.0.clone())
        .bind(resolution)
        .bind(owner.0)
        .execute(db)
        .await?;
    Ok(())
}

pub(super) async fn end_follow_up(
    db: &mut AnyConnection,
    conversation: &ConversationId,
    at: UnixMs,
    resolution: i64,
    owner: AgentId,
    remedy: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE follow_up SET state = 'done', owner = $3, remedy = $4, done_at = $5 \
         WHERE conversation = $1 AND resolution = $2",
    )
    .bind(conversation.0.clone())
    .bind(resolution)
    .bind(owner.0)
    .bind(columns::storable(remedy))
    .bind(at)
    .execute(db)
    .await?;
    Ok(())
}
