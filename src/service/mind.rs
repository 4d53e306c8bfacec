//! What the bot knows at this moment: playbook and articles. Immutable; a publish or an import puts a new one in
//! its place.

use std::sync::Arc;

use jiff::civil::Date;

use crate::{
    domain::{
        Article,
        article::{ArticleStatus, Shelf},
        playbook::Playbook,
    },
    language::detect,
    nlu::Understanding,
};

pub struct Mind {
    pub playbook: Arc<Playbook>,
    /// Published and valid on `day`.
    pub shelf: Arc<Shelf>,
    pub day: Date,
}

impl Mind {
    pub fn new(playbook: Arc<Playbook>, articles: Vec<Article>, day: Date) -> Self {
        let shelf: Shelf = articles
            .into_iter()
            .filter(|article| article.status == ArticleStatus::Published && article.is_valid_on(day))
            .map(|article| (article.id.clone(), article))
            .collect();
        Mind { playbook, shelf: Arc::new(shelf), day }
    }

    pub fn understand(&self, text: &str) -> Understanding {
        Understanding { lang: detect::detect(text), shape: detect::shape(text), ..Understanding::default() }
    }
}
