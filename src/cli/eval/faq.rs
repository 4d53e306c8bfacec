//! `warmline eval faq`: how well questions find their article, and whether the bot knows when it does not know.

use std::{
    collections::{BTreeMap, HashSet},
    path::PathBuf,
    time::Instant,
};

use clap::Args;
use serde::{Deserialize, Serialize};

use super::{JsonLines, Output, metrics, rounded};
use crate::{
    cli::bench::processor_time,
    config::Settings,
    domain::{Article, ArticleId, ArticleText, Lang, article::ArticleStatus},
    error::Failure,
    language,
    nlu::ranking::{CHOICES, in_three},
    service::mind::Mind,
};

/// Builds an index of the articles alone (title and questions are the phrasings, intents stay out of it) and asks
/// every query of it, with the thresholds of the playbook. Recall and MRR are of queries that have an answer; P1 is how
/// sure the bot is that the first article is right, P3 that the right one is among the first three.
#[derive(Args)]
pub struct FaqArgs {
    /// JSON lines of {"id", "title"?, "questions": […], "answer"?, "lang"?}; one id may have a line per language
    #[arg(long, value_name = "A.jsonl")]
    articles: PathBuf,
    /// JSON lines of {"text", "expect": id | [ids] | null}; null: nothing should be answered
    #[arg(long, value_name = "Q.jsonl")]
    queries: PathBuf,
    /// Write a line per query here: ranked ids, P1, P3, decision
    #[arg(long, value_name = "P.jsonl")]
    out: Option<PathBuf>,
}

#[derive(Deserialize)]
struct ArticleLine {
    id: Id,
    title: Option<String>,
    #[serde(default)]
    questions: Vec<String>,
    answer: Option<String>,
    lang: Option<String>,
}

#[derive(Deserialize)]
struct QueryLine {
    text: String,
    #[serde(default)]
    expect: Expect,
}

/// Other people's data counts articles by name or by number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Id {
    Name(String),
    Number(i64),
}

impl From<Id> for ArticleId {
    fn from(id: Id) -> ArticleId {
        match id {
            Id::Name(name) => name,
            Id::Number(number) => number.to_string(),
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(untagged)]
enum Expect {
    #[default]
    Nothing,
    One(Id),
    Any(Vec<Id>),
}

impl From<Expect> for Vec<ArticleId> {
    fn from(expect: Expect) -> Vec<ArticleId> {
        match expect {
            Expect::Nothing => Vec::new(),
            Expect::One(id) => vec![id.into()],
            Expect::Any(ids) => ids.into_iter().map(ArticleId::from).collect(),
        }
    }
}

/// What the bot would do with a question, were it the first of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum Decision {
    Answer,
    Clarify,
    HandOff,
}

/// The ranker's judgement of one question.
struct Judgement {
    /// Best first.
    ranked: Vec<ArticleId>,
    p1: f32,
    p3: f32,
    decision: Decision,
}

/// The one place where the ranker's outputs become what is measured.
fn judge(mind: &Mind, text: &str) -> Judgement {
    let thresholds = mind.playbook.thresholds;
    let found = mind.understand(text).articles;
    let p1 = found.first().map_or(0.0, |first| first.score);
    let p3 = in_three(found.iter().map(|found| found.score));
    let decision = if p1 >= thresholds.answer {
        Decision::Answer
    } else if p3 >= thresholds.clarify {
        Decision::Clarify
    } else {
        Decision::HandOff
    };
    Judgement { ranked: found.into_iter().map(|found| found.id).collect(), p1, p3, decision }
}

/// Ranked ids that are written and that count for MRR.
const RANKED: usize = 10;

#[derive(Serialize)]
struct Prediction<'a> {
    text: &'a str,
    expect: &'a [ArticleId],
    ranked: &'a [ArticleId],
    p1: f64,
    p3: f64,
    decision: Decision,
}

#[derive(Serialize)]
pub struct Report {
    articles: usize,
    phrasings: usize,
    n: usize,
    /// Queries that expect nothing.
    n_unanswerable: usize,
    recall_at_1: Option<f64>,
    recall_at_3: Option<f64>,
    mrr_at_10: Option<f64>,
    /// P1 of queries whose first article is right against all others.
    auroc_p1: Option<f64>,
    /// P3 of queries whose right article is among the first three against all others.
    auroc_p3: Option<f64>,
    /// P1 of queries that have an answer against those that have none.
    auroc_in_out: Option<f64>,
    /// Share of all queries that could be answered, surest first, at this precision; 0 when it is never reached.
    coverage_at_95: f64,
    coverage_at_90: f64,
    /// Right: the article answered; one of those offered; nothing was to be answered.
    answered: Decided,
    clarified: Decided,
    handed_off: Decided,
    /// Expected calibration error of P1 and P3, ten bins.
    calibration_error_p1: f64,
    calibration_error_p3: f64,
    /// Reading, searching and judging one query: processor time of the thread that does it; nothing of it runs on
    /// another.
    microseconds_per_query: Microseconds,
    microseconds_to_build: f64,
}

#[derive(Default, Clone, Serialize)]
struct Decided {
    n: usize,
    share: f64,
    precision: Option<f64>,
}

#[derive(Serialize)]
struct Microseconds {
    mean: f64,
    p50: f64,
    p99: f64,
}

/// Reciprocal rank sums, hits and chances, all that is kept of a query.
#[derive(Default)]
struct Tally {
    answerable: usize,
    first: usize,
    among_three: usize,
    reciprocal_ranks: f64,
    p1: Vec<(f32, bool)>,
    p3: Vec<(f32, bool)>,
    in_out: Vec<(f32, bool)>,
    /// Queries and right ones.
    decided: BTreeMap<Decision, (usize, usize)>,
    microseconds: Vec<f64>,
}

impl Tally {
    fn add(&mut self, judgement: &Judgement, expect: &[ArticleId]) {
        let place = judgement.ranked.iter().take(RANKED).position(|id| expect.contains(id));
        let is_first = place == Some(0);
        let is_among = place.is_some_and(|place| place < CHOICES);
        self.answerable += usize::from(!expect.is_empty());
        self.first += usize::from(is_first);
        self.among_three += usize::from(is_among);
        self.reciprocal_ranks += place.map_or(0.0, |place| 1.0 / (place as f64 + 1.0));
        self.p1.push((judgement.p1, is_first));
        self.p3.push((judgement.p3, is_among));
        self.in_out.push((judgement.p1, !expect.is_empty()));
        let is_right = match judgement.decision {
            Decision::Answer => is_first,
            Decision::Clarify => is_among,
            Decision::HandOff => expect.is_empty(),
        };
        let (count, right) = self.decided.entry(judgement.decision).or_default();
        *count += 1;
        *right += usize::from(is_right);
    }

    fn decided(&self, decision: Decision) -> Decided {
        let (n, right) = self.decided.get(&decision).copied().unwrap_or_default();
        let precision = metrics::share(right, n).map(rounded);
        Decided { n, share: rounded(n as f64 / self.p1.len().max(1) as f64), precision }
    }
}

pub fn run(settings: &Settings, args: &FaqArgs) -> Result<Report, Failure> {
    let mut playbook = super::playbook(settings, None)?;
    playbook.intents.clear();
    let articles = read_articles(&args.articles)?;
    let known: HashSet<ArticleId> = articles.iter().map(|article| article.id.clone()).collect();
    let phrasings = articles.iter().flat_map(|article| article.texts.0.values()).map(phrasings).sum();
    let started = Instant::now();
    let mind = super::mind(settings, playbook, articles)?;
    let microseconds_to_build = rounded(started.elapsed().as_secs_f64() * 1e6);
    let mut out = Output::create(args.out.as_deref())?;
    let mut lines = JsonLines::open(&args.queries, "queries")?;
    let mut tally = Tally::default();
    while let Some(QueryLine { text, expect }) = lines.next()? {
        let expect: Vec<ArticleId> = expect.into();
        if let Some(unknown) = expect.iter().find(|id| !known.contains(*id)) {
            lines.warn(&format!("no article has the id {unknown:?}: it can never be found"));
        }
        let started = processor_time();
        let mut judgement = judge(&mind, &text);
        tally.microseconds.push(processor_time().saturating_sub(started).as_secs_f64() * 1e6);
        tally.add(&judgement, &expect);
        judgement.ranked.truncate(RANKED);
        let Judgement { ranked, p1, p3, decision } = &judgement;
        let (p1, p3) = (rounded(f64::from(*p1)), rounded(f64::from(*p3)));
        out.write(&Prediction { text: &text, expect: &expect, ranked, p1, p3, decision: *decision })?;
    }
    lines.must_have(tally.p1.len())?;
    out.close()?;
    Ok(report(known.len(), phrasings, tally, microseconds_to_build))
}

fn report(articles: usize, phrasings: usize, mut tally: Tally, microseconds_to_build: f64) -> Report {
    let coverage = |precision| metrics::coverage(&tally.p1, precision).map_or(0.0, |(share, _)| rounded(share));
    let n = tally.p1.len();
    Report {
        articles,
        phrasings,
        n,
        n_unanswerable: n - tally.answerable,
        recall_at_1: metrics::share(tally.first, tally.answerable).map(rounded),
        recall_at_3: metrics::share(tally.among_three, tally.answerable).map(rounded),
        mrr_at_10: (tally.answerable > 0).then(|| rounded(tally.reciprocal_ranks / tally.answerable as f64)),
        auroc_p1: metrics::auroc(&tally.p1).map(rounded),
        auroc_p3: metrics::auroc(&tally.p3).map(rounded),
        auroc_in_out: metrics::auroc(&tally.in_out).map(rounded),
        coverage_at_95: coverage(0.95),
        coverage_at_90: coverage(0.9),
        answered: tally.decided(Decision::Answer),
        clarified: tally.decided(Decision::Clarify),
        handed_off: tally.decided(Decision::HandOff),
        calibration_error_p1: rounded(metrics::calibration_error(&tally.p1)),
        calibration_error_p3: rounded(metrics::calibration_error(&tally.p3)),
        microseconds_per_query: Microseconds {
            mean: rounded(tally.microseconds.iter().sum::<f64>() / n.max(1) as f64),
            p50: rounded(metrics::percentile(&mut tally.microseconds, 0.5)),
            p99: rounded(metrics::percentile(&mut tally.microseconds, 0.99)),
        },
        microseconds_to_build,
    }
}

fn phrasings(text: &ArticleText) -> usize {
    text.questions.len() + usize::from(!text.title.is_empty())
}

fn read_articles(path: &std::path::Path) -> Result<Vec<Article>, Failure> {
    let mut lines = JsonLines::open(path, "articles")?;
    let mut articles: BTreeMap<ArticleId, Article> = BTreeMap::new();
    while let Some(line) = lines.next::<ArticleLine>()? {
        let id: ArticleId = line.id.into();
        let text = ArticleText {
            title: line.title.unwrap_or_default(),
            questions: line.questions,
            body: line.answer.unwrap_or_default(),
        };
        if phrasings(&text) == 0 {
            return Err(lines.error(format!("article {id:?} has neither title nor questions to be found by")));
        }
        let lang = match &line.lang {
            Some(lang) => lang.parse::<Lang>().map_err(|error| lines.error(error))?,
            None => language::detect(&format!("{} {}", text.title, text.questions.join(" "))).unwrap_or(Lang::En),
        };
        let article = articles.entry(id.clone()).or_insert_with(|| Article {
            id: id.clone(),
            status: ArticleStatus::Published,
            category: String::new(),
            products: Vec::new(),
            valid_from: None,
            valid_until: None,
            texts: Default::default(),
            care: Default::default(),
            version: 1,
        });
        if article.texts.0.insert(lang, text).is_some() {
            return Err(lines.error(format!("article {id:?} is there twice in {lang}")));
        }
    }
    lines.must_have(articles.len())?;
    Ok(articles.into_values().collect())
}
