//! What a turn writes beside the log, each kind where its rows are kept.

use sqlx::AnyConnection;

use super::{
    StoreError, call_backs, columns, notices, outcomes, promises, ratings, redactions, returns, seats, timers, wrap_ups,
};
use crate::domain::{EntryBody, UnixMs, ids::ConversationId, turn::Effect};

/// `first_seq` is the turn's first entry's. False: what the turn decided on is no longer so.
pub(super) async fn apply(
    db: &mut AnyConnection,
    conversation: &ConversationId,
    at: UnixMs,
    first_seq: i64,
    effect: Effect,
) -> Result<bool, StoreError> {
    match effect {
        Effect::OpenReturn(draft) => return returns::open(db, conversation, draft).await,
        // Counted before the turn was decided (`proofs::begin`), so that parallel guesses cannot slip through.
        Effect::ProofFailed { .. } => {}
        Effect::ArticleAnswered { article } => outcomes::note_answer(db, conversation, at, article).await?,
        Effect::ArticleOutcome { article, helped, confidence } => {
            outcomes::note(db, conversation, at, article, helped, confidence).await?;
        }
        Effect::PassOver { agent, until } => seats::pass_over(db, conversation.as_str(), agent, until).await?,
        Effect::Arm { kind, due_at } => timers::arm(db, conversation, kind, due_at).await?,
        Effect::Disarm { kind } => timers::disarm(db, conversation, kind).await?,
        Effect::SetAway { agent } => seats::set_away(db, agent).await?,
        Effect::Promise(promise) => promises::make(db, conversation, at, promise).await?,
        Effect::Notify(news) => notices::tell(db, conversation, at, news).await?,
        Effect::KeepPromises => promises::keep(db, conversation, at).await?,
        Effect::WrapUp { category, outcome } => wrap_ups::note(db, conversation, category, outcome).await?,
        Effect::SetTags { tags } => wrap_ups::set_tags(db, conversation, &tags).await?,
        Effect::Rate(rating) => ratings::rate(db, conversation, at, rating).await?,
        Effect::OpenFollowUp { resolution, due_at } => {
            ratings::open_follow_up(db, conversation, at, resolution, due_at).await?;
        }
        Effect::TakeFollowUp { resolution, owner } => {
            notices::end_low_rating(db, conversation, at, &owner).await?;
            ratings::take_follow_up(db, conversation, resolution, owner).await?;
        }
        Effect::EndFollowUp { resolution, owner, remedy } => {
            notices::end_low_rating(db, conversation, at, &owner).await?;
            ratings::end_follow_up(db, conversation, at, resolution, owner, &remedy).await?;
        }
        Effect::Rewrite { seq, body, before, text } => {
            redactions::rewrite(db, conversation, seq, &body).await?;
            let files = match body.as_ref() {
                EntryBody::Message(message) => message.files.len(),
                _ => 0,
            };
            redactions::replace_preview(db, conversation, (&before, files), (&text, files)).await?;
        }
        Effect::Redact { seq, body, words } => redactions::redact(db, conversation, seq, &body, &words).await?,
        Effect::AskCallBack(draft) => call_backs::ask(db, conversation, first_seq, at, draft).await?,
        Effect::EndCallBack { by } => call_backs::end(db, conversation, at, Some(by)).await?,
        Effect::Unanswered { text, lang } => {
            sqlx::query("INSERT INTO unanswered (conversation, at, lang, question) VALUES ($1, $2, $3, $4)")
                .bind(conversation.0.clone())
                .bind(at)
                .bind(lang.tag())
                .bind(columns::storable(&text))
                .execute(db)
                .await?;
        }
    }
    Ok(true)
}
