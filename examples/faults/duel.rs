//! A node is stopped with an agent's reply in its hands; a colleague takes over; the node goes on. The fence of
//! `assign_epoch` must refuse what it then wants to store.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use tokio::time::timeout;
use uuid::Uuid;

use crate::{
    line::{self, Line},
    record::{Fate, Record, Sent},
    world::Account,
};

const PATIENCE: Duration = Duration::from_secs(20);

/// A socket that is written to and read one after the other.
struct Hand {
    line: Line,
    record: Record,
}

impl Hand {
    async fn shopper(address: SocketAddr) -> Result<(Hand, String)> {
        let (token, conv) = line::visit(address).await?;
        let auth = json!({"type": "auth", "role": "shopper", "token": token, "resume": []});
        let record = Record { name: "duel's shopper".into(), own: Some(conv.clone()), ..Record::default() };
        let mut hand = Hand { line: Line::open(address, &auth).await?, record };
        hand.until("reset").await?;
        Ok((hand, conv))
    }

    async fn agent(name: &str, address: SocketAddr, account: &Account, conv: &str) -> Result<Hand> {
        let cookie = line::sign_in(address, &account.mail, &account.password).await?;
        let ticket = line::ticket(address, &cookie).await?;
        let auth = json!({"type": "auth", "role": "agent", "ticket": ticket, "resume": []});
        let record = Record { name: name.into(), ..Record::default() };
        let mut hand = Hand { line: Line::open(address, &auth).await?, record };
        hand.line.say(&json!({"type": "open", "conv": conv})).await?;
        hand.until("reset").await?;
        Ok(hand)
    }

    async fn read(&mut self) -> Result<Value> {
        let frame = timeout(PATIENCE, self.line.next()).await.context("no frame in 20 s")??;
        self.record.keep(&frame);
        Ok(frame)
    }

    async fn until(&mut self, kind: &str) -> Result<()> {
        while self.read().await?["type"] != kind {}
        Ok(())
    }

    async fn sends(&mut self, conv: &str, body: Value) -> Result<String> {
        let sent = Sent { cid: Uuid::now_v7().to_string(), conv: conv.to_owned(), body };
        let frame = json!({"type": "send", "cid": sent.cid, "conv": sent.conv, "body": sent.body});
        let cid = sent.cid.clone();
        self.record.send(sent);
        self.line.say(&frame).await?;
        Ok(cid)
    }

    /// What became of it; a busy server is asked again, as often as patience lasts.
    async fn outcome(&mut self, cid: &str) -> Result<Fate> {
        loop {
            match &self.record.fates[cid] {
                Fate::Open => {}
                fate => return Ok(fate.clone()),
            }
            let frame = self.read().await?;
            if let (true, Some(ms)) = (frame["cid"] == cid, frame["retry_after_ms"].as_u64()) {
                tokio::time::sleep(Duration::from_millis(ms)).await;
                let sent = self.record.sent.iter().find(|sent| sent.cid == cid).context("what was sent")?;
                let again = json!({"type": "send", "cid": sent.cid, "conv": sent.conv, "body": sent.body});
                self.line.say(&again).await?;
            }
        }
    }

    async fn does(&mut self, conv: &str, body: Value) -> Result<Fate> {
        let cid = self.sends(conv, body).await?;
        self.outcome(&cid).await
    }
}

/// People try again when a node has just come back or the machine is busy. Nothing was sent yet.
async fn again<T>(arrive: impl AsyncFn() -> Result<T>) -> Result<T> {
    for _ in 0..4 {
        if let Ok(arrived) = arrive().await {
            return Ok(arrived);
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    arrive().await
}

pub struct Duel {
    conv: String,
    /// On the node that is stopped.
    late: Hand,
    /// The same agent on another node, who puts it back; the desk's other agents are quick to take it.
    second: Hand,
    shopper: Hand,
    late_reply: Option<String>,
}

impl Duel {
    pub async fn begin(there: SocketAddr, here: SocketAddr, late: &Account) -> Result<Duel> {
        let (shopper, conv) = again(async || Hand::shopper(here).await).await?;
        let mut duel = Duel {
            late: again(async || Hand::agent("duel's late agent", there, late, &conv).await).await?,
            second: again(async || Hand::agent("duel's second window", here, late, &conv).await).await?,
            shopper,
            late_reply: None,
            conv,
        };
        match duel.late.does(&duel.conv, json!({"do": "take"})).await? {
            Fate::Acked(_) => Ok(duel),
            other => bail!("the conversation could not be taken: {other:?}"),
        }
    }

    /// While the node is stopped: the reply is on its way into it, the conversation changes hands.
    pub async fn takes_over(&mut self) -> Result<()> {
        let reply = json!({"do": "message", "text": "This comes too late", "epoch": 1});
        self.late_reply = Some(self.late.sends(&self.conv, reply).await?);
        let released = self.second.does(&self.conv, json!({"do": "release", "epoch": 1})).await?;
        if !matches!(released, Fate::Acked(_)) {
            bail!("the release was answered with {released:?}");
        }
        Ok(())
    }

    pub async fn late_reply_is_answered(&mut self) -> Result<()> {
        let cid = self.late_reply.clone().context("a late reply")?;
        match self.late.outcome(&cid).await? {
            Fate::Refused(code) if ["stale", "taken", "closed"].contains(&code.as_str()) => Ok(()),
            other => bail!("the late reply under an old epoch was answered with {other:?}"),
        }
    }

    /// The books of all three. Their sockets end here, so what they have need not be all; what they have must be right.
    pub fn records(self) -> Vec<Arc<Mutex<Record>>> {
        [self.late, self.second, self.shopper]
            .map(|hand| Arc::new(Mutex::new(Record { has_left: true, ..hand.record })))
            .into()
    }
}
