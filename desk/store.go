package desk

import (
	"context"
	"time"

	"huiying/classifier"
	"huiying/incident"
	"huiying/org"
)

// Change is everything that one decision changes, saved whole or not at all.
type Change struct {
	// Case as it becomes. ID 0 is a new incident: the store gives the number (from 1, duties
	// from [incident.FirstDuty]) and writes it into every row. Otherwise Version is the one that it was read at, and the save
	// fails with [incident.ErrStale] if it is no longer the stored one.
	Case incident.Case
	// Lean means that nothing of the case but its Milestones listed here, its version
	// and its log changed, so the body need not be written again.
	Lean bool
	// Milestones that are new or changed.
	Milestones []incident.Milestone
	// Timers that are new or moved; at most one a milestone, replacing the one it had.
	Timers []incident.Timer
	// Stopped are the milestones (by Seq) that have no timer any more.
	Stopped []int
	// Settled are the milestones (by Seq) that were met or voided: their notices that
	// still wait are withdrawn.
	Settled []int
	// Entries in order, with Seq and hashes still to be given by the store: Seq goes on
	// from Case.Log.Seq, the chain from Case.Log.Hash.
	Entries []incident.Entry
	// Notices to be put into the outbox. One whose key (incident, milestone, rung, nth,
	// entry, person) is there already is left as it is.
	Notices []incident.Notice

	// glance is what the memory of duplicates saw, to be remembered once it is saved.
	glance *classifier.Glance
}

// Saved is the outcome of one change.
type Saved struct {
	ID incident.ID
	// Version and Log of the case after the change.
	Version int64
	// Err is nil, [incident.ErrStale], [incident.ErrRepeat] (an entry's Key was used
	// before, or the source and external id of a new case; ID is the case that has it),
	// or a fault of the storage, in which case nothing of the change was written.
	Err error
}

// Store keeps what desk decides. All methods may be called from many goroutines;
// times are UTC milliseconds inside and come back in UTC.
type Store interface {
	// Save writes changes, each whole or not at all, and answers in the same order. It
	// returns when they are durable. Changes of many callers share a commit.
	Save(ctx context.Context, changes ...Change) ([]Saved, error)
	// Announce puts notices that belong to no incident (digests, summaries) into the
	// outbox. Their key is (kind, entry, person), where Entry numbers the period, such
	// as 20261123; one that is there already is left as it is.
	Announce(ctx context.Context, notices []incident.Notice) error
	// Load returns the case whole, or [incident.ErrNotFound].
	Load(ctx context.Context, id incident.ID) (incident.Case, error)
	// LoadAll returns the cases whole, in the order of the ids; one that is not there is left out.
	LoadAll(ctx context.Context, ids []incident.ID) ([]incident.Case, error)
	// Due returns at most n cases that have a timer at or before now, each once, the earliest
	// first, and when the next timer after now is due (zero for none).
	Due(ctx context.Context, now time.Time, n int) ([]incident.ID, time.Time, error)
	// Untimed returns at most n open cases, after the id given, that have no timer at all:
	// overdue to the end of their ladders, or forgotten, which must not be.
	Untimed(ctx context.Context, after incident.ID, n int) ([]incident.ID, error)
	// FindExternal returns the case registered under the source's own id, or ErrNotFound.
	FindExternal(ctx context.Context, source, externalID string) (incident.ID, error)
	// After returns at most n incidents with an id after the one given, in order of id;
	// recurring duties are none.
	After(ctx context.Context, after incident.ID, n int) ([]incident.Case, error)
	// Log returns the entries of a case in order.
	Log(ctx context.Context, id incident.ID) ([]incident.Entry, error)
	// LogTo returns those entries, in order, that come before the first that is later than
	// an instant: what follows, of an old case hundreds of messages, is not read.
	LogTo(ctx context.Context, id incident.ID, at time.Time) ([]incident.Entry, error)
	// List returns a page of cases by filter, ordered by the next limit and id (or by id,
	// newest first), without their entries.
	List(ctx context.Context, f Filter) (Page, error)
	// Counts counts open incidents by level, state and lead, and what is overdue at now. As
	// in CountDue, recurring duties are no incidents.
	Counts(ctx context.Context, now time.Time) (Counts, error)
	// CountDue counts the cases with a pending milestone whose limit lies between two
	// instants, both included.
	CountDue(ctx context.Context, from, to time.Time) (int, error)
	// Beat remembers the latest instant at which something was heard, signed or done; an
	// earlier one changes nothing. Beats returns them all.
	Beat(ctx context.Context, name string, at time.Time) error
	Beats(ctx context.Context) (map[string]time.Time, error)
	// Policy returns a policy version's YAML, or ErrNotFound; PutPolicy keeps one for ever.
	Policy(ctx context.Context, version string) ([]byte, error)
	PutPolicy(ctx context.Context, version string, yaml []byte, now time.Time) error
	// Directory returns units, people and roster; PutDirectory replaces them whole.
	Directory(ctx context.Context) (org.Data, error)
	PutDirectory(ctx context.Context, d org.Data, now time.Time) error
	// SwapDirectory puts d in the place of what was read before, or fails with
	// [incident.ErrStale] and writes nothing where another stands there by now.
	SwapDirectory(ctx context.Context, was, d org.Data, now time.Time) error
	// Deliveries returns what was sent, or waits, for a case, for its page.
	Deliveries(ctx context.Context, id incident.ID) ([]Delivery, error)
}

// Filter chooses cases for a list. Zero fields do not filter.
type Filter struct {
	// Duties: recurring duties, and none but them; else they are left out. Rule is one of theirs.
	Duties bool
	Rule   string
	States []incident.State
	// Open: only those on which something is still owed.
	Open    bool
	Level   incident.Level
	Unit    org.UnitID // leads or assists
	Overdue bool       // a pending milestone's limit lies before Now; inner ones do not count here, nor below
	// DueBy: a pending milestone's limit lies at or before; with DueFrom, not before that.
	DueBy   time.Time
	DueFrom time.Time
	Now     time.Time
	Matter  incident.ID // the cases of one matter: this one and those that joined it
	Text    string      // words in number, title, text or place
	// ReceivedFrom (included) and ReceivedTo (not included) bound the start.
	ReceivedFrom, ReceivedTo time.Time
	// Newest orders by id, newest first; else by next limit, the earliest first.
	Newest bool
	Cursor string // from the page before; empty for the first
	Limit  int    // at most 200; 0 means 50
}

// Page is one page of a list.
type Page struct {
	Cases []incident.Case
	Next  string // the cursor of the page after, empty at the end
}

// Counts are the board's figures.
type Counts struct {
	Open    map[incident.Level]int `json:"open"`
	States  map[incident.State]int `json:"states"`
	Units   map[org.UnitID]int     `json:"units"` // open, by lead
	Overdue int                    `json:"overdue"`
	// OldestWaiting is when the oldest notice that waits to be sent was written; zero for none.
	OldestWaiting time.Time `json:"oldest_waiting,omitzero"`
	Failed        int       `json:"failed"` // notices that reached nobody
}

// Delivery is one notice and what became of it, for the incident's page.
type Delivery struct {
	Notice  incident.Notice
	State   string // waiting, sending, sent, withdrawn, failed
	Channel string
	SentAt  time.Time
	Tries   int
	Reason  string
	Detail  string
}
