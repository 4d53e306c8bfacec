//! What people do at a running server, and what they may count on.

mod alerts;
mod answers;
mod bursts;
mod company;
mod corrections;
mod delivery;
mod desk;
mod dispatch;
mod drain;
mod embeddings;
mod files;
mod gates;
mod history;
mod inboxes;
mod knowledge;
mod model;
mod out_of_hours;
mod pages;
mod passing_on;
mod privacy;
mod ratings;
mod rules;
mod service_levels;
mod sight;
mod surge;
mod wrap_up;
