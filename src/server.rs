//! The server: takes its listener and the future that stops it, so that tests bind port 0 and stop when they like.

use std::{future::Future, net::SocketAddr, path::Path, sync::Arc, time::Duration};

use axum::serve::ListenerExt;
use tokio::{net::TcpListener, time::timeout};
use uuid::Uuid;

use crate::{
    app::App,
    bus::Bus,
    clock::Clock,
    config::Settings,
    error::Failure,
    hub::{Close, outbox::Kind},
    service::{knowledge, seeds},
    store::{Store, nodes},
    web::{self, frames::ServerFrame},
    worker,
};

/// Connections for reads from a file; each costs about a megabyte when used.
const FILE_READERS: u32 = 4;
/// Connections for reads from a server: more, because each waits for the network.
const SERVER_READERS: u32 = 8;
/// Clients come back within this time of a drain, spread so that they do not come all at once.
const RETRY_WITHIN_MS: u64 = 4_000;
/// Sockets that have not closed after this are cut.
const DRAIN_WITHIN: Duration = Duration::from_secs(8);
const REQUESTS_WITHIN: Duration = Duration::from_secs(2);

/// Binds the address of the settings.
pub async fn listen(settings: &Settings) -> Result<TcpListener, Failure> {
    TcpListener::bind(settings.listen).await.map_err(|error| {
        let why = match error.kind() {
            std::io::ErrorKind::AddrInUse => "the port is in use by another program".to_owned(),
            std::io::ErrorKind::PermissionDenied => "this user may not use that port".to_owned(),
            std::io::ErrorKind::AddrNotAvailable => "this machine has no such address".to_owned(),
            _ => error.to_string(),
        };
        Failure::Listen { address: settings.listen.to_string(), why }
    })
}

/// Opens the database, imports the seeds where it is new, checks them where it is not.
pub async fn prepare(settings: Settings, clock: Clock) -> Result<(Arc<App>, i64), Failure> {
    check_data_dir(&settings.data_dir)?;
    let readers = if settings.database_url.0.starts_with("sqlite:") { FILE_READERS } else { SERVER_READERS };
    let store = Store::open(&settings.database_url.0, readers).await?;
    let now = clock.now(&settings.zone);
    // Of several nodes that start at once on a new database one imports and makes the accounts.
    let alone = store.set_up_alone().await?;
    let seeds = seeds::prepare(&store, &settings, &now).await?;
    alone.end().await?;
    if settings.encoder().is_none() {
        tracing::warn!("the sentence model is off: answers go by words alone, with stricter thresholds");
    }
    let known = knowledge::load(&store, &now, settings.encoder(), None).await?;
    let node = Uuid::now_v7().to_string();
    let bus = match &settings.nats {
        None => Bus::local(settings.bus_storm),
        // Nodes of one database hear each other, and nobody else.
        Some(nats) => Bus::nats(nats, &format!("warmline.{}", store.epoch()), &node, settings.bus_storm)
            .await
            .map_err(Failure::Other)?,
    };
    let app = App::new(node, settings, clock, store, bus, seeds.shop, known.mind);
    app.metrics.articles.set(app.mind().shelf.len() as i64);
    Ok((app, known.changes))
}

/// Serves until `shutdown` resolves, then drains: no new connections, `drain` to every socket, a close frame,
/// unfinished turns, the database.
pub async fn run(
    app: Arc<App>,
    changes: i64,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Failure> {
    let workers = tokio::spawn(worker::run(app.clone(), changes));
    let stopping = app.stopping.clone();
    tokio::spawn(async move {
        shutdown.await;
        stopping.cancel();
    });
    // Frames are small and follow each other: Nagle's algorithm would hold an answer back for 40 ms.
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "a connection stays slow");
        }
    });
    let service = web::router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let stopped = app.stopping.clone().cancelled_owned();
    let serving = axum::serve(listener, service).with_graceful_shutdown(stopped);
    let serving = tokio::spawn(async move { serving.await });
    app.stopping.cancelled().await;
    tracing::info!("going down");
    drain(&app);
    app.tasks.close();
    if timeout(DRAIN_WITHIN, app.tasks.wait()).await.is_err() {
        tracing::warn!("some sockets did not close in time");
    }
    // Requests under way get a moment; a client that keeps a connection open does not hold us.
    let _ = timeout(REQUESTS_WITHIN, serving).await;
    let _ = workers.await;
    if let Err(error) = nodes::leave(&app.store, &app.node).await {
        tracing::debug!(%error, "the lease of this node is left to run out");
    }
    app.store.close().await;
    tracing::info!("down");
    Ok(())
}

fn drain(app: &App) {
    for connection in app.hub.connections() {
        // A prime spreads consecutive connections over the whole time.
        let retry_in_ms = 250 + connection.id().wrapping_mul(7_919) % RETRY_WITHIN_MS;
        connection.outbox.push(ServerFrame::Drain { retry_in_ms }.encode(), Kind::Lasting);
        connection.outbox.close(Close::GoingAway);
    }
}

/// Creates the folder where needed and proves that it can be written to.
pub fn check_data_dir(path: &Path) -> Result<(), Failure> {
    let fails = |why: String| Failure::DataDir { path: path.to_owned(), why };
    if path.exists() && !path.is_dir() {
        return Err(fails("it is a file, not a folder".into()));
    }
    std::fs::create_dir_all(path).map_err(|error| fails(reason(&error)))?;
    let probe = path.join(".warmline-write-test");
    std::fs::write(&probe, b"written to see whether this folder can be written to")
        .and_then(|()| std::fs::remove_file(&probe))
        .map_err(|error| fails(reason(&error)))
}

fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::PermissionDenied => "this user may not write there".into(),
        std::io::ErrorKind::ReadOnlyFilesystem => "it is on a read-only file system".into(),
        std::io::ErrorKind::StorageFull => "the disk is full".into(),
        std::io::ErrorKind::NotADirectory => "a part of its path is a file, not a folder".into(),
        _ => error.to_string(),
    }
}

/// Resolves on SIGTERM or Ctrl-C. Listens from the moment it is called, not only once it is awaited.
pub fn stop_signal() -> impl Future<Output = ()> + Send + 'static {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| signal(kind).inspect_err(|error| tracing::warn!(%error, "a signal cannot be listened to"));
        let (terminate, interrupt) = (listen(SignalKind::terminate()), listen(SignalKind::interrupt()));
        async move {
            let (Ok(mut terminate), Ok(mut interrupt)) = (terminate, interrupt) else {
                return std::future::pending().await;
            };
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        }
    }
    #[cfg(not(unix))]
    async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
