//! The claim: an agent with room and the head of their queue, brought together in one transaction.
//!
//! Agent first: the seat of whoever's turn it is is locked, then the head of what they may take. Whatever another
//! claim holds is skipped, so nobody waits. What comes of it is decided by the caller's pure function and committed as
//! every turn is.

use sqlx::{AnyConnection, any::AnyRow};

use super::{
    Store, StoreError, columns,
    conversations::{self, Committed},
    dialect,
    readers::Read,
    writer::Outcome,
};
use crate::domain::{
    AgentRef, Conversation, How, Load, UnixMs, Way,
    ids::{AgentId, ConversationId, InboxId},
    turn::TurnCommit,
};

/// What is to be given out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    pub inbox: InboxId,
    pub way: Way,
    /// Of agents whose own is not set.
    pub capacity: i64,
    /// Who had a conversation before is its first choice.
    pub previous_first: bool,
    pub now: UnixMs,
    /// Leases that last longer count as somebody there.
    pub there_until: UnixMs,
    /// Who has waited since then or longer is given to anybody.
    pub overflow_before: UnixMs,
}

/// Two that found each other. Both are locked.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    pub conversation: Conversation,
    pub agent: AgentRef,
    pub load: Load,
    pub how: How,
    /// False: it has waited too long for its own team or language, and is anybody's.
    pub is_own: bool,
}

/// What became of a search.
#[derive(Debug, Clone, PartialEq)]
pub enum Claimed {
    Given(Committed),
    /// Nobody with room is there for anybody who waits; or others are at it.
    Nothing,
}

/// An offer that nobody answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissedOffer {
    pub conv: ConversationId,
    pub epoch: i64,
}

/// A seat that may take a conversation now: the rules of presence, room, and what the agent may take. `$2` is
/// the time a lease must last beyond, `$3` now, `$4` the inbox's capacity.
macro_rules! can_take {
    () => {
        "agent.disabled = 0 AND agent.role <> 'editor' AND seat.available = 1 AND COALESCE(seat.wrap_until, 0) <= $3 \
         AND seat.active < COALESCE(seat.capacity, $4) AND EXISTS (SELECT 1 FROM presence WHERE presence.agent = seat.agent AND presence.node <> '' \
         AND presence.expires_at > $2)"
    };
}

/// Whether this agent serves this conversation's team and language.
macro_rules! serves {
    () => {
        "(conversation.team IS NULL \
         OR NOT EXISTS (SELECT 1 FROM team_member WHERE team_member.team = conversation.team) \
         OR EXISTS (SELECT 1 FROM team_member WHERE team_member.team = conversation.team \
         AND team_member.agent = seat.agent)) \
         AND (NOT EXISTS (SELECT 1 FROM agent_lang WHERE agent_lang.agent = seat.agent) \
         OR EXISTS (SELECT 1 FROM agent_lang WHERE agent_lang.agent = seat.agent \
         AND agent_lang.lang = conversation.lang))"
    };
}

/// Whether this agent was not asked a moment ago.
macro_rules! not_passed_over {
    () => {
        "NOT EXISTS (SELECT 1 FROM passed_over WHERE passed_over.conversation = conversation.id \
         AND passed_over.agent = seat.agent AND passed_over.until > $3)"
    };
}

/// Whether this agent may be given this conversation: it is theirs, or has waited since before `$5` and is anybody's.
macro_rules! fits {
    () => {
        concat!(not_passed_over!(), " AND (conversation.queued_at <= $5 OR (", serves!(), "))")
    };
}

macro_rules! seats {
    ($order:expr, $lock:expr) => {
        concat!(
            "SELECT seat.agent, agent.name, seat.active, COALESCE(seat.capacity, $4) AS capacity, seat.idle_since FROM seat \
             JOIN agent ON agent.id = seat.agent WHERE ",
            can_take!(),
            " AND EXISTS (SELECT 1 FROM conversation WHERE conversation.status = 'queued' \
             AND conversation.inbox = $1 AND ",
            fits!(),
            ") ORDER BY ",
            $order,
            " LIMIT 1",
            $lock
        )
    };
}

/// Whole thousandths, so that both databases divide alike.
macro_rules! least_loaded {
    () => {
        "seat.active * 1000 / COALESCE(seat.capacity, $4), seat.idle_since, seat.agent"
    };
}

macro_rules! round_robin {
    () => {
        "seat.given_at, seat.agent"
    };
}

macro_rules! head_of_queue {
    ($lock:expr) => {
        concat!(
            "SELECT ",
            "conversation.id, inbox, contact, lang, status, assignee, assignee_name, assign_epoch, priority, queued_at, \
             version, head, created_at, updated_at, state, offered_until, previous_agent, team, CASE WHEN ",
            serves!(),
            " THEN 1 ELSE 0 END AS is_own FROM conversation JOIN seat ON seat.agent = $2 WHERE conversation.status = 'queued' \
             AND conversation.inbox = $1 AND seat.active < COALESCE(seat.capacity, $4) AND ",
            fits!(),
            " ORDER BY conversation.priority DESC, conversation.queued_at, conversation.id LIMIT 1",
            $lock
        )
    };
}

/// The seat of who had it before, if it is there with room. `$1` is the agent, `$5` the conversation.
macro_rules! previous_seat {
    ($lock:expr) => {
        concat!(
            "SELECT seat.agent, agent.name, seat.active, COALESCE(seat.capacity, $4) AS capacity, seat.idle_since FROM seat \
             JOIN agent ON agent.id = seat.agent WHERE seat.agent = $1 AND ",
            can_take!(),
            " AND EXISTS (SELECT 1 FROM conversation WHERE conversation.id = $5 AND ",
            not_passed_over!(),
            " AND ",
            serves!(),
            ")",
            $lock
        )
    };
}

macro_rules! lock {
    ($of:literal) => {
        concat!(" FOR UPDATE OF ", $of, " SKIP LOCKED")
    };
}

/// Brings one agent and one conversation together, if there are two for each other. `decide` is run inside the
/// transaction: it must be pure and quick. `None` leaves everything as it is.
pub async fn claim(
    store: &Store,
    search: Search,
    decide: impl FnOnce(Match) -> Option<TurnCommit> + Clone + Send + 'static,
) -> Result<Claimed, StoreError> {
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                let Some(found) = find(db, &search).await? else { return Ok(Outcome::Keep(Claimed::Nothing)) };
                let Some(commit) = decide(found) else { return Ok(Outcome::Keep(Claimed::Nothing)) };
                Ok(match conversations::commit_in(db, commit).await? {
                    Outcome::Keep(committed) => Outcome::Keep(Claimed::Given(committed)),
                    Outcome::Undo(committed) => Outcome::Undo(Claimed::Given(committed)),
                })
            })
        })
        .await
}

async fn find(db: &mut AnyConnection, search: &Search) -> Result<Option<Match>, StoreError> {
    let locks = dialect::is_postgres(db);
    let seat = sqlx::query(match (search.way, locks) {
        (Way::Pull, _) => return Ok(None),
        (Way::LeastLoaded, false) => seats!(least_loaded!(), ""),
        (Way::LeastLoaded, true) => seats!(least_loaded!(), lock!("seat")),
        (Way::RoundRobin, false) => seats!(round_robin!(), ""),
        (Way::RoundRobin, true) => seats!(round_robin!(), lock!("seat")),
    })
    .bind(search.inbox.0.clone())
    .bind(search.there_until)
    .bind(search.now)
    .bind(search.capacity)
    .bind(search.overflow_before)
    .fetch_optional(&mut *db)
    .await?;
    let Some(seat) = seat else { return Ok(None) };
    let (agent, load) = seat_of(&seat, search.now)?;
    let head = sqlx::query(if locks { head_of_queue!(lock!("conversation")) } else { head_of_queue!("") })
        .bind(search.inbox.0.clone())
        .bind(agent.id.0.clone())
        .bind(search.now)
        .bind(search.capacity)
        .bind(search.overflow_before)
        .fetch_optional(&mut *db)
        .await?;
    let Some(head) = head else { return Ok(None) };
    let conversation = conversations::conversation(&head)?;
    let is_own = columns::int(&head, "is_own")? != 0;
    let previous = conversation.previous_agent.clone().filter(|_| search.previous_first);
    match previous {
        Some(previous) if previous == agent.id => {
            Ok(Some(Match { conversation, agent, load, how: How::Previous, is_own }))
        }
        Some(previous) => {
            let seat = sqlx::query(if locks { previous_seat!(lock!("seat")) } else { previous_seat!("") })
                .bind(previous.0)
                .bind(search.there_until)
                .bind(search.now)
                .bind(search.capacity)
                .bind(conversation.id.0.clone())
                .fetch_optional(&mut *db)
                .await?;
            Ok(Some(match seat {
                Some(seat) => {
                    let (agent, load) = seat_of(&seat, search.now)?;
                    Match { conversation, agent, load, how: How::Previous, is_own: true }
                }
                None => Match { conversation, agent, load, how: How::Given, is_own },
            }))
        }
        None => Ok(Some(Match { conversation, agent, load, how: How::Given, is_own })),
    }
}

fn seat_of(row: &AnyRow, now: UnixMs) -> Result<(AgentRef, Load), StoreError> {
    let agent = AgentRef { id: AgentId(columns::text(row, "agent")?), name: columns::text(row, "name")? };
    let idle_since = columns::int(row, "idle_since")?;
    let load = Load {
        active: columns::int(row, "active")?,
        capacity: columns::int(row, "capacity")?,
        idle_ms: (idle_since > 0).then_some(now - idle_since),
    };
    Ok((agent, load))
}

/// Offers that ran out by now, the longest over first; at most 200.
pub async fn missed_offers(store: &Store, now: UnixMs) -> Result<Vec<MissedOffer>, StoreError> {
    let found = sqlx::query(
        "SELECT id, assign_epoch FROM conversation WHERE offered_until <= $1 ORDER BY offered_until, id LIMIT 200",
    )
    .bind(now)
    .all(&store.readers)
    .await?;
    let missed = |row| {
        Ok(MissedOffer { conv: ConversationId(columns::text(row, "id")?), epoch: columns::int(row, "assign_epoch")? })
    };
    found.iter().map(missed).collect()
}

/// Who waits in this inbox and could be given to nobody who is there, whether or not they have room now.
pub async fn out_of_reach(
    store: &Store,
    inbox: &InboxId,
    there_until: UnixMs,
    overflow_before: UnixMs,
) -> Result<Vec<ConversationId>, StoreError> {
    let found = sqlx::query(concat!(
        "SELECT conversation.id FROM conversation WHERE conversation.status = 'queued' AND conversation.inbox = $3 \
         AND NOT EXISTS (SELECT 1 FROM seat JOIN agent ON agent.id = seat.agent WHERE agent.disabled = 0 AND agent.role <> 'editor' \
         AND seat.available = 1 AND EXISTS (SELECT 1 FROM presence WHERE presence.agent = seat.agent \
         AND presence.expires_at > $1) AND (conversation.queued_at <= $2 OR (",
        serves!(),
        "))) ORDER BY conversation.priority DESC, conversation.queued_at, conversation.id"
    ))
    .bind(there_until)
    .bind(overflow_before)
    .bind(inbox.0.clone())
    .all(&store.readers)
    .await?;
    found.iter().map(|row| Ok(ConversationId(columns::text(row, "id")?))).collect()
}
