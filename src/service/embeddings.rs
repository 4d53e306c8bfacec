//! Takes what an operator's model server says of every phrasing into what the bot knows.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use warmline_vectors::Row;

use super::mind::Mind;
use crate::{
    app::App,
    error::Failure,
    search::{
        Digest, Embeddings,
        embeddings::{AT_ONCE, EmbeddingsError},
    },
    store::vectors,
};

/// What the server has said so far.
pub type Rows = HashMap<Digest, Arc<Row>>;

/// Asks the server for the phrasings it has not been asked for, keeps what it says, and lets the bot go by it. The bot goes by the
/// model in this binary meanwhile, and when this fails.
///
/// # Errors
/// The server is not well, or its model does not tell this shop's topics apart. What it said until then is kept.
pub async fn attach(app: &App, embeddings: &Arc<Embeddings>, rows: &mut Rows) -> Result<(), Failure> {
    let name = embeddings.name();
    if rows.is_empty() {
        *rows = vectors::all(&app.store, &name).await?;
    }
    let mind = app.mind();
    for some in missing(&mind, embeddings, rows).chunks(AT_ONCE) {
        let new = {
            let (embeddings, some) = (embeddings.clone(), some.to_vec());
            tokio::task::spawn_blocking(move || ask(&embeddings, &some))
                .await
                .map_err(|error| Failure::Other(error.to_string()))?
                .map_err(|error| Failure::Other(error.to_string()))?
        };
        rows.extend(new.iter().map(|(digest, row)| (*digest, Arc::new(row.clone()))));
        vectors::update(&app.store, &name, new, HashSet::new()).await?;
    }
    let understood = mind.understood_by(embeddings, rows).ok_or_else(not_told_apart)?;
    let used: HashSet<Digest> = digests(&mind, embeddings).map(|(digest, _)| digest).collect();
    let unused: HashSet<Digest> = rows.keys().filter(|digest| !used.contains(*digest)).copied().collect();
    rows.retain(|digest, _| used.contains(digest));
    vectors::update(&app.store, &name, HashMap::new(), unused).await?;
    // Something else may have been published meanwhile; then this is called again.
    app.replace_mind_of(&mind, understood);
    Ok(())
}

/// The same for commands, which wait for it; nothing is stored. `progress` hears how many of how many are done.
///
/// # Errors
/// See [`attach`].
pub fn attach_now(
    mind: Mind,
    embeddings: &Arc<Embeddings>,
    mut progress: impl FnMut(usize, usize),
) -> Result<Mind, Failure> {
    let mut rows = Rows::new();
    let missing = missing(&mind, embeddings, &rows);
    for some in missing.chunks(AT_ONCE) {
        let new = ask(embeddings, some).map_err(|error| Failure::Other(error.to_string()))?;
        rows.extend(new.into_iter().map(|(digest, row)| (digest, Arc::new(row))));
        progress(rows.len(), missing.len());
    }
    mind.understood_by(embeddings, &rows).ok_or_else(not_told_apart)
}

fn not_told_apart() -> Failure {
    Failure::Other("The embeddings server's model finds everything in this shop equally alike; it is not used.".into())
}

fn ask(embeddings: &Embeddings, some: &[(Digest, String)]) -> Result<HashMap<Digest, Row>, EmbeddingsError> {
    let normals: Vec<&str> = some.iter().map(|(_, normal)| normal.as_str()).collect();
    let rows = embeddings.rows(&normals)?;
    Ok(some.iter().map(|(digest, _)| *digest).zip(rows).collect())
}

/// Phrasings that the server has not been asked for, each once.
fn missing(mind: &Mind, embeddings: &Embeddings, rows: &Rows) -> Vec<(Digest, String)> {
    let mut seen = HashSet::new();
    digests(mind, embeddings).filter(|(digest, _)| !rows.contains_key(digest) && seen.insert(*digest)).collect()
}

fn digests(mind: &Mind, embeddings: &Embeddings) -> impl Iterator<Item = (Digest, String)> {
    mind.normal_texts().flatten().map(|normal| (embeddings.digest(&normal), normal))
}
