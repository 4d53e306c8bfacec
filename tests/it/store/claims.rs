//! The claim: who gets whom, and that nobody gets two at once or too many.

use super::*;
use futures_util::future::join_all;
use warmline::{
    domain::{Agent, How, Role, Team, Way, turn::Effect},
    store::{
        agents,
        claims::{self, Claimed, Match, MissedOffer, Search},
        desk::{self, DeskView},
        presence::{self, Lease},
        seats::{self, CapacitySet},
        teams::{self, TeamSaved},
    },
};

on_both_databases! {
    the_head_of_the_queue_goes_to_the_least_loaded_and_among_those_to_the_longest_idle,
    agents_take_turns_where_the_inbox_says_so,
    who_had_it_before_is_the_first_choice_if_there_with_room,
    nobody_who_is_away_gone_disabled_full_or_was_asked_before_is_given_anything,
    many_nodes_at_once_give_each_conversation_once_and_nobody_too_many,
    a_seat_counts_what_comes_and_goes_and_a_full_one_takes_nothing,
    an_offer_that_ran_out_is_found,
    who_is_out_of_reach_is_told_from_who_only_waits,
    a_team_and_a_language_have_a_part_of_the_queue_of_their_own_until_it_overflows,
    nobody_is_left_with_conversations_of_a_team_they_leave,
}

const CAPACITY: i64 = 3;

async fn agent(store: &Store, id: &str) {
    let agent = Agent {
        id: AgentId::from(id),
        mail: format!("{id}@desk.example"),
        name: id.into(),
        role: Role::Agent,
        disabled: id.starts_with("ex"),
    };
    assert!(agents::create(store, agent, "hash".into(), NOON).await.unwrap());
    comes(store, id, id).await;
}

async fn comes(store: &Store, lease: &str, agent: &str) {
    let lease = Lease { id: lease.into(), agent: AgentId::from(agent), node: "node".into() };
    presence::arrive(store, lease, NOON + 60_000).await.unwrap();
}

async fn waits(store: &Store, name: &str, priority: i64, since: UnixMs) -> Conversation {
    let new = conversation(store, name).await;
    done(store, queued(turn(&new, None, vec![]), priority, since)).await
}

fn search(way: Way) -> Search {
    let inbox = InboxId::from("shop");
    Search {
        inbox,
        way,
        capacity: CAPACITY,
        previous_first: true,
        now: NOON + 10,
        there_until: NOON + 50_000,
        overflow_before: NOON - 1,
    }
}

fn give(found: Match) -> Option<TurnCommit> {
    let mut commit = turn(&found.conversation, None, vec![]);
    commit.sender = "system".into();
    (commit.after.status, commit.after.assignee) = (Status::Assigned, Some(found.agent));
    commit.after.assign_epoch += 1;
    Some(commit)
}

/// Who got which, or nothing.
async fn next(store: &Store, way: Way) -> Option<(String, String)> {
    match claims::claim(store, search(way), give).await.unwrap() {
        Claimed::Given(Committed::Done { conversation, .. }) => {
            Some((conversation.assignee.expect("given").id.0, conversation.id.0))
        }
        Claimed::Given(other) => panic!("{other:?}"),
        Claimed::Nothing => None,
    }
}

fn pair(agent: &str, conv: &str) -> Option<(String, String)> {
    Some((agent.into(), conv.into()))
}

async fn closes(store: &Store, name: &str, at: UnixMs) {
    let known = conversations::load(store, &ConversationId::from(name)).await.unwrap().unwrap();
    let mut close = turn(&known, None, vec![]);
    close.at = at;
    close.after.previous_agent = known.assignee.map(|agent| agent.id);
    (close.after.status, close.after.assignee) = (Status::Closed, None);
    done(store, close).await;
}

async fn seat(store: &Store, id: &str) -> (i64, bool) {
    let seats = seats::list(store, NOON + 50_000).await.unwrap();
    let seat = seats.into_iter().find(|seat| seat.agent.id.as_str() == id).expect("a seat");
    (seat.active, seat.there)
}

async fn the_head_of_the_queue_goes_to_the_least_loaded_and_among_those_to_the_longest_idle(store: Fresh) {
    agent(&store, "maya").await;
    agent(&store, "omar").await;
    assert_eq!(next(&store, Way::LeastLoaded).await, None, "nobody waits");
    for (name, priority, since) in [("calm", 0, 1), ("angry", 50, 3), ("first", 50, 2), ("late", 0, 4), ("last", 0, 5)]
    {
        waits(&store, name, priority, NOON + since).await;
    }
    assert_eq!(next(&store, Way::Pull).await, None, "there, agents take");
    assert_eq!(next(&store, Way::LeastLoaded).await, pair("maya", "first"));
    assert_eq!(next(&store, Way::LeastLoaded).await, pair("omar", "angry"));
    // Both have one; Omar had news later than Maya.
    closes(&store, "first", NOON + 20).await;
    waits(&store, "again", 0, NOON + 6).await;
    assert_eq!(next(&store, Way::LeastLoaded).await, pair("maya", "calm"));
    closes(&store, "angry", NOON + 30).await;
    closes(&store, "calm", NOON + 40).await;
    assert_eq!(next(&store, Way::LeastLoaded).await, pair("omar", "late"), "idle for longer");
    assert_eq!(seat(&store, "omar").await, (1, true));
    // Half of two is more than a third of three.
    assert_eq!(seats::set_capacity(&store, &"omar".into(), Some(2)).await.unwrap(), CapacitySet::Done);
    assert_eq!(next(&store, Way::LeastLoaded).await, pair("maya", "last"));
    assert_eq!(next(&store, Way::LeastLoaded).await, pair("maya", "again"));
}

async fn agents_take_turns_where_the_inbox_says_so(store: Fresh) {
    agent(&store, "maya").await;
    agent(&store, "omar").await;
    let mut got = Vec::new();
    for number in 0..4 {
        waits(&store, &format!("c{number}"), 0, NOON + number).await;
        // Claims of one moment would be in turn by name alone.
        let later = Search { now: NOON + 10 + number, ..search(Way::RoundRobin) };
        let give = move |found: Match| {
            give(found).map(|mut commit| {
                commit.at = NOON + 10 + number;
                commit
            })
        };
        match claims::claim(&store, later, give).await.unwrap() {
            Claimed::Given(Committed::Done { conversation, .. }) => got.push(conversation.assignee.unwrap().id.0),
            other => panic!("{other:?}"),
        }
        closes(&store, &format!("c{number}"), NOON + 11 + number).await;
    }
    assert_eq!(got, ["maya", "omar", "maya", "omar"]);
}

async fn who_had_it_before_is_the_first_choice_if_there_with_room(store: Fresh) {
    for id in ["maya", "omar"] {
        agent(&store, id).await;
    }
    let again = async |name: &str, previous: &str| {
        let new = conversation(&store, name).await;
        let mut back = queued(turn(&new, None, vec![]), 0, NOON);
        back.after.previous_agent = Some(AgentId::from(previous));
        done(&store, back).await;
    };
    // Maya is next by name, and has less.
    again("a", "omar").await;
    let how = |found: Match| {
        assert_eq!(found.how, How::Previous);
        give(found)
    };
    let claimed = claims::claim(&store, search(Way::LeastLoaded), how).await.unwrap();
    assert!(matches!(claimed, Claimed::Given(Committed::Done { conversation, .. })
        if conversation.assignee.as_ref().is_some_and(|agent| agent.id.as_str() == "omar")));
    again("b", "omar").await;
    let not_asked = Search { previous_first: false, ..search(Way::LeastLoaded) };
    let claimed = claims::claim(&store, not_asked, give).await.unwrap();
    assert!(matches!(claimed, Claimed::Given(Committed::Done { conversation, .. })
        if conversation.assignee.as_ref().is_some_and(|agent| agent.id.as_str() == "maya")));
    seats::set_available(&store, &"omar".into(), false).await.unwrap();
    again("c", "omar").await;
    assert_eq!(next(&store, Way::LeastLoaded).await, pair("maya", "c"), "never to somebody who went home");
}

async fn nobody_who_is_away_gone_disabled_full_or_was_asked_before_is_given_anything(store: Fresh) {
    for id in ["away", "gone", "ex", "asked", "dead", "full"] {
        agent(&store, id).await;
    }
    let seated = async |id: &str| seats::set_available(&store, &id.into(), false).await.unwrap();
    assert!(seated("away").await && !seated("away").await);
    presence::leave(&store, "gone", NOON + 60_000).await.unwrap();
    // Of a node that did not renew: the lease still holds, and nobody may be behind it.
    presence::renew(&store, "node", NOON + 60_000, NOON).await.unwrap();
    presence::leave(&store, "dead", NOON + 60_000).await.unwrap();
    let lease = Lease { id: "dead-2".into(), agent: AgentId::from("dead"), node: "other".into() };
    presence::arrive(&store, lease, NOON + 45_000).await.unwrap();
    assert_eq!(seats::set_capacity(&store, &"full".into(), Some(1)).await.unwrap(), CapacitySet::Done);
    let new = waits(&store, "held", 0, NOON).await;
    let mut take = turn(&new, None, vec![]);
    (take.after.status, take.after.assign_epoch) = (Status::Assigned, 1);
    take.after.assignee = Some(AgentRef { id: "full".into(), name: "full".into() });
    done(&store, take).await;
    let new = conversation(&store, "ann").await;
    let mut wait = queued(turn(&new, None, vec![]), 0, NOON);
    wait.effects = vec![Effect::PassOver { agent: "asked".into(), until: NOON + 11 }];
    done(&store, wait).await;
    assert_eq!(next(&store, Way::LeastLoaded).await, None);
    let later = Search { now: NOON + 11, ..search(Way::LeastLoaded) };
    assert!(
        matches!(claims::claim(&store, later, give).await.unwrap(), Claimed::Given(Committed::Done { conversation, .. })
        if conversation.assignee.as_ref().is_some_and(|agent| agent.id.as_str() == "asked"))
    );
    // What an agent misses sets them away.
    let known = conversations::load(&store, &"ann".into()).await.unwrap().unwrap();
    let mut back = queued(turn(&known, None, vec![]), 0, NOON);
    (back.after.assignee, back.effects) = (None, vec![Effect::SetAway { agent: "asked".into() }]);
    done(&store, back).await;
    let seats = seats::list(&store, NOON).await.unwrap();
    assert!(seats.iter().any(|seat| seat.agent.id.as_str() == "asked" && !seat.available && seat.active == 0));
    assert!(seats.iter().all(|seat| seat.agent.id.as_str() != "ex"), "{seats:?}");
}

async fn many_nodes_at_once_give_each_conversation_once_and_nobody_too_many(store: Fresh) {
    const AGENTS: usize = 7;
    const WAITING: usize = 40;
    for number in 0..AGENTS {
        agent(&store, &format!("a{number}")).await;
    }
    for number in 0..WAITING {
        waits(&store, &format!("c{number:02}"), number as i64 % 3, NOON + number as i64).await;
    }
    // A file has one node, a server may have more.
    let other = if store.url.starts_with("sqlite:") { store.store.clone() } else { store.another().await };
    let node = |store: Store| async move {
        let mut got = Vec::new();
        // A claim may find everything locked by others for a moment: looks again, as the sweep does.
        for _ in 0..200 {
            got.extend(next(&store, Way::LeastLoaded).await);
        }
        got
    };
    let nodes = [&store.store, &other, &store.store, &other].map(|store| tokio::spawn(node(store.clone())));
    let mut got: Vec<(String, String)> =
        join_all(nodes).await.into_iter().flat_map(|node| node.expect("no panic")).collect();
    assert_eq!(got.len(), AGENTS * CAPACITY as usize, "{got:?}");
    got.sort_by(|one, other| one.1.cmp(&other.1));
    got.dedup_by(|one, other| one.1 == other.1);
    assert_eq!(got.len(), AGENTS * CAPACITY as usize, "one was given twice");
    for seat in seats::list(&store, NOON).await.unwrap() {
        assert_eq!(seat.active, CAPACITY, "{seat:?}");
    }
    // The most urgent went first: none of the highest priority waits while a lower one was served.
    let waiting = desk::rows(&store, &DeskView::Queue).await.unwrap();
    assert_eq!(waiting.len(), WAITING - AGENTS * CAPACITY as usize);
    assert!(waiting.iter().all(|row| row.priority < 2), "{waiting:?}");
}

async fn a_seat_counts_what_comes_and_goes_and_a_full_one_takes_nothing(store: Fresh) {
    agent(&store, "maya").await;
    let take = async |name: &str| {
        let known = conversations::load(&store, &ConversationId::from(name)).await.unwrap().unwrap();
        let mut take = turn(&known, None, vec![]);
        (take.after.status, take.after.assignee, take.after.assign_epoch) = (Status::Assigned, Some(maya()), 1);
        conversations::commit_turn(&store, take).await.unwrap()
    };
    assert_eq!(seats::set_capacity(&store, &"maya".into(), Some(1)).await.unwrap(), CapacitySet::Done);
    for name in ["a", "b"] {
        waits(&store, name, 0, NOON).await;
    }
    assert!(matches!(take("a").await, Committed::Done { .. }));
    assert_eq!(take("b").await, Committed::Full);
    assert_eq!(seats::set_capacity(&store, &"maya".into(), None).await.unwrap(), CapacitySet::Done);
    // Two at once: one of them finds the conversation changed, and its seat as it was.
    let stale = conversations::load(&store, &"b".into()).await.unwrap().unwrap();
    assert!(matches!(take("b").await, Committed::Done { .. }));
    let mut late = turn(&stale, None, vec![]);
    (late.after.status, late.after.assignee, late.after.assign_epoch) = (Status::Assigned, Some(maya()), 1);
    assert_eq!(conversations::commit_turn(&store, late).await.unwrap(), Committed::Conflict);
    assert_eq!(seat(&store, "maya").await.0, 2);
    assert_eq!(seats::set_capacity(&store, &"maya".into(), Some(1)).await.unwrap(), CapacitySet::HasMore(2));
    assert_eq!(seats::set_capacity(&store, &"nobody".into(), Some(1)).await.unwrap(), CapacitySet::NoSuchAgent);
    closes(&store, "a", NOON + 20).await;
    assert_eq!(seat(&store, "maya").await.0, 1);
}

async fn an_offer_that_ran_out_is_found(store: Fresh) {
    agent(&store, "maya").await;
    let new = waits(&store, "ann", 0, NOON).await;
    let mut offer = turn(&new, None, vec![]);
    (offer.after.status, offer.after.assignee, offer.after.assign_epoch) = (Status::Offered, Some(maya()), 1);
    offer.after.offered_until = Some(NOON + 30);
    done(&store, offer).await;
    assert_eq!(claims::missed_offers(&store, NOON + 29).await.unwrap(), []);
    let missed = MissedOffer { conv: new.id.clone(), epoch: 1 };
    assert_eq!(claims::missed_offers(&store, NOON + 30).await.unwrap(), [missed]);
    // It still waits, and holds Maya's seat.
    assert_eq!(desk::queue(&store).await.unwrap()[0].conv, new.id);
    assert_eq!(desk::rows(&store, &DeskView::Mine("maya".into())).await.unwrap().len(), 1);
    assert_eq!(seat(&store, "maya").await.0, 1);
}

async fn who_is_out_of_reach_is_told_from_who_only_waits(store: Fresh) {
    let ann = waits(&store, "ann", 0, NOON).await;
    let reach = async |until| claims::out_of_reach(&store, &InboxId::from("shop"), until, NOON - 1).await.unwrap();
    assert!(reach(NOON).await.contains(&ann.id));
    agent(&store, "maya").await;
    assert_eq!(reach(NOON).await, []);
    assert!(reach(NOON + 60_000).await.contains(&ann.id));
    seats::set_available(&store, &"maya".into(), false).await.unwrap();
    assert_eq!(reach(NOON).await, [ann.id]);
    let elsewhere = claims::out_of_reach(&store, &InboxId::from("repairs"), NOON, NOON - 1).await.unwrap();
    assert_eq!(elsewhere, [], "of one inbox");
}

fn returns(members: &[&str]) -> Team {
    let members = members.iter().map(|id| AgentId::from(*id)).collect();
    Team { id: "returns".into(), name: "Returns".into(), members }
}

async fn waits_for(store: &Store, name: &str, team: Option<&str>, lang: Lang, since: UnixMs) {
    let new = conversation(store, name).await;
    let mut wait = queued(turn(&new, None, vec![]), 0, since);
    (wait.after.team, wait.after.lang) = (team.map(Into::into), lang);
    done(store, wait).await;
}

async fn a_team_and_a_language_have_a_part_of_the_queue_of_their_own_until_it_overflows(store: Fresh) {
    for id in ["maya", "omar"] {
        agent(&store, id).await;
    }
    assert_eq!(teams::save(&store, returns(&["omar", "nobody"])).await.unwrap(), TeamSaved::Done);
    assert_eq!(teams::list(&store).await.unwrap(), [returns(&["omar"])]);
    assert_eq!(teams::of_agent(&store, &"omar".into()).await.unwrap(), ["returns".into()]);
    assert!(teams::has_members(&store, &"returns".into()).await.unwrap());
    assert!(!teams::has_members(&store, &"empty".into()).await.unwrap());
    teams::set_langs(&store, &"maya".into(), vec![Lang::En]).await.unwrap();
    assert_eq!(teams::langs(&store).await.unwrap().into_iter().collect::<Vec<_>>(), [("maya".into(), vec![Lang::En])]);

    waits_for(&store, "parcel", Some("returns"), Lang::En, NOON).await;
    waits_for(&store, "hans", None, Lang::ZhHans, NOON + 1).await;
    waits_for(&store, "open", Some("empty"), Lang::En, NOON + 2).await;
    // Maya is next, and takes what is hers; a team without members is everybody.
    assert_eq!(next(&store, Way::LeastLoaded).await, pair("maya", "open"));
    assert_eq!(next(&store, Way::LeastLoaded).await, pair("omar", "parcel"));
    assert_eq!(next(&store, Way::LeastLoaded).await, pair("omar", "hans"));

    waits_for(&store, "late", Some("returns"), Lang::ZhHans, NOON + 3).await;
    seats::set_available(&store, &"omar".into(), false).await.unwrap();
    assert_eq!(next(&store, Way::LeastLoaded).await, None);
    let reach = async |before| claims::out_of_reach(&store, &InboxId::from("shop"), NOON, before).await.unwrap();
    assert_eq!(reach(NOON + 2).await, ["late".into()], "Maya is there, and cannot");
    assert_eq!(reach(NOON + 3).await, [], "it has waited long enough to be anybody's");
    let overflow = Search { overflow_before: NOON + 3, ..search(Way::LeastLoaded) };
    let give = |found: Match| {
        assert!(!found.is_own);
        give(found)
    };
    assert!(matches!(claims::claim(&store, overflow, give).await.unwrap(), Claimed::Given(Committed::Done { .. })));
    assert_eq!(seat(&store, "maya").await.0, 2);
}

async fn nobody_is_left_with_conversations_of_a_team_they_leave(store: Fresh) {
    agent(&store, "omar").await;
    agent(&store, "maya").await;
    assert_eq!(teams::save(&store, returns(&["omar", "maya"])).await.unwrap(), TeamSaved::Done);
    seats::set_available(&store, &"maya".into(), false).await.unwrap();
    waits_for(&store, "parcel", Some("returns"), Lang::En, NOON).await;
    assert_eq!(next(&store, Way::LeastLoaded).await, pair("omar", "parcel"));
    assert_eq!(teams::save(&store, returns(&["maya"])).await.unwrap(), TeamSaved::InUse(1));
    assert_eq!(teams::list(&store).await.unwrap(), [returns(&["maya", "omar"])], "all as it was");
    closes(&store, "parcel", NOON + 20).await;
    assert_eq!(teams::save(&store, returns(&["maya"])).await.unwrap(), TeamSaved::Done);
    assert!(teams::remove(&store, &"returns".into()).await.unwrap());
    assert!(!teams::remove(&store, &"returns".into()).await.unwrap());
    assert_eq!(teams::list(&store).await.unwrap(), []);
}
