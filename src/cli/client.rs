//! A shopper at the other end of the wire, for the commands that talk to a running server. It follows
//! docs/protocol.md as any other client would.

use std::{collections::VecDeque, time::Duration};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};
use uuid::Uuid;

use super::http;
use crate::{
    domain::{
        Choice, Lang,
        ids::{Cid, ConversationId},
    },
    web::frames::{Auth, ClientFrame, Item, Position, Ready, SendBody, ServerFrame},
};

/// A server is given this long to answer a request or open a socket.
const PATIENCE: Duration = Duration::from_secs(10);

/// `http://host:port`; TLS is for the proxy in front.
#[derive(Debug, Clone)]
pub struct ServerUrl {
    authority: String,
}

impl std::str::FromStr for ServerUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        let authority = rest.split('/').next().unwrap_or_default();
        match scheme {
            "http" | "ws" if !authority.is_empty() => {
                let port = if authority.contains(':') { "" } else { ":80" };
                Ok(ServerUrl { authority: format!("{authority}{port}") })
            }
            _ => Err(format!("{text:?}: write the server's plain address, such as http://127.0.0.1:8080")),
        }
    }
}

impl ServerUrl {
    /// POSTs JSON and reads the JSON answer.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, String> {
        let headers = [("Content-Type", "application/json")];
        let answer = http::request(&self.authority, "POST", path, &headers, &body.to_string()).await?;
        let value: Value =
            serde_json::from_str(&answer.body).map_err(|_| format!("unexpected answer: status {}", answer.status))?;
        match value.pointer("/error/message").and_then(Value::as_str) {
            Some(message) => Err(message.to_owned()),
            None => Ok(value),
        }
    }
}

/// One shopper with one conversation.
pub struct Shopper {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    conv: ConversationId,
    /// Items that arrived and were not asked for yet.
    arrived: VecDeque<Item>,
    through: i64,
}

impl Shopper {
    /// A new visitor; the greeting is read.
    pub async fn arrive(server: &ServerUrl, lang: Lang) -> Result<Self, String> {
        let session = server.post("/api/widget/session", &json!({"inbox": "shop", "lang": lang.tag()})).await?;
        let token = session.get("token").and_then(Value::as_str).ok_or("the session has no token")?.to_owned();
        let mut request =
            format!("ws://{}/ws", server.authority).into_client_request().map_err(|error| error.to_string())?;
        request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("warmline.v1"));
        let (socket, _) = timeout(PATIENCE, tokio_tungstenite::connect_async_with_config(request, None, true))
            .await
            .map_err(|_| "the socket does not open".to_owned())?
            .map_err(|error| format!("the socket does not open: {error}"))?;
        let mut shopper = Shopper { socket, conv: ConversationId::from(""), arrived: VecDeque::new(), through: 0 };
        shopper.send(&ClientFrame::Auth(Auth::Shopper { token, client: None, resume: Vec::<Position>::new() })).await?;
        loop {
            match shopper.frame(PATIENCE).await? {
                ServerFrame::Ready(Ready::Shopper { conv, .. }) => shopper.conv = conv,
                ServerFrame::Reset { head, items, .. } => {
                    shopper.through = head;
                    shopper.arrived.extend(items);
                    return Ok(shopper);
                }
                ServerFrame::Refused(refused) => return Err(refused.message),
                _ => {}
            }
        }
    }

    pub fn conv(&self) -> &ConversationId {
        &self.conv
    }

    /// Sends a message. Its echo and the answer arrive as items.
    pub async fn say(&mut self, text: &str, choice: Option<Choice>) -> Result<Cid, String> {
        let cid = Cid(Uuid::now_v7().to_string());
        let body = SendBody::Message { text: text.to_owned(), files: Vec::new(), choice, epoch: None, despite: None };
        self.send(&ClientFrame::Send { cid: cid.clone(), conv: self.conv.clone(), body }).await?;
        Ok(cid)
    }

    /// The next item of the log, waiting at most `patience`.
    pub async fn next(&mut self, patience: Duration) -> Result<Item, String> {
        loop {
            if let Some(item) = self.arrived.pop_front() {
                return Ok(item);
            }
            match self.frame(patience).await? {
                ServerFrame::Entries { from, through, items, dup: false, .. } => {
                    if from != self.through + 1 {
                        return Err(format!("a hole: {from} follows {}", self.through));
                    }
                    self.through = through;
                    self.arrived.extend(items);
                }
                ServerFrame::Refused(refused) => {
                    return Err(format!("refused ({}): {}", refused.code.as_str(), refused.message));
                }
                _ => {}
            }
        }
    }

    /// Says that it is still there; a socket that says nothing is closed.
    pub async fn ping(&mut self) -> Result<(), String> {
        let heads = [(self.conv.clone(), self.through)].into_iter().collect();
        self.send(&ClientFrame::Ping { heads }).await
    }

    /// What arrived already.
    pub fn arrived(&mut self) -> Vec<Item> {
        self.arrived.drain(..).collect()
    }

    pub async fn leave(mut self) {
        let _ = timeout(PATIENCE, self.socket.close(None)).await;
    }

    async fn send(&mut self, frame: &ClientFrame) -> Result<(), String> {
        let text = serde_json::to_string(frame).map_err(|error| error.to_string())?;
        self.socket.send(Message::text(text)).await.map_err(|error| error.to_string())
    }

    async fn frame(&mut self, patience: Duration) -> Result<ServerFrame, String> {
        loop {
            let message = timeout(patience, self.socket.next())
                .await
                .map_err(|_| format!("silence for {} ms", patience.as_millis()))?
                .ok_or("the socket was closed")?
                .map_err(|error| error.to_string())?;
            match message {
                Message::Text(text) => {
                    return serde_json::from_str(&text).map_err(|error| format!("unknown frame: {error}: {text}"));
                }
                Message::Close(frame) => {
                    return Err(
                        frame.map_or("closed".to_owned(), |frame| format!("closed: {} {}", frame.code, frame.reason))
                    );
                }
                _ => {}
            }
        }
    }
}
