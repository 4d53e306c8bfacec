-- The portable subset of SQLite and PostgreSQL: TEXT, BIGINT (times are milliseconds since 1970, booleans 0/1).

CREATE TABLE meta (
    name TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
);

CREATE TABLE agent (
    id TEXT PRIMARY KEY NOT NULL,
    mail TEXT NOT NULL UNIQUE, -- lower case
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    disabled BIGINT NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    created_at BIGINT NOT NULL
);

CREATE TABLE agent_session (
    token_hash TEXT PRIMARY KEY NOT NULL,
    agent TEXT NOT NULL REFERENCES agent (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX agent_session_expires ON agent_session (expires_at);

CREATE TABLE ticket (
    ticket_hash TEXT PRIMARY KEY NOT NULL,
    session_hash TEXT NOT NULL REFERENCES agent_session (token_hash) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL
);
CREATE INDEX ticket_session ON ticket (session_hash);

CREATE TABLE contact (
    id TEXT PRIMARY KEY NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE visitor (
    token_hash TEXT PRIMARY KEY NOT NULL,
    contact TEXT NOT NULL REFERENCES contact (id),
    inbox TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE conversation (
    id TEXT PRIMARY KEY NOT NULL,
    inbox TEXT NOT NULL,
    contact TEXT NOT NULL REFERENCES contact (id),
    lang TEXT NOT NULL,
    status TEXT NOT NULL,
    assignee TEXT REFERENCES agent (id),
    assignee_name TEXT,
    assign_epoch BIGINT NOT NULL DEFAULT 0,
    priority BIGINT NOT NULL DEFAULT 0,
    queued_at BIGINT,
    version BIGINT NOT NULL DEFAULT 0,
    head BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    seen_by_shopper BIGINT NOT NULL DEFAULT 0,
    seen_by_agent BIGINT NOT NULL DEFAULT 0,
    -- Projections of the log for the desk's lists.
    preview TEXT NOT NULL DEFAULT '',
    handoff_reason TEXT,
    handoff_feeling TEXT,
    handoff_who TEXT,
    CHECK (status <> 'queued' OR queued_at IS NOT NULL)
);
CREATE INDEX conversation_contact ON conversation (contact, created_at);
CREATE INDEX conversation_dispatch ON conversation (status, priority DESC, queued_at, id);
CREATE INDEX conversation_assignee ON conversation (assignee, status);
CREATE INDEX conversation_updated ON conversation (updated_at);

CREATE TABLE entry (
    conversation TEXT NOT NULL REFERENCES conversation (id),
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    author TEXT NOT NULL,
    agent TEXT,
    agent_name TEXT,
    -- Both or none: only what a client sent has a key.
    sender TEXT,
    cid TEXT,
    kind TEXT NOT NULL,
    private BIGINT NOT NULL CHECK (private IN (0, 1)),
    body TEXT NOT NULL,
    PRIMARY KEY (conversation, seq),
    UNIQUE (conversation, sender, cid)
);

CREATE TABLE opened_return (
    number TEXT PRIMARY KEY NOT NULL,
    conversation TEXT NOT NULL REFERENCES conversation (id),
    order_number TEXT NOT NULL,
    line BIGINT NOT NULL,
    sku TEXT NOT NULL,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX opened_return_order ON opened_return (order_number, at);

CREATE TABLE proof_failure (
    id TEXT PRIMARY KEY NOT NULL,
    visitor TEXT NOT NULL,
    order_number TEXT NOT NULL,
    network TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX proof_failure_visitor ON proof_failure (visitor, at);
CREATE INDEX proof_failure_order ON proof_failure (order_number, at);
CREATE INDEX proof_failure_network ON proof_failure (network, at);
CREATE INDEX proof_failure_at ON proof_failure (at);

CREATE TABLE article (
    id TEXT PRIMARY KEY NOT NULL,
    status TEXT NOT NULL,
    category TEXT NOT NULL,
    products TEXT NOT NULL,
    valid_from TEXT,
    valid_until TEXT,
    texts TEXT NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT
);
CREATE INDEX article_status ON article (status);

-- What became of an article in conversations: kind is answered, helped or not_helped.
CREATE TABLE article_use (
    article TEXT NOT NULL,
    conversation TEXT NOT NULL REFERENCES conversation (id),
    at BIGINT NOT NULL,
    kind TEXT NOT NULL
);
CREATE INDEX article_use_article ON article_use (article, at);

-- Questions that nothing fitted.
CREATE TABLE unanswered (
    conversation TEXT NOT NULL REFERENCES conversation (id),
    at BIGINT NOT NULL,
    lang TEXT NOT NULL,
    question TEXT NOT NULL
);
CREATE INDEX unanswered_at ON unanswered (at);

CREATE TABLE playbook_file (
    path TEXT PRIMARY KEY NOT NULL,
    content TEXT NOT NULL
);
