//! Real questions become knowledge bases and what is asked of them.

use std::{
    collections::{BTreeMap, HashSet},
    path::Path,
};

use anyhow::{Context, Result};
use serde::Deserialize;
use warmline::{
    domain::{Article, ArticleText, ByLang, Lang, article::ArticleStatus},
    language,
};

/// Similar questions per article, beside its title.
const PHRASINGS: [usize; 3] = [2, 5, 8];
/// Those that the table is of.
pub const SHOWN: usize = 5;
/// Questions of one body that are asked, evenly spread.
const QUESTIONS: usize = 1300;
/// Parts that the topics are cut into; each is taken out once for the table.
const PARTS: usize = 3;

#[derive(Deserialize, Clone)]
pub struct Line {
    pub text: String,
    pub intent: Option<String>,
}

/// One knowledge base and questions to it.
pub struct Task {
    /// The body of data it comes from: weights fitted on it never judge it.
    pub data: &'static str,
    pub name: &'static str,
    /// Similar questions per article.
    pub phrasings: usize,
    /// Every third topic from here is taken out, questions to it are kept: in the shop's field, but nothing answers
    /// them. These near misses are what a bot must not answer.
    pub without: Option<usize>,
    pub articles: Vec<Article>,
    pub questions: Vec<Line>,
}

fn lines(path: &Path) -> Result<Vec<Line>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    text.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

/// `count` questions of each topic become its article, whose title is the topic's name; what is left is asked.
fn split(lines: Vec<Line>, lang: Lang, count: usize) -> (Vec<Article>, Vec<Line>) {
    let mut topics: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut left = Vec::new();
    for line in lines {
        match &line.intent {
            Some(intent) if topics.get(intent).is_none_or(|known| known.len() < count) => {
                topics.entry(intent.clone()).or_default().push(line.text);
            }
            _ => left.push(line),
        }
    }
    let article = |(id, questions): (String, Vec<String>)| {
        let text = ArticleText { title: id.replace('_', " "), questions, body: "-".to_owned() };
        Article {
            id,
            status: ArticleStatus::Published,
            category: String::new(),
            products: Vec::new(),
            valid_from: None,
            valid_until: None,
            texts: ByLang(BTreeMap::from([(lang, text)])),
            care: Default::default(),
            version: 1,
        }
    };
    (topics.into_iter().map(article).collect(), left)
}

/// Leaves out what is indexed, however it is written: finding that again shows nothing.
fn unseen(articles: &[Article], questions: Vec<Line>) -> Vec<Line> {
    let form = |text: &str| language::normalise(text).chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let texts = articles.iter().flat_map(|article| article.texts.0.values());
    let indexed: HashSet<String> =
        texts.flat_map(|text| text.questions.iter().chain([&text.title])).map(|text| form(text)).collect();
    questions.into_iter().filter(|line| !indexed.contains(&form(&line.text))).collect()
}

pub fn tasks(folder: &Path) -> Result<Vec<Task>> {
    let mut tasks = Vec::new();
    for count in PHRASINGS {
        let whole = |file: &str| Ok::<_, anyhow::Error>(split(lines(&folder.join(file))?, Lang::En, count));
        let asked = |base: &str, asked: &str, lang| {
            let (articles, _) = split(lines(&folder.join(base))?, lang, count);
            Ok::<_, anyhow::Error>((articles, lines(&folder.join(asked))?))
        };
        let kart = whole("hint3/curekart_train.jsonl")?;
        for (data, name, (articles, questions)) in [
            ("jddc", "JD.com, Simplified", asked("jddc/kb.hans.jsonl", "jddc/tune.hans.jsonl", Lang::ZhHans)?),
            ("jddc", "JD.com, Traditional", asked("jddc/kb.hant.jsonl", "jddc/tune.hant.jsonl", Lang::ZhHant)?),
            ("jddc", "JD.com, asked in the other", asked("jddc/kb.hans.jsonl", "jddc/tune.hant.jsonl", Lang::ZhHans)?),
            ("hint3", "SOFMattress", whole("hint3/sofmattress_train.jsonl")?),
            ("hint3", "Curekart", kart),
            ("banking77", "Banking77", whole("banking77/train.jsonl")?),
            ("clinc150", "CLINC150", asked("clinc150/train10.jsonl", "clinc150/tune.jsonl", Lang::En)?),
            ("hwu64", "HWU64", whole("hwu64/train.jsonl")?),
        ] {
            let questions = unseen(&articles, questions);
            let step = questions.len().div_ceil(QUESTIONS);
            let questions: Vec<Line> = questions.into_iter().step_by(step).collect();
            let parts = if count == SHOWN { PARTS } else { 1 };
            for without in std::iter::once(None).chain((0..parts).map(Some)) {
                let is_kept = |(at, _): &(usize, &Article)| without.is_none_or(|part| at % PARTS != part);
                let articles =
                    articles.iter().enumerate().filter(is_kept).map(|(_, article)| article.clone()).collect();
                tasks.push(Task { data, name, phrasings: count, without, articles, questions: questions.clone() });
            }
        }
    }
    Ok(tasks)
}
