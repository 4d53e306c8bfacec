//! An agent at the desk: sees rows, opens, takes, replies, notes, hands back, resolves.

use std::{collections::BTreeMap, net::SocketAddr};

use serde_json::{Value, json};
use uuid::Uuid;
use warmline::cli::http;

use super::{Shopper, wire::Wire};

pub struct Agent {
    address: SocketAddr,
    pub cookie: String,
    pub id: String,
    wire: Option<Wire>,
    /// Of the database, as the last snapshot named it.
    database: String,
    pub desk: BTreeMap<String, Value>,
    /// By agent.
    pub seats: BTreeMap<String, Value>,
    /// Who has which conversation in front of them.
    pub company: BTreeMap<String, Value>,
    /// Per conversation, by seq.
    pub logs: BTreeMap<String, BTreeMap<i64, Value>>,
    refused: BTreeMap<String, Value>,
    acknowledged: BTreeMap<String, i64>,
    pub other_frames: Vec<Value>,
}

/// The session cookie, as `name=value`.
pub async fn sign_in(address: SocketAddr, mail: &str, password: &str) -> String {
    let body = json!({"mail": mail, "password": password}).to_string();
    let answer = http::request(
        &address.to_string(),
        "POST",
        "/api/session",
        &[("Content-Type", "application/json"), ("X-Warmline-CSRF", "1")],
        &body,
    )
    .await
    .expect("an answer");
    assert_eq!(answer.status, 200, "{}", answer.body);
    let cookie = answer.header("set-cookie").expect("a cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    cookie.split(';').next().expect("name and value").to_owned()
}

impl Agent {
    pub async fn arrive(address: SocketAddr, mail: &str, password: &str) -> Agent {
        let cookie = sign_in(address, mail, password).await;
        Agent::come_in(address, cookie).await
    }

    /// With the cookie of somebody who is signed in.
    pub async fn come_in(address: SocketAddr, cookie: String) -> Agent {
        let mut agent = Agent {
            address,
            cookie,
            id: String::new(),
            wire: None,
            database: String::new(),
            desk: BTreeMap::new(),
            seats: BTreeMap::new(),
            company: BTreeMap::new(),
            logs: BTreeMap::new(),
            refused: BTreeMap::new(),
            acknowledged: BTreeMap::new(),
            other_frames: Vec::new(),
        };
        agent.connect().await;
        agent
    }

    async fn connect(&mut self) {
        let ticket = self.ticket().await;
        let mut wire = Wire::open(self.address).await;
        let position = |(conv, log): (&String, &BTreeMap<i64, Value>)| {
            let seq = log.keys().next_back()?;
            Some(json!({"conv": conv, "epoch": self.database, "seq": seq}))
        };
        let resume: Vec<_> = self.logs.iter().filter_map(position).collect();
        let mut unread = resume.len();
        wire.send(json!({"type": "auth", "role": "agent", "ticket": ticket, "resume": resume})).await;
        let ready = wire.wait_for("ready").await;
        self.wire = Some(wire);
        self.id = ready["agent"]["id"].as_str().expect("an id").to_owned();
        self.keep_rows(&ready["desk"]);
        self.keep_seats(&ready["seats"]);
        let company = ready["company"].as_object().into_iter().flatten();
        self.company = company.map(|(conv, agents)| (conv.clone(), agents.clone())).collect();
        while unread > 0 {
            let frame = self.read().await;
            unread -= usize::from(["resumed", "reset", "gone"].iter().any(|end| frame["type"] == *end));
        }
    }

    /// The lid is closed, the network gone: without a goodbye.
    pub fn drops(&mut self) {
        self.wire = None;
    }

    /// Comes back, and says how far each open conversation had got.
    pub async fn returns(&mut self) {
        self.connect().await;
    }

    /// Comes back, and the load balancer has chosen another node.
    pub async fn returns_to(&mut self, house: &super::House) {
        self.address = house.address;
        self.connect().await;
    }

    pub fn wire(&mut self) -> &mut Wire {
        self.wire.as_mut().expect("connected")
    }

    pub async fn ticket(&self) -> String {
        let answer = http::request(
            &self.address.to_string(),
            "POST",
            "/api/session/ticket",
            &[("Cookie", &self.cookie), ("X-Warmline-CSRF", "1")],
            "",
        )
        .await
        .expect("an answer");
        let answer: Value = serde_json::from_str(&answer.body).expect("JSON");
        answer["ticket"].as_str().expect("a ticket").to_owned()
    }

    fn keep_rows(&mut self, rows: &Value) {
        for row in rows.as_array().into_iter().flatten() {
            self.desk.insert(row["conv"].as_str().expect("a conversation").to_owned(), row.clone());
        }
    }

    fn keep_seats(&mut self, seats: &Value) {
        for seat in seats.as_array().into_iter().flatten() {
            self.seats.insert(seat["agent"]["id"].as_str().expect("an id").to_owned(), seat.clone());
        }
    }

    pub async fn read(&mut self) -> Value {
        let frame = self.wire().next().await.unwrap_or_else(|end| panic!("the agent's socket ended: {end:?}"));
        match frame["type"].as_str() {
            Some("desk") => self.keep_rows(&frame["rows"]),
            Some("seats") => self.keep_seats(&frame["seats"]),
            Some("company") => {
                let conv = frame["conv"].as_str().expect("a conversation").to_owned();
                self.company.insert(conv, frame["agents"].clone());
            }
            Some("gone") => {
                for conv in frame["convs"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                    self.desk.remove(conv);
                    self.logs.remove(conv);
                }
            }
            Some("entries" | "reset") => self.keep(&frame),
            Some("refused") => {
                let cid = frame["cid"].as_str().unwrap_or_default().to_owned();
                self.refused.insert(cid, frame.clone());
            }
            _ => self.other_frames.push(frame.clone()),
        }
        frame
    }

    /// Agents see every entry, so what they have has no holes.
    fn keep(&mut self, frame: &Value) {
        let log = self.logs.entry(frame["conv"].as_str().expect("a conversation").to_owned()).or_default();
        if frame["type"] == "reset" {
            log.clear();
            self.database = frame["epoch"].as_str().expect("an epoch").to_owned();
        }
        for item in frame["items"].as_array().expect("items") {
            let seq = item["seq"].as_i64().expect("a seq");
            if frame["dup"] != json!(true) {
                if let Some(last) = log.keys().next_back() {
                    assert_eq!(seq, last + 1, "a hole in the log, or an entry that came twice");
                }
                log.insert(seq, item.clone());
            }
            if let Some(cid) = item["cid"].as_str() {
                self.acknowledged.insert(cid.to_owned(), seq);
            }
        }
    }

    /// What came back by itself, as with a replay: the seq of a send that need not be sent again.
    pub fn has_echo(&mut self, cid: &str) -> Option<i64> {
        self.acknowledged.remove(cid)
    }

    /// Opens a conversation and reads its log.
    pub async fn opens(&mut self, shopper: &Shopper) {
        self.wire().send(json!({"type": "open", "conv": shopper.conv})).await;
        loop {
            let frame = self.read().await;
            if frame["type"] == "reset" && frame["conv"] == json!(shopper.conv) {
                return;
            }
        }
    }

    pub async fn sends(&mut self, shopper: &Shopper, body: Value) -> String {
        let cid = Uuid::now_v7().to_string();
        self.sends_as(&cid, shopper, body).await;
        cid
    }

    pub async fn sends_as(&mut self, cid: &str, shopper: &Shopper, body: Value) {
        self.wire().send(json!({"type": "send", "cid": cid, "conv": shopper.conv, "body": body})).await;
    }

    /// Seq, or the refusal.
    pub async fn outcome(&mut self, cid: &str) -> Result<i64, Value> {
        loop {
            if let Some(seq) = self.acknowledged.remove(cid) {
                return Ok(seq);
            }
            if let Some(refused) = self.refused.remove(cid) {
                return Err(refused);
            }
            self.read().await;
        }
    }

    async fn does(&mut self, shopper: &Shopper, body: Value) -> Result<i64, Value> {
        let cid = self.sends(shopper, body).await;
        self.outcome(&cid).await
    }

    pub async fn types(&mut self, shopper: &Shopper) {
        self.wire().send(json!({"type": "typing", "conv": shopper.conv, "on": true})).await;
    }

    pub async fn has_read(&mut self, shopper: &Shopper, seq: i64) {
        self.wire().send(json!({"type": "seen", "conv": shopper.conv, "seq": seq})).await;
    }

    pub async fn takes(&mut self, shopper: &Shopper) -> Result<i64, Value> {
        self.does(shopper, json!({"do": "take"})).await
    }

    pub async fn says(&mut self, shopper: &Shopper, text: &str) -> Result<i64, Value> {
        let epoch = self.epoch(shopper);
        self.does(shopper, json!({"do": "message", "text": text, "epoch": epoch})).await
    }

    pub async fn notes(&mut self, shopper: &Shopper, text: &str) -> Result<i64, Value> {
        self.does(shopper, json!({"do": "note", "text": text})).await
    }

    pub async fn hands_back(&mut self, shopper: &Shopper) -> Result<i64, Value> {
        let epoch = self.epoch(shopper);
        self.does(shopper, json!({"do": "hand_back", "epoch": epoch})).await
    }

    pub async fn resolves(&mut self, shopper: &Shopper) -> Result<i64, Value> {
        let epoch = self.epoch(shopper);
        self.does(shopper, json!({"do": "resolve", "epoch": epoch})).await
    }

    /// The assignment this agent sees.
    pub fn epoch(&self, shopper: &Shopper) -> i64 {
        self.log(shopper)
            .values()
            .rev()
            .find(|item| item["kind"] == "assigned")
            .map_or(0, |item| item["epoch"].as_i64().expect("an epoch"))
    }

    pub fn log(&self, shopper: &Shopper) -> &BTreeMap<i64, Value> {
        self.logs.get(&shopper.conv).expect("the conversation is open")
    }

    /// Waits until the desk shows this status of a shopper's conversation.
    pub async fn sees_row(&mut self, shopper: &Shopper, status: &str) -> Value {
        loop {
            if let Some(row) = self.desk.get(&shopper.conv).filter(|row| row["status"] == json!(status)) {
                return row.clone();
            }
            self.read().await;
        }
    }

    /// Waits until a side has read up to here.
    pub async fn sees_read(&mut self, who: &str, seq: i64) {
        let is_it = |frame: &Value| frame["type"] == "seen" && frame["who"] == json!(who) && frame["seq"] == json!(seq);
        while !self.other_frames.iter().any(is_it) {
            self.read().await;
        }
    }

    /// Waits for a message of the shopper in an open conversation.
    pub async fn reads(&mut self, shopper: &Shopper, text: &str) {
        while !self.log(shopper).values().any(|item| item["text"].as_str().is_some_and(|said| said.contains(text))) {
            self.read().await;
        }
    }

    pub async fn reads_that(&mut self, shopper: &Shopper, holds: impl Fn(&Value) -> bool) {
        while !self.log(shopper).values().any(&holds) {
            self.read().await;
        }
    }
}
