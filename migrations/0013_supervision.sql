-- Whose conversations an agent sees: everybody's, or those of their teams, of no team, and their own.
ALTER TABLE agent ADD COLUMN sees TEXT NOT NULL DEFAULT 'all' CHECK (sees IN ('all', 'teams'));
-- Grows when all their sessions are ended: sockets of before are cut.
ALTER TABLE agent ADD COLUMN generation BIGINT NOT NULL DEFAULT 0;

-- What staff changed about staff, desk and playbook. Never changed, never deleted; digest: SHA-256 of the row and of the
-- digest before it, base64url, so that what was taken out or altered is found.
CREATE TABLE audit (
    seq BIGINT PRIMARY KEY NOT NULL,
    at BIGINT NOT NULL,
    agent TEXT NOT NULL,
    agent_name TEXT NOT NULL,
    deed TEXT NOT NULL,
    about TEXT NOT NULL,
    detail TEXT NOT NULL,
    digest TEXT NOT NULL
);

-- Files of the playbook: who changed them last, and every version that was.
ALTER TABLE playbook_file ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE playbook_file ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE playbook_file ADD COLUMN updated_by TEXT;
ALTER TABLE playbook_file ADD COLUMN why TEXT NOT NULL DEFAULT '';
CREATE TABLE playbook_file_version (
    path TEXT NOT NULL,
    version BIGINT NOT NULL,
    content TEXT NOT NULL,
    saved_at BIGINT NOT NULL,
    saved_by TEXT,
    why TEXT NOT NULL,
    PRIMARY KEY (path, version)
);

-- What the wall counts by the day.
CREATE INDEX entry_sla ON entry (at) WHERE kind = 'sla';
CREATE INDEX entry_handoff ON entry (at) WHERE kind = 'handoff';
CREATE INDEX assignment_began ON assignment (began_at);
CREATE INDEX told_wait_told ON told_wait (told_at);
