//! A socket as a stranger would write it: JSON in, JSON out, nothing of our own types.

use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::{
    net::{TcpSocket, TcpStream},
    time::{Instant, timeout_at},
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{self, Message, client::IntoClientRequest, http::HeaderValue, protocol::frame::coding::CloseCode},
};

use super::PATIENCE;

pub struct Wire {
    socket: WebSocketStream<TcpStream>,
}

/// What came instead of a frame.
#[derive(Debug)]
pub enum End {
    Closed(u16),
    Broken(String),
}

impl Wire {
    pub async fn open(address: SocketAddr) -> Wire {
        Wire::open_from(address, None).await.expect("the socket opens")
    }

    /// With the `Origin` a browser would send.
    pub async fn open_from(address: SocketAddr, origin: Option<&str>) -> Result<Wire, tungstenite::Error> {
        let mut request = format!("ws://{address}/ws").into_client_request().expect("a request");
        request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("warmline.v1"));
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().expect("a header"));
        }
        let stream = TcpStream::connect(address).await.expect("a connection");
        let (socket, _) = client_async(request, stream).await?;
        Ok(Wire { socket })
    }

    /// Over a connection whose kernel takes little at a time.
    pub async fn open_narrow(address: SocketAddr) -> Wire {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4 * 1024).expect("a small buffer");
        let stream = socket.connect(address).await.expect("a connection");
        let mut request = format!("ws://{address}/ws").into_client_request().expect("a request");
        request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("warmline.v1"));
        let (socket, _) = client_async(request, stream).await.expect("the socket opens");
        Wire { socket }
    }

    pub async fn send(&mut self, frame: Value) {
        self.send_text(frame.to_string()).await;
    }

    pub async fn send_text(&mut self, text: String) {
        self.socket.send(Message::text(text)).await.expect("the socket takes a frame");
    }

    pub async fn send_binary(&mut self, bytes: Vec<u8>) {
        self.socket.send(Message::binary(bytes)).await.expect("the socket takes a frame");
    }

    /// The next frame, within the patience of a person.
    pub async fn next(&mut self) -> Result<Value, End> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let Ok(message) = timeout_at(deadline, self.socket.next()).await else {
                return Err(End::Broken(format!("silence for {} s", PATIENCE.as_secs())));
            };
            match message {
                None => return Err(End::Broken("the stream ended".into())),
                Some(Err(error)) => return Err(End::Broken(error.to_string())),
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).expect("JSON")),
                Some(Ok(Message::Close(frame))) => {
                    return Err(End::Closed(frame.map_or(1005, |frame| CloseCode::into(frame.code))));
                }
                Some(Ok(_)) => {}
            }
        }
    }

    /// Waits for a frame of this type; others are passed over.
    pub async fn wait_for(&mut self, kind: &str) -> Value {
        loop {
            match self.next().await {
                Ok(frame) if frame["type"] == kind => return frame,
                Ok(_) => {}
                Err(end) => panic!("waited for {kind}, got {end:?}"),
            }
        }
    }

    /// Waits for the end and says with which code.
    pub async fn close_code(&mut self) -> u16 {
        loop {
            match self.next().await {
                Ok(_) => {}
                Err(End::Closed(code)) => return code,
                Err(End::Broken(why)) => panic!("waited for a close frame: {why}"),
            }
        }
    }
}
