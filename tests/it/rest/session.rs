//! Signing in and out.

use serde_json::json;
use warmline::{clock::Clock, service::seeds};

use super::Browser;
use crate::harness::House;

#[tokio::test]
async fn staff_sign_in_are_known_and_sign_out() {
    let house = House::open().await;
    let mut maya = Browser::signed_in(&house, "agent").await;
    let me = maya.get("/api/session").await;
    assert_eq!((me.status, &me.body["agent"]["role"]), (200, &json!("agent")));
    let cookie = maya.cookie.clone();
    assert_eq!(maya.change("DELETE", "/api/session", json!({})).await.status, 204);
    assert_eq!(maya.cookie, None, "the browser forgets");
    maya.cookie = cookie;
    assert_eq!(maya.get("/api/session").await.status, 401, "and so does the server");
    house.close().await;
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_for_scripts_and_other_sites() {
    let house = House::open().await;
    let who = seeds::demo_sign_ins(&house.app.store).await.expect("sign-ins").remove(0);
    let body = json!({"mail": who.mail, "password": who.password});
    let answer = Browser::new(&house).post("/api/session", body).await;
    let cookie = answer.set_cookie.expect("a cookie");
    for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    assert!(!answer.body.to_string().contains("password"), "{}", answer.body);
    house.close().await;
}

#[tokio::test]
async fn unknown_mail_and_wrong_password_have_one_answer() {
    let house = House::open().await;
    let mut answers = Vec::new();
    for mail in ["maya@perchwood.example", "nobody@perchwood.example", "", "maya@perchwood.example'--"] {
        let answer = Browser::new(&house).post("/api/session", json!({"mail": mail, "password": "wrong"})).await;
        answers.push((answer.status, answer.body));
    }
    assert_eq!(answers[0].0, 401);
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
    house.close().await;
}

#[tokio::test]
async fn a_request_from_another_site_changes_nothing() {
    let house = House::open().await;
    let mut maya = Browser::signed_in(&house, "agent").await;
    for headers in [
        &[][..],
        &[("X-Warmline-CSRF", "1"), ("Origin", "https://evil.example")],
        &[("X-Warmline-CSRF", "1"), ("Origin", "null")],
        &[("X-Warmline-CSRF", "1"), ("Sec-Fetch-Site", "cross-site")],
        &[("X-Warmline-CSRF", "0")],
    ] {
        let answer = maya.send("DELETE", "/api/session", json!({}), headers).await;
        assert_eq!(answer.status, 403, "{headers:?}");
    }
    assert_eq!(maya.get("/api/session").await.status, 200);
    house.close().await;
}

#[tokio::test]
async fn a_session_lives_twelve_hours_after_its_last_use() {
    const HOUR_MS: i64 = 3_600_000;
    let house = House::open_at(Clock::manual(1_770_000_000_000), &[]).await;
    let mut maya = Browser::signed_in(&house, "agent").await;
    for _ in 0..3 {
        house.app.clock.advance_ms(11 * HOUR_MS);
        assert_eq!(maya.get("/api/session").await.status, 200);
    }
    house.app.clock.advance_ms(12 * HOUR_MS);
    assert_eq!(maya.get("/api/session").await.status, 401);
    house.close().await;
}

#[tokio::test]
async fn tickets_for_the_socket_are_for_the_desk() {
    let house = House::open().await;
    assert_eq!(Browser::new(&house).post("/api/session/ticket", json!({})).await.status, 401);
    assert_eq!(Browser::signed_in(&house, "editor").await.post("/api/session/ticket", json!({})).await.status, 403);
    let answer = Browser::signed_in(&house, "agent").await.post("/api/session/ticket", json!({})).await;
    assert_eq!(answer.body["ticket"].as_str().map(str::len), Some(43));
    house.close().await;
}
