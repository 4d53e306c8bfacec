//! Single values of this database.

use super::{Store, StoreError};

/// Whether seeds (articles and playbook) were imported completely at least once.
pub async fn is_seeded(store: &Store) -> Result<bool, StoreError> {
    todo!()
}

pub async fn mark_seeded(store: &Store) -> Result<(), StoreError> {
    todo!()
}
