//! The tantivy index over phrasings: derived data, never the truth. It can be thrown away and built at any time.
//!
//! One document per phrasing of an article (its title is one more) or intent, in all languages together, because a
//! question in one script must find an article in the other. tantivy brings the candidates by BM25; what it found is
//! then measured against the question, term by term.

use std::collections::HashMap;

use jiff::civil::Date;
use tantivy::{
    IndexBuilder, Searcher, TantivyDocument, Term,
    collector::TopDocs,
    directory::RamDirectory,
    query::{BooleanQuery, Occur, Query, TermQuery},
    schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions},
    tokenizer::{PreTokenizedString, Token},
};

use crate::{
    domain::{Article, Lang, article::ArticleStatus, playbook::Playbook},
    language,
    nlu::{Features, Hit, Question, Topic},
};

mod measure;

/// Phrasings that tantivy hands back. Three languages bring nearly the same phrasing up to three times.
const CANDIDATES: usize = 60;
/// Different terms of one question that are searched for, the rarest; a long message is mostly filling.
const MOST_TERMS: usize = 96;
const WRITER_BYTES: usize = 15_000_000;

/// An immutable snapshot: build a new one when an article changes, and swap it.
pub struct Index {
    /// `None` when there is nothing to find.
    searcher: Option<Searcher>,
    field: Field,
    /// By document number: one segment, written in this order.
    phrasings: Vec<Phrasing>,
    vocabulary: HashMap<Box<str>, TermId>,
    /// By term id: how telling a term is, as in BM25.
    idf: Vec<f32>,
    topics: Vec<Topic>,
}

type TermId = u32;

struct Phrasing {
    topic: u32,
    lang: Lang,
    text: Box<str>,
    /// Different terms, ascending.
    terms: Box<[TermId]>,
    /// Letters and digits of the rewritten normal form, for exact matches.
    key: Box<str>,
}

impl Index {
    /// Of `articles`, those published and valid `today`. About 10 µs per phrasing in a release build.
    pub fn build<'a>(
        articles: impl IntoIterator<Item = &'a Article>,
        playbook: &Playbook,
        today: Date,
    ) -> tantivy::Result<Index> {
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default().set_tokenizer("raw").set_index_option(IndexRecordOption::WithFreqs);
        let field = schema.add_text_field("terms", TextOptions::default().set_indexing_options(indexing));
        let mut draft = Draft::default();
        let mut writer = IndexBuilder::new()
            .schema(schema.build())
            .single_segment_index_writer::<TantivyDocument>(RamDirectory::create(), WRITER_BYTES)?;
        let mut add = |topic: u32, lang: Lang, text: &str, draft: &mut Draft| {
            let rewritten = playbook.synonyms.rewrite(&language::normalise(text));
            let terms = language::terms(&rewritten);
            if terms.is_empty() {
                return Ok(());
            }
            draft.add(topic, lang, text, &rewritten, &terms);
            let token = |(position, text)| Token { text, position, ..Token::default() };
            let tokens = terms.into_iter().enumerate().map(token).collect();
            let mut document = TantivyDocument::default();
            document.add_pre_tokenized_text(field, PreTokenizedString { text: String::new(), tokens });
            writer.add_document(document)
        };
        let is_on = |article: &&Article| article.status == ArticleStatus::Published && article.is_valid_on(today);
        for article in articles.into_iter().filter(is_on) {
            let topic = draft.topic(Topic::Article(article.id.clone()));
            for (&lang, text) in &article.texts.0 {
                add(topic, lang, &text.title, &mut draft)?;
                for question in &text.questions {
                    add(topic, lang, question, &mut draft)?;
                }
            }
        }
        for intent in playbook.intents.values() {
            let topic = draft.topic(Topic::Intent(intent.name.clone()));
            for (&lang, words) in &intent.words.0 {
                for example in std::iter::once(&words.label).chain(&words.examples) {
                    add(topic, lang, example, &mut draft)?;
                }
            }
        }
        let searcher = match draft.phrasings.is_empty() {
            true => None,
            false => Some(writer.finalize()?.reader()?.searcher()),
        };
        Ok(draft.finish(searcher, field))
    }

    pub fn phrasings(&self) -> usize {
        self.phrasings.len()
    }

    /// The topics whose phrasings share most with the question, best phrasing each; in no promised order.
    pub fn candidates(&self, question: &Question) -> Vec<Hit> {
        let wanted = self.wanted(question);
        match self.search(&wanted) {
            Ok(found) => self.measure(question, &wanted, found),
            Err(error) => {
                tracing::error!(%error, "the search index failed; the bot goes on without articles");
                Vec::new()
            }
        }
    }

    fn search(&self, wanted: &measure::Wanted) -> tantivy::Result<Vec<(f32, usize)>> {
        let Some(searcher) = &self.searcher else { return Ok(Vec::new()) };
        let clauses: Vec<(Occur, Box<dyn Query>)> = wanted
            .known_terms()
            .map(|term| {
                let term = Term::from_field_text(self.field, term);
                let query: Box<dyn Query> = Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs));
                (Occur::Should, query)
            })
            .collect();
        if clauses.is_empty() {
            return Ok(Vec::new());
        }
        let top = searcher.search(&BooleanQuery::new(clauses), &TopDocs::with_limit(CANDIDATES).order_by_score())?;
        Ok(top.into_iter().map(|(score, address)| (score, address.doc_id as usize)).collect())
    }
}

/// An index being filled.
#[derive(Default)]
struct Draft {
    phrasings: Vec<Phrasing>,
    vocabulary: HashMap<Box<str>, TermId>,
    /// By term id: phrasings that hold the term.
    holders: Vec<u32>,
    topics: Vec<Topic>,
}

impl Draft {
    fn topic(&mut self, topic: Topic) -> u32 {
        self.topics.push(topic);
        (self.topics.len() - 1) as u32
    }

    fn add(&mut self, topic: u32, lang: Lang, text: &str, rewritten: &str, terms: &[String]) {
        let mut ids: Vec<TermId> = terms
            .iter()
            .map(|term| match self.vocabulary.get(term.as_str()) {
                Some(&id) => id,
                None => {
                    let id = self.holders.len() as TermId;
                    self.vocabulary.insert(term.as_str().into(), id);
                    self.holders.push(0);
                    id
                }
            })
            .collect();
        ids.sort_unstable();
        ids.dedup();
        for &id in &ids {
            self.holders[id as usize] += 1;
        }
        let key = measure::key(rewritten);
        self.phrasings.push(Phrasing { topic, lang, text: text.into(), terms: ids.into(), key });
    }

    fn finish(self, searcher: Option<Searcher>, field: Field) -> Index {
        let all = self.phrasings.len() as f32;
        let idf = self.holders.iter().map(|&holders| measure::idf(holders as f32, all)).collect();
        let Draft { phrasings, vocabulary, topics, .. } = self;
        Index { searcher, field, phrasings, vocabulary, idf, topics }
    }
}

#[cfg(test)]
mod tests;
