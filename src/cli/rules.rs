//! `warmline rules try`: what a file of rules would have done to past conversations, without doing anything.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;

use crate::{
    clock::Clock,
    config::Settings,
    domain::{entry::RuleAct, playbook::FileError, time::DAY_MS},
    error::Failure,
    service::rules::{RulesError, Tried, try_on_history},
    store::Store,
};

#[derive(Args)]
pub struct RulesArgs {
    #[command(subcommand)]
    command: RulesCommand,
}

#[derive(Subcommand)]
enum RulesCommand {
    /// Which past conversations the rules of a file would have touched, when, and how; nothing is written
    Try {
        /// Such as playbook/rules.toml
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Conversations that changed in the last days
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(i64).range(1..=365))]
        days: i64,
        /// The same as JSON
        #[arg(long)]
        json: bool,
    },
}

pub async fn rules(settings: &Settings, args: &RulesArgs) -> Result<(), Failure> {
    let RulesCommand::Try { file, days, json } = &args.command;
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::Other(format!("{} cannot be read: {error}.", file.display())))?;
    let store = Store::open(&settings.database_url.0, 1).await?;
    let now = Clock::System.now_ms();
    let tried = try_on_history(&store, &text, now - days * DAY_MS, now, &settings.zone).await;
    store.close().await;
    let tried = tried.map_err(|error| match error {
        // By the name the operator gave it.
        RulesError::Wrong(mistake) => {
            Failure::Other(FileError { path: file.display().to_string(), ..mistake }.to_string())
        }
        RulesError::Store(error) => Failure::Other(error.to_string()),
    })?;
    if *json {
        let json = serde_json::to_string_pretty(&tried);
        println!("{}", json.map_err(|error| Failure::Other(error.to_string()))?);
    } else {
        print(&tried, *days, settings);
    }
    Ok(())
}

fn print(tried: &Tried, days: i64, settings: &Settings) {
    let cut = if tried.is_cut { ", the newest of more" } else { "" };
    println!("{} conversations of the last {days} days{cut}. Nothing was changed.", tried.looked_at);
    for rule in &tried.rules {
        println!("\n{}: {} times, in {} conversations", rule.rule, rule.firings, rule.conversations);
        for example in &rule.examples {
            let moment = Timestamp::from_millisecond(example.firing.at).unwrap_or(Timestamp::UNIX_EPOCH);
            let moment = moment.to_zoned(settings.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
            let did: Vec<String> = example.firing.did.iter().map(said).collect();
            println!("  {moment}  {}  after entry {}: {}", example.conv, example.firing.seq, did.join("; "));
        }
    }
}

fn said(act: &RuleAct) -> String {
    match act {
        RuleAct::Team { team } => format!("to team {team}"),
        RuleAct::Priority { level } => format!("priority {level:?}").to_lowercase(),
        RuleAct::Note { text } => format!("note: {text}"),
        RuleAct::Notify { text } => format!("tells supervisors: {text}"),
        RuleAct::Reply { key } => format!("reply {key}"),
    }
}
