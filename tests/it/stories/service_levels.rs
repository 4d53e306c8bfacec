//! What shoppers are promised: warned of, noted when broken, counted in open hours; and who waits for long moves up.

use serde_json::{Value, json};
use warmline::clock::Clock;

use crate::harness::{Agent, House, Shopper};

/// A Wednesday, 18:00 in Taipei.
const EVENING: i64 = 1_773_828_000_000;
const MINUTE: i64 = 60_000;

fn levels(agent: &Agent, shopper: &Shopper) -> Vec<Value> {
    let is_level = |item: &&Value| item["kind"] == "sla";
    agent.log(shopper).values().filter(is_level).map(|item| json!([item["owed"], item["breach"]])).collect()
}

async fn sees_levels(agent: &mut Agent, shopper: &Shopper, count: usize) {
    while levels(agent, shopper).len() < count {
        agent.read().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promise_is_warned_of_noted_when_broken_and_kept_by_an_answer() {
    let clock = Clock::manual(EVENING);
    let rules = "[[inbox.shop.sla]]\nfirst_response_minutes = 4\nnext_response_minutes = 8";
    let house = House::open_with_desk(clock.clone(), rules).await;
    let mut maya = house.agent("Maya").await;
    let mut ann = house.shopper("en").await;
    ann.says("I want to talk to a person").await;
    ann.hears_of_a_handoff().await;
    let row = maya.sees_row(&ann, "queued").await;
    assert_eq!(row["sla_due_at"], json!(EVENING + 4 * MINUTE));
    maya.opens(&ann).await;
    clock.advance_ms(3 * MINUTE);
    sees_levels(&mut maya, &ann, 1).await;
    clock.advance_ms(MINUTE);
    sees_levels(&mut maya, &ann, 2).await;
    assert_eq!(levels(&maya, &ann), [json!(["first_response", false]), json!(["first_response", true])]);

    maya.takes(&ann).await.expect("free");
    maya.says(&ann, "Hello").await.expect("hers");
    ann.hears("Hello").await;
    ann.says("Where is it?").await;
    clock.advance_ms(7 * MINUTE);
    sees_levels(&mut maya, &ann, 3).await;
    maya.says(&ann, "On its way").await.expect("hers");
    ann.hears("On its way").await;
    // Answered: nothing is owed, whatever the clock says.
    clock.advance_ms(60 * MINUTE);
    maya.says(&ann, "Anything else?").await.expect("hers");
    ann.hears("Anything else?").await;
    assert_eq!(levels(&maya, &ann)[2..], [json!(["next_response", false])]);
    // Back in the queue, Ann waits for somebody again.
    let released_at = house.app.clock.now_ms();
    let cid = maya.sends(&ann, json!({"do": "release", "epoch": maya.epoch(&ann)})).await;
    maya.outcome(&cid).await.expect("hers");
    let row = maya.sees_row(&ann, "queued").await;
    assert_eq!(row["sla_due_at"], json!(released_at + 8 * MINUTE));
    assert!(ann.log.values().all(|item| item["kind"] != "sla"), "between staff: {}", ann.transcript());
    house.is_well().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_of_a_promise_stands_still_while_the_desk_is_closed() {
    let clock = Clock::manual(EVENING);
    let rules =
        "hours = { wed = [\"09:00-18:02\"], thu = [\"09:00-17:00\"] }\n[[inbox.shop.sla]]\nfirst_response_minutes = 5";
    let house = House::open_with_desk(clock.clone(), rules).await;
    let mut maya = house.agent("Maya").await;
    let mut ann = house.shopper("en").await;
    ann.says("I want to talk to a person").await;
    ann.hears_of_a_handoff().await;
    // Two minutes this evening, three tomorrow from nine.
    let row = maya.sees_row(&ann, "queued").await;
    assert_eq!(row["sla_due_at"], json!(EVENING + 15 * 60 * MINUTE + 3 * MINUTE));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_waited_for_long_is_served_before_who_comes_later_and_louder() {
    let clock = Clock::manual(EVENING);
    let house = House::open_at(clock.clone(), &[]).await;
    let mut maya = house.agent("Maya").await;
    let (mut ann, mut bob) = (house.shopper("en").await, house.shopper("zh-Hant").await);
    ann.says("I want to talk to a person").await;
    ann.hears_of_a_handoff().await;
    for _ in 0..9 {
        clock.advance_ms(5 * MINUTE);
        let before = maya.sees_row(&ann, "queued").await["priority"].as_i64().expect("points");
        while maya.desk[&ann.conv]["priority"].as_i64() == Some(before) {
            maya.read().await;
        }
    }
    bob.says("氣死我了，太離譜了！！！我要真人").await;
    bob.hears_of_a_handoff().await;
    bob.sees_place(2).await;
    ann.sees_place(1).await;
    house.is_well().await;
    house.close().await;
}
