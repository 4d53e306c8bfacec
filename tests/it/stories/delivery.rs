//! No message lost, doubled or reordered, whatever the network does.

use serde_json::{Value, json};
use warmline::{
    domain::{
        Author, Draft, EntryBody, Message,
        ids::ConversationId,
        turn::{After, TurnCommit},
    },
    store::conversations::{self, Committed},
};

use crate::harness::{House, Wire};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_while_the_network_was_gone_arrives_once_and_in_order() {
    let house = House::open().await;
    let mut ann = house.shopper("en").await;
    let mut maya = house.agent("Maya").await;
    ann.says("I want to talk to a person").await;
    ann.hears_of_a_handoff().await;
    maya.opens(&ann).await;
    maya.takes(&ann).await.expect("free");
    ann.sees_status("assigned").await;
    ann.drops();
    for text in ["one", "two", "three"] {
        maya.says(&ann, text).await.expect("hers");
    }
    ann.returns().await;
    let heard: Vec<_> = ann.log.values().filter_map(|item| item["text"].as_str()).collect();
    assert_eq!(heard[heard.len() - 3..], ["one", "two", "three"]);
    let seqs: Vec<_> = ann.log.keys().copied().collect();
    assert_eq!(seqs, (1..=ann.through).collect::<Vec<_>>());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_sent_again_is_stored_once() {
    let house = House::open().await;
    let mut ann = house.shopper("en").await;
    let body = json!({"do": "message", "text": "How much is shipping?"});
    let cid = ann.sends(body.clone()).await;
    let (first, is_dup) = ann.waits_for_ack(&cid).await;
    assert!(!is_dup);
    // The echo was lost on the way: the client resends after it is back.
    ann.drops();
    ann.returns().await;
    ann.sends_as(&cid, body).await;
    let (again, is_dup) = ann.waits_for_ack(&cid).await;
    assert_eq!((again, is_dup), (first, true));
    assert_eq!(ann.log.values().filter(|item| item["cid"] == json!(cid)).count(), 1);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_two_tabs_send_at_once_is_stored_once() {
    let house = House::open().await;
    let mut ann = house.shopper("en").await;
    let mut tab = ann.other_tab().await;
    let body = json!({"do": "message", "text": "How much is shipping?"});
    let cid = "01986f3e-8b21-7d63-8e8f-4a2a5a9a3b02";
    ann.sends_as(cid, body.clone()).await;
    tab.sends_as(cid, body).await;
    let one = ann.waits_for_ack(cid).await;
    let other = tab.waits_for_ack(cid).await;
    assert_eq!(one.0, other.0);
    tab.says("Thanks").await;
    ann.hears_that("the end of it", |item| item["seq"].as_i64() >= Some(tab.through)).await;
    assert_eq!(ann.log.values().filter(|item| item["cid"] == json!(cid)).count(), 1, "{}", ann.transcript());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_tabs_and_a_reload_show_the_same() {
    let house = House::open().await;
    let mut ann = house.shopper("en").await;
    ann.says("How much is shipping?").await;
    ann.is_answered_from("shipping-fee").await;
    let tab = ann.other_tab().await;
    assert_eq!(tab.log, ann.log);
    let before = ann.log.clone();
    ann.drops();
    ann.reloads().await;
    assert_eq!(ann.log, before);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_messages_in_a_row_are_answered_in_order() {
    let house = House::open().await;
    let mut ann = house.shopper("en").await;
    let mut cids = Vec::new();
    for n in 0..10 {
        cids.push(ann.sends(json!({"do": "message", "text": format!("Question number {n}")})).await);
    }
    let mut seqs = Vec::new();
    for cid in &cids {
        seqs.push(ann.waits_for_ack(cid).await.0);
    }
    assert!(seqs.is_sorted(), "{seqs:?}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_position_of_another_database_or_ahead_of_the_log_starts_over() {
    let house = House::open().await;
    let mut ann = house.shopper("en").await;
    ann.says("How much is shipping?").await;
    for (epoch, seq) in [("of a backup", ann.through), (ann.epoch.clone().as_str(), ann.through + 100)] {
        let mut wire = Wire::open(house.address).await;
        let resume = json!([{"conv": ann.conv, "epoch": epoch, "seq": seq}]);
        wire.send(json!({"type": "auth", "role": "shopper", "token": ann.token, "resume": resume})).await;
        let reset = wire.wait_for("reset").await;
        assert_eq!(reset["head"], json!(ann.through));
        assert_eq!(reset["items"].as_array().map(Vec::len), Some(ann.log.len()));
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_whose_event_was_lost_is_found_by_comparing_with_the_database() {
    let house = House::open().await;
    let mut ann = house.shopper("en").await;
    // Committed on another node whose event never came.
    commit_silently(&house, &ann.conv, "Said by nobody we heard of").await;
    ann.hears("Said by nobody we heard of").await;
    house.close().await;
}

async fn commit_silently(house: &House, conv: &str, text: &str) {
    let id = ConversationId::from(conv);
    let before = conversations::load(&house.app.store, &id).await.expect("the store").expect("a conversation");
    let message = Message { text: text.into(), ..Message::default() };
    let commit = TurnCommit {
        conversation: id,
        version: before.version,
        at: before.updated_at,
        sender: "shopper".into(),
        cid: None,
        after: After {
            status: before.status,
            lang: before.lang,
            assignee: None,
            assign_epoch: before.assign_epoch,
            priority: before.priority,
            queued_at: None,
            state_json: before.state_json,
        },
        drafts: vec![Draft { cid: None, author: Author::Bot, body: EntryBody::Message(message) }],
        effects: Vec::new(),
    };
    let committed = conversations::commit_turn(&house.app.store, commit).await.expect("the store");
    assert!(matches!(committed, Committed::Done { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_lost_what_it_was_sent_gets_it_after_two_pings() {
    let house = House::open().await;
    let mut ann = house.shopper("en").await;
    ann.says("How much is shipping?").await;
    let conv = ann.conv.clone();
    let heads =
        |seq: i64| -> Value { [(conv.clone(), json!(seq))].into_iter().collect::<serde_json::Map<_, _>>().into() };
    ann.wire().send(json!({"type": "ping", "heads": heads(1)})).await;
    let pong = ann.wire().wait_for("pong").await;
    assert_eq!(pong["heads"][&conv], json!(ann.through));
    ann.wire().send(json!({"type": "ping", "heads": heads(1)})).await;
    let entries = ann.wire().wait_for("entries").await;
    assert_eq!((&entries["from"], &entries["through"]), (&json!(2), &json!(ann.through)));
    house.close().await;
}
