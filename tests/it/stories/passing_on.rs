//! From agent to agent: transfers with a note, teams, supervisors who take over; and who may not.

use serde_json::json;
use warmline::{
    clock::Clock,
    domain::{Lang, Role},
    store::teams,
};

use crate::harness::{Agent, House, Shopper};

const MORNING: i64 = 1_773_828_000_000;

async fn asks(shopper: &mut Shopper) {
    shopper.says("I want to talk to a person").await;
    shopper.hears_of_a_handoff().await;
}

async fn has(agent: &mut Agent, shopper: &mut Shopper) {
    asks(shopper).await;
    agent.opens(shopper).await;
    agent.takes(shopper).await.expect("free");
}

/// Signed in at the desk with a role of their own.
async fn staff(house: &House, name: &str, role: Role) -> Agent {
    let cookie = house.staff(name, role).await;
    Agent::come_in(house.address, cookie).await
}

async fn put(house: &House, by: &Agent, path: &str, body: serde_json::Value) -> u16 {
    let headers = [("Cookie", by.cookie.as_str()), ("X-Warmline-CSRF", "1"), ("Content-Type", "application/json")];
    house.request("PUT", path, &headers, &body.to_string()).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn to_a_colleague_with_a_note_and_whoever_passed_it_on_is_fenced() {
    let house = House::open().await;
    let (mut maya, mut omar) = (house.agent("Maya").await, house.agent("Omar").await);
    let mut ann = house.shopper("en").await;
    has(&mut maya, &mut ann).await;
    let gone = maya.transfers(&ann, json!({"agent": "nobody"}), "").await.expect_err("nobody");
    assert_eq!(gone["code"], "not_there");
    let own = maya.transfers(&ann, json!({"agent": maya.id}), "").await.expect_err("hers already");
    assert_eq!(own["code"], "taken");
    omar.switches(false).await;
    let away = maya.transfers(&ann, json!({"agent": omar.id}), "").await.expect_err("away");
    assert_eq!(away["code"], "not_there");
    omar.switches(true).await;
    maya.transfers(&ann, json!({"agent": omar.id}), "Wants the blue one.").await.expect("there");
    omar.is_given(&ann, "assigned").await;
    omar.opens(&ann).await;
    let note = omar.log(&ann).values().rev().find(|item| item["kind"] == "note").expect("the note").clone();
    assert_eq!((&note["text"], &note["author"]["name"]), (&json!("Wants the blue one."), &json!("Maya")));
    ann.hears("Maya is passing this to a colleague").await;
    assert!(!ann.transcript().contains("blue one"), "between staff");
    let late = maya.says(&ann, "One more thing").await.expect_err("not hers any more");
    assert!(matches!(late["code"].as_str(), Some("taken" | "stale")), "{late}");
    omar.says(&ann, "Hello, I am Omar.").await.expect("his");
    ann.hears("Hello, I am Omar.").await;
    house.is_well().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn to_a_team_whose_members_alone_take_it_until_it_has_waited_too_long() {
    let clock = Clock::manual(MORNING);
    let house = House::open_with_desk(clock.clone(), "way = \"pull\"\noverflow_minutes = 5").await;
    let (mut maya, mut omar, mut lena) =
        (house.agent("Maya").await, house.agent("Omar").await, house.agent("Lena").await);
    let boss = staff(&house, "Bo", Role::Supervisor).await;
    let team = json!({"name": "Returns", "members": [omar.id]});
    assert_eq!(put(&house, &maya, "/api/desk/teams/returns", team.clone()).await, 403);
    assert_eq!(put(&house, &boss, "/api/desk/teams/Our%20team", team.clone()).await, 400);
    assert_eq!(put(&house, &boss, "/api/desk/teams/returns", team).await, 204);
    let (mut ann, mut bob) = (house.shopper("en").await, house.shopper("en").await);
    has(&mut maya, &mut ann).await;
    asks(&mut bob).await;
    let unknown = maya.transfers(&ann, json!({"team": "nowhere"}), "").await.expect_err("no such team");
    assert_eq!(unknown["code"], "not_there");
    maya.transfers(&ann, json!({"team": "returns"}), "An exchange").await.expect("hers");
    ann.sees_place(1).await;
    // The row of before her first agent may come first.
    while omar.sees_row(&ann, "queued").await["team"] != "returns" {
        omar.read().await;
    }
    lena.opens(&ann).await;
    let refused = lena.takes(&ann).await.expect_err("for another team");
    assert_eq!(refused["code"], "not_yours");
    omar.opens(&ann).await;
    omar.takes(&ann).await.expect("his team's");
    house.is_well().await;

    // Whoever has one of the team's does not leave it; back in the queue, it waits for too long.
    assert_eq!(
        put(&house, &boss, "/api/desk/teams/returns", json!({"name": "Returns", "members": [maya.id]})).await,
        409
    );
    let cid = omar.sends(&ann, json!({"do": "release", "epoch": omar.epoch(&ann)})).await;
    omar.outcome(&cid).await.expect("his");
    clock.advance_ms(5 * 60_000);
    lena.takes(&ann).await.expect("anybody's now");
    house.is_well().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_supervises_takes_over_under_the_epoch_they_saw_and_agents_do_not() {
    let house = House::open().await;
    let (mut maya, mut omar) = (house.agent("Maya").await, house.agent("Omar").await);
    let mut boss = staff(&house, "Bo", Role::Supervisor).await;
    let mut ann = house.shopper("en").await;
    has(&mut maya, &mut ann).await;
    omar.sees_row(&ann, "assigned").await;
    let refused = omar.takes_over(&ann).await.expect_err("only who supervises");
    assert_eq!(refused["code"], "not_yours");
    boss.sees_row(&ann, "assigned").await;
    boss.opens(&ann).await;
    // A whisper first: a note that only staff see.
    boss.notes(&ann, "Offer her the express parcel.").await.expect("staff may note");
    maya.reads(&ann, "express parcel").await;
    boss.takes_over(&ann).await.expect("may");
    let assigned = boss.log(&ann).values().rev().find(|item| item["kind"] == "assigned").expect("assigned").clone();
    assert_eq!((&assigned["agent"]["name"], &assigned["why"]["how"]), (&json!("Bo"), &json!("taken_over")));
    let late = maya.says(&ann, "I think").await.expect_err("taken over");
    assert_eq!(late["code"], "taken");
    maya.sees_seat(|seat| seat["active"] == json!(0)).await;
    let again = boss.takes_over(&ann).await.expect_err("theirs already");
    assert_eq!(again["code"], "taken");
    boss.says(&ann, "Hello, I am Bo.").await.expect("theirs");
    ann.hears("Hello, I am Bo.").await;
    house.is_well().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_route_brings_a_handoff_to_its_team() {
    let rules = "way = \"least_loaded\"\n[[route]]\nteam = \"care\"\nreasons = [\"legal\"]";
    let house = House::open_with_desk(Clock::System, rules).await;
    let (mut maya, mut omar) = (house.agent("Maya").await, house.agent("Omar").await);
    let boss = staff(&house, "Bo", Role::Admin).await;
    assert_eq!(put(&house, &boss, "/api/desk/teams/care", json!({"name": "Care", "members": [omar.id]})).await, 204);
    let langs = json!({"capacity": 3, "langs": ["zh-Hant"]});
    assert_eq!(put(&house, &boss, &format!("/api/desk/seats/{}", omar.id), langs.clone()).await, 204);
    let (mut ann, mut bob) = (house.shopper("zh-Hant").await, house.shopper("en").await);
    ann.says("我要請律師告你們").await;
    omar.is_given(&ann, "assigned").await;
    asks(&mut bob).await;
    maya.is_given(&bob, "assigned").await;
    assert_eq!(put(&house, &maya, &format!("/api/desk/seats/{}", maya.id), langs).await, 403);
    assert_eq!(put(&house, &boss, "/api/desk/seats/nobody", json!({"capacity": 3})).await, 404);
    assert_eq!(put(&house, &boss, &format!("/api/desk/seats/{}", omar.id), json!({"capacity": 0})).await, 400);
    let desk = house.request("GET", "/api/desk", &[("Cookie", &maya.cookie)], "").await;
    let desk: serde_json::Value = serde_json::from_str(&desk.body).expect("JSON");
    assert_eq!(desk["teams"][0]["members"], json!([omar.id]));
    assert_eq!(desk["langs"][&omar.id], json!(["zh-Hant"]));
    house.is_well().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_counts_those_whom_the_same_people_may_be_given() {
    let house = House::open().await;
    let (maya, omar) = (house.agent("Maya").await, house.agent("Omar").await);
    for (agent, lang) in [(&maya, Lang::En), (&omar, Lang::ZhHant)] {
        teams::set_langs(&house.app.store, &agent.id.as_str().into(), vec![lang]).await.expect("an agent");
    }
    let (mut ann, mut bob, mut lin) =
        (house.shopper("en").await, house.shopper("en").await, house.shopper("zh-Hant").await);
    asks(&mut ann).await;
    asks(&mut bob).await;
    bob.sees_place(2).await;
    lin.says("我要找真人客服").await;
    // Nobody waits for Omar but Lin.
    lin.sees_place(1).await;
    assert_eq!((&lin.status["waiting"], &bob.status["waiting"]), (&json!(1), &json!(2)));
    assert!(lin.status["wait"]["high_ms"].as_i64() <= bob.status["wait"]["high_ms"].as_i64(), "{}", lin.status);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_a_team_of_which_nobody_ever_comes_is_told_no_place() {
    let rules = "way = \"pull\"\noverflow_minutes = 0";
    let house = House::open_with_desk(Clock::manual(MORNING), rules).await;
    let boss = staff(&house, "Bo", Role::Admin).await;
    let (mut maya, mut omar) = (house.agent("Maya").await, house.agent("Omar").await);
    assert_eq!(put(&house, &boss, "/api/desk/teams/night", json!({"name": "Night", "members": [omar.id]})).await, 204);
    omar.switches(false).await;
    let (mut ann, mut bob) = (house.shopper("en").await, house.shopper("en").await);
    asks(&mut bob).await;
    bob.sees_place(1).await;
    has(&mut maya, &mut ann).await;
    maya.transfers(&ann, json!({"team": "night"}), "").await.expect("a team");
    while !(ann.status["status"] == json!("queued") && ann.status["place"].is_null()) {
        ann.read().await;
    }
    assert!(ann.status["wait"].is_null(), "{}", ann.status);
    house.close().await;
}
