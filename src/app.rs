//! Everything a request needs, put together once at start.

use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::{Notify, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    bus::Bus,
    clock::Clock,
    config::Settings,
    domain::{Inbox, Now, ids::InboxId},
    hub::Hub,
    service::mind::Mind,
    shop::Shop,
    store::Store,
    web::{limits::Limits, metrics::Metrics},
    worker::desk::DeskChanges,
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
    pub limits: Limits,
    pub metrics: Metrics,
    pub desk_changes: DeskChanges,
    /// What the bot knows is stale.
    pub knowledge_changed: Notify,
    /// The state of the database (`store::articles::changes`) that the bot knows.
    pub known_changes: watch::Sender<i64>,
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
        let app = Arc::new(App {
            node,
            limits: Limits::new(settings.rate_limits),
            metrics: Metrics::new(clock.now_ms()),
            settings,
            clock,
            store,
            shop,
            bus,
            hub: Hub::default(),
            desk_changes: DeskChanges::default(),
            knowledge_changed: Notify::new(),
            known_changes: watch::Sender::new(0),
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

    pub fn mind(&self) -> Arc<Mind> {
        self.mind.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn replace_mind(&self, mind: Mind) {
        *self.mind.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(mind);
    }

    pub fn now(&self) -> Now {
        self.clock.now(&self.settings.zone)
    }

    /// The inbox of this name; without a name, the first.
    pub fn inbox(&self, id: Option<&str>) -> Option<&Inbox> {
        id.is_none_or(|id| id == self.inbox.id.as_str()).then_some(&self.inbox)
    }

    /// Whether browsers reach us over TLS.
    pub fn is_https(&self) -> bool {
        self.settings.public_url.as_ref().is_some_and(|url| url.starts_with("https://"))
    }
}
