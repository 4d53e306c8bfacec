//! Questions without a good answer, in groups. Derived from the logs, except what people did with a group.

use data_encoding::BASE64URL_NOPAD;
use sqlx::{AnyConnection, any::AnyRow};
use warmline_vectors::groups::Group;

use super::{Store, StoreError, columns, meta, readers::Read, transcripts::Behind, writer::Outcome};
use crate::{
    desk::gaps::Why,
    domain::{
        Lang, UnixMs,
        article::ArticleId,
        ids::{AgentId, ConversationId},
    },
};

/// What people made of a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Open,
    /// Nothing to write about it. It goes on collecting, out of sight.
    Dismissed,
    /// An article was begun from it.
    Drafted,
    /// Its questions are another gap's now.
    Merged,
}

/// A question as it is kept: personal data masked.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    pub conv: ConversationId,
    /// Of the shopper's message.
    pub seq: i64,
    pub at: UnixMs,
    pub lang: Lang,
    pub text: String,
    pub why: Why,
    /// Both in thousandths.
    pub urgency: i64,
    pub feeling: i64,
    /// The gap it is part of.
    pub gap: String,
}

/// A gap without its questions.
#[derive(Debug, Clone, PartialEq)]
pub struct Gap {
    pub id: String,
    /// The question that stands for it.
    pub title: String,
    pub lang: Lang,
    pub state: State,
    pub owner: Option<AgentId>,
    pub article: Option<ArticleId>,
    pub group: Group,
    pub created_at: UnixMs,
    /// When somebody last decided about it, and who.
    pub updated_at: UnixMs,
    pub updated_by: Option<String>,
}

/// What reading some conversations has brought.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// How far each conversation was read.
    pub read: Vec<(ConversationId, i64)>,
    pub questions: Vec<Question>,
    /// New ones, and those that have grown.
    pub gaps: Vec<Gap>,
    /// Grown together: (from, into).
    pub joined: Vec<(String, String)>,
}

/// A gap in figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    pub gap: String,
    /// Conversations.
    pub reach: i64,
    pub questions: i64,
    /// Means, in thousandths.
    pub urgency: i64,
    pub feeling: i64,
    /// Asked at `recent` or later, and in the same time before.
    pub recent: i64,
    pub before: i64,
    pub last_at: UnixMs,
    pub clarified: i64,
    pub unanswered: i64,
    pub not_helped: i64,
    pub handed_off: i64,
}

macro_rules! columns {
    () => {
        "id, title, lang, state, owner, article, merged_into, mean, questions, created_at, updated_at, updated_by"
    };
}

/// Conversations with entries that were not read for gaps, closed or resting since `until`, the longest unchanged first.
pub async fn behind(store: &Store, since: UnixMs, until: UnixMs, most: i64) -> Result<Vec<Behind>, StoreError> {
    let found = sqlx::query(
        "SELECT id, conversation.head, updated_at, COALESCE(gap_read.head, 0) AS read_head FROM conversation \
         LEFT JOIN gap_read ON gap_read.conversation = conversation.id \
         WHERE updated_at >= $1 AND (updated_at <= $2 OR status = 'closed') AND conversation.head > COALESCE(gap_read.head, 0) \
         ORDER BY updated_at, id LIMIT $3",
    )
    .bind(since)
    .bind(until)
    .bind(most)
    .all(&store.readers)
    .await?;
    found
        .iter()
        .map(|row| {
            Ok(Behind {
                conv: ConversationId(columns::text(row, "id")?),
                read: columns::int(row, "read_head")?,
                head: columns::int(row, "head")?,
                updated_at: columns::int(row, "updated_at")?,
                cleared: 0,
            })
        })
        .collect()
}

/// Grows with every change to any gap, by whomever.
pub async fn changes(store: &Store) -> Result<i64, StoreError> {
    meta::load_gap_changes(store).await
}

/// Those that are not merged into others, the oldest first.
pub async fn all(store: &Store) -> Result<Vec<Gap>, StoreError> {
    let found =
        sqlx::query(concat!("SELECT ", columns!(), " FROM gap WHERE state <> 'merged' ORDER BY created_at, id"))
            .all(&store.readers)
            .await?;
    found.iter().map(gap).collect()
}

/// A merged one too, with what it was merged into.
pub async fn load(store: &Store, id: &str) -> Result<Option<(Gap, Option<String>)>, StoreError> {
    let row = sqlx::query(concat!("SELECT ", columns!(), " FROM gap WHERE id = $1"))
        .bind(columns::storable(id))
        .maybe_one(&store.readers)
        .await?;
    row.map(|row| Ok((gap(&row)?, columns::maybe_text(&row, "merged_into")?))).transpose()
}

/// Those of the questions (conversation and seq) that are kept already, with their gap and why.
pub async fn known(store: &Store, conv: &ConversationId) -> Result<Vec<(i64, String, Why)>, StoreError> {
    let found = sqlx::query("SELECT seq, gap, why FROM gap_question WHERE conversation = $1")
        .bind(conv.0.clone())
        .all(&store.readers)
        .await?;
    found
        .iter()
        .map(|row| Ok((columns::int(row, "seq")?, columns::text(row, "gap")?, columns::name(row, "why")?)))
        .collect()
}

/// Keeps what was found, unless gaps have changed since `changes`: then nothing is written, and it is false.
pub async fn keep(store: &Store, changes: i64, found: Found) -> Result<bool, StoreError> {
    store
        .writer
        .write_much(move |db| {
            Box::pin(async move {
                if !meta::count_gap_change(db, changes).await? {
                    return Ok(Outcome::Undo(false));
                }
                for gap in &found.gaps {
                    put(db, gap).await?;
                }
                for question in &found.questions {
                    put_question(db, question).await?;
                }
                for (from, into) in &found.joined {
                    move_questions(
                        db,
                        from,
                        into,
                        None,
                        found.gaps.iter().map(|gap| gap.updated_at).max().unwrap_or(0),
                    )
                    .await?;
                }
                for (conv, head) in &found.read {
                    sqlx::query(
                        "INSERT INTO gap_read (conversation, head) VALUES ($1, $2) ON CONFLICT (conversation) \
                         DO UPDATE SET head = excluded.head WHERE gap_read.head < excluded.head",
                    )
                    .bind(conv.0.clone())
                    .bind(*head)
                    .execute(&mut *db)
                    .await?;
                }
                Ok(Outcome::Keep(true))
            })
        })
        .await
}

async fn put(db: &mut AnyConnection, gap: &Gap) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO gap (id, title, lang, state, mean, questions, created_at, updated_at) \
         VALUES ($1, $2, $3, 'open', $4, $5, $6, $7) ON CONFLICT (id) DO UPDATE SET title = excluded.title, \
         lang = excluded.lang, mean = excluded.mean, questions = excluded.questions",
    )
    .bind(gap.id.clone())
    .bind(columns::storable(&gap.title))
    .bind(gap.lang.tag())
    .bind(BASE64URL_NOPAD.encode(&gap.group.to_bytes()))
    .bind(i64::from(gap.group.size()))
    .bind(gap.created_at)
    .bind(gap.updated_at)
    .execute(db)
    .await?;
    Ok(())
}

async fn put_question(db: &mut AnyConnection, question: &Question) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO gap_question (conversation, seq, at, lang, question, why, urgency, feeling, gap) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (conversation, seq) DO UPDATE SET why = excluded.why",
    )
    .bind(question.conv.0.clone())
    .bind(question.seq)
    .bind(question.at)
    .bind(question.lang.tag())
    .bind(columns::storable(&question.text))
    .bind(columns::to_name(&question.why)?)
    .bind(question.urgency)
    .bind(question.feeling)
    .bind(question.gap.clone())
    .execute(db)
    .await?;
    Ok(())
}

async fn move_questions(
    db: &mut AnyConnection,
    from: &str,
    into: &str,
    by: Option<String>,
    at: UnixMs,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE gap_question SET gap = $2 WHERE gap = $1")
        .bind(from.to_owned())
        .bind(into.to_owned())
        .execute(&mut *db)
        .await?;
    sqlx::query("UPDATE gap SET state = 'merged', merged_into = $2, updated_at = $3, updated_by = $4 WHERE id = $1")
        .bind(from.to_owned())
        .bind(into.to_owned())
        .bind(at)
        .bind(by)
        .execute(db)
        .await?;
    Ok(())
}

/// Somebody decides: `from` is the same matter as `into`. False if either is not there or merged by now.
pub async fn merge(store: &Store, from: &str, into: &str, by: String, at: UnixMs) -> Result<bool, StoreError> {
    let (from, into) = (columns::storable(from), columns::storable(into));
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                let mut groups = Vec::new();
                // In one order, so that two of these do not wait for each other crosswise.
                for id in [from.clone().min(into.clone()), from.clone().max(into.clone())] {
                    let row = sqlx::query(concat!(
                        "UPDATE gap SET updated_at = $2 WHERE id = $1 AND state <> 'merged' RETURNING ",
                        columns!()
                    ))
                    .bind(id)
                    .bind(at)
                    .fetch_optional(&mut *db)
                    .await?;
                    groups.extend(row.as_ref().map(gap).transpose()?);
                }
                let at_id = |id: &str| groups.iter().find(|gap| gap.id == id).cloned();
                let (Some(gone), Some(mut kept)) = (at_id(&from), at_id(&into)) else {
                    return Ok(Outcome::Undo(false));
                };
                if from == into {
                    return Ok(Outcome::Undo(false));
                }
                kept.group.join(&gone.group);
                put(db, &kept).await?;
                move_questions(db, &from, &into, Some(by), at).await?;
                meta::count_any_gap_change(db).await?;
                Ok(Outcome::Keep(true))
            })
        })
        .await
}

/// What somebody decides of one gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    Assign(Option<AgentId>),
    Dismiss,
    Reopen,
    Drafted(ArticleId),
}

/// False if it is not there, or merged by now.
pub async fn decide(store: &Store, id: &str, decision: Decision, by: String, at: UnixMs) -> Result<bool, StoreError> {
    let id = columns::storable(id);
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                let query = match decision {
                    Decision::Assign(owner) => sqlx::query(
                        "UPDATE gap SET owner = $4, updated_at = $2, updated_by = $3 \
                         WHERE id = $1 AND state <> 'merged'",
                    )
                    .bind(id)
                    .bind(at)
                    .bind(by)
                    .bind(owner.map(|owner| owner.0)),
                    Decision::Dismiss => sqlx::query(
                        "UPDATE gap SET state = 'dismissed', updated_at = $2, updated_by = $3 \
                         WHERE id = $1 AND state <> 'merged'",
                    )
                    .bind(id)
                    .bind(at)
                    .bind(by),
                    Decision::Reopen => sqlx::query(
                        "UPDATE gap SET state = 'open', article = NULL, updated_at = $2, updated_by = $3 \
                         WHERE id = $1 AND state <> 'merged'",
                    )
                    .bind(id)
                    .bind(at)
                    .bind(by),
                    Decision::Drafted(article) => sqlx::query(
                        "UPDATE gap SET state = 'drafted', article = $4, updated_at = $2, updated_by = $3 \
                         WHERE id = $1 AND state <> 'merged'",
                    )
                    .bind(id)
                    .bind(at)
                    .bind(by)
                    .bind(columns::storable(&article)),
                };
                let done = query.execute(&mut *db).await?;
                if done.rows_affected() != 1 {
                    return Ok(Outcome::Undo(false));
                }
                meta::count_any_gap_change(db).await?;
                Ok(Outcome::Keep(true))
            })
        })
        .await
}

/// Of every gap with questions. `recent` and `before` begin the times that a trend is read from.
pub async fn figures(store: &Store, recent: UnixMs, before: UnixMs) -> Result<Vec<Figures>, StoreError> {
    let found = sqlx::query(
        "SELECT gap, count(DISTINCT conversation) AS reach, count(*) AS questions, \
         CAST(sum(urgency) AS BIGINT) / count(*) AS urgency, CAST(sum(feeling) AS BIGINT) / count(*) AS feeling, \
         CAST(sum(CASE WHEN at >= $1 THEN 1 ELSE 0 END) AS BIGINT) AS recent, \
         CAST(sum(CASE WHEN at >= $2 AND at < $1 THEN 1 ELSE 0 END) AS BIGINT) AS earlier, max(at) AS last_at, \
         CAST(sum(CASE WHEN why = 'clarified' THEN 1 ELSE 0 END) AS BIGINT) AS clarified, \
         CAST(sum(CASE WHEN why = 'unanswered' THEN 1 ELSE 0 END) AS BIGINT) AS unanswered, \
         CAST(sum(CASE WHEN why = 'not_helped' THEN 1 ELSE 0 END) AS BIGINT) AS not_helped, \
         CAST(sum(CASE WHEN why = 'handed_off' THEN 1 ELSE 0 END) AS BIGINT) AS handed_off \
         FROM gap_question GROUP BY gap",
    )
    .bind(recent)
    .bind(before)
    .all(&store.readers)
    .await?;
    let mut figures = found
        .iter()
        .map(|row| {
            Ok(Figures {
                gap: columns::text(row, "gap")?,
                reach: columns::int(row, "reach")?,
                questions: columns::int(row, "questions")?,
                urgency: columns::int(row, "urgency")?,
                feeling: columns::int(row, "feeling")?,
                recent: columns::int(row, "recent")?,
                before: columns::int(row, "earlier")?,
                last_at: columns::int(row, "last_at")?,
                clarified: columns::int(row, "clarified")?,
                unanswered: columns::int(row, "unanswered")?,
                not_helped: columns::int(row, "not_helped")?,
                handed_off: columns::int(row, "handed_off")?,
            })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    figures.sort_by(|one, other| one.gap.cmp(&other.gap));
    Ok(figures)
}

/// The questions of one gap, the newest first.
pub async fn questions(store: &Store, gap: &str, most: i64) -> Result<Vec<Question>, StoreError> {
    let found = sqlx::query(
        "SELECT conversation, seq, at, lang, question, why, urgency, feeling, gap FROM gap_question \
         WHERE gap = $1 ORDER BY at DESC, conversation, seq LIMIT $2",
    )
    .bind(columns::storable(gap))
    .bind(most)
    .all(&store.readers)
    .await?;
    found
        .iter()
        .map(|row| {
            Ok(Question {
                conv: ConversationId(columns::text(row, "conversation")?),
                seq: columns::int(row, "seq")?,
                at: columns::int(row, "at")?,
                lang: columns::lang(row)?,
                text: columns::text(row, "question")?,
                why: columns::name(row, "why")?,
                urgency: columns::int(row, "urgency")?,
                feeling: columns::int(row, "feeling")?,
                gap: columns::text(row, "gap")?,
            })
        })
        .collect()
}

fn gap(row: &AnyRow) -> Result<Gap, StoreError> {
    let unreadable = || StoreError::Unreadable("mean: this is no group".into());
    let size = u32::try_from(columns::int(row, "questions")?).map_err(|_| unreadable())?;
    let mean = BASE64URL_NOPAD.decode(columns::text(row, "mean")?.as_bytes()).map_err(|_| unreadable())?;
    Ok(Gap {
        id: columns::text(row, "id")?,
        title: columns::text(row, "title")?,
        lang: columns::lang(row)?,
        state: columns::name(row, "state")?,
        owner: columns::maybe_text(row, "owner")?.map(AgentId),
        article: columns::maybe_text(row, "article")?,
        group: Group::from_bytes(&mean, size).ok_or_else(unreadable)?,
        created_at: columns::int(row, "created_at")?,
        updated_at: columns::int(row, "updated_at")?,
        updated_by: columns::maybe_text(row, "updated_by")?,
    })
}
