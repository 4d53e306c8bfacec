//! Who may write and who may publish in which category: rules by team, asked of `domain::agent::may`.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    domain::{
        Agent,
        agent::{Permission, may},
        ids::TeamId,
    },
    store::{
        Store, StoreError,
        category_rights::{self, CategoryRight},
        teams,
    },
};

/// Files of the playbook are categories too, under these names.
pub const INTENTS: &str = "intents";
pub const POLICIES: &str = "policies";

/// The rules of this moment, for one member of staff.
pub struct Rights {
    rules: BTreeMap<String, CategoryRight>,
    /// Teams that have members: the others are everybody.
    staffed: BTreeSet<TeamId>,
    own: Vec<TeamId>,
    agent: Agent,
}

impl Rights {
    pub async fn of(store: &Store, agent: &Agent) -> Result<Rights, StoreError> {
        let rules = category_rights::list(store).await?;
        let teams = if rules.is_empty() { Vec::new() } else { teams::list(store).await? };
        let own = teams.iter().filter(|team| team.members.contains(&agent.id)).map(|team| team.id.clone()).collect();
        let staffed = teams.into_iter().filter(|team| !team.members.is_empty()).map(|team| team.id).collect();
        let rules = rules.into_iter().map(|rule| (rule.category.clone(), rule)).collect();
        Ok(Rights { rules, staffed, own, agent: agent.clone() })
    }

    /// `Permission::Knowledge` to write, `Permission::Publish` to put into force.
    pub fn may(&self, permission: Permission, category: &str) -> bool {
        let rule = self.rules.get(category);
        let team = match permission {
            Permission::Publish => rule.and_then(|rule| rule.publish_team.as_ref()),
            _ => rule.and_then(|rule| rule.edit_team.as_ref()),
        };
        may(&self.agent, &self.own, permission, team.filter(|team| self.staffed.contains(*team)))
    }
}
