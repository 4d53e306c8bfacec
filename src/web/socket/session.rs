//! One authenticated socket: who it is, and what each of its frames does.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::extract::ws::Utf8Bytes;
use uuid::Uuid;

use super::{
    count_refused,
    look::Gaze,
    order::Order,
    refusals::{busy, not_yours, refused_by},
};
use crate::{
    app::App,
    bus::{Event, Typist},
    desk::{GRACE_MS, there_until},
    domain::{
        Agent, AgentRef, Conversation, Lang,
        agent::{Permission, may},
        ids::{Cid, ContactId, ConversationId, TeamId},
    },
    hub::{Close, Connection, Reader, outbox::Kind},
    service::{
        accounts,
        conversations::{self as turns, Action, Handled, TurnError},
        visitors,
        waits::Queue,
    },
    store::{
        StoreError,
        conversations::{self, Side},
        desk,
        presence::{self, Lease},
        seats, viewers,
    },
    web::frames::{Auth, ClientFrame, Me, Position, Ready, Refused, RefusedCode, SendBody, ServerFrame},
};

/// A conversation id and a cid longer than this were not made by a client of ours.
pub(super) const MAX_ID_BYTES: usize = 64;
/// An agent may have this many conversations open at once.
const MAX_OPEN: usize = 200;

pub struct Session {
    pub(super) app: Arc<App>,
    pub(super) connection: Arc<Connection>,
    pub(super) who: Who,
    pub(super) network: String,
    /// The heads of the last pong.
    ponged: Mutex<BTreeMap<ConversationId, i64>>,
    order: Mutex<Order<Refused>>,
    pub(super) gaze: Gaze,
}

pub(super) enum Who {
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
        let (ponged, order, gaze) = (Mutex::default(), Mutex::default(), Gaze::default());
        Ok(Session { app, connection, who, network, ponged, order, gaze })
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
        let viewer = viewers::load(&app.store, &agent.id).await?.ok_or(BeginError::Unauthorised)?;
        let connection = Connection::of_staff(viewer.clone(), client_key(&agent.id.0, client));
        // Join first, then read the rows: a change in between is sent after `ready`.
        app.hub.join(&connection);
        let rows = match viewers::rows(&app.store, &desk::DeskView::All, &viewer).await {
            Ok(rows) => rows,
            Err(error) => {
                app.hub.part(&connection);
                return Err(error.into());
            }
        };
        let too_many = resume.len().saturating_sub(MAX_OPEN);
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
        let seats = match seats::list(&app.store, there_until(app.clock.now_ms())).await {
            Ok(seats) => seats,
            Err(error) => {
                app.hub.part(&connection);
                return Err(error.into());
            }
        };
        let (epoch, company) = (app.store.epoch().to_owned(), app.company().everywhere());
        let ready = Ready::Agent { epoch, agent: me, desk: rows, seats, company };
        connection.outbox.open_with(ServerFrame::Ready(ready).encode());
        if too_many > 0 {
            let message = format!("{MAX_OPEN} conversations are open; the other {too_many} are not followed any more.");
            let refused = Refused::new(RefusedCode::Busy, message);
            connection.outbox.push(ServerFrame::Refused(refused).encode(), Kind::Lasting);
        }
        app.bus.publish(&Event::SeatsChanged);
        app.dispatch_due.notify_one();
        Ok((connection, Who::Agent { agent: AgentRef { id: agent.id, name: agent.name }, lease: id }))
    }

    pub(super) fn end(&self) {
        // The grace begins before anybody can see that the socket is gone.
        let until = self.app.clock.now_ms() + GRACE_MS;
        self.app.hub.part(&self.connection);
        self.look_away();
        if let Who::Agent { lease, .. } = &self.who {
            let (app, lease) = (self.app.clone(), lease.clone());
            self.app.tasks.spawn(async move {
                // Should this fail, the lease runs out by itself once this node is gone.
                match presence::leave(&app.store, &lease, until).await {
                    Ok(()) => app.bus.publish(&Event::SeatsChanged),
                    Err(error) => tracing::warn!(%error, "a socket of the desk could not be signed off"),
                }
            });
        }
    }

    pub(super) fn is_shopper(&self) -> bool {
        matches!(self.who, Who::Shopper { .. })
    }

    /// What frames that came together ask for. An error ends the socket.
    pub(super) async fn handle(&self, texts: &[Utf8Bytes]) -> Result<(), Close> {
        let mut sends = Vec::new();
        for text in texts {
            match serde_json::from_str(text) {
                Ok(ClientFrame::Send { cid, conv, body }) => sends.push((cid, conv, body)),
                Ok(frame) => {
                    self.send(std::mem::take(&mut sends)).await?;
                    self.obey(frame).await;
                }
                Err(error) => {
                    self.send(std::mem::take(&mut sends)).await?;
                    let refused = Refused::new(RefusedCode::BadFrame, format!("This frame cannot be read: {error}."));
                    self.refuse(match cid_of(text) {
                        Some(cid) => refused.answering(&cid),
                        None => refused,
                    });
                }
            }
        }
        self.send(sends).await
    }

    async fn obey(&self, frame: ClientFrame) {
        match frame {
            ClientFrame::Auth(_) => {
                self.refuse(Refused::new(RefusedCode::BadFrame, "This socket is already authenticated."));
            }
            // Those are put together, and go another way.
            ClientFrame::Send { .. } => {}
            ClientFrame::Open { conv } => self.open(conv).await,
            ClientFrame::Leave { conv } => {
                if !self.is_shopper() {
                    self.app.hub.unfollow(&self.connection, &conv);
                }
            }
            ClientFrame::Seen { conv, seq } => self.seen(conv, seq).await,
            ClientFrame::Typing { conv, on } => {
                if self.connection.follows(&conv) {
                    self.app.bus.publish(&Event::Typing { conv, who: self.typist(), on });
                }
            }
            ClientFrame::Looking { conv, doing } => self.look(conv, doing),
            ClientFrame::Available { on } => self.set_available(on).await,
            ClientFrame::WrappingUp { on } => self.set_wrapping_up(on).await,
            ClientFrame::Ping { heads } => {
                self.look_on();
                self.pong(&heads);
            }
        }
    }

    /// In their order. An error ends the socket.
    async fn send(&self, sends: Vec<(Cid, ConversationId, SendBody)>) -> Result<(), Close> {
        // Those that may be sent, all to this conversation. One after the other where some were refused.
        let mut to = ConversationId::from("");
        let mut ready = Vec::new();
        for (cid, conv, body) in sends {
            if conv != to || self.order().is_held(&conv) {
                self.take_turns(&to, std::mem::take(&mut ready)).await?;
                to = conv;
            }
            if !self.may_go(&to, &cid) {
                continue;
            }
            match self.check(&cid, &to, body).await {
                Ok(action) => ready.push((cid, action)),
                Err(refused) => {
                    self.take_turns(&to, std::mem::take(&mut ready)).await?;
                    if self.may_go(&to, &cid) {
                        self.conclude(&to, &cid, Err(refused))?;
                    }
                }
            }
        }
        self.take_turns(&to, ready).await
    }

    async fn take_turns(&self, conv: &ConversationId, ready: Vec<(Cid, Action)>) -> Result<(), Close> {
        let ready: Arc<[_]> = ready.into();
        let mut at = 0;
        while let Some((cid, _)) = ready.get(at) {
            // One that was refused just now holds those behind it.
            if !self.may_go(conv, cid) {
                at += 1;
                continue;
            }
            let (done, count) = self.take_turn(conv, ready.clone(), at).await;
            self.conclude(conv, cid, done)?;
            at += count;
        }
        Ok(())
    }

    /// The turn of the one at `at`, and of as many behind it as are committed with it: so many.
    async fn take_turn(
        &self,
        conv: &ConversationId,
        ready: Arc<[(Cid, Action)]>,
        at: usize,
    ) -> (Result<(), Refused>, usize) {
        // A task of its own: a socket that breaks now must not break off the turn before it is published.
        let (app, to) = (self.app.clone(), conv.clone());
        let turn = self.app.tasks.spawn(async move { turns::handle_first(&app, &to, &ready[at..]).await });
        let (refused, count) = match turn.await {
            Ok(Ok((Handled::Done, count))) => return (Ok(()), count),
            Ok(Ok((Handled::Duplicate { seq }, count))) => {
                self.acknowledge(conv, seq).await;
                return (Ok(()), count);
            }
            Ok(Ok((Handled::NotYours, count))) => (not_yours(), count),
            Ok(Ok((Handled::Refused(refusal), count))) => (refused_by(refusal), count),
            Ok(Err(error)) => {
                tracing::error!(%conv, %error, "a turn failed");
                (busy(&error), 1)
            }
            Err(error) => {
                tracing::error!(%conv, %error, "a turn broke");
                let message = "Something went wrong here. Please try again.";
                (Refused::new(RefusedCode::Busy, message).retry_after_ms(5_000), 1)
            }
        };
        (Err(refused), count)
    }

    fn order(&self) -> MutexGuard<'_, Order<Refused>> {
        self.order.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// If not, it is refused like the one before it that has to come again first.
    fn may_go(&self, conv: &ConversationId, cid: &Cid) -> bool {
        let admitted = self.order().admit(conv, cid);
        match admitted {
            Ok(()) => true,
            Err(refused) => {
                self.refuse(refused.answering(cid));
                false
            }
        }
    }

    /// What became of a send that might go.
    fn conclude(&self, conv: &ConversationId, cid: &Cid, done: Result<(), Refused>) -> Result<(), Close> {
        let Err(refused) = done else {
            self.order().settled(conv, cid);
            return Ok(());
        };
        match refused.retry_after_ms {
            Some(_) => self.order().refused(conv, cid, refused.clone()),
            None => self.order().settled(conv, cid),
        }
        let is_over = refused.code == RefusedCode::Unauthorised;
        self.refuse(refused.answering(cid));
        if is_over { Err(Close::Unauthorised) } else { Ok(()) }
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
            Ok(Some(found)) if self.may_see(found.team.as_ref(), found.assignee.as_ref()) => {
                self.app.hub.follow(&self.connection, &conv, super::catch_up::FROM_NOTHING);
                self.connection.behind.notify_one();
            }
            Ok(_) => self.refuse(not_yours()),
            Err(error) => self.refuse(busy(&error.into())),
        }
    }

    /// What is out of an agent's sight is refused as what does not exist.
    pub(super) fn may_see(&self, team: Option<&TeamId>, assignee: Option<&AgentRef>) -> bool {
        self.connection.limited().is_none_or(|viewer| viewer.may_see(team, assignee))
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

    pub(super) fn typist(&self) -> Typist {
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
        let place = match conversation.status.is_waiting() {
            true => Queue::load(&self.app, |conv| *conv == conversation.id).await?.place(&conversation.id),
            false => None,
        };
        let (conv, status) = (conversation.id.clone(), conversation.status.for_shopper());
        let (waiting, wait) = (place.map(|place| place.waiting), place.and_then(|place| place.range()));
        Ok(ServerFrame::Status { conv, status, place: place.map(|place| place.place), waiting, wait })
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
    may(agent, &[], Permission::Desk, None)
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
