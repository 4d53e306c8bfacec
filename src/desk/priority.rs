//! How urgent a waiting conversation is, with each factor kept so that anyone can ask why.

use crate::domain::handoff::{Factor, Feeling, HandoffReason, Priority};

/// Points per reason. Danger to people comes before everything, then what the shop can be sued for.
fn reason_points(reason: HandoffReason) -> i64 {
    match reason {
        HandoffReason::SelfHarm => 1000,
        HandoffReason::Safety => 900,
        HandoffReason::Fraud => 500,
        HandoffReason::Legal | HandoffReason::Regulator | HandoffReason::Press => 400,
        HandoffReason::Feeling => 200,
        HandoffReason::ProofLocked | HandoffReason::NeedsPerson => 50,
        HandoffReason::Request | HandoffReason::Failure => 0,
    }
}

/// Points for the reason plus up to 100 for each of anger and urgency and 50 for anxiety and disappointment.
pub fn priority(reason: HandoffReason, feeling: Feeling) -> Priority {
    let points = |signal: f32, most: f32| (signal.clamp(0.0, 1.0) * most).round() as i64;
    let factors: Vec<Factor> = [
        ("reason", reason_points(reason)),
        ("anger", points(feeling.anger, 100.0)),
        ("urgency", points(feeling.urgency, 100.0)),
        ("anxiety", points(feeling.anxiety, 50.0)),
        ("disappointment", points(feeling.disappointment, 50.0)),
    ]
    .into_iter()
    .filter(|(_, points)| *points > 0)
    .map(|(name, points)| Factor { name: name.into(), points })
    .collect();
    Priority { score: factors.iter().map(|factor| factor.points).sum(), factors }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hurt_shopper_comes_before_a_furious_one() {
        let furious = Feeling { anger: 1.0, urgency: 1.0, anxiety: 1.0, disappointment: 1.0 };
        assert!(
            priority(HandoffReason::Safety, Feeling::default()).score > priority(HandoffReason::Feeling, furious).score
        );
    }

    #[test]
    fn the_factors_explain_the_score() {
        let told = priority(HandoffReason::Legal, Feeling { anger: 0.5, ..Feeling::default() });
        assert_eq!(told.score, 450);
        assert_eq!(told.factors.iter().map(|factor| factor.points).sum::<i64>(), told.score);
    }
}
