//! A model server of the operator's own: used while it is well, done without while it is not, and nobody waits for it.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use warmline::{domain::Role, search::Encoder};

use crate::harness::House;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Mood {
    Well,
    /// Answers when nobody listens any more.
    Slow,
    Ill,
    /// Answers with fewer vectors than texts.
    Confused,
}

/// A server of vectors, which are those of the model in this binary: turned round, so that it matters whose they are.
struct Server {
    mood: Mutex<Mood>,
    asked: Mutex<Vec<String>>,
    address: SocketAddr,
}

impl Server {
    async fn start() -> Arc<Server> {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let server = Arc::new(Server { mood: Mutex::new(Mood::Well), asked: Mutex::default(), address });
        let router = Router::new().route("/v1/embeddings", post(answer)).with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        server
    }

    fn is(&self, mood: Mood) {
        *self.mood.lock().expect("no panic") = mood;
    }

    fn was_asked(&self, text: &str) -> bool {
        self.asked.lock().expect("no panic").iter().any(|asked| asked == text)
    }
}

async fn answer(State(server): State<Arc<Server>>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    assert_eq!(headers["authorization"], "Bearer s3cret");
    assert_eq!(body["model"], "turned");
    let texts: Vec<&str> =
        body["input"].as_array().expect("texts").iter().map(|text| text.as_str().expect("a text")).collect();
    server.asked.lock().expect("no panic").extend(texts.iter().map(|text| (*text).to_owned()));
    let mood = *server.mood.lock().expect("no panic");
    match mood {
        Mood::Ill => return (StatusCode::SERVICE_UNAVAILABLE, "no memory left").into_response(),
        Mood::Slow => std::future::pending().await,
        Mood::Well | Mood::Confused => {}
    }
    let encoder = Encoder::built_in().expect("tests are built with the model");
    let data: Vec<Value> = texts
        .iter()
        .enumerate()
        .skip(usize::from(mood == Mood::Confused))
        .map(|(index, text)| {
            let vector = encoder.vector(text.strip_prefix("query: ").expect("the prefix"));
            let turned: Vec<f32> = vector.iter().rev().map(|value| -value).collect();
            json!({"object": "embedding", "index": index, "embedding": turned})
        })
        .collect();
    Json(json!({"object": "list", "data": data, "model": "turned"})).into_response()
}

async fn house_with(server: &Server) -> House {
    House::open_with(&[
        ("embeddings_url", format!("http://{}/v1", server.address).as_str()),
        ("embeddings_model", "turned"),
        ("embeddings_key", "s3cret"),
        ("embeddings_prefix", "query: "),
        ("rate_limits", "off"),
    ])
    .await
}

/// The server's vectors are in use (or not).
async fn is_used(house: &House, used: bool) {
    let mut changed = house.app.mind_changed.subscribe();
    while house.app.mind().is_understood_elsewhere() != used {
        changed.changed().await.expect("the app is there");
    }
    let embeddings = house.app.embeddings.as_ref().expect("set");
    embeddings.health().wait_for(|is_well| *is_well == used).await.expect("the app is there");
}

async fn answers(house: &House) {
    let mut ann = house.shopper("en").await;
    ann.says("How much is shipping?").await;
    ann.is_answered_from("shipping-fee").await;
}

async fn vectors_of(house: &House, cookie: &str) -> Value {
    let headers = [("Cookie", cookie), ("X-Warmline-CSRF", "1"), ("Content-Type", "application/json")];
    let answer =
        house.request("POST", "/api/ask", &headers, r#"{"text": "parcel to the islands", "lang": "en"}"#).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    serde_json::from_str::<Value>(&answer.body).expect("JSON")["vectors_of"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn its_vectors_are_used_while_it_is_well_and_nobody_waits_when_it_is_not() {
    let server = Server::start().await;
    let house = house_with(&server).await;
    let cookie = house.staff("Iris", Role::Editor).await;
    is_used(&house, true).await;
    answers(&house).await;
    let last = server.asked.lock().expect("no panic").last().cloned();
    assert_eq!(last.as_deref(), Some("query: how much is shipping?"), "the question is understood by the server");
    assert_eq!(vectors_of(&house, &cookie).await, "server");

    for mood in [Mood::Ill, Mood::Slow, Mood::Confused] {
        server.is(mood);
        let asked = Instant::now();
        answers(&house).await;
        assert!(!house.app.embeddings.as_ref().expect("set").is_well(), "{mood:?} is noticed");
        // The pause after half a thought, the patience, and a debug build.
        assert!(asked.elapsed() < Duration::from_secs(10), "{mood:?}: {:?}", asked.elapsed());
        assert_eq!(vectors_of(&house, &cookie).await, "binary", "and said");
        answers(&house).await;
        server.is(Mood::Well);
        is_used(&house, true).await;
        assert_eq!(vectors_of(&house, &cookie).await, "server");
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_is_answered_at_once_and_the_server_hears_of_it() {
    let server = Server::start().await;
    let house = house_with(&server).await;
    let cookie = house.staff("Iris", Role::Editor).await;
    is_used(&house, true).await;
    server.is(Mood::Ill);
    let headers = [("Cookie", cookie.as_str()), ("X-Warmline-CSRF", "1"), ("Content-Type", "application/json")];
    let text = json!({"title": "Do you sell hammocks?", "questions": ["hammock for the balcony"], "body": "**Yes**."});
    let article = json!({
        "id": "hammocks", "category": "products", "products": [], "valid_from": null, "valid_until": null,
        "texts": {"en": text}, "publish": true
    });
    let answer = house.request("POST", "/api/articles", &headers, &article.to_string()).await;
    assert!((200..300).contains(&answer.status), "{}", answer.body);
    let mut ann = house.shopper("en").await;
    ann.says("Do you sell hammocks?").await;
    ann.is_answered_from("hammocks").await;
    server.is(Mood::Well);
    is_used(&house, true).await;
    assert!(server.was_asked("query: hammock for the balcony"));
    house.close().await;
}
