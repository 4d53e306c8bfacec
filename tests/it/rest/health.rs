//! What an editor should look at: said in two ways, broken, too little.

use serde_json::{Value, json};

use super::Browser;
use crate::harness::House;

fn of<'a>(report: &'a Value, kind: &str, article: &str) -> Vec<&'a Value> {
    let all = report["findings"].as_array().expect("findings").iter();
    all.filter(|one| one["kind"] == kind && (one["article"] == article || one["other"] == article)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_should_be_read_again_lags_behind_or_says_another_figure_in_another_language_is_found() {
    let house = House::open().await;
    let mut iris = Browser::signed_in(&house, "editor").await;
    let report = iris.post("/api/health", json!({})).await.body;
    let own: Vec<_> = of_kind(&report, "contradiction").filter(|one| one["other"].is_null()).collect();
    assert!(own.is_empty(), "the demo shop's languages agree: {own:?}");
    let text = |title: &str, body: &str| json!({"title": title, "questions": [], "body": body});
    let article = |hant: &str, version: i64| {
        json!({
            "id": "hammock-lending", "version": version, "category": "general", "publish": true, "valid_from": null, "valid_until": null,
            "texts": {"zh-Hant": text("吊床出借", hant), "en": text("Hammock lending", "Bring it back within 15 days.")},
            "care": {"review_on": "2020-01-31", "translated": {"en": {"from": "zh-Hant", "title": "吊床出借", "body": "請在 15 天內歸還。"}}},
        })
    };
    assert_eq!(iris.post("/api/articles", article("請在 15 天內歸還。", 0)).await.status, 201);
    let report = iris.post("/api/health", json!({})).await.body;
    assert_eq!(of(&report, "review_due", "hammock-lending")[0]["about"], "2020-01-31");
    assert!(of(&report, "behind_its_source", "hammock-lending").is_empty());
    assert!(of(&report, "contradiction", "hammock-lending").is_empty(), "{report}");
    let changed = iris.change("PUT", "/api/articles/hammock-lending", article("請在 20 天內歸還。", 1)).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let report = iris.post("/api/health", json!({})).await.body;
    assert_eq!(of(&report, "behind_its_source", "hammock-lending")[0]["lang"], "en");
    let against = of(&report, "contradiction", "hammock-lending");
    assert_eq!(against.len(), 1, "{report}");
    assert_eq!(against[0]["about"], "zh-Hant: 20 天 / en: 15 day");
    house.close().await;
}

fn of_kind<'a>(report: &'a Value, kind: &'a str) -> impl Iterator<Item = &'a Value> {
    report["findings"].as_array().expect("findings").iter().filter(move |one| one["kind"] == kind)
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
