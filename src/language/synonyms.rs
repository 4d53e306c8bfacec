//! Words that mean the same are rewritten to one, so that regions and habits meet.

use super::{Phrases, normalise};

/// Rewrites each word of a group to the group's first. Works on normal form.
#[derive(Debug, Clone, Default)]
pub struct Synonyms {
    phrases: Phrases<Box<str>>,
}

impl Synonyms {
    /// Groups as staff wrote them, the word to keep first.
    pub fn new(groups: &[Vec<String>]) -> Self {
        let words = groups.iter().filter_map(|group| group.split_first()).flat_map(|(kept, others)| {
            let kept = normalise(kept);
            // The kept word stands for itself, so that a shorter synonym inside it is left alone.
            std::iter::once((kept.clone(), kept.clone().into()))
                .chain(others.iter().map(move |other| (other.clone(), kept.clone().into())))
        });
        Self { phrases: Phrases::new(words) }
    }

    /// `text` is in normal form.
    pub fn rewrite(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut done = 0;
        for found in self.phrases.find(text) {
            out.push_str(&text[done..found.start]);
            out.push_str(found.value);
            done = found.end;
        }
        out.push_str(&text[done..]);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_rewritten_to_its_first_word() {
        let groups = [vec!["快递", "宅配", "快遞公司"], vec!["freight", "shipping fee", "postage"]]
            .map(|group| group.into_iter().map(str::to_owned).collect::<Vec<_>>());
        let synonyms = Synonyms::new(&groups);
        assert_eq!(synonyms.rewrite("宅配和快递公司"), "快递和快递");
        assert_eq!(synonyms.rewrite("how much is the shipping fee?"), "how much is the freight?");
    }
}
