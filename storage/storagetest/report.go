package storagetest

import (
	"cmp"
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"huiying/incident"
	"huiying/org"
	"huiying/report"
)

func reports() []promise {
	return []promise{
		{"Touched yields what was done or fell due in a time, whole, each once and in order", touched},
		{"a log is read up to an instant, or from it backwards", logParts},
		{"Touched ends with what yield returns", touchedEnds},
		{"an issued report stays as it is, and a correction is a new revision", issuedReports},
		{"of many replicas that issue the first, one does", firstOnly},
		{"of many replicas each gets a revision of its own", revisions},
		{"a ruling is filed once and decided once", rulings},
	}
}

func touched(h *house) {
	cases := town(h, 300)
	r := rand.New(rand.NewPCG(3, 4))
	acted := map[incident.ID]time.Time{}
	for _, c := range cases {
		acted[c.ID] = noon()
		at := noon().Add(time.Duration(r.IntN(200)) * time.Hour)
		switch r.IntN(4) {
		case 0: // what is only said touches no report
			ch := comment(c, "")
			ch.Entries[0].At = at
			h.must(ch)
		case 1:
			ch := comment(c, "")
			ch.Entries[0].Command, ch.Entries[0].At = incident.KindProgress, at
			acted[c.ID] = at
			h.must(ch)
		}
	}
	for _, span := range [][2]int{{-1, 0}, {0, 5}, {0, 1000}, {5, 6}, {24, 48}, {30, 30}, {-1000, 1000}, {500, 600}} {
		from, to := noon().Add(time.Duration(span[0])*time.Hour), noon().Add(time.Duration(span[1])*time.Hour)
		for _, asAt := range []time.Time{to, noon().Add(-time.Second), noon().Add(100 * time.Hour)} {
			var want []incident.ID
			for _, c := range cases {
				due := slices.ContainsFunc(c.Milestones, func(m incident.Milestone) bool {
					return !m.Limit.After(to) && (m.Limit.After(from) || m.Pending() && !m.Kind.Inner())
				})
				if (due || acted[c.ID].After(from)) && !noon().After(asAt) {
					want = append(want, c.ID)
				}
			}
			var got []incident.ID
			err := h.Touched(h.t.Context(), from, to, asAt, func(t report.Touched) error {
				got = append(got, t.ID)
				same(h, "when it was acted on", t.Acted.UTC(), acted[t.ID])
				c, err := t.Case()
				if err != nil {
					return err
				}
				equal(h, "a touched case", c, h.load(t.ID))
				return nil
			})
			if err != nil {
				h.t.Fatalf("Touched: %v", err)
			}
			if !slices.Equal(got, want) {
				h.t.Errorf("Touched(%d h, %d h) = %v, want %v", span[0], span[1], got, want)
			}
		}
	}
}

func logParts(h *house) {
	c := h.register(registration("LOG-1"))
	for i := range 9 {
		ch := comment(c, "")
		ch.Entries[0].At = noon().Add(time.Duration(i/2) * time.Hour)
		h.must(ch)
		c = h.load(c.ID)
	}
	whole, err := h.Log(h.t.Context(), c.ID)
	if err != nil || len(whole) != 10 {
		h.t.Fatalf("Log = %d entries, %v", len(whole), err)
	}
	for _, late := range []time.Duration{-time.Second, 0, time.Hour, 90 * time.Minute, 100 * time.Hour} {
		at := noon().Add(late)
		n := 0
		for n < len(whole) && !whole[n].At.After(at) {
			n++
		}
		part, err := h.LogTo(h.t.Context(), c.ID, at)
		if err != nil || len(part) != n || (n > 0 && !reflect.DeepEqual(part, whole[:n])) {
			h.t.Errorf("LogTo(%s) = %d entries, %v, want the first %d", late, len(part), err, n)
		}
		var back []incident.Entry
		err = h.LogBack(h.t.Context(), c.ID, at, func(e incident.Entry) bool {
			back = append(back, e)
			return len(back) < 3
		})
		want := min(n, 3)
		if err != nil || len(back) != want {
			h.t.Errorf("LogBack(%s) = %d entries, %v, want %d", late, len(back), err, want)
		}
		for i, e := range back {
			same(h, "an entry on the way back", e.Seq, whole[n-1-i].Seq)
		}
	}
}

func touchedEnds(h *house) {
	town(h, 3)
	enough := errors.New("enough")
	n := 0
	err := h.Touched(h.t.Context(), noon().Add(-time.Hour), noon(), noon(), func(report.Touched) error { n++; return enough })
	if !errors.Is(err, enough) || n != 1 {
		h.t.Errorf("Touched = %v after %d, want what yield returned after 1", err, n)
	}
}

func kept(text string) report.Kept {
	k, err := report.Freeze(report.KindWeekly, "2026-W47", "v1", "值班员", noon(), map[string]string{"text": text})
	if err != nil {
		panic(err) // a map of strings
	}
	return k
}

func issuedReports(h *house) {
	ctx := h.t.Context()
	if _, err := h.Report(ctx, report.KindWeekly, "2026-W47", 0); !errors.Is(err, incident.ErrNotFound) {
		h.t.Errorf("Report that was never issued: %v, want ErrNotFound", err)
	}
	for i, text := range []string{"一", "二"} {
		n, err := h.KeepReport(ctx, kept(text), false)
		if err != nil || n != i+1 {
			h.t.Fatalf("KeepReport = %d, %v, want %d", n, err, i+1)
		}
	}
	other := kept("三")
	other.Period = "2026-W46"
	if _, err := h.KeepReport(ctx, other, true); err != nil {
		h.t.Fatalf("KeepReport: %v", err)
	}
	if n, err := h.KeepReport(ctx, kept("四"), true); err != nil || n != 0 {
		h.t.Errorf("KeepReport of the first where there are two = %d, %v, want 0", n, err)
	}
	h.restart()
	for revision, text := range map[int]string{0: "二", 1: "一", 2: "二"} {
		got, err := h.Report(ctx, report.KindWeekly, "2026-W47", revision)
		if err != nil {
			h.t.Fatalf("Report: %v", err)
		}
		want := kept(text)
		want.Revision = cmp.Or(revision, 2)
		equal(h, "the report", got, want)
	}
	list, err := h.Reports(ctx, report.KindWeekly, 2)
	if err != nil || len(list) != 2 || list[0].Revision != 2 || list[1].Revision != 1 || list[0].Body != nil {
		h.t.Errorf("Reports = %+v, %v, want the newest two without bodies", list, err)
	}
	if list, err := h.Reports(ctx, report.KindEvaluation, 9); err != nil || len(list) != 0 {
		h.t.Errorf("Reports of another kind = %+v, %v, want none", list, err)
	}
}

func firstOnly(h *house) {
	const replicas = 20
	var wg sync.WaitGroup
	var n atomic.Int64
	for range replicas {
		wg.Go(func() {
			revision, err := h.KeepReport(h.t.Context(), kept("同时"), true)
			if err != nil {
				h.t.Errorf("KeepReport: %v", err)
			}
			n.Add(int64(revision))
		})
	}
	wg.Wait()
	same(h, "revisions kept", n.Load(), int64(1))
}

func revisions(h *house) {
	const replicas = 20
	got := make([]int, replicas)
	var wg sync.WaitGroup
	for i := range replicas {
		wg.Go(func() {
			n, err := h.KeepReport(h.t.Context(), kept("同时"), false)
			if err != nil {
				h.t.Errorf("KeepReport: %v", err)
			}
			got[i] = n
		})
	}
	wg.Wait()
	slices.Sort(got)
	for i, n := range got {
		same(h, "revision", n, i+1)
	}
}

func rulings(h *house) {
	ctx := h.t.Context()
	r := report.Ruling{
		Key: "censure/housing/2026-11", Kind: report.RulingCensure, State: report.RulingOpen, Period: "2026-11", Unit: "housing",
		At: noon(), Incidents: []incident.ID{3, 5}, Text: "一月内超期三件",
	}
	id, added, err := h.AddRuling(ctx, r)
	if err != nil || !added || id == 0 {
		h.t.Fatalf("AddRuling = %d, %v, %v", id, added, err)
	}
	again := r
	again.Text = "另一段"
	if same, added, err := h.AddRuling(ctx, again); err != nil || added || same != id {
		h.t.Errorf("AddRuling of the same key = %d, %v, %v, want %d and not added", same, added, err, id)
	}
	r.ID = id
	decided := r
	decided.State, decided.DecidedBy, decided.Answer = report.RulingAdopted, "主任", "同意"
	for i, want := range []bool{true, false} {
		if ok, err := h.DecideRuling(ctx, decided, report.RulingOpen); err != nil || ok != want {
			h.t.Errorf("DecideRuling %d = %v, %v, want %v", i, ok, err, want)
		}
	}
	h.restart()
	got, err := h.Ruling(ctx, id)
	if err != nil {
		h.t.Fatalf("Ruling: %v", err)
	}
	equal(h, "the ruling", got, decided)
	if _, err := h.Ruling(ctx, id+1); !errors.Is(err, incident.ErrNotFound) {
		h.t.Errorf("Ruling of no id: %v, want ErrNotFound", err)
	}
	for _, f := range []struct {
		kind   report.RulingKind
		period string
		unit   org.UnitID
		n      int
	}{{"", "", "", 1}, {report.RulingCensure, "2026-11", "housing", 1}, {report.RulingAppeal, "", "", 0}, {"", "2026-10", "", 0}, {"", "", "land", 0}} {
		list, err := h.Rulings(ctx, f.kind, f.period, f.unit)
		if err != nil || len(list) != f.n {
			h.t.Errorf("Rulings(%+v) = %+v, %v, want %d", f, list, err, f.n)
		}
	}
}
