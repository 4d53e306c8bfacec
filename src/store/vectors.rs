//! What phrasings mean, kept so that a start need not compute it anew. Derived data: what cannot be read is left out.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use data_encoding::BASE64URL_NOPAD;
use warmline_vectors::Row;

use super::{Store, StoreError, columns, readers::Read, writer::Outcome};
use crate::search::Digest;

/// What the model of this binary is called here.
pub const BUILT_IN: &str = "built-in";

/// Of one model. In portions: all at once, written as text, would be the most memory that a start takes.
pub async fn all(store: &Store, model: &str) -> Result<HashMap<Digest, Arc<Row>>, StoreError> {
    let mut vectors = HashMap::new();
    let mut after = String::new();
    loop {
        let rows =
            sqlx::query("SELECT digest, steps FROM vector WHERE model = $1 AND digest > $2 ORDER BY digest LIMIT 500")
                .bind(columns::storable(model))
                .bind(after)
                .all(&store.readers)
                .await?;
        let Some(last) = rows.last() else { return Ok(vectors) };
        after = columns::text(last, "digest")?;
        for row in rows {
            let decoded =
                |column| Ok::<_, StoreError>(BASE64URL_NOPAD.decode(columns::text(&row, column)?.as_bytes()).ok());
            let digest = decoded("digest")?.and_then(|digest| Digest::try_from(digest).ok());
            let steps = decoded("steps")?.and_then(|steps| Row::from_bytes(&steps)).map(Arc::new);
            vectors.extend(digest.zip(steps));
        }
    }
}

/// Adds what is new and drops what nothing uses any more.
pub async fn update(
    store: &Store,
    model: &str,
    new: HashMap<Digest, Row>,
    unused: HashSet<Digest>,
) -> Result<(), StoreError> {
    let model = columns::storable(model).to_string();
    let new: Vec<(String, String)> = new
        .into_iter()
        .map(|(digest, row)| (BASE64URL_NOPAD.encode(&digest), BASE64URL_NOPAD.encode(&row.to_bytes())))
        .collect();
    let unused: Vec<String> = unused.iter().map(|digest| BASE64URL_NOPAD.encode(digest)).collect();
    store
        .writer
        .write_much(move |db| {
            Box::pin(async move {
                for (digest, steps) in new {
                    sqlx::query(
                        "INSERT INTO vector (digest, steps, model) VALUES ($1, $2, $3) ON CONFLICT (digest) DO NOTHING",
                    )
                    .bind(digest)
                    .bind(steps)
                    .bind(model.clone())
                    .execute(&mut *db)
                    .await?;
                }
                for digest in unused {
                    sqlx::query("DELETE FROM vector WHERE digest = $1").bind(digest).execute(&mut *db).await?;
                }
                Ok(Outcome::Keep(()))
            })
        })
        .await
}
