//! Dialogue scripts: text files that say what a shopper types and what the bot must answer.
//!
//! ```text
//! # title
//! @ zh-Hant
//!
//! > 運費怎麼算            the shopper; `>` alone is an empty message, `{4000 哈}` repeats, `[label]` presses a button
//! >> 我的                 a bubble that another one follows at once
//! >+ 你看                 with a picture; `>+` alone is a picture without words
//! < …                     the bot, further lines indented by two blanks
//!   source: shipping-fee
//!   [有幫助] [不是我要的] [找真人客服]
//! * handoff safety 900    what changed beside the words
//! ! take                  an agent: take, takeover, transfer TEAM, accept, decline, say …, note …, hand back, release, resolve; or it happens:
//!                         give, offer, missed, lost, nobody
//! ```

use super::mind::Mind;
use super::rehearsal::Rehearsal;
use crate::{
    dialogue::{AgentAct, Event, State, Step},
    domain::{
        AgentRef, Author, Card, Draft, EntryBody, FileError, How, Lang, Now, SourceFile, Target, UnixMs, Way, Why,
        entry::Message, order::OrderCard, sentence::Sentence,
    },
    shop::Shop,
};

/// Plays the shopper's and agent's lines of a script and returns the whole transcript as the script should read.
pub fn play(file: &SourceFile, mind: &Mind, shop: &Shop, now: &Now) -> Result<String, FileError> {
    let error =
        |line: usize, message: &str| FileError { path: file.path.clone(), line, message: Sentence::english(message) };
    let mut lines = file.text.lines().enumerate().map(|(index, line)| (index + 1, line));
    let title = lines.next().filter(|(_, line)| line.starts_with("# "));
    let (_, title) = title.ok_or_else(|| error(1, "a script begins with a title line, \"# …\""))?;
    let lang = lines.next().and_then(|(_, line)| line.strip_prefix("@ ")).and_then(|tag| tag.parse::<Lang>().ok());
    let lang = lang.ok_or_else(|| error(2, "the second line names the language, such as \"@ zh-Hant\""))?;

    let mut rehearsal = Rehearsal::new(mind, shop, lang, now.clone());
    let agent = AgentRef { id: "agent".into(), name: "Ann".into() };
    let mut transcript = vec![title.to_owned(), format!("@ {lang}"), String::new()];
    for (number, line) in lines {
        let step = if let Some(text) = line.strip_prefix(">>") {
            rehearsal.send(&unrolled(text.strip_prefix(' ').unwrap_or(text)), None)
        } else if let Some(text) = line.strip_prefix(">+") {
            rehearsal.show(text.trim())
        } else if let Some(text) = line.strip_prefix('>') {
            let text = text.strip_prefix(' ').unwrap_or(text);
            match text.strip_prefix('[').and_then(|label| label.strip_suffix(']')) {
                Some(label) => rehearsal.press(label).ok_or_else(|| {
                    let there: Vec<&str> = rehearsal.buttons.iter().map(|button| button.label.as_str()).collect();
                    error(number, &format!("no button [{label}] here; there are {there:?}"))
                })?,
                None => rehearsal.say(&unrolled(text), None),
            }
        } else if let Some(act) = line.strip_prefix("! ") {
            let epoch = rehearsal.state.assign_epoch;
            let by_agent = |act| Event::Agent { agent: agent.clone(), act };
            let event = match act.split_once(' ').unwrap_or((act, "")) {
                ("lost", _) => Event::AgentLost { epoch },
                ("nobody", _) => Event::NobodyOnline,
                ("take", _) => by_agent(AgentAct::Take { leaves_team: false }),
                ("offer", _) => given(&rehearsal.state, &agent, Some(now.at + OFFER_MS)),
                ("give", _) => given(&rehearsal.state, &agent, None),
                ("missed", _) => Event::OfferMissed { epoch },
                ("accept", _) => by_agent(AgentAct::Accept { epoch }),
                ("decline", _) => by_agent(AgentAct::Decline { epoch }),
                ("say", text) => by_agent(AgentAct::Say { epoch, text: text.into(), files: Vec::new(), despite: None }),
                ("note", text) => by_agent(AgentAct::Note { text: text.into(), mentions: Vec::new() }),
                ("hand", "back") => by_agent(AgentAct::HandBack { epoch }),
                ("transfer", team) => by_agent(AgentAct::Transfer {
                    epoch,
                    to: Target::Team(team.into()),
                    note: "Please look".into(),
                    leaves_team: false,
                }),
                ("takeover", _) => {
                    let boss = AgentRef { id: "boss".into(), name: "Bo".into() };
                    Event::Agent { agent: boss, act: AgentAct::TakeOver { epoch } }
                }
                ("release", _) => by_agent(AgentAct::Release { epoch }),
                ("resolve", _) => by_agent(AgentAct::Resolve { epoch, wrap_up: None }),
                _ => {
                    let known = "it can be: take, takeover, transfer TEAM, give, offer, accept, decline, missed, say …, note …, hand back, release, \
                                 resolve, lost, nobody";
                    return Err(error(number, known));
                }
            };
            rehearsal.take(event)
        } else {
            continue;
        };
        transcript.push(line.trim_end().to_owned());
        transcript.extend(answer(&step));
        transcript.push(String::new());
    }
    while transcript.last().is_some_and(String::is_empty) {
        transcript.pop();
    }
    Ok(transcript.join("\n") + "\n")
}

/// Long enough for a script.
const OFFER_MS: UnixMs = 30_000;

fn given(state: &State, agent: &AgentRef, until: Option<UnixMs>) -> Event {
    let priority = state.priority.clone();
    let why = Why { how: How::Given, way: Some(Way::LeastLoaded), waited_ms: None, priority, load: None };
    Event::Given { agent: agent.clone(), why: Box::new(why), until, leaves_team: false }
}

/// `{4000 text}` is text repeated up to that many characters.
fn unrolled(text: &str) -> String {
    let repeated = text.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')).and_then(|inner| {
        let (length, text) = inner.split_once(' ')?;
        Some(text.chars().cycle().take(length.parse().ok()?).collect())
    });
    repeated.unwrap_or_else(|| text.to_owned())
}

fn answer(step: &Step) -> Vec<String> {
    let mut lines: Vec<String> = step.drafts.iter().flat_map(|draft| draft_lines(draft, step.state.lang)).collect();
    if let Some(refusal) = &step.refused {
        lines.push(format!("* refused {refusal:?}"));
    }
    lines
}

fn draft_lines(draft: &Draft, lang: Lang) -> Vec<String> {
    match &draft.body {
        EntryBody::Message(message) if draft.author == Author::Bot => message_lines(message),
        EntryBody::Message(_) | EntryBody::Note(_) => Vec::new(),
        EntryBody::Handoff { reason, priority, brief } => {
            let reason = serde_json::to_value(reason).unwrap_or_default();
            let wants = brief.wants_text.as_deref().unwrap_or("-");
            let wants: String = wants.chars().take(40).collect();
            let order = brief.order.as_deref().unwrap_or("-");
            let mut lines = vec![format!(
                "* handoff {} {} | order {order} | wants {wants} | tried {}",
                reason.as_str().unwrap_or_default(),
                priority.score,
                brief.tried.len()
            )];
            if brief.pictures > 0 {
                lines.push(format!("  pictures: {}", brief.pictures));
            }
            if !brief.mentioned.is_empty() {
                let mentioned = brief.mentioned.iter().filter_map(|mention| serde_json::to_value(mention).ok());
                let words = mentioned.map(|mention| {
                    let part = |name: &str| mention[name].as_str().unwrap_or_default().to_owned();
                    format!("{} {}", part("what"), part("value"))
                });
                lines.push(format!("  mentioned: {}", words.collect::<Vec<_>>().join(" | ")));
            }
            lines
                .extend(brief.next_step.as_ref().and_then(|step| step.get(lang)).map(|step| format!("  next: {step}")));
            lines
        }
        EntryBody::Offered { .. } => vec!["* offered".into()],
        EntryBody::Assigned { .. } => vec!["* assigned".into()],
        EntryBody::HandedBack { .. } => vec!["* handed back".into()],
        EntryBody::Requeued { .. } => vec!["* requeued".into()],
        EntryBody::Sla { owed, breach, .. } => {
            vec![format!("* sla {owed:?} {}", if *breach { "broken" } else { "warning" })]
        }
        EntryBody::Prioritised { level, .. } => vec![format!("* priority {level:?}")],
        EntryBody::Alert { reason, priority, .. } => {
            let reason = serde_json::to_value(reason).unwrap_or_default();
            vec![format!("* alert {} {}", reason.as_str().unwrap_or_default(), priority.score)]
        }
        EntryBody::RuleFired { rule, .. } => vec![format!("* rule {rule}")],
        EntryBody::WrappedUp(_) => vec!["* wrapped up".into()],
        EntryBody::Tagged { .. } => vec!["* tagged".into()],
        EntryBody::Closed { .. } => vec!["* closed".into()],
        EntryBody::RatingAsked(asked) => vec![format!("* asked for a rating: {}", asked.text)],
        EntryBody::Rated(rated) => vec![format!("* rated {}", rated.score)],
        EntryBody::FollowUp(_) => vec!["* follow-up".into()],
        EntryBody::Edited { .. } => vec!["* edited".into()],
        EntryBody::Redacted { .. } => vec!["* redacted".into()],
        EntryBody::CallBackAsked { way, .. } => vec![format!("* wants to be reached by {way:?}")],
        EntryBody::CalledBack => vec!["* called back".into()],
        EntryBody::Reopened => vec!["* reopened".into()],
        EntryBody::ReturnOpened { number, order, pictures: 0 } => vec![format!("* return {number} of {order}")],
        EntryBody::ReturnOpened { number, order, pictures } => {
            vec![format!("* return {number} of {order}, {pictures} pictures")]
        }
    }
}

fn message_lines(message: &Message) -> Vec<String> {
    let mut lines: Vec<String> = message
        .text
        .lines()
        .enumerate()
        .map(|(index, line)| if index == 0 { format!("< {line}") } else { format!("  {line}") })
        .map(|line| line.trim_end().to_owned())
        .collect();
    if let Some(source) = &message.source {
        lines.push(format!("  source: {} ({})", source.article, source.lang));
    }
    match &message.card {
        Some(Card::Order(OrderCard { number, state, parcels, .. })) => {
            lines.push(format!("  card: order {number}, {}, {} parcels", state.as_str(), parcels.len()));
        }
        Some(Card::Return(card)) => lines.push(format!("  card: return {} until {}", card.number, card.send_by)),
        None => {}
    }
    if !message.buttons.is_empty() {
        let labels: Vec<String> = message.buttons.iter().map(|button| format!("[{}]", button.label)).collect();
        lines.push(format!("  {}", labels.join(" ")));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::unrolled;

    #[test]
    fn a_long_message_is_written_short() {
        assert_eq!(unrolled("{5 ab}"), "ababa");
        assert_eq!(unrolled("{not a number}"), "{not a number}");
    }
}
