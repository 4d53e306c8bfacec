//! Shoppers and agents with a network that breaks: connect, resume, send what has no echo again in order, back off.

use std::{
    collections::HashSet,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::{Result, bail};
use serde_json::{Value, json};
use tokio::{
    sync::mpsc,
    time::{Instant, interval, sleep, timeout},
};
use uuid::Uuid;

use crate::{
    chance::Chance,
    line::{self, Line},
    record::{Fate, Next, Record, Sent, int},
    world::Places,
};

/// How often a client looks whether there is something to do, and when it takes silence for the end.
struct Habits {
    tick: Duration,
    ping_every: Duration,
    silence: Duration,
}

/// Sooner than a browser, so that a frozen node is noticed within a cycle.
const BUSY: Habits = Habits {
    tick: Duration::from_millis(100),
    ping_every: Duration::from_millis(1_500),
    silence: Duration::from_secs(6),
};
/// Nearly a browser's: thousands who look ten times a second would be a load of their own, and no shop's.
const QUIET: Habits =
    Habits { tick: Duration::from_secs(1), ping_every: Duration::from_secs(10), silence: Duration::from_secs(30) };
/// As many sends without an echo as the protocol allows.
const WINDOW: usize = 16;
/// Conversations that an agent keeps open; the server follows 200.
const MOST_OPEN: usize = 100;
/// Full jitter 0.5 s · 2ⁿ, up to this (browsers: 30 s) so that a cycle sees every client again.
const BACK_OFF_MS: u64 = 500;
const BACK_OFF_AT_MOST_MS: u64 = 8_000;

pub enum Order {
    /// The network is gone for this long; then a new socket at once.
    Offline(Duration),
    /// So many new sockets one after the other, without any pause, with a message now and then.
    Hammer(u32),
    Stop,
}

pub enum Who {
    Shopper { token: Option<String> },
    Agent { mail: String, password: String, cookie: Option<String>, id: String, queued: HashSet<String> },
}

/// What all clients share.
#[derive(Clone)]
pub struct Surroundings {
    pub places: Arc<Places>,
    /// Whether people say new things.
    pub is_talking: Arc<AtomicBool>,
}

pub struct Client {
    pub who: Who,
    pub record: Arc<Mutex<Record>>,
    pub around: Surroundings,
    pub chance: Chance,
    pub orders: mpsc::UnboundedReceiver<Order>,
    /// Chance of a new message per tick, in percent.
    pub pace: u64,
    number: u64,
    under_way: HashSet<String>,
    hold_until: Instant,
}

/// Why a connection was left.
enum Left {
    Broken { was_current: bool },
    Ordered(Order),
}

impl Client {
    pub fn new(
        name: String,
        who: Who,
        around: &Surroundings,
        chance: Chance,
        pace: u64,
    ) -> (Client, mpsc::UnboundedSender<Order>) {
        let (tell, orders) = mpsc::unbounded_channel();
        let record = Arc::new(Mutex::new(Record { name, ..Record::default() }));
        let client = Client {
            who,
            record,
            around: around.clone(),
            chance,
            orders,
            pace,
            number: 0,
            under_way: HashSet::new(),
            hold_until: Instant::now(),
        };
        (client, tell)
    }

    pub async fn run(mut self) {
        let mut tries = 0;
        let mut hammering = 0;
        loop {
            match self.connection(&mut hammering).await {
                Left::Ordered(Order::Stop) => return,
                Left::Ordered(Order::Offline(time)) => {
                    sleep(time).await;
                    tries = 0;
                }
                Left::Ordered(Order::Hammer(times)) => hammering = times,
                Left::Broken { was_current } if hammering > 0 && was_current => {}
                Left::Broken { was_current } => {
                    tries = if was_current { 0 } else { tries + 1 };
                    let most = (BACK_OFF_MS << tries.min(6)).min(BACK_OFF_AT_MOST_MS);
                    let pause = Duration::from_millis(self.chance.below(most));
                    match timeout(pause, self.orders.recv()).await {
                        Ok(None | Some(Order::Stop)) => return,
                        Ok(Some(Order::Offline(time))) => sleep(time).await,
                        Ok(Some(Order::Hammer(times))) => hammering = times,
                        Err(_) => {}
                    }
                }
            }
        }
    }

    async fn connection(&mut self, hammering: &mut u32) -> Left {
        let mut was_current = false;
        let mut line = match self.arrive().await {
            Ok(line) => line,
            Err(_) => return Left::Broken { was_current },
        };
        self.record().connects += 1;
        self.under_way.clear();
        self.hold_until = Instant::now();
        let Habits { tick, ping_every, silence } = if self.pace == 0 { QUIET } else { BUSY };
        let mut ticks = interval(tick);
        let (mut heard, mut pinged) = (Instant::now(), Instant::now());
        loop {
            tokio::select! {
                order = self.orders.recv() => return Left::Ordered(order.unwrap_or(Order::Stop)),
                frame = line.next() => {
                    let Ok(frame) = frame else { return Left::Broken { was_current } };
                    heard = Instant::now();
                    if self.hear(&frame) == Next::Resume {
                        return Left::Broken { was_current: true };
                    }
                    if !was_current && self.is_current() {
                        was_current = true;
                        if *hammering > 0 {
                            *hammering -= 1;
                            if hammering.is_multiple_of(10) {
                                self.speak();
                                let _ = self.flush(&mut line).await;
                            }
                            return Left::Broken { was_current };
                        }
                    }
                    if was_current && self.flush(&mut line).await.is_err() {
                        return Left::Broken { was_current };
                    }
                }
                _ = ticks.tick() => {
                    if heard.elapsed() > silence {
                        return Left::Broken { was_current };
                    }
                    if !was_current {
                        continue;
                    }
                    if self.around.is_talking.load(Ordering::Relaxed) && self.chance.percent(self.pace) {
                        // Now and then a burst: several sends under way at once are what can change places.
                        let burst = if self.chance.percent(20) { 6 } else { 1 };
                        (0..burst).for_each(|_| self.speak());
                    }
                    let mut done = self.flush(&mut line).await;
                    if done.is_ok() && pinged.elapsed() > ping_every {
                        pinged = Instant::now();
                        done = line.say(&json!({"type": "ping", "heads": {}})).await;
                    }
                    if done.is_ok() {
                        done = self.look_at_the_queue(&mut line).await;
                    }
                    if done.is_err() {
                        return Left::Broken { was_current };
                    }
                }
            }
        }
    }

    fn record(&self) -> std::sync::MutexGuard<'_, Record> {
        self.record.lock().expect("no panic")
    }

    /// Through the load balancer to any node.
    async fn arrive(&mut self) -> Result<Line> {
        let Some(address) = self.around.places.any(&mut self.chance) else { bail!("no node yet") };
        let auth = self.auth(address).await?;
        Line::open(address, &auth).await
    }

    async fn auth(&mut self, address: SocketAddr) -> Result<Value> {
        let resume = {
            let mut record = self.record();
            record.logs.values_mut().for_each(|log| log.is_current = false);
            record.positions()
        };
        match &mut self.who {
            Who::Shopper { token } => {
                if token.is_none() {
                    let (new, conv) = line::visit(address).await?;
                    *token = Some(new);
                    self.record.lock().expect("no panic").own = Some(conv);
                }
                Ok(json!({"type": "auth", "role": "shopper", "token": token, "resume": resume}))
            }
            Who::Agent { mail, password, cookie, .. } => {
                if cookie.is_none() {
                    *cookie = Some(line::sign_in(address, mail, password).await?);
                }
                let ticket = line::ticket(address, cookie.as_deref().unwrap_or_default()).await?;
                Ok(json!({"type": "auth", "role": "agent", "ticket": ticket, "resume": resume}))
            }
        }
    }

    /// Everything that was asked for with `resume` has been answered.
    fn is_current(&self) -> bool {
        let record = self.record();
        match self.who {
            Who::Shopper { .. } => record.logs.values().any(|log| log.is_current),
            Who::Agent { .. } => record.logs.values().all(|log| log.is_current || log.is_left || log.through == 0),
        }
    }

    fn hear(&mut self, frame: &Value) -> Next {
        if let Who::Agent { id, queued, .. } = &mut self.who {
            if let Some(own) = frame["agent"]["id"].as_str() {
                own.clone_into(id);
                queued.clear();
            }
            let rows = if frame["type"] == "ready" { &frame["desk"] } else { &frame["rows"] };
            for row in rows.as_array().into_iter().flatten() {
                let conv = row["conv"].as_str().unwrap_or_default();
                if row["status"] == "queued" {
                    queued.insert(conv.to_owned());
                } else {
                    queued.remove(conv);
                }
            }
        }
        let next = self.record().keep(frame);
        if let Next::Again { cid, after_ms } = &next {
            self.under_way.remove(cid);
            self.hold_until = Instant::now() + Duration::from_millis(*after_ms);
        }
        next
    }

    /// Sends what has no echo yet, oldest first.
    async fn flush(&mut self, line: &mut Line) -> Result<()> {
        if Instant::now() < self.hold_until {
            return Ok(());
        }
        let waiting: Vec<Sent> = {
            let record = self.record.lock().expect("no panic");
            self.under_way.retain(|cid| record.fates.get(cid) == Some(&Fate::Open));
            let room = WINDOW.saturating_sub(self.under_way.len());
            record.open().filter(|sent| !self.under_way.contains(&sent.cid)).take(room).cloned().collect()
        };
        for sent in waiting {
            line.say(&json!({"type": "send", "cid": sent.cid, "conv": sent.conv, "body": sent.body})).await?;
            self.under_way.insert(sent.cid);
        }
        Ok(())
    }

    /// Something new: numbered, so that the log tells who said it and in which order.
    fn speak(&mut self) {
        self.number += 1;
        let (name, number) = (self.record().name.clone(), self.number);
        let said = match &self.who {
            Who::Shopper { .. } => {
                let Some(conv) = self.record().own.clone() else { return };
                let text = match self.chance.below(4) {
                    0 => "I want to talk to a person",
                    1 => "How long does delivery take?",
                    _ => "And one more thing",
                };
                Some((conv, json!({"do": "message", "text": format!("{text} ({name}#{number})")})))
            }
            Who::Agent { .. } => self.work(&format!("({name}#{number})")),
        };
        if let Some((conv, body)) = said {
            self.record().send(Sent { cid: Uuid::now_v7().to_string(), conv, body });
        }
    }

    /// An agent's next deed in one of their conversations, or a take.
    fn work(&mut self, tag: &str) -> Option<(String, Value)> {
        let Who::Agent { id, queued, .. } = &self.who else { return None };
        let (mine, free) = {
            let record = self.record.lock().expect("no panic");
            let is_open = |conv: &&String| record.logs.get(*conv).is_some_and(|log| !log.is_left);
            let mine: Vec<(String, i64)> = record
                .logs
                .iter()
                .filter(|(_, log)| !log.is_left)
                .filter_map(|(conv, log)| owner(log.items.values()).map(|owner| (conv.clone(), owner)))
                .filter(|(_, (agent, _))| agent == id)
                .map(|(conv, (_, epoch))| (conv, epoch))
                .collect();
            let mut free: Vec<String> = queued.iter().filter(|conv| is_open(conv)).cloned().collect();
            free.sort();
            (mine, free)
        };
        if let Some(conv) = self.chance.one_of(&free)
            && (mine.is_empty() || self.chance.clone().percent(50))
        {
            return Some((conv.clone(), json!({"do": "take"})));
        }
        let (conv, epoch) = self.chance.one_of(&mine)?.clone();
        let body = match self.chance.below(20) {
            0 => json!({"do": "resolve", "epoch": epoch}),
            1 => json!({"do": "release", "epoch": epoch}),
            2 => json!({"do": "hand_back", "epoch": epoch}),
            3 | 4 => json!({"do": "note", "text": format!("Between us {tag}")}),
            _ => json!({"do": "message", "text": format!("Let me look {tag}"), "epoch": epoch}),
        };
        Some((conv, body))
    }

    /// Agents open what waits, and leave what is done with when they have too much open.
    async fn look_at_the_queue(&mut self, line: &mut Line) -> Result<()> {
        let Who::Agent { queued, id, .. } = &self.who else { return Ok(()) };
        let (unopened, done_with) = {
            let mut record = self.record.lock().expect("no panic");
            let is_open = |conv: &&String| record.logs.get(*conv).is_some_and(|log| !log.is_left);
            let unopened: Vec<String> = queued.iter().filter(|conv| !is_open(conv)).cloned().collect();
            let under_way: HashSet<String> = record.open().map(|sent| sent.conv.clone()).collect();
            let mut open: Vec<_> = record.logs.iter_mut().filter(|(_, log)| !log.is_left).collect();
            let too_many = open.len().saturating_sub(MOST_OPEN);
            open.retain(|(conv, log)| {
                let is_mine = owner(log.items.values()).is_some_and(|(agent, _)| agent == *id);
                !is_mine && !queued.contains(*conv) && !under_way.contains(*conv)
            });
            let done_with: Vec<String> = open.iter().take(too_many).map(|(conv, _)| (*conv).clone()).collect();
            open.into_iter().take(too_many).for_each(|(_, log)| log.is_left = true);
            (unopened, done_with)
        };
        for conv in done_with {
            line.say(&json!({"type": "leave", "conv": conv})).await?;
        }
        if !self.around.is_talking.load(Ordering::Relaxed) {
            return Ok(());
        }
        if let Some(conv) = unopened.first() {
            line.say(&json!({"type": "open", "conv": conv})).await?;
        }
        Ok(())
    }
}

/// The agent who has a conversation after these entries, and their epoch. From the end: logs grow long.
pub fn owner<'a>(items: impl DoubleEndedIterator<Item = &'a Value>) -> Option<(String, i64)> {
    let change = |item: &'a Value| match item["kind"].as_str() {
        Some("assigned") => {
            Some(Some((item["agent"]["id"].as_str().unwrap_or_default().to_owned(), int(&item["epoch"]))))
        }
        Some("requeued" | "handed_back" | "closed") => Some(None),
        _ => None,
    };
    items.rev().find_map(change).flatten()
}
