//! Whether a database keeps the promises of the log and the desk: every rule, with who breaks it. Nothing is changed.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    desk::GRACE_MS,
    dialogue::State,
    domain::{Author, Conversation, EntryBody, Status, UnixMs, ids::AgentId},
    store::{
        StoreError,
        audit::Chain,
        inspection::{self, InspectedConversation, InspectedEntry, Inspection, Offenders, Rule, Schema},
    },
};

/// Conversations read at a time.
const CONVERSATIONS_AT_ONCE: i64 = 500;
/// Entries read at a time; bodies are held in memory meanwhile.
const ENTRIES_AT_ONCE: i64 = 2_000;
/// Offending ids that are named; all are counted.
const EXAMPLES: usize = 20;
/// What a sweep (2 s) and a busy database may take before an assignment without its agent is wrong.
const SWEEP_MARGIN_MS: i64 = 15_000;

/// Whether servers are expected to look after this database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patient {
    /// The database that servers use.
    Live { now: UnixMs },
    /// A copy, where nobody is at any desk.
    Copy,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Without a password.
    pub database: String,
    pub schema: i64,
    pub conversations: i64,
    pub entries: i64,
    /// Servers that run on it now.
    pub servers: usize,
    pub checks: Vec<Check>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    pub name: &'static str,
    pub promise: String,
    /// How many break it.
    pub wrong: i64,
    /// The first of them: conversations, or what belongs to nothing. Ids only.
    pub ids: Vec<String>,
}

impl Report {
    pub fn is_well(&self) -> bool {
        self.checks.iter().all(|check| check.wrong == 0)
    }
}

/// Looks at everything, as it is at one instant.
///
/// # Errors
/// The database cannot be reached or is not Warmline's; or an answer of it cannot be read.
pub async fn examine(database_url: &str, patient: Patient) -> Result<Report, StoreError> {
    let mut view = inspection::begin(database_url).await?;
    let schema = view.schema().await?;
    let mut report = Report {
        database: view.place().to_owned(),
        schema: schema.found,
        conversations: 0,
        entries: 0,
        servers: 0,
        checks: vec![check_schema(schema)],
    };
    if schema.found == schema.known {
        (report.conversations, report.entries) = view.size().await?;
        ask_rows(&mut view, patient, &mut report).await?;
        report.checks.push(check_audit(view.audit().await?));
        report.checks.extend(read_logs(&mut view).await?.checks());
    }
    view.end().await?;
    Ok(report)
}

fn check_schema(Schema { found, known }: Schema) -> Check {
    let promise = match found.cmp(&known) {
        std::cmp::Ordering::Equal => format!("the schema is this version's ({known})"),
        std::cmp::Ordering::Less => format!(
            "the schema is this version's ({known}): it is {found}, `warmline migrate` or a start brings it up to date; \
             nothing else was looked at"
        ),
        std::cmp::Ordering::Greater => format!(
            "the schema is this version's ({known}): it is {found}, of a newer Warmline; nothing else was looked at"
        ),
    };
    Check { name: "schema", promise, wrong: i64::from(found != known), ids: Vec::new() }
}

fn check_audit(chain: Chain) -> Check {
    let (wrong, ids) = match chain {
        Chain::Whole(_) => (0, Vec::new()),
        Chain::BrokenAt(seq) => (1, vec![seq.to_string()]),
    };
    let promise = "what staff changed is written down as it was, nothing altered or taken out".to_owned();
    Check { name: "audit", promise, wrong, ids }
}

async fn ask_rows(view: &mut Inspection, patient: Patient, report: &mut Report) -> Result<(), StoreError> {
    let mut rules = vec![
        ("numbered", "entries are numbered 1 to the head without holes", Rule::Numbered),
        ("cids", "what a client sent is in the log once", Rule::CidsOnce),
        ("assigned", "assigned conversations have an agent and an epoch, others have none", Rule::Assigned),
        ("queued", "who waits has a time since when, who is offered until when", Rule::Queued),
        ("seats", "agents have as many conversations as their seat counts, and not more than they take", Rule::Seats),
        ("members", "agents have conversations of their own teams", Rule::Members),
        ("seen", "nobody has read further than the log goes", Rule::Seen),
        ("orphans", "everything belongs to something that is there", Rule::Orphans),
    ];
    if let Patient::Live { now } = patient {
        let servers = view.nodes(now).await?;
        report.servers = servers.len();
        // A server that has just started leaves agents their time to come back.
        if servers.iter().any(|server| now - server.started_at > GRACE_MS + SWEEP_MARGIN_MS) {
            let rule = Rule::Attended { since: now - SWEEP_MARGIN_MS };
            rules.push(("attended", "agents of assigned conversations are there, or were until a moment ago", rule));
        }
    }
    for (name, promise, rule) in rules {
        let Offenders { count, ids } = view.offenders(rule).await?;
        report.checks.push(Check { name, promise: promise.to_owned(), wrong: count, ids });
    }
    Ok(())
}

async fn read_logs(view: &mut Inspection) -> Result<Readings, StoreError> {
    let mut readings = Readings::default();
    let mut after = String::new();
    loop {
        let page = view.conversations_after(&after, CONVERSATIONS_AT_ONCE).await?;
        let Some(last) = page.last().map(|conversation| conversation.id.clone()) else { return Ok(readings) };
        let mut stories: BTreeMap<String, Story> = BTreeMap::new();
        let mut read_to = (after, i64::MAX);
        loop {
            let entries = view.entries_after((&read_to.0, read_to.1), &last, ENTRIES_AT_ONCE).await?;
            let Some(end) = entries.last().map(|entry| (entry.conversation.clone(), entry.seq)) else { break };
            for entry in entries {
                readings.read(stories.entry(entry.conversation.clone()).or_default(), entry);
            }
            read_to = end;
        }
        for conversation in page {
            let story = stories.remove(&conversation.id).unwrap_or_default();
            readings.compare(conversation, &story);
        }
        after = last;
    }
}

/// Who has a conversation, told by its log alone.
#[derive(Debug, Default, PartialEq)]
struct Story {
    status: Status,
    agent: Option<AgentId>,
    epoch: i64,
    /// An entry could not be read: what the log says is not known.
    is_torn: bool,
}

#[derive(Default)]
struct Readings {
    unreadable: Wrong,
    privacy: Wrong,
    epochs: Wrong,
    authors: Wrong,
    memory: Wrong,
    rows: Wrong,
}

/// Conversations that break a promise; each once.
#[derive(Default)]
struct Wrong {
    count: i64,
    ids: Vec<String>,
    last: String,
}

impl Wrong {
    fn note(&mut self, conversation: &str) {
        if self.last == conversation {
            return;
        }
        conversation.clone_into(&mut self.last);
        self.count += 1;
        if self.ids.len() < EXAMPLES {
            self.ids.push(conversation.to_owned());
        }
    }
}

impl Readings {
    fn read(&mut self, story: &mut Story, inspected: InspectedEntry) {
        let conv = &inspected.conversation;
        let Ok(entry) = inspected.entry else {
            story.is_torn = true;
            return self.unreadable.note(conv);
        };
        if entry.body.is_private() != inspected.is_private {
            self.privacy.note(conv);
        }
        if let (Author::Agent(author), EntryBody::Message(message)) = (&entry.author, &entry.body)
            // One answer for many is for who waits.
            && message.among.is_none_or(|_| story.status != Status::Queued)
            && story.agent.as_ref() != Some(&author.id)
            && !story.is_torn
        {
            self.authors.note(conv);
        }
        match entry.body {
            // Something graver, said while it is offered, leaves the offer as it is.
            EntryBody::Handoff { .. } if story.status == Status::Offered => {}
            EntryBody::Handoff { .. } => story.status = Status::Queued,
            EntryBody::Offered { agent, epoch, .. } => self.passes(conv, story, Status::Offered, agent.id, epoch),
            EntryBody::Assigned { agent, epoch, .. } => self.passes(conv, story, Status::Assigned, agent.id, epoch),
            EntryBody::Requeued { .. } => {
                (story.status, story.agent, story.epoch) = (Status::Queued, None, story.epoch + 1);
            }
            EntryBody::HandedBack { .. } | EntryBody::Reopened => (story.status, story.agent) = (Status::Bot, None),
            EntryBody::Closed { .. } => (story.status, story.agent) = (Status::Closed, None),
            EntryBody::Message(_)
            | EntryBody::Note(_)
            | EntryBody::Sla { .. }
            | EntryBody::Prioritised { .. }
            | EntryBody::Alert { .. }
            | EntryBody::RuleFired { .. }
            | EntryBody::WrappedUp(_)
            | EntryBody::Tagged { .. }
            | EntryBody::RatingAsked(_)
            | EntryBody::Rated(_)
            | EntryBody::FollowUp(_)
            | EntryBody::Edited { .. }
            | EntryBody::Redacted { .. }
            | EntryBody::CallBackAsked { .. }
            | EntryBody::CalledBack
            | EntryBody::ReturnOpened { .. } => {}
        }
    }

    fn passes(&mut self, conv: &str, story: &mut Story, status: Status, agent: AgentId, epoch: i64) {
        if epoch <= story.epoch {
            self.epochs.note(conv);
        }
        (story.status, story.agent, story.epoch) = (status, Some(agent), epoch);
    }

    fn compare(&mut self, InspectedConversation { id, row }: InspectedConversation, story: &Story) {
        let Ok(row) = row else { return self.unreadable.note(&id) };
        if !has_readable_memory(&row) {
            self.memory.note(&id);
        }
        if story.is_torn {
            return;
        }
        if row.assign_epoch != story.epoch {
            self.epochs.note(&id);
        }
        if row.status != story.status || row.assignee.map(|agent| agent.id) != story.agent {
            self.rows.note(&id);
        }
    }

    fn checks(self) -> Vec<Check> {
        [
            ("readable", "entries and conversations can be read by this version", self.unreadable),
            ("memory", "what the bot remembers can be read by this version", self.memory),
            (
                "private",
                "what is between staff (notes, offers, service levels, tags …), and nothing else, is private",
                self.privacy,
            ),
            ("epochs", "each change of hands has a higher epoch, the last one is the conversation's", self.epochs),
            (
                "authors",
                "agents' replies are of the agent who had the conversation then, or for many who waited",
                self.authors,
            ),
            ("status", "who has a conversation is what its log says", self.rows),
        ]
        .into_iter()
        .map(|(name, promise, wrong)| Check { name, promise: promise.into(), wrong: wrong.count, ids: wrong.ids })
        .collect()
    }
}

fn has_readable_memory(row: &Conversation) -> bool {
    serde_json::from_str::<State>(&row.state_json).is_ok()
}
