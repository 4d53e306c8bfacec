//! `warmline serve`: the server, from settings to a clean stop.

use std::fs::{File, TryLockError};

use crate::{clock::Clock, config::Settings, error::Failure, server, service::seeds};

pub async fn serve(settings: Settings) -> Result<(), Failure> {
    // The port and the folder first: a second server must not touch the data of the first.
    let listener = server::listen(&settings).await?;
    server::check_data_dir(&settings.data_dir)?;
    let _alone = alone_in_its_folder(&settings)?;
    let address = listener.local_addr().map_err(|error| Failure::Other(error.to_string()))?;
    if !settings.unknown_environment.is_empty() {
        tracing::warn!(
            variables = settings.unknown_environment.join(" "),
            "no settings of ours: see docs/configuration.md"
        );
    }
    let (app, changes) = server::prepare(settings, Clock::System).await?;
    let stop = server::stop_signal();
    let url = app.settings.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    println!(
        "Warmline {version} is ready.\n\n\
         \x20 Demo shop with the chat  {url}/demo/\n\
         \x20 Console: agents' desk    {url}/console/\n\
         \x20 Knowledge editor         {url}/console/#/knowledge\n",
        version = env!("CARGO_PKG_VERSION"),
    );
    let demo = seeds::demo_sign_ins(&app.store).await?;
    if !demo.is_empty() {
        println!("Demo sign-ins (change or disable them before anybody else can reach this server):");
        for sign_in in demo {
            println!("  {:10} {}  {}", sign_in.role, sign_in.mail, sign_in.password);
        }
        println!();
    }
    println!("Data is in {}. Stop with Ctrl-C.", app.store.place());
    server::run(app, changes, listener, stop).await
}

/// Nodes share a PostgreSQL database, never a folder: two servers would each have a queue of their own. Held while the
/// file is open; the system lets go of it however the program ends.
fn alone_in_its_folder(settings: &Settings) -> Result<Option<File>, Failure> {
    if !settings.database_url.0.starts_with("sqlite:") {
        return Ok(None);
    }
    let path = settings.data_dir.clone();
    let file = File::create(path.join(".warmline-lock"))
        .map_err(|error| Failure::DataDir { path: path.clone(), why: error.to_string() })?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(Failure::DataDir {
            path,
            why: "another Warmline server is running on it; stop that one first, or choose another folder with --data-dir"
                .into(),
        }),
        // Some network file systems have no locks.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(Some(file)),
    }
}
