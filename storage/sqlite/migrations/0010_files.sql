-- +goose Up
-- Files that go out with digests, by the hash of their bytes: written down before anybody
-- is told of them, and read again by every try to send them.
CREATE TABLE files (
  hash  TEXT PRIMARY KEY,
  at    INTEGER NOT NULL,
  body  BLOB NOT NULL
);
CREATE INDEX files_at ON files (at);
