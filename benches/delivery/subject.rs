//! What is measured: server processes, each with a disk of its own, their processor time and their memory.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, mpsc},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tokio::sync::watch;
use warmline::cli::http;

use crate::load::{self, Crew, Dialect, Line, Meter, Mode, Track};

const READY_WITHIN: Duration = Duration::from_secs(180);
/// Sockets of agents; the shoppers' conversations are spread over them.
const AGENTS: usize = 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Warmline,
    Echo,
    Floor,
    Ws,
    SocketIo,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::Warmline => "Warmline",
            Kind::Echo => "(a) bare axum echo",
            Kind::Floor => "(b) axum + SQLite group commit",
            Kind::Ws => "(c) ws + better-sqlite3",
            Kind::SocketIo => "(c) Socket.IO + better-sqlite3",
        }
    }

    pub fn dialect(self) -> Dialect {
        match self {
            Kind::Warmline => Dialect::Warmline,
            Kind::Echo => Dialect::Echo,
            Kind::Floor | Kind::Ws => Dialect::Plain,
            Kind::SocketIo => Dialect::SocketIo,
        }
    }
}

/// A running server.
pub struct Server {
    pub kind: Kind,
    pub address: SocketAddr,
    process: Child,
    /// Mail and password of one who may work at the desk.
    pub account: Option<(String, String)>,
}

impl Server {
    /// `conversations`: as many have to be there. `options` are Warmline's.
    pub fn start(kind: Kind, folder: &Path, conversations: usize, options: &[String]) -> Result<Server> {
        let warmline = std::env::current_exe()?.with_file_name("warmline");
        Self::start_build(&warmline, kind, folder, conversations, options)
    }

    /// The same with another build of Warmline.
    pub fn start_build(
        warmline: &Path,
        kind: Kind,
        folder: &Path,
        conversations: usize,
        options: &[String],
    ) -> Result<Server> {
        std::fs::create_dir_all(folder)?;
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut command = match kind {
            Kind::Warmline => {
                let mut command = Command::new(warmline);
                command
                    .args(["--listen", "127.0.0.1:0", "--rate-limits", "off", "--data-dir"])
                    .arg(folder)
                    .args(options);
                command
            }
            Kind::Echo | Kind::Floor => {
                let mut command = Command::new(std::env::current_exe()?);
                command.arg(if kind == Kind::Echo { "serve-echo" } else { "serve-floor" }).arg(folder.join("floor.db"));
                command
            }
            Kind::Ws | Kind::SocketIo => {
                let script = if kind == Kind::Ws { "ws.mjs" } else { "socketio.mjs" };
                let mut command = Command::new("node");
                command.arg(root.join("benches/rivals").join(script)).arg(folder.join("rival.db"));
                command.arg(conversations.to_string());
                command
            }
        };
        let log = std::fs::File::create(folder.join("log"))?;
        let process = command.current_dir(root).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn()?;
        let mut server = Server { kind, address: SocketAddr::from(([127, 0, 0, 1], 0)), process, account: None };
        server.read_what_it_prints(folder)?;
        Ok(server)
    }

    fn read_what_it_prints(&mut self, folder: &Path) -> Result<()> {
        let printed = self.process.stdout.take().context("its output")?;
        let (tell, lines) = mpsc::channel();
        std::thread::spawn(move || {
            // Reads on when nobody listens any more, so that the server never waits for its output to be read.
            for line in BufReader::new(printed).lines().map_while(Result::ok) {
                let _ = tell.send(line);
            }
        });
        loop {
            let line = lines.recv_timeout(READY_WITHIN).with_context(|| {
                format!("{} did not become ready; see {}", self.kind.name(), folder.join("log").display())
            })?;
            if let Some((_, rest)) = line.split_once("http://")
                && let Some(address) = rest.split('/').next().and_then(|text| text.parse().ok())
            {
                self.address = address;
            }
            if let [_, mail, password] = line.split_whitespace().collect::<Vec<_>>()[..]
                && mail.contains('@')
            {
                self.account = Some((mail.to_owned(), password.to_owned()));
            }
            if line.starts_with("Data is in ") || self.kind != Kind::Warmline {
                ensure!(self.address.port() != 0, "{} printed no address", self.kind.name());
                return Ok(());
            }
        }
    }

    /// User and system time of the process so far.
    pub fn cpu(&self) -> Result<Duration> {
        cpu_of(self.process.id())
    }

    /// Resident memory.
    pub fn memory_kib(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("VmRSS")?;
        Ok(line.split_whitespace().nth(1).context("a number")?.parse()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// User and system time of a process, in steps of the kernel's 10 ms.
pub fn cpu_of(process: u32) -> Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name before it may hold anything but this.
    let (_, fields) = stat.rsplit_once(") ").context("/proc/PID/stat")?;
    let ticks: Vec<u64> = fields.split(' ').skip(11).take(2).map(str::parse).collect::<Result<_, _>>()?;
    Ok(Duration::from_millis(ticks.iter().sum::<u64>() * 10))
}

/// The people on a server's sockets.
pub struct Load {
    pub meter: Arc<Meter>,
    pub mode: watch::Sender<Mode>,
}

impl Load {
    /// So many shoppers, each in a conversation that an agent has. `desk`: the server the agents are at.
    pub async fn arrive(server: &Server, desk: &Server, shoppers: usize) -> Result<Load> {
        let dialect = server.kind.dialect();
        let mut lines = Vec::with_capacity(shoppers);
        let mut convs = Vec::with_capacity(shoppers);
        for at in 0..shoppers {
            let (token, conv) = match dialect {
                Dialect::Warmline => visit(server.address).await?,
                _ => (format!("shopper-{at}"), conversation(server.kind, at)),
            };
            let mut line = Line::open(server.address, dialect).await?;
            line.sign_in("shopper", &token).await?;
            lines.push(line);
            convs.push(conv);
        }
        let tracks: Vec<_> = (0..).zip(&convs).map(|(number, conv)| Track::new(number, conv.clone())).collect();
        let (mode, listen) = watch::channel(Mode::Rest);
        let crew = Crew { meter: Arc::default(), mode: listen, tracks: Arc::new(tracks) };
        if dialect != Dialect::Echo {
            for (number, convs) in convs.chunks(shoppers.div_ceil(AGENTS)).enumerate() {
                let line = attend(desk, number, convs).await?;
                tokio::spawn(load::agent(line, crew.clone()));
            }
        }
        for (at, line) in lines.into_iter().enumerate() {
            tokio::spawn(load::shopper(line, at, crew.clone()));
        }
        Ok(Load { meter: crew.meter, mode })
    }
}

/// The rivals' conversations have their names from the start.
fn conversation(kind: Kind, at: usize) -> String {
    if kind == Kind::Floor { at.to_string() } else { format!("01986f3e-7a10-7c52-9d7e-{at:012x}") }
}

/// An agent at the desk, who has these conversations.
async fn attend(desk: &Server, number: usize, convs: &[String]) -> Result<Line> {
    let dialect = desk.kind.dialect();
    let secret = match dialect {
        Dialect::Warmline => ticket(desk).await?,
        _ => format!("agent-{number}"),
    };
    let mut line = Line::open(desk.address, dialect).await?;
    line.sign_in("agent", &secret).await?;
    for conv in convs {
        line.say([json!({"type": "open", "conv": conv}).to_string()]).await?;
        line.wait_for(r#""type":"reset""#).await?;
        if dialect == Dialect::Warmline {
            let cid = format!("take-{conv}");
            let body = json!({"do": "take"});
            line.say([json!({"type": "send", "cid": cid, "conv": conv, "body": body}).to_string()]).await?;
            line.wait_for(r#""kind":"assigned""#).await?;
        }
    }
    Ok(line)
}

/// A new visitor's token and conversation.
pub async fn visit(address: SocketAddr) -> Result<(String, String)> {
    let answer = post(address, "/api/widget/session", &[], &json!({"inbox": "shop", "lang": "en"})).await?;
    Ok((text(&answer, "token")?, text(&answer, "conv")?))
}

async fn ticket(desk: &Server) -> Result<String> {
    let (mail, password) = desk.account.clone().context("no account was printed")?;
    let body = json!({"mail": mail, "password": password}).to_string();
    let headers = [("Content-Type", "application/json"), ("X-Warmline-CSRF", "1")];
    let authority = desk.address.to_string();
    let signed_in =
        http::request(&authority, "POST", "/api/session", &headers, &body).await.map_err(anyhow::Error::msg)?;
    let cookie = signed_in.header("set-cookie").with_context(|| format!("signing in: status {}", signed_in.status))?;
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    text(&post(desk.address, "/api/session/ticket", &[("Cookie", &cookie)], &json!({})).await?, "ticket")
}

async fn post(address: SocketAddr, path: &str, headers: &[(&str, &str)], body: &Value) -> Result<Value> {
    let mut all = vec![("Content-Type", "application/json"), ("X-Warmline-CSRF", "1")];
    all.extend(headers);
    let answer = http::request(&address.to_string(), "POST", path, &all, &body.to_string()).await;
    let answer = answer.map_err(anyhow::Error::msg)?;
    ensure!((200..300).contains(&answer.status), "{path}: status {}", answer.status);
    Ok(serde_json::from_str(&answer.body)?)
}

fn text(answer: &Value, name: &str) -> Result<String> {
    answer[name].as_str().map(str::to_owned).with_context(|| format!("no {name}: {answer}"))
}

/// A folder beside the program, so that the disk is a real one; gone when dropped.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn create() -> Result<Folder> {
        let path = std::env::current_exe()?.with_file_name(format!("delivery-{}", std::process::id()));
        std::fs::create_dir_all(&path)?;
        Ok(Folder(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
