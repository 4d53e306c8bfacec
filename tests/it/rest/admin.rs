//! What admins and supervisors set, over REST and on the sockets of those it concerns.

use serde_json::{Value, json};
use warmline::{clock::Clock, domain::Role};

use super::Browser;
use crate::harness::{Agent, House};

async fn signed_in(house: &House, name: &str, role: Role) -> Browser {
    let mut browser = Browser::new(house);
    browser.cookie = Some(house.staff(name, role).await);
    browser
}

fn account(name: &str, mail: &str, role: &str) -> Value {
    json!({"name": name, "mail": mail, "role": role})
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_switched_off_is_out_at_once_and_their_conversation_waits_for_a_colleague() {
    let house = House::open().await;
    let mut ada = signed_in(&house, "Ada", Role::Admin).await;
    let mut maya = house.agent("Maya").await;
    let mut omar = house.agent("Omar").await;
    let mut ann = house.shopper("en").await;
    ann.says("I want to talk to a person").await;
    ann.hears_of_a_handoff().await;
    maya.opens(&ann).await;
    maya.takes(&ann).await.expect("free");
    let path = format!("/api/admin/staff/{}", maya.id);
    assert_eq!(ada.post(&format!("{path}/off"), json!({})).await.status, 204);
    ann.hears("lost their connection").await;
    while omar.sees_row(&ann, "queued").await["epoch"] == json!(0) {
        omar.read().await;
    }
    assert_eq!(maya.is_cut_off().await, 4001);
    let mut browser = Browser::new(&house);
    browser.cookie = Some(maya.cookie.clone());
    assert_eq!(browser.get("/api/session").await.status, 401);
    let sign_in = json!({"mail": "maya@desk.example", "password": "correct horse battery staple"});
    assert_eq!(browser.post("/api/session", sign_in.clone()).await.status, 401);
    omar.opens(&ann).await;
    omar.takes(&ann).await.expect("free again");
    assert_eq!(ada.post(&format!("{path}/on"), json!({})).await.status, 204);
    assert_eq!(browser.post("/api/session", sign_in).await.status, 200);
    house.is_well().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_made_changed_and_audited_and_mistakes_stand_at_their_field() {
    let house = House::open().await;
    let mut ada = signed_in(&house, "Ada", Role::Admin).await;
    let mut bo = signed_in(&house, "Bo", Role::Supervisor).await;
    let mut ed = signed_in(&house, "Ed", Role::Editor).await;
    let wrong =
        ada.post("/api/admin/staff", json!({"account": account(" ", "nobody", "agent"), "password": null})).await;
    let fields: Vec<_> =
        wrong.body["problems"].as_array().expect("problems").iter().map(|one| one["field"].clone()).collect();
    assert_eq!((wrong.status, fields), (422, vec![json!("name"), json!("mail")]));
    let new = json!({"account": account("Lena", "Lena@desk.example", "agent"), "password": null});
    assert_eq!(bo.post("/api/admin/staff", new.clone()).await.status, 403);
    let made = ada.post("/api/admin/staff", new.clone()).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let (id, password) = (made.body["id"].as_str().expect("an id"), made.body["password"].as_str().expect("one"));
    assert_eq!(ada.post("/api/admin/staff", new).await.body["problems"][0]["field"], "mail");
    let mut lena = Browser::new(&house);
    let signs_in = json!({"mail": "lena@desk.example", "password": password});
    assert_eq!(lena.post("/api/session", signs_in).await.status, 200);
    let mut desk = Agent::come_in(house.address, lena.cookie.clone().expect("a cookie")).await;
    // Another role counts on the open socket.
    let path = format!("/api/admin/staff/{id}");
    assert_eq!(ada.change("PUT", &path, account("Lena", "lena@desk.example", "editor")).await.status, 204);
    assert_eq!(desk.is_cut_off().await, 4001);
    assert_eq!(lena.post("/api/session/ticket", json!({})).await.status, 403, "an editor has no desk");
    let reset = ada.post(&format!("{path}/password"), json!({"password": "short"})).await;
    assert_eq!(reset.body["problems"][0]["field"], "password");
    assert_eq!(ada.post(&format!("{path}/password"), json!({"password": null})).await.status, 200);
    assert_eq!(lena.get("/api/session").await.status, 401, "signed out");
    assert_eq!(ada.post("/api/admin/staff/nobody/off", json!({})).await.status, 404);

    let told = bo.get("/api/admin/audit").await.body["changes"].clone();
    let deeds: Vec<_> = told.as_array().expect("changes").iter().map(|one| one["deed"].clone()).collect();
    assert_eq!(deeds, [json!("password_reset"), json!("agent_changed"), json!("agent_added")]);
    assert_eq!((&told[1]["by"]["name"], &told[1]["detail"]["role"]), (&json!("Ada"), &json!("editor")));
    assert!(!told.to_string().contains(password));
    for path in ["/api/admin/staff", "/api/admin/audit", "/api/admin/files", "/api/admin/inboxes/shop", "/api/wall"] {
        assert_eq!(ed.get(path).await.status, 403, "{path}");
        assert_eq!(Browser::new(&house).get(path).await.status, 401, "{path}");
        assert_eq!(bo.get(path).await.status, 200, "{path}");
    }
    let plain = [("Cookie", ada.cookie.as_deref().expect("signed in"))];
    assert_eq!(house.request("POST", "/api/admin/staff/x/off", &plain, "").await.status, 403, "without our header");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_change_without_a_restart_and_never_over_somebody_elses() {
    let house = House::open().await;
    let mut ada = signed_in(&house, "Ada", Role::Admin).await;
    let mut maya = house.agent("Maya").await;
    let path = "/api/admin/inboxes/shop";
    let read = ada.get(path).await.body;
    assert_eq!((&read["rules"]["way"], &read["rules"]["capacity"]), (&json!("pull"), &json!(8)));
    let mut wish = read.clone();
    wish["rules"]["way"] = json!("least_loaded");
    wish["rules"]["capacity"] = json!(0);
    wish["rules"]["sla"] = json!([{"first_response_minutes": 5}, {"tiers": ["gold"], "first_response_minutes": 1}]);
    let wrong = ada.change("PUT", path, wish.clone()).await;
    let fields: Vec<_> =
        wrong.body["problems"].as_array().expect("problems").iter().map(|one| one["field"].clone()).collect();
    assert_eq!((wrong.status, fields), (422, vec![json!("capacity"), json!("sla.1")]), "{}", wrong.body);
    wish["rules"]["capacity"] = json!(2);
    wish["rules"]["sla"] = json!([{"first_response_minutes": 5}]);
    let saved = ada.change("PUT", path, wish.clone()).await;
    assert_eq!((saved.status, &saved.body["version"]), (200, &json!(2)), "{}", saved.body);
    // In force at once: given out, and promised.
    let mut ann = house.shopper("en").await;
    ann.says("I want to talk to a person").await;
    let row = maya.is_given(&ann, "assigned").await;
    assert!(row["sla_due_at"].is_i64(), "{row}");
    let late = ada.change("PUT", path, wish).await;
    assert_eq!((late.status, &late.body["current"]["version"]), (409, &json!(2)));

    let names = |name: &str| json!({"names": {"en": name, "zh-Hant": "棲木"}});
    let wrong = ada.change("PUT", "/api/admin/inboxes/shop/names", names(" ")).await;
    assert_eq!((wrong.status, &wrong.body["problems"][0]["field"]), (422, &json!("names.en")), "{}", wrong.body);
    assert_eq!(ada.change("PUT", "/api/admin/inboxes/shop/names", names("Perch & Co")).await.status, 204);
    let called = ada.get("/api/widget/config?inbox=shop").await.body["names"].clone();
    assert_eq!((&called["en"], &called["zh-Hant"]), (&json!("Perch & Co"), &json!("棲木")));

    let file = ada.get("/api/admin/file?path=playbook/tone.toml").await.body;
    let text = file["text"].as_str().expect("a text");
    let broken =
        json!({"path": "playbook/tone.toml", "text": text.replacen("[advice.mocking]", "[advice.laughing]", 1)});
    let found = ada.post("/api/admin/check", broken.clone()).await.body["mistake"].clone();
    assert!(found["line"].as_i64().is_some_and(|line| line > 1), "{found}");
    assert!(found["message"].as_str().is_some_and(|told| told.contains("laughing")), "{found}");
    let draft = json!({"version": file["version"], "text": broken["text"]});
    let refused = ada.change("PUT", "/api/admin/file?path=playbook/tone.toml", draft).await;
    assert_eq!((refused.status, &refused.body["mistake"]), (422, &found));
    let fine = json!({"version": file["version"], "text": format!("{text}\n# ours\n")});
    let saved = ada.change("PUT", "/api/admin/file?path=playbook/tone.toml", fine.clone()).await;
    assert_eq!(saved.body["version"], 2, "{}", saved.body);
    assert_eq!(ada.change("PUT", "/api/admin/file?path=playbook/tone.toml", fine).await.status, 409);
    let old = ada.get("/api/admin/file?path=playbook/tone.toml&version=1").await.body;
    assert_eq!((&old["text"], &old["versions"][0]["version"]), (&json!(text), &json!(1)));
    assert_eq!(ada.get("/api/admin/file?path=intents/stock.toml").await.status, 404, "those have a page of their own");
    house.is_well().await;
    house.close().await;
}

/// 18:00 in Taipei.
const EVENING: i64 = 1_773_828_000_000;
const MINUTE: i64 = 60_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_tier_and_a_near_deadline_move_somebody_up_and_the_wall_shows_it() {
    let clock = Clock::manual(EVENING);
    let rules = "[[inbox.shop.sla]]\ntiers = [\"gold\"]\nfirst_response_minutes = 4\n[tiers]\ngold = 100";
    let house = House::open_with_desk(clock.clone(), rules).await;
    let mut bo = signed_in(&house, "Bo", Role::Supervisor).await;
    let mut maya = house.agent("Maya").await;
    let (mut ann, mut bob) = (house.shopper("en").await, house.shopper("en").await);
    for shopper in [&mut ann, &mut bob] {
        shopper.says("I want to talk to a person").await;
        shopper.hears_of_a_handoff().await;
    }
    bob.sees_place(2).await;
    let conv = bob.conv.clone();
    let path = |what: &str| format!("/api/conversations/{conv}/{what}");
    let plain = bo.get(&path("standing")).await.body;
    assert_eq!((&plain["tier"], &plain["debts"]), (&json!(null), &json!([])), "nothing is promised to everybody");
    assert_eq!(plain["clocks"]["running"], "queue");
    assert_eq!(bo.change("PUT", &path("tier"), json!({"tier": "silver"})).await.status, 400);
    let gold = bo.change("PUT", &path("tier"), json!({"tier": "gold"})).await;
    assert_eq!(gold.body["debts"][0]["due_at"], json!(EVENING + 4 * MINUTE), "{}", gold.body);
    assert!(gold.body["priority"]["factors"].to_string().contains(r#"{"name":"tier","points":100}"#), "{}", gold.body);
    bob.sees_place(1).await;
    maya.opens(&bob).await;
    clock.advance_ms(4 * MINUTE);
    // Noted by the timers, without anybody asking.
    let told = bo
        .polls("/api/wall", |wall| wall["today"]["breaches"] == json!(1) && wall["today"]["warnings"] == json!(1))
        .await;
    assert_eq!((&told["waiting"], &told["today"]["asked"]), (&json!(2), &json!(2)), "{told}");
    assert_eq!((&told["oldest_since"], &told["by_lang"]["en"]), (&json!(EVENING), &json!(2)));
    assert_eq!(told["queue"][0]["conv"], json!(bob.conv), "the nearer deadline is first");
    assert_eq!(told["pressing"][0]["conv"], json!(bob.conv));
    let standing = bo.get(&path("standing")).await.body;
    assert_eq!(standing["clocks"]["queue_ms"], json!(4 * MINUTE), "{standing}");
    assert!(standing["priority"]["factors"].to_string().contains("\"sla\""), "{standing}");
    maya.takes(&bob).await.expect("free");
    let why = maya.log(&bob).values().rev().find(|item| item["kind"] == "assigned").expect("assigned")["why"].clone();
    assert!(why["priority"]["factors"].to_string().contains("\"tier\""), "{why}");
    clock.advance_ms(MINUTE);
    maya.says(&bob, "Hello").await.expect("hers");
    clock.advance_ms(2 * MINUTE);
    let standing = bo.get(&path("standing")).await.body;
    let clocks = &standing["clocks"];
    assert_eq!((&clocks["agent_ms"], &clocks["shopper_ms"]), (&json!(MINUTE), &json!(2 * MINUTE)), "{standing}");
    assert_eq!((&clocks["running"], &standing["debts"]), (&json!("shopper"), &json!([])));
    // A supervisor sets a colleague away, and it is written down.
    let seat = format!("/api/desk/seats/{}/available", maya.id);
    assert_eq!(bo.change("PUT", &seat, json!({"on": false})).await.status, 204);
    maya.sees_seat(|seat| seat["available"] == json!(false)).await;
    let wall = bo.get("/api/wall").await.body;
    assert_eq!((&wall["today"]["answered"], &wall["waiting"]), (&json!(1), &json!(1)));
    let changes = bo.get("/api/admin/audit").await.body["changes"].clone();
    assert_eq!((&changes[0]["deed"], &changes[1]["deed"]), (&json!("availability_set"), &json!("tier_set")));
    house.is_well().await;
    house.close().await;
}
