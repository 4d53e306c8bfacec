//! Signing in and out.

use serde_json::json;

use super::site;

#[tokio::test]
async fn staff_sign_in_are_known_and_sign_out() {
    let site = site().await;
    let mut maya = site.signed_in("agent").await;
    let me = maya.get("/api/session").await;
    assert_eq!((me.status, &me.body["agent"]["role"]), (200, &json!("agent")));
    let cookie = maya.cookie.clone();
    assert_eq!(maya.change("DELETE", "/api/session", json!({})).await.status, 204);
    assert_eq!(maya.cookie, None, "the browser forgets");
    maya.cookie = cookie;
    assert_eq!(maya.get("/api/session").await.status, 401, "and so does the server");
    site.stop().await;
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_for_scripts_and_other_sites() {
    let site = site().await;
    let who = warmline::service::seeds::demo_sign_ins(&site.app.store).await.expect("sign-ins").remove(0);
    let body = json!({"mail": who.mail, "password": who.password});
    let answer = site.browser().post("/api/session", body).await;
    let cookie = answer.head.lines().find(|line| line.starts_with("set-cookie")).expect("a cookie");
    for part in ["httponly", "samesite=strict", "path=/"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    assert!(!answer.body.to_string().contains("password"), "{}", answer.body);
    site.stop().await;
}

#[tokio::test]
async fn unknown_mail_and_wrong_password_have_one_answer() {
    let site = site().await;
    let mut answers = Vec::new();
    for mail in ["maya@perchwood.example", "nobody@perchwood.example", "", "maya@perchwood.example'--"] {
        let answer = site.browser().post("/api/session", json!({"mail": mail, "password": "wrong"})).await;
        answers.push((answer.status, answer.body));
    }
    assert_eq!(answers[0].0, 401);
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
    site.stop().await;
}

#[tokio::test]
async fn a_request_from_another_site_changes_nothing() {
    let site = site().await;
    let mut maya = site.signed_in("agent").await;
    for headers in [
        &[][..],
        &[("X-Warmline-CSRF", "1"), ("Origin", "https://evil.example")],
        &[("X-Warmline-CSRF", "1"), ("Origin", "null")],
        &[("X-Warmline-CSRF", "1"), ("Sec-Fetch-Site", "cross-site")],
        &[("X-Warmline-CSRF", "0")],
    ] {
        let answer = maya.send("DELETE", "/api/session", Some(json!({})), headers).await;
        assert_eq!(answer.status, 403, "{headers:?}");
    }
    assert_eq!(maya.get("/api/session").await.status, 200);
    site.stop().await;
}

#[tokio::test]
async fn a_session_lives_twelve_hours_after_its_last_use() {
    const HOUR_MS: i64 = 3_600_000;
    let site = site().await;
    let mut maya = site.signed_in("agent").await;
    for _ in 0..3 {
        site.app.clock.advance_ms(11 * HOUR_MS);
        assert_eq!(maya.get("/api/session").await.status, 200);
    }
    site.app.clock.advance_ms(12 * HOUR_MS);
    assert_eq!(maya.get("/api/session").await.status, 401);
    site.stop().await;
}

#[tokio::test]
async fn tickets_for_the_socket_are_for_the_desk() {
    let site = site().await;
    assert_eq!(site.browser().post("/api/session/ticket", json!({})).await.status, 401);
    assert_eq!(site.signed_in("editor").await.post("/api/session/ticket", json!({})).await.status, 403);
    let answer = site.signed_in("agent").await.post("/api/session/ticket", json!({})).await;
    assert_eq!(answer.body["ticket"].as_str().map(str::len), Some(43));
    site.stop().await;
}
