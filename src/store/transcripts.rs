//! What was said, by its terms: derived from the log a moment after it was written, so that no turn waits for it.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Store, StoreError, columns, dialect::Engine, readers::Read, writer::Outcome};
use crate::domain::{
    UnixMs,
    ids::{AgentId, ConversationId},
};

/// A conversation whose log has gone on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    pub conv: ConversationId,
    /// Read up to here.
    pub read: i64,
    pub head: i64,
    pub updated_at: UnixMs,
    /// How often what was read was thrown away.
    pub cleared: i64,
}

/// Which conversations are looked for; all of it must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// In the form of `language::terms`; none: every conversation.
    pub terms: BTreeSet<String>,
    /// Last changed at or after.
    pub since: UnixMs,
    /// Last changed before.
    pub until: UnixMs,
    /// Of the last wrap-up.
    pub category: Option<String>,
    pub tag: Option<String>,
    /// Only what this agent sees, who is limited to teams.
    pub seen_by: Option<AgentId>,
}

/// Those changed at `since` or later, the longest unchanged first.
pub async fn behind(store: &Store, since: UnixMs, most: i64) -> Result<Vec<Behind>, StoreError> {
    let found = sqlx::query(
        "SELECT id, conversation.head, updated_at, COALESCE(transcript_read.head, 0) AS read_head, \
         COALESCE(cleared, 0) AS cleared FROM conversation \
         LEFT JOIN transcript_read ON transcript_read.conversation = conversation.id \
         WHERE updated_at >= $1 AND conversation.head > COALESCE(transcript_read.head, 0) \
         ORDER BY updated_at, id LIMIT $2",
    )
    .bind(since)
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
                cleared: columns::int(row, "cleared")?,
            })
        })
        .collect()
}

macro_rules! note {
    () => {
        "ON CONFLICT (conversation) DO UPDATE SET head = CASE WHEN transcript_read.head < excluded.head \
         THEN excluded.head ELSE transcript_read.head END WHERE transcript_read.cleared = excluded.cleared \
         RETURNING conversation"
    };
}

/// What was read of a conversation that was [`Behind`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reading {
    pub conv: ConversationId,
    /// Read up to here.
    pub head: i64,
    /// As it was when reading began.
    pub cleared: i64,
    #[serde(skip)]
    pub terms: BTreeSet<String>,
}

/// Keeps what was read of some conversations, of each unless it was thrown away since (somebody redacted): then it is read
/// anew. Two nodes may do the same: it is the same.
pub async fn keep(store: &Store, mut readings: Vec<Reading>) -> Result<(), StoreError> {
    // Two nodes lock in the same order.
    readings.sort_by(|one, other| one.conv.cmp(&other.conv));
    let engine = store.readers.engine();
    store
        .writer
        .write_much(move |db| {
            Box::pin(async move {
                let note = match engine {
                    Engine::Sqlite => sqlx::query(concat!(
                        "INSERT INTO transcript_read (conversation, head, cleared) \
                         SELECT value ->> 'conv', value ->> 'head', value ->> 'cleared' FROM json_each($1) WHERE true ",
                        note!()
                    )),
                    Engine::Postgres => sqlx::query(concat!(
                        "INSERT INTO transcript_read (conversation, head, cleared) SELECT conv, head, cleared \
                         FROM jsonb_to_recordset(CAST($1 AS jsonb)) AS one (conv TEXT, head BIGINT, cleared BIGINT) ",
                        note!()
                    )),
                };
                let kept = note.bind(columns::to_json(&readings)?).fetch_all(&mut *db).await?;
                let kept: BTreeSet<String> =
                    kept.iter().map(|row| columns::text(row, "conversation")).collect::<Result<_, _>>()?;
                for Reading { conv, terms, .. } in
                    readings.iter().filter(|reading| kept.contains(reading.conv.as_str()))
                {
                    let insert = match engine {
                        Engine::Sqlite => sqlx::query(
                            "INSERT INTO transcript_term (term, conversation) \
                             SELECT value, $2 FROM json_each($1) WHERE true ON CONFLICT DO NOTHING",
                        ),
                        Engine::Postgres => sqlx::query(
                            "INSERT INTO transcript_term (term, conversation) \
                             SELECT jsonb_array_elements_text(CAST($1 AS jsonb)), $2 ON CONFLICT DO NOTHING",
                        ),
                    };
                    insert.bind(columns::to_json(terms)?).bind(conv.0.clone()).execute(&mut *db).await?;
                }
                Ok(Outcome::Keep(()))
            })
        })
        .await
}

/// `$8` is the agent who is limited, or empty.
macro_rules! is_seen {
    () => {
        "($8 = '' OR assignee = $8 OR team IS NULL \
         OR NOT EXISTS (SELECT 1 FROM team_member WHERE team_member.team = conversation.team) \
         OR EXISTS (SELECT 1 FROM team_member WHERE team_member.team = conversation.team AND team_member.agent = $8))"
    };
}

/// Newest change first.
pub async fn find(store: &Store, wanted: &Wanted, most: i64) -> Result<Vec<ConversationId>, StoreError> {
    let query = match store.readers.engine() {
        Engine::Sqlite => sqlx::query(concat!(
            "SELECT id FROM conversation WHERE updated_at >= $2 AND updated_at < $3 AND ($6 = '' OR category = $6) \
             AND ($7 = '' OR EXISTS (SELECT 1 FROM conversation_tag WHERE conversation_tag.conversation = conversation.id AND tag = $7)) \
             AND ($4 = 0 OR id IN \
             (SELECT conversation FROM transcript_term WHERE term IN (SELECT value FROM json_each($1)) \
             GROUP BY conversation HAVING count(*) = $4)) AND ",
            is_seen!(),
            " ORDER BY updated_at DESC, id LIMIT $5",
        )),
        Engine::Postgres => sqlx::query(concat!(
            "SELECT id FROM conversation WHERE updated_at >= $2 AND updated_at < $3 AND ($6 = '' OR category = $6) \
             AND ($7 = '' OR EXISTS (SELECT 1 FROM conversation_tag WHERE conversation_tag.conversation = conversation.id AND tag = $7)) \
             AND ($4 = 0 OR id IN \
             (SELECT conversation FROM transcript_term \
             WHERE term = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS jsonb)))) \
             GROUP BY conversation HAVING count(*) = $4)) AND ",
            is_seen!(),
            " ORDER BY updated_at DESC, id LIMIT $5",
        )),
    };
    let count = i64::try_from(wanted.terms.len()).unwrap_or(i64::MAX);
    let found = query
        .bind(columns::to_json(&wanted.terms)?)
        .bind(wanted.since)
        .bind(wanted.until)
        .bind(count)
        .bind(most)
        .bind(wanted.category.as_deref().map(columns::storable).unwrap_or_default())
        .bind(wanted.tag.as_deref().map(columns::storable).unwrap_or_default())
        .bind(wanted.seen_by.as_ref().map_or_else(String::new, |agent| agent.0.clone()))
        .all(&store.readers)
        .await?;
    found.iter().map(|row| Ok(ConversationId(columns::text(row, "id")?))).collect()
}
