//! What supervisors are told is stored with the turn and stays until somebody has dealt with it; and the rules' file
//! changes under whoever was first.

use super::*;
use warmline::{
    domain::{
        HandoffReason,
        audit::Change,
        playbook::SourceFile,
        turn::{Effect, News},
    },
    store::{
        audit, notices,
        playbook_files::{self, FileChange, FileSaved, FilesSaved},
    },
};

on_both_databases! {
    a_notice_comes_with_its_turn_and_ends_once,
    a_poor_rating_is_dealt_with_by_who_takes_it_and_an_alert_is_not,
    of_two_who_change_a_file_one_is_told,
}

async fn a_notice_comes_with_its_turn_and_ends_once(store: Fresh) {
    let mut known = conversation(&store, "ann").await;
    for (at, rule) in [(NOON + 1, "late"), (NOON + 2, "late"), (NOON + 2, "storm")] {
        let mut commit = turn(&known, None, vec![says("…", None)]);
        commit.at = at;
        commit.effects = vec![Effect::Notify(News::Rule { rule: rule.into(), text: "颱風".into() })];
        known = done(&store, commit).await;
    }
    let open = notices::open(&store).await.unwrap();
    assert_eq!(open.iter().map(|notice| notice.at).collect::<Vec<_>>(), [NOON + 2, NOON + 2, NOON + 1]);
    let told = News::Rule { rule: "late".into(), text: "颱風".into() };
    assert_eq!((&open[2].news, &open[2].who), (&told, &None));
    let by = maya().id;
    assert_eq!(notices::end(&store, &known.id, &by, NOON + 9).await.unwrap(), 3);
    assert_eq!(notices::end(&store, &known.id, &by, NOON + 9).await.unwrap(), 0);
    assert_eq!(notices::open(&store).await.unwrap(), []);
}

async fn a_poor_rating_is_dealt_with_by_who_takes_it_and_an_alert_is_not(store: Fresh) {
    let known = conversation(&store, "ann").await;
    let mut commit = turn(&known, None, vec![says("…", None)]);
    let alert = News::Alert { reason: HandoffReason::Legal };
    commit.effects = vec![Effect::Notify(alert.clone()), Effect::Notify(News::LowRating { score: 1 })];
    let known = done(&store, commit).await;
    let open = async || {
        let found = notices::open(&store).await.unwrap();
        found.into_iter().map(|notice| notice.news).collect::<Vec<_>>()
    };
    assert_eq!(open().await.len(), 2);
    assert!(open().await.contains(&News::LowRating { score: 1 }));
    let mut commit = turn(&known, None, vec![says("…", None)]);
    commit.effects = vec![Effect::TakeFollowUp { resolution: 1, owner: maya().id }];
    done(&store, commit).await;
    assert_eq!(open().await, [alert]);
}

async fn of_two_who_change_a_file_one_is_told(store: Fresh) {
    let file = |text: &str| SourceFile { path: "playbook/rules.toml".into(), text: text.into() };
    let replace = async |base: Option<&str>, text: &str| {
        let (base, change) = (base.map(str::to_owned), Change::of_file(maya(), NOON));
        let wish = FileChange { file: file(text), base, why: String::new(), change };
        playbook_files::replace_one(&store, wish).await.unwrap()
    };
    assert_eq!(replace(Some("other"), "one").await, FileSaved::Conflict(None), "there is none");
    assert_eq!(replace(None, "one").await, FileSaved::Done);
    let read = playbook_files::stored_all(&store).await.unwrap();
    assert_eq!(replace(Some("one"), "two").await, FileSaved::Done);
    assert_eq!(replace(Some("one"), "three").await, FileSaved::Conflict(Some("two".into())), "somebody was faster");
    // Who read it by its version before is told as well, on whichever page it was changed.
    let late = playbook_files::save(&store, &read, vec![file("four")], Change::of_file(maya(), NOON)).await.unwrap();
    assert!(matches!(late, FilesSaved::Conflict(now) if now.text == "two" && now.version == 2));
    assert_eq!(audit::list(&store, i64::MAX, 9).await.unwrap().len(), 2, "each change is written down");
    assert_eq!(playbook_files::all(&store).await.unwrap(), [file("two")]);
}
