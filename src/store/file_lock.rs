//! Who uses a SQLite file: every open store shares a lock beside it, and whoever replaces the file has it alone.
//!
//! The lock belongs to the process and ends with it, however it ends. PostgreSQL needs none: nobody replaces its files
//! from here.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
};

use super::{StoreError, dialect::Address};

/// Shared: the file is not replaced as long as this lives.
pub(super) struct InUse {
    _lock: Option<File>,
}

/// Nobody else has the file open, and nobody can open it, as long as this lives.
#[derive(Debug)]
pub struct Alone {
    _lock: File,
    file: PathBuf,
}

fn lock_of(file: &Path) -> std::io::Result<File> {
    let mut name = file.as_os_str().to_owned();
    name.push(".lock");
    File::options().create(true).append(true).open(name)
}

impl InUse {
    /// `None` where there is no file.
    pub(super) fn of(address: &Address) -> Result<Option<InUse>, StoreError> {
        let Some(file) = address.file() else { return Ok(None) };
        let cannot = |error| StoreError::Open(format!("cannot open the database {}: {error}", address.shown));
        let lock = lock_of(&file).map_err(cannot)?;
        match lock.try_lock_shared() {
            Ok(()) => Ok(Some(InUse { _lock: Some(lock) })),
            Err(TryLockError::WouldBlock) => {
                Err(StoreError::Open(format!("the database {} is just being replaced from a backup", address.shown)))
            }
            // Some network file systems know no locks; restoring is refused there, serving is not.
            Err(TryLockError::Error(_)) => Ok(Some(InUse { _lock: None })),
        }
    }
}

impl Alone {
    /// The SQLite file of this URL, with nobody else using it. `None` on PostgreSQL.
    ///
    /// # Errors
    /// A sentence: who has it, or why it cannot be known.
    pub fn with(database_url: &str) -> Result<Option<Alone>, StoreError> {
        let Some(file) = Address::parse(database_url)?.file() else { return Ok(None) };
        let shown = file.display();
        let lock = lock_of(&file).map_err(|error| StoreError::Open(format!("cannot lock {shown}: {error}")))?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Alone { _lock: lock, file })),
            Err(TryLockError::WouldBlock) => {
                Err(StoreError::Open(format!("a server or command is using {shown}; stop it first")))
            }
            Err(TryLockError::Error(error)) => Err(StoreError::Open(format!("cannot lock {shown}: {error}"))),
        }
    }

    /// Where the database is.
    pub fn file(&self) -> &Path {
        &self.file
    }
}
