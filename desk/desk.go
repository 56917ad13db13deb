package desk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jonboulle/clockwork"

	"huiying/classifier"
	"huiying/incident"
	"huiying/org"
	"huiying/sla"
)

// Assessor finds level, unit and duplicates of a report, without the network.
type Assessor interface {
	Assess(r incident.Report, now time.Time) classifier.Assessment
}

// Deps is what a desk works with.
type Deps struct {
	Store    Store
	Clock    clockwork.Clock
	Zone     *time.Location
	Assessor Assessor
	// Memory finds likely duplicates; nil looks for none.
	Memory *classifier.Memory
	Log    *slog.Logger
	// Words are looked for in what is to go to the public.
	Words Words
	// Templates hold the official reports' (official.tmpl); nil for none.
	Templates fs.FS
	// Author writes first drafts; nil leaves them to the templates.
	Author Author
	// Policy is the version that times new incidents; Holidays counts for every version.
	Policy   *sla.Policy
	Holidays *sla.Holidays
	// Duties are the recurring duties; nil for none.
	Duties *sla.DutyRules
	// Reachable tells whether a person has an address on a channel that is configured.
	Reachable func(org.Person) bool
	// WakeEngine is told of the earliest new timer, WakeCourier that notices wait.
	WakeEngine  func(time.Time)
	WakeCourier func()
}

// Desk decides on incidents. Its methods may be called from many goroutines.
type Desk struct {
	Deps
	dir   atomic.Pointer[org.Directory]
	edits sync.Mutex // of the directory
	book  sla.Book   // of the current policy

	registrations atomic.Int32 // under way
	mu            sync.Mutex
	books         map[string]sla.Book // by version, loaded when first met

	// recalled is the last case that the memory was shown by Recall, which alone uses it;
	// recalling is set once it began.
	recalled  incident.ID
	recalling bool
	// beats are the sources that were heard and not written down yet.
	beats sync.Map
	// proposed are the matters for which a regrade was proposed since the start.
	proposed sync.Map
}

// New makes a desk, keeps its policy's version for ever and reads the directory.
func New(ctx context.Context, deps Deps) (*Desk, error) {
	d := &Desk{Deps: deps, books: map[string]sla.Book{}}
	d.book = sla.Book{Policy: deps.Policy, Holidays: deps.Holidays, Zone: deps.Zone}
	version := deps.Policy.Version()
	d.books[version] = d.book
	if err := deps.Store.PutPolicy(ctx, version, deps.Policy.YAML(), deps.Clock.Now()); err != nil {
		return nil, fmt.Errorf("keep policy %s: %w", version, err)
	}
	if err := d.Reload(ctx); err != nil {
		return nil, err
	}
	return d, nil
}

// Directory is who is who at this moment.
func (d *Desk) Directory() *org.Directory { return d.dir.Load() }

// SetDirectory replaces units, people and roster; what cannot be is refused whole.
func (d *Desk) SetDirectory(ctx context.Context, data org.Data) error {
	dir, err := org.NewDirectory(data)
	if err != nil {
		return &incident.Error{Code: incident.CodeInvalid, Text: "机构和人员有误：" + err.Error(), Err: err}
	}
	if err := d.Store.PutDirectory(ctx, data, d.Clock.Now()); err != nil {
		return fmt.Errorf("keep directory: %w", err)
	}
	d.dir.Store(dir)
	return nil
}

// Reload takes over units, people and roster as they stand in the store, where an
// administrator may have changed them at the command line.
func (d *Desk) Reload(ctx context.Context) error {
	d.edits.Lock()
	defer d.edits.Unlock()
	data, err := d.Store.Directory(ctx)
	if err != nil {
		return fmt.Errorf("read directory: %w", err)
	}
	dir, err := org.NewDirectory(data)
	if err != nil {
		return fmt.Errorf("read directory: %w", err)
	}
	d.dir.Store(dir)
	return nil
}

// Book is the current policy with its calendar.
func (d *Desk) Book() sla.Book { return d.book }

// BookOf is the book by which a case is timed: the policy version that it keeps.
func (d *Desk) BookOf(ctx context.Context, version string) (sla.Book, error) {
	if version == "" {
		return d.book, nil
	}
	d.mu.Lock()
	book, ok := d.books[version]
	d.mu.Unlock()
	if ok {
		return book, nil
	}
	raw, err := d.Store.Policy(ctx, version)
	if err != nil {
		return sla.Book{}, fmt.Errorf("load policy %s: %w", version, err)
	}
	policy, err := sla.ParsePolicy("policy "+version, raw)
	if err != nil {
		return sla.Book{}, fmt.Errorf("load policy %s: %w", version, err)
	}
	book = sla.Book{Policy: policy, Holidays: d.Holidays, Zone: d.Zone}
	d.mu.Lock()
	d.books[version] = book
	d.mu.Unlock()
	return book, nil
}

// saved wakes whoever has something to do after a change became durable.
func (d *Desk) saved(changes ...Change) {
	var earliest time.Time
	told := false
	for _, ch := range changes {
		told = told || len(ch.Notices) > 0 || len(ch.Settled) > 0 // what was sent about it is out of date
		for _, t := range ch.Timers {
			if earliest.IsZero() || t.FireAt.Before(earliest) {
				earliest = t.FireAt
			}
		}
	}
	if told {
		d.WakeCourier()
	}
	if !earliest.IsZero() {
		d.WakeEngine(earliest)
	}
}

// repeated tells whether a save failed because the same was saved before.
func repeated(err error) bool { return errors.Is(err, incident.ErrRepeat) }
