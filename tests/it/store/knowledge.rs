//! Articles: nobody overwrites anybody silently, and readers can tell that the shelf changed.

use std::collections::BTreeMap;

use super::*;
use warmline::{
    domain::{Article, ArticleText, ByLang, article::ArticleStatus},
    store::articles::{self, Saved},
};

on_both_databases! {
    an_import_touches_only_what_changed,
    of_two_editors_the_second_is_told_and_loses_nothing,
    only_published_articles_are_on_the_shelf,
}

pub fn article(id: &str, title: &str) -> Article {
    let text = ArticleText {
        title: title.into(),
        questions: vec!["寄到外島要加錢嗎".into(), "how much \"is\" it?".into()],
        body: "**滿 1,200 元免運。**\n\n- 外島 +100".into(),
    };
    Article {
        id: id.into(),
        status: ArticleStatus::Published,
        category: "delivery".into(),
        products: vec!["PW-KET-01".into()],
        valid_from: Some(jiff::civil::date(2026, 1, 1)),
        valid_until: None,
        texts: ByLang(BTreeMap::from([(Lang::ZhHant, text)])),
        version: 0,
    }
}

async fn an_import_touches_only_what_changed(store: Fresh) {
    let first = vec![article("shipping-fee", "運費"), article("gift-card", "禮品卡")];
    assert_eq!(articles::import(&store, first.clone(), NOON).await.unwrap(), 2);
    let changes = articles::changes(&store).await.unwrap();
    assert_eq!(articles::import(&store, first.clone(), NOON + 1).await.unwrap(), 0);
    assert_eq!(articles::changes(&store).await.unwrap(), changes);
    assert_eq!(articles::import(&store, vec![article("gift-card", "禮券")], NOON + 2).await.unwrap(), 1);
    assert!(articles::changes(&store).await.unwrap() > changes);
    let all = articles::list(&store).await.unwrap();
    let versions: Vec<_> = all.iter().map(|stored| (stored.article.id.as_str(), stored.article.version)).collect();
    assert_eq!(versions, [("gift-card", 2), ("shipping-fee", 1)]);
    assert_eq!(all[1].article, Article { version: 1, ..first[0].clone() });
}

async fn of_two_editors_the_second_is_told_and_loses_nothing(store: Fresh) {
    let Saved::Done(start) = articles::save(&store, article("a", "one"), "Ann".into(), NOON).await.unwrap() else {
        panic!("a new article is saved")
    };
    let ann = Article { category: "orders".into(), ..start.article.clone() };
    let ben = Article { category: "returns".into(), ..start.article.clone() };
    let Saved::Done(anns) = articles::save(&store, ann, "Ann".into(), NOON + 1).await.unwrap() else { panic!() };
    assert_eq!((anns.article.version, anns.updated_by.as_deref()), (2, Some("Ann")));
    let changes = articles::changes(&store).await.unwrap();
    assert_eq!(articles::save(&store, ben, "Ben".into(), NOON + 2).await.unwrap(), Saved::Conflict(anns.clone()));
    assert_eq!(articles::load(&store, "a").await.unwrap(), Some(anns.clone()));
    assert_eq!(articles::changes(&store).await.unwrap(), changes);
    let second_new = articles::save(&store, article("a", "two"), "Ben".into(), NOON + 3).await.unwrap();
    assert_eq!(second_new, Saved::Conflict(anns));
    let gone = Article { version: 3, ..article("b", "b") };
    assert_eq!(articles::save(&store, gone, "Ben".into(), NOON).await.unwrap(), Saved::Missing);
}

async fn only_published_articles_are_on_the_shelf(store: Fresh) {
    articles::import(&store, vec![article("a", "a"), article("b", "b")], NOON).await.unwrap();
    let archive =
        |version| articles::set_status(&store, "a".into(), version, ArticleStatus::Archived, "Ann".into(), NOON);
    assert!(matches!(archive(7).await.unwrap(), Saved::Conflict(_)));
    assert!(matches!(archive(1).await.unwrap(), Saved::Done(stored) if stored.article.version == 2));
    let shelf = articles::all_published(&store).await.unwrap();
    assert_eq!(shelf.iter().map(|article| article.id.as_str()).collect::<Vec<_>>(), ["b"]);
}
