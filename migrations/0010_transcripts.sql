-- What was said, as terms, so that conversations are found by words in either script; and how far each was read.
-- Derived: may be emptied at any time.
CREATE TABLE transcript_term (
    term TEXT NOT NULL,
    conversation TEXT NOT NULL REFERENCES conversation (id),
    PRIMARY KEY (term, conversation)
);
CREATE TABLE transcript_read (
    conversation TEXT PRIMARY KEY NOT NULL REFERENCES conversation (id),
    head BIGINT NOT NULL
);
