//! The articles' health: what is stale, unused, unhelpful, said twice or said in two ways, broken, missing.
//!
//! Looked at after a publish and once a day by a worker, kept, and read from there.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::{markdown, mind::Mind, self_test::SelfTest};
use crate::{
    domain::{
        Lang, Now, UnixMs,
        article::{ArticleId, ArticleStatus},
        picture,
    },
    language::normalise,
    nlu::{
        Topic,
        claims::{Claims, agree, claims, contradictions, differences, same_units},
    },
    store::{articles::StoredArticle, outcomes::Outcomes},
};

/// Nobody touched it for half a year.
const STALE_DAYS: i64 = 180;
/// Its time ends within two weeks.
const ENDS_SOON_DAYS: i64 = 14;
/// Nobody read it or was answered from it for so long, and it is as old.
pub const UNUSED_DAYS: i64 = 60;
/// From so many verdicts on a share of "no" counts.
const LEAST_VERDICTS: i64 = 5;
const UNHELPFUL: f64 = 0.5;
/// A language's similar questions; fewer help least.
const ENOUGH_QUESTIONS: usize = 3;
/// How alike two titles must be in meaning to answer the same question.
const SAME_QUESTION: f32 = 0.8;
/// Titles that are held against each other; with more articles only equal wordings are compared.
const MOST_COMPARED: usize = 4_000;
/// Of each kind; who has more begins with these.
const MOST_OF_A_KIND: usize = 200;

/// Something to look at. `article` is where the click leads; `other` the second of two.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    pub kind: Kind,
    pub article: ArticleId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<ArticleId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<Lang>,
    /// What it is about, in the shop's own words and figures: an address, "7 天 / 14 天", a phrasing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// Days, verdicts, questions, by the kind.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub count: i64,
}

fn is_zero(count: &i64) -> bool {
    *count == 0
}

/// In the order they matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Contradiction,
    BrokenLink,
    Expired,
    EndsSoon,
    ReviewDue,
    BehindItsSource,
    Unhelpful,
    Duplicate,
    Confusable,
    MissingLanguage,
    TooFewQuestions,
    Stale,
    Unused,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub articles: usize,
    pub findings: Vec<Finding>,
    /// How many there are of each kind, also beyond those that are listed.
    pub counts: BTreeMap<Kind, usize>,
}

/// What is known of the use of articles.
#[derive(Debug, Default)]
pub struct Uses {
    pub answered: HashMap<ArticleId, i64>,
    pub viewed: HashMap<ArticleId, i64>,
    pub verdicts: Vec<Outcomes>,
}

/// Looks at everything. `public_url`: links there lead to the help centre's own pages. `pictures`: those there are.
pub fn examine(
    mind: &Mind,
    stored: &[StoredArticle],
    uses: &Uses,
    test: Option<&SelfTest>,
    public_url: Option<&str>,
    pictures: &[String],
    now: &Now,
) -> Report {
    let published: Vec<&StoredArticle> =
        stored.iter().filter(|one| one.article.status == ArticleStatus::Published).collect();
    let mut findings = Vec::new();
    let spoken = spoken(&published);
    for one in &published {
        time(one, now, &mut findings);
        texts(one, &spoken, &mut findings);
        links(one, mind, public_url, pictures, &mut findings);
        use_of(one, uses, now, &mut findings);
    }
    unhelpful(uses, mind, &mut findings);
    twins(mind, &mut findings);
    languages(&published, &mut findings);
    if let Some(test) = test {
        let there = |id: &ArticleId| mind.shelf.contains_key(id);
        let pairs = test.confusable.iter().filter(|pair| there(&pair.article) && there(&pair.other));
        findings.extend(pairs.map(|pair| Finding {
            other: Some(pair.other.clone()),
            about: pair.phrasing.clone(),
            count: pair.mistaken as i64,
            ..Finding::of(Kind::Confusable, &pair.article)
        }));
    }
    findings.sort_by(|one, other| {
        (one.kind, -one.count, &one.article, one.lang).cmp(&(other.kind, -other.count, &other.article, other.lang))
    });
    let mut counts: BTreeMap<Kind, usize> = BTreeMap::new();
    findings.retain(|finding| {
        let count = counts.entry(finding.kind).or_default();
        *count += 1;
        *count <= MOST_OF_A_KIND
    });
    Report { articles: published.len(), findings, counts }
}

impl Finding {
    fn of(kind: Kind, article: &str) -> Finding {
        Finding { kind, article: article.to_owned(), other: None, lang: None, about: String::new(), count: 0 }
    }
}

fn days_since(at: UnixMs, now: &Now) -> i64 {
    (now.at - at) / (24 * 3_600_000)
}

fn time(one: &StoredArticle, now: &Now, findings: &mut Vec<Finding>) {
    let article = &one.article;
    if let Some(until) = article.valid_until {
        let left = i64::from((until - now.today()).get_days());
        let about = until.to_string();
        if left < 0 {
            findings.push(Finding { about, count: -left, ..Finding::of(Kind::Expired, &article.id) });
            return;
        }
        if left <= ENDS_SOON_DAYS {
            findings.push(Finding { about, count: left, ..Finding::of(Kind::EndsSoon, &article.id) });
        }
    }
    if let Some(day) = article.care.review_on.filter(|day| *day <= now.today()) {
        let count = i64::from((now.today() - day).get_days());
        findings.push(Finding { about: day.to_string(), count, ..Finding::of(Kind::ReviewDue, &article.id) });
    }
    let days = days_since(one.updated_at, now);
    if days >= STALE_DAYS {
        findings.push(Finding { count: days, ..Finding::of(Kind::Stale, &article.id) });
    }
}

/// The languages that most of the shop speaks: at least half of its articles do.
fn spoken(all: &[&StoredArticle]) -> Vec<Lang> {
    let speaking = |lang| all.iter().filter(|one| one.article.texts.exact(lang).is_some()).count();
    Lang::ALL.into_iter().filter(|lang| speaking(*lang) * 2 >= all.len()).collect()
}

fn texts(one: &StoredArticle, spoken: &[Lang], findings: &mut Vec<Finding>) {
    let article = &one.article;
    let behind =
        article.stale().map(|lang| Finding { lang: Some(lang), ..Finding::of(Kind::BehindItsSource, &article.id) });
    findings.extend(behind);
    for lang in Lang::ALL {
        match article.texts.exact(lang) {
            None if spoken.contains(&lang) => {
                findings.push(Finding { lang: Some(lang), ..Finding::of(Kind::MissingLanguage, &article.id) });
            }
            None => {}
            Some(text) if text.questions.len() < ENOUGH_QUESTIONS => findings.push(Finding {
                lang: Some(lang),
                count: text.questions.len() as i64,
                ..Finding::of(Kind::TooFewQuestions, &article.id)
            }),
            Some(_) => {}
        }
    }
}

/// Addresses that lead nowhere as far as we know ourselves: into our own help centre, or that no page would show.
fn links(one: &StoredArticle, mind: &Mind, public_url: Option<&str>, pictures: &[String], findings: &mut Vec<Finding>) {
    for (lang, text) in &one.article.texts.0 {
        let links = markdown::links(&text.body).into_iter().filter(|link| !is_good(link, mind, public_url));
        let missing = markdown::pictures(&text.body).into_iter().filter(|name| !pictures.contains(name));
        findings.extend(links.chain(missing.map(|name| format!("{}{name}", picture::PLACE))).map(|about| Finding {
            lang: Some(*lang),
            about,
            ..Finding::of(Kind::BrokenLink, &one.article.id)
        }));
    }
}

fn is_good(link: &str, mind: &Mind, public_url: Option<&str>) -> bool {
    let Some((scheme, rest)) = link.split_once(':') else { return false };
    match scheme {
        "mailto" => rest.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.')),
        "tel" => rest.chars().filter(char::is_ascii_digit).count() >= 5,
        "http" | "https" => {
            let host = rest.trim_start_matches('/').split(['/', '?', '#']).next().unwrap_or_default();
            if host.is_empty() || !host.contains('.') && !host.starts_with("localhost") || host.contains(' ') {
                return false;
            }
            own_article(link, public_url).is_none_or(|id| mind.shelf.contains_key(id))
        }
        _ => false,
    }
}

/// The article that a link into our own help centre leads to.
fn own_article<'a>(link: &'a str, public_url: Option<&str>) -> Option<&'a str> {
    let path = link.strip_prefix(public_url?)?.strip_prefix("/help/")?;
    let (_, id) = path.split_once("/articles/")?;
    id.split(['?', '#']).next()
}

fn use_of(one: &StoredArticle, uses: &Uses, now: &Now, findings: &mut Vec<Finding>) {
    let id = &one.article.id;
    let days = days_since(one.updated_at, now);
    let is_used = uses.answered.get(id).is_some_and(|count| *count > 0) || uses.viewed.get(id).is_some_and(|n| *n > 0);
    if !is_used && days >= UNUSED_DAYS {
        findings.push(Finding { count: days, ..Finding::of(Kind::Unused, id) });
    }
}

fn unhelpful(uses: &Uses, mind: &Mind, findings: &mut Vec<Finding>) {
    let mut said: BTreeMap<&ArticleId, (i64, i64)> = BTreeMap::new();
    for one in uses.verdicts.iter().filter(|one| mind.shelf.contains_key(&one.article)) {
        let sums = said.entry(&one.article).or_default();
        *sums = (sums.0 + one.helped, sums.1 + one.not_helped);
    }
    for (id, (helped, not_helped)) in said {
        let all = helped + not_helped;
        if all >= LEAST_VERDICTS && (not_helped as f64) > UNHELPFUL * all as f64 {
            let about = format!("{not_helped} / {all}");
            findings.push(Finding { about, count: not_helped, ..Finding::of(Kind::Unhelpful, id) });
        }
    }
}

/// Two articles that answer the same question in one language: in the same words, or titles that mean the same.
fn twins(mind: &Mind, findings: &mut Vec<Finding>) {
    let mut pairs: BTreeMap<(ArticleId, ArticleId), (Lang, String)> = BTreeMap::new();
    let mut note = |one: &ArticleId, other: &ArticleId, lang: Lang, about: &str| {
        if one != other {
            let (first, second) = (one.min(other).clone(), one.max(other).clone());
            pairs.entry((first, second)).or_insert_with(|| (lang, about.to_owned()));
        }
    };
    let mut asked: HashMap<(Lang, String), &ArticleId> = HashMap::new();
    let mut titles = Vec::new();
    let mut titled = HashSet::new();
    for written in mind.written() {
        let Topic::Article(id) = written.topic else { continue };
        match asked.get(&(written.lang, normalise(written.text))) {
            Some(other) => note(id, other, written.lang, written.text),
            None => _ = asked.insert((written.lang, normalise(written.text)), id),
        }
        // The title is the first of an article's phrasings in a language.
        if titled.insert((id, written.lang)) {
            titles.push((id, written));
        }
    }
    if mind.shelf.len() <= MOST_COMPARED {
        for (at, (id, title)) in titles.iter().enumerate() {
            let Some(row) = title.row else { break };
            let others = || titles[at + 1..].iter().filter(|(_, other)| other.lang == title.lang);
            let alike = row.cosines(others().filter_map(|(_, other)| other.row));
            for ((other, _), _) in others().zip(alike).filter(|(_, likeness)| *likeness >= SAME_QUESTION) {
                note(id, other, title.lang, title.text);
            }
        }
    }
    let bodies = |id: &ArticleId, lang: Lang| {
        let text = mind.shelf.get(id).and_then(|article| article.texts.exact(lang));
        text.map(|text| markdown::to_plain(&text.body)).unwrap_or_default()
    };
    for ((one, other), (lang, about)) in pairs {
        let (ours, theirs) = (claims(&bodies(&one, lang)), claims(&bodies(&other, lang)));
        let against = contradictions(&ours, &theirs);
        let (kind, about) = match against.first() {
            Some((unit, ours, theirs)) => {
                (Kind::Contradiction, format!("{about}: {} {unit} / {} {unit}", ours.join(", "), theirs.join(", ")))
            }
            None => (Kind::Duplicate, about),
        };
        findings.push(Finding { other: Some(other), lang: Some(lang), about, ..Finding::of(kind, &one) });
    }
}

/// Languages of one article that count the same thing and have no number in common. Shops answer each language for the
/// market that reads it, with figures of its own; so one must have been made from the other, or they agree in something else.
fn languages(published: &[&StoredArticle], findings: &mut Vec<Finding>) {
    let claimed: Vec<BTreeMap<Lang, Claims>> = published
        .iter()
        .map(|one| {
            one.article.texts.0.iter().map(|(lang, text)| (*lang, claims(&markdown::to_plain(&text.body)))).collect()
        })
        .collect();
    for (at, lang) in Lang::ALL.into_iter().enumerate() {
        for other in Lang::ALL.into_iter().skip(at + 1) {
            let both =
                |by_lang: &'_ BTreeMap<Lang, Claims>| by_lang.contains_key(&lang) && by_lang.contains_key(&other);
            let pairs: Vec<(&Claims, &Claims)> =
                claimed.iter().filter(|one| both(one)).map(|one| (&one[&lang], &one[&other])).collect();
            let same = same_units(&pairs);
            for (one, by_lang) in published.iter().zip(&claimed).filter(|(_, by_lang)| both(by_lang)) {
                let (ours, theirs) = (&by_lang[&lang], &by_lang[&other]);
                let is_from =
                    |lang, other| one.article.care.translated.get(&lang).is_some_and(|made| made.from == other);
                if !is_from(lang, other) && !is_from(other, lang) && !agree(ours, theirs, &same) {
                    continue;
                }
                let found = differences(ours, theirs, &same);
                findings.extend(found.into_iter().map(|(ours, theirs)| Finding {
                    lang: Some(other),
                    about: format!("{lang}: {ours} / {other}: {theirs}"),
                    ..Finding::of(Kind::Contradiction, &one.article.id)
                }));
            }
        }
    }
}

/// Ids whose titles a list of findings needs.
pub fn named(report: &Report) -> BTreeSet<ArticleId> {
    report.findings.iter().flat_map(|one| std::iter::once(&one.article).chain(&one.other)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_into_our_own_pages_names_its_article() {
        let own = |link| own_article(link, Some("https://help.shop.example"));
        assert_eq!(own("https://help.shop.example/help/en/articles/fee?said=yes#said"), Some("fee"));
        assert_eq!(own("https://help.shop.example/help/en/topics/delivery"), None);
        assert_eq!(own("https://other.example/help/en/articles/fee"), None);
        assert_eq!(own_article("https://help.shop.example/help/en/articles/fee", None), None);
    }
}
