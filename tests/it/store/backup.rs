//! A copy taken while others write is whole, and what was acknowledged before it began is in it.

use std::{
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::*;
use crate::harness::postgres::new_database;
use warmline::{
    dialogue::State,
    service::doctor::{Patient, examine},
    store::{StoreError, backup},
};

on_both_databases! {
    a_copy_taken_under_load_is_whole_and_has_what_was_acknowledged,
    a_copy_that_is_put_back_is_a_new_history,
}

fn run(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().expect("PostgreSQL's client programs are installed");
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
}

/// The URL of a copy, made as the manual says: by the store for SQLite, by PostgreSQL's own tools for PostgreSQL.
async fn copy_of(fresh: &Fresh) -> String {
    let file = fresh.folder.path().join("copy of it?#%.db");
    match backup::copy_into(&fresh.url, &file).await {
        Ok(()) => {
            assert!(fresh.url.starts_with("sqlite:"));
            sqlite_url(&file)
        }
        Err(StoreError::Open(sentence)) => {
            assert!(fresh.url.starts_with("postgres:") && sentence.contains("pg_dump --format=custom"), "{sentence}");
            let url = new_database().await;
            let file = file.display().to_string();
            run("pg_dump", &["--format=custom", &format!("--file={file}"), &fresh.url]);
            let into = format!("--dbname={url}");
            run("pg_restore", &["--clean", "--if-exists", "--no-owner", "--single-transaction", &into, &file]);
            url
        }
        Err(error) => panic!("{error}"),
    }
}

async fn a_copy_taken_under_load_is_whole_and_has_what_was_acknowledged(fresh: Fresh) {
    let is_over = Arc::new(AtomicBool::new(false));
    let mut begun = Vec::new();
    let mut writers = Vec::new();
    for number in 0..8 {
        let mut known = conversation(&fresh, &format!("shopper-{number}")).await;
        let (store, is_over) = (fresh.store.clone(), is_over.clone());
        let (said, heard) = tokio::sync::oneshot::channel();
        begun.push(heard);
        writers.push(tokio::spawn(async move {
            let mut said = Some(said);
            while !is_over.load(Ordering::SeqCst) {
                let mut next = turn(&known, None, vec![says("more", None), answers("indeed")]);
                next.after.state_json = serde_json::to_string(&State::default()).unwrap();
                known = done(&store, next).await;
                if known.head == 20 {
                    // The other end may have stopped listening.
                    said.take().map(|said| said.send(()));
                }
            }
            known.head
        }));
    }
    for heard in begun {
        heard.await.expect("acknowledged");
    }
    let copy = copy_of(&fresh).await;
    is_over.store(true, Ordering::SeqCst);
    for writer in writers {
        assert!(writer.await.expect("nobody was kept from writing") >= 20);
    }
    assert_eq!(backup::damage(&copy).await.unwrap(), Vec::<String>::new());
    let report = examine(&copy, Patient::Copy).await.unwrap();
    assert!(report.is_well(), "{report:#?}");
    let store = Store::open(&copy, 1).await.unwrap();
    for number in 0..8 {
        let id = ConversationId(format!("shopper-{number}"));
        assert!(conversations::load(&store, &id).await.unwrap().unwrap().head >= 20);
    }
}

async fn a_copy_that_is_put_back_is_a_new_history(fresh: Fresh) {
    let ann = conversation(&fresh, "ann").await;
    done(&fresh, turn(&ann, None, vec![says("hi", None)])).await;
    let copy = copy_of(&fresh).await;
    let epoch = backup::begin_new_history(&copy).await.unwrap();
    backup::settle(&copy).await.unwrap();
    let store = Store::open(&copy, 1).await.unwrap();
    assert_eq!(store.epoch(), epoch);
    assert_ne!(store.epoch(), fresh.epoch());
    assert_eq!(conversations::last_entries(&store, &ann.id, 10).await.unwrap().len(), 1);
}
