//! The measures of `warmline eval`: values in, numbers out.

/// Chance that a `true` scores above a `false`, ties counting half (area under the ROC curve, by ranks as in
/// Mann–Whitney's U). `None` when either kind is missing.
pub fn auroc(scored: &[(f32, bool)]) -> Option<f64> {
    let positives = scored.iter().filter(|(_, is)| *is).count() as f64;
    let negatives = scored.len() as f64 - positives;
    if positives == 0.0 || negatives == 0.0 {
        return None;
    }
    let mut sorted = scored.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut rank_sum, mut before) = (0.0, 0usize);
    for tied in sorted.chunk_by(|a, b| a.0 == b.0) {
        let mean_rank = before as f64 + (tied.len() as f64 + 1.0) / 2.0;
        rank_sum += mean_rank * tied.iter().filter(|(_, is)| *is).count() as f64;
        before += tied.len();
    }
    Some((rank_sum - positives * (positives + 1.0) / 2.0) / (positives * negatives))
}

/// The largest share that can be taken, surest first, so that at least `precision` of it is right; with the score to
/// take from. `None` when no threshold reaches it.
pub fn coverage(scored: &[(f32, bool)], precision: f64) -> Option<(f64, f32)> {
    let mut sorted = scored.to_vec();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut taken, mut right, mut best) = (0usize, 0usize, None);
    for tied in sorted.chunk_by(|a, b| a.0 == b.0) {
        taken += tied.len();
        right += tied.iter().filter(|(_, is)| *is).count();
        if right as f64 >= precision * taken as f64 {
            best = Some((taken as f64 / sorted.len() as f64, tied[0].0));
        }
    }
    best
}

/// Expected calibration error over ten equally wide bins: how far, on average, a stated chance is from the share that
/// came true. 0 when there is nothing.
pub fn calibration_error(scored: &[(f32, bool)]) -> f64 {
    const BINS: usize = 10;
    let mut bins = [(0.0f64, 0usize, 0usize); BINS];
    for &(chance, is) in scored {
        let (sum, right, count) = &mut bins[((chance * BINS as f32) as usize).min(BINS - 1)];
        *sum += f64::from(chance);
        *right += usize::from(is);
        *count += 1;
    }
    let gaps = bins.iter().map(|&(sum, right, _)| (sum - right as f64).abs()).sum::<f64>();
    gaps / scored.len().max(1) as f64
}

/// The value below which a share of them lies (nearest rank); 0 when there is nothing. Sorts `values`.
pub fn percentile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let rank = (share * values.len() as f64).ceil() as usize;
    values.get(rank.clamp(1, values.len().max(1)) - 1).copied().unwrap_or(0.0)
}

/// Part of a whole; `None` of nothing.
pub fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auroc_counts_pairs_and_halves_ties() {
        assert_eq!(auroc(&[(0.9, true), (0.8, false), (0.7, true), (0.1, false)]), Some(0.75));
        assert_eq!(auroc(&[(0.5, true), (0.5, false), (0.5, false)]), Some(0.5));
        assert_eq!(auroc(&[(0.9, true), (0.5, true), (0.5, false), (0.1, false)]), Some(0.875));
        assert_eq!(auroc(&[(0.1, true), (0.9, false)]), Some(0.0));
        assert_eq!(auroc(&[(0.1, true), (0.9, true)]), None);
    }

    #[test]
    fn coverage_goes_past_an_early_mistake_and_never_splits_ties() {
        let scored = [(0.9, true), (0.8, false), (0.7, true), (0.6, true), (0.5, false)];
        assert_eq!(coverage(&scored, 0.75), Some((0.8, 0.6)));
        assert_eq!(coverage(&scored, 1.0), Some((0.2, 0.9)));
        assert_eq!(coverage(&[(0.9, true), (0.9, false)], 0.9), None);
        assert_eq!(coverage(&[], 0.9), None);
    }

    #[test]
    fn calibration_error_is_the_mean_gap_between_said_and_true() {
        assert_eq!(calibration_error(&[]), 0.0);
        let honest = [(0.5, true), (0.5, false)];
        assert!(calibration_error(&honest) < 1e-9);
        // One bin says .9 and is right half the time, another says .1 and is never right: (.4 · 2 + .1 · 2) / 4.
        let boasting = [(0.9, true), (0.9, false), (0.1, false), (0.1, false)];
        assert!((calibration_error(&boasting) - 0.25).abs() < 1e-6);
        assert!((calibration_error(&[(1.0, false)]) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn percentiles_are_values_that_occurred() {
        let mut values = [4.0, 1.0, 3.0, 2.0];
        assert_eq!(percentile(&mut values, 0.5), 2.0);
        assert_eq!(percentile(&mut values, 0.99), 4.0);
        assert_eq!(percentile(&mut [], 0.5), 0.0);
    }
}
