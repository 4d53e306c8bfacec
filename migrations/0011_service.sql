-- What staff say of a conversation: category and outcome of the last wrap-up; tags, once for lists and once to be found by.
ALTER TABLE conversation ADD COLUMN category TEXT;
ALTER TABLE conversation ADD COLUMN outcome TEXT;
ALTER TABLE conversation ADD COLUMN tags TEXT;
CREATE TABLE conversation_tag (
    conversation TEXT NOT NULL REFERENCES conversation (id),
    tag TEXT NOT NULL,
    PRIMARY KEY (conversation, tag)
);
CREATE INDEX conversation_tag_tag ON conversation_tag (tag);
CREATE INDEX conversation_category ON conversation (category, updated_at) WHERE category IS NOT NULL;

-- The agent wraps a conversation up and is given nothing before.
ALTER TABLE seat ADD COLUMN wrap_until BIGINT;

-- How shoppers rated resolutions. `resolution` counts those of a conversation from 1; `round` 0 is the first rating of one,
-- 1 the one after a remedy.
CREATE TABLE rating (
    conversation TEXT NOT NULL REFERENCES conversation (id),
    resolution BIGINT NOT NULL,
    round BIGINT NOT NULL,
    -- Who had resolved it.
    agent TEXT REFERENCES agent (id),
    score BIGINT NOT NULL CHECK (score >= 1 AND score <= 5),
    comment TEXT NOT NULL,
    at BIGINT NOT NULL,
    changed_at BIGINT,
    PRIMARY KEY (conversation, resolution, round)
);
CREATE INDEX rating_at ON rating (at);
-- The last one, for lists.
ALTER TABLE conversation ADD COLUMN rating BIGINT;

-- What a poor rating asks of a supervisor; state is open, taken or done.
CREATE TABLE follow_up (
    conversation TEXT NOT NULL REFERENCES conversation (id),
    resolution BIGINT NOT NULL,
    state TEXT NOT NULL,
    owner TEXT REFERENCES agent (id),
    opened_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    done_at BIGINT,
    -- What was done for the shopper; empty: nothing.
    remedy TEXT,
    PRIMARY KEY (conversation, resolution),
    CHECK ((state = 'done') = (done_at IS NOT NULL))
);
CREATE INDEX follow_up_state ON follow_up (state, due_at);

-- Who was named in which note, and has not looked yet.
CREATE TABLE mention (
    agent TEXT NOT NULL REFERENCES agent (id),
    conversation TEXT NOT NULL REFERENCES conversation (id),
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    read_at BIGINT,
    PRIMARY KEY (agent, conversation, seq)
);
CREATE INDEX mention_unread ON mention (agent, at) WHERE read_at IS NULL;

-- A number or an address that was left out of hours, in the message `seq`; way is phone or mail.
CREATE TABLE call_back (
    conversation TEXT NOT NULL REFERENCES conversation (id),
    seq BIGINT NOT NULL,
    way TEXT NOT NULL,
    -- Empty once that message was redacted.
    reach TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    done_at BIGINT,
    done_by TEXT REFERENCES agent (id),
    PRIMARY KEY (conversation, seq)
);
CREATE INDEX call_back_open ON call_back (due_at) WHERE done_at IS NULL;

-- How often the terms of a conversation were thrown away: what was read before that is not kept after it.
ALTER TABLE transcript_read ADD COLUMN cleared BIGINT NOT NULL DEFAULT 0;
