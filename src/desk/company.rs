//! Who has which conversation in front of them, and who is writing there: told by the windows of all nodes, believed
//! for a while, never stored.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use crate::domain::{AgentRef, UnixMs, ids::ConversationId};

/// A window says where it is with each of its pings (25 s); one that has missed two of them is not believed any more.
pub const BELIEVED_MS: i64 = 60_000;

/// What somebody does at a conversation; the later is the stronger.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doing {
    /// Has it on the screen.
    #[default]
    Looking,
    /// Writes what only colleagues will read.
    Noting,
    /// Writes to the shopper.
    Replying,
}

/// One of those who are at a conversation; on the wire as it is (docs/protocol.md).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Companion {
    #[serde(flatten)]
    pub agent: AgentRef,
    pub doing: Doing,
}

/// What a window of an agent tells of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// Of all nodes' windows this one.
    pub window: String,
    /// Counts what the window has told: the bus may bring an earlier word after a later one.
    pub nth: u64,
    pub agent: AgentRef,
    /// Nowhere, when it is closed or out of sight.
    pub at: Option<(ConversationId, Doing)>,
}

/// Everybody's windows.
#[derive(Debug, Default)]
pub struct Company {
    windows: HashMap<String, Seen>,
}

#[derive(Debug)]
struct Seen {
    look: Look,
    believed_until: UnixMs,
}

impl Company {
    /// Answers at which conversations somebody came, went or does something else now.
    pub fn hear(&mut self, look: &Look, now: UnixMs) -> BTreeSet<ConversationId> {
        let windows = &mut self.windows;
        let before = windows.get(&look.window);
        if before.is_some_and(|before| before.look.nth >= look.nth) {
            return BTreeSet::new();
        }
        let was_at = before.and_then(|before| before.look.at.clone());
        let concerned: Vec<_> = was_at.iter().chain(&look.at).map(|(conv, _)| conv.clone()).collect();
        let told: Vec<_> = concerned.iter().map(|conv| of(windows, conv)).collect();
        // One that is nowhere is kept for a while, too, so that no earlier word brings it back.
        windows.insert(look.window.clone(), Seen { look: look.clone(), believed_until: now + BELIEVED_MS });
        let is_news = |(conv, told): &(ConversationId, Vec<Companion>)| of(windows, conv) != *told;
        concerned.into_iter().zip(told).filter(is_news).map(|(conv, _)| conv).collect()
    }

    /// Forgets who has not been heard of; answers at which conversations somebody was.
    pub fn forget_silent(&mut self, now: UnixMs) -> BTreeSet<ConversationId> {
        let silent = self.windows.extract_if(|_, seen| seen.believed_until <= now);
        silent.filter_map(|(_, seen)| seen.look.at).map(|(conv, _)| conv).collect()
    }

    /// Each agent once, whatever their windows, with the strongest of what they do; by name.
    pub fn at(&self, conv: &ConversationId) -> Vec<Companion> {
        of(&self.windows, conv)
    }

    /// Every conversation where somebody is.
    pub fn everywhere(&self) -> BTreeMap<ConversationId, Vec<Companion>> {
        let places: BTreeSet<_> =
            self.windows.values().filter_map(|seen| seen.look.at.as_ref()).map(|(conv, _)| conv).collect();
        places.into_iter().map(|conv| (conv.clone(), of(&self.windows, conv))).collect()
    }
}

fn of(windows: &HashMap<String, Seen>, conv: &ConversationId) -> Vec<Companion> {
    let mut by_agent: BTreeMap<(&str, &str), (&AgentRef, Doing)> = BTreeMap::new();
    for Look { agent, at, .. } in windows.values().map(|seen| &seen.look) {
        let Some((_, doing)) = at.as_ref().filter(|(place, _)| place == conv) else { continue };
        let kept = by_agent.entry((&agent.name, agent.id.as_str())).or_insert((agent, *doing));
        kept.1 = kept.1.max(*doing);
    }
    by_agent.into_values().map(|(agent, doing)| Companion { agent: agent.clone(), doing }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::AgentId;

    const NOW: i64 = 1_773_828_000_000;

    fn look(name: &str, window: &str, nth: u64, at: Option<(&str, Doing)>) -> Look {
        let agent = AgentRef { id: AgentId::from(name), name: name.into() };
        Look { window: window.into(), nth, agent, at: at.map(|(conv, doing)| (conv.into(), doing)) }
    }

    fn who(company: &Company, conv: &str) -> Vec<(String, Doing)> {
        company.at(&conv.into()).into_iter().map(|one| (one.agent.name, one.doing)).collect()
    }

    fn places(changed: BTreeSet<ConversationId>) -> Vec<String> {
        changed.into_iter().map(|conv| conv.0).collect()
    }

    #[test]
    fn two_windows_of_one_agent_are_one_agent_with_the_stronger_of_what_they_do() {
        let mut company = Company::default();
        assert_eq!(places(company.hear(&look("Omar", "w1", 1, Some(("c", Doing::Looking))), NOW)), ["c"]);
        assert_eq!(places(company.hear(&look("Omar", "w2", 1, Some(("c", Doing::Looking))), NOW)), [""; 0], "no news");
        company.hear(&look("Lena", "w3", 1, Some(("c", Doing::Noting))), NOW);
        assert_eq!(places(company.hear(&look("Omar", "w2", 2, Some(("c", Doing::Replying))), NOW)), ["c"]);
        assert_eq!(who(&company, "c"), [("Lena".into(), Doing::Noting), ("Omar".into(), Doing::Replying)]);
        company.hear(&look("Omar", "w2", 3, None), NOW);
        assert_eq!(who(&company, "c").last(), Some(&("Omar".into(), Doing::Looking)), "the other window is there");
    }

    #[test]
    fn who_goes_on_to_another_conversation_has_left_the_one_before() {
        let mut company = Company::default();
        company.hear(&look("Omar", "w", 1, Some(("c", Doing::Replying))), NOW);
        assert_eq!(places(company.hear(&look("Omar", "w", 2, Some(("d", Doing::Looking))), NOW)), ["c", "d"]);
        assert_eq!(who(&company, "c"), []);
        assert_eq!(company.everywhere().into_keys().map(|conv| conv.0).collect::<Vec<_>>(), ["d"]);
    }

    #[test]
    fn an_earlier_word_that_comes_late_changes_nothing() {
        let mut company = Company::default();
        company.hear(&look("Omar", "w", 2, None), NOW);
        assert_eq!(places(company.hear(&look("Omar", "w", 1, Some(("c", Doing::Replying))), NOW)), [""; 0]);
        assert_eq!(who(&company, "c"), []);
    }

    #[test]
    fn who_is_silent_is_forgotten_and_who_says_it_again_is_not() {
        let mut company = Company::default();
        company.hear(&look("Omar", "w", 1, Some(("c", Doing::Looking))), NOW);
        company.hear(&look("Lena", "v", 1, Some(("d", Doing::Looking))), NOW);
        company.hear(&look("Lena", "v", 2, Some(("d", Doing::Looking))), NOW + 25_000);
        assert_eq!(places(company.forget_silent(NOW + BELIEVED_MS)), ["c"]);
        assert_eq!((who(&company, "c").len(), who(&company, "d").len()), (0, 1));
    }
}
