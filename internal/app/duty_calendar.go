package app

import (
	"fmt"
	"slices"
	"time"

	"huiying/configs"
	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

// DutyDay is one limit of a recurring duty in a unit's year.
type DutyDay struct {
	Rule    string    `json:"rule"`
	Title   string    `json:"title"`
	Clause  string    `json:"clause"`
	Period  string    `json:"period"`
	OpensAt time.Time `json:"opens_at"`
	LimitAt time.Time `json:"limit_at"`
	// Limit and Target are as people read them; Goal says how many of several are due.
	Limit  string `json:"limit"`
	Target string `json:"target,omitempty"`
	Goal   string `json:"goal,omitempty"`
	// Pace: a step on the way, which the notice itself does not ask for.
	Pace    bool   `json:"pace,omitempty"`
	Counted string `json:"counted"`
	Warning string `json:"warning,omitempty"`
}

// DutyCalendar lists the limits of a unit's calendar duties that fall in a year (this one
// for 0), by the configuration alone; no database is opened.
func DutyCalendar(cfg configs.Config, name string, year int) ([]DutyDay, error) {
	book, err := LoadBook(cfg, "")
	if err != nil {
		return nil, err
	}
	rules, err := LoadDuties(cfg, book.Policy)
	if err != nil {
		return nil, err
	}
	data, err := LoadPeople(cfg)
	if err != nil {
		return nil, err
	}
	dir, err := org.NewDirectory(data)
	if err != nil {
		return nil, err //nolint:wrapcheck // a sentence for people
	}
	unit, ok := dir.FindUnit(name)
	if !ok {
		return nil, &incident.Error{Code: incident.CodeInvalid, Text: "没有“" + name + "”这个单位，请核对单位名称。"}
	}
	if year == 0 {
		clock, err := clockOf(cfg)
		if err != nil {
			return nil, err
		}
		year = clock.Now().In(book.Zone).Year()
	}
	from := time.Date(year, 1, 1, 0, 0, 0, 0, book.Zone)
	to := from.AddDate(1, 0, 0)
	var out []DutyDay
	for _, cmd := range desk.DutiesBetween(book, rules, dir, from, to) {
		if cmd.Lead != unit.ID {
			continue
		}
		for _, due := range cmd.Duty.Dues {
			date, err := book.DutyDate(cmd.Duty, due)
			if err != nil {
				return nil, fmt.Errorf("count %s: %w", cmd.Key, err)
			}
			// 24:00 of 31 December belongs to the old year.
			if !date.Limit.After(from) || date.Limit.After(to) {
				continue
			}
			day := DutyDay{
				Rule: cmd.Duty.Rule, Title: cmd.Title, Clause: cmd.Duty.Clause, Period: cmd.Duty.Period, OpensAt: cmd.Duty.Opens, LimitAt: date.Limit,
				Limit: incident.Show(date.Limit, book.Zone), Pace: due.Pace, Counted: date.Counted, Warning: date.Warning,
			}
			if !date.Target.IsZero() {
				day.Target = incident.Show(date.Target, book.Zone)
			}
			if due.Goal > 1 {
				day.Goal = fmt.Sprintf("%d次，主要负责人%d次", due.Goal, due.Leader)
			}
			out = append(out, day)
		}
	}
	slices.SortStableFunc(out, func(a, b DutyDay) int { return a.LimitAt.Compare(b.LimitAt) })
	return out, nil
}
