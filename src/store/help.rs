//! What readers of the help centre said of articles, and how often each was read.

use std::collections::HashMap;

use jiff::civil::Date;

use super::{Store, StoreError, columns, readers::Read, writer::Outcome};
use crate::domain::{Lang, UnixMs, article::ArticleId};

/// Takes the place of what this visitor said of the article before. An article that is not there is passed over.
pub async fn say(
    store: &Store,
    article: &str,
    visitor: String,
    lang: Lang,
    helped: bool,
    at: UnixMs,
) -> Result<(), StoreError> {
    let article = columns::storable(article);
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                sqlx::query(
                    "INSERT INTO help_verdict (article, visitor, lang, helped, at) \
                     SELECT id, $2, $3, $4, $5 FROM article WHERE id = $1 ON CONFLICT (article, visitor) \
                     DO UPDATE SET lang = excluded.lang, helped = excluded.helped, at = excluded.at",
                )
                .bind(article)
                .bind(visitor)
                .bind(lang.tag())
                .bind(i64::from(helped))
                .bind(at)
                .execute(db)
                .await?;
                Ok(Outcome::Keep(()))
            })
        })
        .await
}

/// Adds to what was read that day; several nodes add up.
pub async fn count_views(store: &Store, day: Date, views: HashMap<ArticleId, i64>) -> Result<(), StoreError> {
    // In one order, so that two nodes do not wait for each other crosswise.
    let mut views: Vec<_> = views.into_iter().collect();
    views.sort();
    let day = day.to_string();
    store
        .writer
        .write_much(move |db| {
            Box::pin(async move {
                for (article, views) in views {
                    sqlx::query(
                        "INSERT INTO help_view (article, day, views) SELECT id, $2, $3 FROM article WHERE id = $1 \
                         ON CONFLICT (article, day) DO UPDATE SET views = help_view.views + excluded.views",
                    )
                    .bind(columns::storable(&article))
                    .bind(day.clone())
                    .bind(views)
                    .execute(&mut *db)
                    .await?;
                }
                Ok(Outcome::Keep(()))
            })
        })
        .await
}

/// How often each article was read on `since` and later.
pub async fn views(store: &Store, since: Date) -> Result<HashMap<ArticleId, i64>, StoreError> {
    let found = sqlx::query(
        "SELECT article, CAST(sum(views) AS BIGINT) AS views FROM help_view WHERE day >= $1 GROUP BY article",
    )
    .bind(since.to_string())
    .all(&store.readers)
    .await?;
    found.iter().map(|row| Ok((columns::text(row, "article")?, columns::int(row, "views")?))).collect()
}
