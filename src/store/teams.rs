//! Teams, their members, and the languages agents serve.

use std::collections::BTreeMap;

use super::{Store, StoreError, columns, readers::Read, writer::Outcome};
use crate::domain::{
    Lang, Team,
    ids::{AgentId, TeamId},
};

/// What became of a wish that would leave an agent with a conversation of a team they are not in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TeamSaved {
    Done,
    /// Somebody who would leave has conversations of the team: so many. They are finished or passed on first.
    InUse(i64),
}

/// All teams by id, members by id.
pub async fn list(store: &Store) -> Result<Vec<Team>, StoreError> {
    let teams = sqlx::query("SELECT id, name FROM team").all(&store.readers).await?;
    let members = sqlx::query("SELECT team, agent FROM team_member").all(&store.readers).await?;
    let mut of: BTreeMap<String, Vec<AgentId>> = BTreeMap::new();
    for row in &members {
        of.entry(columns::text(row, "team")?).or_default().push(AgentId(columns::text(row, "agent")?));
    }
    let mut teams = teams
        .iter()
        .map(|row| {
            let id = columns::text(row, "id")?;
            let mut members = of.remove(&id).unwrap_or_default();
            members.sort();
            Ok(Team { id: TeamId(id), name: columns::text(row, "name")?, members })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    // Sorted here: databases collate in ways of their own.
    teams.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(teams)
}

/// The teams of one agent, by id.
pub async fn of_agent(store: &Store, agent: &AgentId) -> Result<Vec<TeamId>, StoreError> {
    let found =
        sqlx::query("SELECT team FROM team_member WHERE agent = $1").bind(agent.0.clone()).all(&store.readers).await?;
    let mut teams =
        found.iter().map(|row| Ok(TeamId(columns::text(row, "team")?))).collect::<Result<Vec<_>, StoreError>>()?;
    teams.sort();
    Ok(teams)
}

/// A team without members is everybody.
pub async fn has_members(store: &Store, team: &TeamId) -> Result<bool, StoreError> {
    let row = sqlx::query("SELECT agent FROM team_member WHERE team = $1 LIMIT 1")
        .bind(team.0.clone())
        .maybe_one(&store.readers)
        .await?;
    Ok(row.is_some())
}

/// Makes the team or brings it to this name and these members, who must exist.
pub async fn save(store: &Store, team: Team) -> Result<TeamSaved, StoreError> {
    store
        .writer
        .write_much(move |db| {
            Box::pin(async move {
                sqlx::query(
                    "INSERT INTO team (id, name) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET name = excluded.name",
                )
                .bind(team.id.0.clone())
                .bind(columns::storable(&team.name))
                .execute(&mut *db)
                .await?;
                sqlx::query("DELETE FROM team_member WHERE team = $1")
                    .bind(team.id.0.clone())
                    .execute(&mut *db)
                    .await?;
                for agent in team.members {
                    sqlx::query(
                        "INSERT INTO team_member (team, agent) SELECT $1, id FROM agent WHERE id = $2 \
                         ON CONFLICT (team, agent) DO NOTHING",
                    )
                    .bind(team.id.0.clone())
                    .bind(agent.0)
                    .execute(&mut *db)
                    .await?;
                }
                let row = sqlx::query(
                    "SELECT count(*) AS held FROM conversation JOIN agent ON agent.id = conversation.assignee \
                     WHERE conversation.team = $1 AND conversation.status IN ('offered', 'assigned') \
                     AND agent.role = 'agent' AND EXISTS (SELECT 1 FROM team_member WHERE team_member.team = $1) \
                     AND NOT EXISTS (SELECT 1 FROM team_member WHERE team_member.team = $1 \
                     AND team_member.agent = conversation.assignee)",
                )
                .bind(team.id.0)
                .fetch_one(db)
                .await?;
                Ok(match columns::int(&row, "held")? {
                    0 => Outcome::Keep(TeamSaved::Done),
                    held => Outcome::Undo(TeamSaved::InUse(held)),
                })
            })
        })
        .await
}

/// What waits for the team waits for everybody from then on. False if there is no such team.
pub async fn remove(store: &Store, team: &TeamId) -> Result<bool, StoreError> {
    let team = team.0.clone();
    store
        .writer
        .write_much(move |db| {
            Box::pin(async move {
                sqlx::query("DELETE FROM team_member WHERE team = $1").bind(team.clone()).execute(&mut *db).await?;
                let done = sqlx::query("DELETE FROM team WHERE id = $1").bind(team).execute(db).await?;
                Ok(Outcome::Keep(done.rows_affected() == 1))
            })
        })
        .await
}

/// The languages an agent serves; none: all.
pub async fn set_langs(store: &Store, agent: &AgentId, langs: Vec<Lang>) -> Result<(), StoreError> {
    let agent = agent.0.clone();
    store
        .writer
        .write_much(move |db| {
            Box::pin(async move {
                sqlx::query("DELETE FROM agent_lang WHERE agent = $1").bind(agent.clone()).execute(&mut *db).await?;
                for lang in langs {
                    sqlx::query(
                        "INSERT INTO agent_lang (agent, lang) VALUES ($1, $2) ON CONFLICT (agent, lang) DO NOTHING",
                    )
                    .bind(agent.clone())
                    .bind(lang.tag())
                    .execute(&mut *db)
                    .await?;
                }
                Ok(Outcome::Keep(()))
            })
        })
        .await
}

/// Of those who have set any.
pub async fn langs(store: &Store) -> Result<BTreeMap<AgentId, Vec<Lang>>, StoreError> {
    let found = sqlx::query("SELECT agent, lang FROM agent_lang ORDER BY agent, lang").all(&store.readers).await?;
    let mut of: BTreeMap<AgentId, Vec<Lang>> = BTreeMap::new();
    for row in &found {
        of.entry(AgentId(columns::text(row, "agent")?)).or_default().push(columns::lang(row)?);
    }
    Ok(of)
}
