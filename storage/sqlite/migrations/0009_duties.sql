-- +goose Up
-- Recurring duties are kept as incidents are and are none: duty is the id of their rule, '' for an
-- incident. Their pending milestones have the state duty, which no list or count of incidents asks for.
ALTER TABLE incidents ADD COLUMN duty TEXT NOT NULL DEFAULT '';
CREATE INDEX incidents_duties ON incidents (next_limit, id) WHERE duty <> '';
CREATE INDEX milestones_duty ON milestones (limit_at) WHERE state = 'duty';
-- The latest instant at which a source was heard, a shift was signed for, a job was done.
CREATE TABLE beats (name TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
