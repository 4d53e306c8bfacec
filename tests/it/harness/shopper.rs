//! A shopper with a browser: says, hears, drops, comes back.

use std::{collections::BTreeMap, net::SocketAddr};

use serde_json::{Value, json};
use uuid::Uuid;
use warmline::cli::http;

use super::wire::{End, Wire};

pub struct Shopper {
    address: SocketAddr,
    pub token: String,
    pub conv: String,
    pub epoch: String,
    wire: Option<Wire>,
    /// What this browser has, by seq.
    pub log: BTreeMap<i64, Value>,
    pub through: i64,
    /// Entries up to here were looked at by `hears`.
    heard: i64,
    pub status: Value,
    refused: Vec<Value>,
    acknowledged: BTreeMap<String, (i64, bool)>,
    pub other_frames: Vec<Value>,
}

impl Shopper {
    pub async fn arrive(address: SocketAddr, lang: &str) -> Shopper {
        Shopper::arrive_at(address, "shop", lang).await
    }

    pub async fn arrive_at(address: SocketAddr, inbox: &str, lang: &str) -> Shopper {
        let body = json!({"inbox": inbox, "lang": lang}).to_string();
        let headers = [("Content-Type", "application/json")];
        let answer = http::request(&address.to_string(), "POST", "/api/widget/session", &headers, &body)
            .await
            .expect("an answer");
        assert_eq!(answer.status, 200, "{}", answer.body);
        let session: Value = serde_json::from_str(&answer.body).expect("JSON");
        let mut shopper = Shopper {
            address,
            token: session["token"].as_str().expect("a token").to_owned(),
            conv: session["conv"].as_str().expect("a conversation").to_owned(),
            epoch: String::new(),
            wire: None,
            log: BTreeMap::new(),
            through: 0,
            heard: 0,
            status: Value::Null,
            refused: Vec::new(),
            acknowledged: BTreeMap::new(),
            other_frames: Vec::new(),
        };
        shopper.connect(false).await;
        shopper
    }

    /// Another tab of the same browser: same token, nothing read yet.
    pub async fn other_tab(&self) -> Shopper {
        let mut tab = Shopper {
            address: self.address,
            token: self.token.clone(),
            conv: self.conv.clone(),
            epoch: String::new(),
            wire: None,
            log: BTreeMap::new(),
            through: 0,
            heard: 0,
            status: Value::Null,
            refused: Vec::new(),
            acknowledged: BTreeMap::new(),
            other_frames: Vec::new(),
        };
        tab.connect(false).await;
        tab
    }

    async fn connect(&mut self, resume: bool) {
        let mut wire = Wire::open(self.address).await;
        wire.wait_for("hello").await;
        let positions = match resume {
            true => json!([{"conv": self.conv, "epoch": self.epoch, "seq": self.through}]),
            false => json!([]),
        };
        wire.send(json!({"type": "auth", "role": "shopper", "token": self.token, "resume": positions})).await;
        let ready = wire.wait_for("ready").await;
        assert_eq!(ready["conv"], json!(self.conv));
        self.epoch = ready["epoch"].as_str().expect("an epoch").to_owned();
        self.wire = Some(wire);
        loop {
            let frame = self.read().await;
            if frame["type"] == "resumed" || frame["type"] == "reset" {
                return;
            }
        }
    }

    /// The connection breaks, without a goodbye.
    pub fn drops(&mut self) {
        self.wire = None;
    }

    /// Comes back and says where they were.
    pub async fn returns(&mut self) {
        self.connect(true).await;
    }

    /// Comes back, and the load balancer has chosen another node.
    pub async fn returns_to(&mut self, house: &super::House) {
        self.address = house.address;
        self.connect(true).await;
    }

    /// Comes back to a server that was started anew.
    pub async fn comes_to(&mut self, address: SocketAddr) {
        self.address = address;
        self.connect(true).await;
    }

    /// Comes back as a browser that was reloaded: with nothing but the token.
    pub async fn reloads(&mut self) {
        self.log.clear();
        (self.through, self.heard) = (0, 0);
        self.connect(false).await;
    }

    pub fn wire(&mut self) -> &mut Wire {
        self.wire.as_mut().expect("connected")
    }

    /// Reads one frame and keeps the books as a client must.
    pub async fn read(&mut self) -> Value {
        let frame = match self.wire().next().await {
            Ok(frame) => frame,
            Err(end) => panic!("the socket ended: {end:?}; status: {}\n{}", self.status, self.transcript()),
        };
        assert!(frame["conv"].is_null() || frame["conv"] == json!(self.conv), "of somebody else's: {frame}");
        match frame["type"].as_str() {
            Some("entries") => self.keep(&frame),
            Some("reset") => {
                self.log.clear();
                for item in frame["items"].as_array().expect("items") {
                    self.log.insert(item["seq"].as_i64().expect("a seq"), item.clone());
                }
                self.through = frame["head"].as_i64().expect("a head");
            }
            Some("resumed") => assert_eq!(frame["head"], json!(self.through), "resumed means complete"),
            Some("status") => self.status = frame.clone(),
            Some("refused") => self.refused.push(frame.clone()),
            _ => self.other_frames.push(frame.clone()),
        }
        frame
    }

    fn keep(&mut self, frame: &Value) {
        let (from, through) = (frame["from"].as_i64().expect("from"), frame["through"].as_i64().expect("through"));
        let is_dup = frame["dup"] == json!(true);
        for item in frame["items"].as_array().expect("items") {
            let seq = item["seq"].as_i64().expect("a seq");
            if let Some(cid) = item["cid"].as_str() {
                self.acknowledged.insert(cid.to_owned(), (seq, is_dup));
            }
            if !is_dup {
                let before = self.log.insert(seq, item.clone());
                assert!(before.is_none(), "entry {seq} came twice");
            }
        }
        if !is_dup {
            assert_eq!(from, self.through + 1, "a hole in the log");
            self.through = through;
        }
    }

    /// Sends without waiting; the key under which it was sent.
    pub async fn sends(&mut self, body: Value) -> String {
        let cid = Uuid::now_v7().to_string();
        self.sends_as(&cid, body).await;
        cid
    }

    pub async fn sends_as(&mut self, cid: &str, body: Value) {
        let frame = json!({"type": "send", "cid": cid, "conv": self.conv, "body": body});
        self.wire().send(frame).await;
    }

    /// Says it and waits until the server has it: the echo is the acknowledgement.
    pub async fn says(&mut self, text: &str) -> i64 {
        let cid = self.sends(json!({"do": "message", "text": text})).await;
        self.waits_for_ack(&cid).await.0
    }

    /// Seq, and whether it was a repetition.
    pub async fn waits_for_ack(&mut self, cid: &str) -> (i64, bool) {
        loop {
            if let Some(ack) = self.acknowledged.remove(cid) {
                return ack;
            }
            if let Some(refused) = self.refused.iter().find(|refused| refused["cid"] == json!(cid)) {
                panic!("refused: {refused}");
            }
            self.read().await;
        }
    }

    /// The answer to something sent once more: its seq. The first sending's own echo may still be under way.
    pub async fn waits_for_repetition(&mut self, cid: &str) -> i64 {
        let mut first = None;
        loop {
            let (seq, is_dup) = self.waits_for_ack(cid).await;
            assert_eq!(*first.get_or_insert(seq), seq, "{cid} was stored twice");
            if is_dup {
                return seq;
            }
        }
    }

    /// What came back by itself, as with a replay: the seq of a send that need not be sent again.
    pub fn has_echo(&mut self, cid: &str) -> Option<i64> {
        self.acknowledged.remove(cid).map(|(seq, _)| seq)
    }

    /// Presses the newest quick reply with this meaning.
    pub async fn presses(&mut self, choice: &str) -> i64 {
        let button = self
            .log
            .values()
            .rev()
            .flat_map(|item| item["buttons"].as_array().into_iter().flatten())
            .find(|button| button["choice"]["do"] == json!(choice))
            .unwrap_or_else(|| panic!("no button {choice}\n{}", self.transcript()))
            .clone();
        let body = json!({"do": "message", "text": button["label"], "choice": button["choice"]});
        let cid = self.sends(body).await;
        self.waits_for_ack(&cid).await.0
    }

    /// Waits for the next entry of somebody else for which this holds.
    pub async fn hears_that(&mut self, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        loop {
            let fresh: Vec<_> = self.log.range(self.heard + 1..).map(|(seq, item)| (*seq, item.clone())).collect();
            for (seq, item) in fresh {
                self.heard = seq;
                if item["author"]["role"] != "shopper" && holds(&item) {
                    return item;
                }
            }
            match self.wire.as_mut().expect("connected").next().await {
                Ok(frame) => match frame["type"].as_str() {
                    Some("entries") => self.keep(&frame),
                    Some("status") => self.status = frame,
                    Some("refused") => self.refused.push(frame),
                    _ => self.other_frames.push(frame),
                },
                Err(End::Closed(code)) => panic!("closed {code} while waiting for {what}\n{}", self.transcript()),
                Err(End::Broken(why)) => panic!("{why} while waiting for {what}\n{}", self.transcript()),
            }
        }
    }

    pub async fn hears(&mut self, text: &str) -> Value {
        self.hears_that(text, |item| item["text"].as_str().is_some_and(|said| said.contains(text))).await
    }

    /// An answer that names this article.
    pub async fn is_answered_from(&mut self, article: &str) -> Value {
        self.hears_that(article, |item| item["source"]["article"] == json!(article)).await
    }

    pub async fn hears_of_a_handoff(&mut self) -> Value {
        self.hears_that("a handoff", |item| item["kind"] == "handoff").await
    }

    pub async fn is_refused(&mut self, code: &str) -> Value {
        loop {
            if let Some(at) = self.refused.iter().position(|refused| refused["code"] == json!(code)) {
                return self.refused.remove(at);
            }
            self.read().await;
        }
    }

    /// Waits until the status shows this place in the queue.
    pub async fn sees_place(&mut self, place: i64) {
        while self.status["place"] != json!(place) {
            self.read().await;
        }
    }

    /// Waits until the status shows a time for which this holds.
    pub async fn sees_wait(&mut self, holds: impl Fn(&Value) -> bool) -> Value {
        while self.status["status"] != json!("queued") || !holds(&self.status["wait"]) {
            self.read().await;
        }
        self.status["wait"].clone()
    }

    pub async fn sees_status(&mut self, status: &str) {
        while self.status["status"] != json!(status) {
            self.read().await;
        }
    }

    pub async fn sees_typing(&mut self, who: &str) {
        while !self.other_frames.iter().any(|frame| frame["type"] == "typing" && frame["who"] == json!(who)) {
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

    pub fn transcript(&self) -> String {
        let line = |(seq, item): (&i64, &Value)| {
            let more = if item["source"].is_null() { "" } else { " [source]" };
            format!("{seq:3} {} {} {}{more}", item["author"]["role"], item["kind"], item["text"])
        };
        self.log.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}
