//! Corrections in the log's rows, and words taken out of every place that repeats them; with the turn that decided it.

use sqlx::AnyConnection;

use super::{StoreError, attachments, columns, entries};
use crate::domain::{
    EntryBody,
    ids::ConversationId,
    redaction::{forget_in_brief, repeats},
};

/// Other words in the place of an entry's.
pub(super) async fn rewrite(
    db: &mut AnyConnection,
    conversation: &ConversationId,
    seq: i64,
    body: &EntryBody,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE entry SET body = $3 WHERE conversation = $1 AND seq = $2")
        .bind(conversation.0.clone())
        .bind(seq)
        .bind(columns::to_json(body)?)
        .execute(db)
        .await?;
    Ok(())
}

/// The lists show what the entry says now, if they had shown it.
pub(super) async fn replace_preview(
    db: &mut AnyConnection,
    conversation: &ConversationId,
    (before, files_before): (&str, usize),
    (after, files_after): (&str, usize),
) -> Result<(), StoreError> {
    sqlx::query("UPDATE conversation SET preview = $3 WHERE id = $1 AND preview = $2")
        .bind(conversation.0.clone())
        .bind(columns::storable(&entries::preview_of(before, files_before)))
        .bind(columns::storable(&entries::preview_of(after, files_after)))
        .execute(db)
        .await?;
    Ok(())
}

/// The entry without its words and files, and nobody else repeats them: briefs, corrections, lists, search, promises, questions.
pub(super) async fn redact(
    db: &mut AnyConnection,
    conversation: &ConversationId,
    seq: i64,
    body: &EntryBody,
    words: &[String],
) -> Result<(), StoreError> {
    rewrite(db, conversation, seq, body).await?;
    let files = attachments::remove(db, conversation, seq).await?;
    scrub_entries(db, conversation, seq, words).await?;
    // Without words it showed its files alone.
    let shown = words.iter().map(String::as_str).chain((files > 0).then_some(""));
    for said in shown {
        replace_preview(db, conversation, (said, files), ("", 0)).await?;
    }
    scrub_questions(db, conversation, words).await?;
    scrub_promises(db, conversation, words).await?;
    sqlx::query("UPDATE call_back SET reach = '' WHERE conversation = $1 AND seq = $2")
        .bind(conversation.0.clone())
        .bind(seq)
        .execute(&mut *db)
        .await?;
    if let EntryBody::Rated(rated) = body {
        sqlx::query("UPDATE rating SET comment = '' WHERE conversation = $1 AND resolution = $2 AND round = $3")
            .bind(conversation.0.clone())
            .bind(rated.resolution)
            .bind(i64::from(rated.again))
            .execute(&mut *db)
            .await?;
    }
    forget_terms(db, conversation).await
}

async fn scrub_entries(
    db: &mut AnyConnection,
    conversation: &ConversationId,
    target: i64,
    words: &[String],
) -> Result<(), StoreError> {
    let found = sqlx::query("SELECT seq, body FROM entry WHERE conversation = $1 AND kind IN ('handoff', 'edited')")
        .bind(conversation.0.clone())
        .fetch_all(&mut *db)
        .await?;
    for row in &found {
        let seq = columns::int(row, "seq")?;
        let mut body: EntryBody = columns::json(row, "body")?;
        let is_changed = match &mut body {
            EntryBody::Handoff { brief, .. } => forget_in_brief(brief, words),
            EntryBody::Edited { target: of, text, .. } if *of == target => {
                text.clear();
                true
            }
            _ => false,
        };
        if is_changed {
            rewrite(db, conversation, seq, &body).await?;
        }
    }
    Ok(())
}

async fn scrub_questions(
    db: &mut AnyConnection,
    conversation: &ConversationId,
    words: &[String],
) -> Result<(), StoreError> {
    let found = sqlx::query("SELECT question FROM unanswered WHERE conversation = $1")
        .bind(conversation.0.clone())
        .fetch_all(&mut *db)
        .await?;
    for row in &found {
        let question = columns::text(row, "question")?;
        if repeats(&question, words) {
            sqlx::query("DELETE FROM unanswered WHERE conversation = $1 AND question = $2")
                .bind(conversation.0.clone())
                .bind(question)
                .execute(&mut *db)
                .await?;
        }
    }
    scrub_gaps(db, conversation, words).await
}

/// A gap that was named by the question is named by another of its questions.
async fn scrub_gaps(db: &mut AnyConnection, conversation: &ConversationId, words: &[String]) -> Result<(), StoreError> {
    let found = sqlx::query("SELECT gap, seq, question FROM gap_question WHERE conversation = $1")
        .bind(conversation.0.clone())
        .fetch_all(&mut *db)
        .await?;
    for row in &found {
        let question = columns::text(row, "question")?;
        if !repeats(&question, words) {
            continue;
        }
        sqlx::query("DELETE FROM gap_question WHERE conversation = $1 AND seq = $2")
            .bind(conversation.0.clone())
            .bind(columns::int(row, "seq")?)
            .execute(&mut *db)
            .await?;
        sqlx::query(
            "UPDATE gap SET title = COALESCE((SELECT min(question) FROM gap_question WHERE gap_question.gap = gap.id), '') \
             WHERE id = $1 AND title = $2",
        )
        .bind(columns::text(row, "gap")?)
        .bind(question)
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

async fn scrub_promises(
    db: &mut AnyConnection,
    conversation: &ConversationId,
    words: &[String],
) -> Result<(), StoreError> {
    let found = sqlx::query("SELECT id, said FROM promise WHERE conversation = $1")
        .bind(conversation.0.clone())
        .fetch_all(&mut *db)
        .await?;
    for row in &found {
        if repeats(&columns::text(row, "said")?, words) {
            sqlx::query("UPDATE promise SET said = '' WHERE id = $1")
                .bind(columns::text(row, "id")?)
                .execute(&mut *db)
                .await?;
        }
    }
    Ok(())
}

/// Read anew from the beginning; what somebody is reading just now is not kept.
async fn forget_terms(db: &mut AnyConnection, conversation: &ConversationId) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO transcript_read (conversation, head, cleared) VALUES ($1, 0, 1) ON CONFLICT (conversation) \
         DO UPDATE SET head = 0, cleared = transcript_read.cleared + 1",
    )
    .bind(conversation.0.clone())
    .execute(&mut *db)
    .await?;
    sqlx::query("DELETE FROM transcript_term WHERE conversation = $1").bind(conversation.0.clone()).execute(db).await?;
    Ok(())
}
