//! People at a real server: stories read as what they do. Waits are on frames with a deadline, never sleeps.
//!
//! Where the environment names a PostgreSQL server ([`services`]), houses keep their data there.

pub mod agent;
mod desk;
pub mod nats;
pub mod postgres;
pub mod proxy;
pub mod services;
pub mod shopper;
mod wire;

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc, Once,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tempfile::TempDir;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};
use tracing_subscriber::{Layer, layer::SubscriberExt};
use warmline::{
    app::App,
    cli::http::{self, Answer},
    clock::Clock,
    config::{Flags, RawConfig, Settings},
    domain::Role,
    error::Failure,
    server,
    service::accounts,
};

pub use agent::Agent;
pub use shopper::Shopper;
pub use wire::{End, Wire};

/// What a person waits for at most. Generous: the machine may be busy, and a story that holds never waits this long.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// One server on a port of its own with the demo shop, from the real files.
pub struct House {
    pub app: Arc<App>,
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    running: Option<JoinHandle<Result<(), Failure>>>,
    /// Go when the house does.
    folders: Vec<TempDir>,
    errors_before: usize,
}

impl House {
    pub async fn open() -> House {
        House::open_with(&[]).await
    }

    /// With settings as on the command line.
    pub async fn open_with(settings: &[(&'static str, &str)]) -> House {
        House::open_at(Clock::System, settings).await
    }

    /// With a clock of the test's own.
    pub async fn open_at(clock: Clock, settings: &[(&'static str, &str)]) -> House {
        count_error_logs();
        let errors_before = ERRORS.load(Ordering::SeqCst);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let in_repo = |name: &str| root.join(name).display().to_string();
        let mut values = vec![
            ("data_dir", folder.path().join("data").display().to_string()),
            ("knowledge_dir", in_repo("knowledge_base")),
            ("intents_dir", in_repo("intents")),
            ("playbook_dir", in_repo("playbook")),
            ("shop_dir", in_repo("demo")),
        ];
        if services::postgres().is_some() {
            values.push(("database_url", postgres::new_database().await));
        }
        values.extend(services::storm().map(|storm| ("bus_storm", storm)));
        values.extend(settings.iter().map(|(key, value)| (*key, (*value).to_owned())));
        let settings = Settings::check(RawConfig::read(&Flags { config: None, values })).expect("valid settings");
        let (app, changes) = server::prepare(settings, clock).await.expect("a server");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(server::run(app.clone(), changes, listener, async {
            let _ = stopped.await;
        }));
        House { app, address, stop: Some(stop), running: Some(running), folders: vec![folder], errors_before }
    }

    pub async fn shopper(&self, lang: &str) -> Shopper {
        Shopper::arrive(self.address, lang).await
    }

    /// Where the desk's file names a second inbox.
    pub async fn shopper_at(&self, inbox: &str, lang: &str) -> Shopper {
        Shopper::arrive_at(self.address, inbox, lang).await
    }

    /// An agent with an account of their own, signed in at the desk.
    pub async fn agent(&self, name: &str) -> Agent {
        self.staff(name, Role::Agent).await;
        Agent::arrive(self.address, &mail_of(name), PASSWORD).await
    }

    /// An account; the session cookie of whoever signs in with it.
    pub async fn staff(&self, name: &str, role: Role) -> String {
        accounts::add(&self.app.store, &mail_of(name), name, role, PASSWORD, self.app.clock.now_ms())
            .await
            .expect("an account")
            .expect("a mail address of their own");
        agent::sign_in(self.address, &mail_of(name), PASSWORD).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.request("GET", path, &[], "").await
    }

    pub async fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        http::request(&self.address.to_string(), method, path, headers, body).await.expect("an answer")
    }

    /// Starts the drain; the server goes down while people watch.
    pub fn begin_to_close(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }

    /// Stops the server as SIGTERM would and looks for what was left behind.
    pub async fn close(mut self) {
        self.begin_to_close();
        let running = self.running.take().expect("runs once");
        tokio::time::timeout(PATIENCE, running)
            .await
            .expect("the drain ends")
            .expect("no panic")
            .expect("a clean stop");
        assert!(self.app.hub.hosted().is_empty(), "subscriptions were left behind");
        assert!(self.app.hub.connections().is_empty(), "connections were left behind");
        let errors = ERRORS.load(Ordering::SeqCst) - self.errors_before;
        assert_eq!(errors, 0, "errors were logged; see them with --nocapture");
    }
}

const PASSWORD: &str = "correct horse battery staple";

fn mail_of(name: &str) -> String {
    format!("{}@desk.example", name.to_lowercase())
}

static ERRORS: AtomicUsize = AtomicUsize::new(0);

/// Counts what is logged as an error, and prints it.
struct ErrorCounter;

impl<S: tracing::Subscriber> Layer<S> for ErrorCounter {
    fn on_event(&self, event: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        if *event.metadata().level() == tracing::Level::ERROR {
            ERRORS.fetch_add(1, Ordering::SeqCst);
            println!("logged as an error: {event:?}");
        }
    }
}

fn count_error_logs() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(ErrorCounter));
    });
}
