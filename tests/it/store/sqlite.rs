//! What only SQLite can get wrong: a file that another process holds.

use futures_util::{StreamExt, stream::FuturesUnordered};
use sqlx::{Connection, SqliteConnection};

use super::*;
use warmline::store::{
    StoreError,
    category_rights::{self, CategoryRight},
};

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

async fn other_process(fresh: &Fresh) -> SqliteConnection {
    SqliteConnection::connect(&fresh.url).await.unwrap()
}

#[tokio::test]
async fn who_may_publish_does_not_change_without_a_line_in_the_audit() {
    let fresh = fresh().await;
    let right = CategoryRight {
        category: "returns".into(),
        edit_team: None,
        publish_team: Some(warmline::domain::ids::TeamId("leads".into())),
    };
    let mut other = other_process(&fresh).await;
    sqlx::raw_sql("ALTER TABLE audit RENAME TO elsewhere").execute(&mut other).await.unwrap();
    let by = || AgentRef { id: AgentId::from("ted"), name: "Ted".into() };
    assert!(category_rights::set(&fresh, right.clone(), by(), NOON).await.is_err());
    assert_eq!(category_rights::list(&fresh).await.unwrap(), []);
    sqlx::raw_sql("ALTER TABLE elsewhere RENAME TO audit").execute(&mut other).await.unwrap();
    category_rights::set(&fresh, right.clone(), by(), NOON).await.unwrap();
    assert_eq!(category_rights::list(&fresh).await.unwrap(), [right]);
}
