-- Supervisors are told of more than rules: `about` is rule (`rule` names it, `told` is its text), alert (`rule` is the reason: a
-- red line or rising anger said to who has the conversation) or low_rating (`told` is the score).
ALTER TABLE notice ADD COLUMN about TEXT NOT NULL DEFAULT 'rule';
