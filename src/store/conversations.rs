//! Conversations and their logs: the turn's commit, and reading the log by position.

use sqlx::{
    Any, AnyConnection,
    any::{AnyArguments, AnyRow},
    query::Query,
};

use super::{
    Store, StoreError, attachments, columns, dialect, effects,
    entries::{self, entry},
    mentions,
    readers::Read,
    seats::{self, Hands},
    waits,
    writer::Outcome,
};
use crate::domain::{
    AgentRef, Conversation, Entry, EntryBody, Lang, Status, UnixMs,
    ids::{AgentId, Cid, ContactId, ConversationId, InboxId, TeamId},
    turn::TurnCommit,
};

/// A conversation to be started. The id is the caller's UUIDv7.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftConversation {
    pub id: ConversationId,
    pub inbox: InboxId,
    pub contact: ContactId,
    pub lang: Lang,
    pub state_json: String,
    pub at: UnixMs,
}

/// What became of a turn.
#[derive(Debug, Clone, PartialEq)]
pub enum Committed {
    /// On disk. `entries` have their places; `conversation` is the row after the turn.
    Done { entries: Vec<Entry>, conversation: Conversation },
    /// This sender's `cid` is already in the log, at `seq`. Nothing was written.
    Duplicate { seq: i64 },
    /// The agent who should have it has as many as they take at once. Nothing was written.
    Full,
    /// A file that the message names is gone, somebody else's, or was sent before. Nothing was written.
    NoSuchFile,
    /// Somebody was faster (or there is no such conversation): load again and decide again. Nothing was written.
    Conflict,
}

/// Whose reading position it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    Shopper,
    Agent,
}

/// What nodes compare, since any word of it may be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Positions {
    /// The last entry's seq.
    pub head: i64,
    /// As in [`seen`].
    pub seen_by_shopper: i64,
    pub seen_by_agent: i64,
}

macro_rules! columns {
    () => {
        "id, inbox, contact, lang, status, assignee, assignee_name, assign_epoch, priority, queued_at, version, head, \
         created_at, updated_at, state, offered_until, previous_agent, team"
    };
}

/// Starts a conversation, unless the contact already has one in this inbox: then that one is returned.
/// Compare ids to know which it was.
pub async fn start(store: &Store, draft: DraftConversation) -> Result<Conversation, StoreError> {
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                // Locks the contact: of two browsers that open the chat at once, the second finds the first's.
                sqlx::query("UPDATE contact SET created_at = created_at WHERE id = $1")
                    .bind(draft.contact.0.clone())
                    .execute(&mut *db)
                    .await?;
                sqlx::query(
                    "INSERT INTO conversation (id, inbox, contact, lang, status, created_at, updated_at, state) \
                     SELECT $1, $2, $3, $4, 'bot', $5, $5, $6 \
                     WHERE NOT EXISTS (SELECT 1 FROM conversation WHERE contact = $3 AND inbox = $2)",
                )
                .bind(draft.id.0)
                .bind(draft.inbox.0.clone())
                .bind(draft.contact.0.clone())
                .bind(draft.lang.tag())
                .bind(draft.at)
                .bind(draft.state_json)
                .execute(&mut *db)
                .await?;
                let row = sqlx::query(concat!(
                    "SELECT ",
                    columns!(),
                    " FROM conversation WHERE contact = $1 AND inbox = $2 ORDER BY created_at DESC, id DESC LIMIT 1"
                ))
                .bind(draft.contact.0)
                .bind(draft.inbox.0)
                .fetch_one(db)
                .await?;
                Ok(Outcome::Keep(conversation(&row)?))
            })
        })
        .await
}

pub async fn load(store: &Store, id: &ConversationId) -> Result<Option<Conversation>, StoreError> {
    let row = sqlx::query(concat!("SELECT ", columns!(), " FROM conversation WHERE id = $1"))
        .bind(id.0.clone())
        .maybe_one(&store.readers)
        .await?;
    row.as_ref().map(conversation).transpose()
}

/// As it is inside a transaction, locked by it.
pub(super) async fn load_in(db: &mut AnyConnection, id: &ConversationId) -> Result<Option<Conversation>, StoreError> {
    let query = match dialect::is_postgres(db) {
        true => concat!("SELECT ", columns!(), " FROM conversation WHERE id = $1 FOR UPDATE"),
        false => concat!("SELECT ", columns!(), " FROM conversation WHERE id = $1"),
    };
    let row = sqlx::query(query).bind(id.0.clone()).fetch_optional(db).await?;
    row.as_ref().map(conversation).transpose()
}

pub async fn load_latest_for_contact(store: &Store, contact: &ContactId) -> Result<Option<Conversation>, StoreError> {
    let row = sqlx::query(concat!(
        "SELECT ",
        columns!(),
        " FROM conversation WHERE contact = $1 ORDER BY created_at DESC, id DESC LIMIT 1"
    ))
    .bind(contact.0.clone())
    .maybe_one(&store.readers)
    .await?;
    row.as_ref().map(conversation).transpose()
}

/// Stores a turn: all of it or nothing, and only if the conversation is still at `commit.version`.
/// Answers after the data is on disk.
pub async fn commit_turn(store: &Store, commit: TurnCommit) -> Result<Committed, StoreError> {
    // A change of hands locks seats first: before the jobs that only lock their conversation.
    let key = if changes_hands(&commit) { "" } else { commit.conversation.as_str() }.to_owned();
    store.writer.write_about(&key, move |db| Box::pin(commit_in(db, commit))).await
}

fn changes_hands(commit: &TurnCommit) -> bool {
    commit.before.as_ref() != commit.after.assignee.as_ref().map(|agent| &agent.id)
}

pub(super) async fn commit_in(db: &mut AnyConnection, commit: TurnCommit) -> Result<Outcome<Committed>, StoreError> {
    let changes_hands = changes_hands(&commit);
    if changes_hands {
        let after = commit.after.assignee.as_ref().map(|agent| &agent.id);
        if seats::change_hands(db, commit.before.as_ref(), after, commit.at).await? == Hands::Full {
            return Ok(if commit.before.is_none() {
                Outcome::Keep(Committed::Full)
            } else {
                Outcome::Undo(Committed::Full)
            });
        }
    }
    let Some(row) = swap(db, &commit).await? else {
        let first = match &commit.cid {
            Some(cid) => cid_query(&commit.conversation, &commit.sender, cid).fetch_optional(db).await?,
            None => None,
        };
        let seq = first.map(|row| columns::int(&row, "seq")).transpose()?;
        let other = seq.map_or(Committed::Conflict, |seq| Committed::Duplicate { seq });
        // Where no seat was touched, nothing was written and there is nothing to take back.
        return Ok(if changes_hands { Outcome::Undo(other) } else { Outcome::Keep(other) });
    };
    let conversation = conversation(&row)?;
    if commit.before.is_some() && changes_hands {
        waits::note_end(db, &conversation.id, commit.at).await?;
    }
    if commit.drafts.iter().any(|draft| matches!(draft.body, EntryBody::Assigned { .. })) {
        waits::note_arrival(db, &conversation, commit.at).await?;
    }
    let first_seq = conversation.head + 1 - commit.drafts.len() as i64;
    let mut entries = Vec::with_capacity(commit.drafts.len());
    for (seq, draft) in (first_seq..).zip(commit.drafts) {
        entries.push(Entry { seq, at: commit.at, cid: draft.cid, author: draft.author, body: draft.body });
    }
    entries::insert(db, &commit.conversation, &commit.sender, &entries).await?;
    if !attachments::bind(db, &commit.conversation, &commit.sender, &entries).await? {
        return Ok(Outcome::Undo(Committed::NoSuchFile));
    }
    mentions::note(db, &commit.conversation, &entries).await?;
    for effect in commit.effects {
        if !effects::apply(db, &commit.conversation, commit.at, first_seq, effect).await? {
            return Ok(Outcome::Undo(Committed::Conflict));
        }
    }
    Ok(Outcome::Keep(Committed::Done { entries, conversation }))
}

/// The compare-and-swap every turn begins with. No row: another version, no such conversation, or the sender's
/// `cid` is in the log already.
async fn swap(db: &mut AnyConnection, commit: &TurnCommit) -> Result<Option<AnyRow>, StoreError> {
    let handoff = commit.drafts.iter().rev().find_map(|draft| match &draft.body {
        EntryBody::Handoff { reason, brief, .. } => Some((reason, brief)),
        _ => None,
    });
    let alert = commit.drafts.iter().rev().find_map(|draft| match &draft.body {
        EntryBody::Alert { reason, feeling, .. } => Some((reason, feeling)),
        _ => None,
    });
    // Anger that has risen shows as a feeling; what it came here for stays.
    let graver = alert.filter(|(reason, _)| reason.is_red_line());
    let reason = handoff.map(|(reason, _)| reason).or(graver.map(|(reason, _)| reason));
    let feeling = handoff.map(|(_, brief)| &brief.feeling).or(alert.map(|(_, feeling)| feeling));
    let replaces_handoff = handoff.is_some() || commit.after.status == Status::Bot;
    let (assignee, assignee_name) = match &commit.after.assignee {
        Some(AgentRef { id, name }) => (Some(id.0.clone()), Some(name.clone())),
        None => (None, None),
    };
    let row = sqlx::query(concat!(
        "UPDATE conversation SET version = version + 1, head = head + $3, updated_at = $4, \
         status = $5, lang = $6, assignee = $7, assignee_name = $8, assign_epoch = $9, priority = $10, queued_at = $11, \
         state = $12, preview = COALESCE($13, preview), \
         handoff_reason = CASE WHEN $14 = 1 THEN $15 ELSE COALESCE($15, handoff_reason) END, \
         handoff_feeling = CASE WHEN $14 = 1 THEN $16 ELSE COALESCE($16, handoff_feeling) END, \
         handoff_who = CASE WHEN $14 = 1 THEN $17 ELSE handoff_who END, due_at = $20, offered_until = $21, \
         previous_agent = $22, team = $23, sla_due_at = $24 \
         WHERE id = $1 AND version = $2 \
         AND NOT EXISTS (SELECT 1 FROM entry WHERE conversation = $1 AND sender = $18 AND cid = $19) RETURNING ",
        columns!()
    ))
    .bind(commit.conversation.0.clone())
    .bind(commit.version)
    .bind(commit.drafts.len() as i64)
    .bind(commit.at)
    .bind(columns::to_name(&commit.after.status)?)
    .bind(commit.after.lang.tag())
    .bind(assignee)
    .bind(assignee_name)
    .bind(commit.after.assign_epoch)
    .bind(commit.after.priority)
    .bind(commit.after.queued_at)
    .bind(commit.after.state_json.clone())
    .bind(entries::preview(&commit.drafts).as_deref().map(columns::storable))
    .bind(i64::from(replaces_handoff))
    .bind(reason.map(columns::to_name).transpose()?)
    .bind(feeling.map(columns::to_json).transpose()?)
    .bind(handoff.and_then(|(_, brief)| brief.who.as_deref().map(columns::storable)))
    .bind(commit.sender.clone())
    .bind(commit.cid.as_ref().map(|cid| cid.0.clone()))
    .bind(commit.after.due_at)
    .bind(commit.after.offered_until)
    .bind(commit.after.previous_agent.as_ref().map(|agent| agent.0.clone()))
    .bind(commit.after.team.as_ref().map(|team| team.0.clone()))
    .bind(commit.after.sla_due_at)
    .fetch_optional(db)
    .await?;
    Ok(row)
}

/// Up to `limit` entries with `seq > after`, oldest first, private ones included.
pub async fn entries_after(
    store: &Store,
    id: &ConversationId,
    after: i64,
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    let found = sqlx::query(
        "SELECT seq, at, author, agent, agent_name, cid, body FROM entry \
         WHERE conversation = $1 AND seq > $2 ORDER BY seq LIMIT $3",
    )
    .bind(id.0.clone())
    .bind(after)
    .bind(limit)
    .all(&store.readers)
    .await?;
    found.iter().map(entry).collect()
}

/// The `limit` entries just before `before` (exclusive), oldest first, private ones included.
pub async fn entries_before(
    store: &Store,
    id: &ConversationId,
    before: i64,
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    let found = sqlx::query(
        "SELECT seq, at, author, agent, agent_name, cid, body FROM entry \
         WHERE conversation = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3",
    )
    .bind(id.0.clone())
    .bind(before)
    .bind(limit)
    .all(&store.readers)
    .await?;
    found.iter().rev().map(entry).collect()
}

/// The newest `limit` entries, oldest first, private ones included.
pub async fn last_entries(store: &Store, id: &ConversationId, limit: i64) -> Result<Vec<Entry>, StoreError> {
    entries_before(store, id, i64::MAX, limit).await
}

/// The entries at which a stay begins, ends or is judged, oldest first.
pub async fn turning_points(store: &Store, id: &ConversationId) -> Result<Vec<Entry>, StoreError> {
    let found = sqlx::query(
        "SELECT seq, at, author, agent, agent_name, cid, body FROM entry WHERE conversation = $1 \
         AND kind IN ('reopened', 'wrapped_up', 'closed', 'rated') ORDER BY seq",
    )
    .bind(id.0.clone())
    .all(&store.readers)
    .await?;
    found.iter().map(entry).collect()
}

/// Every conversation of a contact, in whatever inbox; the latest begun first, at most 50.
pub async fn of_contact(store: &Store, contact: &ContactId) -> Result<Vec<ConversationId>, StoreError> {
    let found = sqlx::query("SELECT id FROM conversation WHERE contact = $1 ORDER BY created_at DESC, id LIMIT 50")
        .bind(contact.0.clone())
        .all(&store.readers)
        .await?;
    found.iter().map(|row| Ok(ConversationId(columns::text(row, "id")?))).collect()
}

/// Where each conversation that exists has got to.
pub async fn positions(store: &Store, ids: &[ConversationId]) -> Result<Vec<(ConversationId, Positions)>, StoreError> {
    let names: Vec<&str> = ids.iter().map(ConversationId::as_str).collect();
    let found = sqlx::query(dialect::positions_sql(store.readers.engine()))
        .bind(columns::to_json(&names)?)
        .all(&store.readers)
        .await?;
    found
        .iter()
        .map(|row| {
            let positions = Positions {
                head: columns::int(row, "head")?,
                seen_by_shopper: columns::int(row, "seen_by_shopper")?,
                seen_by_agent: columns::int(row, "seen_by_agent")?,
            };
            Ok((ConversationId(columns::text(row, "id")?), positions))
        })
        .collect()
}

/// Conversations whose bubbles should have been answered by `until`, the longest waiting first.
pub async fn overdue(store: &Store, until: UnixMs, most: i64) -> Result<Vec<ConversationId>, StoreError> {
    let found = sqlx::query("SELECT id FROM conversation WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2")
        .bind(until)
        .bind(most)
        .all(&store.readers)
        .await?;
    found.iter().map(|row| Ok(ConversationId(columns::text(row, "id")?))).collect()
}

/// The seq under which this sender's `cid` was stored. `sender` as in [`TurnCommit`].
pub async fn find_cid(store: &Store, id: &ConversationId, sender: &str, cid: &Cid) -> Result<Option<i64>, StoreError> {
    let row = cid_query(id, sender, cid).maybe_one(&store.readers).await?;
    row.map(|row| columns::int(&row, "seq")).transpose()
}

fn cid_query(id: &ConversationId, sender: &str, cid: &Cid) -> Query<'static, Any, AnyArguments> {
    sqlx::query("SELECT seq FROM entry WHERE conversation = $1 AND sender = $2 AND cid = $3")
        .bind(id.0.clone())
        .bind(sender.to_owned())
        .bind(cid.0.clone())
}

/// Moves a reading position forward; never back, never past the head. True if it moved.
pub async fn mark_seen(store: &Store, id: &ConversationId, side: Side, seq: i64) -> Result<bool, StoreError> {
    let (key, id) = (id.0.clone(), id.0.clone());
    store
        .writer
        .write_about(&key, move |db| {
            Box::pin(async move {
                let query = match side {
                    Side::Shopper => sqlx::query(
                        "UPDATE conversation SET seen_by_shopper = $2 \
                         WHERE id = $1 AND seen_by_shopper < $2 AND head >= $2",
                    ),
                    Side::Agent => sqlx::query(
                        "UPDATE conversation SET seen_by_agent = $2 \
                         WHERE id = $1 AND seen_by_agent < $2 AND head >= $2",
                    ),
                };
                let done = query.bind(id).bind(seq).execute(db).await?;
                Ok(Outcome::Keep(done.rows_affected() == 1))
            })
        })
        .await
}

/// How far a side has read; 0 before it read anything.
pub async fn seen(store: &Store, id: &ConversationId, side: Side) -> Result<i64, StoreError> {
    let row = sqlx::query("SELECT seen_by_shopper, seen_by_agent FROM conversation WHERE id = $1")
        .bind(id.0.clone())
        .maybe_one(&store.readers)
        .await?;
    let column = match side {
        Side::Shopper => "seen_by_shopper",
        Side::Agent => "seen_by_agent",
    };
    row.map_or(Ok(0), |row| columns::int(&row, column))
}

pub(super) fn conversation(row: &AnyRow) -> Result<Conversation, StoreError> {
    Ok(Conversation {
        id: ConversationId(columns::text(row, "id")?),
        inbox: InboxId(columns::text(row, "inbox")?),
        contact: ContactId(columns::text(row, "contact")?),
        lang: columns::lang(row)?,
        status: columns::status(row)?,
        assignee: columns::assignee(row)?,
        assign_epoch: columns::int(row, "assign_epoch")?,
        priority: columns::int(row, "priority")?,
        queued_at: columns::maybe_int(row, "queued_at")?,
        offered_until: columns::maybe_int(row, "offered_until")?,
        previous_agent: columns::maybe_text(row, "previous_agent")?.map(AgentId),
        team: columns::maybe_text(row, "team")?.map(TeamId),
        version: columns::int(row, "version")?,
        head: columns::int(row, "head")?,
        created_at: columns::int(row, "created_at")?,
        updated_at: columns::int(row, "updated_at")?,
        state_json: columns::text(row, "state")?,
    })
}
