//! What a new installation starts with, and the way of knowledge into files and back.
//!
//! The database is the truth at runtime. Articles and playbook come from folders that staff edit (or from the copies
//! in the binary where there are no such folders) on the first start and by `warmline import`; `warmline export`
//! writes them back. Orders are read from their file at every start.

mod files;
mod loose_ends;
mod staff;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

pub use crate::domain::playbook::{FileError, FileErrors};
pub use files::Exported;
pub use loose_ends::loose_ends;
pub use staff::{DemoSignIn, demo_sign_ins};

use crate::{
    config::Settings,
    domain::{
        Article, Now, UnixMs, article_file,
        picture::Picture,
        playbook::{Playbook, SourceFile},
        sentence::sentence,
    },
    error::Failure,
    service::playbook_files::parsed,
    shop::Shop,
    store::{Store, StoreError, agents, articles, phrases, pictures, playbook_files},
};

/// Where seeds are. A folder that is not there stands for the copies in the binary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folders {
    pub knowledge: PathBuf,
    pub intents: PathBuf,
    pub playbook: PathBuf,
    /// Holds `orders.toml`.
    pub shop: PathBuf,
}

impl Folders {
    pub fn of(settings: &Settings) -> Folders {
        Folders {
            knowledge: settings.knowledge_dir.clone(),
            intents: settings.intents_dir.clone(),
            playbook: settings.playbook_dir.clone(),
            shop: settings.shop_dir.clone(),
        }
    }

    /// All of them, by their usual names, in one folder.
    pub fn within(folder: &Path) -> Folders {
        Folders {
            knowledge: folder.join("knowledge_base"),
            intents: folder.join("intents"),
            playbook: folder.join("playbook"),
            shop: folder.join("demo"),
        }
    }
}

/// Everything read and checked.
#[derive(Debug)]
pub struct Seeds {
    pub articles: Vec<Article>,
    /// Of the articles.
    pub pictures: Vec<Picture>,
    /// As staff wrote them, under their usual paths (`intents/greeting.toml`).
    pub playbook_files: Vec<SourceFile>,
    pub playbook: Arc<Playbook>,
    pub shop: Shop,
}

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    pub articles: usize,
    pub articles_changed: usize,
    /// New or replaced.
    pub pictures_changed: usize,
    pub playbook_changed: bool,
}

/// Reads and checks all seeds.
///
/// # Errors
/// The mistakes of all files, with the file as the caller knows it and its line.
pub fn read(folders: &Folders) -> Result<Seeds, FileErrors> {
    let mut mistakes = Vec::new();
    let articles = files::read_articles(&folders.knowledge).map_err(FileErrors::from);
    let articles = kept(articles.and_then(|files| article_file::collect(&files)), &mut mistakes);
    let pictures = kept(files::read_pictures(&folders.knowledge), &mut mistakes);
    let playbook = files::read_playbook(folders).map_err(FileErrors::from);
    let playbook = kept(playbook.and_then(|files| Ok((playbook_of(&files)?, files))), &mut mistakes);
    let shop = files::read_orders(&folders.shop).and_then(|orders| Shop::from_file(&orders));
    let shop = kept(shop, &mut mistakes);
    if let (Some(articles), Some((playbook, files))) = (&articles, &playbook) {
        mistakes.extend(check_links(playbook, files, articles).err());
    }
    match (articles, pictures, playbook, shop) {
        (Some(articles), Some(pictures), Some((playbook, playbook_files)), Some(shop)) if mistakes.is_empty() => {
            Ok(Seeds { articles, pictures, playbook_files, playbook, shop })
        }
        _ => Err(FileErrors(mistakes.into_iter().map(|error| files::as_on_disk(error, folders)).collect())),
    }
}

fn kept<T>(read: Result<T, impl Into<FileErrors>>, mistakes: &mut Vec<FileError>) -> Option<T> {
    read.map_err(|errors| mistakes.extend(errors.into().0)).ok()
}

/// Of a file with a mistake that mistake is told, and ours stands in for it while the others are read.
fn playbook_of(files: &[SourceFile]) -> Result<Arc<Playbook>, FileErrors> {
    let mut read = parsed(files);
    let (mut files, mut mistakes) = (files.to_vec(), Vec::<FileError>::new());
    loop {
        let error = match read {
            Ok(playbook) if mistakes.is_empty() => return Ok(playbook),
            Err(error) if mistakes.iter().all(|known| known.path != error.path) => error,
            _ => return Err(FileErrors(mistakes)),
        };
        files.retain(|file| file.path != error.path);
        files.extend(files::stand_in(&error.path));
        // What others would say without its words is no mistake of theirs.
        let is_used_by_others = error.path.ends_with("/words.toml") || error.path.contains("/replies.");
        mistakes.push(error);
        if is_used_by_others {
            return Err(FileErrors(mistakes));
        }
        read = Playbook::parse(&files).map(Arc::new);
    }
}

/// The demo shop, for whoever only practises.
///
/// # Errors
/// Never: a test reads it.
pub fn demo_shop() -> Result<Shop, FileError> {
    Shop::from_file(&files::demo_orders())
}

/// The playbook alone, without the articles its buttons lead to.
pub fn read_playbook(folders: &Folders) -> Result<Playbook, FileError> {
    Playbook::parse(&files::read_playbook(folders)?).map_err(|error| files::as_on_disk(error, folders))
}

/// What importing these pictures would do, a line each.
pub async fn picture_changes(store: &Store, new: &[Picture]) -> Result<Vec<String>, StoreError> {
    let mut changes = Vec::new();
    for picture in new {
        match pictures::load(store, &picture.name).await? {
            None => changes.push(format!("new      {}/{}", files::PICTURES, picture.name)),
            Some(old) if old != *picture => changes.push(format!("changed  {}/{}", files::PICTURES, picture.name)),
            Some(_) => {}
        }
    }
    Ok(changes)
}

/// What importing the playbook would do to the files of before, a line each.
pub fn playbook_changes(before: &[SourceFile], files: &[SourceFile]) -> Vec<String> {
    let of = |files: &[SourceFile], path: &str| files.iter().find(|file| file.path == path).cloned();
    let new = files.iter().filter_map(|file| match of(before, &file.path) {
        None => Some(format!("new      {}", file.path)),
        Some(old) if old.text != file.text => Some(format!("changed  {}", file.path)),
        Some(_) => None,
    });
    let gone = before.iter().filter(|old| of(files, &old.path).is_none()).map(|old| format!("removed  {}", old.path));
    new.chain(gone).collect()
}

/// Puts articles and playbook into the database: new ones are added, others brought to what the files say. Articles
/// without a file stay as they are, and so do phrases once they are there; the playbook is replaced whole. Running servers see it within seconds.
pub async fn import(store: &Store, seeds: &Seeds, at: UnixMs) -> Result<Imported, StoreError> {
    phrases::add_missing(store, seeds.playbook.phrases.clone(), at).await?;
    let pictures_changed = pictures::add(store, seeds.pictures.clone(), at).await?;
    // The playbook last: its presence says that the first import is complete.
    let articles_changed = articles::import(store, seeds.articles.clone(), at).await?;
    let playbook_changed = playbook_files::replace_all(store, seeds.playbook_files.clone()).await?;
    Ok(Imported { articles: seeds.articles.len(), articles_changed, pictures_changed, playbook_changed })
}

/// Writes published articles and the playbook into the folders, so that `import` reads back the same.
pub async fn export(store: &Store, folders: &Folders) -> Result<Exported, Failure> {
    let articles = articles::list(store).await?;
    let mut shown = Vec::new();
    for name in pictures::names(store).await? {
        shown.extend(pictures::load(store, &name).await?);
    }
    let playbook_files = playbook_files::all(store).await?;
    Ok(files::write(folders, &articles, &shown, &playbook_files)?)
}

/// Makes a database ready to serve: imports the seeds and makes the demo accounts where there are none. Files are
/// checked at every start, so that a mistake is not found out at the next import only.
pub async fn prepare(store: &Store, settings: &Settings, now: &Now) -> Result<Seeds, Failure> {
    let seeds = read(&Folders::of(settings))?;
    if playbook_files::all(store).await?.is_empty() {
        let imported = import(store, &seeds, now.at).await?;
        tracing::info!(articles = imported.articles, files = seeds.playbook_files.len(), "seeds imported");
    }
    if agents::list(store).await?.is_empty() {
        staff::create(store, now.at).await?;
    }
    Ok(seeds)
}

/// Intents point at articles; one that is not there would be a button that leads nowhere.
pub(super) fn check_links(playbook: &Playbook, files: &[SourceFile], articles: &[Article]) -> Result<(), FileError> {
    for intent in playbook.intents.values() {
        let Some(missing) = intent.articles.iter().find(|id| articles.iter().all(|article| article.id != **id)) else {
            continue;
        };
        let path = format!("intents/{}.toml", intent.name);
        let quoted = format!("{missing:?}");
        let text = files.iter().find(|file| file.path == path).map_or("", |file| &file.text);
        let line = text.lines().position(|line| line.contains(&quoted)).map_or(0, |index| index + 1);
        return Err(FileError { path, line, message: sentence!("there is no article {id}", id = quoted) });
    }
    Ok(())
}
