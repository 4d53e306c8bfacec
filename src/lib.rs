//! Warmline: customer support for online shops. This page is the map; ARCHITECTURE.md is the tour.
//!
//! Pure (values in, values out): [`domain`], [`language`], [`nlu`], [`dialogue`], [`desk`], [`policy`].
//! Shell (talks to the world): [`store`], [`search`], [`bus`], [`hub`], [`shop`], [`service`], [`worker`],
//! [`web`], [`cli`].
#![forbid(unsafe_code)]

pub mod desk;
pub mod dialogue;
pub mod domain;
pub mod language;
pub mod nlu;
pub mod policy;

pub mod bus;
pub mod hub;
pub mod search;
pub mod shop;
pub mod store;

pub mod service;
pub mod web;
pub mod worker;

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod error;
pub mod server;
