//! Articles as Markdown files with front matter, one per language: reading, putting together, writing.
//! The format is described in knowledge_base/README.md.

use std::{collections::BTreeMap, fmt::Write};

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use super::{
    Article, ArticleId, ArticleText, Audience, ByLang, Care, Lang,
    article::{ArticleStatus, Translated},
    playbook::{FileError, FileErrors, SourceFile, TomlFile},
};
use crate::domain::sentence::{Sentence, sentence};

/// What all languages of an article must agree on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Meta {
    pub category: String,
    pub products: Vec<String>,
    pub valid_from: Option<Date>,
    pub valid_until: Option<Date>,
    pub audience: Audience,
    pub owner: Option<String>,
    pub review_on: Option<Date>,
}

/// Line of each field of [`Meta`] in its file, 1-based; the line of `id` where the field is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MetaLines {
    category: usize,
    products: usize,
    valid_from: usize,
    valid_until: usize,
    audience: usize,
    owner: usize,
    review_on: usize,
}

/// One file, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleFile {
    pub id: ArticleId,
    pub lang: Lang,
    pub text: ArticleText,
    pub meta: Meta,
    /// What this text was made from, and the line that says so.
    pub translated: Option<(MadeFrom, usize)>,
    lines: MetaLines,
}

/// What a translation was made from, as its file says it: without title and body it is the source as the files have it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MadeFrom {
    pub from: Lang,
    title: Option<String>,
    body: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrontMatter {
    id: Spanned<String>,
    title: Spanned<String>,
    questions: Spanned<Vec<String>>,
    category: Spanned<String>,
    #[serde(default)]
    products: Option<Spanned<Vec<String>>>,
    valid_from: Option<Spanned<toml::value::Datetime>>,
    valid_until: Option<Spanned<toml::value::Datetime>>,
    audience: Option<Spanned<Audience>>,
    owner: Option<Spanned<String>>,
    review_on: Option<Spanned<toml::value::Datetime>>,
    translated: Option<Spanned<MadeFrom>>,
}

const FENCE: &str = "+++";

/// `path` ends in `<lang>/<id>.md`.
pub fn parse(path: &str, text: &str) -> Result<ArticleFile, FileError> {
    let error = |line, message: Sentence| FileError { path: path.to_owned(), line, message };
    let mut parts = path.rsplit(['/', '\\']);
    let stem = parts.next().unwrap_or_default().trim_end_matches(".md");
    let folder = parts.next().unwrap_or_default();
    let Some(lang) = Lang::ALL.into_iter().find(|lang| lang.tag() == folder) else {
        return Err(error(
            0,
            sentence!("the folder \"{folder}\" is no language; known are zh-Hant, zh-Hans, en", folder),
        ));
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let unix = text.replace("\r\n", "\n");
    let Some(rest) = unix.strip_prefix(FENCE).and_then(|rest| rest.strip_prefix('\n')) else {
        return Err(error(
            1,
            sentence!("the first line must be {fence}, the beginning of the front matter", fence = FENCE),
        ));
    };
    let Some((front, body)) = split_front_matter(rest) else {
        return Err(error(1, sentence!("the front matter has no end: a line {fence} is missing", fence = FENCE)));
    };
    let toml = TomlFile { path, text: front, lines_before: 1 };
    let matter: FrontMatter = toml.read()?;
    let id = matter.id.get_ref().clone();
    if id != stem {
        return Err(toml.error_on(&matter.id, sentence!("id is \"{id}\" but the file is called \"{stem}\"", id, stem)));
    }
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
        return Err(toml.error_on(&matter.id, sentence!("id \"{id}\" may hold a-z, 0-9 and dashes only", id)));
    }
    if matter.title.get_ref().trim().is_empty() {
        return Err(toml.error_on(&matter.title, sentence!("the title is empty")));
    }
    if matter.questions.get_ref().iter().any(|question| question.trim().is_empty()) {
        return Err(toml.error_on(&matter.questions, sentence!("one of the questions is empty")));
    }
    if matter.category.get_ref().trim().is_empty() {
        return Err(toml.error_on(&matter.category, sentence!("the category is empty")));
    }
    let body = body.trim();
    if body.is_empty() {
        return Err(error(front.matches('\n').count() + 2, sentence!("there is no answer below the front matter")));
    }
    let (valid_from, valid_until) =
        (date(&toml, matter.valid_from.as_ref())?, date(&toml, matter.valid_until.as_ref())?);
    if let (Some(from), Some(until), Some(written)) = (valid_from, valid_until, &matter.valid_until)
        && until < from
    {
        return Err(toml.error_on(written, sentence!("valid_until {until} is before valid_from {from}", until, from)));
    }
    let review_on = date(&toml, matter.review_on.as_ref())?;
    let id_line = toml.line_of(&matter.id);
    let lines = MetaLines {
        audience: matter.audience.as_ref().map_or(id_line, |written| toml.line_of(written)),
        owner: matter.owner.as_ref().map_or(id_line, |written| toml.line_of(written)),
        review_on: matter.review_on.as_ref().map_or(id_line, |written| toml.line_of(written)),
        category: toml.line_of(&matter.category),
        products: matter.products.as_ref().map_or(id_line, |written| toml.line_of(written)),
        valid_from: matter.valid_from.as_ref().map_or(id_line, |written| toml.line_of(written)),
        valid_until: matter.valid_until.as_ref().map_or(id_line, |written| toml.line_of(written)),
    };
    let translated = matter.translated.map(|made| (toml.line_of(&made), made.into_inner()));
    if let Some((line, made)) = &translated
        && made.title.is_some() != made.body.is_some()
    {
        return Err(error(*line, sentence!("translated has title and body, or neither")));
    }
    let translated = translated.map(|(line, made)| (made, line));
    let meta = Meta {
        category: matter.category.into_inner(),
        products: matter.products.map(Spanned::into_inner).unwrap_or_default(),
        valid_from,
        valid_until,
        audience: matter.audience.map(Spanned::into_inner).unwrap_or_default(),
        owner: matter.owner.map(Spanned::into_inner),
        review_on,
    };
    let text = ArticleText {
        title: matter.title.into_inner(),
        questions: matter.questions.into_inner(),
        body: body.to_owned(),
    };
    Ok(ArticleFile { id, lang, text, meta, translated, lines })
}

/// Front matter and body: at the first line that is the fence alone.
fn split_front_matter(text: &str) -> Option<(&str, &str)> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_end() == FENCE {
            return Some((&text[..start], &text[start + line.len()..]));
        }
        start += line.len();
    }
    None
}

fn date(toml: &TomlFile<'_>, written: Option<&Spanned<toml::value::Datetime>>) -> Result<Option<Date>, FileError> {
    let Some(written) = written else { return Ok(None) };
    let day = match written.get_ref() {
        toml::value::Datetime { date: Some(date), time: None, offset: None } => {
            Date::new(i16::try_from(date.year).unwrap_or(-1), date.month as i8, date.day as i8).ok()
        }
        _ => None,
    };
    day.map(Some).ok_or_else(|| toml.error_on(written, sentence!("a date is written as 2026-01-31, without time")))
}

/// The file of one language of an article; `parse` reads back the same.
pub fn write(article: &Article, lang: Lang) -> Option<String> {
    let text = article.texts.exact(lang)?;
    let quoted = |text: &str| toml::Value::String(text.replace("\r\n", "\n")).to_string();
    let mut out = format!("{FENCE}\nid = {}\ntitle = {}\nquestions = [\n", quoted(&article.id), quoted(&text.title));
    for question in &text.questions {
        let _ = writeln!(out, "  {},", quoted(question));
    }
    let products: Vec<String> = article.products.iter().map(|sku| quoted(sku)).collect();
    let _ = writeln!(out, "]\ncategory = {}\nproducts = [{}]", quoted(&article.category), products.join(", "));
    for (name, day) in [("valid_from", article.valid_from), ("valid_until", article.valid_until)] {
        if let Some(day) = day {
            let _ = writeln!(out, "{name} = {day}");
        }
    }
    let Care { audience, owner, review_on, .. } = &article.care;
    if *audience == Audience::Staff {
        out.push_str("audience = \"staff\"\n");
    }
    if let Some(owner) = owner {
        let _ = writeln!(out, "owner = {}", quoted(owner));
    }
    if let Some(day) = review_on {
        let _ = writeln!(out, "review_on = {day}");
    }
    // A table: what follows it would be in it.
    if let Some(Translated { from, title, body }) = article.care.translated.get(&lang) {
        let _ = writeln!(out, "[translated]\nfrom = {}", quoted(from.tag()));
        let is_fresh = article.texts.exact(*from).is_some_and(|now| (&now.title, &now.body) == (title, body));
        if !is_fresh {
            // On one line, with JSON's escapes, which are TOML's: a line of the body may look like the fence.
            let one_line = |text: &str| serde_json::Value::from(text.replace("\r\n", "\n")).to_string();
            let _ = writeln!(out, "title = {}\nbody = {}", one_line(title), one_line(body));
        }
    }
    let _ = write!(out, "{FENCE}\n{}\n", text.body.replace("\r\n", "\n").trim());
    Some(out)
}

/// All languages put together, by id; published, version 1. What the languages do not agree on is a mistake.
///
/// # Errors
/// The first mistake of every file.
pub fn collect(files: &[SourceFile]) -> Result<Vec<Article>, FileErrors> {
    let mut mistakes = Vec::new();
    let mut articles: BTreeMap<ArticleId, (Article, String)> = BTreeMap::new();
    let mut made = Vec::new();
    for file in files {
        let mut read = match parse(&file.path, &file.text) {
            Ok(read) => read,
            Err(mistake) => {
                mistakes.push(mistake);
                continue;
            }
        };
        made.extend(read.translated.take().map(|translated| (read.id.clone(), read.lang, translated, &file.path)));
        let Some((article, first_path)) = articles.get_mut(&read.id) else {
            let ArticleFile { id, lang, text, meta, .. } = read;
            let Meta { category, products, valid_from, valid_until, audience, owner, review_on } = meta;
            let care = Care { audience, owner, review_on, ..Care::default() };
            let texts = ByLang(BTreeMap::from([(lang, text)]));
            let status = ArticleStatus::Published;
            let article = Article {
                id: id.clone(),
                status,
                category,
                products,
                valid_from,
                valid_until,
                texts,
                care,
                version: 1,
            };
            articles.insert(id, (article, file.path.clone()));
            continue;
        };
        let mut fail = |line, message| mistakes.push(FileError { path: file.path.clone(), line, message });
        if let Some((line, field)) = disagreement(&read, article) {
            fail(line, sentence!("{field} is not the same as in {first_path}", field, first_path));
        } else if article.texts.0.insert(read.lang, read.text).is_some() {
            fail(0, sentence!("article \"{id}\" is already there in {lang}", id = read.id, lang = read.lang));
        }
    }
    // Once every language is read: most were made from what their source says now.
    for (id, lang, (MadeFrom { from, title, body }, line), path) in made {
        let Some((article, _)) = articles.get_mut(&id) else { continue };
        let source = article.texts.exact(from).map(|text| (text.title.clone(), text.body.clone()));
        let Some((title, body)) = title.zip(body).or(source) else {
            let message = sentence!("translated is from {lang}, and the article has no text in it", lang = from);
            // Where that text has a mistake, its own is told.
            if mistakes.is_empty() {
                mistakes.push(FileError { path: path.clone(), line, message });
            }
            continue;
        };
        article.care.translated.insert(lang, Translated { from, title, body });
    }
    if !mistakes.is_empty() {
        return Err(FileErrors(mistakes));
    }
    Ok(articles.into_values().map(|(article, _)| article).collect())
}

fn disagreement(read: &ArticleFile, article: &Article) -> Option<(usize, &'static str)> {
    let ArticleFile { meta, lines, .. } = read;
    [
        (meta.category == article.category, lines.category, "category"),
        (meta.products == article.products, lines.products, "products"),
        (meta.valid_from == article.valid_from, lines.valid_from, "valid_from"),
        (meta.valid_until == article.valid_until, lines.valid_until, "valid_until"),
        (meta.audience == article.care.audience, lines.audience, "audience"),
        (meta.owner == article.care.owner, lines.owner, "owner"),
        (meta.review_on == article.care.review_on, lines.review_on, "review_on"),
    ]
    .into_iter()
    .find(|(agrees, ..)| !agrees)
    .map(|(_, line, field)| (line, field))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEE: &str = "+++\nid = \"fee\"\ntitle = \"運費怎麼算？\"\nquestions = [\n  '滿多少\"免運\"',\n]\n\
                       category = \"delivery\"\nproducts = [\"PW-KET-01\", \"PW-CUP-03\"]\nvalid_from = 2026-01-01\n\
                       valid_until = 2026-12-31\naudience = \"staff\"\nowner = \"Iris\"\nreview_on = 2026-06-30\n\
                       +++\n**NT$90**。\n\n- 一\n- 二\n";

    fn file(path: &str, text: &str) -> SourceFile {
        SourceFile { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn what_is_written_reads_back_to_the_letter() {
        let article = collect(&[file("kb/zh-Hant/fee.md", FEE)]).unwrap().remove(0);
        assert_eq!(article.texts.exact(Lang::ZhHant).unwrap().questions, ["滿多少\"免運\""]);
        assert_eq!(article.valid_until, Some(jiff::civil::date(2026, 12, 31)));
        assert_eq!(write(&article, Lang::ZhHant).unwrap(), FEE);
        assert_eq!(write(&article, Lang::En), None);
    }

    #[test]
    fn windows_line_ends_and_byte_order_marks_are_read() {
        let text = format!("\u{feff}{}", FEE.replace('\n', "\r\n"));
        assert_eq!(parse("zh-Hant/fee.md", &text).unwrap().text, parse("zh-Hant/fee.md", FEE).unwrap().text);
    }

    #[test]
    fn mistakes_are_told_with_file_and_line() {
        for (from, to, expected) in [
            ("id = \"fee\"", "id = \"cost\"", "zh-Hant/fee.md:2: id is \"cost\" but the file is called \"fee\""),
            ("category = \"delivery\"", "categroy = \"delivery\"", "zh-Hant/fee.md:7: unknown field `categroy`"),
            ("2026-12-31", "2025-12-31", "zh-Hant/fee.md:10: valid_until 2025-12-31 is before"),
            ("2026-12-31", "\"soon\"", "zh-Hant/fee.md:10: "),
            ("\"staff\"", "\"friends\"", "zh-Hant/fee.md:11: "),
            ("]\ncategory", "\ncategory", "zh-Hant/fee.md:7: "),
            ("+++\nid", "id", "zh-Hant/fee.md:1: the first line must be +++"),
            ("+++\n**", "\n**", "zh-Hant/fee.md:1: the front matter has no end"),
            ("**NT$90**。\n\n- 一\n- 二\n", "", "zh-Hant/fee.md:14: there is no answer"),
        ] {
            let broken = FEE.replacen(from, to, 1);
            assert_ne!(broken, FEE, "{from:?} is not in the file");
            let told = parse("zh-Hant/fee.md", &broken).unwrap_err().to_string();
            assert!(told.starts_with(expected), "{told}");
            assert!(!told.contains('\n'), "{told}");
        }
        assert!(parse("fr/fee.md", FEE).unwrap_err().to_string().contains("is no language"));
    }

    #[test]
    fn languages_must_agree() {
        let other = FEE.replace("PW-CUP-03", "PW-CUP-04");
        let told = collect(&[file("zh-Hant/fee.md", FEE), file("en/fee.md", &other)]).unwrap_err().to_string();
        assert_eq!(told, "en/fee.md:8: products is not the same as in zh-Hant/fee.md");
    }
}
