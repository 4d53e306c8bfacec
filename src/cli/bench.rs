//! `warmline bench`: figures that anyone can check on their own machine.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::{Args, Subcommand};
use tokio::sync::oneshot;

use super::{client::ServerUrl, play};
use crate::{
    clock::Clock,
    config::{Secret, Settings},
    domain::{Article, Lang},
    error::Failure,
    server,
    store::{articles, sqlite_url},
};

/// Figures of this build on this machine.
#[derive(Args)]
pub struct BenchArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// A bot turn, frame in to answer frame out, over a real socket
    Turn(TurnArgs),
}

/// Starts a server of its own with many articles and asks it their questions, one new shopper each. Its data lies in
/// memory (/dev/shm) where there is such a folder, so that the figure does not measure the disk's fsync.
#[derive(Args)]
struct TurnArgs {
    /// Articles the bot knows; beyond the shop's own they are variations of those
    #[arg(long, default_value_t = 1_000)]
    articles: usize,
    /// Turns that are measured
    #[arg(long, default_value_t = 2_000)]
    turns: usize,
    /// Fail if the 99th percentile is above this
    #[arg(long, value_name = "MS")]
    budget_ms: Option<f64>,
}

/// Turns before the measured ones: caches fill, threads start.
const WARM_UP: usize = 100;

pub async fn bench(settings: Settings, args: BenchArgs) -> Result<ExitCode, Failure> {
    match args.what {
        What::Turn(args) => {
            let folder = Folder::create()?;
            let measured = turns(settings, &args, &folder.0).await;
            drop(folder);
            report(&args, measured?)
        }
    }
}

async fn turns(settings: Settings, args: &TurnArgs, folder: &Path) -> Result<Vec<Duration>, Failure> {
    let settings = Settings {
        listen: ([127, 0, 0, 1], 0).into(),
        data_dir: folder.to_owned(),
        database_url: Secret(sqlite_url(&folder.join("warmline.db"))),
        nats: None,
        public_url: None,
        rate_limits: false,
        ..settings
    };
    let listener = server::listen(&settings).await?;
    let address = listener.local_addr().map_err(|error| Failure::Other(error.to_string()))?;
    let (app, _) = server::prepare(settings, Clock::System).await?;
    let own = articles::all_published(&app.store).await?;
    let questions = questions(&own);
    articles::import(&app.store, variations(&own, args.articles), app.clock.now_ms()).await?;
    let building = Instant::now();
    // 0 is never the state of a database with articles, so everything is read.
    let changes = crate::service::knowledge::refresh(&app, 0).await?;
    println!("index of {} articles built in {} ms", app.mind().shelf.len(), building.elapsed().as_millis());

    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(server::run(app, changes, listener, async {
        let _ = stopped.await;
    }));
    let url: ServerUrl = format!("http://{address}").parse().map_err(Failure::Other)?;
    let mut measured = Vec::with_capacity(args.turns);
    for (turn, (lang, question)) in questions.iter().cycle().take(WARM_UP + args.turns).enumerate() {
        let (_, took) = play::ask(&url, *lang, question).await.map_err(Failure::Other)?;
        if turn >= WARM_UP {
            measured.push(took);
        }
    }
    let _ = stop.send(());
    running.await.map_err(|error| Failure::Other(error.to_string()))??;
    Ok(measured)
}

fn questions(articles: &[Article]) -> Vec<(Lang, String)> {
    let texts = articles.iter().flat_map(|article| &article.texts.0);
    texts.flat_map(|(lang, text)| text.questions.iter().map(|question| (*lang, question.clone()))).collect()
}

/// The shop's articles again and again with a number in each phrasing, until there are `wanted` in all.
fn variations(own: &[Article], wanted: usize) -> Vec<Article> {
    let missing = wanted.saturating_sub(own.len());
    let numbered = own.iter().cycle().take(missing).enumerate();
    numbered
        .map(|(number, article)| {
            let mut article = article.clone();
            article.id = format!("{}-{number}", article.id);
            for text in article.texts.0.values_mut() {
                text.title = format!("{} {number}", text.title);
                for question in &mut text.questions {
                    *question = format!("{question} {number}");
                }
            }
            article
        })
        .collect()
}

fn report(args: &TurnArgs, mut measured: Vec<Duration>) -> Result<ExitCode, Failure> {
    measured.sort();
    let at = |share: f64| {
        let last = measured.len().saturating_sub(1);
        measured.get(((measured.len() as f64 * share) as usize).min(last)).map_or(0.0, |took| took.as_secs_f64() * 1e3)
    };
    println!(
        "{} turns, frame in to answer frame out: p50 {:.2} ms, p90 {:.2} ms, p99 {:.2} ms, most {:.2} ms",
        measured.len(),
        at(0.5),
        at(0.9),
        at(0.99),
        at(1.0)
    );
    match args.budget_ms {
        Some(budget_ms) if at(0.99) > budget_ms => {
            println!("p99 is above the budget of {budget_ms} ms");
            Ok(ExitCode::FAILURE)
        }
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// A folder that is gone when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn create() -> Result<Self, Failure> {
        let memory = Path::new("/dev/shm");
        let parent = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let path = parent.join(format!("warmline-bench-{}", std::process::id()));
        std::fs::create_dir_all(&path)
            .map_err(|error| Failure::DataDir { path: path.clone(), why: error.to_string() })?;
        Ok(Folder(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
