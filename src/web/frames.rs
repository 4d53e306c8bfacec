//! The wire: every frame of the socket, one enum each way. docs/protocol.md explains them, docs/frames.json
//! shows an example of each (a test keeps it true).

use std::collections::BTreeMap;

use axum::extract::ws::Utf8Bytes;
use serde::{Deserialize, Serialize};

use crate::{
    desk::{
        company::{Companion, Doing},
        wait::WaitRange,
    },
    domain::{
        AgentRef, Author, Choice, Entry, EntryBody, Lang, Level, Message, Role, Seat, Status, Tone, UnixMs, WrapUp,
        ids::{AgentId, AttachmentId, Cid, ConversationId, TeamId},
        rating::Rated,
    },
    service::{markdown, surges::Surges},
    store::desk::DeskRow,
};

/// Milliseconds between a client's pings.
pub const HEARTBEAT_MS: u64 = 25_000;
/// The largest frame a client may send; a larger one closes the socket (1009).
pub const MAX_FRAME_BYTES: usize = 64 * 1024;
/// Characters of a message's text.
pub const MAX_TEXT_CHARS: usize = 4_000;
/// More entries than this are not replayed one by one: the client gets a `reset`.
pub const MAX_REPLAY: i64 = 300;

/// Client → server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientFrame {
    Auth(Auth),
    Send {
        cid: Cid,
        conv: ConversationId,
        body: SendBody,
    },
    Open {
        conv: ConversationId,
    },
    Leave {
        conv: ConversationId,
    },
    Seen {
        conv: ConversationId,
        seq: i64,
    },
    Typing {
        conv: ConversationId,
        on: bool,
    },
    /// Agents: what this window has on its screen; nothing, when it is closed or out of sight.
    Looking {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        conv: Option<ConversationId>,
        #[serde(default)]
        doing: Doing,
    },
    /// Agents: whether they take new conversations.
    Available {
        on: bool,
    },
    /// Agents: the sheet of a wrap-up is open; nothing new is given to them for a while.
    WrappingUp {
        on: bool,
    },
    Ping {
        #[serde(default)]
        heads: BTreeMap<ConversationId, i64>,
    },
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum Auth {
    Shopper {
        token: String,
        /// Made up by a page for as long as it lives: its old socket is ended when it comes back on another.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client: Option<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        resume: Vec<Position>,
    },
    Agent {
        ticket: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client: Option<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        resume: Vec<Position>,
    },
}

impl std::fmt::Debug for Auth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Auth(masked)")
    }
}

/// How far a client has read a conversation's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    pub conv: ConversationId,
    pub epoch: String,
    pub seq: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum SendBody {
    Message {
        text: String,
        /// What was uploaded for it; with one, the text may be empty.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<AttachmentId>,
        /// Shoppers: the quick reply that was pressed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        choice: Option<Choice>,
        /// Agents: the assignment they write under.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        epoch: Option<i64>,
        /// Agents: what the tone coach said about it, when it is sent all the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        despite: Option<Tone>,
    },
    Note {
        text: String,
        /// Colleagues who are named in it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        mentions: Vec<AgentId>,
    },
    /// Shoppers: how it was.
    Rate {
        /// As in the invitation.
        resolution: i64,
        /// 1 to 5.
        score: u8,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        comment: String,
    },
    /// Other words in one's own message or note.
    Edit {
        seq: i64,
        text: String,
        /// What the tone coach said about it, when it is kept all the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        despite: Option<Tone>,
    },
    /// Takes the words out of an entry.
    Redact {
        seq: i64,
        why: String,
    },
    Take,
    /// Takes what was offered.
    Accept {
        epoch: i64,
    },
    /// Does not; a colleague is asked.
    Decline {
        epoch: i64,
    },
    HandBack {
        epoch: i64,
    },
    /// Back into the queue, for a colleague.
    Release {
        epoch: i64,
    },
    Resolve {
        epoch: i64,
        /// Absent: skipped.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wrap_up: Option<WrapUp>,
    },
    /// Puts tags on and takes them off.
    Tag {
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        add: Vec<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        remove: Vec<String>,
    },
    /// To a colleague who is there, or into a team's part of the queue.
    Transfer {
        epoch: i64,
        to: Addressee,
        #[serde(default)]
        note: String,
    },
    /// One answer to many who wait with the same matter.
    AnswerMany {
        epoch: i64,
        text: String,
        among: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        despite: Option<Tone>,
    },
    /// How urgent it is.
    Priority {
        level: Level,
    },
    /// From the colleague who has it; for who supervises.
    TakeOver {
        epoch: i64,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Addressee {
    Agent(AgentId),
    Team(TeamId),
}

/// Server → client.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerFrame {
    Hello {
        heartbeat_ms: u64,
        max_frame: usize,
        server_time: UnixMs,
    },
    Ready(Ready),
    Entries {
        conv: ConversationId,
        /// First and last seq this frame covers, private ones included.
        from: i64,
        through: i64,
        items: Vec<Item>,
        /// The answer to a `cid` that was stored before: not news, only an acknowledgement.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        dup: bool,
    },
    Resumed {
        conv: ConversationId,
        head: i64,
    },
    Reset {
        conv: ConversationId,
        epoch: String,
        head: i64,
        items: Vec<Item>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        row: Option<Box<DeskRow>>,
    },
    Refused(Refused),
    Status {
        conv: ConversationId,
        status: Status,
        /// 1 is next.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<i64>,
        /// How many wait in all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        waiting: Option<i64>,
        /// Most likely between these; absent while nobody is there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wait: Option<WaitRange>,
    },
    Seen {
        conv: ConversationId,
        who: Party,
        seq: i64,
    },
    Typing {
        conv: ConversationId,
        who: Party,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        on: bool,
    },
    /// Agents: everybody who has this conversation in front of them now, the reader included.
    Company {
        conv: ConversationId,
        agents: Vec<Companion>,
    },
    Desk {
        rows: Vec<DeskRow>,
    },
    /// To an agent who is named in a note.
    Mentioned {
        conv: ConversationId,
        seq: i64,
        by: AgentRef,
        at: UnixMs,
    },
    /// Agents who see only some teams' conversations: these are out of their sight.
    Gone {
        convs: Vec<ConversationId>,
    },
    /// Of those that changed.
    Seats {
        seats: Vec<Seat>,
    },
    /// Who waits with the same matter, as it is now.
    Surges(Surges),
    /// A rule told supervisors something: `GET /api/notices` has it.
    Notices,
    Pong {
        heads: BTreeMap<ConversationId, i64>,
    },
    Drain {
        retry_in_ms: u64,
    },
}

impl ServerFrame {
    /// As text for the socket; clones of it share the bytes.
    pub fn encode(&self) -> Utf8Bytes {
        // Every type in a frame is plain data with string keys: there is nothing that serde_json refuses.
        serde_json::to_string(self).unwrap_or_default().into()
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum Ready {
    Shopper {
        epoch: String,
        conv: ConversationId,
        lang: Lang,
    },
    Agent {
        epoch: String,
        agent: Me,
        desk: Vec<DeskRow>,
        seats: Vec<Seat>,
        /// Conversations somebody has in front of them.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        company: BTreeMap<ConversationId, Vec<Companion>>,
    },
}

/// The signed-in agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Me {
    pub id: AgentId,
    pub name: String,
    pub role: Role,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    Shopper,
    Bot,
    Agent,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Refused {
    /// What is refused, when it was a `send`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cid: Option<Cid>,
    pub code: RefusedCode,
    /// For people, in English; clients word `code` in their user's language.
    pub message: String,
    /// Present when the same frame may be sent again, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// With `taken`: who has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<AgentRef>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusedCode {
    BadFrame,
    TooLong,
    RateLimited,
    NotYours,
    Taken,
    Stale,
    Full,
    NotThere,
    TooLate,
    NeedsWrapUp,
    UnknownChoice,
    NoSuchFile,
    Closed,
    Unauthorised,
    Busy,
}

impl RefusedCode {
    pub fn as_str(self) -> &'static str {
        match self {
            RefusedCode::BadFrame => "bad_frame",
            RefusedCode::TooLong => "too_long",
            RefusedCode::RateLimited => "rate_limited",
            RefusedCode::NotYours => "not_yours",
            RefusedCode::Taken => "taken",
            RefusedCode::Stale => "stale",
            RefusedCode::Full => "full",
            RefusedCode::NotThere => "not_there",
            RefusedCode::TooLate => "too_late",
            RefusedCode::NeedsWrapUp => "needs_wrap_up",
            RefusedCode::UnknownChoice => "unknown_choice",
            RefusedCode::NoSuchFile => "no_such_file",
            RefusedCode::Closed => "closed",
            RefusedCode::Unauthorised => "unauthorised",
            RefusedCode::Busy => "busy",
        }
    }
}

impl Refused {
    pub fn new(code: RefusedCode, message: impl Into<String>) -> Self {
        Refused { cid: None, code, message: message.into(), retry_after_ms: None, who: None }
    }

    pub fn answering(mut self, cid: &Cid) -> Self {
        self.cid = Some(cid.clone());
        self
    }

    pub fn retry_after_ms(mut self, ms: u64) -> Self {
        self.retry_after_ms = Some(ms);
        self
    }
}

/// One entry as its reader may see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    pub seq: i64,
    pub at: UnixMs,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cid: Option<Cid>,
    pub author: Author,
    #[serde(flatten)]
    pub body: ItemBody,
    /// Sanitised HTML of a bot message that quotes an article.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ItemBody {
    Whole(EntryBody),
    /// What shoppers see of what is between staff: that it happened.
    Happened {
        kind: HappenedKind,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HappenedKind {
    Handoff,
    Requeued,
}

/// Who reads: the one place that decides what shoppers may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    Shopper,
    Agent,
}

/// The entries as this audience may see them; private ones are left out for shoppers.
pub fn visible<'a>(entries: impl IntoIterator<Item = &'a Entry>, audience: Audience) -> Vec<Item> {
    entries.into_iter().filter_map(|entry| item(entry, audience)).collect()
}

fn item(entry: &Entry, audience: Audience) -> Option<Item> {
    let body = match (&entry.body, audience) {
        (body, Audience::Shopper) if body.is_private() => return None,
        (EntryBody::Handoff { .. }, Audience::Shopper) => ItemBody::Happened { kind: HappenedKind::Handoff },
        (EntryBody::Requeued { .. }, Audience::Shopper) => ItemBody::Happened { kind: HappenedKind::Requeued },
        (EntryBody::Assigned { agent, epoch, .. }, Audience::Shopper) => {
            ItemBody::Whole(EntryBody::Assigned { agent: agent.clone(), epoch: *epoch, why: None })
        }
        (EntryBody::Message(message), Audience::Shopper)
            if message.despite.is_some() || message.changed.is_some() || message.among.is_some() =>
        {
            let changed = message.changed.as_ref().map(|changed| Box::new(changed.for_shoppers()));
            // How many they are is said in words; to clients of shoppers it is a message like any other.
            ItemBody::Whole(EntryBody::Message(Message { despite: None, changed, among: None, ..message.clone() }))
        }
        (EntryBody::Rated(rated), Audience::Shopper) if rated.changed.is_some() => {
            let changed = rated.changed.as_ref().map(|changed| Box::new(changed.for_shoppers()));
            ItemBody::Whole(EntryBody::Rated(Rated { changed, ..rated.clone() }))
        }
        (EntryBody::Edited { target, text, private, .. }, Audience::Shopper) => {
            ItemBody::Whole(EntryBody::Edited { target: *target, text: text.clone(), despite: None, private: *private })
        }
        (EntryBody::Redacted { target, .. }, Audience::Shopper) => {
            ItemBody::Whole(EntryBody::Redacted { target: *target, why: String::new(), private: false })
        }
        (body, _) => ItemBody::Whole(body.clone()),
    };
    let html = match &entry.body {
        EntryBody::Message(message) if message.source.is_some() => Some(markdown::to_html(&message.text)),
        _ => None,
    };
    let author = match (&entry.body, audience) {
        // Who took the words out is between staff.
        (EntryBody::Redacted { .. }, Audience::Shopper) => Author::System,
        _ => entry.author.clone(),
    };
    Some(Item { seq: entry.seq, at: entry.at, cid: entry.cid.clone(), author, body, html })
}
