//! Houses whose inbox gives conversations out, and what agents do with what they are given.

use std::path::PathBuf;

use serde_json::{Value, json};
use warmline::clock::Clock;

use super::{Agent, End, House, Shopper};

impl House {
    /// With `playbook/desk.toml` as the story wants it: the members of `[inbox.shop]`, and whatever follows.
    pub async fn open_with_desk(clock: Clock, rules: &str) -> House {
        House::open_with_file(clock, "desk.toml", &format!("[inbox.shop]\n{rules}\n")).await
    }

    /// With one file of the playbook as the story wants it.
    pub async fn open_with_file(clock: Clock, name: &str, text: &str) -> House {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let own = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("playbook");
        for file in std::fs::read_dir(own).expect("a folder") {
            let file = file.expect("a file").path();
            std::fs::copy(&file, folder.path().join(file.file_name().expect("a name"))).expect("a copy");
        }
        std::fs::write(folder.path().join(name), text).expect("a file");
        let path = folder.path().display().to_string();
        let mut house = House::open_at(clock, &[("playbook_dir", &path)]).await;
        house.folders.push(folder);
        house
    }

    /// The promises of log and desk, asked of the database as `warmline doctor` does.
    pub async fn is_well(&self) {
        let patient = warmline::service::doctor::Patient::Live { now: self.app.clock.now_ms() };
        let url = &self.app.settings.database_url.0;
        let report = warmline::service::doctor::examine(url, patient).await.expect("the database");
        assert!(report.is_well(), "{report:#?}");
    }
}

impl House {
    /// Whatever could be given out now is.
    pub async fn looks_around(&self) {
        warmline::service::dispatch::give_out(&self.app).await.expect("the database");
    }
}

impl Agent {
    /// Has it on the screen of this window; `doing` as on the wire.
    pub async fn looks(&mut self, shopper: &Shopper, doing: &str) {
        let conv = shopper.conv.clone();
        self.wire().send(json!({"type": "looking", "conv": conv, "doing": doing})).await;
    }

    pub async fn looks_away(&mut self) {
        self.wire().send(json!({"type": "looking"})).await;
    }

    /// Who is at a conversation and what they do, as this agent was last told; oneself included.
    pub fn company_at(&self, shopper: &Shopper) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let agents = self.company.get(&shopper.conv).and_then(Value::as_array).into_iter().flatten();
        agents.map(|one| (text(&one["name"]), text(&one["doing"]))).collect()
    }

    pub async fn sees_at(&mut self, shopper: &Shopper, wanted: &[(&str, &str)]) {
        let wanted: Vec<_> = wanted.iter().map(|(name, doing)| ((*name).to_owned(), (*doing).to_owned())).collect();
        while self.company_at(shopper) != wanted {
            self.read().await;
        }
    }

    pub async fn switches(&mut self, available: bool) {
        self.wire().send(json!({"type": "available", "on": available})).await;
        self.sees_seat(|seat| seat["available"] == json!(available)).await;
    }

    /// Opens or closes the sheet of a wrap-up.
    pub async fn wraps_up(&mut self, on: bool) {
        self.wire().send(json!({"type": "wrapping_up", "on": on})).await;
        self.sees_seat(|seat| seat["wrap_until"].is_null() != on).await;
    }

    /// Waits until the own seat is so.
    pub async fn sees_seat(&mut self, holds: impl Fn(&Value) -> bool) -> Value {
        loop {
            if let Some(seat) = self.seats.get(&self.id).filter(|seat| holds(seat)) {
                return seat.clone();
            }
            self.read().await;
        }
    }

    pub async fn sees_row_that(&mut self, shopper: &Shopper, holds: impl Fn(&Value) -> bool) -> Value {
        loop {
            if let Some(row) = self.desk.get(&shopper.conv).filter(|row| holds(row)) {
                return row.clone();
            }
            self.read().await;
        }
    }

    /// Waits until the desk says that this one is theirs, with this status.
    pub async fn is_given(&mut self, shopper: &Shopper, status: &str) -> Value {
        loop {
            if let Some(row) = self.desk.get(&shopper.conv)
                && row["status"] == json!(status)
                && row["assignee"]["id"] == json!(self.id)
            {
                return row.clone();
            }
            self.read().await;
        }
    }

    /// Tries to open a conversation: the refusal, if it is out of their sight.
    pub async fn looks_into(&mut self, shopper: &Shopper) -> Result<(), Value> {
        self.wire().send(json!({"type": "open", "conv": shopper.conv})).await;
        loop {
            let frame = self.read().await;
            match frame["type"].as_str() {
                Some("reset") if frame["conv"] == json!(shopper.conv) => return Ok(()),
                Some("refused") if frame["cid"].is_null() => return Err(frame),
                _ => {}
            }
        }
    }

    /// Waits until the server ends the socket: the close code.
    pub async fn is_cut_off(&mut self) -> u16 {
        loop {
            match self.wire().next().await {
                Ok(_) => {}
                Err(End::Closed(code)) => return code,
                Err(end) => panic!("not as the server ends a socket: {end:?}"),
            }
        }
    }

    /// Waits until a shopper's conversation is out of sight.
    pub async fn loses_sight_of(&mut self, shopper: &Shopper) {
        while self.desk.contains_key(&shopper.conv) {
            self.read().await;
        }
    }

    pub async fn accepts(&mut self, shopper: &Shopper) -> Result<i64, Value> {
        let epoch = self.desk[&shopper.conv]["epoch"].clone();
        let cid = self.sends(shopper, json!({"do": "accept", "epoch": epoch})).await;
        self.outcome(&cid).await
    }

    pub async fn declines(&mut self, shopper: &Shopper) -> Result<i64, Value> {
        let epoch = self.desk[&shopper.conv]["epoch"].clone();
        let cid = self.sends(shopper, json!({"do": "decline", "epoch": epoch})).await;
        self.outcome(&cid).await
    }

    pub async fn transfers(&mut self, shopper: &Shopper, to: Value, note: &str) -> Result<i64, Value> {
        let epoch = self.epoch(shopper);
        let body = json!({"do": "transfer", "epoch": epoch, "to": to, "note": note});
        let cid = self.sends(shopper, body).await;
        self.outcome(&cid).await
    }

    pub async fn takes_over(&mut self, shopper: &Shopper) -> Result<i64, Value> {
        let epoch = self.desk[&shopper.conv]["epoch"].clone();
        let cid = self.sends(shopper, json!({"do": "take_over", "epoch": epoch})).await;
        self.outcome(&cid).await
    }
}
