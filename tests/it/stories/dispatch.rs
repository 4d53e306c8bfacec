//! Conversations that find their agent by themselves: given, offered, declined, missed, and never to who is not there.

use serde_json::json;
use warmline::clock::Clock;

use crate::harness::{Agent, House, Shopper};

const GIVEN: &str = "way = \"least_loaded\"\ncapacity = 1";
const OFFERED: &str = "way = \"least_loaded\"\noffer_seconds = 30";
const MORNING: i64 = 1_773_828_000_000;

async fn asks(shopper: &mut Shopper) {
    shopper.says("I want to talk to a person").await;
    shopper.hears_of_a_handoff().await;
}

fn kinds(agent: &Agent, shopper: &Shopper) -> Vec<String> {
    let changes = ["offered", "assigned", "requeued", "handed_back", "closed"];
    agent
        .log(shopper)
        .values()
        .filter_map(|item| item["kind"].as_str())
        .filter(|kind| changes.contains(kind))
        .map(str::to_owned)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_one_comes_by_itself_and_says_why() {
    let house = House::open_with_desk(Clock::System, GIVEN).await;
    let mut maya = house.agent("Maya").await;
    let (mut ann, mut bob) = (house.shopper("en").await, house.shopper("en").await);
    asks(&mut ann).await;
    maya.is_given(&ann, "assigned").await;
    ann.sees_status("assigned").await;
    maya.sees_seat(|seat| seat["active"] == json!(1)).await;
    maya.opens(&ann).await;
    let assigned = maya.log(&ann).values().find(|item| item["kind"] == "assigned").expect("assigned").clone();
    assert_eq!(assigned["author"]["role"], "system");
    let why = &assigned["why"];
    assert_eq!(
        (&why["how"], &why["way"], &why["load"]["active"]),
        (&json!("given"), &json!("least_loaded"), &json!(0))
    );
    assert!(why["waited_ms"].as_i64().is_some_and(|waited| waited >= 0), "{why}");
    assert!(why["priority"]["factors"].is_array(), "{why}");
    let told = ann.hears_that("an agent", |item| item["kind"] == "assigned").await;
    assert!(told["why"].is_null(), "between staff: {told}");

    // Maya takes one at a time: Bob waits until there is room, and no longer.
    asks(&mut bob).await;
    bob.sees_place(1).await;
    maya.says(&ann, "There you are").await.expect("hers");
    maya.resolves(&ann).await.expect("hers");
    maya.is_given(&bob, "assigned").await;
    house.is_well().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn away_means_nothing_new_and_who_waits_is_told_when_all_are_away() {
    let clock = Clock::manual(MORNING);
    let house = House::open_with_desk(clock.clone(), GIVEN).await;
    let (mut maya, mut omar) = (house.agent("Maya").await, house.agent("Omar").await);
    clock.advance_ms(10_000);
    maya.switches(false).await;
    let (mut ann, mut bob) = (house.shopper("en").await, house.shopper("en").await);
    asks(&mut ann).await;
    omar.is_given(&ann, "assigned").await;
    omar.switches(false).await;
    asks(&mut bob).await;
    bob.hears("Nobody is at our desk right now").await;
    maya.switches(true).await;
    maya.is_given(&bob, "assigned").await;
    // The switch is the agent's, not the window's.
    omar.drops();
    omar.returns().await;
    omar.sees_seat(|seat| seat["available"] == json!(false) && seat["active"] == json!(1)).await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_is_accepted_declined_or_missed_and_the_shopper_only_waits() {
    let clock = Clock::manual(MORNING);
    let house = House::open_with_desk(clock.clone(), OFFERED).await;
    let mut maya = house.agent("Maya").await;
    let mut ann = house.shopper("en").await;
    asks(&mut ann).await;
    let row = maya.is_given(&ann, "offered").await;
    assert_eq!(row["offered_until"], json!(MORNING + 30_000));
    ann.sees_place(1).await;
    ann.sees_status("queued").await;

    // Maya declines: Omar is asked, who has just come.
    let mut omar = house.agent("Omar").await;
    maya.opens(&ann).await;
    maya.declines(&ann).await.expect("hers to answer");
    omar.is_given(&ann, "offered").await;
    omar.opens(&ann).await;
    let refused = maya.accepts(&ann).await.expect_err("not hers any more");
    assert_eq!((&refused["code"], &refused["who"]["name"]), (&json!("taken"), &json!("Omar")));

    // Omar does not look: the offer runs out, and he is asked nothing more until he says so.
    clock.advance_ms(30_000);
    omar.sees_seat(|seat| seat["available"] == json!(false)).await;
    omar.sees_row(&ann, "queued").await;
    let refused = omar.accepts(&ann).await.expect_err("too late");
    assert_eq!(refused["code"], "stale");
    let waiting = ann.says("Hello?").await;
    ann.sees_place(1).await;

    // After a while those who passed are asked again; she kept her place.
    clock.advance_ms(100_000);
    let row = maya.is_given(&ann, "offered").await;
    assert_eq!(row["queued_at"], json!(MORNING), "at the old place");
    maya.accepts(&ann).await.expect("hers to answer");
    ann.sees_status("assigned").await;
    assert_eq!(kinds(&maya, &ann), ["offered", "requeued", "offered", "requeued", "offered", "assigned"]);
    assert!(
        ann.log.values().all(|item| item["kind"] != "offered" && item["kind"] != "requeued"),
        "{}",
        ann.transcript()
    );
    assert!(waiting < ann.through);
    maya.says(&ann, "Sorry for the wait").await.expect("hers");
    house.is_well().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shopper_who_leaves_the_queue_takes_the_offer_along() {
    let house = House::open_with_desk(Clock::System, OFFERED).await;
    let mut maya = house.agent("Maya").await;
    let mut ann = house.shopper("en").await;
    asks(&mut ann).await;
    maya.is_given(&ann, "offered").await;
    ann.says("One more thing: it is urgent").await;
    ann.presses("leave_queue").await;
    while !ann.log.values().any(|item| item["kind"] == "handed_back") {
        ann.read().await;
    }
    let refused = maya.accepts(&ann).await.expect_err("gone");
    assert_eq!(refused["code"], "stale");
    maya.sees_seat(|seat| seat["active"] == json!(0)).await;
    house.is_well().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_had_it_before_gets_it_again_and_never_somebody_who_went_home() {
    let clock = Clock::manual(MORNING);
    let house = House::open_with_desk(clock.clone(), "way = \"least_loaded\"").await;
    let mut maya = house.agent("Maya").await;
    let mut ann = house.shopper("en").await;
    asks(&mut ann).await;
    maya.is_given(&ann, "assigned").await;
    maya.opens(&ann).await;
    maya.resolves(&ann).await.expect("hers");
    // Omar has nothing, Maya something: still it is Maya's.
    let mut bob = house.shopper("en").await;
    asks(&mut bob).await;
    maya.is_given(&bob, "assigned").await;
    let mut omar = house.agent("Omar").await;
    let before = maya.epoch(&ann);
    asks(&mut ann).await;
    // The desk's row and the conversation's log come each in its own time, and the row still tells of the first time.
    while maya.epoch(&ann) == before {
        maya.read().await;
    }
    let why = maya.log(&ann).values().rev().find(|item| item["kind"] == "assigned").expect("assigned")["why"].clone();
    assert_eq!(why["how"], "previous");
    maya.resolves(&ann).await.expect("hers");
    // Maya goes home; once the house knows, Ann comes back.
    maya.drops();
    while omar.seats[&maya.id]["there"] == json!(true) {
        omar.read().await;
    }
    asks(&mut ann).await;
    omar.is_given(&ann, "assigned").await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_lost_agent_had_goes_to_who_is_there() {
    let clock = Clock::manual(MORNING);
    let house = House::open_with_desk(clock.clone(), "way = \"round_robin\"").await;
    let mut maya = house.agent("Maya").await;
    let mut ann = house.shopper("en").await;
    asks(&mut ann).await;
    maya.is_given(&ann, "assigned").await;
    let mut omar = house.agent("Omar").await;
    // No time passes before she drops: she would look absent without it.
    maya.drops();
    while omar.seats[&maya.id]["there"] == json!(true) {
        omar.read().await;
    }
    clock.advance_ms(50_000);
    ann.hears("lost their connection").await;
    omar.is_given(&ann, "assigned").await;
    ann.sees_status("assigned").await;
    house.is_well().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_agent_is_told_so_and_the_conversation_stays_where_it_is() {
    let house = House::open().await;
    let mut maya = house.agent("Maya").await;
    let set = warmline::store::seats::set_capacity(&house.app.store, &maya.id.as_str().into(), Some(1)).await;
    assert_eq!(set.expect("the store"), warmline::store::seats::CapacitySet::Done);
    let (mut ann, mut bob) = (house.shopper("en").await, house.shopper("en").await);
    for shopper in [&mut ann, &mut bob] {
        asks(shopper).await;
        maya.opens(shopper).await;
    }
    maya.takes(&ann).await.expect("room for one");
    let refused = maya.takes(&bob).await.expect_err("no room");
    assert_eq!(refused["code"], "full", "{refused}");
    maya.hands_back(&ann).await.expect("hers");
    maya.takes(&bob).await.expect("room again");
    house.is_well().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_hears_a_range_that_follows_who_is_there_and_how_it_went_is_kept() {
    let clock = Clock::manual(MORNING);
    let house = House::open_with_desk(clock.clone(), GIVEN).await;
    let mut maya = house.agent("Maya").await;
    let (mut ann, mut bob) = (house.shopper("en").await, house.shopper("en").await);
    asks(&mut ann).await;
    maya.is_given(&ann, "assigned").await;
    asks(&mut bob).await;
    bob.sees_place(1).await;
    // One agent with one conversation, eight minutes each: it may take a while.
    let alone = bob.sees_wait(|wait| wait["high_ms"].as_i64() > Some(600_000)).await;
    assert!(alone["low_ms"].as_i64() < alone["high_ms"].as_i64(), "{alone}");
    bob.drops();
    bob.returns().await;
    assert_eq!(bob.sees_wait(|wait| wait.is_object()).await, alone, "the same for who comes back");

    clock.advance_ms(240_000);
    maya.opens(&ann).await;
    maya.resolves(&ann).await.expect("hers");
    maya.is_given(&bob, "assigned").await;
    bob.sees_status("assigned").await;
    let ended = warmline::store::waits::ended(&house.app.store, MORNING).await.expect("the store");
    let range = (alone["low_ms"].as_i64().expect("low"), alone["high_ms"].as_i64().expect("high"));
    assert!(
        ended.iter().any(|(_, wait)| (wait.range.low_ms, wait.range.high_ms) == range && wait.true_ms == 240_000),
        "{ended:?}"
    );
    house.close().await;
}
