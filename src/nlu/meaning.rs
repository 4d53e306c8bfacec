//! What a message's vector tells of feelings and red lines, by linear heads fitted on other people's words
//! (models/fit_feelings.py) and our own (models/fit_red_lines.py).

use crate::domain::{HandoffReason, Tone};

/// Values of a sentence vector.
pub const MEANING: usize = warmline_vectors::DIMENSIONS;

/// Rows of `MEANING` weights and a bias as little-endian f32: anger, anxiety, disappointment, strain.
const HEADS: &[u8] = include_bytes!("../../models/feelings.f32");

/// How far a message lies above an ordinary shop question, in standard deviations of such questions.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Told {
    pub anger: f32,
    pub anxiety: f32,
    pub disappointment: f32,
    pub strain: f32,
}

pub fn told(meaning: &[f32; MEANING]) -> Told {
    let [anger, anxiety, disappointment, strain] = [0, 1, 2, 3].map(|head| output(HEADS, head, meaning));
    Told { anger, anxiety, disappointment, strain }
}

/// Rows of `MEANING` weights and a bias: whether a red line is crossed, and how much it sounds like each of [`KINDS`].
const RED_LINES: &[u8] = include_bytes!("../../models/red_lines.f32");
const KINDS: [HandoffReason; 6] = [
    HandoffReason::Safety,
    HandoffReason::SelfHarm,
    HandoffReason::Fraud,
    HandoffReason::Legal,
    HandoffReason::Press,
    HandoffReason::Regulator,
];

/// Log-odds of a kind below which a message sounds like none of them: fury about anything else is no red line.
const LEAST_KIND: f32 = -1.1;

/// The chance that a red line is crossed, and which it would be, if it sounds like any.
pub fn red_line(meaning: &[f32; MEANING]) -> (f32, Option<HandoffReason>) {
    let chance = 1.0 / (1.0 + (-output(RED_LINES, 0, meaning)).exp());
    let sounds = |(at, kind)| (output(RED_LINES, at + 1, meaning), Some(kind));
    let (_, kind) = KINDS
        .into_iter()
        .enumerate()
        .map(sounds)
        .fold((LEAST_KIND, None), |best, one| if one.0 > best.0 { one } else { best });
    (chance, kind)
}

/// `MEANING` weights for a reply, as many for what it answers, and a bias: whether it is one to think over, in standard
/// deviations. Then rows of `MEANING` weights and a bias: how much it sounds like each of [`Tone::ALL`]
/// (models/fit_tone.py).
const TONES: &[u8] = include_bytes!("../../models/tone.f32");

/// What an agent's reply sounds like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sound {
    /// Standard deviations above an ordinary reply.
    pub harsh: f32,
    /// Log-odds for each of [`Tone::ALL`], of replies that are harsh.
    pub tones: [f32; Tone::ALL.len()],
}

/// `after`: what the shopper had said.
pub fn sound(reply: &[f32; MEANING], after: Option<&[f32; MEANING]>) -> Sound {
    let (whether, which) = TONES.split_at((2 * MEANING + 1) * 4);
    let nothing = [0.0; MEANING];
    let values = reply.iter().chain(after.unwrap_or(&nothing)).copied().chain([1.0]);
    Sound {
        harsh: weights(whether).zip(values).map(|(weight, value)| weight * value).sum(),
        tones: std::array::from_fn(|tone| output(which, tone, reply)),
    }
}

fn weights(bytes: &[u8]) -> impl Iterator<Item = f32> + '_ {
    bytes.chunks_exact(4).map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
}

fn output(heads: &[u8], head: usize, meaning: &[f32; MEANING]) -> f32 {
    const ROW: usize = (MEANING + 1) * 4;
    let row = heads.get(head * ROW..(head + 1) * ROW).unwrap_or_default();
    weights(row).zip(meaning.iter().copied().chain([1.0])).map(|(weight, value)| weight * value).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_hold_their_heads_and_nothing_else() {
        assert_eq!(HEADS.len(), 4 * (MEANING + 1) * 4);
        assert_eq!(RED_LINES.len(), (1 + KINDS.len()) * (MEANING + 1) * 4);
        assert_eq!(TONES.len(), (2 * MEANING + 1 + Tone::ALL.len() * (MEANING + 1)) * 4);
        let Told { anger, anxiety, disappointment, strain } = told(&[0.0; MEANING]);
        assert!([anger, anxiety, disappointment, strain].iter().all(|bias| bias.is_finite() && *bias != 0.0));
    }
}
