//! What was written is corrected or taken out: everybody sees the new state, live and late, and the log stays whole; and a
//! note that names a colleague reaches them.

use serde_json::{Value, json};
use warmline::{
    clock::Clock,
    domain::{Role, ids::ConversationId},
    store::conversations,
};

use crate::harness::{Agent, House, Shopper};

const CARD: &str = "my card is 4111 1111 1111 1111";

async fn has(agent: &mut Agent, shopper: &mut Shopper) {
    shopper.says("I want to talk to a person").await;
    shopper.hears_of_a_handoff().await;
    agent.opens(shopper).await;
    agent.takes(shopper).await.expect("free");
}

async fn does(agent: &mut Agent, shopper: &Shopper, body: Value) -> Result<i64, Value> {
    let cid = agent.sends(shopper, body).await;
    agent.outcome(&cid).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_s_own_words_are_corrected_for_a_while_and_staff_see_what_they_were() {
    let clock = Clock::manual(1_773_828_000_000);
    let house = House::open_at(clock.clone(), &[]).await;
    let (mut maya, mut omar) = (house.agent("Maya").await, house.agent("Omar").await);
    let mut ann = house.shopper("en").await;
    has(&mut maya, &mut ann).await;
    let said = maya.says(&ann, "It comes on Tueday").await.expect("hers");
    ann.hears("Tueday").await;
    let mut tab = ann.other_tab().await;
    omar.opens(&ann).await;
    let edit = |text: &str| json!({"do": "edit", "seq": said, "text": text});
    assert_eq!(does(&mut omar, &ann, edit("mine now")).await.expect_err("not his")["code"], "not_yours");
    assert_eq!(does(&mut maya, &ann, edit(" ")).await.expect_err("empty")["code"], "bad_frame");
    let unknown = json!({"do": "edit", "seq": 999, "text": "x"});
    assert_eq!(does(&mut maya, &ann, unknown).await.expect_err("no such entry")["code"], "stale");
    let at = does(&mut maya, &ann, edit("It comes on Tuesday")).await.expect("her own");
    for reader in [&mut ann, &mut tab] {
        let entry = reader.hears_that("the correction", |item| item["kind"] == "edited").await;
        assert_eq!(
            (&entry["seq"], &entry["target"], &entry["text"]),
            (&json!(at), &json!(said), &json!("It comes on Tuesday"))
        );
    }
    // Who comes later finds the new words, marked, and never the old ones.
    ann.reloads().await;
    let now = &ann.log[&said];
    assert_eq!((&now["text"], now["changed"]["edited_at"].is_i64()), (&json!("It comes on Tuesday"), true));
    assert!(!format!("{:?}", ann.log).contains("Tueday"));
    omar.opens(&ann).await;
    let was = &omar.log(&ann)[&said]["changed"]["was"][0];
    assert_eq!((&was["text"], &was["by"]["name"]), (&json!("It comes on Tueday"), &json!("Maya")));
    // Kept although the tone coach had something to say: with the message, for staff.
    let despite = json!({"do": "edit", "seq": said, "text": "Tuesday, as I said.", "despite": "arguing"});
    does(&mut maya, &ann, despite).await.expect("her own");
    ann.hears_that("the sharper words", |item| item["text"] == "Tuesday, as I said.").await;
    assert!(!serde_json::to_string(&ann.log).expect("JSON").contains("despite"), "shoppers are not told");
    omar.opens(&ann).await;
    assert_eq!(omar.log(&ann)[&said]["despite"], "arguing");
    clock.advance_ms(16 * 60_000);
    maya.returns().await;
    assert_eq!(does(&mut maya, &ann, edit("too late")).await.expect_err("over")["code"], "too_late");
    house.is_well().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_are_taken_out_are_gone_for_everybody_and_a_trace_stays() {
    let house = House::open().await;
    let (mut maya, mut omar) = (house.agent("Maya").await, house.agent("Omar").await);
    let boss = house.staff("Bo", Role::Supervisor).await;
    let mut boss = Agent::come_in(house.address, boss).await;
    let mut ann = house.shopper("en").await;
    has(&mut maya, &mut ann).await;
    let said = ann.says(CARD).await;
    maya.reads(&ann, CARD).await;
    let noted = maya.notes(&ann, &format!("She wrote {CARD}")).await.expect("anybody may");
    omar.opens(&ann).await;
    boss.opens(&ann).await;
    let redact = |seq: i64| json!({"do": "redact", "seq": seq, "why": "card number"});
    assert_eq!(does(&mut omar, &ann, redact(said)).await.expect_err("has nothing to do with it")["code"], "not_yours");
    does(&mut maya, &ann, redact(said)).await.expect("she has it");
    does(&mut boss, &ann, redact(noted)).await.expect("supervises");
    let again = does(&mut boss, &ann, redact(noted)).await.expect_err("once");
    assert_eq!(again["code"], "stale");
    let told = ann.hears_that("the trace", |item| item["kind"] == "redacted").await;
    assert_eq!(
        (&told["target"], &told["author"]["role"], told["why"].is_null()),
        (&json!(said), &json!("system"), true)
    );
    ann.reloads().await;
    assert_eq!((&ann.log[&said]["text"], ann.log[&said]["changed"]["redacted"]["at"].is_i64()), (&json!(""), true));
    assert!(ann.log[&said]["changed"]["redacted"]["by"].is_null(), "who and why are between staff");
    omar.drops();
    omar.returns().await;
    omar.opens(&ann).await;
    let trace = &omar.log(&ann)[&said]["changed"]["redacted"];
    assert_eq!((&trace["by"]["name"], &trace["why"]), (&json!("Maya"), &json!("card number")));
    let conv = ConversationId(ann.conv.clone());
    let row = conversations::load(&house.app.store, &conv).await.expect("there").expect("there");
    let log = conversations::entries_after(&house.app.store, &conv, 0, 99).await.expect("there");
    let all = format!("{row:?} {log:?} {:?} {:?}", ann.log, omar.log(&ann));
    assert!(!all.contains("4111 1111"), "{all}");
    house.is_well().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleague_who_is_named_in_a_note_hears_of_it_and_looking_clears_it() {
    let house = House::open().await;
    let (mut maya, mut omar) = (house.agent("Maya").await, house.agent("Omar").await);
    let mut ann = house.shopper("en").await;
    has(&mut maya, &mut ann).await;
    let nobody = json!({"do": "note", "text": "@Nobody", "mentions": ["nobody"]});
    assert_eq!(does(&mut maya, &ann, nobody).await.expect_err("nobody")["code"], "not_there");
    let note = json!({"do": "note", "text": "@Omar can you check the stock?", "mentions": [omar.id, omar.id]});
    let seq = does(&mut maya, &ann, note).await.expect("anybody may");
    while !omar.other_frames.iter().any(|frame| frame["type"] == "mentioned" && frame["seq"] == json!(seq)) {
        omar.read().await;
    }
    let unread = async |cookie: &str| {
        let answer = house.request("GET", "/api/mentions", &[("Cookie", cookie)], "").await;
        serde_json::from_str::<Value>(&answer.body).expect("JSON")["mentions"].clone()
    };
    let waiting = unread(&omar.cookie).await;
    assert_eq!((&waiting[0]["by_name"], waiting.as_array().map(Vec::len)), (&json!("Maya"), Some(1)));
    assert_eq!(unread(&maya.cookie).await, json!([]));
    let path = format!("/api/mentions/{}/read", ann.conv);
    let headers = [("Cookie", omar.cookie.as_str()), ("X-Warmline-CSRF", "1")];
    assert_eq!(house.request("POST", &path, &headers, "").await.status, 204);
    assert_eq!(unread(&omar.cookie).await, json!([]));
    assert!(!format!("{:?}", ann.log).contains("stock"), "between staff");
    house.close().await;
}
