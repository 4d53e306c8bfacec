//! `playbook/desk.toml`: how each inbox finds the person for who waits.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::{FileError, SourceFile, TomlFile};
use crate::domain::{
    Channel, HandoffReason, Hours, Lang, UnixMs, Way,
    handoff::Dispute,
    hours::{Span, parse_days, parse_span, parse_weekday},
    ids::{InboxId, TeamId},
    sentence::sentence,
    team::is_team_id,
    turn::Owed,
};

/// For each inbox that the file names; others follow [`InboxRules::default`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DeskRules {
    inboxes: BTreeMap<InboxId, InboxRules>,
    /// The first that fits names the team.
    routes: Vec<Route>,
    /// The shop's grades of customers and the points each adds to a priority.
    tiers: BTreeMap<String, i64>,
}

/// What a handoff is about, as far as it decides whose it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct About<'a> {
    pub reason: HandoffReason,
    /// An intent's name or an article's id.
    pub wants: Option<&'a str>,
    pub dispute: Option<Dispute>,
    pub lang: Lang,
}

/// A list that is empty fits everything.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Route {
    team: Spanned<String>,
    #[serde(default)]
    topics: Vec<String>,
    #[serde(default)]
    reasons: Vec<HandoffReason>,
    #[serde(default)]
    disputes: Vec<Dispute>,
    #[serde(default)]
    langs: Vec<Lang>,
}

impl Route {
    fn fits(&self, about: &About<'_>) -> bool {
        let is_topic =
            self.topics.is_empty() || about.wants.is_some_and(|wants| self.topics.iter().any(|one| one == wants));
        let is_dispute =
            self.disputes.is_empty() || about.dispute.is_some_and(|dispute| self.disputes.contains(&dispute));
        is_topic
            && is_dispute
            && (self.reasons.is_empty() || self.reasons.contains(&about.reason))
            && (self.langs.is_empty() || self.langs.contains(&about.lang))
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct InboxRules {
    pub way: Way,
    /// Conversations that an agent is given at most, where their own capacity is not set.
    pub capacity: i64,
    /// An agent may decline within this time; 0: conversations are given, not offered.
    pub offer_ms: UnixMs,
    /// Who has waited this long may be taken by anybody, whatever the team and the languages; 0: never.
    pub overflow_ms: UnixMs,
    /// When the desk is open; absent: always.
    pub hours: Option<Hours>,
    /// The first that fits a conversation's priority is promised.
    pub sla: Vec<SlaPolicy>,
    /// Who had the conversation before is the first choice, if there with room.
    pub previous_first: bool,
}

impl Default for InboxRules {
    fn default() -> Self {
        InboxRules {
            way: Way::Pull,
            capacity: 8,
            offer_ms: 0,
            overflow_ms: 600_000,
            hours: None,
            sla: Vec::new(),
            previous_first: true,
        }
    }
}

/// What shoppers of a priority, a tier and a channel are promised.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SlaPolicy {
    pub min_priority: i64,
    /// Empty: whatever the tier, also none.
    pub tiers: Vec<String>,
    /// Empty: all.
    pub channels: Vec<Channel>,
    /// Counted day and night instead of in open time.
    pub around_the_clock: bool,
    pub first_response_ms: Option<UnixMs>,
    pub next_response_ms: Option<UnixMs>,
    pub resolution_ms: Option<UnixMs>,
}

/// To whom something is promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promised<'a> {
    /// Without what waiting and near deadlines add: a promise does not change because time passes.
    pub priority: i64,
    pub tier: Option<&'a str>,
    pub channel: Channel,
}

impl SlaPolicy {
    fn fits(&self, about: &Promised<'_>) -> bool {
        about.priority >= self.min_priority
            && (self.channels.is_empty() || self.channels.contains(&about.channel))
            && (self.tiers.is_empty() || about.tier.is_some_and(|tier| self.tiers.iter().any(|one| one == tier)))
    }

    /// `None`: nothing is promised.
    pub fn of(&self, owed: Owed) -> Option<UnixMs> {
        match owed {
            Owed::FirstResponse => self.first_response_ms,
            Owed::NextResponse => self.next_response_ms,
            Owed::Resolution => self.resolution_ms,
        }
    }
}

impl InboxRules {
    /// What is promised to such a shopper.
    pub fn sla_of(&self, about: &Promised<'_>) -> SlaPolicy {
        self.sla.iter().find(|policy| policy.fits(about)).cloned().unwrap_or_default()
    }

    /// In which hours this promise counts; `None`: always.
    pub fn hours_of(&self, policy: &SlaPolicy) -> Option<&Hours> {
        self.hours.as_ref().filter(|_| !policy.around_the_clock)
    }

    /// Who has waited since then or longer is anybody's.
    pub fn overflow_before(&self, now: UnixMs) -> UnixMs {
        if self.overflow_ms == 0 { UnixMs::MIN } else { now - self.overflow_ms }
    }
}

impl DeskRules {
    /// Those that the file names.
    pub fn inboxes(&self) -> impl Iterator<Item = &InboxId> {
        self.inboxes.keys()
    }

    pub fn of(&self, inbox: &InboxId) -> InboxRules {
        self.inboxes.get(inbox).cloned().unwrap_or_default()
    }

    /// Points of a tier; 0 for one that the shop does not know (any more).
    pub fn points_of(&self, tier: &str) -> i64 {
        self.tiers.get(tier).copied().unwrap_or_default()
    }

    /// By name, with their points.
    pub fn tiers(&self) -> &BTreeMap<String, i64> {
        &self.tiers
    }

    /// `None`: everybody's.
    pub fn team_of(&self, about: &About<'_>) -> Option<TeamId> {
        let route = self.routes.iter().find(|route| route.fits(about))?;
        Some(TeamId(route.team.get_ref().clone()))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    inbox: BTreeMap<String, FileInbox>,
    #[serde(default)]
    route: Vec<Route>,
    #[serde(default)]
    tiers: BTreeMap<String, Spanned<i64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileInbox {
    #[serde(default)]
    way: Way,
    capacity: Option<Spanned<i64>>,
    offer_seconds: Option<Spanned<i64>>,
    overflow_minutes: Option<Spanned<i64>>,
    previous_first: Option<bool>,
    hours: Option<BTreeMap<String, Vec<Spanned<String>>>>,
    #[serde(default)]
    sla: Vec<Spanned<FileSla>>,
    #[serde(default)]
    holidays: Vec<Spanned<String>>,
    #[serde(default)]
    special: BTreeMap<String, Vec<Spanned<String>>>,
}

const CAPACITY: std::ops::RangeInclusive<i64> = 1..=200;

const MOST_OVERFLOW_MINUTES: i64 = 1_440;

/// An offer that nobody can answer in time is none; one that lasts for minutes keeps a shopper waiting.
const OFFER_SECONDS: std::ops::RangeInclusive<i64> = 10..=300;

pub(super) fn parse(file: &SourceFile) -> Result<DeskRules, FileError> {
    let toml = TomlFile::new(file);
    let read: File = toml.read()?;
    let (mut inboxes, mut slas) = (BTreeMap::new(), Vec::new());
    for (name, written) in read.inbox {
        let usual = InboxRules::default();
        let offer_ms = match &written.offer_seconds {
            None => usual.offer_ms,
            Some(seconds) if *seconds.get_ref() == 0 || OFFER_SECONDS.contains(seconds.get_ref()) => {
                seconds.get_ref() * 1_000
            }
            Some(seconds) => {
                let (least, most) = OFFER_SECONDS.into_inner();
                return Err(toml
                    .error_on(seconds, sentence!("offer_seconds is 0 (no offer) or {least} to {most}", least, most)));
            }
        };
        let capacity = match &written.capacity {
            None => usual.capacity,
            Some(capacity) if CAPACITY.contains(capacity.get_ref()) => *capacity.get_ref(),
            Some(capacity) => {
                let (least, most) = CAPACITY.into_inner();
                return Err(toml.error_on(capacity, sentence!("capacity is {least} to {most}", least, most)));
            }
        };
        let overflow_ms = match &written.overflow_minutes {
            None => usual.overflow_ms,
            Some(minutes) if (0..=MOST_OVERFLOW_MINUTES).contains(minutes.get_ref()) => minutes.get_ref() * 60_000,
            Some(minutes) => {
                let message = sentence!("overflow_minutes is 0 (never) to {most}", most = MOST_OVERFLOW_MINUTES);
                return Err(toml.error_on(minutes, message));
            }
        };
        let previous_first = written.previous_first.unwrap_or(usual.previous_first);
        let hours = hours(&toml, &written)?;
        let sla = written.sla.iter().map(|sla| policy(&toml, sla)).collect::<Result<_, _>>()?;
        slas.extend(written.sla.iter().cloned());
        inboxes.insert(
            InboxId(name),
            InboxRules { way: written.way, capacity, offer_ms, overflow_ms, hours, sla, previous_first },
        );
    }
    if let Some(route) = read.route.iter().find(|route| !is_team_id(route.team.get_ref())) {
        return Err(toml.error_on(&route.team, sentence!("a team's id is 1 to 40 of a-z, 0-9 and -")));
    }
    let mut tiers = BTreeMap::new();
    for (name, points) in read.tiers {
        if !is_team_id(&name) || !TIER_POINTS.contains(points.get_ref()) {
            let (least, most) = TIER_POINTS.into_inner();
            let message =
                sentence!("a tier's name is 1 to 40 of a-z, 0-9 and -, and adds {least} to {most} points", least, most);
            return Err(toml.error_on(&points, message));
        }
        tiers.insert(name, points.into_inner());
    }
    for written in &slas {
        if let Some(tier) = written.get_ref().tiers.iter().find(|tier| !tiers.contains_key(*tier)) {
            return Err(toml.error_on(written, sentence!("there is no tier \"{tier}\" below [tiers]", tier)));
        }
    }
    Ok(DeskRules { inboxes, routes: read.route, tiers })
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileSla {
    #[serde(default)]
    min_priority: i64,
    #[serde(default)]
    tiers: Vec<String>,
    #[serde(default)]
    channels: Vec<Channel>,
    #[serde(default)]
    around_the_clock: bool,
    first_response_minutes: Option<i64>,
    next_response_minutes: Option<i64>,
    resolution_minutes: Option<i64>,
}

/// Above calm, below what endangers people or leads to court.
const TIER_POINTS: std::ops::RangeInclusive<i64> = 0..=150;

/// A month of open hours.
const MOST_SLA_MINUTES: i64 = 43_200;

fn policy(toml: &TomlFile<'_>, written: &Spanned<FileSla>) -> Result<SlaPolicy, FileError> {
    let FileSla {
        min_priority,
        tiers,
        channels,
        around_the_clock,
        first_response_minutes,
        next_response_minutes,
        resolution_minutes,
    } = written.get_ref().clone();
    let promises = [first_response_minutes, next_response_minutes, resolution_minutes];
    if promises.iter().flatten().any(|minutes| !(1..=MOST_SLA_MINUTES).contains(minutes)) {
        return Err(
            toml.error_on(written, sentence!("what is promised is 1 to {most} minutes", most = MOST_SLA_MINUTES))
        );
    }
    let [first_response_ms, next_response_ms, resolution_ms] = promises.map(|minutes| minutes.map(|n| n * 60_000));
    let policy = SlaPolicy {
        min_priority,
        tiers,
        channels,
        around_the_clock,
        first_response_ms,
        next_response_ms,
        resolution_ms,
    };
    Ok(policy)
}

/// Without `hours` it is always open, and then neither holidays nor special days mean anything.
fn hours(toml: &TomlFile<'_>, written: &FileInbox) -> Result<Option<Hours>, FileError> {
    let Some(week) = &written.hours else {
        return match written.holidays.first() {
            Some(holiday) => {
                Err(toml.error_on(holiday, sentence!("holidays need hours: without them the desk is always open")))
            }
            None => Ok(None),
        };
    };
    let spans = |texts: &[Spanned<String>]| {
        let span = |text: &Spanned<String>| {
            parse_span(text.get_ref())
                .ok_or_else(|| toml.error_on(text, sentence!("write open hours such as \"09:00-18:00\"")))
        };
        let mut read = texts.iter().map(|text| Ok((span(text)?, text))).collect::<Result<Vec<_>, FileError>>()?;
        read.sort_by_key(|(span, _)| span.from);
        let overlap = |pair: &&[(Span, &Spanned<String>)]| pair[0].0.until.is_none_or(|until| pair[1].0.from < until);
        if let Some([(_, one), (_, other)]) = read.windows(2).find(overlap) {
            let (one, text) = (one.get_ref(), other.get_ref());
            return Err(
                toml.error_on(other, sentence!("open hours overlap: \"{one}\" and \"{other}\"", one, other = text))
            );
        }
        Ok(read.into_iter().map(|(span, _)| span).collect::<Vec<_>>())
    };
    let mut hours = Hours::default();
    for (name, texts) in week {
        let Some(day) = parse_weekday(name) else {
            return Err(toml.error(sentence!("\"{name}\" is no day: mon, tue, wed, thu, fri, sat, sun", name)));
        };
        hours.week[day.to_monday_zero_offset() as usize] = spans(texts)?;
    }
    for text in &written.holidays {
        let message = sentence!("write a day such as \"2026-02-16\", or several as \"2026-02-16/2026-02-20\"");
        hours.holidays.push(parse_days(text.get_ref()).ok_or_else(|| toml.error_on(text, message))?);
    }
    for (day, texts) in &written.special {
        let Ok(date) = day.parse() else {
            return Err(toml.error(sentence!("\"{day}\" is no day such as 2026-11-11", day)));
        };
        hours.special.insert(date, spans(texts)?);
    }
    Ok(Some(hours))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<DeskRules, String> {
        let file = SourceFile { path: "playbook/desk.toml".into(), text: text.into() };
        parse(&file).map_err(|error| error.to_string())
    }

    #[test]
    fn an_inbox_that_is_not_named_is_pulled_from() {
        let rules = read("[inbox.shop]\nway = \"least_loaded\"\noffer_seconds = 30\n").expect("valid");
        let shop = rules.of(&InboxId::from("shop"));
        assert_eq!((shop.way, shop.offer_ms, shop.previous_first), (Way::LeastLoaded, 30_000, true));
        assert_eq!(rules.of(&InboxId::from("other")), InboxRules::default());
    }

    #[test]
    fn the_first_route_that_fits_names_the_team() {
        let rules = read(
            "[[route]]\nteam = \"care\"\nreasons = [\"legal\", \"press\"]\n\
             [[route]]\nteam = \"returns\"\ntopics = [\"return_or_exchange\"]\nlangs = [\"en\"]\n\
             [[route]]\nteam = \"carriers\"\ndisputes = [\"logistics\"]\n",
        )
        .expect("valid");
        let asked = About { reason: HandoffReason::Request, wants: None, dispute: None, lang: Lang::En };
        let returns = About { wants: Some("return_or_exchange"), ..asked };
        for (about, team) in [
            (asked, None),
            (returns, Some("returns")),
            (About { lang: Lang::ZhHant, ..returns }, None),
            (About { reason: HandoffReason::Press, ..returns }, Some("care")),
            (About { dispute: Some(Dispute::Logistics), ..asked }, Some("carriers")),
        ] {
            assert_eq!(rules.team_of(&about), team.map(TeamId::from), "{about:?}");
        }
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        for (text, expected) in [
            ("[inbox.shop]\nway = \"push\"\n", "playbook/desk.toml:2: unknown variant `push`"),
            ("[inbox.shop]\n\noffer_seconds = 5\n", "playbook/desk.toml:3: offer_seconds is 0 (no offer) or 10 to 300"),
            ("[[inbox.shop.sla]]\nfirst_response_minutes = 0\n", "playbook/desk.toml:1: what is promised is 1 to"),
            ("[inbox.shop.hours]\nmon = [\"9-18\"]\n", "playbook/desk.toml:2: write open hours such as"),
            (
                "[inbox.shop.hours]\nmon = [\"09:00-12:00\", \"11:00-18:00\"]\n",
                "playbook/desk.toml:2: open hours overlap",
            ),
            ("[inbox.shop]\nholidays = [\"2026-02-16\"]\n", "playbook/desk.toml:2: holidays need hours"),
            ("[inbox.shop]\nholidays = [\"May\"]\nhours = { mon = [] }\n", "playbook/desk.toml:2: write a day such as"),
            ("[inbox.shop]\nhours = { monday = [] }\n", "playbook/desk.toml: \"monday\" is no day"),
            ("[[route]]\nteam = \"Our team\"\n", "playbook/desk.toml:2: a team's id is 1 to 40 of a-z"),
            ("[inbox.shop]\noverflow_minutes = -1\n", "playbook/desk.toml:2: overflow_minutes is 0 (never)"),
            ("[inbox.shop]\nofer = 5\n", "playbook/desk.toml:2: unknown field `ofer`"),
        ] {
            let told = read(text).expect_err("a mistake");
            assert!(told.starts_with(expected), "{told}");
        }
    }
}
