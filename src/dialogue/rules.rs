//! Rules "when … then …": decided inside the turn of what they wait for, on what was so before any of them acted. What a
//! rule does is never looked at by rules, so they cannot run in circles.

use std::collections::BTreeSet;

use super::{
    agents::set_level,
    turn::{Extras, Turn},
};
use crate::{
    domain::{
        Author, Draft, Entry, EntryBody, HandoffReason, Lang, Status, UnixMs,
        entry::{Note, RuleAct},
        handoff::Feeling,
        ids::{InboxId, TeamId},
        playbook::{About, Playbook, Rule, Situation, When},
        turn::{Effect, News},
    },
    language::normalise,
};

/// Something that a rule may wait for.
#[derive(Debug, Clone, Default, PartialEq)]
struct Happened {
    when: Option<When>,
    /// In normal form.
    text: Option<String>,
    reason: Option<HandoffReason>,
}

/// What an entry tells rules; `None`: nothing.
fn happened(author: &Author, body: &EntryBody) -> Option<Happened> {
    let of = |when, text: Option<&str>, reason| Happened { when: Some(when), text: text.map(normalise), reason };
    match (author, body) {
        (Author::Shopper, EntryBody::Message(message)) => Some(of(When::ShopperWrote, Some(&message.text), None)),
        (Author::Agent(_), EntryBody::Message(message)) => Some(of(When::AgentReplied, Some(&message.text), None)),
        (_, EntryBody::Handoff { reason, brief, .. }) => {
            Some(of(When::HandedOff, brief.trigger.as_deref(), Some(*reason)))
        }
        (_, EntryBody::Sla { breach, .. }) => {
            Some(of(if *breach { When::SlaBreached } else { When::SlaWarned }, None, None))
        }
        (_, EntryBody::Closed { .. }) => Some(of(When::Resolved, None, None)),
        _ => None,
    }
}

/// The rules that this turn's own entries begin, each once, and what they do.
pub(super) fn fire(turn: &mut Turn<'_>) {
    let playbook = turn.playbook;
    if playbook.rules.is_empty() {
        return;
    }
    let mut events: Vec<Happened> =
        turn.drafts().iter().filter_map(|Draft { author, body, .. }| happened(author, body)).collect();
    if turn.waited.is_some() {
        events.push(Happened { when: Some(When::Waiting), ..Happened::default() });
    }
    let state = &turn.state;
    let is_open = state.inbox.as_ref().is_none_or(|inbox| is_open(playbook, inbox, turn.now.at, &turn.now.zone));
    let fits = |rule: &&Rule| {
        events.iter().any(|event| {
            let is_time = rule.when != When::Waiting
                || turn.waited.is_some_and(|(from, until)| from < rule.after_ms && rule.after_ms <= until);
            let situation = Situation {
                lang: state.lang,
                inbox: state.inbox.as_ref(),
                team: state.team.as_ref(),
                topic: state.memory.topic.as_ref().map(|topic| topic.name.as_str()),
                reason: event.reason,
                tier: state.memory.tier.as_deref(),
                feeling: state.memory.mood.feeling,
                priority: state.priority.score,
                text: event.text.as_deref(),
                is_open,
            };
            event.when == Some(rule.when) && is_time && rule.given.fits(&situation)
        })
    };
    let begun: Vec<&Rule> = playbook.rules.iter().filter(fits).collect();
    for rule in begun {
        act(turn, rule);
    }
}

/// Its entry first, then what it does. What makes no sense now is left out, and the entry tells only what was done.
fn act(turn: &mut Turn<'_>, rule: &Rule) {
    let did: Vec<RuleAct> = acts_of(rule, turn.state.status, turn.state.team.as_ref()).collect();
    turn.append(None, Author::System, EntryBody::RuleFired { rule: rule.name.clone(), did: did.clone() });
    for act in did {
        match act {
            RuleAct::Team { team } => turn.state.team = Some(team),
            RuleAct::Priority { level } => set_level(turn, level, Author::System, None),
            RuleAct::Note { text } => turn.append(None, Author::System, EntryBody::Note(Note::of(text))),
            RuleAct::Notify { text } => turn.effect(Effect::Notify(News::Rule { rule: rule.name.clone(), text })),
            RuleAct::Reply { key } => turn.say(&key, &[], Extras::default()),
        }
    }
}

fn acts_of<'r>(rule: &'r Rule, status: Status, team: Option<&TeamId>) -> impl Iterator<Item = RuleAct> + 'r {
    let then = &rule.then;
    // Who has it, or is asked just now, keeps it.
    let route = then.team.clone().filter(|to| status == Status::Queued && Some(to) != team);
    let level = then.priority.filter(|_| !matches!(status, Status::Bot | Status::Closed));
    [
        route.map(|team| RuleAct::Team { team }),
        level.map(|level| RuleAct::Priority { level }),
        then.note.clone().map(|text| RuleAct::Note { text }),
        then.notify.clone().map(|text| RuleAct::Notify { text }),
        then.reply.clone().map(|key| RuleAct::Reply { key }),
    ]
    .into_iter()
    .flatten()
}

/// When the next rule about waiting is due, for who began to wait then and was looked at until then.
pub(super) fn next_wait(rules: &[Rule], queued_at: UnixMs, looked_until: Option<UnixMs>) -> Option<UnixMs> {
    let from = looked_until.unwrap_or(queued_at).max(queued_at);
    let waits = rules.iter().filter(|rule| rule.when == When::Waiting).map(|rule| queued_at + rule.after_ms);
    waits.filter(|due_at| *due_at > from).min()
}

fn is_open(playbook: &Playbook, inbox: &InboxId, at: UnixMs, zone: &jiff::tz::TimeZone) -> bool {
    playbook.desk.of(inbox).hours.is_none_or(|hours| hours.is_open(at, zone))
}

/// What a rule would have done, found in a log.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Firing {
    pub rule: String,
    pub at: UnixMs,
    /// The entry that would have begun it; of a wait, the one before.
    pub seq: i64,
    pub did: Vec<RuleAct>,
}

/// A log as it was, with what rules could have known at each of its entries. Of feelings, topic and priority a log tells
/// what the last handoff said; of the tier nothing, so that today's counts.
struct Past<'a> {
    playbook: &'a Playbook,
    inbox: &'a InboxId,
    tier: Option<&'a str>,
    zone: &'a jiff::tz::TimeZone,
    lang: Lang,
    status: Status,
    team: Option<TeamId>,
    topic: Option<String>,
    feeling: Feeling,
    priority: i64,
    /// Since when it waits, and until when its wait was looked at.
    waiting: Option<(UnixMs, UnixMs)>,
    queued_at: Option<UnixMs>,
    seq: i64,
    firings: Vec<Firing>,
}

/// What the playbook's rules would have done to a conversation: nothing is written, and what they would have changed
/// changes nothing of what follows. `lang`: as it is now, until the log tells another; `until`: now.
pub fn replay(
    playbook: &Playbook,
    inbox: &InboxId,
    lang: Lang,
    tier: Option<&str>,
    entries: &[Entry],
    until: UnixMs,
    zone: &jiff::tz::TimeZone,
) -> Vec<Firing> {
    let mut past = Past {
        playbook,
        inbox,
        tier,
        zone,
        lang,
        status: Status::Bot,
        team: None,
        topic: None,
        feeling: Feeling::default(),
        priority: 0,
        waiting: None,
        queued_at: None,
        seq: 0,
        firings: Vec::new(),
    };
    for entry in entries {
        past.wait_until(entry.at);
        past.take_in(entry);
        past.seq = entry.seq;
        if let Some(event) = happened(&entry.author, &entry.body) {
            past.look(&event, entry.at, None);
        }
    }
    past.wait_until(until);
    past.firings
}

impl Past<'_> {
    fn wait_until(&mut self, at: UnixMs) {
        let Some((since, looked)) = self.waiting else { return };
        let dues: BTreeSet<UnixMs> = self
            .playbook
            .rules
            .iter()
            .filter(|rule| rule.when == When::Waiting)
            .map(|rule| since + rule.after_ms)
            .filter(|due_at| looked < *due_at && *due_at <= at)
            .collect();
        let event = Happened { when: Some(When::Waiting), ..Happened::default() };
        for due_at in dues {
            self.look(&event, due_at, Some(due_at - since));
        }
        self.waiting = Some((since, looked.max(at)));
    }

    fn take_in(&mut self, entry: &Entry) {
        match &entry.body {
            EntryBody::Message(message) => self.lang = message.lang.unwrap_or(self.lang),
            EntryBody::Handoff { reason, priority, brief } => {
                let about =
                    About { reason: *reason, wants: brief.wants.as_deref(), dispute: brief.dispute, lang: self.lang };
                if self.team.is_none() {
                    self.team = self.playbook.desk.team_of(&about);
                }
                (self.topic, self.feeling, self.priority) = (brief.wants.clone(), brief.feeling, priority.score);
                self.wait_from(entry.at);
            }
            EntryBody::Requeued { team, .. } => {
                self.team = team.clone().or(self.team.take());
                self.wait_from(entry.at);
            }
            EntryBody::Prioritised { priority, .. } => self.priority = priority.score,
            EntryBody::Alert { priority, feeling, .. } => {
                (self.feeling, self.priority) = (*feeling, priority.score);
            }
            EntryBody::Offered { .. } => self.status = Status::Offered,
            EntryBody::Assigned { .. } => (self.status, self.waiting) = (Status::Assigned, None),
            EntryBody::Closed { .. } => self.leave(Status::Closed),
            EntryBody::HandedBack { .. } | EntryBody::Reopened => self.leave(Status::Bot),
            _ => {}
        }
    }

    /// At the old place, where it had one.
    fn wait_from(&mut self, now: UnixMs) {
        let since = *self.queued_at.get_or_insert(now);
        self.status = Status::Queued;
        self.waiting.get_or_insert((since, now));
    }

    fn leave(&mut self, status: Status) {
        (self.status, self.waiting, self.queued_at, self.team) = (status, None, None, None);
    }

    fn look(&mut self, event: &Happened, at: UnixMs, waited: Option<UnixMs>) {
        let situation = Situation {
            lang: self.lang,
            inbox: Some(self.inbox),
            team: self.team.as_ref(),
            topic: self.topic.as_deref(),
            reason: event.reason,
            tier: self.tier,
            feeling: self.feeling,
            priority: self.priority,
            text: event.text.as_deref(),
            is_open: is_open(self.playbook, self.inbox, at, self.zone),
        };
        for rule in &self.playbook.rules {
            let is_time = waited.is_none_or(|waited| rule.after_ms == waited);
            if event.when == Some(rule.when) && is_time && rule.given.fits(&situation) {
                let did = acts_of(rule, self.status, self.team.as_ref()).collect();
                self.firings.push(Firing { rule: rule.name.clone(), at, seq: self.seq, did });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        AgentRef, Brief, Message, Priority,
        playbook::{Given, Then, testing},
    };

    const MINUTE: UnixMs = 60_000;

    fn rule(name: &str, when: When, given: Given) -> Rule {
        let then = Then { team: Some("parcels".into()), note: Some("x".into()), ..Then::default() };
        Rule { name: name.into(), when, after_ms: 10 * MINUTE, given, then }
    }

    fn log(bodies: Vec<(i64, Author, EntryBody)>) -> Vec<Entry> {
        let entry = |(seq, (minute, author, body))| Entry { seq, at: minute * MINUTE, cid: None, author, body };
        (1..).zip(bodies).map(entry).collect()
    }

    #[test]
    fn a_log_tells_what_rules_would_have_done_and_when() {
        let mut playbook = testing::playbook();
        let angry = Given { min_feeling: Feeling { anger: 0.5, ..Feeling::default() }, ..Given::default() };
        playbook.rules = vec![
            rule("ten minutes", When::Waiting, Given::default()),
            rule("angry end", When::Resolved, angry),
            rule("english", When::ShopperWrote, Given { langs: vec![Lang::En], ..Given::default() }),
        ];
        let maya = AgentRef { id: "maya".into(), name: "Maya".into() };
        let feeling = Feeling { anger: 0.7, ..Feeling::default() };
        let handoff = |feeling| EntryBody::Handoff {
            reason: HandoffReason::Request,
            priority: Priority::default(),
            brief: Box::new(Brief { feeling, ..Brief::default() }),
        };
        let says = |text: &str| EntryBody::Message(Message { text: text.into(), ..Message::default() });
        let assigned = EntryBody::Assigned { agent: maya.clone(), epoch: 1, why: None };
        let entries = log(vec![
            (0, Author::Shopper, says("你好")),
            (1, Author::Bot, handoff(feeling)),
            (13, Author::Agent(maya.clone()), assigned),
            (40, Author::Agent(maya.clone()), EntryBody::Closed { by: Author::Agent(maya) }),
            (50, Author::Bot, handoff(Feeling::default())),
        ]);
        let replayed = |until| {
            let zone = jiff::tz::TimeZone::UTC;
            let firings = replay(&playbook, &"shop".into(), Lang::ZhHant, None, &entries, until * MINUTE, &zone);
            let told = |one: Firing| (one.rule, one.at / MINUTE, one.seq, one.did.len());
            firings.into_iter().map(told).collect::<Vec<_>>()
        };
        // A team is set only while it waits; nothing is heard twice in one wait.
        let first = [("ten minutes".to_owned(), 11, 2, 2), ("angry end".to_owned(), 40, 4, 1)];
        assert_eq!(replayed(59), first);
        assert_eq!(replayed(70)[2..], [("ten minutes".to_owned(), 60, 5, 2)], "it waits anew");
    }
}
