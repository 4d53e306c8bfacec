//! Whatever the interleaving: the log of a conversation is 1, 2, 3 … without hole, double or loss.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use proptest::prelude::*;

use super::*;

/// One client's attempt: which conversation, how many entries, and whether it is sent twice.
#[derive(Debug, Clone)]
struct Send {
    conversation: usize,
    entries: usize,
    twice: bool,
}

fn sends() -> impl Strategy<Value = Vec<Send>> {
    let send = (0..3_usize, 1..4_usize, any::<bool>()).prop_map(|(conversation, entries, twice)| Send {
        conversation,
        entries,
        twice,
    });
    prop::collection::vec(send, 1..24)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn logs_are_contiguous_under_any_interleaving(sends in sends()) {
        runtime().block_on(async { check(fresh().await, false, sends).await });
    }

    #[test]
    #[ignore = "needs PostgreSQL: tests/run starts one"]
    fn logs_of_two_nodes_are_contiguous_under_any_interleaving(sends in sends()) {
        runtime().block_on(async { check(fresh_on_postgres().await, true, sends).await });
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

async fn check(fresh: Fresh, has_two_nodes: bool, sends: Vec<Send>) {
    let other = if has_two_nodes { fresh.another().await } else { fresh.store.clone() };
    let mut ids = Vec::new();
    for name in ["a", "b", "c"] {
        ids.push(conversation(&fresh, name).await.id);
    }
    let mut clients = Vec::new();
    for (number, send) in sends.iter().enumerate() {
        for round in 0..=usize::from(send.twice) {
            let node = if (number + round) % 2 == 0 { &fresh.store } else { &other };
            let (store, id) = (node.clone(), ids[send.conversation].clone());
            clients.push(tokio::spawn(deliver(store, id, format!("cid-{number}"), send.entries)));
        }
    }
    let mut acked = vec![BTreeSet::new(); ids.len()];
    for (client, seq) in join_all(clients).await.into_iter().map(|seq| seq.unwrap()).enumerate() {
        let mut owners = sends.iter().flat_map(|send| std::iter::repeat_n(send, 1 + usize::from(send.twice)));
        acked[owners.nth(client).unwrap().conversation].insert(seq);
    }
    for (number, id) in ids.iter().enumerate() {
        let expected: usize = sends.iter().filter(|send| send.conversation == number).map(|send| send.entries).sum();
        let log = conversations::last_entries(&fresh, id, 1_000).await.unwrap();
        let seqs: Vec<i64> = log.iter().map(|entry| entry.seq).collect();
        assert_eq!(seqs, (1..=expected as i64).collect::<Vec<_>>());
        assert_eq!(conversations::load(&fresh, id).await.unwrap().unwrap().head, expected as i64);
        // Each ack named the place where the sender's own entry is, and a repeat the same one.
        let own: BTreeSet<i64> = log.iter().filter(|entry| entry.cid.is_some()).map(|entry| entry.seq).collect();
        assert_eq!(own, acked[number]);
    }
    fresh.close().await;
    other.close().await;
}

/// As the service does it: load, decide, commit, and again while somebody else is faster. Answers the ack's seq.
async fn deliver(store: Store, id: ConversationId, cid: String, entries: usize) -> i64 {
    loop {
        let now = conversations::load(&store, &id).await.unwrap().unwrap();
        let mut drafts = vec![says("…", Some(&cid))];
        drafts.extend((1..entries).map(|_| answers("…")));
        match conversations::commit_turn(&store, turn(&now, Some(&cid), drafts)).await.unwrap() {
            Committed::Done { entries, .. } => return entries[0].seq,
            Committed::Duplicate { seq } => return seq,
            Committed::Conflict | Committed::Full | Committed::NoSuchFile => {}
        }
    }
}
