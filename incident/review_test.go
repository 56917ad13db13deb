package incident_test

import (
	"strings"
	"testing"
	"time"

	"huiying/incident"
	"huiying/org"
)

func section() org.Actor { return actor(house, org.SectionHead) }

// drafted is a story with draft 1 handed in at 09:00.
func drafted(t *testing.T, level incident.Level, county bool) (s *story, hash string) {
	t.Helper()
	s = tell(t, level, "2026-11-23T08:00:00+08:00")
	s.do("2026-11-23T08:50:00+08:00", handler(), incident.WriteDraft{Title: "情况通报", Text: "路面已修补。", County: county})
	s.do("2026-11-23T09:00:00+08:00", handler(), incident.SubmitDraft{Draft: 1, Secrecy: true, Privacy: true})
	return s, incident.HashText("情况通报", "路面已修补。")
}

// TestRelease_RefusedWithoutAllThree: in order, by three people, none of whom wrote it.
func TestRelease_RefusedWithoutAllThree(t *testing.T) {
	t.Parallel()
	s, hash := drafted(t, incident.General, false)
	yes := incident.ReviewDraft{Draft: 1, Hash: hash, Approve: true}
	out := incident.Release{Draft: 1, Address: "县政府网站"}
	plain := func(when string, words string) {
		t.Helper()
		_, _, err := s.c.Apply(out, boss(), at(t, when))
		if err == nil || !strings.Contains(incident.Text(err), words) {
			t.Errorf("release at %s: %v, want %q", when, err, words)
		}
	}
	plain("2026-11-23T09:01:00+08:00", "三审还差3审")
	s.refused("2026-11-23T09:05:00+08:00", handler(), yes, "拟稿人不能审核自己写的稿子")
	s.refused("2026-11-23T09:05:00+08:00", boss(), incident.ReviewDraft{Draft: 1, Hash: hash, Approve: true, Stage: incident.FinalReview}, "现在等待的是初审，不是终审")
	s.do("2026-11-23T09:10:00+08:00", section(), yes)
	s.refused("2026-11-23T09:11:00+08:00", section(), yes, "复审须由分管领导或上一级领导办理")
	s.do("2026-11-23T09:12:00+08:00", deputy(), yes)
	plain("2026-11-23T09:13:00+08:00", "三审还差1审")
	s.refused("2026-11-23T09:14:00+08:00", deputy(), yes, "终审须由主要负责人或上一级领导办理")
	s.do("2026-11-23T09:15:00+08:00", boss(), yes)
	plain("2026-11-23T09:16:00+08:00", "还有协办单位没有会签：县水利局")
	s.do("2026-11-23T09:17:00+08:00", actor(water, org.Head), incident.Countersign{Draft: 1, Hash: hash, Agree: true})
	s.refused("2026-11-23T09:18:00+08:00", actor(water, org.Handler), incident.Countersign{Draft: 1, Hash: hash, Agree: true}, "协办单位分管领导或主要负责人")
	out.At = at(t, "2026-11-23T09:14:00+08:00")
	plain("2026-11-23T09:20:00+08:00", "发布时间早于三审完成的时间")
	out.At, out.Text = time.Time{}, "路面已修补！"
	plain("2026-11-23T09:20:00+08:00", "不一致")
	out.Text = " 路面已\n修补。 "
	next, entries, err := s.c.Apply(out, handler(), at(t, "2026-11-23T09:20:00+08:00"))
	if err != nil {
		t.Fatal(err)
	}
	r := next.Releases[0]
	if r.Hash != hash || r.Text != "路面已修补。" || r.Draft != 1 || next.Drafts[0].State != incident.Published {
		t.Errorf("release %+v", r)
	}
	want := "权威发布：县政府网站，回应稿1《情况通报》第1版（初审科室负责人、复审分管领导、终审主要负责人，校验码" + hash[:8] + "）"
	if got := entries.Entries[0].Text; got != want {
		t.Errorf("log says %q, want %q", got, want)
	}
}

// TestReview_AnotherLetterStartsAgain: a new version takes the approvals back, and a
// reviewer who saw the old one decides nothing.
func TestReview_AnotherLetterStartsAgain(t *testing.T) {
	t.Parallel()
	s, hash := drafted(t, incident.Major, false)
	yes := incident.ReviewDraft{Draft: 1, Hash: hash[:8], Approve: true}
	s.do("2026-11-23T09:10:00+08:00", section(), yes)
	s.do("2026-11-23T09:20:00+08:00", handler(), incident.WriteDraft{Draft: 1, Title: "情况通报", Text: "路面已修补！"})
	s.state(incident.MilestoneReview, incident.Voided, "2026-11-23T09:20:00+08:00")
	s.refused("2026-11-23T09:21:00+08:00", deputy(), yes, "没有等待审核")
	s.do("2026-11-23T09:22:00+08:00", handler(), incident.SubmitDraft{Draft: 1, Secrecy: true, Privacy: true})
	s.refused("2026-11-23T09:23:00+08:00", section(), yes, "您看到的不是现在这一版：回应稿1现在是第2版")
	if n := len(s.c.Drafts[0].Approvals()); n != 0 {
		t.Errorf("%d approvals hold for words that nobody reviewed", n)
	}
	// Back to the first wording: its hash is the old one, its reviews are not.
	s.do("2026-11-23T09:30:00+08:00", handler(), incident.WriteDraft{Draft: 1, Title: "情况通报", Text: "路面已修补。"})
	s.do("2026-11-23T09:31:00+08:00", handler(), incident.SubmitDraft{Draft: 1, Secrecy: true, Privacy: true})
	if n := len(s.c.Drafts[0].Approvals()); n != 0 {
		t.Errorf("%d approvals of an earlier round hold", n)
	}
}

// TestReview_Emergency: the three are asked at once and decide in any order.
func TestReview_Emergency(t *testing.T) {
	t.Parallel()
	s, hash := drafted(t, incident.Emergency, false)
	if asked := s.c.PendingOf(incident.MilestoneReview); len(asked) != 3 || asked[2].Post != org.Head ||
		!asked[2].Limit.Equal(at(t, "2026-11-23T09:15:00+08:00")) {
		t.Fatalf("asked: %+v", asked)
	}
	yes := incident.ReviewDraft{Draft: 1, Hash: hash, Approve: true}
	s.do("2026-11-23T09:01:00+08:00", boss(), yes)
	s.refused("2026-11-23T09:02:00+08:00", boss(), yes, "三审须由三个不同的人办理")
	s.do("2026-11-23T09:03:00+08:00", section(), yes)
	s.do("2026-11-23T09:20:00+08:00", director(), yes) // for the deputy, who does not answer
	var stages []incident.Stage
	for _, r := range s.c.Drafts[0].Approvals() {
		stages = append(stages, r.Stage)
	}
	if len(stages) != 3 || s.c.Drafts[0].State != incident.Approved {
		t.Fatalf("approved %v, state %s", stages, s.c.Drafts[0].State)
	}
	out := incident.Release{Address: "县政府网站"}
	_, _, err := s.c.Apply(out, boss(), at(t, "2026-11-23T09:21:00+08:00"))
	if incident.CodeOf(err) != incident.CodeInvalid || !strings.Contains(incident.Text(err), "未会签先发布的理由") {
		t.Errorf("unsigned: %v", err)
	}
	out.Unsigned = "险情紧急"
	_, o, err := s.c.Apply(out, boss(), at(t, "2026-11-23T09:21:00+08:00"))
	if err != nil || !strings.Contains(o.Entries[0].Text, "县水利局未会签先发布，理由：险情紧急") {
		t.Errorf("with a reason: %v %+v", err, o.Entries)
	}
}

// TestReview_BecomesAnEmergency: those who were not asked yet are asked at once.
func TestReview_BecomesAnEmergency(t *testing.T) {
	t.Parallel()
	s, _ := drafted(t, incident.Major, false)
	s.do("2026-11-23T09:30:00+08:00", duty(), incident.Regrade{To: incident.Emergency, RegradeBy: "development", Reason: "有人被困"})
	if n := len(s.c.PendingOf(incident.MilestoneReview)); n != 3 {
		t.Errorf("%d are asked, want 3", n)
	}
}

// TestReview_WhoseItIs: by stage, in the unit's name and in the county's.
func TestReview_WhoseItIs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		county bool
		stage  incident.Stage
		want   string // the posts of the lead unit and the county that may, lowest first
	}{
		{false, incident.FirstReview, "handler section_head deputy head office_director deputy_leader"},
		{false, incident.SecondReview, "deputy head office_director deputy_leader"},
		{false, incident.FinalReview, "head office_director deputy_leader"},
		{true, incident.FirstReview, "handler section_head deputy head office_director deputy_leader"},
		{true, incident.SecondReview, "head office_director deputy_leader"},
		{true, incident.FinalReview, "office_director deputy_leader"},
	} {
		s, _ := drafted(t, incident.General, tt.county)
		var may []string
		for _, p := range org.Posts() {
			unit := house
			if p.County() {
				unit = hall
			}
			if s.c.MayReview(actor(unit, p), s.c.Drafts[0], tt.stage) {
				may = append(may, string(p))
			}
			if s.c.MayReview(actor(water, p), s.c.Drafts[0], tt.stage) && !p.County() {
				t.Errorf("another unit's %s may take %s", p, tt.stage)
			}
		}
		if got := strings.Join(may, " "); got != tt.want {
			t.Errorf("county %v, %s: %s, want %s", tt.county, tt.stage, got, tt.want)
		}
	}
}

// TestReview_SentBack: with a comment, to whoever handles it; unchanged it is not taken again.
func TestReview_SentBack(t *testing.T) {
	t.Parallel()
	s, hash := drafted(t, incident.General, false)
	s.refused("2026-11-23T09:05:00+08:00", section(), incident.ReviewDraft{Draft: 1, Hash: hash}, "请填写退回修改的意见")
	next, out, err := s.c.Apply(incident.ReviewDraft{Draft: 1, Hash: hash, Comment: "写明下次发布时间"}, section(), at(t, "2026-11-23T09:06:00+08:00"))
	if err != nil {
		t.Fatal(err)
	}
	if n := out.Notices; len(n) != 1 || n[0].Unit != house || n[0].Post != org.Handler || n[0].Text != "初审退回修改：回应稿1《情况通报》第1版，意见：写明下次发布时间" {
		t.Errorf("told: %+v", n)
	}
	s.c = next
	s.refused("2026-11-23T09:07:00+08:00", handler(), incident.SubmitDraft{Draft: 1, Secrecy: true, Privacy: true}, "退回后还没有修改")
}

// TestSubmit_Ticks: nothing is handed in without both ticks, nor past what a check stops.
func TestSubmit_Ticks(t *testing.T) {
	t.Parallel()
	s := tell(t, incident.General, "2026-11-23T08:00:00+08:00")
	s.refused("2026-11-23T08:40:00+08:00", handler(), incident.SubmitDraft{Draft: 1, Secrecy: true, Privacy: true}, "还没有回应稿，请先拟稿")
	s.do("2026-11-23T08:50:00+08:00", handler(), incident.WriteDraft{Title: "情况通报", Text: "路面已修补。"})
	s.refused("2026-11-23T08:51:00+08:00", handler(), incident.SubmitDraft{Draft: 1, Privacy: true}, "保密审查")
	s.refused("2026-11-23T08:51:00+08:00", handler(), incident.SubmitDraft{Draft: 1, Secrecy: true}, "个人信息")
	s.refused("2026-11-23T08:51:00+08:00", handler(), incident.SubmitDraft{
		Draft: 1, Secrecy: true, Privacy: true, Found: []incident.Finding{{Check: "words", Text: "含有禁用词“严打”", Stop: true}},
	}, "不能送审：含有禁用词“严打”")
	s.refused("2026-11-23T08:52:00+08:00", handler(), incident.WriteDraft{Draft: 1, Title: "情况通报", Text: "路面已修补。"}, "一字不差")
	s.do("2026-11-23T08:53:00+08:00", handler(), incident.WithdrawDraft{Draft: 1, Reason: "改由县里发布"})
	s.refused("2026-11-23T08:54:00+08:00", handler(), incident.SubmitDraft{Draft: 1, Secrecy: true, Privacy: true}, "已经撤稿")
}

// TestRelease_Again: the same words on a further channel are no next release, whose limit stays.
func TestRelease_Again(t *testing.T) {
	t.Parallel()
	s := tell(t, incident.Emergency, "2026-11-23T08:00:00+08:00")
	s.do("2026-11-23T10:00:00+08:00", boss(), incident.Release{Address: "县政府网站"})
	next, _, err := s.c.Apply(incident.Release{Draft: 1, Address: "微信公众号"}, boss(), at(t, "2026-11-23T20:00:00+08:00"))
	if err != nil {
		t.Fatal(err)
	}
	s.c = s.b.Plan(next, at(t, "2026-11-23T20:00:00+08:00"))
	m := s.state(incident.MilestoneRollingRelease, incident.Pending, "2026-11-24T10:00:00+08:00")
	if !m.Limit.Equal(at(t, "2026-11-24T10:00:00+08:00")) || !s.c.Releases[1].Again {
		t.Errorf("next release by %s, again %v", m.Limit, s.c.Releases[1].Again)
	}
}
