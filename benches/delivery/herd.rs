//! Shoppers who have the chat open and say nothing: a process of their own, so that all of them can be gone at once.

use std::{
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use clap::Args;
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::time::interval;

use crate::{
    load::{Dialect, Line},
    subject::{Server, visit},
};

/// As many arrive at the same time.
const ABREAST: usize = 64;
const PING_EVERY: Duration = Duration::from_secs(25);

#[derive(Args)]
pub struct HerdArgs {
    address: SocketAddr,
    dialect: Dialect,
    count: usize,
}

/// The process: gets its sessions, says so, waits for a line, opens its sockets, says so, and stays.
pub async fn run(args: HerdArgs) -> Result<()> {
    let HerdArgs { address, dialect, count } = args;
    let tokens: Vec<String> = stream::iter(0..count)
        .map(|at| async move {
            match dialect {
                Dialect::Warmline => visit(address).await.map(|(token, _)| token),
                _ => Ok(format!("shopper-{at}")),
            }
        })
        .buffer_unordered(ABREAST)
        .try_collect()
        .await?;
    said("ready");
    heard().await?;
    let lines: Vec<Line> = stream::iter(tokens)
        .map(|token| async move {
            let mut line = Line::open(address, dialect).await?;
            line.sign_in("shopper", &token).await?;
            anyhow::Ok(line)
        })
        .buffer_unordered(ABREAST)
        .try_collect()
        .await?;
    for line in lines {
        tokio::spawn(stay(line));
    }
    said("connected");
    // Ends with the one who started it.
    heard().await
}

async fn stay(mut line: Line) {
    let mut pings = interval(PING_EVERY);
    pings.tick().await;
    loop {
        let done = tokio::select! {
            text = line.next() => text.map(|_| ()),
            _ = pings.tick() => line.say([r#"{"type":"ping","heads":{}}"#.to_owned()]).await,
        };
        if let Err(error) = done {
            eprintln!("an idle socket: {error:#}");
            return;
        }
    }
}

fn said(word: &str) {
    println!("{word}");
    let _ = std::io::stdout().flush();
}

async fn heard() -> Result<()> {
    Ok(tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new())).await?.map(|_| ())?)
}

/// The process as its starter sees it.
pub struct Herd {
    process: Child,
    orders: ChildStdin,
    news: BufReader<ChildStdout>,
}

impl Herd {
    /// They have their sessions, and no sockets yet.
    pub fn gather(server: &Server, count: usize) -> Result<Herd> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["herd", &server.address.to_string(), &server.kind.dialect().name(), &count.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let orders = process.stdin.take().context("its input")?;
        let news = BufReader::new(process.stdout.take().context("its output")?);
        let mut herd = Herd { process, orders, news };
        herd.says("ready")?;
        Ok(herd)
    }

    pub fn connects(&mut self) -> Result<()> {
        writeln!(self.orders, "connect")?;
        self.says("connected")
    }

    fn says(&mut self, word: &str) -> Result<()> {
        let mut line = String::new();
        self.news.read_line(&mut line)?;
        ensure!(line.trim() == word, "the idle shoppers did not get as far as {word:?}");
        Ok(())
    }

    /// All at once and without a goodbye.
    pub fn leaves(mut self) -> Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }
}

impl Drop for Herd {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
