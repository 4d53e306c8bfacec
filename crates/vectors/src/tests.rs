use super::*;

/// Cosine, as both have length 1.
fn cosine(a: &Vector, b: &Vector) -> f32 {
    a.iter().zip(b.iter()).map(|(a, b)| a * b).sum()
}

/// Texts, and the vectors that the model's own package makes of them (models/convert.py --vectors).
fn references() -> Vec<(&'static str, Vector)> {
    let values = include_bytes!("../../../models/reference.f32").as_chunks().0;
    let vectors = values.chunks_exact(DIMENSIONS);
    include_str!("../../../models/reference.txt")
        .lines()
        .zip(vectors)
        .map(|(text, values)| (text, Box::new(std::array::from_fn(|at| f32::from_le_bytes(values[at])))))
        .collect()
}

#[cfg(feature = "model")]
#[test]
fn the_shipped_model_agrees_with_the_package() {
    let cosines: Vec<f32> =
        references().iter().map(|(text, vector)| cosine(vector, &Model::built_in().vector(text))).collect();
    let least = cosines.iter().copied().fold(1.0, f32::min);
    let mean = cosines.iter().sum::<f32>() / cosines.len() as f32;
    println!("shipped model: cosine {mean:.6} on average, {least:.6} at least");
    assert!(mean >= 0.999 && least >= 0.99, "{cosines:?}");
}

#[test]
#[ignore = "needs WARMLINE_TEST_MODEL, a file of models/convert.py --whole"]
#[expect(clippy::disallowed_methods, reason = "a test's own file; the rule is for settings")]
fn the_port_agrees_with_the_package() {
    let path = std::env::var("WARMLINE_TEST_MODEL").expect("WARMLINE_TEST_MODEL names a model file");
    let model = Model::parse(std::fs::read(path).unwrap().leak()).expect("a whole model");
    let cosines: Vec<f32> = references().iter().map(|(text, vector)| cosine(vector, &model.vector(text))).collect();
    let least = cosines.iter().copied().fold(1.0, f32::min);
    println!("unreduced model: cosine {least:.7} at least");
    assert!(least >= 0.9999, "{cosines:?}");
}

#[test]
fn a_file_that_is_cut_off_is_no_model() {
    assert!(Model::parse(b"").is_none());
    assert!(Model::parse(b"WLUSE2\0\x01\xff\xff\xff\xff\xff\xff\xff\xff").is_none());
}
