package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

const (
	defaultPage = 50
	maxPage     = 200
)

// List implements desk.Store. A page is read in one transaction, so that the cases and
// their milestones are of one moment; the next page goes on from the stored limit.
func (db *DB) List(ctx context.Context, f desk.Filter) (desk.Page, error) {
	where, args := conditions(f)
	// What is due has a limit to order by, open or (an answer that is owed) concluded.
	byDue := f.Duties || !f.Newest && (f.Open || f.Overdue || !f.DueBy.IsZero())
	if f.Cursor != "" {
		cond, at, err := after(f.Cursor, byDue)
		if err != nil {
			return desk.Page{}, err
		}
		where, args = append(where, cond), append(args, at...)
	}
	query := caseColumns
	query += `WHERE ` + strings.Join(where, ` AND `)
	order := ` ORDER BY id DESC LIMIT ?`
	if byDue {
		order = ` ORDER BY next_limit, id LIMIT ?`
	}
	limit := f.Limit
	if limit <= 0 {
		limit = defaultPage
	}
	limit = min(limit, maxPage)
	t, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return desk.Page{}, fmt.Errorf("begin read: %w", err)
	}
	defer t.Rollback() //nolint:errcheck // a read leaves nothing to undo
	cases, err := readCases(ctx, t, query+order, append(args, limit+1)...)
	if err != nil || len(cases) <= limit {
		return desk.Page{Cases: cases}, err
	}
	last := cases[limit-1]
	page := desk.Page{Cases: cases[:limit], Next: last.ID.String()}
	if byDue {
		page.Next = fmt.Sprintf("%d-%d", nextLimit(last), last.ID)
	}
	return page, nil
}

// after is the condition of a page that goes on from a cursor.
func after(cursor string, byDue bool) (string, []any, error) {
	limit, number, due := strings.Cut(cursor, "-")
	if !due {
		number = cursor
	}
	id, err := strconv.ParseInt(number, 10, 64)
	var at int64
	if due && err == nil {
		at, err = strconv.ParseInt(limit, 10, 64)
	}
	if err != nil || due != byDue {
		return "", nil, &incident.Error{Code: incident.CodeInvalid, Field: "cursor", Text: "翻页标记（cursor）有误，请从第一页开始。", Err: err}
	}
	if byDue {
		return `(next_limit, id) > (?, ?)`, []any{at, id}, nil
	}
	return `id < ?`, []any{id}, nil
}

// After implements desk.Store.
func (db *DB) After(ctx context.Context, after incident.ID, n int) ([]incident.Case, error) {
	t, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, fmt.Errorf("begin read: %w", err)
	}
	defer t.Rollback() //nolint:errcheck // a read leaves nothing to undo
	return readCases(ctx, t, caseColumns+`WHERE id > ? AND duty = '' ORDER BY id LIMIT ?`, int64(after), n)
}

func conditions(f desk.Filter) ([]string, []any) {
	var where []string
	var args []any
	add := func(cond string, a ...any) {
		where = append(where, cond)
		args = append(args, a...)
	}
	pending := "pending"
	switch {
	case !f.Duties:
		add(`duty = ''`)
	case f.Rule != "":
		add(`duty = ? AND duty <> ''`, f.Rule) // the second lets the partial index serve
	default:
		add(`duty <> ''`)
	}
	if f.Duties {
		pending = "duty"
	}
	if len(f.States) > 0 {
		marks := "?" + strings.Repeat(", ?", len(f.States)-1)
		states := make([]any, len(f.States))
		for i, s := range f.States {
			states[i] = string(s)
		}
		add(`state IN (`+marks+`)`, states...)
	}
	if f.Open {
		add(`open = 1`)
	}
	if f.Level != "" {
		add(`level = ?`, string(f.Level))
	}
	if f.Unit != "" {
		add(`(lead = ? OR EXISTS (SELECT 1 FROM json_each(CAST(body AS TEXT), '$.assisting') WHERE value = ?))`, string(f.Unit), string(f.Unit))
	}
	if f.Matter != 0 {
		add(`id IN (SELECT id FROM incidents WHERE matter = ? AND matter <> 0 UNION ALL SELECT ?)`, int64(f.Matter), int64(f.Matter))
	}
	if f.Overdue {
		add(`id IN (SELECT incident FROM milestones WHERE state = '`+pending+`' AND limit_at < ?)`, ms(f.Now))
	}
	if !f.DueBy.IsZero() {
		add(`id IN (SELECT incident FROM milestones WHERE state = '`+pending+`' AND limit_at >= ? AND limit_at <= ?)`, ms(f.DueFrom), ms(f.DueBy))
	}
	if !f.ReceivedFrom.IsZero() {
		add(`received_at >= ?`, ms(f.ReceivedFrom))
	}
	if !f.ReceivedTo.IsZero() {
		add(`received_at < ?`, ms(f.ReceivedTo))
	}
	for word := range strings.FieldsSeq(f.Text) {
		like := "%" + likeEscaper().Replace(word) + "%"
		add(`(title LIKE ? ESCAPE '\' OR CAST(id AS TEXT) = ?
			OR json_extract(CAST(body AS TEXT), '$.report.text') LIKE ? ESCAPE '\'
			OR json_extract(CAST(body AS TEXT), '$.report.place') LIKE ? ESCAPE '\')`, like, word, like, like)
	}
	return where, args
}

func likeEscaper() *strings.Replacer {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
}

// Counts implements desk.Store.
func (db *DB) Counts(ctx context.Context, now time.Time) (desk.Counts, error) {
	c := desk.Counts{Open: map[incident.Level]int{}, States: map[incident.State]int{}, Units: map[org.UnitID]int{}}
	rows, err := db.read.QueryContext(ctx, `SELECT level, state, lead, n FROM counters WHERE n > 0`)
	if err != nil {
		return c, fmt.Errorf("read counters: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err is looked at below
	for rows.Next() {
		var level incident.Level
		var state incident.State
		var lead org.UnitID
		var n int
		if err := rows.Scan(&level, &state, &lead, &n); err != nil {
			return c, fmt.Errorf("read counter: %w", err)
		}
		c.States[state] += n
		if state.Open() {
			c.Open[level] += n
			c.Units[lead] += n
		}
	}
	if err := rows.Err(); err != nil {
		return c, fmt.Errorf("read counters: %w", err)
	}
	var oldest sql.NullInt64
	err = db.read.QueryRowContext(ctx, `SELECT
		(SELECT count(DISTINCT incident) FROM milestones INDEXED BY milestones_pending WHERE state = 'pending' AND limit_at < ?),
		(SELECT min(at) FROM notices WHERE state = 'waiting' AND not_before <= ?),
		(SELECT count(*) FROM notices WHERE state = 'failed')`, ms(now), ms(now)).Scan(&c.Overdue, &oldest, &c.Failed)
	if err != nil {
		return c, fmt.Errorf("read counts: %w", err)
	}
	c.OldestWaiting = fromMS(oldest.Int64)
	return c, nil
}

// CountDue implements desk.Store.
func (db *DB) CountDue(ctx context.Context, from, to time.Time) (int, error) {
	var n int
	err := db.read.QueryRowContext(ctx, `SELECT count(DISTINCT incident) FROM milestones
		WHERE state = 'pending' AND limit_at >= ? AND limit_at <= ?`, ms(from), ms(to)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count what is due: %w", err)
	}
	return n, nil
}

// Deliveries implements desk.Store.
func (db *DB) Deliveries(ctx context.Context, id incident.ID) ([]desk.Delivery, error) {
	rows, err := db.read.QueryContext(ctx, `SELECT n.body, n.state, n.reason, coalesce(e.channel, ''), coalesce(e.settled_at, 0),
		coalesce(e.tries, 0), coalesce(e.detail, '') FROM notices n LEFT JOIN envelopes e ON e.id = n.envelope
		WHERE n.incident = ? ORDER BY n.id`, int64(id))
	if err != nil {
		return nil, fmt.Errorf("read deliveries: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Err is looked at below
	var out []desk.Delivery
	for rows.Next() {
		var d desk.Delivery
		var body sql.RawBytes
		var settled int64
		if err := rows.Scan(&body, &d.State, &d.Reason, &d.Channel, &settled, &d.Tries, &d.Detail); err != nil {
			return nil, fmt.Errorf("read delivery: %w", err)
		}
		if err := json.Unmarshal(body, &d.Notice); err != nil {
			return nil, fmt.Errorf("decode notice: %w", err)
		}
		d.Notice.Incident, d.SentAt = id, fromMS(settled)
		out = append(out, d)
	}
	return out, rows.Err() //nolint:wrapcheck // of this query
}
