//! `playbook/flows.toml`: what the flows ask, show and allow, as far as it is the shop's to say.

use serde::de::{DeserializeOwned, IntoDeserializer, value::StrDeserializer};

use super::{
    FileError, SourceFile,
    settings::{
        Setting,
        SettingKind::{Choice, Count, Intents, Switch},
        SettingValue, Settings,
    },
};
use crate::domain::{UnixMs, order::OrderState, returns::ReturnReason};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowRules {
    /// Intents that are buttons wherever the bot starts over.
    pub start: Vec<String>,
    /// Further articles below an answer, at most.
    pub related: usize,
    /// Times that the same question is asked; no answer to the last one leads to a person.
    pub asked: u32,
    /// For so long after its question a flow is under way; `None`: as long as the bot has the conversation.
    pub remembered_ms: Option<UnixMs>,
    pub accepts_mail: bool,
    pub accepts_last_four: bool,
    /// Of one message.
    pub orders_at_once: usize,
    /// Times that an order is shown in one state on one day; the next leads to a person.
    pub same_order: u32,
    /// Days after the expected one.
    pub late_from_days: i64,
    /// The same, from which on the bot brings in a person.
    pub person_from_late_days: Option<i64>,
    /// States in which a return is offered below an order.
    pub offers_return: Vec<OrderState>,
    /// What is asked about a return, in this order.
    pub asks: Vec<AskedOfReturn>,
    pub asks_wanted: bool,
    pub asks_confirm: bool,
    /// Up to so many items are buttons.
    pub item_buttons: usize,
    /// Reasons that are buttons.
    pub reasons: Vec<ReturnReason>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AskedOfReturn {
    Kind,
    Reason,
}

const PROOFS: &[&str] = &["mail", "last_four"];
const ASKED: &[&str] = &["kind", "reason"];
const STATES: &[&str] = &["unpaid", "paid", "packed", "shipped", "delivered", "returned", "refunded", "cancelled"];
const REASONS: &[&str] = &["changed_mind", "wrong_size", "defective", "damaged", "wrong_item"];

const OURS: &str = include_str!("../../../playbook/flows.toml");

impl FlowRules {
    /// In the order in which a form has them.
    pub const SETTINGS: &[Setting] = &[
        Setting { section: "questions", name: "asked", kind: Count { least: 1, most: 5 } },
        // A week.
        Setting { section: "questions", name: "remembered_minutes", kind: Count { least: 0, most: 10_080 } },
        Setting { section: "proof", name: "accepts", kind: Choice { of: PROOFS, least: 1, ordered: false } },
        Setting { section: "order_status", name: "orders_at_once", kind: Count { least: 1, most: 5 } },
        Setting { section: "order_status", name: "same_order", kind: Count { least: 1, most: 10 } },
        Setting { section: "order_status", name: "late_from_days", kind: Count { least: 1, most: 30 } },
        Setting { section: "order_status", name: "person_from_late_days", kind: Count { least: 0, most: 60 } },
        Setting {
            section: "order_status",
            name: "offers_return",
            kind: Choice { of: STATES, least: 0, ordered: false },
        },
        Setting { section: "return", name: "asks", kind: Choice { of: ASKED, least: 0, ordered: true } },
        Setting { section: "return", name: "asks_wanted", kind: Switch },
        Setting { section: "return", name: "asks_confirm", kind: Switch },
        Setting { section: "return", name: "item_buttons", kind: Count { least: 0, most: 6 } },
        Setting { section: "return", name: "reasons", kind: Choice { of: REASONS, least: 0, ordered: true } },
        Setting { section: "buttons", name: "start", kind: Intents { most: 4 } },
        Setting { section: "buttons", name: "related", kind: Count { least: 0, most: 4 } },
    ];

    /// A text as a form.
    ///
    /// # Errors
    /// It is no such file; with the line.
    pub fn form(file: &SourceFile) -> Result<Settings, FileError> {
        Settings::read(file, Self::SETTINGS, OURS)
    }

    /// The file for a playbook that has none yet, saying what it does without.
    pub fn written(&self) -> String {
        let ours = SourceFile { path: "playbook/flows.toml".into(), text: OURS.into() };
        let mut wanted = Settings::default();
        wanted.put("questions", "asked", SettingValue::Count(self.asked.into()));
        wanted.put("order_status", "same_order", SettingValue::Count(self.same_order.into()));
        wanted.write(&ours).unwrap_or_else(|_| OURS.to_owned())
    }

    /// What to put behind the key of a reply that speaks of the proof.
    pub fn proof_suffix(&self) -> &'static str {
        match (self.accepts_mail, self.accepts_last_four) {
            (true, false) => "_mail",
            (false, true) => "_last_four",
            _ => "",
        }
    }
}

/// `is_intent`: whether there is an intent of this name.
pub(super) fn parse(file: &SourceFile, is_intent: impl Fn(&str) -> bool) -> Result<FlowRules, FileError> {
    Settings::checked(file, FlowRules::SETTINGS, OURS, is_intent).map(|settings| of(&settings))
}

/// As the shop's own files have it, for playbooks of before: the two limits that others of their files had stay.
pub(super) fn built_in(asked: u32, same_order: u32) -> Result<FlowRules, FileError> {
    let file = SourceFile { path: "playbook/flows.toml".into(), text: OURS.into() };
    Ok(FlowRules { asked, same_order, ..parse(&file, |_| true)? })
}

fn of(settings: &Settings) -> FlowRules {
    let number = |section, name| u32::try_from(settings.count(section, name)).unwrap_or_default();
    let size = |section, name| usize::try_from(settings.count(section, name)).unwrap_or_default();
    let unless_none = |count: i64| (count > 0).then_some(count);
    let accepts = |proof: &str| settings.names("proof", "accepts").iter().any(|name| name == proof);
    FlowRules {
        start: settings.names("buttons", "start").to_vec(),
        related: size("buttons", "related"),
        asked: number("questions", "asked"),
        remembered_ms: unless_none(settings.count("questions", "remembered_minutes")).map(|minutes| minutes * 60_000),
        accepts_mail: accepts("mail"),
        accepts_last_four: accepts("last_four"),
        orders_at_once: size("order_status", "orders_at_once"),
        same_order: number("order_status", "same_order"),
        late_from_days: settings.count("order_status", "late_from_days"),
        person_from_late_days: unless_none(settings.count("order_status", "person_from_late_days")),
        offers_return: named(settings.names("order_status", "offers_return")),
        asks: named(settings.names("return", "asks")),
        asks_wanted: settings.switch("return", "asks_wanted"),
        asks_confirm: settings.switch("return", "asks_confirm"),
        item_buttons: size("return", "item_buttons"),
        reasons: named(settings.names("return", "reasons")),
    }
}

/// Names that were checked, as what they stand for.
fn named<T: DeserializeOwned>(names: &[String]) -> Vec<T> {
    let one = |name: &String| {
        let name: StrDeserializer<'_, serde::de::value::Error> = name.as_str().into_deserializer();
        T::deserialize(name).ok()
    };
    names.iter().filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> SourceFile {
        SourceFile { path: "playbook/flows.toml".into(), text: text.into() }
    }

    #[test]
    fn ours_says_every_setting_and_does_what_the_flows_always_did() {
        let all = Settings::read(&file(OURS), FlowRules::SETTINGS, "").unwrap();
        let said: usize = all.0.values().map(|fields| fields.len()).sum();
        assert_eq!(said, FlowRules::SETTINGS.len());
        let rules = built_in(2, 2).unwrap();
        assert_eq!(rules, parse(&file(OURS), |_| true).unwrap());
        assert_eq!((rules.asked, rules.orders_at_once, rules.item_buttons, rules.related), (2, 3, 2, 2));
        assert_eq!((rules.remembered_ms, rules.person_from_late_days, rules.late_from_days), (None, None, 1));
        assert_eq!(rules.asks, [AskedOfReturn::Kind, AskedOfReturn::Reason]);
        assert_eq!(rules.reasons, [ReturnReason::ChangedMind, ReturnReason::Defective]);
        assert_eq!(rules.offers_return, [OrderState::Delivered]);
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let states: Vec<OrderState> = named(&owned(STATES));
        assert_eq!(states.iter().map(|state| state.as_str()).collect::<Vec<_>>(), STATES);
        assert_eq!(named::<ReturnReason>(&owned(REASONS)), ReturnReason::ALL);
    }

    #[test]
    fn a_mistake_is_told_with_its_line() {
        for (from, to, expected) in [
            ("asked = 2", "asked = 9", "asked: a whole number from 1 to 5, not 9"),
            ("asked = 2", "asked = 2.5", "asked: a whole number from 1 to 5, not 2.5"),
            ("asked = 2", "asked = \"two\"", "asked: a whole number from 1 to 5, not \"two\""),
            ("orders_at_once = 3", "orders_at_once = 0", "orders_at_once: a whole number from 1 to 5, not 0"),
            ("asks_wanted = true", "asks_wanted = 1", "asks_wanted: true or false, not 1"),
            ("[\"mail\", \"last_four\"]", "[]", "accepts: at least 1"),
            ("[\"mail\", \"last_four\"]", "\"mail\"", "accepts: a list such as"),
            ("\"last_four\"]", "\"passport\"]", "accepts: \"passport\" is none of mail, last_four"),
            ("\"last_four\"]", "\"mail\"]", "accepts: \"mail\" is there twice"),
            ("\"order_status\", \"return", "\"sing\", \"return", "start: there is no intent \"sing\""),
            ("related = 2", "relatd = 2", "unknown field `relatd`, expected one of `start`, `related`"),
            ("[proof]", "[prof]", "unknown field `prof`, expected one of"),
        ] {
            let text = OURS.replacen(from, to, 1);
            let line = text.lines().zip(OURS.lines()).position(|(new, old)| new != old).unwrap() + 1;
            let told = parse(&file(&text), |name| name != "sing").unwrap_err().to_string();
            assert!(told.starts_with(&format!("playbook/flows.toml:{line}: {expected}")), "{told}");
        }
    }

    #[test]
    fn what_is_written_is_read_again_and_comments_stay() {
        let mut form = FlowRules::form(&file(OURS)).unwrap();
        assert_eq!(form.write(&file(OURS)).as_deref(), Ok(OURS), "nothing changed, nothing written");
        form.put("questions", "asked", SettingValue::Count(4));
        form.put("return", "asks", SettingValue::Names(vec!["reason".into()]));
        form.put("return", "asks_confirm", SettingValue::Switch(false));
        let written = form.write(&file(OURS)).unwrap();
        assert_eq!(FlowRules::form(&file(&written)).unwrap(), form, "{written}");
        assert_eq!(written.matches('#').count(), OURS.matches('#').count(), "{written}");
        let rules = parse(&file(&written), |_| true).unwrap();
        assert_eq!((rules.asked, rules.asks_confirm), (4, false));
        // Out of bounds it is a form still, so that the field can say so.
        form.put("questions", "asked", SettingValue::Fraction(1.5));
        let written = form.write(&file(OURS)).unwrap();
        assert_eq!(FlowRules::form(&file(&written)).unwrap(), form);
        assert!(parse(&file(&written), |_| true).is_err());
    }

    #[test]
    fn a_file_of_before_has_the_new_settings_as_ours_has_them() {
        let rules = parse(&file("[questions]\nasked = 3\n"), |_| true).unwrap();
        assert_eq!((rules.asked, rules.orders_at_once), (3, 3));
        let before = built_in(3, 5).unwrap();
        assert_eq!(parse(&file(&before.written()), |_| true), Ok(before), "the first file says what was done without");
    }
}
