//! Seed files: from the folders that staff edit or from the binary, and back into folders.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use rust_embed::RustEmbed;

use super::Folders;
use crate::{
    domain::{
        Lang,
        article::ArticleStatus,
        article_file,
        picture::Picture,
        playbook::{FileError, SourceFile},
        sentence::{Sentence, sentence},
    },
    store::articles::StoredArticle,
};

#[derive(RustEmbed)]
#[folder = "knowledge_base/"]
struct BuiltInArticles;

#[derive(RustEmbed)]
#[folder = "intents/"]
struct BuiltInIntents;

#[derive(RustEmbed)]
#[folder = "playbook/"]
struct BuiltInPlaybook;

const BUILT_IN_ORDERS: &str = include_str!("../../../demo/orders.toml");

/// The usual names of the folders: how files are called in the database, wherever they came from.
const KNOWLEDGE: &str = "knowledge_base";
/// Of its articles, in the folder of the articles.
pub(super) const PICTURES: &str = "pictures";
const INTENTS: &str = "intents";
const PLAYBOOK: &str = "playbook";

/// What an export did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exported {
    pub written: Vec<PathBuf>,
    /// Files that said the same already.
    pub unchanged: usize,
    /// Files of articles that are not published (any more), or not in that language.
    pub removed: Vec<PathBuf>,
}

/// `<lang>/<id>.md`, as `knowledge_base/<lang>/<id>.md`.
pub(super) fn read_articles(folder: &Path) -> Result<Vec<SourceFile>, FileError> {
    let mut files = read_folder::<BuiltInArticles>(folder, KNOWLEDGE, &["md"])?;
    files.retain(|file| !file.path.ends_with("/README.md"));
    Ok(files)
}

/// `pictures/<name>`, by name.
pub(super) fn read_pictures(folder: &Path) -> Result<Vec<Picture>, FileError> {
    let folder = folder.join(PICTURES);
    let mut pictures = Vec::new();
    for path in if folder.is_dir() { walk(&folder)? } else { Vec::new() } {
        let Ok(name) = path.strip_prefix(&folder) else { continue };
        let name = name.to_string_lossy();
        if name.starts_with('.') {
            continue;
        }
        let bytes = fs::read(&path).map_err(|error| cannot(&path, "be read", &error))?;
        let wrong = |message: Sentence| FileError { path: path.display().to_string(), line: 0, message };
        pictures.push(Picture::of(&name, bytes).map_err(wrong)?);
    }
    pictures.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(pictures)
}

/// Intents and the rest of the playbook, as `intents/…` and `playbook/…`.
pub(super) fn read_playbook(folders: &Folders) -> Result<Vec<SourceFile>, FileError> {
    let mut files = read_folder::<BuiltInIntents>(&folders.intents, INTENTS, &["toml"])?;
    files.extend(read_folder::<BuiltInPlaybook>(&folders.playbook, PLAYBOOK, &["toml", "txt"])?);
    Ok(files)
}

/// `orders.toml`; the demo's own where the folder has none.
pub(super) fn read_orders(folder: &Path) -> Result<SourceFile, FileError> {
    let path = folder.join("orders.toml");
    match fs::read(&path) {
        Ok(bytes) => Ok(SourceFile { path: path.display().to_string(), text: text_of(&path, bytes)? }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(demo_orders()),
        Err(error) => Err(cannot(&path, "be read", &error)),
    }
}

/// The demo's own orders, whatever the shop's are.
pub(super) fn demo_orders() -> SourceFile {
    SourceFile { path: "demo/orders.toml".into(), text: BUILT_IN_ORDERS.into() }
}

/// Ours in place of a file with a mistake; an intent of its own is another of that name.
pub(super) fn stand_in(path: &str) -> Option<SourceFile> {
    let (folder, inside) = path.split_once('/')?;
    let file = if folder == PLAYBOOK { BuiltInPlaybook::get(inside) } else { BuiltInIntents::get("greeting.toml") };
    let text = String::from_utf8(file?.data.into_owned()).ok()?;
    let name = format!("name = \"{}\"", inside.trim_end_matches(".toml"));
    let text = if folder == PLAYBOOK { text } else { text.replace("name = \"greeting\"", &name) };
    Some(SourceFile { path: path.to_owned(), text })
}

/// A mistake told with the path under which the operator has the file.
pub(super) fn as_on_disk(error: FileError, folders: &Folders) -> FileError {
    for (usual, actual) in [(KNOWLEDGE, &folders.knowledge), (INTENTS, &folders.intents), (PLAYBOOK, &folders.playbook)]
    {
        if let Some(rest) = error.path.strip_prefix(usual).and_then(|rest| rest.strip_prefix('/'))
            && actual.is_dir()
        {
            return FileError { path: actual.join(rest).display().to_string(), ..error };
        }
    }
    error
}

/// Files with one of the endings, by path; hidden ones are passed over.
fn read_folder<BuiltIn: RustEmbed>(
    folder: &Path,
    usual_name: &str,
    endings: &[&str],
) -> Result<Vec<SourceFile>, FileError> {
    let is_wanted = |path: &str| {
        let is_hidden = path.split('/').any(|part| part.starts_with('.'));
        let ending = path.rsplit_once('.').map(|(_, ending)| ending);
        !is_hidden && ending.is_some_and(|ending| endings.contains(&ending))
    };
    let mut files = Vec::new();
    if folder.exists() {
        for path in walk(folder)? {
            let Ok(inside) = path.strip_prefix(folder) else { continue };
            let inside = inside.to_string_lossy().replace('\\', "/");
            if is_wanted(&inside) {
                let bytes = fs::read(&path).map_err(|error| cannot(&path, "be read", &error))?;
                files.push(SourceFile { path: format!("{usual_name}/{inside}"), text: text_of(&path, bytes)? });
            }
        }
    } else {
        for inside in BuiltIn::iter().filter(|inside| is_wanted(inside)) {
            if let Some(file) = BuiltIn::get(&inside) {
                let text = text_of(Path::new(&*inside), file.data.into_owned())?;
                files.push(SourceFile { path: format!("{usual_name}/{inside}"), text });
            }
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

/// All files below a folder.
fn walk(folder: &Path) -> Result<Vec<PathBuf>, FileError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| cannot(folder, "be read", &error))? {
        let path = entry.map_err(|error| cannot(folder, "be read", &error))?.path();
        if path.is_dir() {
            found.extend(walk(&path)?);
        } else {
            found.push(path);
        }
    }
    Ok(found)
}

/// Writes every published article and the playbook. Afterwards the folders say what the database says about every
/// article it knows; files it does not know are left alone, and so are files that say the same in another layout.
pub(super) fn write(
    folders: &Folders,
    articles: &[StoredArticle],
    pictures: &[Picture],
    playbook_files: &[SourceFile],
) -> Result<Exported, FileError> {
    let mut done = Exported::default();
    for Picture { name, bytes } in pictures {
        let path = folders.knowledge.join(PICTURES).join(name);
        if fs::read(&path).is_ok_and(|old| old == *bytes) {
            done.unchanged += 1;
        } else {
            put_bytes(&path, bytes, &mut done)?;
        }
    }
    for StoredArticle { article, .. } in articles {
        for lang in Lang::ALL {
            let path = folders.knowledge.join(lang.tag()).join(format!("{}.md", article.id));
            let text = match article.status {
                ArticleStatus::Published => article_file::write(article, lang),
                ArticleStatus::Draft | ArticleStatus::Archived => None,
            };
            match text {
                Some(text) => put(&path, &text, &mut done, |old| same_article(&path, old, &text))?,
                None => remove(path, &mut done)?,
            }
        }
    }
    for file in playbook_files {
        let path = match file.path.split_once('/') {
            Some((INTENTS, rest)) => folders.intents.join(rest),
            Some((PLAYBOOK, rest)) => folders.playbook.join(rest),
            _ => continue,
        };
        put(&path, &file.text, &mut done, |old| old == file.text)?;
    }
    Ok(done)
}

fn put(path: &Path, text: &str, done: &mut Exported, is_same: impl Fn(&str) -> bool) -> Result<(), FileError> {
    if fs::read_to_string(path).is_ok_and(|old| is_same(&old)) {
        done.unchanged += 1;
        return Ok(());
    }
    put_bytes(path, text.as_bytes(), done)
}

fn put_bytes(path: &Path, bytes: &[u8], done: &mut Exported) -> Result<(), FileError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| cannot(folder, "be made", &error))?;
    }
    fs::write(path, bytes).map_err(|error| cannot(path, "be written", &error))?;
    done.written.push(path.to_owned());
    Ok(())
}

fn remove(path: PathBuf, done: &mut Exported) -> Result<(), FileError> {
    match fs::remove_file(&path) {
        Ok(()) => done.removed.push(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(cannot(&path, "be removed", &error)),
    }
    Ok(())
}

fn same_article(path: &Path, old: &str, new: &str) -> bool {
    let path = path.to_string_lossy();
    let content = |text| article_file::parse(&path, text).map(|file| (file.text, file.meta)).ok();
    content(old).is_some_and(|old| Some(old) == content(new))
}

fn text_of(path: &Path, bytes: Vec<u8>) -> Result<String, FileError> {
    String::from_utf8(bytes).map_err(|error| {
        let read = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = read.iter().filter(|byte| **byte == b'\n').count() + 1;
        FileError { path: path.display().to_string(), line, message: sentence!("the text is not UTF-8") }
    })
}

fn cannot(path: &Path, what: &str, error: &io::Error) -> FileError {
    FileError {
        path: path.display().to_string(),
        line: 0,
        message: Sentence::english(format_args!("this cannot {what}: {error}")),
    }
}
