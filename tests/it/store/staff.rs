//! Sessions and tickets end when they should.

use super::*;
use warmline::{
    domain::{Agent, Role},
    store::{
        agent_sessions, agents,
        presence::{self, Lease, Lost},
        tickets,
    },
};

on_both_databases! {
    an_agent_is_there_while_a_lease_lasts_and_their_chats_are_found_when_none_does,
    staff_are_found_by_mail_in_any_case_and_mails_are_unique,
    a_session_holds_until_it_ends_is_revoked_or_its_agent_is_disabled,
    a_ticket_is_good_once_in_time_and_while_its_session_lasts,
}

fn agent(id: &str, disabled: bool) -> Agent {
    Agent { id: AgentId::from(id), mail: format!("{id}@example.test"), name: id.into(), role: Role::Editor, disabled }
}

async fn staff_are_found_by_mail_in_any_case_and_mails_are_unique(store: Fresh) {
    let ann = agent("ann", false);
    assert!(agents::create(&store, ann.clone(), "hash".into(), NOON).await.unwrap());
    let double = Agent { mail: "ANN@example.test".into(), ..agent("ann2", false) };
    assert!(!agents::create(&store, double, "hash".into(), NOON).await.unwrap());
    let found = agents::load_by_mail(&store, " Ann@Example.test ").await.unwrap();
    assert_eq!(found, Some((ann.clone(), "hash".into())));
    assert_eq!(agents::load_by_mail(&store, "ben@example.test").await.unwrap(), None);
    assert_eq!(agents::load(&store, &ann.id).await.unwrap(), Some(ann.clone()));
    assert_eq!(agents::list(&store).await.unwrap(), [ann]);
}

async fn a_session_holds_until_it_ends_is_revoked_or_its_agent_is_disabled(store: Fresh) {
    let (ann, ex) = (agent("ann", false), agent("ex", true));
    for (agent, token) in [(&ann, "one"), (&ex, "two")] {
        agents::create(&store, agent.clone(), "hash".into(), NOON).await.unwrap();
        agent_sessions::create(&store, token.into(), agent.id.clone(), NOON, NOON + 10).await.unwrap();
    }
    let at = |token: &'static str, now| {
        let store = store.store.clone();
        async move { agent_sessions::load_agent(&store, token, now).await.unwrap() }
    };
    assert_eq!(at("one", NOON + 9).await, Some((ann, NOON + 10)));
    assert_eq!(at("two", NOON + 9).await, None);
    assert_eq!(at("one", NOON + 10).await, None);
    agent_sessions::extend(&store, "one".into(), NOON + 20).await.unwrap();
    assert!(at("one", NOON + 10).await.is_some());
    agent_sessions::revoke(&store, "one".into()).await.unwrap();
    assert_eq!(at("one", NOON + 10).await, None);
}

async fn a_ticket_is_good_once_in_time_and_while_its_session_lasts(store: Fresh) {
    let ann = agent("ann", false);
    agents::create(&store, ann.clone(), "hash".into(), NOON).await.unwrap();
    agent_sessions::create(&store, "session".into(), ann.id.clone(), NOON, NOON + 100).await.unwrap();
    let draw = |ticket: &'static str| {
        let store = store.store.clone();
        async move { tickets::create(&store, ticket.into(), "session".into(), NOON, NOON + 30).await.unwrap() }
    };
    let redeem = |ticket: &'static str, now| {
        let store = store.store.clone();
        async move { tickets::redeem(&store, ticket.into(), now).await.unwrap() }
    };
    assert!(draw("a").await && draw("b").await && draw("c").await);
    assert_eq!(redeem("a", NOON + 1).await, Some(ann));
    assert_eq!(redeem("a", NOON + 1).await, None);
    assert_eq!(redeem("b", NOON + 30).await, None);
    agent_sessions::revoke(&store, "session".into()).await.unwrap();
    assert_eq!(redeem("c", NOON + 1).await, None);
    assert!(!draw("d").await);
}

async fn an_agent_is_there_while_a_lease_lasts_and_their_chats_are_found_when_none_does(store: Fresh) {
    for id in ["maya", "omar"] {
        agents::create(&store, agent(id, false), "hash".into(), NOON).await.unwrap();
    }
    let arrive = |id: &str, of: &str, node: &str| {
        let lease = Lease { id: id.into(), agent: AgentId::from(of), node: node.into() };
        let store = store.store.clone();
        async move { presence::arrive(&store, lease, NOON + 10).await.unwrap() }
    };
    // Two tabs on two nodes, and a colleague.
    arrive("a", "maya", "here").await;
    arrive("b", "maya", "there").await;
    arrive("c", "omar", "there").await;
    assert_eq!(presence::online(&store, NOON + 9).await.unwrap(), 2);
    assert_eq!(presence::online(&store, NOON + 10).await.unwrap(), 0);

    let ann = conversation(&store, "ann").await;
    let mut take = turn(&ann, None, vec![]);
    (take.after.status, take.after.assignee, take.after.assign_epoch) = (Status::Assigned, Some(maya()), 3);
    done(&store, take).await;
    presence::renew(&store, "here", NOON + 30, NOON - 1).await.unwrap();
    assert_eq!(presence::lost(&store, NOON + 29).await.unwrap(), []);
    assert_eq!(presence::online(&store, NOON + 29).await.unwrap(), 1);
    presence::leave(&store, "a", NOON + 20).await.unwrap();
    // A lease that was given up is not renewed with the others of its node.
    presence::renew(&store, "here", NOON + 90, NOON + 15).await.unwrap();
    assert_eq!(presence::lost(&store, NOON + 19).await.unwrap(), []);
    assert_eq!(presence::lost(&store, NOON + 20).await.unwrap(), [Lost { conv: ann.id, epoch: 3 }]);
    // Those that ran out are forgotten: nothing brings them back.
    presence::renew(&store, "there", NOON + 90, NOON).await.unwrap();
    assert_eq!(presence::online(&store, NOON + 21).await.unwrap(), 0);
}
