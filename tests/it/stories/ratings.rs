//! How was it? A poor answer becomes a supervisor's follow-up, and after a remedy the shopper is asked once more.

use serde_json::{Value, json};
use warmline::{clock::Clock, domain::Role};

use crate::harness::{Agent, House, Shopper};

const MORNING: i64 = 1_773_828_000_000;
const HOUR: i64 = 3_600_000;

async fn is_helped(house: &House, maya: &mut Agent) -> Shopper {
    let mut shopper = house.shopper("en").await;
    shopper.says("I want to talk to a person").await;
    shopper.hears_of_a_handoff().await;
    maya.opens(&shopper).await;
    maya.takes(&shopper).await.expect("free");
    maya.resolves(&shopper).await.expect("hers");
    shopper.hears_that("an invitation", |item| item["kind"] == "rating_asked").await;
    shopper
}

async fn rates(shopper: &mut Shopper, score: u8, comment: &str) -> i64 {
    let cid = shopper.sends(json!({"do": "rate", "resolution": 1, "score": score, "comment": comment})).await;
    shopper.waits_for_ack(&cid).await.0
}

async fn ask(house: &House, cookie: &str, method: &str, path: &str, body: Value) -> (u16, Value) {
    let headers = [("Cookie", cookie), ("X-Warmline-CSRF", "1"), ("Content-Type", "application/json")];
    let answer = house.request(method, path, &headers, &body.to_string()).await;
    (answer.status, serde_json::from_str(&answer.body).unwrap_or_default())
}

async fn follow_ups(house: &House, cookie: &str, state: &str) -> Value {
    ask(house, cookie, "GET", &format!("/api/follow-ups?state={state}"), json!({})).await.1["follow_ups"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poor_rating_is_followed_up_and_after_the_remedy_asked_for_again() {
    let clock = Clock::manual(MORNING);
    let house = House::open_at(clock.clone(), &[]).await;
    let mut maya = house.agent("Maya").await;
    let boss = house.staff("Bo", Role::Supervisor).await;
    let mut ann = is_helped(&house, &mut maya).await;
    assert_eq!(follow_ups(&house, &boss, "open").await, json!([]));
    rates(&mut ann, 1, "Nobody told me anything").await;
    ann.hears("sorry it went like this").await;
    let notices = async || ask(&house, &boss, "GET", "/api/notices", json!({})).await.1["notices"].clone();
    assert_eq!((&notices().await[0]["about"], &notices().await[0]["score"]), (&json!("low_rating"), &json!(1)));
    let open = follow_ups(&house, &boss, "open").await;
    assert_eq!((&open[0]["score"], &open[0]["comment"]), (&json!(1), &json!("Nobody told me anything")));
    assert_eq!((&open[0]["agent"]["name"], &open[0]["due_at"]), (&json!("Maya"), &json!(MORNING + 24 * HOUR)));
    assert_eq!(ask(&house, &maya.cookie, "GET", "/api/follow-ups?state=open", json!({})).await.0, 403, "supervisors'");

    let path = |what: &str| format!("/api/follow-ups/{}/1/{what}", open[0]["conv"].as_str().expect("an id"));
    assert_eq!(ask(&house, &boss, "POST", &path("take"), json!({})).await.0, 204);
    assert_eq!(follow_ups(&house, &boss, "taken").await[0]["owner"]["name"], "Bo");
    assert_eq!(notices().await, json!([]), "somebody looks after it");
    assert_eq!(ask(&house, &boss, "POST", &path("note"), json!({"text": "Called her."})).await.0, 204);
    assert_eq!(ask(&house, &maya.cookie, "POST", &path("done"), json!({"remedy": "x"})).await.0, 403);
    assert_eq!(ask(&house, &boss, "POST", &path("done"), json!({"remedy": "Postage refunded"})).await.0, 204);
    assert_eq!(ask(&house, &boss, "POST", &path("done"), json!({"remedy": "again"})).await.0, 409);
    let again = ann.hears_that("the second invitation", |item| item["again"] == json!(true)).await;
    assert!(again["text"].as_str().is_some_and(|text| text.contains("How is it now")), "{again}");
    rates(&mut ann, 5, "").await;
    ann.hears("Thank you for telling us").await;
    let done = follow_ups(&house, &boss, "done").await;
    assert_eq!((&done[0]["score"], &done[0]["score_again"]), (&json!(1), &json!(5)), "both are kept");
    assert_eq!(done[0]["remedy"], "Postage refunded");
    let seen = format!("{:?}", ann.log);
    assert!(
        !seen.contains("follow_up") && !seen.contains("Postage refunded") && !seen.contains("Called her"),
        "{seen}"
    );
    house.is_well().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rating_is_one_of_a_resolution_can_be_changed_for_a_while_and_is_refused_after() {
    let clock = Clock::manual(MORNING);
    let house = House::open_at(clock.clone(), &[]).await;
    let mut maya = house.agent("Maya").await;
    let boss = house.staff("Bo", Role::Supervisor).await;
    let mut ann = is_helped(&house, &mut maya).await;
    ann.sends(json!({"do": "rate", "resolution": 1, "score": 6})).await;
    ann.is_refused("bad_frame").await;
    ann.sends(json!({"do": "rate", "resolution": 2, "score": 5})).await;
    ann.is_refused("stale").await;
    rates(&mut ann, 4, "").await;
    ann.hears("Thank you for telling us").await;
    clock.advance_ms(HOUR);
    rates(&mut ann, 2, "It broke again").await;
    ann.hears("changed your rating").await;
    let open = follow_ups(&house, &boss, "open").await;
    assert_eq!((open.as_array().map(Vec::len), &open[0]["score"]), (Some(1), &json!(2)));
    clock.advance_ms(24 * HOUR);
    ann.drops();
    ann.returns().await;
    ann.sends(json!({"do": "rate", "resolution": 1, "score": 5})).await;
    ann.is_refused("too_late").await;

    // Who does not answer may still do so days later, and not for ever.
    let mut bob = is_helped(&house, &mut maya).await;
    clock.advance_ms(8 * 24 * HOUR);
    bob.drops();
    bob.returns().await;
    bob.sends(json!({"do": "rate", "resolution": 1, "score": 5})).await;
    bob.is_refused("too_late").await;
    house.close().await;
}
