package app

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/go-co-op/gocron/v2"
	"github.com/google/uuid"
	"github.com/jonboulle/clockwork"
)

// Periods remembers which job was done for which period, so that a job runs once
// however often it is started, on however many replicas.
type Periods interface {
	// RunOnce claims the job's period; false when it was claimed or done before.
	RunOnce(ctx context.Context, job, period string, now time.Time) (bool, error)
	// Done marks the period done.
	Done(ctx context.Context, job, period string, now time.Time) error
}

// job is calendar-like work: a digest, the weekly summary, clean-up, a backup. SLA
// timers are not jobs; they are rows that the engine sleeps on.
type job struct {
	name string
	at   clockTime
	// on tells on which days it runs; nil for daily. The day comes in the county's zone.
	on func(day time.Time) bool
	// catchUp is how long after its hour a job that was missed is still run.
	catchUp time.Duration
	run     func(ctx context.Context, due time.Time) error
}

// clockTime is an hour and minute of the day in the county's zone.
type clockTime struct{ hour, minute uint }

func parseClock(s string) (clockTime, error) {
	var c clockTime
	if n, err := fmt.Sscanf(s, "%d:%d", &c.hour, &c.minute); n != 2 || err != nil || c.hour > 23 || c.minute > 59 {
		return c, fmt.Errorf("“%s”不是时刻，请写成 08:30", s)
	}
	return c, nil
}

// runs tells whether the job runs on a day.
func (j job) runs(day time.Time) bool { return j.on == nil || j.on(day) }

// latest is the job's last occurrence at or before now.
func (j job) latest(now time.Time, zone *time.Location) time.Time {
	now = now.In(zone)
	due := time.Date(now.Year(), now.Month(), now.Day(), int(j.at.hour), int(j.at.minute), 0, 0, zone)
	for due.After(now) || !j.runs(due) {
		due = due.AddDate(0, 0, -1)
	}
	return due
}

// scheduler runs jobs on the injected clock and catches up once at start on what was
// missed while the house was down: gocron itself skips missed runs.
type scheduler struct {
	clock   clockwork.Clock
	zone    *time.Location
	periods Periods
	log     *slog.Logger
	jobs    []job
	// fresh: the house starts for the first time, so that there is nothing to catch up on.
	fresh   bool
	started time.Time
	// minutely runs each minute, with nothing to catch up.
	minutely func(ctx context.Context)
}

// Run blocks until ctx is cancelled, then waits for running jobs to end.
func (s *scheduler) Run(ctx context.Context) error {
	s.started = s.clock.Now()
	cron, err := gocron.NewScheduler(gocron.WithClock(s.clock), gocron.WithLocation(s.zone))
	if err != nil {
		return fmt.Errorf("make scheduler: %w", err)
	}
	for _, j := range s.jobs {
		at := gocron.NewAtTimes(gocron.NewAtTime(j.at.hour, j.at.minute, 0))
		// Each day at its hour: whether it runs on that day is for the job itself.
		_, err := cron.NewJob(gocron.DailyJob(1, at), gocron.NewTask(func() { s.once(ctx, j) }),
			gocron.WithName(j.name), gocron.WithSingletonMode(gocron.LimitModeReschedule), s.panics())
		if err != nil {
			return fmt.Errorf("schedule %s: %w", j.name, err)
		}
	}
	_, err = cron.NewJob(gocron.DurationJob(time.Minute), gocron.NewTask(func() { s.minutely(ctx) }),
		gocron.WithName("standing-check"), gocron.WithSingletonMode(gocron.LimitModeReschedule), s.panics())
	if err != nil {
		return fmt.Errorf("schedule standing check: %w", err)
	}
	for _, j := range s.jobs {
		s.once(ctx, j)
	}
	cron.Start()
	<-ctx.Done()
	if err := cron.Shutdown(); err != nil {
		return fmt.Errorf("stop scheduler: %w", err)
	}
	return nil
}

// panics keeps a job's panic from killing the house: it is logged, the period stays
// claimed but not done, and is claimed again later.
func (s *scheduler) panics() gocron.JobOption {
	return gocron.WithEventListeners(gocron.AfterJobRunsWithPanic(func(_ uuid.UUID, name string, recovered any) {
		s.log.Error("job panicked", "job", name, "panic", fmt.Sprint(recovered))
	}))
}

// once runs a job for its latest occurrence unless that was done, or is too long ago.
func (s *scheduler) once(ctx context.Context, j job) {
	now := s.clock.Now()
	due := j.latest(now, s.zone)
	if now.Sub(due) > j.catchUp {
		return
	}
	period := due.Format("2006-01-02")
	claimed, err := s.periods.RunOnce(ctx, j.name, period, now)
	if err != nil {
		s.log.Error("job not claimed", "job", j.name, "error", err)
		return
	}
	if !claimed {
		return
	}
	if s.fresh && due.Before(s.started) {
		j.run = func(context.Context, time.Time) error { return nil }
	}
	if err := j.run(ctx, due); err != nil {
		s.log.Error("job failed", "job", j.name, "period", period, "error", err)
		return
	}
	if err := s.periods.Done(ctx, j.name, period, s.clock.Now()); err != nil {
		s.log.Error("job not marked done", "job", j.name, "error", err)
	}
}
