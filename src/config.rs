//! Configuration in two steps: `RawConfig` as written (file < environment < flag), `Settings` as checked.
//!
//! The environment is read here and nowhere else. Every mistake is reported at once, each with the place
//! its value came from.

mod embeddings;
mod network;

use std::{
    collections::BTreeMap,
    fmt,
    net::{SocketAddr, ToSocketAddrs},
    path::{Path, PathBuf},
};

use jiff::tz::TimeZone;
use tracing_subscriber::filter::Targets;

use crate::{bus::Storm, search::Encoder};

pub use embeddings::EmbeddingsSettings;
pub use network::Network;
use network::origin;

/// Every setting: key in the file, what it is for. The environment's name is `WARMLINE_` + upper case, the
/// flag's is `--` + dashes.
pub const KEYS: &[(&str, &str)] = &[
    ("listen", "Address to listen on, host:port"),
    ("data_dir", "Folder for the database"),
    ("database_url", "Database, sqlite:PATH or postgres://USER@HOST/NAME; default is a file in the data folder"),
    ("nats_url", "NATS servers that connect several nodes, such as nats://nats.example.com, separated by commas"),
    ("nats_credentials", "Credentials file for NATS (.creds)"),
    ("nats_ca", "Certificates (PEM) that NATS servers are trusted by, beside the system's"),
    ("nats_cert", "Client certificate (PEM) to show to NATS servers"),
    ("nats_key", "Key (PEM) of that certificate"),
    ("public_url", "Where browsers reach this server, such as https://help.example.com"),
    ("allowed_origins", "Sites that may embed the chat, such as https://shop.example.com, separated by commas"),
    ("trusted_proxies", "Addresses or networks of reverse proxies whose X-Forwarded-For counts, separated by commas"),
    ("knowledge_dir", "Folder of the articles that seed the knowledge base"),
    ("intents_dir", "Folder of the intents"),
    ("playbook_dir", "Folder of replies, word lists, thresholds and policies"),
    ("shop_dir", "Folder of the demo shop's orders"),
    (
        "model",
        "on or off: the sentence model in this binary; off saves memory and answers by words alone, more strictly",
    ),
    ("embeddings_url", "OpenAI-compatible server whose vectors are used instead, such as http://127.0.0.1:8000/v1"),
    ("embeddings_model", "The model's name on that server"),
    ("embeddings_key", "Bearer token for that server"),
    ("embeddings_prefix", "Put before each text for that model, such as 'query: '"),
    ("embeddings_patience_ms", "How long a shopper waits for that server before this binary's own model answers"),
    ("accent", "The widget's colour, such as #b5441b"),
    ("zone", "Time zone the shop counts its days in, such as Asia/Taipei"),
    ("log", "What to log: error, warn, info, debug, or filters such as warmline=debug"),
    ("log_format", "text or json"),
    ("metrics_token", "Bearer token for /metrics; without one only this machine may read it"),
    ("rate_limits", "on or off; off is for a local test server only"),
    ("bus_storm", "For tests: percent of events lost, percent doubled, most ms late, such as 20,20,50"),
];

/// Where a value came from, for the sentence that says what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    File(PathBuf),
    Environment(String),
    Flag(String),
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::File(path) => write!(f, "file {}", path.display()),
            Origin::Environment(name) => write!(f, "environment variable {name}"),
            Origin::Flag(name) => write!(f, "flag {name}"),
            Origin::Default => f.write_str("default"),
        }
    }
}

/// Values as written, later layers over earlier ones. Lists are joined by commas.
#[derive(Debug, Clone, Default)]
pub struct RawConfig {
    values: BTreeMap<&'static str, (String, Origin)>,
    mistakes: Vec<String>,
    unknown_environment: Vec<String>,
}

/// What `warmline` was told on the command line: pairs of key and value, and the file to read.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    pub config: Option<PathBuf>,
    pub values: Vec<(&'static str, String)>,
}

/// Everything that is wrong with the configuration, one sentence each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError(pub Vec<String>);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for ConfigError {}

impl RawConfig {
    /// Reads the file (`--config`, else `WARMLINE_CONFIG`, else `warmline.toml` where there is one), the
    /// environment and the flags.
    pub fn read(flags: &Flags) -> Self {
        Self::gather(flags, std::env::vars().collect())
    }

    fn gather(flags: &Flags, environment: Vec<(String, String)>) -> Self {
        let mut raw = RawConfig::default();
        let named_in_env = environment.iter().find(|(name, _)| name == "WARMLINE_CONFIG");
        match (&flags.config, named_in_env) {
            (Some(path), _) => raw.add_file(path, true),
            (None, Some((_, path))) => raw.add_file(Path::new(path), true),
            (None, None) => raw.add_file(Path::new("warmline.toml"), false),
        }
        for (key, _) in KEYS {
            let name = format!("WARMLINE_{}", key.to_ascii_uppercase());
            if let Some((_, value)) = environment.iter().find(|(have, _)| *have == name) {
                raw.values.insert(key, (value.clone(), Origin::Environment(name)));
            }
        }
        let is_ours = |name: &str| {
            let key = name.strip_prefix("WARMLINE_");
            key.is_none_or(|key| key == "CONFIG" || KEYS.iter().any(|(known, _)| known.eq_ignore_ascii_case(key)))
        };
        raw.unknown_environment = environment.into_iter().map(|(name, _)| name).filter(|name| !is_ours(name)).collect();
        for (key, value) in &flags.values {
            raw.values.insert(key, (value.clone(), Origin::Flag(format!("--{}", key.replace('_', "-")))));
        }
        raw
    }

    fn add_file(&mut self, path: &Path, must_exist: bool) {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !must_exist => return,
            Err(error) => {
                self.mistakes.push(format!("The configuration file {} cannot be read: {error}.", path.display()));
                return;
            }
        };
        let table = match text.parse::<toml::Table>() {
            Ok(table) => table,
            Err(error) => {
                let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
                self.mistakes.push(format!("{}:{line}: {}.", path.display(), error.message()));
                return;
            }
        };
        for (key, value) in table {
            let Some((known, _)) = KEYS.iter().find(|(known, _)| *known == key) else {
                let names: Vec<_> = KEYS.iter().map(|(name, _)| *name).collect();
                self.mistakes.push(format!(
                    "Unknown setting `{key}` in file {}. Known are: {}.",
                    path.display(),
                    names.join(", ")
                ));
                continue;
            };
            let text = match value {
                toml::Value::String(text) => Some(text),
                toml::Value::Boolean(on) => Some(if on { "on" } else { "off" }.to_owned()),
                toml::Value::Array(items) => items
                    .iter()
                    .map(|item| item.as_str().map(str::to_owned))
                    .collect::<Option<Vec<_>>>()
                    .map(|items| items.join(",")),
                _ => None,
            };
            match text {
                Some(text) => {
                    self.values.insert(known, (text, Origin::File(path.to_owned())));
                }
                None => {
                    self.mistakes.push(format!("`{key}` in file {} must be a text or a list of texts.", path.display()))
                }
            }
        }
    }
}

/// The checked configuration: nothing in it can be wrong any more, except what only the world can tell.
#[derive(Debug, Clone)]
pub struct Settings {
    pub listen: SocketAddr,
    pub data_dir: PathBuf,
    /// `sqlite:PATH` or `postgres://…`; may hold a password.
    pub database_url: Secret,
    /// The bus between nodes; `None` where there is one node.
    pub nats: Option<NatsSettings>,
    /// Without a slash at the end.
    pub public_url: Option<String>,
    pub allowed_origins: Vec<String>,
    pub trusted_proxies: Vec<Network>,
    /// Variables that look like settings and are none: told at start, because other programs may mean them.
    pub unknown_environment: Vec<String>,
    pub knowledge_dir: PathBuf,
    pub intents_dir: PathBuf,
    pub playbook_dir: PathBuf,
    pub shop_dir: PathBuf,
    /// `#rrggbb`.
    pub accent: String,
    pub zone: TimeZone,
    pub log: Targets,
    pub log_format: LogFormat,
    pub metrics_token: Option<Secret>,
    pub model: bool,
    pub embeddings: Option<EmbeddingsSettings>,
    pub rate_limits: bool,
    pub bus_storm: Option<Storm>,
}

/// How to reach NATS. Whether the files are good is found out when connecting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NatsSettings {
    /// `nats://` or `tls://`; may hold user and password, or a token. One cluster, so one sign-in for all.
    pub urls: Vec<Secret>,
    pub credentials: Option<PathBuf>,
    pub ca: Option<PathBuf>,
    /// Certificate and key.
    pub client_certificate: Option<(PathBuf, PathBuf)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

/// A text that must not reach a log: no Display, a silent Debug.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(masked)")
    }
}

impl Settings {
    /// What tells meaning; `None` when it is turned off, or not in this build.
    pub fn encoder(&self) -> Option<&'static Encoder> {
        self.model.then(Encoder::built_in).flatten()
    }

    /// # Errors
    /// All mistakes at once.
    pub fn check(raw: RawConfig) -> Result<Settings, ConfigError> {
        let mut check = Check { mistakes: raw.mistakes, values: raw.values };
        let data_dir = PathBuf::from(check.text("data_dir", "./warmline-data"));
        let default_url = format!("sqlite:{}", data_dir.join("warmline.db").display());
        let nats = check.nats();
        let embeddings = check.embeddings();
        let settings =
            Settings {
                listen: check.parse("listen", "127.0.0.1:8080", listen_address),
                database_url: check.parse("database_url", &default_url, |text| {
                    match ["sqlite:", "postgres://", "postgresql://"].iter().any(|start| text.starts_with(start)) {
                        true => Ok(Secret(text.to_owned())),
                        false => Err("must start with sqlite: or postgres://".into()),
                    }
                }),
                nats,
                embeddings,
                data_dir,
                public_url: check
                    .parse("public_url", "", |text| if text.is_empty() { Ok(None) } else { origin(text).map(Some) }),
                allowed_origins: check.parse("allowed_origins", "", |text| list(text).map(origin).collect()),
                trusted_proxies: check.parse("trusted_proxies", "", |text| list(text).map(str::parse).collect()),
                knowledge_dir: check.folder("knowledge_dir", "knowledge_base"),
                intents_dir: check.folder("intents_dir", "intents"),
                playbook_dir: check.folder("playbook_dir", "playbook"),
                shop_dir: check.folder("shop_dir", "demo"),
                accent: check.parse("accent", "#b5441b", |text| {
                    let is_colour = text.len() == 7
                        && text.strip_prefix('#').is_some_and(|hex| hex.chars().all(|c| c.is_ascii_hexdigit()));
                    if is_colour { Ok(text.to_owned()) } else { Err(format!("{text:?} is no colour, write #rrggbb")) }
                }),
                zone: check.parse("zone", "Asia/Taipei", |text| {
                    TimeZone::get(text).map_err(|_| format!("{text:?} is no time zone, write one such as Asia/Taipei"))
                }),
                log: check.parse("log", "warmline=info,warn", |text| {
                    text.parse().map_err(|error| format!("{text:?} is no log filter: {error}"))
                }),
                log_format: check.parse("log_format", "text", |text| match text {
                    "text" => Ok(LogFormat::Text),
                    "json" => Ok(LogFormat::Json),
                    _ => Err(format!("must be text or json, not {text:?}")),
                }),
                metrics_token: check.parse("metrics_token", "", |text| match text.len() {
                    0 => Ok(None),
                    1..16 => Err("must have 16 characters or more".into()),
                    _ => Ok(Some(Secret(text.to_owned()))),
                }),
                unknown_environment: raw.unknown_environment,
                bus_storm: check
                    .parse("bus_storm", "", |text| if text.is_empty() { Ok(None) } else { text.parse().map(Some) }),
                model: check.parse("model", "on", |text| match text {
                    "on" | "true" => Ok(true),
                    "off" | "false" => Ok(false),
                    _ => Err(format!("must be on or off, not {text:?}")),
                }),
                rate_limits: check.parse("rate_limits", "on", |text| match text {
                    "on" | "true" => Ok(true),
                    "off" | "false" => Ok(false),
                    _ => Err(format!("must be on or off, not {text:?}")),
                }),
            };
        if settings.nats.is_some() && settings.database_url.0.starts_with("sqlite:") {
            check.mistakes.push(
                "`nats_url` connects nodes that share one database, and a SQLite file has one node only: set \
                 `database_url` to a PostgreSQL database, or leave `nats_url` out."
                    .into(),
            );
        }
        if check.mistakes.is_empty() { Ok(settings) } else { Err(ConfigError(check.mistakes)) }
    }
}

struct Check {
    mistakes: Vec<String>,
    values: BTreeMap<&'static str, (String, Origin)>,
}

impl Check {
    fn text(&mut self, key: &str, default: &str) -> String {
        let text = self.parse(key, default, |text| match text.is_empty() {
            true => Err("must not be empty".into()),
            false => Ok(text.to_owned()),
        });
        if text.is_empty() { default.to_owned() } else { text }
    }

    /// A folder of seeds. The usual one may be missing (the binary has a copy); one that was named may not.
    fn folder(&mut self, key: &str, default: &str) -> PathBuf {
        let is_named = self.values.contains_key(key);
        self.parse(key, default, |text| match PathBuf::from(text) {
            path if text.is_empty() || is_named && text != default && !path.is_dir() => {
                Err(format!("there is no folder {text:?}"))
            }
            path => Ok(path),
        })
    }

    fn path(&mut self, key: &str) -> Option<PathBuf> {
        self.parse(key, "", |text| Ok((!text.is_empty()).then(|| PathBuf::from(text))))
    }

    fn nats(&mut self) -> Option<NatsSettings> {
        let urls: Vec<_> = self.parse("nats_url", "", |text| list(text).map(|url| nats_url(url).map(Secret)).collect());
        let is_wanted = self.values.contains_key("nats_url");
        let (credentials, ca) = (self.path("nats_credentials"), self.path("nats_ca"));
        let (cert, key) = (self.path("nats_cert"), self.path("nats_key"));
        if !is_wanted {
            for (name, path) in [("credentials", &credentials), ("ca", &ca), ("cert", &cert), ("key", &key)] {
                if path.is_some() {
                    self.mistakes.push(format!("`nats_{name}` is set, but `nats_url` is not."));
                }
            }
        }
        let client_certificate = match (cert, key) {
            (Some(cert), Some(key)) => Some((cert, key)),
            (None, None) => None,
            _ => {
                self.mistakes.push("`nats_cert` and `nats_key` belong together: set both or none.".into());
                None
            }
        };
        (!urls.is_empty()).then_some(NatsSettings { urls, credentials, ca, client_certificate })
    }

    /// A wrong value is noted and the default stands in, so that the other settings are still checked.
    fn parse<T>(&mut self, key: &str, default: &str, parse: impl Fn(&str) -> Result<T, String>) -> T {
        let (text, origin) = self.values.get(key).cloned().unwrap_or((default.to_owned(), Origin::Default));
        parse(text.trim()).unwrap_or_else(|problem| {
            self.mistakes.push(format!("`{key}` ({origin}): {problem}."));
            parse(default).expect("the default of every setting is valid")
        })
    }
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty())
}

fn listen_address(text: &str) -> Result<SocketAddr, String> {
    text.to_socket_addrs()
        .ok()
        .and_then(|mut found| found.next())
        .ok_or_else(|| format!("{text:?} is no address to listen on, write host:port such as 127.0.0.1:8080"))
}

/// The address is not repeated in what is wrong with it: it may hold a password.
fn nats_url(text: &str) -> Result<String, String> {
    let wrong = || "must be addresses such as nats://nats.example.com:4222 or tls://nats.example.com".to_owned();
    let (scheme, rest) = text.split_once("://").ok_or_else(wrong)?;
    let host = rest.rsplit('@').next().unwrap_or_default();
    let is_right = matches!(scheme, "nats" | "tls") && !host.is_empty() && !host.contains(['/', '?', ' ']);
    is_right.then(|| text.to_owned()).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn check(
        file: Option<&str>,
        environment: &[(&str, &str)],
        flags: &[(&'static str, &str)],
    ) -> Result<Settings, ConfigError> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("warmline.toml");
        std::fs::write(&path, file.unwrap_or_default()).expect("a file");
        let flags = Flags {
            config: Some(path),
            values: flags.iter().map(|(key, value)| (*key, (*value).to_owned())).collect(),
        };
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Settings::check(RawConfig::gather(&flags, environment))
    }

    #[test]
    fn a_flag_beats_the_environment_which_beats_the_file() {
        let file = Some("listen = \"127.0.0.1:1\"\nlog = \"error\"\nzone = \"Asia/Shanghai\"");
        let settings =
            check(file, &[("WARMLINE_LISTEN", "127.0.0.1:2"), ("WARMLINE_LOG", "debug")], &[("listen", "127.0.0.1:3")])
                .expect("valid");
        assert_eq!(settings.listen.port(), 3);
        assert_eq!(settings.log, "debug".parse().unwrap());
        assert_eq!(settings.zone.iana_name(), Some("Asia/Shanghai"));
    }

    #[test]
    fn every_mistake_is_told_at_once_with_its_place() {
        let ConfigError(mistakes) = check(
            Some("lisen = \"127.0.0.1:1\"\nrate_limits = \"maybe\""),
            &[("WARMLINE_ALLOWED_ORIGINS", "https://shop.example.com, shop.example.com/path")],
            &[("listen", "nowhere")],
        )
        .expect_err("invalid");
        assert_eq!(mistakes.len(), 4, "{mistakes:#?}");
        let all = mistakes.join("\n");
        for part in ["Unknown setting `lisen`", "file ", "WARMLINE_ALLOWED_ORIGINS", "--listen", "`rate_limits`"] {
            assert!(all.contains(part), "{part} is missing in {all}");
        }
    }

    #[test]
    fn a_broken_file_is_told_with_its_line() {
        let ConfigError(mistakes) = check(Some("log = \"info\"\nlisten = "), &[], &[]).expect_err("invalid");
        assert!(mistakes[0].contains("warmline.toml:2:"), "{mistakes:?}");
    }

    #[test]
    fn nats_is_checked_as_a_whole() {
        let postgres = ("database_url", "postgres://ann:s3cret@db/shop");
        let two = "nats://ann:s3cret@a.example.com:4222, tls://b.example.com";
        let settings = check(None, &[], &[postgres, ("nats_url", two)]).expect("valid");
        assert_eq!(settings.nats.as_ref().map(|nats| nats.urls.len()), Some(2));
        assert!(!format!("{settings:?}").contains("s3cret"));
        for (flags, words) in [
            (vec![("nats_url", "nats://a")], "has one node only"),
            (vec![postgres, ("nats_url", "http://ann:s3cret@a")], "must be addresses"),
            (vec![postgres, ("nats_ca", "ca.pem")], "`nats_ca` is set, but `nats_url` is not"),
            (vec![postgres, ("nats_url", "nats://a"), ("nats_cert", "c.pem")], "belong together"),
        ] {
            let ConfigError(mistakes) = check(None, &[], &flags).expect_err("invalid");
            assert_eq!(mistakes.len(), 1, "{mistakes:?}");
            assert!(mistakes[0].contains(words) && !mistakes[0].contains("s3cret"), "{mistakes:?}");
        }
    }
}
