//! What is being written: seen as the page it would be, and held back while it cannot be tested.

use serde_json::json;
use sqlx::{AnyConnection, Connection};
use warmline::clock::Clock;

use super::{
    Browser,
    studio::{fields, small_house, small_house_at, with},
};
use crate::store::NOON;

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_tested_at_its_time_is_held_back_and_tried_again() {
    let clock = Clock::manual(NOON);
    let (_folder, house) = small_house_at(clock.clone()).await;
    let mut iris = Browser::signed_in(&house, "editor").await;
    let path = "/api/articles/hammocks/draft";
    iris.change("PUT", path, with(fields("general", "**Yes**."), json!({"version": 0, "revision": 0}))).await;
    let wish = json!({"revision": 1, "act": "schedule", "at": NOON + 1_000});
    assert_eq!(iris.post(path, wish).await.status, 200);
    // A test in a language of a newer Warmline, say: this one cannot ask it.
    let mut database = AnyConnection::connect(&house.app.settings.database_url.0).await.expect("the database");
    let strange = "INSERT INTO knowledge_test (id, question, lang, expects, target, made_at, made_by) \
                   VALUES ('strange', 'nuqneH', 'tlh', 'nothing', NULL, 0, 'Ann')";
    sqlx::raw_sql(strange).execute(&mut database).await.expect("a test");
    clock.advance_ms(2_000);
    let held = iris.polls("/api/articles/hammocks", |body| body["draft"]["stage"] == json!("held")).await;
    let draft = &held["draft"];
    assert_eq!((&held["version"], &draft["revision"]), (&json!(0), &json!(2)), "nobody wrote in it: {held}");
    assert!(
        draft["publish_at"].as_i64().is_some_and(|at| at > clock.now_ms()),
        "it says when it is tried again: {held}"
    );
    sqlx::raw_sql("DELETE FROM knowledge_test WHERE id = 'strange'").execute(&mut database).await.expect("gone");
    clock.advance_ms(61_000);
    iris.polls("/api/articles/hammocks", |body| body["status"] == json!("published")).await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_writes_on_in_a_draft_that_was_published_is_told_what_it_says_now() {
    let (_folder, house) = small_house().await;
    let mut iris = Browser::signed_in(&house, "editor").await;
    let path = "/api/articles/hammocks/draft";
    let typed = |version: i64, revision: i64| {
        with(fields("general", "**Yes**."), json!({"version": version, "revision": revision}))
    };
    assert_eq!(iris.change("PUT", path, typed(0, 0)).await.status, 200);
    let mut ted = Browser::signed_in(&house, "admin").await;
    let publish = with(typed(0, 1), json!({"publish": true}));
    assert_eq!(ted.change("PUT", "/api/articles/hammocks", publish).await.status, 200);
    let late = iris.change("PUT", path, typed(0, 1)).await;
    assert_eq!(
        (late.status, &late.body["current"]["version"], &late.body["current"]["status"]),
        (409, &json!(1), &json!("published"))
    );
    // What exists is not begun anew, not even when it is archived; from its own version on, it is.
    assert_eq!(iris.change("PUT", path, typed(0, 0)).await.body["current"]["version"], json!(1));
    assert_eq!(iris.change("DELETE", "/api/articles/hammocks?version=1", json!({})).await.status, 200);
    let taken = iris.change("PUT", path, typed(0, 0)).await;
    assert_eq!((taken.status, &taken.body["current"]["status"]), (409, &json!("archived")));
    assert_eq!(iris.get("/api/articles/hammocks").await.body["draft"], json!(null));
    assert_eq!(iris.change("PUT", path, typed(2, 0)).await.status, 200);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_seen_as_its_help_page_by_staff_and_by_nobody_else() {
    let (_folder, house) = small_house().await;
    let mut iris = Browser::signed_in(&house, "editor").await;
    let typed = with(fields("general", "**Yes**, <script>of canvas</script>."), json!({"version": 0, "revision": 0}));
    iris.change("PUT", "/api/articles/hammocks/draft", typed).await;
    let cookie = iris.cookie.clone().expect("signed in");
    let page = house.request("GET", "/api/articles/hammocks/page/en", &[("Cookie", &cookie)], "").await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(
        page.body.contains("<h1>Do you sell hammocks?</h1>") && page.body.contains("<strong>Yes</strong>"),
        "{}",
        page.body
    );
    assert!(!page.body.contains("<script>of"), "{}", page.body);
    assert_eq!((page.header("x-robots-tag"), page.header("cache-control")), (Some("noindex"), Some("no-store")));
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(policy.contains("frame-ancestors 'self'") && page.header("x-frame-options").is_none(), "{policy}");
    // A language it lacks, an article that is not there, somebody else.
    let missing = house.request("GET", "/api/articles/hammocks/page/zh-Hant", &[("Cookie", &cookie)], "").await;
    assert!(missing.status == 200 && !missing.body.contains("hammocks?"), "{}", missing.body);
    assert_eq!(iris.get("/api/articles/nothing/page/en").await.status, 404);
    assert_eq!(house.get("/api/articles/hammocks/page/en").await.status, 401);
    assert_eq!(house.get("/help/en/articles/hammocks").await.status, 404);
    // The page of a published article is the same, word for word.
    let shown = house.request("GET", "/api/articles/shipping-fee/page/en", &[("Cookie", &cookie)], "").await;
    assert_eq!(shown.body, house.get("/help/en/articles/shipping-fee").await.body);
    house.close().await;
}
