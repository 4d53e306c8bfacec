//! One thought in three bubbles: each is kept and acknowledged at once, the answer comes once, whatever dies between.

use serde_json::json;
use warmline::clock::Clock;

use crate::harness::{House, Shopper};

/// Sunday 2026-11-22, 10:00 in Taipei.
const MORNING: i64 = 1_795_312_800_000;
/// Longer than any pause.
const A_WHILE_MS: i64 = 30_000;

/// What the bot has said since it was asked anything.
fn answers(shopper: &Shopper) -> Vec<String> {
    let bot = shopper.log.values().skip(1).filter(|item| item["author"]["role"] == "bot");
    bot.map(|item| item["text"].to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn three_bubbles_get_three_ticks_and_one_answer() {
    let clock = Clock::manual(MORNING);
    let house = House::open_at(clock.clone(), &[]).await;
    let mut ann = house.shopper("zh-Hant").await;
    for (seq, bubble) in [(2, "想問一下"), (3, "你們家"), (4, "那個杯子")] {
        assert_eq!(ann.says(bubble).await, seq);
        assert!(answers(&ann).is_empty(), "{}", ann.transcript());
    }
    clock.advance_ms(A_WHILE_MS);
    let answer = ann.hears_that("an answer", |item| item["seq"] == json!(5)).await;
    assert_eq!(answer["author"]["role"], "bot");
    clock.advance_ms(A_WHILE_MS);
    ann.says("謝謝").await;
    assert_eq!(answers(&ann).len(), 2, "one for the bubbles, one for the thanks\n{}", ann.transcript());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bubble_that_makes_it_clear_is_answered_at_once() {
    let house = House::open_at(Clock::manual(MORNING), &[]).await;
    let mut ann = house.shopper("zh-Hans").await;
    ann.says("请问").await;
    ann.says("运费怎么算？").await;
    ann.is_answered_from("shipping-fee").await;
    assert_eq!(answers(&ann).len(), 1, "{}", ann.transcript());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bubble_sent_twice_is_one() {
    let clock = Clock::manual(MORNING);
    let house = House::open_at(clock.clone(), &[]).await;
    let mut ann = house.shopper("en").await;
    let bubble = json!({"do": "message", "text": "the thing is"});
    let cid = ann.sends(bubble.clone()).await;
    let (seq, _) = ann.waits_for_ack(&cid).await;
    ann.sends_as(&cid, bubble).await;
    assert_eq!(ann.waits_for_ack(&cid).await, (seq, true));
    clock.advance_ms(A_WHILE_MS);
    ann.hears_that("an answer", |item| item["seq"] == json!(seq + 1)).await;
    assert_eq!(answers(&ann).len(), 1, "{}", ann.transcript());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bubbles_outlive_the_server_that_took_them() {
    // Its clock stands still: it takes the bubbles and never comes to the answer.
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().display().to_string();
    let first = House::open_at(Clock::manual(MORNING), &[("data_dir", &data_dir)]).await;
    let database = first.app.settings.database_url.0.clone();
    let mut ann = first.shopper("zh-Hant").await;
    ann.says("想問一下").await;
    ann.says("你們家").await;
    assert!(answers(&ann).is_empty(), "{}", ann.transcript());
    ann.drops();
    first.close().await;

    let later = Clock::manual(MORNING + A_WHILE_MS);
    let second = House::open_at(later, &[("data_dir", &data_dir), ("database_url", &database)]).await;
    ann.comes_to(second.address).await;
    ann.hears_that("an answer", |item| item["seq"] == json!(4) && item["author"]["role"] == "bot").await;
    assert_eq!(answers(&ann).len(), 1, "{}", ann.transcript());
    second.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_who_takes_over_answers_instead() {
    let clock = Clock::manual(MORNING);
    let house = House::open_at(clock.clone(), &[]).await;
    let mut ann = house.shopper("en").await;
    let mut maya = house.agent("Maya").await;
    ann.says("the thing is").await;
    maya.opens(&ann).await;
    maya.takes(&ann).await.expect("taken");
    clock.advance_ms(A_WHILE_MS);
    maya.says(&ann, "I am here, go on.").await.expect("said");
    ann.hears("I am here, go on.").await;
    assert!(answers(&ann).is_empty(), "{}", ann.transcript());
    house.close().await;
}
