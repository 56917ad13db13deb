package storagetest

import (
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid" //nolint:depguard // this package is for tests alone

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

func (h *house) find(text string) []incident.ID {
	h.t.Helper()
	page, err := h.List(h.t.Context(), desk.Filter{Text: text, Limit: 200})
	if err != nil {
		h.t.Fatalf("List(%q): %v", text, err)
	}
	return ids(page.Cases)
}

// searched compares with the plain reading of "contains" on texts of few characters, so
// that nearly everything is found somewhere.
func searched(h *house) {
	letters := rapid.StringOfN(rapid.SampledFrom([]rune("县政府办Ab1 ,，%_\"*é😀\n")), 0, 12, -1)
	rapid.Check(h.t, func(t *rapid.T) {
		ch := registration("")
		ch.Case.Report.Title, ch.Case.Report.Text, ch.Case.Report.Place = letters.Draw(t, "title"), letters.Draw(t, "text"), letters.Draw(t, "place")
		id := h.must(ch).ID
		r := ch.Case.Report
		var words []string
		for range rapid.IntRange(1, 3).Draw(t, "words") {
			word := []rune(letters.Draw(t, "word"))
			if rapid.IntRange(0, 3).Draw(t, "of the report") > 0 {
				whole := []rune(rapid.SampledFrom([]string{r.Title, r.Text, r.Place}).Draw(t, "field"))
				from := rapid.IntRange(0, len(whole)).Draw(t, "from")
				word = whole[from:rapid.IntRange(from, len(whole)).Draw(t, "to")]
			}
			words = append(words, string(word))
		}
		query := strings.Join(words, " ")
		want := !slices.ContainsFunc(strings.Fields(query), func(word string) bool {
			in := func(field string) bool { return strings.Contains(fold(field), fold(word)) }
			return word != id.String() && !in(r.Title) && !in(r.Text) && !in(r.Place)
		})
		page, err := h.List(h.t.Context(), desk.Filter{Text: query, Limit: 1, Newest: true})
		if err != nil {
			t.Fatalf("List(%q): %v", query, err)
		}
		if got := len(page.Cases) == 1 && page.Cases[0].ID == id; got != want {
			t.Fatalf("the newest of List(%q) is %v, want %s: %v", query, ids(page.Cases), id, want)
		}
	})
	same(h, "found by its number", h.find("3")[len(h.find("3"))-1], 3)
}

// fold makes ASCII letters small: case counts in no search.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

func counted(h *house) {
	cases := town(h, 100)
	for i, c := range cases {
		ch := comment(c, "")
		switch i % 3 {
		case 0:
			ch.Case.State, ch.Case.Lead = incident.Handling, "land"
		case 1:
			ch.Case.Grading.Level = incident.Emergency
		}
		ch.Lean = i%3 == 2
		h.must(ch)
		old := comment(c, "") // stale: counts nothing
		old.Case.State = incident.Void
		h.save(old)
		cases[i] = h.load(c.ID)
	}
	h.restart()
	want := desk.Counts{Open: map[incident.Level]int{}, States: map[incident.State]int{}, Units: map[org.UnitID]int{}}
	soon, until := 0, noon().Add(12*time.Hour)
	for _, c := range cases {
		want.States[c.State]++
		if c.State.Open() {
			want.Open[c.Level()]++
			want.Units[c.Lead]++
		}
		overdue := func(m incident.Milestone) bool { return !m.Kind.Inner() && m.StateAt(noon()) == incident.Overdue }
		near := func(m incident.Milestone) bool {
			return m.Pending() && !m.Kind.Inner() && !m.Limit.Before(noon()) && !m.Limit.After(until)
		}
		if slices.ContainsFunc(c.Milestones, overdue) {
			want.Overdue++
		}
		if slices.ContainsFunc(c.Milestones, near) {
			soon++
		}
	}
	want.OldestWaiting = noon()
	got, err := h.Counts(h.t.Context(), noon())
	if err != nil {
		h.t.Fatalf("Counts: %v", err)
	}
	equal(h, "the counts", got, want)
	if n, err := h.CountDue(h.t.Context(), noon(), until); err != nil || n != soon {
		h.t.Errorf("CountDue = %d, %v, want %d", n, err, soon)
	}
}

func oldestWaiting(h *house) {
	waiting := func(after time.Duration, want time.Time) {
		h.t.Helper()
		c, err := h.Counts(h.t.Context(), noon().Add(after))
		if err != nil || !c.OldestWaiting.Equal(want) {
			h.t.Errorf("oldest waiting %s after noon = %s (%v), want %s", after, c.OldestWaiting, err, want)
		}
	}
	waiting(0, time.Time{})
	night := notice("li", 1)
	night.NotBefore = noon().Add(8 * time.Hour)
	late := notice("wang", 1)
	late.At = noon().Add(time.Minute)
	h.must(owing(night, late))
	waiting(time.Hour, late.At) // what quiet hours hold back does not count
	waiting(8*time.Hour, night.At)
	for _, p := range h.claim(8 * time.Hour) {
		h.settleSent(p)
	}
	waiting(9*time.Hour, time.Time{})
}
