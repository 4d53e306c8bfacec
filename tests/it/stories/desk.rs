//! Agents: the queue, taking, replying, notes, handing back, resolving.

use serde_json::json;

use crate::harness::House;

#[tokio::test(flavor = "multi_thread")]
async fn from_the_queue_to_the_end_with_everything_an_agent_needs() {
    let house = House::open().await;
    let mut ann = house.shopper("en").await;
    let mut maya = house.agent("Maya").await;
    ann.says("Where is my order PW20260318?").await;
    ann.says("4270").await;
    ann.hears_that("the order", |item| item["card"]["type"] == "order").await;
    ann.says("I want to talk to a person").await;
    ann.hears_of_a_handoff().await;
    ann.sees_place(1).await;

    let row = maya.sees_row(&ann, "queued").await;
    assert_eq!(row["reason"], "request");
    maya.opens(&ann).await;
    let brief = maya.log(&ann).values().find(|item| item["kind"] == "handoff").expect("a handoff")["brief"].clone();
    assert_eq!(brief["order"], "PW20260318", "{brief}");
    assert_eq!(maya.log(&ann).len() as i64, ann.through, "the whole transcript");

    maya.takes(&ann).await.expect("free");
    ann.sees_status("assigned").await;
    maya.says(&ann, "Hello, I am Maya.").await.expect("hers");
    let heard = ann.hears("Hello, I am Maya.").await;
    assert_eq!(heard["author"]["name"], "Maya");
    ann.says("How much is shipping?").await;
    maya.reads(&ann, "How much is shipping?").await;
    assert!(
        ann.log.values().filter(|item| item["source"]["article"] == "shipping-fee").count() == 0,
        "the bot is silent while a person has it"
    );

    maya.resolves(&ann).await.expect("hers");
    ann.hears_that("the end", |item| item["kind"] == "closed").await;
    maya.sees_row(&ann, "closed").await;
    ann.says("How much is shipping?").await;
    ann.is_answered_from("shipping-fee").await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_agents_who_take_at_once_one_wins_and_the_other_is_told_who() {
    let house = House::open().await;
    let mut ann = house.shopper("en").await;
    let (mut maya, mut omar) = (house.agent("Maya").await, house.agent("Omar").await);
    ann.says("I want to talk to a person").await;
    maya.opens(&ann).await;
    omar.opens(&ann).await;
    let (a, b) = (maya.sends(&ann, json!({"do": "take"})).await, omar.sends(&ann, json!({"do": "take"})).await);
    let outcomes = [("Maya", maya.outcome(&a).await), ("Omar", omar.outcome(&b).await)];
    let winners: Vec<_> = outcomes.iter().filter(|(_, outcome)| outcome.is_ok()).map(|(name, _)| *name).collect();
    assert_eq!(winners.len(), 1, "{outcomes:?}");
    let refused = outcomes.iter().find_map(|(_, outcome)| outcome.as_ref().err()).expect("one lost");
    assert_eq!(refused["code"], "taken");
    assert_eq!(refused["who"]["name"], json!(winners[0]));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_under_an_assignment_that_is_over_is_refused() {
    let house = House::open().await;
    let mut ann = house.shopper("en").await;
    let (mut maya, mut omar) = (house.agent("Maya").await, house.agent("Omar").await);
    ann.says("I want to talk to a person").await;
    maya.opens(&ann).await;
    maya.takes(&ann).await.expect("free");
    maya.hands_back(&ann).await.expect("hers");
    ann.hears_that("handed back", |item| item["kind"] == "handed_back").await;
    let refused = maya.says(&ann, "Too late").await.expect_err("over");
    assert!(matches!(refused["code"].as_str(), Some("stale" | "closed")), "{refused}");
    omar.opens(&ann).await;
    omar.takes(&ann).await.expect("free");
    let refused = maya.says(&ann, "Still too late").await.expect_err("somebody else's");
    assert!(matches!(refused["code"].as_str(), Some("stale" | "taken")), "{refused}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn places_in_the_queue_move_up_live() {
    let house = House::open().await;
    let mut maya = house.agent("Maya").await;
    let (mut ann, mut bo) = (house.shopper("en").await, house.shopper("en").await);
    ann.says("I want to talk to a person").await;
    ann.sees_place(1).await;
    bo.says("I want to talk to a person").await;
    bo.sees_place(2).await;
    maya.opens(&ann).await;
    maya.takes(&ann).await.expect("free");
    bo.sees_place(1).await;
    bo.drops();
    bo.returns().await;
    bo.sees_place(1).await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_sides_see_each_other_type_and_read() {
    let house = House::open().await;
    let mut ann = house.shopper("en").await;
    let mut maya = house.agent("Maya").await;
    ann.says("I want to talk to a person").await;
    maya.opens(&ann).await;
    maya.takes(&ann).await.expect("free");
    let seq = maya.says(&ann, "Hello").await.expect("hers");
    ann.hears("Hello").await;
    let conv = ann.conv.clone();
    ann.wire().send(json!({"type": "typing", "conv": conv, "on": true})).await;
    ann.wire().send(json!({"type": "seen", "conv": conv, "seq": seq})).await;
    loop {
        let frame = maya.read().await;
        if frame["type"] == "seen" && frame["who"] == "shopper" {
            assert_eq!(frame["seq"], json!(seq));
            break;
        }
    }
    assert!(maya.other_frames.iter().any(|frame| frame["type"] == "typing" && frame["who"] == "shopper"));
    house.close().await;
}
