package sla

import (
	"fmt"
	"time"

	"huiying/incident"
)

// quietHours are minutes of the day; from lies in the evening, to in the morning.
type quietHours struct{ from, to, evening int }

func (q Quiet) parse() (quietHours, error) {
	if q.From == "" && q.To == "" {
		return quietHours{}, nil // none
	}
	var h quietHours
	for _, f := range []struct {
		name, text string
		into       *int
	}{{"from", q.From, &h.from}, {"to", q.To, &h.to}, {"evening", q.Evening, &h.evening}} {
		at, err := time.Parse("15:04", f.text)
		if err != nil {
			return h, fmt.Errorf("quiet.%s “%s”不是时刻，应写成 22:00", f.name, f.text)
		}
		*f.into = at.Hour()*60 + at.Minute()
	}
	if h.from <= h.to || h.evening >= h.from {
		return h, fmt.Errorf("quiet：免打扰须从晚上（from %s）到次日早晨（to %s），提前提醒（evening %s）须早于开始", q.From, q.To, q.Evening)
	}
	return h, nil
}

// hold says when a rung that stands at an instant really goes out: at is the instant
// of its timer, notBefore until when its message waits (zero for not at all). General's
// messages wait for the morning, or, if the limit falls before that, go the evening
// before; major's wait only before the limit; an emergency knows no quiet hours.
func (b Book) hold(level incident.Level, m incident.Milestone, at time.Time) (time.Time, time.Time) {
	q := b.Policy.quiet
	late := !at.Before(m.Limit)
	if q.from == q.to || level == incident.Emergency || (level == incident.Major && late) {
		return at, time.Time{}
	}
	day := midnight(at, b.Zone)
	minute := int(at.Sub(day) / time.Minute)
	switch {
	case minute >= q.from:
		day = day.AddDate(0, 0, 1)
	case minute >= q.to:
		return at, time.Time{}
	}
	// day is now the day of the morning on which the quiet hours end.
	morning := day.Add(time.Duration(q.to) * time.Minute)
	evening := day.AddDate(0, 0, -1).Add(time.Duration(q.evening) * time.Minute)
	if m.Limit.Before(morning) && !at.After(m.Limit) && !evening.Before(m.From) {
		return evening, time.Time{}
	}
	return at, morning
}

// HoldUntil is until when a message that belongs to no rung waits; zero for not at all.
func (b Book) HoldUntil(level incident.Level, now time.Time) time.Time {
	if level.Rank() > incident.General.Rank() {
		return time.Time{}
	}
	_, until := b.hold(incident.General, incident.Milestone{From: now, Limit: now.AddDate(1, 0, 0)}, now)
	return until
}
