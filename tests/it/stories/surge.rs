//! Many who wait with the same matter: shown together, answered together, each as one person.

use serde_json::{Value, json};
use warmline::{clock::Clock, domain::Role};

use crate::harness::{Agent, House, Shopper};

const MORNING: i64 = 1_773_828_000_000;

async fn waits(house: &House, words: &str) -> Shopper {
    let mut shopper = house.shopper("en").await;
    shopper.says(words).await;
    shopper.hears_of_a_handoff().await;
    shopper
}

/// The groups that the desk was told of last, once they are so.
async fn groups(agent: &mut Agent, holds: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    loop {
        let told = agent.other_frames.iter().rev().find(|frame| frame["type"] == "surges");
        if let Some(groups) = told.and_then(|frame| frame["groups"].as_array()).filter(|groups| holds(groups)) {
            return groups.clone();
        }
        agent.read().await;
    }
}

async fn post(house: &House, by: &Agent, method: &str, path: &str, body: Value) -> (u16, String) {
    let headers = [("Cookie", by.cookie.as_str()), ("X-Warmline-CSRF", "1"), ("Content-Type", "application/json")];
    let answer = house.request(method, path, &headers, &body.to_string()).await;
    (answer.status, answer.body)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_answer_goes_to_all_with_the_same_matter_and_a_tap_brings_the_old_place_back() {
    let clock = Clock::manual(MORNING);
    let house = House::open_at(clock.clone(), &[]).await;
    let mut maya = house.agent("Maya").await;
    let boss = Agent::come_in(house.address, house.staff("Bo", Role::Supervisor).await).await;
    let mut ann = waits(&house, "My parcel is stuck because of the typhoon, let me talk to a person").await;
    clock.advance_ms(1_000);
    let mut bob = waits(&house, "The typhoon holds my parcel up, let me talk to a person").await;
    let bare = waits(&house, "I want to talk to a person").await;
    let other = waits(&house, "The kettle I got has a broken lid, let me talk to a person").await;
    assert_eq!(post(&house, &maya, "PUT", "/api/surges", json!({"mode": "on"})).await.0, 403);
    assert_eq!(post(&house, &boss, "PUT", "/api/surges", json!({"mode": "on"})).await.0, 204);
    let shown = groups(&mut maya, |groups| !groups.is_empty()).await;
    let members = |group: &Value| {
        let convs = group["members"].as_array().expect("members").iter().map(|member| member["conv"].clone());
        convs.collect::<Vec<_>>()
    };
    assert_eq!(shown.iter().map(members).collect::<Vec<_>>(), [[json!(ann.conv), json!(bob.conv)]], "{shown:?}");
    assert!(shown[0]["samples"][0]["text"].as_str().is_some_and(|text| text.contains("typhoon")), "{shown:?}");

    // Who comes later with the same joins while the answer is written.
    clock.advance_ms(1_000);
    let mut cid = waits(&house, "Typhoon! My parcel is stuck, let me talk to a person").await;
    let shown = groups(&mut maya, |groups| groups.first().is_some_and(|group| members(group).len() == 3)).await;
    let answer = |conv: &Value, epoch: i64| {
        let text = "The lorries stand still until Friday. We write to you when they drive.";
        json!({"conv": conv, "epoch": epoch, "acts": [{"do": "answer_many", "text": text, "among": 3}]})
    };
    let mut targets: Vec<Value> = members(&shown[0]).iter().map(|conv| answer(conv, 0)).collect();
    targets.push(answer(&json!(other.conv), 7));
    let (status, body) = post(&house, &maya, "POST", "/api/runs", json!({"run": "s-1", "targets": targets})).await;
    let outcomes: Value = serde_json::from_str(&body).expect("JSON");
    let done: Vec<&Value> = outcomes["outcomes"].as_array().expect("outcomes").iter().map(|one| &one["done"]).collect();
    assert_eq!((status, done), (200, vec![&json!(1), &json!(1), &json!(1), &json!(0)]), "{body}");
    for shopper in [&mut ann, &mut bob, &mut cid] {
        let heard = shopper.hears("The lorries stand still until Friday.").await;
        assert_eq!((&heard["author"]["name"], &heard["among"]), (&json!("Maya"), &Value::Null));
        let honest = shopper.hears("to 3 people at once").await;
        assert_eq!(honest["buttons"][0]["choice"], json!({"do": "human"}));
    }
    groups(&mut maya, <[Value]>::is_empty).await;

    // One of them needs a person all the same: before everybody who came later.
    clock.advance_ms(60_000);
    ann.presses("human").await;
    ann.hears_of_a_handoff().await;
    let row = maya.sees_row(&ann, "queued").await;
    assert_eq!(row["queued_at"], MORNING);
    maya.opens(&ann).await;
    let brief =
        maya.log(&ann).values().rev().find(|item| item["kind"] == "handoff").expect("a handoff")["brief"].clone();
    assert!(brief["wants_text"].as_str().is_some_and(|text| text.contains("typhoon")), "{brief}");
    let said = maya.log(&ann).values().find(|item| item["among"] == json!(3)).expect("for staff").clone();
    assert_eq!(said["author"]["name"], "Maya");
    maya.sees_row(&bare, "queued").await;
    house.is_well().await;
    house.close().await;
}
