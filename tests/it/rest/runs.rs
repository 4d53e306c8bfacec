//! Series of acts on several conversations: what became of each, and that nothing is done twice or half lost.

use serde_json::{Value, json};

use super::Browser;
use crate::harness::{Agent, House, Shopper};

async fn waiting(house: &House) -> Shopper {
    let mut shopper = house.shopper("en").await;
    shopper.says("I want to talk to a person").await;
    shopper.hears_of_a_handoff().await;
    shopper
}

fn browser_of(house: &House, agent: &Agent) -> Browser {
    let mut browser = Browser::new(house);
    browser.cookie = Some(agent.cookie.clone());
    browser
}

fn target(shopper: &Shopper, epoch: i64, acts: Value) -> Value {
    json!({"conv": shopper.conv, "epoch": epoch, "acts": acts})
}

#[tokio::test(flavor = "multi_thread")]
async fn one_thing_for_all_and_each_says_what_became_of_it() {
    let house = House::open().await;
    let (mut maya, mut omar) = (house.agent("Maya").await, house.agent("Omar").await);
    let (mut ann, mut bob, cid) = (waiting(&house).await, waiting(&house).await, waiting(&house).await);
    omar.opens(&cid).await;
    omar.takes(&cid).await.expect("free");
    let mut browser = browser_of(&house, &maya);
    let take = json!([{"do": "take"}]);
    let run = json!({"run": "run-1", "targets":
        [target(&ann, 0, take.clone()), target(&bob, 0, take.clone()), target(&cid, 0, take.clone())]});
    let answer = browser.post("/api/runs", run.clone()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let outcomes = &answer.body["outcomes"];
    assert_eq!((&outcomes[0]["done"], &outcomes[1]["done"], &outcomes[2]["done"]), (&json!(1), &json!(1), &json!(0)));
    assert_eq!(
        (&outcomes[2]["refused"]["code"], &outcomes[2]["refused"]["who"]["name"]),
        (&json!("taken"), &json!("Omar"))
    );
    maya.is_given(&ann, "assigned").await;
    maya.is_given(&bob, "assigned").await;

    // The answer was lost and the run comes again: done is done, once.
    assert_eq!(browser.post("/api/runs", run).await.body["outcomes"][0], outcomes[0]);
    maya.opens(&ann).await;
    let takes = maya.log(&ann).values().filter(|item| item["kind"] == "assigned").count();
    assert_eq!(takes, 1);

    let reply = json!([{"do": "message", "text": "We are looking into it."}]);
    let run = json!({"run": "run-2", "targets":
        [target(&ann, 1, reply.clone()), target(&bob, 7, reply.clone()), target(&cid, 1, reply)]});
    let outcomes = browser.post("/api/runs", run).await.body["outcomes"].clone();
    assert_eq!(outcomes[0]["done"], 1);
    assert_eq!(outcomes[1]["refused"]["code"], "stale", "another assignment than the one that was seen");
    assert_eq!(outcomes[2]["refused"]["code"], "taken");
    ann.hears("We are looking into it.").await;
    assert!(!bob.transcript().contains("looking into it"));
    bob.says("Hello?").await;

    for wrong in [
        json!({"run": "r", "targets": []}),
        json!({"run": "r", "targets": [target(&ann, 1, json!([]))]}),
        json!({"run": "r", "targets": [target(&ann, 1, json!([{"do": "note", "text": " "}]))]}),
        json!({"run": "r", "targets": vec![target(&ann, 1, json!([{"do": "resolve"}])); 51]}),
    ] {
        assert_eq!(browser.post("/api/runs", wrong).await.status, 400);
    }
    assert_eq!(Browser::new(&house).post("/api/runs", json!({"run": "r", "targets": []})).await.status, 401);
    house.is_well().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_series_stops_at_the_first_refusal_and_says_where() {
    let house = House::open().await;
    let mut maya = house.agent("Maya").await;
    let (mut ann, bob) = (waiting(&house).await, waiting(&house).await);
    let mut browser = browser_of(&house, &maya);
    let acts = json!([
        {"do": "priority", "level": "urgent"},
        {"do": "take"},
        {"do": "message", "text": "Your parcel is on its way."},
        {"do": "note", "text": "Typhoon"},
        {"do": "transfer", "to": {"team": "nowhere"}},
        {"do": "resolve"},
    ]);
    let run = json!({"run": "series", "targets": [target(&ann, 0, acts)]});
    let outcomes = browser.post("/api/runs", run).await.body["outcomes"].clone();
    assert_eq!((&outcomes[0]["done"], &outcomes[0]["refused"]["code"]), (&json!(4), &json!("not_there")), "{outcomes}");
    ann.hears("Your parcel is on its way.").await;
    let row = maya.is_given(&ann, "assigned").await;
    assert!(row["priority"].as_i64().is_some_and(|score| score >= 600), "{row}");
    maya.opens(&ann).await;
    let level = maya.log(&ann).values().find(|item| item["kind"] == "prioritised").expect("an entry").clone();
    assert_eq!((&level["level"], &level["author"]["name"]), (&json!("urgent"), &json!("Maya")));
    assert!(!ann.log.values().any(|item| item["kind"] == "prioritised"), "between staff");

    // What people say of it moves who waits; the bot's and closed ones have no place to move.
    let acts = |level| json!([{"do": "priority", "level": level}]);
    let run = json!({"run": "up", "targets": [target(&bob, 0, acts("high"))]});
    assert_eq!(browser.post("/api/runs", run).await.body["outcomes"][0]["done"], 1);
    let high = maya.sees_row_that(&bob, |row| row["priority"].as_i64().is_some_and(|score| score >= 200)).await;
    assert_eq!(high["status"], "queued");
    let acts = json!([{"do": "take"}, {"do": "resolve"}, {"do": "priority", "level": "low"}]);
    let run = json!({"run": "end", "targets": [target(&bob, 0, acts)]});
    let outcomes = browser.post("/api/runs", run).await.body["outcomes"].clone();
    assert_eq!((&outcomes[0]["done"], &outcomes[0]["refused"]["code"]), (&json!(2), &json!("closed")));
    house.is_well().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_a_category_and_the_way_back_to_the_bot_are_for_many_too() {
    let house = House::open().await;
    let mut maya = house.agent("Maya").await;
    let (mut ann, bob) = (waiting(&house).await, waiting(&house).await);
    let mut browser = browser_of(&house, &maya);
    let tag = json!([{"do": "tag", "add": ["vip"]}, {"do": "take"}]);
    let run = json!({"run": "tags", "targets": [target(&ann, 0, tag.clone()), target(&bob, 0, tag)]});
    let outcomes = browser.post("/api/runs", run).await.body["outcomes"].clone();
    assert_eq!((&outcomes[0]["done"], &outcomes[1]["done"]), (&json!(2), &json!(2)), "{outcomes}");
    maya.sees_row_that(&ann, |row| row["tags"] == json!(["vip"])).await;

    let run = json!({"run": "ends", "targets": [
        target(&ann, 1, json!([{"do": "hand_back"}])),
        target(&bob, 1, json!([{"do": "resolve", "wrap_up": {"category": "delivery", "outcome": "solved"}}])),
    ]});
    let outcomes = browser.post("/api/runs", run).await.body["outcomes"].clone();
    assert_eq!((&outcomes[0]["done"], &outcomes[1]["done"]), (&json!(1), &json!(1)), "{outcomes}");
    ann.hears("back to me").await;
    maya.opens(&bob).await;
    maya.reads_that(&bob, |item| item["kind"] == "wrapped_up" && item["category"] == "delivery").await;

    let unknown = json!([{"do": "tag", "add": ["nowhere"]}]);
    let run = json!({"run": "slip", "targets": [target(&ann, 2, unknown)]});
    let outcomes = browser.post("/api/runs", run).await.body["outcomes"].clone();
    assert_eq!(
        (&outcomes[0]["done"], &outcomes[0]["refused"]["code"]),
        (&json!(0), &json!("unknown_choice")),
        "{outcomes}"
    );
    house.is_well().await;
    house.close().await;
}
