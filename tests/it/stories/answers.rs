//! The bot answers from articles, in the shopper's script, and shows an order to whom it belongs.

use serde_json::json;

use crate::harness::House;

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_answered_in_its_own_script_with_its_article() {
    let house = House::open().await;
    let mut ann = house.shopper("zh-Hant").await;
    ann.says("運費怎麼算？").await;
    let answer = ann.is_answered_from("shipping-fee").await;
    assert_eq!(answer["source"]["lang"], "zh-Hant");
    assert!(answer["html"].as_str().is_some_and(|html| html.starts_with('<')), "{answer}");

    let mut bo = house.shopper("zh-Hans").await;
    bo.says("邮费怎么算？").await;
    let answer = bo.is_answered_from("shipping-fee").await;
    assert_eq!(answer["source"]["lang"], "zh-Hans");

    let mut cy = house.shopper("en").await;
    cy.says("How much is shipping?").await;
    let answer = cy.is_answered_from("shipping-fee").await;
    assert_eq!(answer["source"]["lang"], "en");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_comes_in_the_frame_of_the_echo_after_a_typing_sign() {
    let house = House::open().await;
    let mut ann = house.shopper("en").await;
    let cid = ann.sends(json!({"do": "message", "text": "How much is shipping?"})).await;
    let frame = loop {
        let frame = ann.read().await;
        if frame["type"] == "entries" {
            break frame;
        }
    };
    let items = frame["items"].as_array().expect("items");
    assert_eq!(items[0]["cid"], json!(cid));
    assert!(items.iter().any(|item| item["author"]["role"] == "bot"), "{frame}");
    ann.sees_typing("bot").await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_shown_to_whom_it_belongs() {
    let house = House::open().await;
    let mut ann = house.shopper("en").await;
    ann.says("Where is my order PW20260318?").await;
    ann.says("4270").await;
    let shown = ann.hears_that("the order", |item| item["card"]["type"] == "order").await;
    assert_eq!(shown["card"]["number"], "PW20260318");
    let text = shown.to_string();
    for private in ["4270", "guanyu.wu@example.org", "0956814270"] {
        assert!(!text.contains(private), "{private} is in {text}");
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_the_proof_of_an_order_ends_with_a_person_and_locks_the_right_answer_out_too() {
    let house = House::open().await;
    let mut eve = house.shopper("en").await;
    eve.says("Where is my order PW20260318?").await;
    for guess in ["0001", "0002", "0003", "0004", "0005", "0006"] {
        eve.says(guess).await;
    }
    eve.hears_that("that it is locked", |item| item["seq"] == json!(15)).await;
    eve.presses("human").await;
    eve.hears_of_a_handoff().await;
    let mut again = house.shopper("en").await;
    again.says("Where is my order PW20260318?").await;
    again.says("4270").await;
    again.hears_that("something else than the order", |item| item["author"]["role"] == "bot").await;
    assert!(!again.log.values().any(|item| item["card"]["type"] == "order"), "{}", again.transcript());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_messages_get_an_answer_too() {
    let house = House::open().await;
    let mut ann = house.shopper("zh-Hant").await;
    for odd in ["", "   ", &"退".repeat(4_000), "😀😀😀", "\u{202e}\u{200b}"] {
        let seq = ann.says(odd).await;
        ann.hears_that("an answer", |item| item["seq"].as_i64() > Some(seq)).await;
    }
    // Nothing but signs for the third time in a row: a person looks.
    ann.says("?").await;
    ann.hears_of_a_handoff().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_model_the_bot_goes_by_words_and_is_stricter() {
    let house = House::open_with(&[("model", "off")]).await;
    let thresholds = house.app.mind().playbook.thresholds;
    assert!(thresholds.answer > 0.88 && thresholds.clarify > 0.5, "{thresholds:?}");
    let mut ann = house.shopper("zh-Hant").await;
    ann.says("運費怎麼算？").await;
    ann.is_answered_from("shipping-fee").await;
    let mind = house.app.mind();
    let found = mind.understand("請問運費要怎麼計算呢").articles;
    assert_eq!(found.first().map(|best| best.id.as_str()), Some("shipping-fee"));
    assert!(found.iter().all(|found| found.features.cosine == 0.0), "nothing but words");
    assert!(warmline::nlu::ranking::in_three(found.iter().map(|found| found.score)) >= thresholds.clarify);
    assert!(mind.understand("zebra crossing").articles.first().is_none_or(|best| best.score < thresholds.clarify));
    house.close().await;
}

#[cfg(feature = "model")]
#[tokio::test(flavor = "multi_thread")]
async fn shoppers_who_were_not_helped_make_the_bot_less_sure() {
    let house = House::open().await;
    // Not sign for sign: that would be no guess.
    let question = "How much is shipping to me?";
    let before = house.app.mind().understand(question);
    assert!(
        before.articles[0].score >= house.app.mind().playbook.thresholds.answer && !before.articles[0].features.exact,
        "{before:?}"
    );
    for _ in 0..4 {
        let mut ann = house.shopper("en").await;
        ann.says(question).await;
        ann.is_answered_from("shipping-fee").await;
        ann.says("no, that did not help").await;
        ann.hears_that("something else", |item| item["author"]["role"] == "bot" && item["source"].is_null()).await;
    }
    warmline::service::knowledge::refresh(&house.app, 0).await.expect("the database is there");
    let after = house.app.mind().understand(question);
    assert!(after.articles[0].score < before.articles[0].score, "{:?}", after.shifts);
    let why = after.shifts.last().map(|shift| shift.why.as_str());
    assert_eq!(why, Some("what shoppers said of 4 answers"));
    house.close().await;
}
