//! Conversations on which a change of the flows is practised before it goes live: dialogue scripts, played on the demo
//! shop's orders, with the playbook as it is and as it would be.

use serde::Serialize;

use super::{mind::Mind, replay::in_parallel, script, seeds};
use crate::domain::{Now, SourceFile};

macro_rules! scripts {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../tests/it/dialogues/", $name, ".txt")))),*]
    };
}

/// Of the scripts that hold the bot itself, those that walk through the flows. In the binary, as a shop has no tests.
const SCRIPTS: [(&str, &str); 10] = scripts![
    "hant_no_order_number",
    "hans_order_three_times",
    "hans_two_parcels_one_late",
    "en_large_order_three_parcels",
    "hans_two_orders_one_mail",
    "hant_return_whole_flow",
    "hans_return_both_items",
    "hant_exchange_wanted_asked",
    "en_return_day_nine_then_faulty",
    "hans_topic_change_and_back",
];

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Practice {
    /// Conversations that were played.
    pub of: usize,
    /// Those that would read otherwise.
    pub changed: Vec<Differing>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Differing {
    pub title: String,
    /// The transcript, as in a script.
    pub before: String,
    pub after: String,
}

pub fn practise(before: &Mind, after: &Mind, now: &Now) -> Practice {
    let Ok(shop) = seeds::demo_shop() else { return Practice { of: 0, changed: Vec::new() } };
    let files = SCRIPTS.map(|(name, text)| SourceFile { path: name.to_owned(), text: text.to_owned() });
    let played = in_parallel(&files, |file| {
        // Where a button is gone that the script presses, the transcript says so in its place.
        let read =
            |mind: &Mind| script::play(file, mind, &shop, now).unwrap_or_else(|error| format!("{}\n", error.message));
        (read(before), read(after))
    });
    let differing = |(file, (before, after)): (&SourceFile, (String, String))| {
        let title = file.text.lines().next().unwrap_or_default().trim_start_matches("# ").to_owned();
        (before != after).then_some(Differing { title, before, after })
    };
    Practice { of: files.len(), changed: files.iter().zip(played).filter_map(differing).collect() }
}
