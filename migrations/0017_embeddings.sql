-- Whose vector it is: of the model in the binary, or of a server's by its name.
ALTER TABLE vector ADD COLUMN model TEXT NOT NULL DEFAULT 'built-in';
