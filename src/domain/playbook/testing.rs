//! A small playbook for tests of the folders that need one: the shop's own word lists, one made-up intent.

use super::{Playbook, SourceFile};

/// Read once: the patterns take a while to compile.
pub fn playbook() -> Playbook {
    static PLAYBOOK: std::sync::LazyLock<Playbook> = std::sync::LazyLock::new(parse);
    PLAYBOOK.clone()
}

fn parse() -> Playbook {
    let joke = "name = \"joke\"\ntype = \"fun\"\nact = \"reply\"\npatterns = ['^tell .*joke']\nunless = ['no joke']\n\
        [zh-Hant]\nlabel = \"講笑話\"\nexamples = [\"我想聽笑話\"]\nreplies = [\"…\"]\n\
        [zh-Hans]\nlabel = \"讲笑话\"\nreplies = [\"…\"]\n[en]\nlabel = \"A joke\"\nreplies = [\"…\"]\n";
    let files = [
        ("intents/joke.toml", joke),
        ("playbook/replies.zh-Hant.toml", include_str!("../../../playbook/replies.zh-Hant.toml")),
        ("playbook/replies.zh-Hans.toml", include_str!("../../../playbook/replies.zh-Hans.toml")),
        ("playbook/replies.en.toml", include_str!("../../../playbook/replies.en.toml")),
        ("playbook/returns.toml", include_str!("../../../playbook/returns.toml")),
        ("playbook/thresholds.toml", include_str!("../../../playbook/thresholds.toml")),
        ("playbook/manners.toml", include_str!("../../../playbook/manners.toml")),
        ("playbook/doubts.toml", include_str!("../../../playbook/doubts.toml")),
        ("playbook/feelings.toml", include_str!("../../../playbook/feelings.toml")),
        ("playbook/slots.toml", include_str!("../../../playbook/slots.toml")),
        ("playbook/promises.toml", include_str!("../../../playbook/promises.toml")),
        ("playbook/tone.toml", include_str!("../../../playbook/tone.toml")),
        ("playbook/words.toml", include_str!("../../../playbook/words.toml")),
        ("playbook/synonyms.txt", include_str!("../../../playbook/synonyms.txt")),
    ]
    .map(|(path, text)| SourceFile { path: path.to_owned(), text: text.to_owned() });
    Playbook::parse(&files).unwrap_or_else(|error| panic!("{error}"))
}
