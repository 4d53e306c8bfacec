//! Surge: those who wait with the same matter, shown together so that one answer can go to all of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::conversations::recall;
use crate::{
    app::App,
    desk::surge::{Asked, groups},
    domain::{
        Conversation, HandoffReason, Lang, UnixMs,
        agent::Viewer,
        ids::{ConversationId, TeamId},
        playbook::{Act, Playbook},
    },
    store::{Store, StoreError, surges},
};

const SWITCH: &str = "surge";
/// Sentences of one group that are shown.
const SAMPLES: usize = 5;

/// How it is switched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// By itself, when there are enough.
    #[default]
    Auto,
    /// However few they are.
    On,
    Off,
}

/// On the wire as it is (docs/protocol.md).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Surges {
    pub mode: Mode,
    /// The largest first.
    pub groups: Vec<SurgeGroup>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SurgeGroup {
    /// Of whoever waits longest.
    pub id: ConversationId,
    /// An intent's name or an article's id, where most of them have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    pub since: UnixMs,
    /// In the order of waiting.
    pub members: Vec<SurgeMember>,
    /// In their own words, the longest waiting first.
    pub samples: Vec<Sample>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurgeMember {
    pub conv: ConversationId,
    /// As an answer names it.
    pub epoch: i64,
    pub lang: Lang,
    /// Whose part of the queue it is in, for who may see it.
    #[serde(skip)]
    pub team: Option<TeamId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    pub conv: ConversationId,
    pub lang: Lang,
    pub text: String,
}

impl Surges {
    /// What this member of staff may know of: others' teams and their shoppers' words are left out.
    pub fn seen_by(&self, viewer: &Viewer) -> Surges {
        let seen = |group: &SurgeGroup| {
            let is_seen = |member: &&SurgeMember| viewer.may_see(member.team.as_ref(), None);
            let members: Vec<SurgeMember> = group.members.iter().filter(is_seen).cloned().collect();
            let is_told = |sample: &&Sample| members.iter().any(|member| member.conv == sample.conv);
            let samples = group.samples.iter().filter(is_told).cloned().collect();
            Some(SurgeGroup { id: members.first()?.conv.clone(), members, samples, ..group.clone() })
        };
        Surges { mode: self.mode, groups: self.groups.iter().filter_map(seen).collect() }
    }
}

/// One who waits and has told why.
struct Matter {
    conversation: Conversation,
    topic: Option<String>,
    text: String,
}

/// # Errors
/// The database was not there.
pub async fn mode(store: &Store) -> Result<Mode, StoreError> {
    let value = surges::switch(store, SWITCH).await?;
    Ok(match value.as_deref() {
        Some("on") => Mode::On,
        Some("off") => Mode::Off,
        _ => Mode::Auto,
    })
}

/// # Errors
/// The database was not there.
pub async fn set_mode(store: &Store, mode: Mode, by: &str, at: UnixMs) -> Result<(), StoreError> {
    let value = match mode {
        Mode::Auto => "auto",
        Mode::On => "on",
        Mode::Off => "off",
    };
    surges::set_switch(store, SWITCH, value, by, at).await
}

/// The groups as they are now.
///
/// # Errors
/// The database was not there.
pub async fn now(app: &App) -> Result<Surges, StoreError> {
    let mode = mode(&app.store).await?;
    let mind = app.mind();
    let rules = mind.playbook.surge;
    let least = match mode {
        Mode::Off => return Ok(Surges { mode, groups: Vec::new() }),
        Mode::Auto => rules.least,
        Mode::On => rules.least_switched,
    };
    let waiting = surges::waiting(&app.store).await?;
    if waiting.len() < least {
        return Ok(Surges { mode, groups: Vec::new() });
    }
    let mut matters: Vec<Matter> = waiting.into_iter().filter_map(matter).collect();
    // What the words of hundreds mean takes a moment when they are new: not in the way of sockets.
    let found = tokio::task::spawn_blocking(move || {
        let persons = only_persons(&mind.playbook);
        let near = mind.nearest(matters.iter().map(|matter| matter.text.as_str()), &persons);
        let mut near = near.into_iter();
        matters.retain(|matter| {
            let is_bare = near.next().is_some_and(|likeness| likeness >= rules.only_a_person);
            matter.topic.is_some() || !is_bare
        });
        let alike = mind.all_alike(matters.iter().map(|matter| matter.text.as_str()));
        let asked: Vec<Asked<'_>> = matters.iter().map(|matter| Asked { topic: matter.topic.as_deref() }).collect();
        let likeness = |one: usize, other: usize| alike.get(one).and_then(|row| row.get(other)).copied();
        let found = groups(&asked, likeness, &rules, least);
        found.iter().filter_map(|members| group(&matters, members)).collect::<Vec<_>>()
    });
    let groups = found.await.map_err(|error| StoreError::Unreadable(format!("groups: {error}")))?;
    Ok(Surges { mode, groups })
}

/// `None`: nobody knows yet what it is about, it is too grave for an answer that goes to many, or such an answer was not
/// enough.
fn matter(conversation: Conversation) -> Option<Matter> {
    let memory = recall(&conversation).memory;
    if memory.is_grave || memory.was_answered_with_others {
        return None;
    }
    let topic = memory.topic.as_ref().map(|topic| topic.name.clone()).filter(|name| !name.is_empty());
    let text = memory.wants_text.or(memory.topic.map(|topic| topic.text)).filter(|text| !text.trim().is_empty())?;
    Some(Matter { conversation, topic, text })
}

/// How people say that they want a person and nothing more.
fn only_persons(playbook: &Playbook) -> Vec<&str> {
    let asks = playbook.intents.values().filter(|intent| intent.act == Act::Handoff(HandoffReason::Request));
    asks.flat_map(|intent| intent.words.0.values()).flat_map(|words| &words.examples).map(String::as_str).collect()
}

fn group(matters: &[Matter], members: &[usize]) -> Option<SurgeGroup> {
    let of: Vec<&Matter> = members.iter().filter_map(|at| matters.get(*at)).collect();
    let first = of.first()?;
    let mut topics: BTreeMap<&str, usize> = BTreeMap::new();
    for topic in of.iter().filter_map(|matter| matter.topic.as_deref()) {
        *topics.entry(topic).or_default() += 1;
    }
    let most = topics.into_iter().max_by_key(|(_, count)| *count).filter(|(_, count)| count * 2 > of.len());
    let member = |matter: &&Matter| SurgeMember {
        conv: matter.conversation.id.clone(),
        epoch: matter.conversation.assign_epoch,
        lang: matter.conversation.lang,
        team: matter.conversation.team.clone(),
    };
    let sample = |matter: &&Matter| Sample {
        conv: matter.conversation.id.clone(),
        lang: matter.conversation.lang,
        text: matter.text.clone(),
    };
    Some(SurgeGroup {
        id: first.conversation.id.clone(),
        topic: most.map(|(topic, _)| topic.to_owned()),
        since: first.conversation.queued_at.unwrap_or_default(),
        members: of.iter().map(member).collect(),
        samples: of.iter().take(SAMPLES).map(sample).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Agent, Role, agent::Sight};

    #[test]
    fn the_words_of_another_teams_shoppers_are_left_out() {
        let member = |conv: &str, team: Option<&str>| SurgeMember {
            conv: conv.into(),
            epoch: 0,
            lang: Lang::En,
            team: team.map(TeamId::from),
        };
        let sample = |conv: &str| Sample { conv: conv.into(), lang: Lang::En, text: format!("{conv} waits") };
        let group = |members: Vec<SurgeMember>| SurgeGroup {
            id: members[0].conv.clone(),
            topic: None,
            since: 1,
            samples: members.iter().map(|member| sample(member.conv.as_str())).collect(),
            members,
        };
        let mixed = group(vec![member("ann", Some("vip")), member("bob", None)]);
        let surges = Surges { mode: Mode::On, groups: vec![mixed, group(vec![member("cleo", Some("vip"))])] };
        let maya = Agent {
            id: "maya".into(),
            mail: "maya@shop.example".into(),
            name: "Maya".into(),
            role: Role::Agent,
            disabled: false,
        };
        let seen = |sight| surges.seen_by(&Viewer::new(maya.clone(), sight, [TeamId::from("vip")]));
        assert_eq!(seen(Sight::All), surges);
        assert_eq!(seen(Sight::Teams).groups, [group(vec![member("bob", None)])]);
    }
}
