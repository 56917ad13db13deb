package incident_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"huiying/incident"
	"huiying/org"
)

// traffic has nothing to do with the incident; water assists, house leads.
const traffic = org.UnitID("县交通局")

// stateTable is rules.md, States, for a major incident: state, command, and who may give
// it. Seats: lead assisting other county house, each with posts or "*"; "everybody" is
// every seat but intake's. What is not here is refused.
//
// Rows marked + go beyond the page's own words, each for a reason:
//   - designate while dispatched: the director may rule before a quarrel over a return begins;
//   - dispatch while accepted or handling: units are added later (standards 2.4.4);
//   - merge while returned or accepted, void while returned or accepted: the same matter or a
//     mistake is found out whenever it is;
//   - first_report and respond while concluded: a final report and an answer that is still
//     owed come after the conclusion, and nothing is archived without them.
const stateTable = `
received   assess            county:duty_officer,office_director house
received   regrade           county:* house
received   merge             county:*
received   void              county:office_director
assessed   assess            county:duty_officer,office_director house
assessed   dispatch          county:duty_officer,office_director
assessed   regrade           county:* house
assessed   merge             county:*
assessed   void              county:office_director
dispatched dispatch          county:*
dispatched designate         county:office_director +
dispatched accept            lead:* assisting:*
dispatched return            lead:deputy,head
dispatched progress          lead:* assisting:*
dispatched ask_extension     lead:*
dispatched first_report      lead:* assisting:* county:duty_officer,office_director
dispatched respond           lead:* county:duty_officer,office_director
dispatched release           lead:* county:duty_officer,office_director
dispatched assign            lead:* county:duty_officer,office_director
dispatched opinion           assisting:*
dispatched draft             lead:* county:duty_officer,office_director
dispatched compose           lead:* county:duty_officer,office_director
dispatched submit            lead:* county:duty_officer,office_director
dispatched review            lead:* county:office_director,deputy_leader
dispatched countersign       assisting:deputy,head
dispatched withdraw          lead:* county:duty_officer,office_director
dispatched press_conference  lead:* county:*
dispatched plan              lead:*
dispatched consult           lead:* county:*
dispatched conclude          lead:head
dispatched regrade           county:* house
dispatched merge             county:*
dispatched void              county:office_director
returned   dispatch          county:*
returned   designate         county:office_director
returned   regrade           county:* house
returned   merge             county:* +
returned   void              county:office_director +
accepted   dispatch          county:* +
accepted   accept            assisting:*
accepted   return            lead:deputy,head
accepted   progress          lead:* assisting:*
accepted   ask_extension     lead:*
accepted   grant_extension   county:office_director,deputy_leader
accepted   refuse_extension  county:office_director,deputy_leader
accepted   first_report      lead:* assisting:* county:duty_officer,office_director
accepted   respond           lead:* county:duty_officer,office_director
accepted   release           lead:* county:duty_officer,office_director
accepted   assign            lead:* county:duty_officer,office_director
accepted   opinion           assisting:*
accepted   draft             lead:* county:duty_officer,office_director
accepted   compose           lead:* county:duty_officer,office_director
accepted   submit            lead:* county:duty_officer,office_director
accepted   review            lead:* county:office_director,deputy_leader
accepted   countersign       assisting:deputy,head
accepted   withdraw          lead:* county:duty_officer,office_director
accepted   press_conference  lead:* county:*
accepted   plan              lead:*
accepted   consult           lead:* county:*
accepted   conclude          lead:head
accepted   regrade           county:* house
accepted   merge             county:* +
accepted   void              county:office_director +
handling   dispatch          county:* +
handling   accept            assisting:*
handling   progress          lead:* assisting:*
handling   ask_extension     lead:*
handling   grant_extension   county:office_director,deputy_leader
handling   refuse_extension  county:office_director,deputy_leader
handling   first_report      lead:* assisting:* county:duty_officer,office_director
handling   respond           lead:* county:duty_officer,office_director
handling   release           lead:* county:duty_officer,office_director
handling   assign            lead:* county:duty_officer,office_director
handling   opinion           assisting:*
handling   draft             lead:* county:duty_officer,office_director
handling   compose           lead:* county:duty_officer,office_director
handling   submit            lead:* county:duty_officer,office_director
handling   review            lead:* county:office_director,deputy_leader
handling   countersign       assisting:deputy,head
handling   withdraw          lead:* county:duty_officer,office_director
handling   press_conference  lead:* county:*
handling   plan              lead:*
handling   consult           lead:* county:*
handling   conclude          lead:head
handling   regrade           county:* house
handling   merge             county:*
concluded  first_report      lead:* assisting:* county:duty_officer,office_director +
concluded  respond           lead:* county:duty_officer,office_director +
concluded  release           lead:* county:duty_officer,office_director
concluded  draft             lead:* county:duty_officer,office_director
concluded  compose           lead:* county:duty_officer,office_director
concluded  submit            lead:* county:duty_officer,office_director
concluded  review            lead:* county:office_director,deputy_leader
concluded  countersign       assisting:deputy,head
concluded  withdraw          lead:* county:duty_officer,office_director
concluded  press_conference  lead:* county:*
concluded  feedback          lead:* county:*
concluded  verify            county:*
concluded  regrade           county:* house
concluded  reopen            county:*
concluded  after_action      lead:* county:*
concluded  archive           county:*
archived   regrade           county:* house
archived   reopen            county:office_director
archived   after_action      lead:* county:*
merged     split             county:*
received   supervise         county:*
assessed   supervise         county:*
dispatched supervise         county:*
returned   supervise         county:*
accepted   supervise         county:*
handling   supervise         county:*
received,assessed,dispatched,returned,accepted,handling,concluded,archived comment     everybody
received,assessed,dispatched,returned,accepted,handling,concluded,archived acknowledge everybody
received,assessed,dispatched,returned,accepted,handling,concluded,archived finding        county:*
received,assessed,dispatched,returned,accepted,handling,concluded,archived revoke_finding county:*
received,assessed,dispatched,returned,accepted,handling,concluded,archived retime      county:office_director house
received,assessed,dispatched,returned,accepted,handling,concluded,archived tell        house
received,assessed,dispatched,returned,accepted,handling                    absorb      house
received,assessed,dispatched,returned,accepted,handling,concluded,archived yield       house
received,assessed,dispatched,returned,accepted,handling,concluded,archived advise      house
`

// seat is one kind of person of the table.
type seat struct {
	side  string
	post  org.Post
	actor org.Actor
}

func seats() []seat {
	var out []seat
	for _, u := range []struct {
		side string
		unit org.UnitID
	}{{"lead", house}, {"assisting", water}, {"other", traffic}, {"county", hall}} {
		for _, p := range org.Posts() {
			if p.County() == (u.side == "county") {
				out = append(out, seat{u.side, p, actor(u.unit, p)})
			}
		}
	}
	return append(out,
		seat{side: "house", actor: org.System("engine")},
		seat{side: "intake", actor: org.Actor{Person: "i", Name: "接入账号", Role: org.RoleIntake, Via: "api"}},
		seat{side: "viewer", actor: org.Actor{Person: "v", Name: "查看账号", Role: org.RoleViewer, Via: "web"}},
	)
}

type cell struct {
	state incident.State
	kind  incident.Kind
}

// readTable turns the text into: who may, by state and command.
func readTable(t *testing.T) map[cell][]string {
	t.Helper()
	out := map[cell][]string{}
	for line := range strings.Lines(stateTable) {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		for state := range strings.SplitSeq(f[0], ",") {
			c := cell{incident.State(state), incident.Kind(f[1])}
			if !c.state.Valid() || !slices.Contains(incident.Kinds(), c.kind) || len(out[c]) > 0 {
				t.Fatalf("the table's line %q is wrong or there twice", line)
			}
			out[c] = f[2:]
		}
	}
	return out
}

func mayBy(who []string, s seat) bool {
	return slices.ContainsFunc(who, func(w string) bool {
		side, posts, _ := strings.Cut(w, ":")
		switch {
		case w == "everybody":
			return s.side != "intake" && s.side != "viewer"
		case side != s.side:
			return false
		}
		return posts == "" || posts == "*" || slices.Contains(strings.Split(posts, ","), string(s.post))
	})
}

// inState is a major incident led by house, assisted by water, brought to the state by commands.
func inState(t *testing.T, state incident.State) incident.Case {
	t.Helper()
	now := at(t, "2026-11-20T17:00:00+08:00")
	duty, director := actor(hall, org.DutyOfficer), actor(hall, org.OfficeDirector)
	report := incident.Report{Source: incident.Source{Name: "论坛", Kind: incident.SourceWeb, Public: true, WantsAnswer: true}, Title: "路面有坑"}
	c := must(t, incident.Case{}, now, duty, incident.Register{Report: report})
	c.ID = 3
	way := []struct {
		to  incident.State
		by  org.Actor
		cmd incident.Command
	}{
		{incident.Assessed, duty, incident.Assess{Level: incident.Major}},
		{incident.Dispatched, duty, incident.Dispatch{Lead: house, Assisting: []org.UnitID{water}}},
		{incident.Accepted, actor(house, org.Handler), incident.Accept{}},
		{incident.Handling, actor(house, org.Handler), incident.Progress{Text: "已派人"}},
		{incident.Concluded, actor(house, org.Head), incident.Conclude{ConcludeKind: incident.Resolved, Result: "已修补"}},
		{incident.Archived, director, incident.Archive{}},
	}
	aside := map[incident.State]struct {
		from incident.State
		by   org.Actor
		cmd  incident.Command
	}{
		incident.Returned: {incident.Dispatched, actor(house, org.Deputy), incident.Return{Reason: "不属本单位职责"}},
		incident.Merged:   {incident.Handling, duty, incident.Merge{Into: 9, Reason: "同一件事"}},
		incident.Void:     {incident.Assessed, director, incident.DoVoid{Reason: "误报"}},
	}
	stop := state
	if a, ok := aside[state]; ok {
		stop = a.from
	}
	for _, w := range way {
		if c.State == stop {
			break
		}
		if c = must(t, c, now, w.by, w.cmd); c.State != w.to {
			t.Fatalf("%s leads to %s, want %s", w.cmd.Kind(), c.State, w.to)
		}
	}
	if a, ok := aside[state]; ok {
		c = must(t, c, now, a.by, a.cmd)
	}
	if c.State != state {
		t.Fatalf("state %s, want %s", c.State, state)
	}
	return c
}

// ready gives the case what a command needs beside its state, so that a refusal is the table's.
func ready(c incident.Case, k incident.Kind) incident.Case {
	answers := k == incident.KindGrantExtension || k == incident.KindRefuseExtension
	drafts := map[incident.Kind]incident.DraftState{
		incident.KindSubmit: incident.Drafting, incident.KindReview: incident.UnderReview, incident.KindCountersign: incident.UnderReview,
		incident.KindWithdraw: incident.Drafting, incident.KindRelease: incident.Approved, incident.KindRespond: incident.Approved,
	}
	if state, ok := drafts[k]; ok {
		c.Drafts = []incident.Draft{written(c, state)}
	}
	if k == incident.KindRevoke {
		c.Misreports = []incident.Misreport{{N: 1, What: incident.Concealed, Unit: house, At: c.ReceivedAt}}
	}
	if answers || k == incident.KindAskExtension || k == incident.KindTell {
		from := c.ReceivedAt
		c.Milestones = []incident.Milestone{{
			Seq: 1, Kind: incident.MilestoneConclude, Clock: max(1, c.Clock().N), State: incident.Pending,
			From: from, Limit: from.Add(120 * time.Hour), Days: 5,
		}}
		if answers {
			c.Extensions = []incident.Extension{{AskedAt: from, Days: 2, Reason: "x", Milestone: 1, Clock: c.Clock().N}}
		}
	}
	return c
}

func sample(k incident.Kind) incident.Command {
	return map[incident.Kind]incident.Command{
		incident.KindRegister:        incident.Register{Report: incident.Report{Title: "x", Source: incident.Source{Name: "x"}}},
		incident.KindAssess:          incident.Assess{Level: incident.Emergency},
		incident.KindDispatch:        incident.Dispatch{Lead: traffic},
		incident.KindDesignate:       incident.Designate{Lead: traffic, Reason: "职责明确"},
		incident.KindAccept:          incident.Accept{},
		incident.KindReturn:          incident.Return{Reason: "不属本单位职责"},
		incident.KindProgress:        incident.Progress{Text: "已派人"},
		incident.KindRegrade:         incident.Regrade{To: incident.Emergency, RegradeBy: "correction", Reason: "有人受伤"},
		incident.KindAskExtension:    incident.AskExtension{Days: 2, Reason: "等待检测"},
		incident.KindGrantExtension:  incident.GrantExtension{},
		incident.KindRefuseExtension: incident.RefuseExtension{Reason: "材料不足"},
		incident.KindPause:           incident.Pause{},
		incident.KindFirstReport:     incident.FirstReport{Text: "首报"},
		incident.KindRespond:         incident.Respond{Address: "论坛"},
		incident.KindRelease:         incident.Release{Address: "县政府网站"},
		incident.KindPressConference: incident.PressConference{Place: "县政府", Speaker: "王局长"},
		incident.KindCompose:         incident.Compose{Title: "关于路面的回复", Text: "经核实的情况：待核实。"},
		incident.KindDraft:           incident.WriteDraft{Title: "情况通报", Text: "已修补"},
		incident.KindSubmit:          incident.SubmitDraft{Draft: 1, Secrecy: true, Privacy: true},
		incident.KindReview:          incident.ReviewDraft{Draft: 1, Hash: incident.HashText("情况通报", "已修补"), Approve: true},
		incident.KindCountersign:     incident.Countersign{Draft: 1, Hash: incident.HashText("情况通报", "已修补"), Agree: true},
		incident.KindWithdraw:        incident.WithdrawDraft{Draft: 1, Reason: "改由县里发布"},
		incident.KindAssign:          incident.Assign{Unit: water, Text: "核实水质"},
		incident.KindOpinion:         incident.GiveOpinion{Text: "水质达标"},
		incident.KindPlan:            incident.Plan{PromisedAt: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)},
		incident.KindConclude:        incident.Conclude{ConcludeKind: incident.Resolved, Result: "已修补"},
		incident.KindFeedback:        incident.Feedback{Address: "论坛"},
		incident.KindVerify:          incident.Verify{Result: "satisfied"},
		incident.KindConsult:         incident.Consult{Participants: "县政府办、宣传部", Facts: "2人受伤", Wording: "原因正在调查"},
		incident.KindReflect: incident.Reflect{
			Happened: "路面塌陷", Ill: "发现晚", Causes: "巡查少", TookPart: "王局长",
			Measures: []incident.Item{{Text: "每周巡查", Unit: house, DueAt: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}},
		},
		incident.KindMerge:       incident.Merge{Into: 9, Reason: "同一件事"},
		incident.KindAbsorb:      incident.Absorb{From: 9, Reports: []incident.Report{{Title: "同一件"}}},
		incident.KindYield:       incident.Yield{From: 9},
		incident.KindSplit:       incident.Split{Reason: "并错了"},
		incident.KindVoid:        incident.DoVoid{Reason: "误报"},
		incident.KindReopen:      incident.Reopen{Reason: "群众不满意"},
		incident.KindArchive:     incident.Archive{},
		incident.KindComment:     incident.Comment{Text: "备注"},
		incident.KindAcknowledge: incident.Acknowledge{},
		incident.KindSupervise:   incident.Supervise{},
		incident.KindFind:        incident.Find{What: incident.Concealed, Unit: house, Reason: "未上报", Evidence: "通话记录"},
		incident.KindRevoke:      incident.Revoke{Finding: 1, Reason: "查无实据"},
		incident.KindTell:        incident.Tell{Milestone: 1},
		incident.KindAdvise:      incident.Advise{From: "heat", Doubts: []string{"是否为热点？"}},
		incident.KindRetime:      incident.Retime{Reason: "新公布放假安排"},
		incident.KindOpenDuty:    incident.OpenDuty{Duty: incident.Duty{Rule: "D4", Dues: []incident.DutyDue{{By: "01-31", Goal: 1}}}, Title: "年报", Lead: house, Key: "duty:D4/2026/x"},
		incident.KindFulfil:      incident.Fulfil{Address: "https://www.example.gov.cn/1"},
		incident.KindStrikeProof: incident.StrikeProof{N: 1, Reason: "网址打不开"},
	}[k]
}

// TestStateTable gives every command, in every state, in every seat.
func TestStateTable(t *testing.T) {
	t.Parallel()
	table := readTable(t)
	for _, state := range incident.States() {
		t.Run(string(state), func(t *testing.T) {
			t.Parallel()
			c := inState(t, state)
			now := c.ReceivedAt.Add(time.Hour)
			for _, kind := range incident.Kinds() {
				if kind == incident.KindRegister || kind == incident.KindPause || kind == incident.KindOpenDuty {
					continue // below
				}
				if sample(kind).Kind() != kind {
					t.Fatalf("the sample of %s is wrong", kind)
				}
				who := table[cell{state, kind}]
				for _, s := range seats() {
					_, _, err := ready(c, kind).Apply(sample(kind), s.actor, now)
					if want := mayBy(who, s); want != (err == nil) {
						t.Errorf("%s in %s by %s %s: allowed %v, want %v (%v)", kind, state, s.side, s.post, err == nil, want, err)
					} else if err != nil {
						readable(t, table, state, kind, s, err)
					}
				}
			}
		})
	}
}

var latin = regexp.MustCompile(`[A-Za-z]{3,}`)

// readable wants of a refusal: a whole Chinese sentence that names the command and the
// state, what is allowed now and by whom; or, where only the person is wrong, who it is
// for and what he may do himself.
func readable(t *testing.T, table map[cell][]string, state incident.State, kind incident.Kind, s seat, err error) {
	t.Helper()
	var refusal *incident.Error
	if !errors.As(err, &refusal) {
		t.Errorf("%s in %s: not a sentence for people: %v", kind, state, err)
		return
	}
	text := refusal.Text
	if kind == incident.KindAbsorb || (kind == incident.KindAccept && strings.Contains(text, "签收，无需重复签收")) {
		return // the house's own, and a unit that has accepted already
	}
	if !strings.Contains(text, state.Chinese()) || !strings.Contains(text, kind.Chinese()) || !strings.HasSuffix(text, "。") || latin.MatchString(text) {
		t.Errorf("%s in %s by %s: %q does not name state and command in Chinese", kind, state, s.side, text)
	}
	if refusal.Code == incident.CodeForbidden {
		if len(table[cell{state, kind}]) == 0 || !strings.Contains(text, "须由") || (s.side != "house" && !strings.Contains(text, s.actor.Name)) {
			t.Errorf("%s in %s by %s: %q does not say who may", kind, state, s.side, text)
		}
		return
	}
	if len(table[cell{state, kind}]) > 0 {
		t.Errorf("%s in %s by %s: refused for the state, but others may: %q", kind, state, s.side, text)
	}
	for _, k := range incident.Kinds() {
		ofDraft := k == incident.KindSubmit || k == incident.KindReview || k == incident.KindCountersign || k == incident.KindWithdraw ||
			k == incident.KindAssign || k == incident.KindOpinion
		if ofDraft || k.Internal() || k == incident.KindComment || k == incident.KindAcknowledge || k == incident.KindRetime || k == incident.KindPause ||
			k == incident.KindFind || k == incident.KindRevoke {
			continue
		}
		offered := regexp.MustCompile(`[：、]` + k.Chinese() + `（[^）]+）`).MatchString(text)
		if possible := len(table[cell{state, k}]) > 0; offered != possible {
			t.Errorf("%s in %s: offers %s %v, want %v: %q", kind, state, k, offered, possible, text)
		}
	}
}

// TestConclude_SignedByLevel: the deputy or head signs a general one, major and emergency the head alone.
func TestConclude_SignedByLevel(t *testing.T) {
	t.Parallel()
	for level, want := range map[incident.Level][]org.Post{
		incident.General: {org.Deputy, org.Head}, incident.Major: {org.Head}, incident.Emergency: {org.Head},
	} {
		c := must(t, registered(t, level), at(t, "2026-11-20T16:50:00+08:00"), actor(hall, org.DutyOfficer), incident.Dispatch{Lead: house})
		for _, s := range seats() {
			_, _, err := c.Apply(sample(incident.KindConclude), s.actor, at(t, "2026-11-20T17:00:00+08:00"))
			if may := s.side == "lead" && slices.Contains(want, s.post); may != (err == nil) {
				t.Errorf("%s by %s %s: %v", level, s.side, s.post, err)
			}
		}
	}
}

// TestPause_IsRefusedEverywhere and says what to do instead (facts/standards.md 2.4.5).
func TestPause_IsRefusedEverywhere(t *testing.T) {
	t.Parallel()
	for _, state := range incident.States() {
		c := inState(t, state)
		_, _, err := c.Apply(incident.Pause{Reason: "等待检测"}, actor(house, org.Handler), c.ReceivedAt.Add(time.Hour))
		if incident.CodeOf(err) != incident.CodeRefused {
			t.Errorf("%s: %v", state, err)
		}
		if state.Open() && !strings.Contains(incident.Text(err), "申请延期") {
			t.Errorf("%s: does not say what to do instead: %v", state, err)
		}
	}
}

// TestRegister_Once: a case is registered once, by somebody with a post or an intake account.
func TestRegister_Once(t *testing.T) {
	t.Parallel()
	for _, s := range seats() {
		_, _, err := incident.Case{}.Apply(sample(incident.KindRegister), s.actor, at(t, "2026-11-20T17:00:00+08:00"))
		if may := s.side != "viewer"; may != (err == nil) {
			t.Errorf("%s: %v", s.side, err)
		}
	}
	_, _, err := inState(t, incident.Handling).Apply(sample(incident.KindRegister), actor(hall, org.DutyOfficer), at(t, "2026-11-20T18:00:00+08:00"))
	if incident.CodeOf(err) != incident.CodeRefused || !strings.Contains(incident.Text(err), "登记过") {
		t.Errorf("a second registration: %v", err)
	}
}
