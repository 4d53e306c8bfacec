//! What articles name and nothing has: a category, a picture, another article. The database may have what the files do not,
//! so that a server starts all the same, and an import goes on.

use std::collections::BTreeSet;

use super::{Folders, files};
use crate::domain::{
    Lang, article_file,
    picture::PLACE,
    playbook::{FileError, Playbook},
    sentence::{Sentence, sentence},
};

/// By file and line. Categories are held against those of the playbook, if that can be read.
///
/// # Errors
/// The files cannot be read.
pub fn loose_ends(folders: &Folders) -> Result<Vec<FileError>, FileError> {
    let articles = files::read_articles(&folders.knowledge)?;
    let pictures: BTreeSet<String> = files::read_pictures(&folders.knowledge)
        .map_or_else(|_| BTreeSet::new(), |all| all.into_iter().map(|picture| picture.name).collect());
    let categories = Playbook::parse(&files::read_playbook(folders)?).ok().map(|playbook| playbook.help.categories());
    let ids: BTreeSet<&str> =
        articles.iter().filter_map(|file| file.path.rsplit('/').next()?.strip_suffix(".md")).collect();
    let mut found = Vec::new();
    for file in &articles {
        let mut tell = |at: usize, message: Sentence| {
            found.push(files::as_on_disk(FileError { path: file.path.clone(), line: at + 1, message }, folders));
        };
        let category = article_file::parse(&file.path, &file.text).ok().map(|read| read.meta.category);
        if let (Some(category), Some(known)) = (category, &categories)
            && !known.contains(&category)
        {
            let at = file.text.lines().position(|line| line.starts_with("category")).unwrap_or_default();
            tell(at, sentence!("there is no category \"{category}\" in playbook/help.toml", category));
        }
        for (at, line) in file.text.lines().enumerate() {
            for name in named(line, PLACE).filter(|name| !pictures.contains(*name)) {
                tell(at, sentence!("there is no picture {name}", name));
            }
            for lang in Lang::ALL {
                for id in named(line, &format!("/help/{lang}/articles/")).filter(|id| !ids.contains(id)) {
                    tell(at, sentence!("there is no article {id}", id = format!("{id:?}")));
                }
            }
        }
    }
    Ok(found)
}

/// What a line names at this place of our own server.
fn named<'a>(line: &'a str, place: &str) -> impl Iterator<Item = &'a str> {
    let begins: Vec<usize> = line.match_indices(place).map(|(at, _)| at).collect();
    let after = place.len();
    begins.into_iter().filter(|at| line[..*at].ends_with(['(', '<', '"', ' '])).map(move |at| {
        let rest = &line[at + after..];
        rest.split([')', '>', '"', ' ', '#', '?']).next().unwrap_or_default()
    })
}
