//! What the bot knows, for commands that need no server.

use std::{io::IsTerminal, path::Path, sync::Arc, time::Duration};

use crate::{
    clock::Clock,
    config::{EmbeddingsSettings, Settings},
    domain::{KnowledgeTest, Now},
    error::Failure,
    search::Embeddings,
    service::{
        embeddings, knowledge,
        mind::Mind,
        seeds::{self, Folders},
    },
    shop::Shop,
    store::{Store, knowledge_tests},
};

pub struct Known {
    pub mind: Mind,
    pub shop: Shop,
    pub now: Now,
}

/// The regression set; empty where there is no database yet.
pub async fn tests(settings: &Settings) -> Result<Vec<KnowledgeTest>, Failure> {
    if !is_there(settings) {
        return Ok(Vec::new());
    }
    let store = Store::open(&settings.database_url.0, 1).await?;
    let tests = knowledge_tests::list(&store).await;
    store.close().await;
    Ok(tests?)
}

/// Whether there is a database: a look must not make one.
fn is_there(settings: &Settings) -> bool {
    match settings.database_url.0.strip_prefix("sqlite:") {
        Some(path) => {
            let path = path.trim_start_matches("//");
            Path::new(path.split('?').next().unwrap_or(path)).exists()
        }
        None => true,
    }
}

/// From the database where there is one (what the console shows), else from the files.
pub async fn load(settings: &Settings) -> Result<Known, Failure> {
    let now = Clock::System.now(&settings.zone);
    let seeds = seeds::read(&Folders::of(settings))?;
    if is_there(settings) {
        let store = Store::open(&settings.database_url.0, 1).await?;
        let known = knowledge::load(&store, &now, settings.encoder(), None).await;
        store.close().await;
        return Ok(Known { mind: by_server(settings, known?.mind)?, shop: seeds.shop, now });
    }
    let mind = Mind::with(settings.encoder(), seeds.playbook, seeds.articles, now.today())
        .map_err(|error| Failure::Other(format!("The search index cannot be built: {error}.")))?;
    Ok(Known { mind: by_server(settings, mind)?, shop: seeds.shop, now })
}

/// Going by the operator's model server where one is set: it is asked for every phrasing.
///
/// # Errors
/// It is not well. A server would go on without it; a figure should not be of another model than was asked for.
pub fn by_server(settings: &Settings, mind: Mind) -> Result<Mind, Failure> {
    let Some(of) = settings.embeddings.clone() else { return Ok(mind) };
    // No shopper waits here: what the server says late is what was asked for, too.
    let embeddings = Arc::new(Embeddings::new(EmbeddingsSettings { patience: Duration::from_secs(60), ..of }));
    let is_seen = std::io::stderr().is_terminal();
    embeddings::attach_now(mind, &embeddings, |done, all| {
        if is_seen {
            eprint!("\r{done} of {all} phrasings{}", if done == all { "\n" } else { "" });
        }
    })
}
