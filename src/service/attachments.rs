//! Files on their way into a conversation: looked at, cleaned, kept until their message comes.

use super::tokens;
use crate::{
    app::App,
    domain::{
        Attachment, UnixMs,
        attachment::{self, Unfit},
        ids::{AttachmentId, ConversationId},
    },
    store::{
        StoreError,
        attachments::{self, Upload},
    },
};

/// A conversation may go on for years: files of the last thirty days count.
const COUNTED_MS: UnixMs = 30 * 24 * 3_600_000;

/// What became of an upload.
#[derive(Debug, Clone, PartialEq)]
pub enum Received {
    Done(Attachment),
    Unfit(Unfit),
    /// The conversation has as many as the shop keeps of one, or the shop takes none.
    Full,
}

/// `name` is of a document, and only members of staff send those.
pub async fn receive(
    app: &App,
    conversation: &ConversationId,
    sender: &str,
    is_staff: bool,
    bytes: &[u8],
    name: Option<&str>,
) -> Result<Received, StoreError> {
    let rules = app.mind().playbook.service.files;
    if rules.per_message == 0 {
        return Ok(Received::Full);
    }
    let file = match attachment::check(bytes, rules.most_bytes, is_staff) {
        Ok(file) => file,
        Err(unfit) => return Ok(Received::Unfit(unfit)),
    };
    let about = Attachment {
        id: AttachmentId(tokens::fresh()),
        media: file.media,
        bytes: u32::try_from(file.bytes.len()).unwrap_or(u32::MAX),
        width: file.size.map(|(width, _)| width),
        height: file.size.map(|(_, height)| height),
        name: name.filter(|_| !file.media.is_picture()).and_then(attachment::plain_name),
    };
    let upload = Upload {
        conversation: conversation.clone(),
        sender: sender.to_owned(),
        about: about.clone(),
        bytes: file.bytes,
    };
    let now = app.clock.now_ms();
    let most = (rules.per_conversation, now - COUNTED_MS);
    let is_kept = attachments::add(&app.store, upload, most, now).await?;
    Ok(if is_kept { Received::Done(about) } else { Received::Full })
}

/// What a message names; `None` when it names too many, one twice, or one that its sender has not uploaded.
pub async fn named(
    app: &App,
    conversation: &ConversationId,
    sender: &str,
    ids: &[AttachmentId],
) -> Result<Option<Vec<Attachment>>, StoreError> {
    let is_twice = (1..ids.len()).any(|at| ids[..at].contains(&ids[at]));
    if is_twice || ids.len() > app.mind().playbook.service.files.per_message {
        return Ok(None);
    }
    attachments::of_sender(&app.store, conversation, sender, ids).await
}

/// Nobody will send them any more.
pub async fn forget_unsent(app: &App) -> Result<u64, StoreError> {
    let before = app.clock.now_ms() - app.mind().playbook.service.files.unsent_ms;
    attachments::forget_unsent(&app.store, before).await
}
