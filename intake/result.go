package intake

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"huiying/incident"
)

// Result is what became of a file.
type Result struct {
	// Created counts new incidents; of a dry run, what would be.
	Created int `json:"created"`
	// Duplicates counts rows whose source and id are registered already.
	Duplicates int `json:"duplicates"`
	// Rejected lists the rows that were not taken, at most 1,000 of them.
	Rejected []Rejected `json:"rejected"`
	// RejectedTotal counts them all where Rejected does not hold them all; else zero.
	RejectedTotal int `json:"rejected_total,omitempty"`
	// Columns says which column was taken for which field; Ignored, which for none.
	Columns []Column `json:"-"`
	Ignored []string `json:"-"`
}

// Rejected is a row that was not taken, and why.
type Rejected struct {
	// Row as the file shows it; the header, or the first line of JSON Lines, is 1.
	Row int `json:"row"`
	// Column is the header of the column at fault; empty for the whole row.
	Column string `json:"column"`
	// Error is a sentence for people.
	Error string `json:"error"`
}

// Column is a column that was taken for a field.
type Column struct {
	Field  Field
	Header string
}

// finish says what became of the file so far.
func (r *run) finish() Result {
	// Rows are refused as they are read and as they are registered, which is later.
	slices.SortStableFunc(r.result.Rejected, func(a, b Rejected) int { return a.Row - b.Row })
	if r.result.RejectedTotal <= len(r.result.Rejected) {
		r.result.RejectedTotal = 0
	}
	if r.reader.table == nil {
		return r.result
	}
	r.reader.look()
	used := map[int]bool{}
	columns := r.reader.table.Columns()
	for _, f := range r.Mapping.fields() {
		for _, i := range r.reader.layout.at[f] {
			used[i] = true
			r.result.Columns = append(r.result.Columns, Column{f, strings.TrimSpace(columns[i])})
		}
	}
	for i, c := range columns {
		if c = strings.TrimSpace(c); c != "" && !used[i] {
			r.result.Ignored = append(r.result.Ignored, c)
		}
	}
	return r.result
}

// preview counts what a batch would create.
func (r *run) preview(ctx context.Context, batch []incident.Register) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("dry run: %w", err)
	}
	for _, reg := range batch {
		source, id := reg.Report.Source.Name, reg.Report.ExternalID
		sum := sha256.Sum256([]byte(source + "\x00" + id))
		key := [16]byte(sum[:16])
		_, known := r.seen[key]
		if !known && r.Known != nil {
			_, err := r.Known(ctx, source, id)
			if err != nil && !errors.Is(err, incident.ErrNotFound) {
				return fmt.Errorf("look for duplicates: %w", err)
			}
			known = err == nil
		}
		if known {
			r.result.Duplicates++
			continue
		}
		r.seen[key] = struct{}{}
		r.result.Created++
	}
	return nil
}
