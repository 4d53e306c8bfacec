//! What each member of staff may see: their account, how far they see, and the teams that are closed to them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Store, StoreError, columns, desk, desk::DeskRow, desk::DeskView, readers::Read, writer::Outcome};
use crate::domain::{
    agent::{Sight, Viewer},
    ids::{AgentId, ConversationId, TeamId},
};

/// Everybody who is a member of staff.
pub async fn all(store: &Store) -> Result<BTreeMap<AgentId, Viewer>, StoreError> {
    let accounts =
        sqlx::query("SELECT id, mail, name, role, disabled, sees, generation FROM agent").all(&store.readers).await?;
    let members = sqlx::query("SELECT team, agent FROM team_member").all(&store.readers).await?;
    let mut teams: BTreeMap<TeamId, BTreeSet<AgentId>> = BTreeMap::new();
    for row in &members {
        let agent = AgentId(columns::text(row, "agent")?);
        teams.entry(TeamId(columns::text(row, "team")?)).or_default().insert(agent);
    }
    accounts
        .iter()
        .map(|row| {
            let (agent, sight) = (columns::agent(row)?, columns::name(row, "sees")?);
            let (id, generation) = (agent.id.clone(), columns::int(row, "generation")?);
            let foreign = teams.iter().filter(|(_, members)| !members.contains(&id)).map(|(team, _)| team.clone());
            Ok((id.clone(), Viewer { generation, ..Viewer::new(agent, sight, foreign) }))
        })
        .collect()
}

pub async fn load(store: &Store, id: &AgentId) -> Result<Option<Viewer>, StoreError> {
    let row = sqlx::query("SELECT id, mail, name, role, disabled, sees, generation FROM agent WHERE id = $1")
        .bind(id.0.clone())
        .maybe_one(&store.readers)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let (agent, sight) = (columns::agent(&row)?, columns::name(&row, "sees")?);
    let foreign = match sight {
        Sight::All => Vec::new(),
        Sight::Teams => sqlx::query(
            "SELECT DISTINCT team FROM team_member WHERE team NOT IN (SELECT team FROM team_member WHERE agent = $1)",
        )
        .bind(id.0.clone())
        .all(&store.readers)
        .await?,
    };
    let foreign =
        foreign.iter().map(|row| Ok(TeamId(columns::text(row, "team")?))).collect::<Result<Vec<_>, StoreError>>()?;
    let generation = columns::int(&row, "generation")?;
    Ok(Some(Viewer { generation, ..Viewer::new(agent, sight, foreign) }))
}

/// How far each sees, of those who do not see all.
pub async fn limited(store: &Store) -> Result<BTreeSet<AgentId>, StoreError> {
    let found = sqlx::query("SELECT id FROM agent WHERE sees = 'teams'").all(&store.readers).await?;
    found.iter().map(|row| Ok(AgentId(columns::text(row, "id")?))).collect()
}

/// False if there is no such agent.
pub async fn set_sight(store: &Store, agent: &AgentId, sight: Sight) -> Result<bool, StoreError> {
    let (agent, sight) = (agent.0.clone(), columns::to_name(&sight)?);
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                let done =
                    sqlx::query("UPDATE agent SET sees = $2 WHERE id = $1").bind(agent).bind(sight).execute(db).await?;
                Ok(Outcome::Keep(done.rows_affected() == 1))
            })
        })
        .await
}

/// Whether a row is of this agent (`$1`): what `Viewer::may_see` says, in the database.
macro_rules! is_seen {
    () => {
        "(assignee = $1 OR team IS NULL \
         OR NOT EXISTS (SELECT 1 FROM team_member WHERE team_member.team = conversation.team) \
         OR EXISTS (SELECT 1 FROM team_member WHERE team_member.team = conversation.team AND team_member.agent = $1))"
    };
}

/// The desk's rows as this member of staff sees them; in the order of [`desk::rows`], at most 200.
pub async fn rows(store: &Store, view: &DeskView, viewer: &Viewer) -> Result<Vec<DeskRow>, StoreError> {
    if viewer.sees_all() {
        return desk::rows(store, view).await;
    }
    let query = match view {
        DeskView::Queue => sqlx::query(concat!(
            "SELECT id FROM conversation WHERE status IN ('queued', 'offered') AND ",
            is_seen!(),
            " ORDER BY priority DESC, queued_at, id LIMIT 200"
        )),
        // One's own.
        DeskView::Mine(_) => return desk::rows(store, view).await,
        DeskView::All => sqlx::query(concat!(
            "SELECT id FROM conversation WHERE status <> 'closed' AND ",
            is_seen!(),
            " ORDER BY updated_at DESC, id LIMIT 200"
        )),
        DeskView::Closed { .. } => sqlx::query(concat!(
            "SELECT id FROM conversation WHERE status = 'closed' AND ($2 = '' OR category = $2) AND ($3 = '' OR EXISTS \
             (SELECT 1 FROM conversation_tag WHERE conversation_tag.conversation = conversation.id AND tag = $3)) AND ",
            is_seen!(),
            " ORDER BY updated_at DESC, id LIMIT 200"
        )),
    };
    let query = query.bind(viewer.agent.id.0.clone());
    let query = match view {
        DeskView::Closed { category, tag } => query
            .bind(category.as_deref().map(columns::storable).unwrap_or_default())
            .bind(tag.as_deref().map(columns::storable).unwrap_or_default()),
        _ => query,
    };
    let found = query.all(&store.readers).await?;
    let ids = found
        .iter()
        .map(|row| Ok(ConversationId(columns::text(row, "id")?)))
        .collect::<Result<Vec<_>, StoreError>>()?;
    let mut rows: BTreeMap<_, _> = desk::rows_of(store, &ids.iter().cloned().collect())
        .await?
        .into_iter()
        .map(|row| (row.conv.clone(), row))
        .collect();
    Ok(ids.iter().filter_map(|id| rows.remove(id)).collect())
}
