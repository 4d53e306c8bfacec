//! A publish is answered by the bot within a second, without restart.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use warmline::domain::Role;

use crate::harness::House;

/// The promise is a second. A debug build is some twenty times slower, on a machine that runs other tests too.
const IN_TIME: Duration = Duration::from_secs(if cfg!(debug_assertions) { 5 } else { 1 });

#[tokio::test(flavor = "multi_thread")]
async fn what_an_editor_publishes_is_answered_at_once_and_what_they_archive_never_again() {
    // Asked again and again by new shoppers until it is there: more often than the limits allow one network.
    let house = House::open_with(&[("rate_limits", "off")]).await;
    let cookie = house.staff("Iris", Role::Editor).await;
    let headers = [("Cookie", cookie.as_str()), ("X-Warmline-CSRF", "1"), ("Content-Type", "application/json")];
    let text = json!({
        "title": "Do you sell hammocks?",
        "questions": ["Do you have hammocks", "hammock for the balcony"],
        "body": "**Yes**, from May to September."
    });
    let article = json!({
        "id": "hammocks", "category": "products", "products": [], "valid_from": null, "valid_until": null,
        "texts": {"en": text}, "publish": true
    });
    let published = Instant::now();
    let answer = house.request("POST", "/api/articles", &headers, &article.to_string()).await;
    assert!((200..300).contains(&answer.status), "{}", answer.body);
    let version = serde_json::from_str::<Value>(&answer.body).expect("JSON")["version"].clone();
    assert!(published.elapsed() < IN_TIME, "not published in time");
    // What the editor is told is done, the next shopper gets: no later, and not once more.
    assert_eq!(first_answer(&house).await["source"]["article"], "hammocks");
    let answer = house.request("DELETE", &format!("/api/articles/hammocks?version={version}"), &headers, "").await;
    assert!((200..300).contains(&answer.status), "{}", answer.body);
    assert_ne!(first_answer(&house).await["source"]["article"], "hammocks");
    house.close().await;
}

/// What a new shopper hears to the question.
async fn first_answer(house: &House) -> Value {
    let mut ann = house.shopper("en").await;
    let asked = ann.says("Do you sell hammocks?").await;
    ann.hears_that("an answer", |item| item["seq"].as_i64() > Some(asked)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_test_bench_tells_the_whole_reason() {
    let house = House::open().await;
    let cookie = house.staff("Iris", Role::Editor).await;
    let headers = [("Cookie", cookie.as_str()), ("X-Warmline-CSRF", "1"), ("Content-Type", "application/json")];
    let body = json!({"text": "How much is shipping?", "lang": "en"}).to_string();
    let answer = house.request("POST", "/api/ask", &headers, &body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let reason: Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!(reason["decision"], "answer", "{reason}");
    assert_eq!(reason["understanding"]["articles"][0]["id"], "shipping-fee");
    assert!(reason["thresholds"]["answer"].is_number());
    house.close().await;
}
