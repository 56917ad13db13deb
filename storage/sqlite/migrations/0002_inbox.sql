-- +goose Up
-- Messages from chat platforms between their receipt and the last of their replies.
CREATE TABLE inbox (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  platform     TEXT NOT NULL,
  key          TEXT NOT NULL,
  talk         TEXT NOT NULL,
  body         BLOB NOT NULL,
  received_at  INTEGER NOT NULL,
  replies      BLOB,
  sent         INTEGER NOT NULL DEFAULT 0,
  tries        INTEGER NOT NULL DEFAULT 0,
  due_at       INTEGER NOT NULL,
  done         INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX inbox_key ON inbox (platform, key);
CREATE INDEX inbox_waiting ON inbox (platform, talk, id) WHERE done = 0;
CREATE INDEX inbox_done ON inbox (received_at) WHERE done = 1;

CREATE TABLE offsets (platform TEXT PRIMARY KEY, value INTEGER NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;

-- +goose Down
DROP TABLE offsets;
DROP TABLE inbox;
