//! `warmline backup`: a checked copy of the database while servers run.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;

use crate::{config::Settings, error::Failure, service::backup};

#[derive(Args)]
pub struct BackupArgs {
    /// Where to write it; must not be there yet
    file: PathBuf,
}

/// Exit code 1 also for a backup that is written but shows broken promises: it is a true copy.
pub async fn backup(settings: &Settings, args: &BackupArgs) -> Result<ExitCode, Failure> {
    let copied = backup::back_up(&settings.database_url.0, &args.file).await?;
    let file = args.file.display();
    let Some(report) = copied.report else {
        println!("Written to {file}. It is of an older version; its pages were checked, its contents were not.");
        return Ok(ExitCode::SUCCESS);
    };
    println!("Written to {file}: {} conversations, {} entries, checked.", report.conversations, report.entries);
    if report.is_well() {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("warmline: It is a true copy of a database that does not keep all promises:");
    super::doctor::print(&report);
    Ok(ExitCode::FAILURE)
}
