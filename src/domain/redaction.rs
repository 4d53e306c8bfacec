//! Taking words out of a conversation: of what was written, and of what repeats it.

use super::{
    Brief, EntryBody, Message,
    entry::{Changed, Note, Redacted},
    handoff::Tried,
    rating::Rated,
};

/// Shorter words are found everywhere: of them, only a copy as a whole counts.
const LEAST_CHARS: usize = 4;

/// What somebody wrote, and what it said before it was corrected. Empty for what nobody wrote.
pub fn words_of(body: &EntryBody) -> Vec<String> {
    let (text, changed) = match body {
        EntryBody::Message(message) => (&message.text, &message.changed),
        EntryBody::Note(note) => (&note.text, &note.changed),
        EntryBody::Rated(rated) => (&rated.comment, &rated.changed),
        _ => return Vec::new(),
    };
    let before = changed.iter().flat_map(|changed| &changed.was).map(|was| was.text.clone());
    before.chain([text.clone()]).filter(|text| !text.trim().is_empty()).collect()
}

/// The same without its words. `None` for what cannot be taken out, or is already.
pub fn blanked(body: &EntryBody, redacted: Redacted) -> Option<EntryBody> {
    let changed = |before: &Option<Box<Changed>>| {
        let edited_at = before.as_ref().and_then(|before| before.edited_at);
        Some(Box::new(Changed { edited_at, was: Vec::new(), redacted: Some(redacted.clone()) }))
    };
    let is_done = |changed: &Option<Box<Changed>>| changed.as_ref().is_some_and(|changed| changed.redacted.is_some());
    match body {
        EntryBody::Message(message) if !is_done(&message.changed) => Some(EntryBody::Message(Message {
            lang: message.lang,
            decision: message.decision,
            despite: message.despite,
            changed: changed(&message.changed),
            ..Message::default()
        })),
        EntryBody::Note(note) if !is_done(&note.changed) => Some(EntryBody::Note(Note {
            text: String::new(),
            mentions: note.mentions.clone(),
            changed: changed(&note.changed),
        })),
        EntryBody::Rated(rated) if !is_done(&rated.changed) => {
            Some(EntryBody::Rated(Rated { comment: String::new(), changed: changed(&rated.changed), ..rated.clone() }))
        }
        _ => None,
    }
}

/// Whether a text repeats any of these words.
pub fn repeats(text: &str, words: &[String]) -> bool {
    let text = text.trim();
    !text.is_empty()
        && words.iter().map(|words| words.trim()).any(|words| {
            text == words
                || words.chars().count() >= LEAST_CHARS
                    && (text.contains(words) || text.chars().count() >= LEAST_CHARS && words.contains(text))
        })
}

/// What the bot had tried, without those words.
pub fn forget_tried(tried: &mut [Tried], words: &[String]) -> bool {
    let mut found = false;
    for one in tried {
        if let Tried::NotUnderstood { text } = one
            && repeats(text, words)
        {
            text.clear();
            found = true;
        }
    }
    found
}

/// A brief repeats what the shopper said. True if something was taken out.
pub fn forget_in_brief(brief: &mut Brief, words: &[String]) -> bool {
    let mut found = forget_tried(&mut brief.tried, words);
    for copy in [&mut brief.wants_text, &mut brief.trigger] {
        if copy.as_deref().is_some_and(|text| repeats(text, words)) {
            *copy = None;
            found = true;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_found_whole_and_within_others_and_small_words_do_not_eat_the_rest() {
        let words = ["my card is 4111 1111 1111 1111".to_owned()];
        assert!(repeats("hello, my card is 4111 1111 1111 1111 ok?", &words), "bubbles put together");
        assert!(repeats("4111 1111 1111 1111", &words), "a part of it");
        assert!(!repeats("where is my parcel", &words) && !repeats("", &words));
        assert!(repeats("ok", &["ok".to_owned()]) && !repeats("book me a slot", &["ok".to_owned()]));
    }

    #[test]
    fn what_was_corrected_goes_with_it() {
        let redacted = Redacted { at: 9, by: None, why: "card".into() };
        let was = crate::domain::entry::Was { text: "4111".into(), until: 5, by: None };
        let changed = Changed { edited_at: Some(5), was: vec![was], redacted: None };
        let body = EntryBody::Note(Note { text: "5222".into(), changed: Some(Box::new(changed)), ..Note::default() });
        assert_eq!(words_of(&body), ["4111", "5222"]);
        let blank = blanked(&body, redacted.clone()).expect("it has words");
        assert!(words_of(&blank).is_empty());
        assert!(!serde_json::to_string(&blank).expect("JSON").contains("4111"));
        assert_eq!(blanked(&blank, redacted), None, "once");
    }
}
