//! One of everything that goes over the wire, for the examples that are shown to strangers.

use warmline::{
    desk::company::{Companion, Doing},
    domain::{
        AgentRef, Attachment, Author, Brief, Button, Card, Choice, Entry, EntryBody, HandoffReason, How, Lang, Level,
        Load, Mentioned, Message, Priority, Seat, Source, Status, Tone, Way, Why, WrapUp,
        attachment::Media,
        entry::{Changed, Redacted, RequeueReason, RuleAct, Was},
        handoff::{Factor, Feeling, Tried},
        ids::{AgentId, Cid, ConversationId},
        order::{CardItem, CardParcel, OrderCard, OrderState},
        rating::{FollowUpNews, FollowUpStep, Rated, RatingAsked},
        returns::{ReturnCard, ReturnKind},
        turn::{CallBackWay, Decision, Owed},
    },
    store::desk::DeskRow,
};

pub const AT: i64 = 1_773_828_000_000;

pub fn conv() -> ConversationId {
    "01986f3e-7a10-7c52-9d7e-3f1f4f8f2a01".into()
}

pub fn cid() -> Cid {
    "01986f3e-8b21-7d63-8e8f-4a2a5a9a3b02".into()
}

pub fn maya() -> AgentRef {
    AgentRef { id: AgentId::from("01986f3e-9c32-7e74-8f90-5b3b6bab4c03"), name: "Maya".into() }
}

pub fn epoch() -> String {
    "4f1c9a7be2d05836".into()
}

pub fn entry(seq: i64, author: Author, body: EntryBody) -> Entry {
    Entry { seq, at: AT + seq * 1_000, cid: None, author, body }
}

pub fn said(seq: i64, author: Author, message: Message) -> Entry {
    entry(seq, author, EntryBody::Message(message))
}

pub fn text(text: &str) -> Message {
    Message { text: text.into(), ..Message::default() }
}

pub fn photograph() -> Attachment {
    Attachment {
        id: "dW5ndWVzc2FibGUgYW5kIGJvdW5kIHRvIG9uZSBwbGFjZQ".into(),
        media: Media::Jpeg,
        bytes: 284_113,
        width: Some(1_536),
        height: Some(2_048),
        name: None,
    }
}

pub fn asked() -> Entry {
    Entry { cid: Some(cid()), ..said(2, Author::Shopper, text("How long does delivery take?")) }
}

pub fn answered() -> Entry {
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
pub fn every_entry() -> Vec<Entry> {
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
        dispute: None,
        pictures: 1,
        mentioned: vec![Mentioned::Amount("TWD 1,200".into()), Mentioned::Date("2026-03-17".into())],
        next_step: Some(warmline::domain::ByLang(
            [(Lang::ZhHant, "向物流查件"), (Lang::ZhHans, "向物流查件"), (Lang::En, "Ask the carrier")]
                .map(|(lang, text)| (lang, text.into()))
                .into(),
        )),
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
        entry(
            6,
            Author::System,
            EntryBody::ReturnOpened { number: "R20260318-1".into(), order: "PW20260318".into(), pictures: 2 },
        ),
        said(7, Author::Shopper, pressed),
        entry(8, Author::Bot, EntryBody::Handoff { reason: HandoffReason::Request, priority, brief: Box::new(brief) }),
        entry(9, Author::System, EntryBody::Assigned { agent: maya(), epoch: 1, why: Some(Box::new(why())) }),
        entry(10, Author::Agent(maya()), EntryBody::Note(warmline::domain::entry::Note::of("Called the carrier."))),
        said(11, Author::Agent(maya()), text("Hello, it will be there tomorrow.")),
        entry(12, Author::System, EntryBody::HandedBack { by: Author::Agent(maya()) }),
        entry(13, Author::System, EntryBody::Requeued { from: maya(), reason: RequeueReason::AgentLost, team: None }),
        entry(14, Author::System, EntryBody::Closed { by: Author::Agent(maya()) }),
        entry(15, Author::System, EntryBody::Reopened),
        said(
            20,
            Author::Agent(maya()),
            Message { changed: Some(Box::new(changed(false))), ..text("It is on its way.") },
        ),
        said(21, Author::Shopper, Message { changed: Some(Box::new(changed(true))), ..Message::default() }),
        entry(
            22,
            Author::Agent(maya()),
            EntryBody::Edited { target: 20, text: "It is on its way.".into(), despite: None, private: false },
        ),
        entry(
            23,
            Author::Agent(maya()),
            EntryBody::Redacted { target: 21, why: "A card number".into(), private: false },
        ),
        entry(
            24,
            Author::Bot,
            EntryBody::RatingAsked(RatingAsked {
                resolution: 1,
                again: false,
                text: "How was our service this time?".into(),
                lang: Lang::En,
            }),
        ),
        entry(
            25,
            Author::Shopper,
            EntryBody::Rated(Rated {
                resolution: 1,
                again: false,
                score: 2,
                comment: "It took a week.".into(),
                changed: None,
            }),
        ),
        entry(
            26,
            Author::System,
            EntryBody::FollowUp(FollowUpNews {
                resolution: 1,
                what: FollowUpStep::Opened { score: 2, due_at: AT + 86_400_000 },
            }),
        ),
        entry(27, Author::System, EntryBody::CallBackAsked { way: CallBackWay::Phone, due_at: AT + 54_000_000 }),
        entry(28, Author::Agent(maya()), EntryBody::CalledBack),
        said(29, Author::Shopper, Message { files: vec![photograph()], ..Message::default() }),
        entry(
            18,
            Author::Agent(maya()),
            EntryBody::WrappedUp(WrapUp {
                category: Some("delivery".into()),
                outcome: Some("solved".into()),
                tags: vec!["vip".into()],
            }),
        ),
        entry(
            19,
            Author::Agent(maya()),
            EntryBody::Tagged { added: vec!["vip".into()], removed: vec!["urgent".into()] },
        ),
        entry(17, Author::System, EntryBody::Sla { owed: Owed::FirstResponse, breach: false, since: AT + 8_000 }),
        entry(
            16,
            Author::System,
            EntryBody::Alert {
                reason: HandoffReason::Legal,
                priority: Priority { score: 400, factors: vec![Factor { name: "reason".into(), points: 400 }] },
                feeling: Feeling { anger: 0.75, anxiety: 0.0, disappointment: 0.5, urgency: 0.25 },
            },
        ),
        entry(
            16,
            Author::System,
            EntryBody::RuleFired {
                rule: "Waits too long".into(),
                did: vec![
                    RuleAct::Priority { level: Level::High },
                    RuleAct::Notify { text: "A quarter of an hour.".into() },
                ],
            },
        ),
        entry(
            16,
            Author::Agent(maya()),
            EntryBody::Prioritised {
                level: Level::High,
                priority: Priority { score: 200, factors: vec![Factor { name: "level".into(), points: 200 }] },
            },
        ),
        entry(
            16,
            Author::System,
            EntryBody::Offered { agent: maya(), epoch: 2, until: AT + 46_000, why: Box::new(why()) },
        ),
        said(17, Author::Agent(maya()), Message { despite: Some(Tone::FlatRefusal), ..text("We can't do that.") }),
    ]
}

/// Corrected, or taken out.
pub fn changed(is_redacted: bool) -> Changed {
    let was = Was { text: "It is on it's way.".into(), until: AT + 20_500, by: Some(maya()) };
    let redacted = Redacted { at: AT + 23_000, by: Some(maya()), why: "A card number".into() };
    match is_redacted {
        true => Changed { redacted: Some(redacted), ..Changed::default() },
        false => Changed { edited_at: Some(AT + 20_500), was: vec![was], redacted: None },
    }
}

pub fn why() -> Why {
    let priority = Priority { score: 60, factors: vec![Factor { name: "anger".into(), points: 50 }] };
    let load = Load { active: 2, capacity: 8, idle_ms: Some(90_000) };
    Why { how: How::Given, way: Some(Way::LeastLoaded), waited_ms: Some(42_000), priority, load: Some(load) }
}

pub fn seat() -> Seat {
    Seat { agent: maya(), available: true, there: true, active: 2, capacity: Some(8), wrap_until: None }
}

pub fn company() -> Vec<Companion> {
    vec![Companion { agent: maya(), doing: Doing::Replying }]
}

pub fn row() -> DeskRow {
    DeskRow {
        conv: conv(),
        status: Status::Queued,
        lang: Lang::En,
        assignee: None,
        epoch: 0,
        priority: 60,
        queued_at: Some(AT + 8_000),
        offered_until: None,
        updated_at: AT + 8_000,
        head: 8,
        preview: "A person, please".into(),
        feeling: Some(Feeling { anger: 0.5, anxiety: 0.0, disappointment: 0.25, urgency: 0.5 }),
        reason: Some(HandoffReason::Request),
        who: Some("a…n@example.com".into()),
        team: None,
        sla_due_at: None,
        category: None,
        outcome: None,
        tags: vec!["vip".into()],
        rating: None,
    }
}
