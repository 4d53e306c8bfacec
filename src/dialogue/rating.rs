//! How it was: shoppers are asked at the end, a poor answer becomes a supervisor's follow-up, and after a remedy they are
//! asked once more.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Decision, Refusal, Step,
    turn::{Extras, Turn},
};
use crate::domain::{
    AgentRef, Author, EntryBody, Status, UnixMs,
    ids::{AgentId, Cid},
    rating::{FollowUpNews, FollowUpStep, Rated, RatingAsked},
    turn::{DraftRating, Effect, News},
};

/// What the conversation knows of its ratings.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ratings {
    /// How often it was resolved.
    pub resolutions: i64,
    /// The last invitation.
    pub asked: Option<Asked>,
    /// By resolution.
    pub follow_ups: BTreeMap<i64, FollowUp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub resolution: i64,
    pub again: bool,
    pub at: UnixMs,
    /// Who had resolved it.
    pub agent: Option<AgentId>,
    /// When the first answer came.
    pub answered_at: Option<UnixMs>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUp {
    pub owner: Option<AgentId>,
    pub done: bool,
}

/// What a shopper says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub resolution: i64,
    pub score: u8,
    pub comment: String,
}

/// What a supervisor does with a follow-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FollowUpAct {
    Take,
    /// `remedy`: what was done for the shopper; empty: nothing.
    End {
        remedy: String,
    },
}

/// An agent has resolved it.
pub(super) fn resolved(turn: &mut Turn<'_>, by: &AgentRef) {
    turn.state.memory.ratings.resolutions += 1;
    let resolution = turn.state.memory.ratings.resolutions;
    if turn.playbook.service.invite {
        ask(turn, resolution, false, Some(by.id.clone()));
    }
}

fn ask(turn: &mut Turn<'_>, resolution: i64, again: bool, agent: Option<AgentId>) {
    let text = turn.words(if again { "rating_ask_again" } else { "rating_ask" }, &[]);
    if text.is_empty() {
        return;
    }
    let (at, lang) = (turn.now.at, turn.lang());
    turn.state.memory.ratings.asked = Some(Asked { resolution, again, at, agent, answered_at: None });
    turn.append(None, Author::Bot, EntryBody::RatingAsked(RatingAsked { resolution, again, text, lang }));
}

pub(super) fn rate(mut turn: Turn<'_>, verdict: &Verdict, cid: Option<Cid>) -> Result<Step, Refusal> {
    let now = turn.now.at;
    let rules = turn.playbook.service;
    let asked = turn.state.memory.ratings.asked.clone();
    let asked = asked.filter(|asked| asked.resolution == verdict.resolution).ok_or(Refusal::Stale)?;
    let ends_at = asked.answered_at.map_or(asked.at + rules.open_ms, |at| at + rules.change_ms);
    if now > ends_at {
        return Err(Refusal::TooLate);
    }
    let is_first = asked.answered_at.is_none();
    let Verdict { resolution, score, comment } = verdict.clone();
    let (again, agent) = (asked.again, asked.agent.clone());
    let rated = Rated { resolution, again, score, comment: comment.clone(), changed: None };
    turn.append(cid, Author::Shopper, EntryBody::Rated(rated));
    turn.effect(Effect::Rate(DraftRating { resolution, again, agent, score, comment }));
    turn.state.memory.ratings.asked = Some(Asked { answered_at: asked.answered_at.or(Some(now)), ..asked });
    if score <= rules.low {
        follow_up(&mut turn, resolution, score);
    }
    // While a person is with them, the bot does not speak.
    if matches!(turn.state.status, Status::Closed | Status::Bot) {
        let key = match is_first {
            true if score <= rules.low => "rating_thanks_low",
            true => "rating_thanks",
            false => "rating_changed",
        };
        turn.say(key, &[], Extras::default());
    }
    turn.decide(Decision::Reply, "a rating");
    Ok(turn.finish())
}

/// Opens one, or one that was done opens again: it is over when the shopper is content.
fn follow_up(turn: &mut Turn<'_>, resolution: i64, score: u8) {
    let known = turn.state.memory.ratings.follow_ups.get(&resolution);
    if known.is_some_and(|known| !known.done) {
        return;
    }
    let due_at = due(turn);
    turn.state.memory.ratings.follow_ups.insert(resolution, FollowUp::default());
    turn.effect(Effect::OpenFollowUp { resolution, due_at });
    turn.effect(Effect::Notify(News::LowRating { score }));
    let what = FollowUpStep::Opened { score, due_at };
    turn.append(None, Author::System, EntryBody::FollowUp(FollowUpNews { resolution, what }));
}

fn due(turn: &Turn<'_>) -> UnixMs {
    let (now, wait) = (turn.now.at, turn.playbook.service.follow_up_ms);
    let hours = turn.state.inbox.as_ref().and_then(|inbox| turn.playbook.desk.of(inbox).hours);
    hours.and_then(|hours| hours.after(now, wait, &turn.now.zone)).unwrap_or(now + wait)
}

pub(super) fn look_after(
    turn: &mut Turn<'_>,
    agent: &AgentRef,
    resolution: i64,
    act: &FollowUpAct,
    cid: Option<Cid>,
) -> Result<(), Refusal> {
    let by = Author::Agent(agent.clone());
    let known = turn.state.memory.ratings.follow_ups.get_mut(&resolution).ok_or(Refusal::Stale)?;
    if known.done {
        return Err(Refusal::Closed);
    }
    match act {
        FollowUpAct::Take => {
            known.owner = Some(agent.id.clone());
            turn.effect(Effect::TakeFollowUp { resolution, owner: agent.id.clone() });
            let what = FollowUpStep::Taken;
            turn.append(cid, by, EntryBody::FollowUp(FollowUpNews { resolution, what }));
        }
        FollowUpAct::End { remedy } => {
            known.done = true;
            let owner = known.owner.get_or_insert_with(|| agent.id.clone()).clone();
            let remedy = remedy.trim().to_owned();
            turn.effect(Effect::EndFollowUp { resolution, owner, remedy: remedy.clone() });
            let is_remedied = !remedy.is_empty();
            let what = FollowUpStep::Done { remedy };
            turn.append(cid, by, EntryBody::FollowUp(FollowUpNews { resolution, what }));
            let is_last = turn.state.memory.ratings.resolutions <= resolution;
            if is_remedied && is_last {
                let agent = turn.state.memory.ratings.asked.as_ref().and_then(|asked| asked.agent.clone());
                ask(turn, resolution, true, agent);
            }
        }
    }
    Ok(())
}
