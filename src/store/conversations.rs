//! Conversations and their logs: the turn's commit, and reading the log by position.

use super::{Store, StoreError};
use crate::domain::{
    Conversation, Entry, Lang, UnixMs,
    ids::{Cid, ContactId, ConversationId, InboxId},
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
    /// Somebody was faster (or there is no such conversation): load again and decide again. Nothing was written.
    Conflict,
}

/// Whose reading position it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    Shopper,
    Agent,
}

/// Starts a conversation, unless the contact already has one in this inbox: then that one is returned.
/// Compare ids to know which it was.
pub async fn start(store: &Store, draft: DraftConversation) -> Result<Conversation, StoreError> {
    todo!()
}

pub async fn load(store: &Store, id: &ConversationId) -> Result<Option<Conversation>, StoreError> {
    todo!()
}

pub async fn load_latest_for_contact(store: &Store, contact: &ContactId) -> Result<Option<Conversation>, StoreError> {
    todo!()
}

/// Stores a turn: all of it or nothing, and only if the conversation is still at `commit.version`.
/// Answers after the data is on disk.
pub async fn commit_turn(store: &Store, commit: TurnCommit) -> Result<Committed, StoreError> {
    todo!()
}

/// Up to `limit` entries with `seq > after`, oldest first, private ones included.
pub async fn entries_after(
    store: &Store,
    id: &ConversationId,
    after: i64,
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    todo!()
}

/// The `limit` entries just before `before` (exclusive), oldest first, private ones included.
pub async fn entries_before(
    store: &Store,
    id: &ConversationId,
    before: i64,
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    todo!()
}

/// The newest `limit` entries, oldest first, private ones included.
pub async fn last_entries(store: &Store, id: &ConversationId, limit: i64) -> Result<Vec<Entry>, StoreError> {
    todo!()
}

/// The head of each conversation that exists.
pub async fn heads(store: &Store, ids: &[ConversationId]) -> Result<Vec<(ConversationId, i64)>, StoreError> {
    todo!()
}

/// The seq under which this sender's `cid` was stored. `sender` as in [`TurnCommit`].
pub async fn find_cid(store: &Store, id: &ConversationId, sender: &str, cid: &Cid) -> Result<Option<i64>, StoreError> {
    todo!()
}

/// Moves a reading position forward; never back, never past the head. True if it moved.
pub async fn mark_seen(store: &Store, id: &ConversationId, side: Side, seq: i64) -> Result<bool, StoreError> {
    todo!()
}

/// How far a side has read; 0 before it read anything.
pub async fn seen(store: &Store, id: &ConversationId, side: Side) -> Result<i64, StoreError> {
    todo!()
}
