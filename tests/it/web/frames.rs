//! The wire is a promise to strangers: an example of every frame is checked in, and the protocol's page shows those.
//!
//! `UPDATE=1 cargo test --test it frames` rewrites docs/frames.json and the examples in docs/protocol.md.

use std::{collections::BTreeMap, path::PathBuf};

use serde_json::Value;
use warmline::{
    domain::{
        AgentRef, Author, Brief, Button, Card, Choice, Entry, EntryBody, HandoffReason, Lang, Message, Priority, Role,
        Source, Status,
        entry::RequeueReason,
        handoff::{Factor, Feeling, Tried},
        ids::{AgentId, Cid, ConversationId},
        order::{CardItem, CardParcel, OrderCard, OrderState},
        returns::{ReturnCard, ReturnKind},
        turn::Decision,
    },
    store::desk::DeskRow,
    web::frames::{
        Audience, Auth, ClientFrame, HEARTBEAT_MS, MAX_FRAME_BYTES, Me, Party, Position, Ready, Refused, RefusedCode,
        SendBody, ServerFrame, visible,
    },
};

const AT: i64 = 1_773_828_000_000;

fn conv() -> ConversationId {
    "01986f3e-7a10-7c52-9d7e-3f1f4f8f2a01".into()
}

fn cid() -> Cid {
    "01986f3e-8b21-7d63-8e8f-4a2a5a9a3b02".into()
}

fn maya() -> AgentRef {
    AgentRef { id: AgentId::from("01986f3e-9c32-7e74-8f90-5b3b6bab4c03"), name: "Maya".into() }
}

fn epoch() -> String {
    "4f1c9a7be2d05836".into()
}

fn entry(seq: i64, author: Author, body: EntryBody) -> Entry {
    Entry { seq, at: AT + seq * 1_000, cid: None, author, body }
}

fn said(seq: i64, author: Author, message: Message) -> Entry {
    entry(seq, author, EntryBody::Message(message))
}

fn text(text: &str) -> Message {
    Message { text: text.into(), ..Message::default() }
}

fn asked() -> Entry {
    Entry { cid: Some(cid()), ..said(2, Author::Shopper, text("How long does delivery take?")) }
}

fn answered() -> Entry {
    let helpful = |yes| Choice::Helpful { article: "delivery-time".into(), yes };
    said(
        3,
        Author::Bot,
        Message {
            text: "**1 to 3 working days** by courier.".into(),
            lang: Some(Lang::En),
            decision: Some(Decision::Answer),
            source: Some(Source {
                article: "delivery-time".into(),
                title: "How long is delivery?".into(),
                lang: Lang::En,
            }),
            buttons: vec![
                Button { label: "That helped".into(), choice: helpful(true) },
                Button { label: "Not what I meant".into(), choice: helpful(false) },
                Button { label: "A person, please".into(), choice: Choice::Human },
            ],
            ..Message::default()
        },
    )
}

/// One entry of every kind, as an agent reads them.
fn every_entry() -> Vec<Entry> {
    let order = OrderCard {
        number: "PW20260318".into(),
        state: OrderState::Shipped,
        placed_at: AT - 200_000_000,
        items: vec![CardItem { name: "Kestrel gooseneck kettle".into(), quantity: 1 }],
        parcels: vec![CardParcel {
            carrier: "Black Cat".into(),
            tracking: "9012 3456 7890".into(),
            shipped_at: Some(AT - 100_000_000),
            expected_at: Some(AT - 10_000_000),
            delivered_at: None,
            late: true,
            delay: Some("Heavy rain on the east coast holds the lorry up.".into()),
        }],
    };
    let back = ReturnCard {
        number: "R20260318-1".into(),
        order: "PW20260318".into(),
        item: "Kestrel gooseneck kettle".into(),
        kind: ReturnKind::Return,
        send_by: "2026-03-25".into(),
        postage_paid_by_shop: false,
    };
    let brief = Brief {
        who: Some("a…n@example.com".into()),
        order: Some("PW20260318".into()),
        wants: Some("order_status".into()),
        wants_text: Some("Where is my kettle?".into()),
        trigger: Some("A person, please".into()),
        tried: vec![Tried::OrderShown { order: "PW20260318".into() }],
        feeling: Feeling { anger: 0.5, anxiety: 0.0, disappointment: 0.25, urgency: 0.5 },
        words: vec!["ridiculous".into()],
    };
    let priority = Priority {
        score: 60,
        factors: vec![Factor { name: "reason".into(), points: 40 }, Factor { name: "anger".into(), points: 20 }],
    };
    let pressed = Message { text: "A person, please".into(), choice: Some(Choice::Human), ..Message::default() };
    vec![
        asked(),
        answered(),
        said(
            4,
            Author::Bot,
            Message {
                text: "Here it is.".into(),
                lang: Some(Lang::En),
                card: Some(Card::Order(order)),
                ..Message::default()
            },
        ),
        said(
            5,
            Author::Bot,
            Message {
                text: "Your return is open.".into(),
                lang: Some(Lang::En),
                card: Some(Card::Return(back)),
                ..Message::default()
            },
        ),
        entry(6, Author::System, EntryBody::ReturnOpened { number: "R20260318-1".into(), order: "PW20260318".into() }),
        said(7, Author::Shopper, pressed),
        entry(8, Author::Bot, EntryBody::Handoff { reason: HandoffReason::Request, priority, brief: Box::new(brief) }),
        entry(9, Author::System, EntryBody::Assigned { agent: maya(), epoch: 1 }),
        entry(10, Author::Agent(maya()), EntryBody::Note { text: "Called the carrier.".into() }),
        said(11, Author::Agent(maya()), text("Hello, it will be there tomorrow.")),
        entry(12, Author::System, EntryBody::HandedBack { by: Author::Agent(maya()) }),
        entry(13, Author::System, EntryBody::Requeued { from: maya(), reason: RequeueReason::AgentLost }),
        entry(14, Author::System, EntryBody::Closed { by: Author::Agent(maya()) }),
        entry(15, Author::System, EntryBody::Reopened),
    ]
}

fn row() -> DeskRow {
    DeskRow {
        conv: conv(),
        status: Status::Queued,
        lang: Lang::En,
        assignee: None,
        epoch: 0,
        priority: 60,
        queued_at: Some(AT + 8_000),
        updated_at: AT + 8_000,
        head: 8,
        preview: "A person, please".into(),
        feeling: Some(Feeling { anger: 0.5, anxiety: 0.0, disappointment: 0.25, urgency: 0.5 }),
        reason: Some(HandoffReason::Request),
        who: Some("a…n@example.com".into()),
    }
}

fn send(body: SendBody) -> ClientFrame {
    ClientFrame::Send { cid: cid(), conv: conv(), body }
}

fn client_frames() -> Vec<(&'static str, ClientFrame)> {
    let resume = vec![Position { conv: conv(), epoch: epoch(), seq: 3 }];
    let message = |text: &str, choice, epoch| SendBody::Message { text: text.into(), choice, epoch };
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
        ("send.note", send(SendBody::Note { text: "Called the carrier.".into() })),
        ("send.take", send(SendBody::Take)),
        ("send.hand_back", send(SendBody::HandBack { epoch: 1 })),
        ("send.release", send(SendBody::Release { epoch: 1 })),
        ("send.resolve", send(SendBody::Resolve { epoch: 1 })),
        ("open", ClientFrame::Open { conv: conv() }),
        ("leave", ClientFrame::Leave { conv: conv() }),
        ("seen", ClientFrame::Seen { conv: conv(), seq: 3 }),
        ("typing", ClientFrame::Typing { conv: conv(), on: true }),
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
    let status = |status, place, waiting| ServerFrame::Status { conv: conv(), status, place, waiting };
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
        ("desk", ServerFrame::Desk { rows: vec![row()] }),
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
