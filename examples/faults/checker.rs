//! Holds the database against what every client sent and saw. Each rule names the rows that break it.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::Result;
use serde_json::Value;
use sqlx::{AnyConnection, Connection, Row};

use crate::{
    client::owner,
    record::{Fate, Record, Sent, int},
};

/// The rules, in the order of the table, and what a row of each says.
pub const RULES: [(&str, &str); 10] = [
    ("acked-lost", "an echo came back, and the log does not hold it there"),
    ("phantom", "a client saw what the log does not hold, or something else in its place"),
    ("duplicate", "one send, stored or shown at two places"),
    ("gap", "a client that caught up misses an entry of the log"),
    ("inversion", "the log holds a sender's messages in another order than they were sent"),
    ("leak", "a message or a frame in somebody else's conversation"),
    ("private", "a shopper saw what is between staff"),
    ("two owners", "taken while somebody has it, an epoch that does not grow, or a reply under an old one"),
    ("contiguity", "seq is not 1, 2, 3 … up to the head"),
    ("refused-stored", "refused for good, and yet in the log"),
];

pub type Findings = BTreeMap<&'static str, Vec<String>>;

pub struct Stored {
    pub seq: i64,
    sender: Option<String>,
    cid: Option<String>,
    is_private: bool,
    /// As agents see it.
    item: Value,
}

pub struct Database {
    pub heads: HashMap<String, i64>,
    pub logs: HashMap<String, Vec<Stored>>,
}

pub async fn heads(connection: &mut AnyConnection) -> Result<HashMap<String, i64>> {
    let rows = sqlx::query("SELECT id, head FROM conversation").fetch_all(connection).await?;
    rows.iter().map(|row| Ok((row.try_get("id")?, row.try_get("head")?))).collect()
}

pub async fn read(database_url: &str) -> Result<Database> {
    let mut connection = AnyConnection::connect(database_url).await?;
    let heads = heads(&mut connection).await?;
    let rows =
        sqlx::query("SELECT conversation, seq, sender, cid, private, body FROM entry ORDER BY conversation, seq")
            .fetch_all(&mut connection)
            .await?;
    let mut logs: HashMap<String, Vec<Stored>> = HashMap::new();
    for row in rows {
        let item = serde_json::from_str(&row.try_get::<String, _>("body")?)?;
        logs.entry(row.try_get("conversation")?).or_default().push(Stored {
            seq: row.try_get("seq")?,
            sender: row.try_get("sender")?,
            cid: row.try_get("cid")?,
            is_private: row.try_get::<i64, _>("private")? == 1,
            item,
        });
    }
    connection.close().await?;
    Ok(Database { heads, logs })
}

pub fn check(database: &Database, records: &[&Record]) -> Findings {
    let mut found: Findings = RULES.iter().map(|(rule, _)| (*rule, Vec::new())).collect();
    let mut say = |rule: &'static str, row: String| found.entry(rule).or_default().push(row);
    let sends: HashMap<&str, &Sent> =
        records.iter().flat_map(|record| &record.sent).map(|sent| (sent.cid.as_str(), sent)).collect();
    for (conv, head) in &database.heads {
        let log = database.logs.get(conv).map_or(&[][..], Vec::as_slice);
        check_log(conv, *head, log, &sends, &mut say);
    }
    let mut places: HashMap<&str, (&str, i64)> = HashMap::new();
    for (conv, log) in &database.logs {
        for stored in log {
            if let Some(cid) = &stored.cid
                && let Some(first) = places.insert(cid, (conv, stored.seq))
            {
                say("duplicate", format!("{cid} is at {first:?} and at {conv} {}", stored.seq));
            }
        }
    }
    for record in records {
        for (rule, row) in &record.wrong {
            say(rule, row.clone());
        }
        check_sends(record, &places, &mut say);
        for (conv, log) in &record.logs {
            let stored = database.logs.get(conv).map_or(&[][..], Vec::as_slice);
            check_seen(record, conv, log, stored, &sends, &mut say);
        }
    }
    found
}

/// What the log must be in itself.
fn check_log(
    conv: &str,
    head: i64,
    log: &[Stored],
    sends: &HashMap<&str, &Sent>,
    say: &mut impl FnMut(&'static str, String),
) {
    if !log.iter().map(|stored| stored.seq).eq(1..=head) {
        say("contiguity", format!("{conv}: head {head}, {} entries", log.len()));
    }
    let mut epoch = 0;
    let mut texts = HashSet::new();
    for (index, stored) in log.iter().enumerate() {
        let before = || owner(log[..index].iter().map(|earlier| &earlier.item));
        let place = format!("{conv} {}", stored.seq);
        let kind = stored.item["kind"].as_str().unwrap_or_default();
        if kind == "assigned" {
            if let Some(owner) = before() {
                say("two owners", format!("{place}: taken while {owner:?} has it"));
            }
            if int(&stored.item["epoch"]) <= epoch {
                say("two owners", format!("{place}: epoch {} after {epoch}", stored.item["epoch"]));
            }
            epoch = int(&stored.item["epoch"]);
        }
        if stored.cid.is_some()
            && let Some(text) = stored.item["text"].as_str()
            && !texts.insert(text)
        {
            say("duplicate", format!("{place}: {text:?} a second time"));
        }
        let Some(sent) = stored.cid.as_deref().and_then(|cid| sends.get(cid)) else {
            if stored.cid.is_some() {
                say("phantom", format!("{place}: nobody sent {:?}", stored.cid));
            }
            continue;
        };
        if sent.conv != conv {
            say("leak", format!("{place}: {} was sent to {}", sent.cid, sent.conv));
        }
        if let Some(under) = sent.body["epoch"].as_i64() {
            let owner = before();
            if owner != Some((stored.sender.clone().unwrap_or_default(), under)) {
                say("two owners", format!("{place}: {} under epoch {under}, but {owner:?} had it", sent.body["do"]));
            }
        }
    }
}

fn check_sends(record: &Record, places: &HashMap<&str, (&str, i64)>, say: &mut impl FnMut(&'static str, String)) {
    let mut last: HashMap<&str, (i64, &Sent)> = HashMap::new();
    for sent in &record.sent {
        let place = places.get(sent.cid.as_str());
        match &record.fates[&sent.cid] {
            Fate::Acked(seq) if place != Some(&(sent.conv.as_str(), *seq)) => {
                say(
                    "acked-lost",
                    format!("{}: {} acked at {} {seq}, stored at {place:?}", record.name, sent.cid, sent.conv),
                );
            }
            Fate::Open => say("gap", format!("{}: {} never got an answer; stored at {place:?}", record.name, sent.cid)),
            Fate::Refused(code) if place.is_some() => {
                say("refused-stored", format!("{}: {} refused as {code}, stored at {place:?}", record.name, sent.cid));
            }
            _ => {}
        }
        if let Some((conv, seq)) = place
            && let Some((before, earlier)) = last.insert(conv, (*seq, sent))
            && before > *seq
        {
            let (name, cid, body) = (&record.name, &sent.cid, &sent.body);
            let row = format!("{name}: {cid} {body} at {conv} {seq}, sent after {} at {before}", earlier.body);
            say("inversion", row);
        }
    }
}

/// What a client saw of a conversation, entry by entry.
fn check_seen(
    record: &Record,
    conv: &str,
    log: &crate::record::Log,
    stored: &[Stored],
    sends: &HashMap<&str, &Sent>,
    say: &mut impl FnMut(&'static str, String),
) {
    let is_shopper = record.own.is_some();
    let name = &record.name;
    let by_seq: HashMap<i64, &Stored> = stored.iter().map(|stored| (stored.seq, stored)).collect();
    for (seq, item) in &log.items {
        let Some(stored) = by_seq.get(seq) else {
            say("phantom", format!("{name}: saw {conv} {seq}: {item}"));
            continue;
        };
        let same = |key: &str| item[key] == stored.item[key];
        if !same("kind") || !same("text") || item["cid"].as_str() != stored.cid.as_deref() {
            say("phantom", format!("{name}: saw {conv} {seq} as {item}, stored is {}", stored.item));
        }
        if is_shopper && (stored.is_private || item.get("brief").is_some() || item.get("reason").is_some()) {
            say("private", format!("{name}: saw {conv} {seq}: {item}"));
        }
        if let Some(sent) = item["cid"].as_str().and_then(|cid| sends.get(cid))
            && sent.conv != conv
        {
            say("leak", format!("{name}: saw {} of {} in {conv} {seq}", sent.cid, sent.conv));
        }
    }
    if record.has_left || log.is_left {
        return;
    }
    let head = stored.last().map_or(0, |last| last.seq);
    if log.through != head {
        say("gap", format!("{name}: is at {} of {head} in {conv}", log.through));
    }
    for stored in stored.iter().filter(|stored| stored.seq >= log.since && !(is_shopper && stored.is_private)) {
        if !log.items.contains_key(&stored.seq) {
            say("gap", format!("{name}: never saw {conv} {}", stored.seq));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn stored(seq: i64, cid: Option<&str>, item: Value) -> Stored {
        let sender = cid.map(|_| "maya".to_owned());
        Stored { seq, sender, cid: cid.map(str::to_owned), is_private: item["kind"] == "note", item }
    }

    fn taken(epoch: i64) -> Value {
        json!({"kind": "assigned", "agent": {"id": "maya", "name": "Maya"}, "epoch": epoch})
    }

    fn said(text: &str) -> Value {
        json!({"kind": "message", "text": text})
    }

    /// Maya took, said two things and wrote a note; one client of hers and the shopper's saw it.
    fn good() -> (Database, Vec<Record>) {
        let log = vec![
            stored(1, Some("c1"), taken(1)),
            stored(2, Some("c2"), said("one")),
            stored(3, Some("c3"), said("two")),
            stored(4, Some("c4"), json!({"kind": "note", "text": "between us"})),
        ];
        let mut maya = Record { name: "maya".into(), ..Record::default() };
        let mut ann = Record { name: "ann".into(), own: Some("ann's".into()), ..Record::default() };
        let mut own_items = Vec::new();
        for stored in &log {
            let cid = stored.cid.clone().expect("all were sent");
            let mut item = stored.item.clone();
            (item["seq"], item["cid"]) = (stored.seq.into(), cid.clone().into());
            own_items.push(item);
            let body = match stored.item["kind"].as_str() {
                Some("assigned") => json!({"do": "take"}),
                Some("message") => json!({"do": "message", "epoch": 1}),
                _ => json!({"do": "note"}),
            };
            maya.send(Sent { cid, conv: "ann's".into(), body });
        }
        let frame =
            |items: &[Value]| json!({"type": "entries", "conv": "ann's", "from": 1, "through": 4, "items": items});
        maya.keep(&frame(&own_items));
        ann.keep(&frame(&own_items[..3]));
        let database = Database { heads: [("ann's".to_owned(), 4)].into(), logs: [("ann's".to_owned(), log)].into() };
        (database, vec![maya, ann])
    }

    /// The rules that a spoiled world breaks.
    fn broken(spoil: impl FnOnce(&mut Vec<Stored>, &mut Vec<Record>)) -> Vec<&'static str> {
        let (mut database, mut records) = good();
        spoil(database.logs.get_mut("ann's").expect("the log"), &mut records);
        let found = check(&database, &records.iter().collect::<Vec<_>>());
        found.into_iter().filter(|(_, rows)| !rows.is_empty()).map(|(rule, _)| rule).collect()
    }

    #[test]
    fn nothing_is_found_where_nothing_is_wrong() {
        assert_eq!(broken(|_, _| {}), Vec::<&str>::new());
    }

    #[test]
    fn what_was_acknowledged_and_is_gone_is_found() {
        let found = broken(|log, _| drop(log.pop()));
        for rule in ["acked-lost", "phantom", "contiguity", "gap"] {
            assert!(found.contains(&rule), "{rule} in {found:?}");
        }
    }

    #[test]
    fn each_rule_finds_what_breaks_it() {
        assert_eq!(broken(|log, _| log[1].item["text"] = "other".into()), ["phantom"]);
        let twice = broken(|log, _| log[2].item["text"] = "one".into());
        assert!(twice.contains(&"duplicate"), "{twice:?}");
        let swapped = broken(|_, records| records[0].sent.swap(1, 2));
        assert_eq!(swapped, ["inversion"]);
        assert!(broken(|_, records| records[0].sent.rotate_right(1)).contains(&"inversion"));
        let behind = broken(|_, records| records[1].logs.get_mut("ann's").expect("a log").through = 3);
        assert_eq!(behind, ["gap"]);
        let hole = broken(|_, records| drop(records[1].logs.get_mut("ann's").expect("a log").items.remove(&2)));
        assert_eq!(hole, ["gap"]);
        let refused = broken(|_, records| {
            records[0].fates.insert("c2".into(), Fate::Refused("stale".into()));
        });
        assert_eq!(refused, ["refused-stored"]);
        let unanswered = broken(|_, records| {
            records[0].fates.insert("c2".into(), Fate::Open);
        });
        assert_eq!(unanswered, ["gap"]);
    }

    #[test]
    fn old_epochs_and_second_owners_are_found() {
        assert_eq!(broken(|_, records| records[0].sent[2].body["epoch"] = 0.into()), ["two owners"]);
        assert!(broken(|log, _| log[3].item = taken(2)).contains(&"two owners"));
        assert!(broken(|log, _| log[0].item = json!({"kind": "reopened"})).contains(&"two owners"));
    }

    #[test]
    fn what_reaches_the_wrong_person_is_found() {
        let note = json!({"seq": 4, "kind": "note", "text": "between us", "cid": "c4"});
        let seen = broken(|_, records| {
            records[1].logs.get_mut("ann's").expect("a log").items.insert(4, note);
        });
        assert_eq!(seen, ["private"]);
        let foreign = json!({"type": "entries", "conv": "ben's", "from": 1, "through": 1, "items": []});
        assert_eq!(
            broken(|_, records| {
                records[1].keep(&foreign);
            }),
            ["leak"]
        );
        assert!(broken(|_, records| records[0].sent[1].conv = "ben's".into()).contains(&"leak"));
    }
}
