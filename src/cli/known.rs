//! What the bot knows, for commands that need no server.

use std::{path::Path, sync::Arc};

use crate::{
    clock::Clock,
    config::Settings,
    domain::Now,
    error::Failure,
    service::{
        knowledge,
        mind::Mind,
        seeds::{self, Folders},
    },
    shop::Shop,
    store::Store,
};

pub struct Known {
    pub mind: Mind,
    pub shop: Shop,
    pub now: Now,
}

/// From the database where there is one (what the console shows), else from the files.
pub async fn load(settings: &Settings) -> Result<Known, Failure> {
    let now = Clock::System.now(&settings.zone);
    let seeds = seeds::read(&Folders::of(settings))?;
    let is_there = match settings.database_url.0.strip_prefix("sqlite:") {
        Some(path) => {
            let path = path.trim_start_matches("//");
            Path::new(path.split('?').next().unwrap_or(path)).exists()
        }
        None => true,
    };
    if is_there {
        let store = Store::open(&settings.database_url.0, 1).await?;
        let known = knowledge::load(&store, &now).await;
        store.close().await;
        return Ok(Known { mind: known?.mind, shop: seeds.shop, now });
    }
    let mind = Mind::new(Arc::new(seeds.playbook), seeds.articles, now.today())
        .map_err(|error| Failure::Other(format!("The search index cannot be built: {error}.")))?;
    Ok(Known { mind, shop: seeds.shop, now })
}
