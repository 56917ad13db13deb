package web_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"huiying/incident"
	"huiying/org"
)

// offered are the forms on a page: first those that are waited for, after | the others.
func offered(body string) string {
	now, other, _ := strings.Cut(body, "其他操作")
	list := func(part string) string {
		var out []string
		for _, m := range regexp.MustCompile(`action="/incidents/\d+/(\w+)`).FindAllStringSubmatch(part, -1) {
			if m[1] != "unmask" {
				out = append(out, m[1])
			}
		}
		return strings.Join(out, " ")
	}
	return strings.TrimSpace(list(now) + " | " + list(other))
}

func TestForms_WhoIsOfferedWhat(t *testing.T) {
	t.Parallel()
	h := busy(t)
	for _, tc := range []struct {
		by   org.PersonID
		id   incident.ID
		want string
	}{
		{"zhiban", 5, "assess dispatch | regrade merge comment supervise finding"},
		{"zhiban", 2, "assess dispatch acknowledge | regrade merge comment supervise finding"},
		{"zhuren", 1, "| dispatch designate regrade consult first_report compose draft press_conference merge void comment supervise finding retime"},
		{"jingban", 1, "accept draft compose | progress consult ask_extension first_report press_conference comment acknowledge"},
		{"fenguan", 1, "accept return draft conclude compose | progress consult ask_extension first_report press_conference comment"},
		{"juzhang", 1, "accept return draft conclude compose | progress consult ask_extension first_report press_conference comment"},
		{"huanbao", 1, "| comment"},
		{"fenguan", 4, "draft feedback compose | first_report press_conference after_action comment"},
		{"zhiban", 4, "| regrade first_report compose draft press_conference feedback verify after_action reopen archive comment finding"},
		{"huanju", 3, "accept return draft plan conclude compose | progress consult ask_extension first_report press_conference comment acknowledge"},
		{"screen", 1, "|"},
	} {
		if got := offered(h.signIn(t, tc.by).get("/incidents/" + tc.id.String()).Body.String()); got != tc.want {
			t.Errorf("%s is offered on %s:\n %s, want\n %s", tc.by, tc.id, got, tc.want)
		}
	}
}

// TestForms_EveryCommand goes through every command by its form.
func TestForms_EveryCommand(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	e := report("化工车间发生爆炸")
	h.register(t, e)
	h.register(t, report("一件一般的事"))
	h.register(t, report("又一件"))
	by := map[org.PersonID]*browsing{}
	for _, step := range []struct {
		by     org.PersonID
		id     int
		do     string
		fields map[string]string
		shows  []string
	}{
		{"zhiban", 1, "assess", map[string]string{"level": "emergency", "reason": "电话核实"}, []string{"研判为重大突发，理由：电话核实"}},
		{"zhiban", 1, "dispatch", map[string]string{"lead": "zjj", "assisting": "sthjj", "requirements": "立即处置"}, []string{"分办给县住建局，协办：县生态环境局，要求：立即处置"}},
		{"zhiban", 1, "acknowledge", nil, []string{"值班甲已知悉"}},
		{"jingban", 1, "accept", nil, []string{"县住建局签收"}},
		{"huanbao", 1, "accept", nil, []string{"县生态环境局签收"}},
		{"jingban", 1, "first_report", map[string]string{"text": "伤亡待核实"}, []string{"首报：伤亡待核实"}},
		{"jingban", 1, "first_report", map[string]string{"text": "原因查明", "final": "1"}, []string{"终报：原因查明"}},
		{"jingban", 1, "progress", map[string]string{"text": "火已扑灭"}, []string{"进展：火已扑灭"}},
		{"fuxian", 1, "consult", map[string]string{
			"participants": "宣传部、网信办、县住建局", "facts": "截至17时3人受伤", "wording": "3人受伤，原因正在调查", "division": "县生态环境局：监测空气，11月21日前\n县住建局：拟稿",
		}, []string{"口径：3人受伤，原因正在调查；分工：县生态环境局：监测空气（11月21日24:00前）；县住建局：拟稿", "第1次", "监测空气，期限11月21日24:00"}},
		{"jingban", 1, "compose", map[string]string{"county": "1"}, []string{"起草初稿：回应稿1《关于化工车间发生爆炸的情况通报》第1版，由模板填写，须有人核改或采用后才能送审", "初稿由模板填写，须人工核改或采用", "已采取的措施：11月20日16:40火已扑灭。", "统一口径：3人受伤，原因正在调查。", "<b>会商口径</b> 3人受伤，原因正在调查（", "以县政府名义"}},
		{"jingban", 1, "draft", map[string]string{"draft": "1", "title": "情况通报", "text": "火已扑灭，正在排查。咨询电话12345。"}, []string{"拟稿：回应稿1《情况通报》第2版，在机器起草的初稿上核改", "火已扑灭，正在排查。", "初稿由模板填写，经办丁核改"}},
		{"jingban", 1, "draft", map[string]string{"draft": "1", "title": "情况通报", "text": "明火已扑灭，正在排查。咨询电话12345。"}, []string{"回应稿1《情况通报》第3版", "<ins>明</ins>"}},
		{"jingban", 1, "submit", map[string]string{"secrecy": "1", "privacy": "1"}, []string{"请初审、复审、终审", "等待审核，还剩15分钟"}},
		{"fenguan", 1, "review", map[string]string{"approve": "no", "comment": "写明下次发布时间"}, []string{"复审退回修改：回应稿1《情况通报》第3版，意见：写明下次发布时间"}},
		{"jingban", 1, "draft", map[string]string{"draft": "1", "title": "情况通报", "text": "明火已扑灭，正在排查，21时再次发布。咨询电话12345。"}, []string{"须重新三审"}},
		{"jingban", 1, "submit", map[string]string{"secrecy": "1", "privacy": "1"}, nil},
		{"juzhang", 1, "review", map[string]string{"approve": "yes"}, []string{"终审通过：回应稿1《情况通报》第4版"}},
		{"fenguan", 1, "review", map[string]string{"approve": "yes", "comment": "可"}, []string{"复审通过：回应稿1《情况通报》第4版：可"}},
		{"zhuren", 1, "review", map[string]string{"approve": "yes"}, []string{"初审通过：回应稿1《情况通报》第4版，三审完毕，可以发布"}},
		{"huanju", 1, "countersign", map[string]string{"agree": "yes"}, []string{"会签同意：回应稿1《情况通报》第4版"}},
		{"jingban", 1, "respond", map[string]string{"address": "https://example.com/1", "channel": "论坛"}, []string{"首次回应：https://example.com/1"}},
		{"juzhang", 1, "release", map[string]string{"address": "https://example.com/2", "channel": "县政府网站", "speaker": "局长己", "head_spoke": "1"}, []string{"权威发布：https://example.com/2"}},
		{"fuxian", 1, "press_conference", map[string]string{"place": "县政府", "speaker": "副县丙"}, []string{"新闻发布会：县政府，发布人副县丙"}},
		{"zhuren", 1, "finding", map[string]string{"what": "omitted", "unit": "sthjj", "known_at": "2026-11-20T16:40", "found_by": "县网信办", "reason": "知情未报", "evidence": "值班记录"}, []string{"报送认定第1号：认定县生态环境局漏报：知情未报；依据：值班记录", "由县网信办发现"}},
		{"zhuren", 1, "revoke_finding", map[string]string{"finding": "1", "reason": "查无实据"}, []string{"撤销报送认定第1号（漏报）：查无实据"}},
		{"fuxian", 1, "supervise", map[string]string{"text": "加快"}, []string{"督办：加快"}},
		{"jingban", 1, "plan", map[string]string{"promised_at": "2026-11-30", "text": "搬迁"}, []string{"承诺11月30日前办结：搬迁", "11月30日24:00"}},
		{"juzhang", 1, "conclude", map[string]string{"kind": "resolved", "result": "已处置"}, []string{"办结（已解决）：已处置", "已办结"}},
		{"jingban", 1, "feedback", map[string]string{"address": "政函1号"}, []string{"反馈：政函1号"}},
		{"zhiban", 1, "verify", map[string]string{"result": "unsatisfied", "text": "仍有异味"}, []string{"回访：不满意：仍有异味"}},
		{"jingban", 1, "after_action", map[string]string{
			"happened": "车间爆炸", "well": "处置快", "ill": "首报晚", "causes": "值守无人", "took_part": "局长己、经办丁",
			"measures": "1. 县住建局：排值班表，11月30日前\n县生态环境局：配监测设备，2026-12-20",
		}, []string{"改进措施2条：县住建局：排值班表（11月30日24:00前）；县生态环境局：配监测设备（12月20日24:00前）", "经办丁记录", "首报晚", "12月20日24:00"}},
		{"zhiban", 1, "reopen", map[string]string{"reason": "异味未除"}, []string{"二次办理（第1次重办，回访不满意），理由：异味未除"}},
		{"zhuren", 1, "retime", map[string]string{"reason": "节假日已公布"}, []string{"重算时限，理由：节假日已公布"}},
		{"zhiban", 2, "dispatch", map[string]string{"lead": "zjj"}, nil},
		{"fenguan", 2, "return", map[string]string{"reason": "不属我局职责", "suggest": "sthjj"}, []string{"县住建局退回，理由：不属我局职责，建议由县生态环境局承办"}},
		{"zhuren", 2, "designate", map[string]string{"lead": "zjj", "reason": "职责明确"}, []string{"指定县住建局承办，不得退回", "县住建局（指定承办）"}},
		{"jingban", 2, "ask_extension", map[string]string{"days": "2", "reason": "等待检测"}, []string{"申请延期2天，理由：等待检测"}},
		{"zhuren", 2, "refuse_extension", map[string]string{"reason": "材料不足"}, []string{"不予延期：材料不足"}},
		{"jingban", 2, "ask_extension", map[string]string{"days": "1", "reason": "补充材料"}, nil},
		{"fuxian", 2, "grant_extension", map[string]string{"answer": "同意"}, []string{"准予延期1天：同意"}},
		{"zhiban", 2, "regrade", map[string]string{"to": "major", "kind": "development", "happened_at": "2026-11-20T16:40", "reason": "扩散"}, []string{"事态发展，由一般调整为重大问题"}},
		{"zhiban", 2, "comment", map[string]string{"text": "已电话沟通"}, []string{"备注：已电话沟通"}},
		{"zhiban", 3, "merge", map[string]string{"into": "2", "reason": "同一件事"}, []string{"并入2号", "本件已并入"}},
		{"zhiban", 3, "split", map[string]string{"reason": "并错了"}, []string{"从2号拆出"}},
		{"zhuren", 3, "void", map[string]string{"reason": "重复"}, []string{"作废，理由：重复", "已作废"}},
	} {
		if by[step.by] == nil {
			by[step.by] = h.signIn(t, step.by)
		}
		page := fmt.Sprintf("/incidents/%d", step.id)
		w := by[step.by].fill(page, page+"/"+step.do, step.fields)
		if w.Code != 303 || w.Header().Get("Location") != page {
			t.Fatalf("%s %d by %s answers %d:\n%s", step.do, step.id, step.by, w.Code, w.Body)
		}
		body := by[step.by].get(page).Body.String()
		mustHave(t, body, append(step.shows, "“"+incident.Kind(step.do).Chinese()+"”已办好")...)
		mustNotHave(t, by[step.by].get(page).Body.String(), "已办好")
	}
}

func TestForms_RefusalKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	h := busy(t)
	jingban, zhiban, fenguan := h.signIn(t, "jingban"), h.signIn(t, "zhiban"), h.signIn(t, "fenguan")
	for _, tc := range []struct {
		name   string
		b      *browsing
		id     int
		do     string
		fields map[string]string
		status int
		shows  []string
	}{
		{
			"empty field", fenguan, 1, "return",
			map[string]string{"reason": " ", "suggest": "sthjj"},
			400,
			[]string{`<span class="error" role="alert" id="return-reason-error">请填写退回理由。</span>`, `<option value="sthjj" selected>`, "还没有办成"},
		},
		{
			"not a number", jingban, 1, "ask_extension",
			map[string]string{"days": "两天", "reason": "等待检测<b>"},
			400,
			[]string{"“两天”不是数字", `value="两天"`, "等待检测&lt;b&gt;</textarea>"},
		},
		{
			"too many days, as the rules say", jingban, 1, "ask_extension",
			map[string]string{"days": "30", "reason": "等待检测"},
			400,
			[]string{`id="ask_extension-days-error">延期天数须在1至3天之间`, `value="30"`},
		},
		{
			"in the future", jingban, 1, "press_conference",
			map[string]string{"place": "县政府", "speaker": "王局长", "at": "2026-12-01T08:00"},
			400,
			[]string{`id="press_conference-at-error">时间不能晚于现在`, `value="2026-12-01T08:00"`, `value="王局长"`},
		},
		{
			"not a time", jingban, 1, "press_conference",
			map[string]string{"place": "x", "speaker": "x", "at": "明天"},
			400,
			[]string{"“明天”不是时间，请写成 2026-11-20 16:40。"},
		},
		{
			"what a conclusion needs", fenguan, 1, "conclude",
			map[string]string{"kind": "explained", "result": "政策不支持"},
			400,
			[]string{`id="conclude-basis-error">请填写政策或法律依据`, "政策不支持</textarea>", `<option value="explained" selected>`},
		},
		{"no choice", zhiban, 5, "dispatch", map[string]string{"lead": ""}, 400, []string{"请选择主办单位"}},
		{"merged into none", zhiban, 5, "merge", map[string]string{"into": "99", "reason": "同一件事"}, 400, []string{"没有99号事件", `value="99"`}},
		{"not in this state", zhiban, 4, "archive", nil, 409, []string{"还有未完成的时限节点"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			page := fmt.Sprintf("/incidents/%d", tc.id)
			w := tc.b.fill(page, page+"/"+tc.do, tc.fields)
			if w.Code != tc.status {
				t.Errorf("answers %d, want %d", w.Code, tc.status)
			}
			mustHave(t, w.Body.String(), tc.shows...)
		})
	}
}

// TestForms_RefusedWithoutAFormOfItsOwn: another may have acted meanwhile, so that the
// page does not offer the form any more.
func TestForms_RefusedWithoutAFormOfItsOwn(t *testing.T) {
	t.Parallel()
	h := busy(t)
	b := h.signIn(t, "jingban")
	form := b.form("/incidents/1", "/incidents/1/accept")
	h.do(t, "fenguan", 1, incident.Conclude{ConcludeKind: incident.Resolved, Result: "已修复"})
	w := b.post("/incidents/1/accept", form)
	if w.Code != 409 {
		t.Errorf("answers %d", w.Code)
	}
	mustHave(t, w.Body.String(), "事件现在是“已办结”，不能“签收”")
	for _, kind := range []string{"tell", "absorb", "register", "nonsense"} {
		if w := b.post("/incidents/1/"+kind, form); w.Code != 404 {
			t.Errorf("%s answers %d, want 404", kind, w.Code)
		}
	}
}

func TestForms_SentTwiceCountOnce(t *testing.T) {
	t.Parallel()
	h := busy(t)
	b := h.signIn(t, "jingban")
	form := b.form("/incidents/1", "/incidents/1/progress")
	form.Set("text", "到达现场")
	for range 2 {
		if w := b.post("/incidents/1/progress", form); w.Code != 303 {
			t.Fatalf("answers %d", w.Code)
		}
	}
	form.Set("text", "到达现场，已处置")
	b.post("/incidents/1/progress", form)
	entries, err := h.db.Log(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, e := range entries {
		if e.Command == incident.KindProgress {
			said = append(said, e.Text)
		}
	}
	if got := strings.Join(said, "|"); got != "进展：到达现场|进展：到达现场，已处置" {
		t.Errorf("the log says %s: the same form counts once, a changed one anew", got)
	}
}

func TestRegisterForm(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.signIn(t, "zhiban")
	mustHave(t, b.get("/register").Body.String(), `<option value="12345热线">`, "由系统研判", "填写即同时分办")
	form := b.form("/register", "/register")
	for name, value := range map[string]string{
		"source": "县长信箱", "title": "路面塌陷", "text": "请尽快修复", "place": "城西", "reported_at": "2026-11-20T15:00",
		"reporter_name": "王小二", "reporter_phone": "13711112222", "level": "major", "lead": "zjj",
	} {
		form.Set(name, value)
	}
	for range 2 {
		if w := b.post("/register", form); w.Code != 303 || w.Header().Get("Location") != "/incidents/1" {
			t.Fatalf("registering answers %d to %s: %s", w.Code, w.Header().Get("Location"), w.Body)
		}
	}
	body := b.get("/incidents/1").Body.String()
	mustHave(t, body, "已登记。", "路面塌陷", "重大问题", "已分办", "县住建局", "王**", "137****2222", "接报", "11月20日15:00")
	mustNotHave(t, body, "王小二", "web:", "重复登记")
	form.Set("title", "另一处路面塌陷")
	if w := b.post("/register", form); w.Header().Get("Location") != "/incidents/2" {
		t.Errorf("another report leads to %s", w.Header().Get("Location"))
	}
	for _, want := range []string{"/incidents/3", "/incidents/3"} {
		w := b.fill("/register", "/register", map[string]string{"source": "12345热线", "external_id": "W9", "title": "停水"})
		if w.Header().Get("Location") != want {
			t.Errorf("leads to %s, want %s", w.Header().Get("Location"), want)
		}
	}
	mustHave(t, b.get("/incidents/3").Body.String(), "没有重复登记", "12345热线（编号 W9）")
}

func TestRegisterForm_LimitThatCameWithIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.signIn(t, "zhiban")
	for level, want := range map[string]string{"general": "办结", "major": "给出方案或办结"} {
		w := b.fill("/register", "/register", map[string]string{
			"source": "上级交办", "title": "限期核查", "level": level, "lead": "zjj", "handed_limit": "2026-11-21T12:00",
		})
		if w.Code != 303 {
			t.Fatalf("registering answers %d: %s", w.Code, w.Body)
		}
		body := b.get(w.Header().Get("Location")).Body.String()
		_, row, _ := strings.Cut(body, "<b>"+want+"</b>")
		row, _, _ = strings.Cut(row, "</tr>")
		mustHave(t, row, "11月21日12:00", "还剩19小时20分钟")
	}
}

func TestRegisterForm_Refusals(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.signIn(t, "jingban")
	mustNotHave(t, b.get("/register").Body.String(), "主办单位")
	w := b.fill("/register", "/register", map[string]string{"title": "停水", "text": "城西<停水>"})
	if w.Code != 400 {
		t.Errorf("without a source it answers %d", w.Code)
	}
	mustHave(t, w.Body.String(), "请填写来源。", `value="停水"`, "城西&lt;停水&gt;</textarea>", "还没有登记")
	w = b.fill("/register", "/register", map[string]string{"source": "12345热线"})
	if w.Code != 400 {
		t.Errorf("with nothing said it answers %d", w.Code)
	}
	mustHave(t, w.Body.String(), `id="register-title-error">标题和内容不能都为空`)
	if w := h.signIn(t, "screen").get("/register"); w.Code != 403 {
		t.Errorf("a viewer gets %d", w.Code)
	}
}

func TestUnmask_OnThePage(t *testing.T) {
	t.Parallel()
	h := busy(t)
	b := h.signIn(t, "jingban")
	w := b.fill("/incidents/1", "/incidents/1/unmask", map[string]string{"reason": ""})
	if w.Code != 400 || strings.Contains(w.Body.String(), "张小明") {
		t.Errorf("without a reason it answers %d", w.Code)
	}
	mustHave(t, w.Body.String(), "请填写查看来件人信息的理由")
	w = b.fill("/incidents/1", "/incidents/1/unmask", map[string]string{"reason": "上门核实"})
	mustHave(t, w.Body.String(), "张小明", "13812341234", "本次查看已记入办理记录", "查看来件人信息，理由：上门核实")
	mustNotHave(t, b.get("/incidents/1").Body.String(), "张小明", "13812341234")
	other := h.signIn(t, "huanbao")
	mustNotHave(t, other.get("/incidents/1").Body.String(), "查看来件人信息</summary>")
	form := url.Values{"reason": {"好奇"}, "csrf": {other.form("/incidents/1", "/incidents/1/comment").Get("csrf")}}
	if w := other.post("/incidents/1/unmask", form); w.Code != 403 || strings.Contains(w.Body.String(), "张小明") {
		t.Errorf("another unit gets %d", w.Code)
	}
}
