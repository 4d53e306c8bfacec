//! A deploy: sockets are told, turns end, the store is closed.

use serde_json::json;

use crate::harness::House;

#[tokio::test(flavor = "multi_thread")]
async fn going_down_tells_every_socket_when_to_come_back() {
    let mut house = House::open().await;
    let (mut ann, mut bo) = (house.shopper("en").await, house.shopper("en").await);
    ann.says("How much is shipping?").await;
    house.begin_to_close();
    let mut times = Vec::new();
    for shopper in [&mut ann, &mut bo] {
        let drain = shopper.wire().wait_for("drain").await;
        times.push(drain["retry_in_ms"].as_u64().expect("a time"));
        assert_eq!(shopper.wire().close_code().await, 1012);
    }
    assert_ne!(times[0], times[1], "they do not come back all at once");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_in_the_last_moment_is_stored_or_not_acknowledged() {
    let mut house = House::open().await;
    let mut ann = house.shopper("en").await;
    let mut sent = Vec::new();
    for n in 0..5 {
        sent.push(ann.sends(json!({"do": "message", "text": format!("last words {n}")})).await);
    }
    house.begin_to_close();
    let mut acknowledged = Vec::new();
    while let Ok(frame) = ann.wire().next().await {
        for item in frame["items"].as_array().into_iter().flatten() {
            acknowledged.extend(item["cid"].as_str().map(str::to_owned));
        }
    }
    assert!(acknowledged.iter().all(|cid| sent.contains(cid)));
    assert!(sent.starts_with(&acknowledged), "in order, without a gap");
    house.close().await;
}
