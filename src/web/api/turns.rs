//! What staff do to a conversation by a request: a turn like any other, its refusals told as errors.

use std::sync::Arc;

use axum::http::StatusCode;

use crate::{
    app::App,
    dialogue::{AgentAct, Refusal},
    domain::{Agent, AgentRef, ids::ConversationId, sentence::sentence},
    service::conversations::{self as turns, Action, Handled, TurnError},
    web::error::ApiError,
};

pub(super) async fn take_turn(
    app: &Arc<App>,
    agent: Agent,
    conv: &ConversationId,
    act: AgentAct,
) -> Result<StatusCode, ApiError> {
    let action = Action::Agent { agent: AgentRef { id: agent.id, name: agent.name }, act };
    match turns::handle(app, conv, &action, None).await {
        Ok(Handled::Done | Handled::Duplicate { .. }) => Ok(StatusCode::NO_CONTENT),
        Ok(Handled::NotYours) => Err(ApiError::not_found(sentence!("There is no such conversation."))),
        Ok(Handled::Refused(Refusal::NotYours)) => {
            Err(ApiError::forbidden(sentence!("This is for somebody else to do.")))
        }
        Ok(Handled::Refused(_)) => Err(ApiError::new(
            StatusCode::CONFLICT,
            "over",
            sentence!("This is not to be done any more. Please look again."),
        )),
        Err(TurnError::Store(error)) => Err(error.into()),
        Err(TurnError::Contended) => Err(ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            sentence!("The server is busy. Please try again."),
        )),
    }
}
