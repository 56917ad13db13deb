package sla_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"huiying/incident"
	"huiying/sla"
)

// TestPolicy_Faults reads each testdata/policy.<fault>.yaml over the built-in policy and
// wants the message that stands in its first line.
func TestPolicy_Faults(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/policy.*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no faults: %v", err)
	}
	base := book(t, "").Policy
	english := regexp.MustCompile(`unmarshal|already defined|not found|into |yaml: `)
	for _, f := range files {
		t.Run(strings.TrimSuffix(strings.TrimPrefix(filepath.Base(f), "policy."), ".yaml"), func(t *testing.T) {
			t.Parallel()
			doc, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			first, _, _ := bytes.Cut(doc, []byte("\n"))
			want := strings.TrimPrefix(string(first), "# ")
			_, err = sla.ParsePolicyOver(base, "本县.yaml", doc)
			switch {
			case err == nil:
				t.Fatalf("no fault found, want %q", want)
			case !strings.Contains(err.Error(), want):
				t.Errorf("got  %s\nwant %s", err, want)
			case !strings.HasPrefix(err.Error(), "政策文件 本县.yaml 有误：") || english.MatchString(err.Error()):
				t.Errorf("not a sentence for officers: %s", err)
			}
		})
	}
}

// TestPolicy_AllFaultsAtOnce: who mends one fault does not meet the next only afterwards.
func TestPolicy_AllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	_, err := sla.ParsePolicyOver(book(t, "").Policy, "x", []byte("calendar: lunar\nquiet: {from: ten}\nmilestones: {accept: {general: {target: 9h}}}\n"))
	for _, want := range []string{"lunar", "ten", "9h"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q among the faults, got %v", want, err)
		}
	}
	if _, err := sla.ParsePolicy("empty", nil); err == nil || !strings.Contains(err.Error(), "缺少") {
		t.Errorf("an empty policy: %v", err)
	}
}

// TestPolicy_VersionIsItsContent: comments, order and form do not make another version; a minute does.
func TestPolicy_VersionIsItsContent(t *testing.T) {
	t.Parallel()
	base := book(t, "").Policy
	version := func(doc string) string {
		t.Helper()
		p, err := sla.ParsePolicyOver(base, "x", []byte(doc))
		if err != nil {
			t.Fatal(err)
		}
		again, err := sla.ParsePolicy("again", p.YAML())
		if err != nil || again.Version() != p.Version() {
			t.Fatalf("kept and read again it is another: %v", err)
		}
		return p.Version()
	}
	for name, doc := range map[string]string{
		"nothing": "", "only a comment": "# 说明\n", "the same value": "calendar: natural\n", "the same in another form": "milestones:\n  accept:\n    general:\n      limit: 240m\n",
	} {
		if got := version(doc); got != base.Version() {
			t.Errorf("%s: version %s, want %s", name, got, base.Version())
		}
	}
	seen := map[string]string{base.Version(): "the built-in"}
	for _, doc := range []string{
		"calendar: working\n", "calendars: {levels: {general: working}}\n", "calendars: {sources: {12345热线: working}}\n",
		"milestones: {accept: {general: {limit: 241m}}}\n", "milestones: {accept: {general: {target: 119m}}}\n", "return_within: {general: 5h}\n",
		"quiet: {from: \"22:01\"}\n", "milestones: {accept: {general: {clause: 县通知}}}\n",
		"ladders: [{milestone: accept, levels: [general], rungs: [{at: L, to: [handler]}]}]\n",
	} {
		v := version(doc)
		if other, twice := seen[v]; twice {
			t.Errorf("%q has the version of %q", doc, other)
		}
		seen[v] = doc
	}
}

// TestPolicy_OverrideChangesOnlyWhatItNames: one limit of one level, one ladder of one level.
func TestPolicy_OverrideChangesOnlyWhatItNames(t *testing.T) {
	t.Parallel()
	base := book(t, "")
	over := book(t, `
milestones: {conclude: {general: {days: 5, target: 100h}}, accept: {major: {limit: 50m}}, plan: {major: {limit: 100h, target: 90h}}}
calendars: {sources: {12345热线: working}}
quiet: {to: "07:00"}
ladders:
  - milestone: accept
    levels: [general]
    rungs: [{at: L+1h, to: [head]}]
`)
	was, is := base.Policy, over.Policy
	general := is.Milestones[incident.MilestoneConclude][incident.General]
	if general.Days != 5 || general.Target != 100*time.Hour || general.Clause != "县通知四（二）" {
		t.Errorf("conclude general: %+v", general)
	}
	if got := is.Milestones[incident.MilestoneAccept][incident.Major]; got.Limit != 50*time.Minute || got.Target != 30*time.Minute {
		t.Errorf("accept major: %+v", got)
	}
	if got := is.Milestones[incident.MilestonePlan][incident.Major]; got.Limit != 100*time.Hour || got.Days != 0 {
		t.Errorf("plan major in hours: %+v", got)
	}
	changed := 0
	for kind, levels := range was.Milestones {
		for level, l := range levels {
			if is.Milestones[kind][level] != l {
				changed++
			}
		}
	}
	if changed != 3 {
		t.Errorf("%d limits are others, want 3", changed)
	}
	if is.Quiet.To != "07:00" || is.Quiet.From != "22:00" || is.Calendar != sla.Natural {
		t.Errorf("quiet %+v, calendar %s", is.Quiet, is.Calendar)
	}
	received := at(t, "2026-11-18T10:00:00+08:00")
	rungs := func(b sla.Book, level incident.Level) int {
		c := b.Preview(level, received, web())
		return len(b.Ladder(c, milestone(c, incident.MilestoneAccept)))
	}
	if rungs(over, incident.General) != 1 || rungs(over, incident.Major) != rungs(base, incident.Major) || rungs(over, incident.Emergency) != 5 {
		t.Error("a ladder of one level replaced others")
	}
}

// FuzzParsePolicy: whatever is written, the answer is a policy that keeps its version, or a sentence.
func FuzzParsePolicy(f *testing.F) {
	builtin, err := os.ReadFile("../configs/policy.yaml")
	if err != nil {
		f.Fatal(err)
	}
	base, err := sla.ParsePolicy("built-in", builtin)
	if err != nil {
		f.Fatal(err)
	}
	files, err := filepath.Glob("testdata/policy.*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		doc, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(doc)
	}
	f.Add([]byte("milestones: &a {accept: *a}\n"))
	f.Add([]byte("x: &x [*x]\n"))
	f.Add([]byte("<<: {calendar: working}\n"))
	f.Add([]byte("[]"))
	f.Add([]byte("milestones: [1]\ncalendar: {a: b}"))
	f.Fuzz(func(t *testing.T, doc []byte) {
		p, err := sla.ParsePolicyOver(base, "x", doc)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "政策文件 x 有误：") {
				t.Fatalf("%q: %v", doc, err)
			}
			return
		}
		again, err := sla.ParsePolicy("x", p.YAML())
		if err != nil || again.Version() != p.Version() {
			t.Fatalf("%q: kept and read again: %v", doc, err)
		}
		b := sla.Book{Policy: p, Zone: zone()}
		c := b.Preview(incident.Emergency, time.Date(2026, 11, 18, 10, 0, 0, 0, zone()), web())
		b.Due(c, c.ReceivedAt.Add(time.Hour))
	})
}
