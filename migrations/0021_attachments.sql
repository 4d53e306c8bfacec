-- Files in conversations. `seq`: the entry it came with, none until its message is sent; `sender` as in `entry`; bytes: the
-- file, base64url. Taking an entry's words out takes its files, too.
CREATE TABLE attachment (
    id TEXT PRIMARY KEY NOT NULL,
    conversation TEXT NOT NULL REFERENCES conversation (id),
    sender TEXT NOT NULL,
    seq BIGINT,
    about TEXT NOT NULL,
    bytes TEXT NOT NULL,
    added_at BIGINT NOT NULL
);
CREATE INDEX attachment_conversation ON attachment (conversation, seq);
CREATE INDEX attachment_unsent ON attachment (added_at) WHERE seq IS NULL;

-- How many pictures came with the wish.
ALTER TABLE opened_return ADD COLUMN pictures BIGINT NOT NULL DEFAULT 0;
