//! Entries: the numbered items of a conversation's log. Everything that changes a conversation is one.

use serde::{Deserialize, Serialize};

use super::{
    AgentRef, Lang, UnixMs,
    article::ArticleId,
    handoff::{Brief, HandoffReason, Priority},
    ids::Cid,
    order::OrderCard,
    returns::ReturnCard,
    turn::Decision,
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
    Note {
        text: String,
    },
    /// The bot asks for a person. Shoppers see that it happened; reason and brief are for agents.
    Handoff {
        reason: HandoffReason,
        priority: Priority,
        brief: Box<Brief>,
    },
    Assigned {
        agent: AgentRef,
        epoch: i64,
    },
    /// Back to the bot: by the agent, or by the shopper who left the queue.
    HandedBack {
        by: Author,
    },
    /// Back in the queue at the old place.
    Requeued {
        from: AgentRef,
        reason: RequeueReason,
    },
    Closed {
        by: Author,
    },
    Reopened,
    ReturnOpened {
        number: String,
        order: String,
    },
}

impl EntryBody {
    /// Private entries reach agents only; a shopper's client steps over their seq.
    pub fn is_private(&self) -> bool {
        matches!(self, EntryBody::Note { .. })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequeueReason {
    /// No socket of theirs for longer than the grace.
    AgentLost,
    /// The agent put it back.
    Released,
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
    /// On a shopper's message: the quick reply that was pressed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<Choice>,
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
