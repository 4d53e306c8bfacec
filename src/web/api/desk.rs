//! The desk's own order: seats, teams, languages; who may see it reads, who supervises changes.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, put},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Body;
use crate::{
    app::App,
    bus::Event,
    desk::there_until,
    domain::{
        Agent, AgentRef, Lang, Seat, Team,
        audit::{Change, Deed},
        ids::{AgentId, TeamId},
        sentence::sentence,
        team::is_team_id,
    },
    store::{
        audit,
        seats::{self, CapacitySet, MOST_CAPACITY},
        teams::{self, TeamSaved},
    },
    web::{
        auth::{Desk, Supervisor},
        error::ApiError,
    },
};

/// Characters of a team's name.
const MAX_NAME_CHARS: usize = 60;

pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/desk", get(read))
        .route("/desk/seats/{agent}", put(save_seat))
        .route("/desk/teams/{team}", put(save_team).delete(remove_team))
}

#[derive(Serialize)]
struct DeskAnswer {
    seats: Vec<Seat>,
    teams: Vec<Team>,
    /// Of agents who do not serve all.
    langs: BTreeMap<AgentId, Vec<Lang>>,
}

async fn read(State(app): State<Arc<App>>, _: Desk) -> Result<Json<DeskAnswer>, ApiError> {
    Ok(Json(DeskAnswer {
        seats: seats::list(&app.store, there_until(app.clock.now_ms())).await?,
        teams: teams::list(&app.store).await?,
        langs: teams::langs(&app.store).await?,
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeatWish {
    /// `null`: the inbox's.
    capacity: Option<i64>,
    /// Empty: all.
    #[serde(default)]
    langs: Vec<Lang>,
}

async fn save_seat(
    State(app): State<Arc<App>>,
    Supervisor(supervisor): Supervisor,
    Path(agent): Path<String>,
    Body(wish): Body<SeatWish>,
) -> Result<StatusCode, ApiError> {
    if wish.capacity.is_some_and(|capacity| !(1..=MOST_CAPACITY).contains(&capacity)) {
        return Err(ApiError::bad_request(sentence!("A capacity is 1 to {most}.", most = MOST_CAPACITY)));
    }
    let agent = AgentId(agent);
    match seats::set_capacity(&app.store, &agent, wish.capacity).await? {
        CapacitySet::Done => {}
        CapacitySet::NoSuchAgent => return Err(ApiError::not_found(sentence!("There is no such agent."))),
        CapacitySet::HasMore(active) => {
            let message =
                sentence!("This agent has {active} conversations now; fewer is possible when those are done.", active);
            return Err(ApiError::new(StatusCode::CONFLICT, "in_use", message));
        }
    }
    let detail = json!({"capacity": wish.capacity, "langs": wish.langs});
    teams::set_langs(&app.store, &agent, wish.langs).await?;
    changed(&app, supervisor, Deed::SeatSet, agent.0, detail).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TeamWish {
    name: String,
    members: Vec<AgentId>,
}

async fn save_team(
    State(app): State<Arc<App>>,
    Supervisor(supervisor): Supervisor,
    Path(id): Path<String>,
    Body(wish): Body<TeamWish>,
) -> Result<StatusCode, ApiError> {
    if !is_team_id(&id) {
        return Err(ApiError::bad_request(sentence!("A team's id is 1 to 40 of a-z, 0-9 and -.")));
    }
    let name = wish.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > MAX_NAME_CHARS {
        return Err(ApiError::bad_request(sentence!(
            "A team's name has 1 to {most} characters.",
            most = MAX_NAME_CHARS
        )));
    }
    let detail = json!({"name": name, "members": wish.members});
    let team = Team { id: TeamId(id.clone()), name, members: wish.members };
    match teams::save(&app.store, team).await? {
        TeamSaved::Done => {}
        TeamSaved::InUse(held) => {
            let message =
                sentence!("Who would leave the team has {held} of its conversations. Pass those on first.", held);
            return Err(ApiError::new(StatusCode::CONFLICT, "in_use", message));
        }
    }
    changed(&app, supervisor, Deed::TeamSaved, id, detail).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn remove_team(
    State(app): State<Arc<App>>,
    Supervisor(supervisor): Supervisor,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    if !teams::remove(&app.store, &TeamId(id.clone())).await? {
        return Err(ApiError::not_found(sentence!("There is no such team.")));
    }
    changed(&app, supervisor, Deed::TeamRemoved, id, json!({})).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who waits may be somebody else's now.
async fn changed(app: &App, by: Agent, deed: Deed, about: String, detail: Value) -> Result<(), ApiError> {
    let by = AgentRef { id: by.id, name: by.name };
    audit::note(&app.store, Change { at: app.clock.now_ms(), by, deed, about, detail }).await?;
    app.bus.publish(&Event::SeatsChanged);
    app.dispatch_due.notify_one();
    Ok(())
}
