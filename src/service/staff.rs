//! Accounts of staff, as an admin sets them: added, changed, given a new password, switched off and on again.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    accounts::{self, SignInError},
    conversations::{self as turns, Action, SystemAct, TurnError},
    tokens,
};
use crate::{
    app::App,
    bus::Event,
    domain::{
        Agent, AgentRef, Role,
        agent::Sight,
        audit::{Change, Deed},
        ids::AgentId,
        playbook::FieldProblem,
        sentence::{Sentence, sentence},
    },
    store::{
        StoreError,
        desk::{self, DeskView},
        staff_changes::{self, Account, StaffChanged},
    },
};

const MAX_NAME_CHARS: usize = 60;
const MAX_MAIL_CHARS: usize = 200;
/// Of a password that somebody chooses; what we make up is longer.
const PASSWORD_CHARS: std::ops::RangeInclusive<usize> = 10..=200;

/// An account as an admin sends it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DraftAccount {
    pub name: String,
    pub mail: String,
    pub role: Role,
    #[serde(default)]
    pub sees: Sight,
}

/// An account that was made, or has another password: to be told to its owner, once.
#[derive(Serialize)]
pub struct Handed {
    pub id: AgentId,
    pub password: String,
}

#[derive(Debug, thiserror::Error)]
pub enum StaffError {
    #[error("{}", Sentence::all(.0.iter().map(|problem| &problem.message)))]
    Invalid(Vec<FieldProblem>),
    #[error("There is no such member of staff.")]
    Missing,
    #[error("This is the last admin. Make somebody else an admin first.")]
    LastAdmin,
    #[error(transparent)]
    Hash(#[from] SignInError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn problem(field: &str, message: Sentence) -> FieldProblem {
    FieldProblem { field: field.into(), message }
}

impl DraftAccount {
    fn checked(self) -> Result<Account, StaffError> {
        let (name, mail) = (self.name.trim().to_owned(), self.mail.trim().to_lowercase());
        let mut problems = Vec::new();
        if name.is_empty() || name.chars().count() > MAX_NAME_CHARS {
            problems.push(problem("name", sentence!("A name has 1 to {most} characters.", most = MAX_NAME_CHARS)));
        }
        let is_mail = mail.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.'));
        if !is_mail || mail.chars().count() > MAX_MAIL_CHARS || mail.contains(char::is_whitespace) {
            problems.push(problem("mail", sentence!("This is no mail address.")));
        }
        let account = Account { name, mail, role: self.role, sees: self.sees };
        if problems.is_empty() { Ok(account) } else { Err(StaffError::Invalid(problems)) }
    }
}

fn by(admin: &Agent) -> AgentRef {
    AgentRef { id: admin.id.clone(), name: admin.name.clone() }
}

fn change_of(app: &App, admin: &Agent, deed: Deed, about: &AgentId, detail: Value) -> Change {
    Change { at: app.clock.now_ms(), by: by(admin), deed, about: about.0.clone(), detail }
}

fn detail_of(account: &Account) -> Value {
    json!({"name": account.name, "mail": account.mail, "role": account.role, "sees": account.sees})
}

/// `None`: one is made up. Never kept and never logged in the clear.
async fn password_of(wanted: Option<String>) -> Result<(String, String), StaffError> {
    let password = wanted.unwrap_or_else(tokens::typable_password);
    if !PASSWORD_CHARS.contains(&password.chars().count()) {
        let (least, most) = PASSWORD_CHARS.into_inner();
        let message = sentence!("A password has {least} to {most} characters.", least, most);
        return Err(StaffError::Invalid(vec![problem("password", message)]));
    }
    let hash = accounts::hash_of(&password).await?;
    Ok((password, hash))
}

/// Adds somebody; their password is answered this once.
///
/// # Errors
/// What is wrong with which field.
pub async fn add(
    app: &App,
    admin: &Agent,
    draft: DraftAccount,
    password: Option<String>,
) -> Result<Handed, StaffError> {
    let account = draft.checked()?;
    let (password, hash) = password_of(password).await?;
    let id = AgentId(Uuid::now_v7().to_string());
    let change = change_of(app, admin, Deed::AgentAdded, &id, detail_of(&account));
    let Account { name, mail, role, sees } = account;
    let agent = Agent { id: id.clone(), mail, name, role, disabled: false };
    if !staff_changes::add(&app.store, agent, sees, hash, change).await? {
        return Err(mail_taken());
    }
    app.bus.publish(&Event::SeatsChanged);
    Ok(Handed { id, password })
}

/// Brings an account to another name, mail, role or sight; it counts at once, on every socket.
///
/// # Errors
/// What is wrong with which field.
pub async fn change(app: &App, admin: &Agent, id: &AgentId, draft: DraftAccount) -> Result<(), StaffError> {
    let account = draft.checked()?;
    let change = change_of(app, admin, Deed::AgentChanged, id, detail_of(&account));
    done(app, staff_changes::change(&app.store, id, account, change).await?)
}

/// Another password; whoever is signed in as them is signed out.
///
/// # Errors
/// It is too short, or there is no such account.
pub async fn reset_password(
    app: &App,
    admin: &Agent,
    id: &AgentId,
    password: Option<String>,
) -> Result<Handed, StaffError> {
    let (password, hash) = password_of(password).await?;
    let change = change_of(app, admin, Deed::PasswordReset, id, json!({}));
    done(app, staff_changes::set_password(&app.store, id, hash, change).await?)?;
    Ok(Handed { id: id.clone(), password })
}

/// Off: their sessions end and what they have waits for a colleague, at once.
///
/// # Errors
/// There is no such account, or it is the last admin's.
pub async fn switch(app: &Arc<App>, admin: &Agent, id: &AgentId, off: bool) -> Result<(), StaffError> {
    let deed = if off { Deed::SwitchedOff } else { Deed::SwitchedOn };
    let change = change_of(app, admin, deed, id, json!({}));
    done(app, staff_changes::switch(&app.store, id, off, change).await?)?;
    if off {
        for row in desk::rows(&app.store, &DeskView::Mine(id.clone())).await? {
            let lost = Action::System(SystemAct::AgentLost { epoch: row.epoch });
            match turns::handle(app, &row.conv, &lost, None).await {
                Ok(_) => {}
                // The sweep after lost agents comes by.
                Err(error @ TurnError::Contended) => tracing::warn!(conv = %row.conv, %error, "is requeued later"),
                Err(TurnError::Store(error)) => return Err(error.into()),
            }
        }
    }
    Ok(())
}

fn done(app: &App, changed: StaffChanged) -> Result<(), StaffError> {
    match changed {
        StaffChanged::Done => {
            app.bus.publish(&Event::SeatsChanged);
            app.dispatch_due.notify_one();
            Ok(())
        }
        StaffChanged::Missing => Err(StaffError::Missing),
        StaffChanged::LastAdmin => Err(StaffError::LastAdmin),
        StaffChanged::MailTaken => Err(mail_taken()),
    }
}

fn mail_taken() -> StaffError {
    StaffError::Invalid(vec![problem("mail", sentence!("Somebody else has this mail address."))])
}
