//! Files in conversations: whose they are, when they become part of the log, and when they go.

use super::*;
use warmline::{
    domain::{Attachment, Entry, attachment::Media, entry::Redacted, ids::AttachmentId, redaction, turn::Effect},
    store::{
        attachments::{self, Upload},
        desk,
    },
};

on_both_databases! {
    a_file_is_its_senders_until_its_message_comes_and_then_the_conversations,
    a_file_is_sent_once_by_whoever_uploaded_it_and_else_nothing_is_stored,
    a_conversation_has_so_many_files_and_no_more,
    what_is_never_sent_is_forgotten,
    a_file_goes_with_the_words_of_its_entry,
}

fn about(id: &str) -> Attachment {
    let (width, height) = (Some(4), Some(3));
    Attachment { id: id.into(), media: Media::Jpeg, bytes: 3, width, height, name: None }
}

async fn upload(store: &Store, conversation: &Conversation, sender: &str, id: &str) -> Attachment {
    let upload = Upload {
        conversation: conversation.id.clone(),
        sender: sender.into(),
        about: about(id),
        bytes: b"\0\xff\xd8".to_vec(),
    };
    assert!(attachments::add(store, upload, (10, 0), NOON).await.unwrap());
    about(id)
}

fn shows(text: &str, cid: &str, files: &[Attachment]) -> Draft {
    let message = Message { text: text.into(), files: files.to_vec(), ..Message::default() };
    Draft { cid: Some(cid.into()), author: Author::Shopper, body: EntryBody::Message(message) }
}

async fn is_shown(store: &Store, conversation: &Conversation, id: &str, reader: &str) -> bool {
    let found = attachments::load(store, &conversation.id, &AttachmentId::from(id), reader).await.unwrap();
    found.is_some_and(|(found, bytes)| found == about(id) && bytes == b"\0\xff\xd8")
}

async fn log(store: &Store, conversation: &Conversation) -> Vec<Entry> {
    conversations::entries_after(store, &conversation.id, 0, 9).await.unwrap()
}

async fn a_file_is_its_senders_until_its_message_comes_and_then_the_conversations(store: Fresh) {
    let (ann, ben) = (conversation(&store, "ann").await, conversation(&store, "ben").await);
    let file = upload(&store, &ann, "shopper", "one").await;
    assert!(is_shown(&store, &ann, "one", "shopper").await && !is_shown(&store, &ann, "one", "maya").await);
    let named = async |conversation: &Conversation, sender: &str, ids: &[AttachmentId]| {
        attachments::of_sender(&store, &conversation.id, sender, ids).await.unwrap()
    };
    assert_eq!(named(&ann, "shopper", std::slice::from_ref(&file.id)).await, Some(vec![file.clone()]));
    assert_eq!(named(&ann, "maya", std::slice::from_ref(&file.id)).await, None);
    assert_eq!(named(&ben, "shopper", std::slice::from_ref(&file.id)).await, None);
    assert_eq!(named(&ann, "shopper", &[file.id.clone(), "\0".into()]).await, None);

    let after = done(&store, turn(&ann, Some("c1"), vec![shows("", "c1", std::slice::from_ref(&file))])).await;
    assert!(is_shown(&store, &ann, "one", "maya").await && !is_shown(&store, &ben, "one", "shopper").await);
    assert_eq!(log(&store, &after).await[0].body, shows("", "c1", &[file]).body);
    assert_eq!(desk::load_row(&store, &ann.id).await.unwrap().unwrap().preview, "\u{fffc}", "a list has its own word");
}

async fn a_file_is_sent_once_by_whoever_uploaded_it_and_else_nothing_is_stored(store: Fresh) {
    let ann = conversation(&store, "ann").await;
    let file = upload(&store, &ann, "shopper", "one").await;
    let by_maya = upload(&store, &ann, "maya", "two").await;
    let send = async |conversation: &Conversation, cid: &str, files: &[Attachment]| {
        let commit = turn(conversation, Some(cid), vec![shows("look", cid, files)]);
        conversations::commit_turn(&store, commit).await.unwrap()
    };
    assert_eq!(send(&ann, "c1", &[file.clone(), by_maya]).await, Committed::NoSuchFile);
    assert_eq!(send(&ann, "c1", &[about("three")]).await, Committed::NoSuchFile);
    assert!(log(&store, &ann).await.is_empty());
    let Committed::Done { conversation: after, .. } = send(&ann, "c1", std::slice::from_ref(&file)).await else {
        panic!()
    };
    assert_eq!(send(&after, "c1", std::slice::from_ref(&file)).await, Committed::Duplicate { seq: 1 }, "sent again");
    assert_eq!(send(&after, "c2", &[file]).await, Committed::NoSuchFile, "under another key");
    assert_eq!(log(&store, &ann).await.len(), 1);
}

async fn a_conversation_has_so_many_files_and_no_more(store: Fresh) {
    let (ann, ben) = (conversation(&store, "ann").await, conversation(&store, "ben").await);
    let other = store.another().await;
    let add = async |store: &Store, conversation: &Conversation, nth: usize, since: UnixMs| {
        let (about, bytes) = (about(&format!("{}-{nth}", conversation.id)), vec![1]);
        let upload = Upload { conversation: conversation.id.clone(), sender: "shopper".into(), about, bytes };
        attachments::add(store, upload, (3, since), NOON).await.unwrap()
    };
    let at_once = tokio::join!(
        add(&store, &ann, 1, 0),
        add(&other, &ann, 2, 0),
        add(&store, &ann, 3, 0),
        add(&other, &ann, 4, 0),
        add(&store, &ann, 5, 0)
    );
    let kept = <[bool; 5]>::from(at_once).into_iter().filter(|kept| *kept).count();
    assert_eq!((kept, add(&store, &ben, 1, 0).await), (3, true));
    assert!(add(&store, &ann, 6, NOON).await, "those of long ago do not count");
    other.close().await;
}

async fn what_is_never_sent_is_forgotten(store: Fresh) {
    let ann = conversation(&store, "ann").await;
    let sent = upload(&store, &ann, "shopper", "one").await;
    upload(&store, &ann, "shopper", "two").await;
    done(&store, turn(&ann, Some("c1"), vec![shows("", "c1", &[sent])])).await;
    assert_eq!(attachments::forget_unsent(&store, NOON).await.unwrap(), 0, "not yet");
    assert_eq!(attachments::forget_unsent(&store, NOON + 1).await.unwrap(), 1);
    assert!(is_shown(&store, &ann, "one", "shopper").await && !is_shown(&store, &ann, "two", "shopper").await);
}

async fn a_file_goes_with_the_words_of_its_entry(store: Fresh) {
    let ann = conversation(&store, "ann").await;
    let (one, two) = (upload(&store, &ann, "shopper", "one").await, upload(&store, &ann, "shopper", "two").await);
    let after = done(&store, turn(&ann, None, vec![shows("", "c1", &[one])])).await;
    let mut after = done(&store, turn(&after, None, vec![shows("my street", "c2", &[two])])).await;
    for (seq, other, preview) in [(2, true, ""), (1, false, "")] {
        let entry = log(&store, &ann).await.into_iter().find(|entry| entry.seq == seq).unwrap();
        let redacted = Redacted { at: NOON, by: None, why: "a face".into() };
        let body = Box::new(redaction::blanked(&entry.body, redacted).unwrap());
        let mut commit = turn(&after, None, vec![answers("gone")]);
        commit.effects = vec![Effect::Redact { seq, body, words: redaction::words_of(&entry.body) }];
        after = done(&store, commit).await;
        assert_eq!(is_shown(&store, &ann, "one", "shopper").await, other);
        assert_eq!(desk::load_row(&store, &ann.id).await.unwrap().unwrap().preview, preview);
    }
    assert!(!is_shown(&store, &ann, "two", "shopper").await);
    assert!(!serde_json::to_string(&log(&store, &ann).await).unwrap().contains("image/jpeg"));
}
