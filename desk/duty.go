package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"huiying/incident"
	"huiying/org"
	"huiying/sla"
)

// DutyOrder is a duty that an officer opens: one that comes by a document or a request.
type DutyOrder struct {
	Rule string `json:"rule"`
	// Unit that owes it, by id, name or short name; empty for the officer's own.
	Unit string `json:"unit,omitempty"`
	// Subject is the document or request that it is about.
	Subject string `json:"subject"`
	// Start is when that was issued or received; empty for now.
	Start time.Time `json:"start,omitzero"`
	Text  string    `json:"text,omitempty"`
}

// maxSubject bounds what a duty is about, in characters.
const maxSubject = 120

// OpenDuty opens a duty that comes by a document or a request. Opened before, it answers
// with that one, and true.
func (d *Desk) OpenDuty(ctx context.Context, by org.Actor, o DutyOrder) (incident.Case, bool, error) {
	refuse := func(field, text string) (incident.Case, bool, error) {
		return incident.Case{}, false, &incident.Error{Code: incident.CodeInvalid, Field: field, Text: text}
	}
	rule, ok := d.Duties.Rule(o.Rule)
	if !ok || !rule.Enabled {
		return refuse("rule", "没有“"+o.Rule+"”这项任务，可以登记的有："+d.openable()+"。")
	}
	if rule.Cycle != incident.ByDocument {
		return refuse("rule", rule.Name+"由系统按期开立，不用登记。可以登记的有："+d.openable()+"。")
	}
	o.Subject = strings.Join(strings.Fields(o.Subject), " ")
	switch now := d.Clock.Now(); {
	case o.Subject == "":
		return refuse("subject", "请填写"+rule.Subject+"。")
	case len([]rune(o.Subject)) > maxSubject:
		return refuse("subject", fmt.Sprintf("%s超过%d字，请缩短。", rule.Subject, maxSubject))
	case o.Start.IsZero():
		o.Start = now
	case o.Start.After(now):
		return refuse("start", rule.Since+"时间不能晚于现在。")
	}
	unit, err := d.dutyUnit(by, o.Unit)
	if err != nil {
		return incident.Case{}, false, err
	}
	cmd := d.book.DutyOf(rule, "", sla.Span{Start: o.Start.In(d.Zone), Last: o.Start.In(d.Zone)}, unit, o.Subject)
	cmd.Text = o.Text
	return d.openDuty(ctx, by, cmd)
}

// openable names the duties that an officer may open.
func (d *Desk) openable() string {
	var out []string
	for _, r := range d.DocumentRules() {
		out = append(out, r.ID+" "+r.Name)
	}
	if len(out) == 0 {
		return "无"
	}
	return strings.Join(out, "、")
}

// DocumentRule is a duty that an officer may open, as he is offered it.
type DocumentRule struct {
	ID, Name string
	// Subject and Since say what is asked for: 文件名称或文号, 印发.
	Subject, Since string
	// Limit is the limit in short, such as 印发后5日.
	Limit string
}

// DocumentRules are the duties that come by a document or a request.
func (d *Desk) DocumentRules() []DocumentRule {
	var out []DocumentRule
	if d.Duties == nil {
		return nil
	}
	for _, r := range d.Duties.Rules {
		if !r.Enabled || r.Cycle != incident.ByDocument {
			continue
		}
		words := strings.NewReplacer("start+", r.Since+"后", "d", "日", "w", "个工作日", "h", "小时")
		out = append(out, DocumentRule{ID: r.ID, Name: r.Name, Subject: r.Subject, Since: r.Since, Limit: words.Replace(r.Due[len(r.Due)-1].By)})
	}
	return out
}

func (d *Desk) dutyUnit(by org.Actor, name string) (org.UnitID, error) {
	if name == "" {
		for _, h := range by.Holds {
			return h.Unit, nil
		}
	}
	unit, ok := d.Directory().FindUnit(name)
	if !ok {
		text := fmt.Sprintf("没有“%s”这个单位，请核对单位名称。", name)
		if name == "" {
			text = "请填写负责的单位。"
		}
		return "", &incident.Error{Code: incident.CodeInvalid, Field: "unit", Text: text}
	}
	return unit.ID, nil
}

// openDuty saves a new duty; one that is there already is returned, and true.
func (d *Desk) openDuty(ctx context.Context, by org.Actor, cmd incident.OpenDuty) (incident.Case, bool, error) {
	change, err := d.decide(ctx, incident.Case{}, []Step{{cmd, by}}, "")
	if err != nil {
		return incident.Case{}, false, err
	}
	saved, err := d.Store.Save(ctx, change)
	if err != nil {
		return incident.Case{}, false, fmt.Errorf("save new duty: %w", err)
	}
	s := saved[0]
	switch {
	case repeated(s.Err):
		c, err := d.Get(ctx, s.ID)
		return c, true, err
	case s.Err != nil:
		return incident.Case{}, false, fmt.Errorf("save new duty: %w", s.Err)
	}
	d.saved(change)
	change.Case.ID, change.Case.Version = s.ID, s.Version
	return change.Case, false, nil
}

// What is remembered of duties among the beats.
const (
	dutiesSince   = "duties/since"
	dutiesThrough = "duties/through"
)

// longestPeriod is more than any duty is open before its limit.
const longestPeriod = 800 * 24 * time.Hour

// OpenDuties opens every calendar duty that has come up by now and is not there yet, and
// returns how many. What came up and fell due during an outage is opened too; what was due
// before the county first used duties is not. Any number of replicas may call it at any
// instants: each duty is opened once.
func (d *Desk) OpenDuties(ctx context.Context, now time.Time) (int, error) {
	if d.Duties == nil {
		return 0, nil
	}
	through, err := d.dutiesThrough(ctx, now)
	if err != nil {
		return 0, err
	}
	opened := 0
	var faults []error
	for _, cmd := range d.DutiesBetween(through, now) {
		_, err := d.Store.FindExternal(ctx, incident.DutySource, cmd.Key)
		if err == nil {
			continue
		}
		if errors.Is(err, incident.ErrNotFound) {
			var there bool
			if _, there, err = d.openDuty(ctx, org.System("duties"), cmd); err == nil && !there {
				opened++
			}
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("open %s: %w", cmd.Key, err))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return opened, err
	}
	return opened, d.Store.Beat(ctx, dutiesThrough, now) //nolint:wrapcheck // a fault of the store
}

// dutiesThrough is the instant from which on duties must be looked at: nothing that fell
// due before it is opened.
func (d *Desk) dutiesThrough(ctx context.Context, now time.Time) (time.Time, error) {
	beats, err := d.Store.Beats(ctx)
	if err != nil {
		return now, fmt.Errorf("read beats: %w", err)
	}
	if at, ok := beats[dutiesThrough]; ok {
		return at, nil
	}
	if at, ok := beats[dutiesSince]; ok {
		return at, nil
	}
	return now, d.Store.Beat(ctx, dutiesSince, now) //nolint:wrapcheck // a fault of the store
}

// DutiesBetween are the calendar duties of every unit and account that have come up by an
// instant and were not over before another.
func (d *Desk) DutiesBetween(from, to time.Time) []incident.OpenDuty {
	if d.Duties == nil {
		return nil
	}
	return DutiesBetween(d.book, d.Duties, d.Directory(), from, to)
}

// DutiesBetween are the duties as rules, a calendar and a directory have them.
func DutiesBetween(book sla.Book, rules *sla.DutyRules, dir *org.Directory, from, to time.Time) []incident.OpenDuty {
	var out []incident.OpenDuty
	if rules == nil {
		return nil
	}
	for _, r := range rules.Rules {
		if !r.Enabled || !r.Cycle.ByCalendar() {
			continue
		}
		// A duty of the period before may still be open, and one opens ahead of its period's end.
		for at := from.Add(-longestPeriod); ; {
			period, span := sla.PeriodAt(r.Cycle, at, book.Zone)
			if span.Start.After(to) {
				break
			}
			at = span.Last.AddDate(0, 0, 1)
			for _, o := range owners(rules, r, dir) {
				cmd := book.DutyOf(r, period, span, o.unit, o.subject)
				dropPast(book, &cmd.Duty, from)
				if !cmd.Duty.Opens.After(to) && lastLimit(book, cmd.Duty).After(from) {
					out = append(out, cmd)
				}
			}
		}
	}
	return out
}

// dropPast leaves out steps on the way that were past before anybody could be asked for
// them: a county that begins in November is not behind the pace of April.
func dropPast(book sla.Book, duty *incident.Duty, before time.Time) {
	duty.Dues = slices.DeleteFunc(duty.Dues, func(due incident.DutyDue) bool {
		date, err := book.DutyDate(*duty, due)
		return due.Pace && err == nil && !date.Limit.After(before)
	})
}

func lastLimit(book sla.Book, duty incident.Duty) time.Time {
	var last time.Time
	for _, due := range duty.Dues {
		if date, err := book.DutyDate(duty, due); err == nil && date.Limit.After(last) {
			last = date.Limit
		}
	}
	return last
}

// owner is who owes a duty: a unit, for itself or for an account.
type owner struct {
	unit    org.UnitID
	subject string
}

func owners(rules *sla.DutyRules, r sla.DutyRule, dir *org.Directory) []owner {
	var out []owner
	if r.For == sla.ForAccounts {
		for _, a := range rules.Accounts {
			if u, ok := dir.FindUnit(a.Unit); ok {
				out = append(out, owner{u.ID, a.Name})
			}
		}
		return out
	}
	named := func(list []string, u org.Unit) bool {
		return slices.ContainsFunc(list, func(name string) bool {
			found, ok := dir.FindUnit(name)
			return ok && found.ID == u.ID
		})
	}
	for _, u := range dir.Data().Units {
		fits := r.For == sla.ForAll || u.County == (r.For == sla.ForCounty)
		if fits && !named(r.Except, u) && (len(r.Units) == 0 || named(r.Units, u)) {
			out = append(out, owner{unit: u.ID})
		}
	}
	return out
}

// DutyFaults names units of the rules that the county has not, and rules that have nobody
// to owe them.
func (d *Desk) DutyFaults() []string { return DutyFaults(d.Duties, d.Directory()) }

// DutyFaults names units of the rules that a directory has not.
func DutyFaults(rules *sla.DutyRules, dir *org.Directory) []string {
	var out []string
	missing := func(where, name string) {
		if _, ok := dir.FindUnit(name); !ok {
			out = append(out, fmt.Sprintf("周期任务%s里的单位“%s”不存在，请核对名称", where, name))
		}
	}
	if rules == nil {
		return nil
	}
	for _, r := range rules.Rules {
		for _, name := range append(slices.Clone(r.Units), r.Except...) {
			missing(r.ID, name)
		}
	}
	for _, a := range rules.Accounts {
		missing("账号“"+a.Name+"”", a.Unit)
	}
	return out
}
