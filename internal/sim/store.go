package sim

import (
	"context"
	"errors"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/notify"
	"huiying/storage/sqlite"
)

// crash is what a killed process is in here: it unwinds to the world, which starts the
// house anew on what is durable.
type crash struct{ at string }

var errStorage = errors.New("simulated storage fault")

// store plants faults before and after each write, which are the only places where a
// kill can make a difference.
type store struct {
	*sqlite.DB
	w *world
}

// before may fail or kill before anything was written, after may kill once it was.
func (s *store) before(what string) error {
	if s.w.chance(s.w.crashy) {
		panic(crash{"before " + what})
	}
	if s.w.chance(s.w.faulty) {
		return errStorage
	}
	return nil
}

func (s *store) after(what string) {
	if s.w.chance(s.w.crashy) {
		panic(crash{"after " + what})
	}
}

// Save implements desk.Store.
func (s *store) Save(ctx context.Context, changes ...desk.Change) ([]desk.Saved, error) {
	if err := s.before("save"); err != nil {
		return nil, err
	}
	saved, err := s.DB.Save(ctx, changes...)
	s.after("save")
	return saved, err //nolint:wrapcheck // handed through
}

// Beat implements desk.Store.
func (s *store) Beat(ctx context.Context, name string, at time.Time) error {
	if err := s.before("beat"); err != nil {
		return err
	}
	err := s.DB.Beat(ctx, name, at)
	s.after("beat")
	return err //nolint:wrapcheck // handed through
}

// Due implements desk.Store.
func (s *store) Due(ctx context.Context, now time.Time, n int) ([]incident.ID, time.Time, error) {
	if err := s.before("due"); err != nil {
		return nil, time.Time{}, err
	}
	return s.DB.Due(ctx, now, n) //nolint:wrapcheck // handed through
}

// Claim implements notify.Outbox.
func (s *store) Claim(ctx context.Context, now time.Time, n int) ([]notify.Parcel, time.Time, error) {
	if err := s.before("claim"); err != nil {
		return nil, time.Time{}, err
	}
	parcels, next, err := s.DB.Claim(ctx, now, n)
	for _, p := range parcels {
		for _, waiting := range p.Notices {
			s.w.claimed[waiting.ID] = waiting.Notice
		}
	}
	return parcels, next, err //nolint:wrapcheck // handed through
}

// Prepare implements notify.Outbox.
func (s *store) Prepare(ctx context.Context, e notify.Envelope, now time.Time) (notify.EnvelopeID, error) {
	if err := s.before("prepare"); err != nil {
		id, failed := s.DB.Prepare(canceled(ctx), e, now)
		return id, errors.Join(err, failed)
	}
	id, err := s.DB.Prepare(ctx, e, now)
	s.after("prepare")
	return id, err //nolint:wrapcheck // handed through
}

// Settle implements notify.Outbox.
func (s *store) Settle(ctx context.Context, r notify.Result, now time.Time) error {
	if err := s.before("settle"); err != nil {
		return errors.Join(err, s.DB.Settle(canceled(ctx), r, now))
	}
	err := s.DB.Settle(ctx, r, now)
	s.after("settle")
	return err //nolint:wrapcheck // handed through
}

// canceled makes the database itself refuse to write, so that what it keeps in memory of
// a call that failed is what it keeps when a disk fails.
func canceled(ctx context.Context) context.Context {
	dead, cancel := context.WithCancel(ctx)
	cancel()
	return dead
}

// mark names a milestone of an incident.
type mark struct {
	id  incident.ID
	seq int
}
