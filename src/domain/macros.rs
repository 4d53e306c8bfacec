//! Macros: named series of acts on a conversation, with phrases whose places are filled when one is run.

use serde::{Deserialize, Serialize};

use super::{
    ByLang, Level, UnixMs,
    ids::{AgentId, TeamId},
    phrase::{Mistake, unknown_place},
    team::is_team_id,
    wrap_up::is_choice_id,
};
use crate::domain::sentence::{Sentence, sentence};

/// Acts of one macro.
pub const MAX_ACTS: usize = 10;
const MAX_NAME_CHARS: usize = 60;
const MAX_TEXT_CHARS: usize = 4_000;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Macro {
    /// UUIDv7.
    pub id: String,
    /// Whose it is; `None`: everybody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<AgentId>,
    pub names: ByLang<String>,
    /// In their order.
    pub acts: Vec<MacroAct>,
    /// Grows with each change; 0 for one that is not stored yet.
    pub version: i64,
    #[serde(default)]
    pub updated_at: UnixMs,
    #[serde(default)]
    pub updated_by: Option<String>,
}

/// Texts may have places, as phrases do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum MacroAct {
    Take,
    /// Said to the shopper, in the conversation's language.
    Phrase {
        /// The phrase's id.
        phrase: String,
    },
    Note {
        text: String,
    },
    Transfer {
        team: TeamId,
        #[serde(default)]
        note: String,
    },
    Priority {
        level: Level,
    },
    Release,
    HandBack,
    /// Tags that it gets and loses.
    Tag {
        #[serde(default)]
        add: Vec<String>,
        #[serde(default)]
        remove: Vec<String>,
    },
    /// With neither the wrap-up is skipped.
    Resolve {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        category: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<String>,
    },
}

impl MacroAct {
    /// Whether the agent has lost the conversation by it.
    fn is_last(&self) -> bool {
        matches!(self, MacroAct::Transfer { .. } | MacroAct::Release | MacroAct::HandBack | MacroAct::Resolve { .. })
    }
}

impl Macro {
    /// Empty when it may be stored.
    pub fn mistakes(&self) -> Vec<Mistake> {
        let mut mistakes = Vec::new();
        let mut note = |field: String, message: Sentence| mistakes.push(Mistake { field, message });
        if self.names.0.values().all(|name| name.trim().is_empty()) {
            note("names".into(), sentence!("A macro needs a name in one language at least."));
        }
        if self.names.0.values().any(|name| name.chars().count() > MAX_NAME_CHARS) {
            note("names".into(), sentence!("A name has at most {most} characters.", most = MAX_NAME_CHARS));
        }
        if !(1..=MAX_ACTS).contains(&self.acts.len()) {
            note("acts".into(), sentence!("A macro has 1 to {most} acts.", most = MAX_ACTS));
        }
        for (at, act) in self.acts.iter().enumerate() {
            let field = format!("acts.{at}");
            match act {
                MacroAct::Phrase { phrase } if phrase.is_empty() => note(field, sentence!("Choose a phrase.")),
                MacroAct::Note { text } if text.trim().is_empty() => note(field, sentence!("A note needs words.")),
                MacroAct::Tag { add, remove } => {
                    let mut tags = add.iter().chain(remove).peekable();
                    if tags.peek().is_none() || !tags.all(|tag| is_choice_id(tag)) {
                        note(field, sentence!("Choose a tag."));
                    }
                }
                MacroAct::Resolve { category, outcome }
                    if !category.iter().chain(outcome).all(|choice| is_choice_id(choice)) =>
                {
                    note(field, sentence!("Choose a category and an outcome from the lists."))
                }
                MacroAct::Transfer { team, .. } if !is_team_id(team.as_str()) => {
                    note(field, sentence!("Choose a team."))
                }
                MacroAct::Note { text } | MacroAct::Transfer { note: text, .. } => {
                    if text.chars().count() > MAX_TEXT_CHARS {
                        note(field, sentence!("A text has at most {most} characters.", most = MAX_TEXT_CHARS));
                    } else if let Some(place) = unknown_place(text) {
                        note(field, sentence!("{{place}} cannot be filled in.", place));
                    }
                }
                _ => {}
            }
            // A note, a tag or a new priority goes with a conversation that is somebody else's, too.
            let needs_it = |act: &MacroAct| matches!(act, MacroAct::Phrase { .. }) || act.is_last();
            if act.is_last() && self.acts.iter().skip(at + 1).any(needs_it) {
                note(format!("acts.{at}"), sentence!("After this the conversation is not the agent's any more."));
            }
        }
        mistakes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Lang;

    fn with(acts: Vec<MacroAct>) -> Macro {
        let names = ByLang([(Lang::En, "Late parcel".to_owned())].into());
        Macro { id: "m".into(), owner: None, names, acts, version: 0, updated_at: 0, updated_by: None }
    }

    #[test]
    fn what_cannot_be_run_is_told_by_its_act() {
        let note = |text: &str| MacroAct::Note { text: text.into() };
        let resolve =
            |category: Option<&str>| MacroAct::Resolve { category: category.map(str::to_owned), outcome: None };
        let tag = |add: &[&str], remove: &[&str]| {
            let [add, remove] = [add, remove].map(|tags| tags.iter().map(|tag| (*tag).to_owned()).collect());
            MacroAct::Tag { add, remove }
        };
        let say = || MacroAct::Phrase { phrase: "late".into() };
        let good = vec![MacroAct::Take, say(), note("{order} is late"), resolve(Some("delivery")), note("done")];
        assert_eq!(with(good).mistakes(), []);
        let told = |acts| with(acts).mistakes().into_iter().map(|mistake| mistake.field).collect::<Vec<_>>();
        assert_eq!(told(vec![]), ["acts"]);
        assert_eq!(told(vec![resolve(None), say()]), ["acts.0"], "nobody speaks after the end");
        assert_eq!(told(vec![MacroAct::Take, note("about {parcel}"), note(" ")]), ["acts.1", "acts.2"]);
        let team = |team: &str| MacroAct::Transfer { team: team.into(), note: String::new() };
        assert_eq!(told(vec![team("Our team")]), ["acts.0"]);
        assert_eq!(told(vec![team("returns"), MacroAct::Release]), ["acts.0"]);
        assert_eq!(told(vec![MacroAct::HandBack, say()]), ["acts.0"], "the bot has it");
        assert_eq!(
            told(vec![tag(&["late"], &[]), tag(&[], &["vip"]), tag(&[], &[]), tag(&["Very Late"], &[])]),
            ["acts.2", "acts.3"]
        );
        assert_eq!(told(vec![resolve(Some("Somewhere else"))]), ["acts.0"]);
        assert_eq!(Macro { names: ByLang(Default::default()), ..with(vec![say()]) }.mistakes()[0].field, "names");
    }
}
