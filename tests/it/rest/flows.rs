//! The flows as a form: what staff set is tried on practice conversations, and is what the bot does from then on.

use serde_json::{Value, json};

use super::{Browser, studio::small_house};
use crate::harness::House;

const PATH: &str = "playbook/flows.toml";

async fn content(iris: &mut Browser) -> Value {
    iris.get(&format!("/api/studio/file?path={PATH}")).await.body
}

/// The form with this setting, written into the text.
async fn filled(iris: &mut Browser, content: &Value, section: &str, name: &str, value: Value) -> Value {
    let read = iris.post("/api/studio/file/form", json!({"path": PATH, "content": content})).await.body;
    let mut form = read["form"].clone();
    form["settings"][section][name] = value;
    let written = json!({"path": PATH, "content": content, "form": form});
    iris.change("PUT", "/api/studio/file/form", written).await.body["content"].clone()
}

/// How often a shopper who has no number is asked for it before a person comes.
async fn asked(house: &House) -> usize {
    let mut ann = house.shopper("en").await;
    let mut times = 0;
    for words in ["where is my order?", "I can't find it anywhere", "there is really nothing", "no idea, sorry", "nope"]
    {
        let said = ann.says(words).await;
        let answer = ann.hears_that("an answer", |item| item["seq"].as_i64() > Some(said)).await;
        if answer["handoff"].is_object()
            || answer["kind"] == json!("handoff")
            || answer.to_string().contains("colleague")
        {
            return times;
        }
        times += 1;
    }
    times
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_that_staff_change_is_the_bots_without_a_restart_and_goes_back() {
    let house = House::open().await;
    let mut iris = Browser::signed_in(&house, "editor").await;
    let files = iris.get("/api/studio/files").await.body;
    assert!(files["files"].to_string().contains(PATH), "{files}");
    let file = content(&mut iris).await;
    let (shipped, is_new) = (file["content"].clone(), &file["is_new"]);
    assert_eq!(is_new, &json!(false));
    let read = iris.post("/api/studio/file/form", json!({"path": PATH, "content": shipped})).await.body;
    let first = &read["settings"][0];
    assert_eq!(
        (&first["section"], &first["name"], &first["kind"]),
        (&json!("questions"), &json!("asked"), &json!("count"))
    );
    assert_eq!((&first["least"], &first["most"]), (&json!(1), &json!(5)));
    assert_eq!(read["form"]["settings"]["questions"]["asked"], json!(2));

    // What cannot be is told with its line, and with its parts for whoever says it in another language.
    for (value, found) in [(json!(9), "9"), (json!(1.5), "1.5")] {
        let wrong = filled(&mut iris, &shipped, "questions", "asked", value).await;
        let refused = iris.post("/api/studio/file/trial", json!({"path": PATH, "content": wrong})).await;
        assert_eq!(refused.status, 422);
        let mistake = &refused.body["mistake"];
        let line = mistake["line"].as_u64().expect("a line") as usize;
        assert!(
            wrong.as_str().and_then(|text| text.lines().nth(line - 1)).is_some_and(|line| line.starts_with("asked"))
        );
        assert_eq!(mistake["said"]["values"]["found"], json!(found));
        let live = json!({"path": PATH, "content": wrong, "base": shipped, "why": ""});
        assert_eq!(iris.change("PUT", "/api/studio/file", live).await.status, 422, "and never goes live");
    }

    let times = asked(&house).await;
    let more = filled(&mut iris, &shipped, "questions", "asked", json!(4)).await;
    let trial = iris.post("/api/studio/file/trial", json!({"path": PATH, "content": more})).await.body;
    let practice = &trial["practice"];
    assert_eq!(practice["of"], json!(10), "{trial}");
    let changed = practice["changed"].as_array().expect("a list");
    assert!(!changed.is_empty() && changed.len() < 10, "{practice}");
    let text = |side: &str| changed[0][side].as_str().expect("a transcript").to_owned();
    assert!(text("before").contains("* handoff failure") && !text("after").contains("* handoff failure"), "{practice}");

    let save =
        |content: &Value, base: &Value| json!({"path": PATH, "content": content, "base": base, "why": "patience"});
    assert_eq!(iris.change("PUT", "/api/studio/file", save(&more, &shipped)).await.status, 200);
    assert_eq!(asked(&house).await, times + 2, "no restart");
    let versions = content(&mut iris).await["versions"].clone();
    assert_eq!((&versions[0]["why"], &versions[0]["by"]), (&json!("patience"), &json!("Iris Wu")));
    // The version of before is brought back.
    let back = save(&versions[1]["content"], &more);
    assert_eq!(iris.change("PUT", "/api/studio/file", back).await.status, 200);
    assert_eq!(asked(&house).await, times);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_without_the_file_is_shown_what_its_bot_does_and_may_begin_it() {
    let (_folder, house) = small_house().await;
    let mut iris = Browser::signed_in(&house, "editor").await;
    let files = warmline::store::playbook_files::all(&house.app.store).await.expect("files");
    // A playbook of before: its own files had the two limits.
    let before = files.into_iter().filter(|file| file.path != PATH).map(|mut file| {
        if file.path == "playbook/thresholds.toml" {
            file.text = file.text.replacen("failures = 2 ", "failures = 3 ", 1);
        }
        if file.path == "playbook/manners.toml" {
            file.text.push_str("\nsame_order = 5\n");
        }
        file
    });
    warmline::store::playbook_files::replace_all(&house.app.store, before.collect()).await.expect("an import");
    warmline::service::knowledge::wait_for(&house.app).await;
    let file = content(&mut iris).await;
    assert_eq!(file["is_new"], json!(true));
    for said in ["\nasked = 3\n", "\nsame_order = 5\n"] {
        assert!(file["content"].as_str().is_some_and(|text| text.contains(said)), "{file}");
    }
    assert!(iris.get("/api/studio/files").await.body.to_string().contains(PATH));
    let wanted = filled(&mut iris, &file["content"], "order_status", "same_order", json!(1)).await;
    let live = json!({"path": PATH, "content": wanted, "base": null, "why": ""});
    let saved = iris.change("PUT", "/api/studio/file", live).await;
    assert_eq!(saved.status, 200, "{}", saved.body);
    assert_eq!(house.app.mind().playbook.flows.same_order, 1);
    assert_eq!(content(&mut iris).await["is_new"], json!(false));
    house.close().await;
}
