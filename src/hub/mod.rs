//! The sockets of this node: subscriptions and bounded queues.
//!
//! Nothing here is the truth. Events arrive from the bus and may be lost, doubled or late; a [`Feed`] per
//! reader and conversation finds out and makes its socket read the log.

pub mod feed;
pub mod outbox;

use std::{
    collections::{BTreeSet, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::extract::ws::Utf8Bytes;
use tokio::sync::Notify;

use crate::domain::{
    agent::Viewer,
    ids::{AgentId, ConversationId},
};
use feed::{Feed, Verdict};
use outbox::{Kind, Outbox};

/// Why the server ends a socket. The table of docs/protocol.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Close {
    BadFrame,
    Unauthorised,
    AuthTimeout,
    SlowConsumer,
    Idle,
    /// The same client has come back on another socket.
    Superseded,
    GoingAway,
    TooBig,
    /// Not WebSocket as in RFC 6455.
    Protocol,
    NotText,
    NotUtf8,
    /// The other end has closed or vanished: there is nobody to tell.
    Gone,
}

impl Close {
    pub fn code(self) -> u16 {
        match self {
            Close::BadFrame => 4000,
            Close::Unauthorised => 4001,
            Close::AuthTimeout => 4002,
            Close::SlowConsumer => 4003,
            Close::Idle => 4004,
            Close::Superseded => 4005,
            Close::GoingAway => 1012,
            Close::TooBig => 1009,
            Close::Protocol => 1002,
            Close::NotText => 1003,
            Close::NotUtf8 => 1007,
            Close::Gone => 1000,
        }
    }

    pub fn reason(self) -> &'static str {
        match self {
            Close::BadFrame => "bad frame",
            Close::Unauthorised => "not authorised",
            Close::AuthTimeout => "no auth frame in time",
            Close::SlowConsumer => "slow consumer",
            Close::Idle => "idle",
            Close::Superseded => "superseded",
            Close::GoingAway => "going away",
            Close::TooBig => "frame too big",
            Close::Protocol => "protocol error",
            Close::NotText => "not text",
            Close::NotUtf8 => "not UTF-8",
            Close::Gone => "gone",
        }
    }
}

/// Who is at the other end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reader {
    Shopper,
    Agent(AgentId),
}

/// One authenticated socket.
#[derive(Debug)]
pub struct Connection {
    id: u64,
    pub reader: Reader,
    /// What staff may see, as it was when they came: when that changes, the socket is cut and comes again.
    pub viewer: Option<Viewer>,
    /// Of who is limited: what they were told is out of their sight.
    hidden: Mutex<BTreeSet<ConversationId>>,
    /// Who says to be the same client when it comes back: a page of one person.
    client: Option<String>,
    pub outbox: Outbox,
    feeds: Mutex<HashMap<ConversationId, Feed>>,
    /// Some feed is behind.
    pub behind: Notify,
}

impl Connection {
    pub fn new(reader: Reader, client: Option<String>) -> Arc<Self> {
        Connection::with(reader, None, client)
    }

    pub fn of_staff(viewer: Viewer, client: Option<String>) -> Arc<Self> {
        Connection::with(Reader::Agent(viewer.agent.id.clone()), Some(viewer), client)
    }

    fn with(reader: Reader, viewer: Option<Viewer>, client: Option<String>) -> Arc<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Arc::new(Connection {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            reader,
            viewer,
            hidden: Mutex::default(),
            client,
            outbox: Outbox::held(),
            feeds: Mutex::default(),
            behind: Notify::new(),
        })
    }

    pub fn id(&self) -> u64 {
        self.id
    }

    /// Whether this one sees only some conversations. Then nothing is sent on without a look at the database.
    pub fn limited(&self) -> Option<&Viewer> {
        self.viewer.as_ref().filter(|viewer| !viewer.sees_all())
    }

    /// From now on this conversation is, or is not, out of sight. True if that is news.
    pub fn hides(&self, conv: &ConversationId, hidden: bool) -> bool {
        let mut all = self.hidden.lock().unwrap_or_else(PoisonError::into_inner);
        if hidden { all.insert(conv.clone()) } else { all.remove(conv) }
    }

    fn feeds(&self) -> MutexGuard<'_, HashMap<ConversationId, Feed>> {
        self.feeds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How far each conversation was sent.
    pub fn heads(&self) -> Vec<(ConversationId, i64)> {
        self.feeds().iter().map(|(conv, feed)| (conv.clone(), feed.through())).collect()
    }

    pub fn follows(&self, conv: &ConversationId) -> bool {
        self.feeds().contains_key(conv)
    }

    /// Conversations whose log has to be read, and from where.
    pub fn behind_feeds(&self) -> Vec<(ConversationId, i64)> {
        let feeds = self.feeds();
        feeds.iter().filter(|(_, feed)| feed.is_behind()).map(|(conv, feed)| (conv.clone(), feed.through())).collect()
    }

    /// The log was queued up to `through`. True if nothing was missed meanwhile.
    pub fn caught_up(&self, conv: &ConversationId, through: i64) -> bool {
        self.feeds().get_mut(conv).is_none_or(|feed| feed.caught_up(through))
    }

    /// Queues a live frame if it continues what this reader has. Queued under the lock, so that the order of
    /// the queue is the order of the log. False if the reader was too slow.
    fn receive(&self, conv: &ConversationId, from: i64, through: i64, frame: impl FnOnce() -> Utf8Bytes) -> bool {
        let mut feeds = self.feeds();
        match feeds.get_mut(conv).map(|feed| feed.receive(from, through)) {
            Some(Verdict::Pass) => self.outbox.push(frame(), Kind::Lasting),
            Some(Verdict::CatchUp) => {
                self.behind.notify_one();
                true
            }
            Some(Verdict::Skip) | None => true,
        }
    }

    /// False if the reader was too slow. A position is told once, so it must arrive.
    fn other_has_seen(&self, conv: &ConversationId, seq: i64, frame: impl FnOnce() -> Utf8Bytes) -> bool {
        let news = self.feeds().get_mut(conv).is_some_and(|feed| feed.other_has_seen(seq));
        !news || self.outbox.push(frame(), Kind::Lasting)
    }

    fn notice(&self, conv: &ConversationId, head: i64) -> bool {
        let news = self.feeds().get_mut(conv).is_some_and(|feed| feed.notice(head));
        if news {
            self.behind.notify_one();
        }
        news
    }
}

/// A std mutex: maps are touched for microseconds and never across an await.
#[derive(Debug, Default)]
pub struct Hub {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    all: HashMap<u64, Arc<Connection>>,
    followers: HashMap<ConversationId, Vec<Arc<Connection>>>,
    desk: HashMap<u64, Arc<Connection>>,
    clients: HashMap<String, Arc<Connection>>,
}

impl Hub {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A socket that the same client had before is ended: it may be half open, and would count as somebody there.
    pub fn join(&self, connection: &Arc<Connection>) {
        let mut inner = self.lock();
        if let Some(client) = &connection.client
            && let Some(old) = inner.clients.insert(client.clone(), connection.clone())
        {
            old.outbox.cut_off(Close::Superseded);
        }
        if matches!(connection.reader, Reader::Agent(_)) {
            inner.desk.insert(connection.id, connection.clone());
        }
        inner.all.insert(connection.id, connection.clone());
    }

    /// Ends every subscription of a connection.
    pub fn part(&self, connection: &Connection) {
        let conversations: Vec<_> = connection.feeds().drain().map(|(conv, _)| conv).collect();
        let mut inner = self.lock();
        inner.all.remove(&connection.id);
        inner.desk.remove(&connection.id);
        if let Some(client) = &connection.client
            && inner.clients.get(client).is_some_and(|current| current.id == connection.id)
        {
            inner.clients.remove(client);
        }
        for conv in conversations {
            inner.unfollow(&conv, connection.id);
        }
    }

    /// From now on the connection learns of this conversation's events; its feed starts behind, at `through`.
    pub fn follow(&self, connection: &Arc<Connection>, conv: &ConversationId, through: i64) {
        let fresh = connection.feeds().insert(conv.clone(), Feed::behind(through)).is_none();
        if fresh {
            self.lock().followers.entry(conv.clone()).or_default().push(connection.clone());
        }
    }

    pub fn unfollow(&self, connection: &Connection, conv: &ConversationId) {
        connection.feeds().remove(conv);
        self.lock().unfollow(conv, connection.id);
    }

    pub fn followers(&self, conv: &ConversationId) -> Vec<Arc<Connection>> {
        self.lock().followers.get(conv).cloned().unwrap_or_default()
    }

    /// Every conversation somebody follows here.
    pub fn hosted(&self) -> BTreeSet<ConversationId> {
        self.lock().followers.keys().cloned().collect()
    }

    /// The sockets of staff.
    pub fn desk(&self) -> Vec<Arc<Connection>> {
        self.lock().desk.values().cloned().collect()
    }

    pub fn has_desk(&self) -> bool {
        !self.lock().desk.is_empty()
    }

    pub fn connections(&self) -> Vec<Arc<Connection>> {
        self.lock().all.values().cloned().collect()
    }

    /// Entries `from..=through` of a conversation are on disk. `frame` is asked once per kind of reader.
    /// Answers how many readers were too slow.
    pub fn deliver(
        &self,
        conv: &ConversationId,
        from: i64,
        through: i64,
        frame: impl Fn(&Reader) -> Utf8Bytes,
    ) -> usize {
        let (mut for_shoppers, mut for_agents) = (None, None);
        let mut slow = 0;
        for connection in self.followers(conv) {
            if connection.limited().is_some() {
                connection.notice(conv, through);
                continue;
            }
            let text = match connection.reader {
                Reader::Shopper => &mut for_shoppers,
                Reader::Agent(_) => &mut for_agents,
            };
            let kept = connection
                .receive(conv, from, through, || text.get_or_insert_with(|| frame(&connection.reader)).clone());
            slow += usize::from(!kept);
        }
        slow
    }

    /// Something that may be dropped, to those who follow a conversation and are meant.
    pub fn deliver_ephemeral(&self, conv: &ConversationId, frame: &Utf8Bytes, is_meant: impl Fn(&Connection) -> bool) {
        for connection in self.followers(conv) {
            if is_meant(&connection) {
                connection.outbox.push(frame.clone(), Kind::Ephemeral);
            }
        }
    }

    /// A side has read up to `seq`: to those of the other side (`is_meant`) who were not told before. `frame` is asked
    /// once, and only if somebody was not. Answers how many were too slow.
    pub fn deliver_seen(
        &self,
        conv: &ConversationId,
        seq: i64,
        is_meant: impl Fn(&Reader) -> bool,
        frame: impl Fn() -> Utf8Bytes,
    ) -> usize {
        let mut text = None;
        let mut slow = 0;
        for connection in self.followers(conv).iter().filter(|connection| is_meant(&connection.reader)) {
            let kept = connection.other_has_seen(conv, seq, || text.get_or_insert_with(&frame).clone());
            slow += usize::from(!kept);
        }
        slow
    }

    /// To every socket of these agents. Answers how many were too slow.
    pub fn deliver_to_agents(&self, agents: &[AgentId], frame: &Utf8Bytes) -> usize {
        let desk: Vec<_> = self.lock().desk.values().cloned().collect();
        desk.iter()
            .filter(|connection| matches!(&connection.reader, Reader::Agent(id) if agents.contains(id)))
            .filter(|connection| !connection.outbox.push(frame.clone(), Kind::Lasting))
            .count()
    }

    /// To every agent. Answers how many were too slow.
    pub fn deliver_desk(&self, frame: &Utf8Bytes) -> usize {
        let desk: Vec<_> = self.lock().desk.values().cloned().collect();
        desk.iter().filter(|connection| !connection.outbox.push(frame.clone(), Kind::Lasting)).count()
    }

    /// Something that may be dropped, to every agent.
    pub fn deliver_desk_ephemeral(&self, frame: &Utf8Bytes) {
        let desk: Vec<_> = self.lock().desk.values().cloned().collect();
        for connection in desk {
            connection.outbox.push(frame.clone(), Kind::Ephemeral);
        }
    }

    /// The database says that a log has reached `head`. Answers how many readers had missed something.
    pub fn notice(&self, conv: &ConversationId, head: i64) -> usize {
        self.followers(conv).iter().filter(|connection| connection.notice(conv, head)).count()
    }
}

impl Inner {
    fn unfollow(&mut self, conv: &ConversationId, id: u64) {
        if let Some(followers) = self.followers.get_mut(conv) {
            followers.retain(|follower| follower.id != id);
            if followers.is_empty() {
                self.followers.remove(conv);
            }
        }
    }
}
