//! The one writer of a SQLite file: takes all writes that wait, runs them in one transaction, commits once.
//!
//! Nearly every job succeeds, so at first they run one after the other and nothing else: savepoints would be two more
//! statements for each, and every statement goes to SQLite's thread and back. A batch that holds a job that fails is rolled back and run again with
//! each job in a savepoint of its own: then it takes back its own writes and nobody else's. A job is a pure function of
//! what it finds in the database, so that running it twice and committing it once is harmless. If the commit fails,
//! every job of the batch hears that.

use sqlx::AnyConnection;
use tokio::{sync::mpsc, task::JoinHandle};

use super::{Fate, Job, Message, Turn, close, next_batch};
use crate::store::dialect;

/// Jobs that share one commit at most, so that the first of them does not wait for ever.
const BATCH_LENGTH: usize = 512;

/// Jobs after which the log is copied into the file: some four megabytes. SQLite would do so within a commit, and whoever
/// waits for that one would wait for ten of them.
const JOBS_PER_CHECKPOINT: usize = 100;

pub(super) struct Worker {
    pub(super) address: dialect::Address,
    /// `None` after trouble: opened again for the next batch, so that the server recovers without a restart.
    pub(super) connection: Option<AnyConnection>,
    pub(super) jobs: mpsc::Receiver<Message>,
}

impl Worker {
    pub(super) async fn run(mut self) {
        let mut checkpoint: Option<JoinHandle<()>> = None;
        let mut jobs_since = 0;
        while let Some(mut batch) = next_batch(&mut self.jobs, BATCH_LENGTH).await {
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
            jobs_since += batch.len();
            for job in batch {
                job.answer(failure.as_deref().map_or(Fate::Committed, Fate::NotCommitted));
            }
            if jobs_since >= JOBS_PER_CHECKPOINT && checkpoint.as_ref().is_none_or(JoinHandle::is_finished) {
                jobs_since = 0;
                checkpoint = Some(tokio::spawn(copy_log(self.address.clone())));
            }
        }
        if let Some(checkpoint) = checkpoint {
            // It says itself what went wrong.
            let _ = checkpoint.await;
        }
        close(self.connection.take()).await;
    }

    /// One transaction for all. An error means that nothing of the batch is on disk.
    async fn commit(&mut self, batch: &mut [Box<dyn Job>]) -> Result<(), sqlx::Error> {
        let db = match &mut self.connection {
            Some(connection) => connection,
            empty => empty.insert(self.address.connect_writer().await?),
        };
        sqlx::raw_sql(dialect::BEGIN_SQLITE).execute(&mut *db).await?;
        if runs_smoothly(db, batch).await {
            sqlx::raw_sql("COMMIT").execute(&mut *db).await?;
            return Ok(());
        }
        // On some errors (disk full) SQLite has already rolled back everything, and there is no transaction to end.
        if let Err(error) = sqlx::raw_sql("ROLLBACK").execute(&mut *db).await {
            tracing::debug!(%error, "rolled back already");
        }
        sqlx::raw_sql(dialect::BEGIN_SQLITE).execute(&mut *db).await?;
        for job in batch {
            sqlx::raw_sql("SAVEPOINT job").execute(&mut *db).await?;
            if job.run(db, false).await != Turn::Keep {
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

async fn copy_log(address: dialect::Address) {
    if let Err(error) = address.checkpoint().await {
        tracing::warn!(%error, "SQLite's log was not copied into the file; it grows until it is");
    }
}

/// False as soon as one job does not keep what it wrote.
async fn runs_smoothly(db: &mut AnyConnection, batch: &mut [Box<dyn Job>]) -> bool {
    for job in batch {
        if job.run(db, true).await != Turn::Keep {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::future::join_all;
    use sqlx::Row;
    use tokio::sync::Notify;

    use super::*;
    use crate::store::{Store, StoreError, readers::Read, sqlite_url, writer::Outcome};

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
        let (gate, held) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (open, entered) = (gate.clone(), held.clone());
        let holder = store.writer.write(move |_| {
            Box::pin(async move {
                entered.notify_one();
                gate.notified().await;
                Ok(Outcome::Keep(()))
            })
        });
        let queue = async {
            held.notified().await;
            let mut writes = Box::pin(join_all(jobs.iter().map(|(name, does)| {
                let (name, does) = (name.to_string(), *does);
                store.writer.write(move |db| Box::pin(act(db, name, does)))
            })));
            // One poll puts all of them into the queue; then the writer may go on.
            assert!(futures_util::poll!(&mut writes).is_pending());
            open.notify_one();
            writes.await
        };
        let (held, answers) = tokio::join!(holder, queue);
        held.unwrap();
        let stayed =
            sqlx::query("SELECT name FROM meta WHERE value = 'x' ORDER BY name").all(&store.readers).await.unwrap();
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

    #[tokio::test]
    async fn the_log_reaches_the_file_while_the_writer_goes_on() {
        let (store, folder) = fresh().await;
        let write = async |at: usize| {
            store.writer.write(move |db| Box::pin(act(db, format!("job {at}"), Does::Keeps))).await.unwrap();
        };
        // A file without its log has what was copied into it, and nothing else.
        let in_the_file = async || {
            let alone = folder.path().join("alone.db");
            std::fs::copy(folder.path().join("t.db"), &alone).unwrap();
            let mut db = dialect::Address::parse(&sqlite_url(&alone)).unwrap().connect().await.unwrap();
            let count = sqlx::query("SELECT count(*) AS n FROM meta WHERE value = 'x'").fetch_one(&mut db).await;
            count.map_or(0, |row| row.get::<i64, _>("n"))
        };
        for at in 0..JOBS_PER_CHECKPOINT - 1 {
            write(at).await;
        }
        assert_eq!(in_the_file().await, 0);
        let mut at = JOBS_PER_CHECKPOINT;
        while in_the_file().await == 0 {
            assert!(at < 100 * JOBS_PER_CHECKPOINT, "the log was never copied");
            write(at).await;
            at += 1;
        }
        store.close().await;
    }
}
