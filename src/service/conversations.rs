//! The turn: perceive, decide, commit, publish. Every event of every kind of person takes this road.

use std::{sync::Arc, time::Instant};

use uuid::Uuid;

use super::{mind::Mind, orders};
use crate::{
    app::App,
    bus::{Event as BusEvent, Typist},
    dialogue::{self, AgentAct, Decision, Event, Facts, Need, OrderFacts, Refusal, Said, State, Step, Verdict},
    domain::{
        AgentRef, Attachment, Choice, Conversation, Lang, Now, Status,
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

/// The sender of everything that shoppers do; there is one in a conversation.
pub const SHOPPER: &str = "shopper";

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
    AgentLost {
        epoch: i64,
    },
    /// Nobody answered the offer of this epoch.
    OfferMissed {
        epoch: i64,
    },
    /// It waits, and nobody is at the desk.
    NobodyOnline,
    DeskClosed,
    /// The shopper has said nothing more for a while.
    PauseOver,
}

#[derive(Debug, Clone, PartialEq)]
pub enum ShopperAct {
    /// Opened the chat: greet, once.
    Open,
    Say {
        text: String,
        choice: Option<Choice>,
        files: Vec<Attachment>,
    },
    /// How it was.
    Rate(Verdict),
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
    take_turn(app, conv, action, cid, &[]).await.map(|(handled, _)| handled)
}

/// The first of what one socket sends at once, and of what follows it as many as need no decision in between: what a
/// shopper says to the person who has the conversation. All of those are in one commit, with the fate of the first;
/// answers how many they are, at least 1.
///
/// # Errors
/// As [`handle`]; then it is about the first alone.
pub async fn handle_first(
    app: &Arc<App>,
    conv: &ConversationId,
    sent: &[(Cid, Action)],
) -> Result<(Handled, usize), TurnError> {
    match sent {
        [(cid, action), behind @ ..] => take_turn(app, conv, action, Some(cid.clone()), behind).await,
        [] => Ok((Handled::Done, 1)),
    }
}

async fn take_turn(
    app: &Arc<App>,
    conv: &ConversationId,
    action: &Action,
    cid: Option<Cid>,
    mut behind: &[(Cid, Action)],
) -> Result<(Handled, usize), TurnError> {
    let started = Instant::now();
    let is_opening = matches!(action, Action::Shopper { act: ShopperAct::Open, .. });
    let is_said = matches!(action, Action::Shopper { act: ShopperAct::Say { .. }, .. });
    let mut is_typing = false;
    for _ in 0..MAX_TRIES {
        let Some(conversation) = conversations::load(&app.store, conv).await? else {
            return Ok((Handled::NotYours, 1));
        };
        if !action.may_touch(&conversation) {
            return Ok((Handled::NotYours, 1));
        }
        // What the shopper says to a person needs no look: a key that is stored already fails the commit, which then
        // says so. Anything else might be answered twice or refused although it is stored.
        if (!is_said || conversation.status != Status::Assigned)
            && let Some(cid) = &cid
            && let Some(seq) = conversations::find_cid(&app.store, conv, action.sender(), cid).await?
        {
            return Ok((Handled::Duplicate { seq }, 1));
        }
        if is_opening && conversation.head > 0 {
            return Ok((Handled::Done, 1));
        }
        if is_said && conversation.status == Status::Bot && !is_typing {
            is_typing = true;
            app.bus.publish(&BusEvent::Typing { conv: conv.clone(), who: Typist::Bot, on: true });
        }

        let state = recall(&conversation);
        let perceiving = Instant::now();
        let now = app.now();
        let mind = app.mind();
        let event = perceive(app, &mind, &state, &conversation, action, cid.as_ref(), &now).await?;
        let mut step = dialogue::step(&mind.playbook, &state, &event, cid.clone(), &now);
        app.metrics.decide_seconds.observe(perceiving.elapsed().as_secs_f64());
        if let Some(refusal) = step.refused {
            app.metrics.turns.get_or_create(&[("decision", Decision::Refused.as_str())]).inc();
            return Ok((Handled::Refused(refusal), 1));
        }

        let mut count = 1;
        if is_said && conversation.status == Status::Assigned && step.effects.is_empty() {
            for (cid, action) in behind {
                let event = perceive(app, &mind, &step.state, &conversation, action, Some(cid), &now).await?;
                let next = dialogue::step(&mind.playbook, &step.state, &event, Some(cid.clone()), &now);
                if step.state.status != Status::Assigned || next.refused.is_some() || !next.effects.is_empty() {
                    break;
                }
                step.drafts.extend(next.drafts);
                step.state = next.state;
                count += 1;
            }
        }
        let (decision, due_at) = (step.decision, step.state.due_at);
        let commit = commit_of(&conversation, step, action.sender(), cid.clone(), &now);
        let committed = match conversations::commit_turn(&app.store, commit).await {
            // One of those behind may be stored already; then each has to take its own turn to hear of it.
            Err(StoreError::Unavailable(error)) if count > 1 => {
                tracing::debug!(%conv, %error, "what came together goes one by one");
                behind = &[];
                continue;
            }
            committed => committed?,
        };
        match committed {
            // One of those behind may be the one that names it.
            Committed::NoSuchFile if count > 1 => behind = &[],
            Committed::NoSuchFile => return Ok((Handled::Refused(Refusal::NoSuchFile), 1)),
            Committed::Full => return Ok((Handled::Refused(Refusal::Full), 1)),
            Committed::Conflict => {
                app.metrics.conflicts.inc();
            }
            Committed::Duplicate { seq } => return Ok((Handled::Duplicate { seq }, 1)),
            Committed::Done { entries, conversation: after } => {
                if let Some(due_at) = due_at {
                    app.pauses.add(conv, due_at);
                }
                app.metrics.turns.get_or_create(&[("decision", decision.as_str())]).inc_by(count as u64);
                app.metrics.commits.inc();
                app.bus.publish(&BusEvent::Turn { conv: conv.clone(), status: after.status, entries });
                app.metrics.turn_seconds.observe(started.elapsed().as_secs_f64());
                tracing::debug!(%conv, decision = decision.as_str(), "turn committed");
                if frees_or_waits(&conversation, &after) {
                    app.dispatch_due.notify_one();
                }
                return Ok((Handled::Done, count));
            }
        }
    }
    Err(TurnError::Contended)
}

impl Action {
    /// As in [`TurnCommit::sender`].
    pub fn sender(&self) -> &str {
        match self {
            Action::Shopper { .. } => SHOPPER,
            Action::Agent { agent, .. } => agent.id.as_str(),
            Action::System(_) => "system",
        }
    }

    /// Shoppers have their own conversation and no other.
    fn may_touch(&self, conversation: &Conversation) -> bool {
        match self {
            Action::Shopper { contact, .. } => *contact == conversation.contact,
            Action::Agent { .. } | Action::System(_) => true,
        }
    }
}

/// Understands what was said and fetches what the decision needs to know of the world.
async fn perceive(
    app: &App,
    mind: &Arc<Mind>,
    state: &State,
    Conversation { id: conv, contact, .. }: &Conversation,
    action: &Action,
    cid: Option<&Cid>,
    now: &Now,
) -> Result<Event, StoreError> {
    match action {
        Action::Agent { agent, act: AgentAct::Correct { seq, what } } => {
            // Of a later version than the conversation's, the commit finds that out.
            let entry = conversations::entries_after(&app.store, conv, seq - 1, 1).await?;
            let entry = entry.into_iter().find(|entry| entry.seq == *seq).map(Box::new);
            Ok(Event::Corrected { agent: agent.clone(), entry, what: what.clone() })
        }
        Action::Shopper { act: ShopperAct::Rate(verdict), .. } => Ok(Event::Rated(verdict.clone())),
        Action::Agent { agent, act } => Ok(Event::Agent { agent: agent.clone(), act: act.clone() }),
        Action::System(SystemAct::OfferMissed { epoch }) => Ok(Event::OfferMissed { epoch: *epoch }),
        Action::System(SystemAct::AgentLost { epoch }) => Ok(Event::AgentLost { epoch: *epoch }),
        Action::System(SystemAct::NobodyOnline) => Ok(Event::NobodyOnline),
        Action::System(SystemAct::DeskClosed) => Ok(Event::DeskClosed),
        Action::Shopper { act: ShopperAct::Open, .. } => Ok(Event::Opened),
        Action::System(SystemAct::PauseOver) => {
            let words = dialogue::words_to_answer(state, None);
            // What an order needs is answered at once and does not wait; should it be needed all the same, the
            // attempt is counted against the visitor alone.
            let network = format!("visitor {contact}");
            let asker = asker(contact, &network, None);
            let said =
                hear(app, mind, state, Heard { words, bubble: None, choice: None, files: &[], asker }, now).await?;
            Ok(Event::Paused(Box::new(said)))
        }
        Action::Shopper { contact, network, act: ShopperAct::Say { text, choice, files } } => {
            let words = match choice {
                Some(_) => text.clone(),
                None => dialogue::words_to_answer(state, Some(text)),
            };
            let asker = asker(contact, network, cid);
            let heard = Heard { words, bubble: Some(text), choice: choice.clone(), files, asker };
            Ok(Event::Said(Box::new(hear(app, mind, state, heard, now).await?)))
        }
    }
}

/// What came in, and who is answerable for attempts at orders.
struct Heard<'a> {
    words: String,
    /// `None`: nothing more came.
    bubble: Option<&'a str>,
    choice: Option<Choice>,
    files: &'a [Attachment],
    asker: orders::Asker,
}

fn asker(contact: &ContactId, network: &str, cid: Option<&Cid>) -> orders::Asker {
    let attempt = cid.map_or_else(|| Uuid::now_v7().to_string(), |cid| format!("{contact}:{cid}"));
    orders::Asker { visitor: contact.clone(), network: network.to_owned(), attempt }
}

async fn hear(app: &App, mind: &Arc<Mind>, state: &State, heard: Heard<'_>, now: &Now) -> Result<Said, StoreError> {
    let Heard { words, bubble, choice, files, asker } = heard;
    let (understanding, parts) = match state.status {
        // A person has it: the bot looks for no answer, and hears a little later how it was said.
        Status::Assigned if bubble.is_some() => Default::default(),
        Status::Assigned => (Understanding { feelings: mind.feelings(&words), ..Default::default() }, Vec::new()),
        Status::Bot | Status::Queued | Status::Offered | Status::Closed => {
            Mind::hear_in_time(mind, &words, state.memory.spoken_of()).await
        }
    };
    let facts = Facts { shelf: mind.shelf.clone(), ..Facts::default() };
    let (bubble, files) = (bubble.unwrap_or_default().to_owned(), files.to_vec());
    let mut said = Said { text: words, bubble, choice, files, understanding, parts, facts };
    if state.status != Status::Assigned {
        let max_failures = mind.playbook.thresholds.proof_failures;
        for need in dialogue::needs(&mind.playbook, state, &said, now) {
            let number = need.number().clone();
            // An attempt of its own for each order, and the same one when the turn is decided twice.
            let asker = orders::Asker { attempt: format!("{}:{number}", asker.attempt), ..asker.clone() };
            let lookup = look_up(app, need, &asker, max_failures, now).await?;
            let returns = match lookup {
                OrderLookup::Found(_) => returns::list_for_order(&app.store, &number).await?,
                OrderLookup::NotProved | OrderLookup::Locked => Vec::new(),
            };
            said.facts.orders.push(OrderFacts { number, lookup, returns });
        }
    }
    Ok(said)
}

async fn look_up(
    app: &App,
    need: Need,
    asker: &orders::Asker,
    max_failures: u32,
    now: &Now,
) -> Result<OrderLookup, StoreError> {
    match need {
        Need::Order { number, proof } => {
            orders::look_up(&app.store, &app.shop, &number, &proof, asker, max_failures, now).await
        }
        Need::ProvedOrder { number } => {
            let found = app.shop.find(&number, now);
            Ok(found.map_or(OrderLookup::NotProved, |order| OrderLookup::Found(Box::new(order))))
        }
    }
}

/// The dialogue's memory; the row beside it is the truth about who has the conversation.
pub(super) fn recall(conversation: &Conversation) -> State {
    let state: State = serde_json::from_str(&conversation.state_json).unwrap_or_else(|error| {
        tracing::warn!(conv = %conversation.id, %error, "the dialogue's memory cannot be read and starts anew");
        State { lang: conversation.lang, ..State::default() }
    });
    State {
        status: conversation.status,
        assignee: conversation.assignee.clone(),
        assign_epoch: conversation.assign_epoch,
        queued_at: conversation.queued_at,
        offered_until: conversation.offered_until,
        previous_agent: conversation.previous_agent.clone(),
        team: conversation.team.clone(),
        inbox: Some(conversation.inbox.clone()),
        ..state
    }
}

fn remember(state: &State) -> String {
    // Plain data with string keys: there is nothing that serde_json refuses.
    serde_json::to_string(state).unwrap_or_default()
}

/// What a step that was not refused leaves behind.
pub(super) fn commit_of(
    conversation: &Conversation,
    step: Step,
    sender: &str,
    cid: Option<Cid>,
    now: &Now,
) -> TurnCommit {
    TurnCommit {
        conversation: conversation.id.clone(),
        version: conversation.version,
        at: now.at,
        sender: sender.to_owned(),
        cid,
        before: conversation.assignee.as_ref().map(|agent| agent.id.clone()),
        after: after(&step.state),
        drafts: step.drafts,
        effects: step.effects,
    }
}

/// Whether there is something new to give out: somebody began to wait, or an agent has room again.
fn frees_or_waits(before: &Conversation, after: &Conversation) -> bool {
    let begins_to_wait = after.status == Status::Queued && before.status != Status::Queued;
    begins_to_wait || before.assignee.is_some() && before.assignee != after.assignee
}

fn after(state: &State) -> After {
    After {
        status: state.status,
        lang: state.lang,
        assignee: state.assignee.clone(),
        assign_epoch: state.assign_epoch,
        priority: state.priority.score,
        queued_at: state.queued_at,
        offered_until: state.offered_until,
        previous_agent: state.previous_agent.clone(),
        team: state.team.clone(),
        sla_due_at: state.memory.sla_due_at,
        due_at: state.due_at,
        state_json: remember(state),
    }
}
