//! Return and refund rules. Pure: order, wish and day in; verdict out.

pub mod returns;
