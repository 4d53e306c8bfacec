//! Writing: jobs queue up, and those that wait share a transaction and its commit.
//!
//! An fsync costs milliseconds however little is written, so writes share it (group commit). A caller hears of
//! success only after the commit is on disk. SQLite has one writer ([`sqlite`]), PostgreSQL several ([`postgres`]).

mod postgres;
mod sqlite;

use std::sync::Arc;

use futures_util::future::BoxFuture;
use sqlx::AnyConnection;
use tokio::{
    sync::{Mutex, mpsc, oneshot},
    time::Instant,
};
use tokio_util::task::TaskTracker;

use super::{
    StoreError,
    dialect::{self, Engine, Meaning},
};

/// Writes that may wait; more than that and callers are told `Busy` instead of queueing without end.
const QUEUE_LENGTH: usize = 1024;

/// Connections that write to PostgreSQL. Under load each commits for many, so a few keep the server busy.
const POSTGRES_WRITERS: usize = 4;

/// What a job made of its turn in the transaction.
pub(super) enum Outcome<T> {
    /// Keep what was written, and answer this.
    Keep(T),
    /// Take back what was written, and answer this.
    Undo(T),
}

/// The sending end; clones share the writers.
#[derive(Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Message>,
    workers: TaskTracker,
}

enum Message {
    Job(Box<dyn Job>),
    /// Finish what waits, then stop.
    Close,
}

/// The waiting end; PostgreSQL's writers share it.
type Queue = Arc<Mutex<mpsc::Receiver<Message>>>;

/// A job's turn, as far as the transaction is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Keep,
    Undo,
    /// The statement failed; what it means for another try.
    Failed(Meaning),
}

/// What became of the transaction.
#[derive(Clone, Copy)]
enum Fate<'a> {
    Committed,
    /// Nothing is stored.
    NotCommitted(&'a str),
    /// Nobody knows: the connection was lost while the commit was under way.
    Unknown(&'a str),
    /// Nothing is stored; the database has too much to do.
    Busy,
}

trait Job: Send {
    /// Does the writing; may be called again as long as `again` is true.
    fn run<'c>(&'c mut self, db: &'c mut AnyConnection, again: bool) -> BoxFuture<'c, Turn>;
    fn answer(self: Box<Self>, fate: Fate<'_>);
    /// What it is about. Jobs of one transaction run in this order, so that two transactions never wait for each
    /// other's rows.
    fn key(&self) -> &str;
    fn queued_at(&self) -> Instant;
    /// Much to write: not to be put together with others, and given time.
    fn is_long(&self) -> bool;
}

struct TypedJob<T, F> {
    key: String,
    is_long: bool,
    queued_at: Instant,
    work: Option<F>,
    result: Option<Result<T, StoreError>>,
    caller: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Job for TypedJob<T, F>
where
    T: Send,
    F: for<'c> FnOnce(&'c mut AnyConnection) -> BoxFuture<'c, Result<Outcome<T>, StoreError>> + Clone + Send,
{
    fn run<'c>(&'c mut self, db: &'c mut AnyConnection, again: bool) -> BoxFuture<'c, Turn> {
        Box::pin(async move {
            let work = if again { self.work.clone() } else { self.work.take() };
            let Some(work) = work else { return Turn::Failed(Meaning::Other) };
            let (turn, result) = match work(db).await {
                Ok(Outcome::Keep(value)) => (Turn::Keep, Ok(value)),
                Ok(Outcome::Undo(value)) => (Turn::Undo, Ok(value)),
                Err(StoreError::Unavailable(error)) => {
                    let meaning = dialect::meaning(&error);
                    let error = match meaning {
                        Meaning::Crossed | Meaning::Overloaded => StoreError::Busy,
                        Meaning::Rule | Meaning::Other => StoreError::Unavailable(error),
                    };
                    (Turn::Failed(meaning), Err(error))
                }
                Err(error) => (Turn::Failed(Meaning::Other), Err(error)),
            };
            self.result = Some(result);
            turn
        })
    }

    fn answer(self: Box<Self>, fate: Fate<'_>) {
        let answer = match (fate, self.result) {
            // The job's own error says more than that of the batch it spoilt.
            (_, Some(Err(error))) => Err(error),
            (Fate::Committed, Some(Ok(value))) => Ok(value),
            (Fate::Committed, None) => Err(StoreError::Closed),
            (Fate::NotCommitted(reason), _) => Err(StoreError::NotCommitted(reason.to_owned())),
            (Fate::Unknown(reason), _) => Err(StoreError::Unknown(reason.to_owned())),
            (Fate::Busy, _) => Err(StoreError::Busy),
        };
        // A caller that went away does not need the answer; what was committed stays.
        let _ = self.caller.send(answer);
    }

    fn key(&self) -> &str {
        &self.key
    }

    fn queued_at(&self) -> Instant {
        self.queued_at
    }

    fn is_long(&self) -> bool {
        self.is_long
    }
}

impl Writer {
    /// Starts writing. `connection` is ready to be used (migrated), if there is one already.
    pub(super) fn start(address: dialect::Address, connection: Option<AnyConnection>) -> Writer {
        let (queue, jobs) = mpsc::channel(QUEUE_LENGTH);
        let workers = TaskTracker::new();
        match address.engine {
            Engine::Sqlite => {
                workers.spawn(sqlite::Worker { address, connection, jobs }.run());
            }
            Engine::Postgres => {
                let jobs: Queue = Arc::new(Mutex::new(jobs));
                for _ in 0..POSTGRES_WRITERS {
                    workers.spawn(postgres::Worker::new(address.clone(), jobs.clone()).run());
                }
            }
        }
        workers.close();
        Writer { queue, workers }
    }

    pub(super) async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut AnyConnection) -> BoxFuture<'c, Result<Outcome<T>, StoreError>>
            + Clone
            + Send
            + 'static,
    {
        self.enqueue(String::new(), false, work).await
    }

    /// A write that locks the row of `key` before any other.
    pub(super) async fn write_about<T, F>(&self, key: &str, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut AnyConnection) -> BoxFuture<'c, Result<Outcome<T>, StoreError>>
            + Clone
            + Send
            + 'static,
    {
        self.enqueue(key.to_owned(), false, work).await
    }

    /// A write of many rows, that may take longer than one that somebody waits for.
    pub(super) async fn write_much<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut AnyConnection) -> BoxFuture<'c, Result<Outcome<T>, StoreError>>
            + Clone
            + Send
            + 'static,
    {
        self.enqueue(String::new(), true, work).await
    }

    async fn enqueue<T, F>(&self, key: String, is_long: bool, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut AnyConnection) -> BoxFuture<'c, Result<Outcome<T>, StoreError>>
            + Clone
            + Send
            + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let job = TypedJob { key, is_long, queued_at: Instant::now(), work: Some(work), result: None, caller };
        self.queue.try_send(Message::Job(Box::new(job))).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => StoreError::Busy,
            mpsc::error::TrySendError::Closed(_) => StoreError::Closed,
        })?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    pub(super) async fn close(&self) {
        // Already closed is closed.
        let _ = self.queue.send(Message::Close).await;
        self.workers.wait().await;
    }
}

/// The next jobs that wait, at least one and at most `most`; `None` when there will be no more.
async fn next_batch(jobs: &mut mpsc::Receiver<Message>, most: usize) -> Option<Vec<Box<dyn Job>>> {
    let mut batch: Vec<Box<dyn Job>> = Vec::new();
    let mut next = Some(jobs.recv().await?);
    while let Some(message) = next {
        match message {
            Message::Job(job) => batch.push(job),
            Message::Close => jobs.close(),
        }
        next = if batch.len() < most { jobs.try_recv().ok() } else { None };
    }
    Some(batch)
}

async fn close(connection: Option<AnyConnection>) {
    if let Some(connection) = connection
        && let Err(error) = sqlx::Connection::close(connection).await
    {
        tracing::warn!(%error, "the database was not closed cleanly");
    }
}
