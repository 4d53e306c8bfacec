//! What the bot does with a shopper's message: the rules in the order in which they win.

use super::{
    Decision, Said, Step, Topic,
    agents::back_to_bot,
    flows,
    handoff::{feel, hand_off, hand_off_again},
    turn::{Extras, Turn},
};
use crate::{
    domain::{
        Author, Button, Choice, EntryBody, HandoffReason, Message, Status,
        article::ArticleId,
        handoff::Tried,
        ids::Cid,
        playbook::{Act, Intent},
        turn::Effect,
    },
    nlu::{IntentMatch, MatchedBy, Shape},
};

pub(super) fn greet(mut turn: Turn<'_>) -> Step {
    let buttons = starting_points(&mut turn);
    turn.say("greeting_open", &[], Extras { buttons, card: None });
    turn.decide(Decision::Reply, "greeting");
    turn.finish()
}

pub(super) fn hear(mut turn: Turn<'_>, said: &Said, cid: Option<Cid>) -> Step {
    follow_language(&mut turn, said);
    let message = Message { text: said.text.clone(), choice: said.choice.clone(), ..Message::default() };
    turn.append(cid, Author::Shopper, EntryBody::Message(message));
    feel(&mut turn, said);
    match turn.state.status {
        Status::Assigned => turn.decide(Decision::Kept, "an agent has it"),
        Status::Queued => in_queue(&mut turn, said),
        Status::Closed if is_thanks(&turn, said) => {
            turn.say("thanks_closed", &[], Extras::default());
            turn.decide(Decision::Reply, "thanks after the end");
        }
        Status::Closed => {
            turn.append(None, Author::System, EntryBody::Reopened);
            back_to_bot(&mut turn.state);
            answer(&mut turn, said);
        }
        Status::Bot => answer(&mut turn, said),
    }
    turn.finish()
}

/// The shopper's language is kept until they clearly write in another. A word or two of English inside a Chinese
/// conversation ("ok", "hi", a brand) is no change.
fn follow_language(turn: &mut Turn<'_>, said: &Said) {
    let Some(lang) = said.understanding.lang.filter(|_| said.choice.is_none()) else { return };
    let words = said.text.split_whitespace().count();
    // Who has not written Chinese yet may just be on a Chinese page: then only a single word says nothing.
    let borrowed = if turn.state.memory.wrote_chinese { 2 } else { 1 };
    if turn.state.lang.is_chinese() && !lang.is_chinese() && words <= borrowed {
        return;
    }
    turn.state.memory.wrote_chinese |= lang.is_chinese();
    turn.state.lang = lang;
}

fn is_thanks(turn: &Turn<'_>, said: &Said) -> bool {
    sure_intent(turn, said).is_some_and(|intent| intent.name == "thanks" || intent.name == "goodbye")
}

fn in_queue(turn: &mut Turn<'_>, said: &Said) {
    let red_line = said.understanding.feelings.red_line;
    if let Some(reason) = red_line
        && crate::desk::priority::priority(reason, turn.state.memory.feeling).score > turn.state.priority.score
    {
        return hand_off_again(turn, said, reason);
    }
    let leaves_by_words = said.understanding.slots.cancel && red_line.is_none() && !turn.state.memory.is_grave;
    if said.choice == Some(Choice::LeaveQueue) || leaves_by_words {
        let by = Author::Shopper;
        turn.append(None, by.clone(), EntryBody::HandedBack { by });
        back_to_bot(&mut turn.state);
        let buttons = starting_points(turn);
        turn.say("left_queue", &[], Extras { buttons, card: None });
        return turn.decide(Decision::Reply, "left the queue");
    }
    if !turn.state.memory.queue_noted {
        turn.state.memory.queue_noted = true;
        let leave = turn.button("button_leave_queue", Choice::LeaveQueue);
        turn.say("queue_noted", &[], Extras { buttons: vec![leave], card: None });
    }
    turn.decide(Decision::Kept, "waiting for a person");
}

/// The rules, first match wins.
fn answer(turn: &mut Turn<'_>, said: &Said) {
    let heard = &said.understanding;
    if let Some(reason) = heard.feelings.red_line {
        return hand_off(turn, said, reason);
    }
    if let Some(choice) = &said.choice {
        return choose(turn, said, choice);
    }
    if let Some(reason) = asks_for_person(turn, said) {
        return hand_off(turn, said, reason);
    }
    let escalate = turn.playbook.thresholds.escalate;
    if heard.feelings.escalation >= escalate || turn.state.memory.heat >= turn.playbook.thresholds.slow_burn {
        return hand_off(turn, said, HandoffReason::Feeling);
    }
    match heard.shape {
        Shape::Empty | Shape::Symbols if turn.state.memory.nudges >= turn.playbook.thresholds.failures => {
            return hand_off(turn, said, HandoffReason::Failure);
        }
        Shape::Empty | Shape::Symbols => {
            turn.state.memory.nudges += 1;
            let key = if heard.shape == Shape::Empty { "empty_message" } else { "symbols_message" };
            return nudge(turn, key);
        }
        Shape::Text => turn.state.memory.nudges = 0,
    }
    if !turn.state.memory.flows.is_empty() && flows::take_up(turn, said) {
        return;
    }
    if flows::take_up_refused(turn, said) {
        return;
    }
    if let Some(name) = flows::wanted(turn.playbook, &turn.state, said) {
        return flows::start(turn, said, name);
    }
    reply_or_ask(turn, said);
    flows::resume(turn);
}

fn asks_for_person(turn: &Turn<'_>, said: &Said) -> Option<HandoffReason> {
    let best = said.understanding.intents.first()?;
    let intent = turn.playbook.intents.get(&best.name)?;
    match intent.act {
        Act::Handoff(reason) if is_sure(turn, best) => Some(reason),
        _ => None,
    }
}

fn is_sure(turn: &Turn<'_>, found: &IntentMatch) -> bool {
    matches!(found.by, MatchedBy::Pattern(_)) || found.score >= turn.playbook.thresholds.answer
}

/// Small talk counts by pattern only: a word it shares with an example ("night") is no goodbye.
fn sure_intent<'p>(turn: &Turn<'p>, said: &Said) -> Option<&'p Intent> {
    let best = said.understanding.intents.first().filter(|best| is_sure(turn, best))?;
    let intent = turn.playbook.intents.get(&best.name)?;
    (!is_small_talk(intent) || matches!(best.by, MatchedBy::Pattern(_))).then_some(intent)
}

fn is_small_talk(intent: &Intent) -> bool {
    intent.act == Act::Reply && intent.small_talk
}

/// Something without words: no failure, a friendly question.
fn nudge(turn: &mut Turn<'_>, key: &str) {
    let buttons = if turn.state.memory.flows.is_empty() { starting_points(turn) } else { Vec::new() };
    turn.say(key, &[], Extras { buttons, card: None });
    turn.decide(Decision::Reply, key);
    flows::resume(turn);
}

fn choose(turn: &mut Turn<'_>, said: &Said, choice: &Choice) {
    match choice {
        Choice::Human => hand_off(turn, said, HandoffReason::Request),
        Choice::LeaveQueue => nudge(turn, "not_in_queue"),
        Choice::Slot { .. } => {
            if !flows::take_up(turn, said) && !flows::take_up_refused(turn, said) {
                nudge(turn, "choice_gone");
            }
        }
        Choice::Intent { name } => match turn.playbook.intents.get(name) {
            Some(intent) => run_intent(turn, said, intent),
            None => nudge(turn, "choice_gone"),
        },
        Choice::Article { id } => {
            if turn.article(id).is_some() {
                give_article(turn, said, id, "chosen by button");
                flows::resume(turn);
            } else {
                nudge(turn, "choice_gone");
            }
        }
        Choice::Helpful { article, yes } => helpful(turn, said, article, *yes),
    }
}

fn helpful(turn: &mut Turn<'_>, said: &Said, article: &str, yes: bool) {
    turn.effect(Effect::ArticleOutcome { article: article.to_owned(), helped: yes });
    for tried in &mut turn.state.memory.tried {
        if let Tried::Answered { article: id, helped, .. } = tried
            && id == article
        {
            *helped = Some(yes);
        }
    }
    if yes {
        turn.state.memory.failures = 0;
        turn.say("helped", &[], Extras::default());
        turn.decide(Decision::Reply, "the answer helped");
        return flows::resume(turn);
    }
    if turn.state.memory.failures + 1 >= turn.playbook.thresholds.failures {
        return hand_off(turn, said, HandoffReason::Failure);
    }
    turn.state.memory.failures += 1;
    let others: Vec<ArticleId> = turn.state.memory.runners_up.iter().filter(|id| *id != article).cloned().collect();
    let mut buttons: Vec<Button> = others.iter().filter_map(|id| turn.article_button(id)).take(2).collect();
    buttons.push(turn.human_button());
    turn.say("not_helped", &[], Extras { buttons, card: None });
    turn.decide(Decision::Clarify, "the answer did not help");
}

pub(super) fn run_intent(turn: &mut Turn<'_>, said: &Said, intent: &Intent) {
    match intent.act {
        Act::Handoff(reason) => hand_off(turn, said, reason),
        Act::Flow(name) => flows::start(turn, said, name),
        Act::Reply => {
            give_reply(turn, said, intent);
            flows::resume(turn);
        }
    }
}

/// An answer the bot is sure of, a question when it is not, honesty when there is nothing. True when it was sure.
fn reply_or_ask(turn: &mut Turn<'_>, said: &Said) {
    let thresholds = turn.playbook.thresholds;
    let articles: Vec<_> =
        said.understanding.articles.iter().filter(|found| turn.article(&found.id).is_some()).collect();
    let best = articles.first();
    let sure_article = best.filter(|best| best.score >= thresholds.answer);
    if let Some(intent) = sure_intent(turn, said) {
        // A sure article beats an intent that would only ask back; small talk has no articles and beats both.
        if is_small_talk(intent) || sure_article.is_none() {
            return give_reply(turn, said, intent);
        }
    }
    if let Some(best) = sure_article {
        let rival = articles.get(1).is_some_and(|second| best.score - second.score < thresholds.margin);
        if !rival || best.features.exact {
            turn.state.memory.runners_up = articles.iter().skip(1).take(2).map(|found| found.id.clone()).collect();
            return give_article(turn, said, &best.id, &format!("article {} at {:.2}", best.id, best.score));
        }
    }
    clarify_or_fail(turn, said)
}

/// "Did you mean": the best two of articles and intents on one scale, then a person.
fn clarify_or_fail(turn: &mut Turn<'_>, said: &Said) {
    let heard = &said.understanding;
    let clarify = turn.playbook.thresholds.clarify;
    let articles = heard.articles.iter().filter_map(|found| Some((found.score, turn.article_button(&found.id)?)));
    let intents = heard.intents.iter().filter(|found| asks_something(turn, &found.name));
    let intents = intents.filter_map(|found| Some((found.score, turn.intent_button(&found.name)?)));
    let mut options: Vec<(f32, Button)> = articles.chain(intents).filter(|(score, _)| *score >= clarify).collect();
    options.sort_by(|a, b| b.0.total_cmp(&a.0));
    options.dedup_by(|a, b| a.1.label == b.1.label);
    if options.is_empty() {
        return fail(turn, said);
    }
    let again = turn.state.memory.tried.last() == Some(&Tried::Clarified);
    if again && turn.state.memory.failures + 1 >= turn.playbook.thresholds.failures {
        return hand_off(turn, said, HandoffReason::Failure);
    }
    if again {
        turn.state.memory.failures += 1;
    }
    let mut buttons: Vec<Button> = options.into_iter().take(2).map(|(_, button)| button).collect();
    let key = if buttons.len() == 1 { "did_you_mean_one" } else { "did_you_mean" };
    buttons.push(turn.human_button());
    remember_topic(turn, said, "");
    turn.state.memory.tried.push(Tried::Clarified);
    turn.effect(Effect::Unanswered { text: said.text.clone(), lang: turn.lang() });
    turn.say(key, &[], Extras { buttons, card: None });
    turn.decide(Decision::Clarify, "candidates between the thresholds");
}

/// Greetings and the like are no answer to "did you mean".
fn asks_something(turn: &Turn<'_>, name: &str) -> bool {
    turn.playbook.intents.get(name).is_some_and(|intent| match intent.act {
        Act::Reply => !is_small_talk(intent),
        Act::Flow(_) => true,
        Act::Handoff(_) => false,
    })
}

/// Not understood: said plainly, with the next best step; the second time in a row a person.
pub(super) fn fail(turn: &mut Turn<'_>, said: &Said) {
    turn.effect(Effect::Unanswered { text: said.text.clone(), lang: turn.lang() });
    if turn.state.memory.tried.last() == Some(&Tried::Clarified) {
        // "Did you mean" did not help either.
        turn.state.memory.failures += 1;
    }
    turn.state.memory.tried.push(Tried::NotUnderstood { text: said.text.chars().take(80).collect() });
    turn.state.memory.failures += 1;
    remember_topic(turn, said, "");
    if turn.state.memory.failures >= turn.playbook.thresholds.failures {
        return hand_off(turn, said, HandoffReason::Failure);
    }
    let buttons = starting_points(turn);
    turn.say("fallback", &[], Extras { buttons, card: None });
    turn.decide(Decision::Fallback, "nothing fits well enough");
}

fn give_reply(turn: &mut Turn<'_>, said: &Said, intent: &Intent) {
    let Some(words) = intent.words.get(turn.lang()) else { return fail(turn, said) };
    let small_talk = is_small_talk(intent);
    let times = count(turn, &intent.name);
    if !small_talk && times >= turn.playbook.thresholds.same_answer {
        return hand_off(turn, said, HandoffReason::Failure);
    }
    let Some(reply) = words.replies.get(times as usize % words.replies.len().max(1)) else { return fail(turn, said) };
    let mut buttons: Vec<Button> = intent.articles.iter().filter_map(|id| turn.article_button(id)).take(2).collect();
    match intent.name.as_str() {
        "greeting" if turn.state.memory.flows.is_empty() => buttons = starting_points(turn),
        _ if small_talk => {}
        _ => {
            remember_topic(turn, said, &intent.name);
            buttons.push(turn.human_button());
        }
    }
    turn.say_text(reply.clone(), Extras { buttons, card: None });
    turn.state.memory.failures = 0;
    turn.decide(Decision::Reply, format!("intent {}", intent.name));
}

fn give_article(turn: &mut Turn<'_>, said: &Said, id: &str, rule: &str) {
    let times = count(turn, id);
    let Some(article) = turn.article(id) else { return fail(turn, said) };
    remember_topic(turn, said, id);
    if times >= turn.playbook.thresholds.same_answer {
        return hand_off(turn, said, HandoffReason::Failure);
    }
    let mut buttons = Vec::new();
    let mut preface = None;
    if times == 0 {
        for (key, yes) in [("button_helped", true), ("button_not_helped", false)] {
            buttons.push(turn.button(key, Choice::Helpful { article: id.to_owned(), yes }));
        }
    } else {
        preface = Some(turn.words("answer_again", &[]));
        let others = turn.state.memory.runners_up.clone();
        buttons.extend(others.iter().filter_map(|id| turn.article_button(id)).take(2));
    }
    buttons.push(turn.human_button());
    turn.say_article(article, preface, buttons);
    let title = article.text(turn.lang()).map(|(_, text)| text.title.clone()).unwrap_or_default();
    turn.state.memory.tried.push(Tried::Answered { article: id.to_owned(), title, helped: None });
    turn.state.memory.failures = 0;
    turn.effect(Effect::ArticleAnswered { article: id.to_owned() });
    turn.decide(Decision::Answer, rule);
}

/// How often this was given before; counts this time.
fn count(turn: &mut Turn<'_>, name: &str) -> u32 {
    let times = turn.state.memory.given.entry(name.to_owned()).or_default();
    *times += 1;
    *times - 1
}

pub(super) fn remember_topic(turn: &mut Turn<'_>, said: &Said, name: &str) {
    if said.choice.is_some() && name.is_empty() {
        return;
    }
    turn.state.memory.topic = Some(Topic { name: name.to_owned(), text: said.text.clone() });
}

/// Where to go from here: the two things shoppers want most, and a person.
pub(super) fn starting_points(turn: &mut Turn<'_>) -> Vec<Button> {
    let mut buttons: Vec<Button> =
        ["order_status", "return_or_exchange"].iter().filter_map(|name| turn.intent_button(name)).collect();
    buttons.push(turn.human_button());
    buttons
}
