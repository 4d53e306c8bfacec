//! Backup and restore of a SQLite database: checked copies, and a change-over that is whole or does not happen.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use super::doctor::{self, Patient, Report};
use crate::{
    error::Failure,
    store::{Alone, Store, backup, inspection, sqlite_url},
};

/// A backup that was written or put back.
#[derive(Debug)]
pub struct Copied {
    /// `None` for a backup of an older version's database: it was not looked into.
    pub report: Option<Report>,
    /// Where the database that was replaced is now.
    pub kept_aside: Option<PathBuf>,
}

/// Writes a checked copy of a live database to `file`, which must not be there yet.
pub async fn back_up(database_url: &str, file: &Path) -> Result<Copied, Failure> {
    if file.exists() {
        return Err(Failure::Other(format!("{} is there already; name another file.", file.display())));
    }
    let part = beside(file, "part");
    remove(&part);
    let written = copy_and_check(database_url, &part, file).await;
    if written.is_err() {
        remove(&part);
    }
    written
}

async fn copy_and_check(database_url: &str, part: &Path, file: &Path) -> Result<Copied, Failure> {
    let cannot =
        |error: io::Error| Failure::Other(format!("The backup {} cannot be written: {error}.", file.display()));
    private_file(part).map_err(cannot)?;
    backup::copy_into(database_url, part).await?;
    let url = sqlite_url(part);
    backup::settle(&url).await?;
    refuse_damage(&url, "The copy").await?;
    let report = examine_copy(&url).await?;
    sync(part).map_err(cannot)?;
    fs::rename(part, file).map_err(cannot)?;
    sync_folder_of(file).map_err(cannot)?;
    Ok(Copied { report, kept_aside: None })
}

/// Puts a backup in the place of the database, as a new history. `stamp` names what is kept aside.
/// With `force`, also where there is data, and a backup the doctor is not content with.
pub async fn restore(database_url: &str, file: &Path, force: bool, stamp: &str) -> Result<Copied, Failure> {
    let Some(alone) = Alone::with(database_url)? else {
        return Err(Failure::Other(
            "PostgreSQL is restored by its own tools, while no server runs: pg_restore --clean --if-exists \
             --no-owner --single-transaction --dbname=\"$WARMLINE_DATABASE_URL\" warmline.dump && \
             warmline restore --new-epoch"
                .into(),
        ));
    };
    let target = alone.file();
    if !file.is_file() {
        return Err(Failure::Other(format!("There is no backup {}.", file.display())));
    }
    let has_data = fs::metadata(target).is_ok_and(|there| there.len() > 0);
    if has_data && !force {
        return Err(Failure::Other(format!(
            "{} has data; with --force it is kept beside the restored one.",
            target.display()
        )));
    }
    let part = beside(target, "restoring");
    remove(&part);
    let done = match verified_copy(file, &part, force).await {
        Ok(report) => change_over(target, &part, has_data, stamp).await.map(|kept_aside| Copied { report, kept_aside }),
        Err(failure) => Err(failure),
    };
    remove(&part);
    done
}

/// Nothing of `file` is touched, not even by a journal beside it: the copy is what is opened.
async fn verified_copy(file: &Path, part: &Path, force: bool) -> Result<Option<Report>, Failure> {
    let cannot =
        |error: io::Error| Failure::Other(format!("The backup cannot be copied to {}: {error}.", part.display()));
    private_file(part).map_err(cannot)?;
    fs::copy(file, part).map_err(cannot)?;
    let url = sqlite_url(part);
    let shown = format!("The backup {}", file.display());
    refuse_damage(&url, &shown).await?;
    let mut view = inspection::begin(&url).await?;
    view.schema().await.map_err(|_| Failure::Other(format!("{shown} is not a database of Warmline's.")))?;
    view.end().await?;
    Store::migrate(&url).await?;
    let report = doctor::examine(&url, Patient::Copy).await?;
    if !report.is_well() && !force {
        let wrong: Vec<_> = report.checks.iter().filter(|check| check.wrong > 0).map(|check| check.name).collect();
        return Err(Failure::Other(format!(
            "{shown} does not keep all promises ({}); --force restores it all the same.",
            wrong.join(", ")
        )));
    }
    backup::begin_new_history(&url).await?;
    backup::settle(&url).await?;
    sync(part).map_err(cannot)?;
    Ok(Some(report))
}

/// At every instant one whole database is in place: the old one until the rename, the new one after it.
async fn change_over(target: &Path, part: &Path, has_data: bool, stamp: &str) -> Result<Option<PathBuf>, Failure> {
    let cannot = |error: io::Error| Failure::Other(format!("{} cannot be replaced: {error}.", target.display()));
    let mut kept_aside = None;
    if has_data {
        let aside = beside(target, &format!("before-restore-{stamp}"));
        // The journal goes into the file. If the old database is too broken for that, it is kept with its journal.
        if backup::settle(&sqlite_url(target)).await.is_err() {
            let wal = beside_exactly(target, "-wal");
            if wal.exists() {
                fs::copy(&wal, beside_exactly(&aside, "-wal")).map_err(cannot)?;
            }
        }
        if fs::hard_link(target, &aside).is_err() {
            fs::copy(target, &aside).map_err(cannot)?;
            sync(&aside).map_err(cannot)?;
        }
        kept_aside = Some(aside);
    }
    // A journal of the old database must never meet the new one.
    for suffix in ["-wal", "-shm", "-journal"] {
        let left = beside_exactly(target, suffix);
        if left.exists() {
            fs::remove_file(&left).map_err(cannot)?;
        }
    }
    fs::rename(part, target).map_err(cannot)?;
    sync_folder_of(target).map_err(cannot)?;
    Ok(kept_aside)
}

/// Gives a database another epoch: after PostgreSQL's own tools restored it. `now` tells whether servers run.
pub async fn begin_new_history(database_url: &str, force: bool, now: i64) -> Result<Report, Failure> {
    let alone = Alone::with(database_url)?;
    let report = doctor::examine(database_url, Patient::Live { now }).await?;
    if alone.is_none() && report.servers > 0 && !force {
        return Err(Failure::Other(
            "Servers use this database, or did so less than a minute before it was backed up: stop them, wait a \
             minute, or add --force if none runs."
                .into(),
        ));
    }
    if report.checks.iter().any(|check| check.name == "schema" && check.wrong > 0) {
        return Err(Failure::Other("The database is of another version: `warmline migrate` first.".into()));
    }
    backup::begin_new_history(database_url).await?;
    Ok(doctor::examine(database_url, Patient::Copy).await?)
}

async fn refuse_damage(url: &str, shown: &str) -> Result<(), Failure> {
    let damage = backup::damage(url).await.map_err(|error| Failure::Other(format!("{shown} is damaged: {error}.")))?;
    match damage.first() {
        None => Ok(()),
        Some(first) => Err(Failure::Other(format!("{shown} is damaged: {first}."))),
    }
}

async fn examine_copy(url: &str) -> Result<Option<Report>, Failure> {
    let mut view = inspection::begin(url).await?;
    let schema = view.schema().await?;
    view.end().await?;
    if schema.found < schema.known {
        return Ok(None);
    }
    Ok(Some(doctor::examine(url, Patient::Copy).await?))
}

fn beside(file: &Path, word: &str) -> PathBuf {
    beside_exactly(file, &format!(".{word}"))
}

fn beside_exactly(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// A new, empty file that only its owner reads: a database holds what shoppers said.
fn private_file(path: &Path) -> io::Result<()> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
}

/// A half-done file and what SQLite may have put beside it. What is not there needs no removing.
fn remove(path: &Path) {
    for suffix in ["", "-wal", "-shm", "-journal", ".lock"] {
        let _ = fs::remove_file(beside_exactly(path, suffix));
    }
}

fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// The new name is on disk too.
fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
