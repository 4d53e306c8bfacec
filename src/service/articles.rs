//! Editing the knowledge base: what an editor's draft must be like, and finding articles.

use serde::{Deserialize, Serialize};

use jiff::civil::Date;

use crate::{
    domain::{
        Article, ArticleText, ByLang, Lang, UnixMs,
        article::{ArticleId, ArticleStatus},
    },
    language::normalise,
    store::{
        Store, StoreError,
        articles::{self, Saved, StoredArticle},
    },
};

const MAX_ID_CHARS: usize = 80;
const MAX_TITLE_CHARS: usize = 200;
const MAX_QUESTION_CHARS: usize = 300;
const MAX_QUESTIONS: usize = 100;
const MAX_BODY_CHARS: usize = 20_000;
const MAX_LABEL_CHARS: usize = 60;
const MAX_PRODUCTS: usize = 100;

/// An article as an editor sends it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct DraftArticle {
    /// The version the editor started from; 0 for a new article.
    #[serde(default)]
    pub version: i64,
    pub category: String,
    #[serde(default)]
    pub products: Vec<String>,
    pub valid_from: Option<Date>,
    pub valid_until: Option<Date>,
    pub texts: ByLang<ArticleText>,
    /// False keeps it a draft (or takes it off the shelf).
    pub publish: bool,
}

/// One thing that keeps a draft from being saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Where in the form: `id`, `category`, `products`, `valid_until`, `texts`, `texts.en.title`, …
    pub field: String,
    /// A sentence for the editor.
    pub message: String,
}

#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    #[error("{}", .0.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>().join(" "))]
    Invalid(Vec<Problem>),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Which articles a list shows; empty means all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Filter {
    /// Words in either script, any case: found in id, titles, questions, answers and SKUs, all of them.
    #[serde(default)]
    pub q: String,
    #[serde(default)]
    pub category: String,
    pub status: Option<ArticleStatus>,
}

/// By id. Without a status, archived articles are left out.
pub async fn list(store: &Store, filter: &Filter) -> Result<Vec<StoredArticle>, StoreError> {
    let words: Vec<String> = normalise(&filter.q).split(' ').map(str::to_owned).collect();
    let mut found = articles::list(store).await?;
    found.retain(|StoredArticle { article, .. }| {
        let has_status = match filter.status {
            Some(status) => article.status == status,
            None => article.status != ArticleStatus::Archived,
        };
        has_status && (filter.category.is_empty() || article.category == filter.category) && mentions(article, &words)
    });
    Ok(found)
}

/// Checks and stores a draft. Whoever calls tells the node that the shelf may have changed
/// (`App::knowledge_changed`); other nodes see it by `store::articles::changes`.
pub async fn save(store: &Store, id: &str, draft: DraftArticle, by: &str, at: UnixMs) -> Result<Saved, SaveError> {
    let article = check(id, draft).map_err(SaveError::Invalid)?;
    Ok(articles::save(store, article, by.to_owned(), at).await?)
}

/// Takes an article off the shelf; it can be restored.
pub async fn archive(store: &Store, id: &str, version: i64, by: &str, at: UnixMs) -> Result<Saved, StoreError> {
    articles::set_status(store, id.to_owned(), version, ArticleStatus::Archived, by.to_owned(), at).await
}

/// Brings an archived article back as a draft: whoever restores it looks at it before it is answered again.
pub async fn restore(store: &Store, id: &str, by: &str, at: UnixMs) -> Result<Saved, StoreError> {
    match articles::load(store, id).await? {
        None => Ok(Saved::Missing),
        Some(stored) if stored.article.status != ArticleStatus::Archived => Ok(Saved::Conflict(stored)),
        Some(stored) => {
            let version = stored.article.version;
            articles::set_status(store, id.to_owned(), version, ArticleStatus::Draft, by.to_owned(), at).await
        }
    }
}

fn mentions(article: &Article, words: &[String]) -> bool {
    if words.iter().all(|word| word.is_empty()) {
        return true;
    }
    let texts = article.texts.0.values();
    let parts = texts.flat_map(|text| text.questions.iter().chain([&text.title, &text.body]));
    let all: Vec<&str> = parts.chain(&article.products).chain([&article.id]).map(String::as_str).collect();
    let all = normalise(&all.join("\n"));
    words.iter().all(|word| all.contains(word.as_str()))
}

/// The article as it will be stored, or everything that is wrong with it, in the order of the form.
fn check(id: &str, draft: DraftArticle) -> Result<Article, Vec<Problem>> {
    let mut problems = Problems::default();
    problems.check_id(id);
    let category = one_line(&draft.category);
    problems.expect_filled("category", &category, MAX_LABEL_CHARS, "The category");
    let products: Vec<String> = draft.products.iter().map(|sku| one_line(sku)).filter(|sku| !sku.is_empty()).collect();
    if products.len() > MAX_PRODUCTS {
        problems.add("products", format!("An article can have at most {MAX_PRODUCTS} products."));
    }
    if products.iter().any(|sku| sku.chars().count() > MAX_LABEL_CHARS) {
        problems.add("products", format!("A product's SKU can have at most {MAX_LABEL_CHARS} characters."));
    }
    if let (Some(from), Some(until)) = (draft.valid_from, draft.valid_until)
        && until < from
    {
        problems.add("valid_until", format!("The last day ({until}) is before the first day ({from})."));
    }
    let mut texts = ByLang::default();
    for (lang, text) in draft.texts.0 {
        let text = ArticleText {
            title: one_line(&text.title),
            questions: text.questions.iter().map(|question| one_line(question)).filter(|q| !q.is_empty()).collect(),
            body: tidy_lines(&text.body),
        };
        // A language the editor left empty is a language the article does not have.
        if text != ArticleText::default() {
            problems.check_text(lang, &text, draft.publish);
            texts.0.insert(lang, text);
        }
    }
    if texts.0.is_empty() {
        problems.add("texts", "The article needs a title and an answer in at least one language.".to_owned());
    }
    if !problems.0.is_empty() {
        return Err(problems.0);
    }
    Ok(Article {
        id: ArticleId::from(id),
        status: if draft.publish { ArticleStatus::Published } else { ArticleStatus::Draft },
        category,
        products,
        valid_from: draft.valid_from,
        valid_until: draft.valid_until,
        texts,
        version: draft.version,
    })
}

#[derive(Default)]
struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, field: impl Into<String>, message: String) {
        self.0.push(Problem { field: field.into(), message });
    }

    fn check_id(&mut self, id: &str) {
        if id.is_empty() {
            self.add("id", "The article needs an id, such as shipping-fee.".to_owned());
        } else if !id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            || id.starts_with('-')
        {
            self.add(
                "id",
                "The id can have small letters a to z, digits and dashes only, such as shipping-fee.".to_owned(),
            );
        } else if id.len() > MAX_ID_CHARS {
            self.add("id", format!("The id can have at most {MAX_ID_CHARS} characters."));
        }
    }

    fn expect_filled(&mut self, field: &str, text: &str, most_chars: usize, name: &str) {
        let chars = text.chars().count();
        if chars == 0 {
            self.add(field, format!("{name} is missing."));
        } else if chars > most_chars {
            self.add(field, format!("{name} has {chars} characters; {most_chars} is the most."));
        }
    }

    fn check_text(&mut self, lang: Lang, text: &ArticleText, publish: bool) {
        self.expect_filled(
            &format!("texts.{lang}.title"),
            &text.title,
            MAX_TITLE_CHARS,
            &format!("The title in {}", name(lang)),
        );
        if publish || !text.body.is_empty() {
            self.expect_filled(
                &format!("texts.{lang}.body"),
                &text.body,
                MAX_BODY_CHARS,
                &format!("The answer in {}", name(lang)),
            );
        }
        let field = format!("texts.{lang}.questions");
        if text.questions.len() > MAX_QUESTIONS {
            self.add(
                &*field,
                format!("{} has {} similar questions; {MAX_QUESTIONS} is the most.", name(lang), text.questions.len()),
            );
        }
        if let Some(long) = text.questions.iter().find(|question| question.chars().count() > MAX_QUESTION_CHARS) {
            let start: String = long.chars().take(20).collect();
            self.add(
                &*field,
                format!(
                    "The similar question \"{start}…\" in {} is too long; {MAX_QUESTION_CHARS} characters is the most.",
                    name(lang)
                ),
            );
        }
    }
}

fn name(lang: Lang) -> &'static str {
    match lang {
        Lang::ZhHant => "Traditional Chinese",
        Lang::ZhHans => "Simplified Chinese",
        Lang::En => "English",
    }
}

/// For titles, questions, labels: no line breaks or other control characters, no space around.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// For Markdown: line feeds only, no other control characters but tabs, nothing around.
fn tidy_lines(text: &str) -> String {
    let unix = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String = unix.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    kept.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn draft() -> DraftArticle {
        let text =
            ArticleText { title: "運費".into(), questions: vec!["多少錢".into()], body: "**90 元**".into() };
        DraftArticle {
            version: 0,
            category: "delivery".into(),
            products: vec![],
            valid_from: None,
            valid_until: None,
            texts: ByLang(BTreeMap::from([(Lang::ZhHant, text)])),
            publish: true,
        }
    }

    fn told(id: &str, change: impl FnOnce(&mut DraftArticle)) -> Vec<(String, String)> {
        let mut draft = draft();
        change(&mut draft);
        let problems = check(id, draft).unwrap_err();
        problems.into_iter().map(|problem| (problem.field, problem.message)).collect()
    }

    fn text(draft: &mut DraftArticle) -> &mut ArticleText {
        draft.texts.0.get_mut(&Lang::ZhHant).unwrap()
    }

    #[test]
    fn a_good_draft_is_tidied_and_kept() {
        let mut draft = draft();
        text(&mut draft).title = " 運費\n怎麼算 ".into();
        text(&mut draft).questions = vec!["  ".into(), "a\u{0}b".into()];
        text(&mut draft).body = "\r\n一\r\n\r\n二\u{7}\t三  \r\n".into();
        draft.texts.0.insert(Lang::En, ArticleText::default());
        let article = check("shipping-fee", draft).unwrap();
        assert_eq!(article.status, ArticleStatus::Published);
        assert_eq!(article.texts.0.len(), 1, "an empty language is none");
        let text = article.texts.exact(Lang::ZhHant).unwrap();
        assert_eq!((text.title.as_str(), text.body.as_str()), ("運費 怎麼算", "一\n\n二\t三"));
        assert_eq!(text.questions, ["a b"]);
    }

    #[test]
    fn each_mistake_is_told_where_it_is() {
        for (field, words, told) in [
            ("id", "needs an id", told("", |_| ())),
            ("id", "a to z", told("Shipping Fee", |_| ())),
            ("id", "a to z", told("../etc", |_| ())),
            ("id", "80", told(&"a".repeat(81), |_| ())),
            ("category", "missing", told("a", |draft| draft.category = " ".into())),
            ("texts", "at least one language", told("a", |draft| draft.texts.0.clear())),
            ("texts.zh-Hant.title", "Traditional Chinese is missing", told("a", |draft| text(draft).title.clear())),
            ("texts.zh-Hant.title", "201 characters", told("a", |draft| text(draft).title = "長".repeat(201))),
            ("texts.zh-Hant.body", "is missing", told("a", |draft| text(draft).body.clear())),
            ("texts.zh-Hant.body", "20001", told("a", |draft| text(draft).body = "長".repeat(20_001))),
            ("texts.zh-Hant.questions", "101", told("a", |draft| text(draft).questions = vec!["問".into(); 101])),
            ("texts.zh-Hant.questions", "too long", told("a", |draft| text(draft).questions = vec!["問".repeat(301)])),
            (
                "valid_until",
                "(2026-01-01) is before the first day (2026-01-02)",
                told("a", |draft| {
                    draft.valid_from = Some(jiff::civil::date(2026, 1, 2));
                    draft.valid_until = Some(jiff::civil::date(2026, 1, 1));
                }),
            ),
        ] {
            assert_eq!(told.len(), 1, "{told:?}");
            assert!(told[0].0 == field && told[0].1.contains(words), "{field}: {words}: {told:?}");
        }
        assert_eq!(told("", |draft| draft.category.clear()).len(), 2, "all mistakes at once");
    }

    #[test]
    fn a_draft_may_still_lack_its_answer() {
        let mut draft = draft();
        draft.publish = false;
        text(&mut draft).body.clear();
        assert_eq!(check("a", draft).unwrap().status, ArticleStatus::Draft);
    }

    #[test]
    fn a_search_in_one_script_finds_the_other() {
        let article = check("shipping-fee", draft()).unwrap();
        for (query, found) in [("运费", true), ("運費 90", true), ("SHIPPING", true), ("", true), ("運費 退貨", false)]
        {
            let words: Vec<String> = normalise(query).split(' ').map(str::to_owned).collect();
            assert_eq!(mentions(&article, &words), found, "{query}");
        }
    }
}
