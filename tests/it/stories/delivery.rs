//! No message lost, doubled or reordered, whatever the network does.

use serde_json::{Value, json};
use warmline::{
    domain::{
        Author, Draft, EntryBody, Message,
        ids::ConversationId,
        turn::{After, TurnCommit},
    },
    store::conversations::{self, Committed, Side},
};

use crate::harness::{End, House, Wire};

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
async fn what_is_said_at_once_to_a_person_arrives_in_order_and_once_even_if_some_of_it_was_there() {
    let house = House::open().await;
    let mut ann = house.shopper("en").await;
    let mut maya = house.agent("Maya").await;
    maya.opens(&ann).await;
    maya.takes(&ann).await.expect("free");
    let body = |n: usize| json!({"do": "message", "text": format!("Part {n}")});
    let known = ann.sends(body(0)).await;
    let (first, _) = ann.waits_for_ack(&known).await;
    // As after a reconnect: the one whose echo was lost, and those behind it.
    ann.sends_as(&known, body(0)).await;
    let mut cids = Vec::new();
    for n in 1..=12 {
        cids.push(ann.sends(body(n)).await);
    }
    assert_eq!(ann.waits_for_ack(&known).await, (first, true));
    for (n, cid) in (1..).zip(&cids) {
        assert_eq!(ann.waits_for_ack(cid).await, (first + n, false));
    }
    maya.reads(&ann, "Part 12").await;
    let seqs: Vec<_> = maya.log(&ann).keys().copied().collect();
    assert_eq!(seqs, (1..=first + 12).collect::<Vec<_>>());
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

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_position_whose_event_was_lost_is_found_by_comparing_with_the_database() {
    let house = House::open().await;
    let mut ann = house.shopper("en").await;
    let mut maya = house.agent("Maya").await;
    let said = ann.says("I want to talk to a person").await;
    maya.opens(&ann).await;
    // Both have read on another node whose events never came.
    let conv = ConversationId::from(ann.conv.as_str());
    for side in [Side::Agent, Side::Shopper] {
        assert!(conversations::mark_seen(&house.app.store, &conv, side, said).await.expect("the store"));
    }
    ann.sees_read("agent", said).await;
    maya.sees_read("shopper", said).await;
    // And whoever comes back does not know it any more.
    ann.drops();
    ann.other_frames.clear();
    ann.returns().await;
    ann.sees_read("agent", said).await;
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
        before: None,
        after: After {
            status: before.status,
            lang: before.lang,
            assignee: None,
            assign_epoch: before.assign_epoch,
            priority: before.priority,
            queued_at: None,
            offered_until: None,
            previous_agent: None,
            team: None,
            sla_due_at: None,
            due_at: None,
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

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_is_too_slow_is_closed_and_healed_by_coming_back() {
    let house = House::open_with(&[("rate_limits", "off")]).await;
    let mut ann = house.shopper("zh-Hant").await;
    ann.says("我要找真人").await;
    ann.hears_of_a_handoff().await;
    let (token, conv, epoch) = (ann.token.clone(), ann.conv.clone(), ann.epoch.clone());
    // A tab on a phone that stopped reading: the kernel takes what fits, then the server's queue fills.
    let mut frozen = Wire::open_narrow(house.address).await;
    frozen.send(json!({"type": "auth", "role": "shopper", "token": token, "resume": []})).await;
    let seen = frozen.wait_for("reset").await["head"].as_i64().expect("a head");
    let long = "水".repeat(4_000);
    let slow = || house.app.metrics.slow_consumers.get();
    let mut said = 0;
    while slow() == 0 {
        ann.says(&long).await;
        said += 1;
        assert!(said < 2_000, "never found too slow");
    }
    assert_eq!(slow(), 1, "and nobody else was");
    // What the kernel held is read; then the end, with its code if that still fitted.
    let mut through = seen;
    let end = loop {
        match frozen.next().await {
            Ok(frame) if frame["type"] == "entries" => {
                assert_eq!(frame["from"], json!(through + 1), "a hole");
                through = frame["through"].as_i64().expect("through");
            }
            Ok(_) => {}
            Err(end) => break end,
        }
    };
    assert!(matches!(end, End::Closed(4003) | End::Broken(_)), "{end:?}");
    assert!(through < ann.through, "it had missed something");
    let mut back = Wire::open(house.address).await;
    let resume = json!([{"conv": conv, "epoch": epoch, "seq": through}]);
    back.send(json!({"type": "auth", "role": "shopper", "token": token, "resume": resume})).await;
    while through < ann.through {
        let frame = back.next().await.expect("a frame");
        match frame["type"].as_str() {
            Some("entries") => {
                assert_eq!(frame["from"], json!(through + 1), "a hole");
                through = frame["through"].as_i64().expect("through");
            }
            Some("reset") => through = frame["head"].as_i64().expect("a head"),
            _ => {}
        }
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_comes_back_ends_its_old_socket_and_no_other() {
    let house = House::open().await;
    let ann = house.shopper("en").await;
    let bob = house.shopper("en").await;
    let open = async |token: &str, client: &str| {
        let mut wire = Wire::open(house.address).await;
        wire.send(json!({"type": "auth", "role": "shopper", "token": token, "client": client, "resume": []})).await;
        wire.wait_for("reset").await;
        wire
    };
    let mut old = open(&ann.token, "page").await;
    let mut tab = open(&ann.token, "tab").await;
    let mut foreign = open(&bob.token, "page").await;
    let mut new = open(&ann.token, "page").await;
    assert_eq!(old.close_code().await, 4005);
    for wire in [&mut tab, &mut foreign, &mut new] {
        wire.send(json!({"type": "ping", "heads": {}})).await;
        wire.wait_for("pong").await;
    }
    house.close().await;
}
