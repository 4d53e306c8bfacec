//! The one writer: takes all writes that wait, runs them in one transaction, commits once, then answers.
//!
//! An fsync costs milliseconds however little is written, so writes share it (group commit). Each job runs in
//! a savepoint of its own: a job that fails takes back its own writes and nobody else's. A caller hears of
//! success only after the commit is on disk; if the commit fails, every job of the batch hears that.

use futures_util::future::BoxFuture;
use sqlx::{AnyConnection, Connection};
use tokio::sync::{mpsc, oneshot};

use super::{StoreError, dialect};

/// Writes that may wait; more than that and callers are told `Busy` instead of queueing without end.
const QUEUE_LENGTH: usize = 1024;

/// Jobs that share one commit at most, so that the first of them does not wait for ever.
const BATCH_LENGTH: usize = 512;

/// What a job made of its turn in the transaction.
pub(super) enum Outcome<T> {
    /// Keep what was written, and answer this.
    Keep(T),
    /// Take back what was written, and answer this.
    Undo(T),
}

/// The sending end; clones share the writer.
#[derive(Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Message>,
}

enum Message {
    Job(Box<dyn Job>),
    /// Finish what waits, close, answer.
    Close(oneshot::Sender<()>),
}

trait Job: Send {
    /// Does the writing. True: keep it.
    fn run<'c>(&'c mut self, db: &'c mut AnyConnection) -> BoxFuture<'c, bool>;
    /// Tells the caller, with the reason if the batch as a whole was not committed.
    fn answer(self: Box<Self>, not_committed: Option<&str>);
}

struct TypedJob<T, F> {
    work: Option<F>,
    result: Option<Result<T, StoreError>>,
    caller: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Job for TypedJob<T, F>
where
    T: Send,
    F: for<'c> FnOnce(&'c mut AnyConnection) -> BoxFuture<'c, Result<Outcome<T>, StoreError>> + Send,
{
    fn run<'c>(&'c mut self, db: &'c mut AnyConnection) -> BoxFuture<'c, bool> {
        Box::pin(async move {
            let Some(work) = self.work.take() else { return false };
            let (keep, result) = match work(db).await {
                Ok(Outcome::Keep(value)) => (true, Ok(value)),
                Ok(Outcome::Undo(value)) => (false, Ok(value)),
                Err(error) => (false, Err(error)),
            };
            self.result = Some(result);
            keep
        })
    }

    fn answer(self: Box<Self>, not_committed: Option<&str>) {
        let answer = match (not_committed, self.result) {
            // The job's own error says more than that of the batch it spoilt.
            (_, Some(Err(error))) => Err(error),
            (Some(reason), _) => Err(StoreError::NotCommitted(reason.to_owned())),
            (None, Some(Ok(value))) => Ok(value),
            (None, None) => Err(StoreError::Closed),
        };
        // A caller that went away does not need the answer; what was committed stays.
        let _ = self.caller.send(answer);
    }
}

impl Writer {
    /// Starts the writer on a connection that is ready (migrated).
    pub(super) fn start(address: dialect::Address, connection: AnyConnection) -> Writer {
        let (queue, jobs) = mpsc::channel(QUEUE_LENGTH);
        tokio::spawn(Loop { address, connection: Some(connection), jobs }.run());
        Writer { queue }
    }

    pub(super) async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut AnyConnection) -> BoxFuture<'c, Result<Outcome<T>, StoreError>> + Send + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let job = TypedJob { work: Some(work), result: None, caller };
        self.queue.try_send(Message::Job(Box::new(job))).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => StoreError::Busy,
            mpsc::error::TrySendError::Closed(_) => StoreError::Closed,
        })?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    pub(super) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.queue.send(Message::Close(done)).await.is_ok() {
            let _ = closed.await;
        }
    }
}

struct Loop {
    address: dialect::Address,
    /// `None` after trouble: opened again for the next batch, so that the server recovers without a restart.
    connection: Option<AnyConnection>,
    jobs: mpsc::Receiver<Message>,
}

impl Loop {
    async fn run(mut self) {
        let mut closing = Vec::new();
        while let Some(message) = self.jobs.recv().await {
            let mut batch: Vec<Box<dyn Job>> = Vec::new();
            let mut next = Some(message);
            while let Some(message) = next {
                match message {
                    Message::Job(job) => batch.push(job),
                    Message::Close(done) => {
                        self.jobs.close();
                        closing.push(done);
                    }
                }
                next = if batch.len() < BATCH_LENGTH { self.jobs.try_recv().ok() } else { None };
            }
            if batch.is_empty() {
                continue;
            }
            let failure = match self.commit(&mut batch).await {
                Ok(()) => None,
                Err(error) => {
                    self.connection = None;
                    Some(error.to_string())
                }
            };
            for job in batch {
                job.answer(failure.as_deref());
            }
        }
        if let Some(connection) = self.connection.take()
            && let Err(error) = connection.close().await
        {
            tracing::warn!(%error, "the database was not closed cleanly");
        }
        for done in closing {
            let _ = done.send(());
        }
    }

    /// One transaction for all. An error means that nothing of the batch is on disk.
    async fn commit(&mut self, batch: &mut [Box<dyn Job>]) -> Result<(), sqlx::Error> {
        let db = match &mut self.connection {
            Some(connection) => connection,
            empty => empty.insert(self.address.connect_writer().await?),
        };
        sqlx::raw_sql(dialect::BEGIN).execute(&mut *db).await?;
        for job in batch {
            sqlx::raw_sql("SAVEPOINT job").execute(&mut *db).await?;
            if !job.run(db).await {
                // On some errors (disk full) SQLite has already rolled back everything: then there is no such
                // savepoint, this fails, and with it rightly the whole batch.
                sqlx::raw_sql("ROLLBACK TO SAVEPOINT job").execute(&mut *db).await?;
            }
            sqlx::raw_sql("RELEASE SAVEPOINT job").execute(&mut *db).await?;
        }
        sqlx::raw_sql("COMMIT").execute(&mut *db).await?;
        Ok(())
    }
}
