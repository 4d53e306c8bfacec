//! An editor's day: find, write, preview, publish, collide, archive, restore.

use serde_json::{Value, json};

use super::Browser;
use crate::harness::House;
use warmline::{
    domain::{Article, article::ArticleStatus},
    store::articles::{self, Saved},
};

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

async fn is_published(house: &House, id: &str) -> bool {
    let shelf = warmline::store::articles::all_published(&house.app.store).await.expect("the database is there");
    shelf.iter().any(|article| article.id == id)
}

#[tokio::test]
async fn an_article_is_written_published_archived_and_restored() {
    let house = House::open().await;
    let mut iris = Browser::signed_in(&house, "editor").await;
    let made = iris.post("/api/articles", with(draft(false), "id", json!("pets"))).await;
    assert_eq!((made.status, &made.body["status"], &made.body["version"]), (201, &json!("draft"), &json!(1)));
    assert!(!is_published(&house, "pets").await);

    let published = iris.change("PUT", "/api/articles/pets", with(draft(true), "version", json!(1))).await;
    assert_eq!((published.status, &published.body["status"]), (200, &json!("published")), "{}", published.body);
    assert_eq!(published.body["updated_by"], json!("Iris Wu"));
    assert!(is_published(&house, "pets").await);

    assert_eq!(iris.change("DELETE", "/api/articles/pets?version=1", json!({})).await.status, 409);
    let archived = iris.change("DELETE", "/api/articles/pets?version=2", json!({})).await;
    assert_eq!((archived.status, &archived.body["status"]), (200, &json!("archived")));
    assert!(!is_published(&house, "pets").await);
    let restored = iris.post("/api/articles/pets/restore", json!({})).await;
    assert_eq!((restored.status, &restored.body["status"]), (200, &json!("draft")));
    assert_eq!(iris.get("/api/articles/pets").await.body["texts"], draft(true)["texts"]);
    assert_eq!(iris.get("/api/articles/none").await.status, 404);
    house.close().await;
}

#[tokio::test]
async fn of_two_editors_the_second_gets_the_first_ones_article_and_keeps_their_own() {
    let house = House::open().await;
    let (mut iris, mut ted) = (Browser::signed_in(&house, "editor").await, Browser::signed_in(&house, "admin").await);
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
    house.close().await;
}

#[tokio::test]
async fn the_list_is_searched_in_either_script_and_filtered() {
    let house = House::open().await;
    let mut iris = Browser::signed_in(&house, "editor").await;
    let all = iris.get("/api/articles").await.body;
    assert!(all["articles"].as_array().expect("a list").len() >= 60);
    assert!(all["articles"][0]["titles"]["zh-Hant"].is_string() && all["articles"][0].get("texts").is_none());
    // 运费, in the other script than one of the titles.
    let found = iris.get("/api/articles?q=%E8%BF%90%E8%B4%B9&category=delivery&status=published").await.body;
    let ids: Vec<_> = found["articles"].as_array().expect("a list").iter().map(|article| &article["id"]).collect();
    assert!(ids.contains(&&json!("shipping-fee")), "{ids:?}");
    assert_eq!(iris.get("/api/articles?status=lost").await.status, 400);
    assert_eq!(iris.get("/api/articles?status=draft").await.body["articles"], json!([]));
    house.close().await;
}

#[tokio::test]
async fn the_list_comes_in_pages_sorted_on_the_server_and_follows_every_change() {
    let house = House::open().await;
    let mut iris = Browser::signed_in(&house, "editor").await;
    let ids = |list: &Value| -> Vec<String> {
        let rows = list["articles"].as_array().expect("a list");
        rows.iter().map(|row| row["id"].as_str().expect("an id").to_owned()).collect()
    };
    let whole = iris.get("/api/articles?sort=category&limit=1000").await.body;
    let (first, second) = (
        iris.get("/api/articles?sort=category&limit=5").await,
        iris.get("/api/articles?sort=category&limit=5&offset=5").await,
    );
    assert_eq!(ids(&whole)[..10], [ids(&first.body), ids(&second.body)].concat()[..]);
    assert_eq!(first.body["total"], json!(ids(&whole).len()));
    let backwards = iris.get("/api/articles?sort=category&descending=true&limit=1000").await.body;
    assert_eq!(ids(&backwards), ids(&whole).into_iter().rev().collect::<Vec<_>>());
    // A word that many answers have and one title.
    let mut named = with(draft(true), "id", json!("hammock-invoice"));
    named["texts"]["en"] =
        json!({"title": "Hammock invoice", "questions": ["hammock bill"], "body": "It comes by mail."});
    assert_eq!(iris.post("/api/articles", named).await.status, 201);
    let mut told = with(draft(true), "id", json!("hammock-care"));
    told["texts"]["en"] =
        json!({"title": "Care", "questions": ["hammock wash"], "body": "No invoice is needed for a hammock."});
    assert_eq!(iris.post("/api/articles", told).await.status, 201);
    let found = iris.get("/api/articles?q=HAMMOCK%20invoice").await.body;
    assert_eq!(ids(&found), ["hammock-invoice", "hammock-care"], "the older one, as its title says it");
    assert_eq!(iris.change("DELETE", "/api/articles/hammock-invoice?version=1", json!({})).await.status, 200);
    assert_eq!(ids(&iris.get("/api/articles?q=hammock%20invoice").await.body), ["hammock-care"]);
    assert_eq!(ids(&iris.get("/api/articles?q=hammock%20invoice&status=archived").await.body), ["hammock-invoice"]);
    house.close().await;
}

#[tokio::test]
async fn mistakes_are_told_in_the_form_and_html_is_harmless() {
    let house = House::open().await;
    let mut iris = Browser::signed_in(&house, "editor").await;
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
    house.close().await;
}

#[tokio::test]
async fn articles_are_for_editors() {
    let house = House::open().await;
    for (mut browser, status) in [(Browser::new(&house), 401), (Browser::signed_in(&house, "agent").await, 403)] {
        for (method, path) in [
            ("GET", "/api/articles"),
            ("GET", "/api/articles/shipping-fee"),
            ("GET", "/api/self-test"),
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
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publish_is_examined_and_nobody_waits_for_it() {
    let house = House::open().await;
    let mut iris = Browser::signed_in(&house, "editor").await;
    assert_eq!(iris.get("/api/self-test").await.body["last"], json!(null), "not before anything was published");
    // A small shop, so that the test ends soon.
    for Article { id, version, .. } in articles::all_published(&house.app.store).await.expect("articles") {
        if id != "shipping-fee" {
            let archived = ArticleStatus::Archived;
            let saved =
                articles::set_status(&house.app.store, id, version, archived, ("Iris Wu".to_owned(), String::new()), 0)
                    .await;
            assert!(matches!(saved, Ok(Saved::Done(_))));
        }
    }
    let mut twin = with(draft(true), "id", json!("pets"));
    twin["texts"]["zh-Hant"]["questions"] = json!(["帶寵物可以嗎", "門市能不能帶貓", "狗狗能進去嗎"]);
    assert_eq!(iris.post("/api/articles", twin).await.status, 201);
    assert_eq!(iris.post("/api/articles", with(draft(true), "id", json!("cats"))).await.status, 201);
    let test = iris.polls("/api/self-test", |body| body["is_current"] == json!(true)).await["last"].take();
    let too_few = test["too_few"].as_array().expect("a list");
    assert!(too_few.contains(&json!({"article": "cats", "lang": "zh-Hant", "questions": 1})), "{too_few:?}");
    let pair = |pair: &&Value| (&pair["article"], &pair["other"]) == (&json!("cats"), &json!("pets"));
    let mistaken = test["confusable"].as_array().expect("a list").iter().find(pair);
    assert_eq!(mistaken.map(|pair| &pair["phrasing"]), Some(&json!("貓可以進門市嗎？")), "{test}");
    assert!(test["asked"].as_u64() <= test["phrasings"].as_u64() && test["first"].as_u64() > Some(0), "{test}");
    house.close().await;
}
