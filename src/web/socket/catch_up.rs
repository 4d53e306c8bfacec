//! Bringing a reader to the head of a log: on resume, on `open`, and whenever a gap is found. Always from the
//! database, never from memory; live events that come meanwhile only say that there is more to read.

use std::collections::{BTreeSet, HashMap};

use super::session::Session;
use crate::{
    domain::{Entry, ids::ConversationId},
    hub::{Close, feed::can_resume},
    store::{StoreError, conversations, desk},
    web::{
        deliver::audience,
        frames::{Item, MAX_REPLAY, ServerFrame, visible},
    },
};

/// The position of a reader who has nothing: the answer is a `reset`.
pub const FROM_NOTHING: i64 = -1;
/// A replay is cut into frames of about this many characters of text.
const FRAME_CHARS: usize = 16 * 1024;

impl Session {
    /// Fills every gap of this connection, for as long as it lives.
    pub(super) async fn keep_up(&self) -> Option<Close> {
        loop {
            let behind = self.connection.behind_feeds();
            if behind.is_empty() {
                self.connection.behind.notified().await;
                continue;
            }
            if let Err(error) = Box::pin(self.catch_up(behind)).await {
                tracing::error!(%error, "a log could not be read; the client will come again");
                return Some(Close::GoingAway);
            }
            if self.connection.outbox.is_closing() {
                // The writer says goodbye.
                return std::future::pending().await;
            }
        }
    }

    /// One read tells which logs have grown: an agent comes back with dozens, and most have not.
    async fn catch_up(&self, behind: Vec<(ConversationId, i64)>) -> Result<(), StoreError> {
        let ids: Vec<_> = behind.iter().map(|(conv, _)| conv.clone()).collect();
        let positions = conversations::positions(&self.app.store, &ids).await?;
        let heads: HashMap<_, _> = positions.into_iter().map(|(conv, positions)| (conv, positions.head)).collect();
        let hidden = self.hidden(&ids).await?;
        let epoch = self.app.store.epoch();
        for (conv, through) in behind {
            if hidden.contains(&conv) {
                self.app.hub.unfollow(&self.connection, &conv);
                if self.connection.hides(&conv, true) {
                    let gone = ServerFrame::Gone { convs: vec![conv] };
                    self.connection.outbox.push_when_room(gone.encode()).await;
                }
                continue;
            }
            let Some(head) = heads.get(&conv) else {
                self.app.hub.unfollow(&self.connection, &conv);
                continue;
            };
            let reached = if can_resume(epoch, epoch, through, *head, MAX_REPLAY) {
                self.replay(&conv, through, *head).await?
            } else {
                self.reset(&conv).await?
            };
            self.connection.caught_up(&conv, reached);
        }
        Ok(())
    }

    /// Of these, what this reader may not see any more.
    async fn hidden(&self, ids: &[ConversationId]) -> Result<BTreeSet<ConversationId>, StoreError> {
        if self.connection.limited().is_none() {
            return Ok(BTreeSet::new());
        }
        let mut hidden: BTreeSet<_> = ids.iter().cloned().collect();
        for row in desk::rows_of(&self.app.store, &hidden).await? {
            if self.may_see(row.team.as_ref(), row.assignee.as_ref()) {
                hidden.remove(&row.conv);
            }
        }
        Ok(hidden)
    }

    /// The missing entries as live frames, then where the log stands. Answers how far it came.
    async fn replay(&self, conv: &ConversationId, after: i64, head: i64) -> Result<i64, StoreError> {
        let entries = match head > after {
            true => conversations::entries_after(&self.app.store, conv, after, MAX_REPLAY).await?,
            false => Vec::new(),
        };
        let mut reached = after;
        for part in parts(&entries) {
            let (Some(first), Some(last)) = (part.first(), part.last()) else { continue };
            reached = last.seq;
            let frame = ServerFrame::Entries {
                conv: conv.clone(),
                from: first.seq,
                through: last.seq,
                items: self.visible(part),
                dup: false,
            };
            self.connection.outbox.push_when_room(frame.encode()).await;
        }
        self.app.metrics.resumes.inc();
        self.connection
            .outbox
            .push_when_room(ServerFrame::Resumed { conv: conv.clone(), head: reached }.encode())
            .await;
        self.say_status(conv).await?;
        Ok(reached)
    }

    /// The newest entries in place of whatever the client has. Answers how far they reach.
    async fn reset(&self, conv: &ConversationId) -> Result<i64, StoreError> {
        let entries = conversations::last_entries(&self.app.store, conv, MAX_REPLAY).await?;
        let head = entries.last().map_or(0, |entry| entry.seq);
        let row = match self.is_shopper() {
            true => None,
            false => desk::load_row(&self.app.store, conv).await?.map(Box::new),
        };
        let frame = ServerFrame::Reset {
            conv: conv.clone(),
            epoch: self.app.store.epoch().to_owned(),
            head,
            items: self.visible(&entries),
            row,
        };
        self.app.metrics.resets.inc();
        self.connection.outbox.push_when_room(frame.encode()).await;
        self.say_status(conv).await?;
        Ok(head)
    }

    async fn say_status(&self, conv: &ConversationId) -> Result<(), StoreError> {
        if self.is_shopper()
            && let Some(conversation) = conversations::load(&self.app.store, conv).await?
        {
            let frame = self.status(&conversation).await?;
            self.connection.outbox.push_when_room(frame.encode()).await;
        }
        Ok(())
    }

    pub(super) fn visible(&self, entries: &[Entry]) -> Vec<Item> {
        visible(entries, audience(&self.connection.reader))
    }
}

/// Runs of entries whose texts fit into one frame.
fn parts(entries: &[Entry]) -> Vec<&[Entry]> {
    let mut parts = Vec::new();
    let (mut start, mut chars) = (0, 0);
    for (at, entry) in entries.iter().enumerate() {
        let size = serde_json::to_string(entry).map_or(0, |text| text.len());
        if at > start && chars + size > FRAME_CHARS {
            parts.push(&entries[start..at]);
            (start, chars) = (at, 0);
        }
        chars += size;
    }
    parts.push(&entries[start..]);
    parts
}
