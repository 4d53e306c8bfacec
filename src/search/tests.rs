//! What the index finds, and how sure it is.
