//! What a sender may send, before `step` decides on it; and the switches of an agent's own seat.

use super::{
    refusals::{busy, no_such_file, not_yours},
    session::{MAX_ID_BYTES, Session, Who},
    staff,
};
use crate::{
    bus::Event,
    dialogue::Verdict,
    domain::{
        ids::{Cid, ConversationId},
        rating::{BEST_SCORE, MAX_COMMENT_CHARS},
    },
    service::{
        attachments,
        conversations::{Action, SHOPPER, ShopperAct},
    },
    store::seats,
    web::{
        frames::{MAX_TEXT_CHARS, Refused, RefusedCode, SendBody},
        limits::Limit,
    },
};

impl Session {
    /// Whether this sender may send this now; what remains is for `step` to decide.
    pub(super) async fn check(&self, cid: &Cid, conv: &ConversationId, body: SendBody) -> Result<Action, Refused> {
        let is_key = |text: &str| (1..=MAX_ID_BYTES).contains(&text.len()) && text.is_ascii();
        if !is_key(cid.as_str()) || !is_key(conv.as_str()) {
            let message = format!("`cid` and `conv` have 1 to {MAX_ID_BYTES} ASCII characters.");
            return Err(Refused::new(RefusedCode::BadFrame, message));
        }
        let texts = match &body {
            SendBody::Message { text, .. }
            | SendBody::Note { text, .. }
            | SendBody::AnswerMany { text, .. }
            | SendBody::Edit { text, .. } => Some((text, MAX_TEXT_CHARS)),
            SendBody::Rate { comment: text, .. } | SendBody::Redact { why: text, .. } => {
                Some((text, MAX_COMMENT_CHARS))
            }
            _ => None,
        };
        if let Some((text, most)) = texts
            && text.chars().count() > most
        {
            let message = format!("This text is longer than {most} characters. Please send it in parts.");
            return Err(Refused::new(RefusedCode::TooLong, message));
        }
        if let SendBody::Edit { text, .. } | SendBody::Redact { why: text, .. } = &body
            && text.trim().is_empty()
        {
            return Err(Refused::new(
                RefusedCode::BadFrame,
                "Words are needed: what it says now, or why it is taken out.",
            ));
        }
        match &self.who {
            Who::Shopper { contact, conv: own } => {
                if conv != own {
                    return Err(not_yours());
                }
                self.limit(Limit::VisitorMessages, contact.as_str())?;
                self.limit(Limit::NetworkMessages, &self.network)?;
                let act = match body {
                    SendBody::Message { text, choice, files, .. } => {
                        let files = attachments::named(&self.app, conv, SHOPPER, &files).await;
                        let files = files.map_err(|error| busy(&error.into()))?.ok_or_else(no_such_file)?;
                        ShopperAct::Say { text, choice, files }
                    }
                    SendBody::Rate { resolution, score, comment } if (1..=BEST_SCORE).contains(&score) => {
                        ShopperAct::Rate(Verdict { resolution, score, comment: comment.trim().to_owned() })
                    }
                    SendBody::Rate { .. } => {
                        return Err(Refused::new(RefusedCode::BadFrame, format!("A score is 1 to {BEST_SCORE}.")));
                    }
                    _ => return Err(Refused::new(RefusedCode::NotYours, "Only staff may do this.")),
                };
                Ok(Action::Shopper { contact: contact.clone(), network: self.network.clone(), act })
            }
            Who::Agent { agent, .. } => {
                self.limit(Limit::AgentMessages, agent.id.as_str())?;
                let act = staff::authorise(&self.app, agent, conv, body).await?;
                Ok(Action::Agent { agent: agent.clone(), act })
            }
        }
    }

    fn limit(&self, limit: Limit, key: &str) -> Result<(), Refused> {
        self.app.limits.check(limit, key).map_err(|wait| {
            let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX) + 1;
            Refused::new(RefusedCode::RateLimited, "That was a lot at once. Please wait a moment.")
                .retry_after_ms(wait_ms)
        })
    }

    /// The switch is the agent's, whichever window they turn it in.
    pub(super) async fn set_available(&self, on: bool) {
        let Who::Agent { agent, .. } = &self.who else { return self.refuse(not_yours()) };
        match seats::set_available(&self.app.store, &agent.id, on).await {
            Ok(_) => {
                self.app.bus.publish(&Event::SeatsChanged);
                self.app.dispatch_due.notify_one();
            }
            Err(error) => self.refuse(busy(&error.into())),
        }
    }

    /// The sheet of a wrap-up is open, or is done with. It ends by itself, should nobody say so.
    pub(super) async fn set_wrapping_up(&self, on: bool) {
        let Who::Agent { agent, .. } = &self.who else { return self.refuse(not_yours()) };
        let rest_ms = self.app.mind().playbook.wrap_up.rest_ms;
        let until = (on && rest_ms > 0).then(|| self.app.clock.now_ms() + rest_ms);
        match seats::set_wrapping_up(&self.app.store, &agent.id, until).await {
            Ok(()) => {
                self.app.bus.publish(&Event::SeatsChanged);
                self.app.dispatch_due.notify_one();
            }
            Err(error) => self.refuse(busy(&error.into())),
        }
    }
}
