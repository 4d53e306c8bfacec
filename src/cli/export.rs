//! `warmline export`: writes articles and playbook back into files.

use std::path::PathBuf;

use clap::Args;

use crate::{
    config::Settings,
    error::Failure,
    service::{
        bulk,
        seeds::{self, Folders},
    },
    store::{Store, articles},
};

#[derive(Args)]
pub struct ExportArgs {
    /// Folder to put knowledge_base, intents and playbook into [default: the folders of the settings]
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// Articles and drafts as one table for spreadsheets, instead of folders
    #[arg(long, value_name = "FILE", conflicts_with = "to")]
    csv: Option<PathBuf>,
}

/// Published articles only. Files that say the same already stay as they are, and so do files the database does
/// not know.
pub async fn export(settings: &Settings, args: &ExportArgs) -> Result<(), Failure> {
    let store = Store::open(&settings.database_url.0, 1).await?;
    if let Some(path) = &args.csv {
        let stored = articles::list(&store).await?;
        store.close().await;
        std::fs::write(path, bulk::to_csv(&stored))
            .map_err(|error| Failure::Other(format!("{} cannot be written: {error}.", path.display())))?;
        println!("written  {}", path.display());
        return Ok(());
    }
    let exported =
        seeds::export(&store, &args.to.as_deref().map_or_else(|| Folders::of(settings), Folders::within)).await?;
    store.close().await;
    for path in &exported.written {
        println!("written  {}", path.display());
    }
    for path in &exported.removed {
        println!("removed  {}", path.display());
    }
    println!(
        "{} files written, {} removed, {} were the same already.",
        exported.written.len(),
        exported.removed.len(),
        exported.unchanged
    );
    Ok(())
}
