//! The desk is closed: an honest word, a message or a number taken, and the backlog in its order in the morning.

use serde_json::{Value, json};
use warmline::clock::Clock;

use crate::harness::{Agent, House};

/// A Wednesday, 18:00 in Taipei.
const EVENING: i64 = 1_773_828_000_000;
const HOUR: i64 = 3_600_000;
const RULES: &str =
    "way = \"least_loaded\"\ncapacity = 1\nhours = { wed = [\"09:00-17:00\"], thu = [\"09:00-17:00\"] }";

async fn call_backs(house: &House, agent: &Agent) -> Value {
    let answer = house.request("GET", "/api/call-backs", &[("Cookie", &agent.cookie)], "").await;
    let answer: Value = serde_json::from_str(&answer.body).expect("JSON");
    answer["call_backs"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_at_night_hears_when_somebody_is_there_leaves_a_number_and_is_served_in_the_morning() {
    let clock = Clock::manual(EVENING);
    let house = House::open_with_desk(clock.clone(), RULES).await;
    let (mut ann, mut bob) = (house.shopper("en").await, house.shopper("zh-Hant").await);
    ann.says("I want to talk to a person").await;
    let told = ann.hears("tomorrow at 09:00").await;
    assert!(!ann.transcript().contains("bringing in a colleague"), "nobody is brought in: {}", ann.transcript());
    assert!(told["buttons"].to_string().contains("leave_queue"), "{told}");
    ann.says("Please call me at 0912 345 678").await;
    let noted = ann.hears("Noted:").await;
    assert!(!noted["text"].to_string().contains("345 678"), "masked: {noted}");
    // Later, and graver: no hour of waiting outweighs a lawyer.
    clock.advance_ms(HOUR);
    bob.says("再不處理我就找律師告你們！！！我要真人").await;
    bob.hears("明天 09:00").await;
    bob.sees_place(1).await;
    ann.sees_place(2).await;
    assert!(!ann.transcript().contains("Nobody is at our desk"), "said once: {}", ann.transcript());

    // 09:05: Maya starts, and gets the most urgent first, then who waited.
    clock.advance_ms(14 * HOUR + HOUR / 12);
    let mut maya = house.agent("Maya").await;
    maya.is_given(&bob, "assigned").await;
    // The number that was left is something to do, from nine on, for whoever has it or while nobody has.
    let to_do = call_backs(&house, &maya).await;
    assert_eq!((&to_do[0]["conv"], &to_do[0]["way"]), (&json!(ann.conv), &json!("phone")));
    assert!(to_do[0]["reach"].as_str().is_some_and(|reach| reach.ends_with("345678")), "{to_do}");
    assert_eq!(to_do[0]["due_at"], json!(EVENING + 15 * HOUR));
    assert!(!format!("{:?}", ann.log).contains("call_back"), "between staff");
    let path = format!("/api/call-backs/{}/done", ann.conv);
    let headers = [("Cookie", maya.cookie.as_str()), ("X-Warmline-CSRF", "1")];
    assert_eq!(house.request("POST", &path, &headers, "").await.status, 204);
    assert_eq!(house.request("POST", &path, &headers, "").await.status, 409, "once");
    assert_eq!(call_backs(&house, &maya).await, json!([]));
    maya.opens(&bob).await;
    maya.resolves(&bob).await.expect("hers");
    let row = maya.is_given(&ann, "assigned").await;
    assert_eq!(row["queued_at"], json!(EVENING), "the old place");
    house.is_well().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_taken_from_the_first_message_and_a_corrected_one_takes_its_place() {
    let clock = Clock::manual(EVENING);
    let house = House::open_with_desk(clock.clone(), RULES).await;
    let (mut ann, mut bob) = (house.shopper("en").await, house.shopper("zh-Hans").await);
    ann.says("I want to talk to a person. My number is 0912 345 678").await;
    ann.hears("Noted:").await;
    bob.says("我要找人工客服").await;
    bob.hears("明天 09:00").await;
    bob.says("我的电话是 13800138000").await;
    bob.hears("已记下").await;
    bob.says("打错了，是 13900139000").await;
    bob.hears_that("the second number confirmed", |item| item["text"].to_string().contains("已记下")).await;
    clock.advance_ms(15 * HOUR);
    let maya = house.agent("Maya").await;
    let to_do = call_backs(&house, &maya).await;
    let reach_of = |conv: &str| {
        let of_conv: Vec<&Value> = to_do.as_array().expect("a list").iter().filter(|one| one["conv"] == conv).collect();
        assert_eq!(of_conv.len(), 1, "{to_do}");
        of_conv[0]["reach"].to_string()
    };
    assert!(reach_of(&ann.conv).contains("912345678"), "{to_do}");
    assert!(reach_of(&bob.conv).contains("13900139000"), "{to_do}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn danger_is_answered_at_any_hour() {
    let house = House::open_with_desk(Clock::manual(EVENING), RULES).await;
    let mut ann = house.shopper("zh-Hant").await;
    ann.says("產品害我過敏送急診").await;
    ann.hears("119").await;
    ann.hears("明天 09:00").await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_it_is_open_nothing_is_said_of_hours() {
    let house = House::open_with_desk(Clock::manual(EVENING - 2 * HOUR), RULES).await;
    let mut ann = house.shopper("en").await;
    ann.says("I want to talk to a person").await;
    ann.hears("bringing in a colleague").await;
    assert!(!ann.transcript().contains("closed right now"), "{}", ann.transcript());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_still_waits_when_the_desk_closes_is_told_once_and_may_leave_a_number() {
    let clock = Clock::manual(EVENING - 2 * HOUR);
    let house = House::open_with_desk(clock.clone(), RULES).await;
    let mut maya = house.agent("Maya").await;
    let (mut ann, mut bob) = (house.shopper("en").await, house.shopper("en").await);
    bob.says("I want to talk to a person").await;
    maya.is_given(&bob, "assigned").await;
    ann.says("I want to talk to a person").await;
    ann.hears("bringing in a colleague").await;
    ann.sees_place(1).await;
    // 17:00: Maya is there, and has as much as she takes.
    clock.advance_ms(HOUR + HOUR / 60);
    let told = ann.hears("tomorrow at 09:00").await;
    assert!(told["buttons"].to_string().contains("leave_queue"), "{told}");
    ann.says("Please call me at 0912 345 678").await;
    ann.hears("Noted:").await;
    clock.advance_ms(HOUR);
    assert_eq!(ann.transcript().matches("closed right now").count(), 1, "{}", ann.transcript());
    assert!(!bob.transcript().contains("closed right now"), "somebody is with him: {}", bob.transcript());
    house.is_well().await;
    house.close().await;
}
