//! What supervisors have to know, until one of them has dealt with it.

use serde::Serialize;
use sqlx::AnyConnection;

use super::{Store, StoreError, columns, readers::Read, writer::Outcome};
use crate::domain::{
    UnixMs,
    ids::{AgentId, ConversationId},
    turn::News,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    pub conv: ConversationId,
    #[serde(flatten)]
    pub news: News,
    pub at: UnixMs,
    /// The shopper, where a handoff told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
}

/// Values of `notice.about`.
const RULE: &str = "rule";
const ALERT: &str = "alert";
const LOW_RATING: &str = "low_rating";

/// With the turn in which it happened.
pub(super) async fn tell(
    db: &mut AnyConnection,
    conversation: &ConversationId,
    at: UnixMs,
    news: News,
) -> Result<(), StoreError> {
    let (about, rule, told) = match news {
        News::Rule { rule, text } => (RULE, rule, text),
        News::Alert { reason } => (ALERT, columns::to_name(&reason)?, String::new()),
        News::LowRating { score } => (LOW_RATING, LOW_RATING.to_owned(), score.to_string()),
    };
    sqlx::query(
        "INSERT INTO notice (conversation, rule, told, at, about) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (conversation, rule, at) DO NOTHING",
    )
    .bind(conversation.0.clone())
    .bind(columns::storable(&rule))
    .bind(columns::storable(&told))
    .bind(at)
    .bind(about)
    .execute(db)
    .await?;
    Ok(())
}

/// Those that nobody has dealt with, newest first; at most 100.
pub async fn open(store: &Store) -> Result<Vec<Notice>, StoreError> {
    let found = sqlx::query(
        "SELECT notice.conversation, notice.rule, notice.told, notice.at, notice.about, conversation.handoff_who FROM notice \
         JOIN conversation ON conversation.id = notice.conversation WHERE notice.ended_at IS NULL \
         ORDER BY notice.at DESC, notice.conversation LIMIT 100",
    )
    .all(&store.readers)
    .await?;
    let notice = |row| {
        let (rule, told) = (columns::text(row, "rule")?, columns::text(row, "told")?);
        let news = match columns::text(row, "about")?.as_str() {
            ALERT => News::Alert { reason: columns::name(row, "rule")? },
            LOW_RATING => News::LowRating { score: told.parse().unwrap_or_default() },
            _ => News::Rule { rule, text: told },
        };
        Ok(Notice {
            conv: ConversationId(columns::text(row, "conversation")?),
            news,
            at: columns::int(row, "at")?,
            who: columns::maybe_text(row, "handoff_who")?,
        })
    };
    found.iter().map(notice).collect()
}

/// With the turn in which somebody takes the follow-up, or ends it.
pub(super) async fn end_low_rating(
    db: &mut AnyConnection,
    conversation: &ConversationId,
    at: UnixMs,
    by: &AgentId,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE notice SET ended_at = $2, ended_by = $3 WHERE conversation = $1 AND about = $4 AND ended_at IS NULL",
    )
    .bind(conversation.0.clone())
    .bind(at)
    .bind(by.0.clone())
    .bind(LOW_RATING)
    .execute(db)
    .await?;
    Ok(())
}

/// Dealt with: all of a conversation's. Answers how many there were.
pub async fn end(store: &Store, conv: &ConversationId, by: &AgentId, at: UnixMs) -> Result<u64, StoreError> {
    let (conv, by) = (columns::storable(conv.as_str()), by.0.clone());
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                let done = sqlx::query(
                    "UPDATE notice SET ended_at = $2, ended_by = $3 WHERE conversation = $1 AND ended_at IS NULL",
                )
                .bind(conv)
                .bind(at)
                .bind(by)
                .execute(db)
                .await?;
                Ok(Outcome::Keep(done.rows_affected()))
            })
        })
        .await
}
