//! Articles as a table: out, changed, looked at, applied.

use serde_json::json;

use super::Browser;
use crate::harness::House;

#[tokio::test(flavor = "multi_thread")]
async fn a_table_goes_out_and_comes_back_after_a_look_at_what_would_change() {
    let house = House::open().await;
    let mut iris = Browser::signed_in(&house, "editor").await;
    let cookie = iris.cookie.clone().expect("signed in");
    let table = house.request("GET", "/api/articles.csv", &[("Cookie", &cookie)], "").await;
    assert_eq!((table.status, table.header("content-type")), (200, Some("text/csv; charset=utf-8")));
    let send = |text: String, apply: bool| json!({"files": [{"name": "articles.csv", "text": text}], "apply": apply});
    let same = iris.post("/api/import", send(table.body.clone(), false)).await;
    assert_eq!((&same.body["added"], &same.body["changed"]), (&json!([]), &json!([])), "{}", same.body);
    assert!(same.body["unchanged"].as_i64().is_some_and(|n| n >= 60));

    let new = "id,lang,title,questions,category,body\numbrella,en,Can I borrow an umbrella?,\"umbrella lending\nrain cover\",general,Yes.\n";
    let dry = iris.post("/api/import", send(new.to_owned(), false)).await;
    assert_eq!(dry.body["added"], json!(["umbrella"]), "{}", dry.body);
    assert_eq!(iris.get("/api/articles/umbrella").await.status, 404, "a look changes nothing");
    assert_eq!(iris.post("/api/import", send(new.to_owned(), true)).await.status, 200);
    assert_eq!(house.get("/help/en/articles/umbrella").await.status, 200, "live at once");

    let wrong = iris.post("/api/import", send("id,lang,title,body,category\nX Y,en,T,b,c\n".into(), true)).await;
    assert_eq!((wrong.status, &wrong.body["error"]["code"]), (422, &json!("invalid")));
    assert!(
        wrong.body["mistakes"][0].as_str().is_some_and(|told| told.starts_with("articles.csv:2: ")),
        "{}",
        wrong.body
    );
    // Programs get English, pages its parts as well.
    let told = &wrong.body["problems"][0];
    assert_eq!((&told["path"], &told["line"]), (&json!("articles.csv"), &json!(2)), "{told}");
    let pattern = "The id can have small letters a to z, digits and dashes only, such as shipping-fee.";
    assert_eq!((&told["message"], &told["said"]["pattern"]), (&json!(pattern), &json!(pattern)));
    let wrong = "id,lang,title,body,category,valid_until\nx,en,T,b,general,soon\n";
    let told = iris.post("/api/import", send(wrong.to_owned(), true)).await.body["problems"][0]["said"].clone();
    let pattern = "{name} is a day such as 2026-01-31, not \"{text}\"";
    assert_eq!(told, json!({"pattern": pattern, "values": {"name": "valid_until", "text": "soon"}}));
    // A look at a large table does not read what it means, unless somebody wants the tests asked.
    let test = json!({"question": "umbrella lending", "lang": "en", "expects": "article", "target": "umbrella"});
    assert_eq!(iris.post("/api/knowledge-tests", test).await.status, 201);
    let rows: String = (0..501).map(|n| format!("bulk-{n},en,Row {n}?,Yes.,general\n")).collect();
    let large = send(format!("id,lang,title,body,category\n{rows}"), false);
    let dry = iris.post("/api/import", large.clone()).await.body;
    assert_eq!(
        (dry["added"].as_array().map(Vec::len), &dry["unread"], &dry["tests"]),
        (Some(501), &json!(501), &json!(null))
    );
    let mut asked = large;
    asked["with_tests"] = json!(true);
    let asked = iris.post("/api/import", asked).await.body;
    assert_eq!((&asked["unread"], &asked["tests"]["passed"]), (&json!(null), &json!(1)), "{asked}");
    let mut maya = Browser::signed_in(&house, "agent").await;
    assert_eq!(maya.post("/api/import", send(new.to_owned(), true)).await.status, 403);
    assert_eq!(maya.get("/api/articles.csv").await.status, 403);
    house.close().await;
}
