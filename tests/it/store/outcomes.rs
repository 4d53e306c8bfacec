//! What became of articles, and what waits for an answer.

use super::*;
use warmline::{
    domain::turn::Effect,
    store::outcomes::{self, Outcomes},
};

on_both_databases! {
    each_conversation_has_one_say_about_an_article,
    what_waits_for_an_answer_is_found_once_it_is_due,
}

fn said(article: &str, helped: bool, confidence: Option<u32>) -> Effect {
    Effect::ArticleOutcome { article: article.into(), helped, confidence }
}

async fn each_conversation_has_one_say_about_an_article(store: Fresh) {
    for (name, effects) in [
        ("ann", vec![said("fee", true, Some(812)), said("fee", false, Some(812))]),
        ("ben", vec![said("fee", true, Some(849)), said("gift", true, None)]),
        ("cy", vec![said("fee", true, Some(850)), Effect::ArticleAnswered { article: "fee".into() }]),
    ] {
        let mut commit = turn(&conversation(&store, name).await, None, vec![says("…", None)]);
        commit.effects = effects;
        done(&store, commit).await;
    }
    let of = |article: &str, confidence, helped, not_helped| Outcomes {
        article: article.into(),
        confidence,
        helped,
        not_helped,
    };
    let all = [of("fee", Some(800), 1, 1), of("fee", Some(850), 1, 0), of("gift", None, 1, 0)];
    assert_eq!(outcomes::summary(&store, NOON).await.unwrap(), all);
    assert_eq!(outcomes::summary(&store, NOON + 2).await.unwrap(), []);
}

async fn what_waits_for_an_answer_is_found_once_it_is_due(store: Fresh) {
    let mut waiting = Vec::new();
    for (name, due_at) in [("late", Some(NOON + 300)), ("soon", Some(NOON + 100)), ("none", None)] {
        let mut commit = turn(&conversation(&store, name).await, None, vec![says("那個", None)]);
        commit.after.due_at = due_at;
        waiting.push(done(&store, commit).await);
    }
    let overdue = async |until, most| {
        let found = conversations::overdue(&store, until, most).await.unwrap();
        found.into_iter().map(|conv| conv.0).collect::<Vec<_>>()
    };
    assert!(overdue(NOON + 99, 9).await.is_empty());
    assert_eq!(overdue(NOON + 100, 9).await, ["soon"]);
    assert_eq!(overdue(NOON + 999, 9).await, ["soon", "late"]);
    assert_eq!(overdue(NOON + 999, 1).await, ["soon"]);
    done(&store, turn(&waiting[1], None, vec![answers("?")])).await;
    assert_eq!(overdue(NOON + 999, 9).await, ["late"], "answered");
}
