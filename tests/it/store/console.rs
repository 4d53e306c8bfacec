//! What helps agents write and remember: phrases with their counts, promises until they are kept.

use std::collections::BTreeMap;

use super::*;
use warmline::{
    domain::{
        Agent, ByLang, Role,
        phrase::Phrase,
        turn::{DraftPromise, Effect},
    },
    store::{
        agents,
        phrases::{self, Saved},
        presence, promises, seats,
        transcripts::{self, Behind, Reading, Wanted},
    },
};

on_both_databases! {
    phrases_are_everybody_s_or_one_s_own,
    of_two_who_change_a_phrase_the_second_is_told,
    uses_are_counted_by_agent,
    a_promise_is_kept_by_writing_again_and_replaced_by_a_newer_one,
    a_promise_goes_with_the_conversation,
    a_promise_whose_keeper_is_gone_is_told_to_who_supervises,
    conversations_are_found_by_all_their_terms_once_they_are_read,
}

fn phrase(id: &str, owner: Option<&str>) -> Phrase {
    Phrase {
        id: id.into(),
        owner: owner.map(AgentId::from),
        shortcut: id.into(),
        category: "greeting".into(),
        texts: ByLang(BTreeMap::from([(Lang::ZhHant, "{contact}您好".to_owned())])),
        version: 0,
        updated_at: 0,
        updated_by: None,
    }
}

async fn agent(store: &Store, name: &str) -> AgentRef {
    let (id, mail) = (AgentId(name.to_lowercase()), format!("{name}@example.test"));
    let agent = Agent { id: id.clone(), mail, name: name.into(), role: Role::Agent, disabled: false };
    assert!(agents::create(store, agent, "hash".into(), NOON).await.unwrap());
    AgentRef { id, name: name.into() }
}

async fn ids(store: &Store, agent: &str) -> Vec<String> {
    let found = phrases::list_for(store, &AgentId::from(agent)).await.unwrap();
    found.into_iter().map(|used| used.phrase.id).collect()
}

async fn phrases_are_everybody_s_or_one_s_own(store: Fresh) {
    let (maya, noor) = (agent(&store, "Maya").await, agent(&store, "Noor").await);
    let (maya, noor) = (maya.id.as_str(), noor.id.as_str());
    assert_eq!(phrases::add_missing(&store, vec![phrase("hi", None), phrase("bye", None)], NOON).await.unwrap(), 2);
    assert_eq!(phrases::add_missing(&store, vec![phrase("hi", None)], NOON).await.unwrap(), 0, "there already");
    let Saved::Done(own) = phrases::save(&store, phrase("own", Some(maya)), "Maya", NOON).await.unwrap() else {
        panic!()
    };
    assert_eq!((own.version, own.updated_by.as_deref()), (1, Some("Maya")));
    assert_eq!(own.text(Lang::ZhHant), Some("{contact}您好"));
    assert_eq!(ids(&store, maya).await, ["bye", "hi", "own"]);
    assert_eq!(ids(&store, noor).await, ["bye", "hi"]);
}

async fn of_two_who_change_a_phrase_the_second_is_told(store: Fresh) {
    let Saved::Done(first) = phrases::save(&store, phrase("hi", None), "Ann", NOON).await.unwrap() else { panic!() };
    let changed = Phrase { shortcut: "hello".into(), ..first.clone() };
    let Saved::Done(second) = phrases::save(&store, changed.clone(), "Ben", NOON + 1).await.unwrap() else { panic!() };
    assert_eq!((second.version, second.shortcut.as_str()), (2, "hello"));
    assert_eq!(phrases::save(&store, changed, "Cy", NOON + 2).await.unwrap(), Saved::Conflict(second.clone()));
    let unknown = Phrase { version: 3, ..phrase("none", None) };
    assert_eq!(phrases::save(&store, unknown, "Cy", NOON).await.unwrap(), Saved::Missing);
    let stranger = agent(&store, "Maya").await;
    let stolen = Phrase { owner: Some(stranger.id), ..second.clone() };
    assert!(
        matches!(phrases::save(&store, stolen, "Maya", NOON).await.unwrap(), Saved::Conflict(_)),
        "stays everybody's"
    );
    assert!(!phrases::remove(&store, "hi", 1).await.unwrap(), "another version by now");
    assert!(phrases::remove(&store, "hi", 2).await.unwrap());
    assert_eq!(phrases::load(&store, "hi").await.unwrap(), None);
}

async fn uses_are_counted_by_agent(store: Fresh) {
    let (maya, noor) = (agent(&store, "Maya").await, agent(&store, "Noor").await);
    phrases::add_missing(&store, vec![phrase("hi", None)], NOON).await.unwrap();
    for who in [&maya, &maya, &noor] {
        assert!(phrases::note_use(&store, "hi", &who.id, NOON).await.unwrap());
    }
    assert!(!phrases::note_use(&store, "none", &maya.id, NOON).await.unwrap());
    let used = &phrases::list_for(&store, &maya.id).await.unwrap()[0];
    assert_eq!((used.uses, used.own_uses), (3, 2));
    assert!(phrases::remove(&store, "hi", 1).await.unwrap(), "with its counts");
}

fn promises_to(agent: &AgentRef, due_at: UnixMs) -> Effect {
    let said = format!("by {due_at}");
    Effect::Promise(DraftPromise { agent: agent.id.clone(), said, due_at, counts_from: NOON + 100 })
}

async fn dues(store: &Store, agent: &AgentRef) -> Vec<UnixMs> {
    promises::open_of(store, &agent.id).await.unwrap().iter().map(|promise| promise.due_at).collect()
}

async fn a_promise_is_kept_by_writing_again_and_replaced_by_a_newer_one(store: Fresh) {
    let maya = agent(&store, "Maya").await;
    let turn_with = async |conversation: &Conversation, at, effects| {
        let mut commit = turn(conversation, None, vec![says("…", None)]);
        (commit.at, commit.effects) = (at, effects);
        done(&store, commit).await
    };
    let ann = conversation(&store, "ann").await;
    let ann = turn_with(&ann, NOON, vec![Effect::KeepPromises, promises_to(&maya, NOON + 900)]).await;
    assert_eq!(dues(&store, &maya).await, [NOON + 900]);
    let ann = turn_with(&ann, NOON + 50, vec![Effect::KeepPromises]).await;
    assert_eq!(dues(&store, &maya).await, [NOON + 900], "still about the promise itself");
    let ann = turn_with(&ann, NOON + 60, vec![Effect::KeepPromises, promises_to(&maya, NOON + 700)]).await;
    assert_eq!(dues(&store, &maya).await, [NOON + 700], "the newer one counts");
    turn_with(&ann, NOON + 100, vec![Effect::KeepPromises]).await;
    assert!(dues(&store, &maya).await.is_empty(), "kept");

    let ben = conversation(&store, "ben").await;
    turn_with(&ben, NOON, vec![promises_to(&maya, NOON + 300)]).await;
    let noor = agent(&store, "Noor").await;
    let id = &promises::open_of(&store, &maya.id).await.unwrap()[0].id;
    assert!(!promises::dismiss(&store, id, Some(&noor.id), NOON).await.unwrap(), "not hers");
    assert!(promises::dismiss(&store, id, Some(&maya.id), NOON).await.unwrap());
    assert!(!promises::dismiss(&store, id, Some(&maya.id), NOON).await.unwrap(), "ended already");
    assert!(dues(&store, &maya).await.is_empty());
}

async fn a_promise_goes_with_the_conversation(store: Fresh) {
    let (maya, noor) = (agent(&store, "Maya").await, agent(&store, "Noor").await);
    let mut commit = turn(&conversation(&store, "ann").await, None, vec![says("…", None)]);
    commit.effects = vec![promises_to(&maya, NOON + 900)];
    let ann = done(&store, commit).await;
    let mut commit = turn(&ann, None, vec![says("…", None)]);
    (commit.after.status, commit.after.assignee) = (Status::Assigned, Some(noor.clone()));
    done(&store, commit).await;
    assert!(dues(&store, &maya).await.is_empty());
    assert_eq!(dues(&store, &noor).await, [NOON + 900]);
}

async fn a_promise_whose_keeper_is_gone_is_told_to_who_supervises(store: Fresh) {
    let (maya, noor) = (agent(&store, "Maya").await, agent(&store, "Noor").await);
    let mut commit = turn(&conversation(&store, "ann").await, None, vec![says("…", None)]);
    commit.effects = vec![promises_to(&maya, NOON + 900)];
    let ann = done(&store, commit).await;
    let alone = async || {
        let found = promises::left_alone(&store, NOON).await.unwrap();
        found.into_iter().map(|one| (one.promise.due_at, one.keeper)).collect::<Vec<_>>()
    };
    assert_eq!(alone().await, [(NOON + 900, maya.clone())], "nobody is there");
    let lease =
        |id: &str, agent: &AgentRef| presence::Lease { id: id.into(), agent: agent.id.clone(), node: "n".into() };
    presence::arrive(&store, lease("l1", &maya), NOON + 1).await.unwrap();
    seats::set_available(&store, &maya.id, true).await.unwrap();
    assert!(alone().await.is_empty(), "she is reminded herself");
    seats::set_available(&store, &maya.id, false).await.unwrap();
    assert_eq!(alone().await, [(NOON + 900, maya.clone())], "away");
    seats::set_available(&store, &maya.id, true).await.unwrap();
    let mut commit = turn(&ann, None, vec![says("…", None)]);
    (commit.after.status, commit.after.assignee) = (Status::Assigned, Some(noor.clone()));
    done(&store, commit).await;
    assert_eq!(alone().await, [(NOON + 900, noor.clone())], "who has it now is not there");
    let id = promises::left_alone(&store, NOON).await.unwrap()[0].promise.id.clone();
    assert!(promises::dismiss(&store, &id, None, NOON).await.unwrap(), "who supervises may end anybody's");
    assert!(alone().await.is_empty());
}

async fn conversations_are_found_by_all_their_terms_once_they_are_read(store: Fresh) {
    done(&store, turn(&conversation(&store, "ann").await, None, vec![says("…", None)])).await;
    done(&store, turn(&conversation(&store, "ben").await, None, vec![says("…", None)])).await;
    let behind = transcripts::behind(&store, NOON, 9).await.unwrap();
    assert_eq!(
        behind.iter().map(|one| (one.conv.as_str(), one.read, one.head)).collect::<Vec<_>>(),
        [("ann", 0, 1), ("ben", 0, 1)]
    );
    assert_eq!(transcripts::behind(&store, NOON, 1).await.unwrap().len(), 1);
    let terms = |terms: &[&str]| terms.iter().map(|term| (*term).to_owned()).collect();
    let reading = |of: &Behind, words: &[&str]| Reading {
        conv: of.conv.clone(),
        head: 1,
        cleared: of.cleared,
        terms: terms(words),
    };
    transcripts::keep(&store, vec![reading(&behind[0], &["运费", "水壶", "o'neil"])]).await.unwrap();
    transcripts::keep(&store, vec![reading(&behind[1], &["运费"]), reading(&behind[0], &["运费"])]).await.unwrap();
    assert!(transcripts::behind(&store, NOON, 9).await.unwrap().is_empty());
    let find = async |words: &[&str], since, until| {
        let found = transcripts::find(
            &store,
            &Wanted { terms: terms(words), since, until, category: None, tag: None, seen_by: None },
            9,
        )
        .await
        .unwrap();
        found.into_iter().map(|conv| conv.0).collect::<Vec<_>>()
    };
    assert_eq!(find(&["运费"], 0, UnixMs::MAX).await, ["ann", "ben"]);
    assert_eq!(find(&["运费", "o'neil"], 0, UnixMs::MAX).await, ["ann"]);
    assert!(find(&["运费", "杯"], 0, UnixMs::MAX).await.is_empty());
    assert!(find(&["运费"], 0, NOON + 1).await.is_empty(), "both changed at that moment");
    assert_eq!(find(&[], NOON + 1, UnixMs::MAX).await, ["ann", "ben"], "by date alone");
}
