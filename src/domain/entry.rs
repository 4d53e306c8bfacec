//! Entries: the numbered items of a conversation's log. Everything that changes a conversation is one.

use serde::{Deserialize, Serialize};

use super::{
    AgentRef, Attachment, Lang, Tone, UnixMs, Why,
    article::ArticleId,
    handoff::{Brief, Feeling, HandoffReason, Level, Priority},
    ids::{Cid, TeamId},
    order::OrderCard,
    rating::{FollowUpNews, Rated, RatingAsked},
    returns::ReturnCard,
    turn::{CallBackWay, Decision, Owed},
    wrap_up::WrapUp,
};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Contiguous per conversation from 1, private notes included.
    pub seq: i64,
    pub at: UnixMs,
    /// The sender's own key, on entries a client sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cid: Option<Cid>,
    pub author: Author,
    #[serde(flatten)]
    pub body: EntryBody,
}

/// An entry before it has a place in the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    pub cid: Option<Cid>,
    pub author: Author,
    pub body: EntryBody,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum Author {
    Shopper,
    Bot,
    Agent(AgentRef),
    System,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EntryBody {
    Message(Message),
    /// For agents only.
    Note(Note),
    /// The bot asks for a person. Shoppers see that it happened; reason and brief are for agents.
    Handoff {
        reason: HandoffReason,
        priority: Priority,
        brief: Box<Brief>,
    },
    /// Somebody is asked whether they take it. Between staff.
    Offered {
        agent: AgentRef,
        epoch: i64,
        /// When the offer runs out.
        until: UnixMs,
        why: Box<Why>,
    },
    Assigned {
        agent: AgentRef,
        epoch: i64,
        /// Between staff; absent on entries of earlier versions.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<Box<Why>>,
    },
    /// Back to the bot: by the agent, or by the shopper who left the queue.
    HandedBack {
        by: Author,
    },
    /// Back in the queue at the old place.
    Requeued {
        from: AgentRef,
        reason: RequeueReason,
        /// Whose part of the queue, where it was passed to a team.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        team: Option<TeamId>,
    },
    /// A promise is about to be broken, or is. Between staff.
    Sla {
        owed: Owed,
        /// Else it is a warning.
        breach: bool,
        /// Since when it is owed.
        since: UnixMs,
    },
    /// Somebody said how urgent it is. Between staff.
    Prioritised {
        level: Level,
        /// With what is counted.
        priority: Priority,
    },
    /// What was said to who has it is graver than what brought it here: a red line, or rising anger. Between staff.
    Alert {
        reason: HandoffReason,
        /// With what is counted.
        priority: Priority,
        feeling: Feeling,
    },
    /// A rule of the playbook acted; what it did follows. Between staff.
    RuleFired {
        /// Its name.
        rule: String,
        did: Vec<RuleAct>,
    },
    /// What the agent says of it, before it is closed. Between staff.
    WrappedUp(WrapUp),
    /// Tags came or went. Between staff.
    Tagged {
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        added: Vec<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        removed: Vec<String>,
    },
    Closed {
        by: Author,
    },
    RatingAsked(RatingAsked),
    Rated(Rated),
    /// Between staff.
    FollowUp(FollowUpNews),
    /// The entry `target` has these words now.
    Edited {
        target: i64,
        /// Empty once they were taken out.
        text: String,
        /// What the tone coach had said about them. For staff only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        despite: Option<Tone>,
        /// Of a note: between staff.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        private: bool,
    },
    /// The entry `target` has no words any more.
    Redacted {
        target: i64,
        /// For staff only.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        why: String,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        private: bool,
    },
    /// The shopper left a way to reach them while the desk was closed. Between staff.
    CallBackAsked {
        way: CallBackWay,
        due_at: UnixMs,
    },
    /// Somebody has got back to them. Between staff.
    CalledBack,
    Reopened,
    ReturnOpened {
        number: String,
        order: String,
        /// That came while it was asked for.
        #[serde(default, skip_serializing_if = "is_none")]
        pictures: u32,
    },
}

fn is_none(count: &u32) -> bool {
    *count == 0
}

impl EntryBody {
    /// Private entries reach agents only; a shopper's client steps over their seq.
    pub fn is_private(&self) -> bool {
        match self {
            EntryBody::Note(_)
            | EntryBody::Offered { .. }
            | EntryBody::Sla { .. }
            | EntryBody::Alert { .. }
            | EntryBody::RuleFired { .. }
            | EntryBody::Prioritised { .. }
            | EntryBody::WrappedUp(_)
            | EntryBody::Tagged { .. }
            | EntryBody::FollowUp(_)
            | EntryBody::CallBackAsked { .. }
            | EntryBody::CalledBack => true,
            EntryBody::Edited { private, .. } | EntryBody::Redacted { private, .. } => *private,
            EntryBody::Requeued { reason, .. } => reason.is_private(),
            _ => false,
        }
    }
}

impl EntryBody {
    /// Whether supervisors' notices changed with it.
    pub fn notifies(&self) -> bool {
        match self {
            EntryBody::RuleFired { did, .. } => did.iter().any(|act| matches!(act, RuleAct::Notify { .. })),
            EntryBody::Alert { .. } | EntryBody::FollowUp(_) => true,
            _ => false,
        }
    }
}

/// One thing that a rule did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum RuleAct {
    /// It waits for this team.
    Team {
        team: TeamId,
    },
    Priority {
        level: Level,
    },
    Note {
        text: String,
    },
    /// Supervisors were told.
    Notify {
        text: String,
    },
    /// The bot said this reply of the playbook.
    Reply {
        key: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequeueReason {
    /// No socket of theirs for longer than the grace.
    AgentLost,
    /// The agent put it back.
    Released,
    /// The agent passed it to a team.
    Transferred,
    /// The agent did not want the offer.
    Declined,
    /// The agent did not answer the offer in time.
    Missed,
}

impl RequeueReason {
    /// Who was never told of an offer need not hear of its end.
    fn is_private(self) -> bool {
        matches!(self, RequeueReason::Declined | RequeueReason::Missed)
    }
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Message {
    /// Plain text, except where `source` is set: then it is the article's Markdown.
    pub text: String,
    /// The language of the text where it is known (bot messages).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lang: Option<Lang>,
    /// On the bot's messages: what kind of answer it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// The article the answer comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<Card>,
    /// Quick replies, at most three; the last one leads to a person where that makes sense.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
    /// Pictures and documents that came with it; the words may be empty then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<Attachment>,
    /// On a shopper's message: the quick reply that was pressed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<Choice>,
    /// On an agent's message: what the tone coach had said, and it was sent all the same. For staff only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub despite: Option<Tone>,
    /// It was corrected, or taken out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<Box<Changed>>,
    /// On an agent's message: so many who waited with the same matter got it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub among: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Note {
    pub text: String,
    /// Colleagues who are named in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<AgentRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<Box<Changed>>,
}

impl Note {
    pub fn of(text: impl Into<String>) -> Self {
        Note { text: text.into(), ..Note::default() }
    }
}

/// What became of words after they were written.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Changed {
    /// When they were last corrected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<UnixMs>,
    /// What they were before, the oldest first. For staff only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub was: Vec<Was>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redacted: Option<Redacted>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Was {
    pub text: String,
    pub until: UnixMs,
    /// Who replaced them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AgentRef>,
}

/// The words were taken out; nobody has them any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redacted {
    pub at: UnixMs,
    /// For staff only, as the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AgentRef>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}

impl Changed {
    /// As shoppers may see it.
    pub fn for_shoppers(&self) -> Changed {
        let redacted =
            self.redacted.as_ref().map(|redacted| Redacted { at: redacted.at, by: None, why: String::new() });
        Changed { edited_at: self.edited_at, was: Vec::new(), redacted }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    pub article: ArticleId,
    pub title: String,
    pub lang: Lang,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Card {
    Order(OrderCard),
    Return(ReturnCard),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    pub label: String,
    pub choice: Choice,
}

/// What a quick reply means. Clients send it back as they got it, with the label as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Choice {
    /// Show this article.
    Article { id: ArticleId },
    /// As if the shopper had said this intent.
    Intent { name: String },
    /// Fill a slot of the flow under way.
    Slot { name: String, value: String },
    /// Did this answer help?
    Helpful { article: ArticleId, yes: bool },
    /// A person, please.
    Human,
    /// Leave the queue, back to the bot.
    LeaveQueue,
}
