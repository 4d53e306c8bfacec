//! The report of the articles' health, and what of them was answered with.

use std::collections::HashMap;

use super::*;
use warmline::{domain::turn::Effect, store::health};

on_both_databases! {
    the_newest_report_is_kept,
    answers_are_counted_by_article,
}

async fn the_newest_report_is_kept(store: Fresh) {
    assert_eq!(health::last(&store).await.unwrap(), None);
    health::keep(&store, 3, NOON, "{\"a\":1}".into()).await.unwrap();
    health::keep(&store, 2, NOON - 1, "{}".into()).await.unwrap();
    assert_eq!(health::last(&store).await.unwrap(), Some((3, NOON, "{\"a\":1}".into())), "another node was slow");
    health::keep(&store, 4, NOON + 1, "{}".into()).await.unwrap();
    assert_eq!(health::last(&store).await.unwrap(), Some((4, NOON + 1, "{}".into())));
}

async fn answers_are_counted_by_article(store: Fresh) {
    for name in ["ann", "ben"] {
        let mut commit = turn(&conversation(&store, name).await, None, vec![says("…", None)]);
        commit.effects = vec![Effect::ArticleAnswered { article: "fee".into() }];
        done(&store, commit).await;
    }
    assert_eq!(health::answered(&store, NOON).await.unwrap(), HashMap::from([("fee".to_owned(), 2)]));
    assert_eq!(health::answered(&store, NOON + 2).await.unwrap(), HashMap::new());
}
