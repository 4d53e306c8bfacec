//! The people of one story, what they do, and the comparison with the model.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::time::{Instant, interval};
use uuid::Uuid;
use warmline::{
    app::App,
    clock::Clock,
    desk::GRACE_MS,
    domain::{
        Role,
        ids::{Cid, ConversationId},
    },
    store::{conversations, presence},
};

use super::{
    AGENTS, Break, Op, SHOPPERS, Work,
    rules::{Deed, Sender, Status, Talk},
};
use crate::harness::{Agent, House, PATIENCE, Shopper, services};

/// As often as nodes renew their leases.
const STEP_MS: i64 = 10_000;

pub const NAMES: [&str; AGENTS] = ["Maya", "Omar"];

/// Servers and accounts, for all stories: both are dear to set up.
pub struct Stage {
    pub houses: Vec<House>,
    clock: Clock,
    cookies: Vec<String>,
}

impl Stage {
    pub async fn set(houses: Vec<House>, clock: Clock) -> Stage {
        let mut cookies = Vec::new();
        for name in NAMES {
            cookies.push(houses[0].staff(name, Role::Agent).await);
        }
        // A server that has just started gives agents time to come back.
        clock.advance_ms(2 * GRACE_MS);
        if services::storm().is_some() {
            // What the bus loses is found sooner than in life, or the stories would take an hour.
            for house in &houses {
                tokio::spawn(check_often(Arc::downgrade(&house.app)));
            }
        }
        Stage { houses, clock, cookies }
    }

    pub async fn strike(self) {
        for house in self.houses {
            house.close().await;
        }
    }

    fn checks(&self) {
        self.houses.iter().for_each(|house| house.app.checks_due.send_replace(()));
    }

    /// Waits until nothing is under way but open sockets: what broken lines left behind is done, or never will be.
    async fn settles(&self, sockets: usize) {
        until("what was under way ends", async || {
            self.houses.iter().map(|house| house.app.tasks.len()).sum::<usize>() == sockets
        })
        .await;
    }

    async fn find(&self, conv: &ConversationId, sender: &str, cid: &str) -> Option<i64> {
        conversations::find_cid(&self.houses[0].app.store, conv, sender, &Cid::from(cid)).await.expect("the store")
    }
}

async fn check_often(app: Weak<App>) {
    let mut ticks = interval(Duration::from_millis(50));
    while let Some(app) = app.upgrade() {
        app.checks_due.send_replace(());
        drop(app);
        ticks.tick().await;
    }
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    let mut ticks = interval(Duration::from_millis(3));
    while !holds().await {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        ticks.tick().await;
    }
}

/// A send whose echo is not here.
struct Open {
    cid: String,
    of: usize,
    deed: Deed,
    /// The log holds it all the same.
    stored: Option<i64>,
}

/// A send whose echo came, and where it is.
struct Acked {
    cid: String,
    of: usize,
    deed: Deed,
    seq: i64,
}

pub struct Visitor {
    pub shopper: Shopper,
    is_there: bool,
    pub talk: Talk,
    open: Vec<Open>,
    acked: Vec<Acked>,
}

pub struct Clerk {
    pub agent: Agent,
    is_there: bool,
    open: Vec<Open>,
    acked: Vec<Acked>,
}

pub struct Scene<'a> {
    pub stage: &'a Stage,
    pub visitors: Vec<Visitor>,
    pub clerks: Vec<Clerk>,
}

/// The frame's body. Words are their own name, so that the log tells what was lost.
fn body(cid: &str, deed: Deed) -> Value {
    let text = format!("Word {cid}");
    match deed {
        Deed::Say => {
            json!({"do": "message", "text": text, "choice": {"do": "helpful", "article": "shipping-fee", "yes": true}})
        }
        Deed::AskForPerson => json!({"do": "message", "text": text, "choice": {"do": "human"}}),
        Deed::LeaveQueue => json!({"do": "message", "text": text, "choice": {"do": "leave_queue"}}),
        Deed::Take => json!({"do": "take"}),
        Deed::Reply(epoch) => json!({"do": "message", "text": text, "epoch": epoch}),
        Deed::Note => json!({"do": "note", "text": text}),
        Deed::Release(epoch) => json!({"do": "release", "epoch": epoch}),
        Deed::HandBack(epoch) => json!({"do": "hand_back", "epoch": epoch}),
        Deed::Resolve(epoch) => json!({"do": "resolve", "epoch": epoch}),
    }
}

impl Visitor {
    pub fn conv(&self) -> ConversationId {
        ConversationId::from(self.shopper.conv.as_str())
    }

    async fn sends(&mut self, deed: Deed) -> String {
        let cid = Uuid::now_v7().to_string();
        self.shopper.sends_as(&cid, body(&cid, deed)).await;
        cid
    }

    fn acked(&mut self, cid: String, deed: Deed, seq: i64) {
        self.acked.push(Acked { cid, of: 0, deed, seq });
    }

    /// The echo of something that nobody sent before.
    async fn echo(&mut self, cid: String, deed: Deed) -> i64 {
        let (seq, is_dup) = self.shopper.waits_for_ack(&cid).await;
        assert!(!is_dup, "{cid} was never sent before");
        self.talk.does(&cid, Sender::Shopper, deed);
        self.acked(cid, deed, seq);
        seq
    }

    /// On a new line: what the replay did not bring is sent again, all of it at once and in order.
    async fn makes_good(&mut self) {
        let mut again = Vec::new();
        for open in std::mem::take(&mut self.open) {
            match self.shopper.has_echo(&open.cid) {
                Some(seq) => {
                    assert_eq!(Some(seq), open.stored, "{} was replayed", open.cid);
                    self.acked(open.cid, open.deed, seq);
                }
                None => {
                    self.shopper.sends_as(&open.cid, body(&open.cid, open.deed)).await;
                    again.push(open);
                }
            }
        }
        for open in again {
            let (seq, is_dup) = self.shopper.waits_for_ack(&open.cid).await;
            assert_eq!(open.stored.is_some(), is_dup, "{} sent again", open.cid);
            match open.stored {
                Some(first) => assert_eq!(seq, first, "{} sent again", open.cid),
                None => self.talk.does(&open.cid, Sender::Shopper, open.deed),
            }
            self.acked(open.cid, open.deed, seq);
        }
    }
}

impl<'a> Scene<'a> {
    pub async fn begin(stage: &'a Stage) -> Scene<'a> {
        stage.settles(0).await;
        let mut scene = Scene { stage, visitors: Vec::new(), clerks: Vec::new() };
        for number in 0..SHOPPERS {
            let shopper = stage.houses[number % stage.houses.len()].shopper("en").await;
            let (open, acked) = (Vec::new(), Vec::new());
            scene.visitors.push(Visitor { shopper, is_there: true, talk: Talk::new(), open, acked });
        }
        for (number, cookie) in stage.cookies.iter().enumerate() {
            let house = &stage.houses[(number + 1) % stage.houses.len()];
            let mut agent = Agent::come_in(house.address, cookie.clone()).await;
            for visitor in &scene.visitors {
                agent.opens(&visitor.shopper).await;
            }
            scene.clerks.push(Clerk { agent, is_there: true, open: Vec::new(), acked: Vec::new() });
        }
        scene
    }

    async fn settles(&self) {
        let shoppers = self.visitors.iter().filter(|visitor| visitor.is_there).count();
        let agents = self.clerks.iter().filter(|clerk| clerk.is_there).count();
        self.stage.settles(shoppers + agents).await;
    }

    pub async fn plays(&mut self, op: &Op) {
        match op {
            &Op::Shopper(who, deed) => self.shopper_does(who, deed).await,
            &Op::Twice(who, one, two) => {
                let visitor = &mut self.visitors[who];
                if visitor.is_there {
                    let cids = [(visitor.sends(one).await, one), (visitor.sends(two).await, two)];
                    let mut last = 0;
                    for (cid, deed) in cids {
                        let seq = visitor.echo(cid, deed).await;
                        assert!(seq > last, "sent after {last}, stored at {seq}");
                        last = seq;
                    }
                }
            }
            &Op::ShopperBreaks(who, deed, when) => self.shopper_breaks(who, deed, when).await,
            &Op::ShopperFlaps(who, deed) => {
                let visitor = &mut self.visitors[who];
                if visitor.is_there {
                    let cid = visitor.sends(deed).await;
                    visitor.shopper.drops();
                    visitor.shopper.returns().await;
                    let seq = match visitor.shopper.has_echo(&cid) {
                        Some(seq) => seq,
                        None => {
                            visitor.shopper.sends_as(&cid, body(&cid, deed)).await;
                            visitor.shopper.waits_for_ack(&cid).await.0
                        }
                    };
                    visitor.talk.does(&cid, Sender::Shopper, deed);
                    visitor.acked(cid, deed, seq);
                    self.settles().await;
                }
            }
            &Op::ShopperDrops(who) => {
                self.visitors[who].is_there = false;
                self.visitors[who].shopper.drops();
                self.settles().await;
            }
            Op::ShopperReturns(who, node) => {
                self.shopper_returns(*who, node.index(self.stage.houses.len())).await;
            }
            Op::ShopperAgain(who, which) => {
                let visitor = &mut self.visitors[*who];
                if visitor.is_there && !visitor.acked.is_empty() {
                    let acked = &visitor.acked[which.index(visitor.acked.len())];
                    visitor.shopper.sends_as(&acked.cid, body(&acked.cid, acked.deed)).await;
                    let seq = visitor.shopper.waits_for_repetition(&acked.cid).await;
                    assert_eq!(seq, acked.seq, "{} once more", acked.cid);
                }
            }
            &Op::Agent(who, of, work) => self.agent_works(who, of, work).await,
            &Op::BothTake(of) => self.both_take(of).await,
            &Op::Crossing(who, deed) => self.crossing(who, deed).await,
            &Op::AgentBreaks(who, of, work, when) => self.agent_breaks(who, of, work, when).await,
            Op::AgentAgain(who, which) => {
                let clerk = &mut self.clerks[*who];
                if clerk.is_there && !clerk.acked.is_empty() {
                    let acked = &clerk.acked[which.index(clerk.acked.len())];
                    let shopper = &self.visitors[acked.of].shopper;
                    clerk.agent.sends_as(&acked.cid, shopper, body(&acked.cid, acked.deed)).await;
                    let answer = clerk.agent.outcome(&acked.cid).await;
                    assert_eq!(answer, Ok(acked.seq), "{} once more", acked.cid);
                }
            }
            &Op::AgentDrops(who) => self.agent_drops(who).await,
            Op::AgentReturns(who, node) => {
                self.agent_returns(*who, node.index(self.stage.houses.len())).await;
            }
            &Op::AgentLost(who) => self.agent_is_lost(who).await,
        }
    }

    async fn shopper_does(&mut self, who: usize, deed: Deed) {
        let visitor = &mut self.visitors[who];
        if visitor.is_there {
            let cid = visitor.sends(deed).await;
            visitor.echo(cid, deed).await;
        } else {
            visitor.open.push(Open { cid: Uuid::now_v7().to_string(), of: who, deed, stored: None });
        }
    }

    pub async fn shopper_returns(&mut self, who: usize, node: usize) {
        let visitor = &mut self.visitors[who];
        if !visitor.is_there {
            visitor.is_there = true;
            visitor.shopper.returns_to(&self.stage.houses[node]).await;
            visitor.makes_good().await;
        }
    }

    async fn shopper_breaks(&mut self, who: usize, deed: Deed, when: Break) {
        let (stage, visitor) = (self.stage, &mut self.visitors[who]);
        if !visitor.is_there {
            return;
        }
        let conv = visitor.conv();
        let cid = visitor.sends(deed).await;
        if when == Break::BeforeTheEcho {
            until("it is stored", async || stage.find(&conv, "shopper", &cid).await.is_some()).await;
        }
        visitor.is_there = false;
        visitor.shopper.drops();
        self.settles().await;
        let stored = stage.find(&conv, "shopper", &cid).await;
        let visitor = &mut self.visitors[who];
        if stored.is_some() {
            visitor.talk.does(&cid, Sender::Shopper, deed);
        }
        visitor.open.push(Open { cid, of: who, deed, stored });
    }

    fn deed(&self, of: usize, work: Work) -> Deed {
        let epoch = self.visitors[of].talk.epoch;
        match work {
            Work::Take => Deed::Take,
            Work::Reply => Deed::Reply(epoch),
            Work::LateReply => Deed::Reply(epoch - 1),
            Work::Note => Deed::Note,
            Work::Release => Deed::Release(epoch),
            Work::HandBack => Deed::HandBack(epoch),
            Work::Resolve => Deed::Resolve(epoch),
        }
    }

    /// Sends it; the key.
    async fn agent_sends(&mut self, who: usize, of: usize, deed: Deed) -> String {
        let cid = Uuid::now_v7().to_string();
        self.clerks[who].agent.sends_as(&cid, &self.visitors[of].shopper, body(&cid, deed)).await;
        cid
    }

    /// The answer to something that was not stored before: the echo or the refusal that the model wants.
    async fn agent_hears(&mut self, who: usize, of: usize, cid: String, deed: Deed) {
        let outcome = self.clerks[who].agent.outcome(&cid).await;
        let talk = &self.visitors[of].talk;
        match (talk.may(Sender::Agent(who), deed), outcome) {
            (Ok(()), Ok(seq)) => {
                self.visitors[of].talk.does(&cid, Sender::Agent(who), deed);
                self.clerks[who].acked.push(Acked { cid, of, deed, seq });
            }
            (Err(code), Err(refused)) => {
                assert_eq!(refused["code"], json!(code), "{deed:?} of {}: {refused}", NAMES[who]);
                if let (Status::Assigned(owner), Deed::Take) = (talk.status, deed) {
                    assert_eq!(refused["who"]["name"], json!(NAMES[owner]), "{refused}");
                }
            }
            (wanted, got) => panic!("{deed:?} of {} was answered with {got:?}, not {wanted:?}", NAMES[who]),
        }
    }

    pub async fn agent_works(&mut self, who: usize, of: usize, work: Work) {
        if self.clerks[who].is_there {
            let deed = self.deed(of, work);
            let cid = self.agent_sends(who, of, deed).await;
            self.agent_hears(who, of, cid, deed).await;
        }
    }

    async fn both_take(&mut self, of: usize) {
        if !self.clerks.iter().all(|clerk| clerk.is_there) {
            return;
        }
        let mut cids = Vec::new();
        for who in 0..AGENTS {
            cids.push((who, self.agent_sends(who, of, Deed::Take).await));
        }
        // The one who got it comes first in the model too.
        let conv = self.visitors[of].conv();
        if self.visitors[of].talk.may(Sender::Agent(0), Deed::Take).is_ok() {
            let (stage, ids) = (self.stage, self.clerks.iter().map(|clerk| clerk.agent.id.clone()).collect::<Vec<_>>());
            let mut first = None;
            until("one of them has it", async || {
                for (who, cid) in &cids {
                    if stage.find(&conv, &ids[*who], cid).await.is_some() {
                        first = Some(*who);
                    }
                }
                first.is_some()
            })
            .await;
            cids.sort_by_key(|(who, _)| Some(*who) != first);
        }
        for (who, cid) in cids {
            self.agent_hears(who, of, cid, Deed::Take).await;
        }
    }

    async fn crossing(&mut self, of: usize, deed: Deed) {
        let visitor = &mut self.visitors[of];
        let Status::Assigned(owner) = visitor.talk.status else { return };
        if !visitor.is_there || !self.clerks[owner].is_there {
            return;
        }
        let reply = Deed::Reply(visitor.talk.epoch);
        let asked = visitor.sends(deed).await;
        let replied = self.agent_sends(owner, of, reply).await;
        let seq = self.clerks[owner].agent.outcome(&replied).await.expect("theirs");
        let visitor = &mut self.visitors[of];
        let (before, is_dup) = visitor.shopper.waits_for_ack(&asked).await;
        assert!(!is_dup && before != seq);
        let mut both = [(before, &asked, Sender::Shopper, deed), (seq, &replied, Sender::Agent(owner), reply)];
        both.sort_by_key(|(seq, ..)| *seq);
        for (_, cid, by, deed) in both {
            visitor.talk.does(cid, by, deed);
        }
        visitor.acked(asked, deed, before);
        self.clerks[owner].acked.push(Acked { cid: replied, of, deed: reply, seq });
    }

    async fn agent_breaks(&mut self, who: usize, of: usize, work: Work, when: Break) {
        if !self.clerks[who].is_there {
            return;
        }
        let (stage, deed, conv) = (self.stage, self.deed(of, work), self.visitors[of].conv());
        let id = self.clerks[who].agent.id.clone();
        let cid = self.agent_sends(who, of, deed).await;
        let is_allowed = self.visitors[of].talk.may(Sender::Agent(who), deed).is_ok();
        if when == Break::BeforeTheEcho && is_allowed {
            until("it is stored", async || stage.find(&conv, &id, &cid).await.is_some()).await;
        }
        self.agent_drops(who).await;
        let stored = stage.find(&conv, &id, &cid).await;
        if stored.is_some() {
            self.visitors[of].talk.does(&cid, Sender::Agent(who), deed);
        }
        self.clerks[who].open.push(Open { cid, of, deed, stored });
    }

    async fn agent_drops(&mut self, who: usize) {
        self.clerks[who].is_there = false;
        self.clerks[who].agent.drops();
        self.settles().await;
    }

    pub async fn agent_returns(&mut self, who: usize, node: usize) {
        let clerk = &mut self.clerks[who];
        if clerk.is_there {
            return;
        }
        clerk.is_there = true;
        clerk.agent.returns_to(&self.stage.houses[node]).await;
        for Open { cid, of, deed, stored } in std::mem::take(&mut clerk.open) {
            let clerk = &mut self.clerks[who];
            let echo = clerk.agent.has_echo(&cid);
            assert_eq!(echo, stored, "what was stored is replayed, and nothing else");
            match echo {
                Some(seq) => clerk.acked.push(Acked { cid, of, deed, seq }),
                // What was right then may be too late now.
                None => {
                    clerk.agent.sends_as(&cid, &self.visitors[of].shopper, body(&cid, deed)).await;
                    self.agent_hears(who, of, cid, deed).await;
                }
            }
        }
    }

    async fn agent_is_lost(&mut self, who: usize) {
        self.agent_drops(who).await;
        let store = &self.stage.houses[0].app.store;
        let there = self.clerks.iter().filter(|clerk| clerk.is_there).count() as i64;
        // In steps, or a node that is late to renew its leases would count as dead.
        for _ in 0..=GRACE_MS / STEP_MS {
            self.stage.clock.advance_ms(STEP_MS);
            self.stage.checks();
            let renewed = self.stage.clock.now_ms() + GRACE_MS - 1;
            until("leases are renewed", async || presence::online(store, renewed).await.expect("the store") == there)
                .await;
        }
        for away in (0..AGENTS).filter(|who| !self.clerks[*who].is_there) {
            self.visitors.iter_mut().for_each(|visitor| visitor.talk.loses(away));
        }
        self.stage.checks();
        for visitor in &self.visitors {
            until("conversations of who is lost go back to the queue", async || {
                let stored =
                    conversations::load(store, &visitor.conv()).await.expect("the store").expect("it is there");
                stored.assign_epoch == visitor.talk.epoch
            })
            .await;
        }
    }
}
