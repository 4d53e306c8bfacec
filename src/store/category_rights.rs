//! Which team may write and which may publish in a category of articles.

use serde::{Deserialize, Serialize};

use serde_json::json;

use super::{Store, StoreError, audit, columns, readers::Read, writer::Outcome};
use crate::domain::{
    AgentRef, UnixMs,
    audit::{Change, Deed},
    ids::TeamId,
};

/// `None`, or a team without members: everybody whose role it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryRight {
    pub category: String,
    pub edit_team: Option<TeamId>,
    pub publish_team: Option<TeamId>,
}

/// Categories that have a rule, by name.
pub async fn list(store: &Store) -> Result<Vec<CategoryRight>, StoreError> {
    let found = sqlx::query("SELECT category, edit_team, publish_team FROM category_right").all(&store.readers).await?;
    let mut rights = found
        .iter()
        .map(|row| {
            Ok(CategoryRight {
                category: columns::text(row, "category")?,
                edit_team: columns::maybe_text(row, "edit_team")?.map(TeamId),
                publish_team: columns::maybe_text(row, "publish_team")?.map(TeamId),
            })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    rights.sort_by(|one, other| one.category.cmp(&other.category));
    Ok(rights)
}

/// Sets the rule of one category; without any team it has none. That, and who did it, are one transaction.
pub async fn set(store: &Store, right: CategoryRight, by: AgentRef, at: UnixMs) -> Result<(), StoreError> {
    store
        .writer
        .write(move |db| {
            Box::pin(async move {
                let detail = json!({"edit_team": right.edit_team, "publish_team": right.publish_team});
                audit::note_in(db, Change { at, by, deed: Deed::RightSet, about: right.category.clone(), detail }).await?;
                let category = columns::storable(&right.category);
                if right.edit_team.is_none() && right.publish_team.is_none() {
                    sqlx::query("DELETE FROM category_right WHERE category = $1").bind(category).execute(db).await?;
                    return Ok(Outcome::Keep(()));
                }
                sqlx::query(
                    "INSERT INTO category_right (category, edit_team, publish_team) VALUES ($1, $2, $3) \
                     ON CONFLICT (category) DO UPDATE SET edit_team = excluded.edit_team, publish_team = excluded.publish_team",
                )
                .bind(category)
                .bind(right.edit_team.map(|team| team.0))
                .bind(right.publish_team.map(|team| team.0))
                .execute(db)
                .await?;
                Ok(Outcome::Keep(()))
            })
        })
        .await
}
