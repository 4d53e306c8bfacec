-- Named series of acts on a conversation; `owner` NULL: everybody's. `names` by language, `acts` as in src/domain/macros.rs.
CREATE TABLE macro (
    id TEXT PRIMARY KEY NOT NULL,
    owner TEXT REFERENCES agent (id),
    names TEXT NOT NULL,
    acts TEXT NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT
);
CREATE INDEX macro_owner ON macro (owner);

-- What a rule wants a supervisor to know, until one of them has dealt with it.
CREATE TABLE notice (
    conversation TEXT NOT NULL REFERENCES conversation (id),
    rule TEXT NOT NULL,
    told TEXT NOT NULL,
    at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_by TEXT,
    PRIMARY KEY (conversation, rule, at)
);
CREATE INDEX notice_open ON notice (at) WHERE ended_at IS NULL;

-- What a supervisor switched by hand, such as `surge`; without a row it goes by itself.
CREATE TABLE desk_switch (
    name TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL,
    at BIGINT NOT NULL,
    switched_by TEXT NOT NULL
);
