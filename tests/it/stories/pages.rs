//! What browsers get: pages with their policies, files with their tags, errors in one form.

use serde_json::{Value, json};

use crate::harness::House;

#[tokio::test(flavor = "multi_thread")]
async fn every_page_has_its_policy() {
    let house = House::open_with(&[("allowed_origins", "https://shop.example.com")]).await;
    for path in ["/demo/", "/console/", "/widget/chat?inbox=shop&lang=en", "/healthz", "/api/nothing", "/nothing"] {
        let answer = house.get(path).await;
        let csp = answer.header("content-security-policy").unwrap_or_else(|| panic!("{path} has no policy"));
        assert!(csp.contains("script-src 'self'") && !csp.contains("unsafe"), "{path}: {csp}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert!(answer.header("referrer-policy").is_some() && answer.header("permissions-policy").is_some(), "{path}");
        if path.starts_with("/widget/chat") {
            assert!(csp.ends_with("frame-ancestors 'self' https://shop.example.com"), "{csp}");
        } else {
            assert!(csp.ends_with("frame-ancestors 'none'"), "{path}: {csp}");
            assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{path}");
        }
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_served_with_type_and_tag_and_only_those() {
    let house = House::open().await;
    let launcher = house.get("/widget/warmline.js").await;
    assert_eq!(launcher.status, 200);
    assert_eq!(launcher.header("content-type"), Some("text/javascript; charset=utf-8"));
    assert_eq!(launcher.header("cross-origin-resource-policy"), Some("cross-origin"), "shops load it");
    let tag = launcher.header("etag").expect("a tag").to_owned();
    let again = house.request("GET", "/widget/warmline.js", &[("If-None-Match", &tag)], "").await;
    assert_eq!(again.status, 304);
    let packed = house.request("GET", "/widget/warmline.js", &[("Accept-Encoding", "gzip")], "").await;
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert_eq!(house.get("/").await.header("location"), Some("/demo/"));
    for path in ["/widget/package.json", "/widget/../Cargo.toml", "/common/%2e%2e/Cargo.toml", "/console/.hidden"] {
        assert_eq!(house.get(path).await.status, 404, "{path}");
    }
    assert_eq!(house.get("/widget/chat?inbox=other").await.status, 404);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_of_the_interface_have_one_form() {
    let house = House::open().await;
    let csrf = ("X-Warmline-CSRF", "1");
    let json_type = ("Content-Type", "application/json");
    for (method, path, headers, body, status) in [
        ("GET", "/api/nothing", vec![], "", 404),
        ("PUT", "/api/widget/config", vec![csrf], "", 405),
        ("GET", "/api/conversations?view=all", vec![], "", 401),
        ("POST", "/api/session/ticket", vec![csrf], "", 401),
        ("POST", "/api/widget/session", vec![json_type], "{", 400),
        ("POST", "/api/widget/session", vec![json_type], r#"{"inbox":"shop","lang":"tlh"}"#, 400),
        ("POST", "/api/widget/session", vec![json_type], r#"{"inbox":"other","lang":"en"}"#, 404),
        ("POST", "/api/session", vec![csrf, json_type], r#"{"mail":"maya@perchwood.example","password":"wrong"}"#, 401),
    ] {
        let answer = house.request(method, path, &headers, body).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.body);
        let error: Value = serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{path}: {}", answer.body));
        assert!(error["error"]["code"].is_string() && error["error"]["message"].is_string(), "{path}: {error}");
    }
    let large = json!({"inbox": "shop", "lang": "en", "token": "x".repeat(600_000)}).to_string();
    assert_eq!(house.request("POST", "/api/widget/session", &[json_type], &large).await.status, 413);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_see_health_and_figures_and_nothing_personal() {
    let house = House::open().await;
    let mut ann = house.shopper("en").await;
    ann.says("My mail is canary-7f3a@example.com, how much is shipping?").await;
    assert_eq!(house.get("/healthz").await.status, 200);
    assert_eq!(house.get("/readyz").await.status, 200);
    let metrics = house.get("/metrics").await;
    assert_eq!(metrics.status, 200);
    for name in ["warmline_connections{role=\"shopper\"} 1", "warmline_turns_total", "warmline_turn_seconds_bucket"] {
        assert!(metrics.body.contains(name), "{name} is missing in\n{}", metrics.body);
    }
    assert!(!metrics.body.contains("canary") && !metrics.body.contains(&ann.conv));
    let forwarded = house.request("GET", "/metrics", &[("X-Forwarded-For", "203.0.113.9")], "").await;
    assert_eq!(forwarded.status, 403, "through a proxy only with a token");
    house.close().await;
}
