//! What phrasings mean is kept beside them, and read back bit by bit.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::*;
use warmline::store::vectors;
use warmline_vectors::Row;

on_both_databases! {
    vectors_are_kept_until_nothing_uses_them,
}

async fn vectors_are_kept_until_nothing_uses_them(store: Fresh) {
    let row =
        |start: u8| Row::from_bytes(&std::array::from_fn::<u8, 512, _>(|at| start.wrapping_add(at as u8))).unwrap();
    let (one, other) = ([1; 32], [2; 32]);
    let model = vectors::BUILT_IN;
    vectors::update(&store, model, HashMap::from([(one, row(3)), (other, row(200))]), HashSet::new()).await.unwrap();
    // Another node computed the same and the database has it already.
    vectors::update(&store, model, HashMap::from([(one, row(3))]), HashSet::from([other])).await.unwrap();
    assert_eq!(vectors::all(&store, model).await.unwrap(), HashMap::from([(one, Arc::new(row(3)))]));
    assert!(vectors::all(&store, "another").await.unwrap().is_empty(), "of another model");
}
