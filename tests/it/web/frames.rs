//! The wire is a promise to strangers: an example of every frame is checked in, and the protocol's page shows those.
//!
//! `UPDATE=1 cargo test --test it frames` rewrites docs/frames.json and the examples in docs/protocol.md.

use std::{collections::BTreeMap, path::PathBuf};

use serde_json::Value;
use warmline::{
    desk::{company::Doing, wait::WaitRange},
    domain::{Choice, Entry, Lang, Level, Role, Status, Tone, WrapUp},
    service::surges::{Mode, Sample, SurgeGroup, SurgeMember, Surges},
    web::frames::{
        Addressee, Audience, Auth, ClientFrame, HEARTBEAT_MS, MAX_FRAME_BYTES, Me, Party, Position, Ready, Refused,
        RefusedCode, SendBody, ServerFrame, visible,
    },
};

use super::samples::*;

fn send(body: SendBody) -> ClientFrame {
    ClientFrame::Send { cid: cid(), conv: conv(), body }
}

fn client_frames() -> Vec<(&'static str, ClientFrame)> {
    let resume = vec![Position { conv: conv(), epoch: epoch(), seq: 3 }];
    let message = |text: &str, choice, epoch| SendBody::Message {
        text: text.into(),
        files: Vec::new(),
        choice,
        epoch,
        despite: None,
    };
    vec![
        (
            "auth.shopper",
            ClientFrame::Auth(Auth::Shopper {
                token: "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA".into(),
                client: Some("8d2e51".into()),
                resume: resume.clone(),
            }),
        ),
        (
            "auth.agent",
            ClientFrame::Auth(Auth::Agent {
                ticket: "Vr3p0cWZqN2vB1k8XyLmJw".into(),
                client: Some("f0c1".into()),
                resume,
            }),
        ),
        ("send.message", send(message("How long does delivery take?", None, None))),
        ("send.choice", send(message("A person, please", Some(Choice::Human), None))),
        ("send.reply", send(message("Hello, it will be there tomorrow.", None, Some(1)))),
        (
            "send.picture",
            send(SendBody::Message {
                text: String::new(),
                files: vec![photograph().id],
                choice: None,
                epoch: None,
                despite: None,
            }),
        ),
        (
            "send.reply_despite_the_coach",
            send(SendBody::Message {
                text: "We can't do that.".into(),
                files: Vec::new(),
                choice: None,
                epoch: Some(1),
                despite: Some(Tone::FlatRefusal),
            }),
        ),
        ("send.note", send(SendBody::Note { text: "Called the carrier.".into(), mentions: vec![maya().id] })),
        ("send.rate", send(SendBody::Rate { resolution: 1, score: 2, comment: "It took a week.".into() })),
        (
            "send.edit",
            send(SendBody::Edit { seq: 11, text: "Hello, it will be there on Monday.".into(), despite: None }),
        ),
        ("send.redact", send(SendBody::Redact { seq: 2, why: "A card number".into() })),
        ("send.take", send(SendBody::Take)),
        ("send.accept", send(SendBody::Accept { epoch: 1 })),
        ("send.decline", send(SendBody::Decline { epoch: 1 })),
        ("send.hand_back", send(SendBody::HandBack { epoch: 1 })),
        ("send.release", send(SendBody::Release { epoch: 1 })),
        (
            "send.resolve",
            send(SendBody::Resolve {
                epoch: 1,
                wrap_up: Some(WrapUp {
                    category: Some("delivery".into()),
                    outcome: Some("solved".into()),
                    tags: vec!["late_parcel".into()],
                }),
            }),
        ),
        ("send.tag", send(SendBody::Tag { add: vec!["vip".into()], remove: vec!["urgent".into()] })),
        (
            "send.transfer",
            send(SendBody::Transfer {
                epoch: 1,
                to: Addressee::Team("returns".into()),
                note: "Wants an exchange.".into(),
            }),
        ),
        (
            "send.answer_many",
            send(SendBody::AnswerMany {
                epoch: 0,
                text: "The typhoon has stopped the lorries.".into(),
                among: 23,
                despite: None,
            }),
        ),
        ("send.priority", send(SendBody::Priority { level: Level::High })),
        ("send.take_over", send(SendBody::TakeOver { epoch: 1 })),
        ("open", ClientFrame::Open { conv: conv() }),
        ("leave", ClientFrame::Leave { conv: conv() }),
        ("seen", ClientFrame::Seen { conv: conv(), seq: 3 }),
        ("typing", ClientFrame::Typing { conv: conv(), on: true }),
        ("looking", ClientFrame::Looking { conv: Some(conv()), doing: Doing::Replying }),
        ("looking.nowhere", ClientFrame::Looking { conv: None, doing: Doing::Looking }),
        ("available", ClientFrame::Available { on: false }),
        ("wrapping_up", ClientFrame::WrappingUp { on: true }),
        ("ping", ClientFrame::Ping { heads: BTreeMap::from([(conv(), 3)]) }),
    ]
}

fn server_frames() -> Vec<(&'static str, ServerFrame)> {
    let entries = |from, through, entries: &[Entry], audience, dup| ServerFrame::Entries {
        conv: conv(),
        from,
        through,
        items: visible(entries, audience),
        dup,
    };
    let status = |status, place: Option<i64>, waiting| {
        let wait = place.map(|_| WaitRange { low_ms: 120_000, high_ms: 420_000 });
        ServerFrame::Status { conv: conv(), status, place, waiting, wait }
    };
    let refused = |code, message: &str| Refused::new(code, message).answering(&cid());
    vec![
        ("hello", ServerFrame::Hello { heartbeat_ms: HEARTBEAT_MS, max_frame: MAX_FRAME_BYTES, server_time: AT }),
        ("ready.shopper", ServerFrame::Ready(Ready::Shopper { epoch: epoch(), conv: conv(), lang: Lang::En })),
        (
            "ready.agent",
            ServerFrame::Ready(Ready::Agent {
                epoch: epoch(),
                agent: Me { id: maya().id, name: maya().name, role: Role::Agent },
                desk: vec![row()],
                seats: vec![seat()],
                company: BTreeMap::from([(conv(), company())]),
            }),
        ),
        ("entries", entries(2, 3, &[asked(), answered()], Audience::Shopper, false)),
        ("entries.dup", entries(2, 2, &[asked()], Audience::Shopper, true)),
        ("entries.every_kind", entries(2, 14, &every_entry(), Audience::Agent, false)),
        ("entries.every_kind_for_shoppers", entries(2, 14, &every_entry(), Audience::Shopper, false)),
        ("resumed", ServerFrame::Resumed { conv: conv(), head: 3 }),
        (
            "reset.shopper",
            ServerFrame::Reset {
                conv: conv(),
                epoch: epoch(),
                head: 3,
                items: visible(&[asked(), answered()], Audience::Shopper),
                row: None,
            },
        ),
        (
            "reset.agent",
            ServerFrame::Reset {
                conv: conv(),
                epoch: epoch(),
                head: 3,
                items: visible(&[asked(), answered()], Audience::Agent),
                row: Some(Box::new(row())),
            },
        ),
        (
            "refused.taken",
            ServerFrame::Refused(Refused {
                who: Some(maya()),
                ..refused(RefusedCode::Taken, "Maya already has this conversation.")
            }),
        ),
        (
            "refused.rate_limited",
            ServerFrame::Refused(
                refused(RefusedCode::RateLimited, "That was a lot at once. Please wait a moment.").retry_after_ms(900),
            ),
        ),
        ("status.queued", status(Status::Queued, Some(2), Some(5))),
        ("status.assigned", status(Status::Assigned, None, None)),
        ("seen", ServerFrame::Seen { conv: conv(), who: Party::Agent, seq: 3 }),
        ("typing.bot", ServerFrame::Typing { conv: conv(), who: Party::Bot, name: None, on: true }),
        ("typing.agent", ServerFrame::Typing { conv: conv(), who: Party::Agent, name: Some("Maya".into()), on: true }),
        ("mentioned", ServerFrame::Mentioned { conv: conv(), seq: 10, by: maya(), at: AT + 10_000 }),
        ("company", ServerFrame::Company { conv: conv(), agents: company() }),
        ("desk", ServerFrame::Desk { rows: vec![row()] }),
        ("gone", ServerFrame::Gone { convs: vec![conv()] }),
        ("seats", ServerFrame::Seats { seats: vec![seat()] }),
        (
            "surges",
            ServerFrame::Surges(Surges {
                mode: Mode::Auto,
                groups: vec![SurgeGroup {
                    id: conv(),
                    topic: Some("delivery_late".into()),
                    since: AT + 8_000,
                    members: vec![SurgeMember { conv: conv(), epoch: 0, lang: Lang::En, team: None }],
                    samples: vec![Sample {
                        conv: conv(),
                        lang: Lang::En,
                        text: "Is my kettle stuck in the typhoon?".into(),
                    }],
                }],
            }),
        ),
        ("notices", ServerFrame::Notices),
        ("pong", ServerFrame::Pong { heads: BTreeMap::from([(conv(), 3)]) }),
        ("drain", ServerFrame::Drain { retry_in_ms: 1_750 }),
    ]
}

/// Name and JSON of every example, members in the order of the types.
fn examples() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (name, frame) in client_frames() {
        let text = serde_json::to_string(&frame).expect("JSON");
        assert_eq!(serde_json::from_str::<ClientFrame>(&text).expect("what we write we can read"), frame, "{name}");
        all.push((format!("client.{name}"), text));
    }
    for (name, frame) in server_frames() {
        let text = serde_json::to_string(&frame).expect("JSON");
        assert_eq!(serde_json::from_str::<ServerFrame>(&text).expect("what we write we can read"), frame, "{name}");
        all.push((format!("server.{name}"), text));
    }
    all
}

/// `{"client": {name: frame}, "server": {name: frame}}`, a frame a line.
fn file_of(examples: &[(String, String)]) -> String {
    let side = |side: &str| {
        let prefix = format!("{side}.");
        let of_side = examples.iter().filter_map(|(name, text)| Some((name.strip_prefix(&prefix)?, text)));
        let lines: Vec<_> = of_side.map(|(name, text)| format!("    {name:?}: {text}")).collect();
        format!("  {side:?}: {{\n{}\n  }}", lines.join(",\n"))
    };
    let file = format!("{{\n{},\n{}\n}}\n", side("client"), side("server"));
    serde_json::from_str::<Value>(&file).expect("JSON");
    file
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)
}

fn compare(name: &str, expected: &str) {
    let path = path(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, expected).expect("docs can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == expected,
        "docs/{name} does not show the frames as they are. If the change is meant, run\n  \
         UPDATE=1 cargo test --test it frames"
    );
}

/// Replaces what stands in each ```json fence that names an example.
fn with_examples(page: &str, examples: &[(String, String)]) -> String {
    let mut out = String::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        let Some(name) = line.strip_prefix("```json ") else { continue };
        let (_, text) =
            examples.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no example is named {name}"));
        out.push_str(text);
        out.push('\n');
        for line in lines.by_ref() {
            if line == "```" {
                out.push_str("```\n");
                break;
            }
        }
    }
    out
}

#[test]
fn every_frame_is_shown_in_the_docs() {
    let all = examples();
    compare("frames.json", &file_of(&all));
    let page = std::fs::read_to_string(path("protocol.md")).expect("docs/protocol.md");
    compare("protocol.md", &with_examples(&page, &all));
    for (name, _) in &all {
        if !name.contains("every_kind") {
            assert!(page.contains(&format!("```json {name}\n")), "docs/protocol.md does not show {name}");
        }
    }
}

#[test]
fn shoppers_never_see_notes_reasons_or_briefs() {
    let items = serde_json::to_string(&visible(&every_entry(), Audience::Shopper)).expect("JSON");
    for secret in ["Called the carrier", "reason", "brief", "ridiculous", "factors", "a…n@example.com"] {
        assert!(!items.contains(secret), "{secret} is in {items}");
    }
    assert!(items.contains(r#""kind":"handoff""#), "that it happened is no secret");
}
