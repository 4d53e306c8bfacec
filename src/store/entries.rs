//! Entries as rows: writing those of a turn, reading one, and what the desk's lists show of them.

use sqlx::{AnyConnection, any::AnyRow};

use super::{StoreError, columns, dialect};
use crate::domain::{
    AgentRef, Author, Draft, Entry, EntryBody,
    ids::{AgentId, Cid, ConversationId},
};

/// Characters of the last message that the desk's lists show.
const PREVIEW_CHARS: usize = 120;

/// With the turn they are of.
pub(super) async fn insert(
    db: &mut AnyConnection,
    conversation: &ConversationId,
    sender: &str,
    entries: &[Entry],
) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(entries.len());
    for entry in entries {
        let (author, agent) = match &entry.author {
            Author::Shopper => ("shopper", None),
            Author::Bot => ("bot", None),
            Author::Agent(agent) => ("agent", Some(agent)),
            Author::System => ("system", None),
        };
        rows.push((
            entry.seq,
            entry.at,
            author,
            agent.map(|agent| &agent.id),
            agent.map(|agent| &agent.name),
            entry.cid.as_ref().map(|_| sender),
            &entry.cid,
            kind(&entry.body),
            i64::from(entry.body.is_private()),
            columns::to_json(&entry.body)?,
        ));
    }
    sqlx::query(dialect::insert_entries_sql(db))
        .bind(conversation.0.clone())
        .bind(columns::to_json(&rows)?)
        .execute(db)
        .await?;
    Ok(())
}

pub(super) fn entry(row: &AnyRow) -> Result<Entry, StoreError> {
    let author = match columns::text(row, "author")?.as_str() {
        "shopper" => Author::Shopper,
        "bot" => Author::Bot,
        "agent" => Author::Agent(AgentRef {
            id: AgentId(columns::text(row, "agent")?),
            name: columns::text(row, "agent_name")?,
        }),
        "system" => Author::System,
        other => return Err(StoreError::Unreadable(format!("author: {other}"))),
    };
    Ok(Entry {
        seq: columns::int(row, "seq")?,
        at: columns::int(row, "at")?,
        cid: columns::maybe_text(row, "cid")?.map(Cid),
        author,
        body: columns::json(row, "body")?,
    })
}

/// The entry's tag on the wire, for queries.
pub(super) fn kind(body: &EntryBody) -> &'static str {
    match body {
        EntryBody::Message(_) => "message",
        EntryBody::Note(_) => "note",
        EntryBody::Handoff { .. } => "handoff",
        EntryBody::Offered { .. } => "offered",
        EntryBody::Assigned { .. } => "assigned",
        EntryBody::HandedBack { .. } => "handed_back",
        EntryBody::Requeued { .. } => "requeued",
        EntryBody::Sla { .. } => "sla",
        EntryBody::Prioritised { .. } => "prioritised",
        EntryBody::Alert { .. } => "alert",
        EntryBody::RuleFired { .. } => "rule_fired",
        EntryBody::WrappedUp(_) => "wrapped_up",
        EntryBody::Tagged { .. } => "tagged",
        EntryBody::Closed { .. } => "closed",
        EntryBody::RatingAsked(_) => "rating_asked",
        EntryBody::Rated(_) => "rated",
        EntryBody::FollowUp(_) => "follow_up",
        EntryBody::Edited { .. } => "edited",
        EntryBody::Redacted { .. } => "redacted",
        EntryBody::CallBackAsked { .. } => "call_back_asked",
        EntryBody::CalledBack => "called_back",
        EntryBody::Reopened => "reopened",
        EntryBody::ReturnOpened { .. } => "return_opened",
    }
}

/// One line from what a person said last: the bot's words tell an agent little. `None` leaves the old one.
pub(super) fn preview(drafts: &[Draft]) -> Option<String> {
    let message = drafts.iter().rev().find_map(|draft| match (&draft.author, &draft.body) {
        (Author::Shopper | Author::Agent(_), EntryBody::Message(message)) => Some(message),
        _ => None,
    })?;
    Some(preview_of(&message.text, message.files.len()))
}

/// One line, not too long. Each file is the sign that stands for an object among letters; lists have the word for it.
pub(super) fn preview_of(text: &str, files: usize) -> String {
    const OBJECT: char = '\u{fffc}';
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = line.chars().filter(|c| *c != OBJECT).take(PREVIEW_CHARS);
    words.chain(std::iter::repeat_n(OBJECT, files)).collect()
}
