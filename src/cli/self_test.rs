//! `warmline self-test`: what a publish makes the server find out about the articles, in the terminal.

use std::process::ExitCode;

use clap::Args;

use super::known;
use crate::{
    config::Settings,
    error::Failure,
    service::self_test::{SelfTest, examine},
};

/// Asks every similar question as if it were not there: which articles would still be found, which are taken for each
/// other, which have fewer than three. Uses the articles of the data folder where there is one, else those of the files.
#[derive(Args)]
pub struct SelfTestArgs {
    /// As JSON, as `GET /api/self-test` answers it
    #[arg(long)]
    json: bool,
}

/// Articles and pairs shown as text; `--json` shows all.
const SHOWN: usize = 15;

pub async fn self_test(settings: Settings, args: SelfTestArgs) -> Result<ExitCode, Failure> {
    let known = known::load(&settings).await?;
    let Some(test) = examine(&known.mind, 0, known.now.at, || false) else {
        return Err(Failure::Other("The self-test was stopped.".to_owned()));
    };
    if args.json {
        let json = serde_json::to_string_pretty(&test).map_err(|error| Failure::Other(error.to_string()))?;
        println!("{json}");
    } else {
        print(&test);
    }
    Ok(ExitCode::SUCCESS)
}

fn print(test: &SelfTest) {
    println!(
        "{} phrasings, {} asked as if they were not there: {} find their article first, {} among the first three",
        test.phrasings, test.asked, test.first, test.in_three
    );
    println!("{} would have been answered, {} of them rightly", test.answered, test.answered_rightly);
    println!("\nleast found");
    for article in test.articles.iter().take(SHOWN).filter(|article| article.first < article.asked) {
        let (name, asked, first) = (&article.article, article.asked, article.first);
        println!("  {name}: {first} of {asked} first, {} among three", article.in_three);
    }
    println!("\ntaken for each other");
    for pair in test.confusable.iter().take(SHOWN) {
        println!("  {} → {} ({} times, surest {:.2})", pair.article, pair.other, pair.mistaken, pair.chance);
        println!("      {} | {}", pair.phrasing, pair.drawn_by);
    }
    println!("\nfewer than three similar questions: {}", test.too_few.len());
    for few in test.too_few.iter().take(SHOWN) {
        println!("  {} [{}]: {}", few.article, few.lang, few.questions);
    }
}
