-- Pictures of articles. name: as answers have it below /pictures/; bytes: the file, base64url.
CREATE TABLE picture (
    name TEXT PRIMARY KEY NOT NULL,
    bytes TEXT NOT NULL,
    added_at BIGINT NOT NULL
);
