//! Who sees whose conversations: an agent who is limited to teams neither reads, resumes, finds nor writes in another's.

use serde_json::{Value, json};
use warmline::{
    bus::Event,
    domain::{
        Role,
        agent::Sight,
        ids::{AgentId, TeamId},
        team::Team,
    },
    store::{teams, viewers},
};

use crate::harness::{Agent, House, Shopper};

async fn team(house: &House, id: &str, members: &[&Agent]) {
    let members = members.iter().map(|agent| AgentId(agent.id.clone())).collect();
    teams::save(&house.app.store, Team { id: TeamId::from(id), name: id.into(), members }).await.expect("a team");
}

async fn limit(house: &House, agent: &Agent) {
    viewers::set_sight(&house.app.store, &AgentId(agent.id.clone()), Sight::Teams).await.expect("set");
    house.app.bus.publish(&Event::SeatsChanged);
}

async fn asks(shopper: &mut Shopper) {
    shopper.says("I want to talk to a person about order PW20260001").await;
    shopper.hears_of_a_handoff().await;
}

/// Every road by which a conversation could be read, and what comes back.
async fn reads_by_rest(house: &House, agent: &Agent, conv: &str) -> Vec<u16> {
    let headers = [("Cookie", agent.cookie.as_str()), ("X-Warmline-CSRF", "1"), ("Content-Type", "application/json")];
    let mut told = Vec::new();
    for what in ["entries?before=999", "suggestions", "history"] {
        let path = format!("/api/conversations/{conv}/{what}");
        told.push(house.request("GET", &path, &headers, "").await.status);
    }
    let reply = json!({"conv": conv, "text": "Hello"}).to_string();
    told.push(house.request("POST", "/api/coach", &headers, &reply).await.status);
    told.push(house.request("POST", &format!("/api/call-backs/{conv}/done"), &headers, "{}").await.status);
    told
}

async fn rows(house: &House, agent: &Agent, path: &str) -> Vec<String> {
    let answer = house.request("GET", path, &[("Cookie", &agent.cookie)], "").await;
    let answer: Value = serde_json::from_str(&answer.body).expect("JSON");
    let rows = answer["rows"].as_array().unwrap_or_else(|| panic!("{answer}")).clone();
    rows.iter().map(|row| row["conv"].as_str().expect("a conversation").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn passed_to_a_colleague_of_the_team_it_stays_the_teams() {
    let house = House::open().await;
    let (mut maya, mut omar, mut lena) =
        (house.agent("Maya").await, house.agent("Omar").await, house.agent("Lena").await);
    team(&house, "returns", &[&omar, &maya]).await;
    team(&house, "vip", &[&lena]).await;
    limit(&house, &lena).await;
    lena.drops();
    lena.returns().await;
    let mut ann = house.shopper("en").await;
    asks(&mut ann).await;
    maya.opens(&ann).await;
    maya.takes(&ann).await.expect("free");
    maya.transfers(&ann, json!({"team": "returns"}), "").await.expect("hers");
    omar.opens(&ann).await;
    omar.takes(&ann).await.expect("his team's");
    omar.transfers(&ann, json!({"agent": maya.id}), "").await.expect("his");
    let is_of = |agent: &Agent| {
        let id = json!(agent.id);
        move |row: &Value| row["assignee"]["id"] == id
    };
    let hers = is_of(&maya);
    // Not as she had it at first.
    let row = maya.sees_row_that(&ann, |row| hers(row) && row["epoch"].as_i64() > Some(1)).await;
    assert_eq!(row["team"], json!("returns"));
    // The list may be ahead of the log.
    maya.reads_that(&ann, |item| item["kind"] == "assigned" && item["epoch"] == row["epoch"]).await;
    assert_eq!(rows(&house, &lena, "/api/conversations?view=all").await, Vec::<String>::new());
    // Who is in another team takes it with them.
    maya.transfers(&ann, json!({"agent": lena.id}), "").await.expect("hers");
    let hers = is_of(&lena);
    let row = lena.sees_row_that(&ann, hers).await;
    assert!(row["team"].is_null(), "{row}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_teams_conversation_is_neither_read_resumed_found_nor_written_in() {
    let house = House::open().await;
    let (mut maya, mut omar, mut lena) =
        (house.agent("Maya").await, house.agent("Omar").await, house.agent("Lena").await);
    let mut boss = Agent::come_in(house.address, house.staff("Bo", Role::Supervisor).await).await;
    team(&house, "returns", &[&omar]).await;
    team(&house, "vip", &[&lena]).await;
    limit(&house, &lena).await;
    // Cut off by the change; she comes again and sees what she may.
    lena.drops();
    lena.returns().await;

    let (mut ann, mut bob) = (house.shopper("en").await, house.shopper("en").await);
    asks(&mut ann).await;
    asks(&mut bob).await;
    // Nobody's team: everybody sees it.
    lena.sees_row(&ann, "queued").await;
    lena.opens(&ann).await;
    maya.opens(&ann).await;
    maya.takes(&ann).await.expect("free");
    lena.sees_row(&ann, "assigned").await;
    maya.transfers(&ann, json!({"team": "returns"}), "Between us: a difficult one").await.expect("hers");
    lena.loses_sight_of(&ann).await;

    assert_eq!(lena.looks_into(&ann).await.expect_err("another team's")["code"], "not_yours");
    assert_eq!(lena.takes(&ann).await.expect_err("another team's")["code"], "not_yours");
    assert_eq!(lena.notes(&ann, "psst").await.expect_err("another team's")["code"], "not_yours");
    assert_eq!(reads_by_rest(&house, &lena, &ann.conv).await, [404; 5]);
    assert_eq!(rows(&house, &lena, "/api/conversations?view=queue").await, [bob.conv.clone()]);
    assert_eq!(rows(&house, &lena, "/api/conversations?view=all").await, [bob.conv.clone()]);
    let everything = rows(&house, &lena, "/api/conversations/search?q=").await;
    assert_eq!(everything, [bob.conv.clone()], "search is no way round");
    // What is said now reaches who may see it, and her no more.
    omar.sees_row(&ann, "queued").await;
    omar.opens(&ann).await;
    omar.takes(&ann).await.expect("his team's");
    omar.says(&ann, "A secret between the two of us").await.expect("his");
    ann.hears("A secret").await;
    lena.opens(&bob).await;
    lena.notes(&bob, "still here").await.expect("nobody's team");
    assert!(!lena.logs.contains_key(&ann.conv));
    // Nor does a page that still knows its position get on.
    let known = omar.logs[&ann.conv].iter().take(2).map(|(seq, item)| (*seq, item.clone())).collect();
    lena.drops();
    lena.logs.insert(ann.conv.clone(), known);
    lena.returns().await;
    assert!(!lena.logs.contains_key(&ann.conv), "resuming is refused");

    boss.opens(&ann).await;
    boss.reads(&ann, "A secret").await;
    assert_eq!(rows(&house, &maya, "/api/conversations?view=all").await.len(), 2, "who is not limited sees all");
    assert_eq!(reads_by_rest(&house, &maya, &ann.conv).await, [200, 200, 200, 200, 409]);
    // The end does not open it to everybody.
    omar.resolves(&ann).await.expect("his");
    assert_eq!(rows(&house, &lena, "/api/conversations?view=closed").await, Vec::<String>::new());
    assert_eq!(reads_by_rest(&house, &lena, &ann.conv).await, [404; 5]);

    // In the team, she sees it.
    team(&house, "returns", &[&omar, &lena]).await;
    assert_eq!(rows(&house, &lena, "/api/conversations?view=closed").await, [ann.conv.clone()]);
    house.is_well().await;
    house.close().await;
}
