//! A turn in the making: collects entries, effects and notes while the rules decide.

use super::{Decision, Facts, State, Step, rules, timers, wording};
use crate::domain::{
    Author, Button, Card, Choice, Draft, EntryBody, Lang, Message, Now, Source, Status, UnixMs,
    article::Article,
    ids::Cid,
    playbook::{Intent, Playbook},
    turn::Effect,
};

pub(super) struct Turn<'a> {
    pub playbook: &'a Playbook,
    pub now: &'a Now,
    pub facts: &'a Facts,
    pub state: State,
    drafts: Vec<Draft>,
    effects: Vec<Effect>,
    notes: Vec<String>,
    decision: Decision,
    /// It has waited from this long until this long, milliseconds, since rules looked last.
    pub waited: Option<(UnixMs, UnixMs)>,
    /// A warm word that the next message begins with.
    preface: Option<String>,
}

/// What goes below a message's words.
#[derive(Default)]
pub(super) struct Extras {
    pub card: Option<Card>,
    pub buttons: Vec<Button>,
}

impl<'a> Turn<'a> {
    pub fn new(playbook: &'a Playbook, state: &State, facts: &'a Facts, now: &'a Now) -> Self {
        Self {
            playbook,
            now,
            facts,
            state: state.clone(),
            drafts: Vec::new(),
            effects: Vec::new(),
            notes: Vec::new(),
            decision: Decision::Kept,
            waited: None,
            preface: None,
        }
    }

    pub fn finish(mut self) -> Step {
        rules::fire(&mut self);
        if !matches!(self.state.status, Status::Bot | Status::Assigned) {
            // Whoever comes reads the bubbles themselves.
            self.state.memory.burst = None;
            self.state.due_at = None;
        }
        let rearmed = timers::rearm(&mut self.state, self.playbook, self.now);
        self.effects.extend(rearmed);
        self.offer_each_button_once();
        for draft in self.drafts.iter_mut().filter(|draft| draft.author == Author::Bot) {
            if let EntryBody::Message(message) = &mut draft.body {
                message.decision = Some(self.decision);
            }
        }
        Step {
            state: self.state,
            drafts: self.drafts,
            effects: self.effects,
            decision: self.decision,
            notes: self.notes,
            refused: None,
        }
    }

    /// Two messages of one turn may lead to the same place: the last one keeps the button.
    fn offer_each_button_once(&mut self) {
        let mut offered: Vec<Choice> = Vec::new();
        for draft in self.drafts.iter_mut().rev() {
            if let (Author::Bot, EntryBody::Message(message)) = (&draft.author, &mut draft.body) {
                message.buttons.retain(|button| !offered.contains(&button.choice));
                offered.extend(message.buttons.iter().map(|button| button.choice.clone()));
            }
        }
    }

    pub fn lang(&self) -> Lang {
        self.state.lang
    }

    pub fn append(&mut self, cid: Option<Cid>, author: Author, body: EntryBody) {
        self.drafts.push(Draft { cid, author, body });
    }

    /// Entries so far.
    pub fn drafts(&self) -> &[Draft] {
        &self.drafts
    }

    pub fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// Names the rule that won.
    pub fn decide(&mut self, decision: Decision, rule: impl Into<String>) {
        self.decision = decision;
        self.notes.push(rule.into());
    }

    pub fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// The next variant of a reply, with its slots filled. A missing key is noted and answered with the key's
    /// nearest language; the core never fails.
    pub fn words(&mut self, key: &str, slots: &[(&str, &str)]) -> String {
        let lang = self.lang();
        let times = self.state.memory.said.entry(key.to_owned()).or_default();
        let nth = *times as usize;
        *times += 1;
        match wording::reply(self.playbook, lang, key, nth, slots) {
            Some((text, missing)) => {
                if let Some(slot) = missing {
                    self.note(format!("reply {key} ({lang}) names a slot that is not filled here: {{{slot}}}"));
                }
                text
            }
            None => {
                self.note(format!("no reply {key}"));
                String::new()
            }
        }
    }

    pub fn say(&mut self, key: &str, slots: &[(&str, &str)], extras: Extras) {
        let text = self.words(key, slots);
        self.say_text(text, extras);
    }

    /// How many ways there are of saying it.
    pub fn variants(&self, key: &str) -> usize {
        self.playbook.replies.get(self.lang()).and_then(|replies| replies.get(key)).map_or(0, Vec::len)
    }

    /// The bot's next message begins with these words.
    pub fn begin_with(&mut self, preface: Option<String>) {
        self.preface = preface;
    }

    /// Takes the last entry out again, to put it back behind others.
    pub fn take_back_last(&mut self) -> Option<Draft> {
        self.drafts.pop()
    }

    pub fn put_back(&mut self, draft: Draft) {
        self.drafts.push(draft);
    }

    pub fn say_text(&mut self, text: String, extras: Extras) {
        let text = match self.preface.take() {
            Some(preface) => format!("{preface}\n{text}"),
            None => text,
        };
        let message =
            Message { text, lang: Some(self.lang()), card: extras.card, buttons: extras.buttons, ..Message::default() };
        self.append(None, Author::Bot, EntryBody::Message(message));
    }

    pub fn say_article(&mut self, article: &Article, preface: Option<String>, buttons: Vec<Button>) {
        let Some((lang, text)) = article.text(self.lang()) else { return };
        let mut paragraphs: Vec<String> = self.preface.take().into_iter().chain(preface).collect();
        if lang != self.lang() {
            paragraphs.push(self.words("other_language", &[]));
        }
        paragraphs.push(text.body.trim().to_owned());
        let message = Message {
            text: paragraphs.join("\n\n"),
            lang: Some(lang),
            source: Some(Source { article: article.id.clone(), title: text.title.clone(), lang }),
            buttons,
            ..Message::default()
        };
        self.append(None, Author::Bot, EntryBody::Message(message));
    }

    pub fn button(&mut self, key: &str, choice: Choice) -> Button {
        Button { label: self.label(key), choice }
    }

    /// Labels do not vary: the same button always reads the same.
    fn label(&mut self, key: &str) -> String {
        let lang = self.lang();
        match wording::reply(self.playbook, lang, key, 0, &[]) {
            Some((text, _)) => text,
            None => {
                self.note(format!("no reply {key}"));
                key.to_owned()
            }
        }
    }

    pub fn human_button(&mut self) -> Button {
        self.button("button_human", Choice::Human)
    }

    pub fn intent_button(&self, name: &str) -> Option<Button> {
        let label = self.intent_label(self.playbook.intents.get(name)?)?;
        Some(Button { label, choice: Choice::Intent { name: name.to_owned() } })
    }

    fn intent_label(&self, intent: &Intent) -> Option<String> {
        intent.words.get(self.lang()).map(|words| words.label.clone())
    }

    /// What may be answered today; the shelf may be of yesterday for a moment after midnight.
    pub fn article(&self, id: &str) -> Option<&'a Article> {
        let today = self.now.today();
        self.facts.shelf.get(id).map(AsRef::as_ref).filter(|article: &&Article| article.is_valid_on(today))
    }

    pub fn article_button(&self, id: &str) -> Option<Button> {
        let (_, text) = self.article(id)?.text(self.lang())?;
        Some(Button { label: text.title.clone(), choice: Choice::Article { id: id.to_owned() } })
    }

    pub fn slot_button(&mut self, key: &str, name: &str, value: &str) -> Button {
        self.button(key, Choice::Slot { name: name.into(), value: value.into() })
    }
}
