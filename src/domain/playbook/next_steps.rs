//! `playbook/next_steps.toml`: what an agent would best do first, by what is at stake when a person is asked for.

use serde::Deserialize;
use toml::Spanned;

use super::{About, FileError, FlowName, SourceFile, TomlFile};
use crate::domain::{
    ByLang, HandoffReason, Lang,
    handoff::{Dispute, Tried},
    order::OrderState,
    sentence::sentence,
};

#[derive(Debug, Clone, PartialEq)]
pub struct NextSteps {
    /// The first that fits counts.
    steps: Vec<Step>,
    otherwise: ByLang<String>,
}

#[derive(Debug, Clone, PartialEq)]
struct Step {
    given: Given,
    words: ByLang<String>,
}

/// Of a handoff, what the choice goes by.
#[derive(Debug, Clone, Copy)]
pub struct Stakes<'a> {
    pub about: &'a About<'a>,
    pub tried: &'a [Tried],
    /// What the bot was in the middle of.
    pub flow: Option<FlowName>,
    /// Of an order that was proved to be theirs.
    pub order: Option<OrderState>,
    /// A parcel of it was.
    pub is_late: bool,
}

impl NextSteps {
    pub fn of(&self, stakes: &Stakes<'_>) -> &ByLang<String> {
        self.steps.iter().find(|step| step.given.fits(stakes)).map_or(&self.otherwise, |step| &step.words)
    }
}

/// A list that is empty fits everything.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    #[serde(default)]
    reasons: Vec<HandoffReason>,
    #[serde(default)]
    disputes: Vec<Dispute>,
    #[serde(default)]
    topics: Vec<String>,
    #[serde(default)]
    tried: Vec<Attempt>,
    #[serde(default)]
    flows: Vec<FlowName>,
    #[serde(default)]
    orders: Vec<OrderState>,
    late: Option<bool>,
}

/// As [`Tried`], without what it was tried with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Attempt {
    Answered,
    /// Answered, and the shopper said that it was no help.
    NotHelped,
    Clarified,
    NotUnderstood,
    OrderShown,
    OrderNotProved,
    ReturnOpened,
    ReturnRefused,
}

impl Attempt {
    fn is(self, tried: &Tried) -> bool {
        match tried {
            Tried::Answered { helped: Some(false), .. } => matches!(self, Attempt::Answered | Attempt::NotHelped),
            Tried::Answered { .. } => self == Attempt::Answered,
            Tried::Clarified => self == Attempt::Clarified,
            Tried::NotUnderstood { .. } => self == Attempt::NotUnderstood,
            Tried::OrderShown { .. } => self == Attempt::OrderShown,
            Tried::OrderNotProved { .. } => self == Attempt::OrderNotProved,
            Tried::ReturnOpened { .. } => self == Attempt::ReturnOpened,
            Tried::ReturnRefused { .. } => self == Attempt::ReturnRefused,
        }
    }
}

impl Given {
    fn fits(&self, stakes: &Stakes<'_>) -> bool {
        fn allows<T: PartialEq<U>, U>(wanted: &[T], found: Option<U>) -> bool {
            wanted.is_empty() || found.is_some_and(|found| wanted.iter().any(|one| *one == found))
        }
        let was_tried = |attempt: &Attempt| stakes.tried.iter().any(|tried| attempt.is(tried));
        allows(&self.reasons, Some(stakes.about.reason))
            && allows(&self.disputes, stakes.about.dispute)
            && allows(&self.topics, stakes.about.wants)
            && (self.tried.is_empty() || self.tried.iter().any(was_tried))
            && allows(&self.flows, stakes.flow)
            && allows(&self.orders, stakes.order)
            && self.late.is_none_or(|late| late == stakes.is_late)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    step: Vec<RawStep>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStep {
    /// The last one has none: it fits always.
    given: Option<Spanned<Given>>,
    #[serde(rename = "zh-Hant")]
    zh_hant: Spanned<String>,
    #[serde(rename = "zh-Hans")]
    zh_hans: Spanned<String>,
    en: Spanned<String>,
}

const MOST_STEPS: usize = 100;
/// It is read at a glance.
const MOST_CHARS: usize = 240;

/// As the shop's own files have it, for playbooks of before.
pub(super) fn built_in() -> Result<NextSteps, FileError> {
    let text = include_str!("../../../playbook/next_steps.toml").to_owned();
    parse(&SourceFile { path: "playbook/next_steps.toml".into(), text })
}

pub(super) fn parse(file: &SourceFile) -> Result<NextSteps, FileError> {
    let toml = TomlFile::new(file);
    let mut raw: Vec<RawStep> = toml.read::<RawFile>()?.step;
    if raw.len() > MOST_STEPS {
        return Err(toml.error(sentence!(
            "there are at most {most} steps, not {value}",
            most = MOST_STEPS,
            value = raw.len()
        )));
    }
    let last = raw
        .pop()
        .ok_or_else(|| toml.error(sentence!("there is no step; the last one, without `given`, is for all else")))?;
    if let Some(given) = &last.given {
        return Err(toml.error_on(given, sentence!("the last step has no `given`: it is for all else")));
    }
    let otherwise = words(&toml, last)?;
    let mut steps = Vec::with_capacity(raw.len());
    for mut step in raw {
        let given = match step.given.take() {
            Some(given) if *given.get_ref() != Given::default() => given.into_inner(),
            Some(given) => {
                return Err(toml.error_on(&given, sentence!("this fits always, and none below would ever be chosen")));
            }
            None => {
                return Err(
                    toml.error_on(&step.zh_hant, sentence!("only the last step has no `given`: it fits always"))
                );
            }
        };
        steps.push(Step { given, words: words(&toml, step)? });
    }
    Ok(NextSteps { steps, otherwise })
}

fn words(toml: &TomlFile<'_>, RawStep { zh_hant, zh_hans, en, .. }: RawStep) -> Result<ByLang<String>, FileError> {
    let written = [(Lang::ZhHant, zh_hant), (Lang::ZhHans, zh_hans), (Lang::En, en)];
    for (_, sentence) in &written {
        if !(1..=MOST_CHARS).contains(&sentence.get_ref().trim().chars().count()) {
            return Err(toml.error_on(sentence, sentence!("a sentence has 1 to {most} characters", most = MOST_CHARS)));
        }
    }
    Ok(ByLang(written.into_iter().map(|(lang, sentence)| (lang, sentence.into_inner())).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<NextSteps, String> {
        let file = SourceFile { path: "playbook/next_steps.toml".into(), text: text.into() };
        parse(&file).map_err(|error| error.to_string())
    }

    /// The first sentence that fits, by its English.
    fn chosen<'a>(steps: &'a NextSteps, stakes: &Stakes<'_>) -> &'a str {
        steps.of(stakes).get(Lang::En).expect("English")
    }

    #[test]
    fn the_first_that_fits_is_chosen_and_the_last_is_for_all_else() {
        let words = |name: &str| format!("zh-Hant = \"{name}\"\nzh-Hans = \"{name}\"\nen = \"{name}\"\n");
        let text = [
            ("given = { reasons = [\"legal\", \"press\"] }\n", "grave"),
            ("given = { tried = [\"not_helped\"], topics = [\"refund-time\"] }\n", "money"),
            ("given = { orders = [\"shipped\"], late = true }\n", "late"),
            ("given = { flows = [\"return\"] }\n", "return"),
            ("given = { disputes = [\"attitude\"] }\n", "sorry"),
            ("", "else"),
        ]
        .map(|(given, name)| format!("[[step]]\n{given}{}", words(name)));
        let steps = read(&text.concat()).expect("a right file");
        let about = |reason, wants, dispute| About { reason, wants, dispute, lang: Lang::En };
        let request = about(HandoffReason::Request, Some("refund-time"), None);
        let plain = Stakes { about: &request, tried: &[], flow: None, order: None, is_late: false };
        assert_eq!(chosen(&steps, &plain), "else");
        let answered = |helped| [Tried::Answered { article: "refund-time".into(), title: String::new(), helped }];
        assert_eq!(chosen(&steps, &Stakes { tried: &answered(Some(false)), ..plain }), "money");
        assert_eq!(chosen(&steps, &Stakes { tried: &answered(None), ..plain }), "else", "nobody said that it did not");
        let late = Stakes { order: Some(OrderState::Shipped), is_late: true, ..plain };
        assert_eq!(chosen(&steps, &late), "late");
        assert_eq!(chosen(&steps, &Stakes { is_late: false, ..late }), "else");
        assert_eq!(chosen(&steps, &Stakes { flow: Some(FlowName::Return), ..plain }), "return");
        let rude = about(HandoffReason::Feeling, None, Some(Dispute::Attitude));
        assert_eq!(chosen(&steps, &Stakes { about: &rude, ..plain }), "sorry");
        let legal = about(HandoffReason::Legal, None, Some(Dispute::Attitude));
        assert_eq!(chosen(&steps, &Stakes { about: &legal, ..late }), "grave", "the first, whatever else fits");
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        built_in().expect("ours are right");
        let words = "zh-Hant = \"a\"\nzh-Hans = \"a\"\nen = \"a\"\n";
        let last = format!("[[step]]\n{words}");
        let with = |given: &str| format!("[[step]]\ngiven = {given}\n{words}{last}");
        assert!(read(&with("{ reasons = [\"legal\"] }")).is_ok());
        for (text, expected) in [
            (with("{ reasons = [\"legl\"] }"), "playbook/next_steps.toml:2: unknown variant `legl`, expected one of"),
            (with("{ orders = [\"lost\"] }"), "playbook/next_steps.toml:2: unknown variant `lost`"),
            (with("{ tryed = [] }"), "playbook/next_steps.toml:2: unknown field `tryed`"),
            (with("{ }"), "playbook/next_steps.toml:2: this fits always"),
            (format!("{last}{last}"), "playbook/next_steps.toml:2: only the last step has no `given`"),
            (with("{ late = true }").replace(&last, ""), "playbook/next_steps.toml:2: the last step has no `given`"),
            (last.replace("en = \"a\"", "en = \" \""), "playbook/next_steps.toml:4: a sentence has 1 to 240"),
            (String::new(), "playbook/next_steps.toml: there is no step"),
        ] {
            let told = read(&text).expect_err("a mistake");
            assert!(told.starts_with(expected), "{told}");
        }
    }
}
