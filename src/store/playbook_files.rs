//! The files of the playbook as staff wrote them: intents, replies, policies, word lists.

use super::{Store, StoreError};
use crate::domain::playbook::SourceFile;

/// Replaces the whole set, in one transaction.
pub async fn replace_all(store: &Store, files: Vec<SourceFile>) -> Result<(), StoreError> {
    todo!()
}

/// By path.
pub async fn all(store: &Store) -> Result<Vec<SourceFile>, StoreError> {
    todo!()
}
