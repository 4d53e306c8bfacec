//! The store's promises, shown on real databases: each check is stamped on SQLite and on PostgreSQL.
//!
//! The PostgreSQL half needs a server (`tests/run` starts one) and is ignored without. What only one engine can do is
//! in [`sqlite`] and [`postgres`].

/// Makes two tests of each `async fn name(store: Fresh)`.
macro_rules! on_both_databases {
    ($($name:ident),* $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name(crate::store::fresh().await).await;
            })*
        }
        mod on_postgres {
            $(#[tokio::test]
            #[ignore = "needs PostgreSQL: tests/run starts one"]
            async fn $name() {
                super::$name(crate::store::fresh_on_postgres().await).await;
            })*
        }
    };
}

mod attachments;
mod backup;
mod claims;
mod console;
mod doctor;
mod gaps;
mod guesses;
mod health;
mod help;
mod knowledge;
mod log;
mod macros;
mod notices;
mod outcomes;
mod postgres;
mod self_tests;
mod seq;
mod service;
mod setup;
mod sqlite;
mod staff;
mod studio;
mod supervision;
mod surges;
mod timers;
mod trouble;
mod vectors;
mod waits;

use tempfile::TempDir;
use warmline::{
    domain::{
        AgentRef, Author, Conversation, Draft, EntryBody, Lang, Message, Status, UnixMs,
        ids::{AgentId, Cid, ContactId, ConversationId, InboxId},
        turn::{After, TurnCommit},
    },
    store::{
        Store,
        conversations::{self, Committed, DraftConversation},
        sqlite_url, visitors,
    },
};

pub const NOON: UnixMs = 1_770_000_000_000;

/// A fresh database; the folder goes when the value does.
pub struct Fresh {
    pub store: Store,
    pub url: String,
    pub folder: TempDir,
}

impl std::ops::Deref for Fresh {
    type Target = Store;
    fn deref(&self) -> &Store {
        &self.store
    }
}

impl Fresh {
    async fn at(url: String, folder: TempDir) -> Fresh {
        Fresh { store: Store::open(&url, 2).await.expect("a new database opens"), url, folder }
    }

    /// Another node on the same database.
    pub async fn another(&self) -> Store {
        Store::open(&self.url, 2).await.expect("a second node")
    }
}

pub async fn fresh() -> Fresh {
    let folder = tempfile::tempdir().expect("a folder for the test");
    Fresh::at(sqlite_url(&folder.path().join("warm line?#%.db")), folder).await
}

pub async fn fresh_on_postgres() -> Fresh {
    let folder = tempfile::tempdir().expect("a folder for the test");
    Fresh::at(crate::harness::postgres::new_database().await, folder).await
}

/// A conversation of a new contact.
pub async fn conversation(store: &Store, name: &str) -> Conversation {
    let contact = ContactId(format!("contact-{name}"));
    let inbox = InboxId::from("shop");
    let visitor = visitors::Visitor { contact: contact.clone(), inbox: inbox.clone() };
    visitors::create(store, format!("token-{name}"), visitor, NOON).await.expect("a visitor is stored");
    conversations::start(
        store,
        DraftConversation {
            id: ConversationId(name.to_owned()),
            inbox,
            contact,
            lang: Lang::ZhHant,
            state_json: "{}".into(),
            at: NOON,
        },
    )
    .await
    .expect("a conversation starts")
}

pub fn says(text: &str, cid: Option<&str>) -> Draft {
    Draft {
        cid: cid.map(Cid::from),
        author: Author::Shopper,
        body: EntryBody::Message(Message { text: text.into(), ..Message::default() }),
    }
}

pub fn answers(text: &str) -> Draft {
    Draft {
        cid: None,
        author: Author::Bot,
        body: EntryBody::Message(Message { text: text.into(), ..Message::default() }),
    }
}

/// A turn of the shopper on `conversation` as it was loaded; nothing about it changes but the log.
pub fn turn(conversation: &Conversation, cid: Option<&str>, drafts: Vec<Draft>) -> TurnCommit {
    TurnCommit {
        conversation: conversation.id.clone(),
        version: conversation.version,
        at: NOON + 1,
        sender: "shopper".into(),
        cid: cid.map(Cid::from),
        before: conversation.assignee.as_ref().map(|agent| agent.id.clone()),
        after: After {
            status: conversation.status,
            lang: conversation.lang,
            assignee: conversation.assignee.clone(),
            assign_epoch: conversation.assign_epoch,
            priority: conversation.priority,
            queued_at: conversation.queued_at,
            offered_until: None,
            previous_agent: conversation.previous_agent.clone(),
            team: conversation.team.clone(),
            sla_due_at: None,
            due_at: None,
            state_json: conversation.state_json.clone(),
        },
        drafts,
        effects: Vec::new(),
    }
}

pub fn queued(mut commit: TurnCommit, priority: i64, queued_at: UnixMs) -> TurnCommit {
    commit.after.status = Status::Queued;
    commit.after.priority = priority;
    commit.after.queued_at = Some(queued_at);
    commit
}

pub fn maya() -> AgentRef {
    AgentRef { id: AgentId::from("maya"), name: "Maya".into() }
}

pub async fn done(store: &Store, commit: TurnCommit) -> Conversation {
    match conversations::commit_turn(store, commit).await.expect("the database is there") {
        Committed::Done { conversation, .. } => conversation,
        other => panic!("expected the turn to be stored, got {other:?}"),
    }
}
