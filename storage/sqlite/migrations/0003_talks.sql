-- +goose Up
-- Where each conversation of the chat stands, and what was answered to which message.

CREATE TABLE talks (name TEXT PRIMARY KEY, version INTEGER NOT NULL, at INTEGER NOT NULL, state BLOB NOT NULL);
CREATE TABLE answers (message TEXT PRIMARY KEY, at INTEGER NOT NULL, body BLOB NOT NULL);
CREATE INDEX answers_at ON answers (at);
