//! When the database says no: the caller hears it, and what others wrote stays.

use futures_util::future::join_all;

use super::*;
use warmline::store::{StoreError, articles, meta, playbook_files};

on_both_databases! {
    data_and_epoch_survive_a_second_start,
    a_set_of_files_is_replaced_whole_or_not_at_all,
    a_write_that_fails_harms_no_other_that_came_with_it,
    text_of_any_characters_is_kept,
    the_set_up_is_one_nodes_at_a_time,
}

async fn data_and_epoch_survive_a_second_start(fresh: Fresh) {
    let Fresh { store, url, folder: _folder } = fresh;
    let ann = conversation(&store, "ann").await;
    let after = done(&store, turn(&ann, None, vec![says("hi", None)])).await;
    let epoch = store.epoch().to_owned();
    store.close().await;
    let late = conversations::mark_seen(&store, &ann.id, conversations::Side::Shopper, 1).await;
    assert!(matches!(late, Err(StoreError::Closed)));
    assert!(matches!(store.ping().await, Err(StoreError::Closed)));

    let store = Store::open(&url, 1).await.unwrap();
    store.ping().await.unwrap();
    assert_eq!(store.epoch(), epoch);
    assert_eq!(conversations::load(&store, &ann.id).await.unwrap(), Some(after));
    store.close().await;
}

async fn a_set_of_files_is_replaced_whole_or_not_at_all(fresh: Fresh) {
    let file =
        |path: &str| warmline::domain::playbook::SourceFile { path: path.into(), text: format!("# {path} 棲木") };
    let both = || vec![file("intents/b.toml"), file("intents/a.toml")];
    assert!(playbook_files::replace_all(&fresh, both()).await.unwrap());
    let changes = articles::changes(&fresh).await.unwrap();
    assert!(!playbook_files::replace_all(&fresh, both()).await.unwrap(), "the same again");
    // The second of these cannot be written: paths are unique.
    let broken = vec![file("intents/c.toml"), file("intents/c.toml")];
    assert!(playbook_files::replace_all(&fresh, broken).await.is_err());
    assert_eq!(playbook_files::all(&fresh).await.unwrap(), [file("intents/a.toml"), file("intents/b.toml")]);
    assert_eq!(articles::changes(&fresh).await.unwrap(), changes);
}

async fn a_write_that_fails_harms_no_other_that_came_with_it(fresh: Fresh) {
    let visitor = |number: usize| visitors::Visitor {
        contact: ContactId(format!("contact-{number}")),
        inbox: InboxId::from("shop"),
    };
    visitors::create(&fresh, "taken".into(), visitor(1_000), NOON).await.unwrap();
    let writes = (0..120).map(|number| {
        let token = if number % 5 == 0 { "taken".to_owned() } else { format!("token-{number}") };
        visitors::create(&fresh.store, token, visitor(number), NOON)
    });
    for (number, result) in join_all(writes).await.into_iter().enumerate() {
        assert_eq!(result.is_ok(), number % 5 != 0, "{number}: {result:?}");
        let stored = visitors::load_by_token_hash(&fresh, &format!("token-{number}")).await.unwrap();
        assert_eq!(stored.is_some(), result.is_ok(), "an answer that is not true: {number}");
    }
    // What failed has taken back its contact too: the same contact can be made now.
    visitors::create(&fresh, "free".into(), visitor(0), NOON).await.unwrap();
}

async fn text_of_any_characters_is_kept(fresh: Fresh) {
    let ann = conversation(&fresh, "ann").await;
    let text = "\u{0}棲木 👩‍👩‍👧 \u{202e}%_'\"\\ \u{feff}\u{10ffff}";
    let after = done(&fresh, turn(&ann, Some("c1"), vec![says(text, Some("c1"))])).await;
    let log = conversations::last_entries(&fresh, &after.id, 1).await.unwrap();
    assert!(matches!(&log[0].body, EntryBody::Message(message) if message.text == text), "{log:?}");
    assert!(warmline::store::agents::load_by_mail(&fresh, "a\u{0}b").await.unwrap().is_none());
    assert!(articles::load(&fresh, "a\u{0}b").await.unwrap().is_none());
}

async fn the_set_up_is_one_nodes_at_a_time(fresh: Fresh) {
    fresh.set_up_alone().await.unwrap().end().await.unwrap();
    fresh.set_up_alone().await.unwrap().end().await.unwrap();
    fresh.ping().await.unwrap();
    assert!(!fresh.epoch().is_empty());
    let migrated = Store::migrate(&fresh.url).await.unwrap();
    assert_eq!(migrated.from, migrated.to);
    meta::save_demo_sign_ins(&fresh, "[]".into()).await.unwrap();
    assert_eq!(meta::load_demo_sign_ins(&fresh).await.unwrap().as_deref(), Some("[]"));
}
