package storagetest

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"huiying/incident"
	"huiying/org"
)

func documents() []promise {
	return []promise{
		{"a policy's version is kept for ever as it was", policies},
		{"the directory is replaced whole", directory},
		{"the directory is swapped only for the one that was read", swapped},
		{"a token is found by its hash, one a name", tokens},
		{"a file is kept once by its hash, and dropped when it is old", files},
		{"a job's period is claimed once", periods},
		{"a claim that was never finished can be taken over after an hour", abandoned},
		{"of many replicas one runs the job", replicas},
	}
}

func files(h *house) {
	ctx, body := h.t.Context(), []byte("督办通报")
	if _, err := h.File(ctx, "00"); !errors.Is(err, incident.ErrNotFound) {
		h.t.Errorf("File that was never kept: %v, want ErrNotFound", err)
	}
	hash, err := h.KeepFile(ctx, body, noon())
	if err != nil || len(hash) != 64 {
		h.t.Fatalf("KeepFile = %q, %v", hash, err)
	}
	h.restart()
	if got, err := h.File(ctx, hash); err != nil || string(got) != string(body) {
		h.t.Errorf("File = %q, %v", got, err)
	}
	later := noon().Add(time.Hour)
	if again, err := h.KeepFile(ctx, body, later); err != nil || again != hash {
		h.t.Errorf("KeepFile of the same bytes = %q, %v, want %q", again, err, hash)
	}
	if err := h.Clean(ctx, later); err != nil {
		h.t.Fatal(err)
	}
	if _, err := h.File(ctx, hash); err != nil {
		h.t.Errorf("a file that was kept anew is gone: %v", err)
	}
	if err := h.Clean(ctx, later.Add(time.Second)); err != nil {
		h.t.Fatal(err)
	}
	if _, err := h.File(ctx, hash); !errors.Is(err, incident.ErrNotFound) {
		h.t.Errorf("an old file is still there: %v", err)
	}
}

func policies(h *house) {
	if _, err := h.Policy(h.t.Context(), "v1"); !errors.Is(err, incident.ErrNotFound) {
		h.t.Errorf("Policy of no version: %v, want ErrNotFound", err)
	}
	for _, yaml := range []string{"levels: 一", "levels: 二"} {
		if err := h.PutPolicy(h.t.Context(), "v1", []byte(yaml), noon()); err != nil {
			h.t.Fatalf("PutPolicy: %v", err)
		}
	}
	h.restart()
	got, err := h.Policy(h.t.Context(), "v1")
	if err != nil || string(got) != "levels: 一" {
		h.t.Errorf("Policy = %q, %v, want the first", got, err)
	}
}

func directory(h *house) {
	empty, err := h.Directory(h.t.Context())
	if err != nil || len(empty.Units) != 0 {
		h.t.Errorf("a new directory = %+v, %v, want nothing", empty, err)
	}
	want := org.Data{
		Units:   []org.Unit{{ID: "hall", Name: "县政府办", County: true}},
		Persons: []org.Person{{ID: "zhiban", Name: "值班员", Addresses: []org.Address{{Channel: "wecom", To: "zb"}}}},
	}
	for _, d := range []org.Data{{Units: []org.Unit{{ID: "old"}, {ID: "older"}}}, want} {
		if err := h.PutDirectory(h.t.Context(), d, noon()); err != nil {
			h.t.Fatalf("PutDirectory: %v", err)
		}
	}
	h.restart()
	got, err := h.Directory(h.t.Context())
	if err != nil {
		h.t.Fatalf("Directory: %v", err)
	}
	equal(h, "the directory", got, want)
}

func swapped(h *house) {
	first := org.Data{Units: []org.Unit{{ID: "hall", Name: "县政府办", County: true}}}
	must := func(was, d org.Data, want error) {
		h.t.Helper()
		if err := h.SwapDirectory(h.t.Context(), was, d, noon()); !errors.Is(err, want) {
			h.t.Fatalf("SwapDirectory: %v, want %v", err, want)
		}
	}
	must(org.Data{}, first, nil)
	h.restart()
	was, err := h.Directory(h.t.Context())
	if err != nil {
		h.t.Fatalf("Directory: %v", err)
	}
	zone := time.FixedZone("", 8*60*60)
	second := was
	second.Shifts = []org.Shift{{Unit: "hall", Post: org.DutyOfficer, Person: "zhiban", From: noon().In(zone), To: noon().Add(time.Hour).In(zone)}}
	must(was, second, nil)
	must(was, first, incident.ErrStale)
	got, err := h.Directory(h.t.Context())
	if err != nil || len(got.Shifts) != 1 || !got.Shifts[0].From.Equal(noon()) {
		h.t.Fatalf("the directory = %+v, %v, want the second", got, err)
	}
	must(got, first, nil)
	var done atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			err := h.SwapDirectory(h.t.Context(), first, second, noon())
			if err == nil {
				done.Add(1)
			} else if !errors.Is(err, incident.ErrStale) {
				h.t.Errorf("SwapDirectory: %v", err)
			}
		})
	}
	all.Wait()
	same(h, "swaps of the same directory", done.Load(), 1)
}

func tokens(h *house) {
	put := func(name, hash string, person org.PersonID) {
		if err := h.PutToken(h.t.Context(), name, []byte(hash), person, org.RoleViewer, noon()); err != nil {
			h.t.Fatalf("PutToken: %v", err)
		}
	}
	put("大屏", "old", "screen")
	put("大屏", "new", "screen")
	put("热线", "hot", "hotline")
	h.restart()
	name, person, role, err := h.Token(h.t.Context(), []byte("new"))
	if err != nil || name != "大屏" || person != "screen" || role != org.RoleViewer {
		h.t.Errorf("Token = %q, %q, %q, %v", name, person, role, err)
	}
	for _, hash := range []string{"old", ""} {
		if _, _, _, err := h.Token(h.t.Context(), []byte(hash)); !errors.Is(err, incident.ErrNotFound) {
			h.t.Errorf("Token(%q): %v, want ErrNotFound", hash, err)
		}
	}
	if name, _, _, err := h.Token(h.t.Context(), []byte("hot")); err != nil || name != "热线" {
		h.t.Errorf("the other token = %q, %v", name, err)
	}
}

func (h *house) wantRun(period string, after time.Duration, want bool) {
	h.t.Helper()
	got, err := h.RunOnce(h.t.Context(), "digest", period, noon().Add(after))
	if err != nil || got != want {
		h.t.Errorf("RunOnce(%s) %s after noon = %v, %v, want %v", period, after, got, err, want)
	}
}

func periods(h *house) {
	h.wantRun("2026-11-20", 0, true)
	h.wantRun("2026-11-20", time.Minute, false)
	h.wantRun("2026-11-21", time.Minute, true)
	if err := h.Done(h.t.Context(), "digest", "2026-11-20", noon().Add(2*time.Minute)); err != nil {
		h.t.Fatalf("Done: %v", err)
	}
	h.restart()
	h.wantRun("2026-11-20", 100*time.Hour, false)
}

func abandoned(h *house) {
	h.wantRun("2026-11-20", 0, true)
	h.restart()
	h.wantRun("2026-11-20", 59*time.Minute, false)
	h.wantRun("2026-11-20", 61*time.Minute, true)
	h.wantRun("2026-11-20", 62*time.Minute, false)
}

func replicas(h *house) {
	var ran atomic.Int32
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			claimed, err := h.RunOnce(h.t.Context(), "backup", "2026-11-20", noon())
			if err != nil {
				h.t.Errorf("RunOnce: %v", err)
			}
			if claimed {
				ran.Add(1)
			}
		})
	}
	all.Wait()
	same(h, "replicas that run the job", ran.Load(), 1)
}
