//! Pages made from what the bot knows, kept until it knows something else; and how often each article was read.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use axum::body::Bytes;
use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use crate::{domain::article::ArticleId, service::mind::Mind};

/// Some four hundred pages. Then it begins anew: what is read often is soon there again.
const MAX_BYTES: usize = 4 * 1024 * 1024;

pub struct Kept {
    pub body: Bytes,
    /// Weak: compression changes the bytes and not the meaning.
    pub etag: String,
}

impl Kept {
    fn new(body: String) -> Kept {
        let etag = format!("W/\"{}\"", HEXLOWER.encode(&Sha256::digest(&body)[..12]));
        Kept { body: body.into(), etag }
    }
}

/// The pages of this node.
#[derive(Default)]
pub struct Pages {
    /// A std mutex: held for a look, never while a page is made.
    shelf: Mutex<Shelf>,
    views: Mutex<HashMap<ArticleId, i64>>,
}

#[derive(Default)]
struct Shelf {
    /// Weak, so that pages do not keep alive what the bot knew before.
    of: Weak<Mind>,
    pages: HashMap<String, Arc<Kept>>,
    bytes: usize,
}

impl Pages {
    /// The page of this mind under `key`, or what `make` makes of it.
    pub fn page(&self, mind: &Arc<Mind>, key: String, make: impl FnOnce() -> Option<String>) -> Option<Arc<Kept>> {
        if let Some(kept) = self.shelf(mind).pages.get(&key) {
            return Some(kept.clone());
        }
        let kept = Arc::new(Kept::new(make()?));
        let mut shelf = self.shelf(mind);
        let bytes = key.len() + kept.body.len();
        if shelf.bytes + bytes > MAX_BYTES {
            (shelf.pages, shelf.bytes) = (HashMap::new(), 0);
        }
        shelf.bytes += bytes;
        shelf.pages.insert(key, kept.clone());
        Some(kept)
    }

    fn shelf(&self, mind: &Arc<Mind>) -> MutexGuard<'_, Shelf> {
        let mut shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::ptr::eq(shelf.of.as_ptr(), Arc::as_ptr(mind)) {
            *shelf = Shelf { of: Arc::downgrade(mind), ..Shelf::default() };
        }
        shelf
    }

    pub fn note_view(&self, id: &str) {
        let mut views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        *views.entry(id.to_owned()).or_default() += 1;
    }

    /// What was read since the last time this was asked.
    pub fn take_views(&self) -> HashMap<ArticleId, i64> {
        std::mem::take(&mut *self.views.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
