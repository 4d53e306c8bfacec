//! From the bus to the sockets of this node: what each kind of reader gets to see of an event.

use std::collections::BTreeSet;

use super::frames::{Audience, Party, ServerFrame, visible};
use crate::{
    app::App,
    bus::{Event, Typist},
    domain::{Author, Entry, EntryBody, ids::ConversationId},
    hub::{Connection, Reader, outbox::Kind},
    service::surges::Surges,
    store::{conversations::Side, desk::DeskRow},
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
            tell_mentioned(app, conv, entries);
            app.desk_changes.add(conv);
            if entries.iter().any(|entry| entry.body.notifies()) && app.hub.has_desk() {
                count_slow(app, app.hub.deliver_desk(&ServerFrame::Notices.encode()));
            }
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
        Event::Look(look) => {
            let changed = app.company().hear(look, app.clock.now_ms());
            tell_company(app, changed);
        }
        Event::Seen { conv, by, seq } => {
            let side = if *by == Typist::Shopper { Side::Shopper } else { Side::Agent };
            deliver_seen(app, conv, side, *seq);
            if side == Side::Agent {
                // Colleagues may like to know.
                let frame = ServerFrame::Seen { conv: conv.clone(), who: Party::Agent, seq: *seq }.encode();
                let is_colleague = |reader: &Reader| *reader != Reader::Shopper && is_other(reader, by);
                app.hub.deliver_ephemeral(conv, &frame, |connection| is_colleague(&connection.reader));
            }
        }
        Event::SeatsChanged => app.desk_changes.add_seats(),
        Event::KnowledgeChanged => app.knowledge_changed.notify_one(),
    }
}

/// Whoever is named in a note hears of it, wherever they are in the console.
fn tell_mentioned(app: &App, conv: &ConversationId, entries: &[Entry]) {
    for entry in entries {
        let (EntryBody::Note(note), Author::Agent(by)) = (&entry.body, &entry.author) else { continue };
        if note.mentions.is_empty() {
            continue;
        }
        let named: Vec<_> = note.mentions.iter().map(|agent| agent.id.clone()).collect();
        let (seq, at) = (entry.seq, entry.at);
        let frame = ServerFrame::Mentioned { conv: conv.clone(), seq, by: by.clone(), at }.encode();
        count_slow(app, app.hub.deliver_to_agents(&named, &frame));
    }
}

/// Who is at these conversations now, to every agent; windows leave out their own.
pub fn tell_company(app: &App, changed: BTreeSet<ConversationId>) {
    for conv in changed {
        let agents = app.company().at(&conv);
        app.hub.deliver_desk_ephemeral(&ServerFrame::Company { conv, agents }.encode());
    }
}

/// Rows that changed, to each agent those they may see. Answers how many were too slow.
pub fn deliver_rows(app: &App, rows: &[DeskRow]) -> usize {
    let for_all = ServerFrame::Desk { rows: rows.to_vec() }.encode();
    let mut slow = 0;
    for connection in app.hub.desk() {
        let Some(viewer) = connection.limited() else {
            slow += usize::from(!connection.outbox.push(for_all.clone(), Kind::Lasting));
            continue;
        };
        let (seen, hidden): (Vec<_>, Vec<_>) =
            rows.iter().partition(|row| viewer.may_see(row.team.as_ref(), row.assignee.as_ref()));
        for row in &seen {
            connection.hides(&row.conv, false);
        }
        let gone: Vec<_> =
            hidden.into_iter().filter(|row| connection.hides(&row.conv, true)).map(|row| row.conv.clone()).collect();
        gone.iter().for_each(|conv| app.hub.unfollow(&connection, conv));
        if !seen.is_empty() {
            let frame = ServerFrame::Desk { rows: seen.into_iter().cloned().collect() }.encode();
            slow += usize::from(!connection.outbox.push(frame, Kind::Lasting));
        }
        if !gone.is_empty() {
            slow += usize::from(!connection.outbox.push(ServerFrame::Gone { convs: gone }.encode(), Kind::Lasting));
        }
    }
    slow
}

/// Groups that changed, to each agent what they may see of them. Answers how many were too slow.
pub fn deliver_surges(app: &App, surges: &Surges) -> usize {
    let for_all = ServerFrame::Surges(surges.clone()).encode();
    let frame = |connection: &Connection| match connection.limited() {
        Some(viewer) => ServerFrame::Surges(surges.seen_by(viewer)).encode(),
        None => for_all.clone(),
    };
    app.hub.desk().iter().filter(|connection| !connection.outbox.push(frame(connection), Kind::Lasting)).count()
}

/// A side has read up to `seq`: the other side hears of it, once.
pub fn deliver_seen(app: &App, conv: &ConversationId, by: Side, seq: i64) {
    let who = match by {
        Side::Shopper => Party::Shopper,
        Side::Agent => Party::Agent,
    };
    let is_other_side = |reader: &Reader| (*reader == Reader::Shopper) != (by == Side::Shopper);
    let slow =
        app.hub.deliver_seen(conv, seq, is_other_side, || ServerFrame::Seen { conv: conv.clone(), who, seq }.encode());
    count_slow(app, slow);
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
