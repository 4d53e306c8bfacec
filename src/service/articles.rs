//! Editing the knowledge base: what an editor's draft must be like, and finding articles.

use serde::{Deserialize, Serialize};

use jiff::civil::Date;

use crate::{
    domain::{
        Article, ArticleDraft, ArticleText, ByLang, Care, Fields, Lang, UnixMs,
        article::{ArticleId, ArticleStatus},
        sentence::{Sentence, sentence},
    },
    store::{
        Store, StoreError,
        article_versions::{self, How},
        articles::{self, Change, Saved, StoredArticle},
    },
};

const MAX_ID_CHARS: usize = 80;
pub(super) const MAX_TITLE_CHARS: usize = 200;
pub(super) const MAX_QUESTION_CHARS: usize = 300;
const MAX_QUESTIONS: usize = 100;
const MAX_BODY_CHARS: usize = 20_000;
const MAX_LABEL_CHARS: usize = 60;
const MAX_PRODUCTS: usize = 100;
const MAX_WHY_CHARS: usize = 500;

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
    /// Without it, what is stored stays.
    #[serde(default)]
    pub care: Option<Care>,
    /// False keeps it a draft (or takes it off the shelf).
    pub publish: bool,
    /// For the history, in the editor's words.
    #[serde(default)]
    pub why: String,
    /// The revision of the draft this is: the draft ends with it.
    #[serde(default)]
    pub revision: Option<i64>,
}

impl DraftArticle {
    /// What was written, to be saved or published.
    pub fn of(fields: Fields, version: i64, publish: bool) -> DraftArticle {
        let Fields { category, products, valid_from, valid_until, texts, care } = fields;
        DraftArticle {
            version,
            category,
            products,
            valid_from,
            valid_until,
            texts,
            care: Some(care),
            publish,
            why: String::new(),
            revision: None,
        }
    }
}

/// One thing that keeps a draft from being saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Where in the form: `id`, `category`, `products`, `valid_until`, `texts`, `texts.en.title`, …
    pub field: String,
    /// A sentence for the editor.
    #[serde(flatten)]
    pub message: Sentence,
}

#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    #[error("{}", Sentence::all(.0.iter().map(|problem| &problem.message)))]
    Invalid(Vec<Problem>),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SaveError {
    pub(super) fn one(field: &str, message: Sentence) -> SaveError {
        SaveError::Invalid(vec![Problem { field: field.to_owned(), message }])
    }
}

/// A draft of which there is no article yet, as one: version 0.
pub fn unborn(draft: &ArticleDraft) -> StoredArticle {
    let article = draft.fields.clone().into_article(draft.article.clone(), ArticleStatus::Draft, 0);
    StoredArticle { article, updated_at: draft.updated_at, updated_by: Some(draft.updated_by.clone()) }
}

/// Checks and stores a draft. Whoever calls tells the node that the shelf may have changed
/// (`App::knowledge_changed`); other nodes see it by `store::articles::changes`.
pub async fn save(store: &Store, id: &str, draft: DraftArticle, by: &str, at: UnixMs) -> Result<Saved, SaveError> {
    let how = if draft.publish { How::Published } else { How::Saved };
    let change = Change { how, why: short(&draft.why), by: Some(by.to_owned()), at };
    let (revision, keeps_care) = (draft.revision, draft.care.is_none());
    let mut article = check(id, draft).map_err(SaveError::Invalid)?;
    if keeps_care && let Some(stored) = articles::load(store, id).await? {
        article.care = stored.article.care;
    }
    Ok(articles::save_as(store, article, change, revision).await?)
}

/// Puts the text of an earlier version in force again, as a new version. `from`: the version that is in force now.
pub async fn roll_back(
    store: &Store,
    id: &str,
    (to, from): (i64, i64),
    why: &str,
    by: &str,
    at: UnixMs,
) -> Result<Saved, StoreError> {
    let Some(before) = article_versions::load(store, id, to).await? else { return Ok(Saved::Missing) };
    let article = Article { status: ArticleStatus::Published, version: from, ..before };
    let why = format!("v{to} {}", short(why)).trim_end().to_owned();
    articles::save_as(store, article, Change { how: How::RolledBack, why, by: Some(by.to_owned()), at }, None).await
}

/// One line, cut where it is too long for a history.
pub(super) fn short(why: &str) -> String {
    one_line(why).chars().take(MAX_WHY_CHARS).collect()
}

/// Takes an article off the shelf; it can be restored.
pub async fn archive(
    store: &Store,
    id: &str,
    version: i64,
    (by, why): (&str, &str),
    at: UnixMs,
) -> Result<Saved, StoreError> {
    let by_why = (by.to_owned(), short(why));
    articles::set_status(store, id.to_owned(), version, ArticleStatus::Archived, by_why, at).await
}

/// Brings an archived article back as a draft: whoever restores it looks at it before it is answered again.
pub async fn restore(store: &Store, id: &str, (by, why): (&str, &str), at: UnixMs) -> Result<Saved, StoreError> {
    match articles::load(store, id).await? {
        None => Ok(Saved::Missing),
        Some(stored) if stored.article.status != ArticleStatus::Archived => Ok(Saved::Conflict(stored)),
        Some(stored) => {
            let version = stored.article.version;
            let by_why = (by.to_owned(), short(why));
            articles::set_status(store, id.to_owned(), version, ArticleStatus::Draft, by_why, at).await
        }
    }
}

/// Whether it can be an article's id.
pub(super) fn check_id(id: &str) -> Result<(), Vec<Problem>> {
    let mut problems = Problems::default();
    problems.check_id(id);
    if problems.0.is_empty() { Ok(()) } else { Err(problems.0) }
}

/// The article as it would be stored.
///
/// # Errors
/// Everything that keeps it from being saved.
pub fn check_article(id: &str, draft: DraftArticle) -> Result<Article, SaveError> {
    check(id, draft).map_err(SaveError::Invalid)
}

/// The article as it will be stored, or everything that is wrong with it, in the order of the form.
pub(super) fn check(id: &str, draft: DraftArticle) -> Result<Article, Vec<Problem>> {
    let mut problems = Problems::default();
    problems.check_id(id);
    let category = one_line(&draft.category);
    problems.expect_filled(
        "category",
        &category,
        MAX_LABEL_CHARS,
        || sentence!("The category is missing."),
        |chars, most| sentence!("The category has {chars} characters; {most} is the most.", chars, most),
    );
    let products: Vec<String> = draft.products.iter().map(|sku| one_line(sku)).filter(|sku| !sku.is_empty()).collect();
    if products.len() > MAX_PRODUCTS {
        problems.add("products", sentence!("An article can have at most {most} products.", most = MAX_PRODUCTS));
    }
    if products.iter().any(|sku| sku.chars().count() > MAX_LABEL_CHARS) {
        problems
            .add("products", sentence!("A product's SKU can have at most {most} characters.", most = MAX_LABEL_CHARS));
    }
    if let (Some(from), Some(until)) = (draft.valid_from, draft.valid_until)
        && until < from
    {
        problems.add("valid_until", sentence!("The last day ({until}) is before the first day ({from}).", until, from));
    }
    let mut care = draft.care.unwrap_or_default();
    care.owner = care.owner.map(|owner| one_line(&owner)).filter(|owner| !owner.is_empty());
    if care.owner.as_ref().is_some_and(|owner| owner.chars().count() > MAX_LABEL_CHARS) {
        problems
            .add("owner", sentence!("The owner's name can have at most {most} characters.", most = MAX_LABEL_CHARS));
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
    care.translated.retain(|lang, made| texts.0.contains_key(lang) && *lang != made.from);
    if texts.0.is_empty() {
        problems.add("texts", sentence!("The article needs a title and an answer in at least one language."));
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
        care,
        version: draft.version,
    })
}

#[derive(Default)]
struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, field: impl Into<String>, message: Sentence) {
        self.0.push(Problem { field: field.into(), message });
    }

    fn check_id(&mut self, id: &str) {
        if id.is_empty() {
            self.add("id", sentence!("The article needs an id, such as shipping-fee."));
        } else if !id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            || id.starts_with('-')
        {
            self.add(
                "id",
                sentence!("The id can have small letters a to z, digits and dashes only, such as shipping-fee."),
            );
        } else if id.len() > MAX_ID_CHARS {
            self.add("id", sentence!("The id can have at most {most} characters.", most = MAX_ID_CHARS));
        }
    }

    fn expect_filled(
        &mut self,
        field: &str,
        text: &str,
        most_chars: usize,
        missing: impl FnOnce() -> Sentence,
        too_long: impl FnOnce(usize, usize) -> Sentence,
    ) {
        let chars = text.chars().count();
        if chars == 0 {
            self.add(field, missing());
        } else if chars > most_chars {
            self.add(field, too_long(chars, most_chars));
        }
    }

    fn check_text(&mut self, lang: Lang, text: &ArticleText, publish: bool) {
        self.expect_filled(
            &format!("texts.{lang}.title"),
            &text.title,
            MAX_TITLE_CHARS,
            || sentence!("The title in {lang} is missing.", lang = name(lang)),
            |chars, most| {
                let lang = name(lang);
                sentence!("The title in {lang} has {chars} characters; {most} is the most.", lang, chars, most)
            },
        );
        if publish || !text.body.is_empty() {
            self.expect_filled(
                &format!("texts.{lang}.body"),
                &text.body,
                MAX_BODY_CHARS,
                || sentence!("The answer in {lang} is missing.", lang = name(lang)),
                |chars, most| {
                    let lang = name(lang);
                    sentence!("The answer in {lang} has {chars} characters; {most} is the most.", lang, chars, most)
                },
            );
        }
        let field = format!("texts.{lang}.questions");
        if text.questions.len() > MAX_QUESTIONS {
            self.add(
                &*field,
                sentence!(
                    "{lang} has {questions} similar questions; {most} is the most.",
                    lang = name(lang),
                    questions = text.questions.len(),
                    most = MAX_QUESTIONS
                ),
            );
        }
        if let Some(long) = text.questions.iter().find(|question| question.chars().count() > MAX_QUESTION_CHARS) {
            let start: String = long.chars().take(20).collect();
            self.add(
                &*field,
                sentence!(
                    "The similar question \"{start}…\" in {lang} is too long; {most} characters is the most.",
                    start,
                    lang = name(lang),
                    most = MAX_QUESTION_CHARS
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
            care: None,
            publish: true,
            why: String::new(),
            revision: None,
        }
    }

    fn told(id: &str, change: impl FnOnce(&mut DraftArticle)) -> Vec<(String, String)> {
        let mut draft = draft();
        change(&mut draft);
        let problems = check(id, draft).unwrap_err();
        problems.into_iter().map(|problem| (problem.field, problem.message.to_string())).collect()
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
}
