//! Says for each of a question's neighbours how much of the question it explains that the others do not.

/// Ridge regression among the neighbours: the weights `w` of `(K + ridge · 1) w = k`, where `alike` is K, the neighbours'
/// likeness to one another row by row (positive semi-definite), and `asked` is k, theirs to the question. Neighbours that
/// say the same share their weight. The sum of a topic's weights is its score.
pub fn explain(alike: &[f32], ridge: f32, asked: &[f32]) -> Vec<f32> {
    let n = asked.len();
    // Cholesky: K = L Lᵀ, in the lower half.
    let mut lower = alike.to_vec();
    for row in 0..n {
        lower[row * n + row] += ridge;
        for column in 0..=row {
            let (a, b) = (&lower[row * n..row * n + column], &lower[column * n..column * n + column]);
            let rest = lower[row * n + column] - a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
            lower[row * n + column] =
                if row == column { rest.max(f32::MIN_POSITIVE).sqrt() } else { rest / lower[column * n + column] };
        }
    }
    let mut weights = asked.to_vec();
    for row in 0..n {
        let known: f32 = (0..row).map(|at| lower[row * n + at] * weights[at]).sum();
        weights[row] = (weights[row] - known) / lower[row * n + row];
    }
    for row in (0..n).rev() {
        let known: f32 = (row + 1..n).map(|at| lower[at * n + row] * weights[at]).sum();
        weights[row] = (weights[row] - known) / lower[row * n + row];
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_that_say_the_same_share() {
        let alike = [1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0];
        let weights = explain(&alike, 0.5, &[0.9, 0.9, 0.6]);
        assert!((weights[0] - weights[1]).abs() < 1e-5);
        // (1 + 0.5) w = 0.6, and (2 + 0.5) w = 0.9 for each of the two.
        assert!((weights[2] - 0.4).abs() < 1e-5 && (weights[0] - 0.36).abs() < 1e-5, "{weights:?}");
    }

    #[test]
    fn nobody_explains_nothing() {
        assert!(explain(&[], 0.5, &[]).is_empty());
    }
}
