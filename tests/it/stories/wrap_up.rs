//! At the end of a conversation: category, outcome and tags are said, and nothing new comes meanwhile.

use serde_json::{Value, json};
use warmline::clock::Clock;

use crate::harness::{Agent, House, Shopper};

const MORNING: i64 = 1_773_828_000_000;

async fn asks(house: &House) -> Shopper {
    let mut shopper = house.shopper("en").await;
    shopper.says("I want to talk to a person").await;
    shopper.hears_of_a_handoff().await;
    shopper
}

async fn rows(house: &House, agent: &Agent, path: &str) -> Vec<String> {
    let answer = house.request("GET", path, &[("Cookie", &agent.cookie)], "").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let answer: Value = serde_json::from_str(&answer.body).expect("JSON");
    answer["rows"].as_array().expect("rows").iter().map(|row| row["conv"].as_str().expect("an id").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_at_the_end_is_kept_from_the_shopper_and_finds_the_conversation_again() {
    let house = House::open().await;
    let mut maya = house.agent("Maya").await;
    let mut ann = asks(&house).await;
    maya.opens(&ann).await;
    maya.takes(&ann).await.expect("free");
    let rules = house.request("GET", "/api/wrap-up", &[("Cookie", &maya.cookie)], "").await;
    let rules: Value = serde_json::from_str(&rules.body).expect("JSON");
    assert_eq!(rules["categories"][0]["names"]["zh-Hant"], "配送");

    // Tags come and go while it is under way; one that the shop does not have is refused.
    let cid = maya.sends(&ann, json!({"do": "tag", "add": ["vip", "urgent"]})).await;
    maya.outcome(&cid).await.expect("anybody at the desk may");
    let cid = maya.sends(&ann, json!({"do": "tag", "add": ["carrier"], "remove": ["urgent", "damaged"]})).await;
    let at = maya.outcome(&cid).await.expect("anybody at the desk may");
    assert_eq!(maya.log(&ann)[&at]["added"], json!(["carrier"]));
    assert_eq!(maya.log(&ann)[&at]["removed"], json!(["urgent"]), "what was not on it is no news");
    let cid = maya.sends(&ann, json!({"do": "tag", "add": ["nonsense"]})).await;
    assert_eq!(maya.outcome(&cid).await.expect_err("unknown")["code"], "unknown_choice");

    let epoch = maya.epoch(&ann);
    let wrap_up = json!({"category": "nonsense", "outcome": "solved"});
    let cid = maya.sends(&ann, json!({"do": "resolve", "epoch": epoch, "wrap_up": wrap_up})).await;
    assert_eq!(maya.outcome(&cid).await.expect_err("unknown")["code"], "unknown_choice");
    let wrap_up = json!({"category": "delivery", "outcome": "solved", "tags": ["vip", "late_parcel"]});
    let cid = maya.sends(&ann, json!({"do": "resolve", "epoch": epoch, "wrap_up": wrap_up})).await;
    maya.outcome(&cid).await.expect("hers");
    let row = maya.sees_row(&ann, "closed").await;
    assert_eq!((&row["category"], &row["tags"]), (&json!("delivery"), &json!(["vip", "late_parcel"])));
    ann.hears_that("the end", |item| item["kind"] == "closed").await;
    let seen = format!("{:?}", ann.log);
    assert!(!seen.contains("late_parcel") && !seen.contains("wrapped_up") && !seen.contains("tagged"), "{seen}");

    let conv = vec![ann.conv.clone()];
    assert_eq!(rows(&house, &maya, "/api/conversations?view=closed&tag=vip&category=delivery").await, conv);
    assert!(rows(&house, &maya, "/api/conversations?view=closed&tag=urgent").await.is_empty());
    assert_eq!(rows(&house, &maya, "/api/conversations/search?q=&tag=late_parcel").await, conv);
    assert!(rows(&house, &maya, "/api/conversations/search?q=&category=refund").await.is_empty());
    house.is_well().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wraps_up_is_given_nothing_until_they_are_done_or_the_time_is_over() {
    let clock = Clock::manual(MORNING);
    let house = House::open_with_desk(clock.clone(), "way = \"least_loaded\"\ncapacity = 5").await;
    let mut maya = house.agent("Maya").await;
    let ann = asks(&house).await;
    maya.is_given(&ann, "assigned").await;
    maya.wraps_up(true).await;
    let bob = asks(&house).await;
    maya.sees_row(&bob, "queued").await;
    clock.advance_ms(59_000);
    house.looks_around().await;
    assert_eq!(maya.sees_row(&bob, "queued").await["status"], "queued");
    clock.advance_ms(2_000);
    maya.is_given(&bob, "assigned").await;
    maya.wraps_up(true).await;
    let cy = asks(&house).await;
    maya.sees_row(&cy, "queued").await;
    maya.wraps_up(false).await;
    maya.is_given(&cy, "assigned").await;
    house.close().await;
}
