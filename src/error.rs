//! Why the program ends: one clear sentence each, and the exit code it deserves.

use std::path::PathBuf;

use crate::{
    config::ConfigError,
    domain::playbook::{FileError, FileErrors},
    store::StoreError,
};

#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("The configuration is not right:\n{0}")]
    Config(#[from] ConfigError),
    #[error("Cannot listen on {address}: {why}.")]
    Listen { address: String, why: String },
    #[error("The data folder {path} cannot be used: {why}.", path = path.display())]
    DataDir { path: PathBuf, why: String },
    /// A mistake in a file that staff edit.
    #[error("{0}")]
    File(#[from] FileError),
    #[error("{0}")]
    Files(#[from] FileErrors),
    #[error("{0}")]
    Store(#[from] StoreError),
    /// Whatever else a command wants to say.
    #[error("{0}")]
    Other(String),
}

impl Failure {
    /// 2 for what the caller wrote, 1 for what the world is like.
    pub fn exit_code(&self) -> u8 {
        match self {
            Failure::Config(_) => 2,
            _ => 1,
        }
    }
}
