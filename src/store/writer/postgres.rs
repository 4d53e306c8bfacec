//! One of several writers to PostgreSQL: what waits shares a transaction, and who spoils it is run alone.
//!
//! No savepoints: each would cost two round trips, and nearly every job succeeds. A group that holds a failing job is
//! rolled back whole, and its jobs are run again one by one, each in a transaction of its own; a job is a pure
//! function of what it finds in the database, so that running it twice and committing it once is harmless.
//! Whatever happens while a COMMIT is under way leaves its outcome open: that is told as it is, and nothing is run
//! again.

use std::time::Duration;

use sqlx::AnyConnection;
use tokio::time::{Instant, timeout_at};

use super::{Fate, Job, Queue, Turn, close, next_batch};
use crate::store::{
    dialect::{self, Meaning},
    reason,
};

/// Jobs that share one commit at most. Each is a few round trips, and the first waits for the last.
const GROUP_LENGTH: usize = 32;

/// What a group may take altogether. Longer than a statement may take (5 s): this is for a server or a network that
/// fell silent.
const GROUP_WITHIN: Duration = Duration::from_secs(8);

/// The same for a job of many rows, such as an import; each of its statements is bound by the server.
const LONG_WITHIN: Duration = Duration::from_secs(120);

/// A job that waited longer is refused: its caller has better things to do than to wait for a database that is down.
const WAIT_AT_MOST: Duration = Duration::from_secs(5);

/// How often a job is tried whose way other transactions crossed.
const TRIES: usize = 3;

pub(super) struct Worker {
    address: dialect::Address,
    /// `None` at first and after trouble: opened for the next group, so that the server recovers without a restart.
    connection: Option<AnyConnection>,
    /// A COMMIT was sent and not answered yet.
    is_committing: bool,
    jobs: Queue,
}

/// Why a transaction did not end in a commit.
enum Trouble {
    /// A job took its writes back or failed: rolled back, and that job knows its own answer.
    JobSaidNo(Meaning),
    /// PostgreSQL refused the commit: nothing is stored.
    Refused(Meaning, String),
    /// The connection is of no use any more.
    Lost(String),
}

impl Trouble {
    fn lost(error: sqlx::Error) -> Self {
        Trouble::Lost(reason(&error))
    }
}

impl Worker {
    pub(super) fn new(address: dialect::Address, jobs: Queue) -> Self {
        Worker { address, connection: None, is_committing: false, jobs }
    }

    pub(super) async fn run(mut self) {
        while let Some(group) = next_group(&self.jobs).await {
            self.work(group).await;
        }
        let _ = timeout_at(Instant::now() + GROUP_WITHIN, close(self.connection.take())).await;
    }

    async fn work(&mut self, group: Vec<Box<dyn Job>>) {
        let (mut group, late): (Vec<_>, Vec<_>) =
            group.into_iter().partition(|job| job.queued_at().elapsed() < WAIT_AT_MOST);
        for job in late {
            job.answer(Fate::Busy);
        }
        let long: Vec<_> = group.extract_if(.., |job| job.is_long()).collect();
        if !group.is_empty() {
            self.work_together(group).await;
        }
        for job in long {
            self.work_alone(job).await;
        }
    }

    async fn work_together(&mut self, mut group: Vec<Box<dyn Job>>) {
        group.sort_by(|one, other| one.key().cmp(other.key()));
        let deadline = Instant::now() + GROUP_WITHIN;
        match self.in_time(deadline, &mut group).await {
            Ok(()) => group.into_iter().for_each(|job| job.answer(Fate::Committed)),
            Err(Trouble::JobSaidNo(_) | Trouble::Refused(..)) => {
                for job in group {
                    self.work_alone(job).await;
                }
            }
            Err(Trouble::Lost(reason)) => self.give_up(group, &reason),
        }
    }

    /// A job that may have spoilt its group, or was in one that was spoilt.
    async fn work_alone(&mut self, job: Box<dyn Job>) {
        if job.queued_at().elapsed() > WAIT_AT_MOST + GROUP_WITHIN {
            job.answer(Fate::Busy);
            return;
        }
        let within = if job.is_long() { LONG_WITHIN } else { GROUP_WITHIN };
        let mut group = vec![job];
        let mut tries_left = TRIES;
        loop {
            tries_left -= 1;
            let ended = self.in_time(Instant::now() + within, &mut group).await;
            let fate = match &ended {
                // A rule may be broken only because somebody committed since the job looked.
                Err(Trouble::JobSaidNo(meaning) | Trouble::Refused(meaning, _))
                    if matches!(meaning, Meaning::Crossed | Meaning::Rule) && tries_left > 0 =>
                {
                    continue;
                }
                Ok(()) | Err(Trouble::JobSaidNo(_)) => Fate::Committed,
                Err(Trouble::Refused(_, reason)) => Fate::NotCommitted(reason),
                Err(Trouble::Lost(reason)) => return self.give_up(group, reason),
            };
            return group.into_iter().for_each(|job| job.answer(fate));
        }
    }

    fn give_up(&mut self, group: Vec<Box<dyn Job>>, reason: &str) {
        self.connection = None;
        let is_unknown = std::mem::take(&mut self.is_committing);
        for job in group {
            job.answer(if is_unknown { Fate::Unknown(reason) } else { Fate::NotCommitted(reason) });
        }
    }

    async fn in_time(&mut self, deadline: Instant, group: &mut [Box<dyn Job>]) -> Result<(), Trouble> {
        match timeout_at(deadline, self.commit(group)).await {
            Ok(done) => done,
            // Dropped half-way: the server rolls back when the connection closes, unless a COMMIT was sent.
            Err(_) => Err(Trouble::Lost("no answer in time".into())),
        }
    }

    /// One transaction for all of them, or nothing.
    async fn commit(&mut self, group: &mut [Box<dyn Job>]) -> Result<(), Trouble> {
        self.begin().await.map_err(Trouble::lost)?;
        let Some(db) = &mut self.connection else { return Err(Trouble::Lost("not connected".into())) };
        for job in group {
            let meaning = match job.run(db, true).await {
                Turn::Keep => continue,
                Turn::Undo => Meaning::Other,
                Turn::Failed(meaning) => meaning,
            };
            sqlx::raw_sql("ROLLBACK").execute(&mut *db).await.map_err(Trouble::lost)?;
            return Err(Trouble::JobSaidNo(meaning));
        }
        self.is_committing = true;
        let Err(error) = sqlx::raw_sql(dialect::COMMIT_POSTGRES).execute(&mut *db).await else {
            self.is_committing = false;
            return Ok(());
        };
        if !dialect::is_surely_not_committed(&error) {
            return Err(Trouble::lost(error));
        }
        self.is_committing = false;
        // The transaction is over already, or this ends it.
        sqlx::raw_sql("ROLLBACK").execute(&mut *db).await.map_err(Trouble::lost)?;
        Err(Trouble::Refused(dialect::meaning(&error), reason(&error)))
    }

    /// A connection that was lost while nobody used it is found out here, and replaced once.
    async fn begin(&mut self) -> Result<(), sqlx::Error> {
        if let Some(db) = &mut self.connection {
            match sqlx::raw_sql(dialect::BEGIN_POSTGRES).execute(&mut *db).await {
                Ok(_) => return Ok(()),
                Err(_) => self.connection = None,
            }
        }
        let mut db = self.address.connect_writer().await?;
        sqlx::raw_sql(dialect::BEGIN_POSTGRES).execute(&mut db).await?;
        self.connection = Some(db);
        Ok(())
    }
}

async fn next_group(jobs: &Queue) -> Option<Vec<Box<dyn Job>>> {
    next_batch(&mut *jobs.lock().await, GROUP_LENGTH).await
}
