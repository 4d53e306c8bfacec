//! The questions a flow asks, each with its quick replies; the last one always leads to a person.

use crate::{
    dialogue::{
        Decision, Flow, Slot,
        turn::{Extras, Turn},
    },
    domain::{Button, Choice, playbook::FlowName},
};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    First,
    /// The answer did not fit: other words, with an example.
    Again,
}

/// Asks for a slot and remembers that it waits for it.
pub(super) fn ask(turn: &mut Turn<'_>, flow: &mut Flow, slot: Slot, said: Vec<(String, String)>) {
    if flow.awaiting != Some(slot) {
        flow.misses = 0;
    }
    flow.awaiting = Some(slot);
    flow.since = Some(turn.now.at);
    flow.said = said;
    repeat(turn, flow, slot, Tone::First);
    turn.decide(Decision::Flow, format!("{:?} asks for {}", flow.name, slot.as_str()));
}

/// The same question once more, in the words of `tone`.
pub(super) fn repeat(turn: &mut Turn<'_>, flow: &Flow, slot: Slot, tone: Tone) {
    let prefix = if tone == Tone::First { "ask" } else { "again" };
    let slots: Vec<(&str, &str)> = flow.said.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut buttons = options(turn, flow, slot);
    buttons.push(turn.human_button());
    let own = match slot {
        // The same slot may be asked for in a flow's own words.
        Slot::Order if flow.name == FlowName::Return => "_return",
        Slot::Proof => turn.playbook.flows.proof_suffix(),
        _ => "",
    };
    turn.say(&format!("{prefix}_{}{own}", slot.as_str()), &slots, Extras { buttons, card: None });
}

fn options(turn: &mut Turn<'_>, flow: &Flow, slot: Slot) -> Vec<Button> {
    let name = slot.as_str();
    let rules = &turn.playbook.flows;
    let values: Vec<&str> = match slot {
        Slot::Order | Slot::Proof | Slot::Wanted => Vec::new(),
        // More are listed in the text with their numbers.
        Slot::Item if flow.items.len() > rules.item_buttons => Vec::new(),
        Slot::Item => return flow.items.iter().map(|(line, item)| item_button(*line, item)).collect(),
        Slot::Kind => vec!["return", "exchange"],
        Slot::Reason => rules.reasons.iter().map(|reason| reason.as_str()).collect(),
        Slot::Opened | Slot::Confirm => vec!["yes", "no"],
    };
    values.iter().map(|value| turn.slot_button(&format!("button_{name}_{value}"), name, value)).collect()
}

fn item_button(line: u32, item: &str) -> Button {
    Button { label: item.to_owned(), choice: Choice::Slot { name: "item".into(), value: line.to_string() } }
}
