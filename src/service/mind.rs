//! What the bot knows at this moment: playbook, articles and their index. Immutable; a publish or an import puts a
//! new one in its place.

use std::{
    collections::{BTreeMap, HashMap},
    panic::resume_unwind,
    sync::Arc,
    thread::ScopedJoinHandle,
};

use jiff::civil::Date;
use serde::Serialize;
use warmline_vectors::{Row, Vector};

use crate::{
    dialogue::Part,
    domain::{
        Article,
        article::{ArticleId, Shelf},
        playbook::Playbook,
    },
    language::normalise,
    nlu::{self, ArticleMatch, Feelings, Shift, Sound, Topic, Understanding},
    search::{Digest, Embeddings, Encoder, Index, Meant, Written},
};

/// Who says what texts mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VectorsOf {
    /// The operator's (`embeddings_url`).
    Server,
    Binary,
    /// Answers go by words alone.
    Nobody,
}

pub struct Mind {
    pub playbook: Arc<Playbook>,
    /// Published and valid on `day`.
    pub shelf: Arc<Shelf>,
    pub day: Date,
    /// Of every published article that was read, on the shelf or not.
    pub versions: BTreeMap<ArticleId, i64>,
    /// What shoppers' verdicts add to every article's chance.
    lean: Option<Shift>,
    encoder: Option<&'static Encoder>,
    index: Arc<Index>,
    /// A server's model, once it has been asked for every phrasing.
    elsewhere: Option<Elsewhere>,
}

struct Elsewhere {
    embeddings: Arc<Embeddings>,
    meant: Meant,
}

impl Mind {
    /// Builds the index: some milliseconds per hundred articles, and a millisecond or two per phrasing not met before.
    pub fn new(playbook: Arc<Playbook>, articles: Vec<Article>, day: Date) -> tantivy::Result<Self> {
        Mind::with(Encoder::built_in(), playbook, articles, day)
    }

    /// The same with the encoder that is wanted; without one, answers go by words alone and thresholds are stricter.
    pub fn with(
        encoder: Option<&'static Encoder>,
        mut playbook: Arc<Playbook>,
        articles: Vec<Article>,
        day: Date,
    ) -> tantivy::Result<Self> {
        if encoder.is_none() {
            let thresholds = playbook.thresholds.by_words();
            Arc::make_mut(&mut playbook).thresholds = thresholds;
        }
        let versions = articles.iter().map(|article| (article.id.clone(), article.version)).collect();
        let shelf: Shelf = articles
            .into_iter()
            .filter(|article| article.is_answered_on(day))
            .map(|article| (article.id.clone(), Arc::new(article)))
            .collect();
        let index = Index::build(shelf.values().map(Arc::as_ref), &playbook, day, encoder)?;
        Ok(Mind {
            playbook,
            shelf: Arc::new(shelf),
            day,
            versions,
            lean: None,
            encoder,
            index: Arc::new(index),
            elsewhere: None,
        })
    }

    /// The same day's, with each of `changed` in its new form (`None`: no longer published): some milliseconds. `None`
    /// when so much has changed that it should be built anew.
    pub fn with_changes(&self, changed: BTreeMap<ArticleId, Option<Article>>) -> Option<Self> {
        let changed = changed.into_iter().map(|(id, article)| (id, article.map(Arc::new))).collect();
        let index = self.index.with(&changed, &self.playbook, self.day, self.encoder)?;
        let (mut shelf, mut versions) = (Shelf::clone(&self.shelf), self.versions.clone());
        for (id, article) in changed {
            match &article {
                Some(article) => versions.insert(id.clone(), article.version),
                None => versions.remove(&id),
            };
            match article.filter(|article| article.is_answered_on(self.day)) {
                Some(article) => shelf.insert(id, article),
                None => shelf.remove(&id),
            };
        }
        Some(Mind {
            playbook: self.playbook.clone(),
            shelf: Arc::new(shelf),
            day: self.day,
            versions,
            lean: None,
            encoder: self.encoder,
            index: Arc::new(index),
            elsewhere: None,
        })
    }

    /// The same of a new index, so that the next changes find room.
    pub fn rebuilt(&self) -> tantivy::Result<Self> {
        let index = Index::build(self.shelf.values().map(Arc::as_ref), &self.playbook, self.day, self.encoder)?;
        Ok(Mind {
            playbook: self.playbook.clone(),
            shelf: self.shelf.clone(),
            day: self.day,
            versions: self.versions.clone(),
            lean: self.lean.clone(),
            encoder: self.encoder,
            index: Arc::new(index),
            elsewhere: None,
        })
    }

    /// How much has changed since the index was built: 0 to 1, when the next change builds it anew.
    pub fn patched(&self) -> f32 {
        self.index.patched()
    }

    /// The same, going by a server's model; `None` when a row is missing or that model does not tell topics apart.
    pub fn understood_by(&self, embeddings: &Arc<Embeddings>, rows: &HashMap<Digest, Arc<Row>>) -> Option<Self> {
        // What was taken out is never looked at; any row stands in its place.
        let any = rows.values().next()?;
        let row = |normal: Option<String>| match normal {
            Some(normal) => rows.get(&embeddings.digest(&normal)).cloned(),
            None => Some(any.clone()),
        };
        let meant = self.index.meant(self.normal_texts().map(row).collect::<Option<_>>()?)?;
        Some(Mind {
            playbook: self.playbook.clone(),
            shelf: self.shelf.clone(),
            day: self.day,
            versions: self.versions.clone(),
            lean: self.lean.clone(),
            encoder: self.encoder,
            index: self.index.clone(),
            elsewhere: Some(Elsewhere { embeddings: embeddings.clone(), meant }),
        })
    }

    /// Whether understanding may wait for a server: then not on a thread that others need.
    pub fn is_understood_elsewhere(&self) -> bool {
        self.elsewhere.is_some()
    }

    /// The phrasings in normal form by document number; `None` for those that were taken out.
    pub fn normal_texts(&self) -> impl Iterator<Item = Option<String>> {
        self.index.texts().map(|text| text.map(normalise))
    }

    /// Whose vectors tell meaning at this moment.
    pub fn vectors_of(&self) -> VectorsOf {
        match (&self.elsewhere, self.encoder) {
            (Some(elsewhere), _) if elsewhere.embeddings.is_well() => VectorsOf::Server,
            (_, Some(_)) => VectorsOf::Binary,
            (_, None) => VectorsOf::Nobody,
        }
    }

    pub fn leaning(self, lean: Option<Shift>) -> Self {
        Mind { lean, ..self }
    }

    /// What it would know with these articles in the place of those of their ids: valid at once, however long they have to
    /// wait.
    pub fn supposing(&self, articles: Vec<Article>) -> tantivy::Result<Self> {
        let supposed = |article: Article| {
            let valid_from = article.valid_from.filter(|from| *from <= self.day);
            (article.id.clone(), Some(Article { valid_from, ..article }))
        };
        self.altered(articles.into_iter().map(supposed).collect())
    }

    /// What it would know without this article.
    pub fn without(&self, article: &str) -> tantivy::Result<Self> {
        self.altered(BTreeMap::from([(article.to_owned(), None)]))
    }

    fn altered(&self, changed: BTreeMap<ArticleId, Option<Article>>) -> tantivy::Result<Self> {
        if let Some(mind) = self.with_changes(changed.clone()) {
            return Ok(mind.leaning(self.lean.clone()));
        }
        let kept =
            self.shelf.values().filter(|known| !changed.contains_key(&known.id)).map(|known| Article::clone(known));
        let articles = kept.collect::<Vec<_>>().into_iter().chain(changed.into_values().flatten()).collect();
        Ok(Mind::with(self.encoder, self.playbook.clone(), articles, self.day)?.leaning(self.lean.clone()))
    }

    /// The same articles under another playbook.
    pub fn under(&self, playbook: Arc<Playbook>) -> tantivy::Result<Self> {
        let articles = self.shelf.values().map(|known| Article::clone(known)).collect();
        Ok(Mind::with(self.encoder, playbook, articles, self.day)?.leaning(self.lean.clone()))
    }

    pub fn phrasings(&self) -> usize {
        self.index.phrasings()
    }

    /// What the phrasings it knows mean.
    pub fn vectors(&self) -> impl Iterator<Item = (&Digest, &Row)> {
        self.index.vectors()
    }

    /// The message as a whole, and its parts where it may ask two things. `before`: what was spoken of until now.
    pub fn hear(&self, text: &str, before: Option<&str>) -> (Understanding, Vec<Part>) {
        let parts = nlu::parts(&self.playbook, text);
        let befores = std::iter::once(before).chain(parts.iter().map(|part| Some(part.as_str())));
        let whole_of = |part: ScopedJoinHandle<'_, Part>| part.join().unwrap_or_else(|panic| resume_unwind(panic));
        // Side by side: somebody waits.
        std::thread::scope(|scope| {
            let hear = |(text, before)| scope.spawn(move || self.part(text, before));
            let parts: Vec<_> = parts.iter().map(String::as_str).zip(befores).map(hear).collect();
            let whole = self.part(text, before).understanding;
            (whole, parts.into_iter().map(whole_of).collect())
        })
    }

    /// What names nothing itself is sought together with what was said before.
    fn part(&self, text: &str, before: Option<&str>) -> Part {
        let mut understanding = self.understand(text);
        if let Some(before) = before.filter(|_| understanding.slots.leaning) {
            let with_subject = self.understand(&format!("{before} {text}"));
            (understanding.articles, understanding.shifts) = (with_subject.articles, with_subject.shifts);
            understanding.intents.clear();
        }
        Part { text: text.to_owned(), understanding }
    }

    /// [`Mind::hear`], on a thread that may wait where a server is asked.
    pub async fn hear_in_time(mind: &Arc<Mind>, text: &str, before: Option<&str>) -> (Understanding, Vec<Part>) {
        if mind.is_understood_elsewhere() {
            let (mind, text, before) = (mind.clone(), text.to_owned(), before.map(str::to_owned));
            if let Ok(heard) = tokio::task::spawn_blocking(move || mind.hear(&text, before.as_deref())).await {
                return heard;
            }
        }
        mind.hear(text, before)
    }

    pub fn understand(&self, text: &str) -> Understanding {
        self.understand_beside(text, None)
    }

    /// The same as if this topic did not have these very words.
    pub fn understand_beside(&self, text: &str, topic: Option<&Topic>) -> Understanding {
        let mut utterance = nlu::read(&self.playbook, text);
        utterance.question.unseen_of = topic.cloned();
        nlu::leave_out_what_asks_nothing(&self.playbook, &mut utterance);
        let meaning = self.encoder.map(|encoder| encoder.vector(&utterance.question.spoken));
        let by_server = self.elsewhere.as_ref().and_then(|elsewhere| {
            let row = elsewhere.embeddings.row(&utterance.question.spoken)?;
            Some(self.index.candidates_by(&elsewhere.meant, &utterance.question, &row))
        });
        let hits = by_server
            .unwrap_or_else(|| self.index.candidates(&utterance.question, meaning.as_ref().map(Row::new).as_ref()));
        let mut understanding = nlu::understand(&self.playbook, &utterance, &hits, meaning.as_deref());
        if let Some(lean) = &self.lean {
            understanding.shift(lean.clone());
        }
        understanding
    }

    /// What a message feels like, without looking for answers.
    pub fn feelings(&self, text: &str) -> Feelings {
        let mut utterance = nlu::read(&self.playbook, text);
        nlu::leave_out_what_asks_nothing(&self.playbook, &mut utterance);
        let meaning = self.encoder.map(|encoder| encoder.vector(&utterance.question.spoken));
        nlu::feelings(&self.playbook, &utterance, meaning.as_deref())
    }

    /// What a text means; `None` without the sentence model.
    pub fn meaning(&self, text: &str) -> Option<Vector> {
        self.encoder.map(|encoder| encoder.vector(&normalise(text)))
    }

    /// What an agent's reply sounds like, after what the shopper has said; `None` without the sentence model.
    pub fn sound(&self, reply: &str, after: Option<&str>) -> Option<Sound> {
        let encoder = self.encoder?;
        let meaning = |text: &str| encoder.vector(&normalise(text));
        Some(nlu::sound(&meaning(reply), after.map(meaning).as_deref()))
    }

    /// How alike in meaning each of `others` is to a text, -1 to 1; empty without the sentence model.
    pub fn likeness<'t>(&self, text: &str, others: impl Iterator<Item = &'t str>) -> Vec<f32> {
        let Some(encoder) = self.encoder else { return Vec::new() };
        encoder.likeness(&normalise(text), &others.map(normalise).collect::<Vec<_>>())
    }

    /// Of each text the likeness to the nearest of `others`; empty without the sentence model.
    pub fn nearest<'t>(&self, texts: impl Iterator<Item = &'t str>, others: &[&str]) -> Vec<f32> {
        let Some(encoder) = self.encoder else { return Vec::new() };
        let others: Vec<String> = others.iter().map(|other| normalise(other)).collect();
        let rows = encoder.alike(&texts.map(normalise).collect::<Vec<_>>(), &others);
        rows.into_iter().map(|row| row.into_iter().fold(-1.0, f32::max)).collect()
    }

    /// How alike each text is to each; empty without the sentence model.
    pub fn all_alike<'t>(&self, texts: impl Iterator<Item = &'t str>) -> Vec<Vec<f32>> {
        let Some(encoder) = self.encoder else { return Vec::new() };
        let texts: Vec<String> = texts.map(normalise).collect();
        encoder.alike(&texts, &texts)
    }

    /// Every phrasing of articles and intents.
    pub fn written(&self) -> impl Iterator<Item = Written<'_>> {
        self.index.written()
    }

    /// The articles that would be found for a phrasing if its own topic did not have it.
    pub fn find_unseen(&self, written: &Written<'_>) -> Vec<ArticleMatch> {
        let mut utterance = nlu::read(&self.playbook, written.text);
        utterance.question.unseen_of = Some(written.topic.clone());
        let hits = self.index.candidates(&utterance.question, written.row);
        nlu::articles(&self.playbook, &utterance, &hits)
    }
}
