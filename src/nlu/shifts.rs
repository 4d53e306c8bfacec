//! What moves the articles' chances beside their features: doubts about the message, what shoppers said of answers,
//! an intent of the same subject.

use serde::Serialize;

use super::{ArticleMatch, IntentMatch, Utterance};
use crate::{
    domain::playbook::{Doubt, Playbook},
    language,
};

/// One reason, and what it adds to the log-odds of every article's chance; an agreement only to the first one's.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shift {
    pub by: By,
    pub why: String,
    pub log_odds: f32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// `playbook/doubts.toml`.
    Doubt,
    /// "Did this help?", over all answers of this shop.
    Outcomes,
    /// The best intent names the best article as one of its own.
    Agreement,
}

/// Article and intent are sought apart: when both come to the same subject, the first article gains `thresholds.agreement`
/// for all that the intent is sure.
pub fn agree(playbook: &Playbook, articles: &mut [ArticleMatch], intents: &[IntentMatch]) -> Option<Shift> {
    let (article, best) = (articles.first_mut()?, intents.first()?);
    let names = playbook.intents.get(&best.name)?.articles.contains(&article.id);
    if !names || best.score < playbook.thresholds.clarify || article.features.exact {
        return None;
    }
    let log_odds = playbook.thresholds.agreement * best.score;
    article.score = shifted(article.score, log_odds);
    Some(Shift { by: By::Agreement, why: best.name.clone(), log_odds })
}

/// Doubts of the playbook that hold for the message and not for the phrasing it was matched with.
pub fn doubts(playbook: &Playbook, utterance: &Utterance, phrasing: &str) -> Vec<Shift> {
    let holding: Vec<&Doubt> = playbook.doubts.iter().filter(|doubt| holds(doubt, utterance)).collect();
    unsaid(&holding, phrasing)
        .map(|doubt| Shift { by: By::Doubt, why: doubt.name.clone(), log_odds: doubt.log_odds })
        .collect()
}

/// The doubts about intents that hold, whatever the example says.
pub fn doubts_of_intents<'p>(playbook: &'p Playbook, utterance: &Utterance) -> Vec<&'p Doubt> {
    playbook.doubts.iter().filter(|doubt| doubt.of_intents && holds(doubt, utterance)).collect()
}

/// The chance of an intent that was found by this example, under doubts that hold.
pub fn doubted(doubts: &[&Doubt], chance: f32, example: &str) -> f32 {
    match doubts {
        [] => chance,
        doubts => shifted(chance, unsaid(doubts, example).map(|doubt| doubt.log_odds).sum()),
    }
}

fn holds(doubt: &Doubt, utterance: &Utterance) -> bool {
    doubt.when.is_match(&utterance.normal) && !doubt.unless.is_match(&utterance.normal)
}

/// Those that the phrasing does not say itself.
fn unsaid<'a>(doubts: &'a [&Doubt], phrasing: &str) -> impl Iterator<Item = &'a Doubt> {
    let phrasing = language::normalise(phrasing);
    doubts.iter().copied().filter(move |doubt| !doubt.when.is_match(&phrasing))
}

/// Their order stays. What says the same as a phrasing was meant by whoever wrote that, and is not moved.
pub fn apply(articles: &mut [ArticleMatch], log_odds: f32) {
    for article in articles.iter_mut().filter(|article| !article.features.exact) {
        article.score = shifted(article.score, log_odds);
    }
}

/// A chance whose log-odds are moved.
pub fn shifted(chance: f32, log_odds: f32) -> f32 {
    let odds = chance / (1.0 - chance).max(f32::MIN_POSITIVE) * log_odds.exp();
    if odds.is_finite() { odds / (1.0 + odds) } else { chance }
}

/// What shoppers said of answers that were given at a chance: how many helped, how many did not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Said {
    /// As it was without a shift by outcomes; 0 to 1, both ends left out.
    pub chance: f32,
    pub helped: u32,
    pub not_helped: u32,
}

/// How far a shop's shift is from none, before anything was said: the standard deviation of a normal prior.
const PRIOR_DEVIATION: f64 = 0.5;
/// However much was said: a chance of .88 stays between .73 and .95.
const FURTHEST: f64 = 1.0;

/// The shift `d` under which what was said is likeliest, shrunken towards none: it maximises
/// `Σ helped · ln σ(l + d) + not_helped · ln(1 − σ(l + d)) − d² / (2 · 0.5²)` with `l` the log-odds of the chance, and is
/// cut at ±1. Some 50 verdicts at a chance of .9 count as much as the prior. `None` when nothing was said.
pub fn of_outcomes(said: &[Said]) -> Option<Shift> {
    let verdicts: u32 = said.iter().map(|said| said.helped + said.not_helped).sum();
    if verdicts == 0 {
        return None;
    }
    let log_odds = |chance: f32| {
        let chance = f64::from(chance).clamp(0.001, 0.999);
        (chance / (1.0 - chance)).ln()
    };
    let mut shift = 0.0f64;
    // Newton's method on a curve with one top; steps are cut so that it cannot jump over it and away.
    for _ in 0..50 {
        let (mut slope, mut curve) = (-shift / PRIOR_DEVIATION.powi(2), 1.0 / PRIOR_DEVIATION.powi(2));
        for said in said {
            let p = 1.0 / (1.0 + (-log_odds(said.chance) - shift).exp());
            let all = f64::from(said.helped + said.not_helped);
            slope += f64::from(said.helped) - all * p;
            curve += all * p * (1.0 - p);
        }
        shift += (slope / curve).clamp(-0.5, 0.5);
    }
    let why = format!("what shoppers said of {verdicts} answers");
    Some(Shift { by: By::Outcomes, why, log_odds: shift.clamp(-FURTHEST, FURTHEST) as f32 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::playbook::testing, nlu};

    fn by_outcomes(chance: f32, helped: u32, not_helped: u32) -> f32 {
        of_outcomes(&[Said { chance, helped, not_helped }]).map_or(0.0, |shift| shift.log_odds)
    }

    #[test]
    fn verdicts_shift_a_little_at_first_and_never_far() {
        assert_eq!(of_outcomes(&[]), None);
        assert!(by_outcomes(0.9, 9, 1).abs() < 0.01, "as often as was said");
        let few = by_outcomes(0.9, 0, 2);
        assert!((-0.5..-0.2).contains(&few), "two verdicts: {few}");
        let many = by_outcomes(0.9, 120, 80);
        // Six in ten instead of nine in ten would be ln(1.5) - ln(9) = -1.79.
        assert_eq!(many, -1.0, "cut");
        let some = by_outcomes(0.9, 70, 30);
        assert!((-1.0..-0.8).contains(&some), "{some}");
        assert!(by_outcomes(0.9, 200, 0) > 0.5 && by_outcomes(0.9, 100_000, 0) <= 1.0);
        assert!((shifted(0.9, -1.0) - 0.768).abs() < 0.001 && shifted(1.0, -1.0) == 1.0 && shifted(0.0, 1.0) == 0.0);
    }

    #[test]
    fn what_is_told_and_what_is_asked_why_are_doubted() {
        let playbook = testing::playbook();
        let doubts = |text: &str, phrasing: &str| -> Vec<String> {
            let doubts = doubts(&playbook, &nlu::read(&playbook, text), phrasing);
            doubts.into_iter().map(|doubt| doubt.why).collect()
        };
        for (text, phrasing, expected) in [
            ("已评价", "如何评价", vec!["told"]),
            ("已經評價了哦", "如何評價", vec!["told"]),
            ("我刚付款了", "怎么付款", vec!["told"]),
            ("I already paid", "how to pay", vec!["told"]),
            ("已经付款了但没有发货", "怎么付款", vec![]),
            ("已经下单了，怎么改地址", "怎么改地址", vec![]),
            ("已付款了能退吗", "怎么退款", vec![]),
            ("already paid but can I cancel?", "how to cancel", vec![]),
            ("为什么取消了", "怎么取消订单", vec!["why"]),
            ("為什麼取消了", "為什麼我的訂單被取消", vec![]),
            ("怎么取消", "怎么取消订单", vec![]),
            ("why was my order cancelled", "how do I cancel my order", vec!["why"]),
        ] {
            assert_eq!(doubts(text, phrasing), expected, "{text} beside {phrasing}");
        }
    }
}
