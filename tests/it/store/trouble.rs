//! When the database says no: the caller hears it, nothing is acknowledged falsely, and it goes on by itself.

use futures_util::{StreamExt, stream::FuturesUnordered};
use sqlx::{Connection, SqliteConnection};

use super::*;
use warmline::store::{StoreError, articles, playbook_files};

#[tokio::test]
async fn data_and_epoch_survive_a_second_start() {
    let Fresh { store, folder } = fresh().await;
    let ann = conversation(&store, "ann").await;
    let after = done(&store, turn(&ann, None, vec![says("hi", None)])).await;
    let epoch = store.epoch().to_owned();
    store.close().await;
    let late = conversations::mark_seen(&store, &ann.id, conversations::Side::Shopper, 1).await;
    assert!(matches!(late, Err(StoreError::Closed)));
    assert!(matches!(store.ping().await, Err(StoreError::Closed)));

    let store = Store::open(&url(&folder), 1).await.unwrap();
    store.ping().await.unwrap();
    assert_eq!(store.epoch(), epoch);
    assert_eq!(conversations::load(&store, &ann.id).await.unwrap(), Some(after));
    store.close().await;
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_is_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = sqlite_url(&folder.path().join("missing/warmline.db"));
    for (address, words) in [(nowhere.as_str(), "cannot open the database"), ("mysql://x/y", "must begin with sqlite:")]
    {
        let error = Store::open(address, 1).await.unwrap_err().to_string();
        assert!(error.contains(words) && !error.contains('\n'), "{error}");
    }
}

#[tokio::test]
async fn a_locked_file_refuses_the_write_and_recovers() {
    let fresh = fresh().await;
    let ann = conversation(&fresh, "ann").await;
    let mut other = other_process(&fresh).await;
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let commit = turn(&ann, Some("c1"), vec![says("hi", Some("c1"))]);
    let refused = conversations::commit_turn(&fresh, commit.clone()).await;
    assert!(matches!(refused, Err(StoreError::NotCommitted(_))), "{refused:?}");
    assert_eq!(conversations::load(&fresh, &ann.id).await.unwrap(), Some(ann), "reading goes on");
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    assert_eq!(done(&fresh, commit).await.head, 1);
}

#[tokio::test]
async fn more_writes_than_may_wait_are_told_so_and_the_others_are_kept() {
    let fresh = fresh().await;
    let mut other = other_process(&fresh).await;
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let mut writes: FuturesUnordered<_> = (0..2_000)
        .map(|number| {
            let visitor =
                visitors::Visitor { contact: ContactId(format!("contact-{number}")), inbox: InboxId::from("shop") };
            let store = &fresh.store;
            async move { (number, visitors::create(store, format!("token-{number}"), visitor, NOON).await) }
        })
        .collect();
    let (_, first) = writes.next().await.unwrap();
    assert!(matches!(first, Err(StoreError::Busy)), "{first:?}");
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    let mut kept = 0;
    while let Some((number, result)) = writes.next().await {
        let stored = visitors::load_by_token_hash(&fresh, &format!("token-{number}")).await.unwrap().is_some();
        assert_eq!(stored, result.is_ok(), "an answer that is not true: {number} {result:?}");
        kept += usize::from(stored);
    }
    assert!(kept >= 1_000, "{kept}");
}

#[tokio::test]
async fn a_set_of_files_is_replaced_whole_or_not_at_all() {
    let fresh = fresh().await;
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

async fn other_process(fresh: &Fresh) -> SqliteConnection {
    SqliteConnection::connect(&url(&fresh.folder)).await.unwrap()
}
