//! Timers: one table, a unique key each. Whichever node finds one due fires it, once: the effect and the timer's end are
//! one transaction. Arming again moves it.

use sqlx::AnyConnection;

use super::{
    Store, StoreError, columns,
    conversations::{self, Committed},
    dialect,
    writer::Outcome,
};
use crate::domain::{
    Conversation, UnixMs,
    ids::ConversationId,
    turn::{TimerKind, TurnCommit},
};

/// What became of looking for a timer that is due.
#[derive(Debug, Clone, PartialEq)]
pub enum Fired {
    /// Its effect is committed.
    Done(Committed),
    /// It meant nothing any more, and is gone.
    Idle,
    /// None is due, or others have them.
    Nothing,
}

macro_rules! due {
    ($lock:expr) => {
        concat!(
            "SELECT timer.key, timer.kind, timer.due_at, timer.conversation FROM timer WHERE timer.due_at <= $1 \
             ORDER BY timer.due_at, timer.key LIMIT 1",
            $lock
        )
    };
}

/// Fires one timer that is due. `decide` is run inside the transaction with the conversation as it is now: it must be
/// pure and quick. `None`: there is nothing to do any more.
pub async fn fire(
    store: &Store,
    now: UnixMs,
    decide: impl FnOnce(Conversation, TimerKind) -> Option<TurnCommit> + Clone + Send + 'static,
) -> Result<Fired, StoreError> {
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                let locks = dialect::is_postgres(db);
                let due = sqlx::query(if locks { due!(" FOR UPDATE SKIP LOCKED") } else { due!("") })
                    .bind(now)
                    .fetch_optional(&mut *db)
                    .await?;
                let Some(due) = due else { return Ok(Outcome::Keep(Fired::Nothing)) };
                let (key, kind) = (columns::text(&due, "key")?, columns::name(&due, "kind")?);
                let id = ConversationId(columns::text(&due, "conversation")?);
                // Before the effect: that may arm the same timer again.
                sqlx::query("DELETE FROM timer WHERE key = $1").bind(key).execute(&mut *db).await?;
                let commit = conversations::load_in(db, &id).await?.and_then(|known| decide(known, kind));
                let Some(commit) = commit else { return Ok(Outcome::Keep(Fired::Idle)) };
                // Somebody else's turn came in between: the timer stays, and is found again at once.
                Ok(match conversations::commit_in(db, commit).await? {
                    Outcome::Keep(done @ Committed::Done { .. }) => Outcome::Keep(Fired::Done(done)),
                    Outcome::Keep(other) | Outcome::Undo(other) => Outcome::Undo(Fired::Done(other)),
                })
            })
        })
        .await
}

/// With the turn that wants it.
pub(super) async fn arm(
    db: &mut AnyConnection,
    conversation: &ConversationId,
    kind: TimerKind,
    due_at: UnixMs,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO timer (key, conversation, kind, due_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (key) DO UPDATE SET due_at = excluded.due_at",
    )
    .bind(key(conversation, kind)?)
    .bind(conversation.0.clone())
    .bind(columns::to_name(&kind)?)
    .bind(due_at)
    .execute(db)
    .await?;
    Ok(())
}

/// With the turn that makes it idle.
pub(super) async fn disarm(
    db: &mut AnyConnection,
    conversation: &ConversationId,
    kind: TimerKind,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM timer WHERE key = $1").bind(key(conversation, kind)?).execute(db).await?;
    Ok(())
}

fn key(conversation: &ConversationId, kind: TimerKind) -> Result<String, StoreError> {
    Ok(format!("{}:{conversation}", columns::to_name(&kind)?))
}
