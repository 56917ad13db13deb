package sqlite

import (
	"context"
	"fmt"
)

// statements are the writer's, by name, prepared once. A partial index serves a query only
// where the query repeats the index's own condition: envelope = ? alone would scan.
func statements() map[string]string {
	return map[string]string{ //nolint:gosec // no credentials, but a table of tokens
		"insert incident": `INSERT OR IGNORE INTO incidents (id, version, state, open, level, lead, next_limit, received_at, source, external_id, title, log_seq, log_hash, matter, registered_at, acted_at, duty, body)
			VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		"next number":   `SELECT max(coalesce(max(id), 0), ?) + 1 FROM incidents WHERE id < ?`,
		"find external": `SELECT id FROM incidents WHERE external_id = ? AND external_id <> '' AND source = ?`,
		"was incident":  `SELECT level, state, lead FROM incidents WHERE id = ? AND version = ?`,
		"update incident": `UPDATE incidents SET version = version + 1, state = ?, open = ?, level = ?, lead = ?, next_limit = ?, received_at = ?,
			title = ?, log_seq = ?, log_hash = ?, matter = ?, acted_at = max(acted_at, ?), body = ? WHERE id = ? AND version = ?`,
		"lean incident":    `UPDATE incidents SET version = version + 1, log_seq = ?, log_hash = ? WHERE id = ? AND version = ?`,
		"find key":         `SELECT 1 FROM entries WHERE incident = ? AND key = ? AND key <> ''`,
		"put milestone":    `INSERT OR REPLACE INTO milestones (incident, seq, kind, state, limit_at, body) VALUES (?, ?, ?, ?, ?, ?)`,
		"put timer":        `INSERT OR REPLACE INTO timers (incident, milestone, rung, fire_at) VALUES (?, ?, ?, ?)`,
		"stop timer":       `DELETE FROM timers WHERE incident = ? AND milestone = ?`,
		"withdraw":         `UPDATE notices SET state = 'withdrawn' WHERE incident = ? AND milestone = ? AND state = 'waiting'`,
		"insert entry":     `INSERT INTO entries (incident, seq, at, key, body, hash) VALUES (?, ?, ?, ?, ?, ?)`,
		"insert notice":    `INSERT OR IGNORE INTO notices (incident, milestone, rung, nth, entry, person, kind, urgency, not_before, at, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		"count":            `INSERT INTO counters (level, state, lead, n) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n`,
		"insert envelope":  `INSERT INTO envelopes (person, channel, addr, key, body, state, urgency, tries, due_at, created_at, tried_at) VALUES (?, ?, ?, ?, ?, 'open', ?, 1, ?, ?, ?)`,
		"notice waits":     `SELECT 1 FROM notices WHERE id = ? AND state = 'waiting'`,
		"enclose notice":   `UPDATE notices SET state = 'sending', envelope = ? WHERE id = ? AND state = 'waiting'`,
		"retry envelope":   `UPDATE envelopes SET due_at = ?, reason = ?, detail = ? WHERE id = ? AND state = 'open'`,
		"try envelope":     `UPDATE envelopes SET tries = tries + 1, tried_at = ?, due_at = ? WHERE id = ? AND state = 'open'`,
		"settle envelope":  `UPDATE envelopes SET state = ?, settled_at = ?, reason = ?, detail = ?, receipt = ?, code = ? WHERE id = ? AND state = 'open'`,
		"settle notices":   `UPDATE notices SET state = ?, reason = ? WHERE envelope = ? AND envelope <> 0 AND state = 'sending'`,
		"next channel":     `UPDATE notices SET state = 'waiting', lease = 0, envelope = 0, failed = failed || ? || ' ', reason = ? WHERE envelope = ? AND envelope <> 0 AND state = 'sending'`,
		"end notice":       `UPDATE notices SET state = ?, reason = ? WHERE id = ? AND state = 'waiting'`,
		"put policy":       `INSERT OR IGNORE INTO policies (version, at, body) VALUES (?, ?, ?)`,
		"put document":     `INSERT OR REPLACE INTO documents (name, at, body) VALUES (?, ?, ?)`,
		"open day":         `INSERT OR IGNORE INTO spending (day, requests, tokens) VALUES (?, 0, 0)`,
		"spend":            `UPDATE spending SET requests = requests + ?, tokens = max(0, tokens + ?) WHERE day = ? AND (? = 0 OR requests + ? <= ?) AND (? = 0 OR tokens + ? <= ?)`,
		"put beat":         `INSERT INTO beats (name, at) VALUES (?, ?) ON CONFLICT DO UPDATE SET at = max(at, excluded.at)`,
		"drop beats":       `DELETE FROM beats WHERE name LIKE 'shift/%' AND at < ?`,
		"put mark":         `INSERT OR REPLACE INTO marks (name, n) VALUES (?, ?)`,
		"claim period":     `INSERT OR IGNORE INTO periods (job, period, claimed_at) VALUES (?, ?, ?)`,
		"reclaim period":   `UPDATE periods SET claimed_at = ? WHERE job = ? AND period = ? AND done_at = 0 AND claimed_at < ?`,
		"period done":      `UPDATE periods SET done_at = ? WHERE job = ? AND period = ?`,
		"put token":        `INSERT OR REPLACE INTO tokens (hash, name, person, role, created_at) VALUES (?, ?, ?, ?, ?)`,
		"drop envelopes":   `DELETE FROM envelopes WHERE id IN (SELECT id FROM envelopes WHERE state <> 'open' AND settled_at < ? AND settled_at > 0 LIMIT 500)`,
		"put seal":         `INSERT OR IGNORE INTO seals (day, at, heads, hash) VALUES (?, ?, ?, ?)`,
		"next revision":    `SELECT coalesce(max(revision), 0) + 1 FROM reports WHERE kind = ? AND period = ?`,
		"keep report":      `INSERT INTO reports (kind, period, revision, at, issuer, policy, hash, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		"add ruling":       `INSERT OR IGNORE INTO rulings (key, kind, period, unit, state, at, body) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		"find ruling":      `SELECT id FROM rulings WHERE key = ?`,
		"decide ruling":    `UPDATE rulings SET state = ?, body = ? WHERE id = ? AND state = ?`,
		"drop token named": `DELETE FROM tokens WHERE name = ?`,
		"receive letter":   `INSERT OR IGNORE INTO inbox (platform, key, talk, body, received_at, due_at) VALUES (?, ?, ?, ?, ?, ?)`,
		"keep letter":      `UPDATE inbox SET body = ?, replies = ?, sent = ?, tries = ?, due_at = ?, done = ? WHERE id = ? AND done = 0`,
		"amend cards": `INSERT OR IGNORE INTO amendments (envelope, incident, milestone, entry, due_at)
			SELECT e.id, n.incident, n.milestone, ?, ? FROM notices n JOIN envelopes e ON e.id = n.envelope
			WHERE n.incident = ? AND n.milestone = ? AND n.state = 'sent' AND e.code <> ''`,
		"amend late card": `INSERT OR IGNORE INTO amendments (envelope, incident, milestone, entry, due_at)
			SELECT n.envelope, n.incident, n.milestone, 0, ? FROM notices n JOIN milestones m ON m.incident = n.incident AND m.seq = n.milestone
			WHERE n.envelope = ? AND n.envelope <> 0 AND m.state NOT IN ('pending', 'inner', 'duty')`,
		"settle amendment": `UPDATE amendments SET due_at = ?, tries = tries + 1, done = ? WHERE envelope = ?`,
		"amended by tap": `UPDATE amendments SET done = 1 WHERE done = 0 AND envelope IN
			(SELECT id FROM envelopes WHERE channel = ? AND key = ? UNION SELECT id FROM envelopes WHERE channel = ? AND code = ? AND code <> '' AND addr = ?)`,
		"drop amendments": `DELETE FROM amendments WHERE envelope IN (SELECT envelope FROM amendments WHERE due_at < ? LIMIT 500)`,
		"put offset":      `INSERT OR REPLACE INTO offsets (platform, value, at) VALUES (?, ?, ?)`,
		"keep file":       `INSERT INTO files (hash, at, body) VALUES (?, ?, ?) ON CONFLICT (hash) DO UPDATE SET at = excluded.at`,
		"drop files":      `DELETE FROM files WHERE hash IN (SELECT hash FROM files WHERE at < ? LIMIT 100)`,
		"drop letters":    `DELETE FROM inbox WHERE id IN (SELECT id FROM inbox WHERE done = 1 AND received_at < ? LIMIT 500)`,
		"get document":    `SELECT body FROM documents WHERE name = ?`,
		"talk version":    `SELECT version FROM talks WHERE name = ?`,
		"was answered":    `SELECT 1 FROM answers WHERE message = ?`,
		"put talk":        `INSERT OR REPLACE INTO talks (name, version, at, state) VALUES (?, ?, ?, ?)`,
		"put answer":      `INSERT INTO answers (message, at, body) VALUES (?, ?, ?)`,
		"drop answers":    `DELETE FROM answers WHERE message IN (SELECT message FROM answers WHERE at < ? LIMIT 500)`,
	}
}

func (db *DB) prepare(ctx context.Context) error {
	for name, text := range statements() {
		s, err := db.conn.PrepareContext(ctx, text) //nolint:sqlclosecheck // lives as long as the database
		if err != nil {
			return fmt.Errorf("prepare %s: %w", name, err)
		}
		db.stmts[name] = s
	}
	return nil
}
