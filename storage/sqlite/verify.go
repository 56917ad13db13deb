package sqlite

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"huiying/incident"
)

// Problem is a place where the log does not hold.
type Problem struct {
	Incident incident.ID `json:"incident,omitempty"`
	Seq      int         `json:"seq,omitempty"`
	Text     string      `json:"text"`
}

// Audit is what VerifyLog found.
type Audit struct {
	Incidents int       `json:"incidents"`
	Entries   int       `json:"entries"`
	Seals     int       `json:"seals"`
	Problems  []Problem `json:"problems"`
}

// VerifyLog recomputes every incident's chain and compares its head with the one that
// the incident keeps; then it recomputes the daily seals' chain.
func (db *DB) VerifyLog(ctx context.Context) (Audit, error) { return verifyLog(ctx, db.read) }

// verifyLog reads within one transaction, so that what is written meanwhile is not
// taken for tampering.
func verifyLog(ctx context.Context, db *sql.DB) (Audit, error) {
	q, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return Audit{}, fmt.Errorf("begin: %w", err)
	}
	a, err := verifyIn(ctx, q)
	return a, errors.Join(err, q.Rollback())
}

func verifyIn(ctx context.Context, q querier) (Audit, error) {
	a := Audit{Problems: []Problem{}}
	heads, err := q.QueryContext(ctx, `SELECT id, log_seq, log_hash FROM incidents ORDER BY id`)
	if err != nil {
		return a, fmt.Errorf("read heads: %w", err)
	}
	defer heads.Close()                                                                                         //nolint:errcheck // Err is looked at below
	entries, err := q.QueryContext(ctx, `SELECT incident, seq, body, hash FROM entries ORDER BY incident, seq`) //nolint:rowserrcheck // the verifier looks at it
	if err != nil {
		return a, fmt.Errorf("read entries: %w", err)
	}
	defer entries.Close()                      //nolint:errcheck // Err is looked at below
	v := verifier{audit: &a, entries: entries} // advance looks at entries.Err
	if err := v.advance(); err != nil {
		return a, err
	}
	for heads.Next() {
		var id incident.ID
		var seq int
		var hash []byte
		if err := heads.Scan(&id, &seq, &hash); err != nil {
			return a, fmt.Errorf("read head: %w", err)
		}
		a.Incidents++
		if err := v.incident(id, seq, hash); err != nil {
			return a, err
		}
	}
	if err := heads.Err(); err != nil {
		return a, fmt.Errorf("read heads: %w", err)
	}
	return a, verifySeals(ctx, q, &a)
}

// verifier walks through the entries beside the heads, one incident at a time.
type verifier struct {
	audit   *Audit
	entries *sql.Rows
	more    bool
	id      incident.ID
	seq     int
	body    []byte
	hash    []byte
}

func (v *verifier) advance() error {
	if v.more = v.entries.Next(); !v.more {
		return v.entries.Err() //nolint:wrapcheck // of the one query
	}
	return v.entries.Scan(&v.id, &v.seq, &v.body, &v.hash) //nolint:wrapcheck // of the one query
}

func (v *verifier) problem(id incident.ID, seq int, text string) {
	v.audit.Problems = append(v.audit.Problems, Problem{id, seq, text})
}

func (v *verifier) incident(id incident.ID, headSeq int, head []byte) error {
	for v.more && v.id < id {
		v.problem(v.id, v.seq, "记录没有对应的事件")
		if err := v.advance(); err != nil {
			return err
		}
	}
	var prev []byte
	seq := 0
	for v.more && v.id == id {
		v.audit.Entries++
		seq++
		if v.seq != seq {
			v.problem(id, seq, "记录序号不连续")
			seq = v.seq
		}
		var e incident.Entry
		if err := json.Unmarshal(v.body, &e); err != nil {
			v.problem(id, v.seq, "记录读不懂")
		}
		e.Incident, e.Seq = id, v.seq
		if !bytes.Equal(incident.Chain(prev, e), v.hash) {
			v.problem(id, v.seq, "记录与其校验值不符，内容被改动过")
		}
		prev = bytes.Clone(v.hash)
		if err := v.advance(); err != nil {
			return err
		}
	}
	if seq != headSeq || !bytes.Equal(prev, head) {
		v.problem(id, headSeq, "事件的记录不完整，末尾与事件不符")
	}
	return nil
}

// Seal chains the heads that every log had at the end of the day into the day's seal; a
// day is sealed once. The end must lie well in the past (hours), since an entry carries
// the instant at which it was decided and becomes durable a little later.
func (db *DB) Seal(ctx context.Context, day string, end time.Time) error {
	var prev []byte
	err := db.read.QueryRowContext(ctx, `SELECT hash FROM seals ORDER BY day DESC LIMIT 1`).Scan(&prev)
	if err != nil && err != sql.ErrNoRows { //nolint:errorlint // Scan returns it bare
		return fmt.Errorf("read last seal: %w", err)
	}
	n, sum, err := sealOf(ctx, db.read, prev, ms(end))
	if err != nil {
		return err
	}
	return db.write(ctx, func(w *tx) error {
		_, err := w.exec("put seal", day, ms(end), n, sum)
		return err
	})
}

// sealOf chains the seal before and the head that every log had at an instant.
func sealOf(ctx context.Context, q querier, prev []byte, at int64) (n int, sum []byte, err error) {
	rows, err := q.QueryContext(ctx, `SELECT incident, seq, hash FROM entries e WHERE at < ? AND seq =
		(SELECT max(seq) FROM entries x WHERE x.incident = e.incident AND x.at < ?) ORDER BY incident`, at, at)
	if err != nil {
		return 0, nil, fmt.Errorf("read heads: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err is looked at below
	h := sha256.New()
	h.Write(prev)
	for rows.Next() {
		var id, seq int64
		var hash sql.RawBytes
		if err := rows.Scan(&id, &seq, &hash); err != nil {
			return 0, nil, fmt.Errorf("read head: %w", err)
		}
		h.Write(binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(id)), uint64(seq))) //nolint:gosec // positive
		h.Write(hash)
		n++
	}
	if err := rows.Err(); err != nil {
		return 0, nil, fmt.Errorf("read heads: %w", err)
	}
	return n, h.Sum(nil), nil
}

// verifySeals recomputes each day's seal from the entries that were there at its instant.
func verifySeals(ctx context.Context, q querier, a *Audit) error {
	rows, err := q.QueryContext(ctx, `SELECT day, at, heads, hash FROM seals ORDER BY day`)
	if err != nil {
		return fmt.Errorf("read seals: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err is looked at below
	type seal struct {
		day   string
		at    int64
		heads int
		hash  []byte
	}
	var seals []seal
	for rows.Next() {
		var s seal
		if err := rows.Scan(&s.day, &s.at, &s.heads, &s.hash); err != nil {
			return fmt.Errorf("read seal: %w", err)
		}
		seals = append(seals, s)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read seals: %w", err)
	}
	var prev []byte
	for _, s := range seals {
		a.Seals++
		n, sum, err := sealOf(ctx, q, prev, s.at)
		if err != nil {
			return err
		}
		if n != s.heads || !bytes.Equal(sum, s.hash) {
			a.Problems = append(a.Problems, Problem{Text: s.day + " 的日封存与记录不符"})
		}
		prev = s.hash
	}
	return nil
}
