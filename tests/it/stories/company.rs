//! Who else is at a conversation: colleagues see each other look and write, and see them go.

use serde_json::json;
use warmline::{clock::Clock, desk::company::BELIEVED_MS};

use crate::harness::{Agent, House};

#[tokio::test(flavor = "multi_thread")]
async fn colleagues_see_each_other_look_write_and_leave() {
    let house = House::open().await;
    let mut ann = house.shopper("en").await;
    let (mut maya, mut omar) = (house.agent("Maya").await, house.agent("Omar").await);
    ann.says("I want to talk to a person").await;
    maya.opens(&ann).await;
    omar.opens(&ann).await;
    maya.looks(&ann, "looking").await;
    omar.sees_at(&ann, &[("Maya", "looking")]).await;
    omar.looks(&ann, "noting").await;
    maya.sees_at(&ann, &[("Maya", "looking"), ("Omar", "noting")]).await;

    // Another window of Omar's does not make him two, and what he does there counts.
    let mut window = Agent::come_in(house.address, omar.cookie.clone()).await;
    window.opens(&ann).await;
    window.looks(&ann, "replying").await;
    maya.sees_at(&ann, &[("Maya", "looking"), ("Omar", "replying")]).await;
    window.drops();
    maya.sees_at(&ann, &[("Maya", "looking"), ("Omar", "noting")]).await;

    // Who comes later is told at once; the shopper is told nothing of all this.
    let lena = house.agent("Lena").await;
    assert_eq!(lena.company_at(&ann).len(), 2, "{:?}", lena.company);
    omar.looks_away().await;
    maya.sees_at(&ann, &[("Maya", "looking")]).await;
    omar.looks(&ann, "looking").await;
    maya.sees_at(&ann, &[("Maya", "looking"), ("Omar", "looking")]).await;
    omar.drops();
    maya.sees_at(&ann, &[("Maya", "looking")]).await;
    maya.takes(&ann).await.expect("free");
    ann.sees_status("assigned").await;
    assert!(!ann.other_frames.iter().any(|frame| frame["type"] == "company"), "no shopper's business");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_a_window_has_open_can_be_looked_at_and_silence_is_not_believed_for_long() {
    let clock = Clock::manual(1_773_828_000_000);
    let house = House::open_at(clock.clone(), &[]).await;
    let mut ann = house.shopper("en").await;
    let (mut maya, mut omar) = (house.agent("Maya").await, house.agent("Omar").await);
    ann.says("I want to talk to a person").await;
    // Not opened: no word of it. What comes after is the first that Omar hears.
    maya.looks(&ann, "replying").await;
    maya.opens(&ann).await;
    maya.looks(&ann, "looking").await;
    while omar.company.is_empty() {
        omar.read().await;
    }
    assert_eq!(omar.company_at(&ann), [("Maya".into(), "looking".into())]);
    // A ping says it again; who is silent for too long is gone.
    clock.advance_ms(BELIEVED_MS - 1);
    maya.wire().send(json!({"type": "ping"})).await;
    while maya.read().await["type"] != "pong" {}
    clock.advance_ms(BELIEVED_MS - 1);
    house.app.checks_due.send_replace(());
    omar.opens(&ann).await;
    assert_eq!(omar.company_at(&ann).len(), 1, "she pinged");
    clock.advance_ms(1);
    house.app.checks_due.send_replace(());
    omar.sees_at(&ann, &[]).await;
    house.close().await;
}
