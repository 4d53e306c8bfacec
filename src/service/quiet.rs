//! Work that nobody waits for: it gives way to all that somebody does wait for.

use std::thread;

use tokio::sync::oneshot;

use crate::error::Failure;

/// Runs it on a thread of its own with the least claim to a processor, and says what it was when that fails.
pub async fn quietly<T: Send + 'static>(
    what: &'static str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    let broken = |why: String| Failure::Other(format!("{what} broke off: {why}."));
    let (done, result) = oneshot::channel();
    // A thread's claim cannot be raised again, so none is kept for the next.
    let quiet = move || {
        give_way();
        // Whoever asked may be gone.
        let _ = done.send(work());
    };
    thread::Builder::new().name("quiet".to_owned()).spawn(quiet).map_err(|error| broken(error.to_string()))?;
    result.await.map_err(|_| broken("see what it said before".to_owned()))
}

/// Elsewhere a process has one claim for all of its threads.
fn give_way() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(Some(rustix::thread::gettid()), 19) {
        tracing::debug!(%error, "background work has the same claim as all else");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_answers_or_says_that_it_broke_off() {
        assert_eq!(quietly("A sum", || 1 + 1).await.unwrap(), 2);
        let broken = quietly("The look", || panic!("no")).await;
        assert!(broken.is_err_and(|error: Failure| error.to_string().starts_with("The look broke off")));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn it_gives_way_and_nobody_else_does() {
        let claim = || rustix::process::getpriority_process(Some(rustix::thread::gettid())).unwrap();
        let before = claim();
        assert_eq!(quietly("A look", claim).await.unwrap(), 19);
        assert_eq!(claim(), before);
    }
}
