-- What each agent takes at once and has now. A row of its own, so that a claim can lock it without the agent's account.
CREATE TABLE seat (
    agent TEXT PRIMARY KEY NOT NULL REFERENCES agent (id),
    -- Takes new conversations while there; the agent's own switch.
    available BIGINT NOT NULL DEFAULT 1 CHECK (available IN (0, 1)),
    -- Most at once; NULL: as many as they take themselves, and what the inbox says of what is given to them.
    capacity BIGINT,
    -- Offered to or assigned to the agent; changes in the transaction that changes those.
    active BIGINT NOT NULL DEFAULT 0,
    -- When the last one came or went, and when the last one was given.
    idle_since BIGINT NOT NULL DEFAULT 0,
    given_at BIGINT NOT NULL DEFAULT 0,
    CHECK (active >= 0 AND (capacity IS NULL OR capacity >= 1 AND active <= capacity))
);
INSERT INTO seat (agent, available, active)
SELECT id, CASE WHEN role = 'agent' THEN 1 ELSE 0 END, (
    SELECT count(*) FROM conversation WHERE assignee = agent.id AND status = 'assigned'
) FROM agent;

-- Until when an offer waits for its answer.
ALTER TABLE conversation ADD COLUMN offered_until BIGINT;
-- Who had it last: first choice the next time, if there.
ALTER TABLE conversation ADD COLUMN previous_agent TEXT;
CREATE INDEX conversation_offered ON conversation (offered_until) WHERE offered_until IS NOT NULL;

-- Who declined or missed an offer is not asked again until then.
CREATE TABLE passed_over (
    conversation TEXT NOT NULL REFERENCES conversation (id),
    agent TEXT NOT NULL REFERENCES agent (id),
    until BIGINT NOT NULL,
    PRIMARY KEY (conversation, agent)
);
CREATE INDEX passed_over_until ON passed_over (until);

-- Teams, who is in them, and the languages agents serve (none: all).
CREATE TABLE team (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL
);
CREATE TABLE team_member (
    team TEXT NOT NULL REFERENCES team (id),
    agent TEXT NOT NULL REFERENCES agent (id),
    PRIMARY KEY (team, agent)
);
CREATE INDEX team_member_agent ON team_member (agent);
CREATE TABLE agent_lang (
    agent TEXT NOT NULL REFERENCES agent (id),
    lang TEXT NOT NULL,
    PRIMARY KEY (agent, lang)
);
-- Whose part of the queue it is in; a team that is not there or has no members is everybody.
ALTER TABLE conversation ADD COLUMN team TEXT;

-- Each time an agent had a conversation: from then until then.
CREATE TABLE assignment (
    conversation TEXT NOT NULL REFERENCES conversation (id),
    epoch BIGINT NOT NULL,
    inbox TEXT NOT NULL,
    agent TEXT NOT NULL REFERENCES agent (id),
    began_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (conversation, epoch)
);
CREATE INDEX assignment_ended ON assignment (inbox, ended_at);

-- What a shopper was told when they began to wait, and when the person came.
CREATE TABLE told_wait (
    conversation TEXT NOT NULL REFERENCES conversation (id),
    queued_at BIGINT NOT NULL,
    inbox TEXT NOT NULL,
    told_at BIGINT NOT NULL,
    place BIGINT NOT NULL,
    likely_ms BIGINT NOT NULL,
    low_ms BIGINT NOT NULL,
    high_ms BIGINT NOT NULL,
    arrived_at BIGINT,
    PRIMARY KEY (conversation, queued_at)
);
CREATE INDEX told_wait_arrived ON told_wait (inbox, arrived_at);

-- What happens by itself at a time, once: fired by any node, with its effect in the same transaction.
CREATE TABLE timer (
    key TEXT PRIMARY KEY NOT NULL,
    conversation TEXT NOT NULL REFERENCES conversation (id),
    kind TEXT NOT NULL,
    due_at BIGINT NOT NULL
);
CREATE INDEX timer_due ON timer (due_at, key);
-- When the first of what is owed is, or was, due.
ALTER TABLE conversation ADD COLUMN sla_due_at BIGINT;
