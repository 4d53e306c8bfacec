//! What became of articles in conversations: given as answers, and whether that helped. Written with the turns.

use sqlx::AnyConnection;

use super::{Store, StoreError, columns, readers::Read};
use crate::domain::{UnixMs, article::ArticleId, ids::ConversationId};

/// Width of a step of confidence, in thousandths.
pub const STEP: i64 = 50;

/// What shoppers said of one article, of answers given about equally sure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcomes {
    pub article: ArticleId,
    /// How sure the bot was, in thousandths: the lower end of a step of 50. `None` where a button had asked for the
    /// article, or a reader found it in the help centre, so that nothing was guessed.
    pub confidence: Option<i64>,
    pub helped: i64,
    pub not_helped: i64,
}

/// Everything said since, in conversations and in the help centre, by article and step. Each conversation has one say about an
/// article, and so has each visitor of the help centre: the last.
pub async fn summary(store: &Store, since: UnixMs) -> Result<Vec<Outcomes>, StoreError> {
    let found = sqlx::query(
        "SELECT article, step, CAST(sum(helped) AS BIGINT) AS helped, CAST(sum(1 - helped) AS BIGINT) AS not_helped \
         FROM (SELECT article, confidence / 50 * 50 AS step, CASE WHEN kind = 'helped' THEN 1 ELSE 0 END AS helped \
         FROM article_use WHERE kind IN ('helped', 'not_helped') AND at >= $1 \
         UNION ALL SELECT article, CAST(NULL AS BIGINT) AS step, helped FROM help_verdict WHERE at >= $1) AS said \
         GROUP BY article, step",
    )
    .bind(since)
    .all(&store.readers)
    .await?;
    let mut outcomes = found
        .iter()
        .map(|row| {
            Ok(Outcomes {
                article: columns::text(row, "article")?,
                confidence: columns::maybe_int(row, "step")?,
                helped: columns::int(row, "helped")?,
                not_helped: columns::int(row, "not_helped")?,
            })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    // Sorted here: databases collate, and place NULL, in ways of their own.
    outcomes.sort_by(|one, other| (&one.article, one.confidence).cmp(&(&other.article, other.confidence)));
    Ok(outcomes)
}

pub(super) async fn note_answer(
    db: &mut AnyConnection,
    conversation: &ConversationId,
    at: UnixMs,
    article: ArticleId,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO article_use (article, conversation, at, kind) VALUES ($1, $2, $3, 'answered')")
        .bind(columns::storable(&article))
        .bind(conversation.0.clone())
        .bind(at)
        .execute(db)
        .await?;
    Ok(())
}

/// Takes the place of what this conversation said of the article before.
pub(super) async fn note(
    db: &mut AnyConnection,
    conversation: &ConversationId,
    at: UnixMs,
    article: ArticleId,
    helped: bool,
    confidence: Option<u32>,
) -> Result<(), StoreError> {
    let article = columns::storable(&article);
    sqlx::query(
        "DELETE FROM article_use WHERE article = $1 AND conversation = $2 AND kind IN ('helped', 'not_helped')",
    )
    .bind(article.clone())
    .bind(conversation.0.clone())
    .execute(&mut *db)
    .await?;
    sqlx::query("INSERT INTO article_use (article, conversation, at, kind, confidence) VALUES ($1, $2, $3, $4, $5)")
        .bind(article)
        .bind(conversation.0.clone())
        .bind(at)
        .bind(if helped { "helped" } else { "not_helped" })
        .bind(confidence.map(i64::from))
        .execute(db)
        .await?;
    Ok(())
}
