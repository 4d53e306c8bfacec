//! What must be true of one conversation, whatever was done to it and in which order: who has it, under which epoch, and
//! everything that anybody sent. Pure, and so small that it is right by looking at it.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Bot,
    Queued,
    /// By the agent of this number.
    Assigned(usize),
    Closed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    Shopper,
    Agent(usize),
}

/// What a send asks for. Agents name the epoch they see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Words that need nobody.
    Say,
    AskForPerson,
    LeaveQueue,
    Take,
    Reply(i64),
    Note,
    Release(i64),
    HandBack(i64),
    Resolve(i64),
}

impl Deed {
    /// The entry that echoes it.
    pub fn kind(self) -> &'static str {
        match self {
            Deed::Say | Deed::AskForPerson | Deed::LeaveQueue | Deed::Reply(_) => "message",
            Deed::Take => "assigned",
            Deed::Note => "note",
            Deed::Release(_) => "requeued",
            Deed::HandBack(_) => "handed_back",
            Deed::Resolve(_) => "closed",
        }
    }
}

/// A send that is in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub cid: String,
    pub by: Sender,
    pub kind: &'static str,
}

#[derive(Debug, Clone)]
pub struct Talk {
    pub status: Status,
    /// Of the assignment; grows with each change of hands.
    pub epoch: i64,
    /// In the order of the log.
    pub said: Vec<Said>,
}

impl Talk {
    pub fn new() -> Talk {
        Talk { status: Status::Bot, epoch: 0, said: Vec::new() }
    }

    /// Whether this would be stored now, or the code with which it must be refused.
    pub fn may(&self, by: Sender, deed: Deed) -> Result<(), &'static str> {
        let Sender::Agent(agent) = by else { return Ok(()) };
        match deed {
            Deed::Note => Ok(()),
            Deed::Take => match self.status {
                Status::Bot | Status::Queued => Ok(()),
                Status::Assigned(_) => Err("taken"),
                Status::Closed => Err("closed"),
            },
            Deed::Reply(epoch) | Deed::Release(epoch) | Deed::HandBack(epoch) | Deed::Resolve(epoch) => {
                match self.status {
                    Status::Assigned(owner) if owner != agent => Err("taken"),
                    Status::Assigned(_) if epoch == self.epoch => Ok(()),
                    Status::Closed => Err("closed"),
                    Status::Assigned(_) | Status::Bot | Status::Queued => Err("stale"),
                }
            }
            Deed::Say | Deed::AskForPerson | Deed::LeaveQueue => unreachable!("shoppers do this"),
        }
    }

    /// It was stored, and was allowed to be.
    pub fn does(&mut self, cid: &str, by: Sender, deed: Deed) {
        assert_eq!(self.may(by, deed), Ok(()), "{deed:?} of {by:?} was stored");
        self.said.push(Said { cid: cid.to_owned(), by, kind: deed.kind() });
        match deed {
            Deed::Say | Deed::LeaveQueue if self.status == Status::Closed => self.status = Status::Bot,
            Deed::LeaveQueue if self.status == Status::Queued => self.status = Status::Bot,
            Deed::AskForPerson if matches!(self.status, Status::Bot | Status::Closed) => self.status = Status::Queued,
            Deed::Say | Deed::LeaveQueue | Deed::AskForPerson | Deed::Reply(_) | Deed::Note => {}
            Deed::Take => {
                let Sender::Agent(agent) = by else { unreachable!("agents take") };
                (self.status, self.epoch) = (Status::Assigned(agent), self.epoch + 1);
            }
            Deed::Release(_) => (self.status, self.epoch) = (Status::Queued, self.epoch + 1),
            Deed::HandBack(_) => self.status = Status::Bot,
            Deed::Resolve(_) => self.status = Status::Closed,
        }
    }

    /// An agent has been gone for longer than the grace.
    pub fn loses(&mut self, agent: usize) {
        if self.status == Status::Assigned(agent) {
            (self.status, self.epoch) = (Status::Queued, self.epoch + 1);
        }
    }
}
