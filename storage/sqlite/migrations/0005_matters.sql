-- +goose Up
-- What belongs to one matter without being merged: the first incident of it; 0 for one of its own.
ALTER TABLE incidents ADD COLUMN matter INTEGER NOT NULL DEFAULT 0;
CREATE INDEX incidents_matter ON incidents (matter, id) WHERE matter <> 0;
