package notify_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"huiying/incident"
	"huiying/notify"
)

// slate is a channel that changes what it sent, and the rows that wait for it.
type slate struct {
	notify.Channel
	fate    []notify.Outcome
	said    []string
	waiting []notify.Amendment
	settled []notify.Outcome
	due     time.Time
}

func (*slate) Name() string { return "slate" }

func (s *slate) Change(_ context.Context, _ notify.Amendment, done string) notify.Outcome {
	s.said = append(s.said, done)
	o := s.fate[0]
	s.fate = s.fate[1:]
	return o
}

func (s *slate) DueAmendments(_ context.Context, now time.Time, _ int) ([]notify.Amendment, time.Time, error) {
	if len(s.waiting) == 0 {
		return nil, time.Time{}, nil
	}
	if now.Before(s.due) {
		return nil, s.due, nil
	}
	return s.waiting, time.Time{}, nil
}

func (s *slate) SettleAmendment(_ context.Context, _ notify.EnvelopeID, o notify.Outcome, now time.Time) error {
	s.settled = append(s.settled, o)
	s.due = now.Add(o.After)
	if o.Status != notify.Retry {
		s.waiting = nil
	}
	return nil
}

func TestAmender(t *testing.T) {
	t.Parallel()
	begin := at(10, 5)
	entry := incident.Entry{Seq: 4, At: begin, Command: incident.KindAccept, Actor: incident.ActorRef{Person: "zhang", Name: "张三"}}
	sent := notify.Outcome{Status: notify.Sent}
	for _, c := range []struct {
		name  string
		one   notify.Amendment
		fate  []notify.Outcome
		after time.Duration
		want  string
		tries int
	}{
		{"who did what when", notify.Amendment{Channel: "slate", Entry: entry, SentAt: begin}, []notify.Outcome{sent}, 0, "张三 10:05 已签收", 1},
		{"on another day", notify.Amendment{Channel: "slate", Entry: entry, SentAt: begin}, []notify.Outcome{sent}, 24 * time.Hour, "张三 11月20日10:05 已签收", 1},
		{"not known by what", notify.Amendment{Channel: "slate", SentAt: begin, Milestone: incident.Milestone{Kind: incident.MilestoneAccept, State: incident.Met}}, []notify.Outcome{sent}, 0, "签收：按时完成", 1},
		{"tried again", notify.Amendment{Channel: "slate", Entry: entry, SentAt: begin}, []notify.Outcome{{Status: notify.Retry}, {Status: notify.Retry, After: time.Minute}, sent}, 0, "张三 10:05 已签收", 3},
		{"never", notify.Amendment{Channel: "slate", Entry: entry, SentAt: begin}, []notify.Outcome{{Status: notify.Permanent}}, 0, "张三 10:05 已签收", 1},
		{"too late to be tried again", notify.Amendment{Channel: "slate", Entry: entry, SentAt: begin}, []notify.Outcome{{Status: notify.Retry}}, 73 * time.Hour, "张三 11月20日10:05 已签收", 1},
		{"a channel that changes nothing", notify.Amendment{Channel: "mail", Entry: entry, SentAt: begin}, nil, 0, "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			clock := clockwork.NewFakeClockAt(begin.Add(c.after))
			s := &slate{fate: c.fate, waiting: []notify.Amendment{c.one}}
			a := notify.NewAmender(notify.AmenderDeps{
				Amendments: s, Channels: []notify.Channel{s}, Clock: clock, Zone: beijing, Log: slog.New(slog.DiscardHandler), Timeout: time.Second,
			})
			for range 10 {
				if _, err := a.Drain(t.Context()); err != nil {
					t.Fatal(err)
				}
				clock.Advance(time.Minute)
			}
			if len(s.said) != c.tries || c.tries > 0 && s.said[0] != c.want || len(s.waiting) != 0 {
				t.Errorf("said %q and %d wait, want %q %d times and none", s.said, len(s.waiting), c.want, c.tries)
			}
		})
	}
}

func TestAmender_StopsAndStarts(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClockAt(at(10, 5))
	s := &slate{fate: []notify.Outcome{{Status: notify.Sent}}, waiting: []notify.Amendment{{Channel: "slate", SentAt: at(10, 5)}}}
	a := notify.NewAmender(notify.AmenderDeps{
		Amendments: s, Channels: []notify.Channel{s}, Clock: clock, Zone: beijing, Log: slog.New(slog.DiscardHandler), Timeout: time.Second,
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- a.Run(ctx) }()
	if err := clock.BlockUntilContext(ctx, 1); err != nil {
		t.Fatal(err)
	}
	a.Wake()
	stop()
	if err := <-ended; err != nil || strings.Join(s.said, "") == "" {
		t.Errorf("Run = %v after %q", err, s.said)
	}
}
