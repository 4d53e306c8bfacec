//! Where another model's vectors come from, for those who run a model server.

use std::time::Duration;

use super::{Check, Secret};

/// An OpenAI-compatible server that turns texts into vectors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbeddingsSettings {
    /// Ends with `/embeddings`; may hold a password.
    pub url: Secret,
    pub model: String,
    pub key: Option<Secret>,
    /// Put before each text; some models were trained that way (`query: `).
    pub prefix: String,
    /// A shopper waits no longer than this before the built-in model answers instead.
    pub patience: Duration,
}

impl Check {
    pub(super) fn embeddings(&mut self) -> Option<EmbeddingsSettings> {
        let url = self.parse("embeddings_url", "", |text| match text {
            "" => Ok(None),
            text => address(text).map(Some),
        });
        let model = self.parse("embeddings_model", "", |text| Ok(text.to_owned()));
        let key = self.parse("embeddings_key", "", |text| Ok((!text.is_empty()).then(|| Secret(text.to_owned()))));
        // Read as written: the blank at its end belongs to it.
        let prefix = self.values.get("embeddings_prefix").map(|(text, _)| text.clone()).unwrap_or_default();
        let patience = self.parse("embeddings_patience_ms", "300", |text| match text.parse() {
            Ok(ms @ 10..=5_000) => Ok(Duration::from_millis(ms)),
            _ => Err(format!("must be 10 to 5000 milliseconds, not {text:?}")),
        });
        match url {
            Some(_) if model.is_empty() => {
                self.mistakes
                    .push("`embeddings_url` needs `embeddings_model`, the name the server knows it by.".into());
                None
            }
            Some(url) => Some(EmbeddingsSettings { url: Secret(url), model, key, prefix, patience }),
            None => {
                for name in ["model", "key", "prefix", "patience_ms"] {
                    if self.values.contains_key(format!("embeddings_{name}").as_str()) {
                        self.mistakes.push(format!("`embeddings_{name}` is set, but `embeddings_url` is not."));
                    }
                }
                None
            }
        }
    }
}

/// The address is not repeated in what is wrong with it: it may hold a password.
fn address(text: &str) -> Result<String, String> {
    let wrong = || "must be an address such as http://127.0.0.1:8000/v1".to_owned();
    let (scheme, rest) = text.split_once("://").ok_or_else(wrong)?;
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    if !matches!(scheme, "http" | "https") || host.is_empty() || rest.contains([' ', '?', '#']) {
        return Err(wrong());
    }
    let base = text.trim_end_matches('/');
    Ok(if base.ends_with("/embeddings") { base.to_owned() } else { format!("{base}/embeddings") })
}

#[cfg(test)]
mod tests {
    use crate::config::{ConfigError, tests::check};

    #[test]
    fn a_model_server_is_checked_as_a_whole() {
        let url = ("embeddings_url", "http://ann:s3cret@127.0.0.1:8000/v1/");
        let settings =
            check(None, &[], &[url, ("embeddings_model", "e5"), ("embeddings_prefix", "query: ")]).expect("valid");
        assert!(!format!("{settings:?}").contains("s3cret"));
        let embeddings = settings.embeddings.expect("set");
        assert_eq!(embeddings.url.0, "http://ann:s3cret@127.0.0.1:8000/v1/embeddings");
        assert_eq!((embeddings.prefix.as_str(), embeddings.patience.as_millis()), ("query: ", 300));
        for (flags, words) in [
            (vec![url], "needs `embeddings_model`"),
            (vec![("embeddings_key", "s3cret")], "`embeddings_key` is set, but `embeddings_url` is not"),
            (vec![("embeddings_url", "ftp://ann:s3cret@a"), ("embeddings_model", "e5")], "must be an address"),
            (vec![url, ("embeddings_model", "e5"), ("embeddings_patience_ms", "0")], "10 to 5000"),
        ] {
            let ConfigError(mistakes) = check(None, &[], &flags).expect_err("invalid");
            assert!(mistakes[0].contains(words) && !mistakes[0].contains("s3cret"), "{mistakes:?}");
        }
    }
}
