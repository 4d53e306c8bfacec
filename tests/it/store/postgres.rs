//! What only PostgreSQL can get wrong: other nodes, a network in between, a server that restarts.

use std::time::Duration;

use futures_util::future::join_all;
use sqlx::{Connection, PgConnection};
use tokio::time::{Instant, timeout};

use super::*;
use crate::harness::{PATIENCE, postgres::new_database, proxy::Proxy, services};
use warmline::store::{
    StoreError, playbook_files,
    proofs::{self, Attempt},
};

async fn other_session(fresh: &Fresh) -> PgConnection {
    PgConnection::connect(&fresh.url).await.expect("a session of somebody else")
}

#[tokio::test]
#[ignore = "needs PostgreSQL: tests/run starts one"]
async fn of_nodes_that_start_at_once_on_an_empty_database_one_migrates() {
    let url = new_database().await;
    let stores = join_all((0..6).map(|_| Store::open(&url, 1))).await;
    let epochs: Vec<_> = stores.iter().map(|store| store.as_ref().expect("a start").epoch()).collect();
    assert!(epochs.windows(2).all(|two| two[0] == two[1]), "{epochs:?}");
}

#[tokio::test]
#[ignore = "needs PostgreSQL: tests/run starts one"]
async fn two_nodes_find_the_same_outcomes_as_one() {
    let fresh = fresh_on_postgres().await;
    let other = fresh.another().await;
    let nodes = [&fresh.store, &other];
    // One contact opens the chat in many browsers at once: one conversation.
    let first = conversation(&fresh, "ann").await;
    let contact = ContactId::from("contact-new");
    let visitor = visitors::Visitor { contact: contact.clone(), inbox: first.inbox.clone() };
    visitors::create(&fresh, "token-new".into(), visitor, NOON).await.unwrap();
    let opened = join_all((0..12).map(|number| {
        let draft = DraftConversation {
            id: ConversationId(format!("conv-{number}")),
            inbox: first.inbox.clone(),
            contact: contact.clone(),
            lang: Lang::En,
            state_json: "{}".into(),
            at: NOON + number,
        };
        conversations::start(nodes[number as usize % 2], draft)
    }))
    .await;
    let ids: std::collections::BTreeSet<_> = opened.into_iter().map(|one| one.expect("an answer").id).collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
    // One message that was sent to both: stored once, and both know where.
    let commit = turn(&first, Some("c1"), vec![says("hi", Some("c1")), answers("hello")]);
    let outcomes = join_all((0..12).map(|n| conversations::commit_turn(nodes[n % 2], commit.clone()))).await;
    let stored = outcomes.iter().filter(|outcome| matches!(outcome, Ok(Committed::Done { .. }))).count();
    let known = outcomes.iter().filter(|outcome| matches!(outcome, Ok(Committed::Duplicate { seq: 1 }))).count();
    assert_eq!((stored, known), (1, 11), "{outcomes:?}");
    // Guesses are counted together.
    let guesses = join_all((0..40).map(|number| {
        let attempt = Attempt {
            id: number.to_string(),
            visitor: format!("v{number}"),
            order: "PW1".into(),
            network: format!("n{number}"),
            at: NOON,
        };
        proofs::begin(nodes[number % 2], attempt, NOON - 1, 5)
    }))
    .await;
    assert_eq!(guesses.into_iter().filter(|guess| *guess.as_ref().expect("an answer")).count(), 5);
    // The same playbook from both: replaced once.
    let file =
        |n: usize| warmline::domain::playbook::SourceFile { path: format!("intents/{n}_a.toml"), text: "x".into() };
    let replaced =
        join_all((0..6).map(|n| playbook_files::replace_all(nodes[n % 2], (0..20).map(file).collect()))).await;
    assert_eq!(replaced.into_iter().filter(|done| *done.as_ref().expect("an answer")).count(), 1);
}

#[tokio::test]
#[ignore = "needs PostgreSQL: tests/run starts one"]
async fn sessions_that_the_server_ended_are_replaced_without_a_restart() {
    let fresh = fresh_on_postgres().await;
    let mut ann = conversation(&fresh, "ann").await;
    for _ in 0..3 {
        ann = done(&fresh, turn(&ann, None, vec![says("hi", None)])).await;
        let mut other = other_session(&fresh).await;
        sqlx::query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .execute(&mut other)
        .await
        .unwrap();
        // The first tries may meet dead sessions, and say so.
        let deadline = Instant::now() + PATIENCE;
        while fresh.ping().await.is_err() {
            assert!(Instant::now() < deadline, "never came back");
        }
    }
    assert_eq!(done(&fresh, turn(&ann, None, vec![says("still here", None)])).await.head, 4);
}

#[tokio::test]
#[ignore = "needs PostgreSQL: tests/run starts one"]
async fn a_row_that_somebody_holds_refuses_one_write_and_no_other() {
    let fresh = fresh_on_postgres().await;
    let (ann, ben) = (conversation(&fresh, "ann").await, conversation(&fresh, "ben").await);
    let mut other = other_session(&fresh).await;
    sqlx::raw_sql("BEGIN; SELECT * FROM conversation WHERE id = 'ann' FOR UPDATE").execute(&mut other).await.unwrap();
    let held = turn(&ann, Some("c1"), vec![says("hi", Some("c1"))]);
    let free = turn(&ben, Some("c1"), vec![says("hi", Some("c1"))]);
    let (held_answer, free_answer) = tokio::join!(
        timeout(PATIENCE, conversations::commit_turn(&fresh, held.clone())),
        timeout(PATIENCE, conversations::commit_turn(&fresh, free)),
    );
    assert!(matches!(held_answer.expect("in time"), Err(StoreError::Busy)));
    assert!(matches!(free_answer.expect("in time"), Ok(Committed::Done { .. })));
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    assert_eq!(done(&fresh, held).await.head, 1);
}

#[tokio::test]
#[ignore = "needs PostgreSQL: tests/run starts one"]
async fn a_commit_whose_answer_is_lost_is_not_acknowledged_and_not_doubled() {
    for reaches_the_server in [true, false] {
        let fresh = fresh_on_postgres().await;
        let ann = conversation(&fresh, "ann").await;
        let proxy = Proxy::to(&fresh.url).await;
        let far = Store::open(&proxy.url, 1).await.unwrap();
        proxy.cut_at("; COMMIT", reaches_the_server);
        let commit = turn(&ann, Some("c1"), vec![says("hi", Some("c1")), answers("hello")]);
        let lost = conversations::commit_turn(&far, commit.clone()).await;
        assert!(matches!(lost, Err(StoreError::Unknown(_))), "{lost:?}");
        proxy.heal();
        // The client sends it again, with the same cid.
        match conversations::commit_turn(&far, commit).await.unwrap() {
            Committed::Duplicate { seq: 1 } => assert!(reaches_the_server),
            Committed::Done { .. } => assert!(!reaches_the_server),
            other => panic!("{other:?}"),
        }
        assert_eq!(conversations::last_entries(&fresh, &ann.id, 300).await.unwrap().len(), 2);
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL: tests/run starts one"]
async fn a_server_that_falls_silent_refuses_in_time_and_is_used_again_when_it_speaks() {
    let fresh = fresh_on_postgres().await;
    let ann = conversation(&fresh, "ann").await;
    let proxy = Proxy::to(&fresh.url).await;
    let far = Store::open(&proxy.url, 1).await.unwrap();
    far.ping().await.unwrap();
    proxy.freeze();
    let commit = turn(&ann, Some("c1"), vec![says("hi", Some("c1"))]);
    let (write, read) = tokio::join!(
        timeout(PATIENCE, conversations::commit_turn(&far, commit.clone())),
        timeout(PATIENCE, conversations::load(&far, &ann.id)),
    );
    assert!(write.expect("an answer in time").is_err());
    assert!(read.expect("an answer in time").is_err());
    proxy.heal();
    let deadline = Instant::now() + PATIENCE;
    loop {
        match conversations::commit_turn(&far, commit.clone()).await {
            Ok(Committed::Done { conversation, .. }) => break assert_eq!(conversation.head, 1),
            Ok(other) => panic!("{other:?}"),
            Err(_) => assert!(Instant::now() < deadline, "never came back"),
        }
    }
    while let Err(error) = far.ping().await {
        assert!(Instant::now() < deadline, "never came back: {error}");
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL: tests/run starts one"]
async fn a_database_that_is_gone_refuses_at_once() {
    let fresh = fresh_on_postgres().await;
    let ann = conversation(&fresh, "ann").await;
    let proxy = Proxy::to(&fresh.url).await;
    let far = Store::open(&proxy.url, 1).await.unwrap();
    proxy.refuse();
    let commit = turn(&ann, Some("c1"), vec![says("hi", Some("c1"))]);
    let started = Instant::now();
    let refused = conversations::commit_turn(&far, commit.clone()).await;
    assert!(matches!(refused, Err(StoreError::NotCommitted(_))), "{refused:?}");
    assert!(started.elapsed() < Duration::from_secs(5));
    proxy.heal();
    assert_eq!(done(&far, commit).await.head, 1);
}

#[tokio::test]
#[ignore = "needs PostgreSQL: tests/run starts one"]
async fn the_connection_is_encrypted_and_the_server_proves_who_it_is() {
    let certs = services::certificates();
    let fresh = fresh_on_postgres().await;
    let url = |ca: &str| {
        format!(
            "{}?application_name=proved&sslmode=verify-full&sslrootcert={}/{ca}",
            fresh.url.replace("127.0.0.1", "localhost"),
            certs.display()
        )
    };
    let far = Store::open(&url("ca.pem"), 1).await.expect("the server is who it says");
    conversation(&far, "ann").await;
    let (encrypted, plain) = sqlx::query_as::<_, (i64, i64)>(
        "SELECT count(*) FILTER (WHERE ssl), count(*) FILTER (WHERE NOT ssl) \
         FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'proved'",
    )
    .fetch_one(&mut other_session(&fresh).await)
    .await
    .unwrap();
    assert!(encrypted >= 1 && plain == 0, "{encrypted} {plain}");
    let refused = Store::open(&url("other.pem"), 1).await.expect_err("somebody else's certificate").to_string();
    assert!(refused.starts_with("cannot open the database postgres://postgres@localhost"), "{refused}");
}
