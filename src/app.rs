//! Everything a request needs, put together once at start.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use tokio::sync::{Notify, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    bus::Bus,
    clock::Clock,
    config::Settings,
    desk::company::Company,
    domain::{Inbox, Now, ids::InboxId},
    hub::Hub,
    search::Embeddings,
    service::{catalogue::Catalogue, mind::Mind},
    shop::Shop,
    store::Store,
    web::{help::Pages, limits::Limits, metrics::Metrics},
    worker::{desk::DeskChanges, pauses::Pauses},
};

pub struct App {
    /// This process, to the other nodes on the same database. Another one after each start.
    pub node: String,
    pub settings: Settings,
    pub clock: Clock,
    pub store: Store,
    pub shop: Shop,
    pub bus: Bus,
    pub hub: Hub,
    /// Who has which conversation in front of them, on all nodes.
    company: Mutex<Company>,
    pub limits: Limits,
    pub metrics: Metrics,
    /// Of the help centre.
    pub pages: Pages,
    /// Of the studio.
    pub catalogue: Catalogue,
    pub desk_changes: DeskChanges,
    /// Bubbles that this node answers when their shopper has paused.
    pub pauses: Pauses,
    /// Somebody may be given a conversation: one began to wait, or an agent has room.
    pub dispatch_due: Notify,
    /// What the bot knows is stale.
    pub knowledge_changed: Notify,
    /// The state of the database (`store::articles::changes`) that the bot knows.
    pub known_changes: watch::Sender<i64>,
    /// The bot knows something else.
    pub mind_changed: watch::Sender<()>,
    /// The operator's model server.
    pub embeddings: Option<Arc<Embeddings>>,
    /// Something may have been missed: every check against the database is due at once.
    pub checks_due: watch::Sender<()>,
    /// Sockets and turns under way: a stop waits for them.
    pub tasks: TaskTracker,
    /// Set once, when the server goes down.
    pub stopping: CancellationToken,
    inbox: Inbox,
    /// Swapped whole; a std lock, held for the clone of an Arc.
    mind: RwLock<Arc<Mind>>,
}

impl App {
    pub fn new(
        node: String,
        settings: Settings,
        clock: Clock,
        store: Store,
        bus: Bus,
        shop: Shop,
        mind: Mind,
    ) -> Arc<Self> {
        let inbox = Inbox {
            id: InboxId::from("shop"),
            accent: settings.accent.clone(),
            allowed_origins: settings.allowed_origins.clone(),
        };
        let embeddings = settings.embeddings.clone().map(|settings| Arc::new(Embeddings::new(settings)));
        let app = Arc::new(App {
            node,
            limits: Limits::new(settings.rate_limits),
            metrics: Metrics::new(clock.now_ms()),
            pages: Pages::default(),
            catalogue: Catalogue::default(),
            settings,
            clock,
            store,
            shop,
            bus,
            hub: Hub::default(),
            company: Mutex::default(),
            desk_changes: DeskChanges::default(),
            pauses: Pauses::default(),
            dispatch_due: Notify::new(),
            knowledge_changed: Notify::new(),
            known_changes: watch::Sender::new(0),
            mind_changed: watch::Sender::new(()),
            embeddings,
            checks_due: watch::Sender::new(()),
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
            inbox,
            mind: RwLock::new(Arc::new(mind)),
        });
        // Weak: the bus belongs to the app, it must not keep it alive.
        let listener = Arc::downgrade(&app);
        app.bus.listen(move |event| {
            if let Some(app) = listener.upgrade() {
                crate::web::deliver::deliver(&app, event);
            }
        });
        app
    }

    /// A std lock, held for microseconds and never across an await.
    pub fn company(&self) -> MutexGuard<'_, Company> {
        self.company.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn mind(&self) -> Arc<Mind> {
        self.mind.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn replace_mind(&self, mind: Mind) {
        *self.mind.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(mind);
        self.mind_changed.send_replace(());
    }

    /// Replaces this mind; false, and nothing done, if another is there by now.
    pub fn replace_mind_of(&self, before: &Arc<Mind>, mind: Mind) -> bool {
        let mut place = self.mind.write().unwrap_or_else(PoisonError::into_inner);
        let is_there = Arc::ptr_eq(&place, before);
        if is_there {
            *place = Arc::new(mind);
            self.mind_changed.send_replace(());
        }
        is_there
    }

    pub fn now(&self) -> Now {
        self.clock.now(&self.settings.zone)
    }

    pub fn first_inbox(&self) -> &Inbox {
        &self.inbox
    }

    /// The first, and those that `playbook/desk.toml` names beside it. Colour and allowed sites are the settings' for all.
    pub fn inboxes(&self) -> Vec<Inbox> {
        let mind = self.mind();
        let named = mind.playbook.desk.inboxes().filter(|id| **id != self.inbox.id);
        let others = named.map(|id| Inbox { id: id.clone(), ..self.inbox.clone() });
        std::iter::once(self.inbox.clone()).chain(others).collect()
    }

    /// The inbox of this name; without a name, the first.
    pub fn inbox(&self, id: Option<&str>) -> Option<Inbox> {
        let Some(id) = id else { return Some(self.inbox.clone()) };
        self.inboxes().into_iter().find(|inbox| inbox.id.as_str() == id)
    }

    /// Whether browsers reach us over TLS.
    pub fn is_https(&self) -> bool {
        self.settings.public_url.as_ref().is_some_and(|url| url.starts_with("https://"))
    }
}
