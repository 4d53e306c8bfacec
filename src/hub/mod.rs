//! The sockets of this node: subscriptions and bounded queues.
