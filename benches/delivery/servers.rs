//! What Warmline is measured against in Rust: as little as a server can do, on the same axum and the same SQLite.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use anyhow::Result;
use axum::{
    Router,
    extract::{
        State, WebSocketUpgrade,
        ws::{Message, Utf8Bytes, WebSocket},
    },
    response::Response,
    routing::get,
    serve::ListenerExt,
};
use futures_util::{SinkExt, StreamExt};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::{
    ConnectOptions, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tokio::{net::TcpListener, sync::mpsc};

/// As small as Warmline's, so that memory is compared and not the default of a library.
const BUFFER_BYTES: usize = 4 * 1024;
/// Messages that share one commit at most.
const BATCH_LENGTH: usize = 512;

/// (a): whatever is said is said back. Nothing is read of it, nothing is kept.
pub async fn echo() -> Result<()> {
    serve(Router::new().route("/ws", get(echo_upgrade))).await
}

async fn echo_upgrade(upgrade: WebSocketUpgrade) -> Response {
    small(upgrade).on_upgrade(say_back)
}

async fn say_back(mut socket: WebSocket) {
    while let Some(Ok(message)) = socket.recv().await {
        if matches!(message, Message::Text(_)) && socket.send(message).await.is_err() {
            return;
        }
    }
}

/// (b): a row for each message, one commit for all that wait, then a frame to both sides. No tokens, no conversation's
/// row, no rules.
pub async fn floor(file: PathBuf) -> Result<()> {
    let (queue, jobs) = mpsc::channel(4_096);
    let followers: Followers = Arc::default();
    let told = followers.clone();
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let mut db = options.connect().await?;
    sqlx::raw_sql(
        "CREATE TABLE entry (conversation TEXT, seq INTEGER, cid TEXT, body TEXT, PRIMARY KEY (conversation, seq))",
    )
    .execute(&mut db)
    .await?;
    tokio::spawn(async move { write(db, jobs, told).await.expect("the database takes it") });
    serve(Router::new().route("/ws", get(floor_upgrade)).with_state((queue, followers))).await
}

async fn floor_upgrade(
    State((queue, followers)): State<(mpsc::Sender<Job>, Followers)>,
    upgrade: WebSocketUpgrade,
) -> Response {
    small(upgrade).on_upgrade(move |socket| follow(socket, queue, followers))
}

fn small(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade.read_buffer_size(BUFFER_BYTES).write_buffer_size(BUFFER_BYTES)
}

async fn serve(router: Router) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}/", listener.local_addr()?);
    let listener = listener.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    });
    Ok(axum::serve(listener, router).await?)
}

type Followers = Arc<Mutex<HashMap<String, Vec<mpsc::UnboundedSender<Utf8Bytes>>>>>;

struct Job {
    conv: String,
    cid: String,
    text: String,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Frame {
    Auth { token: String },
    Open { conv: String },
    Send { cid: String, conv: String, body: Body },
    Ping {},
}

#[derive(Deserialize)]
struct Body {
    text: String,
}

async fn follow(socket: WebSocket, queue: mpsc::Sender<Job>, followers: Followers) {
    let (mut sink, mut stream) = socket.split();
    let (push, mut pushed) = mpsc::unbounded_channel::<Utf8Bytes>();
    let read = async {
        while let Some(Ok(message)) = stream.next().await {
            let Message::Text(text) = message else { continue };
            match serde_json::from_str::<Frame>(&text) {
                Ok(Frame::Auth { token }) => {
                    let conv = token.replace("shopper-", "");
                    followers.lock().expect("no panic").entry(conv.clone()).or_default().push(push.clone());
                    let _ = push.send(json!({"type": "ready", "conv": conv}).to_string().into());
                }
                Ok(Frame::Open { conv }) => {
                    followers.lock().expect("no panic").entry(conv).or_default().push(push.clone());
                    let _ = push.send(json!({"type": "reset"}).to_string().into());
                }
                Ok(Frame::Send { cid, conv, body }) => {
                    if queue.send(Job { conv, cid, text: body.text }).await.is_err() {
                        return;
                    }
                }
                Ok(Frame::Ping {}) => {
                    let _ = push.send(json!({"type": "pong"}).to_string().into());
                }
                Err(_) => return,
            }
        }
    };
    let write = async {
        while let Some(text) = pushed.recv().await {
            if sink.send(Message::Text(text)).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = read => {}
        () = write => {}
    }
}

#[derive(Serialize)]
struct Item {
    seq: i64,
    cid: String,
    text: String,
}

/// One statement for all rows: each is a way to SQLite's thread and back.
async fn write(mut db: SqliteConnection, mut jobs: mpsc::Receiver<Job>, followers: Followers) -> Result<()> {
    let mut heads: HashMap<String, i64> = HashMap::new();
    let mut batch = Vec::new();
    while jobs.recv_many(&mut batch, BATCH_LENGTH).await > 0 {
        let mut news: HashMap<String, Vec<Item>> = HashMap::new();
        let mut rows = Vec::with_capacity(batch.len());
        for Job { conv, cid, text } in batch.drain(..) {
            let seq = heads.entry(conv.clone()).or_default();
            *seq += 1;
            rows.push(json!([conv, seq, cid, text]));
            news.entry(conv).or_default().push(Item { seq: *seq, cid, text });
        }
        sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut db).await?;
        sqlx::query(
            "INSERT INTO entry (conversation, seq, cid, body) \
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($1)",
        )
        .bind(Value::from(rows).to_string())
        .execute(&mut db)
        .await?;
        sqlx::raw_sql("COMMIT").execute(&mut db).await?;
        let followers = followers.lock().expect("no panic");
        for (conv, items) in news {
            let text: Utf8Bytes = json!({"type": "entries", "conv": conv, "items": items}).to_string().into();
            for follower in followers.get(&conv).into_iter().flatten() {
                let _ = follower.send(text.clone());
            }
        }
    }
    Ok(())
}
