//! Breaks a running Warmline in every way we know, again and again, and looks whether anything was lost, doubled,
//! reordered or shown to the wrong person. `tests/faults` starts it beside a PostgreSQL and a NATS of its own.
//!
//! Nodes, NATS and PostgreSQL are processes that are killed; the clients are this process. Everything that chance
//! decides comes from the seed that is printed.

mod chance;
mod checker;
mod client;
mod duel;
mod line;
mod record;
mod world;

use std::{
    collections::{BTreeMap, HashMap},
    path::PathBuf,
    process::ExitCode,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use clap::Parser;
use sqlx::{AnyConnection, Connection};
use tokio::{
    sync::mpsc::UnboundedSender,
    task::{JoinHandle, block_in_place},
    time::{Instant, sleep},
};

use chance::Chance;
use client::{Client, Order, Surroundings, Who};
use record::{Fate, Record};
use world::{Account, Nats, Node, Places, Setup, restart_postgres};

/// Kill and break a running Warmline under load, then check its database and what every client saw.
#[derive(Parser)]
struct Args {
    /// The same seed breaks the same things in the same order [default: from the clock]
    #[arg(long)]
    seed: Option<u64>,
    /// Faults; the first seven are one of each kind, of the later ones every second is the kill of a node
    #[arg(long, default_value_t = 60)]
    cycles: usize,
    #[arg(long, default_value_t = 3)]
    nodes: usize,
    /// Shoppers who talk
    #[arg(long, default_value_t = 18)]
    shoppers: usize,
    /// Shoppers who are connected, mostly quiet, and come all at once after a storm
    #[arg(long, default_value_t = 2_000)]
    storm: usize,
    /// Seconds that a node is stopped
    #[arg(long, default_value_t = 30)]
    freeze_s: u64,
    /// How often one client connects anew without a pause
    #[arg(long, default_value_t = 500)]
    hammer: u32,
    /// Most seconds of load before and after each fault
    #[arg(long, default_value_t = 3)]
    calm_s: u64,
    /// One node with a SQLite file: kill -9 and networks that break
    #[arg(long)]
    sqlite: bool,
    /// The server [default: the one built like this program]
    #[arg(long)]
    program: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    NodeKilled,
    NatsKilled,
    PostgresRestarted,
    NodeFrozen,
    TwiceOffline,
    Hammered,
    Storm,
}

impl Fault {
    fn name(self) -> &'static str {
        match self {
            Fault::NodeKilled => "kill -9 of a node",
            Fault::NatsKilled => "kill -9 of NATS",
            Fault::PostgresRestarted => "PostgreSQL restarted at once",
            Fault::NodeFrozen => "node stopped, then continued",
            Fault::TwiceOffline => "offline twice, quickly",
            Fault::Hammered => "reconnects without a pause",
            Fault::Storm => "reconnect storm",
        }
    }
}

/// Every client catches up within this time after the last fault.
const CAUGHT_UP_WITHIN: Duration = Duration::from_secs(90);
/// One client's many reconnects, one after the other; an agent resumes dozens of conversations each time.
const HAMMERED_WITHIN: Duration = Duration::from_secs(600);

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    match runtime.block_on(run(Args::parse())) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("faults: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "what tests/with-services has started is named in the environment")]
fn variable(name: &str) -> Result<String> {
    std::env::var(name).with_context(|| format!("{name} is not set; run this by tests/faults"))
}

async fn run(args: Args) -> Result<bool> {
    let seed = args.seed.unwrap_or_else(|| warmline::clock::Clock::System.now_ms() as u64 % 1_000_000);
    println!("seed {seed}");
    sqlx::any::install_default_drivers();
    let mut stage = Stage::set_up(&args, Chance::new(seed)).await?;
    let started = Instant::now();
    let mut counts = BTreeMap::new();
    for (number, fault) in plan(&args, &mut stage.chance).into_iter().enumerate() {
        println!("{:5.0} s  {:3}  {}", started.elapsed().as_secs_f64(), number + 1, fault.name());
        stage.calm().await;
        stage.strike(fault).await.with_context(|| format!("cycle {}: {}", number + 1, fault.name()))?;
        stage.calm().await;
        for node in &mut stage.nodes {
            ensure!(node.is_alive(), "a node ended by itself; its log is in {}", stage.setup.folder.display());
        }
        *counts.entry(fault).or_insert(0) += 1;
    }
    let caught_up = stage.heal().await?;
    let database = checker::read(&stage.setup.database_url).await?;
    let records: Vec<_> = stage.records.iter().map(|record| record.lock().expect("no panic")).collect();
    let records: Vec<&Record> = records.iter().map(|record| &**record).collect();
    let findings = checker::check(&database, &records);
    println!("\n{:32}{:>9}", "fault", "times");
    for (fault, times) in &counts {
        println!("{:32}{times:>9}", fault.name());
    }
    let fates = |is: fn(&Fate) -> bool| records.iter().flat_map(|r| r.fates.values()).filter(|fate| is(fate)).count();
    let sum = |of: fn(&Record) -> u64| records.iter().map(|record| of(record)).sum::<u64>();
    let acked = fates(|fate| matches!(fate, Fate::Acked(_)));
    println!("\n{:32}{:>9}", "happened", "");
    for (what, count) in [
        ("clients", records.len() as u64),
        ("conversations", database.heads.len() as u64),
        ("entries in the log", database.logs.values().map(Vec::len).sum::<usize>() as u64),
        ("sends acknowledged", acked as u64),
        ("refused for good (stale, taken)", fates(|fate| matches!(fate, Fate::Refused(_))) as u64),
        ("late replies fenced", stage.fenced),
        ("answered from before (dup)", sum(|record| record.echoes_of_old)),
        ("connections", sum(|record| record.connects)),
        ("holes noticed and healed", sum(|record| record.holes)),
        ("resets", sum(|record| record.resets)),
    ] {
        println!("{what:32}{count:>9}");
    }
    println!("\n{:32}{:>9}", "found", "must be 0");
    for (rule, _) in checker::RULES {
        println!("{rule:32}{:>9}", findings[rule].len());
    }
    let mut is_good = caught_up && acked > 0;
    for (rule, why) in checker::RULES.iter().filter(|(rule, _)| !findings[rule].is_empty()) {
        is_good = false;
        println!("\n{rule}: {why}");
        findings[rule].iter().take(20).for_each(|row| println!("  {row}"));
    }
    let folder = stage.setup.folder.clone();
    stage.nodes.clear();
    println!("\nseed {seed}, {:.0} s: {}", started.elapsed().as_secs_f64(), if is_good { "good" } else { "FAILED" });
    if is_good {
        std::fs::remove_dir_all(folder)?;
    } else {
        println!("the nodes' logs are in {}", folder.display());
    }
    Ok(is_good)
}

/// First one of each, then node after node with the others in between, in an order that chance decides.
fn plan(args: &Args, chance: &mut Chance) -> Vec<Fault> {
    use Fault::*;
    let (mut all, every): (Vec<Fault>, Vec<Fault>) = match args.sqlite {
        true => {
            (vec![NodeKilled, TwiceOffline, Hammered, Storm], vec![NodeKilled, NodeKilled, NodeKilled, TwiceOffline])
        }
        false => {
            let all = vec![NodeKilled, NatsKilled, PostgresRestarted, NodeFrozen, TwiceOffline, Hammered, Storm];
            let every = [&all[..], &[NodeKilled; 5]].concat();
            (all, every)
        }
    };
    chance.shuffle(&mut all);
    while all.len() < args.cycles {
        let mut more = every.clone();
        chance.shuffle(&mut more);
        all.extend(more);
    }
    all.truncate(args.cycles);
    all
}

/// Everybody and everything, and how to break it.
struct Stage {
    chance: Chance,
    setup: Setup,
    nodes: Vec<Node>,
    nats: Option<Nats>,
    postgres_restart: Option<PathBuf>,
    around: Surroundings,
    accounts: Vec<Account>,
    orders: Vec<UnboundedSender<Order>>,
    /// So many of `orders` are of those who talk; the others came for the storm.
    talkers: usize,
    running: Vec<JoinHandle<()>>,
    records: Vec<Arc<Mutex<Record>>>,
    fenced: u64,
    freeze: Duration,
    hammer: u32,
    calm_ms: u64,
}

impl Stage {
    async fn set_up(args: &Args, mut chance: Chance) -> Result<Stage> {
        let own = std::env::current_exe()?;
        let beside = || Some(own.parent()?.parent()?.join("warmline"));
        let program = args.program.clone().or_else(beside).filter(|program| program.exists());
        let program = program.context("the warmline program is not built; run this by tests/faults")?;
        let folder = std::env::temp_dir().join(format!("warmline-faults-{}", uuid::Uuid::now_v7().simple()));
        std::fs::create_dir_all(&folder)?;
        let node_count = if args.sqlite { 1 } else { args.nodes.max(2) };
        let mut nats = None;
        let mut postgres_restart = None;
        let database_url = match args.sqlite {
            true => format!("sqlite:{}", folder.join("faults.db").display()),
            false => {
                nats = Some(Nats::start(variable("WARMLINE_TEST_NATS_SERVER")?)?);
                postgres_restart = Some(PathBuf::from(variable("WARMLINE_TEST_POSTGRES_RESTART")?));
                new_database(&variable("WARMLINE_TEST_POSTGRES")?).await?
            }
        };
        let setup = Setup { program, folder, database_url, nats_url: nats.as_ref().map(Nats::url) };
        let places = Arc::new(Places::new(node_count));
        let mut nodes: Vec<Node> = (0..node_count).map(Node::new).collect();
        let mut accounts = Vec::new();
        for node in &mut nodes {
            accounts = block_in_place(|| node.start(&setup, &places))?;
        }
        let around = Surroundings { places, is_talking: Arc::new(AtomicBool::new(true)) };
        let mut stage = Stage {
            chance: chance.fork(),
            setup,
            nodes,
            nats,
            postgres_restart,
            around,
            accounts,
            orders: Vec::new(),
            talkers: 0,
            running: Vec::new(),
            records: Vec::new(),
            fenced: 0,
            freeze: Duration::from_secs(args.freeze_s),
            hammer: args.hammer,
            calm_ms: args.calm_s * 1_000,
        };
        for number in 0..args.shoppers {
            stage.enters(format!("s{number}"), Who::Shopper { token: None }, 12);
        }
        // Two agents with two windows each: the same person on two sockets is a case of its own.
        for number in 0..4 {
            let account = stage.account("agent", number % 2)?;
            let (mail, password) = (account.mail.clone(), account.password.clone());
            let who = Who::Agent { mail, password, cookie: None, id: String::new(), queued: Default::default() };
            stage.enters(format!("a{number}"), who, 25);
        }
        stage.talkers = stage.orders.len();
        for number in 0..args.storm {
            stage.enters(format!("c{number}"), Who::Shopper { token: None }, 0);
        }
        Ok(stage)
    }

    fn account(&self, role: &str, number: usize) -> Result<&Account> {
        self.accounts.iter().filter(|account| account.role == role).nth(number).context("the demo's accounts")
    }

    fn enters(&mut self, name: String, who: Who, pace: u64) {
        let (client, orders) = Client::new(name, who, &self.around, self.chance.fork(), pace);
        self.records.push(client.record.clone());
        self.orders.push(orders);
        self.running.push(tokio::spawn(client.run()));
    }

    /// A while of load.
    async fn calm(&mut self) {
        let ms = self.calm_ms / 3 + self.chance.below(self.calm_ms * 2 / 3);
        sleep(Duration::from_millis(ms)).await;
    }

    fn tell(&self, who: usize, order: Order) {
        // Nobody leaves before they are told to.
        let _ = self.orders[who].send(order);
    }

    async fn strike(&mut self, fault: Fault) -> Result<()> {
        let victim = self.chance.below(self.nodes.len() as u64) as usize;
        match fault {
            Fault::NodeKilled => {
                self.nodes[victim].dies()?;
                self.calm().await;
                block_in_place(|| self.nodes[victim].start(&self.setup, &self.around.places))?;
            }
            Fault::NatsKilled => {
                self.nats.as_mut().context("NATS")?.dies()?;
                self.calm().await;
                block_in_place(|| self.nats.as_mut().context("NATS")?.comes_back())?;
            }
            Fault::PostgresRestarted => {
                let script = self.postgres_restart.clone().context("PostgreSQL")?;
                block_in_place(|| restart_postgres(&script))?;
            }
            Fault::NodeFrozen => self.freeze(victim).await?,
            Fault::TwiceOffline => {
                for _ in 0..2 {
                    for who in 0..self.talkers {
                        let time = Duration::from_millis(self.chance.below(400));
                        self.tell(who, Order::Offline(time));
                    }
                    sleep(Duration::from_millis(100 + self.chance.below(600))).await;
                }
            }
            Fault::Hammered => {
                let who = self.chance.below(self.talkers as u64) as usize;
                self.tell(who, Order::Hammer(self.hammer));
                let record = self.records[who].clone();
                let connects = || record.lock().expect("no panic").connects;
                let (before, deadline) = (connects(), Instant::now() + HAMMERED_WITHIN);
                while connects() < before + u64::from(self.hammer) {
                    ensure!(Instant::now() < deadline, "{} reconnects in 600 s", connects() - before);
                    sleep(Duration::from_millis(100)).await;
                }
            }
            Fault::Storm => (0..self.orders.len()).for_each(|who| self.tell(who, Order::Offline(Duration::ZERO))),
        }
        Ok(())
    }

    /// An agent's reply waits in a stopped node while a colleague takes over elsewhere: it must be refused.
    async fn freeze(&mut self, victim: usize) -> Result<()> {
        let elsewhere = (victim + 1) % self.nodes.len();
        let [there, here] = [victim, elsewhere].map(|node| self.around.places.of(node).context("a running node"));
        let (there, here) = (there?, here?);
        let late = self.account("admin", 0)?;
        let mut duel = duel::Duel::begin(there, here, late).await?;
        let frozen = Instant::now();
        self.nodes[victim].signal("STOP")?;
        let taken_over = duel.takes_over().await;
        sleep(self.freeze.saturating_sub(frozen.elapsed())).await;
        self.nodes[victim].signal("CONT")?;
        taken_over?;
        duel.late_reply_is_answered().await?;
        self.fenced += 1;
        self.records.extend(duel.records());
        Ok(())
    }

    /// Everything is up, nobody says anything new: every client must catch up. False if one does not.
    async fn heal(&mut self) -> Result<bool> {
        self.around.is_talking.store(false, Ordering::Relaxed);
        let deadline = Instant::now() + CAUGHT_UP_WITHIN;
        let mut connection = AnyConnection::connect(&self.setup.database_url).await?;
        let is_good = loop {
            let heads = checker::heads(&mut connection).await?;
            let behind: Vec<String> =
                self.records.iter().filter_map(|record| behind(&record.lock().expect("no panic"), &heads)).collect();
            match behind.len() {
                0 => break true,
                _ if Instant::now() > deadline => {
                    println!("\n{} clients have not caught up in {} s:", behind.len(), CAUGHT_UP_WITHIN.as_secs());
                    behind.iter().take(20).for_each(|row| println!("  {row}"));
                    break false;
                }
                _ => sleep(Duration::from_millis(250)).await,
            }
        };
        connection.close().await?;
        (0..self.orders.len()).for_each(|who| self.tell(who, Order::Stop));
        for running in self.running.drain(..) {
            running.await.context("a client broke")?;
        }
        Ok(is_good)
    }
}

/// What a client still lacks.
fn behind(record: &Record, heads: &HashMap<String, i64>) -> Option<String> {
    if record.has_left {
        return None;
    }
    let (name, open) = (&record.name, record.open().count());
    let late = record.logs.iter().find(|(conv, log)| !log.is_left && heads.get(*conv) != Some(&log.through));
    if let Some((conv, log)) = late {
        return Some(format!("{name}: at {} of {:?} in {conv}", log.through, heads.get(conv)));
    }
    if open > 0 {
        return Some(format!("{name}: {open} sends without an answer"));
    }
    (record.logs.is_empty() && record.own.is_some()).then(|| format!("{name}: has no log"))
}

async fn new_database(server: &str) -> Result<String> {
    let mut connection = AnyConnection::connect(server).await?;
    sqlx::query("CREATE DATABASE warmline_faults TEMPLATE template0").execute(&mut connection).await?;
    connection.close().await?;
    let Some((host, _)) = server.rsplit_once('/') else { bail!("{server} names no database") };
    Ok(format!("{host}/warmline_faults"))
}
