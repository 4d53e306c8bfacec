//! What a client remembers: what it sent, what became of it, and the log as it came over the socket. The checker
//! holds this against the database.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

/// A snapshot covers the newest so many entries of a log.
const SNAPSHOT: i64 = 300;

#[derive(Debug, Clone)]
pub struct Sent {
    pub cid: String,
    pub conv: String,
    pub body: Value,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Fate {
    Open,
    /// Its echo has come back, with this seq.
    Acked(i64),
    /// Refused for good.
    Refused(String),
}

#[derive(Default)]
pub struct Log {
    pub epoch: String,
    /// The client's position.
    pub through: i64,
    /// The first seq this client was given: a long log's snapshot begins later than 1.
    pub since: i64,
    pub items: BTreeMap<i64, Value>,
    /// The answer to a resume is complete.
    pub is_current: bool,
    /// An agent has closed it: no longer resumed, and no longer up to date.
    pub is_left: bool,
}

#[derive(Default)]
pub struct Record {
    pub name: String,
    /// A shopper's own conversation; agents have none.
    pub own: Option<String>,
    pub logs: BTreeMap<String, Log>,
    /// In the order of sending.
    pub sent: Vec<Sent>,
    /// So many of the first have their fate: clients ask ten times a second for those that have not.
    pub settled: usize,
    pub fates: HashMap<String, Fate>,
    /// Left before the end: need not have caught up.
    pub has_left: bool,
    /// What must never come, as (what, which).
    pub wrong: Vec<(&'static str, String)>,
    pub connects: u64,
    pub holes: u64,
    pub resets: u64,
    pub echoes_of_old: u64,
}

/// What a frame asks of the client.
#[derive(Debug, PartialEq)]
pub enum Next {
    Go,
    /// Something is missing: a new socket, and resume.
    Resume,
    /// May be sent again after this time.
    Again {
        cid: String,
        after_ms: u64,
    },
}

impl Record {
    pub fn open(&self) -> impl Iterator<Item = &Sent> {
        self.sent[self.settled..].iter().filter(|sent| self.fates[&sent.cid] == Fate::Open)
    }

    pub fn send(&mut self, sent: Sent) {
        self.fates.insert(sent.cid.clone(), Fate::Open);
        self.sent.push(sent);
    }

    pub fn positions(&self) -> Vec<Value> {
        let known = self.logs.iter().filter(|(_, log)| log.through > 0 && !log.is_left);
        known.map(|(conv, log)| serde_json::json!({"conv": conv, "epoch": log.epoch, "seq": log.through})).collect()
    }

    /// Keeps the books as docs/protocol.md says.
    pub fn keep(&mut self, frame: &Value) -> Next {
        let next = self.kept(frame);
        while self.sent.get(self.settled).is_some_and(|sent| self.fates[&sent.cid] != Fate::Open) {
            self.settled += 1;
        }
        next
    }

    fn kept(&mut self, frame: &Value) -> Next {
        match frame["type"].as_str().unwrap_or_default() {
            "entries" => return self.entries(frame),
            "reset" => self.reset(frame),
            "resumed" => {
                let Some(log) = self.log(frame) else { return Next::Go };
                log.is_current = true;
                let (head, through) = (int(&frame["head"]), log.through);
                if head != through {
                    self.wrong.push(("gap", format!("{}: resumed at {head}, has {through}", self.name)));
                }
            }
            "pong" => {
                let behind = frame["heads"].as_object().is_some_and(|heads| {
                    heads.iter().any(|(conv, head)| self.logs.get(conv).is_some_and(|log| log.through < int(head)))
                });
                if behind {
                    self.holes += 1;
                    return Next::Resume;
                }
            }
            "refused" => {
                let Some(cid) = frame["cid"].as_str() else { return Next::Go };
                if let Some(after_ms) = frame["retry_after_ms"].as_u64() {
                    return Next::Again { cid: cid.to_owned(), after_ms };
                }
                let code = frame["code"].as_str().unwrap_or_default().to_owned();
                if let Some(fate @ Fate::Open) = self.fates.get_mut(cid) {
                    *fate = Fate::Refused(code);
                }
            }
            _ => {}
        }
        Next::Go
    }

    fn entries(&mut self, frame: &Value) -> Next {
        let (from, through) = (int(&frame["from"]), int(&frame["through"]));
        let is_dup = frame["dup"] == true;
        let Some(log) = self.log(frame) else { return Next::Go };
        if !is_dup && from > log.through + 1 {
            self.holes += 1;
            return Next::Resume;
        }
        if is_dup {
            self.echoes_of_old += 1;
        } else {
            log.through = log.through.max(through);
        }
        self.items(frame);
        Next::Go
    }

    fn reset(&mut self, frame: &Value) {
        self.resets += 1;
        let Some(log) = self.log(frame) else { return };
        log.epoch = frame["epoch"].as_str().unwrap_or_default().to_owned();
        log.through = int(&frame["head"]);
        // Not by what is in it: a shopper's leaves out what is private, but counts it.
        log.since = (log.through - SNAPSHOT + 1).max(1);
        log.is_current = true;
        log.is_left = false;
        self.items(frame);
    }

    /// Everything that was ever shown is kept, and must not change.
    fn items(&mut self, frame: &Value) {
        let conv = frame["conv"].as_str().unwrap_or_default().to_owned();
        for item in frame["items"].as_array().into_iter().flatten() {
            let seq = int(&item["seq"]);
            let known = self.logs.entry(conv.clone()).or_default().items.insert(seq, item.clone());
            if known.as_ref().is_some_and(|known| known != item) {
                self.wrong.push(("phantom", format!("{}: {conv} {seq} changed from {known:?} to {item}", self.name)));
            }
            let Some(cid) = item["cid"].as_str() else { continue };
            let Some(fate) = self.fates.get_mut(cid) else { continue };
            match fate {
                Fate::Open => *fate = Fate::Acked(seq),
                Fate::Acked(first) if *first == seq => {}
                other => {
                    let row = format!("{}: {cid} was {other:?}, is now at {seq}", self.name);
                    self.wrong.push(("duplicate", row));
                }
            }
        }
    }

    /// The log a frame is about. A shopper has exactly one.
    fn log(&mut self, frame: &Value) -> Option<&mut Log> {
        let conv = frame["conv"].as_str().unwrap_or_default();
        if self.own.as_deref().is_some_and(|own| own != conv) {
            self.wrong.push(("leak", format!("{} was sent a frame of {conv}", self.name)));
            return None;
        }
        Some(self.logs.entry(conv.to_owned()).or_default())
    }
}

pub fn int(value: &Value) -> i64 {
    value.as_i64().unwrap_or_default()
}
