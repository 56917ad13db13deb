package notify_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"huiying/configs"
	"huiying/incident"
	"huiying/notify"
	"huiying/org"
)

var update = flag.Bool("update", false, "write the golden messages anew; read them before you commit")

// golden compares a text with the file, or writes the file anew.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; if it is meant so, run go test ./notify -update and read it.\ngot:\n%s\nwant:\n%s", path, got, want)
	}
}

// The longest names that a county has.
const (
	longTitle  = "关于太平镇向阳村至红旗村通村公路塌方路段长期无人修复、严重影响村民出行和学生上学安全问题的反映"
	longUnit   = "县自然资源和规划局（县林业和草原局）"
	longPerson = "阿依谢木古丽·阿卜杜热合曼"
)

func newRenderer(t *testing.T, baseURL string) *notify.Renderer {
	t.Helper()
	templates, err := configs.Dir("", "templates")
	if err != nil {
		t.Fatal(err)
	}
	r, err := notify.NewRenderer(templates, beijing, baseURL)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// rung is one message of a ladder: when it goes out, counted from its limit.
type rung struct {
	about  incident.MilestoneKind
	label  string
	before time.Duration // until the limit; negative when it has passed
	post   org.Post
	change func(*notify.Waiting)
}

// ladders are a level's messages from the first to the last.
func ladders(level incident.Level) []rung {
	const day = 24 * time.Hour
	first := rung{incident.MilestoneAccept, "D", 4 * time.Hour, org.Handler, nil}
	conclude := []rung{
		{incident.MilestoneConclude, "L-48h", 48 * time.Hour, org.Handler, nil},
		{incident.MilestoneConclude, "L-24h", day, org.SectionHead, nil},
		{incident.MilestonePlan, "T", 90 * time.Minute, org.Deputy, nil},
		{incident.MilestoneConclude, "L", 0, org.Head, nil},
		{incident.MilestoneConclude, "L+24h", -day, org.OfficeDirector, nil},
		{incident.MilestoneConclude, "L+72h", -75 * time.Hour, org.DeputyLeader, nil},
	}
	switch level {
	case incident.General:
		return append([]rung{
			{incident.MilestoneDispatch, "T", 2 * time.Hour, org.DutyOfficer, nil},
			first,
			{incident.MilestoneAccept, "L", 0, org.Deputy, nil},
			{incident.MilestoneRespond, "L-8h", 8 * time.Hour, org.Handler, nil},
			{incident.MilestoneFeedback, "L", -time.Second, org.Deputy, nil},
		}, conclude...)
	case incident.Major:
		first.before = time.Hour
		return append([]rung{
			first,
			{incident.MilestoneAccept, "L+1h", -time.Hour, org.Head, nil},
			{incident.MilestoneFirstReport, "T-10m", 70 * time.Minute, org.Deputy, nil},
		}, conclude...)
	case incident.Emergency:
	}
	first.before, first.change = 15*time.Minute, func(w *notify.Waiting) { w.Brief.Confirmed = false }
	return []rung{
		{incident.MilestoneDispatch, "L", -30 * time.Second, org.OfficeDirector, nil},
		first,
		{incident.MilestoneAccept, "L+5m", -5 * time.Minute, org.DeputyLeader, nil},
		{incident.MilestoneFirstReport, "T-10m", 40 * time.Minute, org.Deputy, nil},
		{incident.MilestoneRelease, "S+1h", 4 * time.Hour, org.Handler, func(w *notify.Waiting) {
			w.Notice.StandsFor = longUnit + org.Deputy.Chinese() + longPerson
		}},
		{incident.MilestoneRelease, "L-30m", 30 * time.Minute, org.Head, nil},
		{incident.MilestoneRelease, "L", 0, org.DutyOfficer, nil},
		{incident.MilestoneRelease, "L", -200 * time.Minute, org.DeputyLeader, func(w *notify.Waiting) {
			w.Notice.Missed = []string{"L", "L-30m", "S+4h", "T"}
		}},
		{incident.MilestonePressConference, "L-2h", 2 * time.Hour, org.Head, nil},
		{incident.MilestoneRollingRelease, "L+12h", -12 * time.Hour, org.DeputyLeader, nil},
	}
}

// waiting is a notice with its incident as it is at now.
func waiting(level incident.Level, r rung, now time.Time) notify.Waiting {
	w := notify.Waiting{
		ID: 123,
		Notice: incident.Notice{
			Incident: 20261, Milestone: 3, About: r.about, Kind: incident.NoticeLadder, Label: r.label, Post: r.post, Unit: "zrzy",
			Level: level, Urgency: urgency(level, r.before < 0),
		},
		Brief: incident.Brief{
			ID: 20261, Title: longTitle, State: incident.Handling, Level: level, Lead: "zrzy", Confirmed: true,
			Milestone: incident.Milestone{Seq: 3, Kind: r.about, State: incident.Pending, Limit: now.Add(r.before)},
		},
	}
	if r.change != nil {
		r.change(&w)
	}
	return w
}

func unitName(org.UnitID) string { return longUnit }

func show(m notify.Message) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", m.Text)
	if m.Card != nil {
		for _, f := range m.Card.Fields {
			fmt.Fprintf(&b, "  | %s: %s\n", f.Name, f.Value)
		}
		for _, k := range m.Card.Buttons {
			fmt.Fprintf(&b, "  [%s] %s\n", k.Text, k.Key)
		}
	}
	return b.String()
}

func TestRender_EachRungOfEachLevel(t *testing.T) {
	t.Parallel()
	r := newRenderer(t, "https://huiying.example.gov.cn")
	for _, level := range incident.Levels() {
		var b strings.Builder
		for _, rung := range ladders(level) {
			m, err := r.Render([]notify.Waiting{waiting(level, rung, at(17, 40))}, unitName, "hy-1-0", at(17, 40))
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "== %s %s, to %s ==\n%s\n", rung.about, rung.label, rung.post, show(m))
		}
		golden(t, "ladder."+string(level)+".txt", b.String())
	}
}

func TestRender_EachKind(t *testing.T) {
	t.Parallel()
	r := newRenderer(t, "https://huiying.example.gov.cn")
	overdue := rung{incident.MilestoneConclude, "L", -time.Hour, org.Head, nil}
	var b strings.Builder
	for _, c := range []struct {
		kind incident.NoticeKind
		text string
	}{
		{incident.NoticeResult, "延期申请已同意，最迟改为11月27日24:00"},
		{incident.NoticeSupervise, "县政府办督办：请于今日18:00前书面说明进展"},
		{incident.NoticeUnreachable, "给" + longPerson + "（" + longUnit + "主要负责人）的消息没有送达：该账号收不到消息"},
		{incident.NoticeDigest, "今日到期3件，超期1件\n1号 西街商住楼外墙脱落：办结，还剩6小时\n2号 停水：办结，已超2天"},
	} {
		w := waiting(incident.Major, overdue, at(17, 40))
		w.Notice.Kind, w.Notice.Text = c.kind, c.text
		if c.kind == incident.NoticeDigest {
			w.Notice.Incident, w.Notice.Milestone, w.Brief = 0, 0, incident.Brief{}
		}
		m, err := r.Render([]notify.Waiting{w}, unitName, "hy-1-0", at(17, 40))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "== %s ==\n%s\n", c.kind, show(m))
	}
	golden(t, "kinds.txt", b.String())
}

func TestRender_Bundles(t *testing.T) {
	t.Parallel()
	r := newRenderer(t, "https://huiying.example.gov.cn")
	var b strings.Builder
	bundle := func(name string, ws ...notify.Waiting) {
		m, err := r.Render(ws, unitName, "hy-1-0", at(8, 25))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "== %s ==\n%s\n", name, show(m))
	}
	one := func(level incident.Level, before time.Duration, change func(*notify.Waiting)) notify.Waiting {
		return waiting(level, rung{incident.MilestoneConclude, "L", before, org.Handler, change}, at(8, 25))
	}
	digest := notify.Waiting{ID: 9, Notice: incident.Notice{
		Kind: incident.NoticeDigest, Urgency: incident.UrgencyNormal, Text: "今日到期3件，超期1件\n1号 西街商住楼外墙脱落：办结，还剩6小时",
	}}
	bundle("two levels, one of them over, and a result",
		one(incident.Major, -26*time.Hour, nil), one(incident.General, 9*time.Hour, func(w *notify.Waiting) { w.Notice.StandsFor = longUnit + "经办人" }),
		one(incident.General, 9*time.Hour, func(w *notify.Waiting) { w.Notice.Kind, w.Notice.Text = incident.NoticeResult, "延期申请已同意" }))
	bundle("a digest among reminders", one(incident.General, 9*time.Hour, nil), digest)
	many := make([]notify.Waiting, 15)
	for i := range many {
		many[i] = one(incident.General, time.Duration(i)*time.Hour, nil)
	}
	bundle("more than a phone shows", many...)
	golden(t, "bundles.txt", b.String())
}

// TestRender_Duties: a recurring duty from the first reminder to the leaders, 24小时监测, and a bundle.
func TestRender_Duties(t *testing.T) {
	t.Parallel()
	r := newRenderer(t, "https://huiying.example.gov.cn")
	const day = 24 * time.Hour
	duty := func(label string, before time.Duration, post org.Post, text string, level incident.Level) notify.Waiting {
		w := waiting(level, rung{incident.MilestoneDuty, label, before, post, nil}, at(12, 0))
		w.Notice.Text, w.Brief.Duty, w.Brief.Title = text, "D2", "2026年主动解读政策6次以上"
		if level == incident.Major {
			w.Brief.Duty, w.Brief.Title = "D6", "监测中断：12345热线"
		}
		return w
	}
	const progress = "已填报1次（主要负责人0次），须6次（主要负责人3次）"
	const silent = "“12345热线”自11月20日11:20起没有来件和心跳，已超过30分钟。"
	ws := []notify.Waiting{
		duty("L-156h", 156*time.Hour, org.SectionHead, progress, incident.General),
		duty("L", 0, org.Head, progress, incident.General),
		duty("L+24h", -day, org.OfficeDirector, "", incident.General),
		duty("L", -10*time.Second, org.DutyOfficer, silent, incident.Major),
		duty("L+2h", -2*time.Hour, org.DeputyLeader, silent, incident.Major),
	}
	behind := duty("L+24h", -day, org.Head, progress, incident.General)
	behind.Notice.Pace = true
	ws = append(ws, behind)
	var b strings.Builder
	for i := range ws {
		m, err := r.Render(ws[i:i+1], unitName, "hy-1-0", at(12, 0))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "== %s, to %s ==\n%s\n", ws[i].Notice.Label, ws[i].Notice.Post, show(m))
	}
	m, err := r.Render(ws[:3], unitName, "hy-1-0", at(12, 0))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&b, "== a bundle ==\n%s\n", show(m))
	golden(t, "duties.txt", b.String())
}

func TestRender_WithoutAnAddressHasNoLink(t *testing.T) {
	t.Parallel()
	m, err := newRenderer(t, "").Render([]notify.Waiting{waiting(incident.General, ladders(incident.General)[1], at(8, 25))}, unitName, "k", at(8, 25))
	if err != nil {
		t.Fatal(err)
	}
	if m.URL != "" || strings.Contains(m.Text, "http") || strings.Contains(m.Markdown, "](") {
		t.Errorf("message = %+v, want no link", m)
	}
}

func TestRender_TextFromOutsideIsNoMarkup(t *testing.T) {
	t.Parallel()
	w := waiting(incident.General, ladders(incident.General)[1], at(8, 25))
	w.Brief.Title = "[点此](https://bad.example) **急** <a href=x>\n【超期】\x1b[2J\x00\xff"
	m, err := newRenderer(t, "https://huiying.example.gov.cn").Render([]notify.Waiting{w}, unitName, "k", at(8, 25))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(m.Markdown, "](https://bad") || strings.Contains(m.Markdown, "<a") || strings.ContainsAny(m.Title, "\n\x1b\x00") || !utf8.ValidString(m.Title) {
		t.Errorf("title = %q, markdown = %q", m.Title, m.Markdown)
	}
}

func TestCutBytes_NeverWithinACharacterNorOverTheLimit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom([]rune{'a', '\n', 'é', '汉', '🔥', '𠮷'})).Draw(t, "s")
		n := rapid.IntRange(0, 200).Draw(t, "n")
		got := notify.CutBytes(s, n)
		if len(got) > n || !utf8.ValidString(got) {
			t.Fatalf("CutBytes(%q, %d) = %q of %d bytes", s, n, got, len(got))
		}
		if len(s) <= n && got != s {
			t.Fatalf("CutBytes(%q, %d) = %q, want it whole", s, n, got)
		}
	})
}

func TestCutRunes_KeepsToTheNumber(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		n := rapid.IntRange(0, 50).Draw(t, "n")
		if got := notify.CutRunes(s, n); utf8.RuneCountInString(got) > n {
			t.Fatalf("CutRunes(%q, %d) = %q", s, n, got)
		}
	})
}

func TestLeft(t *testing.T) {
	t.Parallel()
	limit := at(18, 0)
	for _, c := range []struct {
		now  time.Time
		want string
	}{
		{limit, "还剩不到1分钟"},
		{limit.Add(time.Second), "已超不到1分钟"},
		{limit.Add(-59 * time.Minute), "还剩59分钟"},
		{limit.Add(-time.Hour), "还剩1小时"},
		{limit.Add(-61 * time.Minute), "还剩1小时1分"},
		{limit.Add(-47*time.Hour - 59*time.Minute), "还剩47小时59分"},
		{limit.Add(-48 * time.Hour), "还剩2天"},
		{limit.Add(-49 * time.Hour), "还剩2天1小时"},
		{limit.Add(72 * time.Hour), "已超3天"},
	} {
		if got := notify.Left(limit, c.now); got != c.want {
			t.Errorf("Left at %s = %q, want %q", c.now, got, c.want)
		}
	}
}

func BenchmarkRender(b *testing.B) {
	templates, err := configs.Dir("", "templates")
	if err != nil {
		b.Fatal(err)
	}
	r, err := notify.NewRenderer(templates, beijing, "https://huiying.example.gov.cn")
	if err != nil {
		b.Fatal(err)
	}
	ws := []notify.Waiting{waiting(incident.Major, rung{incident.MilestoneConclude, "L", -time.Hour, org.Head, nil}, at(17, 40))}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Render(ws, unitName, "hy-1-0", at(17, 40)); err != nil {
			b.Fatal(err)
		}
	}
}
