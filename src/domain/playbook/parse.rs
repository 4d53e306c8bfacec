//! From files to a checked playbook: the first mistake is told, never a half-read playbook.

use std::collections::BTreeMap;

use toml::Spanned;

use super::{FileError, Playbook, ReturnPolicy, SourceFile, Thresholds, TomlFile, WordLists, intents, lexicon};
use crate::domain::{ByLang, Lang};

impl Playbook {
    /// `files`: `intents/<name>.toml` and, from a folder `playbook`, `replies.<lang>.toml`, `thresholds.toml`,
    /// `returns.toml`, `feelings.toml`, `slots.toml`, `words.toml`, `synonyms.txt`. Other kinds of file are passed over.
    pub fn parse(files: &[SourceFile]) -> Result<Playbook, FileError> {
        let words = find(files, "words.toml")?;
        let words: WordLists = TomlFile::new(words).read()?;
        let mut intents = BTreeMap::new();
        for file in files.iter().filter(|file| folder(&file.path) == "intents" && file.path.ends_with(".toml")) {
            let intent = intents::parse(file, &words)?;
            intents.insert(intent.name.clone(), intent);
        }
        for file in files.iter().filter(|file| folder(&file.path) == "playbook" && file.path.ends_with(".toml")) {
            if !is_known(name(&file.path)) {
                return Err(TomlFile::new(file).error("no file of this name is read; is it a slip?"));
            }
        }
        let replies = parse_replies(files)?;
        let thresholds = parse_thresholds(find(files, "thresholds.toml")?)?;
        let returns = parse_returns(find(files, "returns.toml")?, &replies)?;
        Ok(Playbook {
            intents,
            thresholds,
            returns,
            synonyms: lexicon::synonyms(find(files, "synonyms.txt")?)?,
            feelings: lexicon::feelings(find(files, "feelings.toml")?)?,
            slots: lexicon::slots(find(files, "slots.toml")?)?,
            replies,
        })
    }
}

/// The file's name without folder and extension.
pub fn stem(path: &str) -> &str {
    name(path).rsplit_once('.').map_or(name(path), |(stem, _)| stem)
}

fn name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The name of the folder the file is in.
fn folder(path: &str) -> &str {
    path.rsplit(['/', '\\']).nth(1).unwrap_or_default()
}

fn is_known(name: &str) -> bool {
    let replies = Lang::ALL.map(|lang| format!("replies.{lang}.toml"));
    matches!(name, "thresholds.toml" | "returns.toml" | "feelings.toml" | "slots.toml" | "words.toml")
        || replies.iter().any(|r| r == name)
}

fn find<'a>(files: &'a [SourceFile], wanted: &str) -> Result<&'a SourceFile, FileError> {
    files.iter().find(|file| folder(&file.path) == "playbook" && name(&file.path) == wanted).ok_or_else(|| FileError {
        path: format!("playbook/{wanted}"),
        line: 0,
        message: "the file is missing".to_owned(),
    })
}

/// Every key in every language: a reply that exists in one only would be silence in another.
fn parse_replies(files: &[SourceFile]) -> Result<ByLang<BTreeMap<String, Vec<String>>>, FileError> {
    let mut read = Vec::new();
    for lang in Lang::ALL {
        let toml = TomlFile::new(find(files, &format!("replies.{lang}.toml"))?);
        let replies: BTreeMap<String, Spanned<Vec<String>>> = toml.read()?;
        for (key, variants) in &replies {
            if variants.get_ref().is_empty() || variants.get_ref().iter().any(|variant| variant.trim().is_empty()) {
                return Err(toml.error_on(variants, format!("reply {key:?} needs at least one sentence, none empty")));
            }
        }
        read.push((lang, toml, replies));
    }
    for (_, toml, replies) in &read {
        for (other_lang, _, other) in &read {
            if let Some((key, variants)) = replies.iter().find(|(key, _)| !other.contains_key(*key)) {
                return Err(toml.error_on(variants, format!("reply {key:?} is missing in replies.{other_lang}.toml")));
            }
        }
    }
    let plain = |replies: BTreeMap<String, Spanned<Vec<String>>>| {
        replies.into_iter().map(|(key, variants)| (key, variants.into_inner())).collect()
    };
    Ok(ByLang(read.into_iter().map(|(lang, _, replies)| (lang, plain(replies))).collect()))
}

fn parse_thresholds(file: &SourceFile) -> Result<Thresholds, FileError> {
    let toml = TomlFile::new(file);
    let thresholds: Thresholds = toml.read()?;
    let Thresholds { answer, clarify, margin, escalate, heat_kept, feeling_kept, .. } = thresholds;
    let shares = [
        ("answer", answer),
        ("clarify", clarify),
        ("margin", margin),
        ("escalate", escalate),
        ("heat_kept", heat_kept),
        ("feeling_kept", feeling_kept),
    ];
    for (name, value) in shares {
        if !(0.0..=1.0).contains(&value) {
            return Err(toml.error(format!("{name} is 0 to 1, not {value}")));
        }
    }
    if clarify > answer {
        return Err(toml.error(format!("clarify ({clarify}) must not be above answer ({answer})")));
    }
    let counts = [
        ("failures", thresholds.failures as usize),
        ("same_answer", thresholds.same_answer as usize),
        ("proof_failures", thresholds.proof_failures as usize),
        ("max_understood_chars", thresholds.max_understood_chars),
    ];
    if let Some((name, _)) = counts.iter().find(|(_, count)| *count == 0) {
        return Err(toml.error(format!("{name} must be at least 1")));
    }
    Ok(thresholds)
}

fn parse_returns(
    file: &SourceFile,
    replies: &ByLang<BTreeMap<String, Vec<String>>>,
) -> Result<ReturnPolicy, FileError> {
    let toml = TomlFile::new(file);
    let policy: ReturnPolicy = toml.read()?;
    let days = [policy.change_of_mind_days, policy.exchange_days, policy.our_fault_days, policy.send_within_days];
    if days.iter().any(|&days| !(0..=3650).contains(&days)) {
        return Err(toml.error("a number of days is 0 to 3650"));
    }
    let known = replies.get(Lang::ZhHant);
    for (category, key) in policy.not_once_opened.iter().chain(&policy.never) {
        if !known.is_some_and(|known| known.contains_key(key)) {
            let line = file.text.lines().position(|line| line.contains(key.as_str())).map_or(0, |index| index + 1);
            let message = format!("{category:?} names the reply {key:?}, which no replies file has");
            return Err(FileError { path: file.path.clone(), line, message });
        }
    }
    Ok(policy)
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTENT: &str = "name = \"greet\"\ntype = \"greeting\"\nact = \"reply\"\npatterns = [\n  '^你好',\n  '^hi\\b',\n  '我的貨<places>',\n]\n\
        unless = ['運費']\n[zh-Hant]\nlabel = \"打招呼\"\nreplies = [\"你好\"]\n[zh-Hans]\nlabel = \"打招呼\"\n\
        replies = [\"你好\"]\n[en]\nlabel = \"Hello\"\nreplies = [\"Hi\"]\n";
    const RETURNS: &str = "change_of_mind_days = 7\nexchange_days = 7\nour_fault_days = 30\nsend_within_days = 7\n\
        [not_once_opened]\nskin_care = \"why_skin\"\n[never]\n";

    fn files() -> Vec<SourceFile> {
        [
            ("intents/greet.toml", INTENT),
            ("intents/README.md", "not read"),
            ("playbook/replies.zh-Hant.toml", "why_skin = [\"衛生\"]\n"),
            ("playbook/replies.zh-Hans.toml", "why_skin = [\"卫生\"]\n"),
            ("playbook/replies.en.toml", "why_skin = [\"hygiene\"]\n"),
            ("playbook/returns.toml", RETURNS),
            ("playbook/thresholds.toml", include_str!("../../../playbook/thresholds.toml")),
            ("playbook/feelings.toml", include_str!("../../../playbook/feelings.toml")),
            ("playbook/words.toml", "places = ['在哪', '哪里']\n"),
            ("playbook/slots.toml", include_str!("../../../playbook/slots.toml")),
            ("playbook/synonyms.txt", include_str!("../../../playbook/synonyms.txt")),
        ]
        .map(|(path, text)| SourceFile { path: path.to_owned(), text: text.to_owned() })
        .to_vec()
    }

    /// What is told when `from` in `path` becomes `to`.
    fn told(path: &str, from: &str, to: &str) -> String {
        let mut files = files();
        let file = files.iter_mut().find(|file| file.path == path).unwrap();
        let broken = file.text.replacen(from, to, 1);
        assert_ne!(broken, file.text, "{from:?} is not in {path}");
        file.text = broken;
        let told = Playbook::parse(&files).unwrap_err().to_string();
        assert!(!told.contains('\n'), "{told}");
        told
    }

    #[test]
    fn the_shop_s_own_words_are_read() {
        let playbook = Playbook::parse(&files()).unwrap_or_else(|error| panic!("{error}"));
        let greet = &playbook.intents["greet"];
        assert!(greet.patterns[1].is_match("hi there"));
        assert!(!greet.patterns[1].is_match("hint"));
        assert!(greet.patterns[2].is_match("我的货在哪"), "a list by its name");
        assert!(greet.unless[0].is_match("运费"), "written in Traditional, matched on normal form");
    }

    #[test]
    fn mistakes_are_told_with_file_and_line() {
        for (path, from, to, expected) in [
            (
                "intents/greet.toml",
                "name = \"greet\"",
                "name = \"hello\"",
                "intents/greet.toml:1: name is \"hello\" but",
            ),
            ("intents/greet.toml", "act = \"reply\"", "act = \"sing\"", "intents/greet.toml:3: unknown variant `sing`"),
            ("intents/greet.toml", "'^hi\\b'", "'^(hi'", "intents/greet.toml:6: bad pattern \"^(hi\": unclosed group"),
            (
                "intents/greet.toml",
                "<places>",
                "<goods>",
                "intents/greet.toml:7: playbook/words.toml has no list called",
            ),
            ("intents/greet.toml", "label = \"Hello\"\n", "", "intents/greet.toml:16: missing field `label`"),
            ("intents/greet.toml", "[zh-Hans]", "[zh-Hannah]", "intents/greet.toml:13: unknown field `zh-Hannah`"),
            ("intents/greet.toml", "unless = [", "unless = ", "intents/greet.toml:9: "),
            ("intents/greet.toml", "replies = [\"Hi\"]\n", "", "intents/greet.toml:16: [en] needs replies"),
            (
                "playbook/replies.en.toml",
                "why_skin",
                "why_skim",
                "playbook/replies.zh-Hant.toml:1: reply \"why_skin\" is missing in",
            ),
            (
                "playbook/returns.toml",
                "\"why_skin\"",
                "\"why_not\"",
                "playbook/returns.toml:6: \"skin_care\" names the reply",
            ),
            ("playbook/thresholds.toml", "clarify = ", "clarify = 9", "playbook/thresholds.toml: clarify is 0 to 1"),
            ("playbook/synonyms.txt", "运费 ", "运费\n", "playbook/synonyms.txt:6: \"运费\" stands alone"),
            ("playbook/feelings.toml", "\"太離譜\" = 0.7", "\"太離譜\" = 7", "playbook/feelings.toml:"),
        ] {
            let told = told(path, from, to);
            assert!(told.starts_with(expected), "{told}");
        }
    }

    #[test]
    fn a_missing_or_misnamed_file_is_told() {
        let mut missing = files();
        missing.retain(|file| !file.path.ends_with("slots.toml"));
        assert_eq!(Playbook::parse(&missing).unwrap_err().to_string(), "playbook/slots.toml: the file is missing");
        let mut misnamed = files();
        misnamed.push(SourceFile { path: "playbook/threshold.toml".to_owned(), text: String::new() });
        assert!(Playbook::parse(&misnamed).unwrap_err().to_string().contains("is it a slip?"));
    }
}
