//! Earlier stays of a conversation: each from its beginning, or the shopper's return, to its end.

use serde::Serialize;

use crate::domain::{AgentRef, Author, Entry, EntryBody, UnixMs, wrap_up::WrapUp};

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stay {
    /// Its first entry, and the last before the next.
    pub from: i64,
    pub through: i64,
    pub began_at: UnixMs,
    pub ended_at: UnixMs,
    /// Who resolved it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<AgentRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// The last that the shopper gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<u8>,
}

/// Those that are over, the latest first. `turns`: the entries at which one begins, ends or is judged, in their order.
pub fn stays(created_at: UnixMs, turns: &[Entry]) -> Vec<Stay> {
    let mut stays: Vec<Stay> = Vec::new();
    let (mut from, mut began_at) = (1, created_at);
    let mut said = WrapUp::default();
    for entry in turns {
        match &entry.body {
            EntryBody::Reopened => (from, began_at) = (entry.seq, entry.at),
            EntryBody::WrappedUp(wrap_up) => said = wrap_up.clone(),
            EntryBody::Closed { by } => {
                let WrapUp { category, outcome, .. } = std::mem::take(&mut said);
                let by = match by {
                    Author::Agent(agent) => Some(agent.clone()),
                    _ => None,
                };
                let (through, ended_at) = (entry.seq, entry.at);
                stays.push(Stay { from, through, began_at, ended_at, by, category, outcome, rating: None });
            }
            // Resolutions are counted from 1, and each is an end.
            EntryBody::Rated(rated) => {
                let rated_one = usize::try_from(rated.resolution - 1).ok().and_then(|at| stays.get_mut(at));
                if let Some(stay) = rated_one {
                    stay.rating = Some(rated.score);
                }
            }
            _ => {}
        }
    }
    stays.reverse();
    stays
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::rating::Rated;

    fn maya() -> AgentRef {
        AgentRef { id: "maya".into(), name: "Maya".into() }
    }

    fn rated(resolution: i64, score: u8) -> EntryBody {
        EntryBody::Rated(Rated { resolution, again: false, score, comment: String::new(), changed: None })
    }

    #[test]
    fn each_end_has_its_own_wrap_up_and_the_last_rating_that_is_about_it() {
        let wrap_up = WrapUp { category: Some("delivery".into()), outcome: Some("solved".into()), tags: vec![] };
        let closed = || EntryBody::Closed { by: Author::Agent(maya()) };
        let turns: Vec<Entry> = [
            (7, EntryBody::WrappedUp(wrap_up)),
            (8, closed()),
            (10, rated(1, 2)),
            (11, EntryBody::Reopened),
            (15, closed()),
            // About the first, after its remedy.
            (17, rated(1, 5)),
            (18, EntryBody::Reopened),
        ]
        .into_iter()
        .map(|(seq, body)| Entry { seq, at: seq * 1_000, cid: None, author: Author::System, body })
        .collect();
        let first = Stay {
            from: 1,
            through: 8,
            began_at: 500,
            ended_at: 8_000,
            by: Some(maya()),
            category: Some("delivery".into()),
            outcome: Some("solved".into()),
            rating: Some(5),
        };
        let second = Stay {
            from: 11,
            through: 15,
            began_at: 11_000,
            ended_at: 15_000,
            category: None,
            outcome: None,
            rating: None,
            ..first.clone()
        };
        assert_eq!(stays(500, &turns), [second, first]);
        assert_eq!(stays(500, &[]), [], "what is still open is no earlier stay");
    }
}
