//! What the bot does with a shopper's message: the rules in the order in which they win.

use super::{
    Decision, Said, Step, Topic,
    agents::back_to_bot,
    burst, closed, flows,
    handoff::{feel, hand_off, hand_off_again, urgency, warm_word},
    mentions, pictures, requests, timers,
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
    language,
    nlu::{
        IntentMatch, MatchedBy, Shape,
        ranking::{CHOICES, in_three},
    },
};

pub(super) fn greet(mut turn: Turn<'_>) -> Step {
    let buttons = starting_points(&mut turn);
    turn.say("greeting_open", &[], Extras { buttons, card: None });
    turn.decide(Decision::Reply, "greeting");
    turn.finish()
}

pub(super) fn hear(mut turn: Turn<'_>, said: &Said, cid: Option<Cid>) -> Step {
    follow_language(&mut turn, said);
    let (text, choice, files) = (said.bubble.clone(), said.choice.clone(), said.files.clone());
    let message = Message { text, choice, files, ..Message::default() };
    turn.append(cid, Author::Shopper, EntryBody::Message(message));
    if turn.state.status == Status::Bot && burst::waits(&turn, said) {
        burst::wait(&mut turn, said);
        return turn.finish();
    }
    if turn.state.status != Status::Assigned {
        take_in(&mut turn, said);
    }
    match turn.state.status {
        Status::Assigned => {
            burst::keep(&mut turn, said);
            timers::owe_an_answer(&mut turn.state, turn.now.at);
            turn.decide(Decision::Kept, "an agent has it");
        }
        Status::Queued | Status::Offered => in_queue(&mut turn, said),
        Status::Closed if is_thanks(&turn, said) => {
            turn.say("thanks_closed", &[], Extras::default());
            turn.decide(Decision::Reply, "thanks after the end");
        }
        Status::Closed => {
            turn.append(None, Author::System, EntryBody::Reopened);
            back_to_bot(&mut turn.state);
            mentions::note(&mut turn, said);
            pictures::count(&mut turn, said);
            answer(&mut turn, said);
        }
        Status::Bot => answer(&mut turn, said),
    }
    turn.finish()
}

/// What was said becomes memory: it is dealt with now, and with it the bubbles before it.
pub(super) fn take_in(turn: &mut Turn<'_>, said: &Said) {
    turn.state.memory.burst = None;
    turn.state.due_at = None;
    feel(turn, said);
    mentions::note(turn, said);
    pictures::count(turn, said);
}

/// The shopper's language is kept until they clearly write in another. A word or two of English inside a Chinese
/// conversation ("ok", "hi", a brand) is no change, nor is a name in Chinese inside an English sentence.
fn follow_language(turn: &mut Turn<'_>, said: &Said) {
    if said.choice.is_none() && said.bubble.chars().any(language::normalise::is_han) {
        turn.state.memory.wrote_chinese = true;
    }
    let Some(lang) = said.understanding.lang.filter(|_| said.choice.is_none()) else { return };
    let words = said.text.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).count();
    // Who has not written Chinese yet may just be on a Chinese page: then only a single word says nothing.
    let borrowed = if turn.state.memory.wrote_chinese { 2 } else { 1 };
    let is_borrowed = match (turn.state.lang.is_chinese(), lang.is_chinese()) {
        (true, false) => words <= borrowed,
        (false, true) => language::is_latin_around_a_name(&said.text),
        _ => false,
    };
    if is_borrowed {
        return;
    }
    turn.state.lang = lang;
}

fn is_thanks(turn: &Turn<'_>, said: &Said) -> bool {
    sure_intent(turn, said).is_some_and(|intent| intent.name == "thanks" || intent.name == "goodbye")
}

fn in_queue(turn: &mut Turn<'_>, said: &Said) {
    let red_line = said.understanding.feelings.alarm();
    if let Some(reason) = red_line
        && urgency(turn, reason).score > turn.state.priority.score
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
    if closed::take_callback(turn, said) {
        turn.state.memory.queue_noted = true;
        return turn.decide(Decision::Kept, "a way to reach them was left");
    }
    timers::owe_an_answer(&mut turn.state, turn.now.at);
    if !turn.state.memory.queue_noted {
        turn.state.memory.queue_noted = true;
        let leave = turn.button("button_leave_queue", Choice::LeaveQueue);
        turn.say("queue_noted", &[], Extras { buttons: vec![leave], card: None });
    }
    turn.decide(Decision::Kept, "waiting for a person");
}

/// The rules, first match wins.
pub(super) fn answer(turn: &mut Turn<'_>, said: &Said) {
    flows::forget_old(turn);
    let heard = &said.understanding;
    if let Some(reason) = heard.feelings.alarm() {
        // Who asks for a person in plain words means that.
        let asked = asks_for_person(turn, said).filter(|_| reason == HandoffReason::Grave);
        return hand_off(turn, said, asked.unwrap_or(reason));
    }
    if let Some(choice) = &said.choice {
        return choose(turn, said, choice);
    }
    if let Some(reason) = asks_for_person(turn, said) {
        return hand_off(turn, said, reason);
    }
    let slow_burn = turn.playbook.thresholds.slow_burn;
    let is_felt = needs_person(turn, said) || turn.state.memory.mood.escalation() >= slow_burn;
    if is_felt && !only_sounds_so(turn, said) {
        return hand_off(turn, said, HandoffReason::Feeling);
    }
    if pictures::answer(turn, said) {
        return;
    }
    match heard.shape {
        // A thumb answers what was asked.
        Shape::Symbols if flows::fills_something(turn, said) => {}
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
    pictures::mention(turn, said);
    let warm = warm_word(turn, said);
    turn.begin_with(warm);
    if requests::serve_each(turn, said) {
        return;
    }
    if !turn.state.memory.flows.is_empty() && flows::take_up(turn, said) {
        return;
    }
    if flows::take_up_refused(turn, said) {
        return;
    }
    if let (Some(yes), Some(article)) = (heard.slots.helped, last_unrated(turn))
        && !is_about_something(turn, said)
    {
        return helpful(turn, said, &article, yes);
    }
    if let Some(name) = flows::wanted(turn, said) {
        return flows::start(turn, said, name);
    }
    reply_or_ask(turn, said);
    flows::resume(turn);
}

/// A red line, or a feeling that needs a person by itself.
pub(super) fn needs_person(turn: &Turn<'_>, said: &Said) -> bool {
    let feelings = &said.understanding.feelings;
    feelings.red_line.is_some() || feelings.escalation >= turn.playbook.thresholds.escalate
}

/// No word tells of a feeling, and something else explains the tone. Words that answer a question tell what is wrong
/// ("actually it is broken"); what has an answer is asked for ("it's over, cancel it").
fn only_sounds_so(turn: &Turn<'_>, said: &Said) -> bool {
    let heard = &said.understanding;
    let is_explained = || {
        let is_calm = turn.state.memory.mood.escalation() < turn.playbook.thresholds.slow_burn;
        let is_answered = heard.articles.first().is_some_and(|best| best.score >= turn.playbook.thresholds.answer);
        is_calm && is_answered
    };
    heard.feelings.words.is_empty() && (flows::fills_something(turn, said) || is_explained())
}

/// The article just given, if nobody said yet whether it helped.
pub(super) fn last_unrated(turn: &Turn<'_>) -> Option<ArticleId> {
    match turn.state.memory.tried.last()? {
        Tried::Answered { article, helped: None, .. } => Some(article.clone()),
        _ => None,
    }
}

/// "That did not help, I want to send it back" is a wish, not a verdict.
fn is_about_something(turn: &Turn<'_>, said: &Said) -> bool {
    let heard = &said.understanding;
    let is_new = |id: &str| last_unrated(turn).as_deref() != Some(id);
    flows::wanted(turn, said).is_some()
        || sure_intent(turn, said).is_some_and(|intent| !is_small_talk(intent))
        || heard.articles.first().is_some_and(|best| {
            best.score >= turn.playbook.thresholds.answer && is_new(&best.id) && turn.article(&best.id).is_some()
        })
}

pub(super) fn asks_for_person(turn: &Turn<'_>, said: &Said) -> Option<HandoffReason> {
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
pub(super) fn sure_intent<'p>(turn: &Turn<'p>, said: &Said) -> Option<&'p Intent> {
    let best = said.understanding.intents.first().filter(|best| is_sure(turn, best))?;
    let intent = turn.playbook.intents.get(&best.name)?;
    (!is_small_talk(intent) || matches!(best.by, MatchedBy::Pattern(_))).then_some(intent)
}

pub(super) fn is_small_talk(intent: &Intent) -> bool {
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
                turn.state.memory.confidence.remove(id);
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
    let confidence = turn.state.memory.confidence.get(article).copied();
    turn.effect(Effect::ArticleOutcome { article: article.to_owned(), helped: yes, confidence });
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
    let related = turn.playbook.flows.related;
    let others: Vec<ArticleId> = turn.state.memory.runners_up.iter().filter(|id| *id != article).cloned().collect();
    let mut buttons: Vec<Button> = others.iter().filter_map(|id| turn.article_button(id)).take(related).collect();
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

/// An answer the bot is sure of, a question when it is not, honesty when there is nothing.
pub(super) fn reply_or_ask(turn: &mut Turn<'_>, said: &Said) {
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
        let related = turn.playbook.flows.related;
        turn.state.memory.runners_up = articles.iter().skip(1).take(related).map(|found| found.id.clone()).collect();
        // Thousandths of 0 to 1.
        let chance = said.understanding.chance_before_outcomes(best);
        turn.state.memory.confidence.insert(best.id.clone(), (chance * 1_000.0) as u32);
        return give_article(turn, said, &best.id, &format!("article {} at {:.2}", best.id, best.score));
    }
    clarify_or_fail(turn, said)
}

/// "Did you mean": the best of articles and intents on one scale, then a person.
fn clarify_or_fail(turn: &mut Turn<'_>, said: &Said) {
    let heard = &said.understanding;
    let articles = heard.articles.iter().filter_map(|found| Some((found.score, turn.article_button(&found.id)?)));
    let intents = heard.intents.iter().filter(|found| asks_something(turn, &found.name));
    let intents = intents.filter_map(|found| Some((found.score, turn.intent_button(&found.name)?)));
    let articles: Vec<(f32, Button)> = articles.take(CHOICES).collect();
    let intents: Vec<(f32, Button)> = intents.take(CHOICES).collect();
    let chance = [&articles, &intents].map(|found| in_three(found.iter().map(|(score, _)| *score)));
    let mut options = [articles, intents].concat();
    options.sort_by(|a, b| b.0.total_cmp(&a.0));
    options.dedup_by(|a, b| a.1.label == b.1.label);
    let least = options.first().map_or(0.0, |(best, _)| best * turn.playbook.thresholds.worth_offering);
    options.retain(|(score, _)| *score >= least);
    if chance.into_iter().fold(0.0, f32::max) < turn.playbook.thresholds.clarify {
        options.clear();
    }
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
    let mut buttons: Vec<Button> = options.into_iter().take(CHOICES).map(|(_, button)| button).collect();
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
    let related = turn.playbook.flows.related;
    let articles = intent.articles.iter().filter_map(|id| turn.article_button(id));
    let mut buttons: Vec<Button> = articles.take(related).collect();
    match intent.name.as_str() {
        "greeting" if turn.state.memory.flows.is_empty() => buttons = starting_points(turn),
        _ if small_talk => {}
        _ => {
            remember_topic(turn, said, &intent.name);
            buttons.push(turn.human_button());
        }
    }
    // These are words of their own, warm where they should be.
    turn.begin_with(None);
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
        let hangs_on_it = said.understanding.slots.leaning;
        preface = Some(turn.words(if hangs_on_it { "answer_in_it" } else { "answer_again" }, &[]));
        let others = turn.state.memory.runners_up.clone();
        let related = turn.playbook.flows.related;
        buttons.extend(others.iter().filter_map(|id| turn.article_button(id)).take(related));
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
pub(super) fn count(turn: &mut Turn<'_>, name: &str) -> u32 {
    let times = turn.state.memory.given.entry(name.to_owned()).or_default();
    *times += 1;
    *times - 1
}

pub(super) fn remember_topic(turn: &mut Turn<'_>, said: &Said, name: &str) {
    if said.choice.is_some() && name.is_empty() {
        return;
    }
    // What names nothing is still about what was said before.
    let topic = turn.state.memory.topic.take().filter(|_| said.understanding.slots.leaning);
    let text = topic.map_or_else(|| said.text.clone(), |topic| topic.text);
    turn.state.memory.topic = Some(Topic { name: name.to_owned(), text });
}

/// Where to go from here: what the shop's shoppers want most, and a person.
pub(super) fn starting_points(turn: &mut Turn<'_>) -> Vec<Button> {
    let names = &turn.playbook.flows.start;
    let mut buttons: Vec<Button> = names.iter().filter_map(|name| turn.intent_button(name)).collect();
    buttons.push(turn.human_button());
    buttons
}
