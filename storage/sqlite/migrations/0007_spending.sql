-- +goose Up
-- What was spent on the model outside a day, and how far a reader of the incidents has come.
CREATE TABLE spending (day TEXT PRIMARY KEY, requests INTEGER NOT NULL, tokens INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE marks (name TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
