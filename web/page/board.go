package page

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

// boardRows is how many incidents a page of the board shows.
const boardRows = 30

// boardView is the page of what is open.
type boardView struct {
	frame
	Tiles  []tile
	Filter filterView
	Rows   []rowView
	// Next and First are the addresses of other pages of the list, empty for none.
	Next, First string
	// Failed is how many messages reached nobody.
	Failed int
	At     string
}

// tile is one of the figures on top; it leads to the list of what it counts.
type tile struct {
	Label, Number, Href, Tone string
	On                        bool
}

// rowView is an incident in the list.
type rowView struct {
	ID                    incident.ID
	Title, Level, Tone    string
	State, Lead, Source   string
	Due, Limit, Left      string
	Overdue, Soon, Unsure bool
}

// filterView is the form above the list, as it was filled in.
type filterView struct {
	Text                 string
	Levels, Units, Shown []option
	Overdue, Today, Mine bool
	MayMine              bool
	Any                  bool
}

// option is a choice of a list.
type option struct {
	Value, Label string
	Selected     bool
}

// board shows what is open, by what is due next.
func (p *Pages) board(w http.ResponseWriter, r *http.Request, v Visit) error {
	ctx := r.Context()
	if err := p.Desk.CheckRead(ctx, v.By, 0); err != nil {
		return fmt.Errorf("check right: %w", err)
	}
	now := p.now()
	q := r.URL.Query()
	filter, err := p.filter(q, v, now)
	if err != nil {
		return err
	}
	page, err := p.Desk.Store.List(ctx, filter)
	if err != nil {
		return fmt.Errorf("list incidents: %w", err)
	}
	view := boardView{
		frame: p.frame("事件", "board", v), Filter: p.filterView(q, v), Rows: make([]rowView, 0, len(page.Cases)),
		At: p.now().In(p.Desk.Zone).Format("15:04:05"),
	}
	for _, c := range page.Cases {
		view.Rows = append(view.Rows, p.row(c, now))
	}
	if page.Next != "" {
		view.Next = address(q, "cursor", page.Next)
	}
	if q.Get("cursor") != "" {
		view.First = address(q, "cursor", "")
	}
	counts, err := p.Desk.Store.Counts(ctx, now)
	if err != nil {
		return fmt.Errorf("count incidents: %w", err)
	}
	view.Failed = counts.Failed
	if view.Tiles, err = p.tiles(ctx, q, counts, now); err != nil {
		return err
	}
	return p.render(w, http.StatusOK, "board", view)
}

// address is the board's with one parameter changed, or taken away.
func address(q url.Values, name, value string) string {
	out := url.Values{}
	for k, vs := range q {
		if k != name && k != "cursor" {
			out[k] = vs
		}
	}
	if value != "" {
		out.Set(name, value)
	}
	if len(out) == 0 {
		return "/"
	}
	return "/?" + out.Encode()
}

// waiting are the states in which an incident waits for the county to dispatch it.
func waiting() []incident.State {
	return []incident.State{incident.Received, incident.Assessed, incident.Returned}
}

// tiles are the figures on top.
func (p *Pages) tiles(ctx context.Context, q url.Values, c desk.Counts, now time.Time) ([]tile, error) {
	undispatched := 0
	for _, s := range waiting() {
		undispatched += c.States[s]
	}
	due, err := p.Desk.Store.CountDue(ctx, now, p.endOfDay(now))
	if err != nil {
		return nil, fmt.Errorf("count what is due today: %w", err)
	}
	return []tile{
		{"超期", strconv.Itoa(c.Overdue), "/?overdue=1", "bad", q.Get("overdue") != ""},
		{"今日到期", strconv.Itoa(due), "/?today=1", "soon", q.Get("today") != ""},
		{"待分办", strconv.Itoa(undispatched), "/?show=waiting", "wait", q.Get("show") == "waiting"},
		{"重大突发", strconv.Itoa(c.Open[incident.Emergency]), "/?level=emergency", "emergency", q.Get("level") == string(incident.Emergency)},
	}, nil
}

// endOfDay is 24:00.
func (p *Pages) endOfDay(now time.Time) time.Time {
	day := now.In(p.Desk.Zone)
	return time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, p.Desk.Zone)
}

// filter reads the form above the list. What it does not know it leaves out: an old
// address still shows a list.
func (p *Pages) filter(q url.Values, v Visit, now time.Time) (desk.Filter, error) {
	f := desk.Filter{Now: now, Text: q.Get("q"), Cursor: q.Get("cursor"), Limit: boardRows, Overdue: q.Get("overdue") != ""}
	if level := incident.Level(q.Get("level")); level.Valid() {
		f.Level = level
	}
	switch show := q.Get("show"); show {
	case "", "open":
		f.Open = true
	case "all":
	case "waiting":
		f.Open, f.States = true, waiting()
	default:
		if state := incident.State(show); state.Valid() {
			f.States, f.Open = []incident.State{state}, state.Open()
		} else {
			f.Open = true
		}
	}
	if q.Get("today") != "" {
		f.DueFrom, f.DueBy = now, p.endOfDay(now)
	}
	// An answer may be owed on what is concluded already.
	if (f.Overdue || !f.DueBy.IsZero()) && q.Get("show") == "" {
		f.Open = false
	}
	if name := q.Get("unit"); name != "" {
		unit, ok := p.Desk.Directory().FindUnit(name)
		if !ok {
			return f, &incident.Error{Code: incident.CodeInvalid, Field: "unit", Text: "没有“" + name + "”这个单位，请重新选择。"}
		}
		f.Unit = unit.ID
	}
	if mine := ownUnit(v.By); q.Get("mine") != "" && mine != "" {
		f.Unit = mine
	}
	return f, nil
}

// ownUnit is the unit for which somebody answers, empty for people of the county office.
func ownUnit(by org.Actor) org.UnitID {
	for _, h := range by.Holds {
		if !h.Post.County() {
			return h.Unit
		}
	}
	return ""
}

func (p *Pages) filterView(q url.Values, v Visit) filterView {
	f := filterView{
		Text: q.Get("q"), Overdue: q.Get("overdue") != "", Today: q.Get("today") != "", Mine: q.Get("mine") != "",
		MayMine: ownUnit(v.By) != "",
		Levels:  []option{{"", "全部等级", false}}, Units: []option{{"", "全部单位", false}},
		Shown: []option{{"", "办理中", false}, {"waiting", "待分办", q.Get("show") == "waiting"}, {"all", "全部", q.Get("show") == "all"}},
	}
	for name := range q {
		f.Any = f.Any || name != "cursor" && q.Get(name) != ""
	}
	for _, l := range incident.Levels() {
		f.Levels = append(f.Levels, option{string(l), l.Chinese(), q.Get("level") == string(l)})
	}
	for _, s := range incident.States() {
		f.Shown = append(f.Shown, option{string(s), s.Chinese(), q.Get("show") == string(s)})
	}
	for _, u := range p.Desk.Directory().Data().Units {
		f.Units = append(f.Units, option{string(u.ID), u.Name, q.Get("unit") == string(u.ID) || q.Get("unit") == u.Name})
	}
	return f
}

// soon is how near a limit is called near.
const soon = 2 * time.Hour

func (p *Pages) row(c incident.Case, now time.Time) rowView {
	row := rowView{
		ID: c.ID, Title: incident.WithoutReporter(c.Report.Title, c.Report.Reporter), Level: c.Level().Chinese(), Tone: tone(c.Level()),
		State: c.State.Chinese(), Lead: p.unit(c.Lead), Source: c.Report.Source.Name, Unsure: unsure(c),
	}
	if due, ok := c.NextDue(); ok {
		row.Due, row.Limit, row.Left = due.Kind.Chinese(), p.show(due.Limit, now), left(due.Limit, now)
		row.Overdue = due.StateAt(now) == incident.Overdue
		row.Soon = !row.Overdue && due.Limit.Sub(now) < soon
	}
	return row
}

// unsure: the machine graded it an emergency, and nobody has said so yet.
func unsure(c incident.Case) bool {
	return c.Level() == incident.Emergency && !c.Grading.Confirmed && c.State.Open()
}
