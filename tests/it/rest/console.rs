//! What helps agents write, as their console asks for it: phrases, suggestions, promises.

use serde_json::json;
use warmline::{clock::Clock, domain::time::DAY_MS};

use super::Browser;
use crate::harness::House;

fn phrase(shortcut: &str, text: &str, shared: bool) -> serde_json::Value {
    json!({"shortcut": shortcut, "category": "greeting", "texts": {"en": text}, "shared": shared})
}

#[tokio::test]
async fn everybody_s_phrases_are_changed_by_editors_and_one_s_own_by_oneself() {
    let house = House::open().await;
    let mut maya = Browser::signed_in(&house, "agent").await;
    let mut ed = Browser::signed_in(&house, "editor").await;
    let listed = maya.get("/api/phrases").await.body;
    let shipped = listed["phrases"].as_array().expect("phrases").len();
    assert!(shipped >= 8, "a shop begins with some: {listed}");

    assert_eq!(maya.post("/api/phrases", phrase("x", "Hello", true)).await.status, 403);
    let wrong = maya.post("/api/phrases", phrase("two words", "Hello {name}", false)).await;
    assert_eq!((wrong.status, &wrong.body["problems"][0]["field"]), (422, &json!("shortcut")));
    let own = maya.post("/api/phrases", phrase("/mine", "Hello {contact}", false)).await;
    assert_eq!((own.status, &own.body["shortcut"]), (201, &json!("mine")), "{}", own.body);
    let path = format!("/api/phrases/{}", own.body["id"].as_str().expect("an id"));
    assert_eq!(ed.change("PUT", &path, json!({"version": 1, "shortcut": "x", "texts": {"en": "x"}})).await.status, 404);
    assert_eq!(ed.get("/api/phrases").await.body["phrases"].as_array().map(Vec::len), Some(shipped), "Maya's is hers");

    let change = json!({"version": 1, "shortcut": "mine", "texts": {"en": "Hi {contact}"}});
    assert_eq!(maya.change("PUT", &path, change.clone()).await.body["version"], 2);
    let late = maya.change("PUT", &path, change).await;
    assert_eq!((late.status, &late.body["current"]["version"]), (409, &json!(2)));
    assert_eq!(maya.post(&format!("{path}/use"), json!({})).await.status, 204);
    let listed = maya.get("/api/phrases").await.body;
    let mine = listed["phrases"].as_array().expect("phrases").iter().find(|phrase| phrase["shortcut"] == "mine");
    assert_eq!(mine.expect("listed")["own_uses"], 1);
    assert_eq!(maya.change("DELETE", &format!("{path}?version=2"), json!(null)).await.status, 204);

    let shared = ed.post("/api/phrases", phrase("all", "Hello all", true)).await;
    let path = format!("/api/phrases/{}", shared.body["id"].as_str().expect("an id"));
    assert_eq!(maya.change("DELETE", &format!("{path}?version=1"), json!(null)).await.status, 403);
    assert_eq!(Browser::new(&house).get("/api/phrases").await.status, 401);
    house.close().await;
}

#[tokio::test]
async fn what_fits_the_last_words_is_offered() {
    let house = House::open().await;
    let mut ann = house.shopper("en").await;
    ann.says("a person please").await;
    let mut maya = house.agent("Maya").await;
    maya.opens(&ann).await;
    maya.takes(&ann).await.expect("free");
    ann.says("how long do I have to send something back?").await;
    maya.reads(&ann, "send something back").await;
    let mut browser = Browser::new(&house);
    browser.cookie = Some(maya.cookie.clone());
    let path = format!("/api/conversations/{}/suggestions", ann.conv);
    let offered = browser.get(&path).await.body;
    assert_eq!(offered["articles"][0]["id"], "return-window", "{offered}");
    assert!(offered["articles"][0]["body"].as_str().is_some_and(|body| body.contains("7 days")), "{offered}");
    maya.says(&ann, "You have 7 days from the day it arrived.").await.expect("sent");
    let offered = browser.get(&path).await.body;
    assert_eq!(offered, json!({"articles": [], "phrases": []}), "nothing is open");
    house.close().await;
}

#[tokio::test]
async fn a_promise_is_remembered_until_it_is_kept() {
    // 14:00 in Taipei.
    let clock = Clock::manual(1_795_327_200_000);
    let house = House::open_at(clock.clone(), &[]).await;
    let mut ann = house.shopper("zh-Hant").await;
    ann.says("我要找真人客服").await;
    let mut maya = house.agent("Maya").await;
    maya.opens(&ann).await;
    maya.takes(&ann).await.expect("free");
    let mut browser = Browser::new(&house);
    browser.cookie = Some(maya.cookie.clone());
    maya.says(&ann, "我跟倉庫確認，今天 18:00 前回覆您。").await.expect("sent");
    let promises = browser.get("/api/promises").await.body["promises"].clone();
    assert_eq!(promises.as_array().map(Vec::len), Some(1), "{promises}");
    assert_eq!(
        (&promises[0]["conv"], &promises[0]["said"]),
        (&json!(ann.conv), &json!("我跟倉庫確認，今天 18:00 前回覆您。"))
    );
    let due_at = promises[0]["due_at"].as_i64().expect("a time");
    assert_eq!(due_at - clock.now_ms(), DAY_MS / 6, "in four hours");

    let thanks = maya.says(&ann, "謝謝您的耐性").await.expect("sent");
    assert_eq!(browser.get("/api/promises").await.body["promises"], promises, "that was not it yet");
    clock.advance_ms(DAY_MS / 360);
    let cid = maya.sends(&ann, json!({"do": "edit", "seq": thanks, "text": "謝謝您的耐心"})).await;
    maya.outcome(&cid).await.expect("her own");
    assert_eq!(browser.get("/api/promises").await.body["promises"], promises, "nor is a slip that is mended");
    maya.says(&ann, "還在查，請稍候").await.expect("sent");
    assert_eq!(browser.get("/api/promises").await.body["promises"], promises, "nor is asking for patience");
    clock.advance_ms(DAY_MS / 12);
    maya.says(&ann, "查到了，明天會送到").await.expect("sent");
    assert_eq!(browser.get("/api/promises").await.body["promises"], json!([]), "kept");

    maya.says(&ann, "明天上午再通知您結果").await.expect("sent");
    let promises = browser.get("/api/promises").await.body["promises"].clone();
    let path = format!("/api/promises/{}", promises[0]["id"].as_str().expect("an id"));
    assert_eq!(browser.change("DELETE", &path, json!(null)).await.status, 204);
    assert_eq!(browser.change("DELETE", &path, json!(null)).await.status, 404);
    house.close().await;
}

#[tokio::test]
async fn a_conversation_is_found_by_what_was_said_in_it_in_either_script() {
    let house = House::open().await;
    let mut ann = house.shopper("zh-Hant").await;
    ann.says("我的鵝頸壺壺嘴歪了，找真人客服").await;
    let mut maya = house.agent("Maya").await;
    maya.opens(&ann).await;
    maya.takes(&ann).await.expect("free");
    maya.notes(&ann, "called Kestrel's warehouse").await.expect("noted");
    maya.resolves(&ann).await.expect("closed");
    let mut browser = Browser::new(&house);
    browser.cookie = Some(maya.cookie.clone());
    let is_ann = |body: &serde_json::Value| body["rows"][0]["conv"] == json!(ann.conv);
    browser.polls("/api/conversations/search?q=%E9%B9%85%E9%A2%88%E5%A3%B6", is_ann).await;
    let found = browser.polls("/api/conversations/search?q=warehouses%20KESTREL", is_ann).await;
    assert_eq!(found["rows"][0]["status"], "closed");
    let none = browser.get("/api/conversations/search?q=%E9%B9%85%E5%98%B4").await.body;
    assert_eq!(none["rows"], json!([]), "characters that do not stand together");
    let none = browser.get("/api/conversations/search?q=kestrel&until=1").await.body;
    assert_eq!(none["rows"], json!([]));
    assert_eq!(browser.get("/api/conversations/search?q=...").await.body["rows"], json!([]), "nothing to look for");
    house.close().await;
}
