//! Macros: made by staff, previewed in each shopper's language, run as they were shown.

use serde_json::{Value, json};

use super::Browser;
use crate::harness::{Agent, House};

fn browser_of(house: &House, agent: &Agent) -> Browser {
    let mut browser = Browser::new(house);
    browser.cookie = Some(agent.cookie.clone());
    browser
}

fn draft(acts: Value, shared: bool) -> Value {
    json!({"names": {"en": "Late parcel", "zh-Hant": "包裹延遲"}, "acts": acts, "shared": shared})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_macro_is_shown_before_it_runs_and_run_as_it_was_shown() {
    let house = House::open().await;
    let mut ann = house.shopper("en").await;
    ann.says("Where is my order PW20260318?").await;
    ann.says("4270").await;
    ann.hears_that("the order", |item| item["card"]["type"] == "order").await;
    let mut bob = house.shopper("zh-Hant").await;
    for (shopper, words) in [(&mut ann, "I want to talk to a person"), (&mut bob, "我要找真人客服")] {
        shopper.says(words).await;
        shopper.hears_of_a_handoff().await;
    }
    let mut maya = house.agent("Maya").await;
    let mut browser = browser_of(&house, &maya);
    let texts = json!({"en": "We are on {order}, {agent} here.", "zh-Hant": "{contact}您好，正在查 {order}。"});
    let phrase = json!({"shortcut": "on-it", "category": "delivery", "texts": texts, "shared": false});
    let phrase = browser.post("/api/phrases", phrase).await.body["id"].clone();
    let acts = json!([
        {"do": "take"},
        {"do": "phrase", "phrase": phrase},
        {"do": "note", "text": "Called the carrier about {order}"},
        {"do": "priority", "level": "high"},
    ]);
    let made = browser.post("/api/macros", draft(acts, false)).await;
    assert_eq!((made.status, &made.body["version"]), (201, &json!(1)), "{}", made.body);
    let path = format!("/api/macros/{}", made.body["id"].as_str().expect("an id"));

    let previews =
        browser.post(&format!("{path}/preview"), json!({"convs": [ann.conv, bob.conv, "nobody"]})).await.body;
    let previews = previews["previews"].as_array().expect("previews").clone();
    assert_eq!(previews.len(), 2, "of those that are there");
    assert_eq!(previews[0]["acts"][1], json!({"do": "message", "text": "We are on PW20260318, Maya here."}));
    assert_eq!(previews[0]["acts"][2]["text"], "Called the carrier about PW20260318");
    assert_eq!(previews[1]["acts"][1]["text"], "您好，正在查 ⋯⋯。");
    assert_eq!((&previews[0]["has_gap"], &previews[1]["has_gap"]), (&json!(false), &json!(true)));

    // Exactly what was shown is what is run.
    let outcomes = browser.post("/api/runs", json!({"run": "m-1", "targets": [previews[0]]})).await.body;
    assert_eq!(outcomes["outcomes"][0], json!({"conv": ann.conv, "done": 4}));
    ann.hears("We are on PW20260318, Maya here.").await;
    maya.is_given(&ann, "assigned").await;
    maya.opens(&ann).await;
    assert!(maya.log(&ann).values().any(|item| item["text"] == "Called the carrier about PW20260318"));
    bob.says("喂？").await;
    assert!(!bob.transcript().contains("正在查"), "nothing was run on him");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_macro_tags_wraps_up_and_gives_back() {
    let house = House::open().await;
    let (mut ann, mut bob) = (house.shopper("en").await, house.shopper("en").await);
    let mut maya = house.agent("Maya").await;
    for shopper in [&mut ann, &mut bob] {
        shopper.says("I want to talk to a person").await;
        shopper.hears_of_a_handoff().await;
    }
    let mut browser = browser_of(&house, &maya);
    let mut run = async |acts: Value, conv: &str| {
        let made = browser.post("/api/macros", draft(acts, false)).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let path = format!("/api/macros/{}/preview", made.body["id"].as_str().expect("an id"));
        let previews = browser.post(&path, json!({"convs": [conv]})).await.body["previews"].clone();
        let run = json!({"run": made.body["id"].as_str().map(|id| id[..36].to_owned()), "targets": previews});
        let outcomes = browser.post("/api/runs", run).await.body;
        assert_eq!(outcomes["outcomes"][0]["refused"], json!(null), "{outcomes}");
        previews[0]["acts"].clone()
    };
    let tag = |add: &[&str], remove: &[&str]| json!({"do": "tag", "add": add, "remove": remove});
    run(json!([tag(&["vip"], &[]), tag(&["damaged"], &[])]), &ann.conv).await;
    let acts = json!([
        {"do": "take"},
        tag(&["urgent"], &["damaged"]),
        {"do": "resolve", "category": "delivery", "outcome": "solved"},
    ]);
    let shown = run(acts, &ann.conv).await;
    let wrap_up = json!({"category": "delivery", "outcome": "solved", "tags": ["vip", "urgent"]});
    assert_eq!(shown[2]["wrap_up"], wrap_up, "tags that are on it stay");
    ann.sees_status("closed").await;
    maya.opens(&ann).await;
    maya.reads_that(&ann, |item| item["kind"] == "wrapped_up" && item["outcome"] == "solved").await;

    run(json!([{"do": "take"}, {"do": "hand_back"}]), &bob.conv).await;
    bob.sees_status("bot").await;
    house.close().await;
}

#[tokio::test]
async fn everybody_s_macros_are_changed_by_editors_and_one_s_own_by_oneself() {
    let house = House::open().await;
    let mut maya = Browser::signed_in(&house, "agent").await;
    let mut ed = Browser::signed_in(&house, "editor").await;
    let acts = json!([{"do": "note", "text": "x"}]);
    assert_eq!(maya.post("/api/macros", draft(acts.clone(), true)).await.status, 403);
    let wrong =
        maya.post("/api/macros", draft(json!([{"do": "resolve"}, {"do": "phrase", "phrase": "x"}]), false)).await;
    assert_eq!((wrong.status, &wrong.body["problems"][0]["field"]), (422, &json!("acts.0")), "{}", wrong.body);
    for gone in [
        json!({"do": "phrase", "phrase": "x"}),
        json!({"do": "transfer", "team": "x"}),
        json!({"do": "tag", "add": ["x"]}),
        json!({"do": "resolve", "category": "x"}),
    ] {
        let refused = maya.post("/api/macros", draft(json!([{"do": "take"}, gone]), false)).await;
        assert_eq!(
            (refused.status, &refused.body["problems"][0]["field"]),
            (422, &json!("acts.1")),
            "{}",
            refused.body
        );
    }
    let own = maya.post("/api/macros", draft(acts.clone(), false)).await.body;
    let path = format!("/api/macros/{}", own["id"].as_str().expect("an id"));
    let change = json!({"version": 1, "names": {"en": "y"}, "acts": acts});
    assert_eq!(ed.change("PUT", &path, change.clone()).await.status, 404, "hers alone");
    assert_eq!(maya.change("PUT", &path, change.clone()).await.body["version"], 2);
    let late = maya.change("PUT", &path, change).await;
    assert_eq!((late.status, &late.body["current"]["version"]), (409, &json!(2)));
    let shared = ed.post("/api/macros", draft(acts, true)).await.body;
    let shared = format!("/api/macros/{}", shared["id"].as_str().expect("an id"));
    assert_eq!(maya.change("DELETE", &format!("{shared}?version=1"), json!(null)).await.status, 403);
    assert_eq!(maya.get("/api/macros").await.body["macros"].as_array().map(Vec::len), Some(2));
    assert_eq!(ed.get("/api/macros").await.body["macros"].as_array().map(Vec::len), Some(1));
    assert_eq!(maya.change("DELETE", &format!("{path}?version=2"), json!(null)).await.status, 204);
    house.close().await;
}
