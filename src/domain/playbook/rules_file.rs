//! `playbook/rules.toml`: when something happens to a conversation that is so, then do this.

use std::collections::BTreeSet;

use regex::Regex;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::{FileError, SourceFile, TomlFile, WordLists};
use crate::domain::{
    HandoffReason, Lang, Level, UnixMs,
    handoff::Feeling,
    ids::{InboxId, TeamId},
    sentence::sentence,
    team::is_team_id,
};

/// What begins a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// The bot asked for a person.
    HandedOff,
    ShopperWrote,
    AgentReplied,
    SlaWarned,
    SlaBreached,
    Resolved,
    /// It has waited for `waiting_minutes`.
    Waiting,
}

impl When {
    /// Somebody said something.
    fn has_words(self) -> bool {
        matches!(self, When::HandedOff | When::ShopperWrote | When::AgentReplied)
    }
}

#[derive(Debug, Clone)]
pub struct Rule {
    pub name: String,
    pub when: When,
    /// With [`When::Waiting`]: after so long.
    pub after_ms: UnixMs,
    pub given: Given,
    pub then: Then,
}

/// What must be so. A list that is empty fits everything.
#[derive(Debug, Clone, Default)]
pub struct Given {
    pub langs: Vec<Lang>,
    pub inboxes: Vec<InboxId>,
    pub teams: Vec<TeamId>,
    /// Intents' names or articles' ids.
    pub topics: Vec<String>,
    pub reasons: Vec<HandoffReason>,
    /// Of the shopper; ids of `desk.toml`'s tiers.
    pub tiers: Vec<String>,
    pub min_priority: Option<i64>,
    /// Each signal at least so strong.
    pub min_feeling: Feeling,
    /// Any of them, in what was just said.
    pub words: Vec<Regex>,
    /// Whether the desk is open.
    pub open: Option<bool>,
}

/// What is done, in this order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Then {
    pub team: Option<TeamId>,
    pub priority: Option<Level>,
    pub note: Option<String>,
    /// For who supervises.
    pub notify: Option<String>,
    /// A key of the playbook's replies.
    pub reply: Option<String>,
}

/// Of a conversation, what rules can ask about.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Situation<'a> {
    pub lang: Lang,
    pub inbox: Option<&'a InboxId>,
    pub team: Option<&'a TeamId>,
    pub topic: Option<&'a str>,
    /// Of the handoff that just happened.
    pub reason: Option<HandoffReason>,
    pub tier: Option<&'a str>,
    pub feeling: Feeling,
    pub priority: i64,
    /// What was just said, in normal form.
    pub text: Option<&'a str>,
    pub is_open: bool,
}

impl Given {
    pub fn fits(&self, now: &Situation<'_>) -> bool {
        fn allows<T: PartialEq>(wanted: &[T], found: Option<&T>) -> bool {
            wanted.is_empty() || found.is_some_and(|found| wanted.contains(found))
        }
        let (topic, tier) = (now.topic.map(str::to_owned), now.tier.map(str::to_owned));
        let least = &self.min_feeling;
        allows(&self.langs, Some(&now.lang))
            && allows(&self.inboxes, now.inbox)
            && allows(&self.teams, now.team)
            && allows(&self.topics, topic.as_ref())
            && allows(&self.reasons, now.reason.as_ref())
            && allows(&self.tiers, tier.as_ref())
            && self.min_priority.is_none_or(|least| now.priority >= least)
            && now.feeling.anger >= least.anger
            && now.feeling.anxiety >= least.anxiety
            && now.feeling.disappointment >= least.disappointment
            && now.feeling.urgency >= least.urgency
            && (self.words.is_empty() || now.text.is_some_and(|text| self.words.iter().any(|word| word.is_match(text))))
            && self.open.is_none_or(|open| open == now.is_open)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rule: Vec<FileRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileRule {
    name: Spanned<String>,
    when: Spanned<When>,
    waiting_minutes: Option<Spanned<i64>>,
    #[serde(default)]
    langs: Vec<Lang>,
    #[serde(default)]
    inboxes: Vec<String>,
    #[serde(default)]
    teams: Vec<Spanned<String>>,
    #[serde(default)]
    topics: Vec<Spanned<String>>,
    #[serde(default)]
    reasons: Vec<HandoffReason>,
    #[serde(default)]
    tiers: Vec<Spanned<String>>,
    min_priority: Option<i64>,
    #[serde(default)]
    min_feeling: FileFeeling,
    #[serde(default)]
    words: Vec<Spanned<String>>,
    open: Option<bool>,
    then: Spanned<FileThen>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct FileFeeling {
    anger: f32,
    anxiety: f32,
    disappointment: f32,
    urgency: f32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileThen {
    team: Option<Spanned<String>>,
    priority: Option<Level>,
    note: Option<Spanned<String>>,
    notify: Option<Spanned<String>>,
    reply: Option<Spanned<String>>,
}

const WAITING_MINUTES: std::ops::RangeInclusive<i64> = 1..=1_440;
const MAX_RULES: usize = 50;
const MAX_NAME_CHARS: usize = 60;
const MAX_TEXT_CHARS: usize = 1_000;

/// `is_reply`: whether there is such a key among the replies; `is_tier`: such a tier.
pub(super) fn parse(
    file: &SourceFile,
    lists: &WordLists,
    is_reply: impl Fn(&str) -> bool,
    is_tier: impl Fn(&str) -> bool,
) -> Result<Vec<Rule>, FileError> {
    let toml = TomlFile::new(file);
    let read: File = toml.read()?;
    let mut names = BTreeSet::new();
    let mut rules = Vec::new();
    for written in read.rule {
        let name = written.name.get_ref().trim().to_owned();
        if name.is_empty() || name.chars().count() > MAX_NAME_CHARS {
            return Err(toml.error_on(
                &written.name,
                sentence!("a rule's name has 1 to {most} characters", most = MAX_NAME_CHARS),
            ));
        }
        if !names.insert(name.clone()) {
            return Err(toml.error_on(&written.name, sentence!("\"{name}\" is there twice", name)));
        }
        if rules.len() == MAX_RULES {
            return Err(toml.error_on(&written.name, sentence!("there are at most {most} rules", most = MAX_RULES)));
        }
        rules.push(rule(&toml, lists, &is_reply, &is_tier, name, written)?);
    }
    Ok(rules)
}

fn rule(
    toml: &TomlFile<'_>,
    lists: &WordLists,
    is_reply: &impl Fn(&str) -> bool,
    is_tier: &impl Fn(&str) -> bool,
    name: String,
    written: FileRule,
) -> Result<Rule, FileError> {
    let when = *written.when.get_ref();
    let after_ms = match (when, &written.waiting_minutes) {
        (When::Waiting, Some(minutes)) if WAITING_MINUTES.contains(minutes.get_ref()) => minutes.get_ref() * 60_000,
        (When::Waiting, _) => {
            let (least, most) = WAITING_MINUTES.into_inner();
            return Err(toml
                .error_on(&written.when, sentence!("waiting needs waiting_minutes, {least} to {most}", least, most)));
        }
        (_, Some(minutes)) => {
            return Err(toml.error_on(minutes, sentence!("waiting_minutes goes with when = \"waiting\"")));
        }
        (_, None) => 0,
    };
    if let Some(first) = written.words.first().filter(|_| !when.has_words()) {
        return Err(toml.error_on(
            first,
            sentence!("nothing is said then: words go with handed_off, shopper_wrote, agent_replied"),
        ));
    }
    if let Some(tier) = written.tiers.iter().find(|tier| !is_tier(tier.get_ref())) {
        return Err(toml.error_on(tier, sentence!("playbook/desk.toml has no tier \"{tier}\"", tier = tier.get_ref())));
    }
    if !written.reasons.is_empty() && when != When::HandedOff {
        return Err(toml.error_on(&written.when, sentence!("reasons go with when = \"handed_off\"")));
    }
    let team = |team: &Spanned<String>| match is_team_id(team.get_ref()) {
        true => Ok(TeamId(team.get_ref().clone())),
        false => Err(toml.error_on(team, sentence!("a team's id is 1 to 40 of a-z, 0-9 and -"))),
    };
    let FileFeeling { anger, anxiety, disappointment, urgency } = written.min_feeling;
    let given = Given {
        langs: written.langs,
        inboxes: written.inboxes.into_iter().map(InboxId).collect(),
        teams: written.teams.iter().map(team).collect::<Result<_, _>>()?,
        topics: written.topics.into_iter().map(Spanned::into_inner).collect(),
        reasons: written.reasons,
        tiers: written.tiers.into_iter().map(Spanned::into_inner).collect(),
        min_priority: written.min_priority,
        min_feeling: Feeling { anger, anxiety, disappointment, urgency },
        words: written.words.iter().map(|word| toml.regex_with_words(word, lists)).collect::<Result<_, _>>()?,
        open: written.open,
    };
    let then = written.then.get_ref();
    for text in [&then.note, &then.notify].into_iter().flatten() {
        if !(1..=MAX_TEXT_CHARS).contains(&text.get_ref().trim().chars().count()) {
            return Err(toml.error_on(text, sentence!("a note has 1 to {most} characters", most = MAX_TEXT_CHARS)));
        }
    }
    if let Some(reply) = then.reply.as_ref().filter(|reply| !is_reply(reply.get_ref())) {
        return Err(toml.error_on(reply, sentence!("there is no reply \"{reply}\"", reply = reply.get_ref())));
    }
    let own = |text: &Option<Spanned<String>>| text.as_ref().map(|text| text.get_ref().clone());
    let then = Then {
        team: then.team.as_ref().map(team).transpose()?,
        priority: then.priority,
        note: own(&then.note),
        notify: own(&then.notify),
        reply: own(&then.reply),
    };
    if then == Then::default() {
        return Err(
            toml.error_on(&written.then, sentence!("a rule does something: team, priority, note, notify or reply"))
        );
    }
    Ok(Rule { name, when, after_ms, given, then })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Rule>, String> {
        let file = SourceFile { path: "playbook/rules.toml".into(), text: text.into() };
        let lists = WordLists::from([("storm".to_owned(), vec!["台风".to_owned(), "typhoon".to_owned()])]);
        parse(&file, &lists, |key| key == "typhoon", |tier| tier == "vip").map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_not_asked_fits_everything_and_what_is_asked_must_be_so() {
        let rules = read(
            "[[rule]]\nname = \"storm\"\nwhen = \"handed_off\"\nlangs = [\"zh-Hant\"]\nwords = ['<storm>']\n\
             min_feeling = { anger = 0.5 }\ntiers = [\"vip\"]\nopen = true\nthen = { team = \"parcels\", priority = \"high\" }\n\
             [[rule]]\nname = \"all\"\nwhen = \"resolved\"\nthen = { note = \"bye\" }\n",
        )
        .expect("valid");
        assert!(rules[1].given.fits(&Situation::default()));
        let angry = Feeling { anger: 0.6, ..Feeling::default() };
        let text = Some("the typhoon");
        let fits = Situation {
            lang: Lang::ZhHant,
            text,
            feeling: angry,
            tier: Some("vip"),
            is_open: true,
            ..Situation::default()
        };
        assert!(rules[0].given.fits(&fits));
        for not in [
            Situation { lang: Lang::En, ..fits.clone() },
            Situation { text: None, ..fits.clone() },
            Situation { tier: None, ..fits.clone() },
            Situation { tier: Some("gold"), ..fits.clone() },
            Situation { feeling: Feeling::default(), ..fits.clone() },
            Situation { is_open: false, ..fits.clone() },
        ] {
            assert!(!rules[0].given.fits(&not), "{not:?}");
        }
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        let rule = |rest: &str| format!("[[rule]]\nname = \"a\"\n{rest}\n");
        for (text, expected) in [
            (rule("when = \"waits\"\nthen = { note = \"x\" }"), "playbook/rules.toml:3: unknown variant `waits`"),
            (
                rule("when = \"waiting\"\nthen = { note = \"x\" }"),
                "playbook/rules.toml:3: waiting needs waiting_minutes",
            ),
            (
                rule("when = \"resolved\"\nwords = ['x']\nthen = { note = \"x\" }"),
                "playbook/rules.toml:4: nothing is said",
            ),
            (
                rule("when = \"resolved\"\ntiers = [\"gold\"]\nthen = { note = \"x\" }"),
                "playbook/rules.toml:4: playbook/desk.toml has no tier \"gold\"",
            ),
            (rule("when = \"resolved\"\nthen = {}"), "playbook/rules.toml:4: a rule does something"),
            (
                rule("when = \"resolved\"\nthen = { reply = \"none\" }"),
                "playbook/rules.toml:4: there is no reply \"none\"",
            ),
            (rule("when = \"resolved\"\nthen = { team = \"Our team\" }"), "playbook/rules.toml:4: a team's id is"),
            (rule("when = \"shopper_wrote\"\nwords = ['(']\nthen = { note = \"x\" }"), "playbook/rules.toml:4: "),
            (rule("when = \"resolved\"\nif = 1\nthen = { note = \"x\" }"), "playbook/rules.toml:4: unknown field `if`"),
        ] {
            let told = read(&text).expect_err("a mistake");
            assert!(told.starts_with(expected), "{told}");
        }
        let one = rule("when = \"resolved\"\nthen = { note = \"x\" }");
        assert_eq!(read(&format!("{one}{one}")).expect_err("twice"), "playbook/rules.toml:6: \"a\" is there twice");
        assert_eq!(read(include_str!("../../../playbook/rules.toml")).map(|rules| rules.len()), Ok(0), "ours sleep");
    }
}
