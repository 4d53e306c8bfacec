//! What a durable message costs, how long it takes and what an idle shopper holds, beside servers that do less or do it
//! on Node. `benches/run` starts it; the servers are processes, the people on their sockets are this one.
//!
//! All servers run at the same time and are measured one after the other, again and again in another order: what else
//! the machine does falls on all of them. Ratios are of the same round. A second Warmline, measured like the others,
//! shows how far two equal things are apart here.

mod figures;
mod herd;
mod load;
mod servers;
mod subject;

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::Ordering::Relaxed,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use clap::{Parser, Subcommand};
use tokio::time::sleep;

use figures::{Aims, Spread, percentile_ms, table};
use herd::{Herd, HerdArgs};
use load::{Mode, Noted};
use subject::{Folder, Kind, Load, Server, cpu_of};

#[derive(Parser)]
struct Args {
    /// Interleaved rounds over all servers
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// Seconds of each measurement
    #[arg(long, default_value_t = 2.5)]
    seconds: f64,
    /// Shoppers who talk to an agent
    #[arg(long, default_value_t = 100)]
    shoppers: usize,
    /// Messages a second, all shoppers together, where times are measured
    #[arg(long, default_value_t = 1_000)]
    rate: usize,
    /// Shoppers who have the chat open and say nothing; 0 leaves this part out
    #[arg(long, default_value_t = 10_000)]
    idle: usize,
    /// A PostgreSQL for the part with two nodes, which is left out without
    #[arg(long, env = "WARMLINE_TEST_POSTGRES")]
    postgres: Option<String>,
    #[arg(long, env = "WARMLINE_TEST_NATS_SERVER")]
    nats_server: Option<PathBuf>,
    /// Another build of Warmline in the control's place: what a change costs or gains
    #[arg(long)]
    against: Option<PathBuf>,
    #[command(subcommand)]
    role: Option<Role>,
}

/// What this program is when it starts itself.
#[derive(Subcommand)]
#[command(hide = true)]
enum Role {
    ServeEcho { file: PathBuf },
    ServeFloor { file: PathBuf },
    Herd(HerdArgs),
}

/// Warmline twice: the second is the control.
const SUBJECTS: [Kind; 6] = [Kind::Warmline, Kind::Warmline, Kind::Echo, Kind::Floor, Kind::Ws, Kind::SocketIo];
const WARMLINE: usize = 0;
const CONTROL: usize = 1;
const ECHO: usize = 2;
const FLOOR: usize = 3;
const RIVALS: [usize; 2] = [4, 5];
const BURST: usize = 16;
/// Until a load has found its pace.
const SETTLE: Duration = Duration::from_millis(400);
/// Messages of one measurement of processor time, at least.
const ENOUGH: u64 = 5_000;
const ENOUGH_WITHIN: Duration = Duration::from_secs(20);
/// Until everything under way has come back.
const CALM: Duration = Duration::from_millis(300);

fn main() -> Result<()> {
    let args = Args::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match args.role {
            Some(Role::ServeEcho { .. }) => servers::echo().await,
            Some(Role::ServeFloor { file }) => servers::floor(file).await,
            Some(Role::Herd(args)) => herd::run(args).await,
            None => measure(&args).await,
        }
    })
}

async fn measure(args: &Args) -> Result<()> {
    let folder = Folder::create()?;
    let mut aims = Aims::default();
    messages(args, &folder.0, &mut aims).await?;
    if args.idle > 0 {
        idle(args, &folder.0, &mut aims).await?;
    }
    match (&args.postgres, &args.nats_server) {
        (Some(postgres), Some(nats_server)) => two_nodes(args, &folder.0, postgres, nats_server, &mut aims).await?,
        _ => println!("Two nodes: left out without PostgreSQL and NATS.\n"),
    }
    aims.print();
    Ok(())
}

/// One server's figures, a value per round.
#[derive(Default)]
struct Figures {
    one_us: Vec<f64>,
    burst_us: Vec<f64>,
    /// Messages a second, and the client's own processor time for each, both in bursts.
    per_second: Vec<f64>,
    client_us: Vec<f64>,
    echo_p50: Vec<f64>,
    echo_p99: Vec<f64>,
    other_p50: Vec<f64>,
    other_p99: Vec<f64>,
}

async fn messages(args: &Args, folder: &Path, aims: &mut Aims) -> Result<()> {
    let mut subjects = Vec::new();
    for (at, kind) in SUBJECTS.into_iter().enumerate() {
        let folder = folder.join(format!("{at}"));
        let server = match &args.against {
            Some(other) if at == CONTROL => Server::start_build(other, kind, &folder, args.shoppers, &[])?,
            _ => Server::start(kind, &folder, args.shoppers, &[])?,
        };
        let load = Load::arrive(&server, &server, args.shoppers).await.with_context(|| kind.name())?;
        subjects.push((server, load, Figures::default()));
    }
    for round in 0..args.rounds {
        eprintln!("round {} of {}", round + 1, args.rounds);
        for at in order(round, subjects.len()) {
            let (server, load, figures) = &mut subjects[at];
            let one = closed(args, server, load, 1).await?;
            let burst = closed(args, server, load, BURST).await?;
            let mut noted = paced(args.shoppers, args.rate, load, Duration::from_secs_f64(args.seconds)).await?;
            figures.one_us.push(one.cpu_us);
            figures.burst_us.push(burst.cpu_us);
            figures.per_second.push(burst.per_second);
            figures.client_us.push(burst.client_us);
            figures.echo_p50.push(percentile_ms(&mut noted.echo, 0.5));
            figures.echo_p99.push(percentile_ms(&mut noted.echo, 0.99));
            figures.other_p50.push(percentile_ms(&mut noted.other, 0.5));
            figures.other_p99.push(percentile_ms(&mut noted.other, 0.99));
        }
    }
    let figures: Vec<_> = subjects.into_iter().map(|(server, _, figures)| (server.kind, figures)).collect();
    report(args, &figures, aims);
    Ok(())
}

/// Each round begins with another, and every second goes the other way round.
fn order(round: usize, count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).map(|at| (at + round / 2) % count).collect();
    if round % 2 == 1 {
        order.reverse();
    }
    order
}

struct Cost {
    cpu_us: f64,
    client_us: f64,
    per_second: f64,
}

/// Everybody says the next when the last has come back.
async fn closed(args: &Args, server: &Server, load: &Load, burst: usize) -> Result<Cost> {
    load.mode.send_replace(Mode::Closed { burst });
    sleep(SETTLE).await;
    let own = std::process::id();
    let (started, cpu, client, before) = (Instant::now(), server.cpu()?, cpu_of(own)?, load.meter.echoes.load(Relaxed));
    sleep(Duration::from_secs_f64(args.seconds)).await;
    // The kernel counts in steps of 10 ms, and a disk may be slow.
    while load.meter.echoes.load(Relaxed) - before < ENOUGH && started.elapsed() < ENOUGH_WITHIN {
        sleep(CALM).await;
    }
    let count = (load.meter.echoes.load(Relaxed) - before) as f64;
    let (took, cpu, client) = (started.elapsed(), server.cpu()? - cpu, cpu_of(own)? - client);
    rest(load).await?;
    ensure!(count > 0.0, "{}: nothing comes back", server.kind.name());
    Ok(Cost {
        cpu_us: cpu.as_secs_f64() * 1e6 / count,
        client_us: client.as_secs_f64() * 1e6 / count,
        per_second: count / took.as_secs_f64(),
    })
}

/// A fixed rate, whatever comes back.
async fn paced(shoppers: usize, rate: usize, load: &Load, during: Duration) -> Result<Noted> {
    start_pace(shoppers, rate, load);
    sleep(SETTLE).await;
    load.meter.start_noting();
    sleep(during).await;
    let noted = load.meter.stop_noting();
    rest(load).await?;
    Ok(noted)
}

fn start_pace(shoppers: usize, rate: usize, load: &Load) {
    load.mode.send_replace(Mode::Paced { every: Duration::from_secs_f64(shoppers as f64 / rate as f64) });
}

async fn rest(load: &Load) -> Result<()> {
    load.mode.send_replace(Mode::Rest);
    sleep(CALM).await;
    let errors = load.meter.errors.load(Relaxed);
    ensure!(errors == 0, "{errors} errors on the sockets");
    Ok(())
}

fn report(args: &Args, figures: &[(Kind, Figures)], aims: &mut Aims) {
    let floor = &figures[FLOOR].1;
    println!(
        "## Messages\n\n{} shoppers and their agents; {} rounds of {} s for each server and column; median (least – most).\n",
        args.shoppers, args.rounds, args.seconds
    );
    println!("### Processor time of the server per message, µs\n");
    let rows: Vec<_> = (0..)
        .zip(figures)
        .map(|(at, (kind, figures))| {
            vec![
                name(args, at, *kind),
                Spread::of(figures.one_us.clone()).show(1),
                Spread::ratio(&figures.one_us, &floor.one_us).show(2),
                Spread::of(figures.burst_us.clone()).show(1),
                Spread::ratio(&figures.burst_us, &floor.burst_us).show(2),
                Spread::of(figures.per_second.clone()).show(0),
            ]
        })
        .collect();
    table(&["server", "one at a time", "× (b)", "bursts of 16", "× (b)", "messages/s in bursts"], &rows);
    println!("### Times at {} messages/s, ms\n", args.rate);
    let rows: Vec<_> = (0..)
        .zip(figures)
        .map(|(at, (kind, figures))| {
            let times = [&figures.echo_p50, &figures.echo_p99, &figures.other_p50, &figures.other_p99];
            std::iter::once(name(args, at, *kind)).chain(times.map(|times| Spread::of(times.clone()).show(1))).collect()
        })
        .collect();
    table(&["server", "send → echo p50", "p99", "send → other side p50", "p99"], &rows);

    let (own, control, echo) = (&figures[WARMLINE].1, &figures[CONTROL].1, &figures[ECHO].1);
    for what in ["one at a time", "bursts of 16"] {
        let column =
            |figures: &Figures| if what == "bursts of 16" { figures.burst_us.clone() } else { figures.one_us.clone() };
        let control = Spread::ratio(&column(control), &column(own));
        if args.against.is_none() {
            aims.note(format!("control, {what}, 1.00 ± 0.05"), control.median, (control.median - 1.0).abs() <= 0.05);
        }
        let to_floor = Spread::ratio(&column(own), &column(floor)).median;
        aims.note(format!("processor time, {what}, ≤ 3 × (b)"), to_floor, to_floor <= 3.0);
        for rival in RIVALS {
            let (kind, rival) = &figures[rival];
            let to_rival = Spread::ratio(&column(own), &column(rival)).median;
            aims.note(format!("processor time, {what}, ≤ {}", kind.name()), to_rival, to_rival <= 1.0);
        }
    }
    let to_floor = Spread::ratio(&own.echo_p99, &floor.echo_p99).median;
    aims.note(format!("p99 at {} messages/s, ≤ 3 × (b)", args.rate), to_floor, to_floor <= 3.0);
    let fastest = figures.iter().skip(1).filter(|(kind, _)| *kind != Kind::Echo);
    let fastest = fastest.map(|(_, figures)| Spread::of(figures.per_second.clone()).median).fold(0.0, f64::max);
    println!(
        "\nThe client is not what is measured: {} messages/s against (a), where it takes {} µs for each; the fastest \
         that keeps anything does {fastest:.0}/s.\n",
        Spread::of(echo.per_second.clone()).show(0),
        Spread::of(echo.client_us.clone()).show(1),
    );
}

fn name(args: &Args, at: usize, kind: Kind) -> String {
    match &args.against {
        _ if at != CONTROL => kind.name().to_owned(),
        None => format!("{} again (control)", kind.name()),
        Some(other) => format!("{} as {}", kind.name(), other.display()),
    }
}

/// Memory of an open chat, and what others notice when all of them are gone at once.
async fn idle(args: &Args, folder: &Path, aims: &mut Aims) -> Result<()> {
    let mut rows = Vec::new();
    let mut leaving = String::new();
    for kind in [Kind::Warmline, Kind::Echo, Kind::Floor, Kind::Ws, Kind::SocketIo] {
        eprintln!("{} idle sockets: {}", args.idle, kind.name());
        let server = Server::start(kind, &folder.join(format!("idle-{}", rows.len())), args.idle, &[])?;
        let mut herd = Herd::gather(&server, args.idle)?;
        sleep(Duration::from_secs(1)).await;
        let before = server.memory_kib()?;
        herd.connects()?;
        sleep(Duration::from_secs(2)).await;
        let after = server.memory_kib()?;
        let each = (after as f64 - before as f64) / args.idle as f64;
        rows.push(vec![kind.name().to_owned(), format!("{each:.1}"), format!("{before}"), format!("{after}")]);
        if kind == Kind::Warmline {
            leaving = leave_at_once(args, &server, herd).await?;
            aims.note(format!("KiB for each of {} idle connections, ≤ 8", args.idle), each, each <= 8.0);
        }
    }
    println!("\n## {} idle connections\n", args.idle);
    table(&["server", "KiB each", "resident without, KiB", "with, KiB"], &rows);
    println!("{leaving}\n");
    Ok(())
}

async fn leave_at_once(args: &Args, server: &Server, herd: Herd) -> Result<String> {
    let load = Load::arrive(server, server, args.shoppers).await?;
    let during = Duration::from_secs(5);
    let mut before = paced(args.shoppers, args.rate, &load, during).await?;
    start_pace(args.shoppers, args.rate, &load);
    sleep(SETTLE).await;
    load.meter.start_noting();
    let leaving = tokio::task::spawn_blocking(|| herd.leaves());
    sleep(during).await;
    let mut after = load.meter.stop_noting();
    leaving.await??;
    rest(&load).await?;
    let show = |noted: &mut Noted| {
        format!("p50 {:.1}, p99 {:.1} ms", percentile_ms(&mut noted.echo, 0.5), percentile_ms(&mut noted.echo, 0.99))
    };
    Ok(format!(
        "{} shoppers leave at once (their process is killed) while {} others say {} messages/s: before {}; in the 5 s \
         from then on {}; errors 0.",
        args.idle,
        args.shoppers,
        args.rate,
        show(&mut before),
        show(&mut after)
    ))
}

/// A shopper on one node, the agent on the other.
async fn two_nodes(args: &Args, folder: &Path, postgres: &str, nats_server: &Path, aims: &mut Aims) -> Result<()> {
    let (_nats, nats_url) = nats(nats_server)?;
    let options = ["--database-url", postgres, "--nats-url", &nats_url].map(str::to_owned);
    let shoppers_node = Server::start(Kind::Warmline, &folder.join("node-0"), 0, &options)?;
    let mut agents_node = Server::start(Kind::Warmline, &folder.join("node-1"), 0, &options)?;
    // The node that set the database up printed the accounts.
    agents_node.account = agents_node.account.take().or(shoppers_node.account.clone());
    let load = Load::arrive(&shoppers_node, &agents_node, args.shoppers).await?;
    let mut rows = Vec::new();
    let mut worst = 0.0_f64;
    for rate in [args.rate / 10, args.rate / 2] {
        let mut noted = paced(args.shoppers, rate, &load, Duration::from_secs(10)).await?;
        let times = [&mut noted.echo, &mut noted.other, &mut noted.beyond];
        let times = times.map(|times| [percentile_ms(times, 0.5), percentile_ms(times, 0.99)]);
        worst = worst.max(times[2][1]);
        rows.push(
            std::iter::once(rate.to_string()).chain(times.as_flattened().iter().map(|ms| format!("{ms:.2}"))).collect(),
        );
    }
    println!("## Two nodes, PostgreSQL and NATS; shoppers on one, agents on the other, ms\n");
    let head =
        ["messages/s", "send → echo p50", "p99", "send → other node p50", "p99", "later than the echo p50", "p99"];
    table(&head, &rows);
    aims.note("cross-node delivery beyond the commit, p99 ≤ 20 ms", worst, worst <= 20.0);
    Ok(())
}

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn nats(program: &Path) -> Result<(Killed, String)> {
    // The port may be taken between the two, but the kernel hands out others first.
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let mut command = Command::new(program);
    command.args(["--addr", "127.0.0.1", "--port", &port.to_string()]).stderr(Stdio::null());
    Ok((Killed(command.spawn()?), format!("nats://127.0.0.1:{port}")))
}
