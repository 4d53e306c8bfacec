//! `warmline import`: brings articles and playbook from files into the database.

use std::path::{Path, PathBuf};

use clap::Args;

use super::check::folders;
use crate::{
    clock::Clock,
    config::Settings,
    error::Failure,
    server,
    service::{bulk, seeds},
    store::{Store, articles, playbook_files},
};

#[derive(Args)]
pub struct ImportArgs {
    /// Folder that holds knowledge_base, intents and playbook [default: the folders of the settings]
    #[arg(long, value_name = "DIR")]
    from: Option<PathBuf>,
    /// Articles of this table alone (columns as `export --csv` writes them)
    #[arg(long, value_name = "FILE", conflicts_with = "from")]
    csv: Option<PathBuf>,
    /// Say what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// All files are checked before anything is written.
pub async fn import(settings: &Settings, args: &ImportArgs) -> Result<(), Failure> {
    if let Some(path) = &args.csv {
        return import_table(settings, path, args.dry_run).await;
    }
    let seeds = seeds::read(&folders(settings, args.from.as_deref())?)?;
    server::check_data_dir(&settings.data_dir)?;
    let store = Store::open(&settings.database_url.0, 1).await?;
    if args.dry_run {
        let plan = bulk::plan(&articles::list(&store).await?, &seeds.articles);
        let kept = playbook_files::all(&store).await?;
        let shown = seeds::picture_changes(&store, &seeds.pictures).await?;
        store.close().await;
        println!("{plan}");
        for change in shown {
            println!("{change}");
        }
        for change in seeds::playbook_changes(&kept, &seeds.playbook_files) {
            println!("{change}");
        }
        println!("Nothing was written: this was a dry run.");
        return Ok(());
    }
    let imported = seeds::import(&store, &seeds, Clock::System.now_ms()).await?;
    store.close().await;
    println!(
        "{} articles read, {} of them new or changed; pictures new or changed: {}. The playbook {}.",
        imported.articles,
        imported.articles_changed,
        imported.pictures_changed,
        if imported.playbook_changed { "was replaced" } else { "was the same already" }
    );
    Ok(())
}

async fn import_table(settings: &Settings, path: &Path, is_dry: bool) -> Result<(), Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::Other(format!("{} cannot be read: {error}.", path.display())))?;
    server::check_data_dir(&settings.data_dir)?;
    let store = Store::open(&settings.database_url.0, 1).await?;
    let stored = articles::list(&store).await?;
    let read = bulk::from_csv(&path.display().to_string(), &text, &stored)
        .map_err(|mistakes| Failure::Other(bulk::told(&mistakes).trim_end().to_owned()))?;
    println!("{}", bulk::plan(&stored, &read));
    match is_dry {
        true => println!("Nothing was written: this was a dry run."),
        false => _ = bulk::apply(&store, read, None, Clock::System.now_ms()).await?,
    }
    store.close().await;
    Ok(())
}
