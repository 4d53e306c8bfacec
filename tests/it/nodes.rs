//! Several nodes on one PostgreSQL: shopper here, agent there, with NATS, without it, and while it dies.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use data_encoding::BASE64URL_NOPAD;
use nkeys::KeyPair;
use serde_json::{Value, json};
use tokio::{
    sync::Notify,
    time::{interval, timeout},
};
use warmline::{
    bus::{Bus, Event, Link, Typist},
    config::{NatsSettings, Secret},
    domain::{Role, ids::ConversationId},
};

use crate::harness::{House, PATIENCE, nats::NatsServer, postgres, services};

/// A little shop's cluster: two nodes, started at the same time on an empty database.
async fn two_houses(nats_url: Option<&str>) -> (House, House) {
    let database = postgres::new_database().await;
    let mut settings = vec![("database_url", database.as_str()), ("rate_limits", "off")];
    settings.extend(nats_url.map(|url| ("nats_url", url)));
    tokio::join!(House::open_with(&settings), House::open_with(&settings))
}

/// Waits until both nodes say of the bus that it is (not) connected.
async fn both_see(houses: [&House; 2], connected: i64) {
    let seen = async {
        let mut ticks = interval(Duration::from_millis(20));
        while houses.iter().any(|house| house.app.metrics.bus_connected.get() != connected) {
            ticks.tick().await;
        }
    };
    timeout(PATIENCE, seen).await.expect("the metric follows the bus");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL and NATS: tests/run starts them"]
async fn shopper_here_and_agent_there_while_nats_dies_and_comes_back() {
    let mut nats = NatsServer::start(&[]).await;
    let (here, there) = two_houses(Some(&nats.url())).await;
    both_see([&here, &there], 1).await;
    let mut ann = here.shopper("en").await;
    let mut maya = there.agent("Maya").await;
    ann.says("I want to talk to a person").await;
    ann.hears_of_a_handoff().await;
    maya.sees_row(&ann, "queued").await;
    maya.opens(&ann).await;
    maya.takes(&ann).await.expect("free");
    ann.sees_status("assigned").await;
    // Ephemeral things cross only by the bus: this cannot be the work of the checks.
    maya.types(&ann).await;
    ann.sees_typing("agent").await;
    let mut omar = here.agent("Omar").await;
    maya.looks(&ann, "replying").await;
    omar.sees_at(&ann, &[("Maya", "replying")]).await;
    maya.says(&ann, "Hello, I am Maya.").await.expect("hers");
    ann.hears("Hello, I am Maya.").await;

    nats.dies();
    both_see([&here, &there], 0).await;
    ann.says("Are you still there?").await;
    maya.reads(&ann, "Are you still there?").await;
    maya.says(&ann, "I am.").await.expect("hers");
    ann.hears("I am.").await;
    // The desk's list, a shopper's place and what was read are found by the checks too.
    maya.has_read(&ann, ann.through).await;
    ann.sees_read("agent", ann.through).await;
    let mut ben = here.shopper("en").await;
    ben.says("I want to talk to a person").await;
    ben.sees_place(1).await;
    maya.sees_row(&ben, "queued").await;
    let mut cleo = there.shopper("en").await;
    cleo.says("I want to talk to a person").await;
    cleo.sees_place(2).await;
    maya.opens(&ben).await;
    maya.takes(&ben).await.expect("free");
    ben.sees_status("assigned").await;
    cleo.sees_place(1).await;

    nats.comes_back().await;
    both_see([&here, &there], 1).await;
    ann.says("Good to have you back").await;
    maya.reads(&ann, "Good to have you back").await;
    maya.types(&ben).await;
    ben.sees_typing("agent").await;
    here.close().await;
    // The node is gone, the conversation is not.
    ann.drops();
    maya.says(&ann, "You are on another machine now.").await.expect("hers");
    ann.returns_to(&there).await;
    ann.hears("You are on another machine now.").await;
    assert_eq!(ann.log.keys().copied().collect::<Vec<_>>(), (1..=ann.through).collect::<Vec<_>>());
    there.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL and NATS: tests/run starts them"]
async fn what_is_too_big_for_nats_arrives_all_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("nats.conf");
    std::fs::write(&file, "max_payload: 600\n").expect("a file");
    let nats = NatsServer::start(&["--config", &file.display().to_string()]).await;
    let (here, there) = two_houses(Some(&nats.url())).await;
    both_see([&here, &there], 1).await;
    let mut ann = here.shopper("en").await;
    let mut maya = there.agent("Maya").await;
    ann.says("I want to talk to a person").await;
    maya.opens(&ann).await;
    maya.takes(&ann).await.expect("free");
    ann.sees_status("assigned").await;
    let long = "a long story ".repeat(200);
    ann.says(&long).await;
    maya.reads(&ann, &long).await;
    here.close().await;
    there.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL: tests/run starts it"]
async fn nodes_that_know_of_no_nats_still_agree() {
    let (here, there) = two_houses(None).await;
    let mut ann = here.shopper("en").await;
    let mut maya = there.agent("Maya").await;
    ann.says("I want to talk to a person").await;
    maya.sees_row(&ann, "queued").await;
    maya.opens(&ann).await;
    maya.takes(&ann).await.expect("free");
    ann.sees_status("assigned").await;
    maya.resolves(&ann).await.expect("hers");
    ann.sees_status("closed").await;

    // A publish on one node is answered on the other.
    let cookie = here.staff("Iris", Role::Editor).await;
    let headers = [("Cookie", cookie.as_str()), ("X-Warmline-CSRF", "1"), ("Content-Type", "application/json")];
    let text = json!({"title": "Do you sell hammocks?", "questions": ["hammock for the balcony"], "body": "**Yes**."});
    let article = json!({
        "id": "hammocks", "category": "products", "products": [], "valid_from": null, "valid_until": null,
        "texts": {"en": text}, "publish": true
    });
    let answer = here.request("POST", "/api/articles", &headers, &article.to_string()).await;
    assert!((200..300).contains(&answer.status), "{}", answer.body);
    let published = Instant::now();
    loop {
        let mut ben = there.shopper("en").await;
        let asked = ben.says("Do you sell hammocks?").await;
        let said = ben.hears_that("an answer", |item| item["seq"].as_i64() > Some(asked)).await;
        if said["source"]["article"] == "hammocks" {
            break;
        }
        assert!(published.elapsed() < PATIENCE, "never answered on the other node");
    }
    here.close().await;
    there.close().await;
}

/// What a node heard, and a way to wait for it.
#[derive(Default)]
struct Heard {
    events: Mutex<Vec<Event>>,
    news: Notify,
}

impl Heard {
    fn by(bus: &Bus) -> Arc<Heard> {
        let heard = Arc::<Heard>::default();
        let ear = heard.clone();
        bus.listen(move |event| {
            ear.events.lock().expect("no panic").push(event.clone());
            ear.news.notify_one();
        });
        heard
    }

    async fn until(&self, last: &Event) -> Vec<Event> {
        let found = async {
            loop {
                let events = self.events.lock().expect("no panic").clone();
                if events.last() == Some(last) {
                    return events;
                }
                self.news.notified().await;
            }
        };
        timeout(PATIENCE, found).await.expect("the event arrives")
    }
}

fn typing(name: &str) -> Event {
    Event::Typing { conv: ConversationId::from(name), who: Typist::Bot, on: true }
}

async fn up(bus: &Bus) {
    let mut link = bus.link().expect("not a local bus");
    timeout(PATIENCE, link.wait_for(|link| *link == Link::Up)).await.expect("in time").expect("a connection");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs NATS: tests/run finds it"]
async fn nodes_hear_each_other_once_and_themselves_at_once_and_no_other_shop() {
    let certs = services::certificates();
    let cert = |name: &str| certs.join(name).display().to_string();
    let options =
        ["--user", "ann", "--pass", "p@ss", "--tls", "--tlscert", &cert("server.pem"), "--tlskey", &cert("server.key")];
    let nats = NatsServer::start(&options).await;
    let settings = NatsSettings {
        urls: vec![Secret(format!("tls://ann:p%40ss@localhost:{}", nats.port()))],
        credentials: None,
        ca: Some(certs.join("ca.pem")),
        client_certificate: None,
    };
    let connect = async |channel: &str| {
        let bus = Bus::nats(&settings, channel, &uuid::Uuid::now_v7().to_string(), None).await.expect("a bus");
        let heard = Heard::by(&bus);
        up(&bus).await;
        (bus, heard)
    };
    let (one, one_heard) = connect("warmline.a").await;
    let (two, two_heard) = connect("warmline.a").await;
    let (stranger, stranger_heard) = connect("warmline.b").await;
    // Subscriptions are in place once something came through.
    let greeted = async {
        let mut ticks = interval(Duration::from_millis(20));
        while one_heard.events.lock().expect("no panic").is_empty()
            || two_heard.events.lock().expect("no panic").len() < 2
        {
            two.publish(&typing("hello"));
            ticks.tick().await;
        }
    };
    timeout(PATIENCE, greeted).await.expect("they hear each other");
    two.publish(&typing("begin"));
    one_heard.until(&typing("begin")).await;

    one.publish(&typing("first"));
    assert_eq!(one_heard.events.lock().expect("no panic").last(), Some(&typing("first")), "at once");
    two_heard.until(&typing("first")).await;
    two.publish(&typing("second"));
    let heard = one_heard.until(&typing("second")).await;
    assert_eq!(heard[heard.len() - 3..], [typing("begin"), typing("first"), typing("second")], "each once");
    stranger.publish(&typing("elsewhere"));
    assert_eq!(stranger_heard.until(&typing("elsewhere")).await.len(), 1);

    let missing = NatsSettings { ca: Some(certs.join("no.pem")), ..settings };
    assert!(Bus::nats(&missing, "x", "node", None).await.err().is_some_and(|error| error.contains("no.pem")));
}

/// A server that lets in who shows a certificate of its CA.
#[tokio::test]
#[ignore = "needs NATS: tests/run finds it"]
async fn a_client_certificate_is_shown_to_a_server_that_asks() {
    let _unlogged = unlogged();
    let certs = services::certificates();
    let cert = |name: &str| certs.join(name).display().to_string();
    let (pem, key, ca) = (cert("server.pem"), cert("server.key"), cert("ca.pem"));
    let nats = NatsServer::start(&["--tlsverify", "--tlscert", &pem, "--tlskey", &key, "--tlscacert", &ca]).await;
    let settings = NatsSettings {
        urls: vec![Secret(format!("tls://localhost:{}", nats.port()))],
        credentials: None,
        ca: Some(certs.join("ca.pem")),
        client_certificate: Some((certs.join("server.pem"), certs.join("server.key"))),
    };
    is_let_in(&settings).await;
    is_refused(&NatsSettings { client_certificate: None, ..settings }).await;
}

/// A server of an operator, who knows accounts, which know users: a credentials file says who one is and proves it.
#[tokio::test]
#[ignore = "needs NATS: tests/run finds it"]
async fn a_credentials_file_opens_a_server_with_operators() {
    let _unlogged = unlogged();
    let (operator, account, user) = (KeyPair::new_operator(), KeyPair::new_account(), KeyPair::new_user());
    let limits = json!({"subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true, "conn": -1, "leaf": -1});
    let none = json!({});
    let operator_jwt = jwt(&operator, &operator, json!({"type": "operator", "version": 2}));
    let account_jwt = jwt(
        &operator,
        &account,
        json!({"type": "account", "version": 2, "limits": limits, "default_permissions": {"pub": none, "sub": none}}),
    );
    let user_claims =
        json!({"type": "user", "version": 2, "pub": none, "sub": none, "subs": -1, "data": -1, "payload": -1});
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("nats.conf");
    let resolver = format!("resolver: MEMORY\nresolver_preload: {{ {}: {account_jwt} }}\n", account.public_key());
    std::fs::write(&config, format!("operator: {operator_jwt}\n{resolver}")).expect("written");
    let creds = |signed_by: &KeyPair, name: &str| {
        let (jwt, seed) = (jwt(signed_by, &user, user_claims.clone()), user.seed().expect("its own"));
        let file = folder.path().join(name);
        let text = format!(
            "-----BEGIN NATS USER JWT-----\n{jwt}\n------END NATS USER JWT------\n\n\
             -----BEGIN USER NKEY SEED-----\n{seed}\n------END USER NKEY SEED------\n"
        );
        std::fs::write(&file, text).expect("written");
        file
    };
    let nats = NatsServer::start(&["--config", &config.display().to_string()]).await;
    let settings =
        |credentials| NatsSettings { urls: vec![Secret(nats.url())], credentials, ca: None, client_certificate: None };
    is_let_in(&settings(Some(creds(&account, "warmline.creds")))).await;
    is_refused(&settings(None)).await;
    is_refused(&settings(Some(creds(&KeyPair::new_account(), "others.creds")))).await;
}

/// As NATS has them: <https://docs.nats.io/running-a-nats-service/nats_admin/security/jwt>.
fn jwt(issuer: &KeyPair, subject: &KeyPair, claims: Value) -> String {
    let claims = json!({
        "jti": uuid::Uuid::now_v7(), "iat": 1_700_000_000, "name": "warmline",
        "iss": issuer.public_key(), "sub": subject.public_key(), "nats": claims,
    });
    let encode = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
    let header = encode(json!({"typ": "JWT", "alg": "ed25519-nkey"}).to_string().as_bytes());
    let signed = format!("{header}.{}", encode(claims.to_string().as_bytes()));
    let signature = encode(&issuer.sign(signed.as_bytes()).expect("a private key"));
    format!("{signed}.{signature}")
}

/// Who is refused logs it as an error, and houses of other tests count those. Of this thread alone, so the test has to
/// keep to one.
fn unlogged() -> tracing::subscriber::DefaultGuard {
    tracing::subscriber::set_default(tracing::subscriber::NoSubscriber::default())
}

async fn is_let_in(settings: &NatsSettings) {
    let bus = Bus::nats(settings, "warmline.a", "node", None).await.expect("a bus");
    up(&bus).await;
}

/// The node works all the same, alone.
async fn is_refused(settings: &NatsSettings) {
    let bus = Bus::nats(settings, "warmline.a", "node", None).await.expect("a bus");
    let mut link = bus.link().expect("not a local bus");
    let connected = timeout(Duration::from_secs(2), link.wait_for(|link| *link == Link::Up)).await;
    assert!(connected.is_err(), "let in without what the server asks for");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs NATS: tests/run finds it"]
async fn a_node_starts_and_works_before_nats_does() {
    let mut nats = NatsServer::start(&[]).await;
    nats.dies();
    let settings =
        NatsSettings { urls: vec![Secret(nats.url())], credentials: None, ca: None, client_certificate: None };
    let bus = Bus::nats(&settings, "warmline.a", "node", None).await.expect("a bus");
    let heard = Heard::by(&bus);
    bus.publish(&typing("alone"));
    assert_eq!(heard.until(&typing("alone")).await.len(), 1);
    nats.comes_back().await;
    up(&bus).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL and NATS: tests/run starts them"]
async fn words_corrected_and_taken_out_there_change_here_and_a_mention_crosses() {
    let nats = NatsServer::start(&[]).await;
    let (here, there) = two_houses(Some(&nats.url())).await;
    both_see([&here, &there], 1).await;
    let mut ann = here.shopper("en").await;
    let mut maya = there.agent("Maya").await;
    let mut omar = here.agent("Omar").await;
    ann.says("I want to talk to a person").await;
    ann.hears_of_a_handoff().await;
    maya.opens(&ann).await;
    maya.takes(&ann).await.expect("free");
    let wrong = maya.says(&ann, "On Tueday").await.expect("hers");
    let card = ann.says("my card is 4111 1111 1111 1111").await;
    maya.reads(&ann, "4111").await;
    omar.opens(&ann).await;
    for body in [
        json!({"do": "edit", "seq": wrong, "text": "On Tuesday"}),
        json!({"do": "redact", "seq": card, "why": "card number"}),
        json!({"do": "note", "text": "@Omar look", "mentions": [omar.id]}),
    ] {
        let cid = maya.sends(&ann, body).await;
        maya.outcome(&cid).await.expect("hers");
    }
    ann.hears_that("the correction", |item| item["kind"] == "edited" && item["target"] == json!(wrong)).await;
    ann.hears_that("the trace", |item| item["kind"] == "redacted" && item["target"] == json!(card)).await;
    while !omar.other_frames.iter().any(|frame| frame["type"] == "mentioned") {
        omar.read().await;
    }
    ann.drops();
    ann.reloads().await;
    ann.drops();
    ann.returns_to(&there).await;
    let all = format!("{:?}", ann.log);
    assert!(!all.contains("Tueday") && !all.contains("4111 1111") && all.contains("On Tuesday"), "{all}");
    here.close().await;
    there.close().await;
}
