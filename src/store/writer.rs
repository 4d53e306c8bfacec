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

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;
    use sqlx::Row;
    use tokio::sync::oneshot;

    use super::*;
    use crate::store::{Store, sqlite_url};

    /// What a job of these tests does in its turn.
    #[derive(Debug, Clone, Copy)]
    enum Does {
        Keeps,
        Undoes,
        /// Breaks a rule that is checked at once.
        Fails,
        /// Breaks a rule that is checked at the commit.
        SpoilsTheCommit,
        /// Writes more than there is room for.
        FillsTheDisk,
    }

    async fn fresh() -> (Store, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        (Store::open(&sqlite_url(&folder.path().join("t.db")), 1).await.unwrap(), folder)
    }

    async fn act(db: &mut AnyConnection, name: String, does: Does) -> Result<Outcome<()>, StoreError> {
        sqlx::query("INSERT INTO meta (name, value) VALUES ($1, 'x')").bind(name).execute(&mut *db).await?;
        match does {
            Does::Keeps => return Ok(Outcome::Keep(())),
            Does::Undoes => return Ok(Outcome::Undo(())),
            Does::Fails => {
                sqlx::query("INSERT INTO meta (name, value) VALUES ('epoch', 'x')").execute(&mut *db).await?;
            }
            Does::SpoilsTheCommit => {
                sqlx::raw_sql("PRAGMA defer_foreign_keys = ON").execute(&mut *db).await?;
                sqlx::query(
                    "INSERT INTO agent_session (token_hash, agent, created_at, expires_at) VALUES ('t', 'nobody', 0, 0)",
                )
                .execute(&mut *db)
                .await?;
            }
            Does::FillsTheDisk => {
                sqlx::raw_sql("PRAGMA max_page_count = 1").execute(&mut *db).await?;
                sqlx::query("INSERT INTO meta (name, value) VALUES ('big', $1)")
                    .bind("x".repeat(1_000_000))
                    .execute(&mut *db)
                    .await?;
            }
        }
        Ok(Outcome::Keep(()))
    }

    /// Runs these jobs as one batch: they queue up while the writer is held. Answers, and the names that stayed.
    async fn batch(store: &Store, jobs: &[(&'static str, Does)]) -> (Vec<Result<(), StoreError>>, Vec<String>) {
        let (open, gate) = oneshot::channel::<()>();
        let (entered, held) = oneshot::channel::<()>();
        let holder = store.writer.write(|_| {
            Box::pin(async move {
                let _ = entered.send(());
                let _ = gate.await;
                Ok(Outcome::Keep(()))
            })
        });
        let queue = async {
            held.await.unwrap();
            let mut writes = Box::pin(join_all(jobs.iter().map(|(name, does)| {
                let (name, does) = (name.to_string(), *does);
                store.writer.write(move |db| Box::pin(act(db, name, does)))
            })));
            // One poll puts all of them into the queue; then the writer may go on.
            assert!(futures_util::poll!(&mut writes).is_pending());
            open.send(()).unwrap();
            writes.await
        };
        let (held, answers) = tokio::join!(holder, queue);
        held.unwrap();
        let stayed = sqlx::query("SELECT name FROM meta WHERE value = 'x' ORDER BY name")
            .fetch_all(&store.readers)
            .await
            .unwrap();
        (answers, stayed.iter().map(|row| row.get("name")).collect())
    }

    #[tokio::test]
    async fn a_job_that_fails_takes_back_only_its_own_writes() {
        let (store, _folder) = fresh().await;
        let jobs = [("a", Does::Keeps), ("b", Does::Fails), ("c", Does::Undoes), ("d", Does::Keeps)];
        let (answers, stayed) = batch(&store, &jobs).await;
        assert!(matches!(&answers[..], [Ok(()), Err(StoreError::Unavailable(_)), Ok(()), Ok(())]), "{answers:?}");
        assert_eq!(stayed, ["a", "d"]);
    }

    #[tokio::test]
    async fn waiting_jobs_share_a_commit_and_hear_of_success_only_after_it() {
        let (store, _folder) = fresh().await;
        let (answers, stayed) = batch(&store, &[("a", Does::Keeps), ("b", Does::SpoilsTheCommit)]).await;
        assert!(answers.iter().all(|answer| matches!(answer, Err(StoreError::NotCommitted(_)))), "{answers:?}");
        assert!(stayed.is_empty(), "{stayed:?}");
        let (answers, stayed) = batch(&store, &[("a", Does::Keeps)]).await;
        assert!(matches!(&answers[..], [Ok(())]), "{answers:?}");
        assert_eq!(stayed, ["a"]);
    }

    #[tokio::test]
    async fn a_full_disk_refuses_what_does_not_fit_and_nothing_is_acknowledged_falsely() {
        let (store, _folder) = fresh().await;
        let jobs = [("a", Does::Keeps), ("b", Does::FillsTheDisk), ("c", Does::Keeps)];
        let (answers, stayed) = batch(&store, &jobs).await;
        assert!(answers[1].is_err());
        let kept: Vec<_> =
            jobs.iter().zip(&answers).filter(|(_, answer)| answer.is_ok()).map(|(job, _)| job.0).collect();
        assert_eq!(stayed, kept, "{answers:?}");
    }
}
