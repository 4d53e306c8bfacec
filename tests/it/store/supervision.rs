//! Who sees what, what staff changed, and the figures of the wall.

use super::*;
use serde_json::json;
use warmline::{
    desk::clocks::Moment,
    domain::{
        Agent, Brief, HandoffReason, Priority, Role, Team,
        agent::{Sight, Viewer},
        audit::{Change, Deed},
        ids::TeamId,
        playbook::SourceFile,
        turn::Owed,
    },
    store::{
        agent_sessions, agents,
        audit::{self, Chain},
        desk::{self, DeskView},
        inspection,
        playbook_files::{self, FilesSaved},
        presence::{self, Lease},
        staff_changes::{self, Account, StaffChanged},
        stories, teams,
        transcripts::{self, Reading, Wanted},
        viewers,
        walls::{self, Asked, QueuePart, SlaCount},
    },
};

on_both_databases! {
    who_is_limited_is_shown_their_teams_nobodys_and_their_own,
    a_chain_of_changes_shows_what_was_altered,
    accounts_change_with_their_line_in_the_audit_and_the_last_admin_stays,
    a_file_is_saved_over_the_version_it_was_read_at_and_older_ones_are_kept,
    the_wall_counts_the_day_and_the_story_tells_who_was_waited_for,
    what_is_owed_comes_by_its_time_however_long_nothing_changed,
}

async fn what_is_owed_comes_by_its_time_however_long_nothing_changed(store: Fresh) {
    for (name, due_at, status) in [
        ("later", Some(NOON + 20), Status::Bot),
        ("first", Some(NOON - 10), Status::Bot),
        ("nothing", None, Status::Bot),
        ("over", Some(NOON), Status::Closed),
    ] {
        let known = conversation(&store, name).await;
        let mut commit = turn(&known, None, vec![answers("…")]);
        (commit.after.sla_due_at, commit.after.status) = (due_at, status);
        done(&store, commit).await;
    }
    let owed = desk::owed(&store).await.unwrap();
    assert_eq!(owed.iter().map(|row| row.conv.as_str()).collect::<Vec<_>>(), ["first", "later"]);
}

async fn somebody(store: &Store, id: &str, role: Role) -> Agent {
    let mail = format!("{id}@desk.example");
    let agent = Agent { id: AgentId::from(id), mail, name: id.into(), role, disabled: false };
    assert!(agents::create(store, agent.clone(), "hash".into(), NOON).await.unwrap());
    agent
}

async fn who_is_limited_is_shown_their_teams_nobodys_and_their_own(store: Fresh) {
    for (id, role) in [("maya", Role::Agent), ("omar", Role::Agent), ("bo", Role::Supervisor)] {
        somebody(&store, id, role).await;
    }
    for (team, members) in [("returns", vec!["omar"]), ("vip", vec!["maya"]), ("empty", vec![])] {
        let members = members.into_iter().map(AgentId::from).collect();
        teams::save(&store, Team { id: TeamId::from(team), name: team.into(), members }).await.unwrap();
    }
    for (name, team, has) in [
        ("nobodys", None, None),
        ("everybodys", Some("empty"), None),
        ("own_teams", Some("vip"), None),
        ("others", Some("returns"), None),
        ("own", Some("returns"), Some("maya")),
    ] {
        let new = conversation(&store, name).await;
        let mut turn = queued(turn(&new, None, vec![]), 1, NOON);
        turn.after.team = team.map(TeamId::from);
        if let Some(agent) = has {
            turn.after.status = Status::Assigned;
            turn.after.assignee = Some(AgentRef { id: AgentId::from(agent), name: agent.into() });
            turn.after.assign_epoch = 1;
        }
        done(&store, turn).await;
        let read = Reading { conv: new.id, head: 1, cleared: 0, terms: ["lamp".to_owned()].into() };
        transcripts::keep(&store, vec![read]).await.unwrap();
    }
    let everything = ["everybodys", "nobodys", "others", "own", "own_teams"];
    assert_eq!(seen(&store, "maya").await, everything, "nobody is limited at first");
    assert!(viewers::set_sight(&store, &AgentId::from("maya"), Sight::Teams).await.unwrap());
    assert!(viewers::set_sight(&store, &AgentId::from("bo"), Sight::Teams).await.unwrap());
    assert!(!viewers::set_sight(&store, &AgentId::from("nobody"), Sight::Teams).await.unwrap());
    assert_eq!(viewers::limited(&store).await.unwrap(), ["bo".into(), "maya".into()].into());
    assert_eq!(seen(&store, "maya").await, ["everybodys", "nobodys", "own", "own_teams"]);
    assert_eq!(seen(&store, "bo").await, everything, "who supervises sees all");
    assert_eq!(seen(&store, "omar").await, everything);
    assert_eq!(viewers::load(&store, &AgentId::from("nobody")).await.unwrap(), None);
    let all = viewers::all(&store).await.unwrap();
    for id in ["maya", "omar", "bo"] {
        assert_eq!(all.get(&AgentId::from(id)), viewers::load(&store, &AgentId::from(id)).await.unwrap().as_ref());
    }
}

/// By each of the ways there are, which must agree.
async fn seen(store: &Store, id: &str) -> Vec<String> {
    let viewer: Viewer = viewers::load(store, &AgentId::from(id)).await.unwrap().unwrap();
    let mut rows = viewers::rows(store, &DeskView::All, &viewer).await.unwrap();
    rows.sort_by(|one, other| one.conv.cmp(&other.conv));
    let ids: Vec<String> = rows.iter().map(|row| row.conv.0.clone()).collect();
    let every = warmline::store::desk::rows(store, &DeskView::All).await.unwrap();
    let mut may: Vec<String> = every
        .iter()
        .filter(|row| viewer.may_see(row.team.as_ref(), row.assignee.as_ref()))
        .map(|row| row.conv.0.clone())
        .collect();
    may.sort();
    assert_eq!(ids, may, "the query and the rule");
    let seen_by = (!viewer.sees_all()).then(|| viewer.agent.id.clone());
    let wanted =
        Wanted { terms: ["lamp".to_owned()].into(), since: 0, until: UnixMs::MAX, category: None, tag: None, seen_by };
    let mut found: Vec<String> =
        transcripts::find(store, &wanted, 50).await.unwrap().into_iter().map(|conv| conv.0).collect();
    found.sort();
    assert_eq!(ids, found, "the search and the rule");
    ids
}

async fn chain(store: &Fresh) -> Chain {
    let mut view = inspection::begin(&store.url).await.unwrap();
    let chain = view.audit().await.unwrap();
    view.end().await.unwrap();
    chain
}

fn change(deed: Deed, about: &str) -> Change {
    let by = AgentRef { id: AgentId::from("ada"), name: "Ada".into() };
    Change { at: NOON, by, deed, about: about.into(), detail: json!({"name": "Ömer\0", "sees": "teams"}) }
}

async fn a_chain_of_changes_shows_what_was_altered(store: Fresh) {
    assert_eq!(chain(&store).await, Chain::Whole(0));
    let other = if store.url.starts_with("sqlite:") { store.store.clone() } else { store.another().await };
    let notes = (0..12).map(|number| {
        let store = if number % 2 == 0 { store.store.clone() } else { other.clone() };
        tokio::spawn(async move { audit::note(&store, change(Deed::TeamSaved, &format!("t{number}"))).await.unwrap() })
    });
    futures_util::future::join_all(notes.collect::<Vec<_>>()).await;
    assert_eq!(chain(&store).await, Chain::Whole(12), "however many write at once");
    let newest = audit::list(&store, i64::MAX, 5).await.unwrap();
    assert_eq!(newest.iter().map(|changed| changed.seq).collect::<Vec<_>>(), [12, 11, 10, 9, 8]);
    assert_eq!(newest[0].by.name, "Ada");
    assert_eq!(audit::list(&store, 3, 5).await.unwrap().len(), 2);
}

async fn accounts_change_with_their_line_in_the_audit_and_the_last_admin_stays(store: Fresh) {
    let admin = somebody(&store, "ada", Role::Admin).await;
    let maya = Agent {
        id: AgentId::from("maya"),
        mail: "Maya@desk.example".into(),
        name: "Maya".into(),
        role: Role::Agent,
        disabled: false,
    };
    let add =
        |agent: Agent| staff_changes::add(&store, agent, Sight::Teams, "hash".into(), change(Deed::AgentAdded, "maya"));
    assert!(add(maya.clone()).await.unwrap());
    assert!(!add(Agent { id: AgentId::from("twin"), ..maya.clone() }).await.unwrap(), "one mail, one account");
    assert_eq!(viewers::limited(&store).await.unwrap(), [maya.id.clone()].into());
    let account = |role, mail: &str| Account { name: "M.".into(), mail: mail.into(), role, sees: Sight::All };
    let set = |id: &str, account| {
        let (id, store) = (AgentId::from(id), store.store.clone());
        async move { staff_changes::change(&store, &id, account, change(Deed::AgentChanged, "maya")).await.unwrap() }
    };
    assert_eq!(set("maya", account(Role::Editor, "m@desk.example")).await, StaffChanged::Done);
    assert_eq!(set("maya", account(Role::Agent, "ADA@desk.example")).await, StaffChanged::MailTaken);
    assert_eq!(set("nobody", account(Role::Agent, "n@desk.example")).await, StaffChanged::Missing);
    assert_eq!(set("ada", account(Role::Agent, "ada@desk.example")).await, StaffChanged::LastAdmin);
    assert_eq!(agents::load(&store, &admin.id).await.unwrap().unwrap().role, Role::Admin, "nothing was kept of it");
    assert_eq!(agents::load(&store, &maya.id).await.unwrap().unwrap().mail, "m@desk.example");

    // Another password, or off: no session and no presence of before holds.
    let comes = |token: &'static str| {
        let (store, agent) = (store.store.clone(), maya.id.clone());
        async move {
            agent_sessions::create(&store, token.into(), agent.clone(), NOON, NOON + 100).await.unwrap();
            let lease = Lease { id: token.into(), agent, node: "node".into() };
            presence::arrive(&store, lease, NOON + 100).await.unwrap();
        }
    };
    let before = viewers::load(&store, &maya.id).await.unwrap().unwrap();
    comes("one").await;
    let reset = staff_changes::set_password(&store, &maya.id, "other".into(), change(Deed::PasswordReset, "maya"));
    assert_eq!(reset.await.unwrap(), StaffChanged::Done);
    assert_eq!(agent_sessions::load_agent(&store, "one", NOON).await.unwrap(), None);
    assert_eq!(agents::load_by_mail(&store, "m@desk.example").await.unwrap().unwrap().1, "other");
    assert_ne!(viewers::load(&store, &maya.id).await.unwrap().unwrap(), before, "their sockets are cut");
    comes("two").await;
    assert_eq!(presence::online(&store, NOON).await.unwrap(), 1);
    let switch = |id: &AgentId, off| {
        let (id, store) = (id.clone(), store.store.clone());
        async move { staff_changes::switch(&store, &id, off, change(Deed::SwitchedOff, "maya")).await.unwrap() }
    };
    assert_eq!(switch(&maya.id, true).await, StaffChanged::Done);
    assert_eq!(presence::online(&store, NOON).await.unwrap(), 0);
    assert!(agents::load(&store, &maya.id).await.unwrap().unwrap().disabled);
    assert_eq!(switch(&maya.id, false).await, StaffChanged::Done);
    assert_eq!(switch(&admin.id, true).await, StaffChanged::LastAdmin);
    assert_eq!(chain(&store).await, Chain::Whole(5), "a line for each that was done");
}

async fn a_file_is_saved_over_the_version_it_was_read_at_and_older_ones_are_kept(store: Fresh) {
    let file = |path: &str, text: &str| SourceFile { path: path.into(), text: text.into() };
    let seeds = vec![file("playbook/a.toml", "one"), file("playbook/b.toml", "b")];
    assert!(playbook_files::replace_all(&store, seeds.clone()).await.unwrap());
    let read = playbook_files::stored_all(&store).await.unwrap();
    assert_eq!((read[0].version, read[0].updated_at, read[0].updated_by.as_deref()), (1, 0, None));
    let save = |read: Vec<_>, path: &'static str, text: &'static str| {
        let store = store.store.clone();
        async move {
            let texts = vec![SourceFile { path: path.into(), text: text.into() }];
            playbook_files::save(&store, &read, texts, change(Deed::FileSaved, path)).await.unwrap()
        }
    };
    let changes = warmline::store::articles::changes(&store).await.unwrap();
    assert_eq!(save(read.clone(), "playbook/a.toml", "two").await, FilesSaved::Done);
    assert_eq!(warmline::store::articles::changes(&store).await.unwrap(), changes + 1, "every node reads it anew");
    let FilesSaved::Conflict(theirs) = save(read.clone(), "playbook/a.toml", "three").await else { panic!("stale") };
    assert_eq!((theirs.text.as_str(), theirs.version, theirs.updated_by.as_deref()), ("two", 2, Some("Ada")));
    assert_eq!(save(read, "playbook/b.toml", "b2").await, FilesSaved::Moved, "what it was checked with has changed");
    assert_eq!(playbook_files::old_text(&store, "playbook/a.toml", 1).await.unwrap().as_deref(), Some("one"));
    assert_eq!(playbook_files::old_text(&store, "playbook/a.toml", 9).await.unwrap(), None);
    // An import is a version too, and touches what it changes alone.
    assert!(playbook_files::replace_all(&store, seeds).await.unwrap());
    let now = playbook_files::stored_all(&store).await.unwrap();
    assert_eq!((now[0].text.as_str(), now[0].version, now[1].version), ("one", 3, 1));
    let old = playbook_files::old_versions(&store, "playbook/a.toml").await.unwrap();
    assert_eq!(old.iter().map(|old| old.version).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(old[0].saved_by.as_deref(), Some("Ada"));
    assert_eq!(audit::list(&store, i64::MAX, 9).await.unwrap().len(), 1);
}

async fn the_wall_counts_the_day_and_the_story_tells_who_was_waited_for(store: Fresh) {
    let maya = somebody(&store, "maya", Role::Agent).await;
    let handoff = || Draft {
        cid: None,
        author: Author::Bot,
        body: EntryBody::Handoff {
            reason: HandoffReason::Request,
            priority: Priority::default(),
            brief: Box::new(Brief::default()),
        },
    };
    let sla = |breach| Draft {
        cid: None,
        author: Author::System,
        body: EntryBody::Sla { owed: Owed::FirstResponse, breach, since: NOON },
    };
    // Waits; was answered; left; asked the day before.
    for (name, at) in [("waits", NOON + 10), ("answered", NOON + 20), ("left", NOON + 30), ("before", NOON - 5)] {
        let new = conversation(&store, name).await;
        let mut asks = queued(turn(&new, None, vec![says("a person", None), handoff(), sla(false), sla(true)]), 1, at);
        (asks.at, asks.after.team) = (at, (name == "waits").then(|| TeamId::from("vip")));
        let waiting = done(&store, asks).await;
        let mut next = turn(&waiting, None, vec![]);
        next.at = at + 5;
        match name {
            "answered" => {
                let agent = AgentRef { id: maya.id.clone(), name: "maya".into() };
                (next.after.status, next.after.assignee) = (Status::Assigned, Some(agent.clone()));
                next.after.assign_epoch = 1;
                let body = EntryBody::Assigned { agent: agent.clone(), epoch: 1, why: None };
                next.drafts = vec![Draft { cid: None, author: Author::Agent(agent), body }];
                done(&store, next).await;
            }
            "left" | "before" => {
                next.after.status = Status::Bot;
                next.drafts = vec![Draft {
                    cid: None,
                    author: Author::Shopper,
                    body: EntryBody::HandedBack { by: Author::Shopper },
                }];
                done(&store, next).await;
            }
            _ => {}
        }
    }
    let part = QueuePart { team: Some(TeamId::from("vip")), lang: Lang::ZhHant, count: 1, oldest_since: NOON + 10 };
    assert_eq!(walls::queue(&store).await.unwrap(), [part]);
    assert_eq!(walls::sla_since(&store, NOON).await.unwrap(), SlaCount { warnings: 3, breaches: 3 });
    assert_eq!(walls::asked_since(&store, NOON).await.unwrap(), Asked { asked: 3, answered: 1, abandoned: 1 });
    assert_eq!(walls::asked_since(&store, NOON + 99).await.unwrap(), Asked::default());
    let story = stories::moments(&store, &ConversationId::from("answered")).await.unwrap();
    assert_eq!(story, [(NOON + 20, Moment::ShopperWrote), (NOON + 20, Moment::Queued), (NOON + 25, Moment::Assigned)]);
    let story = stories::moments(&store, &ConversationId::from("left")).await.unwrap();
    assert_eq!(story.last(), Some(&(NOON + 35, Moment::BackToBot)));
}
