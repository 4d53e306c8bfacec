//! The demo's staff, so that a first look needs no set-up.

use serde::{Deserialize, Serialize};

use crate::{
    domain::{Role, UnixMs},
    error::Failure,
    service::{
        accounts::{self, SignInError},
        tokens,
    },
    store::{Store, meta},
};

/// An account of the demo as it is shown at the start.
#[derive(Clone, Serialize, Deserialize)]
pub struct DemoSignIn {
    pub role: String,
    pub name: String,
    pub mail: String,
    pub password: String,
}

const STAFF: [(Role, &str, &str); 4] = [
    (Role::Agent, "Maya Lin", "maya@perchwood.example"),
    (Role::Agent, "Wei Chen", "wei@perchwood.example"),
    (Role::Editor, "Iris Wu", "iris@perchwood.example"),
    (Role::Admin, "Ted Hsu", "ted@perchwood.example"),
];

/// Makes the accounts, with passwords of this installation alone.
pub(super) async fn create(store: &Store, at: UnixMs) -> Result<(), Failure> {
    // Written down before the accounts are made: a start that was interrupted goes on with the same passwords.
    let mut sign_ins = demo_sign_ins(store).await?;
    if sign_ins.is_empty() {
        sign_ins = STAFF.map(|(role, name, mail)| fresh(role, name, mail)).to_vec();
        let json = serde_json::to_string(&sign_ins).map_err(|error| Failure::Other(error.to_string()))?;
        meta::save_demo_sign_ins(store, json).await?;
    }
    for (sign_in, (role, ..)) in sign_ins.iter().zip(STAFF) {
        accounts::add(store, &sign_in.mail, &sign_in.name, role, &sign_in.password, at).await.map_err(|error| {
            match error {
                SignInError::Store(error) => Failure::Store(error),
                error => Failure::Other(error.to_string()),
            }
        })?;
    }
    Ok(())
}

/// The demo accounts of this installation; none where there is no demo.
pub async fn demo_sign_ins(store: &Store) -> Result<Vec<DemoSignIn>, Failure> {
    let Some(json) = meta::load_demo_sign_ins(store).await? else { return Ok(Vec::new()) };
    serde_json::from_str(&json).map_err(|error| Failure::Other(format!("The demo sign-ins cannot be read: {error}.")))
}

fn fresh(role: Role, name: &str, mail: &str) -> DemoSignIn {
    let role = match role {
        Role::Agent => "agent",
        Role::Editor => "editor",
        Role::Supervisor => "supervisor",
        Role::Admin => "admin",
    };
    DemoSignIn { role: role.into(), name: name.into(), mail: mail.into(), password: tokens::typable_password() }
}
