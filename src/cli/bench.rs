//! `warmline bench`: figures that anyone can check on their own machine.

mod desk;
mod studio;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use clap::{Args, Subcommand};
use rustix::time::{ClockId, clock_gettime};
use serde_json::json;
use tokio::{net::TcpListener, sync::oneshot};

use super::{client::ServerUrl, http, play};
use crate::{
    app::App,
    clock::Clock,
    config::{Secret, Settings},
    domain::{Article, Lang},
    error::Failure,
    server,
    service::{knowledge, rehearsal::Rehearsal},
    store::{articles, health, self_tests, sqlite_url},
};

/// Figures of this build on this machine.
#[derive(Args)]
pub struct BenchArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// A bot turn: what it costs to understand and decide, and how long it takes over a real socket
    Turn(TurnArgs),
    /// The desk: from a shopper's word to the agent's alarm, and from room to the next conversation
    Desk(desk::DeskArgs),
    /// The studio with very many articles: list, search, publish, replay
    Studio(studio::StudioArgs),
}

/// Starts a server of its own with many articles, measures how long they take to be indexed, asks their questions without
/// sockets and database, counting processor time, and then over its sockets, one new shopper each: at once, while the
/// server looks at the new articles' health and examines them, and again when that is done. Its data lies in memory
/// (/dev/shm) where there is such a folder, so that the figure does not measure the disk's fsync.
#[derive(Args)]
struct TurnArgs {
    /// Articles the bot knows; beyond the shop's own they are variations of those
    #[arg(long, default_value_t = 1_000)]
    articles: usize,
    /// In this language only, as a shop of one language would have them
    #[arg(long)]
    lang: Option<Lang>,
    /// At most that many phrasings of an article in one language, beside its title
    #[arg(long)]
    phrasings: Option<usize>,
    /// Turns that are measured
    #[arg(long, default_value_t = 2_000)]
    turns: usize,
    /// Fail if the 99th percentile is above this, once nothing else is under way
    #[arg(long, value_name = "MS")]
    budget_ms: Option<f64>,
}

/// Turns before the measured ones: caches fill, threads start.
const WARM_UP: usize = 100;

pub async fn bench(settings: Settings, args: BenchArgs) -> Result<ExitCode, Failure> {
    match args.what {
        What::Desk(args) => desk::bench(settings, &args).await,
        What::Studio(args) => studio::bench(settings, &args).await,
        What::Turn(args) => {
            let folder = Folder::create()?;
            let measured = turns(settings, &args, &folder.0).await;
            drop(folder);
            let Measured { in_process, beside_others, at_rest } = measured?;
            print("turns", "understanding, search and decision, processor time", &in_process);
            print("turns", "frame in to answer frame out, beside the look at new articles", &beside_others);
            print("turns", "frame in to answer frame out", &at_rest);
            match args.budget_ms {
                Some(budget_ms) if percentile(&at_rest, 0.99) > budget_ms => {
                    println!("p99 is above the budget of {budget_ms} ms");
                    Ok(ExitCode::FAILURE)
                }
                _ => Ok(ExitCode::SUCCESS),
            }
        }
    }
}

/// All ascending.
struct Measured {
    in_process: Vec<Duration>,
    /// Over sockets, soon after the start.
    beside_others: Vec<Duration>,
    at_rest: Vec<Duration>,
}

async fn turns(settings: Settings, args: &TurnArgs, folder: &Path) -> Result<Measured, Failure> {
    let Own { app, listener, authority, .. } = Own::open(settings, folder).await?;
    let mut own = articles::all_published(&app.store).await?;
    if let Some(lang) = args.lang {
        own.iter_mut().for_each(|article| article.texts.0.retain(|of, _| *of == lang));
    }
    let questions = questions(&own);
    if let Some(most) = args.phrasings {
        let texts = own.iter_mut().flat_map(|article| article.texts.0.values_mut());
        texts.for_each(|text| text.questions.truncate(most));
    }
    let many = own.iter().cloned().chain(variations(&own, args.articles)).collect();
    articles::import(&app.store, many, app.clock.now_ms()).await?;
    let building = Instant::now();
    // 0 is never the state of a database with articles, so everything is read.
    let changes = knowledge::refresh(&app, 0).await?;
    println!(
        "index of {} articles ({} phrasings) built in {:.1} s",
        app.mind().shelf.len(),
        app.mind().phrasings(),
        building.elapsed().as_secs_f64()
    );
    let changes = one_more_phrasing(&app, own, changes).await?;
    println!("resident memory {} MB", resident_mb());
    let in_process = in_process(&app, &questions, args.turns);
    let pause = Duration::from_millis(app.mind().playbook.manners.pause_ms.unsigned_abs());

    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(server::run(app.clone(), changes, listener, async {
        let _ = stopped.await;
    }));
    let url: ServerUrl = format!("http://{authority}").parse().map_err(Failure::Other)?;
    let beside_others = over_socket(&url, &questions, args.turns, pause).await?;
    while !has_looked(&app).await? {
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let at_rest = over_socket(&url, &questions, args.turns, pause).await?;
    let _ = stop.send(());
    running.await.map_err(|error| Failure::Other(error.to_string()))??;
    Ok(Measured { in_process, beside_others, at_rest })
}

/// Each question as a new shopper's, one after the other, ascending.
async fn over_socket(
    url: &ServerUrl,
    questions: &[(Lang, String)],
    turns: usize,
    pause: Duration,
) -> Result<Vec<Duration>, Failure> {
    let mut measured = Vec::with_capacity(turns);
    let mut waited = 0;
    for (turn, (lang, question)) in questions.iter().cycle().take(WARM_UP + turns).enumerate() {
        let (_, took) = play::ask(url, *lang, question).await.map_err(Failure::Other)?;
        if turn >= WARM_UP {
            // Half a thought is left time to become a whole one; the turn that answers begins after that.
            let after_pause = took.checked_sub(pause);
            waited += usize::from(after_pause.is_some());
            measured.push(after_pause.unwrap_or(took));
        }
    }
    println!("{waited} turns waited {} ms for more to come, which is not counted", pause.as_millis());
    measured.sort();
    Ok(measured)
}

/// Whether the look at the articles' health and their examination are over.
async fn has_looked(app: &App) -> Result<bool, Failure> {
    let known = *app.known_changes.borrow();
    let health = health::last(&app.store).await?.is_some_and(|(changes, ..)| changes >= known);
    Ok(health && self_tests::last(&app.store).await?.is_some_and(|(changes, _)| changes >= known))
}

/// A server of the bench's own, with its data in a folder.
struct Own {
    app: Arc<App>,
    changes: i64,
    listener: TcpListener,
    /// `host:port`
    authority: String,
}

impl Own {
    async fn open(settings: Settings, folder: &Path) -> Result<Self, Failure> {
        Self::open_on(settings, folder, sqlite_url(&folder.join("warmline.db"))).await
    }

    async fn open_on(settings: Settings, folder: &Path, database: String) -> Result<Self, Failure> {
        let settings = Settings {
            listen: ([127, 0, 0, 1], 0).into(),
            data_dir: folder.to_owned(),
            database_url: Secret(database),
            nats: None,
            public_url: None,
            rate_limits: false,
            ..settings
        };
        let listener = server::listen(&settings).await?;
        let authority = listener.local_addr().map_err(|error| Failure::Other(error.to_string()))?.to_string();
        let (app, changes) = server::prepare(settings, Clock::System).await?;
        Ok(Own { app, changes, listener, authority })
    }
}

const PASSWORD: &str = "correct horse battery staple";

/// The session's cookie.
async fn sign_in(authority: &str, mail: &str) -> Result<String, String> {
    let headers = [("Content-Type", "application/json"), ("X-Warmline-CSRF", "1")];
    let body = json!({"mail": mail, "password": PASSWORD}).to_string();
    let answer = http::request(authority, "POST", "/api/session", &headers, &body).await?;
    let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next());
    Ok(cookie.ok_or("nobody signed in")?.to_owned())
}

/// What an editor waits for after a publish.
async fn one_more_phrasing(app: &App, own: Vec<Article>, seen: i64) -> Result<i64, Failure> {
    let Some(mut article) = own.into_iter().next() else { return Ok(seen) };
    if let Some(text) = article.texts.0.values_mut().next() {
        text.questions.push("nobody has asked this so far".to_owned());
    }
    articles::import(&app.store, vec![article], app.clock.now_ms()).await?;
    let building = Instant::now();
    let changes = knowledge::refresh(app, seen).await?;
    println!("one changed article is known after {} ms", building.elapsed().as_millis());
    Ok(changes)
}

/// Each question as a new shopper's first message, by processor time, ascending. Nothing else runs.
fn in_process(app: &App, questions: &[(Lang, String)], turns: usize) -> Vec<Duration> {
    let (mind, now) = (app.mind(), app.now());
    let mut measured: Vec<Duration> = questions
        .iter()
        .cycle()
        .take(WARM_UP + turns)
        .map(|(lang, question)| {
            let mut rehearsal = Rehearsal::new(&mind, &app.shop, *lang, now.clone());
            rehearsal.open();
            let before = processor_time();
            rehearsal.send(question, None);
            processor_time() - before
        })
        .skip(WARM_UP)
        .collect();
    measured.sort();
    measured
}

/// Of all threads so far.
pub(super) fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// 0 where the system does not tell.
fn resident_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse().ok());
    kib.unwrap_or(0u64) / 1024
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

/// `ascending`.
fn percentile(ascending: &[Duration], share: f64) -> f64 {
    let last = ascending.len().saturating_sub(1);
    ascending.get(((ascending.len() as f64 * share) as usize).min(last)).map_or(0.0, |took| took.as_secs_f64() * 1e3)
}

fn print(units: &str, what: &str, ascending: &[Duration]) {
    let at = |share| percentile(ascending, share);
    println!(
        "{} {units}, {what}: p50 {:.2} ms, p90 {:.2} ms, p99 {:.2} ms, most {:.2} ms",
        ascending.len(),
        at(0.5),
        at(0.9),
        at(0.99),
        at(1.0)
    );
}

/// A folder that is gone when it is dropped.
struct Folder(PathBuf);

impl Folder {
    /// In memory, where there is such a folder.
    fn create() -> Result<Self, Failure> {
        let memory = Path::new("/dev/shm");
        if memory.is_dir() { Self::create_in(memory) } else { Self::create_in(&std::env::temp_dir()) }
    }

    fn create_in(parent: &Path) -> Result<Self, Failure> {
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
