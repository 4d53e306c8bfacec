//! The tone coach's ear: whether a reply is one that its agent would rather word otherwise, and why. Pure.

use regex::Regex;
use serde::Serialize;

use crate::{
    domain::{
        Lang, Tone,
        handoff::Feeling,
        playbook::{ToneRules, ToneSign},
    },
    language::{as_typed, normalise},
    nlu::Sound,
};

/// What the reply answers, and what it sounds like as a whole.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// What the shopper has said since they were last answered, as typed.
    pub after: Option<&'a str>,
    /// How the shopper feels about it.
    pub feeling: Feeling,
    /// `None` in a build without the sentence model.
    pub sound: Option<Sound>,
}

/// Why a reply is flagged.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    pub tone: Tone,
    /// The words that gave it away, as typed; none where it is the whole sentence, or what is missing.
    pub said: Vec<String>,
    /// What is wrong, in the conversation's language.
    pub wrong: String,
    /// What could be said instead.
    pub better: String,
}

/// `None` for a reply that may go as it is.
pub fn judge(rules: &ToneRules, reply: &str, lang: Lang, context: &Context<'_>) -> Option<Finding> {
    let normal = normalise(reply);
    if rules.signs.is_empty() || normal.is_empty() {
        return None;
    }
    let after = context.after.map(normalise);
    let found: Vec<&ToneSign> =
        rules.signs.iter().filter(|sign| holds(sign, &normal, after.as_deref(), context.feeling)).collect();
    let start = match context.sound {
        Some(sound) => rules.mix.start + rules.mix.meaning * sound.harsh,
        None => rules.mix.start_without_model,
    };
    let alone = if found.iter().any(|sign| sign.kind.is_some()) { 0.0 } else { rules.mix.alone };
    if start - alone + found.iter().map(|sign| sign.weight).sum::<f32>() < rules.mix.flag {
        return None;
    }
    let tone = most_like(&found, context.sound)?;
    let mut said: Vec<String> = Vec::new();
    for sign in found.iter().filter(|sign| sign.kind == Some(tone)) {
        let words = sign.says.as_ref().and_then(|says| words_of(says, reply, &normal));
        said.extend(words.filter(|words| !said.contains(words)));
    }
    let advice = rules.advice.get(&tone)?.get(lang)?;
    Some(Finding { tone, said, wrong: advice.wrong.clone(), better: advice.better.replace("{text}", reply.trim()) })
}

fn holds(sign: &ToneSign, reply: &str, after: Option<&str>, feeling: Feeling) -> bool {
    let is_said = sign.says.as_ref().is_none_or(|says| says.is_match(reply)) && !sign.unless.is_match(reply);
    is_said && fits_what_came_before(sign, after, feeling)
}

fn fits_what_came_before(sign: &ToneSign, after: Option<&str>, feeling: Feeling) -> bool {
    let heard = |pattern: &Regex| after.is_some_and(|after| pattern.is_match(after));
    match (&sign.after, sign.felt) {
        (None, None) => true,
        (pattern, least) => {
            pattern.as_ref().is_some_and(heard)
                || least.is_some_and(|least| feeling.anger.max(feeling.disappointment) >= least)
        }
    }
}

/// The kind whose signs and sound weigh most; with neither there is nothing to say.
fn most_like(found: &[&ToneSign], sound: Option<Sound>) -> Option<Tone> {
    let weigh = |(at, tone): (usize, Tone)| {
        let signs: f32 = found.iter().filter(|sign| sign.kind == Some(tone)).map(|sign| sign.weight).sum();
        let sounds = sound.and_then(|sound| sound.tones.get(at).copied()).unwrap_or_default();
        (signs, signs + 0.5 * sounds, tone)
    };
    // An apology is due for something that was said, which the reply alone does not tell.
    let may_be = |tone: &Tone| *tone != Tone::NoApology || found.iter().any(|sign| sign.kind == Some(*tone));
    let weighed = Tone::ALL.into_iter().enumerate().filter(|(_, tone)| may_be(tone)).map(weigh);
    let best = weighed.reduce(|best, one| if one.1 > best.1 { one } else { best })?;
    (sound.is_some() || best.0 > 0.0).then_some(best.2)
}

/// Fewer signs than this say nothing by themselves.
const LEAST_SIGNS: usize = 3;

/// The longest words in which the pattern was found, as typed.
fn words_of(says: &Regex, reply: &str, normal: &str) -> Option<String> {
    let found = says.find_iter(normal).max_by_key(|found| found.len())?.as_str();
    let words = as_typed(reply, normal, found);
    (words.chars().count() >= LEAST_SIGNS).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::playbook::testing::playbook;

    fn judged(reply: &str, after: Option<&str>) -> Option<Finding> {
        judge(&playbook().tone, reply, Lang::En, &Context { after, ..Context::default() })
    }

    #[test]
    fn what_is_wrong_is_said_with_its_words_and_something_better() {
        let found = judged("You're wrong, read the order AGAIN", None).expect("flagged");
        assert_eq!(found.tone, Tone::Arguing);
        assert!(found.said.contains(&"You're wrong".to_owned()), "{found:?}");
        assert!(!found.wrong.is_empty() && !found.better.is_empty());
    }

    #[test]
    fn a_way_out_makes_a_refusal_an_answer() {
        assert_eq!(judged("Not possible", None).map(|found| found.tone), Some(Tone::FlatRefusal));
        assert_eq!(judged("That's not possible, but I can send it to a shop near you tomorrow", None), None);
    }

    #[test]
    fn an_apology_is_due_after_trouble_and_keeps_what_was_written() {
        let trouble = Some("it arrived smashed and nobody answered the phone");
        let found = judged("Send me a photo.", trouble).expect("flagged");
        assert_eq!(found.tone, Tone::NoApology);
        assert!(found.better.ends_with("Send me a photo."), "{}", found.better);
        assert_eq!(judged("I'm so sorry about this. Could you send me a photo? I'll replace it today.", trouble), None);
        assert_eq!(judged("Could you send me a photo of the size label, please?", Some("which size do i need")), None);
    }

    #[test]
    fn without_rules_nothing_is_flagged() {
        let none = ToneRules::default();
        assert_eq!(judge(&none, "you are wrong", Lang::En, &Context::default()), None);
        assert_eq!(judged("   ", None), None);
    }
}
