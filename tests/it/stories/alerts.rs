//! What a shopper says to who has the conversation is heard: staff are told, the bot says nothing.

use serde_json::{Value, json};
use warmline::{
    clock::Clock,
    domain::{Role, ids::ConversationId},
    service::wall,
    store::conversations,
};

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

#[tokio::test(flavor = "multi_thread")]
async fn how_a_shopper_feels_now_is_known_beside_how_it_was_at_the_handoff() {
    let clock = Clock::manual(1_773_828_000_000);
    let house = House::open_at(clock.clone(), &[]).await;
    let mut maya = house.agent("Maya").await;
    let mut ann = house.shopper("en").await;
    ann.says("THIS IS RIDICULOUS, two weeks and nothing, you people are useless!!!").await;
    ann.hears_of_a_handoff().await;
    maya.opens(&ann).await;
    maya.takes(&ann).await.expect("free");
    let handoff = |item: &Value| item["kind"] == json!("handoff");
    let brief = maya.log(&ann).values().find(|item| handoff(item)).expect("the handoff")["brief"].clone();
    let then = brief["feeling"]["anger"].as_f64().expect("a share");
    let conv = ConversationId::from(ann.conv.as_str());
    let feels = async |house: &House| {
        let conversation = conversations::load(&house.app.store, &conv).await.expect("the store").expect("there");
        f64::from(wall::standing(&house.app, &conversation).await.expect("the store").feeling.anger)
    };
    assert!(then > 0.3 && (feels(&house).await - then).abs() < 0.01, "{then}");

    for words in ["Thank you for looking into it", "Yes, tomorrow is fine for me", "Very kind of you"] {
        maya.says(&ann, "I am looking at it right now.").await.expect("hers");
        ann.says(words).await;
        clock.advance_ms(A_WHILE_MS);
    }
    let calmer = async { while feels(&house).await > then * 0.9 {} };
    tokio::time::timeout(std::time::Duration::from_secs(20), calmer).await.expect("heard within 20 s");
    let after = maya.log(&ann).values().find(|item| handoff(item)).expect("the handoff")["brief"].clone();
    assert_eq!(after, brief, "what the brief says of then stays");
    house.close().await;
}
