//! The rules' file in the console: tried on what was without a trace, changed by one at a time, followed at once.

use serde_json::json;

use super::Browser;
use crate::harness::House;

const RULES: &str = "[[rule]]\nname = \"Storm\"\nwhen = \"handed_off\"\nwords = ['typhoon']\n\
                     then = { team = \"parcels\", note = \"Call the carrier.\" }\n";

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_tried_on_what_was_and_then_followed() {
    let house = House::open().await;
    let mut maya = house.agent("Maya").await;
    let (mut ann, mut bob) = (house.shopper("en").await, house.shopper("en").await);
    ann.says("Let me talk to a person about the typhoon").await;
    ann.hears_of_a_handoff().await;
    bob.says("I want to talk to a person").await;
    bob.hears_of_a_handoff().await;
    let mut agent = Browser::signed_in(&house, "agent").await;
    assert_eq!(agent.get("/api/rules").await.status, 403);
    let mut boss = Browser::signed_in(&house, "admin").await;
    let stored = boss.get("/api/rules").await.body;
    assert!(stored["text"].as_str().is_some_and(|text| text.contains("handed_off")), "{stored}");

    let wrong = json!({"text": "[[rule]]\nname = \"a\"\nwhen = \"never\"\n", "days": 7});
    let told = boss.post("/api/rules/try", wrong).await;
    assert_eq!((told.status, &told.body["problems"][0]["line"]), (422, &json!(3)), "{}", told.body);
    let tried = boss.post("/api/rules/try", json!({"text": RULES, "days": 7})).await.body;
    assert_eq!(tried["rules"][0]["firings"], 1, "{tried}");
    let example = &tried["rules"][0]["examples"][0];
    assert_eq!((&example["conv"], &example["did"][0]), (&json!(ann.conv), &json!({"act": "team", "team": "parcels"})));
    maya.opens(&ann).await;
    assert!(!maya.log(&ann).values().any(|item| item["kind"] == "rule_fired"), "nothing was written");

    let saved = boss.change("PUT", "/api/rules", json!({"version": stored["version"], "text": RULES})).await;
    assert_eq!((saved.status, &saved.body["text"]), (200, &json!(RULES)), "{}", saved.body);
    let late = boss.change("PUT", "/api/rules", json!({"version": stored["version"], "text": ""})).await;
    assert_eq!((late.status, &late.body["current"]), (409, &saved.body));
    warmline::service::knowledge::wait_for(&house.app).await;
    let mut cid = house.shopper("en").await;
    cid.says("Let me talk to a person about the typhoon").await;
    cid.hears_of_a_handoff().await;
    let row = maya.sees_row(&cid, "queued").await;
    assert_eq!(row["team"], "parcels");
    house.is_well().await;
    house.close().await;
}
