//! What is written, tested, versioned and measured in the studio.

use super::*;
use knowledge::article;
use warmline::{
    domain::{
        Article, ArticleDraft, Expects, Fields, KnowledgeTest, SourceFile, Stage,
        article::ArticleStatus,
        audit::Deed,
        ids::TeamId,
        turn::{DraftRating, Effect},
    },
    store::{
        article_drafts::{self, DraftSaved, Due},
        article_effects::{self, Stretch},
        article_versions::{self, How},
        articles::{self, Change, Saved},
        audit,
        category_rights::{self, CategoryRight},
        help, knowledge_tests,
        playbook_files::{self, FileChange, FileSaved},
        questions::{self, Speaker},
    },
};

on_both_databases! {
    every_version_is_kept_with_who_and_why,
    a_draft_is_shared_and_nobody_overwrites_anybody,
    a_scheduled_draft_publishes_itself_once,
    a_scheduled_draft_that_was_overtaken_is_written_on,
    a_draft_that_cannot_be_tried_waits_as_it_is,
    a_draft_follows_its_article_into_the_archive_and_loses_its_time,
    a_category_has_teams_until_it_has_none,
    tests_are_kept_changed_and_removed_and_runs_do_not_pile_up,
    a_file_is_changed_under_a_lock_and_what_an_import_put_there_is_history_too,
    what_was_said_lately_is_read_in_order,
    effects_are_counted_in_their_time,
}

fn change(how: How, why: &str, at: UnixMs) -> Change {
    Change { how, why: why.into(), by: Some("Ann".into()), at }
}

fn noted(deed: Deed) -> warmline::domain::audit::Change {
    let by = AgentRef { id: "ann".into(), name: "Ann".into() };
    warmline::domain::audit::Change {
        at: NOON,
        by,
        deed,
        about: "1".into(),
        detail: serde_json::json!({"why": "asked for"}),
    }
}

fn stored(saved: Saved) -> Article {
    let Saved::Done(stored) = saved else { panic!("not saved: {saved:?}") };
    stored.article
}

async fn every_version_is_kept_with_who_and_why(store: Fresh) {
    articles::import_by(&store, vec![article("fee", "one")], Some("Cid".into()), NOON).await.unwrap();
    let two = Article { category: "orders".into(), version: 1, ..article("fee", "two") };
    let two =
        stored(articles::save_as(&store, two, change(How::Published, "a new price", NOON + 1), None).await.unwrap());
    articles::set_status(&store, "fee".into(), 2, ArticleStatus::Archived, ("Ben".into(), "sold out".into()), NOON + 2)
        .await
        .unwrap();
    let rows = article_versions::list(&store, "fee").await.unwrap();
    let told: Vec<_> =
        rows.iter().map(|row| (row.version, row.how, row.by.as_deref(), row.why.as_str(), row.status)).collect();
    assert_eq!(
        told,
        [
            (3, How::Archived, Some("Ben"), "sold out", ArticleStatus::Archived),
            (2, How::Published, Some("Ann"), "a new price", ArticleStatus::Published),
            (1, How::Imported, Some("Cid"), "", ArticleStatus::Published),
        ]
    );
    assert_eq!(article_versions::load(&store, "fee", 2).await.unwrap(), Some(two));
    let first = article_versions::load(&store, "fee", 1).await.unwrap().expect("the first");
    assert_eq!((first.category.as_str(), first.version), ("delivery", 1));
    assert_eq!(article_versions::load(&store, "fee", 4).await.unwrap(), None);
    assert_eq!(article_versions::list(&store, "other").await.unwrap(), []);
}

fn draft(id: &str, version: i64, revision: i64, category: &str) -> ArticleDraft {
    ArticleDraft {
        article: id.into(),
        version,
        revision,
        stage: Stage::Writing,
        publish_at: None,
        why: String::new(),
        fields: Fields { category: category.into(), ..Fields::of(article(id, "draft")) },
        updated_at: NOON,
        updated_by: "Ann".into(),
    }
}

async fn a_draft_is_shared_and_nobody_overwrites_anybody(store: Fresh) {
    assert_eq!(article_drafts::load(&store, "fee").await.unwrap(), None);
    let DraftSaved::Done(first) = article_drafts::save(&store, draft("fee", 0, 0, "orders")).await.unwrap() else {
        panic!("a new draft is kept")
    };
    assert_eq!((first.revision, first.fields.category.as_str()), (1, "orders"));
    let taken = article_drafts::save(&store, draft("fee", 0, 0, "returns")).await.unwrap();
    assert_eq!(taken, DraftSaved::Conflict(first.clone()));
    let DraftSaved::Done(second) = article_drafts::save(&store, draft("fee", 0, 1, "payment")).await.unwrap() else {
        panic!("the one who has it writes on")
    };
    assert_eq!(
        article_drafts::save(&store, draft("fee", 0, 1, "x")).await.unwrap(),
        DraftSaved::Conflict(second.clone())
    );
    assert_eq!(article_drafts::save(&store, draft("b", 0, 7, "x")).await.unwrap(), DraftSaved::Missing);
    assert_eq!(article_drafts::list(&store).await.unwrap(), std::slice::from_ref(&second));

    // Published as an older revision: what was typed since stays. As this one: it ends.
    let as_new = article("fee", "fee");
    let first = stored(articles::save_as(&store, as_new, change(How::Published, "", NOON), Some(1)).await.unwrap());
    assert_eq!(article_drafts::load(&store, "fee").await.unwrap(), Some(second.clone()));
    articles::save_as(&store, first, change(How::Published, "", NOON), Some(2)).await.unwrap();
    assert_eq!(article_drafts::load(&store, "fee").await.unwrap(), None);

    // A draft begins at the version that is there; who goes on with one that was published is told what it says now.
    for (version, revision) in [(0, 0), (1, 0), (0, 2)] {
        let DraftSaved::Overtaken(now) =
            article_drafts::save(&store, draft("fee", version, revision, "x")).await.unwrap()
        else {
            panic!("version 2 is there")
        };
        assert_eq!(now.article.version, 2);
    }
    article_drafts::save(&store, draft("fee", 2, 0, "orders")).await.unwrap();
    assert!(matches!(article_drafts::discard(&store, "fee", 9).await.unwrap(), DraftSaved::Conflict(_)));
    assert!(matches!(article_drafts::discard(&store, "fee", 1).await.unwrap(), DraftSaved::Done(_)));
    assert_eq!(article_drafts::discard(&store, "fee", 1).await.unwrap(), DraftSaved::Missing);
}

async fn a_scheduled_draft_publishes_itself_once(store: Fresh) {
    for name in ["a", "b"] {
        let scheduled = ArticleDraft {
            stage: Stage::Scheduled,
            publish_at: Some(NOON + 10),
            why: "the sale".into(),
            ..draft(name, 0, 0, "promotions")
        };
        article_drafts::save(&store, scheduled).await.unwrap();
    }
    assert_eq!(article_drafts::due(&store, NOON + 9).await.unwrap(), None);
    assert_eq!(article_drafts::publish_due(&store, "a", 1, NOON + 9).await.unwrap(), Due::Nothing);
    assert_eq!(article_drafts::due(&store, NOON + 10).await.unwrap().expect("one is due").article, "a");
    assert_eq!(article_drafts::publish_due(&store, "a", 9, NOON + 10).await.unwrap(), Due::Nothing, "another revision");
    let changes = articles::changes(&store).await.unwrap();
    let other = if store.url.starts_with("sqlite:") { store.store.clone() } else { store.another().await };
    let nodes = futures_util::future::join_all([&store.store, &other, &store.store, &other].map(|node| async move {
        let mut published = Vec::new();
        for _ in 0..4 {
            let Some(due) = article_drafts::due(node, NOON + 10).await.unwrap() else { break };
            let done = article_drafts::publish_due(node, &due.article, due.revision, NOON + 10).await.unwrap();
            if let Due::Published(done) = done {
                published.push(done.article.id);
            }
        }
        published
    }))
    .await;
    let mut published: Vec<_> = nodes.into_iter().flatten().collect();
    published.sort();
    assert_eq!(published, ["a", "b"]);
    assert_eq!(article_drafts::list(&store).await.unwrap(), []);
    assert!(articles::changes(&store).await.unwrap() > changes);
    let history = article_versions::list(&store, "a").await.unwrap();
    assert_eq!((history.len(), history[0].how, history[0].why.as_str()), (1, How::Scheduled, "the sale"));
    assert_eq!(articles::all_published(&store).await.unwrap().len(), 2);
}

async fn a_scheduled_draft_that_was_overtaken_is_written_on(store: Fresh) {
    articles::import(&store, vec![article("a", "one")], NOON).await.unwrap();
    let scheduled = ArticleDraft { stage: Stage::Scheduled, publish_at: Some(NOON), ..draft("a", 1, 0, "promotions") };
    article_drafts::save(&store, scheduled).await.unwrap();
    articles::import(&store, vec![article("a", "two")], NOON).await.unwrap();
    assert_eq!(article_drafts::publish_due(&store, "a", 1, NOON).await.unwrap(), Due::Overtaken("a".into()));
    assert_eq!(article_drafts::due(&store, NOON).await.unwrap(), None);
    let left = article_drafts::load(&store, "a").await.unwrap().expect("what was written is still there");
    assert_eq!(left.version, 1);
    assert_eq!((left.stage, left.publish_at, left.fields.category.as_str()), (Stage::Writing, None, "promotions"));
    assert_eq!(articles::load(&store, "a").await.unwrap().unwrap().article.category, "delivery");
}

async fn a_draft_that_cannot_be_tried_waits_as_it_is(store: Fresh) {
    let scheduled = ArticleDraft { stage: Stage::Scheduled, publish_at: Some(NOON), ..draft("a", 0, 0, "promotions") };
    article_drafts::save(&store, scheduled).await.unwrap();
    article_drafts::put_off(&store, "a", 7, NOON + 60).await.unwrap();
    assert!(article_drafts::due(&store, NOON).await.unwrap().is_some(), "another revision");
    article_drafts::put_off(&store, "a", 1, NOON + 60).await.unwrap();
    let waits = article_drafts::load(&store, "a").await.unwrap().expect("the draft");
    assert_eq!((waits.stage, waits.publish_at, waits.revision), (Stage::Held, Some(NOON + 60), 1));
    assert_eq!(article_drafts::due(&store, NOON + 59).await.unwrap(), None);
    let Due::Published(_) = article_drafts::publish_due(&store, "a", 1, NOON + 60).await.unwrap() else {
        panic!("its time has come again")
    };
    // What was written on meanwhile has no time that could be moved.
    article_drafts::save(&store, draft("b", 0, 0, "promotions")).await.unwrap();
    article_drafts::put_off(&store, "b", 1, NOON).await.unwrap();
    assert_eq!(article_drafts::due(&store, NOON).await.unwrap(), None);
}

async fn a_draft_follows_its_article_into_the_archive_and_loses_its_time(store: Fresh) {
    articles::import(&store, vec![article("a", "one"), article("b", "one")], NOON).await.unwrap();
    for name in ["a", "b"] {
        let scheduled =
            ArticleDraft { stage: Stage::Scheduled, publish_at: Some(NOON + 9), ..draft(name, 1, 0, "promotions") };
        article_drafts::save(&store, scheduled).await.unwrap();
    }
    articles::set_status(&store, "a".into(), 1, ArticleStatus::Archived, ("Ben".into(), String::new()), NOON)
        .await
        .unwrap();
    let told = article_drafts::list(&store).await.unwrap();
    let told: Vec<_> = told.iter().map(|draft| (draft.version, draft.stage, draft.publish_at)).collect();
    assert_eq!(told, [(2, Stage::Writing, None), (1, Stage::Scheduled, Some(NOON + 9))]);
}

async fn a_category_has_teams_until_it_has_none(store: Fresh) {
    let right = |team: Option<&str>| CategoryRight {
        category: "returns".into(),
        edit_team: None,
        publish_team: team.map(|team| TeamId(team.into())),
    };
    let by = || AgentRef { id: AgentId::from("ted"), name: "Ted".into() };
    category_rights::set(&store, right(Some("leads")), by(), NOON).await.unwrap();
    category_rights::set(&store, right(Some("owners")), by(), NOON + 1).await.unwrap();
    assert_eq!(category_rights::list(&store).await.unwrap(), [right(Some("owners"))]);
    category_rights::set(&store, right(None), by(), NOON + 2).await.unwrap();
    assert_eq!(category_rights::list(&store).await.unwrap(), []);
    let told = audit::list(&store, i64::MAX, 9).await.unwrap();
    let told: Vec<_> = told
        .iter()
        .map(|one| (one.at - NOON, one.deed, one.about.as_str(), one.detail["publish_team"].as_str()))
        .collect();
    let deed = |at, team| (at, Deed::RightSet, "returns", team);
    assert_eq!(told, [deed(2, None), deed(1, Some("owners")), deed(0, Some("leads"))]);
}

async fn tests_are_kept_changed_and_removed_and_runs_do_not_pile_up(store: Fresh) {
    let test = |id: &str, expects: Expects| KnowledgeTest {
        id: id.into(),
        question: "運費多少".into(),
        lang: Lang::ZhHant,
        expects,
        made_at: NOON,
        made_by: "Ann".into(),
    };
    for (id, expects) in
        [("1", Expects::Article("fee".into())), ("2", Expects::Intent("stock".into())), ("3", Expects::Nothing)]
    {
        knowledge_tests::save(&store, test(id, expects), noted(Deed::TestSaved)).await.unwrap();
    }
    knowledge_tests::save(&store, test("1", Expects::Nothing), noted(Deed::TestSaved)).await.unwrap();
    assert!(knowledge_tests::remove(&store, "3", noted(Deed::TestRemoved)).await.unwrap());
    assert!(!knowledge_tests::remove(&store, "3", noted(Deed::TestRemoved)).await.unwrap());
    let left = knowledge_tests::list(&store).await.unwrap();
    assert_eq!(left, [test("1", Expects::Nothing), test("2", Expects::Intent("stock".into()))]);

    for number in 0..103 {
        knowledge_tests::note_run(&store, format!("{number:03}"), NOON + number, number.to_string()).await.unwrap();
    }
    let runs = knowledge_tests::runs(&store, 200).await.unwrap();
    assert_eq!((runs.len(), runs[0].as_str()), (100, "102"));

    assert!(!knowledge_tests::refuses_broken(&store).await.unwrap());
    for refuses in [true, false] {
        knowledge_tests::set_refuses_broken(&store, refuses, noted(Deed::RefusalSet)).await.unwrap();
        assert_eq!(knowledge_tests::refuses_broken(&store).await.unwrap(), refuses);
    }
    let deeds: Vec<_> =
        audit::list(&store, i64::MAX, 20).await.unwrap().into_iter().map(|change| change.deed).collect();
    use Deed::{RefusalSet, TestRemoved, TestSaved};
    assert_eq!(
        deeds,
        [RefusalSet, RefusalSet, TestRemoved, TestSaved, TestSaved, TestSaved, TestSaved],
        "each act once"
    );
}

async fn a_file_is_changed_under_a_lock_and_what_an_import_put_there_is_history_too(store: Fresh) {
    let file = |text: &str| SourceFile { path: "intents/stock.toml".into(), text: text.into() };
    playbook_files::replace_all(&store, vec![file("one")]).await.unwrap();
    let change = |text: &str, base: Option<&str>| FileChange {
        file: file(text),
        base: base.map(str::to_owned),
        why: "more words".into(),
        change: warmline::domain::audit::Change::of_file(AgentRef { id: "ann".into(), name: "Ann".into() }, NOON),
    };
    let changes = articles::changes(&store).await.unwrap();
    assert_eq!(playbook_files::replace_one(&store, change("two", Some("one"))).await.unwrap(), FileSaved::Done);
    assert!(articles::changes(&store).await.unwrap() > changes);
    let late = playbook_files::replace_one(&store, change("three", Some("one"))).await.unwrap();
    assert_eq!(late, FileSaved::Conflict(Some("two".into())));
    assert_eq!(playbook_files::replace_one(&store, change("x", None)).await.unwrap(), late);
    playbook_files::replace_all(&store, vec![file("imported")]).await.unwrap();
    playbook_files::replace_one(&store, change("four", Some("imported"))).await.unwrap();
    let history = playbook_files::history(&store, "intents/stock.toml").await.unwrap();
    let told: Vec<_> = history.iter().map(|row| (row.version, row.by.as_deref(), row.content.as_str())).collect();
    assert_eq!(told, [(4, Some("Ann"), "four"), (3, None, "imported"), (2, Some("Ann"), "two"), (1, None, "one")]);
    assert_eq!(playbook_files::all(&store).await.unwrap(), [file("four")]);
    let new =
        FileChange { file: SourceFile { path: "intents/new.toml".into(), text: "new".into() }, ..change("", None) };
    assert_eq!(playbook_files::replace_one(&store, new).await.unwrap(), FileSaved::Done);
    assert_eq!(playbook_files::all(&store).await.unwrap().len(), 2);
}

async fn what_was_said_lately_is_read_in_order(store: Fresh) {
    for (name, words) in [("one", "first"), ("two", "second")] {
        let known = conversation(&store, name).await;
        done(&store, turn(&known, None, vec![says(words, None), answers("yes")])).await;
    }
    let said = questions::recent(&store, 10).await.unwrap();
    let told: Vec<_> =
        said.iter().map(|said| (said.conversation.0.as_str(), said.seq, said.by, said.message.text.as_str())).collect();
    assert_eq!(
        told,
        [
            ("one", 1, Speaker::Shopper, "first"),
            ("one", 2, Speaker::Bot, "yes"),
            ("two", 1, Speaker::Shopper, "second"),
            ("two", 2, Speaker::Bot, "yes"),
        ]
    );
    assert_eq!(questions::recent(&store, 1).await.unwrap().len(), 2);
}

async fn effects_are_counted_in_their_time(store: Fresh) {
    articles::import(&store, vec![article("fee", "one"), article("gift", "one")], NOON - 100).await.unwrap();
    let two = Article { version: 1, ..article("fee", "two") };
    articles::save_as(&store, two, change(How::Published, "clearer", NOON), None).await.unwrap();
    let mut known = conversation(&store, "one").await;
    for (at, effect) in [
        (NOON + 1, Effect::ArticleAnswered { article: "fee".into() }),
        (NOON + 2, Effect::ArticleOutcome { article: "fee".into(), helped: true, confidence: Some(900) }),
        (NOON + 3, Effect::ArticleAnswered { article: "gift".into() }),
    ] {
        let mut commit = turn(&known, None, vec![answers("…")]);
        (commit.at, commit.effects) = (at, vec![effect]);
        known = done(&store, commit).await;
    }
    // Rated twice afterwards: the first score after the answer is what came of it.
    for (at, resolution, score) in [(NOON + 4, 1, 2), (NOON + 5, 2, 5)] {
        let mut commit = turn(&known, None, vec![answers("…")]);
        let rating = DraftRating { resolution, again: false, agent: None, score, comment: String::new() };
        (commit.at, commit.effects) = (at, vec![Effect::Rate(rating)]);
        known = done(&store, commit).await;
    }
    help::say(&store, "gift", "a visitor".into(), Lang::En, false, NOON + 6).await.unwrap();
    let (day, next) = (jiff::civil::date(2026, 9, 1), jiff::civil::date(2026, 9, 2));
    for (day, views) in [(day, 3), (next, 4)] {
        help::count_views(&store, day, [("gift".to_owned(), views)].into()).await.unwrap();
    }
    let time = |since, until| Stretch { since, until, first_day: day, end_day: next };
    let all = article_effects::between(&store, time(NOON, NOON + 10), None).await.unwrap();
    let told: Vec<_> = all
        .iter()
        .map(|one| (one.article.as_str(), one.viewed, one.answered, one.helped, one.not_helped, one.handed_off))
        .collect();
    assert_eq!(told, [("fee", 0, 1, 1, 0, 0), ("gift", 3, 1, 0, 1, 0)]);
    assert_eq!((all[0].rated, all[0].scores, all[1].rated, all[1].scores), (1, 2, 1, 2));
    assert_eq!(article_effects::between(&store, time(NOON, NOON + 10), Some("gift")).await.unwrap(), [all[1].clone()]);
    let later = article_effects::between(&store, time(NOON + 2, NOON + 3), Some("fee")).await.unwrap();
    assert_eq!((later[0].answered, later[0].helped, later[0].rated), (0, 1, 0));
    let edits = article_effects::edits(&store, None, 10).await.unwrap();
    let told: Vec<_> =
        edits.iter().map(|edit| (edit.article.as_str(), edit.version, edit.why.as_str(), edit.until)).collect();
    assert_eq!(told, [("fee", 2, "clearer", None)], "the first version took nobody's place");
    assert_eq!(article_effects::edits(&store, Some("gift"), 10).await.unwrap(), []);
}
