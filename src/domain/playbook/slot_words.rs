//! What fills slots: `playbook/slots.toml`.

use std::collections::BTreeMap;

use regex::Regex;
use serde::Deserialize;
use toml::Spanned;

use super::{
    FileError, OrderNumberForm, PhoneForm, SlotWords, SourceFile, TomlFile,
    date_words::{self, RawDates},
};
use crate::{
    domain::returns::{ReturnKind, ReturnReason},
    domain::sentence::sentence,
    language::Phrases,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSlots {
    order_number: Spanned<String>,
    order_number_bare: Spanned<String>,
    order_number_prefix: String,
    order_words: Vec<Spanned<String>>,
    yes: Vec<Spanned<String>>,
    no: Vec<Spanned<String>>,
    correction: Vec<Spanned<String>>,
    cancel: Vec<Spanned<String>>,
    all: Vec<Spanned<String>>,
    return_number: Spanned<String>,
    other_one: Vec<Spanned<String>>,
    ordinals: Vec<Vec<Spanned<String>>>,
    opened: Vec<Spanned<String>>,
    unopened: Vec<Spanned<String>>,
    kinds: RawKinds,
    reasons: RawReasons,
    negated: Vec<Spanned<String>>,
    // Playbooks in databases of before do not have what follows.
    #[serde(default)]
    keeps: Vec<Spanned<String>>,
    #[serde(default)]
    unsettled: Vec<Spanned<String>>,
    #[serde(default)]
    put_off: Vec<Spanned<String>>,
    #[serde(default)]
    go_on: Vec<Spanned<String>>,
    #[serde(default)]
    asks: Vec<Spanned<String>>,
    #[serde(default)]
    of_order: Vec<Spanned<String>>,
    #[serde(default)]
    not_this: Vec<Spanned<String>>,
    #[serde(default)]
    instead: Vec<Spanned<String>>,
    #[serde(default)]
    several: Vec<Spanned<String>>,
    #[serde(default)]
    also: Vec<Spanned<String>>,
    #[serde(default)]
    leaning: Vec<Spanned<String>>,
    #[serde(default)]
    openings: Vec<Spanned<String>>,
    #[serde(default)]
    unfinished: Vec<Spanned<String>>,
    #[serde(default)]
    helped: Vec<Spanned<String>>,
    #[serde(default)]
    not_helped: Vec<Spanned<String>>,
    #[serde(default)]
    digits: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    phones: Vec<RawPhone>,
    #[serde(default)]
    amounts: Vec<RawAmount>,
    #[serde(default)]
    variants: Vec<Spanned<String>>,
    #[serde(default)]
    variant_had: Vec<Spanned<String>>,
    #[serde(default)]
    dates: RawDates,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPhone {
    form: Spanned<String>,
    country: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAmount {
    regex: Spanned<String>,
    currency: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawKinds {
    r#return: Vec<Spanned<String>>,
    exchange: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawReasons {
    changed_mind: Vec<Spanned<String>>,
    wrong_size: Vec<Spanned<String>>,
    defective: Vec<Spanned<String>>,
    damaged: Vec<Spanned<String>>,
    wrong_item: Vec<Spanned<String>>,
}

pub fn slots(file: &SourceFile) -> Result<SlotWords, FileError> {
    let toml = TomlFile::new(file);
    let raw: RawSlots = toml.read()?;
    let any = |list: &Vec<Spanned<String>>| toml.any_of(list);
    let RawReasons { changed_mind, wrong_size, defective, damaged, wrong_item } = &raw.reasons;
    // The shop's fault first: "wrong size was sent" is a wrong item, "broken, I don't want it" is damage.
    let reasons = [
        (ReturnReason::WrongItem, wrong_item),
        (ReturnReason::Damaged, damaged),
        (ReturnReason::Defective, defective),
        (ReturnReason::WrongSize, wrong_size),
        (ReturnReason::ChangedMind, changed_mind),
    ];
    Ok(SlotWords {
        order: OrderNumberForm {
            number: toml.regex(&raw.order_number)?,
            bare: toml.regex(&raw.order_number_bare)?,
            prefix: raw.order_number_prefix.to_ascii_uppercase(),
            words: any(&raw.order_words)?,
        },
        yes: any(&raw.yes)?,
        no: any(&raw.no)?,
        correction: any(&raw.correction)?,
        cancel: any(&raw.cancel)?,
        keeps: any(&raw.keeps)?,
        unsettled: any(&raw.unsettled)?,
        put_off: any(&raw.put_off)?,
        go_on: any(&raw.go_on)?,
        asks: any(&raw.asks)?,
        of_order: any(&raw.of_order)?,
        all: any(&raw.all)?,
        return_number: toml.regex(&raw.return_number)?,
        other_one: any(&raw.other_one)?,
        ordinals: raw.ordinals.iter().map(any).collect::<Result<_, _>>()?,
        opened: any(&raw.opened)?,
        unopened: any(&raw.unopened)?,
        negated: any(&raw.negated)?,
        not_this: any(&raw.not_this)?,
        instead: any(&raw.instead)?,
        several: any(&raw.several)?,
        also: raw.also.iter().map(|written| toml.regex(written)).collect::<Result<_, _>>()?,
        leaning: any(&raw.leaning)?,
        openings: raw.openings.iter().map(|written| toml.regex(written)).collect::<Result<_, _>>()?,
        unfinished: any(&raw.unfinished)?,
        helped: any(&raw.helped)?,
        not_helped: any(&raw.not_helped)?,
        digit_words: digit_words(&toml, &raw.digits)?,
        phones: raw
            .phones
            .iter()
            .map(|phone| {
                let form = with_groups(&toml, &phone.form, &["number"])?;
                Ok(PhoneForm { form, country: phone.country.clone() })
            })
            .collect::<Result<_, FileError>>()?,
        amounts: raw
            .amounts
            .iter()
            .map(|amount| Ok((with_groups(&toml, &amount.regex, &["n"])?, amount.currency.clone())))
            .collect::<Result<_, FileError>>()?,
        variants: raw
            .variants
            .iter()
            .map(|written| with_groups(&toml, written, &["variant"]))
            .collect::<Result<_, FileError>>()?,
        variant_had: any(&raw.variant_had)?,
        dates: date_words::read(&toml, raw.dates)?,
        kinds: vec![(ReturnKind::Exchange, any(&raw.kinds.exchange)?), (ReturnKind::Return, any(&raw.kinds.r#return)?)],
        reasons: reasons
            .into_iter()
            .map(|(reason, list)| Ok((reason, any(list)?)))
            .collect::<Result<_, FileError>>()?,
    })
}

/// A pattern that must name these groups.
pub(super) fn with_groups(toml: &TomlFile<'_>, written: &Spanned<String>, groups: &[&str]) -> Result<Regex, FileError> {
    let regex = toml.regex(written)?;
    for group in groups {
        if !regex.capture_names().any(|name| name == Some(group)) {
            return Err(toml.error_on(written, sentence!("this pattern needs a group (?<{group}>…)", group)));
        }
    }
    Ok(regex)
}

fn digit_words(toml: &TomlFile<'_>, words: &BTreeMap<String, Spanned<String>>) -> Result<Phrases<char>, FileError> {
    let mut digits = Vec::new();
    for (word, digit) in words {
        let mut signs = digit.get_ref().chars();
        match (signs.next().filter(char::is_ascii_digit), signs.next()) {
            (Some(sign), None) => digits.push((word, sign)),
            _ => return Err(toml.error_on(digit, sentence!("\"{word}\" stands for one digit, such as \"4\"", word))),
        }
    }
    Ok(Phrases::new(digits))
}
