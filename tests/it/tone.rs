//! The tone coach on agents' sentences written for it (tests/data/tone.jsonl), and beside a conversation.

use serde::Deserialize;
use serde_json::json;
use warmline::{
    domain::{Lang, Tone},
    service::coach,
};

use crate::{
    answers::{mind, rows},
    harness::House,
    rest::Browser,
};

#[derive(Deserialize)]
struct Row {
    text: String,
    tone: Option<Tone>,
    lang: Lang,
    after: Option<String>,
}

#[test]
fn nine_in_ten_unkind_replies_are_flagged_and_hardly_a_kind_one() {
    let (mind, rows) = (mind(), rows::<Row>("tone.jsonl"));
    let (bad, good): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.tone.is_some());
    assert!(bad.len() >= 120 && good.len() >= 240);
    let heard = |row: &Row| coach::hear(&mind, &row.text, row.after.as_deref(), row.lang);
    let missed: Vec<&str> = bad.iter().filter(|row| heard(row).is_none()).map(|row| row.text.as_str()).collect();
    let alarms: Vec<String> = good
        .iter()
        .filter_map(|row| heard(row).map(|found| format!("{} ({}: {:?})", row.text, found.tone.as_str(), found.said)))
        .collect();
    assert!(missed.len() * 10 <= bad.len(), "{} of {} missed: {missed:#?}", missed.len(), bad.len());
    assert!(alarms.len() * 100 <= 3 * good.len(), "{} of {} flagged: {alarms:#?}", alarms.len(), good.len());
    let named = bad.iter().filter(|row| heard(row).map(|found| found.tone) == row.tone).count();
    assert!(named * 4 >= 3 * bad.len(), "the right kind is said of {named} of {}", bad.len());
}

#[tokio::test]
async fn a_reply_is_heard_as_the_answer_to_what_the_shopper_said_and_may_be_sent_all_the_same() {
    let house = House::open().await;
    let mut ann = house.shopper("en").await;
    ann.says("a person please, the glasses arrived smashed to bits!!").await;
    let mut maya = house.agent("Maya").await;
    maya.opens(&ann).await;
    maya.takes(&ann).await.expect("free");
    let mut browser = Browser::new(&house);
    browser.cookie = Some(maya.cookie.clone());
    let asked = json!({"conv": ann.conv, "text": "Send me a photo."});
    let heard = browser.post("/api/coach", asked).await.body;
    assert_eq!(heard["tone"]["tone"], "no_apology", "{heard}");
    let better = heard["tone"]["better"].as_str().expect("a better sentence").to_owned();
    assert!(better.ends_with("Send me a photo."), "{better}");
    let heard = browser.post("/api/coach", json!({"conv": ann.conv, "text": better})).await.body;
    assert!(heard["tone"].is_null(), "what is offered is not flagged itself: {heard}");
    assert_eq!(browser.post("/api/coach", json!({"conv": "none", "text": "hi"})).await.status, 404);

    let epoch = maya.epoch(&ann);
    let body = json!({"do": "message", "text": "Send me a photo.", "epoch": epoch, "despite": "no_apology"});
    let cid = maya.sends(&ann, body).await;
    let seq = maya.outcome(&cid).await.expect("sent");
    assert_eq!(maya.log(&ann)[&seq]["despite"], "no_apology", "kept with the message");
    ann.hears("Send me a photo.").await;
    let told = serde_json::to_string(&ann.log).expect("JSON");
    assert!(!told.contains("despite"), "shoppers are not told: {told}");
    house.close().await;
}
