-- Beside an article's text: audience, owner, day of review, what translations were made from. JSON.
ALTER TABLE article ADD COLUMN care TEXT NOT NULL DEFAULT '{}';

-- Every version an article has had. how is saved, published, archived, restored, rolled_back, imported, scheduled or before
-- (what was there when this table was made).
CREATE TABLE article_version (
    article TEXT NOT NULL,
    version BIGINT NOT NULL,
    status TEXT NOT NULL,
    category TEXT NOT NULL,
    products TEXT NOT NULL,
    valid_from TEXT,
    valid_until TEXT,
    texts TEXT NOT NULL,
    care TEXT NOT NULL,
    at BIGINT NOT NULL,
    made_by TEXT,
    how TEXT NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (article, version)
);
CREATE INDEX article_version_at ON article_version (at);
INSERT INTO article_version (article, version, status, category, products, valid_from, valid_until, texts, care, at, made_by, how, why)
SELECT id, version, status, category, products, valid_from, valid_until, texts, care, updated_at, updated_by, 'before', '' FROM article;

-- What is being written, one per article: the published text stays answered meanwhile.
CREATE TABLE article_draft (
    article TEXT PRIMARY KEY NOT NULL,
    -- The version it started from; 0: there is none yet.
    version BIGINT NOT NULL,
    -- Grows with each save; a save names the one it started from.
    revision BIGINT NOT NULL,
    stage TEXT NOT NULL,
    -- When it publishes itself.
    publish_at BIGINT,
    -- What its writer or reviewer says about it.
    why TEXT NOT NULL,
    fields TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL
);
CREATE INDEX article_draft_due ON article_draft (publish_at) WHERE publish_at IS NOT NULL;

-- Which team may write and which may publish in a category; NULL, or a team without members: everybody whose role it is.
CREATE TABLE category_right (
    category TEXT PRIMARY KEY NOT NULL,
    edit_team TEXT,
    publish_team TEXT
);

-- Questions with the answer they must keep: expects is article, intent or nothing.
CREATE TABLE knowledge_test (
    id TEXT PRIMARY KEY NOT NULL,
    question TEXT NOT NULL,
    lang TEXT NOT NULL,
    expects TEXT NOT NULL,
    target TEXT,
    made_at BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    CHECK ((expects = 'nothing') = (target IS NULL))
);
-- What came of them at each publish: JSON.
CREATE TABLE knowledge_test_run (
    id TEXT PRIMARY KEY NOT NULL,
    at BIGINT NOT NULL,
    result TEXT NOT NULL
);
CREATE INDEX knowledge_test_run_at ON knowledge_test_run (at);
