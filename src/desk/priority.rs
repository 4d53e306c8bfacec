//! How urgent a waiting conversation is, with each factor kept so that anyone can ask why.

use crate::domain::handoff::{Dispute, Factor, Feeling, HandoffReason, Level, Priority};

/// Points per reason. Danger to people comes before everything, then what the shop can be sued for.
fn reason_points(reason: HandoffReason) -> i64 {
    match reason {
        HandoffReason::SelfHarm => 1000,
        HandoffReason::Safety => 900,
        HandoffReason::Fraud => 500,
        HandoffReason::Legal | HandoffReason::Regulator | HandoffReason::Press => 400,
        HandoffReason::Grave => 300,
        HandoffReason::Feeling => 200,
        HandoffReason::ProofLocked | HandoffReason::NeedsPerson => 50,
        HandoffReason::Request | HandoffReason::Failure => 0,
    }
}

/// A quarrel about people grows with every minute it waits; one about a parcel can still be mended on its way.
fn dispute_points(dispute: Option<Dispute>) -> i64 {
    match dispute {
        Some(Dispute::Attitude) => 40,
        Some(Dispute::Logistics) => 30,
        Some(Dispute::Product) => 20,
        None => 0,
    }
}

/// Points for the reason and for what a quarrel is about, plus up to 100 for each of anger and urgency and 50 for anxiety and disappointment.
pub fn priority(reason: HandoffReason, feeling: Feeling, dispute: Option<Dispute>) -> Priority {
    let points = |signal: f32, most: f32| (signal.clamp(0.0, 1.0) * most).round() as i64;
    let factors: Vec<Factor> = [
        ("reason", reason_points(reason)),
        ("dispute", dispute_points(dispute)),
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

const LEVEL: &str = "level";

/// With what people say of it: urgent comes before what the shop can be sued for, not before danger to people.
pub fn levelled(priority: &Priority, level: Level) -> Priority {
    let points = match level {
        Level::Low => -150,
        Level::Normal => 0,
        Level::High => 200,
        Level::Urgent => 600,
    };
    let mut factors: Vec<Factor> = priority.factors.iter().filter(|factor| factor.name != LEVEL).cloned().collect();
    if points != 0 {
        factors.push(Factor { name: LEVEL.into(), points });
    }
    Priority { score: factors.iter().map(|factor| factor.points).sum(), factors }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hurt_shopper_comes_before_a_furious_one() {
        let furious = Feeling { anger: 1.0, urgency: 1.0, anxiety: 1.0, disappointment: 1.0 };
        assert!(
            priority(HandoffReason::Safety, Feeling::default(), None).score
                > priority(HandoffReason::Feeling, furious, Some(Dispute::Attitude)).score
        );
    }

    #[test]
    fn what_people_say_counts_once_and_can_be_taken_back() {
        let calm = priority(HandoffReason::Request, Feeling::default(), None);
        let urgent = levelled(&levelled(&calm, Level::Urgent), Level::Urgent);
        assert_eq!(urgent.factors.iter().map(|factor| factor.points).sum::<i64>(), urgent.score);
        assert!(urgent.score > priority(HandoffReason::Fraud, Feeling::default(), None).score);
        assert!(urgent.score < priority(HandoffReason::Safety, Feeling::default(), None).score);
        assert!(levelled(&urgent, Level::Low).score < calm.score);
        assert_eq!(levelled(&urgent, Level::Normal), calm);
    }

    #[test]
    fn the_factors_explain_the_score() {
        let told = priority(HandoffReason::Legal, Feeling { anger: 0.5, ..Feeling::default() }, Some(Dispute::Product));
        assert_eq!(told.score, 470);
        assert_eq!(told.factors.iter().map(|factor| factor.points).sum::<i64>(), told.score);
    }
}
