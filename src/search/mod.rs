//! The tantivy index over phrasings: derived data, never the truth. It can be thrown away and built at any time.
//!
//! One document per phrasing of an article (its title is one more) or intent, in all languages together, because a
//! question in one script must find an article in the other. tantivy brings candidates by BM25, vectors bring those that
//! mean the same in other words; both are then measured against the question and against one another.

use std::{
    collections::{BTreeMap, HashMap},
    convert::Infallible,
    sync::Arc,
};

use jiff::civil::Date;
use tantivy::{
    IndexBuilder, Searcher, TantivyDocument, Term,
    collector::TopDocs,
    directory::RamDirectory,
    query::{BooleanQuery, Occur, Query, TermQuery},
    schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions},
    tokenizer::{PreTokenizedString, Token},
};

use warmline_vectors::{Row, Rows};

use crate::{
    domain::{Article, Lang, article::ArticleId, playbook::Playbook},
    language,
    nlu::{Features, Hit, Question, Topic},
};

pub mod embeddings;
mod encoder;
mod meant;
mod measure;

pub use embeddings::Embeddings;
pub use encoder::{Digest, Encoder};
pub use meant::Meant;
use meant::Scale;

/// Phrasings that tantivy hands back. Three languages bring nearly the same phrasing up to three times.
const CANDIDATES: usize = 60;
/// Different terms of one question that are searched for, the rarest; a long message is mostly filling.
const MOST_TERMS: usize = 96;
const WRITER_BYTES: usize = 15_000_000;
/// Phrasings that came or went before a new index is built: so many are looked through for each question, some 50 ns each.
const MOST_CHANGED: usize = 1_000;

/// An immutable snapshot. When an article changes, [`Index::with`] makes the next one and shares what stayed; tantivy
/// keeps the documents it was built of, and the few that came since are looked through one by one.
pub struct Index {
    built: Arc<Built>,
    lexicon: Lexicon,
    /// By term id: how telling a term is, as in BM25.
    idf: Vec<f32>,
    /// Terms of a phrasing on average.
    mean_terms: f32,
    /// Those of phrasings that were taken out stay until the next build.
    topics: Vec<Topic>,
    /// By document number, those of `built` first. `None`: taken out since.
    phrasings: Vec<Option<Arc<Phrasing>>>,
    /// How many of `built` were taken out.
    gone: usize,
    /// By document number: what it means, and of what it was computed. Empty when there is no encoder.
    rows: Rows,
    digests: Vec<Digest>,
    /// Documents of articles and those of intents.
    kinds: [Vec<u32>; 2],
}

/// What tantivy has read.
struct Built {
    /// `None` when there is nothing to find.
    searcher: Option<Searcher>,
    field: Field,
    /// Document numbers below this: one segment, written in this order.
    documents: usize,
}

/// One phrasing as it lies in the index.
pub struct Written<'a> {
    pub topic: &'a Topic,
    pub lang: Lang,
    pub text: &'a str,
    /// `None` without an encoder.
    pub row: Option<&'a Row>,
}

type TermId = u32;

struct Phrasing {
    topic: u32,
    lang: Lang,
    text: Box<str>,
    /// Ascending, as often as they occur.
    terms: Box<[TermId]>,
    /// Of the rewritten normal form, for exact matches.
    key: u64,
}

/// A text to be found: its topic, its language, its words.
type Text<'a> = (u32, Lang, &'a str);

impl Index {
    /// Of `articles`, those published and valid `today`. Some 10 µs per phrasing in a release build, and half a
    /// millisecond for each that the encoder has not met; on all cores.
    pub fn build<'a>(
        articles: impl IntoIterator<Item = &'a Article>,
        playbook: &Playbook,
        today: Date,
        encoder: Option<&Encoder>,
    ) -> tantivy::Result<Index> {
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default().set_tokenizer("raw").set_index_option(IndexRecordOption::WithFreqs);
        let field = schema.add_text_field("terms", TextOptions::default().set_indexing_options(indexing));
        let mut draft = Draft::default();
        let mut writer = IndexBuilder::new()
            .schema(schema.build())
            .single_segment_index_writer::<TantivyDocument>(RamDirectory::create(), WRITER_BYTES)?;
        let mut texts: Vec<Text<'_>> = Vec::new();
        for article in articles.into_iter().filter(|article| is_on(article, today)) {
            let topic = draft.topic(Topic::Article(article.id.clone()));
            texts.extend(texts_of(article, topic));
        }
        for intent in playbook.intents.values() {
            let topic = draft.topic(Topic::Intent(intent.name.clone()));
            for (&lang, words) in &intent.words.0 {
                let examples = std::iter::once(&words.label).chain(&words.examples);
                texts.extend(examples.map(|example| (topic, lang, example.as_str())));
            }
        }
        draft.add_all(&texts, playbook, encoder, |terms| {
            let token = |(position, text)| Token { text, position, ..Token::default() };
            let tokens = terms.into_iter().enumerate().map(token).collect();
            let mut document = TantivyDocument::default();
            document.add_pre_tokenized_text(field, PreTokenizedString { text: String::new(), tokens });
            writer.add_document(document).map(drop)
        })?;
        let documents = draft.phrasings.len();
        let searcher = match documents {
            0 => None,
            _ => Some(writer.finalize()?.reader()?.searcher()),
        };
        draft.lexicon.settle();
        Ok(draft.finish(Arc::new(Built { searcher, field, documents })))
    }

    /// The same with each of `changed` instead of what was known of it (`None`: no longer known). `playbook` and the
    /// encoder's presence must be those it was built with. `None` when so much has changed since it was built that a new
    /// one is due.
    pub fn with(
        &self,
        changed: &BTreeMap<ArticleId, Option<Arc<Article>>>,
        playbook: &Playbook,
        today: Date,
        encoder: Option<&Encoder>,
    ) -> Option<Index> {
        let is_changed: Vec<bool> =
            self.topics.iter().map(|topic| matches!(topic, Topic::Article(id) if changed.contains_key(id))).collect();
        let mut draft = Draft {
            lexicon: self.lexicon.clone(),
            topics: self.topics.clone(),
            phrasings: self.phrasings.clone(),
            rows: self.rows.clone(),
            digests: self.digests.clone(),
        };
        for place in &mut draft.phrasings {
            if let Some(gone) = place.take_if(|phrasing| is_changed[phrasing.topic as usize]) {
                draft.lexicon.forget(&gone.terms);
            }
        }
        let mut texts: Vec<Text<'_>> = Vec::new();
        for article in changed.values().flatten().filter(|article| is_on(article, today)) {
            let topic = draft.topic(Topic::Article(article.id.clone()));
            texts.extend(texts_of(article, topic));
        }
        let gone = draft.phrasings.iter().filter(|place| place.is_none()).count();
        let since = draft.phrasings.len() - self.built.documents + texts.len();
        if gone + since > MOST_CHANGED {
            return None;
        }
        draft.add_all(&texts, playbook, encoder, |_| Ok::<(), Infallible>(())).unwrap_or_else(|never| match never {});
        Some(draft.finish(self.built.clone()))
    }

    /// How much has changed since it was built: 0 to 1, when the next change asks for a new one.
    pub fn patched(&self) -> f32 {
        (self.gone + self.phrasings.len() - self.built.documents) as f32 / MOST_CHANGED as f32
    }

    pub fn phrasings(&self) -> usize {
        self.kinds.iter().map(Vec::len).sum()
    }

    /// What its phrasings mean.
    pub fn vectors(&self) -> impl Iterator<Item = (&Digest, &Row)> {
        let known = self.phrasings.iter().zip(self.digests.iter().zip(self.rows.iter()));
        known.filter(|(phrasing, _)| phrasing.is_some()).map(|(_, pair)| pair)
    }

    /// Every phrasing: its topic, language, text and what it means.
    pub fn written(&self) -> impl Iterator<Item = Written<'_>> {
        let known = self.phrasings.iter().enumerate();
        known.filter_map(|(document, phrasing)| Some((document, phrasing.as_ref()?))).map(|(document, phrasing)| {
            Written {
                topic: &self.topics[phrasing.topic as usize],
                lang: phrasing.lang,
                text: &phrasing.text,
                row: self.rows.get(document),
            }
        })
    }

    /// The topics whose phrasings share most with the question, or mean most nearly the same; best phrasing each, in no
    /// promised order. `meaning` is the question's.
    pub fn candidates(&self, question: &Question, meaning: Option<&Row>) -> Vec<Hit> {
        self.found(question, meaning.map(|row| Meaning { row, rows: &self.rows, scale: Scale::OWN }))
    }

    /// The same by another model's understanding of question and phrasings.
    pub fn candidates_by(&self, meant: &Meant, question: &Question, meaning: &Row) -> Vec<Hit> {
        self.found(question, Some(Meaning { row: meaning, rows: &meant.rows, scale: meant.scale() }))
    }

    fn found(&self, question: &Question, meaning: Option<Meaning<'_>>) -> Vec<Hit> {
        if question.terms.is_empty() {
            return Vec::new();
        }
        let wanted = self.wanted(question);
        match self.search(&wanted) {
            Ok(found) => self.measure(question, &wanted, meaning, found),
            Err(error) => {
                tracing::error!(%error, "the search index failed; the bot goes on without articles");
                Vec::new()
            }
        }
    }

    /// Documents that share most terms with the question, by BM25 over all that are known now.
    fn search(&self, wanted: &measure::Wanted) -> tantivy::Result<Vec<(f32, usize)>> {
        let Built { searcher, field, documents } = self.built.as_ref();
        let clauses: Vec<(Occur, Box<dyn Query>)> = wanted
            .known_terms()
            .map(|term| {
                let term = Term::from_field_text(*field, term);
                let query: Box<dyn Query> = Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs));
                (Occur::Should, query)
            })
            .collect();
        if clauses.is_empty() {
            return Ok(Vec::new());
        }
        let bm25 = |document: usize| {
            let phrasing = self.phrasings[document].as_ref()?;
            Some((wanted.bm25(&phrasing.terms, self.mean_terms), document))
        };
        let mut found = Vec::with_capacity(CANDIDATES);
        if let Some(searcher) = searcher {
            let top = TopDocs::with_limit(CANDIDATES + self.gone).order_by_score();
            let top = searcher.search(&BooleanQuery::new(clauses), &top)?;
            found.extend(top.into_iter().filter_map(|(_, address)| bm25(address.doc_id as usize)).take(CANDIDATES));
        }
        found.extend((*documents..self.phrasings.len()).filter_map(bm25).filter(|(bm25, _)| *bm25 > 0.0));
        if found.len() > CANDIDATES {
            found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            found.truncate(CANDIDATES);
        }
        Ok(found)
    }
}

fn is_on(article: &Article, today: Date) -> bool {
    article.is_answered_on(today)
}

fn texts_of(article: &Article, topic: u32) -> impl Iterator<Item = Text<'_>> {
    article.texts.0.iter().flat_map(move |(&lang, text)| {
        std::iter::once(&text.title).chain(&text.questions).map(move |phrasing| (topic, lang, phrasing.as_str()))
    })
}

/// What a question means, and what the phrasings mean, by one model.
#[derive(Clone, Copy)]
struct Meaning<'a> {
    row: &'a Row,
    /// By document number; empty without a model.
    rows: &'a Rows,
    scale: Scale,
}

impl Meaning<'_> {
    /// Of the question with each of these documents.
    fn cosines(&self, documents: &[usize]) -> Vec<f32> {
        let mut cosines = self.rows.cosines(self.row, documents);
        cosines.iter_mut().for_each(|cosine| *cosine = self.scale.of(*cosine));
        cosines
    }
}

/// A phrasing as it is searched for.
struct Analysed {
    normal: String,
    rewritten: String,
    terms: Vec<String>,
}

impl Analysed {
    fn new(text: &str, playbook: &Playbook) -> Self {
        let normal = language::normalise(text);
        let rewritten = playbook.synonyms.rewrite(&normal);
        let terms = language::terms(&rewritten);
        Analysed { normal, rewritten, terms }
    }
}

/// Phrasings that are analysed together: enough to keep all cores at work, and few in memory.
const AT_ONCE: usize = 250;

/// On all cores, in the order of `items`: a publish should not wait for one while others are idle.
fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let part = |items: &[T]| items.iter().map(&work).collect::<Vec<R>>();
    std::thread::scope(|scope| {
        let parts: Vec<_> =
            items.chunks(items.len().div_ceil(threads).max(1)).map(|items| scope.spawn(|| part(items))).collect();
        let whole = |part: std::thread::ScopedJoinHandle<'_, Vec<R>>| {
            part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        parts.into_iter().flat_map(whole).collect()
    })
}

/// An index being filled.
#[derive(Default)]
struct Draft {
    lexicon: Lexicon,
    topics: Vec<Topic>,
    phrasings: Vec<Option<Arc<Phrasing>>>,
    rows: Rows,
    digests: Vec<Digest>,
}

impl Draft {
    fn topic(&mut self, topic: Topic) -> u32 {
        self.topics.push(topic);
        (self.topics.len() - 1) as u32
    }

    /// `also` gets each new document's terms, in the order of their numbers.
    fn add_all<E>(
        &mut self,
        texts: &[Text<'_>],
        playbook: &Playbook,
        encoder: Option<&Encoder>,
        mut also: impl FnMut(Vec<String>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut normals = Vec::with_capacity(texts.len());
        for part in texts.chunks(AT_ONCE) {
            let analysed = in_parallel(part, |(_, _, text)| Analysed::new(text, playbook));
            for (&(topic, lang, text), Analysed { normal, rewritten, terms }) in part.iter().zip(analysed) {
                if terms.is_empty() {
                    continue;
                }
                let key = measure::key(&rewritten);
                let phrasing = Phrasing { topic, lang, text: text.into(), terms: self.lexicon.learn(&terms), key };
                self.phrasings.push(Some(Arc::new(phrasing)));
                normals.push(normal);
                also(terms)?;
            }
        }
        if let Some(encoder) = encoder {
            for (digest, row) in encoder.rows(&normals, self.phrasings.len()) {
                self.digests.push(digest);
                self.rows.push(row);
            }
        }
        Ok(())
    }

    fn finish(self, built: Arc<Built>) -> Index {
        let Draft { lexicon, topics, phrasings, rows, digests } = self;
        let mut kinds = [Vec::new(), Vec::new()];
        let mut terms = 0;
        for (document, phrasing) in phrasings.iter().enumerate() {
            let Some(phrasing) = phrasing else { continue };
            terms += phrasing.terms.len();
            let kind = matches!(topics[phrasing.topic as usize], Topic::Intent(_));
            kinds[usize::from(kind)].push(document as u32);
        }
        let gone = phrasings[..built.documents].iter().filter(|place| place.is_none()).count();
        let all = kinds.iter().map(Vec::len).sum::<usize>() as f32;
        let idf = lexicon.holders.iter().map(|&holders| measure::idf(holders as f32, all)).collect();
        Index {
            built,
            lexicon,
            idf,
            mean_terms: terms as f32 / all.max(1.0),
            topics,
            phrasings,
            gone,
            rows,
            digests,
            kinds,
        }
    }
}

/// Every term's number, and how many phrasings hold it.
#[derive(Clone, Default)]
struct Lexicon {
    settled: Arc<HashMap<Box<str>, TermId>>,
    /// Those that came since, so that the next snapshot need not copy all.
    new: HashMap<Box<str>, TermId>,
    /// By term id.
    holders: Vec<u32>,
}

impl Lexicon {
    /// `None` when no phrasing holds it.
    fn id(&self, term: &str) -> Option<TermId> {
        let id = self.settled.get(term).or_else(|| self.new.get(term)).copied()?;
        (self.holders[id as usize] > 0).then_some(id)
    }

    /// Of a new phrasing; ascending, as often as they occur.
    fn learn(&mut self, terms: &[String]) -> Box<[TermId]> {
        let mut ids: Box<[TermId]> = terms
            .iter()
            .map(|term| match self.settled.get(term.as_str()).or_else(|| self.new.get(term.as_str())) {
                Some(&id) => id,
                None => {
                    let id = self.holders.len() as TermId;
                    self.new.insert(term.as_str().into(), id);
                    self.holders.push(0);
                    id
                }
            })
            .collect();
        ids.sort_unstable();
        each(&ids).for_each(|id| self.holders[id as usize] += 1);
        ids
    }

    /// A phrasing with these terms is gone.
    fn forget(&mut self, terms: &[TermId]) {
        each(terms).for_each(|id| self.holders[id as usize] -= 1);
    }

    fn settle(&mut self) {
        match self.settled.is_empty() {
            true => self.settled = Arc::new(std::mem::take(&mut self.new)),
            false => Arc::make_mut(&mut self.settled).extend(std::mem::take(&mut self.new)),
        }
    }
}

/// Each term once, of terms that ascend.
fn each(terms: &[TermId]) -> impl Iterator<Item = TermId> {
    terms.chunk_by(|a, b| a == b).map(|same| same[0])
}

#[cfg(test)]
mod tests;
