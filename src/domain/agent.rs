//! Staff: agents, editors, supervisors, admins; what each may do and see.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::ids::{AgentId, TeamId};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Agent,
    Editor,
    Supervisor,
    Admin,
}

/// What a signed-in member of staff may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// See the queue and conversations, take, reply, note, hand back, resolve.
    Desk,
    /// Read and change articles.
    Knowledge,
    /// Put articles, intents and policies into force, or out of it.
    Publish,
    /// Take words out of any conversation; whoever has it may do so in their own.
    RedactAny,
    /// See and look after what poor ratings ask for.
    FollowUp,
    /// Take conversations over, set seats and teams; see everybody's conversations, the wall and what was changed.
    Supervise,
    /// Change accounts of staff and the rules of the shop.
    Administer,
}

/// Whose conversations an agent sees; who supervises sees all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sight {
    #[default]
    All,
    /// Those of their teams, of no team, and their own.
    Teams,
}

impl Role {
    pub fn may(self, permission: Permission) -> bool {
        match permission {
            Permission::Desk => matches!(self, Role::Agent | Role::Supervisor | Role::Admin),
            Permission::Knowledge | Permission::Publish => {
                matches!(self, Role::Editor | Role::Supervisor | Role::Admin)
            }
            Permission::Supervise | Permission::RedactAny | Permission::FollowUp => {
                matches!(self, Role::Supervisor | Role::Admin)
            }
            Permission::Administer => matches!(self, Role::Admin),
        }
    }
}

/// THE question of authorisation. `about`: the team whose conversation (or category of articles) it is, where it is about
/// one and that team has members; who supervises is in every team.
pub fn may(agent: &Agent, teams: &[TeamId], permission: Permission, about: Option<&TeamId>) -> bool {
    let is_inside = about.is_none_or(|team| agent.role.may(Permission::Supervise) || teams.contains(team));
    !agent.disabled && agent.role.may(permission) && is_inside
}

/// A member of staff and the teams whose conversations are closed to them, as both are now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    pub agent: Agent,
    /// Empty for who sees all.
    pub closed: BTreeSet<TeamId>,
    /// Another one since their sessions were ended.
    pub generation: i64,
}

impl Viewer {
    /// `foreign`: teams that have members, of which this agent is none.
    pub fn new(agent: Agent, sight: Sight, foreign: impl IntoIterator<Item = TeamId>) -> Self {
        let sees_all = sight == Sight::All || agent.role.may(Permission::Supervise);
        let closed = if sees_all { BTreeSet::new() } else { foreign.into_iter().collect() };
        Viewer { agent, closed, generation: 0 }
    }

    /// Whether they may know of this conversation: read it, follow it, find it, write in it.
    pub fn may_see(&self, team: Option<&TeamId>, assignee: Option<&AgentRef>) -> bool {
        let is_own = assignee.is_some_and(|assignee| assignee.id == self.agent.id);
        let closed = team.filter(|team| !is_own && self.closed.contains(*team));
        may(&self.agent, &[], Permission::Desk, closed)
    }

    pub fn sees_all(&self) -> bool {
        self.closed.is_empty()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    pub id: AgentId,
    pub mail: String,
    pub name: String,
    pub role: Role,
    pub disabled: bool,
}

/// Who did it, as shown beside an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentRef {
    pub id: AgentId,
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agent(role: Role, disabled: bool) -> Agent {
        Agent { id: "ann".into(), mail: "ann@desk.example".into(), name: "Ann".into(), role, disabled }
    }

    #[test]
    fn roles_teams_and_a_disabled_account_are_one_question() {
        let (returns, vip) = (TeamId::from("returns"), TeamId::from("vip"));
        let may_take = |role, about| may(&agent(role, false), std::slice::from_ref(&returns), Permission::Desk, about);
        assert!(may_take(Role::Agent, None) && may_take(Role::Agent, Some(&returns)));
        assert!(!may_take(Role::Agent, Some(&vip)) && !may_take(Role::Editor, None));
        assert!(may_take(Role::Supervisor, Some(&vip)) && may_take(Role::Admin, Some(&vip)));
        assert!(!may(&agent(Role::Admin, true), &[], Permission::Desk, None));
        for (role, supervises) in
            [(Role::Agent, false), (Role::Editor, false), (Role::Supervisor, true), (Role::Admin, true)]
        {
            assert_eq!(may(&agent(role, false), &[], Permission::Supervise, None), supervises, "{role:?}");
        }
    }

    /// role × deed, for somebody of the team "returns".
    #[test]
    fn each_role_may_what_it_is_for_and_nothing_else() {
        use Permission::{Administer, Desk, Knowledge, Supervise};
        let (returns, vip) = (TeamId::from("returns"), TeamId::from("vip"));
        for (role, permissions, foreign) in [
            (Role::Agent, &[Desk][..], false),
            (Role::Editor, &[Knowledge][..], false),
            (Role::Supervisor, &[Desk, Knowledge, Supervise][..], true),
            (Role::Admin, &[Desk, Knowledge, Supervise, Administer][..], true),
        ] {
            for permission in [Desk, Knowledge, Supervise, Administer] {
                let expected = permissions.contains(&permission);
                let may =
                    |disabled, about| may(&agent(role, disabled), std::slice::from_ref(&returns), permission, about);
                let told = format!("{role:?} {permission:?}");
                assert_eq!(may(false, None), expected, "{told}");
                assert_eq!(may(false, Some(&returns)), expected, "{told} of their team");
                assert_eq!(may(false, Some(&vip)), expected && foreign, "{told} of another team");
                assert!(!may(true, None), "{told}, disabled");
            }
        }
    }

    /// role × sight × whose conversation it is.
    #[test]
    fn who_is_limited_to_teams_sees_theirs_nobodys_and_their_own() {
        let (returns, vip) = (TeamId::from("returns"), TeamId::from("vip"));
        let me = AgentRef { id: "ann".into(), name: "Ann".into() };
        let bob = AgentRef { id: "bob".into(), name: "Bob".into() };
        // Of nobody, of their team, of another, of another and their own, of another and a colleague's.
        let asked = [
            (None, None),
            (Some(&returns), Some(&bob)),
            (Some(&vip), None),
            (Some(&vip), Some(&me)),
            (Some(&vip), Some(&bob)),
        ];
        let all = [true; 5];
        for (role, sight, expected) in [
            (Role::Agent, Sight::All, all),
            (Role::Agent, Sight::Teams, [true, true, false, true, false]),
            (Role::Editor, Sight::All, [false; 5]),
            (Role::Editor, Sight::Teams, [false; 5]),
            (Role::Supervisor, Sight::Teams, all),
            (Role::Admin, Sight::Teams, all),
        ] {
            let viewer = Viewer::new(agent(role, false), sight, [vip.clone()]);
            assert_eq!(asked.map(|(team, who)| viewer.may_see(team, who)), expected, "{role:?} {sight:?}");
            let gone = Viewer::new(agent(role, true), sight, [vip.clone()]);
            assert_eq!(asked.map(|(team, who)| gone.may_see(team, who)), [false; 5], "{role:?}, disabled");
        }
    }
}
