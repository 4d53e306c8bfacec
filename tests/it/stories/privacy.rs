//! Nobody reads what is not theirs.

use serde_json::json;

use crate::harness::{House, Wire};

#[tokio::test(flavor = "multi_thread")]
async fn a_shopper_cannot_reach_another_conversation() {
    let house = House::open().await;
    let mut ann = house.shopper("en").await;
    ann.says("My secret is in here").await;
    let mut eve = house.shopper("en").await;

    let own = eve.conv.clone();
    let body = json!({"do": "message", "text": "Let me in"});
    let frame = json!({"type": "send", "cid": "c-1", "conv": ann.conv, "body": body});
    eve.wire().send(frame).await;
    assert_eq!(eve.is_refused("not_yours").await["cid"], "c-1");
    eve.wire().send(json!({"type": "open", "conv": ann.conv})).await;
    eve.is_refused("not_yours").await;
    eve.wire().send(json!({"type": "send", "cid": "c-2", "conv": own, "body": {"do": "note", "text": "x"}})).await;
    eve.is_refused("not_yours").await;
    eve.wire().send(json!({"type": "send", "cid": "c-3", "conv": own, "body": {"do": "take"}})).await;
    eve.is_refused("not_yours").await;
    eve.wire().send(json!({"type": "seen", "conv": ann.conv, "seq": 1})).await;
    eve.wire().send(json!({"type": "typing", "conv": ann.conv, "on": true})).await;

    // Resuming somebody else's conversation is the same as resuming none.
    let mut wire = Wire::open(house.address).await;
    let resume = json!([{"conv": ann.conv, "epoch": ann.epoch, "seq": 0}]);
    wire.send(json!({"type": "auth", "role": "shopper", "token": eve.token, "resume": resume})).await;
    let reset = wire.wait_for("reset").await;
    assert_eq!(reset["conv"], json!(eve.conv));
    assert!(!reset.to_string().contains("secret"));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_and_briefs_stay_with_the_agents_and_leave_no_hole() {
    let house = House::open().await;
    let mut ann = house.shopper("en").await;
    let mut maya = house.agent("Maya").await;
    ann.says("This is ridiculous, I want to talk to a person").await;
    ann.hears_of_a_handoff().await;
    maya.opens(&ann).await;
    maya.takes(&ann).await.expect("free");
    maya.notes(&ann, "PRIVATE: called the carrier").await.expect("hers");
    maya.says(&ann, "On it.").await.expect("hers");
    ann.hears("On it.").await;
    let live = format!("{:?} {:?}", ann.log, ann.other_frames);
    ann.drops();
    ann.returns().await;
    let tab = ann.other_tab().await;
    for text in [live, format!("{:?}", ann.log), format!("{:?}", tab.log)] {
        for secret in ["PRIVATE", "brief", "factors", "score"] {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
    }
    assert_eq!(ann.through, maya.log(&ann).len() as i64, "the note has a number, and ann stepped over it");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_and_tickets_that_are_not_good_open_nothing() {
    let house = House::open().await;
    let maya = house.agent("Maya").await;
    let ticket = maya.ticket().await;
    let mut first = Wire::open(house.address).await;
    first.send(json!({"type": "auth", "role": "agent", "ticket": ticket})).await;
    first.wait_for("ready").await;
    let wrong = [
        json!({"type": "auth", "role": "agent", "ticket": ticket}),
        json!({"type": "auth", "role": "agent", "ticket": "made up"}),
        json!({"type": "auth", "role": "shopper", "token": "made up"}),
        json!({"type": "ping", "heads": {}}),
    ];
    for auth in wrong {
        let mut wire = Wire::open(house.address).await;
        wire.send(auth.clone()).await;
        assert_eq!(wire.close_code().await, 4001, "{auth}");
    }
    let editor = house.staff("Iris", warmline::domain::Role::Editor).await;
    let headers = [("Cookie", editor.as_str()), ("X-Warmline-CSRF", "1")];
    assert_eq!(house.request("POST", "/api/session/ticket", &headers, "").await.status, 403, "editors have no desk");
    assert_eq!(house.request("GET", "/api/conversations?view=all", &headers, "").await.status, 403);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_without_auth_is_closed() {
    let house = House::open().await;
    let mut wire = Wire::open(house.address).await;
    assert_eq!(wire.close_code().await, 4002);
    house.close().await;
}
