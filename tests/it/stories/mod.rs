//! What people do at a running server, and what they may count on.

mod answers;
mod delivery;
mod desk;
mod drain;
mod gates;
mod knowledge;
mod pages;
mod privacy;
