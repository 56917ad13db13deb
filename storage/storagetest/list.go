package storagetest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid" //nolint:depguard // this package is for tests alone

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

func lists() []promise {
	return []promise{
		{"List gives what the filter chooses, whole, in order and page by page", listed},
		{"pages follow one another while cases are changed and added", pagedWhileWritten},
		{"a list is of one moment", listOfOneMoment},
		{"a page holds 50 cases, or what was asked for up to 200", pageSizes},
		{"a cursor that is none is refused with a sentence", badCursor},
		{"List finds words as they stand, Chinese or not, of any length", searched},
		{"a matter is listed with what joined it, and After goes on by number", matters},
		{"Counts and CountDue agree with a count by hand", counted},
		{"Counts knows the oldest notice that waits", oldestWaiting},
	}
}

// town writes cases of many kinds, so that each filter meets some and misses some.
func town(h *house, n int) []incident.Case {
	h.t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	changes := make([]desk.Change, n)
	for i := range changes {
		changes[i] = citizen(r)
	}
	saved, err := h.Save(h.t.Context(), changes...)
	if err != nil {
		h.t.Fatalf("Save: %v", err)
	}
	cases := make([]incident.Case, n)
	for i, s := range saved {
		if s.Err != nil {
			h.t.Fatalf("Save: %v", s.Err)
		}
		cases[i] = h.load(s.ID)
	}
	return cases
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

func places() []string { return []string{"城关镇", "西街12号", "100%小区", "a_b\\c路"} }

// citizen is one random registration.
func citizen(r *rand.Rand) desk.Change {
	ch := registration("")
	c := &ch.Case
	c.State, c.Grading.Level = pick(r, incident.States()), pick(r, incident.Levels())
	c.Lead = pick(r, units())
	for _, u := range units() {
		if u != "" && u != c.Lead && r.IntN(4) == 0 {
			c.Assisting = append(c.Assisting, u)
		}
	}
	c.ReceivedAt = noon().Add(-time.Duration(r.IntN(100)) * time.Hour)
	c.Report.Title = pick(r, []string{"噪音", "楼道噪音扰民", "Gas leak", "拆迁"}) + pick(r, places())
	c.Report.Text = strings.Repeat(pick(r, []string{"请处理", "县政府你好，", "noise"}), r.IntN(4))
	c.Report.Place = pick(r, places())
	for i := range c.Milestones {
		m := &c.Milestones[i]
		m.Limit = noon().Add(time.Duration(r.IntN(60)-30) * time.Hour) // many limits alike
		if r.IntN(3) == 0 {
			m.State = incident.Met
		}
		if r.IntN(4) == 0 { // a review, which makes nothing overdue
			m.Kind, m.Ref = incident.MilestoneReview, "draft/1/1/first"
		}
	}
	return ch
}

func units() []org.UnitID { return []org.UnitID{"", "housing", "land", "safety"} }

// filters draws a list's filter.
func filters() *rapid.Generator[desk.Filter] {
	return rapid.Custom(func(t *rapid.T) desk.Filter {
		hours := rapid.Custom(func(t *rapid.T) time.Time {
			return noon().Add(time.Duration(rapid.IntRange(-100, 40).Draw(t, "hours")) * time.Hour)
		})
		f := desk.Filter{Now: noon(), Limit: rapid.SampledFrom([]int{1, 3, 10, 200}).Draw(t, "limit")}
		if rapid.Bool().Draw(t, "by state") {
			f.States = rapid.SliceOfN(rapid.SampledFrom(incident.States()), 1, 4).Draw(t, "states")
		}
		f.Open = rapid.Bool().Draw(t, "open")
		f.Newest = rapid.Bool().Draw(t, "newest")
		f.Level = rapid.SampledFrom(append(incident.Levels(), "", "")).Draw(t, "level")
		f.Unit = rapid.SampledFrom(append(units(), "", "nobody")).Draw(t, "unit")
		f.Overdue = rapid.IntRange(0, 3).Draw(t, "overdue") == 0
		if rapid.IntRange(0, 3).Draw(t, "by limit") == 0 {
			f.DueBy = hours.Draw(t, "due by")
			if rapid.Bool().Draw(t, "from limit") {
				f.DueFrom = hours.Draw(t, "due from")
			}
		}
		if rapid.IntRange(0, 3).Draw(t, "by start") == 0 {
			f.ReceivedFrom, f.ReceivedTo = hours.Draw(t, "received from"), hours.Draw(t, "received to")
		}
		f.Text = rapid.SampledFrom([]string{"", "", "", "噪音", "音", "GAS", "12号", "0%", "a_b", "\\", "7", "噪音 城关镇", "县政府你好，县"}).Draw(t, "text")
		return f
	})
}

// chosen is the filter's meaning, word by word.
func chosen(f desk.Filter, c incident.Case) bool {
	pending := func(holds func(limit time.Time) bool) bool {
		return slices.ContainsFunc(c.Milestones, func(m incident.Milestone) bool { return m.Pending() && !m.Kind.Inner() && holds(m.Limit) })
	}
	switch {
	case len(f.States) > 0 && !slices.Contains(f.States, c.State), f.Open && !c.State.Open(),
		f.Level != "" && c.Level() != f.Level, f.Unit != "" && !c.Involved(f.Unit),
		f.Overdue && !pending(func(l time.Time) bool { return l.Before(f.Now) }),
		!f.DueBy.IsZero() && !pending(func(l time.Time) bool { return !l.After(f.DueBy) && !l.Before(f.DueFrom) }),
		!f.ReceivedFrom.IsZero() && c.ReceivedAt.Before(f.ReceivedFrom),
		!f.ReceivedTo.IsZero() && !c.ReceivedAt.Before(f.ReceivedTo):
		return false
	}
	for word := range strings.FieldsSeq(strings.ToLower(f.Text)) {
		r := c.Report
		if c.ID.String() != word && !strings.Contains(strings.ToLower(r.Title), word) &&
			!strings.Contains(strings.ToLower(r.Text), word) && !strings.Contains(strings.ToLower(r.Place), word) {
			return false
		}
	}
	return true
}

// inOrder sorts as List does: by the next limit, what has none at the end, or by number.
func inOrder(f desk.Filter, cases []incident.Case) {
	byLimit := !f.Newest && (f.Open || f.Overdue || !f.DueBy.IsZero())
	slices.SortFunc(cases, func(a, b incident.Case) int {
		if !byLimit {
			return cmp.Compare(b.ID, a.ID)
		}
		x, hasX := a.NextDue()
		y, hasY := b.NextDue()
		switch {
		case hasX && !hasY:
			return -1
		case hasY && !hasX:
			return 1
		case x.Limit.Equal(y.Limit):
			return cmp.Compare(a.ID, b.ID)
		}
		return x.Limit.Compare(y.Limit)
	})
}

// pages reads a list to its end.
func (h *house) pages(f desk.Filter) ([]incident.Case, error) {
	var all []incident.Case
	for {
		page, err := h.List(h.t.Context(), f)
		if err != nil {
			return nil, err //nolint:wrapcheck // the test says which list
		}
		if len(page.Cases) > f.Limit || (page.Next != "" && len(page.Cases) != f.Limit) {
			return nil, fmt.Errorf("a page of %d, want %d", len(page.Cases), f.Limit) //nolint:err113 // for the test alone
		}
		all = append(all, page.Cases...)
		if f.Cursor = page.Next; f.Cursor == "" {
			return all, nil
		}
	}
}

func matters(h *house) {
	first := h.register(registration("m1")).ID
	other := h.register(registration("m2")).ID
	ch := registration("m3")
	ch.Case.Matter = first
	joined := h.register(ch).ID
	page, err := h.List(h.t.Context(), desk.Filter{Matter: first, Newest: true})
	if err != nil {
		h.t.Fatalf("List: %v", err)
	}
	if got := ids(page.Cases); !slices.Equal(got, []incident.ID{joined, first}) {
		h.t.Errorf("matter of %s holds %v, want %v", first, got, []incident.ID{joined, first})
	}
	if page.Cases[0].Matter != first {
		h.t.Errorf("matter of %s = %s, want %s", joined, page.Cases[0].Matter, first)
	}
	after, err := h.After(h.t.Context(), first, 10)
	if err != nil {
		h.t.Fatalf("After: %v", err)
	}
	if got := ids(after); !slices.Equal(got, []incident.ID{other, joined}) {
		h.t.Errorf("After %s gave %v, want %v", first, got, []incident.ID{other, joined})
	}
	if one, err := h.After(h.t.Context(), first, 1); err != nil || len(one) != 1 || one[0].ID != other {
		h.t.Errorf("After with a bound of one gave %v, %v", ids(one), err)
	}
}

func listed(h *house) {
	cases := town(h, 200)
	rapid.Check(h.t, func(t *rapid.T) {
		f := filters().Draw(t, "filter")
		var want []incident.Case
		for _, c := range cases {
			if chosen(f, c) {
				want = append(want, c)
			}
		}
		inOrder(f, want)
		got, err := h.pages(f)
		if err != nil {
			t.Fatalf("List(%+v): %v", f, err)
		}
		if g, w := ids(got), ids(want); !slices.Equal(g, w) {
			t.Fatalf("List(%+v) gave\n%v, want\n%v", f, g, w)
		}
		for i := range got {
			if g, w := fmt.Sprintf("%+v", got[i]), fmt.Sprintf("%+v", want[i]); g != w {
				t.Fatalf("List gave case\n%s, want\n%s", g, w)
			}
		}
	})
}

func ids(cases []incident.Case) []incident.ID {
	out := make([]incident.ID, len(cases))
	for i, c := range cases {
		out[i] = c.ID
	}
	return out
}

func pagedWhileWritten(h *house) {
	cases := town(h, 60)
	r := rand.New(rand.NewPCG(3, 4))
	for _, f := range []desk.Filter{{Limit: 7, Newest: true}, {Limit: 7, Open: true}} {
		seen := map[incident.ID]int{}
		for {
			page, err := h.List(h.t.Context(), f)
			if err != nil {
				h.t.Fatalf("List: %v", err)
			}
			for _, c := range page.Cases {
				seen[c.ID]++
			}
			if f.Cursor = page.Next; f.Cursor == "" {
				break
			}
			h.must(citizen(r))
			h.must(comment(h.load(pick(r, cases).ID), ""))
		}
		for _, c := range cases {
			if want := 1; !f.Open || c.State.Open() {
				same(h, "times that case "+c.ID.String()+" was listed", seen[c.ID], want)
			}
		}
	}
}

// listOfOneMoment changes a case's body and its milestone together and lists it meanwhile.
func listOfOneMoment(h *house) {
	first := registration("")
	first.Milestones[0].Counted = ""
	c := h.register(first)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 200 {
			ch := comment(c, "")
			ch.Case.Verified = number(i)
			ch.Milestones = []incident.Milestone{c.Milestones[0]}
			ch.Milestones[0].Counted = number(i)
			saved, err := h.Save(h.t.Context(), ch)
			if err != nil || saved[0].Err != nil {
				h.t.Errorf("Save = %+v, %v", saved, err)
				return
			}
			if c, err = h.Load(h.t.Context(), c.ID); err != nil {
				h.t.Errorf("Load: %v", err)
				return
			}
		}
	}()
	for {
		page, err := h.List(h.t.Context(), desk.Filter{})
		if err != nil || len(page.Cases) != 1 {
			h.t.Fatalf("List = %d cases, %v", len(page.Cases), err)
		}
		got := page.Cases[0]
		if got.Verified != got.Milestones[0].Counted {
			h.t.Errorf("listed the case of change %q with the milestone of change %q", got.Verified, got.Milestones[0].Counted)
		}
		select {
		case <-done:
			return
		default:
		}
	}
}

func pageSizes(h *house) {
	town(h, 210)
	for ask, want := range map[int]int{0: 50, 1: 1, 200: 200, 1000: 200} {
		page, err := h.List(h.t.Context(), desk.Filter{Limit: ask})
		if err != nil || len(page.Cases) != want {
			h.t.Errorf("a page of %d held %d cases (%v), want %d", ask, len(page.Cases), err, want)
		}
	}
}

func badCursor(h *house) {
	for _, f := range []desk.Filter{{Cursor: "x"}, {Cursor: "1-2-3"}, {Cursor: "x", Open: true}, {Cursor: "12", Open: true}, {Cursor: "1-2x", Open: true}} {
		if _, err := h.List(h.t.Context(), f); incident.CodeOf(err) != incident.CodeInvalid {
			h.t.Errorf("List(%+v): %v, want an invalid cursor", f, err)
		}
	}
}
