-- +goose Up
-- Sent cards whose matter was settled, until they say so. entry is what settled it, 0 when not known.
CREATE TABLE amendments (
  envelope   INTEGER PRIMARY KEY,
  incident   INTEGER NOT NULL,
  milestone  INTEGER NOT NULL,
  entry      INTEGER NOT NULL,
  due_at     INTEGER NOT NULL,
  tries      INTEGER NOT NULL DEFAULT 0,
  done       INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX amendments_due ON amendments (due_at) WHERE done = 0;
CREATE INDEX envelopes_key ON envelopes (key);
CREATE INDEX envelopes_code ON envelopes (code) WHERE code <> '';

-- +goose Down
DROP INDEX envelopes_code;
DROP INDEX envelopes_key;
DROP TABLE amendments;
