//! Conversations and their logs: the turn's commit, and reading the log by position.

use sqlx::{
    Any, AnyConnection,
    any::{AnyArguments, AnyRow},
    query::Query,
};

use super::{Store, StoreError, columns, dialect, readers::Read, returns, writer::Outcome};
use crate::domain::{
    AgentRef, Author, Conversation, Draft, Entry, EntryBody, Lang, Status, UnixMs,
    ids::{AgentId, Cid, ContactId, ConversationId, InboxId},
    turn::{Effect, TurnCommit},
};

/// Characters of the last message that the desk's lists show.
const PREVIEW_CHARS: usize = 120;

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
    /// Somebody was faster (or there is no such conversation): load again and decide again. Nothing was written.
    Conflict,
}

/// Whose reading position it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    Shopper,
    Agent,
}

macro_rules! columns {
    () => {
        "id, inbox, contact, lang, status, assignee, assignee_name, assign_epoch, priority, queued_at, version, head, \
         created_at, updated_at, state"
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
    let key = commit.conversation.0.clone();
    store.writer.write_about(&key, move |db| Box::pin(commit_in(db, commit))).await
}

async fn commit_in(db: &mut AnyConnection, commit: TurnCommit) -> Result<Outcome<Committed>, StoreError> {
    let Some(row) = swap(db, &commit).await? else {
        let first = match &commit.cid {
            Some(cid) => cid_query(&commit.conversation, &commit.sender, cid).fetch_optional(db).await?,
            None => None,
        };
        let seq = first.map(|row| columns::int(&row, "seq")).transpose()?;
        // Nothing was written, so there is nothing to take back.
        return Ok(Outcome::Keep(seq.map_or(Committed::Conflict, |seq| Committed::Duplicate { seq })));
    };
    let conversation = conversation(&row)?;
    let first_seq = conversation.head + 1 - commit.drafts.len() as i64;
    let mut entries = Vec::with_capacity(commit.drafts.len());
    for (seq, draft) in (first_seq..).zip(commit.drafts) {
        let entry = Entry { seq, at: commit.at, cid: draft.cid, author: draft.author, body: draft.body };
        insert_entry(db, &commit.conversation, &commit.sender, &entry).await?;
        entries.push(entry);
    }
    for effect in commit.effects {
        if !apply(db, &commit.conversation, commit.at, effect).await? {
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
    let replaces_handoff = handoff.is_some() || commit.after.status == Status::Bot;
    let (assignee, assignee_name) = match &commit.after.assignee {
        Some(AgentRef { id, name }) => (Some(id.0.clone()), Some(name.clone())),
        None => (None, None),
    };
    let row = sqlx::query(concat!(
        "UPDATE conversation SET version = version + 1, head = head + $3, updated_at = $4, \
         status = $5, lang = $6, assignee = $7, assignee_name = $8, assign_epoch = $9, priority = $10, queued_at = $11, \
         state = $12, preview = COALESCE($13, preview), \
         handoff_reason = CASE WHEN $14 = 1 THEN $15 ELSE handoff_reason END, \
         handoff_feeling = CASE WHEN $14 = 1 THEN $16 ELSE handoff_feeling END, \
         handoff_who = CASE WHEN $14 = 1 THEN $17 ELSE handoff_who END \
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
    .bind(preview(&commit.drafts).as_deref().map(columns::storable))
    .bind(i64::from(replaces_handoff))
    .bind(handoff.map(|(reason, _)| columns::to_name(reason)).transpose()?)
    .bind(handoff.map(|(_, brief)| columns::to_json(&brief.feeling)).transpose()?)
    .bind(handoff.and_then(|(_, brief)| brief.who.as_deref().map(columns::storable)))
    .bind(commit.sender.clone())
    .bind(commit.cid.as_ref().map(|cid| cid.0.clone()))
    .fetch_optional(db)
    .await?;
    Ok(row)
}

async fn insert_entry(
    db: &mut AnyConnection,
    conversation: &ConversationId,
    sender: &str,
    entry: &Entry,
) -> Result<(), StoreError> {
    let (author, agent) = match &entry.author {
        Author::Shopper => ("shopper", None),
        Author::Bot => ("bot", None),
        Author::Agent(agent) => ("agent", Some(agent)),
        Author::System => ("system", None),
    };
    sqlx::query(
        "INSERT INTO entry (conversation, seq, at, author, agent, agent_name, sender, cid, kind, private, body) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(conversation.0.clone())
    .bind(entry.seq)
    .bind(entry.at)
    .bind(author)
    .bind(agent.map(|agent| agent.id.0.clone()))
    .bind(agent.map(|agent| agent.name.clone()))
    .bind(entry.cid.as_ref().map(|_| sender.to_owned()))
    .bind(entry.cid.as_ref().map(|cid| cid.0.clone()))
    .bind(kind(&entry.body))
    .bind(i64::from(entry.body.is_private()))
    .bind(columns::to_json(&entry.body)?)
    .execute(db)
    .await?;
    Ok(())
}

/// False: what the turn decided on is no longer so.
async fn apply(
    db: &mut AnyConnection,
    conversation: &ConversationId,
    at: UnixMs,
    effect: Effect,
) -> Result<bool, StoreError> {
    match effect {
        Effect::OpenReturn(draft) => return returns::open(db, conversation, draft).await,
        // Counted before the turn was decided (`proofs::begin`), so that parallel guesses cannot slip through.
        Effect::ProofFailed { .. } => {}
        Effect::ArticleAnswered { article } => note_use(db, conversation, at, article, "answered").await?,
        Effect::ArticleOutcome { article, helped } => {
            note_use(db, conversation, at, article, if helped { "helped" } else { "not_helped" }).await?;
        }
        Effect::Unanswered { text, lang } => {
            sqlx::query("INSERT INTO unanswered (conversation, at, lang, question) VALUES ($1, $2, $3, $4)")
                .bind(conversation.0.clone())
                .bind(at)
                .bind(lang.tag())
                .bind(columns::storable(&text))
                .execute(db)
                .await?;
        }
    }
    Ok(true)
}

async fn note_use(
    db: &mut AnyConnection,
    conversation: &ConversationId,
    at: UnixMs,
    article: String,
    kind: &'static str,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO article_use (article, conversation, at, kind) VALUES ($1, $2, $3, $4)")
        .bind(article)
        .bind(conversation.0.clone())
        .bind(at)
        .bind(kind)
        .execute(db)
        .await?;
    Ok(())
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

/// The head of each conversation that exists.
pub async fn heads(store: &Store, ids: &[ConversationId]) -> Result<Vec<(ConversationId, i64)>, StoreError> {
    let names: Vec<&str> = ids.iter().map(ConversationId::as_str).collect();
    let found = sqlx::query(dialect::heads_sql(store.readers.engine()))
        .bind(columns::to_json(&names)?)
        .all(&store.readers)
        .await?;
    found.iter().map(|row| Ok((ConversationId(columns::text(row, "id")?), columns::int(row, "head")?))).collect()
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
        version: columns::int(row, "version")?,
        head: columns::int(row, "head")?,
        created_at: columns::int(row, "created_at")?,
        updated_at: columns::int(row, "updated_at")?,
        state_json: columns::text(row, "state")?,
    })
}

pub(super) fn entry(row: &AnyRow) -> Result<Entry, StoreError> {
    let author = match columns::text(row, "author")?.as_str() {
        "shopper" => Author::Shopper,
        "bot" => Author::Bot,
        "agent" => Author::Agent(AgentRef {
            id: AgentId(columns::text(row, "agent")?),
            name: columns::text(row, "agent_name")?,
        }),
        "system" => Author::System,
        other => return Err(StoreError::Unreadable(format!("author: {other}"))),
    };
    Ok(Entry {
        seq: columns::int(row, "seq")?,
        at: columns::int(row, "at")?,
        cid: columns::maybe_text(row, "cid")?.map(Cid),
        author,
        body: columns::json(row, "body")?,
    })
}

/// The entry's tag on the wire, for queries.
pub(super) fn kind(body: &EntryBody) -> &'static str {
    match body {
        EntryBody::Message(_) => "message",
        EntryBody::Note { .. } => "note",
        EntryBody::Handoff { .. } => "handoff",
        EntryBody::Assigned { .. } => "assigned",
        EntryBody::HandedBack { .. } => "handed_back",
        EntryBody::Requeued { .. } => "requeued",
        EntryBody::Closed { .. } => "closed",
        EntryBody::Reopened => "reopened",
        EntryBody::ReturnOpened { .. } => "return_opened",
    }
}

/// One line from what a person said last: the bot's words tell an agent little. `None` leaves the old one.
fn preview(drafts: &[Draft]) -> Option<String> {
    let text = drafts.iter().rev().find_map(|draft| match (&draft.author, &draft.body) {
        (Author::Shopper | Author::Agent(_), EntryBody::Message(message)) => Some(&message.text),
        _ => None,
    })?;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(line.chars().take(PREVIEW_CHARS).collect())
}
