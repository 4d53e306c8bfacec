//! Timers go off once, whoever looks, and their effect and their end are one.

use super::*;
use futures_util::future::join_all;
use warmline::{
    domain::turn::{Effect, TimerKind},
    store::{
        desk,
        timers::{self, Fired},
    },
};

on_both_databases! {
    each_timer_goes_off_once_however_many_look,
    arming_again_moves_it_disarming_ends_it_and_what_fails_leaves_it,
}

async fn armed(store: &Store, name: &str, kind: TimerKind, due_at: UnixMs) -> Conversation {
    let known = conversation(store, name).await;
    let mut commit = turn(&known, None, vec![]);
    commit.effects = vec![Effect::Arm { kind, due_at }];
    done(store, commit).await
}

/// Its effect: one entry.
fn effect(known: Conversation, kind: TimerKind) -> Option<TurnCommit> {
    let mut commit = turn(&known, None, vec![answers(&format!("{kind:?}"))]);
    commit.after.sla_due_at = Some(NOON + 99);
    Some(commit)
}

async fn each_timer_goes_off_once_however_many_look(store: Fresh) {
    const TIMERS: usize = 40;
    for number in 0..TIMERS {
        armed(&store, &format!("c{number:02}"), TimerKind::Waiting, NOON + number as i64).await;
    }
    let other = if store.url.starts_with("sqlite:") { store.store.clone() } else { store.another().await };
    let node = |store: Store| async move {
        let mut fired = 0;
        for _ in 0..TIMERS * 2 {
            if let Fired::Done(Committed::Done { .. }) = timers::fire(&store, NOON + 1_000, effect).await.unwrap() {
                fired += 1;
            }
        }
        fired
    };
    let nodes = [&store.store, &other, &store.store, &other].map(|store| tokio::spawn(node(store.clone())));
    let fired: usize = join_all(nodes).await.into_iter().map(|node| node.expect("no panic")).sum();
    assert_eq!(fired, TIMERS);
    for number in 0..TIMERS {
        let id = ConversationId(format!("c{number:02}"));
        let row = desk::load_row(&store, &id).await.unwrap().unwrap();
        assert_eq!((row.head, row.sla_due_at), (1, Some(NOON + 99)), "{id}");
    }
}

async fn arming_again_moves_it_disarming_ends_it_and_what_fails_leaves_it(store: Fresh) {
    let ann = armed(&store, "ann", TimerKind::Waiting, NOON + 10).await;
    let mut again = turn(&ann, None, vec![]);
    again.effects = vec![Effect::Arm { kind: TimerKind::Waiting, due_at: NOON + 20 }];
    let ann = done(&store, again).await;
    assert_eq!(timers::fire(&store, NOON + 19, effect).await.unwrap(), Fired::Nothing);
    // Decided on another state than there is: nothing is stored, and the timer is still there.
    let stale = |known: Conversation, kind| effect(Conversation { version: known.version - 1, ..known }, kind);
    assert_eq!(timers::fire(&store, NOON + 20, stale).await.unwrap(), Fired::Done(Committed::Conflict));
    assert!(matches!(timers::fire(&store, NOON + 20, effect).await.unwrap(), Fired::Done(Committed::Done { .. })));
    assert_eq!(timers::fire(&store, NOON + 20, effect).await.unwrap(), Fired::Nothing);

    let now = conversations::load(&store, &ann.id).await.unwrap().unwrap();
    let mut arm = turn(&now, None, vec![]);
    arm.effects = [TimerKind::FirstResponseWarning, TimerKind::FirstResponseBreach]
        .map(|kind| Effect::Arm { kind, due_at: NOON + 30 })
        .to_vec();
    let now = done(&store, arm).await;
    let mut disarm = turn(&now, None, vec![]);
    disarm.effects = vec![Effect::Disarm { kind: TimerKind::FirstResponseBreach }];
    done(&store, disarm).await;
    // What has nothing to do any more is gone, too.
    assert_eq!(timers::fire(&store, NOON + 30, |_, _| None).await.unwrap(), Fired::Idle);
    assert_eq!(timers::fire(&store, NOON + 30, effect).await.unwrap(), Fired::Nothing);
}
