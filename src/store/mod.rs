//! The database: the truth at runtime. The only place that knows SQL.
