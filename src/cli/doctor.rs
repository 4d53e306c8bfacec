//! `warmline doctor`: whether a live database keeps its promises; one line each, and no word that anybody said.

use std::process::ExitCode;

use clap::Args;

use crate::{
    clock::Clock,
    config::Settings,
    error::Failure,
    service::doctor::{self, Patient, Report},
};

#[derive(Args)]
pub struct DoctorArgs {
    /// The same as JSON
    #[arg(long)]
    json: bool,
}

/// Reads only, also while servers run. Exit code 1 if anything is wrong.
pub async fn doctor(settings: &Settings, args: &DoctorArgs) -> Result<ExitCode, Failure> {
    let patient = Patient::Live { now: Clock::System.now_ms() };
    let report = doctor::examine(&settings.database_url.0, patient).await?;
    if args.json {
        let text = serde_json::to_string_pretty(&report).map_err(|error| Failure::Other(error.to_string()))?;
        println!("{text}");
    } else {
        print(&report);
    }
    Ok(if report.is_well() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

pub(super) fn print(report: &Report) {
    println!(
        "{}: {} conversations, {} entries, {} running.\n",
        report.database,
        report.conversations,
        report.entries,
        if report.servers == 1 { "1 server".to_owned() } else { format!("{} servers", report.servers) }
    );
    for check in &report.checks {
        let verdict = if check.wrong == 0 { "ok   " } else { "WRONG" };
        println!("{verdict}  {:9} {}", check.name, check.promise);
        if check.wrong > 0 && !check.ids.is_empty() {
            let more = check.wrong - check.ids.len() as i64;
            let and_more = if more > 0 { format!(" and {more} more") } else { String::new() };
            println!("       {}: {}{and_more}", check.wrong, check.ids.join(", "));
        }
    }
    let wrong = report.checks.iter().filter(|check| check.wrong > 0).count();
    println!("\n{}", if wrong == 0 { "All is well.".to_owned() } else { format!("{wrong} promises are broken.") });
}
