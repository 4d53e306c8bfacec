//! A socket and the requests around it, as a stranger would write them: JSON in, JSON out, nothing of our own types.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};
use warmline::cli::http;

/// A server that does not take a socket within this time is tried elsewhere.
const OPEN_WITHIN: Duration = Duration::from_secs(5);

pub struct Line(WebSocketStream<TcpStream>);

impl Line {
    /// Opens a socket and signs in.
    pub async fn open(address: SocketAddr, auth: &Value) -> Result<Line> {
        let opening = async {
            let mut request = format!("ws://{address}/ws").into_client_request()?;
            request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("warmline.v1"));
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            let (socket, _) = client_async(request, stream).await?;
            let mut line = Line(socket);
            line.say(auth).await?;
            anyhow::Ok(line)
        };
        timeout(OPEN_WITHIN, opening).await.context("the socket does not open")?
    }

    pub async fn say(&mut self, frame: &Value) -> Result<()> {
        // A frozen server's kernel takes no more at some point; the client must not wait with it.
        timeout(OPEN_WITHIN, self.0.send(Message::text(frame.to_string()))).await??;
        Ok(())
    }

    pub async fn next(&mut self) -> Result<Value> {
        loop {
            match self.0.next().await.context("the stream ended")?? {
                Message::Text(text) => return Ok(serde_json::from_str(&text)?),
                Message::Close(frame) => bail!("closed: {frame:?}"),
                _ => {}
            }
        }
    }
}

/// A new visitor's token and conversation.
pub async fn visit(address: SocketAddr) -> Result<(String, String)> {
    let answer = post(address, "/api/widget/session", &[], &json!({"inbox": "shop", "lang": "en"})).await?;
    let answer: Value = serde_json::from_str(&answer.body)?;
    let text = |name: &str| answer[name].as_str().map(str::to_owned).with_context(|| format!("no {name}: {answer}"));
    Ok((text("token")?, text("conv")?))
}

/// A session cookie.
pub async fn sign_in(address: SocketAddr, mail: &str, password: &str) -> Result<String> {
    let answer = post(address, "/api/session", &[], &json!({"mail": mail, "password": password})).await?;
    let cookie = answer.header("set-cookie").with_context(|| format!("signing in: status {}", answer.status))?;
    Ok(cookie.split(';').next().unwrap_or_default().to_owned())
}

pub async fn ticket(address: SocketAddr, cookie: &str) -> Result<String> {
    let answer = post(address, "/api/session/ticket", &[("Cookie", cookie)], &json!({})).await?;
    let answer: Value = serde_json::from_str(&answer.body)?;
    answer["ticket"].as_str().map(str::to_owned).context("no ticket")
}

async fn post(address: SocketAddr, path: &str, headers: &[(&str, &str)], body: &Value) -> Result<http::Answer> {
    let mut all = vec![("Content-Type", "application/json"), ("X-Warmline-CSRF", "1")];
    all.extend(headers);
    let answer = http::request(&address.to_string(), "POST", path, &all, &body.to_string()).await;
    let answer = answer.map_err(anyhow::Error::msg)?;
    if !(200..300).contains(&answer.status) {
        bail!("{path}: status {}", answer.status);
    }
    Ok(answer)
}
