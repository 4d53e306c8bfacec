//! Finding conversations by what was said in them, in either script.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::{
    domain::{Card, Entry, EntryBody, UnixMs, agent::Viewer},
    language::{normalise, terms},
    store::{
        Store, StoreError, conversations,
        desk::{self, DeskRow},
        transcripts::{self, Behind, Reading, Wanted},
    },
};

/// Entries read at once.
const PAGE: i64 = 200;
/// Rows of one search.
const MOST: i64 = 50;
/// Terms of one search; who pastes a page wants its beginning.
const MOST_TERMS: usize = 40;

/// Terms of one write: turns wait behind it for a millisecond at most.
const AT_ONCE: usize = 256;

/// What an agent looks for.
#[derive(Debug, Clone, Deserialize)]
pub struct Search {
    /// Words of either side, a name, the number of an order or a return.
    #[serde(default)]
    pub q: String,
    /// Last changed at or after.
    #[serde(default)]
    pub since: Option<UnixMs>,
    /// Last changed before.
    #[serde(default)]
    pub until: Option<UnixMs>,
    /// Of the last wrap-up, by id.
    #[serde(default)]
    pub category: Option<String>,
    /// By id.
    #[serde(default)]
    pub tag: Option<String>,
}

/// What this member of staff may see of it; newest change first, at most 50.
///
/// # Errors
/// The database was not there.
pub async fn search(store: &Store, search: &Search, viewer: &Viewer) -> Result<Vec<DeskRow>, StoreError> {
    let terms: BTreeSet<String> = terms_of(&search.q).into_iter().take(MOST_TERMS).collect();
    if terms.is_empty() && !search.q.trim().is_empty() {
        return Ok(Vec::new());
    }
    let seen_by = (!viewer.sees_all()).then(|| viewer.agent.id.clone());
    let wanted = Wanted {
        terms,
        since: search.since.unwrap_or_default(),
        until: search.until.unwrap_or(UnixMs::MAX),
        category: search.category.clone(),
        tag: search.tag.clone(),
        seen_by,
    };
    let found: BTreeSet<_> = transcripts::find(store, &wanted, MOST).await?.into_iter().collect();
    let mut rows = desk::rows_of(store, &found).await?;
    rows.sort_by(|one, other| (other.updated_at, &one.conv).cmp(&(one.updated_at, &other.conv)));
    Ok(rows)
}

/// What conversations' logs have gained, of each at most a page, in portions to be kept one after the other; and whether
/// that is all.
///
/// # Errors
/// The database was not there.
pub async fn read(store: &Store, behind: &[Behind]) -> Result<(Vec<Vec<Reading>>, bool), StoreError> {
    let mut readings = Vec::with_capacity(behind.len());
    let mut is_all = true;
    for Behind { conv, read, head, cleared, .. } in behind {
        let entries = conversations::entries_after(store, conv, *read, PAGE).await?;
        let through = entries.last().map_or(*head, |last| last.seq);
        is_all &= through >= *head;
        let terms: BTreeSet<_> = entries.iter().flat_map(words_of).flat_map(|words| kept_of(&words)).collect();
        let terms = Vec::from_iter(terms);
        let reading = |head, terms: &[String]| Reading {
            conv: conv.clone(),
            head,
            cleared: *cleared,
            terms: terms.iter().cloned().collect(),
        };
        // It counts as read once all of it is kept.
        let (some, last) = terms.split_at(terms.len().saturating_sub(1) / AT_ONCE * AT_ONCE);
        readings.extend(some.chunks(AT_ONCE).map(|some| reading(*read, some)));
        readings.push(reading(through, last));
    }
    Ok((portions(readings), is_all))
}

/// In their order, as many together as one write may have; never two of one conversation.
fn portions(readings: Vec<Reading>) -> Vec<Vec<Reading>> {
    let mut portions: Vec<Vec<Reading>> = Vec::new();
    let mut room = 0;
    for reading in readings {
        match portions.last_mut() {
            Some(portion) if reading.terms.len() <= room => {
                room -= reading.terms.len();
                portion.push(reading);
            }
            _ => {
                room = AT_ONCE - reading.terms.len();
                portions.push(vec![reading]);
            }
        }
    }
    portions
}

/// Everything of an entry that somebody may remember it by.
fn words_of(entry: &Entry) -> Vec<String> {
    match &entry.body {
        EntryBody::Message(message) => {
            let number = match &message.card {
                Some(Card::Order(card)) => Some(card.number.clone()),
                Some(Card::Return(card)) => Some(card.number.clone()),
                None => None,
            };
            [Some(message.text.clone()), number].into_iter().flatten().collect()
        }
        EntryBody::Note(note) => vec![note.text.clone()],
        EntryBody::Edited { text, .. } => vec![text.clone()],
        EntryBody::Rated(rated) => vec![rated.comment.clone()],
        EntryBody::Handoff { brief, .. } => [&brief.who, &brief.order].into_iter().flatten().cloned().collect(),
        EntryBody::ReturnOpened { number, order, .. } => vec![number.clone(), order.clone()],
        _ => Vec::new(),
    }
}

/// Words, characters and pairs of characters; not the pieces of Latin words, which would be most of it.
pub(super) fn terms_of(text: &str) -> BTreeSet<String> {
    terms(&normalise(text)).into_iter().filter(|term| !term.is_empty() && !term.starts_with('~')).collect()
}

/// Digits that somebody types for the number of an order, without the letters before them.
const LEAST_DIGITS: usize = 5;

/// What a text is found by: its terms, and the digits of codes.
fn kept_of(text: &str) -> BTreeSet<String> {
    let mut terms = terms_of(text);
    let is_digits = |digits: &&str| digits.len() >= LEAST_DIGITS;
    let digits: Vec<String> = terms
        .iter()
        .flat_map(|term| term.split(|c: char| !c.is_ascii_digit()).filter(is_digits).map(str::to_owned))
        .collect();
    terms.extend(digits);
    terms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_found_by_its_digits() {
        let kept = kept_of("Where is PW20260003? It is the 3rd");
        assert!(terms_of("20260003").is_subset(&kept) && terms_of("pw20260003").is_subset(&kept));
        assert!(!kept.contains("3"), "{kept:?}");
    }

    #[test]
    fn a_write_has_so_many_terms_and_each_conversation_once() {
        let reading = |conv: &str, terms: usize| Reading {
            conv: conv.into(),
            head: 1,
            cleared: 0,
            terms: (0..terms).map(|term| term.to_string()).collect(),
        };
        let readings = vec![
            reading("long", AT_ONCE),
            reading("long", 1),
            reading("a", 0),
            reading("b", AT_ONCE - 1),
            reading("c", 1),
        ];
        let portions = portions(readings);
        let convs = |portion: &Vec<Reading>| portion.iter().map(|one| one.conv.0.clone()).collect::<Vec<_>>();
        assert_eq!(portions.iter().map(convs).collect::<Vec<_>>(), [vec!["long"], vec!["long", "a", "b"], vec!["c"]]);
    }
}
