//! The socket: upgrade, the first five seconds, and three loops (read, write, catch up) that end together.

mod catch_up;
mod gate;
mod look;
mod order;
pub(super) mod refusals;
mod session;
pub(super) mod staff;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    extract::{
        ConnectInfo, State,
        ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade},
    },
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use futures_util::{
    FutureExt, SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use tokio::time::timeout;

use super::{
    auth::is_own_origin,
    error::ApiError,
    frames::{Auth, ClientFrame, HEARTBEAT_MS, MAX_FRAME_BYTES, Refused, RefusedCode, ServerFrame},
    limits::{Limit, network_of},
};
use crate::{
    app::App,
    domain::sentence::sentence,
    hub::{
        Close, Reader,
        outbox::{Next, Outbox},
    },
};
use session::Session;

const SUBPROTOCOL: &str = "warmline.v1";
/// Small, because most sockets are idle: 6 KiB each instead of 134.
const BUFFER_BYTES: usize = 4 * 1024;
const AUTH_WITHIN: Duration = Duration::from_secs(5);
/// Three heartbeats without a frame: the other end is gone, whatever TCP believes.
const IDLE_AFTER: Duration = Duration::from_millis(3 * HEARTBEAT_MS);
/// A goodbye is not worth waiting longer for.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

/// As many sends as a client has under way.
const MOST_TOGETHER: usize = 16;

type Sink = SplitSink<WebSocket, Message>;
type Stream = SplitStream<WebSocket>;

pub async fn upgrade(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    // Clients that are no browsers send no Origin; they have nothing a browser could be made to lend them.
    let origin = match headers.get(header::ORIGIN).map(|origin| origin.to_str()) {
        None => From::NoBrowser,
        Some(Ok(origin)) if is_own_origin(&app, &headers, origin) => From::Ourselves,
        Some(Ok(origin)) if app.inbox(None).is_some_and(|inbox| inbox.allowed_origins.iter().any(|o| o == origin)) => {
            From::Shop
        }
        Some(_) => return ApiError::forbidden(sentence!("This site may not open the chat.")).into_response(),
    };
    let network = network_of(peer, &headers, &app.settings.trusted_proxies);
    if let Err(wait) = app.limits.check(Limit::Sockets, &network) {
        return ApiError::rate_limited(wait).into_response();
    }
    if app.stopping.is_cancelled() {
        return ApiError::new(
            axum::http::StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            sentence!("The server is going down."),
        )
        .into_response();
    }
    upgrade
        .protocols([SUBPROTOCOL])
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
        .max_message_size(MAX_FRAME_BYTES)
        .max_frame_size(MAX_FRAME_BYTES)
        .on_upgrade(move |socket| {
            let tasks = app.tasks.clone();
            tasks.track_future(serve(app, socket, network, origin))
        })
}

/// Where the page that opened the socket came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    Ourselves,
    /// A site that may embed the chat. It may not act for staff.
    Shop,
    NoBrowser,
}

/// What happens now and then is boxed: an idle socket must not hold the room for it.
async fn serve(app: Arc<App>, socket: WebSocket, network: String, origin: From) {
    let (mut sink, mut stream) = socket.split();
    let hello =
        ServerFrame::Hello { heartbeat_ms: HEARTBEAT_MS, max_frame: MAX_FRAME_BYTES, server_time: app.clock.now_ms() };
    if sink.send(Message::Text(hello.encode())).await.is_err() {
        return;
    }
    let auth = tokio::select! {
        auth = timeout(AUTH_WITHIN, first_frame(&mut stream)) => auth.unwrap_or(Err(Close::AuthTimeout)),
        () = app.stopping.cancelled() => Err(Close::GoingAway),
    };
    let session = match auth {
        Ok(Auth::Agent { .. }) if origin == From::Shop => Err(Close::Unauthorised),
        Ok(auth) => Box::pin(Session::begin(app.clone(), auth, network)).await,
        Err(close) => Err(close),
    };
    let session = match session {
        Ok(session) => session,
        Err(close) => {
            if close == Close::Unauthorised {
                let refused = Refused::new(RefusedCode::Unauthorised, "This token or ticket is not valid.");
                count_refused(&app, refused.code);
                let _ = sink.send(Message::Text(ServerFrame::Refused(refused).encode())).await;
            }
            return say_goodbye(&mut sink, &mut stream, close).await;
        }
    };
    let role = match session.connection.reader {
        Reader::Shopper => "shopper",
        Reader::Agent(_) => "agent",
    };
    let gauge = app.metrics.connections.get_or_create_owned(&[("role", role)]);
    gauge.inc();
    let close = tokio::select! {
        close = read(&session, &mut stream) => close,
        close = write(&session, &mut sink) => close,
        close = session.keep_up() => close,
    };
    gauge.dec();
    session.end();
    if let Some(close) = close {
        say_goodbye(&mut sink, &mut stream, close).await;
    }
}

/// The first frame must be an `auth`.
async fn first_frame(stream: &mut Stream) -> Result<Auth, Close> {
    loop {
        match next_text(stream).await? {
            Some(text) => {
                return match serde_json::from_str(&text) {
                    Ok(ClientFrame::Auth(auth)) => Ok(auth),
                    Ok(_) => Err(Close::Unauthorised),
                    Err(_) => Err(Close::BadFrame),
                };
            }
            None => continue,
        }
    }
}

/// `None` for what needs no answer: protocol pings are answered below us.
async fn next_text(stream: &mut Stream) -> Result<Option<Utf8Bytes>, Close> {
    match stream.next().await {
        Some(Ok(Message::Text(text))) => Ok(Some(text)),
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
        Some(Ok(Message::Binary(_))) => Err(Close::NotText),
        Some(Ok(Message::Close(_))) | None => Err(Close::Gone),
        Some(Err(error)) => Err(close_for(&error)),
    }
}

/// The library does not say in a type what went wrong; its source does.
fn close_for(error: &axum::Error) -> Close {
    use std::error::Error as _;
    use tokio_tungstenite::tungstenite::{Error, error::ProtocolError};
    match error.source().and_then(|source| source.downcast_ref::<Error>()) {
        Some(Error::Capacity(_)) => Close::TooBig,
        Some(Error::Utf8(_)) => Close::NotUtf8,
        // The stream simply ended: nothing was done wrong that somebody could be told of.
        Some(Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => Close::Gone,
        Some(Error::Protocol(_)) => Close::Protocol,
        _ => Close::Gone,
    }
}

async fn read(session: &Session, stream: &mut Stream) -> Option<Close> {
    loop {
        let text = match timeout(IDLE_AFTER, next_text(stream)).await {
            Err(_) => return Some(Close::Idle),
            Ok(Err(close)) => return Some(close),
            Ok(Ok(None)) => continue,
            Ok(Ok(Some(text))) => text,
        };
        // What came with it: messages that were sent together are committed together.
        let mut texts = vec![text];
        let mut end = None;
        while texts.len() < MOST_TOGETHER {
            match next_text(stream).now_or_never() {
                Some(Ok(Some(text))) => texts.push(text),
                Some(Ok(None)) => {}
                Some(Err(close)) => {
                    end = Some(close);
                    break;
                }
                None => break,
            }
        }
        if let Err(close) = Box::pin(session.handle(&texts)).await {
            return Some(close);
        }
        if end.is_some() {
            return end;
        }
    }
}

async fn write(session: &Session, sink: &mut Sink) -> Option<Close> {
    let outbox = &session.connection.outbox;
    loop {
        match outbox.next().await {
            Next::Close(close) => return Some(close),
            Next::Frame(text) => {
                let sent = tokio::select! {
                    sent = send_with_those_behind(sink, text, outbox) => sent,
                    close = outbox.cut() => return Some(close),
                };
                if sent.is_err() {
                    return None;
                }
            }
        }
    }
}

/// What waits goes out in one write: a commit often has several frames for an agent.
async fn send_with_those_behind(sink: &mut Sink, first: Utf8Bytes, outbox: &Outbox) -> Result<(), axum::Error> {
    sink.feed(Message::Text(first)).await?;
    while let Some(text) = outbox.try_next() {
        sink.feed(Message::Text(text)).await?;
    }
    sink.flush().await
}

async fn say_goodbye(sink: &mut Sink, stream: &mut Stream, close: Close) {
    let farewell = async {
        // The other end's goodbye is answered by the library, while we read on.
        if close != Close::Gone {
            let frame = CloseFrame { code: close.code(), reason: close.reason().into() };
            if sink.send(Message::Close(Some(frame))).await.is_err() {
                return;
            }
        }
        // Read until the other end has closed too, so that our last frames are not lost in a reset.
        while let Some(Ok(_)) = stream.next().await {}
    };
    let _ = timeout(CLOSE_WITHIN, farewell).await;
}

fn count_refused(app: &App, code: RefusedCode) {
    app.metrics.refused.get_or_create(&[("code", code.as_str())]).inc();
}
