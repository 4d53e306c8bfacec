//! What an agent sees of before: earlier stays of a conversation, and others about an order that both have proved.

use serde_json::{Value, json};
use warmline::{domain::ids::AgentId, service::transcripts, store::viewers};

use crate::harness::{Agent, House, Shopper};

async fn history(house: &House, agent: &Agent, shopper: &Shopper) -> Value {
    let path = format!("/api/conversations/{}/history", shopper.conv);
    let answer = house.request("GET", &path, &[("Cookie", &agent.cookie)], "").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    serde_json::from_str(&answer.body).expect("JSON")
}

async fn wants_a_person(shopper: &mut Shopper) {
    shopper.says("I want to talk to a person").await;
    shopper.hears_of_a_handoff().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_has_been_here_before() {
    let house = House::open().await;
    let (mut maya, mut ann) = (house.agent("Maya").await, house.shopper("en").await);
    wants_a_person(&mut ann).await;
    maya.opens(&ann).await;
    maya.takes(&ann).await.expect("free");
    assert_eq!(history(&house, &maya, &ann).await, json!({"stays": [], "others": []}), "this stay is not over");

    let wrap_up = json!({"category": "delivery", "outcome": "solved"});
    let cid = maya.sends(&ann, json!({"do": "resolve", "epoch": maya.epoch(&ann), "wrap_up": wrap_up})).await;
    let closed = maya.outcome(&cid).await.expect("hers");
    ann.hears_that("a question", |item| item["kind"] == "rating_asked").await;
    let cid = ann.sends(json!({"do": "rate", "resolution": 1, "score": 4})).await;
    ann.waits_for_ack(&cid).await;
    let again = ann.says("hello again").await;
    ann.hears_that("the return", |item| item["kind"] == "reopened").await;

    let told = history(&house, &maya, &ann).await;
    let stay = &told["stays"][0];
    assert_eq!(
        (&stay["category"], &stay["outcome"], &stay["rating"]),
        (&json!("delivery"), &json!("solved"), &json!(4))
    );
    assert_eq!((&stay["from"], &stay["through"], &stay["by"]["name"]), (&json!(1), &json!(closed), &json!("Maya")));
    assert!(stay["ended_at"].as_i64() >= stay["began_at"].as_i64());
    assert_eq!(told["stays"].as_array().map(Vec::len), Some(1));

    // The second begins where the shopper came back.
    wants_a_person(&mut ann).await;
    maya.takes(&ann).await.expect("free");
    maya.resolves(&ann).await.expect("hers");
    let told = history(&house, &maya, &ann).await;
    let began = told["stays"][0]["from"].as_i64().expect("a seq");
    assert!(began > closed && (began - again).abs() <= 1, "{told}");
    assert_eq!(told["stays"][0].get("rating"), None, "the rating is the first one's");
    assert_eq!(told["stays"][1]["rating"], 4);
    house.is_well().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_about_the_same_order_is_told_where_both_have_proved_it() {
    let house = House::open().await;
    let maya = house.agent("Maya").await;
    let (mut ann, mut bob, mut eve) = (house.shopper("en").await, house.shopper("en").await, house.shopper("en").await);
    for shopper in [&mut ann, &mut bob] {
        shopper.says("Where is PW20260003? 6033").await;
        shopper.hears_that("the order", |item| item["card"]["number"] == "PW20260003").await;
    }
    // Who only names it is nobody's other browser.
    eve.says("Where is PW20260003?").await;
    eve.hears("PW20260003").await;
    // What was said can be found a moment later.
    let all_are_found = async {
        let id = AgentId(maya.id.clone());
        let viewer = viewers::load(&house.app.store, &id).await.expect("the store").expect("an account");
        let wanted = serde_json::from_value(json!({"q": "PW20260003"})).expect("a search");
        while transcripts::search(&house.app.store, &wanted, &viewer).await.expect("the store").len() < 3 {}
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), all_are_found).await.expect("found within 20 s");
    let told = history(&house, &maya, &ann).await;
    let others = told["others"].as_array().expect("others");
    assert_eq!(others.len(), 1, "{told}");
    assert_eq!((&others[0]["conv"], &others[0]["order"]), (&json!(bob.conv), &json!("PW20260003")));
    assert_eq!(history(&house, &maya, &eve).await["others"], json!([]));
    house.close().await;
}
