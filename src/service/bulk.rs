//! Many articles at once: as a table that spreadsheets open, and what bringing one back would change.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use jiff::civil::Date;
use serde::Serialize;

use super::articles::{self, DraftArticle};
use crate::{
    domain::{
        Article, ArticleText, Audience, ByLang, Care, Lang, UnixMs,
        article::{ArticleId, ArticleStatus, Translated},
        csv,
        playbook::FileError,
        sentence::{Sentence, sentence},
    },
    store::{Store, StoreError, articles as shelf, articles::StoredArticle},
};

/// One row per article and language; similar questions on lines of their own in one cell.
const COLUMNS: [&str; 16] = [
    "id",
    "lang",
    "status",
    "title",
    "questions",
    "category",
    "products",
    "valid_from",
    "valid_until",
    "audience",
    "owner",
    "review_on",
    // What a translation was made from; title and body where the source says something else by now.
    "translated_from",
    "translated_title",
    "translated_body",
    "body",
];

/// What would change, or has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Plan {
    pub added: Vec<ArticleId>,
    pub changed: Vec<Change>,
    pub unchanged: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    pub id: ArticleId,
    /// `category`, `en.title`, `en.questions 7 -> 0`, `status archived -> published`, `zh-Hans` for a language that comes or
    /// goes, …
    pub fields: Vec<String>,
}

impl Plan {
    /// Those of `incoming` that would be written.
    pub fn written(&self, incoming: &[Article]) -> Vec<Article> {
        let ids: BTreeSet<&ArticleId> = self.added.iter().chain(self.changed.iter().map(|change| &change.id)).collect();
        incoming.iter().filter(|article| ids.contains(&article.id)).cloned().collect()
    }
}

impl std::fmt::Display for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for id in &self.added {
            writeln!(f, "new      {id}")?;
        }
        for Change { id, fields } in &self.changed {
            writeln!(f, "changed  {id}: {}", fields.join(", "))?;
        }
        write!(f, "{} new, {} changed, {} unchanged", self.added.len(), self.changed.len(), self.unchanged)
    }
}

/// Published articles and drafts; with a byte order mark, without which some spreadsheets misread Chinese.
pub fn to_csv(stored: &[StoredArticle]) -> String {
    let mut out = String::from('\u{feff}');
    csv::write_record(COLUMNS, &mut out);
    for StoredArticle { article, .. } in stored.iter().filter(|one| one.article.status != ArticleStatus::Archived) {
        for (lang, text) in &article.texts.0 {
            let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
            let made = article.care.translated.get(lang);
            // As in the files: most were made from what their source says now.
            let is_fresh = |made: &&Translated| {
                article.texts.exact(made.from).is_some_and(|now| (&now.title, &now.body) == (&made.title, &made.body))
            };
            let older = made.filter(|made| !is_fresh(made));
            csv::write_record(
                [
                    article.id.as_str(),
                    lang.tag(),
                    said(article.status),
                    &text.title,
                    &text.questions.join("\n"),
                    &article.category,
                    &article.products.join(", "),
                    &day(article.valid_from),
                    &day(article.valid_until),
                    if article.care.audience == Audience::Staff { "staff" } else { "everyone" },
                    article.care.owner.as_deref().unwrap_or_default(),
                    &day(article.care.review_on),
                    made.map_or("", |made| made.from.tag()),
                    older.map_or("", |made| &made.title),
                    older.map_or("", |made| &made.body),
                    &text.body,
                ],
                &mut out,
            );
        }
    }
    out
}

/// What was saved by a spreadsheet: UTF-16 where it says so, else UTF-8. What is neither is refused by [`from_csv`].
pub fn text_of(bytes: &[u8]) -> String {
    let units =
        |of: fn([u8; 2]) -> u16| -> Vec<u16> { bytes[2..].as_chunks().0.iter().map(|pair| of(*pair)).collect() };
    match bytes {
        [0xff, 0xfe, ..] => String::from_utf16_lossy(&units(u16::from_le_bytes)),
        [0xfe, 0xff, ..] => String::from_utf16_lossy(&units(u16::from_be_bytes)),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// The articles of a table, each as the editor would have to write it. Languages and columns that the table does not have
/// stay as they are stored; an empty cell clears.
///
/// # Errors
/// Every mistake with its line, in the order of the file.
pub fn from_csv(path: &str, text: &str, stored: &[StoredArticle]) -> Result<Vec<Article>, Vec<FileError>> {
    let error = |line, message: Sentence| FileError { path: path.to_owned(), line, message };
    if let Some(at) = text.find(['\0', char::REPLACEMENT_CHARACTER]) {
        let line = text[..at].matches('\n').count() + 1;
        return Err(vec![error(line, sentence!("the text is not UTF-8; please save the table as \"CSV UTF-8\""))]);
    }
    let records = csv::read(text).map_err(|(line, message)| vec![error(line, message)])?;
    let Some((head, rows)) = records.split_first() else {
        return Err(vec![error(1, sentence!("the file is empty"))]);
    };
    let columns = columns(head).map_err(|message| vec![error(head.line, message)])?;
    let mut mistakes = Vec::new();
    let mut drafts: BTreeMap<ArticleId, (usize, DraftArticle)> = BTreeMap::new();
    for row in rows {
        if row.cells.len() > head.cells.len() {
            mistakes.push(error(row.line, sentence!("this row has more cells than the first")));
            continue;
        }
        match read_row(&columns, row) {
            Ok((id, lang, draft)) => match drafts.get_mut(&id) {
                None => _ = drafts.insert(id, (row.line, draft)),
                Some((line, known)) => {
                    if let Some(message) = join(known, lang, draft, *line) {
                        mistakes.push(error(row.line, message));
                    }
                }
            },
            Err(messages) => mistakes.extend(messages.into_iter().map(|message| error(row.line, message))),
        }
    }
    let mut read = Vec::new();
    for (id, (line, mut draft)) in drafts {
        let known = stored.binary_search_by(|one| one.article.id.as_str().cmp(&id)).ok().map(|at| &stored[at].article);
        for (lang, text) in known.iter().flat_map(|known| &known.texts.0) {
            let read = draft.texts.0.entry(*lang).or_insert_with(|| text.clone());
            if !columns.contains_key("questions") {
                read.questions.clone_from(&text.questions);
            }
        }
        if let Some(known) = known {
            let stays = |name| !columns.contains_key(name);
            if stays("products") {
                draft.products.clone_from(&known.products);
            }
            if stays("valid_from") {
                draft.valid_from = known.valid_from;
            }
            if stays("valid_until") {
                draft.valid_until = known.valid_until;
            }
            if stays("status") {
                draft.publish = known.status == ArticleStatus::Published;
            }
        }
        // What the table has no column for stays, and so does what translations were made from where we know it.
        let made = draft.care.as_ref().map(|care| care.translated.clone()).unwrap_or_default();
        let mut care = known.map(|known| known.care.clone()).unwrap_or_default();
        let Care { audience, owner, review_on, .. } = draft.care.take().unwrap_or_default();
        if columns.contains_key("audience") {
            care.audience = audience;
        }
        if columns.contains_key("owner") {
            care.owner = owner;
        }
        if columns.contains_key("review_on") {
            care.review_on = review_on;
        }
        draft.care = Some(care);
        match articles::check(&id, draft) {
            Ok(mut article) => {
                if known.is_none()
                    && let Err(message) = make_from(&mut article, made)
                {
                    mistakes.push(error(line, message));
                }
                if let Some(known) = known.filter(|_| !columns.contains_key("status")) {
                    article.status = known.status;
                }
                read.push(article);
            }
            Err(problems) => mistakes.extend(problems.into_iter().map(|problem| error(line, problem.message))),
        }
    }
    mistakes.sort_by_key(|mistake| mistake.line);
    if mistakes.is_empty() { Ok(read) } else { Err(mistakes) }
}

/// A new article's translations know what they were made from; no title and body stand for what the source says now.
fn make_from(article: &mut Article, made: BTreeMap<Lang, Translated>) -> Result<(), Sentence> {
    for (lang, Translated { from, title, body }) in made.into_iter().filter(|(lang, made)| *lang != made.from) {
        let Some(source) = article.texts.exact(from) else {
            return Err(sentence!("translated is from {lang}, and the article has no text in it", lang = from));
        };
        let is_fresh = title.is_empty() && body.is_empty();
        let (title, body) = if is_fresh { (source.title.clone(), source.body.clone()) } else { (title, body) };
        article.care.translated.insert(lang, Translated { from, title, body });
    }
    Ok(())
}

/// By name, in whatever order.
fn columns(head: &csv::Record) -> Result<BTreeMap<&'static str, usize>, Sentence> {
    let mut columns = BTreeMap::new();
    for (at, name) in head.cells.iter().enumerate() {
        let Some(known) = COLUMNS.into_iter().find(|known| known.eq_ignore_ascii_case(name.trim())) else {
            return Err(sentence!(
                "there is no column \"{name}\"; known are {known}",
                name,
                known = COLUMNS.join(", ")
            ));
        };
        if columns.insert(known, at).is_some() {
            return Err(sentence!("the column {known} is there twice", known));
        }
    }
    match ["id", "lang", "title", "body", "category"].into_iter().find(|name| !columns.contains_key(name)) {
        Some(missing) => Err(sentence!("the column {missing} is missing", missing)),
        None => Ok(columns),
    }
}

fn read_row(
    columns: &BTreeMap<&'static str, usize>,
    row: &csv::Record,
) -> Result<(ArticleId, Lang, DraftArticle), Vec<Sentence>> {
    let cell = |name: &str| columns.get(name).and_then(|at| row.cells.get(*at)).map_or("", String::as_str);
    let mut mistakes = Vec::new();
    let lang_of = |tag: &str| Lang::ALL.into_iter().find(|lang| lang.tag().eq_ignore_ascii_case(tag.trim()));
    let lang = lang_of(cell("lang"));
    if lang.is_none() {
        mistakes.push(sentence!("\"{lang}\" is no language; known are zh-Hant, zh-Hans, en", lang = cell("lang")));
    }
    let mut day = |name: &str| match cell(name).trim() {
        "" => None,
        // Spreadsheets write a day their own way: 2026/1/5.
        text => day_of(text)
            .ok_or(())
            .map_err(|_| mistakes.push(sentence!("{name} is a day such as 2026-01-31, not \"{text}\"", name, text)))
            .ok(),
    };
    let (valid_from, valid_until, review_on) = (day("valid_from"), day("valid_until"), day("review_on"));
    let audience = match cell("audience").trim().to_ascii_lowercase().as_str() {
        "" | "everyone" => Audience::Everyone,
        "staff" => Audience::Staff,
        other => {
            mistakes.push(sentence!("audience is everyone or staff, not \"{other}\"", other));
            Audience::Everyone
        }
    };
    let owner = Some(cell("owner").trim().to_owned()).filter(|owner| !owner.is_empty());
    let publish = match cell("status").trim().to_ascii_lowercase().as_str() {
        "" | "published" => true,
        "draft" => false,
        other => {
            mistakes.push(sentence!("status is published or draft, not \"{other}\"", other));
            false
        }
    };
    let made = (cell("translated_title"), cell("translated_body"));
    let translated = match cell("translated_from").trim() {
        "" => None,
        tag => {
            let from = lang_of(tag);
            if from.is_none() {
                mistakes.push(sentence!("\"{lang}\" is no language; known are zh-Hant, zh-Hans, en", lang = tag));
            }
            if made.0.is_empty() != made.1.is_empty() {
                mistakes.push(sentence!("translated has title and body, or neither"));
            }
            from.map(|from| Translated { from, title: made.0.to_owned(), body: made.1.to_owned() })
        }
    };
    let (Some(lang), true) = (lang, mistakes.is_empty()) else { return Err(mistakes) };
    let list = |text: &str, between: &[char]| -> Vec<String> {
        text.split(between).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let text = ArticleText {
        title: cell("title").to_owned(),
        questions: list(cell("questions"), &['\n']),
        body: cell("body").to_owned(),
    };
    let draft = DraftArticle {
        version: 0,
        category: cell("category").to_owned(),
        products: list(cell("products"), &[',', '\n']),
        valid_from,
        valid_until,
        texts: ByLang(BTreeMap::from([(lang, text)])),
        care: Some(Care {
            audience,
            owner,
            review_on,
            translated: translated.map(|made| (lang, made)).into_iter().collect(),
        }),
        publish,
        why: String::new(),
        revision: None,
    };
    Ok((cell("id").trim().to_owned(), lang, draft))
}

/// Year, month and day in this order, between dashes or strokes.
fn day_of(text: &str) -> Option<Date> {
    let mut parts = text.split(['-', '/']);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let day = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
    (year.len() == 4 && parts.next().is_none()).then_some(day)
}

/// Another language of the same article. What is wrong with it, if anything is.
fn join(known: &mut DraftArticle, lang: Lang, mut row: DraftArticle, line: usize) -> Option<Sentence> {
    let care = |draft: &DraftArticle| draft.care.clone().unwrap_or_default();
    let (ours, theirs) = (care(known), care(&row));
    let same = [
        ("audience", ours.audience == theirs.audience),
        ("owner", ours.owner == theirs.owner),
        ("review_on", ours.review_on == theirs.review_on),
        ("category", known.category == row.category),
        ("products", known.products == row.products),
        ("valid_from", known.valid_from == row.valid_from),
        ("valid_until", known.valid_until == row.valid_until),
        ("status", known.publish == row.publish),
    ];
    if let Some((field, _)) = same.iter().find(|(_, same)| !same) {
        return Some(sentence!(
            "{field} is not the same as in line {line}, another language of the article",
            field,
            line
        ));
    }
    let text = row.texts.0.remove(&lang)?;
    if let (Some(ours), Some(theirs)) = (known.care.as_mut(), row.care.take()) {
        ours.translated.extend(theirs.translated);
    }
    let before = known.texts.0.insert(lang, text);
    before.map(|_| sentence!("the article is already there in {lang}, in line {line} or below", lang, line))
}

/// Holds articles against those that are stored.
pub fn plan(stored: &[StoredArticle], incoming: &[Article]) -> Plan {
    let known: BTreeMap<&str, &Article> = stored.iter().map(|one| (one.article.id.as_str(), &one.article)).collect();
    let mut plan = Plan::default();
    for article in incoming {
        match known.get(article.id.as_str()) {
            None => plan.added.push(article.id.clone()),
            Some(known) => match differences(known, article) {
                fields if fields.is_empty() => plan.unchanged += 1,
                fields => plan.changed.push(Change { id: article.id.clone(), fields }),
            },
        }
    }
    plan
}

fn differences(old: &Article, new: &Article) -> Vec<String> {
    let status = (old.status != new.status).then(|| format!("status {} -> {}", said(old.status), said(new.status)));
    let fields = [
        ("category", old.category == new.category),
        ("valid_from", old.valid_from == new.valid_from),
        ("valid_until", old.valid_until == new.valid_until),
        ("audience", old.care.audience == new.care.audience),
        ("owner", old.care.owner == new.care.owner),
        ("review_on", old.care.review_on == new.care.review_on),
    ]
    .into_iter()
    .filter(|(_, same)| !same)
    .map(|(name, _)| name.to_owned());
    let products = counted("products", &old.products, &new.products);
    let mut fields: Vec<String> = status.into_iter().chain(fields).chain(products).collect();
    for lang in Lang::ALL {
        match (old.texts.exact(lang), new.texts.exact(lang)) {
            (Some(old), Some(new)) => {
                fields.extend((old.title != new.title).then(|| format!("{lang}.title")));
                fields.extend(counted(&format!("{lang}.questions"), &old.questions, &new.questions));
                fields.extend((old.body != new.body).then(|| format!("{lang}.body")));
            }
            (None, None) => {}
            _ => fields.push(lang.tag().to_owned()),
        }
    }
    fields
}

/// A list that changed, with how many there were and are where that is not the same.
fn counted(name: &str, old: &[String], new: &[String]) -> Option<String> {
    let (before, after) = (old.len(), new.len());
    (old != new).then(|| if before == after { name.to_owned() } else { format!("{name} {before} -> {after}") })
}

fn said(status: ArticleStatus) -> &'static str {
    match status {
        ArticleStatus::Draft => "draft",
        ArticleStatus::Published => "published",
        ArticleStatus::Archived => "archived",
    }
}

/// Titles and similar questions, all languages together.
pub fn phrasings(articles: &[Article]) -> usize {
    articles.iter().flat_map(|article| article.texts.0.values()).map(|text| 1 + text.questions.len()).sum()
}

/// All mistakes on lines of their own.
pub fn told(mistakes: &[FileError]) -> String {
    mistakes.iter().fold(String::new(), |mut told, mistake| {
        let _ = writeln!(told, "{mistake}");
        told
    })
}

/// Brings the stored ones to what these say, in one transaction. Whoever calls tells the node that articles changed.
///
/// # Errors
/// The database was not there. Nothing was stored.
pub async fn apply(store: &Store, articles: Vec<Article>, by: Option<String>, at: UnixMs) -> Result<usize, StoreError> {
    shelf::import_by(store, articles, by, at).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_brings_what_translations_were_made_from_into_an_empty_database() {
        let text =
            |title: &str, body: &str| ArticleText { title: title.into(), questions: Vec::new(), body: body.into() };
        let made = |title: &str, body: &str| Translated { from: Lang::En, title: title.into(), body: body.into() };
        let mut article = Article {
            id: "fee".into(),
            status: ArticleStatus::Published,
            category: "shipping".into(),
            products: Vec::new(),
            valid_from: None,
            valid_until: None,
            texts: ByLang(BTreeMap::from([
                (Lang::En, text("Fee?", "It is 100.")),
                (Lang::ZhHans, text("Q1", "100")),
                (Lang::ZhHant, text("Q2", "90")),
            ])),
            care: Care::default(),
            version: 1,
        };
        article.care.translated = BTreeMap::from([
            (Lang::ZhHans, made("Fee?", "It is 100.")),
            (Lang::ZhHant, made("Fee?", "It is\n\"90\".")),
        ]);
        let stored = StoredArticle { article: article.clone(), updated_at: 0, updated_by: None };
        let table = to_csv(std::slice::from_ref(&stored));
        let read = from_csv("a.csv", &table, &[]).expect("what we wrote");
        assert_eq!(read[0].care.translated, article.care.translated, "{table}");
        assert_eq!(read[0].stale().collect::<Vec<_>>(), [Lang::ZhHant]);
        // Where it is known already, the table has no say.
        let without = table.replace(",en,,,", ",,,,");
        let read = from_csv("a.csv", &without, &[stored]).expect("a table");
        assert_eq!(read[0].care.translated, article.care.translated);
        let told =
            |from: &str, to: &str| from_csv("a.csv", &table.replacen(from, to, 1), &[]).unwrap_err()[0].to_string();
        assert!(told(",en,Fee?", ",en,").contains("translated has title and body, or neither"));
        assert!(told(",en,Fee?", ",fr,Fee?").contains("\"fr\" is no language"));
    }
}
