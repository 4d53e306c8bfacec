//! The studio: two machines write one article, a colleague reviews it, it publishes itself, and what it breaks is seen first.

use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;
use warmline::{
    clock::Clock,
    domain::{Team, ids::TeamId},
    store::{agents, teams},
};

use super::Browser;
use crate::harness::House;

pub fn fields(category: &str, answer: &str) -> Value {
    json!({
        "category": category, "products": [], "valid_from": null, "valid_until": null,
        "texts": {"en": {"title": "Do you sell hammocks?", "questions": ["hammock for the balcony"], "body": answer}},
        "care": {"audience": "everyone"},
    })
}

pub fn with(mut value: Value, more: Value) -> Value {
    for (key, member) in more.as_object().expect("an object") {
        value[key] = member.clone();
    }
    value
}

async fn answered(house: &House, text: &str) -> Value {
    let mut ann = house.shopper("en").await;
    let asked = ann.says(text).await;
    ann.hears_that("an answer", |item| item["seq"].as_i64() > Some(asked)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_on_one_machine_goes_on_on_another_and_the_published_text_stays_answered() {
    let (_folder, house) = small_house().await;
    let mut iris = Browser::signed_in(&house, "editor").await;
    let mut home = Browser::signed_in(&house, "editor").await;
    let mut ted = Browser::signed_in(&house, "admin").await;
    let typed = with(fields("products", ""), json!({"version": 0, "revision": 0}));
    let kept = iris.change("PUT", "/api/articles/hammocks/draft", typed.clone()).await;
    assert_eq!((kept.status, &kept.body["revision"]), (200, &json!(1)), "{}", kept.body);
    // Nothing but a draft, and it is in the list and opens on another machine.
    let opened = home.get("/api/articles/hammocks").await.body;
    assert_eq!((&opened["version"], &opened["status"]), (&json!(0), &json!("draft")));
    assert_eq!(opened["draft"]["texts"]["en"]["title"], json!("Do you sell hammocks?"));
    assert_eq!(opened["may"], json!({"edit": true, "publish": true}));
    let listed = home.get("/api/articles?stage=writing").await.body;
    assert_eq!(listed["articles"][0]["id"], json!("hammocks"));
    // A colleague who does not know of it is told, with what there is.
    let late = ted.change("PUT", "/api/articles/hammocks/draft", typed).await;
    assert_eq!((late.status, &late.body["current_draft"]["updated_by"]), (409, &json!("Iris Wu")));
    // Unfinished: not for review, not for publishing.
    let early = home.post("/api/articles/hammocks/draft", json!({"revision": 1, "act": "submit"})).await;
    assert_eq!((early.status, &early.body["problems"][0]["field"]), (422, &json!("texts.en.body")));
    let more = with(fields("products", "**Yes**, from May."), json!({"version": 0, "revision": 1}));
    assert_eq!(home.change("PUT", "/api/articles/hammocks/draft", more).await.body["revision"], json!(2));
    let wish = json!({"revision": 2, "act": "submit", "why": "for the season"});
    let sent = home.post("/api/articles/hammocks/draft", wish).await;
    assert_eq!((sent.status, &sent.body["stage"]), (200, &json!("review")), "{}", sent.body);
    assert_ne!(answered(&house, "Do you sell hammocks?").await["source"]["article"], "hammocks");

    let publish = |answer: &str, more: Value| {
        with(with(fields("products", answer), json!({"publish": true, "why": "as agreed"})), more)
    };
    let stale = json!({"version": 0, "revision": 2});
    let refused = ted.change("PUT", "/api/articles/hammocks", publish("**Yes**.", stale)).await;
    assert_eq!((refused.status, &refused.body["current_draft"]["revision"]), (409, &json!(3)));
    let done = ted
        .change("PUT", "/api/articles/hammocks", publish("**Yes**, from May.", json!({"version": 0, "revision": 3})))
        .await;
    assert_eq!((done.status, &done.body["version"]), (200, &json!(1)), "{}", done.body);
    assert_eq!(ted.get("/api/articles/hammocks").await.body["draft"], json!(null));
    assert_eq!(answered(&house, "Do you sell hammocks?").await["text"], "**Yes**, from May.");

    // While another text is written, the published one is answered; rolling back makes a version.
    let next = with(fields("products", "**No** longer."), json!({"version": 1, "revision": 0}));
    assert_eq!(iris.change("PUT", "/api/articles/hammocks/draft", next).await.status, 200);
    assert_eq!(answered(&house, "Do you sell hammocks?").await["text"], "**Yes**, from May.");
    let no = publish("**No** longer.", json!({"version": 1, "revision": 1}));
    assert_eq!(iris.change("PUT", "/api/articles/hammocks", no).await.status, 200);
    assert_eq!(answered(&house, "Do you sell hammocks?").await["text"], "**No** longer.");
    let back = json!({"to": 1, "version": 2, "why": "too early"});
    let back = iris.post("/api/articles/hammocks/roll-back", back).await;
    assert_eq!((back.status, &back.body["version"]), (200, &json!(3)), "{}", back.body);
    assert_eq!(answered(&house, "Do you sell hammocks?").await["text"], "**Yes**, from May.");
    let history = iris.get("/api/articles/hammocks/versions").await.body;
    let told: Vec<_> = history["versions"].as_array().expect("versions").iter().map(|row| &row["how"]).collect();
    assert_eq!(told, ["rolled_back", "published", "published"]);
    assert_eq!(history["versions"][0]["why"], json!("v1 too early"));
    assert_eq!(history["versions"][1]["by"], json!("Iris Wu"));
    let second = iris.get("/api/articles/hammocks/versions/2").await.body;
    assert_eq!(second["texts"]["en"]["body"], json!("**No** longer."));
    assert_eq!(iris.get("/api/articles/hammocks/versions/9").await.status, 404);

    // For staff alone: the bot does not know it.
    let mut inside = publish("**Yes**, from May.", json!({"version": 3}));
    inside["care"]["audience"] = json!("staff");
    assert_eq!(iris.change("PUT", "/api/articles/hammocks", inside).await.status, 200);
    assert_ne!(answered(&house, "Do you sell hammocks?").await["source"]["article"], "hammocks");
    // Who does not speak of the audience does not change it.
    let mut silent = publish("**Yes**, from June.", json!({"version": 4}));
    silent.as_object_mut().expect("an object").remove("care");
    assert_eq!(iris.change("PUT", "/api/articles/hammocks", silent).await.body["care"]["audience"], json!("staff"));
    let table = "id,lang,title,body,category\nhammocks,en,Hammocks,From July.,products\n";
    let table = json!({"files": [{"name": "a.csv", "text": table}], "apply": true});
    assert_eq!(iris.post("/api/import", table).await.status, 200);
    let imported = iris.get("/api/articles/hammocks").await.body;
    assert_eq!(
        (&imported["texts"]["en"]["title"], &imported["care"]["audience"]),
        (&json!("Hammocks"), &json!("staff"))
    );
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_publishes_itself_at_its_time_and_an_edit_takes_the_time_away() {
    let (_folder, house) = small_house().await;
    let mut iris = Browser::signed_in(&house, "editor").await;
    let now = house.app.clock.now_ms();
    let typed = with(fields("products", "**Yes**."), json!({"version": 0, "revision": 0}));
    iris.change("PUT", "/api/articles/hammocks/draft", typed).await;
    let schedule = |revision: i64, at: i64| json!({"revision": revision, "act": "schedule", "at": at});
    let path = "/api/articles/hammocks/draft";
    assert_eq!(iris.post(path, schedule(1, now - 1)).await.body["problems"][0]["field"], json!("publish_at"));
    let far = iris.post(path, schedule(1, now + 3_600_000)).await;
    assert_eq!((&far.body["stage"], &far.body["publish_at"]), (&json!("scheduled"), &json!(now + 3_600_000)));
    let edited = with(fields("products", "**Yes**, soon."), json!({"version": 0, "revision": 2}));
    let edited = iris.change("PUT", path, edited).await;
    assert_eq!((&edited.body["stage"], &edited.body["publish_at"]), (&json!("writing"), &json!(null)));
    let soon = iris.post(path, schedule(3, house.app.clock.now_ms() + 300)).await;
    assert_eq!(soon.status, 200, "{}", soon.body);
    let published = iris.polls("/api/articles/hammocks", |body| body["status"] == json!("published")).await;
    assert_eq!((&published["version"], &published["draft"]), (&json!(1), &json!(null)));
    let how = iris.get("/api/articles/hammocks/versions").await.body["versions"][0]["how"].clone();
    assert_eq!(how, json!("scheduled"));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_category_is_published_by_its_team_and_written_by_all() {
    let (_folder, house) = small_house().await;
    let (mut iris, mut ted) = (Browser::signed_in(&house, "editor").await, Browser::signed_in(&house, "admin").await);
    let staff = agents::list(&house.app.store).await.expect("staff");
    let maya = staff.iter().find(|agent| agent.name == "Maya Lin").expect("Maya").id.clone();
    let team = Team { id: TeamId("leads".into()), name: "Leads".into(), members: vec![maya] };
    teams::save(&house.app.store, team).await.expect("a team");
    let rule = json!({"category": "delivery", "edit_team": null, "publish_team": "leads"});
    assert_eq!(iris.change("PUT", "/api/studio/rights", rule.clone()).await.status, 403);
    assert_eq!(ted.change("PUT", "/api/studio/rights", rule.clone()).await.status, 204);
    assert_eq!(iris.get("/api/studio").await.body["rights"], json!([rule]));
    let line = ted.get("/api/admin/audit").await.body["changes"][0].clone();
    assert_eq!((&line["deed"], &line["about"]), (&json!("right_set"), &json!("delivery")));

    let article = iris.get("/api/articles/shipping-fee").await.body;
    assert_eq!(article["may"], json!({"edit": true, "publish": false}));
    let mut change = article.clone();
    change["publish"] = json!(true);
    let refused = iris.change("PUT", "/api/articles/shipping-fee", change.clone()).await;
    assert_eq!((refused.status, &refused.body["error"]["code"]), (403, &json!("forbidden")));
    // Not by moving it elsewhere first, not by taking it off the shelf.
    change["category"] = json!("general");
    assert_eq!(iris.change("PUT", "/api/articles/shipping-fee", change.clone()).await.status, 403);
    change["publish"] = json!(false);
    assert_eq!(iris.change("PUT", "/api/articles/shipping-fee", change.clone()).await.status, 403);
    assert_eq!(iris.change("DELETE", "/api/articles/shipping-fee?version=1", json!({})).await.status, 403);
    let table = "id,lang,title,body,category\nshipping-fee,en,Fee,Free.,general\n";
    let table = json!({"files": [{"name": "a.csv", "text": table}], "apply": true});
    assert_eq!(iris.post("/api/import", table).await.status, 403, "nor by a table");
    let draft = with(change.clone(), json!({"version": 1, "revision": 0, "category": "delivery"}));
    assert_eq!(iris.change("PUT", "/api/articles/shipping-fee/draft", draft).await.status, 200);
    let later = json!({"revision": 1, "act": "schedule", "at": house.app.clock.now_ms() + 60_000});
    assert_eq!(iris.post("/api/articles/shipping-fee/draft", later).await.status, 403);
    let back = json!({"to": 1, "version": 1});
    assert_eq!(iris.post("/api/articles/shipping-fee/roll-back", back).await.status, 403);
    assert_eq!(
        iris.post("/api/articles/shipping-fee/draft", json!({"revision": 1, "act": "submit"})).await.status,
        200
    );
    change["publish"] = json!(true);
    assert_eq!(ted.change("PUT", "/api/articles/shipping-fee", change).await.status, 200, "who supervises may");
    house.close().await;
}

/// A shop of two articles and one intent: an index is built in no time.
pub async fn small_house() -> (TempDir, House) {
    small_house_at(Clock::System).await
}

pub async fn small_house_at(clock: Clock) -> (TempDir, House) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let copy = |file: &str| {
        let to = folder.path().join(file);
        std::fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        std::fs::copy(root.join(file), to).expect("a copy");
    };
    for id in ["shipping-fee", "return-window"] {
        for lang in ["zh-Hant", "zh-Hans", "en"] {
            copy(&format!("knowledge_base/{lang}/{id}.md"));
        }
    }
    copy("intents/greeting.toml");
    let within = |name: &str| folder.path().join(name).display().to_string();
    let (knowledge, intents) = (within("knowledge_base"), within("intents"));
    let settings = [("rate_limits", "off"), ("knowledge_dir", knowledge.as_str()), ("intents_dir", intents.as_str())];
    let house = House::open_at(clock, &settings).await;
    (folder, house)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_edit_fixes_and_breaks_is_seen_first_and_a_broken_test_can_be_refused() {
    let (_folder, house) = small_house().await;
    let (mut iris, mut ted) = (Browser::signed_in(&house, "editor").await, Browser::signed_in(&house, "admin").await);
    for question in ["hammock for the balcony", "How much is shipping?", "is my number 0912 345 678 known to you"] {
        answered(&house, question).await;
    }
    let trial = iris.post("/api/articles/hammocks/trial", fields("products", "**Yes**.")).await;
    assert_eq!(trial.status, 200, "{}", trial.body);
    let replay = &trial.body["replay"];
    assert_eq!((&replay["asked"], &replay["fixed"], &replay["broken"]), (&json!(3), &json!(1), &json!(0)), "{replay}");
    assert_eq!(replay["differences"][0]["question"], json!("hammock for the balcony"));
    assert_eq!(replay["differences"][0]["after"]["article"], json!("hammocks"));
    assert!(!trial.body.to_string().contains("345 678"), "numbers are masked");

    let test =
        json!({"question": "How much is shipping?", "lang": "en", "expects": "article", "target": "shipping-fee"});
    assert_eq!(iris.post("/api/knowledge-tests", test.clone()).await.status, 201);
    assert_eq!(iris.post("/api/knowledge-tests", test).await.status, 201);
    let empty = json!({"question": " ", "lang": "en", "expects": "nothing"});
    assert_eq!(iris.post("/api/knowledge-tests", empty).await.status, 422);
    let tests = iris.get("/api/knowledge-tests").await.body["tests"].clone();
    assert_eq!(tests.as_array().map(Vec::len), Some(1), "the same question is the same test");
    let run = iris.post("/api/knowledge-tests/run", json!({})).await.body;
    assert_eq!(run["results"][0]["verdict"], json!("passed"), "{run}");

    // Taking the article off the shelf breaks it: told, and refused once the shop wants that.
    let wish = json!({"refuses_broken_tests": true});
    assert_eq!(iris.change("PUT", "/api/studio", wish.clone()).await.status, 403);
    assert_eq!(ted.change("PUT", "/api/studio", wish).await.status, 204);
    let refused = iris.change("DELETE", "/api/articles/shipping-fee?version=1", json!({})).await;
    assert_eq!((refused.status, &refused.body["error"]["code"]), (422, &json!("tests_broken")));
    assert_eq!(refused.body["tests"]["broken"][0]["question"], json!("How much is shipping?"));
    assert_eq!(iris.get("/api/articles/shipping-fee").await.body["status"], json!("published"));
    assert_eq!(ted.change("PUT", "/api/studio", json!({"refuses_broken_tests": false})).await.status, 204);
    let warned = iris.change("DELETE", "/api/articles/shipping-fee?version=1", json!({})).await;
    assert_eq!((warned.status, &warned.body["tests"]["failed"]), (200, &json!(1)));
    let runs = iris.get("/api/knowledge-tests").await.body["runs"].clone();
    assert_eq!((&runs[0]["of"], &runs[0]["by"]), (&json!("shipping-fee"), &json!("Iris Wu")));
    let id = tests[0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(iris.change("DELETE", &format!("/api/knowledge-tests/{id}"), json!({})).await.status, 204);
    assert_eq!(iris.change("DELETE", &format!("/api/knowledge-tests/{id}"), json!({})).await.status, 404);

    // While phrasings are typed: too few, said twice, and another article's.
    let text = json!({
        "lang": "en", "title": "Sending things back", "body": "",
        "questions": ["within how many days can i send things back", "Within how many days can I send things back?"],
    });
    let told = iris.post("/api/articles/new-one/advice", text).await;
    let kinds: Vec<_> = told.body["advice"].as_array().expect("advice").iter().map(|a| &a["advice"]).collect();
    assert!(kinds.contains(&&json!("too_few")) && kinds.contains(&&json!("alike")), "{}", told.body);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intent_is_tried_on_past_messages_and_a_mistake_has_its_line() {
    let (_folder, house) = small_house().await;
    let (mut iris, mut ted) = (Browser::signed_in(&house, "editor").await, Browser::signed_in(&house, "admin").await);
    answered(&house, "zorbing tickets please").await;
    let files = iris.get("/api/studio/files").await.body;
    assert!(files["files"].to_string().contains("playbook/returns.toml"), "{files}");
    let path = "/api/studio/file?path=intents/greeting.toml";
    let file = iris.get(path).await.body;
    let base = file["content"].as_str().expect("a file").to_owned();
    let line = base.lines().position(|line| line.starts_with("patterns")).expect("patterns") + 2;

    let broken = base.replacen("patterns = [\n", "patterns = [\n'(unclosed',\n", 1);
    let refused =
        iris.post("/api/studio/file/trial", json!({"path": "intents/greeting.toml", "content": broken})).await;
    assert_eq!((refused.status, &refused.body["mistake"]["line"]), (422, &json!(line)), "{}", refused.body);
    let better = base.replacen("patterns = [\n", "patterns = [\n'zorbing',\n", 1);
    assert_ne!(better, base);
    let trial = iris.post("/api/studio/file/trial", json!({"path": "intents/greeting.toml", "content": better})).await;
    let matches = &trial.body["matches"];
    assert_eq!((&matches["before"], &matches["after"]), (&json!(0), &json!(1)), "{}", trial.body);
    assert_eq!(matches["gained"][0]["question"], json!("zorbing tickets please"));

    let save = |base: &str, content: &str| json!({"path": "intents/greeting.toml", "base": base, "content": content, "why": "they ask for it"});
    assert_eq!(iris.change("PUT", "/api/studio/file", save(&base, &broken)).await.status, 422);
    let saved = iris.change("PUT", "/api/studio/file", save(&base, &better)).await;
    assert_eq!(saved.status, 200, "{}", saved.body);
    assert_eq!(saved.body["versions"].as_array().map(Vec::len), Some(2), "what was there before is a version");
    let late = ted.change("PUT", "/api/studio/file", save(&base, &base)).await;
    assert_eq!((late.status, &late.body["current"]), (409, &json!(better)));
    assert!(house.app.mind().understand("zorbing tickets please").intents[0].name == "greeting", "it is in force");
    let elsewhere = json!({"path": "playbook/tone.toml", "base": null, "content": "", "why": ""});
    assert_eq!(ted.change("PUT", "/api/studio/file", elsewhere).await.status, 400);
    assert_eq!(ted.get("/api/studio/file?path=playbook/tone.toml").await.status, 400, "nor is it shown here");
    house.close().await;
}

#[tokio::test]
async fn the_studio_is_for_editors() {
    let (_folder, house) = small_house().await;
    for (mut browser, status) in [(Browser::new(&house), 401), (Browser::signed_in(&house, "agent").await, 403)] {
        for (method, path) in [
            ("PUT", "/api/articles/shipping-fee/draft"),
            ("POST", "/api/articles/shipping-fee/draft"),
            ("DELETE", "/api/articles/shipping-fee/draft?revision=1"),
            ("GET", "/api/articles/shipping-fee/versions"),
            ("GET", "/api/articles/shipping-fee/versions/1"),
            ("POST", "/api/articles/shipping-fee/roll-back"),
            ("GET", "/api/articles/shipping-fee/page/en"),
            ("POST", "/api/articles/shipping-fee/trial"),
            ("POST", "/api/articles/shipping-fee/advice"),
            ("GET", "/api/articles/shipping-fee/effect"),
            ("GET", "/api/studio"),
            ("PUT", "/api/studio"),
            ("PUT", "/api/studio/rights"),
            ("PUT", "/api/studio/categories"),
            ("GET", "/api/pictures/unused"),
            ("DELETE", "/api/pictures/unused"),
            ("GET", "/api/studio/effects"),
            ("GET", "/api/studio/edits"),
            ("GET", "/api/studio/files"),
            ("GET", "/api/studio/file?path=intents/stock.toml"),
            ("PUT", "/api/studio/file"),
            ("POST", "/api/studio/file/trial"),
            ("GET", "/api/knowledge-tests"),
            ("POST", "/api/knowledge-tests"),
            ("DELETE", "/api/knowledge-tests/1"),
            ("POST", "/api/knowledge-tests/run"),
        ] {
            let answer = match method {
                "GET" => browser.get(path).await,
                _ => browser.change(method, path, json!({})).await,
            };
            assert_eq!(answer.status, status, "{method} {path}");
        }
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_publishes_itself_and_what_a_table_brings_are_asked_the_tests_as_well() {
    let (_folder, house) = small_house().await;
    let (mut iris, mut ted) = (Browser::signed_in(&house, "editor").await, Browser::signed_in(&house, "admin").await);
    let test =
        json!({"question": "How much is shipping?", "lang": "en", "expects": "article", "target": "shipping-fee"});
    assert_eq!(iris.post("/api/knowledge-tests", test).await.status, 201);
    // An article that says the very words of the test takes them from the one that should answer.
    let thief = |category: &str| {
        json!({
            "category": category, "products": [], "valid_from": null, "valid_until": null,
            "texts": {"en": {"title": "How much is shipping?", "questions": [], "body": "Ask us."}},
            "care": {"audience": "everyone"},
        })
    };
    let path = "/api/articles/thief/draft";
    iris.change("PUT", path, with(thief("general"), json!({"version": 0, "revision": 0}))).await;
    let refuse = |yes: bool| json!({"refuses_broken_tests": yes});
    let soon = |house: &House, revision: i64| json!({"revision": revision, "act": "schedule", "at": house.app.clock.now_ms() + 700});
    // Told when it is scheduled; refused where the shop wants that.
    assert_eq!(ted.change("PUT", "/api/studio", refuse(true)).await.status, 204);
    let refused = iris.post(path, soon(&house, 1)).await;
    assert_eq!((refused.status, &refused.body["error"]["code"]), (422, &json!("tests_broken")), "{}", refused.body);
    assert_eq!(ted.change("PUT", "/api/studio", refuse(false)).await.status, 204);
    let told = iris.post(path, soon(&house, 1)).await;
    assert_eq!((told.status, &told.body["stage"]), (200, &json!("scheduled")), "{}", told.body);
    assert_eq!(told.body["tests"]["broken"][0]["question"], json!("How much is shipping?"), "{}", told.body);
    // Its time comes after the shop has made up its mind: it is held back, and that is seen.
    assert_eq!(ted.change("PUT", "/api/studio", refuse(true)).await.status, 204);
    let held = iris.polls("/api/articles/thief", |body| body["draft"]["stage"] == json!("held")).await;
    assert_eq!((&held["version"], &held["draft"]["publish_at"]), (&json!(0), &json!(null)));
    let runs = iris.polls("/api/knowledge-tests", |body| body["runs"][0]["how"] == json!("held")).await;
    assert_eq!((&runs["runs"][0]["of"], &runs["runs"][0]["by"]), (&json!("thief"), &json!("Iris Wu")));
    assert_eq!(answered(&house, "How much is shipping?").await["source"]["article"], "shipping-fee");
    // Where it may break tests it goes live at its time, and the history says what it broke.
    assert_eq!(ted.change("PUT", "/api/studio", refuse(false)).await.status, 204);
    let revision = held["draft"]["revision"].as_i64().expect("a revision");
    assert_eq!(iris.post(path, soon(&house, revision)).await.status, 200);
    iris.polls("/api/articles/thief", |body| body["status"] == json!("published")).await;
    let history = iris
        .polls("/api/articles/thief/versions", |body| body["versions"][0]["broken"] == json!(["How much is shipping?"]))
        .await;
    assert_eq!(history["versions"][0]["how"], json!("scheduled"));

    // A table: the look at it asks them, and who applied it is in the history.
    assert_eq!(iris.change("DELETE", "/api/articles/thief?version=1", json!({})).await.status, 200);
    let table = "id,lang,title,body,category\nrobber,en,How much is shipping?,Ask us.,general\n";
    let send = |apply: bool| json!({"files": [{"name": "a.csv", "text": table}], "apply": apply});
    let dry = iris.post("/api/import", send(false)).await;
    assert_eq!(dry.body["tests"]["broken"][0]["question"], json!("How much is shipping?"), "{}", dry.body);
    assert_eq!(ted.change("PUT", "/api/studio", refuse(true)).await.status, 204);
    assert_eq!(iris.post("/api/import", send(true)).await.body["error"]["code"], json!("tests_broken"));
    assert_eq!(iris.get("/api/articles/robber").await.status, 404);
    assert_eq!(ted.change("PUT", "/api/studio", refuse(false)).await.status, 204);
    assert_eq!(iris.post("/api/import", send(true)).await.status, 200);
    let row = iris.get("/api/articles/robber/versions").await.body["versions"][0].clone();
    assert_eq!((&row["how"], &row["by"]), (&json!("imported"), &json!("Iris Wu")));
    let run = iris.get("/api/knowledge-tests").await.body["runs"][0].clone();
    assert_eq!((&run["how"], &run["of"]), (&json!("imported"), &json!("a.csv")));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_intent_and_the_return_policy_are_forms_over_their_files() {
    let (_folder, house) = small_house().await;
    let mut iris = Browser::signed_in(&house, "editor").await;
    for question in ["good evening to you", "is there a hammock", "my number is 0912 345 678"] {
        answered(&house, question).await;
    }
    let path = "intents/greeting.toml";
    let file = iris.get(&format!("/api/studio/file?path={path}")).await.body;
    let content = file["content"].clone();
    let read = iris.post("/api/studio/file/form", json!({"path": path, "content": content})).await;
    assert_eq!(read.status, 200, "{}", read.body);
    let mut form = read.body["form"].clone();
    let same = json!({"path": path, "content": content, "form": form});
    assert_eq!(iris.change("PUT", "/api/studio/file/form", same).await.body["content"], content);
    // A pattern while it is typed: what it matches now, masked; what is wrong with it.
    let matches = |typed: Value| json!(typed);
    let found = iris.post("/api/studio/matches", matches(json!({"pattern": "^good (evening|night)"}))).await.body;
    assert_eq!((&found["of"], &found["matched"]), (&json!(3), &json!(1)), "{found}");
    assert_eq!(found["matches"][0]["question"], json!("good evening to you"));
    let wrong = iris.post("/api/studio/matches", matches(json!({"pattern": "(good"}))).await.body;
    assert!(wrong["mistake"].as_str().is_some_and(|told| told.contains("(good")), "{wrong}");
    let near = iris.post("/api/studio/matches", matches(json!({"example": "do you sell hammocks"}))).await.body;
    assert_eq!(near["matches"][0]["question"], json!("is there a hammock"), "{near}");
    assert!(!near.to_string().contains("345 678"));
    // Filled in, written, tried, put into force: the same road as the text.
    form["intent"]["patterns"].as_array_mut().expect("patterns").push(json!("^is there a hammock"));
    form["intent"]["en"]["label"] = json!("Say hello");
    let filled = json!({"path": path, "content": content, "form": form});
    let written = iris.change("PUT", "/api/studio/file/form", filled).await.body["content"].clone();
    let trial = iris.post("/api/studio/file/trial", json!({"path": path, "content": written})).await.body;
    assert_eq!(trial["matches"]["gained"][0]["question"], json!("is there a hammock"), "{trial}");
    let saved = json!({"path": path, "content": written, "base": content, "why": "by form"});
    assert_eq!(iris.change("PUT", "/api/studio/file", saved).await.status, 200);
    // Type, small talk and cues are part of the form; a cue that cannot be one is told with its line.
    assert_eq!((&form["intent"]["type"], &form["intent"]["small_talk"]), (&json!("greeting"), &json!(true)), "{form}");
    form["intent"]["cues"] = json!([{"weight": 9, "regex": "hammock"}]);
    let heavy = json!({"path": path, "content": written, "form": form});
    let heavy = iris.change("PUT", "/api/studio/file/form", heavy).await.body["content"].clone();
    let told = iris.post("/api/studio/file/trial", json!({"path": path, "content": heavy})).await.body;
    assert!(told["mistake"]["message"].as_str().is_some_and(|told| told.contains("a cue's weight")), "{told}");
    form["intent"]["cues"] = json!([]);
    form["intent"]["patterns"].as_array_mut().expect("patterns").push(json!("(half"));
    let bad = json!({"path": path, "content": written, "form": form});
    let bad = iris.change("PUT", "/api/studio/file/form", bad).await.body["content"].clone();
    let told = iris.post("/api/studio/file/trial", json!({"path": path, "content": bad})).await;
    assert_eq!(told.status, 422);
    let line = told.body["mistake"]["line"].as_u64().expect("a line") as usize;
    assert!(bad.as_str().expect("a text").lines().nth(line - 1).is_some_and(|line| line.contains("(half")), "{told:?}");

    let path = "playbook/returns.toml";
    let content = iris.get(&format!("/api/studio/file?path={path}")).await.body["content"].clone();
    let read = iris.post("/api/studio/file/form", json!({"path": path, "content": content})).await.body;
    let mut form = read["form"].clone();
    assert_eq!(form["returns"]["change_of_mind_days"], json!(7), "{read}");
    let replies = read["replies"].as_array().expect("replies");
    assert!(replies.contains(&form["returns"]["never"]["gift_card"]), "{read}");
    form["returns"]["change_of_mind_days"] = json!(14);
    let filled = json!({"path": path, "content": content, "form": form});
    let written = iris.change("PUT", "/api/studio/file/form", filled).await.body["content"].clone();
    let text = written.as_str().expect("a text");
    assert!(text.contains("change_of_mind_days = 14") && text.contains("# Unused, in the original packing"), "{text}");
    let saved = json!({"path": path, "content": written, "base": content, "why": "two weeks"});
    assert_eq!(iris.change("PUT", "/api/studio/file", saved).await.status, 200);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn categories_are_data_that_an_admin_edits() {
    let (_folder, house) = small_house().await;
    let (mut iris, mut ted) = (Browser::signed_in(&house, "editor").await, Browser::signed_in(&house, "admin").await);
    let path = "/api/studio/categories";
    let all = iris.get(path).await.body["categories"].clone();
    assert_eq!(all[0], json!({"id": "delivery", "names": all[0]["names"], "articles": 1}), "{all}");
    assert_eq!(all[0]["names"]["en"], json!("Delivery"));
    let names = json!({"names": {"zh-Hant": "植物", "zh-Hans": "植物", "en": "Plants"}});
    let plants = "/api/studio/categories/plants";
    assert_eq!(iris.change("PUT", plants, names.clone()).await.status, 403, "an admin's");
    assert_eq!(ted.change("PUT", plants, names.clone()).await.status, 204);
    let last = iris.get(path).await.body["categories"].as_array().and_then(|all| all.last().cloned());
    assert_eq!(last, Some(json!({"id": "plants", "names": names["names"], "articles": 0})));
    let wrong = json!({"names": {"en": " "}});
    assert_eq!(ted.change("PUT", plants, wrong).await.body["problems"][0]["field"], json!("names.en"));
    assert_eq!(ted.change("PUT", "/api/studio/categories/Big%20Id", names).await.status, 422);
    // In another order, and what is not named follows as it stood.
    let ids = |body: &Value| -> Vec<String> {
        let all = body["categories"].as_array().expect("categories");
        all.iter().filter_map(|one| one["id"].as_str().map(str::to_owned)).collect()
    };
    let before = ids(&iris.get(path).await.body);
    let order = json!({"order": ["plants", before[0], before[1]]});
    assert_eq!(iris.change("PUT", path, order.clone()).await.status, 403, "an admin's");
    assert_eq!(ted.change("PUT", path, order).await.status, 204);
    let after = ids(&iris.get(path).await.body);
    assert_eq!((after[0].as_str(), &after[1..], after.len()), ("plants", &before[..before.len() - 1], before.len()));
    assert_eq!(ted.change("PUT", path, json!({"order": ["nowhere"]})).await.status, 422);
    let mut fern = with(fields("plants", "**Yes**."), json!({"version": 0, "publish": true}));
    fern["id"] = json!("fern");
    assert_eq!(iris.post("/api/articles", fern).await.status, 201);
    assert_eq!(ted.change("DELETE", plants, json!({})).await.status, 422, "an article has it");
    assert_eq!(iris.change("DELETE", "/api/articles/fern?version=1", json!({})).await.status, 200);
    assert_eq!(ted.change("DELETE", plants, json!({})).await.status, 204);
    assert!(!iris.get(path).await.body.to_string().contains("plants"));
    house.close().await;
}
