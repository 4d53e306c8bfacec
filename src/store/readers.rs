//! Reading: a few connections of its own, and no read that waits without end.
//!
//! Not sqlx's pool: it asks the server after each use whether the connection still lives, which on PostgreSQL doubles
//! the round trips, and when the network falls silent at that moment it waits for the answer for ever.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sqlx::{
    Any, AnyConnection, Connection, Error,
    any::{AnyArguments, AnyRow},
    query::Query,
};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, timeout},
};

use super::dialect::{Address, Engine, is_usable_after, too_slow};

/// What a read may take once it has a connection. Longer than the 5 s that PostgreSQL itself gives a statement: this
/// is for a server or a network that fell silent.
const READ_WITHIN: Duration = Duration::from_secs(6);

/// How long a read waits while all connections are in use.
const ACQUIRE_WITHIN: Duration = Duration::from_secs(3);

/// A connection that rested longer than this is tried before it is used: the server may have restarted.
const TRY_AFTER: Duration = Duration::from_secs(1);
const TRY_WITHIN: Duration = Duration::from_secs(1);

/// A connection that rested longer than this is not worth its memory.
const KEEP_FOR: Duration = Duration::from_secs(600);

/// Connections that only read.
#[derive(Clone)]
pub(super) struct Readers(Arc<Inner>);

struct Inner {
    address: Address,
    max_readers: u32,
    /// One for each connection that may be in use; closed with the store.
    permits: Semaphore,
    /// The last one used is the next one used. A std mutex: held for a push or a pop.
    resting: Mutex<Vec<(AnyConnection, Instant)>>,
}

impl Readers {
    pub(super) fn new(address: Address, max_readers: u32) -> Readers {
        let max_readers = max_readers.max(1);
        let permits = Semaphore::new(max_readers as usize);
        Readers(Arc::new(Inner { address, max_readers, permits, resting: Mutex::default() }))
    }

    pub(super) fn engine(&self) -> Engine {
        self.0.address.engine
    }

    /// Waits for reads under way, but not for ever, then closes every connection.
    pub(super) async fn close(&self) {
        let idle = timeout(READ_WITHIN, self.0.permits.acquire_many(self.0.max_readers)).await;
        self.0.permits.close();
        drop(idle);
        let resting = std::mem::take(&mut *self.0.resting());
        for (connection, _) in resting {
            // A server that is gone needs no goodbye.
            let _ = timeout(TRY_WITHIN, connection.close()).await;
        }
    }
}

impl Inner {
    fn resting(&self) -> std::sync::MutexGuard<'_, Vec<(AnyConnection, Instant)>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn acquire(&self) -> Result<(AnyConnection, SemaphorePermit<'_>), Error> {
        let permit = timeout(ACQUIRE_WITHIN, self.permits.acquire()).await.map_err(|_| Error::PoolTimedOut)?;
        let permit = permit.map_err(|_| Error::PoolClosed)?;
        let now = Instant::now();
        let rested = {
            let mut resting = self.resting();
            resting.retain(|(_, since)| now - *since < KEEP_FOR);
            resting.pop()
        };
        if let Some((mut connection, since)) = rested {
            let is_good = self.address.engine == Engine::Sqlite
                || now - since < TRY_AFTER
                || matches!(timeout(TRY_WITHIN, connection.ping()).await, Ok(Ok(())));
            if is_good {
                return Ok((connection, permit));
            }
            // The others are of the same age or older.
            self.resting().clear();
        }
        Ok((self.address.connect_reader().await?, permit))
    }

    async fn read<T>(&self, work: impl AsyncFnOnce(&mut AnyConnection) -> Result<T, Error>) -> Result<T, Error> {
        let (mut connection, _permit) = self.acquire().await?;
        // A connection that did not answer in time, or was left in the middle, is dropped and with that closed.
        let found = timeout(READ_WITHIN, work(&mut connection)).await.map_err(|_| too_slow("a read"))?;
        if found.as_ref().err().is_none_or(is_usable_after) && !self.permits.is_closed() {
            self.resting().push((connection, Instant::now()));
        }
        found
    }
}

/// How every read of the store is done.
pub(super) trait Read: Sized {
    fn all(self, readers: &Readers) -> impl Future<Output = Result<Vec<AnyRow>, Error>> + Send;
    fn maybe_one(self, readers: &Readers) -> impl Future<Output = Result<Option<AnyRow>, Error>> + Send;
}

impl Read for Query<'static, Any, AnyArguments> {
    async fn all(self, readers: &Readers) -> Result<Vec<AnyRow>, Error> {
        readers.0.read(async |db: &mut AnyConnection| self.fetch_all(db).await).await
    }

    async fn maybe_one(self, readers: &Readers) -> Result<Option<AnyRow>, Error> {
        readers.0.read(async |db: &mut AnyConnection| self.fetch_optional(db).await).await
    }
}
