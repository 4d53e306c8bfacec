//! Pictures that a shopper sends while the bot has the conversation. It does not see them, says so, and offers what
//! fits: the flow under way goes on and keeps them as evidence, or a person looks.

use super::{
    Decision, Said, flows,
    turn::{Extras, Turn},
};
use crate::{
    domain::{Attachment, playbook::FlowName},
    nlu::Shape,
};

/// How many came, for the brief; and for the return they are evidence of.
pub(super) fn count(turn: &mut Turn<'_>, said: &Said) {
    let came = u32::try_from(said.files.iter().filter(|file| is_picture(file)).count()).unwrap_or(u32::MAX);
    let memory = &mut turn.state.memory;
    memory.pictures = memory.pictures.saturating_add(came);
    if let Some(flow) = memory.flows.last_mut().filter(|flow| flow.name == FlowName::Return) {
        flow.pictures = flow.pictures.saturating_add(came);
    }
}

fn is_picture(file: &Attachment) -> bool {
    file.media.is_picture()
}

/// A picture without words. True: it was answered.
pub(super) fn answer(turn: &mut Turn<'_>, said: &Said) -> bool {
    if said.files.is_empty() || said.understanding.shape == Shape::Text {
        return false;
    }
    let flow = turn.state.memory.flows.last().map(|flow| flow.name);
    let key = match flow {
        Some(FlowName::Return) => "picture_for_return",
        Some(FlowName::OrderStatus) => "picture_kept",
        None if turn.state.memory.picture_noted => "picture_again",
        None => "picture_alone",
    };
    turn.state.memory.picture_noted = true;
    let buttons = match flow {
        // The question that follows has its own.
        Some(_) => Vec::new(),
        None => {
            let mut buttons: Vec<_> = turn.intent_button("return_or_exchange").into_iter().collect();
            buttons.push(turn.human_button());
            buttons
        }
    };
    turn.say(key, &[], Extras { buttons, card: None });
    turn.decide(if flow.is_some() { Decision::Flow } else { Decision::Reply }, key);
    flows::ask_on(turn);
    true
}

/// Beside words: those are answered, after an honest line about the picture.
pub(super) fn mention(turn: &mut Turn<'_>, said: &Said) {
    turn.state.memory.picture_noted = false;
    if said.files.is_empty() {
        return;
    }
    let is_evidence = turn.state.memory.flows.last().is_some_and(|flow| flow.name == FlowName::Return);
    turn.say(if is_evidence { "picture_for_return" } else { "picture_kept" }, &[], Extras::default());
}
