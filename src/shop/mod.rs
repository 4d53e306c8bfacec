//! Order connectors: how the shop's orders are read.

use crate::domain::{
    Now, Order,
    playbook::{FileError, SourceFile},
};

/// Where orders come from.
#[derive(Debug)]
pub enum Shop {
    /// A file that staff wrote, such as the demo's.
    File(),
}

impl Shop {
    /// Reads and checks an orders file.
    pub fn from_file(file: &SourceFile) -> Result<Shop, FileError> {
        todo!()
    }

    /// The order as it is at this moment. `number` in normal form.
    pub fn find(&self, number: &str, now: &Now) -> Option<Order> {
        todo!()
    }
}
