-- +goose Up
-- Times are UTC milliseconds; 0 is none.

CREATE TABLE incidents (
  id            INTEGER PRIMARY KEY,
  version       INTEGER NOT NULL,
  state         TEXT NOT NULL,
  open          INTEGER NOT NULL,
  level         TEXT NOT NULL,
  lead          TEXT NOT NULL,
  next_limit    INTEGER NOT NULL,
  received_at   INTEGER NOT NULL,
  source        TEXT NOT NULL,
  external_id   TEXT NOT NULL,
  title         TEXT NOT NULL,
  log_seq       INTEGER NOT NULL,
  log_hash      BLOB,
  body          BLOB NOT NULL
);
CREATE UNIQUE INDEX incidents_external ON incidents (external_id, source) WHERE external_id <> '';
CREATE INDEX incidents_open ON incidents (next_limit, id) WHERE open = 1;

CREATE TABLE milestones (
  incident  INTEGER NOT NULL,
  seq       INTEGER NOT NULL,
  kind      TEXT NOT NULL,
  state     TEXT NOT NULL,
  limit_at  INTEGER NOT NULL,
  body      BLOB NOT NULL,
  PRIMARY KEY (incident, seq)
) WITHOUT ROWID;
CREATE INDEX milestones_pending ON milestones (limit_at) WHERE state = 'pending';

CREATE TABLE timers (
  incident   INTEGER NOT NULL,
  milestone  INTEGER NOT NULL,
  rung       INTEGER NOT NULL,
  fire_at    INTEGER NOT NULL,
  PRIMARY KEY (incident, milestone)
) WITHOUT ROWID;
CREATE INDEX timers_due ON timers (fire_at);

CREATE TABLE entries (
  incident  INTEGER NOT NULL,
  seq       INTEGER NOT NULL,
  at        INTEGER NOT NULL,
  key       TEXT NOT NULL,
  body      BLOB NOT NULL,
  hash      BLOB NOT NULL,
  PRIMARY KEY (incident, seq)
) WITHOUT ROWID;
CREATE UNIQUE INDEX entries_key ON entries (incident, key) WHERE key <> '';
-- +goose StatementBegin
CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries BEGIN
  SELECT RAISE(ABORT, 'the log is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries BEGIN
  SELECT RAISE(ABORT, 'the log is append-only');
END;
-- +goose StatementEnd

CREATE TABLE seals (
  day   TEXT PRIMARY KEY,
  at    INTEGER NOT NULL,
  heads INTEGER NOT NULL,
  hash  BLOB NOT NULL
);

CREATE TABLE notices (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  incident    INTEGER NOT NULL,
  milestone   INTEGER NOT NULL,
  rung        INTEGER NOT NULL,
  nth         INTEGER NOT NULL,
  entry       INTEGER NOT NULL,
  person      TEXT NOT NULL,
  kind        TEXT NOT NULL,
  urgency     INTEGER NOT NULL,
  not_before  INTEGER NOT NULL,
  lease       INTEGER NOT NULL DEFAULT 0,
  state       TEXT NOT NULL DEFAULT 'waiting',
  envelope    INTEGER NOT NULL DEFAULT 0,
  failed      TEXT NOT NULL DEFAULT '',
  reason      TEXT NOT NULL DEFAULT '',
  at          INTEGER NOT NULL,
  body        BLOB NOT NULL
);
CREATE UNIQUE INDEX notices_key ON notices (incident, milestone, rung, nth, entry, person, kind);
-- It covers what a claim filters by, so that what waits for people who have had their quota is passed over cheaply.
CREATE INDEX notices_waiting ON notices (urgency DESC, id, person, not_before) WHERE state = 'waiting';
CREATE INDEX notices_person ON notices (person, urgency DESC, id) WHERE state = 'waiting';
CREATE INDEX notices_failed ON notices (id) WHERE state = 'failed';
CREATE INDEX notices_envelope ON notices (envelope) WHERE envelope <> 0;

CREATE TABLE envelopes (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  person      TEXT NOT NULL,
  channel     TEXT NOT NULL,
  addr        TEXT NOT NULL,
  key         TEXT NOT NULL,
  body        BLOB NOT NULL,
  state       TEXT NOT NULL,
  urgency     INTEGER NOT NULL,
  tries       INTEGER NOT NULL,
  due_at      INTEGER NOT NULL,
  created_at  INTEGER NOT NULL,
  tried_at    INTEGER NOT NULL,
  settled_at  INTEGER NOT NULL DEFAULT 0,
  reason      TEXT NOT NULL DEFAULT '',
  detail      TEXT NOT NULL DEFAULT '',
  receipt     TEXT NOT NULL DEFAULT '',
  code        TEXT NOT NULL DEFAULT ''
);
CREATE INDEX envelopes_due ON envelopes (due_at) WHERE state = 'open';
CREATE INDEX envelopes_recent ON envelopes (channel, tried_at);

CREATE TABLE counters (
  level  TEXT NOT NULL,
  state  TEXT NOT NULL,
  lead   TEXT NOT NULL,
  n      INTEGER NOT NULL,
  PRIMARY KEY (level, state, lead)
) WITHOUT ROWID;

CREATE TABLE policies (version TEXT PRIMARY KEY, at INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE documents (name TEXT PRIMARY KEY, at INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE periods (
  job TEXT NOT NULL, period TEXT NOT NULL, claimed_at INTEGER NOT NULL, done_at INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (job, period)
) WITHOUT ROWID;
CREATE TABLE tokens (
  hash BLOB PRIMARY KEY, name TEXT NOT NULL, person TEXT NOT NULL, role TEXT NOT NULL, created_at INTEGER NOT NULL
) WITHOUT ROWID;
