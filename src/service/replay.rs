//! What an edit would do: real questions of lately, asked of the bot as it is and as it would be.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{mind::Mind, rehearsal::Rehearsal};
use crate::{
    dialogue::Decision,
    domain::{
        Choice, EntryBody, Lang, Now, UnixMs,
        article::ArticleId,
        ids::ConversationId,
        order::{mask_digits, mask_mail},
    },
    language::{detect, normalise},
    nlu,
    shop::Shop,
    store::questions::{Said, Speaker},
};

/// Digits in a row from which on they are somebody's.
const PERSONAL_DIGITS: usize = 4;
/// Questions of one kind that are shown; all are counted.
const MOST_SHOWN: usize = 50;

/// A question a shopper put to the bot.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    pub conversation: ConversationId,
    pub at: UnixMs,
    pub text: String,
    pub lang: Lang,
    /// What the shopper said of the answer: the article and whether it helped.
    pub verdict: Option<(ArticleId, bool)>,
}

/// What the bot does with a question that begins a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    pub decision: Decision,
    /// The article it answers from.
    pub article: Option<ArticleId>,
    /// The articles it offers, where it asks which is meant.
    pub choices: Vec<ArticleId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Answered now, and was not; or its shopper was not helped by the answer of before.
    Fixed,
    /// Was answered, and is not any more; or its shopper was helped by the answer of before.
    Broken,
    /// Another answer, or other choices.
    Changed,
    /// The same article, which says something else now.
    Reworded,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    pub change: Change,
    /// As asked, personal data masked.
    pub question: String,
    pub lang: Lang,
    pub conversation: ConversationId,
    pub at: UnixMs,
    /// Of the same words, how many shoppers.
    pub asked: usize,
    pub before: Outcome,
    pub after: Outcome,
    /// What the shopper said of the answer of then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub helped: Option<bool>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Replay {
    /// Questions that were asked, different ones.
    pub asked: usize,
    pub fixed: usize,
    pub broken: usize,
    pub changed: usize,
    pub reworded: usize,
    /// Broken ones first, then fixed ones; at most fifty of each kind.
    pub differences: Vec<Difference>,
    pub took_ms: u64,
}

/// The last questions that shoppers put to the bot, newest first: bubbles that one answer was given to are one. Steps of
/// flows, pressed buttons and what was said to people are none.
pub fn questions(said: &[Said], most: usize) -> Vec<Question> {
    let mut found = Vec::new();
    for talk in said.chunk_by(|one, next| one.conversation == next.conversation) {
        let verdicts: BTreeMap<&ArticleId, bool> = talk
            .iter()
            .filter_map(|said| match &said.message.choice {
                Some(Choice::Helpful { article, yes }) => Some((article, *yes)),
                _ => None,
            })
            .collect();
        let mut bubbles: Vec<&Said> = Vec::new();
        for said in talk {
            match said.by {
                Speaker::Agent => bubbles.clear(),
                Speaker::Shopper if said.message.choice.is_some() => bubbles.clear(),
                Speaker::Shopper => bubbles.push(said),
                Speaker::Bot => {
                    let asked = std::mem::take(&mut bubbles);
                    let Some(last) = asked.last().filter(|_| is_of_a_question(said.message.decision)) else { continue };
                    let text = asked.iter().map(|said| said.message.text.as_str()).collect::<Vec<_>>().join("\n");
                    let source = said.message.source.as_ref().map(|source| &source.article);
                    found.push(Question {
                        conversation: last.conversation.clone(),
                        at: last.at,
                        lang: said.message.lang.or_else(|| detect(&text)).unwrap_or_default(),
                        text,
                        verdict: source.and_then(|id| Some((id.clone(), *verdicts.get(id)?))),
                    });
                }
            }
        }
    }
    found.sort_by(|one, other| (other.at, &one.conversation).cmp(&(one.at, &other.conversation)));
    found.truncate(most);
    found
}

fn is_of_a_question(decision: Option<Decision>) -> bool {
    matches!(
        decision,
        Some(Decision::Answer | Decision::Clarify | Decision::Reply | Decision::Fallback | Decision::Handoff)
    )
}

/// What becomes of a question that begins a conversation. Some milliseconds.
pub fn outcome(mind: &Mind, shop: &Shop, text: &str, lang: Lang, now: &Now) -> Outcome {
    let mut rehearsal = Rehearsal::new(mind, shop, lang, now.clone());
    rehearsal.open();
    let step = rehearsal.say(text, None);
    let messages = || {
        step.drafts.iter().filter_map(|draft| match &draft.body {
            EntryBody::Message(message) => Some(message),
            _ => None,
        })
    };
    let choices = messages().flat_map(|message| &message.buttons).filter_map(|button| match &button.choice {
        Choice::Article { id } => Some(id.clone()),
        _ => None,
    });
    Outcome {
        decision: step.decision,
        article: messages().find_map(|message| Some(message.source.as_ref()?.article.clone())),
        choices: if step.decision == Decision::Clarify { choices.collect() } else { Vec::new() },
    }
}

/// Asks all of them of both, on all cores. `edited`: the article whose text is another one.
pub fn replay(
    before: &Mind,
    after: &Mind,
    shop: &Shop,
    questions: &[Question],
    edited: Option<&str>,
    now: &Now,
) -> Replay {
    // The same words of many shoppers are asked once.
    let mut groups: BTreeMap<String, Vec<&Question>> = BTreeMap::new();
    for question in questions {
        groups.entry(normalise(&question.text)).or_default().push(question);
    }
    let groups: Vec<Vec<&Question>> = groups.into_values().collect();
    let asked = in_parallel(&groups, |group| {
        let first = group[0];
        let of = |mind: &Mind| outcome(mind, shop, &first.text, first.lang, now);
        (of(before), of(after))
    });
    let is_reworded =
        edited.is_some_and(|id| before.shelf.get(id).map(|a| &a.texts) != after.shelf.get(id).map(|a| &a.texts));
    let playbook = &after.playbook;
    let mut told = Replay { asked: groups.len(), ..Replay::default() };
    for (group, (before, after)) in groups.iter().zip(asked) {
        let verdict = group.iter().find_map(|question| question.verdict.as_ref());
        let Some(change) = change(&before, &after, verdict, edited.filter(|_| is_reworded)) else { continue };
        *match change {
            Change::Fixed => &mut told.fixed,
            Change::Broken => &mut told.broken,
            Change::Changed => &mut told.changed,
            Change::Reworded => &mut told.reworded,
        } += 1;
        told.differences.push(Difference {
            change,
            question: masked(&playbook.masked(&group[0].text)),
            lang: group[0].lang,
            conversation: group[0].conversation.clone(),
            at: group[0].at,
            asked: group.len(),
            before,
            after,
            helped: verdict.map(|(_, helped)| *helped),
        });
    }
    let rank = |change: Change| match change {
        Change::Broken => 0,
        Change::Fixed => 1,
        Change::Changed => 2,
        Change::Reworded => 3,
    };
    told.differences.sort_by(|one, other| {
        rank(one.change).cmp(&rank(other.change)).then(other.asked.cmp(&one.asked)).then(other.at.cmp(&one.at))
    });
    let mut shown: BTreeMap<Change, usize> = BTreeMap::new();
    told.differences.retain(|difference| {
        let count = shown.entry(difference.change).or_default();
        *count += 1;
        *count <= MOST_SHOWN
    });
    told
}

/// `None`: nothing that a shopper would see is different.
fn change(
    before: &Outcome,
    after: &Outcome,
    verdict: Option<&(ArticleId, bool)>,
    reworded: Option<&str>,
) -> Option<Change> {
    let is_answered = |outcome: &Outcome| outcome.decision == Decision::Answer;
    if before == after {
        return (is_answered(after) && after.article.as_deref() == reworded && reworded.is_some())
            .then_some(Change::Reworded);
    }
    Some(match (is_answered(before), is_answered(after)) {
        (false, true) if before.decision == Decision::Reply => Change::Changed,
        (false, true) => Change::Fixed,
        (true, false) => match verdict {
            Some((article, false)) if before.article.as_ref() == Some(article) => Change::Changed,
            _ => Change::Broken,
        },
        (true, true) => match verdict {
            Some((article, true)) if before.article.as_ref() == Some(article) => Change::Broken,
            Some((article, false)) if before.article.as_ref() == Some(article) => Change::Fixed,
            _ => Change::Changed,
        },
        (false, false) => {
            let sorted = |outcome: &Outcome| outcome.choices.iter().cloned().collect::<BTreeSet<_>>();
            if before.decision == after.decision && sorted(before) == sorted(after) {
                return None;
            }
            Change::Changed
        }
    })
}

/// What tells who somebody is, hidden: mail addresses and numbers of four digits and more. For people who read questions.
pub fn masked(text: &str) -> String {
    let words = text.split_inclusive(char::is_whitespace).map(|word| {
        let bare = word.trim_end();
        match bare.split_once('@') {
            Some((user, host)) if !user.is_empty() && host.contains('.') => {
                let before = user.char_indices().rfind(|(_, c)| !c.is_ascii_alphanumeric() && !"._+-".contains(*c));
                let from = before.map_or(0, |(at, c)| at + c.len_utf8());
                format!("{}{}{}", &user[..from], mask_mail(&bare[from..]), &word[bare.len()..])
            }
            _ => word.to_owned(),
        }
    });
    mask_numbers(&words.collect::<String>())
}

/// Digits may be parted by single spaces, dots or dashes, as in phone numbers.
fn mask_numbers(text: &str) -> String {
    let is_digit = |c: char| c.is_ascii_digit() || is_wide_digit(c);
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_digit) {
        shown.push_str(&rest[..start]);
        rest = &rest[start..];
        let mut end = 0;
        let mut signs = rest.char_indices().peekable();
        while let Some((at, c)) = signs.next() {
            let goes_on = matches!(c, '-' | '.' | ' ') && signs.peek().is_some_and(|(_, next)| is_digit(*next));
            if !is_digit(c) && !goes_on {
                break;
            }
            end = at + c.len_utf8();
        }
        let number = normalise(&rest[..end]);
        if number.chars().filter(char::is_ascii_digit).count() >= PERSONAL_DIGITS {
            shown.push_str(&mask_digits(&number));
        } else {
            shown.push_str(&rest[..end]);
        }
        rest = &rest[end..];
    }
    shown + rest
}

fn is_wide_digit(c: char) -> bool {
    ('\u{ff10}'..='\u{ff19}').contains(&c)
}

/// On all cores, in the order of `items`.
pub(super) fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let part = |items: &[T]| items.iter().map(&work).collect::<Vec<R>>();
    std::thread::scope(|scope| {
        let parts: Vec<_> =
            items.chunks(items.len().div_ceil(threads).max(1)).map(|items| scope.spawn(|| part(items))).collect();
        let whole = |part: std::thread::ScopedJoinHandle<'_, Vec<R>>| {
            part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        parts.into_iter().flat_map(whole).collect()
    })
}

/// The intent the bot would hear first.
pub(super) fn intent(mind: &Mind, text: &str) -> Option<nlu::IntentMatch> {
    mind.understand(text).intents.into_iter().next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Message, Source};

    fn outcome(decision: Decision, article: Option<&str>) -> Outcome {
        Outcome { decision, article: article.map(str::to_owned), choices: vec![] }
    }

    #[test]
    fn what_an_edit_does_to_an_answer_has_a_name() {
        let (a, b) = (outcome(Decision::Answer, Some("a")), outcome(Decision::Answer, Some("b")));
        let (ask, none) = (outcome(Decision::Clarify, None), outcome(Decision::Fallback, None));
        let (liked, disliked) = (("a".to_owned(), true), ("a".to_owned(), false));
        for (before, after, verdict, expected) in [
            (&a, &a, None, None),
            (&none, &a, None, Some(Change::Fixed)),
            (&ask, &a, None, Some(Change::Fixed)),
            (&a, &none, None, Some(Change::Broken)),
            (&a, &ask, Some(&liked), Some(Change::Broken)),
            (&a, &ask, Some(&disliked), Some(Change::Changed)),
            (&a, &b, None, Some(Change::Changed)),
            (&a, &b, Some(&liked), Some(Change::Broken)),
            (&a, &b, Some(&disliked), Some(Change::Fixed)),
            (&ask, &none, None, Some(Change::Changed)),
        ] {
            assert_eq!(change(before, after, verdict, None), expected, "{before:?} {after:?} {verdict:?}");
        }
        assert_eq!(change(&a, &a, None, Some("a")), Some(Change::Reworded));
        assert_eq!(change(&a, &a, None, Some("b")), None);
        let chosen = |choices: [&str; 2]| Outcome { choices: choices.map(str::to_owned).to_vec(), ..ask.clone() };
        assert_eq!(
            change(&chosen(["a", "b"]), &chosen(["b", "a"]), None, None),
            None,
            "the order of buttons is no news"
        );
    }

    #[test]
    fn who_asked_cannot_be_told_from_a_masked_question() {
        for (text, shown) in [
            ("where is PW20260318?", "where is PW•••318?"),
            ("我的手機是0912-345-678，謝謝", "我的手機是•••678，謝謝"),
            ("write to ann.lee@mail.example please", "write to a•••@mail.example please"),
            ("信箱ann@mail.example", "信箱a•••@mail.example"),
            ("電話０９１２３４５６７８", "電話•••678"),
            ("call 0912 345 678 now", "call •••678 now"),
            ("over 500 within 3-5 days, 24/7", "over 500 within 3-5 days, 24/7"),
        ] {
            assert_eq!(masked(text), shown);
        }
    }

    fn said(conversation: &str, seq: i64, by: Speaker, message: Message) -> Said {
        Said { conversation: ConversationId(conversation.into()), seq, at: seq, by, message }
    }

    fn words(text: &str) -> Message {
        Message { text: text.into(), ..Message::default() }
    }

    fn decided(decision: Decision) -> Message {
        Message { decision: Some(decision), ..Message::default() }
    }

    #[test]
    fn questions_are_what_the_bot_answered_and_nothing_else() {
        let answer = Message {
            source: Some(Source { article: "fee".into(), title: String::new(), lang: Lang::En }),
            ..decided(Decision::Answer)
        };
        let helped = Message { choice: Some(Choice::Helpful { article: "fee".into(), yes: true }), ..words("Yes") };
        let talk = [
            said("a", 1, Speaker::Bot, decided(Decision::Reply)),
            said("a", 2, Speaker::Shopper, words("hi there")),
            said("a", 3, Speaker::Shopper, words("what is the fee")),
            said("a", 4, Speaker::Bot, answer),
            said("a", 5, Speaker::Shopper, helped),
            said("a", 6, Speaker::Bot, decided(Decision::Reply)),
            said("a", 7, Speaker::Shopper, words("PW20260318")),
            said("a", 8, Speaker::Bot, decided(Decision::Flow)),
            said("b", 9, Speaker::Shopper, words("anybody")),
            said("b", 10, Speaker::Agent, words("me")),
            said("b", 11, Speaker::Shopper, words("nonsense")),
            said("b", 12, Speaker::Bot, decided(Decision::Fallback)),
        ];
        let found = questions(&talk, 10);
        let told: Vec<_> = found.iter().map(|question| (question.text.as_str(), &question.verdict)).collect();
        assert_eq!(told, [("nonsense", &None), ("hi there\nwhat is the fee", &Some(("fee".to_owned(), true)))]);
        assert_eq!(questions(&talk, 1).len(), 1);
    }
}
