//! Who waits, in the order of waiting, and switches that stay.

use super::*;
use warmline::store::surges;

on_both_databases! {
    who_waits_comes_in_the_order_of_waiting,
    a_switch_stays_as_it_was_last_set,
}

async fn who_waits_comes_in_the_order_of_waiting(store: Fresh) {
    for (name, since) in [("ann", 30), ("ben", 10), ("cid", 20)] {
        let known = conversation(&store, name).await;
        done(&store, queued(turn(&known, None, vec![says("…", None)]), 0, NOON + since)).await;
    }
    conversation(&store, "dan").await;
    let waiting = surges::waiting(&store).await.unwrap();
    assert_eq!(waiting.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["ben", "cid", "ann"]);
}

async fn a_switch_stays_as_it_was_last_set(store: Fresh) {
    assert_eq!(surges::switch(&store, "surge").await.unwrap(), None);
    for value in ["on", "off"] {
        surges::set_switch(&store, "surge", value, "maya", NOON).await.unwrap();
        assert_eq!(surges::switch(&store, "surge").await.unwrap().as_deref(), Some(value));
    }
}
