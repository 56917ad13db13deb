-- +goose Up
-- When a case was registered, and when something was last done with it beside messages and comments: reports
-- find by it what could have changed since an instant, and make only that anew from its log.
ALTER TABLE incidents ADD COLUMN registered_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN acted_at INTEGER NOT NULL DEFAULT 0;
UPDATE incidents SET
  registered_at = coalesce((SELECT at FROM entries WHERE incident = incidents.id AND seq = 1), received_at),
  acted_at = coalesce((SELECT max(at) FROM entries WHERE incident = incidents.id
    AND json_extract(CAST(body AS TEXT), '$.command') NOT IN ('tell', 'comment')), received_at);
CREATE INDEX incidents_acted ON incidents (acted_at, registered_at);
DROP INDEX entries_at;
