//! An editor's day: find, write, preview, publish, collide, archive, restore.

use serde_json::{Value, json};

use super::{Site, site};

fn draft(publish: bool) -> Value {
    json!({
        "category": "general", "products": [], "valid_from": null, "valid_until": null, "publish": publish,
        "texts": {"zh-Hant": {"title": "貓可以進門市嗎？", "questions": ["帶寵物"], "body": "**可以**，請牽繩。"}},
    })
}

fn with(mut value: Value, key: &str, member: Value) -> Value {
    value[key] = member;
    value
}

async fn is_published(site: &Site, id: &str) -> bool {
    let shelf = warmline::store::articles::all_published(&site.app.store).await.expect("the database is there");
    shelf.iter().any(|article| article.id == id)
}

#[tokio::test]
async fn an_article_is_written_published_archived_and_restored() {
    let site = site().await;
    let mut iris = site.signed_in("editor").await;
    let made = iris.post("/api/articles", with(draft(false), "id", json!("pets"))).await;
    assert_eq!((made.status, &made.body["status"], &made.body["version"]), (201, &json!("draft"), &json!(1)));
    assert!(!is_published(&site, "pets").await);

    let published = iris.change("PUT", "/api/articles/pets", with(draft(true), "version", json!(1))).await;
    assert_eq!((published.status, &published.body["status"]), (200, &json!("published")), "{}", published.body);
    assert_eq!(published.body["updated_by"], json!("Iris Wu"));
    assert!(is_published(&site, "pets").await);

    assert_eq!(iris.change("DELETE", "/api/articles/pets?version=1", json!({})).await.status, 409);
    let archived = iris.change("DELETE", "/api/articles/pets?version=2", json!({})).await;
    assert_eq!((archived.status, &archived.body["status"]), (200, &json!("archived")));
    assert!(!is_published(&site, "pets").await);
    let restored = iris.post("/api/articles/pets/restore", json!({})).await;
    assert_eq!((restored.status, &restored.body["status"]), (200, &json!("draft")));
    assert_eq!(iris.get("/api/articles/pets").await.body["texts"], draft(true)["texts"]);
    assert_eq!(iris.get("/api/articles/none").await.status, 404);
    site.stop().await;
}

#[tokio::test]
async fn of_two_editors_the_second_gets_the_first_ones_article_and_keeps_their_own() {
    let site = site().await;
    let (mut iris, mut ted) = (site.signed_in("editor").await, site.signed_in("admin").await);
    let start = iris.get("/api/articles/shipping-fee").await.body;
    let mut change = start.clone();
    change["publish"] = json!(true);
    change["category"] = json!("orders");
    assert_eq!(iris.change("PUT", "/api/articles/shipping-fee", change.clone()).await.status, 200);
    change["category"] = json!("payment");
    let refused = ted.change("PUT", "/api/articles/shipping-fee", change.clone()).await;
    assert_eq!((refused.status, &refused.body["error"]["code"]), (409, &json!("conflict")));
    assert!(refused.body["error"]["message"].as_str().is_some_and(|message| message.contains("Iris Wu")));
    assert_eq!(refused.body["current"]["category"], json!("orders"));
    change["version"] = refused.body["current"]["version"].clone();
    assert_eq!(ted.change("PUT", "/api/articles/shipping-fee", change).await.status, 200);
    let taken = ted.post("/api/articles", with(draft(true), "id", json!("shipping-fee"))).await;
    assert_eq!(taken.status, 409);
    site.stop().await;
}

#[tokio::test]
async fn the_list_is_searched_in_either_script_and_filtered() {
    let site = site().await;
    let mut iris = site.signed_in("editor").await;
    let all = iris.get("/api/articles").await.body;
    assert!(all["articles"].as_array().expect("a list").len() >= 60);
    assert!(all["articles"][0]["titles"]["zh-Hant"].is_string() && all["articles"][0].get("texts").is_none());
    // 运费, in the other script than one of the titles.
    let found = iris.get("/api/articles?q=%E8%BF%90%E8%B4%B9&category=delivery&status=published").await.body;
    let ids: Vec<_> = found["articles"].as_array().expect("a list").iter().map(|article| &article["id"]).collect();
    assert!(ids.contains(&&json!("shipping-fee")), "{ids:?}");
    assert_eq!(iris.get("/api/articles?status=lost").await.status, 400);
    assert_eq!(iris.get("/api/articles?status=draft").await.body["articles"], json!([]));
    site.stop().await;
}

#[tokio::test]
async fn mistakes_are_told_in_the_form_and_html_is_harmless() {
    let site = site().await;
    let mut iris = site.signed_in("editor").await;
    let mut bad = with(draft(true), "id", json!("Pets!"));
    bad["texts"]["zh-Hant"]["title"] = json!(" ");
    let refused = iris.post("/api/articles", bad).await;
    let fields: Vec<_> = refused.body["problems"].as_array().expect("problems").iter().map(|p| &p["field"]).collect();
    assert_eq!((refused.status, fields), (422, vec![&json!("id"), &json!("texts.zh-Hant.title")]));
    assert_eq!(iris.post("/api/articles", json!({"id": "pets"})).await.status, 400);
    let mut wrong_day = with(draft(true), "id", json!("pets"));
    wrong_day["valid_from"] = json!("2026-02-30");
    assert_eq!(iris.post("/api/articles", wrong_day).await.status, 400);
    let preview = iris.post("/api/preview", json!({"markdown": "**好** <script>alert(1)</script>"})).await;
    assert_eq!(preview.body["html"], json!("<p><strong>好</strong> &lt;script&gt;alert(1)&lt;/script&gt;</p>"));
    site.stop().await;
}

#[tokio::test]
async fn articles_are_for_editors() {
    let site = site().await;
    for (mut browser, status) in [(site.browser(), 401), (site.signed_in("agent").await, 403)] {
        for (method, path) in [
            ("GET", "/api/articles"),
            ("GET", "/api/articles/shipping-fee"),
            ("POST", "/api/articles"),
            ("PUT", "/api/articles/shipping-fee"),
            ("DELETE", "/api/articles/shipping-fee?version=1"),
            ("POST", "/api/articles/shipping-fee/restore"),
            ("POST", "/api/preview"),
        ] {
            let answer = match method {
                "GET" => browser.get(path).await,
                _ => browser.change(method, path, with(draft(true), "version", json!(1))).await,
            };
            assert_eq!(answer.status, status, "{method} {path}");
        }
    }
    site.stop().await;
}
