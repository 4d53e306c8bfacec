//! What waits to be written to one socket: bounded, with a decision for readers who are too slow.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use axum::extract::ws::Utf8Bytes;
use tokio::sync::Notify;

use super::Close;

/// A socket that lets this much pile up is closed; nothing is lost, because resume reads the log.
pub const MAX_FRAMES: usize = 256;
pub const MAX_BYTES: usize = 256 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Must arrive or the socket ends.
    Lasting,
    /// Typing, places in the queue: dropped first.
    Ephemeral,
}

#[derive(Debug, PartialEq)]
pub enum Next {
    Frame(Utf8Bytes),
    Close(Close),
}

/// A std mutex: it is held for a few pushes, never across an await.
#[derive(Debug, Default)]
pub struct Outbox {
    queue: Mutex<Queue>,
    news: Notify,
    room: Notify,
    cut: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    frames: VecDeque<(Utf8Bytes, Kind)>,
    bytes: usize,
    /// Frames that came before the first one was sent, until `open_with`.
    held: Option<Vec<(Utf8Bytes, Kind)>>,
    close: Option<Close>,
    is_cut: bool,
}

impl Queue {
    fn has_room_for(&self, bytes: usize) -> bool {
        self.frames.is_empty() || (self.frames.len() < MAX_FRAMES && self.bytes + bytes <= MAX_BYTES)
    }

    fn add(&mut self, text: Utf8Bytes, kind: Kind) {
        self.bytes += text.len();
        self.frames.push_back((text, kind));
    }

    fn pop(&mut self) -> Option<Utf8Bytes> {
        let (text, _) = self.frames.pop_front()?;
        self.bytes -= text.len();
        Some(text)
    }

    fn drop_ephemeral(&mut self) {
        self.frames.retain(|(_, kind)| *kind == Kind::Lasting);
        self.bytes = self.frames.iter().map(|(text, _)| text.len()).sum();
    }
}

impl Outbox {
    /// Holds everything back until `open_with`, so that the first frame is the first.
    pub fn held() -> Self {
        let outbox = Outbox::default();
        outbox.lock().held = Some(Vec::new());
        outbox
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends `first`, then what was held back, then lets everything pass.
    pub fn open_with(&self, first: Utf8Bytes) {
        let held = {
            let mut queue = self.lock();
            queue.add(first, Kind::Lasting);
            queue.held.take().unwrap_or_default()
        };
        for (text, kind) in held {
            self.push(text, kind);
        }
        self.news.notify_one();
    }

    /// False if this was one too many: the socket is being closed as a slow consumer.
    pub fn push(&self, text: Utf8Bytes, kind: Kind) -> bool {
        let mut queue = self.lock();
        if queue.close.is_some() {
            return true;
        }
        if let Some(held) = &mut queue.held {
            if held.len() < MAX_FRAMES {
                held.push((text, kind));
                return true;
            }
        } else {
            if !queue.has_room_for(text.len()) {
                if kind == Kind::Ephemeral {
                    return true;
                }
                queue.drop_ephemeral();
            }
            if queue.has_room_for(text.len()) {
                queue.add(text, kind);
                drop(queue);
                self.news.notify_one();
                return true;
            }
        }
        drop(queue);
        self.cut_off(Close::SlowConsumer);
        false
    }

    /// Closes at once: what waits is dropped, and a write under way is broken off.
    pub fn cut_off(&self, close: Close) {
        {
            let mut queue = self.lock();
            queue.close = Some(close);
            queue.frames.clear();
            queue.bytes = 0;
            queue.is_cut = true;
        }
        self.cut.notify_one();
        self.news.notify_one();
        self.room.notify_waiters();
    }

    /// For replays from the log, which can wait: sends when there is room.
    pub async fn push_when_room(&self, text: Utf8Bytes) {
        loop {
            let room = self.room.notified();
            tokio::pin!(room);
            room.as_mut().enable();
            {
                let mut queue = self.lock();
                if queue.close.is_some() {
                    return;
                }
                if queue.has_room_for(text.len()) {
                    queue.add(text, Kind::Lasting);
                    break;
                }
            }
            room.await;
        }
        self.news.notify_one();
    }

    /// Closes after what waits was written.
    pub fn close(&self, close: Close) {
        self.lock().close.get_or_insert(close);
        self.news.notify_one();
        self.room.notify_waiters();
    }

    pub fn is_closing(&self) -> bool {
        self.lock().close.is_some()
    }

    /// The next thing to write.
    pub async fn next(&self) -> Next {
        loop {
            {
                let mut queue = self.lock();
                if let Some(text) = queue.pop() {
                    self.room.notify_waiters();
                    return Next::Frame(text);
                }
                if let Some(close) = queue.close {
                    return Next::Close(close);
                }
            }
            self.news.notified().await;
        }
    }

    /// The next frame to write, if one waits already.
    pub fn try_next(&self) -> Option<Utf8Bytes> {
        let text = self.lock().pop()?;
        self.room.notify_waiters();
        Some(text)
    }

    /// Resolves when it was cut off: stop writing at once.
    pub async fn cut(&self) -> Close {
        loop {
            {
                let queue = self.lock();
                if let Some(close) = queue.close.filter(|_| queue.is_cut) {
                    return close;
                }
            }
            self.cut.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: usize) -> Utf8Bytes {
        "x".repeat(bytes).into()
    }

    #[tokio::test]
    async fn ephemeral_frames_make_way_before_the_socket_is_closed() {
        let outbox = Outbox::default();
        for _ in 0..MAX_FRAMES / 2 {
            assert!(outbox.push(text(10), Kind::Ephemeral));
            assert!(outbox.push(text(10), Kind::Lasting));
        }
        assert!(outbox.push(text(10), Kind::Ephemeral), "dropped in silence");
        for _ in 0..MAX_FRAMES / 2 {
            assert!(outbox.push(text(10), Kind::Lasting), "the ephemeral ones made way");
        }
        assert!(!outbox.push(text(10), Kind::Lasting));
        assert_eq!(outbox.cut().await, Close::SlowConsumer);
        assert_eq!(outbox.next().await, Next::Close(Close::SlowConsumer));
    }

    #[tokio::test]
    async fn bytes_are_bounded_too_but_one_large_frame_always_fits() {
        let outbox = Outbox::default();
        assert!(outbox.push(text(MAX_BYTES + 1), Kind::Lasting));
        assert!(!outbox.push(text(1), Kind::Lasting));
    }

    #[tokio::test]
    async fn the_first_frame_is_the_first() {
        let outbox = Outbox::held();
        outbox.push("second".into(), Kind::Lasting);
        outbox.open_with("first".into());
        outbox.push("third".into(), Kind::Lasting);
        outbox.close(Close::GoingAway);
        for expected in ["first", "second", "third"] {
            assert_eq!(outbox.next().await, Next::Frame(expected.into()));
        }
        assert_eq!(outbox.next().await, Next::Close(Close::GoingAway));
    }

    #[tokio::test]
    async fn a_replay_waits_for_room() {
        let outbox = Outbox::default();
        outbox.push(text(MAX_BYTES), Kind::Lasting);
        let replay = outbox.push_when_room("replayed".into());
        tokio::pin!(replay);
        assert!(futures_util::poll!(replay.as_mut()).is_pending());
        assert!(matches!(outbox.next().await, Next::Frame(_)));
        replay.await;
        assert_eq!(outbox.next().await, Next::Frame("replayed".into()));
    }
}
