//! The help centre as a visitor's browser and a search engine get it, without JavaScript.

use std::collections::BTreeSet;

use serde_json::json;
use warmline::{cli::http::Answer, store::outcomes};

use super::validity::{self, Page, hold_to_schema};
use crate::{harness::House, rest::Browser};

/// What a page may weigh without pictures, before it is compressed.
const MOST_BYTES: usize = 30 * 1024;

async fn page(house: &House, path: &str) -> Page {
    let answer = house.get(path).await;
    assert_eq!(answer.status, 200, "{path}");
    read(path, &answer)
}

fn read(path: &str, answer: &Answer) -> Page {
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
    assert!(answer.body.len() <= MOST_BYTES, "{path} has {} bytes", answer.body.len());
    let page = validity::read(&answer.body);
    assert!(page.mistakes.is_empty(), "{path}: {:?}", page.mistakes);
    page
}

fn links(page: &Page) -> BTreeSet<String> {
    let ours = page.all("a").map(|a| a.get("href")).filter(|href| href.starts_with("/help"));
    ours.map(|href| href.split('#').next().unwrap_or_default().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_valid_small_and_leads_on() {
    let house = House::open_with(&[("public_url", "https://help.shop.example")]).await;
    let maps = house.get("/sitemap.xml").await;
    assert!(maps.body.contains("<loc>https://help.shop.example/help/zh-Hans/sitemap.xml</loc>"), "{}", maps.body);
    assert!(house.get("/robots.txt").await.body.contains("Sitemap: https://help.shop.example/sitemap.xml"));
    let mut alone = 0;
    for lang in ["zh-Hant", "zh-Hans", "en"] {
        let home = page(&house, &format!("/help/{lang}")).await;
        assert_eq!(home.one("html").get("lang"), lang);
        let topics: Vec<_> = links(&home).into_iter().filter(|link| link.contains("/topics/")).collect();
        assert!(topics.len() >= 10, "{topics:?}");
        for topic in &topics {
            let found = page(&house, topic).await;
            found.data().iter().for_each(hold_to_schema);
            assert!(links(&found).iter().any(|link| link.contains("/articles/")), "{topic}");
        }
        let map = house.get(&format!("/help/{lang}/sitemap.xml")).await.body;
        let articles: Vec<_> = map
            .split("<loc>https://help.shop.example")
            .filter_map(|part| part.split("</loc>").next())
            .filter(|path| path.contains("/articles/"))
            .collect();
        assert!(articles.len() >= 60, "{}", articles.len());
        let addresses = map.matches("<url>").count();
        assert_eq!(map.matches("</loc><lastmod>20").count(), addresses, "each says when it was last changed");
        for path in articles.iter().step_by(9) {
            let article = page(&house, path).await;
            assert_eq!(article.link("canonical"), Some(&*format!("https://help.shop.example{path}")));
            let others: Vec<_> = article.all("link").filter(|link| link.get("rel") == "alternate").collect();
            assert_eq!(others.len(), 4, "three languages and the default: {path}");
            let data = article.data();
            data.iter().for_each(hold_to_schema);
            assert_eq!(
                data.iter().map(|data| data["@type"].as_str().unwrap()).collect::<Vec<_>>(),
                ["FAQPage", "BreadcrumbList"]
            );
            assert_eq!(data[0]["mainEntity"][0]["name"].as_str(), Some(article.one("h1").text.as_str()));
            let graph: Vec<_> = article.all("meta").map(|meta| meta.get("property")).collect();
            for property in ["og:title", "og:type", "og:url", "og:description", "og:locale", "og:image"] {
                assert!(graph.contains(&property), "{property}: {path}");
            }
            alone += usize::from(!article.all("section").any(|section| section.get("class") == "related"));
        }
    }
    assert!(alone <= 3, "{alone} articles have nothing related");
    // What stands beside a shared link is of a kind that every service shows.
    let shared = page(&house, "/help/en").await;
    let picture =
        shared.all("meta").find(|meta| meta.get("property") == "og:image").map(|meta| meta.get("content").to_owned());
    let picture = picture.expect("a picture");
    let path = picture.strip_prefix("https://help.shop.example").expect("whole");
    assert_eq!(house.get(path).await.header("content-type"), Some("image/png"), "{path}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_in_another_spelling_leads_to_the_page() {
    let house = House::open().await;
    for (asked, leads) in [
        ("/help/en/", "/help/en"),
        ("/help/zh-TW", "/help/zh-Hant"),
        ("/help/zh-CN", "/help/zh-Hans"),
        ("/help/zh", "/help/zh-Hans"),
        ("/help/zh-TW/", "/help/zh-TW"),
        ("/help/en/articles/gift-card/", "/help/en/articles/gift-card"),
        ("/help/zh-tw/articles/gift-card", "/help/zh-Hant/articles/gift-card"),
        ("/help/zh-tw/topics/delivery?page=2", "/help/zh-Hant/topics/delivery?page=2"),
    ] {
        let answer = house.get(asked).await;
        assert_eq!((answer.status, answer.header("location")), (308, Some(leads)), "{asked}");
    }
    for nowhere in ["/help/fr", "/help/fr/", "/help//en.example/", "/help/en/nothing"] {
        assert_eq!(house.get(nowhere).await.status, 404, "{nowhere}");
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publish_is_on_the_pages_at_once_and_what_is_over_is_gone() {
    let house = House::open().await;
    let mut iris = Browser::signed_in(&house, "editor").await;
    let path = "/help/en/articles/shipping-fee";
    let before = house.get(path).await;
    let tag = before.header("etag").expect("a tag").to_owned();
    assert_eq!(before.header("cache-control"), Some("public, no-cache"));
    let known = [("If-None-Match", tag.as_str())];
    let again = house.request("GET", path, &known, "").await;
    assert_eq!((again.status, again.body.as_str()), (304, ""));

    let mut change = iris.get("/api/articles/shipping-fee").await.body;
    change["publish"] = json!(true);
    change["texts"]["en"]["title"] = json!("Postage <b>\"&</script>");
    change["texts"]["en"]["body"] = json!("Free **this week**. </script><script>alert(1)</script>");
    let saved = iris.change("PUT", "/api/articles/shipping-fee", change.clone()).await;
    assert_eq!(saved.status, 200, "{}", saved.body);
    let after = house.request("GET", path, &known, "").await;
    assert_eq!(after.status, 200);
    let article = read(path, &after);
    assert_eq!(article.one("h1").text, "Postage <b>\"&</script>");
    article.data().iter().for_each(hold_to_schema);
    let home = house.get("/help/en/topics/delivery").await;
    assert!(read("topic", &home).all("a").any(|a| a.text == "Postage <b>\"&</script>"));

    change["version"] = saved.body["version"].clone();
    change["texts"].as_object_mut().expect("texts").remove("zh-Hans");
    let saved = iris.change("PUT", "/api/articles/shipping-fee", change.clone()).await;
    let moved = house.get("/help/zh-Hans/articles/shipping-fee").await;
    assert_eq!((moved.status, moved.header("location")), (307, Some("/help/zh-Hant/articles/shipping-fee")));

    change["version"] = saved.body["version"].clone();
    change["valid_until"] = json!("2020-01-01");
    let saved = iris.change("PUT", "/api/articles/shipping-fee", change).await;
    assert_eq!(house.get(path).await.status, 410, "over");
    let version = &saved.body["version"];
    iris.change("DELETE", &format!("/api/articles/shipping-fee?version={version}"), json!({})).await;
    let gone = house.get(path).await;
    assert_eq!(gone.status, 410, "archived");
    assert!(read(path, &gone).one("h1").text.contains("taken down"));
    iris.post("/api/articles/shipping-fee/restore", json!({})).await;
    assert_eq!(house.get(path).await.status, 404, "a draft is nobody's business");
    for path in [
        "/help/en/articles/nothing",
        "/help/tlh",
        "/help/en/topics/nothing",
        "/help/en/a/b/c",
        "/help/en/topics/delivery?page=9",
    ] {
        let missing = house.get(path).await;
        assert_eq!(missing.status, 404, "{path}");
        assert!(read(path, &missing).all("meta").any(|meta| meta.get("content") == "noindex"), "{path}");
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_readers_say_counts_once_each_and_needs_no_script() {
    let house = House::open_with(&[("rate_limits", "on")]).await;
    let path = "/help/en/articles/return-window";
    let form = page(&house, path).await;
    let action = form.all("form").find(|form| form.get("method") == "post").expect("a form").get("action").to_owned();
    let (own, form_type) = (format!("http://{}", house.address), ("Content-Type", "application/x-www-form-urlencoded"));
    let origin = ("Origin", own.as_str());
    let first = house.request("POST", &action, &[form_type, origin], "helped=yes").await;
    assert_eq!((first.status, first.header("location")), (303, Some(&*format!("{path}?said=yes#said"))));
    let cookie = first.header("set-cookie").expect("a cookie").split(';').next().unwrap_or_default().to_owned();
    let thanks = page(&house, &format!("{path}?said=yes")).await;
    assert!(thanks.all("form").all(|form| form.get("method") != "post"), "answered");

    let said = async || {
        let all = outcomes::summary(&house.app.store, 0).await.expect("the database is there");
        let of: Vec<_> = all.into_iter().filter(|one| one.article == "return-window").collect();
        (of.iter().map(|one| one.helped).sum::<i64>(), of.iter().map(|one| one.not_helped).sum::<i64>())
    };
    assert_eq!(said().await, (1, 0));
    house.request("POST", &action, &[form_type, origin, ("Cookie", &cookie)], "helped=no").await;
    assert_eq!(said().await, (0, 1), "the same reader, who thought again");
    let foreign = [form_type, ("Origin", "https://evil.example"), ("Cookie", &cookie)];
    assert_eq!(house.request("POST", &action, &foreign, "helped=yes").await.status, 403);
    assert_eq!(house.request("POST", &action, &[form_type, origin], "helped=maybe").await.status, 400);
    let nobody = "/help/en/articles/nothing/verdict";
    assert_eq!(house.request("POST", nobody, &[form_type, origin], "helped=yes").await.status, 404);
    let mut last = String::new();
    for _ in 0..25 {
        let answer = house.request("POST", &action, &[form_type, origin], "helped=no").await;
        last = answer.header("location").unwrap_or_default().to_owned();
    }
    assert!(last.ends_with("?said=often#said"), "{last}");
    let (helped, not_helped) = said().await;
    assert!(helped == 0 && not_helped <= 20, "{not_helped}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_search_finds_across_scripts_and_says_what_it_was_asked() {
    let house = House::open().await;
    let found = page(&house, "/help/zh-Hant/search?q=%E9%82%AE%E8%B4%B9%E5%A4%9A%E5%B0%91").await;
    assert!(links(&found).contains("/help/zh-Hant/articles/shipping-fee"), "{:?}", links(&found));
    assert!(found.all("meta").any(|meta| meta.get("content") == "noindex"));
    let hostile = page(&house, "/help/en/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").await;
    let field = hostile.all("input").find(|field| field.get("name") == "q").expect("a field");
    assert_eq!(field.get("value"), "\"><script>alert(1)</script>");
    for nonsense in ["zzzqqq", "asdf+qwer", "%E4%BB%8A%E5%A4%A9%E5%A4%A9%E6%B0%94%E6%80%8E%E4%B9%88%E6%A0%B7"] {
        let nothing = house.get(&format!("/help/en/search?q={nonsense}")).await;
        assert!(nothing.body.contains("Nothing found for"), "{nonsense}");
    }
    let cut_off = house.get("/help/en/suggest?q=shippi").await;
    assert!(cut_off.body.contains("/help/en/articles/shipping-fee"), "{}", cut_off.body);
    let typed = house.get("/help/en/suggest?q=how+much+is+postage").await;
    let typed: serde_json::Value = serde_json::from_str(&typed.body).expect("JSON");
    assert_eq!(typed["found"][0]["href"], "/help/en/articles/shipping-fee", "{typed}");
    page(&house, "/help/en/search").await;

    let chosen = house.request("GET", "/help", &[("Accept-Language", "fr, en;q=0.7, zh-CN;q=0.9")], "").await;
    assert_eq!((chosen.status, chosen.header("location")), (307, Some("/help/zh-Hans")));
    assert_eq!(house.get("/help/").await.header("location"), Some("/help/zh-Hant"));
    let home = page(&house, "/help/en").await;
    let style = house.get(home.link("stylesheet").expect("a style sheet")).await;
    assert_eq!(style.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert!(style.body.contains("--accent:#b5441b") && style.body.len() < 12_000, "{}", style.body.len());
    let views = || house.request("GET", "/help/en/articles/shipping-fee", &[("Sec-Fetch-Dest", "document")], "");
    views().await;
    views().await;
    assert_eq!(house.app.pages.take_views().get("shipping-fee"), Some(&2));
    house.close().await;
}
