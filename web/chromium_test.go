package web_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/internal/browser"
	"huiying/web"
)

// TestPages_InARealBrowser signs in, reads the board, opens an incident, accepts it and
// logs progress, on a desk and on a phone, with the page's script and without.
func TestPages_InARealBrowser(t *testing.T) {
	t.Parallel()
	b := browser.New(t)
	for _, tc := range []struct { //nolint:paralleltest // the rows share one window
		name    string
		scripts bool
		width   int
		phone   bool
	}{
		{"desk", true, 1280, false},
		{"desk without script", false, 1280, false},
		{"phone", true, 375, true},
		{"phone without script", false, 375, true},
	} {
		// One browser, one after the other: each needs the window for itself.
		t.Run(tc.name, func(t *testing.T) {
			h := busy(t, func(d *web.Deps) { d.Simulated = true })
			server := httptest.NewServer(h)
			t.Cleanup(server.Close)
			b.For(t)
			b.Scripts(tc.scripts)
			b.Size(tc.width, 800, tc.phone)
			picture := func(page string) {
				b.Picture(fmt.Sprintf("%d-%s-%v", tc.width, page, tc.scripts))
				if got := b.Width(); got > tc.width {
					t.Errorf("%s is %d px wide in a window of %d: it must be pushed sideways", page, got, tc.width)
				}
			}
			b.Open(server.URL + "/incidents/1")
			b.MustShow("口令")
			picture("login")
			b.Write("#token", h.tokens["jingban"])
			b.Follow("button.main")
			b.MustShow("1号", "城东小区外墙脱落", "模拟时钟")
			b.Open(server.URL + "/")
			b.MustShow("超期", "今日到期", "待分办", "城东小区外墙脱落")
			picture("board")
			b.Follow(`a[href="/incidents/1"]`)
			picture("incident")
			b.Follow(`form[action="/incidents/1/accept"] button`)
			b.MustShow("“签收”已办好", "已签收")
			if state := h.do(t, "zhiban", 1, incident.Comment{Text: "已电话核实"}).State; state != incident.Accepted {
				t.Errorf("after accepting on the page the incident is %s", state)
			}
			b.Follow(`#form-progress button`)
			b.MustShow("请填写进展内容")
			picture("refused")
			b.Write("#progress-text", "已到现场拉设警戒线")
			b.Follow("#form-progress button")
			b.MustShow("“进展”已办好", "已到现场拉设警戒线", "处置中")
			b.Follow(".who button")
			b.MustShow("口令")
			b.Open(server.URL + "/login")
			b.Write("#token", h.tokens["zhiban"])
			b.Follow("button.main")
			picture("board-duty")
			b.Follow(`a[href="/incidents/2"]`)
			picture("incident-duty")
			b.Open(server.URL + "/register")
			picture("register")
			b.Follow("form.who button")
		})
	}
}

// TestPages_LongNamesFit: no page must be pushed sideways, however long titles, names and
// addresses are.
func TestPages_LongNamesFit(t *testing.T) {
	t.Parallel()
	b := browser.New(t)
	h := busy(t)
	data := people()
	data.Units[1].Name = "县住房和城乡建设局（县人民防空办公室、县房地产管理服务中心）"
	data.Persons[3].Name = "阿卜杜热合曼·买买提依明"
	if err := h.desk.SetDirectory(t.Context(), data); err != nil {
		t.Fatal(err)
	}
	r := report(strings.Repeat("关于要求尽快解决某某小区二期住宅楼外墙渗水脱落等质量问题的诉求", 9))
	r.Register.Report.Text = strings.Repeat("A", 400)
	r.Register.Report.URL = "https://example.com/" + strings.Repeat("thread-", 60)
	r.Register.Report.Place = strings.Repeat("城东街道", 20)
	r.Register.Report.ExternalID = strings.Repeat("20261120", 12)
	r.Lead = "zjj"
	h.register(t, r)
	h.do(t, "jingban", 8, incident.Progress{Text: strings.Repeat("B", 300)})
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	b.Open(server.URL + "/login")
	b.Write("#token", h.tokens["jingban"])
	b.Follow("button.main")
	for _, width := range []int{320, 375, 600, 768, 1024, 1280} {
		b.Size(width, 800, width < 700)
		for name, path := range map[string]string{"board": "/?show=all", "incident": "/incidents/8", "register": "/register"} {
			b.Open(server.URL + path)
			if got := b.Width(); got > width {
				t.Errorf("%s is %d px wide in a window of %d", name, got, width)
			}
			b.Picture(fmt.Sprintf("long-%d-%s", width, name))
		}
	}
}

// busy is a house with some incidents: one dispatched and near its limits, an emergency
// that the machine found, one that is overdue, one concluded.
func busy(tb testing.TB, options ...func(*web.Deps)) *house {
	tb.Helper()
	h := newHouse(tb, options...)
	r := report("城东小区外墙脱落砸坏多辆汽车，居民担心安全要求尽快处理")
	r.Register.Report.Text = "住户反映3号楼外墙瓷砖大面积脱落，砸坏楼下停放的汽车，联系物业多次未果。联系电话13812341234。"
	r.Register.Report.Place = "城东街道幸福小区3号楼"
	r.Register.Report.Reporter = incident.Reporter{Name: "张小明", Phone: "13812341234"}
	r.Register.Report.ExternalID = "20261120-0042"
	r.Lead, r.Assisting = "zjj", nil
	h.register(tb, r)
	e := report("网传开发区某化工企业车间发生爆炸，有人员受伤")
	e.Register.Report.Text = "网民发帖称开发区一企业车间发生爆炸，现场有浓烟。"
	e.Register.Report.Source = incident.Source{Name: "某论坛", Kind: incident.SourceWeb, Public: true}
	h.register(tb, e)
	h.register(tb, desk.Registration{Register: incident.Register{
		Report:  incident.Report{Title: "河道异味持续一周，影响沿岸居民生活"},
		Grading: incident.Grading{Level: incident.Major, By: "officer", Confirmed: true},
	}, Lead: "sthjj", Assisting: nil})
	done := report("路灯不亮")
	done.Lead = "zjj"
	c := h.register(tb, done)
	h.do(tb, "fenguan", c.ID, incident.Conclude{ConcludeKind: incident.Resolved, Result: "已修复"})
	h.advance(tb, 70*time.Minute)
	for i := range 3 {
		h.register(tb, report(fmt.Sprintf("咨询公租房申请条件（第%d次来电）", i+1)))
	}
	return h
}
