//! `warmline check`: reads the files of knowledge base, playbook and orders, and says what is wrong with them.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::{
    config::Settings,
    domain::Lang,
    error::Failure,
    service::seeds::{self, Folders},
};

#[derive(Args)]
pub struct CheckArgs {
    /// Folder that holds knowledge_base, intents, playbook and demo [default: the folders of the settings]
    #[arg(long, value_name = "DIR")]
    from: Option<PathBuf>,
}

/// Nothing is changed. All mistakes are told, what leads nowhere among them; what is only worth knowing is printed.
pub fn check(settings: &Settings, args: &CheckArgs) -> Result<(), Failure> {
    let folders = folders(settings, args.from.as_deref())?;
    let (seeds, loose) = (seeds::read(&folders), seeds::loose_ends(&folders));
    let seeds = match (seeds, loose) {
        (Ok(seeds), Ok(loose)) if loose.is_empty() => seeds,
        (read, loose) => {
            let mut mistakes = read.err().map(|errors| errors.0).unwrap_or_default();
            match loose {
                Ok(loose) => mistakes.extend(loose),
                Err(error) if mistakes.is_empty() => mistakes.push(error),
                // What cannot be read is told already.
                Err(_) => {}
            }
            return Err(seeds::FileErrors(mistakes).into());
        }
    };
    for article in &seeds.articles {
        for lang in Lang::ALL.into_iter().filter(|lang| article.texts.exact(*lang).is_none()) {
            println!("Article {} has no text in {lang}; shoppers will read it in another language.", article.id);
        }
    }
    println!(
        "{} articles, {} intents and {} orders: no mistakes.",
        seeds.articles.len(),
        seeds.playbook.intents.len(),
        seeds.shop.orders()
    );
    Ok(())
}

/// The folders of the settings, or those within the one that was named; these must be there.
pub(super) fn folders(settings: &Settings, within: Option<&Path>) -> Result<Folders, Failure> {
    let Some(within) = within else { return Ok(Folders::of(settings)) };
    let folders = Folders::within(within);
    for folder in [&folders.knowledge, &folders.intents, &folders.playbook] {
        if !folder.is_dir() {
            return Err(Failure::Other(format!("There is no folder {}.", folder.display())));
        }
    }
    Ok(folders)
}
