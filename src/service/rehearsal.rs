//! One conversation without a server: the same perceive and decide as in production, with the world held in
//! memory. For dialogue scripts, the terminal and the test bench.

use std::collections::BTreeMap;

use super::mind::Mind;
use crate::{
    dialogue::{self, Event, Facts, Need, OrderFacts, Said, State, Step},
    domain::{
        Attachment, Button, Choice, Draft, EntryBody, Lang, Now, Status, attachment::Media, order::OrderLookup,
        turn::Effect,
    },
    nlu::Understanding,
    shop::Shop,
};

pub struct Rehearsal<'a> {
    mind: &'a Mind,
    shop: &'a Shop,
    pub now: Now,
    pub state: State,
    /// Order number → opened returns as (number, line).
    returns: BTreeMap<String, Vec<(String, u32)>>,
    failed_proofs: u32,
    /// The quick replies that can be pressed now.
    pub buttons: Vec<Button>,
}

impl<'a> Rehearsal<'a> {
    pub fn new(mind: &'a Mind, shop: &'a Shop, lang: Lang, now: Now) -> Self {
        let state = State { lang, ..State::default() };
        Self { mind, shop, now, state, returns: BTreeMap::new(), failed_proofs: 0, buttons: Vec::new() }
    }

    pub fn open(&mut self) -> Step {
        self.take(Event::Opened)
    }

    /// Says it and nothing more for a while.
    pub fn say(&mut self, text: &str, choice: Option<Choice>) -> Step {
        let mut step = self.send(text, choice);
        if let Some(after) = self.pause() {
            step = Step { drafts: step.drafts.into_iter().chain(after.drafts).collect(), ..after };
        }
        step
    }

    /// Says it; more may follow at once.
    pub fn send(&mut self, text: &str, choice: Option<Choice>) -> Step {
        self.send_with(text, choice, Vec::new())
    }

    /// Sends a picture, with words or without.
    pub fn show(&mut self, text: &str) -> Step {
        let picture = Attachment {
            id: "picture".into(),
            media: Media::Jpeg,
            bytes: 1,
            width: Some(4),
            height: Some(3),
            name: None,
        };
        self.send_with(text, None, vec![picture])
    }

    fn send_with(&mut self, text: &str, choice: Option<Choice>, files: Vec<Attachment>) -> Step {
        let words = match choice {
            Some(_) => text.to_owned(),
            None => dialogue::words_to_answer(&self.state, Some(text)),
        };
        let said = Said { files, ..self.hear(words, Some(text), choice) };
        self.take(Event::Said(Box::new(said)))
    }

    /// The pause after bubbles that wait for it; `None` when none do.
    fn pause(&mut self) -> Option<Step> {
        let due_at = self.state.due_at?;
        let said = self.hear(dialogue::words_to_answer(&self.state, None), None, None);
        let later = Now { at: due_at, ..self.now.clone() };
        let now = std::mem::replace(&mut self.now, later);
        let step = self.take(Event::Paused(Box::new(said)));
        self.now = now;
        Some(step)
    }

    fn hear(&self, words: String, bubble: Option<&str>, choice: Option<Choice>) -> Said {
        let (understanding, parts) = match self.state.status {
            Status::Assigned if bubble.is_some() => Default::default(),
            Status::Assigned => {
                (Understanding { feelings: self.mind.feelings(&words), ..Default::default() }, Vec::new())
            }
            Status::Bot | Status::Queued | Status::Offered | Status::Closed => {
                self.mind.hear(&words, self.state.memory.spoken_of())
            }
        };
        let facts = Facts { shelf: self.mind.shelf.clone(), ..Facts::default() };
        let bubble = bubble.unwrap_or_default().to_owned();
        let mut said = Said { text: words, bubble, choice, files: Vec::new(), understanding, parts, facts };
        said.facts.orders = dialogue::needs(&self.mind.playbook, &self.state, &said, &self.now)
            .into_iter()
            .map(|need| OrderFacts {
                number: need.number().clone(),
                returns: self.returns.get(need.number()).cloned().unwrap_or_default(),
                lookup: self.look_up(need),
            })
            .collect();
        said
    }

    /// Presses the quick reply with this label, if it is there.
    pub fn press(&mut self, label: &str) -> Option<Step> {
        let button = self.buttons.iter().find(|button| button.label == label)?.clone();
        Some(self.say(&button.label, Some(button.choice)))
    }

    fn look_up(&self, need: Need) -> OrderLookup {
        let (number, proof) = match need {
            Need::ProvedOrder { number } => (number, None),
            Need::Order { number, proof } => (number, Some(proof)),
        };
        if proof.is_some() && self.failed_proofs >= self.mind.playbook.thresholds.proof_failures {
            return OrderLookup::Locked;
        }
        match self.shop.find(&number, &self.now) {
            Some(order) if proof.is_none_or(|proof| order.customer.is_proved_by(&proof)) => {
                OrderLookup::Found(Box::new(order))
            }
            _ => OrderLookup::NotProved,
        }
    }

    /// Whatever else happens.
    pub fn take(&mut self, event: Event) -> Step {
        let step = dialogue::step(&self.mind.playbook, &self.state, &event, None, &self.now);
        self.state = step.state.clone();
        for effect in &step.effects {
            match effect {
                Effect::OpenReturn(opened) => {
                    let opened_before = self.returns.entry(opened.order.clone()).or_default();
                    opened_before.push((opened.number.clone(), opened.line));
                }
                Effect::ProofFailed { .. } => self.failed_proofs += 1,
                _ => {}
            }
        }
        self.buttons = step.drafts.iter().flat_map(buttons).cloned().collect();
        step
    }
}

fn buttons(draft: &Draft) -> &[Button] {
    match &draft.body {
        EntryBody::Message(message) => &message.buttons,
        _ => &[],
    }
}
