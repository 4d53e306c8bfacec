//! `warmline restore`: puts a backup in the place of the database; clients notice by its new epoch and start over.

use std::path::PathBuf;

use clap::Args;

use crate::{clock::Clock, config::Settings, error::Failure, server, service::backup};

#[derive(Args)]
pub struct RestoreArgs {
    /// The backup
    #[arg(required_unless_present = "new_epoch", conflicts_with = "new_epoch")]
    file: Option<PathBuf>,
    /// Also replace a database that has data; it is kept beside the restored one
    #[arg(long)]
    force: bool,
    /// Restore nothing, only tell clients to start over: after pg_restore
    #[arg(long)]
    new_epoch: bool,
}

pub async fn restore(settings: &Settings, args: &RestoreArgs) -> Result<(), Failure> {
    let url = &settings.database_url.0;
    let Some(file) = &args.file else {
        let report = backup::begin_new_history(url, args.force, Clock::System.now_ms()).await?;
        super::doctor::print(&report);
        println!("Clients start over with what this database has. Servers may be started.");
        return Ok(());
    };
    server::check_data_dir(&settings.data_dir)?;
    let now = jiff::Timestamp::from_millisecond(Clock::System.now_ms()).unwrap_or_default();
    let stamp = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let copied = backup::restore(url, file, args.force, &stamp).await?;
    if let Some(report) = &copied.report {
        println!("Restored {} conversations with {} entries.", report.conversations, report.entries);
    }
    if let Some(aside) = &copied.kept_aside {
        println!("The database of before is kept as {}.", aside.display());
    }
    println!("Clients start over with what the backup has. Servers may be started.");
    Ok(())
}
