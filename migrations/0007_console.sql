-- What agents write again and again; `owner` NULL: everybody's.
CREATE TABLE phrase (
    id TEXT PRIMARY KEY NOT NULL,
    owner TEXT REFERENCES agent (id),
    shortcut TEXT NOT NULL,
    category TEXT NOT NULL,
    texts TEXT NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT
);
CREATE INDEX phrase_owner ON phrase (owner);

-- How often each agent has used which.
CREATE TABLE phrase_use (
    phrase TEXT NOT NULL REFERENCES phrase (id) ON DELETE CASCADE,
    agent TEXT NOT NULL REFERENCES agent (id),
    uses BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (phrase, agent)
);

-- "I'll get back to you by six": what agents promised, and when it was kept. A message of the same conversation counts as
-- keeping it from `counts_from` on; ended_how is kept, replaced (by a later promise) or dismissed.
CREATE TABLE promise (
    id TEXT PRIMARY KEY NOT NULL,
    conversation TEXT NOT NULL REFERENCES conversation (id),
    agent TEXT NOT NULL REFERENCES agent (id),
    said TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    counts_from BIGINT NOT NULL,
    ended_at BIGINT,
    ended_how TEXT,
    CHECK ((ended_at IS NULL) = (ended_how IS NULL))
);
CREATE INDEX promise_open ON promise (due_at) WHERE ended_at IS NULL;
CREATE INDEX promise_conversation ON promise (conversation);
