-- Who is at the desk: one lease per agent's socket. A lease that nobody renews runs out; that is how a dead node,
-- a closed laptop and a lost network look alike.
CREATE TABLE presence (
    id TEXT PRIMARY KEY NOT NULL,
    agent TEXT NOT NULL REFERENCES agent (id),
    node TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX presence_agent ON presence (agent, expires_at);
CREATE INDEX presence_node ON presence (node);
