//! The tantivy index over phrasings: derived data, never the truth.
