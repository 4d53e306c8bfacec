//! The studio of a shop with very many articles: its list, its search, a publish and the replay before it, on a server of
//! its own. Lists and publishes are what the editor's browser waits for, over HTTP.

use std::{
    path::Path,
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::Args;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::{Folder, Own, PASSWORD, percentile, print, resident_mb, sign_in, variations};
use crate::{
    app::App,
    cli::http,
    config::Settings,
    domain::{Article, Lang, Role, ids::ConversationId},
    error::Failure,
    server,
    service::{
        accounts, knowledge,
        replay::{self, Question},
    },
    store::articles,
};

/// Starts a server of its own with very many articles, each in one of the three languages, and works in the studio.
#[derive(Args)]
pub(super) struct StudioArgs {
    /// Articles; beyond the shop's own they are variations of those
    #[arg(long, default_value_t = 20_000)]
    articles: usize,
    /// Similar questions of each
    #[arg(long, default_value_t = 5)]
    phrasings: usize,
    /// Questions that are replayed before a publish
    #[arg(long, default_value_t = 500)]
    questions: usize,
    /// Fail if the 99th percentile of a list or a search is above this
    #[arg(long, value_name = "MS")]
    list_budget_ms: Option<f64>,
    /// Fail if the 99th percentile of a publish is above this
    #[arg(long, value_name = "MS")]
    publish_budget_ms: Option<f64>,
    /// Fail if the replay takes longer than this
    #[arg(long, value_name = "MS")]
    replay_budget_ms: Option<f64>,
}

const MAIL: &str = "bench@studio.example";
const LISTS: usize = 100;
const PUBLISHES: usize = 20;

pub(super) async fn bench(settings: Settings, args: &StudioArgs) -> Result<ExitCode, Failure> {
    let folder = Folder::create()?;
    let measured = measure(settings, args, &folder.0).await;
    drop(folder);
    let Measured { lists, searches, publishes, replay } = measured?;
    print("lists", "200 rows sorted by the last change", &lists);
    print("searches", "a word, best match first", &searches);
    print("publishes", "saved, and known to the bot", &publishes);
    print("replays", "the index it would be, and the questions of both", &replay);
    let is_late = |budget: Option<f64>, times: &[Duration]| budget.is_some_and(|ms| percentile(times, 0.99) > ms);
    if is_late(args.list_budget_ms, &lists)
        || is_late(args.list_budget_ms, &searches)
        || is_late(args.publish_budget_ms, &publishes)
        || is_late(args.replay_budget_ms, &replay)
    {
        println!("p99 is above the budget");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// All ascending.
struct Measured {
    lists: Vec<Duration>,
    searches: Vec<Duration>,
    publishes: Vec<Duration>,
    replay: Vec<Duration>,
}

async fn measure(settings: Settings, args: &StudioArgs, folder: &Path) -> Result<Measured, Failure> {
    let Own { app, listener, authority, .. } = Own::open(settings, folder).await?;
    accounts::add(&app.store, MAIL, "Bench", Role::Admin, PASSWORD, app.clock.now_ms()).await.map_err(other)?;
    let own = articles::all_published(&app.store).await?;
    let many: Vec<Article> = own
        .iter()
        .cloned()
        .chain(variations(&own, args.articles))
        .enumerate()
        .map(|(at, article)| short(article, at, args.phrasings))
        .collect();
    let some = many.iter().rev().take(PUBLISHES).map(|article| article.id.clone()).collect::<Vec<_>>();
    articles::import(&app.store, many, app.clock.now_ms()).await?;
    let building = Instant::now();
    let changes = knowledge::refresh(&app, 0).await?;
    println!(
        "index of {} articles ({} phrasings) built in {:.1} s; resident memory {} MB",
        app.mind().shelf.len(),
        app.mind().phrasings(),
        building.elapsed().as_secs_f64(),
        resident_mb()
    );
    let replay = replayed(&app, args.questions)?;
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(server::run(app.clone(), changes, listener, async {
        let _ = stopped.await;
    }));
    let measured = work(&authority, &some).await.map_err(Failure::Other);
    println!("resident memory with the list in use {} MB", resident_mb());
    let _ = stop.send(());
    running.await.map_err(other)??;
    let (lists, searches, publishes) = measured?;
    Ok(Measured { lists, searches, publishes, replay })
}

/// In one language, with so many similar questions.
fn short(mut article: Article, at: usize, phrasings: usize) -> Article {
    let lang = Lang::ALL[at % Lang::ALL.len()];
    article.texts.0.retain(|of, _| *of == lang);
    article.texts.0.values_mut().for_each(|text| text.questions.truncate(phrasings));
    article.care.translated.clear();
    article
}

/// Takes a phrasing away and asks every question of the bot as it is and as it would be.
fn replayed(app: &App, count: usize) -> Result<Vec<Duration>, Failure> {
    let mind = app.mind();
    let step = (mind.phrasings() / count.max(1)).max(1);
    let question = |text: String, lang: Lang| Question {
        conversation: ConversationId("one".to_owned()),
        at: 0,
        text,
        lang,
        verdict: None,
    };
    let questions: Vec<Question> = mind
        .written()
        .step_by(step)
        .take(count)
        .map(|written| question(format!("{} ?", written.text), written.lang))
        .collect();
    let mut measured = Vec::new();
    for article in mind.shelf.values().take(3) {
        let mut edited = Article::clone(article);
        edited.texts.0.values_mut().for_each(|text| drop(text.questions.pop()));
        let began = Instant::now();
        let after = mind.supposing(vec![edited]).map_err(other)?;
        let told = replay::replay(&mind, &after, &app.shop, &questions, Some(&article.id), &app.now());
        measured.push(began.elapsed());
        println!(
            "{} different questions replayed: fixed {}, broken {}, changed {}",
            told.asked, told.fixed, told.broken, told.changed
        );
    }
    measured.sort();
    Ok(measured)
}

type Times = (Vec<Duration>, Vec<Duration>, Vec<Duration>);

async fn work(authority: &str, some: &[String]) -> Result<Times, String> {
    let cookie = sign_in(authority, MAIL).await?;
    let headers = [("Content-Type", "application/json"), ("X-Warmline-CSRF", "1"), ("Cookie", cookie.as_str())];
    let ask = async |method: &str, path: &str, body: &str| {
        let began = Instant::now();
        let answer = http::request(authority, method, path, &headers, body).await?;
        let took = began.elapsed();
        let body: Value = serde_json::from_str(&answer.body).map_err(|error| error.to_string())?;
        if answer.status == 200 { Ok((body, took)) } else { Err(format!("{method} {path}: {body}")) }
    };
    let (_, first) = ask("GET", "/api/articles", "").await?;
    println!("the first list, which reads every article: {} ms", first.as_millis());
    let (mut lists, mut searches, mut publishes) = (Vec::new(), Vec::new(), Vec::new());
    for at in 0..LISTS {
        let page = format!("/api/articles?sort=updated&descending=true&offset={}", at * 200);
        lists.push(ask("GET", &page, "").await?.1);
        let word = ["refund", "invoice", "%E9%80%80%E8%B4%A7", "%E9%81%8B%E8%B2%BB", "nowhere"][at % 5];
        searches.push(ask("GET", &format!("/api/articles?q={word}%20{}", at % 10), "").await?.1);
    }
    for id in some {
        let (mut article, _) = ask("GET", &format!("/api/articles/{id}"), "").await?;
        article["publish"] = json!(true);
        for text in article["texts"].as_object_mut().into_iter().flat_map(|texts| texts.values_mut()) {
            text["questions"] = json!([format!("nobody has asked this of {id} so far")]);
        }
        publishes.push(ask("PUT", &format!("/api/articles/{id}"), &article.to_string()).await?.1);
    }
    [&mut lists, &mut searches, &mut publishes].into_iter().for_each(|times| times.sort());
    Ok((lists, searches, publishes))
}

fn other(error: impl std::fmt::Display) -> Failure {
    Failure::Other(error.to_string())
}
