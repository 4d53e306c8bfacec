//! What everybody must find: in the database after each step, and on their own screens at the end.

use serde_json::{Value, json};
use warmline::{
    domain::{Entry, Status as StoredStatus},
    store::conversations,
    web::frames::{Audience, visible},
};

use super::{
    AGENTS, SHOPPERS, Work,
    rules::{Sender, Status},
    scene::{NAMES, Scene, Visitor},
};

impl Scene<'_> {
    /// The database is what the model says.
    pub async fn holds(&self, after: &str) -> Result<(), String> {
        for visitor in &self.visitors {
            self.log_holds(visitor).await.map_err(|what| format!("after {after}: {what}"))?;
        }
        Ok(())
    }

    async fn log_holds(&self, visitor: &Visitor) -> Result<(), String> {
        let (store, conv) = (&self.stage.houses[0].app.store, visitor.conv());
        let row = conversations::load(store, &conv).await.expect("the store").expect("it is there");
        let entries = conversations::entries_after(store, &conv, 0, i64::MAX).await.expect("the store");
        let items = as_seen(&entries, Audience::Agent);
        let fail = |what: String| Err(format!("{what} in {conv}\n{}", lines(&items)));
        // What nobody sent (that nobody is at the desk) may come between the two reads.
        let seqs = items.iter().map(|item| item["seq"].as_i64());
        if !seqs.eq((1..=items.len() as i64).map(Some)) || (items.len() as i64) < row.head {
            return fail(format!("seq is not 1, 2, 3 … {}", row.head));
        }
        let said: Vec<_> = items.iter().filter(|item| item["cid"].is_string()).collect();
        if said.len() != visitor.talk.said.len() {
            return fail(format!("{} sends are stored, not {}", said.len(), visitor.talk.said.len()));
        }
        for (item, said) in said.into_iter().zip(&visitor.talk.said) {
            let author = match said.by {
                Sender::Shopper => json!({"role": "shopper"}),
                Sender::Agent(who) => json!({"role": "agent", "id": self.clerks[who].agent.id, "name": NAMES[who]}),
            };
            let is_same = item["cid"] == json!(said.cid) && item["kind"] == said.kind && item["author"] == author;
            let has_words = matches!(said.kind, "message" | "note");
            if !is_same || has_words && item["text"] != json!(format!("Word {}", said.cid)) {
                return fail(format!("stored is {item}, sent was {said:?}"));
            }
        }
        let epochs: Vec<_> = items.iter().filter_map(|item| item["epoch"].as_i64()).collect();
        if !epochs.is_sorted_by(|one, next| one < next) {
            return fail(format!("epochs {epochs:?} do not grow"));
        }
        let status = match (row.status, &row.assignee) {
            (StoredStatus::Bot, None) => Some(Status::Bot),
            (StoredStatus::Queued, None) => Some(Status::Queued),
            (StoredStatus::Closed, None) => Some(Status::Closed),
            (StoredStatus::Assigned, Some(owner)) => {
                self.clerks.iter().position(|clerk| clerk.agent.id == owner.id.as_str()).map(Status::Assigned)
            }
            _ => None,
        };
        let talk = &visitor.talk;
        if (status, row.assign_epoch) != (Some(talk.status), talk.epoch) {
            let wanted = (talk.status, talk.epoch);
            return fail(format!("{:?} of {:?}, epoch {}, not {wanted:?}", row.status, row.assignee, row.assign_epoch));
        }
        Ok(())
    }

    /// Everybody comes back, and has seen the log: all of it for agents, without what is private for shoppers.
    pub async fn ends(mut self) -> Result<(), String> {
        for who in 0..AGENTS {
            self.agent_returns(who, 0).await;
        }
        for who in 0..SHOPPERS {
            self.shopper_returns(who, 0).await;
        }
        // Nobody is left with anybody, for the next story.
        for of in 0..SHOPPERS {
            if let Status::Assigned(owner) = self.visitors[of].talk.status {
                self.agent_works(owner, of, Work::Resolve).await;
            }
        }
        self.holds("everybody came back").await?;
        let store = &self.stage.houses[0].app.store;
        for visitor in &mut self.visitors {
            let entries = conversations::entries_after(store, &visitor.conv(), 0, i64::MAX).await.expect("the store");
            let head = entries.len() as i64;
            while visitor.shopper.through < head {
                visitor.shopper.read().await;
            }
            let seen = visitor.shopper.log.values();
            same("the shopper", seen.clone(), &as_seen(&entries, Audience::Shopper))?;
            let is_private = |item: &&Value| item["kind"] == "note" || !item["brief"].is_null();
            if let Some(item) = seen.clone().find(is_private) {
                return Err(format!("the shopper saw {item}"));
            }
            for (clerk, name) in self.clerks.iter_mut().zip(NAMES) {
                while clerk.agent.log(&visitor.shopper).keys().next_back() < Some(&head) {
                    clerk.agent.read().await;
                }
                same(name, clerk.agent.log(&visitor.shopper).values(), &as_seen(&entries, Audience::Agent))?;
            }
        }
        Ok(())
    }
}

fn as_seen(entries: &[Entry], audience: Audience) -> Vec<Value> {
    // By way of text, as frames go: a value made directly would widen what is written with few digits.
    let sent = |item| serde_json::from_str(&serde_json::to_string(item).expect("JSON")).expect("JSON");
    visible(entries, audience).iter().map(sent).collect()
}

fn same<'a>(who: &str, seen: impl Iterator<Item = &'a Value> + Clone, log: &[Value]) -> Result<(), String> {
    match seen.clone().eq(log) {
        true => Ok(()),
        false => Err(format!("{who} saw\n{}\nand the log is\n{}", lines(seen), lines(log))),
    }
}

fn lines<'a>(items: impl IntoIterator<Item = &'a Value>) -> String {
    items.into_iter().map(|item| format!("  {item}\n")).collect()
}
