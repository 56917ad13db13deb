-- +goose Up
-- What happened in a period, and what fell due in it, without reading every incident.
CREATE INDEX entries_at ON entries (at);
CREATE INDEX milestones_limit ON milestones (limit_at);

-- Issued reports, never changed: a correction is a new revision.
CREATE TABLE reports (
  kind      TEXT NOT NULL,
  period    TEXT NOT NULL,
  revision  INTEGER NOT NULL,
  at        INTEGER NOT NULL,
  issuer    TEXT NOT NULL,
  policy    TEXT NOT NULL,
  hash      BLOB NOT NULL,
  body      BLOB NOT NULL,
  PRIMARY KEY (kind, period, revision)
);
-- +goose StatementBegin
CREATE TRIGGER reports_no_update BEFORE UPDATE ON reports BEGIN
  SELECT RAISE(ABORT, 'an issued report is never changed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER reports_no_delete BEFORE DELETE ON reports BEGIN
  SELECT RAISE(ABORT, 'an issued report is never changed');
END;
-- +goose StatementEnd

-- What a person decides about a report or an incident: proposals, appeals, reviews.
CREATE TABLE rulings (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  key     TEXT NOT NULL UNIQUE,
  kind    TEXT NOT NULL,
  period  TEXT NOT NULL,
  unit    TEXT NOT NULL,
  state   TEXT NOT NULL,
  at      INTEGER NOT NULL,
  body    BLOB NOT NULL
);
CREATE INDEX rulings_list ON rulings (kind, period, id);
