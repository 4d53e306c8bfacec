//! What the desk sees of conversations: rows for lists, and the queue.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;

use super::{Store, StoreError, columns, dialect::Engine, readers::Read};
use crate::{
    desk::pools::Need,
    domain::{
        AgentRef, HandoffReason, Lang, Status, UnixMs,
        handoff::Feeling,
        ids::{AgentId, ConversationId, InboxId, TeamId},
    },
};

/// One line of the desk's lists; on the wire as it is (docs/protocol.md).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeskRow {
    pub conv: ConversationId,
    pub status: Status,
    pub lang: Lang,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<AgentRef>,
    pub epoch: i64,
    pub priority: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queued_at: Option<UnixMs>,
    /// While it is offered: until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offered_until: Option<UnixMs>,
    pub updated_at: UnixMs,
    pub head: i64,
    /// The beginning of the last message, at most 120 characters, one line.
    pub preview: String,
    /// From the brief of the handoff that brought it here; gone once the bot has it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feeling: Option<Feeling>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<HandoffReason>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// Whose part of the queue it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// When the first of what is owed is, or was, due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sla_due_at: Option<UnixMs>,
    /// Of the last wrap-up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// In the order in which they came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The last rating, 1 to 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeskView {
    /// Waiting (queued or offered), in the order of dispatch.
    Queue,
    /// Assigned or offered to this agent, oldest change first.
    Mine(AgentId),
    /// Everything that is not closed, newest change first.
    All,
    /// Newest change first; of a category, with a tag, where they are named.
    Closed { category: Option<String>, tag: Option<String> },
}

macro_rules! columns {
    () => {
        "id, status, lang, assignee, assignee_name, assign_epoch, priority, queued_at, updated_at, head, preview, \
         handoff_feeling, handoff_reason, handoff_who, offered_until, team, sla_due_at, category, outcome, tags, rating"
    };
}

/// Open ones in which something is owed, the first due first; 50 at most.
pub async fn owed(store: &Store) -> Result<Vec<DeskRow>, StoreError> {
    let query = sqlx::query(concat!(
        "SELECT ",
        columns!(),
        " FROM conversation WHERE status <> 'closed' AND sla_due_at IS NOT NULL ORDER BY sla_due_at, id LIMIT 50"
    ));
    query.all(&store.readers).await?.iter().map(from_row).collect()
}

/// Of a list that is too long to come whole (all that is open, all that is closed) the next 200 behind a row: what changed
/// before it, or at the same moment and has the greater id.
pub async fn rows_behind(
    store: &Store,
    are_closed: bool,
    updated_at: UnixMs,
    id: &ConversationId,
) -> Result<Vec<DeskRow>, StoreError> {
    let query = sqlx::query(concat!(
        "SELECT ",
        columns!(),
        " FROM conversation WHERE (status = 'closed') = (CAST($1 AS INTEGER) = 1) \
         AND updated_at <= $2 AND (updated_at < $2 OR id > $3) ORDER BY updated_at DESC, id LIMIT 200"
    ));
    let query = query.bind(i32::from(are_closed)).bind(updated_at).bind(id.0.clone());
    query.all(&store.readers).await?.iter().map(from_row).collect()
}

/// At most 200 rows.
pub async fn rows(store: &Store, view: &DeskView) -> Result<Vec<DeskRow>, StoreError> {
    let query = match view {
        DeskView::Queue => sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM conversation WHERE status IN ('queued', 'offered') ORDER BY priority DESC, queued_at, id LIMIT 200"
        )),
        DeskView::Mine(agent) => sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM conversation WHERE assignee = $1 AND status IN ('offered', 'assigned') ORDER BY updated_at, id LIMIT 200"
        ))
        .bind(agent.0.clone()),
        DeskView::All => sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM conversation WHERE status <> 'closed' ORDER BY updated_at DESC, id LIMIT 200"
        )),
        DeskView::Closed { category, tag } => sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM conversation WHERE status = 'closed' AND ($1 = '' OR category = $1) AND ($2 = '' OR EXISTS \
             (SELECT 1 FROM conversation_tag WHERE conversation_tag.conversation = conversation.id AND tag = $2)) \
             ORDER BY updated_at DESC, id LIMIT 200"
        ))
        .bind(category.as_deref().map(columns::storable).unwrap_or_default())
        .bind(tag.as_deref().map(columns::storable).unwrap_or_default()),
    };
    query.all(&store.readers).await?.iter().map(from_row).collect()
}

pub async fn load_row(store: &Store, id: &ConversationId) -> Result<Option<DeskRow>, StoreError> {
    let row = sqlx::query(concat!("SELECT ", columns!(), " FROM conversation WHERE id = $1"))
        .bind(id.0.clone())
        .maybe_one(&store.readers)
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// The rows of those that exist.
pub async fn rows_of(store: &Store, ids: &BTreeSet<ConversationId>) -> Result<Vec<DeskRow>, StoreError> {
    let query = match store.readers.engine() {
        Engine::Sqlite => sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM conversation WHERE id IN (SELECT value FROM json_each($1))"
        )),
        Engine::Postgres => sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM conversation WHERE id = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS jsonb))))"
        )),
    };
    query.bind(columns::to_json(ids)?).all(&store.readers).await?.iter().map(from_row).collect()
}

/// Of some conversations those whose last turn is dated `since` or later.
pub async fn statuses_changed_since(
    store: &Store,
    ids: &BTreeSet<ConversationId>,
    since: UnixMs,
) -> Result<HashMap<ConversationId, Status>, StoreError> {
    let query = match store.readers.engine() {
        Engine::Sqlite => sqlx::query(
            "SELECT id, status FROM conversation WHERE updated_at >= $2 AND id IN (SELECT value FROM json_each($1))",
        ),
        Engine::Postgres => sqlx::query(
            "SELECT id, status FROM conversation WHERE updated_at >= $2 \
             AND id = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS jsonb))))",
        ),
    };
    let found = query.bind(columns::to_json(ids)?).bind(since).all(&store.readers).await?;
    found.iter().map(|row| Ok((ConversationId(columns::text(row, "id")?), columns::status(row)?))).collect()
}

/// Every row whose last turn is dated `since` or later, whatever its status.
pub async fn rows_changed_since(store: &Store, since: UnixMs) -> Result<Vec<DeskRow>, StoreError> {
    sqlx::query(concat!("SELECT ", columns!(), " FROM conversation WHERE updated_at >= $1"))
        .bind(since)
        .all(&store.readers)
        .await?
        .iter()
        .map(from_row)
        .collect()
}

/// Who waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub conv: ConversationId,
    pub inbox: InboxId,
    pub queued_at: UnixMs,
    pub need: Need,
}

/// Every waiting conversation in the order of dispatch.
pub async fn queue(store: &Store) -> Result<Vec<Waiting>, StoreError> {
    let found = sqlx::query(
        "SELECT id, inbox, queued_at, team, lang FROM conversation WHERE status IN ('queued', 'offered') \
         ORDER BY priority DESC, queued_at, id",
    )
    .all(&store.readers)
    .await?;
    let waiting = |row| {
        Ok(Waiting {
            conv: ConversationId(columns::text(row, "id")?),
            inbox: InboxId(columns::text(row, "inbox")?),
            queued_at: columns::int(row, "queued_at")?,
            need: Need { team: columns::maybe_text(row, "team")?.map(TeamId), lang: columns::lang(row)? },
        })
    };
    found.iter().map(waiting).collect()
}

fn from_row(row: &AnyRow) -> Result<DeskRow, StoreError> {
    Ok(DeskRow {
        conv: ConversationId(columns::text(row, "id")?),
        status: columns::status(row)?,
        lang: columns::lang(row)?,
        assignee: columns::assignee(row)?,
        epoch: columns::int(row, "assign_epoch")?,
        priority: columns::int(row, "priority")?,
        queued_at: columns::maybe_int(row, "queued_at")?,
        offered_until: columns::maybe_int(row, "offered_until")?,
        updated_at: columns::int(row, "updated_at")?,
        head: columns::int(row, "head")?,
        preview: columns::text(row, "preview")?,
        feeling: columns::maybe_json(row, "handoff_feeling")?,
        reason: columns::maybe_name(row, "handoff_reason")?,
        who: columns::maybe_text(row, "handoff_who")?,
        team: columns::maybe_text(row, "team")?.map(TeamId),
        sla_due_at: columns::maybe_int(row, "sla_due_at")?,
        category: columns::maybe_text(row, "category")?,
        outcome: columns::maybe_text(row, "outcome")?,
        tags: columns::maybe_json(row, "tags")?.unwrap_or_default(),
        rating: columns::maybe_int(row, "rating")?,
    })
}
