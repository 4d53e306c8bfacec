//! One authenticated socket: who it is, and what each of its frames does.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::extract::ws::Utf8Bytes;
use uuid::Uuid;

use super::count_refused;
use crate::{
    app::App,
    bus::{Event, Typist},
    desk::GRACE_MS,
    dialogue::{AgentAct, Refusal},
    domain::{
        Agent, AgentRef, Conversation, Lang, Status,
        agent::Permission,
        ids::{Cid, ContactId, ConversationId},
    },
    hub::{Close, Connection, Reader, outbox::Kind},
    service::{
        accounts,
        conversations::{self as turns, Action, Handled, ShopperAct, TurnError},
        visitors,
    },
    store::{
        StoreError, agents,
        conversations::{self, Side},
        desk,
        presence::{self, Lease},
    },
    web::{
        frames::{Auth, ClientFrame, MAX_TEXT_CHARS, Me, Position, Ready, Refused, RefusedCode, SendBody, ServerFrame},
        limits::Limit,
    },
};

/// A conversation id and a cid longer than this were not made by a client of ours.
const MAX_ID_BYTES: usize = 64;
/// What a client sent before it heard of a refusal has arrived by then.
const UNDER_WAY_AT_MOST: Duration = Duration::from_secs(2);
/// An agent may have this many conversations open at once.
const MAX_OPEN: usize = 200;

pub struct Session {
    pub(super) app: Arc<App>,
    pub(super) connection: Arc<Connection>,
    who: Who,
    network: String,
    /// The heads of the last pong.
    ponged: Mutex<BTreeMap<ConversationId, i64>>,
    /// Per conversation, the send that was refused for now: what was already under way behind it must not overtake it.
    held: Mutex<BTreeMap<ConversationId, Held>>,
}

struct Held {
    cid: Cid,
    refused: Refused,
    /// Others are refused until it comes again, but not longer than this: its sender may have given up.
    until: Instant,
}

enum Who {
    Shopper {
        contact: ContactId,
        conv: ConversationId,
    },
    Agent {
        agent: AgentRef,
        /// Of this socket, in the desk's presence.
        lease: String,
    },
}

impl Session {
    /// Checks who it is, says `ready` and sets every resumed conversation going.
    pub(super) async fn begin(app: Arc<App>, auth: Auth, network: String) -> Result<Self, Close> {
        let begun = match auth {
            Auth::Shopper { token, client, resume } => {
                Self::begin_shopper(&app, &token, client, resume, &network).await
            }
            Auth::Agent { ticket, client, resume } => Self::begin_agent(&app, &ticket, client, resume).await,
        };
        let (connection, who) = begun.map_err(|error| match error {
            BeginError::Unauthorised => Close::Unauthorised,
            BeginError::Turn(error) => {
                tracing::error!(%error, "a socket could not begin");
                Close::GoingAway
            }
        })?;
        Ok(Session { app, connection, who, network, ponged: Mutex::default(), held: Mutex::default() })
    }

    async fn begin_shopper(
        app: &Arc<App>,
        token: &str,
        client: Option<String>,
        resume: Vec<Position>,
        network: &str,
    ) -> Result<(Arc<Connection>, Who), BeginError> {
        let visitor = visitors::recognise(&app.store, token).await?.ok_or(BeginError::Unauthorised)?;
        let conversation = turns::open(app, &visitor.inbox, &visitor.contact, network, Lang::default()).await?;
        let conv = conversation.id;
        let connection = Connection::new(Reader::Shopper, client_key(&visitor.contact.0, client));
        app.hub.join(&connection);
        let position = resume.into_iter().find(|position| position.conv == conv);
        app.hub.follow(&connection, &conv, start_of(app, position));
        let ready = Ready::Shopper { epoch: app.store.epoch().to_owned(), conv: conv.clone(), lang: conversation.lang };
        connection.outbox.open_with(ServerFrame::Ready(ready).encode());
        Ok((connection, Who::Shopper { contact: visitor.contact, conv }))
    }

    async fn begin_agent(
        app: &Arc<App>,
        ticket: &str,
        client: Option<String>,
        resume: Vec<Position>,
    ) -> Result<(Arc<Connection>, Who), BeginError> {
        let agent = accounts::redeem_ticket(&app.store, ticket, app.clock.now_ms()).await?;
        let agent = agent.filter(may_work).ok_or(BeginError::Unauthorised)?;
        let connection = Connection::new(Reader::Agent(agent.id.clone()), client_key(&agent.id.0, client));
        // Join first, then read the rows: a change in between is sent after `ready`.
        app.hub.join(&connection);
        let rows = match desk::rows(&app.store, &desk::DeskView::All).await {
            Ok(rows) => rows,
            Err(error) => {
                app.hub.part(&connection);
                return Err(error.into());
            }
        };
        for position in resume.into_iter().take(MAX_OPEN) {
            let conv = position.conv.clone();
            app.hub.follow(&connection, &conv, start_of(app, Some(position)));
        }
        let lease = Lease { id: Uuid::now_v7().to_string(), agent: agent.id.clone(), node: app.node.clone() };
        let id = lease.id.clone();
        if let Err(error) = presence::arrive(&app.store, lease, app.clock.now_ms() + GRACE_MS).await {
            app.hub.part(&connection);
            return Err(error.into());
        }
        let me = Me { id: agent.id.clone(), name: agent.name.clone(), role: agent.role };
        let ready = Ready::Agent { epoch: app.store.epoch().to_owned(), agent: me, desk: rows };
        connection.outbox.open_with(ServerFrame::Ready(ready).encode());
        Ok((connection, Who::Agent { agent: AgentRef { id: agent.id, name: agent.name }, lease: id }))
    }

    pub(super) fn end(&self) {
        // The grace begins before anybody can see that the socket is gone.
        let until = self.app.clock.now_ms() + GRACE_MS;
        self.app.hub.part(&self.connection);
        if let Who::Agent { lease, .. } = &self.who {
            let (app, lease) = (self.app.clone(), lease.clone());
            self.app.tasks.spawn(async move {
                // Should this fail, the lease runs out by itself once this node is gone.
                if let Err(error) = presence::leave(&app.store, &lease, until).await {
                    tracing::warn!(%error, "a socket of the desk could not be signed off");
                }
            });
        }
    }

    pub(super) fn is_shopper(&self) -> bool {
        matches!(self.who, Who::Shopper { .. })
    }

    /// What a frame asks for. An error ends the socket.
    pub(super) async fn handle(&self, text: &Utf8Bytes) -> Result<(), Close> {
        let frame = match serde_json::from_str(text) {
            Ok(frame) => frame,
            Err(error) => {
                let refused = Refused::new(RefusedCode::BadFrame, format!("This frame cannot be read: {error}."));
                self.refuse(match cid_of(text) {
                    Some(cid) => refused.answering(&cid),
                    None => refused,
                });
                return Ok(());
            }
        };
        match frame {
            ClientFrame::Auth(_) => {
                self.refuse(Refused::new(RefusedCode::BadFrame, "This socket is already authenticated."));
                Ok(())
            }
            ClientFrame::Send { cid, conv, body } => self.send(cid, conv, body).await,
            ClientFrame::Open { conv } => {
                self.open(conv).await;
                Ok(())
            }
            ClientFrame::Leave { conv } => {
                if !self.is_shopper() {
                    self.app.hub.unfollow(&self.connection, &conv);
                }
                Ok(())
            }
            ClientFrame::Seen { conv, seq } => {
                self.seen(conv, seq).await;
                Ok(())
            }
            ClientFrame::Typing { conv, on } => {
                if self.connection.follows(&conv) {
                    self.app.bus.publish(&Event::Typing { conv, who: self.typist(), on });
                }
                Ok(())
            }
            ClientFrame::Ping { heads } => {
                self.pong(&heads);
                Ok(())
            }
        }
    }

    async fn send(&self, cid: Cid, conv: ConversationId, body: SendBody) -> Result<(), Close> {
        if let Some(refused) = self.waits_behind(&cid, &conv) {
            self.refuse(refused.answering(&cid));
            return Ok(());
        }
        let refused = match self.check(&cid, &conv, body).await {
            Err(refused) => refused,
            Ok(action) => {
                // A task of its own: a socket that breaks now must not break off the turn before it is published.
                let (app, to, key) = (self.app.clone(), conv.clone(), cid.clone());
                let turn = self.app.tasks.spawn(async move { turns::handle(&app, &to, &action, Some(key)).await });
                match turn.await {
                    Ok(Ok(Handled::Done)) => return Ok(()),
                    Ok(Ok(Handled::Duplicate { seq })) => {
                        self.acknowledge(&conv, seq).await;
                        return Ok(());
                    }
                    Ok(Ok(Handled::NotYours)) => not_yours(),
                    Ok(Ok(Handled::Refused(refusal))) => refused_by(refusal),
                    Ok(Err(error)) => {
                        tracing::error!(%conv, %error, "a turn failed");
                        busy(&error)
                    }
                    Err(error) => {
                        tracing::error!(%conv, %error, "a turn broke");
                        Refused::new(RefusedCode::Busy, "Something went wrong here. Please try again.")
                            .retry_after_ms(5_000)
                    }
                }
            }
        };
        let is_over = refused.code == RefusedCode::Unauthorised;
        self.hold(&cid, &conv, &refused);
        self.refuse(refused.answering(&cid));
        if is_over { Err(Close::Unauthorised) } else { Ok(()) }
    }

    /// The refusal of the send before, which this one would overtake.
    fn waits_behind(&self, cid: &Cid, conv: &ConversationId) -> Option<Refused> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let first = held.get(conv)?;
        if first.cid != *cid && Instant::now() < first.until {
            return Some(first.refused.clone());
        }
        held.remove(conv);
        None
    }

    fn hold(&self, cid: &Cid, conv: &ConversationId, refused: &Refused) {
        let Some(retry_after_ms) = refused.retry_after_ms else { return };
        let now = Instant::now();
        let until = now + Duration::from_millis(retry_after_ms).max(UNDER_WAY_AT_MOST);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|_, held| held.until > now);
        held.insert(conv.clone(), Held { cid: cid.clone(), refused: refused.clone(), until });
    }

    /// Whether this sender may send this now; what remains is for `step` to decide.
    async fn check(&self, cid: &Cid, conv: &ConversationId, body: SendBody) -> Result<Action, Refused> {
        let is_key = |text: &str| (1..=MAX_ID_BYTES).contains(&text.len()) && text.is_ascii();
        if !is_key(cid.as_str()) || !is_key(conv.as_str()) {
            let message = format!("`cid` and `conv` have 1 to {MAX_ID_BYTES} ASCII characters.");
            return Err(Refused::new(RefusedCode::BadFrame, message));
        }
        if let SendBody::Message { text, .. } | SendBody::Note { text } = &body
            && text.chars().count() > MAX_TEXT_CHARS
        {
            let message = format!("This text is longer than {MAX_TEXT_CHARS} characters. Please send it in parts.");
            return Err(Refused::new(RefusedCode::TooLong, message));
        }
        match &self.who {
            Who::Shopper { contact, conv: own } => {
                if conv != own {
                    return Err(not_yours());
                }
                self.limit(Limit::VisitorMessages, contact.as_str())?;
                self.limit(Limit::NetworkMessages, &self.network)?;
                let SendBody::Message { text, choice, .. } = body else {
                    return Err(Refused::new(RefusedCode::NotYours, "Only staff may do this."));
                };
                let act = ShopperAct::Say { text, choice };
                Ok(Action::Shopper { contact: contact.clone(), network: self.network.clone(), act })
            }
            Who::Agent { agent, .. } => {
                self.limit(Limit::AgentMessages, agent.id.as_str())?;
                // Asked each time: disabling somebody works at once, on every socket.
                let now = agents::load(&self.app.store, &agent.id).await.map_err(|error| busy(&error.into()))?;
                if !now.as_ref().is_some_and(may_work) {
                    return Err(Refused::new(RefusedCode::Unauthorised, "This account may not do this any more."));
                }
                let act = match body {
                    SendBody::Message { text, epoch: Some(epoch), .. } => AgentAct::Say { epoch, text },
                    SendBody::Message { epoch: None, .. } => {
                        return Err(Refused::new(RefusedCode::BadFrame, "An agent's message names its `epoch`."));
                    }
                    SendBody::Note { text } => AgentAct::Note { text },
                    SendBody::Take => AgentAct::Take,
                    SendBody::HandBack { epoch } => AgentAct::HandBack { epoch },
                    SendBody::Release { epoch } => AgentAct::Release { epoch },
                    SendBody::Resolve { epoch } => AgentAct::Resolve { epoch },
                };
                Ok(Action::Agent { agent: agent.clone(), act })
            }
        }
    }

    fn limit(&self, limit: Limit, key: &str) -> Result<(), Refused> {
        self.app.limits.check(limit, key).map_err(|wait| {
            let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX) + 1;
            Refused::new(RefusedCode::RateLimited, "That was a lot at once. Please wait a moment.")
                .retry_after_ms(wait_ms)
        })
    }

    /// A `cid` that was stored before: the entry again, to this sender only.
    async fn acknowledge(&self, conv: &ConversationId, seq: i64) {
        match conversations::entries_after(&self.app.store, conv, seq - 1, 1).await {
            Ok(entries) => {
                let frame = ServerFrame::Entries {
                    conv: conv.clone(),
                    from: seq,
                    through: seq,
                    items: self.visible(&entries),
                    dup: true,
                };
                self.connection.outbox.push(frame.encode(), Kind::Lasting);
            }
            Err(error) => tracing::error!(%conv, %error, "a repeated message could not be acknowledged"),
        }
    }

    /// An agent starts to follow a conversation: the catch-up loop answers with a `reset`.
    async fn open(&self, conv: ConversationId) {
        if self.is_shopper() {
            return self.refuse(not_yours());
        }
        if self.connection.heads().len() >= MAX_OPEN && !self.connection.follows(&conv) {
            let message = format!("{MAX_OPEN} conversations are open. Please leave one first.");
            return self.refuse(Refused::new(RefusedCode::Busy, message));
        }
        match conversations::load(&self.app.store, &conv).await {
            Ok(Some(_)) => {
                self.app.hub.follow(&self.connection, &conv, super::catch_up::FROM_NOTHING);
                self.connection.behind.notify_one();
            }
            Ok(None) => self.refuse(not_yours()),
            Err(error) => self.refuse(busy(&error.into())),
        }
    }

    async fn seen(&self, conv: ConversationId, seq: i64) {
        if !self.connection.follows(&conv) {
            return;
        }
        let side = if self.is_shopper() { Side::Shopper } else { Side::Agent };
        match conversations::mark_seen(&self.app.store, &conv, side, seq).await {
            Ok(true) => self.app.bus.publish(&Event::Seen { conv, by: self.typist(), seq }),
            Ok(false) => {}
            Err(error) => tracing::warn!(%conv, %error, "a reading position was not kept"),
        }
    }

    /// Answers with what this socket was sent so far. A client that lacks what it should have had at the ping
    /// before gets it again from the log.
    fn pong(&self, client: &BTreeMap<ConversationId, i64>) {
        let heads: BTreeMap<_, _> = self.connection.heads().into_iter().filter(|(_, head)| *head >= 0).collect();
        let before = std::mem::replace(&mut *self.ponged.lock().unwrap_or_else(PoisonError::into_inner), heads.clone());
        for (conv, seq) in client {
            if before.get(conv).is_some_and(|head| seq < head) && self.connection.follows(conv) {
                self.app.metrics.catch_ups.inc();
                self.app.hub.follow(&self.connection, conv, *seq);
                self.connection.behind.notify_one();
            }
        }
        self.connection.outbox.push(ServerFrame::Pong { heads }.encode(), Kind::Lasting);
    }

    fn typist(&self) -> Typist {
        match &self.who {
            Who::Shopper { .. } => Typist::Shopper,
            Who::Agent { agent, .. } => Typist::Agent { id: agent.id.clone(), name: agent.name.clone() },
        }
    }

    pub(super) fn refuse(&self, refused: Refused) {
        count_refused(&self.app, refused.code);
        self.connection.outbox.push(ServerFrame::Refused(refused).encode(), Kind::Lasting);
    }

    /// The shopper's place, after a resume: later changes are pushed by the desk worker.
    pub(super) async fn status(&self, conversation: &Conversation) -> Result<ServerFrame, StoreError> {
        let (mut place, mut waiting) = (None, None);
        if conversation.status == Status::Queued {
            let queue = desk::queue(&self.app.store).await?;
            place = queue.iter().position(|conv| *conv == conversation.id).map(|at| at as i64 + 1);
            waiting = Some(queue.len() as i64);
        }
        Ok(ServerFrame::Status { conv: conversation.id.clone(), status: conversation.status, place, waiting })
    }
}

enum BeginError {
    Unauthorised,
    Turn(TurnError),
}

impl<E: Into<TurnError>> From<E> for BeginError {
    fn from(error: E) -> Self {
        BeginError::Turn(error.into())
    }
}

fn may_work(agent: &Agent) -> bool {
    !agent.disabled && agent.role.may(Permission::Desk)
}

/// Where a feed starts: at the client's position if that is of this database, else before everything.
fn start_of(app: &App, position: Option<Position>) -> i64 {
    match position {
        Some(position) if position.epoch == app.store.epoch() && position.seq >= 0 => position.seq,
        _ => super::catch_up::FROM_NOTHING,
    }
}

/// Pages are told apart within one person only, so nobody can end another's socket.
fn client_key(person: &str, client: Option<String>) -> Option<String> {
    client.filter(|client| (1..=MAX_ID_BYTES).contains(&client.len())).map(|client| format!("{person}/{client}"))
}

/// The `cid` of a frame that cannot be read otherwise, so that its sender knows which one was refused.
fn cid_of(text: &str) -> Option<Cid> {
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    let cid = value.get("cid")?.as_str()?;
    (cid.len() <= MAX_ID_BYTES).then(|| Cid::from(cid))
}

fn not_yours() -> Refused {
    Refused::new(RefusedCode::NotYours, "There is no such conversation for you.")
}

fn refused_by(refusal: Refusal) -> Refused {
    match refusal {
        Refusal::Taken { by } => {
            let message = format!("{} already has this conversation.", by.name);
            Refused { who: Some(by), ..Refused::new(RefusedCode::Taken, message) }
        }
        Refusal::Stale => Refused::new(RefusedCode::Stale, "This conversation is not assigned to you any more."),
        Refusal::Closed => Refused::new(RefusedCode::Closed, "This conversation is closed."),
    }
}

fn busy(error: &TurnError) -> Refused {
    let retry_ms = match error {
        TurnError::Contended | TurnError::Store(StoreError::Busy) => 500,
        TurnError::Store(_) => 3_000,
    };
    Refused::new(RefusedCode::Busy, "The server is busy. Please try again.").retry_after_ms(retry_ms)
}
