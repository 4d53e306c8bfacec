//! Articles: nobody overwrites anybody silently, and readers can tell that the shelf changed.

use std::collections::BTreeMap;

use super::*;
use warmline::{
    domain::{Article, ArticleText, Audience, ByLang, Care, article::ArticleStatus, picture::Picture},
    store::{
        articles::{self, Saved},
        pictures,
    },
};

on_both_databases! {
    an_import_touches_only_what_changed,
    of_two_editors_the_second_is_told_and_loses_nothing,
    only_published_articles_are_on_the_shelf,
    a_picture_is_kept_by_its_name,
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
        care: Default::default(),
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
    assert_eq!(articles::categories(&store).await.unwrap(), [("delivery".to_owned(), 2)].into());
    assert_eq!(articles::changed_at(&store).await.unwrap()["gift-card"], NOON + 2);
    assert!(articles::changes(&store).await.unwrap() > changes);
    let all = articles::list(&store).await.unwrap();
    let known = articles::versions(&store).await.unwrap();
    assert_eq!((known.len(), known["gift-card"]), (2, 2));
    let versions: Vec<_> = all.iter().map(|stored| (stored.article.id.as_str(), stored.article.version)).collect();
    assert_eq!(versions, [("gift-card", 2), ("shipping-fee", 1)]);
    assert_eq!(all[1].article, Article { version: 1, ..first[0].clone() });
}

async fn a_picture_is_kept_by_its_name(store: Fresh) {
    let picture = |name: &str, bytes: &[u8]| Picture { name: name.into(), bytes: bytes.to_vec() };
    let two = vec![picture("b.png", b"\0\xff"), picture("a.gif", b"one")];
    assert_eq!(pictures::add(&store, two.clone(), NOON).await.unwrap(), 2);
    assert_eq!(pictures::add(&store, two, NOON + 1).await.unwrap(), 0);
    assert_eq!(pictures::add(&store, vec![picture("a.gif", b"other")], NOON + 2).await.unwrap(), 1);
    assert_eq!(pictures::add(&store, Vec::new(), NOON).await.unwrap(), 0);
    assert_eq!(pictures::names(&store).await.unwrap(), ["a.gif", "b.png"]);
    assert_eq!(pictures::load(&store, "a.gif").await.unwrap(), Some(picture("a.gif", b"other")));
    assert_eq!(pictures::load(&store, "b.png").await.unwrap(), Some(picture("b.png", b"\0\xff")));
    assert_eq!(pictures::load(&store, "c.png").await.unwrap(), None);
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
    let changed = Article { category: "orders".into(), ..shelf[0].clone() };
    articles::save(&store, changed, "Ann".into(), NOON).await.unwrap();
    let versions = articles::published_versions(&store).await.unwrap();
    assert_eq!(Vec::from_iter(versions), [("b".to_owned(), 2)]);
    let owner = Some("\"audience\":\"staff\"".to_owned());
    let care = Care { audience: Audience::Staff, owner, ..Care::default() };
    let inside = Article { version: 2, care: care.clone(), ..shelf[0].clone() };
    articles::save(&store, inside.clone(), "Ann".into(), NOON).await.unwrap();
    assert_eq!(articles::all_published(&store).await.unwrap(), [], "what is for staff is not the bot's");
    assert!(articles::published_versions(&store).await.unwrap().is_empty());
    let outside = Article { version: 3, care: Care { audience: Audience::Everyone, ..care }, ..inside };
    articles::save(&store, outside, "Ann".into(), NOON).await.unwrap();
    assert_eq!(articles::published_versions(&store).await.unwrap().get("b"), Some(&4), "whatever its owner is called");
}
