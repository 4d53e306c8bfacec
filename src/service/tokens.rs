//! Secrets that stand for somebody: made at random, handed out once, stored only as hashes.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use sha2::{Digest, Sha256};

/// 256 random bits as text, safe in cookies and JSON.
pub(super) fn fresh() -> String {
    BASE64URL_NOPAD.encode(&random::<32>())
}

/// What is stored: SHA-256, hex. The tokens are random, so nothing slower is needed.
pub(super) fn hash(token: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(token.as_bytes()))
}

/// A password that people can type: 60 random bits in three groups, without letters that look alike.
pub(super) fn typable_password() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let letters: String = random::<12>().iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    format!("{}-{}-{}", &letters[..4], &letters[4..8], &letters[8..])
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // Without randomness there is no safe way to go on; the operating system has it from its start.
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_long_and_differ_and_only_hashes_are_alike() {
        let (one, other) = (fresh(), fresh());
        assert_eq!((one.len(), one == other), (43, false));
        assert_eq!(hash(&one), hash(&one.clone()));
        assert_eq!(hash(&one).len(), 64);
        assert_eq!(typable_password().len(), 14);
    }
}
