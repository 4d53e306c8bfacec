//! One series of acts on one or several conversations: each act is a turn of its own, each answer says what became of it.

use std::sync::Arc;

use axum::{Json, Router, extract::State, routing::post};
use serde::{Deserialize, Serialize};

use super::Body;
use crate::{
    app::App,
    domain::{
        AgentRef, Level, Tone, WrapUp,
        ids::{Cid, ConversationId},
        sentence::sentence,
    },
    service::conversations::{self as turns, Action, Handled},
    store::conversations,
    web::{
        auth::Desk,
        error::ApiError,
        frames::{Addressee, MAX_TEXT_CHARS, Refused, RefusedCode, SendBody},
        socket::{
            refusals::{busy, not_yours, refused_by},
            staff,
        },
    },
};

/// Conversations of one run.
const MAX_TARGETS: usize = 50;
/// Acts on one of them.
const MAX_ACTS: usize = 10;
const MAX_RUN_BYTES: usize = 48;

pub fn routes() -> Router<Arc<App>> {
    Router::new().route("/runs", post(run))
}

#[derive(Deserialize)]
struct Run {
    /// Made up by the client, a UUIDv7; the same run sent again does nothing twice and goes on where it stopped.
    run: String,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    conv: ConversationId,
    /// The assignment that the agent saw.
    epoch: i64,
    /// In their order; the first that is refused ends the series.
    acts: Vec<Act>,
}

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Act {
    Take,
    Message {
        text: String,
        #[serde(default)]
        despite: Option<Tone>,
    },
    Note {
        text: String,
    },
    Transfer {
        to: Addressee,
        #[serde(default)]
        note: String,
    },
    /// To one of many who wait with the same matter.
    AnswerMany {
        text: String,
        among: u32,
        #[serde(default)]
        despite: Option<Tone>,
    },
    Release,
    HandBack,
    Resolve {
        /// Absent: skipped.
        #[serde(default)]
        wrap_up: Option<WrapUp>,
    },
    Tag {
        #[serde(default)]
        add: Vec<String>,
        #[serde(default)]
        remove: Vec<String>,
    },
    Priority {
        level: Level,
    },
}

impl Act {
    fn body(self, epoch: i64) -> SendBody {
        match self {
            Act::Take => SendBody::Take,
            Act::Message { text, despite } => {
                SendBody::Message { text, files: Vec::new(), choice: None, epoch: Some(epoch), despite }
            }
            Act::Note { text } => SendBody::Note { text, mentions: Vec::new() },
            Act::Transfer { to, note } => SendBody::Transfer { epoch, to, note },
            Act::AnswerMany { text, among, despite } => SendBody::AnswerMany { epoch, text, among, despite },
            Act::Release => SendBody::Release { epoch },
            Act::HandBack => SendBody::HandBack { epoch },
            Act::Resolve { wrap_up } => SendBody::Resolve { epoch, wrap_up },
            Act::Tag { add, remove } => SendBody::Tag { add, remove },
            Act::Priority { level } => SendBody::Priority { level },
        }
    }

    fn texts(&self) -> Option<&str> {
        match self {
            Act::Message { text, .. }
            | Act::AnswerMany { text, .. }
            | Act::Note { text }
            | Act::Transfer { note: text, .. } => Some(text),
            Act::Take | Act::Release | Act::HandBack | Act::Resolve { .. } | Act::Tag { .. } | Act::Priority { .. } => {
                None
            }
        }
    }
}

#[derive(Serialize)]
struct Outcomes {
    /// In the order of the targets.
    outcomes: Vec<Outcome>,
}

#[derive(Serialize)]
struct Outcome {
    conv: ConversationId,
    /// So many of its acts, from the first, are in the log.
    done: usize,
    /// Why the next one is not, and those behind it were not tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<Refused>,
}

async fn run(State(app): State<Arc<App>>, Desk(agent): Desk, Body(run): Body<Run>) -> Result<Json<Outcomes>, ApiError> {
    check(&run)?;
    let agent = AgentRef { id: agent.id, name: agent.name };
    // A task of its own: who goes away meanwhile has decided already, and nothing stops half way.
    let running = app.clone();
    let outcomes = app.tasks.spawn(async move {
        let mut outcomes = Vec::new();
        for target in run.targets {
            outcomes.push(series(&running, &agent, &run.run, target).await);
        }
        outcomes
    });
    let outcomes = outcomes.await.map_err(|_| ApiError::broken())?;
    Ok(Json(Outcomes { outcomes }))
}

fn check(run: &Run) -> Result<(), ApiError> {
    let is_key = |text: &str, most| (1..=most).contains(&text.len()) && text.is_ascii();
    if !is_key(&run.run, MAX_RUN_BYTES) || run.targets.iter().any(|target| !is_key(target.conv.as_str(), 64)) {
        return Err(ApiError::bad_request(sentence!("`run` and `conv` are ids.")));
    }
    if !(1..=MAX_TARGETS).contains(&run.targets.len()) {
        return Err(ApiError::bad_request(sentence!("A run is about 1 to {most} conversations.", most = MAX_TARGETS)));
    }
    if run.targets.iter().any(|target| !(1..=MAX_ACTS).contains(&target.acts.len())) {
        return Err(ApiError::bad_request(sentence!("A conversation has 1 to {most} acts in a run.", most = MAX_ACTS)));
    }
    let texts = || run.targets.iter().flat_map(|target| &target.acts).filter_map(Act::texts);
    if texts().any(|text| text.chars().count() > MAX_TEXT_CHARS) {
        return Err(ApiError::bad_request(sentence!("A text has at most {most} characters.", most = MAX_TEXT_CHARS)));
    }
    let is_empty = |act: &Act| matches!(act, Act::Message { text, .. } | Act::AnswerMany { text, .. } | Act::Note { text } if text.trim().is_empty());
    if run.targets.iter().flat_map(|target| &target.acts).any(is_empty) {
        return Err(ApiError::bad_request(sentence!("A reply or a note needs words.")));
    }
    Ok(())
}

async fn series(app: &Arc<App>, agent: &AgentRef, run: &str, target: Target) -> Outcome {
    let Target { conv, mut epoch, acts } = target;
    let mut done = 0;
    for act in acts {
        let takes = matches!(act, Act::Take);
        let cid = Cid(format!("{run}.{done}"));
        if let Err(refused) = one(app, agent, &conv, act.body(epoch), cid).await {
            return Outcome { conv, done, refused: Some(refused) };
        }
        done += 1;
        // What follows a take is written under the assignment that it made.
        if takes {
            match conversations::load(&app.store, &conv).await {
                Ok(Some(now)) if now.assignee.as_ref().is_some_and(|owner| owner.id == agent.id) => {
                    epoch = now.assign_epoch;
                }
                // Gone again already: the next act is told so.
                Ok(_) => {}
                Err(error) => return Outcome { conv, done, refused: Some(busy(&error.into())) },
            }
        }
    }
    Outcome { conv, done, refused: None }
}

async fn one(app: &Arc<App>, agent: &AgentRef, conv: &ConversationId, body: SendBody, cid: Cid) -> Result<(), Refused> {
    // Sent again after an answer that was lost: it may be refused now, and is done all the same.
    match conversations::find_cid(&app.store, conv, agent.id.as_str(), &cid).await {
        Ok(None) => {}
        Ok(Some(_)) => return Ok(()),
        Err(error) => return Err(busy(&error.into())),
    }
    let act = staff::authorise(app, agent, conv, body).await?;
    let action = Action::Agent { agent: agent.clone(), act };
    match turns::handle(app, conv, &action, Some(cid)).await {
        Ok(Handled::Done | Handled::Duplicate { .. }) => Ok(()),
        Ok(Handled::NotYours) => Err(not_yours()),
        Ok(Handled::Refused(refusal)) => Err(refused_by(refusal)),
        Err(error) => {
            tracing::error!(%conv, %error, "an act of a run failed");
            Err(Refused::new(RefusedCode::Busy, busy(&error).message))
        }
    }
}
