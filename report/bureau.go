package report

import (
	"context"
	"errors"
	"fmt"
	"time"

	"huiying/incident"
	"huiying/org"
)

// Bureau makes reports, issues them and files what people decide about them. Its methods
// may be called from many goroutines.
type Bureau struct {
	Source Source
	Shelf  Shelf
	// Log returns the entries of a case in order.
	Log  func(ctx context.Context, id incident.ID) ([]incident.Entry, error)
	AsAt AsAt
	// Duties yields the recurring duties; nil leaves them out.
	Duties DutySource
	// County is what is known of the county at this moment.
	County func() County
	// Tell sends an issued report to its readers once more; nil where nothing can be sent.
	Tell Teller
	// Inform owes news of a ruling to those whom it concerns; nil informs nobody.
	Inform func(ctx context.Context, n RulingNews, now time.Time) error
}

// issuers are who may issue reports.
func issuer(by org.Actor) bool {
	return by.County(org.DutyOfficer, org.OfficeDirector, org.DeputyLeader) || by.Role == org.RoleSystem
}

// Scope is the unit whose part of a report somebody may read; empty with true for the
// whole county's, false for nobody's. Whoever is of a unit reads his unit's.
func Scope(by org.Actor) (org.UnitID, bool) {
	switch {
	case by.County(), by.Role == org.RoleViewer, by.Role == org.RoleAuditor, by.Role == org.RoleAdmin, by.Role == org.RoleSystem:
		return "", true
	case len(by.Holds) > 0:
		return by.Holds[0].Unit, true
	}
	return "", false
}

func forbidden(text string) error {
	return &incident.Error{Code: incident.CodeForbidden, Text: text}
}

func refused(text string) error { return &incident.Error{Code: incident.CodeRefused, Text: text} }

func (b Bureau) weekly(week Week, now time.Time) edition[Weekly] {
	return edition[Weekly]{
		kind: KindWeekly, period: week.String(), whole: week.Period(b.County().Zone, time.Time{}), name: "督办通报", span: "本周",
		count:  func(ctx context.Context) (Weekly, error) { return b.CountWeekly(ctx, week, now) },
		policy: func(w Weekly) string { return w.Policy },
		follow: func(ctx context.Context, w Weekly) error { return b.propose(ctx, week, w, now) },
	}
}

// Weekly is a week's summary: as it was issued, or else counted now. The revision is 0
// for one that was not issued.
func (b Bureau) Weekly(ctx context.Context, week Week, now time.Time) (Weekly, int, error) {
	w, kept, err := b.weekly(week, now).read(ctx, b)
	return w, kept.Revision, err
}

// CountWeekly counts a week anew, whatever was issued.
func (b Bureau) CountWeekly(ctx context.Context, week Week, now time.Time) (Weekly, error) {
	if !now.After(week.Period(b.County().Zone, time.Time{}).From) {
		return Weekly{}, refused(week.String() + "还没有开始，没有可统计的内容。")
	}
	var before *Weekly
	kept, err := b.Shelf.Report(ctx, KindWeekly, week.Before().String(), 0)
	switch {
	case err == nil:
		w, err := Thaw[Weekly](kept)
		if err != nil {
			return Weekly{}, err
		}
		before = &w
	case !errors.Is(err, incident.ErrNotFound):
		return Weekly{}, fmt.Errorf("look for the summary of the week before: %w", err)
	}
	w, err := NewWeekly(ctx, b.Source, b.AsAt, b.County(), week, now, before)
	if err != nil || b.Duties == nil {
		return w, err
	}
	cases, err := b.Duties(ctx, w.Period.From.Add(-dutyBack))
	if err != nil {
		return w, fmt.Errorf("read recurring duties: %w", err)
	}
	if len(cases) == 0 {
		return w, nil
	}
	for i, c := range cases {
		if !changedSince(c, w.Period.CutOff) {
			continue
		}
		was, err := b.AsAt(ctx, c.ID, w.Period.CutOff)
		if err != nil {
			return w, fmt.Errorf("read duty %s as it was: %w", c.ID, err)
		}
		cases[i] = was[0]
	}
	duties := NewDutyWeek(cases, w.Period, b.County().Directory)
	w.Duties = &duties
	return w, nil
}

// IssueWeekly freezes a week's summary and files its proposals for people to decide. One
// that was issued is returned as it is, unless again asks for a new revision.
func (b Bureau) IssueWeekly(ctx context.Context, by org.Actor, week Week, now time.Time, again bool) (Weekly, int, error) {
	w, kept, err := b.weekly(week, now).issue(ctx, b, by, now, again)
	return w, kept.Revision, err
}

// WeeklyText is the last whole week's summary as a message, of what the reader may see.
func (b Bureau) WeeklyText(ctx context.Context, by org.Actor, now time.Time) (string, error) {
	scope, ok := Scope(by)
	if !ok {
		return "", forbidden("您没有任职，也没有查看权限，请联系管理员。")
	}
	county := b.County()
	w, _, err := b.Weekly(ctx, WeekBefore(now, county.Zone), now)
	if err != nil {
		return "", err
	}
	if scope != "" {
		w = w.Of(scope, county.Directory.UnitName(scope))
	}
	return w.Text(county.Zone), nil
}

// propose files the week's proposals for people to decide.
func (b Bureau) propose(ctx context.Context, week Week, w Weekly, now time.Time) error {
	var before *Weekly
	kept, err := b.Shelf.Report(ctx, KindWeekly, week.Before().String(), 0)
	switch {
	case err == nil:
		last, err := Thaw[Weekly](kept)
		if err != nil {
			return err
		}
		before = &last
	case !errors.Is(err, incident.ErrNotFound):
		return fmt.Errorf("look for the summary of the week before: %w", err)
	}
	return b.file(ctx, w.Proposals(before, b.County().Directory.County(), now))
}
