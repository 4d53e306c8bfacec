//! The one writer.
#[derive(Clone)]
pub struct Writer;
