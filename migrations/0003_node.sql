-- Servers on this database: one lease each, renewed while it runs. Operators' commands look here.
CREATE TABLE node (
    id TEXT PRIMARY KEY NOT NULL,
    started_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
