//! What the bot knows at this moment: playbook, articles and their index. Immutable; a publish or an import puts a
//! new one in its place.

use std::sync::Arc;

use jiff::civil::Date;

use crate::{
    domain::{
        Article,
        article::{ArticleStatus, Shelf},
        playbook::Playbook,
    },
    nlu::{self, Understanding},
    search::Index,
};

pub struct Mind {
    pub playbook: Arc<Playbook>,
    /// Published and valid on `day`.
    pub shelf: Arc<Shelf>,
    pub day: Date,
    index: Index,
}

impl Mind {
    /// Builds the index: some milliseconds per hundred articles.
    pub fn new(playbook: Arc<Playbook>, articles: Vec<Article>, day: Date) -> tantivy::Result<Self> {
        let shelf: Shelf = articles
            .into_iter()
            .filter(|article| article.status == ArticleStatus::Published && article.is_valid_on(day))
            .map(|article| (article.id.clone(), article))
            .collect();
        let index = Index::build(shelf.values(), &playbook, day)?;
        Ok(Mind { playbook, shelf: Arc::new(shelf), day, index })
    }

    pub fn understand(&self, text: &str) -> Understanding {
        let utterance = nlu::read(&self.playbook, text);
        let hits = self.index.candidates(&utterance.question);
        nlu::understand(&self.playbook, &utterance, &hits)
    }
}
