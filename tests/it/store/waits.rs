//! Waits and handling times are kept with the turns they belong to.

use super::*;
use warmline::{
    desk::{
        pools::Hand,
        wait::{EndedWait, Estimate, PastWait, WaitRange},
    },
    domain::{Agent, Role},
    store::{
        agents, presence, seats,
        waits::{self, ToldWait},
    },
};

on_both_databases! {
    what_was_told_meets_what_came_of_it,
    who_is_there_and_how_much_they_take,
}

async fn agent(store: &Store, id: &str) {
    let mail = format!("{id}@desk.example");
    let agent = Agent { id: id.into(), mail, name: id.into(), role: Role::Agent, disabled: false };
    assert!(agents::create(store, agent, "hash".into(), NOON).await.unwrap());
}

fn told(conv: &Conversation, told_at: UnixMs, likely_ms: i64) -> ToldWait {
    let range = WaitRange { low_ms: 60_000, high_ms: 240_000 };
    let (conv, queued_at, inbox) = (conv.id.clone(), conv.queued_at.unwrap(), conv.inbox.clone());
    ToldWait { conv, queued_at, inbox, told_at, place: 2, estimate: Estimate { range, likely_ms } }
}

async fn what_was_told_meets_what_came_of_it(store: Fresh) {
    agent(&store, "maya").await;
    let inbox = InboxId::from("shop");
    let new = conversation(&store, "ann").await;
    let ann = done(&store, queued(turn(&new, None, vec![]), 0, NOON)).await;
    waits::note_told(&store, vec![told(&ann, NOON + 5, 90_000)]).await.unwrap();
    // Another node tells, too: the first counts.
    waits::note_told(&store, vec![told(&ann, NOON + 900, 10)]).await.unwrap();
    assert_eq!(waits::past(&store, &inbox).await.unwrap(), [], "not over");

    let body = EntryBody::Assigned { agent: maya(), epoch: 1, why: None };
    let mut take = turn(&ann, None, vec![Draft { cid: None, author: Author::System, body }]);
    (take.at, take.after.status, take.after.assignee, take.after.assign_epoch) =
        (NOON + 120_005, Status::Assigned, Some(maya()), 1);
    let ann = done(&store, take).await;
    let wait = PastWait { place: 2, likely_ms: 90_000, true_ms: 120_000 };
    assert_eq!(waits::past(&store, &inbox).await.unwrap(), [wait]);
    let ended = EndedWait { range: WaitRange { low_ms: 60_000, high_ms: 240_000 }, true_ms: 120_000 };
    assert_eq!(waits::ended(&store, NOON + 120_005).await.unwrap(), [(inbox.clone(), ended)]);
    assert_eq!(waits::ended(&store, NOON + 120_006).await.unwrap(), []);

    assert_eq!(waits::handled(&store, &inbox).await.unwrap(), Vec::<i64>::new(), "still at it");
    let mut close = turn(&ann, None, vec![]);
    (close.at, close.after.status, close.after.assignee) = (NOON + 420_005, Status::Closed, None);
    done(&store, close).await;
    assert_eq!(waits::handled(&store, &inbox).await.unwrap(), [300_000]);
    assert_eq!(waits::handled(&store, &InboxId::from("other")).await.unwrap(), Vec::<i64>::new());
}

async fn who_is_there_and_how_much_they_take(store: Fresh) {
    assert_eq!(waits::hands(&store, NOON, 4).await.unwrap(), []);
    for id in ["maya", "omar", "lena"] {
        agent(&store, id).await;
        let lease = presence::Lease { id: id.into(), agent: id.into(), node: "node".into() };
        presence::arrive(&store, lease, NOON + 10).await.unwrap();
    }
    seats::set_capacity(&store, &"omar".into(), Some(7)).await.unwrap();
    seats::set_available(&store, &"lena".into(), false).await.unwrap();
    let hand = |id: &str, slots| Hand { agent: id.into(), slots, active: 0 };
    assert_eq!(waits::hands(&store, NOON, 4).await.unwrap(), [hand("maya", 4), hand("omar", 7)]);
    assert_eq!(waits::hands(&store, NOON + 10, 4).await.unwrap(), []);
}
