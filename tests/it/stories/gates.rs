//! What is not let in: foreign sites, frames that are too large or broken, too much at once.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::time::interval;

use crate::harness::{House, Wire};

#[tokio::test(flavor = "multi_thread")]
async fn only_our_own_and_allowed_origins_may_open_a_socket() {
    let house = House::open_with(&[("allowed_origins", "https://shop.example.com")]).await;
    let own = format!("http://{}", house.address);
    for origin in [None, Some(own.as_str()), Some("https://shop.example.com")] {
        assert!(Wire::open_from(house.address, origin).await.is_ok(), "{origin:?}");
    }
    let foreign = [
        "null",
        "https://evil.example.com",
        "https://shop.example.com.evil.example",
        "https://evilshop.example.com",
        "http://shop.example.com",
        "https://shop.example.com:8443",
    ];
    for origin in foreign {
        assert!(Wire::open_from(house.address, Some(origin)).await.is_err(), "{origin}");
    }
    // A shop's page may embed the chat; it may not act for staff.
    let maya = house.agent("Maya").await;
    let mut wire = Wire::open_from(house.address, Some("https://shop.example.com")).await.expect("open");
    wire.send(json!({"type": "auth", "role": "agent", "ticket": maya.ticket().await})).await;
    assert_eq!(wire.close_code().await, 4001);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_is_too_long_is_refused_and_nothing_else_is_lost() {
    let house = House::open().await;
    let mut ann = house.shopper("en").await;
    let cid = ann.sends(json!({"do": "message", "text": "x".repeat(4_001)})).await;
    let refused = ann.is_refused("too_long").await;
    assert_eq!(refused["cid"], json!(cid));
    ann.says(&"水".repeat(4_000)).await;
    ann.says("How much is shipping?").await;
    ann.is_answered_from("shipping-fee").await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_frames_are_refused_by_name_and_the_socket_lives() {
    let house = House::open().await;
    let mut ann = house.shopper("en").await;
    for broken in ["{", "[]", r#"{"type":"shout"}"#, r#"{"type":"send","cid":"c-9","conv":1}"#, "null"] {
        ann.wire().send_text(broken.into()).await;
        ann.is_refused("bad_frame").await;
    }
    ann.wire().send_text(r#"{"type":"send","cid":"c-10","conv":"x","body":{"do":"fly"}}"#.into()).await;
    assert_eq!(ann.is_refused("bad_frame").await["cid"], "c-10");
    ann.says("How much is shipping?").await;
    ann.is_answered_from("shipping-fee").await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_beyond_the_limit_or_not_text_ends_the_socket_with_its_code() {
    let house = House::open().await;
    let mut ann = house.shopper("en").await;
    ann.wire().send_text("x".repeat(70_000)).await;
    assert_eq!(ann.wire().close_code().await, 1009);
    ann.returns().await;
    ann.wire().send_binary(vec![0; 16]).await;
    assert_eq!(ann.wire().close_code().await, 1003);
    ann.returns().await;
    ann.says("How much is shipping?").await;
    ann.is_answered_from("shipping-fee").await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_is_refused_with_the_time_to_wait() {
    let house = House::open().await;
    let mut ann = house.shopper("en").await;
    for n in 0..60 {
        ann.sends(json!({"do": "message", "text": format!("{n}")})).await;
    }
    let refused = ann.is_refused("rate_limited").await;
    assert!(refused["retry_after_ms"].as_u64().is_some_and(|ms| (1..=1_001).contains(&ms)), "{refused}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_behind_a_refused_message_does_not_overtake_it() {
    let house = House::open().await;
    let mut ann = house.shopper("en").await;
    for n in 0..60 {
        ann.sends(json!({"do": "message", "text": format!("{n}")})).await;
    }
    let refused = ann.is_refused("rate_limited").await;
    let first = refused["cid"].as_str().expect("a cid").to_owned();
    let may_come_at = Instant::now() + Duration::from_millis(refused["retry_after_ms"].as_u64().expect("a time") + 100);
    let mut ticks = interval(Duration::from_millis(50));
    // By now there is room for a message again, but it belongs to the one that was refused first.
    let mut later = String::new();
    while Instant::now() < may_come_at {
        ticks.tick().await;
        later = ann.sends(json!({"do": "message", "text": "later"})).await;
        while ann.is_refused("rate_limited").await["cid"] != json!(later) {}
    }
    ann.sends_as(&first, json!({"do": "message", "text": "first"})).await;
    let (place, _) = ann.waits_for_ack(&first).await;
    assert!(!ann.log.values().any(|item| item["text"] == "later"), "{}", ann.transcript());
    assert!(place > 1 && !later.is_empty());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_site_cannot_make_a_browser_act_for_staff() {
    let house = House::open().await;
    let cookie = house.staff("Iris", warmline::domain::Role::Editor).await;
    let post = async |headers: &[(&str, &str)]| {
        let mut all = vec![("Cookie", cookie.as_str()), ("Content-Type", "application/json")];
        all.extend_from_slice(headers);
        house.request("POST", "/api/preview", &all, r#"{"markdown":"**x**"}"#).await.status
    };
    let own = format!("http://{}", house.address);
    assert_eq!(post(&[("X-Warmline-CSRF", "1")]).await, 200);
    assert_eq!(post(&[("X-Warmline-CSRF", "1"), ("Origin", &own), ("Sec-Fetch-Site", "same-origin")]).await, 200);
    assert_eq!(post(&[]).await, 403, "without the header");
    assert_eq!(post(&[("X-Warmline-CSRF", "1"), ("Origin", "https://evil.example")]).await, 403);
    assert_eq!(post(&[("X-Warmline-CSRF", "1"), ("Origin", "null")]).await, 403);
    assert_eq!(post(&[("X-Warmline-CSRF", "1"), ("Sec-Fetch-Site", "cross-site")]).await, 403);
    assert_eq!(post(&[("X-Warmline-CSRF", "1"), ("Sec-Fetch-Site", "same-site")]).await, 403);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_with_more_open_than_is_followed_is_told() {
    let house = House::open().await;
    let maya = house.agent("Maya").await;
    let position = |number: u32| json!({"conv": format!("c-{number}"), "epoch": "e", "seq": 1});
    let resume: Vec<_> = (0..203).map(position).collect();
    let mut wire = Wire::open(house.address).await;
    wire.send(json!({"type": "auth", "role": "agent", "ticket": maya.ticket().await, "resume": resume})).await;
    let told = wire.wait_for("refused").await;
    assert_eq!(told["message"], "200 conversations are open; the other 3 are not followed any more.");
    house.close().await;
}
