//! A picture's way: an editor adds it, shoppers and the help centre show it, and it goes into files and back.

use serde_json::{Value, json};
use warmline::{
    domain::Role,
    service::seeds::{self, Folders},
    store::pictures,
};

use crate::{
    harness::House,
    store::{NOON, fresh},
};

/// Two dots by three, as much of it as browsers need for its size; every byte is a letter of UTF-8.
const GIF: &str = "GIF89a\u{2}\0\u{3}\0\0\0\0;";

#[tokio::test]
async fn a_picture_is_added_shown_and_kept_in_files() {
    let house = House::open().await;
    let cookie = house.staff("Iris", Role::Editor).await;
    let headers = [("Cookie", cookie.as_str()), ("X-Warmline-CSRF", "1"), ("Content-Type", "image/gif")];
    let added = house.request("POST", "/api/pictures", &headers, GIF).await;
    assert_eq!(added.status, 201, "{}", added.body);
    let address: Value = serde_json::from_str(&added.body).expect("JSON");
    let address = address["address"].as_str().expect("an address").to_owned();
    assert!(address.starts_with("/pictures/") && address.ends_with("-2x3.gif"), "{address}");
    assert_eq!(house.request("POST", "/api/pictures", &headers, GIF).await.status, 201, "twice is once");

    let shown = house.get(&address).await;
    assert_eq!((shown.status, shown.header("content-type"), shown.body.as_str()), (200, Some("image/gif"), GIF));
    assert!(shown.header("cache-control").expect("a header").contains("immutable"));
    assert_eq!(shown.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(house.get("/pictures/nothing.png").await.status, 404);
    assert_eq!(house.get("/pictures/..%2Fwarmline.db").await.status, 404);

    let svg = house.request("POST", "/api/pictures", &headers, "<svg xmlns='http://www.w3.org/2000/svg'/>").await;
    assert_eq!(svg.status, 422);
    assert!(svg.body.contains("PNG, JPEG, WebP or GIF"), "{}", svg.body);
    assert_eq!(house.request("POST", "/api/pictures", &headers, &"G".repeat(600 * 1024)).await.status, 422);
    assert_eq!(house.request("POST", "/api/pictures", &headers[1..], GIF).await.status, 401);
    let agent = house.staff("Bo", Role::Agent).await;
    let of_agent = [("Cookie", agent.as_str()), headers[1], headers[2]];
    assert_eq!(house.request("POST", "/api/pictures", &of_agent, GIF).await.status, 403);

    let article = json!({
        "id": "hammock-knots", "category": "general", "products": [], "valid_from": null, "valid_until": null, "publish": true,
        "texts": {"en": {"title": "Which hammock knot?", "questions": ["hammock knot"], "body": format!("![The knot]({address})")}},
    });
    let as_json = [headers[0], headers[1], ("Content-Type", "application/json")];
    assert_eq!(house.request("POST", "/api/articles", &as_json, &article.to_string()).await.status, 201);
    let page = house.get("/help/en/articles/hammock-knots").await;
    assert!(page.body.contains(&format!("width=\"2\" height=\"3\" src=\"{address}\"")), "{}", page.body);
    let shared = "property=\"og:image\" content=\"http://";
    let image = page.body.split(shared).nth(1).and_then(|rest| rest.split('"').next());
    assert!(image.is_some_and(|image| image.ends_with(&address)), "{}", page.body);

    // Named by a published article, and but added: neither is anybody's to remove.
    assert_eq!(house.request("GET", "/api/pictures/unused", &headers[..1], "").await.body, r#"{"pictures":[]}"#);
    let wish = json!({"names": [address.trim_start_matches("/pictures/")]}).to_string();
    assert_eq!(house.request("DELETE", "/api/pictures/unused", &as_json, &wish).await.status, 403, "an admin's");

    let folder = tempfile::tempdir().expect("a folder");
    let folders = Folders::within(folder.path());
    seeds::export(&house.app.store, &folders).await.expect("an export");
    let file = folder.path().join("knowledge_base").join(address.trim_start_matches('/'));
    assert_eq!(std::fs::read(&file).expect("the picture"), GIF.as_bytes());
    let again = seeds::export(&house.app.store, &folders).await.expect("an export");
    assert_eq!(again.written, [] as [std::path::PathBuf; 0]);
    house.close().await;

    let read = seeds::read(&folders).expect("what was exported");
    let (store, name) = (fresh().await, address.trim_start_matches("/pictures/"));
    seeds::import(&store.store, &read, NOON).await.expect("an import");
    let kept = pictures::load(&store.store, name).await.expect("the database").expect("the picture");
    assert_eq!(kept.bytes, GIF.as_bytes());

    std::fs::write(file.with_file_name("broken.png"), "not a picture").expect("a file");
    let told = seeds::read(&folders).expect_err("a mistake").to_string();
    assert!(told.contains("broken.png") && told.contains("no picture that browsers show"), "{told}");
}
