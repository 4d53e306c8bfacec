//! Order connectors: how the shop's orders are read.
