//! The load: shoppers and agents on sockets, who say what they are told to and note when it comes back.
//!
//! Frames are not parsed: a message is found by its `cid`, which says whose it is and which one. So the client costs a
//! fraction of the cheapest server, and it is checked against the bare echo that it does.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt};
use tokio::{
    net::TcpStream,
    sync::watch,
    time::{MissedTickBehavior, interval_at, timeout},
};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Message, Utf8Bytes, client::IntoClientRequest, http::HeaderValue, protocol::WebSocketConfig},
};

/// As a shopper would say it.
const TEXT: &str = "Hello, my parcel should have come on Tuesday, where is it?";
/// Clients' heartbeat, as in docs/protocol.md.
const PING_EVERY: Duration = Duration::from_secs(25);
const OPEN_WITHIN: Duration = Duration::from_secs(20);
/// Messages of one conversation that can be under way.
const WINDOW: usize = 64;

/// How a server wants to be spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Dialect {
    /// docs/protocol.md.
    Warmline,
    /// The frames of it that a rival needs.
    Plain,
    /// The same as events of Socket.IO.
    SocketIo,
    /// Says back what it hears.
    Echo,
}

impl Dialect {
    /// As an argument.
    pub fn name(self) -> String {
        clap::ValueEnum::to_possible_value(&self).map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

/// What the shoppers do now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mode {
    Rest,
    /// So many at once, and the next when all of them have come back.
    Closed {
        burst: usize,
    },
    /// One each, so often, whatever comes back.
    Paced {
        every: Duration,
    },
}

/// What came back of one server.
#[derive(Default)]
pub struct Meter {
    /// Messages that came back to their sender.
    pub echoes: AtomicU64,
    /// Refusals, and sockets that ended.
    pub errors: AtomicU64,
    is_noting: AtomicBool,
    noted: Mutex<Noted>,
}

/// Microseconds from the send.
#[derive(Default)]
pub struct Noted {
    pub echo: Vec<u64>,
    pub other: Vec<u64>,
    /// How much later than at its sender a message was at the other side.
    pub beyond: Vec<u64>,
}

impl Meter {
    /// The first is told; when a server ends, all of its sockets do.
    fn note_error(&self, whose: &str, error: &anyhow::Error) {
        if self.errors.fetch_add(1, Relaxed) == 0 {
            eprintln!("{whose}: {error:#}");
        }
    }

    pub fn start_noting(&self) {
        *self.noted.lock().expect("no panic") = Noted::default();
        self.is_noting.store(true, Relaxed);
    }

    pub fn stop_noting(&self) -> Noted {
        self.is_noting.store(false, Relaxed);
        std::mem::take(&mut *self.noted.lock().expect("no panic"))
    }
}

/// One conversation's messages under way; times in nanoseconds since the start.
pub struct Track {
    number: u64,
    conv: String,
    sent: [AtomicU64; WINDOW],
    echoed: [AtomicU64; WINDOW],
}

fn now_ns() -> u64 {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    u64::try_from(START.get_or_init(Instant::now).elapsed().as_nanos()).unwrap_or(u64::MAX)
}

impl Track {
    pub fn new(number: u64, conv: String) -> Arc<Track> {
        let times = || std::array::from_fn(|_| AtomicU64::new(0));
        Arc::new(Track { number, conv, sent: times(), echoed: times() })
    }

    fn frame(&self, message: u64) -> String {
        self.sent[message as usize % WINDOW].store(now_ns(), Relaxed);
        format!(
            r#"{{"type":"send","cid":"{:08x}-0000-7000-8000-{message:012x}","conv":"{}","body":{{"do":"message","text":"{TEXT}"}}}}"#,
            self.number, self.conv
        )
    }

    fn echoed(&self, message: u64, meter: &Meter) {
        let (slot, now) = (message as usize % WINDOW, now_ns());
        self.echoed[slot].store(now, Relaxed);
        meter.echoes.fetch_add(1, Relaxed);
        if meter.is_noting.load(Relaxed) {
            let took = now - self.sent[slot].load(Relaxed);
            meter.noted.lock().expect("no panic").echo.push(took / 1_000);
        }
    }

    fn reached_the_other_side(&self, message: u64, meter: &Meter) {
        if !meter.is_noting.load(Relaxed) {
            return;
        }
        let (slot, now) = (message as usize % WINDOW, now_ns());
        let (sent, echoed) = (self.sent[slot].load(Relaxed), self.echoed[slot].load(Relaxed));
        let mut noted = meter.noted.lock().expect("no panic");
        noted.other.push((now - sent) / 1_000);
        // Not echoed yet: then it was not later.
        noted.beyond.push(if echoed > sent { (now - echoed) / 1_000 } else { 0 });
    }
}

/// The messages that a frame carries: whose, and which.
fn messages(frame: &str) -> impl Iterator<Item = (u64, u64)> {
    frame.split(r#""cid":""#).skip(1).filter_map(|rest| {
        let whose = u64::from_str_radix(rest.get(..8)?, 16).ok()?;
        let which = u64::from_str_radix(rest.get(24..36)?, 16).ok()?;
        Some((whose, which))
    })
}

/// One socket.
pub struct Line {
    socket: WebSocketStream<TcpStream>,
    pub dialect: Dialect,
}

impl Line {
    pub async fn open(address: SocketAddr, dialect: Dialect) -> Result<Line> {
        timeout(OPEN_WITHIN, Self::opened(address, dialect)).await.context("the socket does not open")?
    }

    async fn opened(address: SocketAddr, dialect: Dialect) -> Result<Line> {
        let path = if dialect == Dialect::SocketIo { "socket.io/?EIO=4&transport=websocket" } else { "ws" };
        let mut request = format!("ws://{address}/{path}").into_client_request()?;
        if dialect == Dialect::Warmline {
            request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("warmline.v1"));
        }
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        // Small: there are ten thousand of these.
        let config = WebSocketConfig::default().read_buffer_size(2 * 1024);
        let (socket, _) = client_async_with_config(request, stream, Some(config)).await?;
        let mut line = Line { socket, dialect };
        if dialect == Dialect::SocketIo {
            line.socket.send(Message::text("40")).await?;
            line.wait_for(r#"40{"sid""#).await?;
        }
        Ok(line)
    }

    /// Says who it is, and waits until the server has understood.
    pub async fn sign_in(&mut self, role: &str, secret: &str) -> Result<()> {
        if self.dialect == Dialect::Echo {
            return Ok(());
        }
        let key = if role == "agent" && self.dialect == Dialect::Warmline { "ticket" } else { "token" };
        self.say([format!(r#"{{"type":"auth","role":"{role}","{key}":"{secret}"}}"#)]).await?;
        self.wait_for(r#""type":"ready""#).await?;
        if role == "shopper" && self.dialect == Dialect::Warmline {
            self.wait_for(r#""type":"status""#).await?;
        }
        Ok(())
    }

    /// Frames, in one write.
    pub async fn say(&mut self, frames: impl IntoIterator<Item = String>) -> Result<()> {
        for frame in frames {
            let text = if self.dialect == Dialect::SocketIo { format!(r#"42["f",{frame}]"#) } else { frame };
            self.socket.feed(Message::text(text)).await?;
        }
        Ok(self.socket.flush().await?)
    }

    pub async fn wait_for(&mut self, part: &str) -> Result<Utf8Bytes> {
        let waiting = async {
            loop {
                let text = self.next().await?;
                if text.contains(part) {
                    return Ok(text);
                }
                if text.contains(r#""type":"refused""#) {
                    bail!("{text}");
                }
            }
        };
        timeout(OPEN_WITHIN, waiting).await.with_context(|| format!("no {part}"))?
    }

    pub async fn next(&mut self) -> Result<Utf8Bytes> {
        loop {
            match self.socket.next().await.context("the stream ended")?? {
                // Socket.IO's own heartbeat.
                Message::Text(text) if self.dialect == Dialect::SocketIo && text.as_str() == "2" => {
                    self.socket.send(Message::text("3")).await?;
                }
                Message::Text(text) => return Ok(text),
                Message::Close(frame) => bail!("closed: {frame:?}"),
                _ => {}
            }
        }
    }
}

/// What a task of the load listens to and reports to.
#[derive(Clone)]
pub struct Crew {
    pub meter: Arc<Meter>,
    pub mode: watch::Receiver<Mode>,
    pub tracks: Arc<Vec<Arc<Track>>>,
}

/// Talks until the mode's sender is gone.
pub async fn shopper(mut line: Line, at: usize, mut crew: Crew) {
    if let Err(error) = talk(&mut line, at, &mut crew).await {
        crew.meter.note_error("a shopper's socket", &error);
    }
}

async fn talk(line: &mut Line, at: usize, crew: &mut Crew) -> Result<()> {
    let track = crew.tracks[at].clone();
    let (mut said, mut under_way) = (0, 0);
    let never = Duration::from_secs(86_400);
    let mut pace = interval_at(tokio::time::Instant::now() + never, never);
    let mut pings = interval_at(tokio::time::Instant::now() + PING_EVERY, PING_EVERY);
    loop {
        let mode = *crew.mode.borrow();
        if let Mode::Closed { burst } = mode
            && under_way == 0
        {
            let first = said;
            said += burst as u64;
            under_way = burst;
            line.say((first..said).map(|message| track.frame(message))).await?;
        }
        tokio::select! {
            text = line.next() => {
                let text = text?;
                if text.contains(r#""type":"refused""#) {
                    bail!("{text}");
                }
                for (_, which) in messages(&text) {
                    track.echoed(which, &crew.meter);
                    under_way = under_way.saturating_sub(1);
                }
            }
            changed = crew.mode.changed() => {
                if changed.is_err() {
                    return Ok(());
                }
                let every = match *crew.mode.borrow() {
                    Mode::Paced { every } => every,
                    _ => never,
                };
                // Not all at the same instant.
                let phase = every.mul_f64(at as f64 / crew.tracks.len() as f64);
                pace = interval_at(tokio::time::Instant::now() + phase, every);
                pace.set_missed_tick_behavior(MissedTickBehavior::Burst);
            }
            _ = pace.tick(), if matches!(mode, Mode::Paced { .. }) => {
                said += 1;
                under_way += 1;
                line.say([track.frame(said - 1)]).await?;
            }
            _ = pings.tick() => line.say([r#"{"type":"ping","heads":{}}"#.to_owned()]).await?,
        }
    }
}

/// Hears what the shoppers of its conversations say.
pub async fn agent(mut line: Line, mut crew: Crew) {
    let mut pings = interval_at(tokio::time::Instant::now() + PING_EVERY, PING_EVERY);
    loop {
        let done = tokio::select! {
            text = line.next() => text.map(|text| {
                for (whose, which) in messages(&text) {
                    if let Some(track) = crew.tracks.get(whose as usize) {
                        track.reached_the_other_side(which, &crew.meter);
                    }
                }
            }),
            _ = pings.tick() => line.say([r#"{"type":"ping","heads":{}}"#.to_owned()]).await,
            changed = crew.mode.changed() => match changed {
                Ok(()) => Ok(()),
                Err(_) => return,
            },
        };
        if let Err(error) = done {
            crew.meter.note_error("an agent's socket", &error);
            return;
        }
    }
}
