//! What a sender is told when something was not done.

use crate::{
    dialogue::Refusal,
    service::conversations::TurnError,
    store::StoreError,
    web::frames::{Refused, RefusedCode},
};

pub(in crate::web) fn not_yours() -> Refused {
    Refused::new(RefusedCode::NotYours, "There is no such conversation for you.")
}

pub(in crate::web) fn refused_by(refusal: Refusal) -> Refused {
    match refusal {
        Refusal::Taken { by } => {
            let message = format!("{} already has this conversation.", by.name);
            Refused { who: Some(by), ..Refused::new(RefusedCode::Taken, message) }
        }
        Refusal::Stale => Refused::new(RefusedCode::Stale, "This conversation is not assigned to you any more."),
        Refusal::Full => {
            let message = "There is no room: as many conversations as are taken at once.";
            Refused::new(RefusedCode::Full, message)
        }
        Refusal::NotYours => Refused::new(RefusedCode::NotYours, "This is for somebody else to do."),
        Refusal::TooLate => Refused::new(RefusedCode::TooLate, "The time for this is over."),
        Refusal::NeedsWrapUp => {
            Refused::new(RefusedCode::NeedsWrapUp, "A category and an outcome are needed before it is resolved.")
        }
        Refusal::NoSuchFile => no_such_file(),
        Refusal::UnknownChoice => {
            Refused::new(RefusedCode::UnknownChoice, "There is no such category, outcome or tag (any more).")
        }
        Refusal::Closed => Refused::new(RefusedCode::Closed, "This conversation is closed."),
    }
}

pub(in crate::web) fn busy(error: &TurnError) -> Refused {
    let retry_ms = match error {
        TurnError::Contended | TurnError::Store(StoreError::Busy) => 500,
        TurnError::Store(_) => 3_000,
    };
    Refused::new(RefusedCode::Busy, "The server is busy. Please try again.").retry_after_ms(retry_ms)
}

pub(super) fn no_such_file() -> Refused {
    Refused::new(RefusedCode::NoSuchFile, "A file of this message is not here (any more). Please attach it again.")
}

pub(super) fn not_there(message: &str) -> Refused {
    Refused::new(RefusedCode::NotThere, message)
}
