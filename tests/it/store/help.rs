//! What the help centre leaves in the database.

use std::collections::{BTreeMap, HashMap};

use super::*;
use warmline::{
    domain::{Article, ArticleText, ByLang, article::ArticleStatus},
    store::{articles, help, outcomes},
};

on_both_databases! {
    a_reader_has_one_say_and_what_is_read_adds_up,
}

pub fn article(id: &str) -> Article {
    let text = ArticleText { title: id.into(), questions: vec![format!("{id}?")], body: "So.".into() };
    Article {
        id: id.into(),
        status: ArticleStatus::Published,
        category: "general".into(),
        products: vec![],
        valid_from: None,
        valid_until: None,
        texts: ByLang(BTreeMap::from([(Lang::En, text)])),
        care: Default::default(),
        version: 0,
    }
}

async fn a_reader_has_one_say_and_what_is_read_adds_up(store: Fresh) {
    articles::import(&store, vec![article("fee"), article("gift")], NOON).await.unwrap();
    for (article, visitor, helped) in [
        ("fee", "ann", true),
        ("fee", "ann", false),
        ("fee", "ben", true),
        ("gift", "ann", true),
        ("none", "ann", true),
    ] {
        help::say(&store, article, visitor.into(), Lang::En, helped, NOON).await.unwrap();
    }
    let said = outcomes::summary(&store, NOON).await.unwrap();
    let of: Vec<_> =
        said.iter().map(|one| (one.article.as_str(), one.confidence, one.helped, one.not_helped)).collect();
    assert_eq!(of, [("fee", None, 1, 1), ("gift", None, 1, 0)]);
    assert_eq!(outcomes::summary(&store, NOON + 1).await.unwrap(), []);

    let day = jiff::civil::date(2026, 2, 2);
    let read = |fee, none| HashMap::from([("fee".to_owned(), fee), ("none".to_owned(), none)]);
    help::count_views(&store, day, read(2, 1)).await.unwrap();
    help::count_views(&store, day, read(3, 0)).await.unwrap();
    help::count_views(&store, day.yesterday().unwrap(), read(10, 0)).await.unwrap();
    assert_eq!(help::views(&store, day).await.unwrap(), HashMap::from([("fee".to_owned(), 5)]));
    assert_eq!(help::views(&store, day.yesterday().unwrap()).await.unwrap()["fee"], 15);
}
