//! What a new installation starts with.

use crate::{config::Settings, domain::Now, error::Failure, shop::Shop, store::Store};

pub struct DemoSignIn {
    pub role: String,
    pub mail: String,
    pub password: String,
}

pub async fn prepare(_store: &Store, _settings: &Settings, _now: &Now) -> Result<Shop, Failure> {
    todo!()
}

pub async fn demo_sign_ins(_store: &Store) -> Result<Vec<DemoSignIn>, Failure> {
    todo!()
}
