//! What a shopper says to who has the conversation is heard: staff are told, the bot says nothing.

use serde_json::{Value, json};
use warmline::{clock::Clock, domain::Role};

use crate::harness::{Agent, House};

/// Longer than what is said to an agent waits to be heard.
const A_WHILE_MS: i64 = 10_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_threat_to_an_agent_is_told_to_supervisors_and_the_bot_keeps_silent() {
    let clock = Clock::manual(1_773_828_000_000);
    let house = House::open_at(clock.clone(), &[]).await;
    let cookie = house.staff("Bo", Role::Supervisor).await;
    let mut boss = Agent::come_in(house.address, cookie).await;
    let mut maya = house.agent("Maya").await;
    let mut ann = house.shopper("en").await;
    ann.says("I want to talk to a person").await;
    ann.hears_of_a_handoff().await;
    maya.opens(&ann).await;
    maya.takes(&ann).await.expect("free");
    let before = maya.sees_row(&ann, "assigned").await;
    assert_eq!(before["reason"], "request");

    ann.says("If I don't get my refund today I will hear from my lawyer and sue you").await;
    clock.advance_ms(A_WHILE_MS);
    let is_alert = |item: &Value| item["kind"] == json!("alert");
    maya.reads_that(&ann, is_alert).await;
    let alert = maya.log(&ann).values().find(|item| is_alert(item)).expect("just read").clone();
    assert_eq!(alert["reason"], "legal");
    assert!(alert["priority"]["score"].as_i64().is_some_and(|score| score >= 400), "{alert}");
    let row = maya.sees_row_that(&ann, |row| row["reason"] == json!("legal")).await;
    assert!(row["priority"].as_i64() > before["priority"].as_i64(), "{row}");
    assert_eq!((&row["status"], &row["assignee"]["name"]), (&json!("assigned"), &json!("Maya")));
    while !boss.other_frames.iter().any(|frame| frame["type"] == "notices") {
        boss.read().await;
    }
    let headers = [("Cookie", boss.cookie.as_str()), ("X-Warmline-CSRF", "1")];
    let notices: Value =
        serde_json::from_str(&house.request("GET", "/api/notices", &headers, "").await.body).expect("JSON");
    assert_eq!(notices["notices"][0]["about"], "alert");
    assert_eq!((&notices["notices"][0]["reason"], &notices["notices"][0]["conv"]), (&json!("legal"), &json!(ann.conv)));

    // Said again it is no news, and the shopper heard and saw nothing of it.
    ann.says("I mean it, my lawyer will sue you").await;
    clock.advance_ms(A_WHILE_MS);
    maya.says(&ann, "I am looking at it right now.").await.expect("hers");
    ann.hears("I am looking at it").await;
    assert_eq!(maya.log(&ann).values().filter(|item| is_alert(item)).count(), 1);
    let after_take: Vec<_> = ann.log.values().skip_while(|item| item["kind"] != json!("assigned")).collect();
    assert!(after_take.iter().all(|item| item["author"]["role"] != json!("bot")), "{}", ann.transcript());
    house.is_well().await;
    house.close().await;
}
