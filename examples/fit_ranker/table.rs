//! The table: what the bot does with questions of a body of data by weights fitted on the others, beside BM25 on words,
//! with 95 % intervals from a bootstrap over questions (those of one question in several knowledge bases together).

use std::ops::RangeInclusive;

use warmline::{
    cli::eval::metrics,
    nlu::{
        ranking::{self, Ranker},
        shifts,
    },
};

use crate::{fit, measured::Measured, words};

const ROUNDS: usize = 1000;

/// What became of one question in one knowledge base.
#[derive(Clone, Copy)]
pub struct Outcome {
    /// Which question of the body it is.
    question: usize,
    answerable: bool,
    /// Ours, then BM25's.
    sure: [f32; 2],
    first: [bool; 2],
    in_three: [bool; 2],
}

/// All knowledge bases of one body: the whole one, or those with a part taken out each.
pub struct Body(Vec<Outcome>);

impl Body {
    pub fn of<'a>(
        ranker: &Ranker,
        tasks: impl Iterator<Item = (&'a Measured<'a>, &'a Vec<words::Found>)>,
        doubts: bool,
    ) -> Body {
        let mut outcomes = Vec::new();
        for (measured, by_words) in tasks {
            for (question, ((asked, answerable), words)) in
                measured.asked.iter().zip(&measured.answerable).zip(by_words).enumerate()
            {
                let (list, candidates) = fit::ordered(ranker, &asked.candidates);
                let said = ranking::scores(ranker, &list).first().copied().unwrap_or(0.0);
                let sure = match candidates.first() {
                    Some(best) if doubts && !best.features.exact => shifts::shifted(said, best.doubt),
                    _ => said,
                };
                let is_right = |count| candidates.iter().take(count).any(|candidate| candidate.is_right);
                outcomes.push(Outcome {
                    question,
                    answerable: *answerable,
                    sure: [sure, words.score as f32],
                    first: [is_right(1), words.right[0]],
                    in_three: [is_right(ranking::CHOICES), words.right[1]],
                });
            }
        }
        Body(outcomes)
    }

    pub fn questions(&self) -> usize {
        self.0.iter().map(|outcome| outcome.question + 1).max().unwrap_or(0)
    }

    pub fn answerable(&self) -> f64 {
        self.0.iter().filter(|outcome| outcome.answerable).count() as f64 / self.0.len().max(1) as f64
    }
}

/// `ours [95 %] / BM25 (+difference [95 %])`.
pub fn beside(body: &Body, measure: impl Fn(&[Outcome], usize) -> f64) -> String {
    let value = [0, 1].map(|who| measure(&body.0, who));
    let rounds = rounds(body, |drawn| [0, 1].map(|who| measure(drawn, who)));
    let ours = interval(rounds.iter().map(|round| round[0]));
    let apart = interval(rounds.iter().map(|round| round[0] - round[1]));
    format!("{} [{}] / {} ({} [{}])", three(value[0]), ends(&ours), three(value[1]), signed(value[0] - value[1]), {
        format!("{}, {}", signed(*apart.start()), signed(*apart.end()))
    })
}

/// Ours alone.
pub fn alone(body: &Body, measure: impl Fn(&[Outcome]) -> f64) -> String {
    let rounds = rounds(body, |drawn| [measure(drawn), 0.0]);
    format!("{} [{}]", three(measure(&body.0)), ends(&interval(rounds.iter().map(|round| round[0]))))
}

pub fn recall_at_1(outcomes: &[Outcome], who: usize) -> f64 {
    share(outcomes.iter().filter(|outcome| outcome.answerable).map(|outcome| outcome.first[who]))
}

pub fn recall_at_3(outcomes: &[Outcome], who: usize) -> f64 {
    share(outcomes.iter().filter(|outcome| outcome.answerable).map(|outcome| outcome.in_three[who]))
}

/// How well the surest are told from those that are wrong.
pub fn auroc(outcomes: &[Outcome], who: usize) -> f64 {
    let scored: Vec<(f32, bool)> = outcomes.iter().map(|outcome| (outcome.sure[who], outcome.first[who])).collect();
    metrics::auroc(&scored).unwrap_or(f64::NAN)
}

/// Share of questions that are answered.
pub fn coverage(outcomes: &[Outcome], threshold: f32) -> f64 {
    share(outcomes.iter().map(|outcome| outcome.sure[0] >= threshold))
}

/// Share of what is answered that is right. BM25 answers as many, its surest: it has no threshold of its own.
pub fn precision(outcomes: &[Outcome], who: usize, threshold: f32) -> f64 {
    let answered = outcomes.iter().filter(|outcome| outcome.sure[0] >= threshold).count();
    if who == 0 {
        return share(outcomes.iter().filter(|outcome| outcome.sure[0] >= threshold).map(|outcome| outcome.first[0]));
    }
    let mut surest: Vec<&Outcome> = outcomes.iter().collect();
    surest.sort_by(|a, b| b.sure[1].total_cmp(&a.sure[1]));
    share(surest.into_iter().take(answered).map(|outcome| outcome.first[1]))
}

/// Of nothing, nothing is known.
fn share(of: impl Iterator<Item = bool>) -> f64 {
    let (mut all, mut are) = (0usize, 0usize);
    for is in of {
        all += 1;
        are += usize::from(is);
    }
    metrics::share(are, all).unwrap_or(f64::NAN)
}

fn rounds(body: &Body, measure: impl Fn(&[Outcome]) -> [f64; 2]) -> Vec<[f64; 2]> {
    let mut by_question: Vec<Vec<Outcome>> = vec![Vec::new(); body.questions()];
    body.0.iter().for_each(|outcome| by_question[outcome.question].push(*outcome));
    // xorshift64: the same draws each time, so that the same data prints the same table.
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut draw = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below as u64) as usize
    };
    (0..ROUNDS)
        .map(|_| {
            let drawn: Vec<Outcome> =
                (0..by_question.len()).flat_map(|_| by_question[draw(by_question.len())].clone()).collect();
            measure(&drawn)
        })
        .collect()
}

fn interval(values: impl Iterator<Item = f64>) -> RangeInclusive<f64> {
    let mut values: Vec<f64> = values.filter(|value| !value.is_nan()).collect();
    metrics::percentile(&mut values, 0.025)..=metrics::percentile(&mut values, 0.975)
}

fn ends(interval: &RangeInclusive<f64>) -> String {
    format!("{}–{}", three(*interval.start()), three(*interval.end()))
}

/// `.532`
fn three(value: f64) -> String {
    if value.is_nan() {
        return "–".to_owned();
    }
    let text = format!("{value:.3}");
    text.strip_prefix('0').map_or(text.clone(), str::to_owned)
}

fn signed(value: f64) -> String {
    let sign = if value < 0.0 { "−" } else { "+" };
    format!("{sign}{}", three(value.abs()))
}

/// Precision and share at one threshold.
pub fn at(body: &Body, threshold: f32) -> String {
    format!("{} ({})", three(precision(&body.0, 0, threshold)), three(coverage(&body.0, threshold)))
}
