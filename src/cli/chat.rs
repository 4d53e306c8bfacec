//! `warmline chat`: the bot in a terminal, here or at a running server.

use std::{process::ExitCode, time::Duration};

use clap::Args;
use tokio::io::{AsyncBufReadExt, BufReader, Lines, Stdin};

use super::{
    client::{ServerUrl, Shopper},
    known,
};
use crate::{
    config::Settings,
    domain::{Author, Button, Card, Choice, EntryBody, Lang},
    error::Failure,
    service::rehearsal::Rehearsal,
    web::frames::{Item, ItemBody},
};

/// Talk to the bot. Type a message and press return; a number presses the quick reply of that number; an empty line
/// with Ctrl-D ends. Without --url the bot runs here and forgets everything afterwards.
#[derive(Args)]
pub struct ChatArgs {
    /// The language the widget is opened in
    #[arg(long, default_value = "zh-Hant")]
    lang: Lang,
    /// A running server, such as http://127.0.0.1:8080
    #[arg(long)]
    url: Option<ServerUrl>,
    /// Also say which rule won
    #[arg(long, conflicts_with = "url")]
    why: bool,
}

pub async fn chat(settings: Settings, args: ChatArgs) -> Result<ExitCode, Failure> {
    let mut typed = Typed { lines: BufReader::new(tokio::io::stdin()).lines(), buttons: Vec::new() };
    match &args.url {
        Some(url) => there(url, args.lang, &mut typed).await.map_err(Failure::Other)?,
        None => here(settings, &args, &mut typed).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// What the person types, with the quick replies they may press by number.
struct Typed {
    lines: Lines<BufReader<Stdin>>,
    buttons: Vec<Button>,
}

impl Typed {
    /// Text and what it means; `None` at the end of the input.
    async fn next(&mut self) -> Option<(String, Option<Choice>)> {
        let line = self.lines.next_line().await.ok().flatten()?;
        let pressed = line.trim().parse::<usize>().ok().and_then(|number| self.buttons.get(number.checked_sub(1)?));
        Some(match pressed {
            Some(button) => (button.label.clone(), Some(button.choice.clone())),
            None => (line, None),
        })
    }

    fn offer(&mut self, buttons: Vec<Button>) {
        for (number, button) in (1..).zip(&buttons) {
            println!("    [{number}] {}", button.label);
        }
        self.buttons = buttons;
    }
}

async fn here(settings: Settings, args: &ChatArgs, typed: &mut Typed) -> Result<(), Failure> {
    let known = known::load(&settings).await?;
    let mut rehearsal = Rehearsal::new(&known.mind, &known.shop, args.lang, known.now);
    let mut step = rehearsal.open();
    loop {
        for draft in step.drafts.iter().filter(|draft| draft.author != Author::Shopper) {
            show_entry(&draft.author, &draft.body, "");
        }
        if args.why {
            println!("    ({}: {})", step.decision.as_str(), step.notes.join("; "));
        }
        typed.offer(rehearsal.buttons.clone());
        let Some((text, choice)) = typed.next().await else { return Ok(()) };
        step = rehearsal.say(&text, choice);
    }
}

async fn there(url: &ServerUrl, lang: Lang, typed: &mut Typed) -> Result<(), String> {
    /// The socket says nothing for long while nobody types.
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let mut shopper = Shopper::arrive(url, lang).await?;
    for item in shopper.arrived() {
        show_item(&item, typed);
    }
    loop {
        tokio::select! {
            said = typed.next() => match said {
                Some((text, choice)) => {
                    shopper.say(&text, choice).await?;
                }
                None => break,
            },
            item = shopper.next(DAY) => show_item(&item?, typed),
            () = tokio::time::sleep(Duration::from_secs(20)) => shopper.ping().await?,
        }
    }
    // The input was a file: show the answers that are still on their way.
    while let Ok(item) = shopper.next(Duration::from_secs(1)).await {
        show_item(&item, typed);
    }
    shopper.leave().await;
    Ok(())
}

fn show_item(item: &Item, typed: &mut Typed) {
    if item.author == Author::Shopper {
        return;
    }
    match &item.body {
        ItemBody::Whole(body) => {
            show_entry(&item.author, body, "");
            if let EntryBody::Message(message) = body {
                typed.offer(message.buttons.clone());
            }
        }
        ItemBody::Happened { .. } => println!("  * handed to a person"),
    }
}

/// One entry as lines of text.
pub fn show_entry(author: &Author, body: &EntryBody, indent: &str) {
    let who = match author {
        Author::Shopper => "shopper",
        Author::Bot => "bot",
        Author::Agent(agent) => &agent.name,
        Author::System => "*",
    };
    match body {
        EntryBody::Message(message) => {
            for (at, line) in message.text.lines().enumerate() {
                let who = if at == 0 { format!("{who}:") } else { String::new() };
                println!("{indent}{who:9} {line}");
            }
            if let Some(source) = &message.source {
                println!("{indent}{:9} — {} [{}, {}]", "", source.title, source.article, source.lang);
            }
            match &message.card {
                Some(Card::Order(order)) => println!(
                    "{indent}{:9} order {}: {}, {} items, {} parcels",
                    "",
                    order.number,
                    order.state.as_str(),
                    order.items.len(),
                    order.parcels.len()
                ),
                Some(Card::Return(card)) => {
                    println!("{indent}{:9} return {}: {}, send by {}", "", card.number, card.item, card.send_by);
                }
                None => {}
            }
        }
        EntryBody::Handoff { reason, priority, brief } => {
            println!("{indent}{:9} handed to a person: {reason:?}, priority {}", "*", priority.score);
            println!("{indent}{:9} brief: {}", "", serde_json::to_string(brief).unwrap_or_default());
        }
        EntryBody::Note(note) => println!("{indent}{who:9} note: {}", note.text),
        EntryBody::Offered { agent, .. } => println!("{indent}{:9} offered to {}", "*", agent.name),
        EntryBody::Assigned { agent, .. } => println!("{indent}{:9} {} has it", "*", agent.name),
        EntryBody::HandedBack { .. } => println!("{indent}{:9} back to the bot", "*"),
        EntryBody::Requeued { .. } => println!("{indent}* back in the queue"),
        EntryBody::Sla { owed, breach, .. } => println!("{indent}{:9} {owed:?}, broken: {breach}", "*"),
        EntryBody::Prioritised { level, .. } => println!("{indent}{:9} {level:?} priority", "*"),
        EntryBody::Alert { reason, .. } => println!("{indent}{:9} alert: {reason:?}", "*"),
        EntryBody::RuleFired { rule, .. } => println!("{indent}{:9} rule: {rule}", "*"),
        EntryBody::WrappedUp(said) => println!("{indent}{:9} wrapped up: {said:?}", "*"),
        EntryBody::Tagged { added, removed } => println!("{indent}{:9} tags +{added:?} -{removed:?}", "*"),
        EntryBody::RatingAsked(asked) => println!("{indent}{:9} {}", "*", asked.text),
        EntryBody::Rated(rated) => println!("{indent}{:9} rated {}", "*", rated.score),
        EntryBody::FollowUp(news) => println!("{indent}{:9} follow-up: {:?}", "*", news.what),
        EntryBody::Edited { target, .. } => println!("{indent}{:9} entry {target} has other words", "*"),
        EntryBody::Redacted { target, .. } => println!("{indent}{:9} entry {target} has no words any more", "*"),
        EntryBody::CallBackAsked { way, .. } => println!("{indent}{:9} to be reached by {way:?}", "*"),
        EntryBody::CalledBack => println!("{indent}{:9} called back", "*"),
        EntryBody::Closed { .. } => println!("{indent}{:9} closed", "*"),
        EntryBody::Reopened => println!("{indent}{:9} open again", "*"),
        EntryBody::ReturnOpened { number, order, .. } => {
            println!("{indent}{:9} return {number} of {order} opened", "*")
        }
    }
}
