//! The last self-test is kept, and an older one never takes its place.

use super::*;
use warmline::store::self_tests;

on_both_databases! {
    the_latest_self_test_is_kept,
}

async fn the_latest_self_test_is_kept(store: Fresh) {
    assert_eq!(self_tests::last(&store).await.unwrap(), None);
    for (changes, json) in [(3, "{\"a\": 1}"), (12, "{\"b\": 2}"), (5, "{}")] {
        self_tests::keep(&store, changes, json.to_owned()).await.unwrap();
    }
    assert_eq!(self_tests::last(&store).await.unwrap(), Some((12, "{\"b\": 2}".to_owned())));
}
