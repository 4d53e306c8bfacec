//! Agents: the queue, taking, replying, notes, handing back, resolving.

use serde_json::json;
use warmline::clock::Clock;

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
    // Once more, from another window of the winner: answered too, or that window would ask for ever.
    let winner = if winners[0] == "Maya" { &mut maya } else { &mut omar };
    let again = winner.takes(&ann).await.expect_err("theirs already");
    assert_eq!((&again["code"], &again["who"]["name"]), (&json!("taken"), &json!(winners[0])));
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
async fn both_sides_see_each_other_type() {
    let house = House::open().await;
    let mut ann = house.shopper("en").await;
    let mut maya = house.agent("Maya").await;
    ann.says("I want to talk to a person").await;
    maya.opens(&ann).await;
    maya.takes(&ann).await.expect("free");
    let conv = ann.conv.clone();
    ann.wire().send(json!({"type": "typing", "conv": conv, "on": true})).await;
    while !maya.other_frames.iter().any(|frame| frame["type"] == "typing" && frame["who"] == "shopper") {
        maya.read().await;
    }
    maya.types(&ann).await;
    ann.sees_typing("agent").await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_sides_see_how_far_the_other_has_read() {
    let house = House::open().await;
    let mut ann = house.shopper("en").await;
    let mut maya = house.agent("Maya").await;
    let asked = ann.says("I want to talk to a person").await;
    maya.opens(&ann).await;
    maya.has_read(&ann, asked).await;
    ann.sees_read("agent", asked).await;
    maya.takes(&ann).await.expect("free");
    let replied = maya.says(&ann, "Hello").await.expect("hers");
    ann.hears("Hello").await;
    let conv = ann.conv.clone();
    ann.wire().send(json!({"type": "seen", "conv": conv, "seq": replied})).await;
    maya.sees_read("shopper", replied).await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_who_is_gone_for_longer_than_the_grace_is_replaced_and_fenced() {
    let clock = Clock::manual(1_773_828_000_000);
    let house = House::open_at(clock.clone(), &[]).await;
    let mut shoppers = [house.shopper("en").await, house.shopper("en").await, house.shopper("en").await];
    let mut agents = [house.agent("Maya").await, house.agent("Omar").await, house.agent("Lena").await];
    for (shopper, agent) in shoppers.iter_mut().zip(&mut agents) {
        shopper.says("I want to talk to a person").await;
        shopper.hears_of_a_handoff().await;
        agent.opens(shopper).await;
        agent.takes(shopper).await.expect("free");
        clock.advance_ms(1_000);
    }
    let [mut ann, mut bob, carl] = shoppers;
    let [mut maya, mut omar, mut lena] = agents;
    maya.says(&ann, "Let me see").await.expect("hers");
    clock.advance_ms(60_000);

    // First Omar's lid is closed, then Maya's: when his grace is over, hers is not.
    let gone = async |there: usize| {
        while house.app.hub.connections().len() > there {
            tokio::task::yield_now().await;
        }
    };
    omar.drops();
    gone(5).await;
    clock.advance_ms(20_000);
    maya.drops();
    gone(4).await;
    clock.advance_ms(30_000);
    bob.hears_that("requeued", |item| item["kind"] == "requeued").await;
    bob.hears("lost their connection").await;
    clock.advance_ms(1_000);
    assert!(!ann.log.values().any(|item| item["kind"] == "requeued"), "{}", ann.transcript());
    clock.advance_ms(20_000);
    ann.hears_that("requeued", |item| item["kind"] == "requeued").await;
    // She asked before Bob did, and keeps that place.
    ann.sees_place(1).await;

    // Lena was connected all the time, and is nobody's fool.
    lena.says(&carl, "Still here").await.expect("hers");
    lena.opens(&ann).await;
    assert!(lena.log(&ann).values().any(|item| item["text"] == "Let me see"), "with all that was said");

    // Maya comes back and presses send: fenced, and told so.
    let late = maya.epoch(&ann);
    maya.returns().await;
    let cid = maya.sends(&ann, json!({"do": "message", "text": "Sorry, I was away", "epoch": late})).await;
    let refused = maya.outcome(&cid).await.expect_err("over");
    assert_eq!(refused["code"], "stale", "{refused}");
    lena.takes(&ann).await.expect("free again");
    lena.says(&ann, "Hello, I am Lena.").await.expect("hers");
    ann.hears("Hello, I am Lena.").await;
    assert!(!ann.log.values().any(|item| item["text"] == "Sorry, I was away"));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_while_nobody_is_at_the_desk_is_told_so() {
    let clock = Clock::manual(1_773_828_000_000);
    let house = House::open_at(clock.clone(), &[]).await;
    let mut ann = house.shopper("en").await;
    clock.advance_ms(60_000);
    ann.says("I want to talk to a person").await;
    ann.hears("Nobody is at our desk right now").await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_puts_a_conversation_back_and_a_colleague_takes_it_at_its_old_place() {
    let house = House::open().await;
    let (mut ann, mut bob) = (house.shopper("en").await, house.shopper("en").await);
    let (mut maya, mut omar) = (house.agent("Maya").await, house.agent("Omar").await);
    ann.says("I want to talk to a person").await;
    ann.hears_of_a_handoff().await;
    maya.opens(&ann).await;
    maya.takes(&ann).await.expect("free");
    bob.says("I want to talk to a person").await;
    bob.hears_of_a_handoff().await;
    let cid = maya.sends(&ann, json!({"do": "release", "epoch": maya.epoch(&ann)})).await;
    maya.outcome(&cid).await.expect("hers");
    ann.hears("Maya is passing this to a colleague").await;
    ann.sees_place(1).await;
    bob.sees_place(2).await;
    omar.opens(&ann).await;
    omar.takes(&ann).await.expect("free");
    house.close().await;
}
