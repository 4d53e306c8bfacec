//! The log and its turn: all or nothing, once, in order; and what the desk sees of it.

use std::collections::{BTreeSet, HashMap};

use super::*;
use warmline::{
    desk::pools::Need,
    domain::{
        Entry, HandoffReason,
        handoff::{Brief, Feeling, Level, Priority},
        returns::{DraftReturn, ReturnKind, ReturnReason},
        turn::Effect,
    },
    store::{
        agents,
        conversations::{Positions, Side},
        desk::{self, DeskView},
        returns,
    },
};

on_both_databases! {
    a_turn_is_stored_whole_and_read_back_by_position,
    every_kind_of_entry_reads_back_as_it_was_written,
    the_slower_of_two_turns_on_one_version_leaves_nothing,
    a_turn_on_a_conversation_that_is_not_there_is_a_conflict,
    a_repeated_cid_gets_its_first_seq_and_burns_none,
    a_cid_belongs_to_its_sender,
    a_return_whose_number_is_taken_meanwhile_takes_the_whole_turn_back,
    a_contact_keeps_one_conversation_per_inbox,
    places_in_the_queue_follow_the_order_of_dispatch,
    the_desk_sees_the_handoff_until_the_bot_has_it_back,
    a_long_list_comes_page_by_page,
    changes_of_lately_are_found_whatever_their_status,
    reading_positions_move_forward_only_and_not_past_the_head,
}

async fn a_turn_is_stored_whole_and_read_back_by_position(store: Fresh) {
    let conversation = conversation(&store, "ann").await;
    let drafts = vec![says("哈囉 👋", Some("c1")), answers("您好！"), answers("請問要找什麼？")];
    let committed = conversations::commit_turn(&store, turn(&conversation, Some("c1"), drafts)).await.unwrap();
    let Committed::Done { entries, conversation: after } = committed else { panic!("{committed:?}") };
    assert_eq!(seqs(&entries), [1, 2, 3]);
    assert_eq!((after.version, after.head, after.updated_at), (1, 3, NOON + 1));
    assert_eq!(conversations::load(&store, &after.id).await.unwrap(), Some(after.clone()));
    assert_eq!(conversations::entries_after(&store, &after.id, 0, 300).await.unwrap(), entries);
    assert_eq!(seqs(&conversations::entries_after(&store, &after.id, 1, 1).await.unwrap()), [2]);
    assert_eq!(seqs(&conversations::entries_before(&store, &after.id, 3, 1).await.unwrap()), [2]);
    assert_eq!(seqs(&conversations::last_entries(&store, &after.id, 2).await.unwrap()), [2, 3]);
    assert!(conversations::mark_seen(&store, &after.id, Side::Agent, 2).await.unwrap());
    assert_eq!(
        conversations::positions(&store, &[after.id.clone(), ConversationId::from("nobody")]).await.unwrap(),
        [(after.id, Positions { head: 3, seen_by_shopper: 0, seen_by_agent: 2 })]
    );
}

async fn every_kind_of_entry_reads_back_as_it_was_written(store: Fresh) {
    let conversation = conversation(&store, "ann").await;
    let by = |author: Author, body: EntryBody| Draft { cid: None, author, body };
    let brief = Brief { who: Some("林**".into()), words: vec!["生氣".into()], ..Brief::default() };
    let drafts = vec![
        says("找真人", Some("c1")),
        by(
            Author::Bot,
            EntryBody::Handoff {
                reason: HandoffReason::Request,
                priority: Priority { score: 7, ..Priority::default() },
                brief: Box::new(brief),
            },
        ),
        by(Author::System, EntryBody::Assigned { agent: maya(), epoch: 1, why: None }),
        by(Author::Agent(maya()), EntryBody::Note(warmline::domain::entry::Note::of("VIP"))),
        by(
            Author::Agent(maya()),
            EntryBody::Prioritised { level: Level::Urgent, priority: Priority { score: 9, ..Priority::default() } },
        ),
        by(Author::Bot, EntryBody::ReturnOpened { number: "R1-1".into(), order: "PW1".into(), pictures: 2 }),
        by(Author::System, EntryBody::HandedBack { by: Author::Shopper }),
        by(Author::System, EntryBody::Closed { by: Author::Agent(maya()) }),
        by(Author::System, EntryBody::Reopened),
    ];
    let written = drafts.iter().map(|draft| draft.body.clone()).collect::<Vec<_>>();
    let after = done(&store, turn(&conversation, Some("c1"), drafts)).await;
    let read = conversations::last_entries(&store, &after.id, 300).await.unwrap();
    assert_eq!(read.iter().map(|entry| entry.body.clone()).collect::<Vec<_>>(), written);
    assert_eq!(read[3].author, Author::Agent(maya()));
    assert_eq!(read[0].cid, Some(Cid::from("c1")));
}

async fn the_slower_of_two_turns_on_one_version_leaves_nothing(store: Fresh) {
    let conversation = conversation(&store, "ann").await;
    let first = done(&store, turn(&conversation, Some("c1"), vec![says("one", Some("c1"))])).await;
    let late = turn(&conversation, Some("c2"), vec![says("two", Some("c2"))]);
    assert_eq!(conversations::commit_turn(&store, late).await.unwrap(), Committed::Conflict);
    assert_eq!(conversations::load(&store, &first.id).await.unwrap(), Some(first.clone()));
    assert_eq!(conversations::last_entries(&store, &first.id, 300).await.unwrap().len(), 1);
}

async fn a_turn_on_a_conversation_that_is_not_there_is_a_conflict(store: Fresh) {
    let mut nowhere = conversation(&store, "ann").await;
    nowhere.id = ConversationId::from("nowhere");
    let commit = turn(&nowhere, Some("c1"), vec![says("hello?", Some("c1"))]);
    assert_eq!(conversations::commit_turn(&store, commit).await.unwrap(), Committed::Conflict);
}

async fn a_repeated_cid_gets_its_first_seq_and_burns_none(store: Fresh) {
    let conversation = conversation(&store, "ann").await;
    let after = done(&store, turn(&conversation, Some("c1"), vec![says("hi", Some("c1")), answers("hello")])).await;
    // The retry may have been decided on the old version or on the new one.
    for known in [&conversation, &after] {
        let again = turn(known, Some("c1"), vec![says("hi", Some("c1")), answers("hello")]);
        let answer = conversations::commit_turn(&store, again).await.unwrap();
        assert_eq!(answer, Committed::Duplicate { seq: 1 });
    }
    assert_eq!(conversations::load(&store, &after.id).await.unwrap(), Some(after.clone()));
    let next = done(&store, turn(&after, Some("c2"), vec![says("more", Some("c2"))])).await;
    assert_eq!(next.head, 3);
    let cid = Cid::from("c2");
    assert_eq!(conversations::find_cid(&store, &next.id, "shopper", &cid).await.unwrap(), Some(3));
    assert_eq!(conversations::find_cid(&store, &next.id, "maya", &cid).await.unwrap(), None);
}

async fn a_cid_belongs_to_its_sender(store: Fresh) {
    let conversation = conversation(&store, "ann").await;
    let after = done(&store, turn(&conversation, Some("c1"), vec![says("hi", Some("c1"))])).await;
    let mut reply = says("hello", Some("c1"));
    reply.author = Author::Agent(maya());
    let mut commit = turn(&after, Some("c1"), vec![reply]);
    commit.sender = "maya".into();
    assert_eq!(done(&store, commit).await.head, 2);
}

async fn a_return_whose_number_is_taken_meanwhile_takes_the_whole_turn_back(store: Fresh) {
    let open = |number: &str| {
        Effect::OpenReturn(DraftReturn {
            number: number.into(),
            order: "PW20260318".into(),
            line: 2,
            sku: "PW-CUP-03".into(),
            kind: ReturnKind::Exchange,
            reason: ReturnReason::WrongSize,
            wanted: None,
            pictures: 1,
            at: NOON,
        })
    };
    let ann = conversation(&store, "ann").await;
    let ben = conversation(&store, "ben").await;
    let mut first = turn(&ann, Some("c1"), vec![says("退貨", Some("c1"))]);
    first.effects = vec![open("R20260318-1")];
    done(&store, first).await;
    let mut second = turn(&ben, Some("c1"), vec![says("退货", Some("c1"))]);
    second.effects = vec![Effect::ArticleAnswered { article: "how-to-return".into() }, open("R20260318-1")];
    assert_eq!(conversations::commit_turn(&store, second).await.unwrap(), Committed::Conflict);
    assert_eq!(conversations::load(&store, &ben.id).await.unwrap(), Some(ben));
    assert_eq!(returns::list_for_order(&store, "PW20260318").await.unwrap(), [("R20260318-1".into(), 2)]);
    assert_eq!(returns::list_for_order(&store, "PW1").await.unwrap(), []);
}

async fn a_contact_keeps_one_conversation_per_inbox(store: Fresh) {
    let first = conversation(&store, "ann").await;
    let again = DraftConversation {
        id: ConversationId::from("another"),
        inbox: first.inbox.clone(),
        contact: first.contact.clone(),
        lang: Lang::En,
        state_json: "{}".into(),
        at: NOON + 5,
    };
    assert_eq!(conversations::start(&store, again).await.unwrap(), first);
    assert_eq!(conversations::load_latest_for_contact(&store, &first.contact).await.unwrap(), Some(first));
}

async fn places_in_the_queue_follow_the_order_of_dispatch(store: Fresh) {
    let calm_early = conversation(&store, "a").await;
    let calm_late = conversation(&store, "b").await;
    let angry = conversation(&store, "c").await;
    let with_bot = conversation(&store, "d").await;
    let twin = conversation(&store, "e").await;
    done(&store, queued(turn(&calm_late, None, vec![]), 1, NOON + 9)).await;
    done(&store, queued(turn(&calm_early, None, vec![]), 1, NOON + 3)).await;
    done(&store, queued(turn(&angry, None, vec![]), 5, NOON + 20)).await;
    done(&store, queued(turn(&twin, None, vec![]), 1, NOON + 9)).await;
    let order = [&angry.id, &calm_early.id, &calm_late.id, &twin.id];
    let waiting = desk::queue(&store).await.unwrap();
    assert_eq!(waiting.iter().map(|waiting| &waiting.conv).collect::<Vec<_>>(), order);
    assert!(waiting.iter().all(|waiting| waiting.conv != with_bot.id));
    assert!(waiting.iter().all(|waiting| waiting.inbox == angry.inbox));
    assert_eq!(waiting[0].need, Need { team: None, lang: angry.lang });
    let rows = desk::rows(&store, &DeskView::Queue).await.unwrap();
    assert_eq!(rows.iter().map(|row| &row.conv).collect::<Vec<_>>(), order);
}

async fn the_desk_sees_the_handoff_until_the_bot_has_it_back(store: Fresh) {
    let agent = warmline::domain::Agent {
        id: maya().id,
        mail: "maya@example.test".into(),
        name: "Maya".into(),
        role: warmline::domain::Role::Agent,
        disabled: false,
    };
    assert!(agents::create(&store, agent, "hash".into(), NOON).await.unwrap());
    let ann = conversation(&store, "ann").await;
    let feeling = Feeling { anger: 0.9, ..Feeling::default() };
    let brief = Brief { who: Some("林**".into()), feeling, ..Brief::default() };
    let handoff = Draft {
        cid: None,
        author: Author::Bot,
        body: EntryBody::Handoff {
            reason: HandoffReason::Feeling,
            priority: Priority::default(),
            brief: Box::new(brief),
        },
    };
    let angry = queued(turn(&ann, None, vec![says("你們\n太 誇張了", None), handoff]), 4, NOON);
    let waiting = done(&store, angry).await;
    let row = desk::load_row(&store, &ann.id).await.unwrap().unwrap();
    let asked = [ann.id.clone(), ConversationId::from("nobody's")].into();
    assert_eq!(desk::rows_of(&store, &asked).await.unwrap(), std::slice::from_ref(&row));
    assert_eq!(
        (row.reason, row.feeling, row.who.as_deref()),
        (Some(HandoffReason::Feeling), Some(feeling), Some("林**"))
    );
    assert_eq!((row.preview.as_str(), row.head, row.queued_at), ("你們 太 誇張了", 2, Some(NOON)));

    let mut take = turn(&waiting, None, vec![]);
    (take.after.status, take.after.assignee, take.after.assign_epoch) = (Status::Assigned, Some(maya()), 1);
    take.after.queued_at = None;
    let taken = done(&store, take).await;
    assert_eq!(taken.assignee, Some(maya()));
    let mine = desk::rows(&store, &DeskView::Mine(maya().id)).await.unwrap();
    assert_eq!(mine.len(), 1);
    assert_eq!((mine[0].reason, mine[0].epoch), (Some(HandoffReason::Feeling), 1));

    let mut back = turn(&taken, None, vec![]);
    (back.after.status, back.after.assignee) = (Status::Bot, None);
    let back = done(&store, back).await;
    assert_eq!(desk::load_row(&store, &ann.id).await.unwrap().unwrap().reason, None);
    assert_eq!(desk::rows(&store, &DeskView::All).await.unwrap().len(), 1);
    let mut close = turn(&back, None, vec![]);
    close.after.status = Status::Closed;
    done(&store, close).await;
    assert_eq!(desk::rows(&store, &DeskView::All).await.unwrap(), []);
    assert_eq!(desk::rows(&store, &DeskView::Closed { category: None, tag: None }).await.unwrap().len(), 1);
}

async fn a_long_list_comes_page_by_page(store: Fresh) {
    for (name, at) in [("ann", NOON), ("ben", NOON + 1), ("cleo", NOON + 1), ("dan", NOON + 2)] {
        let mut commit = turn(&conversation(&store, name).await, None, vec![says("bye", None)]);
        (commit.after.status, commit.at) = (if name == "dan" { Status::Bot } else { Status::Closed }, at);
        done(&store, commit).await;
    }
    let first = desk::rows(&store, &DeskView::Closed { category: None, tag: None }).await.unwrap();
    let page = async |at: usize| {
        let row = &first[at];
        let rows = desk::rows_behind(&store, true, row.updated_at, &row.conv).await.unwrap();
        assert_eq!(rows, first[at + 1..]);
    };
    assert_eq!(first.len(), 3);
    for at in 0..3 {
        page(at).await;
    }
    let open = desk::rows_behind(&store, false, NOON + 3, &"".into()).await.unwrap();
    assert_eq!(open, desk::rows(&store, &DeskView::All).await.unwrap());
}

async fn changes_of_lately_are_found_whatever_their_status(store: Fresh) {
    let (ann, ben) = (conversation(&store, "ann").await, conversation(&store, "ben").await);
    let mut late = turn(&ben, None, vec![says("bye", None)]);
    (late.at, late.after.status) = (NOON + 10, Status::Closed);
    done(&store, late).await;
    done(&store, turn(&ann, None, vec![says("hi", None)])).await;
    let since = |at| {
        let store = store.store.clone();
        async move {
            desk::rows_changed_since(&store, at).await.unwrap().into_iter().map(|row| row.conv).collect::<Vec<_>>()
        }
    };
    assert_eq!(since(NOON + 10).await, [ben.id]);
    assert_eq!(since(NOON + 1).await.len(), 2);
    assert_eq!(since(NOON + 11).await, []);
    let some = BTreeSet::from([ann.id.clone(), "nobody".into()]);
    let statuses = async |at| desk::statuses_changed_since(&store, &some, at).await.unwrap();
    assert_eq!(statuses(NOON + 1).await, HashMap::from([(ann.id, Status::Bot)]));
    assert!(statuses(NOON + 10).await.is_empty());
}

async fn reading_positions_move_forward_only_and_not_past_the_head(store: Fresh) {
    let ann = conversation(&store, "ann").await;
    done(&store, turn(&ann, None, vec![says("1", None), answers("2")])).await;
    assert!(conversations::mark_seen(&store, &ann.id, Side::Shopper, 2).await.unwrap());
    assert!(!conversations::mark_seen(&store, &ann.id, Side::Shopper, 1).await.unwrap());
    assert!(!conversations::mark_seen(&store, &ann.id, Side::Shopper, 3).await.unwrap());
    assert_eq!(conversations::seen(&store, &ann.id, Side::Shopper).await.unwrap(), 2);
    assert_eq!(conversations::seen(&store, &ann.id, Side::Agent).await.unwrap(), 0);
}

fn seqs(entries: &[Entry]) -> Vec<i64> {
    entries.iter().map(|entry| entry.seq).collect()
}
