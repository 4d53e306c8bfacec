-- What readers of the help centre say of an article: one row per visitor (the hash of a random number in their browser).
CREATE TABLE help_verdict (
    article TEXT NOT NULL REFERENCES article (id),
    visitor TEXT NOT NULL,
    lang TEXT NOT NULL,
    helped BIGINT NOT NULL CHECK (helped IN (0, 1)),
    at BIGINT NOT NULL,
    PRIMARY KEY (article, visitor)
);
CREATE INDEX help_verdict_at ON help_verdict (at);

-- How often an article was read there, by day of the shop.
CREATE TABLE help_view (
    article TEXT NOT NULL REFERENCES article (id),
    day TEXT NOT NULL,
    views BIGINT NOT NULL,
    PRIMARY KEY (article, day)
);

-- What shoppers asked and got no good answer to, from the logs; how far each conversation was read. `why` is unanswered,
-- clarified, not_helped or handed_off.
CREATE TABLE gap_read (
    conversation TEXT PRIMARY KEY NOT NULL REFERENCES conversation (id),
    head BIGINT NOT NULL
);

-- Questions that mean the same. `state` is open, dismissed, drafted or merged (then `merged_into` says where to).
CREATE TABLE gap (
    id TEXT PRIMARY KEY NOT NULL,
    title TEXT NOT NULL,
    lang TEXT NOT NULL,
    state TEXT NOT NULL,
    owner TEXT REFERENCES agent (id),
    article TEXT REFERENCES article (id),
    merged_into TEXT REFERENCES gap (id),
    -- The mean of the vectors of its questions, and of how many it is one.
    mean TEXT NOT NULL,
    questions BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT,
    CHECK ((state = 'merged') = (merged_into IS NOT NULL))
);
CREATE INDEX gap_state ON gap (state);

CREATE TABLE gap_question (
    conversation TEXT NOT NULL REFERENCES conversation (id),
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    lang TEXT NOT NULL,
    question TEXT NOT NULL,
    why TEXT NOT NULL,
    -- In thousandths.
    urgency BIGINT NOT NULL,
    feeling BIGINT NOT NULL,
    gap TEXT NOT NULL REFERENCES gap (id),
    PRIMARY KEY (conversation, seq)
);
CREATE INDEX gap_question_gap ON gap_question (gap, at);

-- The last look at the articles' health, as JSON; derived.
CREATE TABLE health (
    id BIGINT PRIMARY KEY NOT NULL CHECK (id = 1),
    changes BIGINT NOT NULL,
    at BIGINT NOT NULL,
    report TEXT NOT NULL
);
