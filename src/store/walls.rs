//! Figures of the supervisor's wall, counted by the database.

use super::{Store, StoreError, columns, readers::Read};
use crate::domain::{EntryBody, Lang, UnixMs, ids::TeamId};

/// Who waits for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuePart {
    /// `None`: everybody's.
    pub team: Option<TeamId>,
    pub lang: Lang,
    pub count: i64,
    pub oldest_since: UnixMs,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SlaCount {
    pub warnings: i64,
    pub breaches: i64,
}

/// Conversations in which a person was asked for; of those, where one came, and where the shopper left before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    pub asked: i64,
    pub answered: i64,
    pub abandoned: i64,
}

/// By team and language; nothing where nobody waits.
pub async fn queue(store: &Store) -> Result<Vec<QueuePart>, StoreError> {
    let found = sqlx::query(
        "SELECT team, lang, count(*) AS waiting, min(queued_at) AS oldest FROM conversation \
         WHERE status IN ('queued', 'offered') GROUP BY team, lang",
    )
    .all(&store.readers)
    .await?;
    let mut parts = found
        .iter()
        .map(|row| {
            Ok(QueuePart {
                team: columns::maybe_text(row, "team")?.map(TeamId),
                lang: columns::lang(row)?,
                count: columns::int(row, "waiting")?,
                oldest_since: columns::int(row, "oldest")?,
            })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    parts.sort_by(|one, other| (&one.team, one.lang.tag()).cmp(&(&other.team, other.lang.tag())));
    Ok(parts)
}

/// Warnings and breaches noted since.
pub async fn sla_since(store: &Store, since: UnixMs) -> Result<SlaCount, StoreError> {
    let found = sqlx::query("SELECT body FROM entry WHERE kind = 'sla' AND at >= $1").bind(since).all(&store.readers);
    let mut count = SlaCount::default();
    for row in &found.await? {
        match columns::json(row, "body")? {
            EntryBody::Sla { breach: true, .. } => count.breaches += 1,
            EntryBody::Sla { breach: false, .. } => count.warnings += 1,
            _ => {}
        }
    }
    Ok(count)
}

/// Of the last handoff of each conversation since.
pub async fn asked_since(store: &Store, since: UnixMs) -> Result<Asked, StoreError> {
    let row = sqlx::query(
        "SELECT count(*) AS asked, CAST(COALESCE(sum(CASE WHEN came = 1 THEN 1 ELSE 0 END), 0) AS BIGINT) AS answered, \
         CAST(COALESCE(sum(CASE WHEN came = 0 AND waits = 0 THEN 1 ELSE 0 END), 0) AS BIGINT) AS abandoned FROM \
         (SELECT CASE WHEN EXISTS (SELECT 1 FROM assignment WHERE assignment.conversation = handed.conversation \
         AND assignment.began_at >= handed.at) THEN 1 ELSE 0 END AS came, \
         CASE WHEN conversation.status IN ('queued', 'offered') THEN 1 ELSE 0 END AS waits \
         FROM (SELECT conversation, max(at) AS at FROM entry WHERE kind = 'handoff' AND at >= $1 GROUP BY conversation) \
         AS handed JOIN conversation ON conversation.id = handed.conversation) AS each_one",
    )
    .bind(since)
    .maybe_one(&store.readers)
    .await?;
    let Some(row) = row else { return Ok(Asked::default()) };
    Ok(Asked {
        asked: columns::int(&row, "asked")?,
        answered: columns::int(&row, "answered")?,
        abandoned: columns::int(&row, "abandoned")?,
    })
}
