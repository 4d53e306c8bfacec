//! Rules "when … then …": they act in the turn of what they wait for, once, and what they do begins no other rule.

use serde_json::{Value, json};
use warmline::{clock::Clock, domain::Role};

use crate::harness::{Agent, House, Shopper};

const MORNING: i64 = 1_773_828_000_000;

/// By rule, what it did in this conversation.
fn fired(agent: &Agent, shopper: &Shopper) -> Vec<(String, Vec<Value>)> {
    let of = |item: &&Value| item["kind"] == "rule_fired";
    let told = |item: &Value| {
        let acts = item["did"].as_array().expect("acts").iter().map(|act| act["act"].clone()).collect();
        (item["rule"].as_str().expect("a name").to_owned(), acts)
    };
    agent.log(shopper).values().filter(of).map(told).collect()
}

const STORM: &str = "
[[rule]]
name = 'Typhoon'
when = 'handed_off'
words = ['颱風|typhoon']
then = { team = 'parcels', priority = 'high', note = 'East coast is closed.', notify = 'Typhoon again', reply = 'queue_noted' }

[[rule]]
name = 'Notes are heard'
when = 'agent_replied'
words = ['east coast']
then = { note = 'a rule heard a rule' }

[[rule]]
name = 'Calm only'
when = 'handed_off'
min_priority = 500
then = { note = 'never' }

[[rule]]
name = 'Goodbye'
when = 'resolved'
then = { note = 'Ask how it went.' }
";

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_acts_in_the_turn_it_waits_for_and_staff_see_its_name() {
    let house = House::open_with_file(Clock::manual(MORNING), "rules.toml", STORM).await;
    let cookie = house.staff("Bo", Role::Supervisor).await;
    let mut boss = Agent::come_in(house.address, cookie).await;
    let (mut ann, mut bob) = (house.shopper("en").await, house.shopper("en").await);
    ann.says("Let me talk to a person about the typhoon").await;
    ann.hears_of_a_handoff().await;
    bob.says("I want to talk to a person").await;
    bob.hears_of_a_handoff().await;
    let row = boss.sees_row(&ann, "queued").await;
    assert_eq!(row["team"], "parcels");
    boss.sees_row(&bob, "queued").await;
    boss.opens(&ann).await;
    boss.opens(&bob).await;
    let acts = ["team", "priority", "note", "notify", "reply"].map(|act| json!(act));
    assert_eq!(fired(&boss, &ann), [("Typhoon".to_owned(), acts.to_vec())], "once, and its acts begin no other");
    assert_eq!(fired(&boss, &bob), []);
    ann.sees_place(1).await;
    bob.sees_place(2).await;
    let private =
        |item: &Value| ["rule_fired", "note", "prioritised"].contains(&item["kind"].as_str().unwrap_or_default());
    assert!(!ann.log.values().any(private), "between staff: {}", ann.transcript());
    while !boss.other_frames.iter().any(|frame| frame["type"] == "notices") {
        boss.read().await;
    }
    let headers = [("Cookie", boss.cookie.as_str()), ("X-Warmline-CSRF", "1")];
    let notices = house.request("GET", "/api/notices", &headers, "").await.body;
    assert!(notices.contains("Typhoon again") && notices.contains(&ann.conv), "{notices}");
    let path = format!("/api/notices/{}", ann.conv);
    assert_eq!(house.request("DELETE", &path, &headers, "").await.status, 204);
    assert_eq!(house.request("DELETE", &path, &headers, "").await.status, 404);

    boss.takes(&ann).await.expect("supervises");
    boss.says(&ann, "Your parcel waits on the other side.").await.expect("theirs");
    boss.resolves(&ann).await.expect("theirs");
    boss.reads_that(&ann, |item| item["rule"] == json!("Goodbye")).await;
    boss.reads_that(&ann, |item| item["text"] == json!("Ask how it went.")).await;
    house.is_well().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_long_is_noticed_once_and_again_only_when_they_wait_anew() {
    let rules = "[[rule]]\nname = 'Ten minutes'\nwhen = 'waiting'\nwaiting_minutes = 10\nthen = { priority = 'high' }\n\
                 [[rule]]\nname = 'Twenty'\nwhen = 'waiting'\nwaiting_minutes = 20\nlangs = ['zh-Hant']\nthen = { note = 'x' }\n";
    let clock = Clock::manual(MORNING);
    let house = House::open_with_file(clock.clone(), "rules.toml", rules).await;
    let mut maya = house.agent("Maya").await;
    let mut ann = house.shopper("en").await;
    ann.says("I want to talk to a person").await;
    ann.hears_of_a_handoff().await;
    maya.opens(&ann).await;
    clock.advance_ms(9 * 60_000);
    assert_eq!(fired(&maya, &ann), []);
    clock.advance_ms(60_000);
    maya.reads_that(&ann, |item| item["rule"] == json!("Ten minutes")).await;
    maya.sees_row_that(&ann, |row| row["priority"].as_i64().is_some_and(|score| score >= 200)).await;
    clock.advance_ms(15 * 60_000);
    // Five more minutes of waiting count, and no rule more.
    maya.sees_row_that(&ann, |row| row["priority"].as_i64().is_some_and(|score| score >= 400)).await;
    maya.takes(&ann).await.expect("free");
    assert_eq!(fired(&maya, &ann).len(), 1, "{:?}", fired(&maya, &ann));
    maya.hands_back(&ann).await.expect("hers");
    ann.says("I want to talk to a person").await;
    maya.sees_row(&ann, "queued").await;
    clock.advance_ms(10 * 60_000);
    while fired(&maya, &ann).len() < 2 {
        maya.read().await;
    }
    house.is_well().await;
    house.close().await;
}
