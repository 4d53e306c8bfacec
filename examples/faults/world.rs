//! What can be killed: nodes, NATS and PostgreSQL, each a process of its own.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, mpsc},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};

use crate::chance::Chance;

/// A process that has not said that it is ready by then is a defect. Debug builds on a busy machine take seconds.
const READY_WITHIN: Duration = Duration::from_secs(180);

/// Where nodes listen, as a load balancer without health checks knows it: a dead node's address stays until it is back.
pub struct Places(Vec<Mutex<Option<SocketAddr>>>);

impl Places {
    pub fn new(nodes: usize) -> Places {
        Places((0..nodes).map(|_| Mutex::new(None)).collect())
    }

    pub fn any(&self, chance: &mut Chance) -> Option<SocketAddr> {
        self.of(chance.below(self.0.len() as u64) as usize)
    }

    pub fn of(&self, node: usize) -> Option<SocketAddr> {
        *self.0[node].lock().expect("no panic")
    }
}

pub struct Account {
    pub role: String,
    pub mail: String,
    pub password: String,
}

/// The same for all nodes.
pub struct Setup {
    pub program: PathBuf,
    pub folder: PathBuf,
    pub database_url: String,
    pub nats_url: Option<String>,
}

pub struct Node {
    number: usize,
    running: Option<Child>,
}

impl Node {
    pub fn new(number: usize) -> Node {
        Node { number, running: None }
    }

    /// Starts it and waits for the address that it prints. The demo's accounts, which are printed too.
    pub fn start(&mut self, setup: &Setup, places: &Places) -> Result<Vec<Account>> {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(setup.folder.join(format!("node-{}.log", self.number)))?;
        let mut command = Command::new(&setup.program);
        command
            .args(["--listen", "127.0.0.1:0", "--rate-limits", "off", "--database-url", &setup.database_url])
            .arg("--data-dir")
            .arg(setup.folder.join(format!("node-{}", self.number)));
        if let Some(url) = &setup.nats_url {
            command.args(["--nats-url", url]);
        }
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn()?;
        let printed = child.stdout.take().context("its output")?;
        self.running = Some(child);
        let (tell, lines) = mpsc::channel();
        std::thread::spawn(move || {
            // Reads on when nobody listens any more, so that the node never waits for its output to be read.
            for line in BufReader::new(printed).lines().map_while(Result::ok) {
                let _ = tell.send(line);
            }
        });
        let mut address = None;
        let mut accounts = Vec::new();
        loop {
            let line = lines.recv_timeout(READY_WITHIN).with_context(|| {
                format!("node {} did not become ready; see node-{0}.log in {}", self.number, setup.folder.display())
            })?;
            if let Some((_, rest)) = line.split_once("http://") {
                address = rest.split('/').next().and_then(|text| text.parse().ok()).or(address);
            }
            if let [role, mail, password] = line.split_whitespace().collect::<Vec<_>>()[..]
                && mail.contains('@')
            {
                accounts.push(Account { role: role.into(), mail: mail.into(), password: password.into() });
            }
            if line.starts_with("Data is in ") {
                break;
            }
        }
        *places.0[self.number].lock().expect("no panic") = Some(address.context("no address was printed")?);
        Ok(accounts)
    }

    /// kill -9.
    pub fn dies(&mut self) -> Result<()> {
        if let Some(mut running) = self.running.take() {
            running.kill()?;
            running.wait()?;
        }
        Ok(())
    }

    /// STOP or CONT.
    pub fn signal(&self, name: &str) -> Result<()> {
        let id = self.running.as_ref().context("it runs")?.id();
        ensure!(Command::new("kill").arg(format!("-{name}")).arg(id.to_string()).status()?.success(), "kill -{name}");
        Ok(())
    }

    /// A fault suite must not take a node that fell on its own for one that it killed.
    pub fn is_alive(&mut self) -> bool {
        self.running.as_mut().is_some_and(|running| matches!(running.try_wait(), Ok(None)))
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.dies();
    }
}

pub struct Nats {
    program: String,
    port: u16,
    running: Option<Child>,
}

impl Nats {
    pub fn start(program: String) -> Result<Nats> {
        // The port may be taken between the two, but the kernel hands out others first.
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut nats = Nats { program, port, running: None };
        nats.comes_back()?;
        Ok(nats)
    }

    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    pub fn comes_back(&mut self) -> Result<()> {
        let child = Command::new(&self.program)
            .args(["--addr", "127.0.0.1", "--port", &self.port.to_string()])
            .stderr(Stdio::null())
            .spawn()?;
        self.running = Some(child);
        for _ in 0..200 {
            if std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("nats-server does not answer")
    }

    pub fn dies(&mut self) -> Result<()> {
        if let Some(mut running) = self.running.take() {
            running.kill()?;
            running.wait()?;
        }
        Ok(())
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        let _ = self.dies();
    }
}

/// `pg_ctl restart -m immediate`: every backend is killed, the log is replayed.
pub fn restart_postgres(script: &Path) -> Result<()> {
    ensure!(Command::new(script).status()?.success(), "PostgreSQL did not come back");
    Ok(())
}
