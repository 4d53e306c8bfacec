//! What the desk sees of conversations: rows for lists, and places in the queue.

use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;

use super::{Store, StoreError, columns, readers::Read};
use crate::domain::{
    AgentRef, HandoffReason, Lang, Status, UnixMs,
    handoff::Feeling,
    ids::{AgentId, ConversationId},
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
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeskView {
    /// Waiting, in the order of dispatch.
    Queue,
    /// Assigned to this agent, oldest change first.
    Mine(AgentId),
    /// Everything that is not closed, newest change first.
    All,
    /// Newest change first.
    Closed,
}

macro_rules! columns {
    () => {
        "id, status, lang, assignee, assignee_name, assign_epoch, priority, queued_at, updated_at, head, preview, \
         handoff_feeling, handoff_reason, handoff_who"
    };
}

/// At most 200 rows.
pub async fn rows(store: &Store, view: &DeskView) -> Result<Vec<DeskRow>, StoreError> {
    let query = match view {
        DeskView::Queue => sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM conversation WHERE status = 'queued' ORDER BY priority DESC, queued_at, id LIMIT 200"
        )),
        DeskView::Mine(agent) => sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM conversation WHERE assignee = $1 AND status = 'assigned' ORDER BY updated_at, id LIMIT 200"
        ))
        .bind(agent.0.clone()),
        DeskView::All => sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM conversation WHERE status <> 'closed' ORDER BY updated_at DESC, id LIMIT 200"
        )),
        DeskView::Closed => sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM conversation WHERE status = 'closed' ORDER BY updated_at DESC, id LIMIT 200"
        )),
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

/// 1 for the one who is next, by the same comparator that dispatches (priority, then `queued_at`, then id);
/// `None` unless queued.
pub async fn queue_place(store: &Store, id: &ConversationId) -> Result<Option<i64>, StoreError> {
    let row = sqlx::query(
        "SELECT (SELECT count(*) + 1 FROM conversation AS ahead WHERE ahead.status = 'queued' AND ( \
             ahead.priority > me.priority OR (ahead.priority = me.priority AND ( \
                 ahead.queued_at < me.queued_at OR (ahead.queued_at = me.queued_at AND ahead.id < me.id))))) AS place \
         FROM conversation AS me WHERE me.id = $1 AND me.status = 'queued'",
    )
    .bind(id.0.clone())
    .maybe_one(&store.readers)
    .await?;
    row.map(|row| columns::int(&row, "place")).transpose()
}

/// Every waiting conversation in the order of dispatch: the n-th has place n.
pub async fn queue(store: &Store) -> Result<Vec<ConversationId>, StoreError> {
    let found =
        sqlx::query("SELECT id FROM conversation WHERE status = 'queued' ORDER BY priority DESC, queued_at, id")
            .all(&store.readers)
            .await?;
    found.iter().map(|row| Ok(ConversationId(columns::text(row, "id")?))).collect()
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
        updated_at: columns::int(row, "updated_at")?,
        head: columns::int(row, "head")?,
        preview: columns::text(row, "preview")?,
        feeling: columns::maybe_json(row, "handoff_feeling")?,
        reason: columns::maybe_name(row, "handoff_reason")?,
        who: columns::maybe_text(row, "handoff_who")?,
    })
}
