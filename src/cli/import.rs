//! `warmline import`: brings articles and playbook from files into the database.

use std::path::PathBuf;

use clap::Args;

use super::check::folders;
use crate::{clock::Clock, config::Settings, error::Failure, server, service::seeds, store::Store};

#[derive(Args)]
pub struct ImportArgs {
    /// Folder that holds knowledge_base, intents and playbook [default: the folders of the settings]
    #[arg(long, value_name = "DIR")]
    from: Option<PathBuf>,
}

/// All files are checked before anything is written.
pub async fn import(settings: &Settings, args: &ImportArgs) -> Result<(), Failure> {
    let seeds = seeds::read(&folders(settings, args.from.as_deref())?)?;
    server::check_data_dir(&settings.data_dir)?;
    let store = Store::open(&settings.database_url.0, 1).await?;
    let imported = seeds::import(&store, &seeds, Clock::System.now_ms()).await?;
    store.close().await;
    println!(
        "{} articles read, {} of them new or changed. The playbook {}.",
        imported.articles,
        imported.articles_changed,
        if imported.playbook_changed { "was replaced" } else { "was the same already" }
    );
    Ok(())
}
