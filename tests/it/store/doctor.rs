//! The doctor finds what is wrong, names it, and is content with what is right.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use sqlx::{AnyConnection, Connection};

use super::*;
use warmline::{
    dialogue::State,
    domain::{
        Agent, HandoffReason, Role,
        entry::RequeueReason,
        handoff::{Brief, Priority},
    },
    service::doctor::{Patient, examine},
    store::{
        agents,
        inspection::{self, Rule},
        nodes,
        presence::{self, Lease},
    },
};

on_both_databases! {
    a_database_that_keeps_its_promises_is_well,
    every_broken_promise_is_found_and_named,
    long_logs_and_many_conversations_are_read_to_the_end,
    a_view_stays_as_it_was_when_it_began,
    a_schema_that_is_not_this_versions_is_told_and_nothing_else_is_looked_at,
}

/// Long after everything that happens here.
const LATER: UnixMs = NOON + 600_000;

fn by(author: Author, body: EntryBody) -> Draft {
    Draft { cid: None, author, body }
}

fn omar() -> AgentRef {
    AgentRef { id: AgentId::from("omar"), name: "Omar".into() }
}

async fn staff(store: &Store) {
    for AgentRef { id, name } in [maya(), omar()] {
        let mail = format!("{id}@desk.example");
        let agent = Agent { id, mail, name, role: Role::Agent, disabled: false };
        assert!(agents::create(store, agent, "hash".into(), NOON).await.unwrap());
    }
}

fn handoff() -> Draft {
    let body = EntryBody::Handoff {
        reason: HandoffReason::Request,
        priority: Priority::default(),
        brief: Box::new(Brief::default()),
    };
    by(Author::Bot, body)
}

/// Asks for a person, and waits.
async fn waiting(store: &Store, name: &str) -> Conversation {
    let mut first = turn(&conversation(store, name).await, Some("c1"), vec![says("hi", Some("c1")), handoff()]);
    first.after.state_json = serde_json::to_string(&State::default()).unwrap();
    done(store, queued(first, 5, NOON)).await
}

/// An agent has it and has answered: 1 message, 2 handoff, 3 assigned, 4 reply, 5 note.
async fn assigned(store: &Store, name: &str, agent: AgentRef) -> Conversation {
    let waiting = waiting(store, name).await;
    let epoch = waiting.assign_epoch + 1;
    let who = || Author::Agent(agent.clone());
    let drafts = vec![
        by(who(), EntryBody::Assigned { agent: agent.clone(), epoch, why: None }),
        by(who(), EntryBody::Message(Message { text: "hello".into(), ..Message::default() })),
        by(who(), EntryBody::Note(warmline::domain::entry::Note::of("a VIP"))),
    ];
    let mut take = turn(&waiting, None, drafts);
    take.sender = agent.id.0.clone();
    (take.after.status, take.after.assignee, take.after.assign_epoch) = (Status::Assigned, Some(agent.clone()), epoch);
    done(store, take).await
}

/// Back in the queue, assigned again, closed, and opened again.
async fn whole_story(store: &Store, name: &str) {
    let first = assigned(store, name, maya()).await;
    let mut back = turn(
        &first,
        None,
        vec![by(Author::System, EntryBody::Requeued { from: maya(), reason: RequeueReason::AgentLost, team: None })],
    );
    (back.after.status, back.after.assignee, back.after.assign_epoch) = (Status::Queued, None, 2);
    let mut take = turn(
        &done(store, back).await,
        None,
        vec![by(Author::Agent(omar()), EntryBody::Assigned { agent: omar(), epoch: 3, why: None })],
    );
    (take.after.status, take.after.assignee, take.after.assign_epoch) = (Status::Assigned, Some(omar()), 3);
    let who = Author::Agent(omar());
    let mut close = turn(&done(store, take).await, None, vec![by(who.clone(), EntryBody::Closed { by: who })]);
    (close.after.status, close.after.assignee, close.after.queued_at) = (Status::Closed, None, None);
    let mut again = turn(
        &done(store, close).await,
        Some("c2"),
        vec![by(Author::System, EntryBody::Reopened), says("me again", Some("c2"))],
    );
    again.after.status = Status::Bot;
    done(store, again).await;
}

/// Names of the checks that found something, with what they found.
async fn wrong(fresh: &Fresh, patient: Patient) -> BTreeMap<&'static str, Vec<String>> {
    let report = examine(&fresh.url, patient).await.unwrap();
    for check in &report.checks {
        assert_eq!(check.wrong, check.ids.len() as i64, "{check:?}");
    }
    report.checks.into_iter().filter(|check| check.wrong > 0).map(|check| (check.name, check.ids)).collect()
}

async fn other_program(fresh: &Fresh) -> AnyConnection {
    AnyConnection::connect(&fresh.url).await.unwrap()
}

async fn a_database_that_keeps_its_promises_is_well(fresh: Fresh) {
    staff(&fresh).await;
    conversation(&fresh, "silent").await;
    waiting(&fresh, "waiting").await;
    assigned(&fresh, "assigned", maya()).await;
    whole_story(&fresh, "whole").await;
    // Nobody's state was written by `conversation`: give it the memory of a new one.
    let mut db = other_program(&fresh).await;
    sqlx::raw_sql("UPDATE conversation SET seen_by_agent = head").execute(&mut db).await.unwrap();
    sqlx::query("UPDATE conversation SET state = $1")
        .bind(serde_json::to_string(&State::default()).unwrap())
        .execute(&mut db)
        .await
        .unwrap();
    let report = examine(&fresh.url, Patient::Live { now: LATER }).await.unwrap();
    assert!(report.is_well(), "{report:#?}");
    assert_eq!((report.conversations, report.entries, report.servers), (4, 2 + 5 + 10, 0));

    // Nobody looks after it now; a server that has run for long should have put it back.
    nodes::renew(&fresh, "old", NOON, LATER + 10_000, NOON).await.unwrap();
    let wrong_now = wrong(&fresh, Patient::Live { now: LATER }).await;
    assert_eq!(wrong_now, BTreeMap::from([("attended", vec!["assigned".to_owned()])]));
    // A server that has just started has not had the time; one that went has nothing to do with it.
    nodes::leave(&fresh, "old").await.unwrap();
    nodes::renew(&fresh, "young", LATER - 30_000, LATER + 10_000, NOON).await.unwrap();
    assert_eq!(wrong(&fresh, Patient::Live { now: LATER }).await, BTreeMap::new());
}

async fn every_broken_promise_is_found_and_named(fresh: Fresh) {
    staff(&fresh).await;
    let names =
        ["hole", "twice", "nobody", "far", "torn", "secret", "epoch", "author", "memory", "row", "well", "file"];
    for name in names {
        assigned(&fresh, name, maya()).await;
    }
    assigned(&fresh, "lonely", omar()).await;
    waiting(&fresh, "timeless").await;
    nodes::renew(&fresh, "node", NOON, LATER + 10_000, NOON).await.unwrap();
    let lease = Lease { id: "lease".into(), agent: maya().id, node: "node".into() };
    presence::arrive(&fresh, lease, LATER + 10_000).await.unwrap();

    let mut db = other_program(&fresh).await;
    let without_checks = match fresh.url.starts_with("sqlite:") {
        true => "PRAGMA ignore_check_constraints = ON",
        false => "ALTER TABLE conversation DROP CONSTRAINT conversation_check",
    };
    sqlx::raw_sql(without_checks).execute(&mut db).await.unwrap();
    sqlx::raw_sql(
        "CREATE TABLE lax AS SELECT * FROM entry; DROP TABLE entry; ALTER TABLE lax RENAME TO entry; \
         DELETE FROM entry WHERE conversation = 'hole' AND seq = 2; \
         UPDATE entry SET sender = 'shopper', cid = 'c1' WHERE conversation = 'twice' AND seq = 2; \
         UPDATE conversation SET assignee_name = NULL WHERE id = 'nobody'; \
         UPDATE conversation SET queued_at = NULL WHERE id = 'timeless'; \
         UPDATE conversation SET seen_by_agent = 99 WHERE id = 'far'; \
         UPDATE entry SET body = '{' WHERE conversation = 'torn' AND seq = 1; \
         UPDATE entry SET private = 0 WHERE conversation = 'secret' AND seq = 5; \
         UPDATE conversation SET assign_epoch = 7 WHERE id = 'epoch'; \
         UPDATE entry SET agent = 'omar' WHERE conversation = 'author' AND seq = 4; \
         UPDATE conversation SET state = 'nonsense' WHERE id = 'memory'; \
         UPDATE conversation SET status = 'closed', assignee = NULL, assignee_name = NULL WHERE id = 'row'; \
         INSERT INTO attachment (id, conversation, sender, seq, about, bytes, added_at) VALUES ('loose', 'file', 'shopper', 99, '{}', '', 1); \
         INSERT INTO entry SELECT 'gone', seq, at, author, agent, agent_name, sender, cid, kind, private, body \
         FROM entry WHERE conversation = 'well'",
    )
    .execute(&mut db)
    .await
    .unwrap();
    let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let expected = BTreeMap::from([
        ("numbered", named(&["hole"])),
        ("cids", named(&["twice"])),
        ("assigned", named(&["nobody"])),
        ("queued", named(&["timeless"])),
        ("seen", named(&["far"])),
        ("orphans", named(&["file", "gone"])),
        ("attended", named(&["lonely"])),
        ("readable", named(&["torn"])),
        ("private", named(&["secret"])),
        ("epochs", named(&["epoch"])),
        ("authors", named(&["author"])),
        ("memory", named(&["memory"])),
        ("status", named(&["nobody", "row"])),
        ("seats", named(&["maya"])),
    ]);
    assert_eq!(wrong(&fresh, Patient::Live { now: LATER }).await, expected);
}

async fn long_logs_and_many_conversations_are_read_to_the_end(fresh: Fresh) {
    staff(&fresh).await;
    join_all((0..520).map(|number| {
        let store = &fresh.store;
        async move { waiting(store, &format!("c{number:04}")).await }
    }))
    .await;
    for name in ["c0000", "c0519"] {
        let long = (0..2_050).map(|number| answers(&format!("answer {number}"))).collect();
        let known = conversations::load(&fresh, &ConversationId::from(name)).await.unwrap().unwrap();
        done(&fresh, turn(&known, None, long)).await;
    }
    let report = examine(&fresh.url, Patient::Copy).await.unwrap();
    assert!(report.is_well(), "{report:#?}");
    assert_eq!((report.conversations, report.entries), (520, 520 * 2 + 2 * 2_050));
    let mut db = other_program(&fresh).await;
    sqlx::raw_sql("UPDATE entry SET body = 'x' WHERE seq IN (2, 2052)").execute(&mut db).await.unwrap();
    let report = examine(&fresh.url, Patient::Copy).await.unwrap();
    let readable = report.checks.iter().find(|check| check.name == "readable").unwrap();
    assert_eq!((readable.wrong, readable.ids.len()), (520, 20));
}

async fn a_view_stays_as_it_was_when_it_began(fresh: Fresh) {
    let ann = waiting(&fresh, "ann").await;
    let mut view = inspection::begin(&fresh.url).await.unwrap();
    let schema = view.schema().await.unwrap();
    assert_eq!(schema.found, schema.known);
    done(&fresh, turn(&ann, None, vec![says("later", None)])).await;
    assert_eq!(view.size().await.unwrap(), (1, 2));
    assert_eq!(view.entries_after(("", 0), "ann", 10).await.unwrap().len(), 2);
    assert_eq!(view.conversations_after("", 10).await.unwrap()[0].row.as_ref().unwrap().head, 2);
    assert_eq!(view.offenders(Rule::Numbered).await.unwrap().count, 0);
    assert_eq!(view.nodes(NOON).await.unwrap(), []);
    view.end().await.unwrap();
    let mut view = inspection::begin(&fresh.url).await.unwrap();
    assert_eq!(view.size().await.unwrap(), (1, 3));
}

async fn a_schema_that_is_not_this_versions_is_told_and_nothing_else_is_looked_at(fresh: Fresh) {
    let mut db = other_program(&fresh).await;
    sqlx::raw_sql("UPDATE _sqlx_migrations SET version = 9999 WHERE version = 1").execute(&mut db).await.unwrap();
    let report = examine(&fresh.url, Patient::Live { now: NOON }).await.unwrap();
    assert_eq!(report.checks.len(), 1);
    assert!(!report.is_well() && report.checks[0].promise.contains("it is 9999, of a newer Warmline"), "{report:?}");
    sqlx::raw_sql("DROP TABLE _sqlx_migrations").execute(&mut db).await.unwrap();
    let said = examine(&fresh.url, Patient::Copy).await.unwrap_err().to_string();
    assert!(said.contains("is not Warmline's") && !said.contains('\n'), "{said}");
}
