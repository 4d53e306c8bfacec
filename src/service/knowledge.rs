//! Keeps what the bot knows in step with the database: a publish is answerable within a second, without restart.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use warmline_vectors::Row;

use super::{mind::Mind, playbook_files::parsed, quiet::quietly};
use crate::{
    app::App,
    domain::{Article, Now, article::ArticleId},
    error::Failure,
    nlu::{
        Shift,
        shifts::{self, Said},
    },
    search::{Digest, Encoder},
    store::{Store, articles, outcomes, playbook_files, vectors},
};

/// A mind, and the state of the database it was made from.
pub struct Known {
    pub mind: Mind,
    /// `articles::changes` before anything was read.
    pub changes: i64,
}

/// Reads playbook and articles.
///
/// What `before` knew the meaning of is neither read nor stored again; without it, what the database kept is read.
pub async fn load(
    store: &Store,
    now: &Now,
    encoder: Option<&'static Encoder>,
    before: Option<&Mind>,
) -> Result<Known, Failure> {
    // The counter first: a change in between is then seen as one more, never as none.
    let changes = articles::changes(store).await?;
    let files = playbook_files::all(store).await?;
    let playbook = parsed(&files)?;
    let day = now.today();
    if let Some(before) = before
        && Arc::ptr_eq(&before.playbook, &playbook)
        && before.day == day
        && let Some(mind) = patched(store, before).await?
    {
        keep_vectors(store, before.vectors().map(|(digest, _)| *digest).collect(), &mind).await;
        return Ok(Known { mind: mind.leaning(lean(store, now).await?), changes });
    }
    let published = articles::all_published(store).await?;
    let known: HashSet<Digest> = match before {
        Some(before) => before.vectors().map(|(digest, _)| *digest).collect(),
        None => match encoder {
            Some(encoder) => {
                let kept = vectors::all(store, vectors::BUILT_IN).await?;
                let known = kept.keys().copied().collect();
                encoder.remember(kept);
                known
            }
            // What is kept stays for the day the model is on again.
            None => HashSet::new(),
        },
    };
    let lean = lean(store, now).await?;
    // Indexing is work for a thread of its own; sockets go on meanwhile.
    let mind = tokio::task::spawn_blocking(move || Mind::with(encoder, playbook, published, day))
        .await
        .map_err(|error| Failure::Other(format!("The search index cannot be built: {error}.")))?
        .map_err(|error| Failure::Other(format!("The search index cannot be built: {error}.")))?;
    keep_vectors(store, known, &mind).await;
    Ok(Known { mind: mind.leaning(lean), changes })
}

/// Articles that are read one by one before all are read together.
const FEW: usize = 100;

/// What was known, with the articles that changed. `None` when everything is to be read and built anew.
async fn patched(store: &Store, before: &Mind) -> Result<Option<Mind>, Failure> {
    let versions = articles::published_versions(store).await?;
    let gone = before.versions.keys().filter(|id| !versions.contains_key(*id));
    let mut changed: BTreeMap<ArticleId, Option<Article>> = gone.map(|id| (id.clone(), None)).collect();
    let is_other = |(id, version): &(&ArticleId, &i64)| before.versions.get(*id) != Some(version);
    let others: Vec<&ArticleId> = versions.iter().filter(is_other).map(|(id, _)| id).collect();
    if others.len() > FEW {
        return Ok(None);
    }
    for id in others {
        changed.insert(id.clone(), articles::load(store, id).await?.map(|stored| stored.article));
    }
    Ok(before.with_changes(changed))
}

/// How much of an index may have changed since it was built before it is built anew while nobody waits.
const WORN: f32 = 0.5;

/// Builds the index anew when much has changed since: the next publish should not have to.
///
/// # Errors
/// The bot goes on with the index it has.
pub async fn renew(app: &App) -> Result<(), Failure> {
    let mind = app.mind();
    if mind.patched() < WORN {
        return Ok(());
    }
    let failed = |error: String| Failure::Other(format!("The search index cannot be built: {error}."));
    let renewed =
        quietly("The new search index", move || mind.rebuilt()).await?.map_err(|error| failed(error.to_string()))?;
    app.replace_mind(renewed);
    Ok(())
}

/// Verdicts older than this were about other articles and other shoppers.
const VERDICTS_FOR_MS: i64 = 90 * 24 * 3_600_000;

/// What shoppers said of answers: read with the articles, so at each publish and at least once a day.
async fn lean(store: &Store, now: &Now) -> Result<Option<Shift>, Failure> {
    let outcomes = outcomes::summary(store, now.at - VERDICTS_FOR_MS).await?;
    let said = outcomes.iter().filter_map(|outcome| {
        // What says the same as a phrasing was no guess.
        let step = outcome.confidence.filter(|step| *step < 1_000)?;
        Some(Said {
            chance: (step + outcomes::STEP / 2) as f32 / 1_000.0,
            helped: u32::try_from(outcome.helped).ok()?,
            not_helped: u32::try_from(outcome.not_helped).ok()?,
        })
    });
    Ok(shifts::of_outcomes(&Vec::from_iter(said)))
}

/// For the next start. Without it that only takes longer, so a failure is no more than a line in the log.
async fn keep_vectors(store: &Store, known: HashSet<Digest>, mind: &Mind) {
    let mut unused = known.clone();
    let mut new: HashMap<Digest, Row> = HashMap::new();
    for (digest, row) in mind.vectors() {
        if !unused.remove(digest) && !known.contains(digest) {
            new.insert(*digest, row.clone());
        }
    }
    if new.is_empty() && unused.is_empty() {
        return;
    }
    if let Err(error) = vectors::update(store, vectors::BUILT_IN, new, unused).await {
        tracing::warn!(%error, "what the articles mean cannot be kept; the next start computes it anew");
    }
}

/// Waits until the bot of this node knows what the database says now. Gives up after a while: the change is stored,
/// and the node comes to it by itself.
pub async fn wait_for(app: &App) {
    let known = async {
        let Ok(wanted) = articles::changes(&app.store).await else { return };
        // Fails only when the app is gone.
        let _ = app.known_changes.subscribe().wait_for(|known| *known >= wanted).await;
    };
    if tokio::time::timeout(WAIT_AT_MOST, known).await.is_err() {
        tracing::warn!("a change is stored, but the bot has not read it yet");
    }
}

/// Indexing takes a fraction of a second, unless the machine is drowning.
const WAIT_AT_MOST: Duration = Duration::from_secs(15);

/// Puts a new mind in place if something changed since `seen` or another day began. Answers the state it is of.
///
/// # Errors
/// The bot goes on with what it knew.
pub async fn refresh(app: &App, seen: i64) -> Result<i64, Failure> {
    let now = app.now();
    if articles::changes(&app.store).await? == seen && app.mind().day == now.today() {
        return Ok(seen);
    }
    let known = load(&app.store, &now, app.settings.encoder(), Some(&app.mind())).await?;
    app.metrics.articles.set(known.mind.shelf.len() as i64);
    app.replace_mind(known.mind);
    tracing::info!(changes = known.changes, "articles and playbook are read anew");
    Ok(known.changes)
}
