-- When the bot answers bubbles that may go on; NULL when nothing waits for an answer.
ALTER TABLE conversation ADD COLUMN due_at BIGINT;
CREATE INDEX conversation_due ON conversation (due_at) WHERE due_at IS NOT NULL;

-- How sure the bot was of the article, in thousandths, on rows of kind helped and not_helped; NULL where a button had
-- asked for it.
ALTER TABLE article_use ADD COLUMN confidence BIGINT;

-- The size or colour to send instead, in the shopper's words.
ALTER TABLE opened_return ADD COLUMN wanted TEXT;
