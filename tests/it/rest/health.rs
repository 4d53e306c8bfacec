//! What an editor should look at: said in two ways, broken, too little.

use serde_json::{Value, json};

use super::Browser;
use crate::harness::House;

fn of<'a>(report: &'a Value, kind: &str, article: &str) -> Vec<&'a Value> {
    let all = report["findings"].as_array().expect("findings").iter();
    all.filter(|one| one["kind"] == kind && (one["article"] == article || one["other"] == article)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_articles_is_found_and_gone_when_it_is_mended() {
    let house = House::open().await;
    let mut iris = Browser::signed_in(&house, "editor").await;
    let text = |days: u32| {
        json!({"title": "Can I borrow an umbrella?", "questions": ["umbrella lending"],
            "body": format!("Yes, for {days} days. See [this](https:/nowhere), [that](/somewhere) \
                and [the shop](https://perchwood.example/).")})
    };
    let new = |id: &str, days| json!({"id": id, "category": "general", "publish": true, "texts": {"en": text(days)}, "valid_from": null, "valid_until": null});
    for (id, days) in [("umbrella", 3), ("umbrella-again", 5)] {
        let made = iris.post("/api/articles", new(id, days)).await;
        assert_eq!(made.status, 201, "{}", made.body);
    }
    let report = iris.post("/api/health", json!({})).await.body;
    let against = of(&report, "contradiction", "umbrella");
    assert_eq!(against.len(), 1, "{report}");
    assert_eq!(against[0]["other"], "umbrella-again");
    assert!(against[0]["about"].as_str().is_some_and(|about| about.contains("3 day / 5 day")), "{}", against[0]);
    let broken = of(&report, "broken_link", "umbrella");
    assert_eq!(broken.len(), 2, "{broken:?}");
    assert_eq!(of(&report, "missing_language", "umbrella").len(), 2);
    assert_eq!(of(&report, "too_few_questions", "umbrella")[0]["count"], 1);
    assert_eq!(report["titles"]["umbrella"]["en"], "Can I borrow an umbrella?");
    assert!(report["counts"]["contradiction"].as_i64().is_some_and(|count| count >= 1));
    let last = iris.get("/api/health").await.body;
    assert_eq!((&last["is_current"], &last["findings"]), (&json!(true), &report["findings"]));

    let gone = iris.change("DELETE", "/api/articles/umbrella-again?version=1", json!({})).await;
    assert_eq!(gone.status, 200);
    assert_eq!(iris.get("/api/health").await.body["is_current"], false);
    let report = iris.post("/api/health", json!({})).await.body;
    assert!(of(&report, "contradiction", "umbrella").is_empty(), "{report}");
    let mut maya = Browser::signed_in(&house, "agent").await;
    assert_eq!(maya.get("/api/health").await.status, 403);
    assert_eq!(maya.post("/api/health", json!({})).await.status, 403);
    house.close().await;
}
