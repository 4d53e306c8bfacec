//! The commands, one file each.

mod ask;
mod backup;
mod bench;
mod chat;
mod check;
mod client;
mod doctor;
pub mod eval;
mod export;
pub mod http;
mod import;
mod known;
mod migrate;
mod play;
mod restore;
mod rules;
mod self_test;
mod serve;
mod test_knowledge;
mod wait_calibration;

use std::{io::IsTerminal, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};
use tracing_subscriber::{fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{
    config::{Flags, LogFormat, RawConfig, Settings},
    error::Failure,
};

/// Self-hosted customer support for online shops: a bot that answers what it knows at once, and a warm handoff
/// to people for what it does not.
///
/// Without a command, Warmline serves. The first start makes a data folder with a demo shop and prints where
/// to go and how to sign in.
#[derive(Parser)]
#[command(name = "warmline", version, max_term_width = 100)]
#[command(after_help = "Settings come from a file (warmline.toml or --config), the environment (WARMLINE_LISTEN, \
WARMLINE_DATA_DIR, …) and flags; the later wins. Exit codes: 0 done, 1 it did not work, 2 it was asked for wrongly.\n\n\
Examples:\n  warmline                                      serve on http://127.0.0.1:8080\n  \
WARMLINE_LISTEN=0.0.0.0:80 warmline            the same for everybody\n  \
warmline chat --lang zh-Hant                   talk to the bot here, without a server\n  \
warmline ask \"how long does delivery take?\"    what the bot would do, and why")]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    settings: SettingFlags,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server (the default)
    Serve,
    /// Read the files of knowledge base, playbook and orders, and say what is wrong with them
    Check(check::CheckArgs),
    /// Bring articles and playbook from files into the database; a running server sees it within seconds
    Import(import::ImportArgs),
    /// Write articles and playbook from the database into files
    Export(export::ExportArgs),
    /// Bring the database's schema up to date, and do nothing else; a start does it too
    Migrate,
    /// Look whether the database keeps all promises; reads only, also while servers run
    Doctor(doctor::DoctorArgs),
    /// Write a checked copy of the database, while servers run
    Backup(backup::BackupArgs),
    /// Put a backup in the place of the database, while no server runs
    Restore(restore::RestoreArgs),
    /// Talk to the bot in this terminal
    Chat(chat::ChatArgs),
    /// What the bot would do with one message, and why
    Ask(ask::AskArgs),
    /// Whether each article would be found by a wording that nobody wrote down, and which are taken for each other
    SelfTest(self_test::SelfTestArgs),
    /// Whether the questions of the regression set are answered as they must be
    TestKnowledge(test_knowledge::TestKnowledgeArgs),
    /// Try rules "when … then …" on past conversations
    Rules(rules::RulesArgs),
    /// How often the time that waiting shoppers were told was right
    WaitCalibration(wait_calibration::WaitCalibrationArgs),
    /// Play recorded shoppers against a running server and count what it does
    Play(play::PlayArgs),
    /// Measure this build on this machine
    Bench(bench::BenchArgs),
    /// Measure answers, intents and feelings on data of your own
    Eval(eval::EvalArgs),
}

/// One flag per setting; `config::KEYS` says what each is for.
#[derive(Args)]
#[command(next_help_heading = "Settings")]
struct SettingFlags {
    /// Configuration file; without it, warmline.toml where there is one
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Address to listen on [default: 127.0.0.1:8080]
    #[arg(long, global = true, value_name = "HOST:PORT")]
    listen: Option<String>,
    /// Folder for the database [default: ./warmline-data]
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<String>,
    /// Database, sqlite:PATH or postgres://USER@HOST/NAME [default: a file in the data folder]
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
    /// NATS servers that connect several nodes, separated by commas
    #[arg(long, global = true, value_name = "URLS")]
    nats_url: Option<String>,
    /// Credentials file for NATS
    #[arg(long, global = true, value_name = "FILE")]
    nats_credentials: Option<String>,
    /// Certificates that NATS servers are trusted by, beside the system's
    #[arg(long, global = true, value_name = "FILE")]
    nats_ca: Option<String>,
    /// Client certificate to show to NATS servers
    #[arg(long, global = true, value_name = "FILE")]
    nats_cert: Option<String>,
    /// Key of that certificate
    #[arg(long, global = true, value_name = "FILE")]
    nats_key: Option<String>,
    /// Where browsers reach this server, such as https://help.example.com
    #[arg(long, global = true, value_name = "URL")]
    public_url: Option<String>,
    /// Sites that may embed the chat, separated by commas
    #[arg(long, global = true, value_name = "ORIGINS")]
    allowed_origins: Option<String>,
    /// Reverse proxies whose X-Forwarded-For counts, separated by commas
    #[arg(long, global = true, value_name = "NETWORKS")]
    trusted_proxies: Option<String>,
    /// Articles that seed the knowledge base [default: knowledge_base]
    #[arg(long, global = true, value_name = "DIR")]
    knowledge_dir: Option<String>,
    /// Intents [default: intents]
    #[arg(long, global = true, value_name = "DIR")]
    intents_dir: Option<String>,
    /// Replies, word lists, thresholds and policies [default: playbook]
    #[arg(long, global = true, value_name = "DIR")]
    playbook_dir: Option<String>,
    /// The demo shop's orders [default: demo]
    #[arg(long, global = true, value_name = "DIR")]
    shop_dir: Option<String>,
    /// on or off: the sentence model; off answers by words alone [default: on]
    #[arg(long, global = true, value_name = "ON|OFF")]
    model: Option<String>,
    /// OpenAI-compatible server whose vectors are used instead
    #[arg(long, global = true, value_name = "URL")]
    embeddings_url: Option<String>,
    /// The model's name on that server
    #[arg(long, global = true, value_name = "NAME")]
    embeddings_model: Option<String>,
    /// Bearer token for that server
    #[arg(long, global = true, value_name = "KEY")]
    embeddings_key: Option<String>,
    /// Put before each text for that model
    #[arg(long, global = true, value_name = "TEXT")]
    embeddings_prefix: Option<String>,
    /// How long a shopper waits for that server [default: 300]
    #[arg(long, global = true, value_name = "MS")]
    embeddings_patience_ms: Option<String>,
    /// The widget's colour [default: #b5441b]
    #[arg(long, global = true, value_name = "#RRGGBB")]
    accent: Option<String>,
    /// Time zone the shop counts its days in [default: Asia/Taipei]
    #[arg(long, global = true, value_name = "ZONE")]
    zone: Option<String>,
    /// error, warn, info, debug, or filters such as warmline=debug
    #[arg(long, global = true, value_name = "FILTER")]
    log: Option<String>,
    /// text or json [default: text]
    #[arg(long, global = true, value_name = "FORMAT")]
    log_format: Option<String>,
    /// Bearer token for /metrics; better set as WARMLINE_METRICS_TOKEN
    #[arg(long, global = true, value_name = "TOKEN")]
    metrics_token: Option<String>,
    /// on or off; off is for a local test server only [default: on]
    #[arg(long, global = true, value_name = "ON|OFF")]
    rate_limits: Option<String>,
    /// For tests: percent of the bus's events lost, percent doubled, most ms late
    #[arg(long, global = true, value_name = "DROP,DOUBLE,MS")]
    bus_storm: Option<String>,
}

impl SettingFlags {
    fn flags(self) -> Flags {
        let given = [
            ("listen", self.listen),
            ("data_dir", self.data_dir),
            ("database_url", self.database_url),
            ("nats_url", self.nats_url),
            ("nats_credentials", self.nats_credentials),
            ("nats_ca", self.nats_ca),
            ("nats_cert", self.nats_cert),
            ("nats_key", self.nats_key),
            ("public_url", self.public_url),
            ("allowed_origins", self.allowed_origins),
            ("trusted_proxies", self.trusted_proxies),
            ("knowledge_dir", self.knowledge_dir),
            ("intents_dir", self.intents_dir),
            ("playbook_dir", self.playbook_dir),
            ("shop_dir", self.shop_dir),
            ("model", self.model),
            ("embeddings_url", self.embeddings_url),
            ("embeddings_model", self.embeddings_model),
            ("embeddings_key", self.embeddings_key),
            ("embeddings_prefix", self.embeddings_prefix),
            ("embeddings_patience_ms", self.embeddings_patience_ms),
            ("accent", self.accent),
            ("zone", self.zone),
            ("log", self.log),
            ("log_format", self.log_format),
            ("metrics_token", self.metrics_token),
            ("rate_limits", self.rate_limits),
            ("bus_storm", self.bus_storm),
        ];
        let values = given.into_iter().filter_map(|(key, value)| value.map(|value| (key, value))).collect();
        Flags { config: self.config, values }
    }
}

/// Parses the command line, runs the command, and says in one sentence what went wrong.
pub fn main() -> ExitCode {
    end_quietly_without_reader();
    let cli = Cli::parse();
    match run(cli) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("warmline: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}

/// `warmline ask … | head` ends when `head` has seen enough, and has nothing to complain about.
fn end_quietly_without_reader() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let said = panic.payload().downcast_ref::<String>().map_or("", String::as_str);
        if said.starts_with("failed printing to stdout") && said.contains("Broken pipe") {
            std::process::exit(0);
        }
        report(panic);
    }));
}

fn run(cli: Cli) -> Result<ExitCode, Failure> {
    let settings = Settings::check(RawConfig::read(&cli.settings.flags()))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Other(format!("The runtime cannot start: {error}.")))?;
    match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => {
            start_log(&settings);
            runtime.block_on(serve::serve(settings))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Check(args) => check::check(&settings, &args).map(|()| ExitCode::SUCCESS),
        Command::Import(args) => runtime.block_on(import::import(&settings, &args)).map(|()| ExitCode::SUCCESS),
        Command::Migrate => {
            start_log(&settings);
            runtime.block_on(migrate::migrate(&settings)).map(|()| ExitCode::SUCCESS)
        }
        Command::Doctor(args) => runtime.block_on(doctor::doctor(&settings, &args)),
        Command::Backup(args) => runtime.block_on(backup::backup(&settings, &args)),
        Command::Restore(args) => runtime.block_on(restore::restore(&settings, &args)).map(|()| ExitCode::SUCCESS),
        Command::Export(args) => runtime.block_on(export::export(&settings, &args)).map(|()| ExitCode::SUCCESS),
        Command::Chat(args) => runtime.block_on(chat::chat(settings, args)),
        Command::Ask(args) => runtime.block_on(ask::ask(settings, args)),
        Command::SelfTest(args) => runtime.block_on(self_test::self_test(settings, args)),
        Command::TestKnowledge(args) => runtime.block_on(test_knowledge::test_knowledge(settings, args)),
        Command::Rules(args) => runtime.block_on(rules::rules(&settings, &args)).map(|()| ExitCode::SUCCESS),
        Command::WaitCalibration(args) => runtime.block_on(wait_calibration::wait_calibration(&settings, &args)),
        Command::Eval(args) => eval::eval(&settings, args),
        Command::Bench(args) => runtime.block_on(bench::bench(settings, args)),
        Command::Play(args) => runtime.block_on(play::play(args)),
    }
}

/// Logs go to standard error; they never carry message bodies, addresses or tokens.
fn start_log(settings: &Settings) {
    // A file is read without a terminal's colours.
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    let log = tracing_subscriber::registry().with(settings.log.clone());
    match settings.log_format {
        LogFormat::Text => log.with(lines).init(),
        LogFormat::Json => log.with(lines.json()).init(),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::config::KEYS;

    #[test]
    fn every_setting_has_its_flag() {
        let command = Cli::command();
        command.clone().debug_assert();
        for (key, _) in KEYS {
            let flag = key.replace('_', "-");
            assert!(command.get_arguments().any(|arg| arg.get_long() == Some(&flag)), "--{flag}");
        }
    }
}
