//! A shopper shows what broke, an agent shows how it is mended: over HTTP and the socket, private on the way and after.

use serde_json::{Value, json};
use warmline::{cli::http::Answer, clock::Clock, domain::Role, service::attachments};

use crate::harness::{Agent, House, Shopper};

/// A WebP of 2 by 3, every byte of it a letter of UTF-8, that says where it was taken.
const PHOTO: &str = "RIFF\u{42}\0\0\0WEBPVP8X\u{0a}\0\0\0\u{0c}\0\0\0\u{01}\0\0\u{02}\0\0VP8L\u{05}\0\0\0/\u{01}\0\0\0\0EXIF\u{16}\0\0\0GPS 25.0330N 121.5654E";

async fn uploads(house: &House, token: &str, body: &str) -> Answer {
    let authorization = format!("Bearer {token}");
    let headers = [("Authorization", authorization.as_str()), ("Content-Type", "image/webp")];
    house.request("POST", "/api/widget/files", &headers, body).await
}

async fn uploaded(house: &House, shopper: &Shopper) -> Value {
    let answer = uploads(house, &shopper.token, PHOTO).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    serde_json::from_str(&answer.body).expect("JSON")
}

async fn agent_uploads(house: &House, agent: &Agent, shopper: &Shopper, body: &str) -> Answer {
    let headers = [("Cookie", agent.cookie.as_str()), ("X-Warmline-CSRF", "1"), ("Content-Type", "text/plain")];
    let path = format!("/api/conversations/{}/files?name=..%2FHow%20to.pdf", shopper.conv);
    house.request("POST", &path, &headers, body).await
}

async fn fetches(house: &House, token: &str, id: &Value) -> Answer {
    let path = format!("/api/widget/files/{}", id.as_str().expect("an id"));
    house.request("GET", &path, &[("Authorization", &format!("Bearer {token}"))], "").await
}

async fn staff_fetches(house: &House, cookie: &str, shopper: &Shopper, id: &Value) -> Answer {
    let path = format!("/api/conversations/{}/files/{}", shopper.conv, id.as_str().expect("an id"));
    house.request("GET", &path, &[("Cookie", cookie)], "").await
}

fn message(text: &str, files: &[&Value]) -> Value {
    json!({"do": "message", "text": text, "files": files})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photograph_reaches_the_agent_and_nobody_else() {
    let house = House::open().await;
    let (mut maya, mut ann) = (house.agent("Maya").await, house.shopper("en").await);
    let (ben, editor) = (house.shopper("en").await, house.staff("Iris", Role::Editor).await);
    let file = uploaded(&house, &ann).await;
    assert_eq!((&file["type"], &file["width"], &file["height"]), (&json!("image/webp"), &json!(2), &json!(3)));
    let id = &file["id"];
    assert_eq!(staff_fetches(&house, &maya.cookie, &ann, id).await.status, 404, "not sent yet");

    let cid = ann.sends(message("", &[id])).await;
    let (seq, _) = ann.waits_for_ack(&cid).await;
    assert_eq!(ann.log[&seq]["files"], json!([file]));
    let told = ann.hears("can't see pictures").await;
    assert_eq!(told["buttons"][1]["choice"]["do"], "human");
    ann.presses("human").await;
    ann.hears_of_a_handoff().await;
    maya.opens(&ann).await;
    let handoff = maya.log(&ann).values().find(|item| item["kind"] == "handoff").cloned().expect("a handoff");
    assert_eq!(handoff["brief"]["pictures"], 1);
    assert_eq!(maya.log(&ann)[&seq]["files"], json!([file]));

    for shown in [fetches(&house, &ann.token, id).await, staff_fetches(&house, &maya.cookie, &ann, id).await] {
        assert_eq!((shown.status, shown.header("content-type")), (200, Some("image/webp")));
        assert!(shown.body.contains("VP8L") && !shown.body.contains("GPS"), "where it was taken is gone");
        assert_eq!(shown.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(shown.header("content-security-policy"), Some("default-src 'none'; sandbox"));
        assert_eq!(shown.header("content-disposition"), Some("inline"));
        assert!(shown.header("cache-control").is_some_and(|cache| cache.starts_with("private")));
    }
    assert_eq!(fetches(&house, &ben.token, id).await.status, 404);
    assert_eq!(fetches(&house, "nobody", id).await.status, 401);
    assert_eq!(staff_fetches(&house, &editor, &ann, id).await.status, 403);
    assert_eq!(staff_fetches(&house, &maya.cookie, &ben, id).await.status, 404, "of another conversation");
    let path = format!("/api/widget/files/{}", id.as_str().expect("an id"));
    assert_eq!(house.get(&path).await.status, 401);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_picture_is_too_large_or_somebody_elses_is_refused() {
    let house = House::open().await;
    let (mut ann, mut ben) = (house.shopper("en").await, house.shopper("en").await);
    for (body, status, code) in [
        ("<html><script>alert(1)</script></html>".to_owned(), 422, "file_wrong_kind"),
        ("%PDF-1.7".to_owned(), 422, "file_wrong_kind"),
        (PHOTO[..40].to_owned(), 422, "file_broken"),
        ("R".repeat(5 * 1024 * 1024), 413, "file_too_large"),
        ("R".repeat(9 * 1024 * 1024), 413, "file_too_large"),
    ] {
        let answer = uploads(&house, &ann.token, &body).await;
        assert_eq!(answer.status, status, "{}", answer.body);
        assert!(answer.body.contains(code), "{}", answer.body);
    }
    let file = uploaded(&house, &ann).await;
    let many = [uploaded(&house, &ann).await, uploaded(&house, &ann).await, uploaded(&house, &ann).await];
    let all: Vec<&Value> = many.iter().chain([&file]).map(|file| &file["id"]).collect();
    ben.sends(message("mine", &[&file["id"]])).await;
    ben.is_refused("no_such_file").await;
    let unknown = json!("no-such-id");
    for files in [vec![&unknown], vec![&file["id"], &file["id"]], [&all[..], &[&unknown]].concat()] {
        ann.sends(message("look", &files)).await;
        ann.is_refused("no_such_file").await;
    }
    let cid = ann.sends(message("all four", &all)).await;
    let (seq, _) = ann.waits_for_ack(&cid).await;
    assert_eq!(ann.log[&seq]["files"].as_array().map(Vec::len), Some(4));
    ann.sends_as(&cid, message("all four", &all)).await;
    assert_eq!(ann.waits_for_repetition(&cid).await, seq, "sent again, it is there once");
    ann.sends(message("again", &all[..1])).await;
    ann.is_refused("no_such_file").await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn so_many_at_once_and_so_many_in_a_conversation_are_taken_and_no_more() {
    let house = House::open().await;
    let (ann, ben) = (house.shopper("en").await, house.shopper("en").await);
    let mut taken = 0;
    let refused = loop {
        match uploads(&house, &ann.token, PHOTO).await {
            answer if answer.status == 201 && taken < 30 => taken += 1,
            answer => break answer,
        }
    };
    assert_eq!((taken, refused.status), (20, 429), "{}", refused.body);
    assert!(refused.header("retry-after").is_some());
    uploaded(&house, &ben).await;
    house.close().await;

    let house = House::open_with(&[("rate_limits", "off")]).await;
    let ann = house.shopper("en").await;
    for _ in 0..60 {
        uploaded(&house, &ann).await;
    }
    let full = uploads(&house, &ann.token, PHOTO).await;
    assert_eq!((full.status, full.body.contains("too_many_files")), (409, true), "{}", full.body);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_answers_with_a_picture_and_a_document_and_both_can_be_taken_out() {
    let house = House::open().await;
    let (mut maya, mut omar) = (house.agent("Maya").await, house.agent("Omar").await);
    let mut ann = house.shopper("en").await;
    ann.says("I want to talk to a person").await;
    ann.hears_of_a_handoff().await;
    maya.opens(&ann).await;
    omar.opens(&ann).await;
    maya.takes(&ann).await.expect("free");
    let document = agent_uploads(&house, &maya, &ann, "%PDF-1.7 how to mend it").await;
    assert_eq!(document.status, 201, "{}", document.body);
    let document: Value = serde_json::from_str(&document.body).expect("JSON");
    assert_eq!((&document["name"], &document["type"]), (&json!("How to.pdf"), &json!("application/pdf")));
    let picture: Value = serde_json::from_str(&agent_uploads(&house, &maya, &ann, PHOTO).await.body).expect("JSON");
    let reply = |files: &[&Value]| json!({"do": "message", "text": "", "epoch": 1, "files": files});
    let cid = omar.sends(&ann, reply(&[&document["id"]])).await;
    assert_eq!(omar.outcome(&cid).await.expect_err("hers")["code"], "no_such_file");
    let cid = maya.sends(&ann, reply(&[&document["id"], &picture["id"]])).await;
    let seq = maya.outcome(&cid).await.expect("she has it");
    maya.sends_as(&cid, &ann, reply(&[&document["id"], &picture["id"]])).await;
    assert_eq!(maya.outcome(&cid).await, Ok(seq), "with somebody at it, too");
    ann.hears_that("the files", |item| item["files"].as_array().is_some_and(|files| files.len() == 2)).await;
    let saved = fetches(&house, &ann.token, &document["id"]).await;
    assert_eq!(saved.header("content-disposition"), Some("attachment; filename*=UTF-8''How%20to.pdf"));
    // What a shopper shows to a person is delivered, and nobody comments on it.
    let shown = uploaded(&house, &ann).await;
    let cid = ann.sends(message("", &[&shown["id"]])).await;
    let (photo, _) = ann.waits_for_ack(&cid).await;
    maya.reads_that(&ann, |item| item["files"] == json!([shown])).await;
    for taken_out in [seq, photo] {
        let cid = maya.sends(&ann, json!({"do": "redact", "seq": taken_out, "why": "a face"})).await;
        maya.outcome(&cid).await.expect("she has it");
    }
    for id in [&document["id"], &picture["id"], &shown["id"]] {
        assert_eq!(fetches(&house, &ann.token, id).await.status, 404);
    }
    ann.reloads().await;
    assert!(!format!("{:?}", ann.log).contains("image/webp"));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_uploaded_and_never_sent_is_removed_after_a_day() {
    let clock = Clock::manual(1_773_828_000_000);
    let house = House::open_at(clock.clone(), &[]).await;
    let mut ann = house.shopper("en").await;
    let (sent, unsent) = (uploaded(&house, &ann).await, uploaded(&house, &ann).await);
    let cid = ann.sends(message("", &[&sent["id"]])).await;
    ann.waits_for_ack(&cid).await;
    assert_eq!(attachments::forget_unsent(&house.app).await.expect("the database"), 0);
    clock.advance_ms(25 * 3_600_000);
    assert_eq!(attachments::forget_unsent(&house.app).await.expect("the database"), 1);
    assert_eq!(fetches(&house, &ann.token, &sent["id"]).await.status, 200);
    assert_eq!(fetches(&house, &ann.token, &unsent["id"]).await.status, 404);
    house.close().await;
}
