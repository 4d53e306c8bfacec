//! The supervisor's wall, how a conversation stands, and what a supervisor sets for others.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, put},
};
use serde::Deserialize;
use serde_json::json;

use super::{Body, seen};
use crate::{
    app::App,
    bus::Event,
    dialogue::AgentAct,
    domain::{
        AgentRef,
        audit::{Change, Deed},
        ids::{AgentId, ConversationId},
        sentence::sentence,
    },
    service::{
        conversations::{self as turns, Action, Handled, TurnError},
        wall::{self, Standing, Wall},
    },
    store::{agents, audit, seats},
    web::{
        auth::{Onlooker, Supervisor},
        error::ApiError,
    },
};

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/wall", get(show))
        .route("/desk/seats/{agent}/available", put(set_available))
        .route("/conversations/{conv}/standing", get(standing))
        .route("/conversations/{conv}/tier", put(set_tier))
}

async fn show(State(app): State<Arc<App>>, _: Supervisor) -> Result<Json<Wall>, ApiError> {
    Ok(Json(wall::wall(&app).await?))
}

async fn standing(
    State(app): State<Arc<App>>,
    Onlooker(viewer): Onlooker,
    Path(conv): Path<String>,
) -> Result<Json<Standing>, ApiError> {
    let conversation = seen(&app, &viewer, &ConversationId(conv)).await?;
    Ok(Json(wall::standing(&app, &conversation).await?))
}

#[derive(Deserialize)]
struct Available {
    on: bool,
}

async fn set_available(
    State(app): State<Arc<App>>,
    Supervisor(supervisor): Supervisor,
    Path(agent): Path<String>,
    Body(Available { on }): Body<Available>,
) -> Result<StatusCode, ApiError> {
    let agent = AgentId(agent);
    if agents::load(&app.store, &agent).await?.is_none() {
        return Err(ApiError::not_found(sentence!("There is no such agent.")));
    }
    if seats::set_available(&app.store, &agent, on).await? {
        let by = AgentRef { id: supervisor.id, name: supervisor.name };
        let deed = Deed::AvailabilitySet;
        let change = Change { at: app.clock.now_ms(), by, deed, about: agent.0, detail: json!({"available": on}) };
        audit::note(&app.store, change).await?;
        app.bus.publish(&Event::SeatsChanged);
        app.dispatch_due.notify_one();
    }
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct TierWish {
    /// Null: none.
    tier: Option<String>,
}

async fn set_tier(
    State(app): State<Arc<App>>,
    Onlooker(viewer): Onlooker,
    Path(conv): Path<String>,
    Body(TierWish { tier }): Body<TierWish>,
) -> Result<Json<Standing>, ApiError> {
    let conv = ConversationId(conv);
    seen(&app, &viewer, &conv).await?;
    if let Some(tier) = &tier
        && !wall::is_tier(&app, tier)
    {
        return Err(ApiError::bad_request(sentence!("The shop has no such tier.")));
    }
    let by = AgentRef { id: viewer.agent.id.clone(), name: viewer.agent.name.clone() };
    let act = Action::Agent { agent: by.clone(), act: AgentAct::SetTier { tier: tier.clone() } };
    match turns::handle(&app, &conv, &act, None).await {
        Ok(Handled::Done) => {}
        Ok(_) | Err(TurnError::Contended) => return Err(ApiError::conflict(sentence!("Please try again."))),
        Err(TurnError::Store(error)) => return Err(error.into()),
    }
    let change = Change {
        at: app.clock.now_ms(),
        by,
        deed: Deed::TierSet,
        about: conv.0.clone(),
        detail: json!({"tier": tier}),
    };
    audit::note(&app.store, change).await?;
    wall::row_changed(&app, &conv);
    let conversation = seen(&app, &viewer, &conv).await?;
    Ok(Json(wall::standing(&app, &conversation).await?))
}
