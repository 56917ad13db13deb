package report

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"huiying/incident"
	"huiying/org"
	"huiying/sla"
)

// Week is a calendar week, Monday 00:00 to Sunday 24:00, by its ISO number.
type Week struct{ Year, Number int }

// WeekOf is the week in which an instant lies.
func WeekOf(at time.Time, zone *time.Location) Week {
	y, n := at.In(zone).ISOWeek()
	return Week{y, n}
}

// WeekBefore is the last whole week before the day of now.
func WeekBefore(now time.Time, zone *time.Location) Week {
	return WeekOf(now.In(zone).AddDate(0, 0, -7), zone)
}

// ParseWeek reads 2026-W47; false for anything else, and for a week that the year has not.
func ParseWeek(s string) (Week, bool) {
	if len(s) != len("2026-W47") || s[4:6] != "-W" {
		return Week{}, false
	}
	y, err := strconv.Atoi(s[:4])
	n, err2 := strconv.Atoi(s[6:])
	w := Week{y, n}
	return w, err == nil && err2 == nil && WeekOf(w.monday(time.UTC), time.UTC) == w
}

// Before is the week before.
func (w Week) Before() Week { return WeekOf(w.monday(time.UTC).AddDate(0, 0, -7), time.UTC) }

func (w Week) String() string {
	n := strconv.Itoa(w.Number)
	if w.Number < 10 {
		n = "0" + n
	}
	return strconv.Itoa(w.Year) + "-W" + n
}

func (w Week) monday(zone *time.Location) time.Time {
	// 4 January lies in the first week of its year.
	d := time.Date(w.Year, 1, 4, 0, 0, 0, 0, zone)
	d = d.AddDate(0, 0, -(int(d.Weekday())+6)%7)
	return d.AddDate(0, 0, 7*(w.Number-1))
}

// Period is the week as a period, counted as at now where it still runs; a zero now
// takes its end.
func (w Week) Period(zone *time.Location, now time.Time) Period {
	from := w.monday(zone)
	return period(from, from.AddDate(0, 0, 7), now)
}

// Weekly is the weekly overdue summary (督办通报) of the county, or of one unit.
type Weekly struct {
	County string     `json:"county"`
	Week   string     `json:"week"`
	Period Period     `json:"period"`
	Unit   org.UnitID `json:"unit,omitempty"` // empty for the county's
	Name   string     `json:"unit_name,omitempty"`
	// Policy is the version in force when it was made, Basis how its limits are counted.
	Policy string `json:"policy"`
	Basis  string `json:"basis"`

	Overview Overview `json:"overview"`
	// Last is the week before, for comparison; nil where there is none.
	Last  *Overview  `json:"last_week,omitempty"`
	Units []UnitWeek `json:"units"`
	Late  []LateRow  `json:"late"`
	Soon  []SoonRow  `json:"due_next_week"`
	Grave []GraveRow `json:"major"`
	Hot   []HotRow   `json:"hot"`
	// Duties are the recurring duties, which are no incidents; nil where none are watched.
	Duties *DutyWeek `json:"duties,omitempty"`
}

// Overview is the week's figures of a county or unit.
type Overview struct {
	Received  int                    `json:"received"`
	Levels    map[incident.Level]int `json:"levels"`
	Sources   map[string]int         `json:"sources"`
	Concluded int                    `json:"concluded"`
	Newly     int                    `json:"newly_overdue"`  // fell due in the week, still owed
	Still     int                    `json:"still_overdue"`  // fell due before the week, still owed
	Late      int                    `json:"concluded_late"` // met in the week, after its limit
	Soon      int                    `json:"due_next_week"`
	// Ending: conclude and plan milestones that fell due in the week; OnTime and MetLate of them.
	Ending  int `json:"ending"`
	OnTime  int `json:"on_time"`
	MetLate int `json:"met_late"`
	// Reached are those who were asked whether they are satisfied, of what was concluded in the week.
	Reached   int `json:"reached"`
	Satisfied int `json:"satisfied"`
}

// Overdue is what is owed at the cut-off although its limit has passed.
func (o Overview) Overdue() int { return o.Newly + o.Still }

// OnTimeRate is the share of conclusions (and plans) that came by their limit.
func (o Overview) OnTimeRate() string { return percent(o.OnTime, o.Ending) }

// SatisfiedRate is the share of satisfied people among those reached.
func (o Overview) SatisfiedRate() string { return percent(o.Satisfied, o.Reached) }

// UnitWeek is one unit's line of annex 1.
type UnitWeek struct {
	Unit org.UnitID `json:"unit"`
	Name string     `json:"name"`
	Overview
	Dispatched  int `json:"dispatched"`
	Unsatisfied int `json:"unsatisfied"`
	// Rank is by the share of conclusions on time among units that had some due; 0 for none.
	Rank int `json:"rank"`
}

// The kinds of late rows.
const (
	LateNewly = "newly" // 新增超期
	LateStill = "still" // 持续超期
	LateMet   = "met"   // 超期办理完成
)

// LateRow is one milestone that is late, or was met late in the week.
type LateRow struct {
	Kind      string                 `json:"kind"`
	Incident  incident.ID            `json:"incident"`
	Seq       int                    `json:"seq"`
	Title     string                 `json:"title"` // masked
	Level     incident.Level         `json:"level"`
	Unit      org.UnitID             `json:"unit"`
	UnitName  string                 `json:"unit_name"`
	Post      string                 `json:"post"` // who answers for it
	Milestone incident.MilestoneKind `json:"milestone"`
	Limit     time.Time              `json:"limit"`
	MetAt     time.Time              `json:"met_at,omitzero"`
	Days      int                    `json:"days"`
	State     incident.State         `json:"state"`
	Extended  bool                   `json:"extended,omitempty"`
	Reason    string                 `json:"reason"`
	Told      []ToldRow              `json:"told,omitempty"`
}

// ToldRow is one rung of the ladder and the people whom it told.
type ToldRow struct {
	At     time.Time `json:"at"`
	People []string  `json:"people"`
	Acked  int       `json:"acked"` // how many of them acknowledged
}

// SoonRow is a milestone that falls due in the week after.
type SoonRow struct {
	Incident  incident.ID            `json:"incident"`
	Title     string                 `json:"title"`
	Level     incident.Level         `json:"level"`
	Unit      org.UnitID             `json:"unit"`
	UnitName  string                 `json:"unit_name"`
	Milestone incident.MilestoneKind `json:"milestone"`
	Limit     time.Time              `json:"limit"`
}

// GraveRow is how a major or emergency incident was answered.
type GraveRow struct {
	Incident   incident.ID    `json:"incident"`
	Title      string         `json:"title"`
	Level      incident.Level `json:"level"`
	Unit       org.UnitID     `json:"unit"`
	UnitName   string         `json:"unit_name"`
	Release    string         `json:"release"`    // 3 h / 5 h
	Conference string         `json:"conference"` // 24 h
	HeadSpoke  string         `json:"head_spoke"`
	State      incident.State `json:"state"`
}

// HotRow is a category and how many reports came of it.
type HotRow struct {
	Category string `json:"category"`
	Count    int    `json:"count"`
	Before   int    `json:"before"`   // in the week before
	Repeated int    `json:"repeated"` // reports that were merged into another
}

// County is what a report knows of the county beside its cases.
type County struct {
	Name      string
	Zone      *time.Location
	Directory *org.Directory
	Holidays  *sla.Holidays
	// Policy is the version in force, Basis the sentence on how its limits are counted.
	Policy, Basis string
	// Scoring is how scores are made; the zero value for the default.
	Scoring Scoring
}

// NewWeekly counts a week of the county. before is the kept summary of the week before,
// or nil to have that week counted anew for the comparison.
func NewWeekly(ctx context.Context, src Source, asAt AsAt, county County, week Week, now time.Time, before *Weekly) (Weekly, error) {
	b := newWeekBuilder(county, week, now)
	looks := []look{{scope{Period: b.w.Period, ahead: aWeek, told: true}, b.add}}
	last := newWeekBuilder(county, week.Before(), now)
	if before == nil {
		looks = slices.Insert(looks, 0, look{scope{Period: last.w.Period, ahead: aWeek}, last.add})
	}
	if err := gatherAll(ctx, src, asAt, looks...); err != nil {
		return Weekly{}, err
	}
	if before == nil {
		w := last.finish()
		before = &w
	}
	w := b.finish()
	w.compare(*before)
	return w, nil
}

const aWeek = 7 * 24 * time.Hour

// compare sets the figures of the week before beside these.
func (w *Weekly) compare(before Weekly) {
	last := before.Overview
	w.Last = &last
	was := map[string]int{}
	for _, h := range before.Hot {
		was[h.Category] = h.Count
	}
	for i := range w.Hot {
		w.Hot[i].Before = was[w.Hot[i].Category]
	}
}

// Of is one unit's own part of the county's summary; name is the unit's.
func (w Weekly) Of(unit org.UnitID, name string) Weekly {
	other := func(u org.UnitID) bool { return u != unit }
	out := w
	out.Unit, out.Name, out.Last, out.Hot = unit, name, nil, nil
	out.Overview = newOverview()
	out.Units = slices.DeleteFunc(slices.Clone(w.Units), func(u UnitWeek) bool { return other(u.Unit) })
	out.Late = slices.DeleteFunc(slices.Clone(w.Late), func(r LateRow) bool { return other(r.Unit) })
	out.Soon = slices.DeleteFunc(slices.Clone(w.Soon), func(r SoonRow) bool { return other(r.Unit) })
	out.Grave = slices.DeleteFunc(slices.Clone(w.Grave), func(r GraveRow) bool { return other(r.Unit) })
	for _, u := range out.Units {
		out.Overview = u.Overview
	}
	if w.Duties != nil {
		own := w.Duties.Of(unit)
		out.Duties = &own
	}
	return out
}

// WithoutNames is the summary with officers by their post alone, as it may go out by chat.
func (w Weekly) WithoutNames() Weekly {
	w.Late = slices.Clone(w.Late)
	for i := range w.Late {
		told := slices.Clone(w.Late[i].Told)
		for j := range told {
			people := []string{}
			for _, p := range told[j].People {
				if post := postOf(p); !slices.Contains(people, post) {
					people = append(people, post)
				}
			}
			told[j].People = people
		}
		w.Late[i].Told = told
	}
	return w
}

// postOf is the post of somebody who is named as 王局长（主要负责人）.
func postOf(named string) string {
	_, post, ok := strings.Cut(named, "（")
	if !ok {
		return "其他人员"
	}
	return strings.TrimSuffix(post, "）")
}

// Best are the units that had something due, all of it on time, and nothing overdue or
// late: those with most first, at most n.
func (w Weekly) Best(n int) []UnitWeek {
	return w.ranked(func(u UnitWeek) bool { return u.OnTime == u.Ending }, n)
}

// Worst are the units with something overdue, the worst first, at most n.
func (w Weekly) Worst(n int) []UnitWeek {
	late := slices.DeleteFunc(slices.Clone(w.Units), func(u UnitWeek) bool { return u.Overdue() == 0 })
	slices.SortStableFunc(late, func(a, b UnitWeek) int {
		return cmp.Or(b.Overdue()-a.Overdue(), b.Late-a.Late, cmp.Compare(a.Unit, b.Unit))
	})
	return late[:min(n, len(late))]
}

func (w Weekly) ranked(keep func(UnitWeek) bool, n int) []UnitWeek {
	var out []UnitWeek
	for _, u := range w.Units {
		if u.Rank > 0 && u.Overdue()+u.Late == 0 && keep(u) {
			out = append(out, u)
		}
	}
	slices.SortStableFunc(out, func(a, b UnitWeek) int { return cmp.Or(a.Rank-b.Rank, b.Ending-a.Ending) })
	return out[:min(n, len(out))]
}
