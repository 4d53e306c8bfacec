//! `warmline test-knowledge`: the regression set of the knowledge base, in the terminal and for scripts.

use std::process::ExitCode;

use clap::Args;

use super::known;
use crate::{
    config::Settings,
    domain::Expects,
    error::Failure,
    service::knowledge_tests::{Checked, Verdict, check},
};

/// Asks every question of the regression set of the bot as it is in the database, and says which answers are not what
/// they must be. Exit code 1 when one fails.
#[derive(Args)]
pub struct TestKnowledgeArgs {
    /// Every test with what came of it, as JSON
    #[arg(long)]
    json: bool,
}

pub async fn test_knowledge(settings: Settings, args: TestKnowledgeArgs) -> Result<ExitCode, Failure> {
    let known = known::load(&settings).await?;
    let tests = known::tests(&settings).await?;
    let results = check(&known.mind, &known.shop, &tests, &known.now);
    if args.json {
        let json = serde_json::to_string_pretty(&results).map_err(|error| Failure::Other(error.to_string()))?;
        println!("{json}");
    } else {
        print(&results);
    }
    let failed = results.iter().any(|checked| checked.verdict == Verdict::Failed);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn print(results: &[Checked]) {
    for Checked { test, verdict, got } in results {
        let mark = match verdict {
            Verdict::Passed => continue,
            Verdict::Asked => "asks ",
            Verdict::Failed => "FAILS",
        };
        let wanted = match &test.expects {
            Expects::Article(id) => format!("the article {id}"),
            Expects::Intent(name) => format!("the intent {name}"),
            Expects::Nothing => "no answer".to_owned(),
        };
        let article = got.article.as_ref().map_or_else(|| got.choices.join(", "), Clone::clone);
        println!(
            "{mark} {} [{}]: expected {wanted}, got {} {article}",
            test.question,
            test.lang,
            got.decision.as_str()
        );
    }
    let count = |verdict| results.iter().filter(|checked| checked.verdict == verdict).count();
    let (passed, asked, failed) = (count(Verdict::Passed), count(Verdict::Asked), count(Verdict::Failed));
    println!("{} tests: {passed} passed, {asked} ask which is meant, {failed} failed", results.len());
}
