//! What an agent's window has on its screen, as colleagues are told.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::session::Session;
use crate::{
    bus::{Event, Typist},
    desk::company::{Doing, Look},
    domain::{AgentRef, ids::ConversationId},
};

/// The last that this window told.
#[derive(Debug, Default)]
pub(super) struct Gaze(Mutex<Told>);

#[derive(Debug, Default)]
struct Told {
    nth: u64,
    at: Option<(ConversationId, Doing)>,
}

impl Gaze {
    fn lock(&self) -> MutexGuard<'_, Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Session {
    /// Only at what this window has open can it look.
    pub(super) fn look(&self, conv: Option<ConversationId>, doing: Doing) {
        let at = conv.filter(|conv| self.connection.follows(conv)).map(|conv| (conv, doing));
        if self.gaze.lock().at != at {
            self.tell_look(at);
        }
    }

    /// Said again with every ping, or it is not believed for long; that also heals what the bus has lost.
    pub(super) fn look_on(&self) {
        let at = self.gaze.lock().at.clone();
        if at.is_some() {
            self.tell_look(at);
        }
    }

    pub(super) fn look_away(&self) {
        self.look(None, Doing::default());
    }

    fn tell_look(&self, at: Option<(ConversationId, Doing)>) {
        let Typist::Agent { id, name } = self.typist() else { return };
        let nth = {
            let mut told = self.gaze.lock();
            (told.nth, told.at) = (told.nth + 1, at.clone());
            told.nth
        };
        let window = format!("{}/{}", self.app.node, self.connection.id());
        self.app.bus.publish(&Event::Look(Look { window, nth, agent: AgentRef { id, name }, at }));
    }
}
