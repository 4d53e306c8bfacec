//! `warmline ask`: what the bot would do with one message, and why.

use std::process::ExitCode;

use clap::Args;

use super::{chat::show_entry, known};
use crate::{
    config::Settings,
    domain::Lang,
    error::Failure,
    nlu::{By, MatchedBy, Understanding},
    service::{
        ask::{self, Reason},
        mind::VectorsOf,
    },
};

/// Prints what the bot would do with a new shopper's first message, and why: the decision and the rule that won,
/// matched intents and articles with their scores and features, thresholds, slots, feelings, and the words it
/// would say. Uses the articles of the data folder where there is one, else those of the files.
#[derive(Args)]
pub struct AskArgs {
    /// The message
    text: String,
    /// The language the widget is opened in
    #[arg(long, default_value = "zh-Hant")]
    lang: Lang,
    /// As JSON, as `POST /api/ask` answers it
    #[arg(long)]
    json: bool,
}

/// Candidates shown as text; `--json` shows all.
const SHOWN: usize = 5;

pub async fn ask(settings: Settings, args: AskArgs) -> Result<ExitCode, Failure> {
    let known = known::load(&settings).await?;
    let reason = ask::ask(&known.mind, &known.shop, &args.text, args.lang, known.now);
    if args.json {
        let json = serde_json::to_string_pretty(&reason).map_err(|error| Failure::Other(error.to_string()))?;
        println!("{json}");
    } else {
        print(&reason);
    }
    Ok(ExitCode::SUCCESS)
}

fn print(reason: &Reason) {
    println!("decision    {} (answers in {})", reason.decision.as_str(), reason.lang);
    for note in &reason.notes {
        println!("because     {note}");
    }
    let thresholds = reason.thresholds;
    println!(
        "thresholds  answer {:.2}  clarify {:.2}  escalate {:.2}",
        thresholds.answer, thresholds.clarify, thresholds.escalate
    );
    let vectors = match reason.vectors_of {
        VectorsOf::Server => "of the embeddings server",
        VectorsOf::Binary => "of the model in this binary",
        VectorsOf::Nobody => "none: words alone",
    };
    println!("vectors     {vectors}");
    print_understanding(&reason.understanding);
    println!("\nentries");
    for draft in &reason.entries {
        show_entry(&draft.author, &draft.body, "  ");
    }
}

fn print_understanding(understood: &Understanding) {
    let lang = understood.lang.map_or("cannot tell", Lang::tag);
    println!("language    {lang}, {:?}", understood.shape);
    for (at, found) in understood.articles.iter().take(SHOWN).enumerate() {
        let label = if at == 0 { "articles" } else { "" };
        println!("{label:11} {:.2}  {}  [{}: {}]", found.score, found.id, found.lang, found.phrasing);
        println!("{:11}       {:?}", "", found.features);
    }
    for shift in &understood.shifts {
        let on = if shift.by == By::Agreement { "the first article" } else { "all articles" };
        println!("shifted     {:+.2} log-odds on {on}: {} ({:?})", shift.log_odds, shift.why, shift.by);
    }
    for (at, found) in understood.intents.iter().take(SHOWN).enumerate() {
        let label = if at == 0 { "intents" } else { "" };
        let by = match &found.by {
            MatchedBy::Pattern(text) => format!("pattern {text}"),
            MatchedBy::Example(text) => format!("example {text}"),
            MatchedBy::Cue(text) => format!("words {text}"),
        };
        println!("{label:11} {:.2}  {}  [{by}]", found.score, found.name);
    }
    println!("slots       {:?}", understood.slots);
    let feelings = &understood.feelings;
    println!(
        "feelings    anger {:.2}  anxiety {:.2}  disappointment {:.2}  urgency {:.2}  escalation {:.2}{}{}",
        feelings.feeling.anger,
        feelings.feeling.anxiety,
        feelings.feeling.disappointment,
        feelings.feeling.urgency,
        feelings.escalation,
        feelings.red_line.map_or(String::new(), |line| {
            format!("  red line: {line:?}, by its {}", if feelings.by_meaning { "meaning alone" } else { "words" })
        }),
        if feelings.words.is_empty() { String::new() } else { format!("  ({})", feelings.words.join(", ")) },
    );
}
