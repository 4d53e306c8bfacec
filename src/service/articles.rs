//! Editing the knowledge base.
