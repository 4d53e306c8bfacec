//! Articles: nobody overwrites anybody silently, and readers can tell that the shelf changed.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use warmline::{
    domain::{
        Article, ArticleDraft, ArticleText, Audience, ByLang, Care, Fields, SourceFile, Stage,
        article::ArticleStatus,
        audit::{Change, Deed},
        picture::Picture,
    },
    store::{
        article_drafts,
        articles::{self, Saved},
        audit, pictures, playbook_files,
    },
};

on_both_databases! {
    an_import_touches_only_what_changed,
    a_picture_that_nothing_names_is_found_and_goes_with_a_line_in_the_audit,
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

async fn a_picture_that_nothing_names_is_found_and_goes_with_a_line_in_the_audit(store: Fresh) {
    let of = |id: &str, picture: &str| {
        let mut article = article(id, "運費");
        for text in article.texts.0.values_mut() {
            text.body = format!("![圖](/pictures/{picture})");
        }
        article
    };
    let names = ["old.png", "now.png", "drafted.png", "logo.png", "left.png", "gone.png", "new.png"];
    for (name, at) in names.iter().zip([NOON; 6].into_iter().chain([NOON + 9])) {
        pictures::add(&store, vec![Picture { name: (*name).into(), bytes: vec![7; 30] }], at).await.unwrap();
    }
    articles::import(&store, vec![of("fee", "old.png")], NOON).await.unwrap();
    articles::import(&store, vec![of("fee", "now.png")], NOON + 1).await.unwrap();
    let draft = ArticleDraft {
        article: "gift".into(),
        version: 0,
        revision: 0,
        stage: Stage::Writing,
        publish_at: None,
        why: String::new(),
        fields: Fields::of(of("gift", "drafted.png")),
        updated_at: NOON,
        updated_by: "Ann".into(),
    };
    article_drafts::save(&store, draft).await.unwrap();
    let help = SourceFile { path: "playbook/help.toml".into(), text: "logo = \"/pictures/logo.png\"".into() };
    playbook_files::replace_all(&store, vec![help]).await.unwrap();

    let unused = pictures::unused(&store, NOON + 5).await.unwrap();
    let told: Vec<_> = unused.iter().map(|one| (one.name.as_str(), one.bytes, one.added_at)).collect();
    assert_eq!(told, [("gone.png", 30, NOON), ("left.png", 30, NOON)], "of any version, drafts and the logo stay");
    let by = AgentRef { id: AgentId::from("ted"), name: "Ted".into() };
    let change =
        Change { at: NOON, by, deed: Deed::PicturesRemoved, about: String::new(), detail: serde_json::Value::Null };
    let seen: BTreeSet<String> = ["gone.png", "now.png", "new.png"].map(str::to_owned).into();
    let gone = pictures::remove_unused(&store, seen.clone(), NOON + 5, change.clone()).await.unwrap();
    assert_eq!(gone, unused[..1]);
    assert_eq!(pictures::remove_unused(&store, seen, NOON + 5, change).await.unwrap(), []);
    assert_eq!(pictures::names(&store).await.unwrap().len(), 6);
    let told = audit::list(&store, i64::MAX, 9).await.unwrap();
    assert_eq!((told.len(), told[0].deed), (1, Deed::PicturesRemoved));
    assert_eq!(told[0].detail, serde_json::json!({"pictures": ["gone.png"], "bytes": 30}));
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
    let archive = |version| {
        articles::set_status(&store, "a".into(), version, ArticleStatus::Archived, ("Ann".into(), String::new()), NOON)
    };
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
