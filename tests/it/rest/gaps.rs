//! From what shoppers asked in vain to an article that answers it.

use serde_json::{Value, json};
use warmline::{service::gaps::Finder, worker::gaps::catch_up};

use super::Browser;
use crate::harness::House;

/// Reads everything, as the worker does once conversations rest.
async fn gather(house: &House) {
    let now = house.app.clock.now_ms();
    catch_up(&house.app, &mut Finder::default(), 0, now).await.expect("the database is there");
}

fn about<'a>(gaps: &'a Value, word: &str) -> Vec<&'a Value> {
    let all = gaps["gaps"].as_array().expect("a list").iter();
    all.filter(|gap| gap["title"].as_str().is_some_and(|title| title.contains(word))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_asked_in_vain_becomes_one_draft_and_then_an_answer() {
    let house = House::open().await;
    let mut iris = Browser::signed_in(&house, "editor").await;
    let mut maya = house.agent("Maya").await;
    let mut ann = house.shopper("zh-Hant").await;
    ann.says("你們有沒有出租投影機").await;
    ann.hears_that("it is not understood", |item| item["decision"] == "fallback" || item["decision"] == "clarify")
        .await;
    let mut ben = house.shopper("zh-Hans").await;
    ben.says("你们有没有出租投影机").await;
    ben.hears_that("it is not understood", |item| item["decision"] == "fallback" || item["decision"] == "clarify")
        .await;
    ben.says("我要真人客服").await;
    maya.opens(&ben).await;
    maya.takes(&ben).await.expect("free");
    maya.says(&ben, "投影机可以租，一天 300 元，押金 2000 元。改期请写信到 maya.lin@shop.example").await.expect("hers");

    gather(&house).await;
    let open = iris.get("/api/gaps").await.body;
    let found = about(&open, "投影");
    assert_eq!(found.len(), 1, "both scripts are one matter: {open}");
    let gap = found[0];
    assert_eq!((&gap["reach"], &gap["questions"], &gap["recent"]), (&json!(2), &json!(2), &json!(2)), "{gap}");
    assert!(gap["size"].as_f64().is_some_and(|size| size >= 2.0), "{gap}");
    gather(&house).await;
    assert_eq!(about(&iris.get("/api/gaps").await.body, "投影")[0]["questions"], 2, "read again, counted once");

    let id = gap["id"].as_str().expect("an id").to_owned();
    let detail = iris.get(&format!("/api/gaps/{id}")).await.body;
    let said = detail["samples"].to_string();
    assert!(said.contains("押金") && said.contains("m•••@shop.example") && !said.contains("maya.lin"), "{said}");
    let who = open["editors"][0]["id"].clone();
    assert_eq!(iris.post(&format!("/api/gaps/{id}/assign"), json!({"agent": who})).await.status, 204);
    assert_eq!(about(&iris.get("/api/gaps").await.body, "投影")[0]["owner"], who);

    let drafted = iris.post(&format!("/api/gaps/{id}/draft"), json!({})).await;
    let article = drafted.body["article"].as_str().unwrap_or_else(|| panic!("{}", drafted.body)).to_owned();
    let again = iris.post(&format!("/api/gaps/{id}/draft"), json!({})).await;
    assert_eq!(again.body["article"], article.as_str(), "one draft, however often it is pressed");
    let mut draft = iris.get(&format!("/api/articles/{article}")).await.body;
    assert_eq!(draft["status"], "draft");
    let texts = draft["texts"].to_string();
    assert!(
        texts.contains("> 投影机可以租") && texts.contains("你們有沒有出租投影機") && !texts.contains("maya.lin"),
        "{texts}"
    );

    for text in draft["texts"].as_object_mut().expect("texts").values_mut() {
        text["body"] = json!("可以，一天 300 元。");
    }
    draft["publish"] = json!(true);
    let published = iris.change("PUT", &format!("/api/articles/{article}"), draft).await;
    assert_eq!(published.status, 200, "{}", published.body);
    ann.says("你們有沒有出租投影機").await;
    ann.is_answered_from(&article).await;
    let done = iris.get("/api/gaps?state=drafted").await.body;
    assert_eq!(
        (&done["gaps"][0]["answered"], &done["gaps"][0]["still_asked"]),
        (&json!(true), &json!(false)),
        "{done}"
    );
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn gaps_are_for_editors_and_can_be_dismissed_merged_and_brought_back() {
    let house = House::open().await;
    let mut iris = Browser::signed_in(&house, "editor").await;
    for words in ["do you rent out film projectors", "can you repair my bicycle chain"] {
        let mut ann = house.shopper("en").await;
        ann.says(words).await;
        ann.hears_that("it is not understood", |item| item["decision"] == "fallback" || item["decision"] == "clarify")
            .await;
    }
    gather(&house).await;
    let open = iris.get("/api/gaps").await.body;
    let id = |word: &str| about(&open, word)[0]["id"].as_str().expect("an id").to_owned();
    let (projector, bicycle) = (id("projector"), id("bicycle"));
    assert_eq!(iris.post(&format!("/api/gaps/{bicycle}/dismiss"), json!({})).await.status, 204);
    assert!(about(&iris.get("/api/gaps").await.body, "bicycle").is_empty());
    assert_eq!(about(&iris.get("/api/gaps?state=dismissed").await.body, "bicycle").len(), 1);
    assert_eq!(iris.post(&format!("/api/gaps/{bicycle}/reopen"), json!({})).await.status, 204);
    assert_eq!(iris.post(&format!("/api/gaps/{bicycle}/merge"), json!({"into": projector})).await.status, 204);
    assert_eq!(about(&iris.get("/api/gaps").await.body, "projector")[0]["reach"], 2);
    assert_eq!(iris.post(&format!("/api/gaps/{bicycle}/dismiss"), json!({})).await.status, 404);

    let mut maya = Browser::signed_in(&house, "agent").await;
    assert_eq!(maya.get("/api/gaps").await.status, 403);
    assert_eq!(maya.get(&format!("/api/gaps/{projector}")).await.status, 403);
    assert_eq!(maya.post(&format!("/api/gaps/{projector}/draft"), json!({})).await.status, 403);
    assert_eq!(Browser::new(&house).get("/api/gaps").await.status, 401);
    house.close().await;
}
