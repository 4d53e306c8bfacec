//! A shop with two inboxes: each has hours, a queue and a pace of its own.

use serde_json::{Value, json};
use warmline::{clock::Clock, domain::Role, store::waits};

use crate::harness::{House, Shopper};

/// A Wednesday, 18:00 in Taipei.
const EVENING: i64 = 1_773_828_000_000;
/// The shop never closes and its agents take three at once; repairs are closed by now, and done one at a time.
const RULES: &str = "way = \"pull\"\ncapacity = 3\n\n[inbox.repairs]\nway = \"least_loaded\"\ncapacity = 1\n\
    hours = { wed = [\"09:00-17:00\"], thu = [\"09:00-17:00\"] }";

async fn asks(shopper: &mut Shopper) {
    shopper.says("I want to talk to a person").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_in_one_inbox_stands_behind_nobody_in_the_other_and_keeps_its_hours() {
    let clock = Clock::manual(EVENING);
    let house = House::open_with_desk(clock.clone(), RULES).await;
    let (mut ann, mut bob) = (house.shopper("en").await, house.shopper("en").await);
    let (mut rita, mut rosa) = (house.shopper_at("repairs", "en").await, house.shopper_at("repairs", "en").await);
    for shopper in [&mut ann, &mut rita, &mut bob, &mut rosa] {
        asks(shopper).await;
        clock.advance_ms(1_000);
    }
    rita.hears("tomorrow at 09:00").await;
    ann.hears_of_a_handoff().await;
    for first in [&mut ann, &mut rita] {
        first.sees_place(1).await;
    }
    for second in [&mut bob, &mut rosa] {
        second.sees_place(2).await;
        assert_eq!(second.status["waiting"], 2, "of its own inbox: {}", second.status);
    }
    assert!(!ann.transcript().contains("tomorrow at 09:00"), "the shop is open: {}", ann.transcript());

    // Maya is there: repairs are given to her, the shop's wait to be taken.
    let mut maya = house.agent("Maya").await;
    maya.is_given(&rita, "assigned").await;
    rosa.sees_place(1).await;
    ann.sees_place(1).await;
    let (slow, quick) = (rosa.sees_wait(Value::is_object).await, ann.sees_wait(Value::is_object).await);
    clock.advance_ms(240_000);
    maya.opens(&rita).await;
    maya.resolves(&rita).await.expect("hers");
    maya.is_given(&rosa, "assigned").await;
    maya.opens(&ann).await;
    maya.takes(&ann).await.expect("free");
    ann.sees_status("assigned").await;

    // What was told and what came of it is each inbox's own.
    let ended = waits::ended(&house.app.store, EVENING).await.expect("the store");
    for (inbox, told) in [("repairs", &slow), ("shop", &quick)] {
        let of_inbox: Vec<_> = ended.iter().filter(|(of, _)| of.as_str() == inbox).collect();
        assert_eq!(of_inbox.len(), 1, "{ended:?}");
        assert_eq!(json!(of_inbox[0].1.range), *told, "{inbox}");
    }
    house.is_well().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inbox_is_there_once_the_desk_names_it_and_an_admin_sees_each() {
    let house = House::open_with_desk(Clock::manual(EVENING), RULES).await;
    let cookie = house.staff("Iris", Role::Admin).await;
    let headers = [("Cookie", cookie.as_str())];
    let answer = house.request("GET", "/api/admin/inboxes", &headers, "").await;
    assert_eq!(answer.body, json!({"inboxes": ["shop", "repairs"]}).to_string());
    for (inbox, capacity) in [("shop", 3), ("repairs", 1)] {
        let answer = house.request("GET", &format!("/api/admin/inboxes/{inbox}"), &headers, "").await;
        let answer: Value = serde_json::from_str(&answer.body).expect("JSON");
        assert_eq!(answer["rules"]["capacity"], capacity, "{answer}");
    }
    assert_eq!(house.request("GET", "/api/admin/inboxes/nowhere", &headers, "").await.status, 404);
    let nowhere = json!({"inbox": "nowhere", "lang": "en"}).to_string();
    let json = [("Content-Type", "application/json")];
    assert_eq!(house.request("POST", "/api/widget/session", &json, &nowhere).await.status, 404);
    assert_eq!(house.request("GET", "/api/widget/config?inbox=repairs", &[], "").await.status, 200);
    house.close().await;
}
