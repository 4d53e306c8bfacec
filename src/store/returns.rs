//! Returns and exchanges that were opened. Opening is an effect of a turn (`conversations::commit_turn`).

use super::{Store, StoreError};

/// Number and line of each return opened for this order (normal form), oldest first.
pub async fn list_for_order(store: &Store, order: &str) -> Result<Vec<(String, u32)>, StoreError> {
    todo!()
}
