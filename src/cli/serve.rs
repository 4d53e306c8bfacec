//! `warmline serve`: the server, from settings to a clean stop.

use crate::{clock::Clock, config::Settings, error::Failure, server, service::seeds};

pub async fn serve(settings: Settings) -> Result<(), Failure> {
    // The port first: a second server must not touch the data of the first.
    let listener = server::listen(&settings).await?;
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
