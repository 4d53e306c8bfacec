//! Words of a subject make an intent a candidate: below what is sure, above what a chance likeness to an example says.

use super::{IntentMatch, MatchedBy, Utterance};
use crate::domain::playbook::{Intent, Playbook};

/// Log odds that a cue of weight 1 adds to those of likeness to an example, and the chance without any likeness.
const BY_WEIGHT: f32 = 2.6;
const UNLIKE: f32 = 0.05;
/// Of two subjects the one with more of its words there: what a character of them adds, and how many count.
const BY_LENGTH: f32 = 0.02;
const MOST_LENGTH: usize = 20;
/// What cues can reach of the threshold at which the bot answers: they are never sure.
const MOST: f32 = 0.98;

/// `intents` as patterns and examples found them, best first; those with cues raised or added, in their new order.
pub fn raise(playbook: &Playbook, utterance: &Utterance, mut intents: Vec<IntentMatch>) -> Vec<IntentMatch> {
    let answer = playbook.thresholds.answer * MOST;
    for intent in playbook.intents.values() {
        let Some((weight, words)) = weigh(intent, utterance) else { continue };
        let known = intents.iter_mut().find(|known| known.name == intent.name);
        let example = known.as_ref().map_or(0.0, |known| known.score);
        let odds = (example + UNLIKE) / (1.0 + UNLIKE - example) * (BY_WEIGHT * weight).exp();
        let score = answer * odds / (1.0 + odds);
        match known {
            Some(known) => known.score = known.score.max(score),
            None => intents.push(IntentMatch { name: intent.name.clone(), score, by: MatchedBy::Cue(words) }),
        }
    }
    // Stable: patterns, the longest fit first, stay where they are.
    intents.sort_by(|a, b| b.score.total_cmp(&a.score));
    intents
}

/// The weights of the cues that fit, and the words of the heaviest.
fn weigh(intent: &Intent, utterance: &Utterance) -> Option<(f32, String)> {
    let mut found: Vec<(f32, &str)> =
        intent.cues.iter().filter_map(|(cue, weight)| Some((*weight, cue.find(&utterance.normal)?.as_str()))).collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (_, words) = *found.first()?;
    let length: usize = found.iter().map(|(_, words)| words.chars().count()).sum();
    let weight = found.iter().map(|(weight, _)| weight).sum::<f32>();
    Some((weight + BY_LENGTH * length.min(MOST_LENGTH) as f32, words.to_owned()))
}
