//! The gap finder: questions without a good answer are read from the logs, grouped by what they mean, sized, and turned into
//! drafts of articles.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use uuid::Uuid;
use warmline_vectors::{DIMENSIONS, Vector};

use super::{
    articles::{self, DraftArticle, MAX_QUESTION_CHARS, MAX_TITLE_CHARS, SaveError},
    mind::Mind,
};
use crate::{
    desk::gaps::{self as judge, Asked, Why},
    domain::{
        ArticleText, Author, ByLang, Entry, EntryBody, Lang, UnixMs,
        article::{ArticleId, ArticleStatus, Shelf},
        ids::{AgentId, ConversationId},
    },
    language::{normalise, terms},
    nlu::grouping::Groups,
    store::{
        Store, StoreError, agents,
        articles::{self as kept, Saved},
        conversations,
        gaps::{self, Decision, Figures, Found, Gap, Question, State},
        transcripts::Behind,
    },
};

/// Entries of a conversation that are read at most; longer logs are few, and their questions stand at the beginning.
const MOST_ENTRIES: i64 = 1_000;
/// A trend compares this long with as long before.
pub const TREND_MS: UnixMs = 7 * 24 * 3_600_000;
/// Questions that are shown of a gap, and those that a draft is made from.
const SAMPLES: i64 = 20;
const MATERIAL: i64 = 200;
/// Similar questions of a draft, in each language.
const DRAFT_QUESTIONS: usize = 12;
/// Agents' replies that a draft quotes.
const DRAFT_REPLIES: usize = 3;
/// A shorter reply greets or thanks.
const LEAST_REPLY_CHARS: usize = 15;

/// What this node knows of the gaps, so that a question need not be held against what the database says of all of them.
#[derive(Default)]
pub struct Finder {
    changes: Option<i64>,
    gaps: Vec<Gap>,
    groups: Groups,
}

impl Finder {
    async fn catch_up(&mut self, store: &Store) -> Result<i64, StoreError> {
        let changes = gaps::changes(store).await?;
        if self.changes != Some(changes) {
            self.gaps = gaps::all(store).await?;
            self.groups = Groups::of(self.gaps.iter().map(|gap| gap.group.clone()));
            self.changes = Some(changes);
        }
        Ok(changes)
    }

    /// Reads conversations and keeps what was found. False when somebody else changed gaps meanwhile: once more, then.
    ///
    /// # Errors
    /// The database was not there. Nothing was kept.
    pub async fn read(
        &mut self,
        store: &Store,
        mind: &Mind,
        behind: &[Behind],
        at: UnixMs,
    ) -> Result<bool, StoreError> {
        let changes = self.catch_up(store).await?;
        let mut found = Found::default();
        let mut touched = BTreeSet::new();
        for Behind { conv, head, .. } in behind {
            let entries = conversations::entries_after(store, conv, 0, MOST_ENTRIES).await?;
            let known = gaps::known(store, conv).await?;
            found.read.push((conv.clone(), *head));
            for asked in judge::asked(&entries) {
                match known.iter().find(|(seq, ..)| *seq == asked.seq) {
                    Some((.., why)) if *why == asked.why => {}
                    Some((_, gap, _)) => found.questions.push(question(mind, conv, &asked, gap.clone())),
                    None => {
                        let number = self.groups.place(&meaning(mind, &asked.text));
                        if number == self.gaps.len() {
                            self.begin(number, mind, &asked, at);
                        }
                        touched.insert(number);
                        let gap = self.gaps[number].id.clone();
                        found.questions.push(question(mind, conv, &asked, gap));
                    }
                }
            }
        }
        // What people have decided about stays as they see it.
        let is_free = |gap: &Gap| gap.state == State::Open && gap.owner.is_none();
        let joined = self.groups.settle(|one, other| is_free(&self.gaps[one]) && is_free(&self.gaps[other]));
        for (from, into) in joined {
            touched.insert(into);
            // A gap that was never kept needs no trace.
            let (from_id, into_id) = (self.gaps[from].id.clone(), self.gaps[into].id.clone());
            found
                .questions
                .iter_mut()
                .filter(|asked| asked.gap == from_id)
                .for_each(|asked| asked.gap = into_id.clone());
            found.joined.push((from_id, into_id));
        }
        for number in touched {
            if let Some(group) = self.groups.get(number) {
                let gap = &mut self.gaps[number];
                gap.group = group.clone();
                best_title(mind, gap, &found.questions);
                found.gaps.push(gap.clone());
            }
        }
        // Until it is kept, this is not what the database says.
        self.changes = None;
        let is_kept = gaps::keep(store, changes, found).await?;
        self.changes = is_kept.then_some(changes + 1);
        // Numbers of groups that are gone would be in the way of the next.
        if self.groups.has_holes() {
            self.changes = None;
        }
        Ok(is_kept)
    }

    fn begin(&mut self, number: usize, mind: &Mind, asked: &Asked, at: UnixMs) {
        if let Some(group) = self.groups.get(number) {
            self.gaps.push(Gap {
                id: Uuid::now_v7().simple().to_string(),
                title: mind.playbook.masked(&asked.text),
                lang: lang_of(mind, &asked.text),
                state: State::Open,
                owner: None,
                article: None,
                group: group.clone(),
                created_at: at,
                updated_at: at,
                updated_by: None,
            });
        }
    }
}

/// The question that is most like all of them stands for the gap.
fn best_title(mind: &Mind, gap: &mut Gap, questions: &[Question]) {
    let likeness = |text: &str| gap.group.likeness_to(&meaning(mind, text));
    let mut best = (likeness(&gap.title), None);
    for question in questions.iter().filter(|question| question.gap == gap.id && question.text != gap.title) {
        let this = likeness(&question.text);
        if this > best.0 {
            best = (this, Some(question));
        }
    }
    if let (_, Some(question)) = best {
        (gap.title, gap.lang) = (question.text.clone(), question.lang);
    }
}

/// Without the sentence model: words and pairs of characters, each in one of as many places.
fn meaning(mind: &Mind, text: &str) -> Vector {
    mind.meaning(text).unwrap_or_else(|| {
        let mut vector: Vector = Box::new([0.0; DIMENSIONS]);
        for term in terms(&normalise(text)) {
            let place = term.bytes().fold(5_381_u32, |sum, byte| sum.wrapping_mul(33) ^ u32::from(byte));
            vector[place as usize % DIMENSIONS] += 1.0;
        }
        let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
        vector.iter_mut().for_each(|value| *value /= length);
        vector
    })
}

fn lang_of(mind: &Mind, text: &str) -> Lang {
    mind.understand(text).lang.unwrap_or_default()
}

fn question(mind: &Mind, conv: &ConversationId, asked: &Asked, gap: String) -> Question {
    let understood = mind.understand(&asked.text);
    let feeling = understood.feelings.feeling;
    let thousandths = |share: f32| (share.clamp(0.0, 1.0) * 1_000.0).round() as i64;
    Question {
        conv: conv.clone(),
        seq: asked.seq,
        at: asked.at,
        lang: understood.lang.unwrap_or_default(),
        text: mind.playbook.masked(&asked.text),
        why: asked.why,
        urgency: thousandths(feeling.urgency),
        feeling: thousandths(feeling.anger.max(feeling.anxiety).max(feeling.disappointment)),
        gap,
    }
}

/// A gap as it is listed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GapRow {
    pub id: String,
    pub title: String,
    pub lang: Lang,
    pub state: State,
    /// Its article is published.
    pub answered: bool,
    /// It was asked again since that was last changed.
    pub still_asked: bool,
    pub owner: Option<AgentId>,
    pub owner_name: Option<String>,
    pub article: Option<ArticleId>,
    /// Reach × (1 + urgency) × (1 + feeling).
    pub size: f64,
    /// Conversations.
    pub reach: i64,
    pub questions: i64,
    /// Means, 0 to 1.
    pub urgency: f64,
    pub feeling: f64,
    /// Asked in the last seven days, and in the seven before.
    pub recent: i64,
    pub before: i64,
    pub last_at: UnixMs,
    pub clarified: i64,
    pub unanswered: i64,
    pub not_helped: i64,
    pub handed_off: i64,
}

/// Those in a state, the largest first. A gap whose article is published and that nobody has asked since is done: it is listed
/// with the drafted ones.
///
/// # Errors
/// The database was not there.
pub async fn list(store: &Store, shelf: &Shelf, state: State, at: UnixMs) -> Result<Vec<GapRow>, StoreError> {
    let mut figures: BTreeMap<String, Figures> = gaps::figures(store, at - TREND_MS, at - 2 * TREND_MS)
        .await?
        .into_iter()
        .map(|figures| (figures.gap.clone(), figures))
        .collect();
    let names: BTreeMap<AgentId, String> =
        agents::list(store).await?.into_iter().map(|agent| (agent.id, agent.name)).collect();
    let mut rows = Vec::new();
    for gap in gaps::all(store).await?.into_iter().filter(|gap| gap.state == state) {
        let Some(figures) = figures.remove(&gap.id) else { continue };
        let article = gap.article.as_ref().filter(|article| shelf.contains_key(*article));
        let answered_at = match article {
            Some(article) => kept::load(store, article).await?.map(|stored| stored.updated_at),
            None => None,
        };
        rows.push(row(gap, figures, answered_at, &names));
    }
    rows.sort_by(|one, other| other.size.total_cmp(&one.size).then_with(|| one.id.cmp(&other.id)));
    Ok(rows)
}

fn row(gap: Gap, figures: Figures, answered_at: Option<UnixMs>, names: &BTreeMap<AgentId, String>) -> GapRow {
    let share = |thousandths: i64| thousandths as f64 / 1_000.0;
    let (urgency, feeling) = (share(figures.urgency), share(figures.feeling));
    GapRow {
        answered: answered_at.is_some(),
        still_asked: answered_at.is_some_and(|at| figures.last_at > at),
        owner_name: gap.owner.as_ref().and_then(|owner| names.get(owner).cloned()),
        size: judge::size(figures.reach, urgency, feeling),
        id: gap.id,
        title: gap.title,
        lang: gap.lang,
        state: gap.state,
        owner: gap.owner,
        article: gap.article,
        reach: figures.reach,
        questions: figures.questions,
        urgency,
        feeling,
        recent: figures.recent,
        before: figures.before,
        last_at: figures.last_at,
        clarified: figures.clarified,
        unanswered: figures.unanswered,
        not_helped: figures.not_helped,
        handed_off: figures.handed_off,
    }
}

/// A conversation of a gap, as an editor may read it: masked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sample {
    pub conv: ConversationId,
    pub at: UnixMs,
    pub lang: Lang,
    pub question: String,
    pub why: Why,
    /// What the bot said to it, and what a person said.
    pub bot: Option<String>,
    pub agent: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GapDetail {
    pub id: String,
    pub title: String,
    pub state: State,
    /// What it was merged into.
    pub merged_into: Option<String>,
    pub samples: Vec<Sample>,
    /// Others that mean something like it, to merge with; the most alike first.
    pub alike: Vec<Alike>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alike {
    pub id: String,
    pub title: String,
    pub likeness: f32,
}

const MOST_ALIKE: usize = 5;
const LEAST_ALIKE: f32 = 0.3;

/// `None` where there is no such gap.
///
/// # Errors
/// The database was not there.
pub async fn detail(store: &Store, mind: &Mind, id: &str) -> Result<Option<GapDetail>, StoreError> {
    let Some((gap, merged_into)) = gaps::load(store, id).await? else { return Ok(None) };
    let mut samples = Vec::new();
    for question in gaps::questions(store, id, SAMPLES).await? {
        let entries = conversations::entries_after(store, &question.conv, question.seq, 50).await?;
        samples.push(Sample {
            bot: reply(mind, &entries, |author| *author == Author::Bot, 1),
            agent: reply(mind, &entries, |author| matches!(author, Author::Agent(_)), LEAST_REPLY_CHARS),
            conv: question.conv,
            at: question.at,
            lang: question.lang,
            question: question.text,
            why: question.why,
        });
    }
    let mut alike: Vec<Alike> = gaps::all(store)
        .await?
        .into_iter()
        .filter(|other| other.id != gap.id)
        .map(|other| Alike { likeness: gap.group.likeness(&other.group), id: other.id, title: other.title })
        .filter(|other| other.likeness >= LEAST_ALIKE)
        .collect();
    alike.sort_by(|one, other| other.likeness.total_cmp(&one.likeness));
    alike.truncate(MOST_ALIKE);
    Ok(Some(GapDetail { id: gap.id, title: gap.title, state: gap.state, merged_into, samples, alike }))
}

/// The first message of such an author that says something, masked.
fn reply(mind: &Mind, entries: &[Entry], is_wanted: impl Fn(&Author) -> bool, least: usize) -> Option<String> {
    entries.iter().find_map(|entry| match &entry.body {
        EntryBody::Message(message) if is_wanted(&entry.author) && message.text.chars().count() >= least => {
            Some(mind.playbook.masked(&message.text))
        }
        _ => None,
    })
}

/// What came of asking for a draft.
#[derive(Debug)]
pub enum Drafted {
    Article(ArticleId),
    /// There is no such gap, or it was merged.
    Missing,
}

/// Begins an article: its similar questions are what was asked, its answer quotes what agents replied.
///
/// # Errors
/// The database was not there, or the article could not be stored.
pub async fn draft(store: &Store, mind: &Mind, id: &str, by: &str, at: UnixMs) -> Result<Drafted, SaveError> {
    let Some((gap, None)) = gaps::load(store, id).await? else { return Ok(Drafted::Missing) };
    if let Some(article) = gap.article.clone()
        && kept::load(store, &article).await?.is_some_and(|stored| stored.article.status != ArticleStatus::Archived)
    {
        return Ok(Drafted::Article(article));
    }
    let questions = gaps::questions(store, id, MATERIAL).await?;
    let quoted = quotes(store, mind, &gap, &questions).await?;
    let draft = draft_of(mind, &gap, questions, quoted);
    // Ids of one millisecond differ in their end.
    let article = format!("gap-{}", &gap.id[gap.id.len().saturating_sub(12)..]);
    let name = match articles::save(store, &article, draft, by, at).await? {
        Saved::Done(stored) => stored.article.id,
        // Archived, or somebody pressed at the same moment.
        Saved::Conflict(stored) if stored.article.status != ArticleStatus::Archived => stored.article.id,
        Saved::Conflict(stored) => match articles::restore(store, &stored.article.id, (by, ""), at).await? {
            Saved::Done(stored) | Saved::Conflict(stored) => stored.article.id,
            Saved::Missing => return Ok(Drafted::Missing),
        },
        Saved::Missing => return Ok(Drafted::Missing),
    };
    gaps::decide(store, id, Decision::Drafted(name.clone()), by.to_owned(), at).await?;
    Ok(Drafted::Article(name))
}

/// What agents replied in these conversations, what is most to the point first, as Markdown quotes.
async fn quotes(store: &Store, mind: &Mind, gap: &Gap, questions: &[Question]) -> Result<Vec<String>, StoreError> {
    let mut replies: Vec<(f32, String)> = Vec::new();
    for question in questions.iter().take(SAMPLES as usize) {
        let entries = conversations::entries_after(store, &question.conv, question.seq, 100).await?;
        let said = entries.iter().filter_map(|entry| match (&entry.author, &entry.body) {
            (Author::Agent(_), EntryBody::Message(message)) => Some(message.text.as_str()),
            _ => None,
        });
        for text in said.filter(|text| text.chars().count() >= LEAST_REPLY_CHARS) {
            let text = mind.playbook.masked(text);
            if replies.iter().all(|(_, known)| *known != text) {
                replies.push((gap.group.likeness_to(&meaning(mind, &text)), text));
            }
        }
    }
    replies.sort_by(|one, other| other.0.total_cmp(&one.0));
    replies.truncate(DRAFT_REPLIES);
    Ok(replies.into_iter().map(|(_, text)| format!("> {}", text.replace('\n', "\n> "))).collect())
}

/// The category of the nearest article: an editor changes one that is wrong sooner than they fill in an empty one.
fn draft_of(mind: &Mind, gap: &Gap, questions: Vec<Question>, quoted: Vec<String>) -> DraftArticle {
    let mut by_lang: BTreeMap<Lang, Vec<(f32, String)>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for question in questions {
        if seen.insert((question.lang, normalise(&question.text))) {
            let likeness = gap.group.likeness_to(&meaning(mind, &question.text));
            by_lang.entry(question.lang).or_default().push((likeness, question.text));
        }
    }
    // The quotes stand in one language, and there only.
    let quoting = if by_lang.contains_key(&gap.lang) { Some(gap.lang) } else { by_lang.keys().next().copied() };
    let mut texts = ByLang::default();
    for (lang, mut asked) in by_lang {
        asked.sort_by(|one, other| other.0.total_cmp(&one.0));
        let mut asked = asked.into_iter().map(|(_, text)| text);
        // People write more than a title holds.
        let title = asked.next().unwrap_or_default().chars().take(MAX_TITLE_CHARS).collect();
        let asked = asked.map(|text| text.chars().take(MAX_QUESTION_CHARS).collect());
        let body = if Some(lang) == quoting { quoted.join("\n\n") } else { String::new() };
        texts.0.insert(lang, ArticleText { title, questions: asked.take(DRAFT_QUESTIONS).collect(), body });
    }
    let near = mind.understand(&gap.title).articles;
    let category = near.first().and_then(|near| mind.shelf.get(&near.id)).map(|near| near.category.clone());
    DraftArticle {
        version: 0,
        category: category.unwrap_or_else(|| "general".to_owned()),
        products: Vec::new(),
        valid_from: None,
        valid_until: None,
        texts,
        care: None,
        publish: false,
        why: String::new(),
        revision: None,
    }
}
