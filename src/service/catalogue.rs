//! Every article as the studio lists it: kept in memory from the first look on, so that 20,000 are searched and sorted
//! in milliseconds. What changed since the last look is read at the next.

use std::{cmp::Reverse, collections::BTreeMap, sync::Arc};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::articles::unborn;
use crate::{
    domain::{
        ArticleDraft, Audience, Lang, Stage, UnixMs,
        article::{ArticleId, ArticleStatus},
    },
    error::Failure,
    language::normalise,
    store::{
        Store, article_drafts,
        articles::{self, StoredArticle},
    },
};

/// Of rows in one answer, where nobody says how many.
const ROWS: usize = 200;
const MOST_ROWS: usize = 1_000;
/// Articles that are read one by one before all are read together.
const FEW: usize = 100;

/// Which articles a list shows, and which part of the list; empty means all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Filter {
    /// Words in either script, any case: found in id, titles, questions, answers and SKUs, all of them.
    #[serde(default)]
    pub q: String,
    #[serde(default)]
    pub category: String,
    /// Without it, archived articles are left out.
    pub status: Option<ArticleStatus>,
    /// Those of which something is being written, waits for review, or for its time.
    pub stage: Option<Stage>,
    /// Without it: the last changed first, and of what was searched, first what has the words in a title.
    pub sort: Option<Sort>,
    #[serde(default)]
    pub descending: bool,
    /// Whose titles count, where there are several.
    pub lang: Option<Lang>,
    #[serde(default)]
    pub offset: usize,
    pub limit: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    Title,
    Category,
    Status,
    Updated,
}

/// An article in the list: without its texts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Listed {
    pub id: ArticleId,
    pub status: ArticleStatus,
    pub category: String,
    pub titles: BTreeMap<Lang, String>,
    pub version: i64,
    pub valid_from: Option<Date>,
    pub valid_until: Option<Date>,
    pub updated_at: UnixMs,
    pub updated_by: Option<String>,
    pub audience: Audience,
    pub owner: Option<String>,
    pub review_on: Option<Date>,
    /// Languages whose source has changed since they were made from it.
    pub stale: Vec<Lang>,
    /// What is being written of it.
    pub draft: Option<DraftMark>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DraftMark {
    pub stage: Stage,
    pub publish_at: Option<UnixMs>,
    pub updated_at: UnixMs,
    pub updated_by: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Found {
    pub articles: Vec<Listed>,
    /// How many there are, on all pages.
    pub total: usize,
}

/// Nothing before the first look.
#[derive(Default)]
pub struct Catalogue(Mutex<Arc<Shelved>>);

#[derive(Clone, Default)]
struct Shelved {
    /// `articles::changes` before anything was read.
    changes: i64,
    articles: BTreeMap<ArticleId, Arc<Entry>>,
}

struct Entry {
    listed: Listed,
    /// In normal form.
    titles: String,
    /// The rest of its words, in normal form.
    words: String,
}

impl Catalogue {
    /// # Errors
    /// The database was not there.
    pub async fn find(&self, store: &Store, filter: Filter) -> Result<Found, Failure> {
        let drafts = article_drafts::list(store).await?;
        let shelved = self.in_step(store).await?;
        // Milliseconds of work for thousands of articles, and sockets go on meanwhile.
        aside(move || shelved.find(drafts, &filter)).await
    }

    async fn in_step(&self, store: &Store) -> Result<Arc<Shelved>, Failure> {
        let mut known = self.0.lock().await;
        // The counter first: a change in between is then seen as one more, never as none.
        let changes = articles::changes(store).await?;
        if known.changes != changes {
            let mut next = Shelved::clone(&known);
            next.catch_up(store).await?;
            next.changes = changes;
            *known = Arc::new(next);
        }
        Ok(known.clone())
    }
}

impl Shelved {
    async fn catch_up(&mut self, store: &Store) -> Result<(), Failure> {
        let versions = articles::versions(store).await?;
        let known = |id: &ArticleId| self.articles.get(id).map(|entry| entry.listed.version);
        let others: Vec<_> = versions.iter().filter(|(id, version)| known(id) != Some(**version)).collect();
        if others.len() > FEW {
            let all = articles::list(store).await?;
            let read = |stored: StoredArticle| (stored.article.id.clone(), Arc::new(Entry::of(stored)));
            self.articles = aside(move || all.into_iter().map(read).collect()).await?;
            return Ok(());
        }
        for (id, _) in others {
            if let Some(stored) = articles::load(store, id).await? {
                self.articles.insert(id.clone(), Arc::new(Entry::of(stored)));
            }
        }
        self.articles.retain(|id, _| versions.contains_key(id));
        Ok(())
    }

    fn find(&self, drafts: Vec<ArticleDraft>, filter: &Filter) -> Found {
        let marks: BTreeMap<&str, DraftMark> =
            drafts.iter().map(|draft| (draft.article.as_str(), DraftMark::of(draft))).collect();
        let new = drafts.iter().filter(|draft| !self.articles.contains_key(&draft.article));
        let new: Vec<Arc<Entry>> = new.map(|draft| Arc::new(Entry::of(unborn(draft)))).collect();
        let words: Vec<String> = normalise(&filter.q).split_whitespace().map(str::to_owned).collect();
        let is_shown = |entry: &&Arc<Entry>| {
            let Listed { id, status, category, .. } = &entry.listed;
            let has_status = filter.status.map_or(*status != ArticleStatus::Archived, |wanted| *status == wanted);
            let has_stage =
                |stage: Stage| marks.get(id.as_str()).is_some_and(|DraftMark { stage: its, .. }| *its == stage);
            has_status
                && filter.stage.is_none_or(has_stage)
                && (filter.category.is_empty() || *category == filter.category)
                && words.iter().all(|word| entry.titles.contains(word) || entry.words.contains(word))
        };
        let mut shown: Vec<&Arc<Entry>> = self.articles.values().chain(&new).filter(is_shown).collect();
        sort(&mut shown, filter, &words);
        let page = shown.iter().skip(filter.offset).take(filter.limit.unwrap_or(ROWS).min(MOST_ROWS));
        let articles = page
            .map(|entry| Listed { draft: marks.get(entry.listed.id.as_str()).cloned(), ..entry.listed.clone() })
            .collect();
        Found { articles, total: shown.len() }
    }
}

/// On a thread of its own.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Failure::Other(format!("The articles cannot be listed: {error}.")))
}

/// `shown` comes by id, and stays so where the rest is equal.
fn sort(shown: &mut [&Arc<Entry>], filter: &Filter, words: &[String]) {
    match filter.sort {
        None => shown.sort_by_cached_key(|entry| {
            let is_in_title = words.iter().all(|word| entry.titles.contains(word));
            (!is_in_title, Reverse(entry.listed.updated_at))
        }),
        Some(Sort::Title) => shown.sort_by_cached_key(|entry| entry.listed.title(filter.lang)),
        Some(Sort::Category) => shown.sort_by(|one, other| one.listed.category.cmp(&other.listed.category)),
        Some(Sort::Status) => shown.sort_by_key(|entry| entry.listed.status),
        Some(Sort::Updated) => shown.sort_by_key(|entry| entry.listed.updated_at),
    }
    if filter.sort.is_some() && filter.descending {
        shown.reverse();
    }
}

impl DraftMark {
    fn of(draft: &ArticleDraft) -> DraftMark {
        DraftMark {
            stage: draft.stage,
            publish_at: draft.publish_at,
            updated_at: draft.updated_at,
            updated_by: draft.updated_by.clone(),
        }
    }
}

impl Listed {
    fn title(&self, lang: Option<Lang>) -> String {
        let own = lang.and_then(|lang| self.titles.get(&lang));
        normalise(own.or_else(|| self.titles.values().next()).map_or("", String::as_str))
    }
}

impl Entry {
    fn of(StoredArticle { article, updated_at, updated_by }: StoredArticle) -> Entry {
        let texts = || article.texts.0.values();
        let titles = texts().map(|text| text.title.as_str()).chain([article.id.as_str()]);
        let words = texts().flat_map(|text| text.questions.iter().chain([&text.body])).chain(&article.products);
        let joined = |parts: Vec<&str>| normalise(&parts.join("\n"));
        let (titles, words) = (joined(titles.collect()), joined(words.map(String::as_str).collect()));
        let listed = Listed {
            stale: article.stale().collect(),
            titles: article.texts.0.into_iter().map(|(lang, text)| (lang, text.title)).collect(),
            id: article.id,
            status: article.status,
            category: article.category,
            version: article.version,
            valid_from: article.valid_from,
            valid_until: article.valid_until,
            updated_at,
            updated_by,
            audience: article.care.audience,
            owner: article.care.owner,
            review_on: article.care.review_on,
            draft: None,
        };
        Entry { listed, titles, words }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Article, ArticleText, ByLang, Care};

    fn entry(id: &str, title: &str, body: &str, updated_at: UnixMs) -> (ArticleId, Arc<Entry>) {
        let text = ArticleText { title: title.into(), questions: vec!["寄到外島".into()], body: body.into() };
        let article = Article {
            id: id.into(),
            status: ArticleStatus::Published,
            category: "delivery".into(),
            products: vec!["PW-KET-01".into()],
            valid_from: None,
            valid_until: None,
            texts: ByLang(BTreeMap::from([(Lang::ZhHant, text)])),
            care: Care::default(),
            version: 1,
        };
        (id.into(), Arc::new(Entry::of(StoredArticle { article, updated_at, updated_by: None })))
    }

    #[test]
    fn a_search_in_one_script_finds_the_other_and_titles_first() {
        let articles = [
            entry("shipping-fee", "運費多少？", "NT$90", 1),
            entry("returns", "退貨", "運費由買方負擔", 2),
            entry("gifts", "禮物", "可以包裝", 3),
        ];
        let shelved = Shelved { changes: 1, articles: articles.into() };
        let found = |q: &str| {
            let found = shelved.find(Vec::new(), &Filter { q: q.into(), ..Filter::default() });
            found.articles.into_iter().map(|listed| listed.id).collect::<Vec<_>>()
        };
        assert_eq!(found("运费"), ["shipping-fee", "returns"]);
        assert_eq!(found("運費 90"), ["shipping-fee"]);
        assert_eq!(found("SHIPPING"), ["shipping-fee"]);
        assert_eq!(found("pw-ket-01").len(), 3);
        assert_eq!(found(""), ["gifts", "returns", "shipping-fee"], "the last changed first");
        assert_eq!(found("運費 禮物"), [] as [&str; 0]);
    }
}
