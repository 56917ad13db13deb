package storagetest

import (
	"context"
	"testing"
	"time"

	"huiying/bot"
	"huiying/desk"
	"huiying/notify"
	"huiying/org"
	"huiying/report"
)

// Store is everything that the house keeps.
type Store interface {
	desk.Store
	notify.Outbox
	notify.Amendments
	bot.Inbox
	report.Source
	report.Shelf
	// KeepFile writes a file down and returns the hash by which File reads it; File of a
	// hash that is not kept is incident.ErrNotFound.
	KeepFile(ctx context.Context, body []byte, now time.Time) (string, error)
	File(ctx context.Context, hash string) ([]byte, error)
	// PutToken keeps the hash of a bearer token, in place of one of the same name.
	PutToken(ctx context.Context, name string, hash []byte, person org.PersonID, role org.Role, now time.Time) error
	// Token finds who a bearer token stands for by its hash, or incident.ErrNotFound.
	Token(ctx context.Context, hash []byte) (name string, person org.PersonID, role org.Role, err error)
	// RunOnce claims a job's period; false when it was claimed or done before. A claim
	// that was never finished can be claimed again after an hour.
	RunOnce(ctx context.Context, job, period string, now time.Time) (bool, error)
	// Done marks a job's period done.
	Done(ctx context.Context, job, period string, now time.Time) error
	// Clean drops what is kept of messages that were settled, and of letters that were
	// done and received, before an instant.
	Clean(ctx context.Context, before time.Time) error
	// What the conversation keeps is as bot.Store has it; that interface knows only std
	// types, so that a database need not know of chats.
	Answer(ctx context.Context, message string) ([]byte, bool, error)
	Talk(ctx context.Context, name string) ([]byte, int64, error)
	KeepAnswer(ctx context.Context, message string, answer []byte, talk string, state []byte, version int64, now time.Time) (bool, error)
	ForgetAnswers(ctx context.Context, before time.Time) error
	// Close ends what runs and gives the database free. What was saved is durable.
	Close() error
}

// Open makes a store on the database that belongs to the folder, an empty one when it is
// new. Opened again after Close it holds what was saved.
type Open func(t *testing.T, dir string) Store

// Run tries everything that the house relies on.
func Run(t *testing.T, open Open) {
	t.Helper()
	for _, group := range [][]promise{saves(), logs(), timers(), notices(), claims(), settlements(), lists(), documents(), reports(), inboxes(), talks(), amendments(), duties()} {
		for _, p := range group {
			t.Run(p.text, func(t *testing.T) {
				t.Parallel()
				h := &house{t: t, open: open, dir: t.TempDir()}
				h.Store = open(t, h.dir)
				t.Cleanup(h.close)
				p.test(h)
			})
		}
	}
}

// promise is one behaviour, in the words of the contract.
type promise struct {
	text string
	test func(h *house)
}

// house is a store under test that can be closed and opened again.
type house struct {
	Store
	t    *testing.T
	open Open
	dir  string
}

func (h *house) close() {
	if err := h.Close(); err != nil {
		h.t.Errorf("Close: %v", err)
	}
}

// restart is a new process on the same database.
func (h *house) restart() {
	h.t.Helper()
	h.close()
	h.Store = h.open(h.t, h.dir)
}
