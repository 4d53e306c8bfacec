//! The turn: perceive, decide, commit, publish. Every event of every kind of person takes this road.

use std::{sync::Arc, time::Instant};

use uuid::Uuid;

use super::{mind::Mind, orders};
use crate::{
    app::App,
    bus::{Event as BusEvent, Typist},
    dialogue::{self, AgentAct, Decision, Event, Facts, Need, Refusal, Said, State},
    domain::{
        AgentRef, Choice, Conversation, Lang, Now, Status,
        ids::{Cid, ContactId, ConversationId, InboxId},
        order::OrderLookup,
        turn::{After, TurnCommit},
    },
    nlu::Understanding,
    store::{
        StoreError,
        conversations::{self, Committed, DraftConversation},
        returns,
    },
};

/// Somebody else may be faster this many times before the sender is asked to try again.
const MAX_TRIES: usize = 8;

/// Who does what.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    Shopper {
        contact: ContactId,
        /// The key under which attempts to prove an order are counted.
        network: String,
        act: ShopperAct,
    },
    Agent {
        agent: AgentRef,
        act: AgentAct,
    },
    System(SystemAct),
}

/// What no person does, but time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SystemAct {
    /// The agent of this assignment is gone.
    AgentLost { epoch: i64 },
    /// It waits, and nobody is at the desk.
    NobodyOnline,
}

#[derive(Debug, Clone, PartialEq)]
pub enum ShopperAct {
    /// Opened the chat: greet, once.
    Open,
    Say {
        text: String,
        choice: Option<Choice>,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub enum Handled {
    /// On disk and published.
    Done,
    /// Stored before, at this seq; nothing happened now.
    Duplicate {
        seq: i64,
    },
    Refused(Refusal),
    /// There is no such conversation, or it is somebody else's: one answer for both.
    NotYours,
}

#[derive(Debug, thiserror::Error)]
pub enum TurnError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("other turns were faster {MAX_TRIES} times")]
    Contended,
}

/// Starts the contact's conversation, or finds the one they have; a new one is greeted.
pub async fn open(
    app: &Arc<App>,
    inbox: &InboxId,
    contact: &ContactId,
    network: &str,
    lang: Lang,
) -> Result<Conversation, TurnError> {
    let known = conversations::load_latest_for_contact(&app.store, contact).await?;
    let conversation = match known {
        Some(conversation) => conversation,
        None => {
            let state = State { lang, ..State::default() };
            let draft = DraftConversation {
                id: ConversationId(Uuid::now_v7().to_string()),
                inbox: inbox.clone(),
                contact: contact.clone(),
                lang,
                state_json: remember(&state),
                at: app.clock.now_ms(),
            };
            conversations::start(&app.store, draft).await?
        }
    };
    if conversation.head == 0 {
        let (contact, network) = (contact.clone(), network.to_owned());
        let action = Action::Shopper { contact, network, act: ShopperAct::Open };
        handle(app, &conversation.id, &action, None).await?;
    }
    Ok(conversation)
}

/// One turn, from whoever it is.
///
/// # Errors
/// Nothing was stored, or nobody knows whether it was; either way the same `cid` may be sent again.
pub async fn handle(
    app: &Arc<App>,
    conv: &ConversationId,
    action: &Action,
    cid: Option<Cid>,
) -> Result<Handled, TurnError> {
    let started = Instant::now();
    let is_opening = matches!(action, Action::Shopper { act: ShopperAct::Open, .. });
    let is_said = matches!(action, Action::Shopper { act: ShopperAct::Say { .. }, .. });
    let mut is_typing = false;
    for _ in 0..MAX_TRIES {
        let Some(conversation) = conversations::load(&app.store, conv).await? else { return Ok(Handled::NotYours) };
        if matches!(action, Action::Shopper { contact, .. } if *contact != conversation.contact) {
            return Ok(Handled::NotYours);
        }
        if let Some(cid) = &cid
            && let Some(seq) = conversations::find_cid(&app.store, conv, action.sender(), cid).await?
        {
            return Ok(Handled::Duplicate { seq });
        }
        if is_opening && conversation.head > 0 {
            return Ok(Handled::Done);
        }
        if is_said && conversation.status == Status::Bot && !is_typing {
            is_typing = true;
            app.bus.publish(&BusEvent::Typing { conv: conv.clone(), who: Typist::Bot, on: true });
        }

        let perceiving = Instant::now();
        let now = app.now();
        let mind = app.mind();
        let state = recall(&conversation);
        let event = perceive(app, &mind, &state, action, cid.as_ref(), &now).await?;
        let step = dialogue::step(&mind.playbook, &state, &event, cid.clone(), &now);
        app.metrics.decide_seconds.observe(perceiving.elapsed().as_secs_f64());
        if let Some(refusal) = step.refused {
            app.metrics.turns.get_or_create(&[("decision", Decision::Refused.as_str())]).inc();
            return Ok(Handled::Refused(refusal));
        }

        let commit = TurnCommit {
            conversation: conv.clone(),
            version: conversation.version,
            at: now.at,
            sender: action.sender().to_owned(),
            cid: cid.clone(),
            after: after(&step.state),
            drafts: step.drafts,
            effects: step.effects,
        };
        match conversations::commit_turn(&app.store, commit).await? {
            Committed::Conflict => {
                app.metrics.conflicts.inc();
            }
            Committed::Duplicate { seq } => return Ok(Handled::Duplicate { seq }),
            Committed::Done { entries, conversation } => {
                app.metrics.commits.inc();
                app.metrics.turns.get_or_create(&[("decision", step.decision.as_str())]).inc();
                app.bus.publish(&BusEvent::Turn { conv: conv.clone(), status: conversation.status, entries });
                app.metrics.turn_seconds.observe(started.elapsed().as_secs_f64());
                tracing::debug!(%conv, decision = step.decision.as_str(), "turn committed");
                return Ok(Handled::Done);
            }
        }
    }
    Err(TurnError::Contended)
}

impl Action {
    /// As in [`TurnCommit::sender`].
    pub fn sender(&self) -> &str {
        match self {
            Action::Shopper { .. } => "shopper",
            Action::Agent { agent, .. } => agent.id.as_str(),
            Action::System(_) => "system",
        }
    }
}

/// Understands what was said and fetches what the decision needs to know of the world.
async fn perceive(
    app: &App,
    mind: &Mind,
    state: &State,
    action: &Action,
    cid: Option<&Cid>,
    now: &Now,
) -> Result<Event, StoreError> {
    match action {
        Action::Agent { agent, act } => Ok(Event::Agent { agent: agent.clone(), act: act.clone() }),
        Action::System(SystemAct::AgentLost { epoch }) => Ok(Event::AgentLost { epoch: *epoch }),
        Action::System(SystemAct::NobodyOnline) => Ok(Event::NobodyOnline),
        Action::Shopper { act: ShopperAct::Open, .. } => Ok(Event::Opened),
        Action::Shopper { contact, network, act: ShopperAct::Say { text, choice } } => {
            // A person has it: nobody needs the bot's understanding.
            let understanding = match state.status {
                Status::Assigned => Understanding::default(),
                Status::Bot | Status::Queued | Status::Closed => mind.understand(text),
            };
            let mut said = Said {
                text: text.clone(),
                choice: choice.clone(),
                understanding,
                facts: Facts { shelf: mind.shelf.clone(), ..Facts::default() },
            };
            if state.status != Status::Assigned
                && let Some(need) = dialogue::needs(state, &said)
            {
                let asker = orders::Asker {
                    visitor: contact.clone(),
                    network: network.clone(),
                    attempt: cid.map_or_else(|| Uuid::now_v7().to_string(), |cid| format!("{contact}:{cid}")),
                };
                let max_failures = mind.playbook.thresholds.proof_failures;
                let (number, lookup) = look_up(app, need, &asker, max_failures, now).await?;
                if matches!(lookup, OrderLookup::Found(_)) {
                    said.facts.returns = returns::list_for_order(&app.store, &number).await?;
                }
                said.facts.order = Some(lookup);
            }
            Ok(Event::Said(Box::new(said)))
        }
    }
}

async fn look_up(
    app: &App,
    need: Need,
    asker: &orders::Asker,
    max_failures: u32,
    now: &Now,
) -> Result<(String, OrderLookup), StoreError> {
    match need {
        Need::Order { number, proof } => {
            let lookup = orders::look_up(&app.store, &app.shop, &number, &proof, asker, max_failures, now).await?;
            Ok((number, lookup))
        }
        Need::ProvedOrder { number } => {
            let found = app.shop.find(&number, now);
            let lookup = found.map_or(OrderLookup::NotProved, |order| OrderLookup::Found(Box::new(order)));
            Ok((number, lookup))
        }
    }
}

/// The dialogue's memory; the row beside it is the truth about who has the conversation.
fn recall(conversation: &Conversation) -> State {
    let state: State = serde_json::from_str(&conversation.state_json).unwrap_or_else(|error| {
        tracing::warn!(conv = %conversation.id, %error, "the dialogue's memory cannot be read and starts anew");
        State { lang: conversation.lang, ..State::default() }
    });
    State {
        status: conversation.status,
        assignee: conversation.assignee.clone(),
        assign_epoch: conversation.assign_epoch,
        queued_at: conversation.queued_at,
        ..state
    }
}

fn remember(state: &State) -> String {
    // Plain data with string keys: there is nothing that serde_json refuses.
    serde_json::to_string(state).unwrap_or_default()
}

fn after(state: &State) -> After {
    After {
        status: state.status,
        lang: state.lang,
        assignee: state.assignee.clone(),
        assign_epoch: state.assign_epoch,
        priority: state.priority.score,
        queued_at: state.queued_at,
        state_json: remember(state),
    }
}
