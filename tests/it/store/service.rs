//! What belongs to a conversation's end and what follows it: wrap-ups and tags, ratings, corrections, mentions, call-backs.

use std::collections::BTreeSet;

use super::*;
use warmline::{
    domain::{
        Agent, Brief, HandoffReason, Priority, Role,
        entry::{Note, Redacted},
        handoff::Tried,
        redaction,
        turn::{CallBackWay, DraftCallBack, DraftPromise, DraftRating, Effect},
        wrap_up::WrapUp,
    },
    store::{
        agents, call_backs,
        desk::{self, DeskView},
        mentions, promises,
        ratings::{self, FollowUpState},
        seats,
        transcripts::{self, Behind, Reading, Wanted},
    },
};

on_both_databases! {
    closed_conversations_are_found_by_category_and_tag,
    where_stays_begin_and_end_is_read_from_the_log,
    a_contact_has_a_conversation_in_each_inbox,
    who_wraps_up_is_seen_to,
    a_rating_takes_the_place_of_the_one_before_and_the_follow_up_has_both_rounds,
    words_that_are_taken_out_are_nowhere_any_more,
    other_words_are_in_the_log_and_in_the_list,
    who_is_named_in_a_note_has_it_until_they_look,
    a_call_back_is_open_for_who_has_the_conversation_until_somebody_has_called,
}

async fn agent(store: &Store, name: &str) -> AgentRef {
    let (id, mail) = (AgentId(name.to_lowercase()), format!("{name}@example.test"));
    let agent = Agent { id: id.clone(), mail, name: name.into(), role: Role::Agent, disabled: false };
    assert!(agents::create(store, agent, "hash".into(), NOON).await.unwrap());
    AgentRef { id, name: name.into() }
}

/// A turn with these effects.
async fn turn_with(store: &Store, conversation: &Conversation, effects: Vec<Effect>) -> Conversation {
    let mut commit = turn(conversation, None, vec![says("…", None)]);
    commit.effects = effects;
    done(store, commit).await
}

async fn closed(store: &Store, name: &str, category: &str, tags: &[&str]) -> Conversation {
    let mut commit = turn(&conversation(store, name).await, None, vec![says("…", None)]);
    commit.after.status = Status::Closed;
    let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
    let category = Some(category.to_owned());
    commit.effects = vec![Effect::WrapUp { category, outcome: Some("solved".into()) }, Effect::SetTags { tags }];
    done(store, commit).await
}

async fn closed_conversations_are_found_by_category_and_tag(store: Fresh) {
    let ann = closed(&store, "ann", "delivery", &["vip", "late"]).await;
    closed(&store, "ben", "delivery", &[]).await;
    closed(&store, "cy", "refund", &["vip"]).await;
    conversation(&store, "dee").await;
    let found = async |category: Option<&str>, tag: Option<&str>| {
        let (category, tag) = (category.map(str::to_owned), tag.map(str::to_owned));
        let view = DeskView::Closed { category: category.clone(), tag: tag.clone() };
        let rows = desk::rows(&store, &view).await.unwrap();
        let listed: Vec<_> = rows.into_iter().map(|row| row.conv.0).collect();
        let wanted = Wanted { terms: BTreeSet::new(), since: 0, until: UnixMs::MAX, category, tag, seen_by: None };
        let mut searched: Vec<_> = transcripts::find(&store, &wanted, 9).await.unwrap();
        searched.retain(|conv| conv.as_str() != "dee");
        assert_eq!(searched.iter().map(ConversationId::as_str).collect::<Vec<_>>(), listed);
        listed
    };
    assert_eq!(found(None, None).await, ["ann", "ben", "cy"]);
    assert_eq!(found(Some("delivery"), None).await, ["ann", "ben"]);
    assert_eq!(found(None, Some("vip")).await, ["ann", "cy"]);
    assert_eq!(found(Some("delivery"), Some("vip")).await, ["ann"]);
    let row = desk::load_row(&store, &ann.id).await.unwrap().unwrap();
    assert_eq!((row.category.as_deref(), row.outcome.as_deref()), (Some("delivery"), Some("solved")));
    assert_eq!(row.tags, ["vip", "late"]);
    turn_with(&store, &ann, vec![Effect::SetTags { tags: vec!["late".into()] }]).await;
    assert_eq!(desk::load_row(&store, &ann.id).await.unwrap().unwrap().tags, ["late"]);
}

async fn who_wraps_up_is_seen_to(store: Fresh) {
    let maya = agent(&store, "Maya").await;
    let until = async || seats::list(&store, NOON).await.unwrap()[0].wrap_until;
    assert_eq!(until().await, None);
    seats::set_wrapping_up(&store, &maya.id, Some(NOON + 60_000)).await.unwrap();
    assert_eq!(until().await, Some(NOON + 60_000));
    seats::set_wrapping_up(&store, &maya.id, None).await.unwrap();
    assert_eq!(until().await, None);
}

fn rating(again: bool, score: u8, comment: &str, agent: &AgentRef) -> Effect {
    let agent = Some(agent.id.clone());
    Effect::Rate(DraftRating { resolution: 1, again, agent, score, comment: comment.into() })
}

async fn a_rating_takes_the_place_of_the_one_before_and_the_follow_up_has_both_rounds(store: Fresh) {
    let (maya, boss) = (agent(&store, "Maya").await, agent(&store, "Bo").await);
    let ann = conversation(&store, "ann").await;
    let opened = Effect::OpenFollowUp { resolution: 1, due_at: NOON + 900 };
    let ann = turn_with(&store, &ann, vec![rating(false, 1, "rude", &maya), opened]).await;
    let ann = turn_with(&store, &ann, vec![rating(false, 2, "late", &maya)]).await;
    let open = ratings::follow_ups(&store, FollowUpState::Open).await.unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!((open[0].score, open[0].comment.as_str(), open[0].due_at), (2, "late", NOON + 900));
    assert_eq!((&open[0].agent, &open[0].owner), (&Some(maya.clone()), &None));
    assert_eq!(desk::load_row(&store, &ann.id).await.unwrap().unwrap().rating, Some(2));

    let ann = turn_with(&store, &ann, vec![Effect::TakeFollowUp { resolution: 1, owner: boss.id.clone() }]).await;
    assert!(ratings::follow_ups(&store, FollowUpState::Open).await.unwrap().is_empty());
    let taken = ratings::follow_ups(&store, FollowUpState::Taken).await.unwrap();
    assert_eq!(taken[0].owner, Some(boss.clone()));
    let end = Effect::EndFollowUp { resolution: 1, owner: boss.id.clone(), remedy: "refunded".into() };
    let ann = turn_with(&store, &ann, vec![end]).await;
    let ann = turn_with(&store, &ann, vec![rating(true, 5, "", &maya)]).await;
    let done = ratings::follow_ups(&store, FollowUpState::Done).await.unwrap();
    assert_eq!((done[0].score, done[0].score_again, done[0].remedy.as_deref()), (2, Some(5), Some("refunded")));
    // Poor once more: it is open again, and nobody's.
    let again = Effect::OpenFollowUp { resolution: 1, due_at: NOON + 9_000 };
    turn_with(&store, &ann, vec![rating(true, 1, "no", &maya), again]).await;
    let open = ratings::follow_ups(&store, FollowUpState::Open).await.unwrap();
    assert_eq!((open[0].score_again, open[0].due_at, &open[0].owner), (Some(1), NOON + 9_000, &None));
}

const CARD: &str = "my card is 4111 1111 1111 1111";

async fn words_that_are_taken_out_are_nowhere_any_more(store: Fresh) {
    let maya = agent(&store, "Maya").await;
    let brief = Brief {
        wants_text: Some(format!("hello {CARD}")),
        trigger: Some(CARD.into()),
        tried: vec![Tried::NotUnderstood { text: CARD.into() }],
        ..Brief::default()
    };
    let handoff =
        EntryBody::Handoff { reason: HandoffReason::Request, priority: Priority::default(), brief: Box::new(brief) };
    let by_bot = |body| Draft { cid: None, author: Author::Bot, body };
    let edited = EntryBody::Edited { target: 1, text: CARD.into(), despite: None, private: false };
    let other = EntryBody::Edited { target: 9, text: "somewhere else".into(), despite: None, private: false };
    let drafts = vec![says(CARD, None), by_bot(handoff), by_bot(edited), by_bot(other)];
    let mut commit = turn(&conversation(&store, "ann").await, None, drafts);
    let promise = DraftPromise { agent: maya.id.clone(), said: CARD.into(), due_at: NOON + 9, counts_from: NOON };
    let call = DraftCallBack { way: CallBackWay::Phone, reach: CARD.into(), due_at: NOON + 9 };
    commit.effects = vec![
        Effect::Unanswered { text: CARD.into(), lang: Lang::En },
        Effect::Promise(promise),
        Effect::AskCallBack(call),
    ];
    let ann = done(&store, commit).await;
    let behind = transcripts::behind(&store, NOON, 9).await.unwrap();
    let terms: BTreeSet<String> = BTreeSet::from(["4111".to_owned()]);
    let reading = |behind: &Behind, head, terms: &BTreeSet<String>| {
        vec![Reading { conv: behind.conv.clone(), head, cleared: behind.cleared, terms: terms.clone() }]
    };
    transcripts::keep(&store, reading(&behind[0], ann.head, &terms)).await.unwrap();
    let found = async || {
        let wanted =
            Wanted { terms: terms.clone(), since: 0, until: UnixMs::MAX, category: None, tag: None, seen_by: None };
        transcripts::find(&store, &wanted, 9).await.unwrap().len()
    };
    assert_eq!(found().await, 1);

    let log = conversations::entries_after(&store, &ann.id, 0, 9).await.unwrap();
    let redacted = Redacted { at: NOON, by: Some(maya.clone()), why: "card number".into() };
    let body = Box::new(redaction::blanked(&log[0].body, redacted).unwrap());
    let words = redaction::words_of(&log[0].body);
    let mut commit =
        turn(&ann, None, vec![by_bot(EntryBody::Redacted { target: 1, why: "card".into(), private: false })]);
    commit.effects = vec![Effect::Redact { seq: 1, body, words }];
    let after = done(&store, commit).await;
    assert_eq!(after.head, ann.head + 1, "the trace is an entry of its own");

    let log = conversations::entries_after(&store, &ann.id, 0, 9).await.unwrap();
    let text = serde_json::to_string(&log).unwrap();
    assert!(!text.contains("4111 1111") && text.contains("somewhere else") && text.contains("card number"), "{text}");
    assert_eq!(desk::load_row(&store, &ann.id).await.unwrap().unwrap().preview, "");
    assert_eq!(promises::open_of(&store, &maya.id).await.unwrap()[0].said, "");
    assert_eq!(call_backs::open_for(&store, &maya.id).await.unwrap()[0].reach, "");
    assert_eq!(found().await, 0);
    // Who had read the old words a moment ago does not bring them back; reading goes on from the beginning.
    transcripts::keep(&store, reading(&behind[0], ann.head, &terms)).await.unwrap();
    assert_eq!(found().await, 0);
    let again = transcripts::behind(&store, NOON, 9).await.unwrap();
    assert_eq!((again[0].read, again[0].cleared), (0, 1));
    transcripts::keep(&store, reading(&again[0], after.head, &BTreeSet::new())).await.unwrap();
    assert!(transcripts::behind(&store, NOON, 9).await.unwrap().is_empty());
}

async fn other_words_are_in_the_log_and_in_the_list(store: Fresh) {
    let ann = done(&store, turn(&conversation(&store, "ann").await, None, vec![says("on monay", None)])).await;
    let body = Box::new(says("on Monday", None).body);
    let rewrite = Effect::Rewrite { seq: 1, body, before: "on monay".into(), text: "on Monday".into() };
    let mut commit = turn(&ann, None, vec![answers("…")]);
    commit.effects = vec![rewrite];
    done(&store, commit).await;
    let log = conversations::entries_after(&store, &ann.id, 0, 9).await.unwrap();
    assert_eq!((&log[0].body, log.len()), (&says("on Monday", None).body, 2));
    assert_eq!(desk::load_row(&store, &ann.id).await.unwrap().unwrap().preview, "on Monday");
}

async fn who_is_named_in_a_note_has_it_until_they_look(store: Fresh) {
    let (maya, noor) = (agent(&store, "Maya").await, agent(&store, "Noor").await);
    let note = Note { text: "@Noor please look".into(), mentions: vec![noor.clone()], changed: None };
    let draft = Draft { cid: None, author: Author::Agent(maya.clone()), body: EntryBody::Note(note) };
    let ann = done(&store, turn(&conversation(&store, "ann").await, None, vec![says("…", None), draft])).await;
    assert!(mentions::unread(&store, &maya.id).await.unwrap().is_empty());
    let unread = mentions::unread(&store, &noor.id).await.unwrap();
    assert_eq!((unread[0].seq, unread[0].by_name.as_str(), unread[0].text.as_str()), (2, "Maya", "@Noor please look"));
    assert_eq!(mentions::read(&store, &maya.id, &ann.id, NOON).await.unwrap(), 0, "not hers");
    assert_eq!(mentions::read(&store, &noor.id, &ann.id, NOON).await.unwrap(), 1);
    assert!(mentions::unread(&store, &noor.id).await.unwrap().is_empty());
}

async fn a_call_back_is_open_for_who_has_the_conversation_until_somebody_has_called(store: Fresh) {
    let (maya, noor) = (agent(&store, "Maya").await, agent(&store, "Noor").await);
    let ask = |reach: &str, due_at| {
        Effect::AskCallBack(DraftCallBack { way: CallBackWay::Phone, reach: reach.into(), due_at })
    };
    let ann = turn_with(&store, &conversation(&store, "ann").await, vec![ask("1", NOON + 5)]).await;
    let ann = turn_with(&store, &ann, vec![ask("2", NOON + 7)]).await;
    for somebody in [&maya, &noor] {
        let open = call_backs::open_for(&store, &somebody.id).await.unwrap();
        assert_eq!(open.iter().map(|one| (one.reach.as_str(), one.seq)).collect::<Vec<_>>(), [("2", 2)]);
    }
    let mut commit = turn(&ann, None, vec![says("…", None)]);
    (commit.after.status, commit.after.assignee, commit.after.assign_epoch) = (Status::Assigned, Some(maya.clone()), 1);
    let ann = done(&store, commit).await;
    assert!(call_backs::open_for(&store, &noor.id).await.unwrap().is_empty(), "Maya has it");
    turn_with(&store, &ann, vec![Effect::EndCallBack { by: maya.id.clone() }]).await;
    assert!(call_backs::open_for(&store, &maya.id).await.unwrap().is_empty());
}

async fn where_stays_begin_and_end_is_read_from_the_log(store: Fresh) {
    let conversation = conversation(&store, "ann").await;
    let by = |body| Draft { cid: None, author: Author::System, body };
    let wrap_up = WrapUp { category: Some("delivery".into()), ..WrapUp::default() };
    let drafts = vec![
        says("hello", None),
        by(EntryBody::WrappedUp(wrap_up.clone())),
        by(EntryBody::Closed { by: Author::Shopper }),
        answers("how was it?"),
        by(EntryBody::Reopened),
    ];
    done(&store, turn(&conversation, None, drafts)).await;
    let read = conversations::turning_points(&store, &conversation.id).await.unwrap();
    let told: Vec<_> = read.into_iter().map(|entry| (entry.seq, entry.body)).collect();
    let wanted =
        [(2, EntryBody::WrappedUp(wrap_up)), (3, EntryBody::Closed { by: Author::Shopper }), (5, EntryBody::Reopened)];
    assert_eq!(told, wanted);
}

async fn a_contact_has_a_conversation_in_each_inbox(store: Fresh) {
    let first = conversation(&store, "ann").await;
    conversation(&store, "bob").await;
    let second = DraftConversation {
        id: "ann-repairs".into(),
        inbox: "repairs".into(),
        contact: first.contact.clone(),
        lang: Lang::En,
        state_json: "{}".into(),
        at: NOON + 1,
    };
    let second = conversations::start(&store, second).await.unwrap();
    let found = conversations::of_contact(&store, &first.contact).await.unwrap();
    assert_eq!(found, [second.id, first.id], "the latest begun first, and nobody else's");
}
