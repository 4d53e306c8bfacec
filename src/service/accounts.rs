//! Staff: signing in and out, sessions, socket tickets.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::tokens;
use crate::{
    domain::{Agent, Role, UnixMs, ids::AgentId},
    store::{Store, StoreError, agent_sessions, agents, tickets},
};

/// A session ends this long after its last use.
const SESSION_MS: UnixMs = 12 * 60 * 60 * 1_000;

/// How much later than stored a session may really end: not every request needs a write.
const SESSION_SLACK_MS: UnixMs = 10 * 60 * 1_000;

const TICKET_MS: UnixMs = 30 * 1_000;

/// One hash takes 19 MB and a core for some time: two at once, and a waiting room instead of an endless line.
static HASHING: Semaphore = Semaphore::const_new(2);
static WAITING_ROOM: Semaphore = Semaphore::const_new(32);

/// No password has this hash; checking against it takes as long as against a real one.
const NOBODYS_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGF0IGFsbC4$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    #[error("This mail address and password do not match.")]
    Wrong,
    #[error("Too many people are signing in. Please try again in a moment.")]
    Busy,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Adds a member of staff. `None` if the mail address is taken.
pub async fn add(
    store: &Store,
    mail: &str,
    name: &str,
    role: Role,
    password: &str,
    at: UnixMs,
) -> Result<Option<Agent>, SignInError> {
    let hash = hash_of(password).await?;
    let agent = Agent {
        id: AgentId(Uuid::now_v7().to_string()),
        mail: mail.trim().to_lowercase(),
        name: name.to_owned(),
        role,
        disabled: false,
    };
    Ok(agents::create(store, agent.clone(), hash, at).await?.then_some(agent))
}

/// What is stored of a password: its Argon2 hash as a PHC string.
///
/// # Errors
/// Too many people are waiting for theirs.
pub(super) async fn hash_of(password: &str) -> Result<String, SignInError> {
    let password = password.to_owned();
    let hash =
        slowly(move || Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string())).await?;
    Ok(hash.map_err(|error| StoreError::Unreadable(format!("a password that cannot be hashed: {error}")))?)
}

/// Checks mail and password. Answers the agent and the session token for the cookie.
/// An unknown mail costs as much time as a wrong password.
pub async fn sign_in(store: &Store, mail: &str, password: &str, at: UnixMs) -> Result<(Agent, String), SignInError> {
    let (agent, hash) = match agents::load_by_mail(store, mail).await? {
        Some((agent, hash)) => (Some(agent), hash),
        None => (None, NOBODYS_HASH.to_owned()),
    };
    let password = password.to_owned();
    let matches = slowly(move || {
        PasswordHash::new(&hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    })
    .await?;
    let agent = agent.filter(|agent| matches && !agent.disabled).ok_or(SignInError::Wrong)?;
    let token = tokens::fresh();
    agent_sessions::create(store, tokens::hash(&token), agent.id.clone(), at, at + SESSION_MS).await?;
    Ok((agent, token))
}

/// The agent behind a session token. Using a session keeps it alive (12 h after the last use).
pub async fn recognise(store: &Store, token: &str, at: UnixMs) -> Result<Option<Agent>, StoreError> {
    let hash = tokens::hash(token);
    let Some((agent, expires_at)) = agent_sessions::load_agent(store, &hash, at).await? else { return Ok(None) };
    if expires_at < at + SESSION_MS - SESSION_SLACK_MS {
        agent_sessions::extend(store, hash, at + SESSION_MS).await?;
    }
    Ok(Some(agent))
}

/// Ends the session; its unused tickets end with it.
pub async fn sign_out(store: &Store, token: &str) -> Result<(), StoreError> {
    agent_sessions::revoke(store, tokens::hash(token)).await
}

/// A ticket for the socket: good once, for 30 s, while the session lasts. `None` if the session is over.
pub async fn draw_ticket(store: &Store, session_token: &str, at: UnixMs) -> Result<Option<String>, StoreError> {
    let ticket = tokens::fresh();
    let drawn = tickets::create(store, tokens::hash(&ticket), tokens::hash(session_token), at, at + TICKET_MS).await?;
    Ok(drawn.then_some(ticket))
}

/// Uses a ticket up.
pub async fn redeem_ticket(store: &Store, ticket: &str, at: UnixMs) -> Result<Option<Agent>, StoreError> {
    tickets::redeem(store, tokens::hash(ticket), at).await
}

/// Runs what keeps a core busy off the async threads, a few at a time.
async fn slowly<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, SignInError> {
    let _seat = WAITING_ROOM.try_acquire().map_err(|_| SignInError::Busy)?;
    let _turn = HASHING.acquire().await.map_err(|_| SignInError::Busy)?;
    tokio::task::spawn_blocking(work).await.map_err(|_| SignInError::Busy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobodys_hash_is_as_dear_as_a_real_one() {
        let nobodys = PasswordHash::new(NOBODYS_HASH).unwrap();
        let real = Argon2::default().hash_password(b"secret").unwrap();
        assert_eq!((nobodys.algorithm, nobodys.version), (real.algorithm, real.version));
        assert_eq!(nobodys.params.to_string(), real.params.to_string());
        assert_eq!(nobodys.hash.map(|hash| hash.len()), real.hash.map(|hash| hash.len()));
        assert!(Argon2::default().verify_password(b"", &nobodys).is_err());
    }
}
