//! From what was noted to what is printed: medians with their spread, and ratios of the same round.

/// Median, least and most.
#[derive(Debug, Clone, Copy)]
pub struct Spread {
    pub median: f64,
    least: f64,
    most: f64,
}

impl Spread {
    pub fn of(values: impl IntoIterator<Item = f64>) -> Spread {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let at = |at: usize| values.get(at).copied().unwrap_or(f64::NAN);
        let last = values.len().saturating_sub(1);
        Spread { median: (at(last / 2) + at(last.div_ceil(2))) / 2.0, least: at(0), most: at(last) }
    }

    /// Of each round's value, by the same round's of another.
    pub fn ratio(values: &[f64], to: &[f64]) -> Spread {
        Spread::of(values.iter().zip(to).map(|(value, to)| value / to))
    }

    /// With so many decimals.
    pub fn show(&self, decimals: usize) -> String {
        let Spread { median, least, most } = self;
        if median.is_nan() {
            return "–".into();
        }
        format!("{median:.decimals$} ({least:.decimals$} – {most:.decimals$})")
    }
}

/// The value that this share of them does not exceed; in milliseconds from microseconds.
pub fn percentile_ms(times_us: &mut [u64], share: f64) -> f64 {
    times_us.sort_unstable();
    let last = times_us.len().saturating_sub(1);
    times_us
        .get((times_us.len() as f64 * share) as usize)
        .or(times_us.get(last))
        .map_or(f64::NAN, |us| *us as f64 / 1e3)
}

/// A table in Markdown.
pub fn table(head: &[&str], rows: &[Vec<String>]) {
    println!("| {} |", head.join(" | "));
    println!("|{}", " --- |".repeat(head.len()));
    for row in rows {
        println!("| {} |", row.join(" | "));
    }
    println!();
}

/// What was aimed at, and what was reached.
#[derive(Default)]
pub struct Aims(Vec<(String, f64, bool)>);

impl Aims {
    pub fn note(&mut self, what: impl Into<String>, reached: f64, is_reached: bool) {
        self.0.push((what.into(), reached, is_reached));
    }

    pub fn print(&self) {
        let missed = self.0.iter().filter(|(_, _, is_reached)| !is_reached).count();
        println!("## Aims: {} reached, {missed} missed\n", self.0.len() - missed);
        for (what, reached, is_reached) in &self.0 {
            println!("- {} {what}: {reached:.2}", if *is_reached { "reached" } else { "**MISSED**" });
        }
    }
}
