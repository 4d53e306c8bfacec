//! Gaps: kept once however often they are read, moved whole, decided by people.

use super::*;
use warmline::{
    desk::gaps::Why,
    domain::Role,
    service::accounts,
    store::gaps::{self, Decision, Found, Gap, Question, State},
};
use warmline_vectors::{DIMENSIONS, Vector, groups::Group};

on_both_databases! {
    what_was_read_is_kept_once_and_not_over_somebody_elses_change,
    gaps_are_merged_assigned_dismissed_and_drafted,
}

fn gap(id: &str, axis: usize) -> Gap {
    let vector: Vector = Box::new(std::array::from_fn(|at| if at == axis { 1.0 } else { 0.0 }));
    assert!(axis < DIMENSIONS);
    Gap {
        id: id.into(),
        title: format!("{id}?"),
        lang: Lang::En,
        state: State::Open,
        owner: None,
        article: None,
        group: Group::of(&vector),
        created_at: NOON,
        updated_at: NOON,
        updated_by: None,
    }
}

fn asked(conv: &Conversation, seq: i64, at: UnixMs, gap: &str) -> Question {
    Question {
        conv: conv.id.clone(),
        seq,
        at,
        lang: Lang::En,
        text: format!("what about {gap}"),
        why: Why::Unanswered,
        urgency: 100,
        feeling: 301,
        gap: gap.into(),
    }
}

async fn what_was_read_is_kept_once_and_not_over_somebody_elses_change(store: Fresh) {
    let ann = conversation(&store, "ann").await;
    let ann = done(&store, turn(&ann, None, vec![says("what about fees", None), answers("?")])).await;
    let ben = conversation(&store, "ben").await;
    let ben = done(&store, turn(&ben, None, vec![says("and gifts", None)])).await;
    let names = async |until| {
        let found = gaps::behind(&store, 0, until, 9).await.unwrap();
        found.into_iter().map(|one| (one.conv.0, one.read, one.head)).collect::<Vec<_>>()
    };
    assert_eq!(names(NOON).await, []);
    assert_eq!(names(NOON + 1).await, [("ann".into(), 0, 2), ("ben".into(), 0, 1)]);

    let found = Found {
        read: vec![(ann.id.clone(), 2)],
        questions: vec![asked(&ann, 1, NOON, "fees"), asked(&ben, 1, NOON - 9, "fees")],
        gaps: vec![gap("fees", 0)],
        joined: vec![],
    };
    assert!(gaps::keep(&store, 0, found.clone()).await.unwrap());
    assert!(!gaps::keep(&store, 0, found.clone()).await.unwrap(), "seen before the change");
    assert_eq!(gaps::changes(&store).await.unwrap(), 1);
    assert_eq!(names(NOON + 1).await, [("ben".into(), 0, 1)]);
    let mut worse = found;
    worse.questions.truncate(1);
    worse.questions[0].why = Why::HandedOff;
    assert!(gaps::keep(&store, 1, worse).await.unwrap());
    assert_eq!(gaps::known(&store, &ann.id).await.unwrap(), [(1, "fees".into(), Why::HandedOff)]);
    assert_eq!(gaps::all(&store).await.unwrap(), [gap("fees", 0)]);

    let figures = gaps::figures(&store, NOON, NOON - 10).await.unwrap();
    assert_eq!(figures.len(), 1);
    let one = &figures[0];
    assert_eq!((one.reach, one.questions, one.urgency, one.feeling, one.last_at), (2, 2, 100, 301, NOON));
    assert_eq!((one.recent, one.before, one.unanswered, one.handed_off), (1, 1, 1, 1));
    let found = gaps::questions(&store, "fees", 9).await.unwrap();
    assert_eq!(found.iter().map(|one| one.conv.as_str()).collect::<Vec<_>>(), ["ann", "ben"]);
}

async fn gaps_are_merged_assigned_dismissed_and_drafted(store: Fresh) {
    let ann = conversation(&store, "ann").await;
    let found = Found {
        questions: vec![asked(&ann, 1, NOON, "fees"), asked(&ann, 2, NOON, "postage")],
        gaps: vec![gap("fees", 0), gap("postage", 1), gap("gifts", 2)],
        ..Found::default()
    };
    assert!(gaps::keep(&store, 0, found).await.unwrap());
    let iris = accounts::add(&store, "iris@desk.example", "Iris", Role::Editor, "correct horse battery", NOON)
        .await
        .unwrap()
        .expect("an account");
    let by = || "Iris".to_owned();
    assert!(gaps::decide(&store, "fees", Decision::Assign(Some(iris.id.clone())), by(), NOON).await.unwrap());
    assert!(gaps::decide(&store, "gifts", Decision::Dismiss, by(), NOON).await.unwrap());
    assert!(!gaps::decide(&store, "none", Decision::Dismiss, by(), NOON).await.unwrap());
    assert!(!gaps::merge(&store, "fees", "fees", by(), NOON).await.unwrap());
    assert!(gaps::merge(&store, "postage", "fees", by(), NOON + 5).await.unwrap());
    assert!(!gaps::merge(&store, "postage", "gifts", by(), NOON).await.unwrap(), "merged by now");

    let all = gaps::all(&store).await.unwrap();
    let states: Vec<_> = all.iter().map(|gap| (gap.id.as_str(), gap.state, gap.group.size())).collect();
    assert_eq!(states, [("fees", State::Open, 2), ("gifts", State::Dismissed, 1)]);
    assert_eq!(all[0].owner, Some(iris.id));
    let (gone, into) = gaps::load(&store, "postage").await.unwrap().expect("it is there");
    assert_eq!((gone.state, into.as_deref()), (State::Merged, Some("fees")));
    assert_eq!(gaps::questions(&store, "fees", 9).await.unwrap().len(), 2);

    warmline::store::articles::import(&store, vec![super::help::article("fee")], NOON).await.unwrap();
    assert!(gaps::decide(&store, "fees", Decision::Drafted("fee".into()), by(), NOON).await.unwrap());
    let drafted = gaps::load(&store, "fees").await.unwrap().expect("it is there").0;
    assert_eq!((drafted.state, drafted.article.as_deref()), (State::Drafted, Some("fee")));
    assert!(gaps::decide(&store, "fees", Decision::Reopen, by(), NOON).await.unwrap());
    let open = gaps::load(&store, "fees").await.unwrap().expect("it is there").0;
    assert_eq!((open.state, open.article), (State::Open, None));
    assert_eq!(gaps::changes(&store).await.unwrap(), 6);
}
