//! The bus between nodes, over NATS core: at most once, which is enough for hints.
//!
//! Nothing here waits for NATS. While it is away events are dropped, and each node finds out from the database what it
//! missed; a turn too big for one NATS message goes as a hint without its entries.

use std::time::Duration;

use async_nats::{Client, ConnectOptions, ServerAddr, Subscriber, connection::State};
use data_encoding::HEXLOWER_PERMISSIVE;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, watch};
use tokio_util::task::AbortOnDropHandle;

use super::{Ear, Event, Link};
use crate::config::{NatsSettings, Secret};

/// Events that wait to be handed to NATS; more are dropped.
const OUTGOING: usize = 1024;

/// A server that fell silent is noticed after two of these.
const PING_EVERY: Duration = Duration::from_secs(5);
const CONNECT_WITHIN: Duration = Duration::from_secs(3);

/// Between two attempts to connect, at most.
const RETRY_WITHIN_MS: u64 = 2_000;

/// An event under way: whose it is, so that nobody hears themselves.
#[derive(Serialize)]
struct Letter<'a> {
    from: &'a str,
    event: &'a Event,
}

#[derive(Deserialize)]
struct ReceivedLetter {
    from: String,
    event: Event,
}

pub struct Nats {
    node: String,
    ear: Ear,
    client: Client,
    outgoing: mpsc::Sender<Vec<u8>>,
    link: watch::Receiver<Link>,
    _tasks: [AbortOnDropHandle<()>; 2],
}

impl Nats {
    pub(super) async fn connect(settings: &NatsSettings, channel: &str, node: &str, ear: Ear) -> Result<Nats, String> {
        let servers = settings.urls.iter().map(server).collect::<Result<Vec<_>, _>>()?;
        let (state, link) = watch::channel(Link::Down);
        let client = options(settings, &servers)
            .await?
            .event_callback(move |event| {
                match event {
                    async_nats::Event::Connected => state.send_replace(Link::Up),
                    async_nats::Event::Disconnected | async_nats::Event::Closed => state.send_replace(Link::Down),
                    _ => *state.borrow(),
                };
                std::future::ready(())
            })
            .connect(servers)
            .await
            .map_err(|error| format!("The connection to NATS cannot be set up: {error}."))?;
        let node = node.to_owned();
        let heard = client
            .subscribe(channel.to_owned())
            .await
            .map_err(|error| format!("The connection to NATS cannot be set up: {error}."))?;
        let (outgoing, waiting) = mpsc::channel(OUTGOING);
        let tasks = [
            tokio::spawn(hand_over(client.clone(), channel.to_owned(), waiting)),
            tokio::spawn(hear(heard, node.clone(), ear.clone())),
        ];
        Ok(Nats { node, ear, client, outgoing, link, _tasks: tasks.map(AbortOnDropHandle::new) })
    }

    pub(super) fn ear(&self) -> &Ear {
        &self.ear
    }

    pub(super) fn link(&self) -> watch::Receiver<Link> {
        self.link.clone()
    }

    /// To the other nodes, if they can be reached now.
    pub(super) fn send(&self, event: &Event) {
        // What waited for a server to come back would be stale news then.
        if self.client.connection_state() != State::Connected {
            return;
        }
        if let Some(letter) = letter(&self.node, event, self.client.max_payload())
            && self.outgoing.try_send(letter).is_err()
        {
            tracing::debug!("the bus is full: other nodes find out from the database");
        }
    }
}

/// As sent; a turn that is longer than `max_bytes` shrinks to where its log is.
fn letter(from: &str, event: &Event, max_bytes: usize) -> Option<Vec<u8>> {
    let encode =
        |event: &Event| serde_json::to_vec(&Letter { from, event }).ok().filter(|text| text.len() <= max_bytes);
    encode(event).or_else(|| match event {
        Event::Turn { conv, entries, .. } => encode(&Event::Moved { conv: conv.clone(), head: entries.last()?.seq }),
        _ => None,
    })
}

async fn hand_over(client: Client, channel: String, mut waiting: mpsc::Receiver<Vec<u8>>) {
    while let Some(letter) = waiting.recv().await {
        if let Err(error) = client.publish(channel.clone(), letter.into()).await {
            tracing::debug!(%error, "an event did not go out: other nodes find out from the database");
        }
    }
}

async fn hear(mut heard: Subscriber, own: String, ear: Ear) {
    while let Some(message) = heard.next().await {
        match serde_json::from_slice::<ReceivedLetter>(&message.payload) {
            Ok(letter) if letter.from == own => {}
            Ok(letter) => ear.hear(&letter.event),
            // A newer node may say what this one does not understand.
            Err(error) => tracing::debug!(%error, "an event of another node cannot be read"),
        }
    }
}

async fn options(settings: &NatsSettings, servers: &[ServerAddr]) -> Result<ConnectOptions, String> {
    let mut options = ConnectOptions::new()
        .name("warmline")
        .no_echo()
        .retry_on_initial_connect()
        .ping_interval(PING_EVERY)
        .connection_timeout(CONNECT_WITHIN)
        .reconnect_delay_callback(|attempt| Duration::from_millis((50_u64 << attempt.min(6)).min(RETRY_WITHIN_MS)));
    let signed_in = servers.iter().find_map(|server| Some((decode(server.username()?), server.password().map(decode))));
    options = match signed_in {
        Some((user, Some(password))) => options.user_and_password(user, password),
        Some((token, None)) => options.token(token),
        None => options,
    };
    if let Some(path) = &settings.credentials {
        options = options
            .credentials_file(path)
            .await
            .map_err(|error| format!("`nats_credentials`: {} cannot be used: {error}.", path.display()))?;
    }
    let (cert, key) = settings.client_certificate.clone().unzip();
    for path in settings.ca.iter().chain(&cert).chain(&key) {
        // The driver reads them when it connects, over and over; a wrong path should be told at once.
        if let Err(error) = std::fs::File::open(path) {
            return Err(format!("The file {} for NATS cannot be read: {error}.", path.display()));
        }
    }
    if let Some(ca) = &settings.ca {
        options = options.add_root_certificates(ca.clone()).require_tls(true);
    }
    if let (Some(cert), Some(key)) = (cert, key) {
        options = options.add_client_certificate(cert, key).require_tls(true);
    }
    Ok(options)
}

fn server(url: &Secret) -> Result<ServerAddr, String> {
    // The driver's own words may repeat the address, and with it a password.
    url.0.parse().map_err(|_| "`nats_url`: an address cannot be read.".to_owned())
}

/// Undoes `%40` and the like in the user's part of a URL.
fn decode(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        match part.get(..2).and_then(|hex| HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).ok()) {
            Some(byte) => {
                bytes.extend(byte);
                bytes.extend(&part.as_bytes()[2..]);
            }
            None => {
                bytes.push(b'%');
                bytes.extend(part.as_bytes());
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Author, Entry, EntryBody, Message, Status, ids::ConversationId};

    #[test]
    fn a_turn_too_big_for_nats_goes_as_a_hint() {
        let message = Message { text: "x".repeat(2_000), ..Message::default() };
        let entry = Entry { seq: 7, at: 0, cid: None, author: Author::Shopper, body: EntryBody::Message(message) };
        let conv = ConversationId::from("c");
        let turn = Event::Turn { conv: conv.clone(), status: Status::Bot, entries: vec![entry] };
        let sent = |max_bytes| {
            letter("n", &turn, max_bytes).map(|text| serde_json::from_slice::<ReceivedLetter>(&text).unwrap().event)
        };
        assert_eq!(sent(10_000), Some(turn.clone()));
        assert_eq!(sent(1_000), Some(Event::Moved { conv, head: 7 }));
        assert_eq!(sent(10), None);
    }

    #[test]
    fn a_sign_in_may_be_written_as_urls_want_it() {
        assert_eq!(decode("p%40ss%2Fw%C3%B6rd%zz"), "p@ss/wörd%zz");
    }
}
