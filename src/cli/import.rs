//! `warmline import`: brings articles and playbook from files into the database.

use std::{
    fmt::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;

use super::{
    check::folders,
    known::{self, Known},
};
use crate::{
    clock::Clock,
    config::Settings,
    domain::{Article, playbook::Playbook},
    error::Failure,
    server,
    service::{
        bulk,
        knowledge_tests::{self, Checked, Occasion, Run},
        seeds, trial,
    },
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
    /// Publish even what makes a question of the regression set go worse
    #[arg(long)]
    publish_anyway: bool,
}

/// All files are checked, and the regression set is asked, before anything is written.
pub async fn import(settings: &Settings, args: &ImportArgs) -> Result<(), Failure> {
    if let Some(path) = &args.csv {
        return import_table(settings, path, args).await;
    }
    let folders = folders(settings, args.from.as_deref())?;
    let seeds = seeds::read(&folders)?;
    // The database may have what the files do not.
    for loose in seeds::loose_ends(&folders)? {
        println!("{loose}");
    }
    server::check_data_dir(&settings.data_dir)?;
    let of = args.from.as_ref().map_or_else(|| "files".to_owned(), |from| from.display().to_string());
    let run = tried(settings, (seeds.articles.clone(), Some(seeds.playbook.clone())), &of).await?;
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
        told(run.as_ref());
        println!("Nothing was written: this was a dry run.");
        return Ok(());
    }
    may_publish(run.as_ref(), args)?;
    let imported = seeds::import(&store, &seeds, Clock::System.now_ms()).await?;
    keep(&store, run).await?;
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

async fn import_table(settings: &Settings, path: &Path, args: &ImportArgs) -> Result<(), Failure> {
    let bytes =
        std::fs::read(path).map_err(|error| Failure::Other(format!("{} cannot be read: {error}.", path.display())))?;
    server::check_data_dir(&settings.data_dir)?;
    let store = Store::open(&settings.database_url.0, 1).await?;
    let stored = articles::list(&store).await?;
    let read = bulk::from_csv(&path.display().to_string(), &bulk::text_of(&bytes), &stored)
        .map_err(|mistakes| Failure::Other(bulk::told(&mistakes).trim_end().to_owned()))?;
    let plan = bulk::plan(&stored, &read);
    println!("{plan}");
    let run = tried(settings, (plan.written(&read), None), &path.display().to_string()).await?;
    if args.dry_run {
        told(run.as_ref());
        println!("Nothing was written: this was a dry run.");
    } else {
        may_publish(run.as_ref(), args)?;
        bulk::apply(&store, read, None, Clock::System.now_ms()).await?;
        keep(&store, run).await?;
    }
    store.close().await;
    Ok(())
}

/// What it would do to the regression set; `None` where there is none, as before the first import.
async fn tried(
    settings: &Settings,
    supposed: (Vec<Article>, Option<Arc<Playbook>>),
    of: &str,
) -> Result<Option<Run>, Failure> {
    let tests = known::tests(settings).await?;
    if tests.is_empty() {
        return Ok(None);
    }
    let Known { mind, shop, now } = known::load(settings).await?;
    trial::of_files(&mind, supposed, &shop, &tests, (of, &now)).map(Some)
}

/// The questions that would go worse, each on a line of its own.
fn broken(run: &Run) -> String {
    run.broken.iter().fold(String::new(), |mut told, Checked { test, .. }| {
        let _ = writeln!(told, "  {} [{}]", test.question, test.lang);
        told
    })
}

fn told(run: Option<&Run>) {
    let Some(run) = run else { return };
    println!("Regression set: {} passed, {} broken, {} fixed.", run.passed, run.broken.len(), run.fixed.len());
    print!("{}", broken(run));
}

/// # Errors
/// It would break a question of the regression set, and nobody said that it may.
fn may_publish(run: Option<&Run>, args: &ImportArgs) -> Result<(), Failure> {
    match run {
        Some(run) if !run.broken.is_empty() && !args.publish_anyway => Err(Failure::Other(format!(
            "These questions of the regression set would go worse, so nothing was written:\n{}\
             Import with --publish-anyway to publish all the same.",
            broken(run)
        ))),
        run => {
            told(run);
            Ok(())
        }
    }
}

/// Into the history of runs, beside those of the studio.
async fn keep(store: &Store, run: Option<Run>) -> Result<(), Failure> {
    let Some(run) = run else { return Ok(()) };
    knowledge_tests::keep(store, &Run { how: Some(Occasion::Imported), ..run }).await
}
