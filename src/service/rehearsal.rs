//! One conversation without a server: the same perceive and decide as in production, with the world held in
//! memory. For dialogue scripts, the terminal and the test bench.

use std::collections::BTreeMap;

use super::mind::Mind;
use crate::{
    dialogue::{self, Event, Facts, Need, Said, State, Step},
    domain::{Button, Choice, Draft, EntryBody, Lang, Now, order::OrderLookup, turn::Effect},
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

    pub fn say(&mut self, text: &str, choice: Option<Choice>) -> Step {
        let mut said = Said {
            text: text.to_owned(),
            choice,
            understanding: self.mind.understand(text),
            facts: Facts { shelf: self.mind.shelf.clone(), ..Facts::default() },
        };
        let need = dialogue::needs(&self.state, &said);
        if let Some(Need::Order { number, .. } | Need::ProvedOrder { number }) = &need {
            said.facts.returns = self.returns.get(number).cloned().unwrap_or_default();
        }
        said.facts.order = need.map(|need| self.look_up(need));
        self.take(Event::Said(Box::new(said)))
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
