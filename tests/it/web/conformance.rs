//! The WebSocket itself, frame by frame as bytes: what RFC 6455 allows works, what it forbids ends with its code.

use std::{net::SocketAddr, time::Duration};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::harness::{House, PATIENCE, Shopper};

const CONTINUATION: u8 = 0x0;
const TEXT: u8 = 0x1;
const BINARY: u8 = 0x2;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xa;
const FIN: u8 = 0x80;

/// The largest frame that `hello` names.
const MAX_FRAME: usize = 64 * 1024;

/// What a client sends, byte by byte.
#[derive(Clone)]
struct Frame {
    /// FIN, reserved bits, opcode.
    head: u8,
    payload: Vec<u8>,
    /// Told instead of the payload's own length.
    told_length: Option<u64>,
    masked: bool,
}

fn frame(head: u8, payload: impl Into<Vec<u8>>) -> Frame {
    Frame { head, payload: payload.into(), told_length: None, masked: true }
}

impl Frame {
    fn telling(self, length: u64) -> Frame {
        Frame { told_length: Some(length), ..self }
    }

    fn unmasked(self) -> Frame {
        Frame { masked: false, ..self }
    }

    fn bytes(&self) -> Vec<u8> {
        const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
        let length = self.told_length.unwrap_or(self.payload.len() as u64);
        let mask_bit = if self.masked { 0x80 } else { 0 };
        let mut bytes = vec![self.head];
        match length {
            0..=125 => bytes.push(mask_bit | length as u8),
            126..=0xffff => {
                bytes.push(mask_bit | 126);
                bytes.extend((length as u16).to_be_bytes());
            }
            _ => {
                bytes.push(mask_bit | 127);
                bytes.extend(length.to_be_bytes());
            }
        }
        if self.masked {
            bytes.extend(MASK);
            bytes.extend(self.payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        } else {
            bytes.extend(&self.payload);
        }
        bytes
    }
}

/// A TCP connection that has become a WebSocket.
struct Raw {
    stream: TcpStream,
}

#[derive(Debug, PartialEq)]
enum Heard {
    Text(Value),
    Pong(Vec<u8>),
    /// 1005 stands for a close frame without a code, as in the RFC.
    Closed(u16),
    Gone,
}

impl Raw {
    async fn open(address: SocketAddr) -> Raw {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        let answer = handshake(&mut stream, &request(address, &[])).await;
        assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
        Raw { stream }
    }

    /// Authenticated as `shopper` and past the first load.
    async fn open_as(shopper: &Shopper, address: SocketAddr) -> Raw {
        let mut raw = Raw::open(address).await;
        let auth = json!({"type": "auth", "role": "shopper", "token": shopper.token, "resume": []}).to_string();
        raw.send(&[frame(FIN | TEXT, auth)]).await;
        loop {
            match raw.hear().await {
                Heard::Text(frame) if frame["type"] == "reset" => return raw,
                Heard::Text(_) => {}
                other => panic!("waited for the first load, got {other:?}"),
            }
        }
    }

    async fn send(&mut self, frames: &[Frame]) {
        for frame in frames {
            // The other end may have hung up over an earlier one: what it said is read by `hear`.
            let _ = self.stream.write_all(&frame.bytes()).await;
        }
    }

    /// The next message; the server never fragments.
    async fn hear(&mut self) -> Heard {
        let read = async {
            let head = self.stream.read_u8().await?;
            let length = self.stream.read_u8().await?;
            assert_eq!(length & 0x80, 0, "a server does not mask");
            let length = match length {
                126 => u64::from(self.stream.read_u16().await?),
                127 => self.stream.read_u64().await?,
                short => u64::from(short),
            };
            let mut payload = vec![0; length as usize];
            self.stream.read_exact(&mut payload).await?;
            Ok::<_, std::io::Error>((head, payload))
        };
        let Ok((head, payload)) = timeout(PATIENCE, read).await.expect("the server says something") else {
            return Heard::Gone;
        };
        match head {
            0x81 => Heard::Text(serde_json::from_slice(&payload).expect("JSON")),
            0x88 => Heard::Closed(payload.first_chunk().map_or(1005, |code| u16::from_be_bytes(*code))),
            0x8a => Heard::Pong(payload),
            other => panic!("a head of {other:#x}"),
        }
    }

    /// The next thing that is no status, typing or the like.
    async fn answer(&mut self) -> Heard {
        loop {
            match self.hear().await {
                Heard::Text(frame) if frame["type"] == "status" || frame["type"] == "typing" => {}
                heard => return heard,
            }
        }
    }
}

fn request(address: SocketAddr, more: &[(&str, &str)]) -> String {
    let mut request = format!("GET /ws HTTP/1.1\r\nHost: {address}\r\n");
    let usual = [
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("Sec-WebSocket-Protocol", "warmline.v1"),
    ];
    for (name, value) in usual.iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name)).chain(more) {
        if !value.is_empty() {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    request + "\r\n"
}

/// The head of the answer.
async fn handshake(stream: &mut TcpStream, request: &str) -> String {
    // A server that has read enough may close before we have written all.
    let _ = stream.write_all(request.as_bytes()).await;
    let mut head = Vec::new();
    let read = async {
        while !head.ends_with(b"\r\n\r\n") {
            match stream.read_u8().await {
                Ok(byte) => head.push(byte),
                Err(_) => break,
            }
        }
    };
    timeout(PATIENCE, read).await.expect("an answer");
    String::from_utf8_lossy(&head).into_owned()
}

/// A `ping` frame of our protocol, exactly this long.
fn ping_of(bytes: usize) -> Vec<u8> {
    let mut text = br#"{"type":"ping","heads":{}}"#.to_vec();
    assert!(bytes >= text.len());
    text.resize(bytes, b' ');
    text
}

fn is_pong(heard: &Heard) -> bool {
    matches!(heard, Heard::Text(frame) if frame["type"] == "pong")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_rfc_allows_is_understood() {
    let house = House::open().await;
    let ann = house.shopper("zh-Hant").await;
    let ping = ping_of(60);
    let whole = |payload: Vec<u8>| vec![frame(FIN | TEXT, payload)];
    // A frame that cannot be read is refused in the conversation's own way, so the text itself was whole.
    let chinese = "{\"type\":\"水晶🫖\"}".as_bytes();
    let split = |text: &[u8], sizes: &[usize]| {
        let mut rest = text;
        let mut frames = Vec::new();
        for (n, size) in sizes.iter().enumerate() {
            let (piece, after) = rest.split_at(*size);
            frames.push(frame(if n == 0 { TEXT } else { CONTINUATION }, piece));
            rest = after;
        }
        frames.push(frame(FIN | CONTINUATION, rest));
        frames
    };
    let cases: Vec<(&str, Vec<Frame>)> = vec![
        ("the longest short length", whole(ping_of(125))),
        ("the shortest middle length", whole(ping_of(126))),
        ("one more", whole(ping_of(127))),
        ("the longest middle length", whole(ping_of(65_535))),
        ("the largest frame", whole(ping_of(MAX_FRAME))),
        ("in two pieces", split(&ping, &[10])),
        ("a byte at a time", split(&ping, &vec![1; ping.len()])),
        ("empty pieces", split(&ping, &[0, 10, 0, 5, 0])),
        ("a letter split between its bytes", split(chinese, &[10, 1, 1, 4])),
        ("a letter split byte by byte", split(chinese, &vec![1; chinese.len()])),
        ("pieces of the largest message", split(&ping_of(MAX_FRAME), &[30_000, 30_000])),
    ];
    for (name, frames) in cases {
        let mut raw = Raw::open_as(&ann, house.address).await;
        raw.send(&frames).await;
        let heard = raw.answer().await;
        let is_fine = is_pong(&heard) || matches!(&heard, Heard::Text(frame) if frame["code"] == "bad_frame");
        assert!(is_fine, "{name}: {heard:?}");
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn control_frames_come_between_the_pieces_of_a_message() {
    let house = House::open().await;
    let ann = house.shopper("zh-Hant").await;
    let mut raw = Raw::open_as(&ann, house.address).await;
    let ping = ping_of(40);
    raw.send(&[frame(FIN | PONG, "nobody asked"), frame(TEXT, &ping[..10]), frame(FIN | PING, "are you there")]).await;
    assert_eq!(raw.answer().await, Heard::Pong(b"are you there".to_vec()));
    raw.send(&[frame(CONTINUATION, &ping[10..20]), frame(FIN | PONG, ""), frame(FIN | PING, vec![7; 125])]).await;
    assert_eq!(raw.answer().await, Heard::Pong(vec![7; 125]));
    raw.send(&[frame(FIN | CONTINUATION, &ping[20..])]).await;
    assert!(is_pong(&raw.hear().await));
    raw.send(&[frame(FIN | PING, "")]).await;
    assert_eq!(raw.answer().await, Heard::Pong(Vec::new()));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_rfc_forbids_ends_the_socket_with_its_code() {
    let house = House::open().await;
    let ann = house.shopper("zh-Hant").await;
    let ping = || ping_of(40);
    let one = |frame: Frame| vec![frame];
    let text = |payload: &[u8]| vec![frame(FIN | TEXT, payload)];
    let cases: Vec<(&str, Vec<Frame>, u16)> = vec![
        ("reserved bit 1", one(frame(FIN | 0x40 | TEXT, ping())), 1002),
        ("reserved bit 2", one(frame(FIN | 0x20 | TEXT, ping())), 1002),
        ("reserved bit 3", one(frame(FIN | 0x10 | TEXT, ping())), 1002),
        ("reserved bits on a ping", one(frame(FIN | 0x70 | PING, "")), 1002),
        ("opcode 3", one(frame(FIN | 0x3, ping())), 1002),
        ("opcode 7", one(frame(FIN | 0x7, ping())), 1002),
        ("control opcode 11", one(frame(FIN | 0xb, "")), 1002),
        ("control opcode 15", one(frame(FIN | 0xf, "")), 1002),
        ("a ping in pieces", one(frame(PING, "a")), 1002),
        ("a close in pieces", one(frame(CLOSE, "")), 1002),
        ("a ping of 126 bytes", one(frame(FIN | PING, vec![1; 126])), 1002),
        ("a pong of 70,000 bytes", one(frame(FIN | PONG, vec![1; 70_000])), 1009),
        ("a continuation of nothing", one(frame(FIN | CONTINUATION, ping())), 1002),
        ("a piece of nothing", one(frame(CONTINUATION, ping())), 1002),
        ("a message inside a message", vec![frame(TEXT, "{"), frame(FIN | TEXT, ping())], 1002),
        ("not masked", one(frame(FIN | TEXT, ping()).unmasked()), 1002),
        ("a ping not masked", one(frame(FIN | PING, "a").unmasked()), 1002),
        ("binary", one(frame(FIN | BINARY, ping())), 1003),
        ("a lone byte of a letter", text(b"{\"type\":\"\xe6\"}"), 1007),
        ("a letter cut off at the end", text(b"\xe6\xb0"), 1007),
        ("a byte that no letter has", text(b"\xff"), 1007),
        ("a slash in two bytes", text(b"\xc0\xaf"), 1007),
        ("half of a pair", text(b"\xed\xa0\x80"), 1007),
        ("beyond the last letter", text(b"\xf4\x90\x80\x80"), 1007),
        (
            "a letter broken off between pieces",
            vec![frame(TEXT, b"{\"type\":\"\xe6"), frame(FIN | CONTINUATION, b"a\"}")],
            1007,
        ),
        (
            "a letter cut off in the last piece",
            vec![frame(TEXT, b"{\"type\":\"".as_slice()), frame(FIN | CONTINUATION, b"\xe6\xb0".as_slice())],
            1007,
        ),
        ("one byte too many", text(&ping_of(MAX_FRAME + 1)), 1009),
        ("a length of 2^40", one(frame(FIN | TEXT, "").telling(1 << 40)), 1009),
        ("a length of 2^63", one(frame(FIN | TEXT, "").telling(1 << 63)), 1009),
        (
            "pieces that are too much together",
            vec![frame(TEXT, vec![b' '; 40_000]), frame(FIN | CONTINUATION, vec![b' '; 40_000])],
            1009,
        ),
    ];
    let mut wrong = Vec::new();
    for (name, frames, code) in cases {
        let mut raw = Raw::open_as(&ann, house.address).await;
        raw.send(&frames).await;
        let heard = raw.answer().await;
        if heard != Heard::Closed(code) {
            wrong.push(format!("{name}: {heard:?} and not {code}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // And none of it troubled anybody else.
    let mut raw = Raw::open_as(&ann, house.address).await;
    raw.send(&[frame(FIN | TEXT, ping_of(26))]).await;
    assert!(is_pong(&raw.answer().await));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_close_is_answered_with_a_close() {
    let house = House::open().await;
    let ann = house.shopper("zh-Hant").await;
    let coded = |code: u16, reason: &str| [code.to_be_bytes().as_slice(), reason.as_bytes()].concat();
    let cases: Vec<(&str, Vec<u8>, u16)> = vec![
        ("without a code", Vec::new(), 1005),
        ("normal", coded(1000, ""), 1000),
        ("with a reason", coded(1000, "bye 水"), 1000),
        ("going away", coded(1001, ""), 1001),
        ("a library's code", coded(3000, ""), 3000),
        ("an application's code", coded(4999, ""), 4999),
        ("the longest reason", coded(1000, &"x".repeat(123)), 1000),
        ("half a code", vec![3], 1002),
        ("code 0", coded(0, ""), 1002),
        ("code 999", coded(999, ""), 1002),
        ("code 1005, never sent", coded(1005, ""), 1002),
        ("code 1006, never sent", coded(1006, ""), 1002),
        ("code 5000", coded(5000, ""), 1002),
    ];
    let mut wrong = Vec::new();
    for (name, payload, code) in cases {
        let mut raw = Raw::open_as(&ann, house.address).await;
        raw.send(&[frame(FIN | CLOSE, payload)]).await;
        let heard = raw.answer().await;
        if heard != Heard::Closed(code) {
            wrong.push(format!("{name}: {heard:?} and not {code}"));
            continue;
        }
        let after = timeout(Duration::from_secs(5), raw.hear()).await;
        if !matches!(after, Ok(Heard::Gone)) {
            wrong.push(format!("{name}: then {after:?} and not the end"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_proper_handshake_becomes_a_socket() {
    let house = House::open().await;
    // hyper refuses once it has 408 KiB without the end of the headers, and may read as much again before it looks.
    let long = "x".repeat(900_000);
    type Case<'a> = (&'a str, Vec<(&'a str, &'a str)>, &'a [u16]);
    let cases: Vec<Case<'_>> = vec![
        ("as it should be", vec![], &[101]),
        ("among other protocols", vec![("Sec-WebSocket-Protocol", "chat, warmline.v1")], &[101]),
        (
            "header names and values in capitals",
            vec![("Upgrade", "WebSocket"), ("Connection", "keep-alive, UPGRADE")],
            &[101],
        ),
        ("an old version", vec![("Sec-WebSocket-Version", "8")], &[400, 426]),
        ("no version", vec![("Sec-WebSocket-Version", "")], &[400, 426]),
        ("no key", vec![("Sec-WebSocket-Key", "")], &[400]),
        ("no upgrade", vec![("Upgrade", "")], &[400, 426]),
        ("another upgrade", vec![("Upgrade", "h2c")], &[400, 426]),
        ("no connection upgrade", vec![("Connection", "keep-alive")], &[400, 426]),
        ("another site", vec![("Origin", "https://evil.example")], &[403]),
        ("a header of nearly a megabyte", vec![("X-Long", &long)], &[431]),
    ];
    let mut wrong = Vec::new();
    for (name, headers, statuses) in cases {
        let mut stream = TcpStream::connect(house.address).await.expect("a connection");
        let answer = handshake(&mut stream, &request(house.address, &headers)).await;
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        if !statuses.contains(&status) {
            wrong.push(format!("{name}: {} and not {statuses:?}", answer.lines().next().unwrap_or("nothing")));
        }
        if status == 101 {
            assert!(answer.to_lowercase().contains("sec-websocket-protocol: warmline.v1"), "{name}: {answer}");
            assert!(answer.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "the RFC's own example: {answer}");
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    house.close().await;
}
