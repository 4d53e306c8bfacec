//! How soon the desk knows: from a shopper's word to the alarm at an agent's console, and from the moment an agent has
//! room to the next conversation being theirs. Both as the agent's socket sees them, on a server of its own.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::Args;
use futures_util::{SinkExt, StreamExt, stream::SplitSink};
use serde_json::Value;
use tokio::{
    net::TcpStream,
    sync::{mpsc, oneshot},
    time::timeout,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};
use uuid::Uuid;

use super::{Folder, Own, PASSWORD, percentile, print, sign_in};
use crate::{
    cli::{
        client::{ServerUrl, Shopper},
        http,
    },
    config::Settings,
    domain::{
        EntryBody, Lang, Role, Status,
        ids::{Cid, ConversationId},
    },
    error::Failure,
    server,
    service::accounts,
    store::{desk::DeskRow, sqlite_url},
    web::frames::{Auth, ClientFrame, ItemBody, SendBody, ServerFrame},
};

/// Starts a server of its own whose desk gives conversations out, with one agent who takes one at a time. Shoppers ask
/// for a person, one after the other; then the agent resolves what they have, and is given the next.
#[derive(Args)]
pub(super) struct DeskArgs {
    /// Handoffs and claims that are measured
    #[arg(long, default_value_t = 150, value_parser = clap::value_parser!(u16).range(1..=190))]
    rounds: u16,
    /// An empty database; without, a SQLite file in the folder for temporary files
    #[arg(long)]
    database: Option<String>,
    /// Fail if a handoff's 99th percentile is above this
    #[arg(long, value_name = "MS")]
    handoff_budget_ms: Option<f64>,
    /// Fail if a claim's 99th percentile is above this
    #[arg(long, value_name = "MS")]
    claim_budget_ms: Option<f64>,
}

/// What nobody should have to wait for.
const PATIENCE: Duration = Duration::from_secs(20);
const MAIL: &str = "bench@desk.example";
const RULES: &str = "[inbox.shop]\nway = \"least_loaded\"\ncapacity = 1\noffer_seconds = 0\n";

pub(super) async fn bench(settings: Settings, args: &DeskArgs) -> Result<ExitCode, Failure> {
    let folder = Folder::create_in(&std::env::temp_dir())?;
    let measured = measure(settings, args, &folder.0).await;
    drop(folder);
    let Measured { handoffs, claims, turns } = measured?;
    print("handoffs", "shopper's word out to row at the console", &handoffs);
    print("claims", "resolved at the console to the next one there", &claims);
    print("claims", "the same from the agent's key press", &turns);
    let is_late = |budget: Option<f64>, times: &[Duration]| budget.is_some_and(|ms| percentile(times, 0.99) > ms);
    if is_late(args.handoff_budget_ms, &handoffs) || is_late(args.claim_budget_ms, &claims) {
        println!("p99 is above the budget");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// All ascending.
struct Measured {
    handoffs: Vec<Duration>,
    claims: Vec<Duration>,
    turns: Vec<Duration>,
}

async fn measure(settings: Settings, args: &DeskArgs, folder: &Path) -> Result<Measured, Failure> {
    let playbook = copy_of(&settings.playbook_dir, &folder.join("playbook")).map_err(other)?;
    std::fs::write(playbook.join("desk.toml"), RULES).map_err(other)?;
    let own_file = || sqlite_url(&folder.join("warmline.db"));
    let database = args.database.clone().unwrap_or_else(own_file);
    let settings = Settings { playbook_dir: playbook, ..settings };
    let Own { app, changes, listener, authority } = Own::open_on(settings, folder, database).await?;
    accounts::add(&app.store, MAIL, "Bench", Role::Agent, PASSWORD, app.clock.now_ms()).await.map_err(other)?;
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(server::run(app, changes, listener, async {
        let _ = stopped.await;
    }));
    let measured = work(&authority, usize::from(args.rounds)).await.map_err(Failure::Other);
    let _ = stop.send(());
    running.await.map_err(other)??;
    measured
}

async fn work(authority: &str, rounds: usize) -> Result<Measured, String> {
    let url: ServerUrl = format!("http://{authority}").parse()?;
    let mut agent = Console::open(authority).await?;
    // The first is given at once and keeps the agent busy; the others wait, and their rows are the alarm.
    let mut at_hand = asks(&url).await?.0;
    agent.send(&ClientFrame::Open { conv: at_hand.clone() }).await?;
    let mut epoch = agent.until(|frame| given(frame, &at_hand)).await?.0;
    let mut handoffs = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let (conv, asked) = asks(&url).await?;
        let is_row = |row: &DeskRow| row.conv == conv && row.status == Status::Queued;
        let has_row = |frame: &ServerFrame| match frame {
            ServerFrame::Desk { rows } => rows.iter().any(is_row).then_some(()),
            _ => None,
        };
        let (_, alarmed) = agent.until(has_row).await?;
        handoffs.push(alarmed.saturating_duration_since(asked));
        // Open, so that what happens to it is seen at once and not with the next rows.
        agent.send(&ClientFrame::Open { conv }).await?;
    }
    let (mut claims, mut turns) = (Vec::with_capacity(rounds), Vec::with_capacity(rounds));
    for _ in 0..rounds {
        let pressed = Instant::now();
        let (cid, body) = (Cid(Uuid::now_v7().to_string()), SendBody::Resolve { epoch, wrap_up: None });
        agent.send(&ClientFrame::Send { cid, conv: at_hand.clone(), body }).await?;
        // Seen in this order or the other: what the claim takes is from the end that freed the room.
        let (mut closed, mut next) = (None, None);
        while closed.is_none() || next.is_none() {
            let (frame, at) = agent.next().await?;
            if is_closed(&frame, &at_hand) {
                closed = Some(at);
            } else if let Some((conv, epoch)) = anything_given(&frame) {
                next = Some((conv, epoch, at));
            }
        }
        if let (Some(closed), Some((conv, its_epoch, at))) = (closed, next) {
            claims.push(at.saturating_duration_since(closed));
            turns.push(at.saturating_duration_since(pressed));
            (at_hand, epoch) = (conv, its_epoch);
        }
    }
    [&mut handoffs, &mut claims, &mut turns].into_iter().for_each(|times| times.sort());
    Ok(Measured { handoffs, claims, turns })
}

/// A shopper who wants a person: their conversation, and when their word went out.
async fn asks(url: &ServerUrl) -> Result<(ConversationId, Instant), String> {
    let mut shopper = Shopper::arrive(url, Lang::En).await?;
    let (conv, asked) = (shopper.conv().clone(), Instant::now());
    shopper.say("I want to talk to a person", None).await?;
    shopper.next(PATIENCE).await?;
    shopper.leave().await;
    Ok((conv, asked))
}

/// The epoch under which this one was given to the agent, live or in the log that was opened.
fn given(frame: &ServerFrame, wanted: &ConversationId) -> Option<i64> {
    anything_given(frame).filter(|(conv, _)| conv == wanted).map(|(_, epoch)| epoch)
}

fn anything_given(frame: &ServerFrame) -> Option<(ConversationId, i64)> {
    let (ServerFrame::Entries { conv, items, .. } | ServerFrame::Reset { conv, items, .. }) = frame else {
        return None;
    };
    items.iter().rev().find_map(|item| match &item.body {
        ItemBody::Whole(EntryBody::Assigned { epoch, .. }) => Some((conv.clone(), *epoch)),
        _ => None,
    })
}

fn is_closed(frame: &ServerFrame, wanted: &ConversationId) -> bool {
    let ServerFrame::Entries { conv, items, .. } = frame else { return false };
    let ends = |body: &ItemBody| matches!(body, ItemBody::Whole(EntryBody::Closed { .. }));
    conv == wanted && items.iter().any(|item| ends(&item.body))
}

/// An agent's socket; frames are dated when they arrive, whoever reads them later.
struct Console {
    sink: SplitSink<WebSocketStream<MaybeTlsStream<TcpStream>>, Message>,
    frames: mpsc::UnboundedReceiver<(ServerFrame, Instant)>,
}

impl Console {
    async fn open(authority: &str) -> Result<Self, String> {
        let cookie = sign_in(authority, MAIL).await?;
        let headers = [("Cookie", cookie.as_str()), ("X-Warmline-CSRF", "1")];
        let answer = http::request(authority, "POST", "/api/session/ticket", &headers, "").await?;
        let answer: Value = serde_json::from_str(&answer.body).map_err(|error| error.to_string())?;
        let ticket = answer.get("ticket").and_then(Value::as_str).ok_or("no ticket")?.to_owned();

        let mut request = format!("ws://{authority}/ws").into_client_request().map_err(|error| error.to_string())?;
        request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("warmline.v1"));
        let opened = tokio_tungstenite::connect_async_with_config(request, None, true).await;
        let (sink, mut stream) = opened.map_err(|error| error.to_string())?.0.split();
        let (tell, frames) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Some(Ok(message)) = stream.next().await {
                let at = Instant::now();
                let frame = message.to_text().ok().and_then(|text| serde_json::from_str(text).ok());
                if frame.is_some_and(|frame| tell.send((frame, at)).is_err()) {
                    return;
                }
            }
        });
        let mut console = Console { sink, frames };
        console.send(&ClientFrame::Auth(Auth::Agent { ticket, client: None, resume: Vec::new() })).await?;
        console.until(|frame| matches!(frame, ServerFrame::Ready(_)).then_some(())).await?;
        Ok(console)
    }

    async fn send(&mut self, frame: &ClientFrame) -> Result<(), String> {
        let text = serde_json::to_string(frame).map_err(|error| error.to_string())?;
        self.sink.send(Message::text(text)).await.map_err(|error| error.to_string())
    }

    async fn next(&mut self) -> Result<(ServerFrame, Instant), String> {
        let frame = timeout(PATIENCE, self.frames.recv()).await.map_err(|_| "the desk is silent".to_owned())?;
        frame.ok_or_else(|| "the socket was closed".to_owned())
    }

    async fn until<T>(&mut self, found: impl Fn(&ServerFrame) -> Option<T>) -> Result<(T, Instant), String> {
        loop {
            let (frame, at) = self.next().await?;
            if let Some(found) = found(&frame) {
                return Ok((found, at));
            }
        }
    }
}

fn copy_of(from: &Path, to: &Path) -> std::io::Result<PathBuf> {
    std::fs::create_dir_all(to)?;
    for file in std::fs::read_dir(from)? {
        let file = file?;
        if file.file_type()?.is_file() {
            std::fs::copy(file.path(), to.join(file.file_name()))?;
        }
    }
    Ok(to.to_owned())
}

fn other(error: impl std::fmt::Display) -> Failure {
    Failure::Other(error.to_string())
}
