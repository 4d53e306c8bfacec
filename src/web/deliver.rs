//! From the bus to the sockets of this node: what each kind of reader gets to see of an event.

use super::frames::{Audience, Party, ServerFrame, visible};
use crate::{
    app::App,
    bus::{Event, Typist},
    hub::Reader,
};

pub fn deliver(app: &App, event: &Event) {
    match event {
        Event::Turn { conv, entries, .. } => {
            let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return };
            let slow = app.hub.deliver(conv, first.seq, last.seq, |reader| {
                ServerFrame::Entries {
                    conv: conv.clone(),
                    from: first.seq,
                    through: last.seq,
                    items: visible(entries, audience(reader)),
                    dup: false,
                }
                .encode()
            });
            count_slow(app, slow);
            app.desk_changes.add(conv);
        }
        Event::Moved { conv, head } => {
            app.hub.notice(conv, *head);
            app.desk_changes.add(conv);
        }
        Event::Typing { conv, who, on } => {
            let (party, name) = match who {
                Typist::Shopper => (Party::Shopper, None),
                Typist::Bot => (Party::Bot, None),
                Typist::Agent { name, .. } => (Party::Agent, Some(name.clone())),
            };
            let frame = ServerFrame::Typing { conv: conv.clone(), who: party, name, on: *on }.encode();
            app.hub.deliver_ephemeral(conv, &frame, |connection| is_other(&connection.reader, who));
        }
        Event::Seen { conv, by, seq } => {
            let party = if *by == Typist::Shopper { Party::Shopper } else { Party::Agent };
            let frame = ServerFrame::Seen { conv: conv.clone(), who: party, seq: *seq }.encode();
            app.hub.deliver_ephemeral(conv, &frame, |connection| is_other(&connection.reader, by));
        }
        Event::KnowledgeChanged => app.knowledge_changed.notify_one(),
    }
}

pub fn audience(reader: &Reader) -> Audience {
    match reader {
        Reader::Shopper => Audience::Shopper,
        Reader::Agent(_) => Audience::Agent,
    }
}

pub fn count_slow(app: &App, slow: usize) {
    app.metrics.slow_consumers.inc_by(slow as u64);
}

/// Nobody is told what they do themselves.
fn is_other(reader: &Reader, who: &Typist) -> bool {
    match (reader, who) {
        (Reader::Shopper, Typist::Shopper) => false,
        (Reader::Agent(reader), Typist::Agent { id, .. }) => reader != id,
        _ => true,
    }
}
