-- What phrasings mean, so that a start need not compute it anew. Derived: may be emptied at any time.
-- digest: SHA-256 of model and phrasing in normal form; steps: 512 bytes; both base64url.
CREATE TABLE vector (
    digest TEXT PRIMARY KEY NOT NULL,
    steps TEXT NOT NULL
);
