//! Guessing at orders is counted per visitor, order and network, even when many guesses come at once.

use super::*;
use warmline::store::proofs::{self, Attempt};

on_both_databases! {
    each_key_counts_on_its_own,
    old_repeated_and_forgiven_attempts_do_not_count,
    a_burst_of_parallel_guesses_gets_no_more_than_the_limit,
}

fn attempt(id: &str, visitor: &str, order: &str, network: &str, at: UnixMs) -> Attempt {
    Attempt { id: id.into(), visitor: visitor.into(), order: order.into(), network: network.into(), at }
}

async fn each_key_counts_on_its_own(store: Fresh) {
    for same in ["visitor", "order", "network"] {
        let key = |kind: &str, number: i64| match kind == same {
            true => format!("{kind}-{same}"),
            false => format!("{kind}-{same}-{number}"),
        };
        for number in 0..6 {
            let attempt = attempt(
                &format!("{same}-{number}"),
                &key("visitor", number),
                &key("order", number),
                &key("network", number),
                NOON,
            );
            assert_eq!(proofs::begin(&store, attempt, NOON - 1, 5).await.unwrap(), number < 5, "{same} {number}");
        }
        let stranger = attempt(
            &format!("stranger-{same}"),
            &format!("x-{same}"),
            &format!("y-{same}"),
            &format!("z-{same}"),
            NOON,
        );
        assert!(proofs::begin(&store, stranger, NOON - 1, 5).await.unwrap());
    }
}

async fn old_repeated_and_forgiven_attempts_do_not_count(store: Fresh) {
    for _ in 0..9 {
        assert!(proofs::begin(&store, attempt("same", "v", "o", "n", NOON), 0, 5).await.unwrap());
    }
    for number in 0..9 {
        let id = format!("right-{number}");
        assert!(proofs::begin(&store, attempt(&id, "v", "o", "n", NOON), 0, 5).await.unwrap());
        proofs::forgive(&store, id).await.unwrap();
    }
    for number in 0..4 {
        assert!(proofs::begin(&store, attempt(&format!("w{number}"), "v", "o", "n", NOON), 0, 5).await.unwrap());
    }
    assert!(!proofs::begin(&store, attempt("sixth", "v", "o", "n", NOON), 0, 5).await.unwrap());
    assert!(proofs::begin(&store, attempt("later", "v", "o", "n", NOON + 60), NOON, 5).await.unwrap());
}

async fn a_burst_of_parallel_guesses_gets_no_more_than_the_limit(store: Fresh) {
    let guesses = (0..60).map(|number| {
        let store = store.store.clone();
        let attempt = attempt(&number.to_string(), &format!("v{number}"), "PW20260318", &format!("n{number}"), NOON);
        tokio::spawn(async move { proofs::begin(&store, attempt, NOON - 1, 5).await.unwrap() })
    });
    let allowed = futures_util::future::join_all(guesses).await.into_iter().filter(|guess| *guess.as_ref().unwrap());
    assert_eq!(allowed.count(), 5);
}
