//! A sentence for people with its parts: English for programs and logs, and in the reader's own language by whoever
//! has the pattern's translation (the console: `web_console/strings/told.js`).

use std::{collections::BTreeMap, fmt};

use serde::{Serialize, Serializer, ser::SerializeMap};

/// Made by [`sentence!`], so that every pattern stands in the code as a literal: a test of the house reads them there
/// and asks for their translations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// English, with places such as `{name}`. It is the key of its translations as well.
    pattern: &'static str,
    values: Vec<(&'static str, Value)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum Value {
    Text(String),
    Said(Box<Parts>),
}

impl Sentence {
    pub fn new(pattern: &'static str, values: Vec<(&'static str, String)>) -> Self {
        Self { pattern, values: values.into_iter().map(|(name, value)| (name, Value::Text(value))).collect() }
    }

    /// With another sentence in one of its places.
    pub fn with(mut self, name: &'static str, inner: Sentence) -> Self {
        self.values.push((name, Value::Said(Box::new(Parts(inner)))));
        self
    }

    /// What only programs and operators at a shell read, or what another library says: it stays English.
    pub fn english(text: impl fmt::Display) -> Self {
        Self::new("{text}", vec![("text", text.to_string())])
    }

    /// Several at once, for programs: whoever shows them has each with its field beside this.
    pub fn all<'a>(sentences: impl IntoIterator<Item = &'a Sentence>) -> Self {
        let all: Vec<&Sentence> = sentences.into_iter().collect();
        match all[..] {
            [one] => one.clone(),
            _ => Self::english(all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")),
        }
    }
}

/// `sentence!("{name} is 0 to 1, not {value}", name, value = x)`: what `format!` would say, kept in its parts.
macro_rules! sentence {
    (@value $name:ident) => { $name.to_string() };
    (@value $name:ident $value:expr) => { $value.to_string() };
    ($pattern:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {
        $crate::domain::sentence::Sentence::new(
            $pattern,
            vec![$((stringify!($name), $crate::domain::sentence::sentence!(@value $name $($value)?))),*],
        )
    };
}
pub(crate) use sentence;

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.pattern;
        while let Some(start) = rest.find('{') {
            f.write_str(&rest[..start])?;
            let inside = &rest[start + 1..];
            let value = inside.find('}').and_then(|end| {
                let (_, value) = self.values.iter().find(|(name, _)| *name == &inside[..end])?;
                Some((value, end))
            });
            match value {
                Some((value, end)) => {
                    match value {
                        Value::Text(text) => f.write_str(text)?,
                        Value::Said(inner) => write!(f, "{}", inner.0)?,
                    }
                    rest = &inside[end + 1..];
                }
                // A brace of the sentence's own.
                None => {
                    f.write_str("{")?;
                    rest = inside;
                }
            }
        }
        f.write_str(rest)
    }
}

/// `{"message": …, "said": {"pattern": …, "values": {…}}}`; flattened into what it is about.
impl Serialize for Sentence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("message", &self.to_string())?;
        map.serialize_entry("said", &Parts(self.clone()))?;
        map.end()
    }
}

/// A sentence as its parts alone.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Parts(Sentence);

impl Serialize for Parts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let values: BTreeMap<_, _> = self.0.values.iter().map(|(name, value)| (*name, value)).collect();
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("pattern", self.0.pattern)?;
        map.serialize_entry("values", &values)?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_said_in_english_and_keeps_its_parts() {
        let name = "answer";
        let told = sentence!("{name} is 0 to {most}, not {value}", name, most = 1, value = 1.5);
        assert_eq!(told.to_string(), "answer is 0 to 1, not 1.5");
        assert_eq!(
            serde_json::to_value(&told).unwrap(),
            serde_json::json!({
                "message": "answer is 0 to 1, not 1.5",
                "said": {"pattern": "{name} is 0 to {most}, not {value}",
                    "values": {"name": "answer", "most": "1", "value": "1.5"}},
            })
        );
    }

    #[test]
    fn a_sentence_may_stand_in_another() {
        let told =
            sentence!("line {line}: {message}", line = 3).with("message", sentence!("{name} is missing", name = "id"));
        assert_eq!(told.to_string(), "line 3: id is missing");
        let inner = serde_json::json!({"pattern": "{name} is missing", "values": {"name": "id"}});
        assert_eq!(serde_json::to_value(&told).unwrap()["said"]["values"]["message"], inner);
    }

    #[test]
    fn braces_of_its_own_stay_and_a_value_is_never_read_as_a_pattern() {
        assert_eq!(sentence!("{{place}} cannot, {other}", place = "{place}").to_string(), "{{place}} cannot, {other}");
        assert_eq!(Sentence::english("100 % {text}").to_string(), "100 % {text}");
    }
}
