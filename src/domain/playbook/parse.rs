//! From files to a checked playbook: the first mistake is told, never a half-read playbook.

use std::collections::BTreeMap;

use regex::Regex;
use toml::Spanned;

use super::{
    DeskRules, FileError, Manners, Playbook, ReturnPolicy, SourceFile, Thresholds, TomlFile, ToneRules, WordLists,
    desk_rules, doubts, flow_rules, help_words, intents, lexicon, masks, next_steps, phrases_file, promise_rules,
    rules_file, service_rules, slot_words, surge_rules, tone_rules, wrap_up_rules,
};
use crate::domain::{ByLang, Lang, sentence::sentence};

impl Playbook {
    /// `files`: `intents/<name>.toml` and, from a folder `playbook`, `replies.<lang>.toml`, `thresholds.toml`,
    /// `manners.toml`, `flows.toml`, `doubts.toml`, `desk.toml`, `next_steps.toml`, `tone.toml`, `promises.toml`, `wrap_up.toml`, `service.toml`, `rules.toml`, `surge.toml`, `masks.toml`, `help.toml` and `phrases.toml` (may be missing), `returns.toml`, `feelings.toml`, `slots.toml`, `words.toml`, `synonyms.txt`. Other kinds of file are passed over.
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
                return Err(TomlFile::new(file).error(sentence!("no file of this name is read; is it a slip?")));
            }
        }
        let replies = parse_replies(files)?;
        let thresholds = parse_thresholds(find(files, "thresholds.toml")?)?;
        let returns = parse_returns(find(files, "returns.toml")?, &replies)?;
        let manners = parse_manners(files)?;
        let flows = match find(files, "flows.toml") {
            // The two flows' own intents are known here, whether or not a shop has written them.
            Ok(file) => flow_rules::parse(file, |name| intents.contains_key(name) || FLOW_INTENTS.contains(&name))?,
            Err(_) => flow_rules::built_in(thresholds.failures, manners.same_order)?,
        };
        let desk = find(files, "desk.toml").map_or(Ok(DeskRules::default()), desk_rules::parse)?;
        let is_reply = |key: &str| replies.0.values().any(|replies| replies.contains_key(key));
        let is_tier = |tier: &str| desk.tiers().contains_key(tier);
        let rules = match find(files, "rules.toml") {
            Ok(file) => rules_file::parse(file, &words, is_reply, is_tier)?,
            Err(_) => Vec::new(),
        };
        Ok(Playbook {
            digest: SourceFile::digest(files),
            intents,
            thresholds,
            manners,
            returns,
            flows,
            doubts: find(files, "doubts.toml").map_or(Ok(Vec::new()), |file| doubts::parse(file, &words))?,
            desk,
            next_steps: find(files, "next_steps.toml").map_or_else(|_| next_steps::built_in(), next_steps::parse)?,
            synonyms: lexicon::synonyms(find(files, "synonyms.txt")?)?,
            feelings: lexicon::feelings(find(files, "feelings.toml")?)?,
            slots: slot_words::slots(find(files, "slots.toml")?)?,
            promises: find(files, "promises.toml").ok().map(promise_rules::parse).transpose()?,
            help: help_words::parse(find(files, "help.toml").ok())?,
            phrases: find(files, "phrases.toml").map_or(Ok(Vec::new()), phrases_file::parse)?,
            surge: find(files, "surge.toml").map_or(Ok(Default::default()), surge_rules::parse)?,
            masks: find(files, "masks.toml").map_or_else(|_| masks::built_in(), masks::parse)?,
            rules,
            wrap_up: find(files, "wrap_up.toml").map_or_else(|_| wrap_up_rules::built_in(), wrap_up_rules::parse)?,
            service: find(files, "service.toml").map_or_else(|_| service_rules::built_in(), service_rules::parse)?,
            tone: match find(files, "tone.toml") {
                Ok(file) => tone_rules::parse(file, &words)?,
                Err(_) => ToneRules::default(),
            },
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
    matches!(
        name,
        "thresholds.toml"
            | "manners.toml"
            | "flows.toml"
            | "doubts.toml"
            | "desk.toml"
            | "next_steps.toml"
            | "returns.toml"
            | "feelings.toml"
            | "slots.toml"
            | "tone.toml"
            | "promises.toml"
            | "phrases.toml"
            | "rules.toml"
            | "wrap_up.toml"
            | "service.toml"
            | "help.toml"
            | "surge.toml"
            | "masks.toml"
            | "words.toml"
    ) || replies.iter().any(|r| r == name)
}

fn find<'a>(files: &'a [SourceFile], wanted: &str) -> Result<&'a SourceFile, FileError> {
    files.iter().find(|file| folder(&file.path) == "playbook" && name(&file.path) == wanted).ok_or_else(|| FileError {
        path: format!("playbook/{wanted}"),
        line: 0,
        message: sentence!("the file is missing"),
    })
}

/// What `dialogue::flows` calls the wishes that begin them.
const FLOW_INTENTS: [&str; 2] = ["order_status", "return_or_exchange"];

/// Every key in every language: a reply that exists in one only would be silence in another.
fn parse_replies(files: &[SourceFile]) -> Result<ByLang<BTreeMap<String, Vec<String>>>, FileError> {
    let mut read = Vec::new();
    for lang in Lang::ALL {
        let toml = TomlFile::new(find(files, &format!("replies.{lang}.toml"))?);
        let replies: BTreeMap<String, Spanned<Vec<String>>> = toml.read()?;
        for (key, variants) in &replies {
            if variants.get_ref().is_empty() || variants.get_ref().iter().any(|variant| variant.trim().is_empty()) {
                return Err(
                    toml.error_on(variants, sentence!("reply \"{key}\" needs at least one sentence, none empty", key))
                );
            }
        }
        read.push((lang, toml, replies));
    }
    for (_, toml, replies) in &read {
        for (other_lang, _, other) in &read {
            if let Some((key, variants)) = replies.iter().find(|(key, _)| !other.contains_key(*key)) {
                return Err(toml.error_on(
                    variants,
                    sentence!("reply \"{key}\" is missing in replies.{other_lang}.toml", key, other_lang),
                ));
            }
        }
    }
    let mut all = BTreeMap::new();
    for (lang, _, written) in read {
        let mut replies = built_in_replies(lang)?;
        replies.extend(written.into_iter().map(|(key, variants)| (key, variants.into_inner())));
        all.insert(lang, replies);
    }
    Ok(ByLang(all))
}

/// What a playbook of before does not have the bot says in the words of the shop's own files.
fn built_in_replies(lang: Lang) -> Result<BTreeMap<String, Vec<String>>, FileError> {
    let text = match lang {
        Lang::ZhHant => include_str!("../../../playbook/replies.zh-Hant.toml"),
        Lang::ZhHans => include_str!("../../../playbook/replies.zh-Hans.toml"),
        Lang::En => include_str!("../../../playbook/replies.en.toml"),
    };
    TomlFile::new(&SourceFile { path: format!("playbook/replies.{lang}.toml"), text: text.to_owned() }).read()
}

/// Log-odds that make .95 of .05: with more, an intent alone would decide.
const MOST_AGREEMENT: f32 = 6.0;

fn parse_thresholds(file: &SourceFile) -> Result<Thresholds, FileError> {
    let toml = TomlFile::new(file);
    let thresholds: Thresholds = toml.read()?;
    let Thresholds { answer, clarify, worth_offering, escalate, heat_kept, feeling_kept, anger_rises, .. } = thresholds;
    let shares = [
        ("answer", answer),
        ("clarify", clarify),
        ("worth_offering", worth_offering),
        ("escalate", escalate),
        ("heat_kept", heat_kept),
        ("feeling_kept", feeling_kept),
        ("anger_rises", anger_rises),
    ];
    for (name, value) in shares {
        if !(0.0..=1.0).contains(&value) {
            return Err(toml.error(sentence!("{name} is 0 to 1, not {value}", name, value)));
        }
    }
    let agreement = thresholds.agreement;
    if !(0.0..=MOST_AGREEMENT).contains(&agreement) {
        return Err(toml.error(sentence!(
            "agreement is 0 to {most}, not {agreement}",
            most = MOST_AGREEMENT,
            agreement
        )));
    }
    let by_words = thresholds.by_words();
    if let Some(value) = [by_words.answer, by_words.clarify].into_iter().find(|value| !(0.0..=1.0).contains(value)) {
        return Err(toml.error(sentence!("answer and clarify without the model are 0 to 1, not {value}", value)));
    }
    if by_words.clarify > by_words.answer {
        return Err(toml.error(sentence!("without the model, clarify must not be above answer")));
    }
    if clarify > answer {
        return Err(toml.error(sentence!("clarify ({clarify}) must not be above answer ({answer})", clarify, answer)));
    }
    let counts = [
        ("failures", thresholds.failures as usize),
        ("same_answer", thresholds.same_answer as usize),
        ("proof_failures", thresholds.proof_failures as usize),
        ("max_understood_chars", thresholds.max_understood_chars),
    ];
    if let Some((name, _)) = counts.iter().find(|(_, count)| *count == 0) {
        return Err(toml.error(sentence!("{name} must be at least 1", name)));
    }
    Ok(thresholds)
}

/// Without the file (a playbook of before), as the shop's own says.
fn parse_manners(files: &[SourceFile]) -> Result<Manners, FileError> {
    let Ok(file) = find(files, "manners.toml") else { return Ok(Manners::default()) };
    let toml = TomlFile::new(file);
    let manners: Manners = toml.read()?;
    let pauses = [manners.pause_ms, manners.longest_pause_ms, manners.listen_ms];
    if pauses.iter().any(|pause| !(0..=MOST_PAUSE_MS).contains(pause)) {
        return Err(toml.error(sentence!("a pause is 0 to {most} ms", most = MOST_PAUSE_MS)));
    }
    if !(0.0..=1.0).contains(&manners.warm) {
        return Err(toml.error(sentence!("warm is 0 to 1, not {warm}", warm = manners.warm)));
    }
    Ok(manners)
}

impl Playbook {
    /// One pattern as an intent would have it, with the words of lists in their places; it meets normal form.
    ///
    /// # Errors
    /// What is wrong with it, for its author.
    pub fn pattern(files: &[SourceFile], written: &str) -> Result<Regex, String> {
        let told = |error: FileError| error.message.to_string();
        let words = find(files, "words.toml").map_err(told)?;
        let toml = TomlFile::new(words);
        let lists: WordLists = toml.read().map_err(told)?;
        toml.regex_with_words(&Spanned::new(0..0, written.to_owned()), &lists).map_err(told)
    }
}

/// Nobody should wait longer for a bot.
const MOST_PAUSE_MS: i64 = 15_000;

fn parse_returns(
    file: &SourceFile,
    replies: &ByLang<BTreeMap<String, Vec<String>>>,
) -> Result<ReturnPolicy, FileError> {
    let toml = TomlFile::new(file);
    let policy: ReturnPolicy = toml.read()?;
    let days = [
        ("change_of_mind_days", policy.change_of_mind_days),
        ("exchange_days", policy.exchange_days),
        ("our_fault_days", policy.our_fault_days),
        ("send_within_days", policy.send_within_days),
    ];
    if let Some((name, _)) = days.iter().find(|(_, days)| !(0..=3650).contains(days)) {
        return Err(toml.error_at_key(name, sentence!("a number of days is 0 to 3650")));
    }
    let known = replies.get(Lang::ZhHant);
    for (category, key) in policy.not_once_opened.iter().chain(&policy.never) {
        if !known.is_some_and(|known| known.contains_key(key)) {
            let line = file.text.lines().position(|line| line.contains(key.as_str())).map_or(0, |index| index + 1);
            let message =
                sentence!("\"{category}\" names the reply \"{key}\", which no replies file has", category, key);
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
            ("playbook/manners.toml", include_str!("../../../playbook/manners.toml")),
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
        let told = match Playbook::parse(&files) {
            Ok(_) => panic!("{path} with {to:?} is taken"),
            Err(error) => error.to_string(),
        };
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
            (
                "playbook/thresholds.toml",
                "agreement = ",
                "agreement = 9",
                "playbook/thresholds.toml: agreement is 0 to 6",
            ),
            (
                "playbook/manners.toml",
                "pause_ms = ",
                "pause_ms = 99",
                "playbook/manners.toml: a pause is 0 to 15000 ms",
            ),
            ("playbook/slots.toml", "'(?<variant>", "'(?<size>", "playbook/slots.toml:"),
            ("playbook/slots.toml", "\"11-11\"", "\"11\"", "playbook/slots.toml:"),
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
