//! Order connectors: how the shop's orders are read. Warmline never writes them.

mod moment;
mod orders_file;

use crate::domain::{
    Now, Order,
    playbook::{FileError, SourceFile},
};
use orders_file::OrdersFile;

/// Where orders come from.
#[derive(Debug)]
pub enum Shop {
    /// A file that staff wrote, such as the demo's.
    File(OrdersFile),
}

impl Shop {
    /// Reads and checks an orders file.
    ///
    /// # Errors
    /// The first mistake, with its line.
    pub fn from_file(file: &SourceFile) -> Result<Shop, FileError> {
        OrdersFile::parse(file).map(Shop::File)
    }

    /// The order as it is at this moment. `number` in normal form.
    pub fn find(&self, number: &str, now: &Now) -> Option<Order> {
        match self {
            Shop::File(orders) => orders.find(number, now),
        }
    }

    /// How many orders there are.
    pub fn orders(&self) -> usize {
        match self {
            Shop::File(orders) => orders.len(),
        }
    }
}
