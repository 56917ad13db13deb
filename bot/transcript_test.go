package bot_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"huiying/bot/console"
	"huiying/configs"
	"huiying/notify"
)

var update = flag.Bool("update", false, "write the golden files")

const transcript = "../docs/chat.md"

// story plays conversations in terminals and writes down what was said, and what messages
// went out because of it.
type story struct {
	*house
	out      bytes.Buffer
	chats    map[string]*console.Chat
	screen   bytes.Buffer
	renderer *notify.Renderer
	speaker  string
}

func newStory(t *testing.T) *story {
	t.Helper()
	s := &story{house: open(t), chats: map[string]*console.Chat{}}
	templates, err := fs.Sub(configs.Builtin(), "templates")
	s.must(err)
	s.renderer, err = notify.NewRenderer(templates, zone(), "")
	s.must(err)
	return s
}

// part begins a part of the story.
func (s *story) part(title, about string) {
	s.close()
	fmt.Fprintf(&s.out, "\n## %s\n\n%s\n", title, about)
}

func (s *story) close() {
	if s.speaker != "" {
		s.out.WriteString("```\n")
	}
	s.speaker = ""
}

func (s *story) fence() {
	if s.speaker == "" {
		s.out.WriteString("\n```text\n")
	}
}

// says lets somebody write a line, or tap a button by its words.
func (s *story) says(who, line string) {
	s.tb.Helper()
	c := s.chats[who]
	if c == nil {
		p, ok := s.desk.Directory().FindPerson(who)
		if !ok {
			s.tb.Fatalf("nobody is called %s", who)
		}
		c = &console.Chat{Listener: s.talk, Clock: s.clock, Out: &s.screen, From: string(p.ID), Session: "story-" + string(p.ID)}
		s.chats[who] = c
	}
	s.fence()
	if s.speaker != "" {
		s.out.WriteString("\n")
	}
	s.speaker = who
	fmt.Fprintf(&s.out, "%s %s> %s\n", s.clock.Now().In(zone()).Format("15:04"), who, line)
	s.screen.Reset()
	s.must(c.Say(s.tb.Context(), line))
	s.out.WriteString(strings.TrimRight(s.screen.String(), "\n") + "\n")
	s.deliver()
}

// until moves the clock to hh:mm of a day of November 2026, and everything that falls due
// on the way happens.
func (s *story) until(day int, hhmm string) {
	s.tb.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", fmt.Sprintf("2026-11-%02d %s", day, hhmm), zone())
	s.must(err)
	s.fence()
	s.speaker = " "
	fmt.Fprintf(&s.out, "\n—— 到11月%d日%s ——\n", day, hhmm)
	for {
		next, err := s.desk.Fire(s.tb.Context(), s.clock.Now())
		s.must(err)
		s.deliver()
		if next.IsZero() || next.After(at) {
			break
		}
		s.clock.Advance(next.Sub(s.clock.Now()))
	}
	s.clock.Advance(at.Sub(s.clock.Now()))
}

// deliver sends what waits, as the courier does, and writes down who got what.
func (s *story) deliver() {
	s.tb.Helper()
	ctx := context.WithoutCancel(s.tb.Context())
	for {
		parcels, _, err := s.db.Claim(ctx, s.clock.Now(), 50)
		s.must(err)
		if len(parcels) == 0 {
			return
		}
		told := map[string][]string{}
		var titles []string
		for _, p := range parcels {
			m, err := s.renderer.Render(p.Notices, s.desk.Directory().UnitName, "k", s.clock.Now())
			s.must(err)
			if told[m.Title] == nil {
				titles = append(titles, m.Title)
			}
			told[m.Title] = append(told[m.Title], s.desk.Directory().PersonName(p.Person))
			ids := make([]notify.NoticeID, len(p.Notices))
			for i, n := range p.Notices {
				ids[i] = n.ID
			}
			id, err := s.db.Prepare(ctx, notify.Envelope{Person: p.Person, Channel: "story", To: "x", Key: fmt.Sprintf("k%d", ids[0]), Body: []byte("x"), Notices: ids}, s.clock.Now())
			s.must(err)
			s.must(s.db.Settle(ctx, notify.Result{Envelope: id, Notices: ids, Outcome: notify.Outcome{Status: notify.Sent}}, s.clock.Now()))
		}
		for _, title := range titles {
			fmt.Fprintf(&s.out, "    %s → %s：%s\n", s.clock.Now().In(zone()).Format("15:04"), strings.Join(told[title], "、"), title)
		}
	}
}

// TestTranscript plays whole lives of incidents in terminals; docs/chat.md is what was said.
func TestTranscript(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	s.tell()
	s.close()
	got := preface + s.out.String() + walked
	want, err := os.ReadFile(transcript)
	if *update {
		s.must(os.WriteFile(transcript, []byte(got), 0o644))
		return
	}
	s.must(err)
	if got != string(want) {
		t.Errorf("docs/chat.md is not what is said any more; look at the difference and run: go test -tags sqlite_fts5 ./bot -run TestTranscript -update\n%s", firstDifference(got, string(want)))
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			end := ""
			if i < len(w) {
				end = w[i]
			}
			return fmt.Sprintf("line %d:\n got  %s\n want %s", i+1, g[i], end)
		}
	}
	return "it ends earlier"
}

const preface = `# 对话

在企业微信、Telegram 和终端里说的话一样、答的也一样。终端里这样开始：

    huiying chat --as 值班员

按钮前的数字是编号，输入编号就是点它。下面是一段完整的记录：一行以“时间 姓名>”开头的是人说的，缩进的“→”是系统因此发出的消息。

这份记录由测试写出（` + "`go test -tags sqlite_fts5 ./bot -run TestTranscript -update`" + `），时钟是模拟的，人和事是虚构的。
`

func (s *story) tell() {
	const duty, handler, boss, director = "钱值班", "黄经办", "黄局长", "郑主任"
	s.part("登记一件突发事件", "值班员发一句话、再点一下。第一次点之前什么都没有登记。")
	s.says(duty, "帮助")
	s.says(duty, "网友在抖音发视频，城东物流园仓库起火，有12人被困，3人受伤，浓烟很大")
	s.says(duty, "单位改为应急局")
	s.says(duty, "1")
	s.part("承办单位签收、首报、报进展", "经办人点一下就签收；下一步要做什么、最迟几点，跟着回答一起来。")
	s.says(handler, "我的")
	s.says(handler, "签收1号")
	s.says(handler, "1")
	s.says(handler, "火势已控制，被困12人全部救出，3人轻伤送医，起火原因待核实。")
	s.says(duty, "1号现在怎么样")
	s.says(duty, "1号催一下")
	s.says(duty, "1")
	s.says(handler, "进展1号 明火已扑灭，正在清理现场")

	s.part("到时没有发布：逐级催办", "时限由系统盯着。领导问一句“逾期”就知道差在哪里。")
	s.until(20, "15:05")
	s.says(director, "逾期")
	s.says(director, "督办1号 请主要负责人立即签发权威发布")
	s.says(boss, "发布1号 https://www.example.gov.cn/notice/1")
	s.says(handler, "起草初稿1号")
	s.says(handler, "采用1号")
	s.says(handler, "2")
	s.says(handler, "关于城东物流园仓库火灾的情况通报")
	s.says(handler, "今天上午城东物流园一仓库起火，明火已扑灭，被困12人全部救出，3人轻伤送医，起火原因正在调查。17时再次发布。咨询电话12345。")
	s.says(handler, "送审1号")
	s.says(handler, "1")
	s.says(handler, "1")
	s.says("黄科长", "审核1号")
	s.says("黄科长", "1")
	s.says("黄副局长", "审核1号")
	s.says("黄副局长", "1")
	s.says(boss, "审核1号")
	s.says(boss, "1")
	s.says(boss, "发布1号 https://www.example.gov.cn/notice/1")
	s.says(boss, "发布会1号")
	s.says(boss, "县融媒体中心")
	s.says(boss, "县应急管理局局长黄某")

	s.part("一件热线工单：退回、改派、延期、办结、反馈", "“3号”“#3”“三号”都行；平常的话里要改动什么，先请您确认。")
	s.says(duty, "12345转来，工单号20261120001，来电人张先生13812345678：和平小区3号楼前路灯坏了一周，晚上出行不便")
	s.says(duty, "改单位")
	s.says(duty, "县住建局")
	s.says(duty, "1")
	s.says("王副局长", "2号不归我们管，应由城管局负责，退回")
	s.says("王副局长", "1")
	s.says(duty, "把2号转给城管局")
	s.says(duty, "1")
	s.says(s.person("县城管局", "handler"), "收到，2号我们签收")
	s.says(s.person("县城管局", "handler"), "签收二号")
	s.says(s.person("县城管局", "handler"), "延期 2号 2天 更换的灯具须从市里调运")
	s.says(director, "我的")
	s.says(director, "同意延期2号")
	s.until(22, "09:30")
	s.says(s.person("县城管局", "deputy"), "2号办完了")
	s.says(s.person("县城管局", "deputy"), "1")
	s.says(s.person("县城管局", "deputy"), "路灯已更换，恢复照明")
	s.says(s.person("县城管局", "deputy"), "1")
	s.says(s.person("县城管局", "handler"), "反馈2号 工单20261120001已回复来电人")
	s.says(duty, "归档2号")
	s.says(duty, "1")

	s.part("会商、协办、续报、办结和复盘", "先统一口径再对外；分给协办单位的就是它的任务；重大和突发办结后十个工作日内复盘。")
	s.says(duty, "分办1号 应急局，协办水利局")
	s.says(s.person("县水利局", "handler"), "签收1号")
	s.says(director, "会商1号")
	s.says(director, "县政府办、宣传部、县应急管理局、县水利局")
	s.says(director, "截至22日9时，3人轻伤，已全部出院")
	s.says(director, "3人轻伤均已出院，起火原因为电气线路故障")
	s.says(director, "检查仓库消防用水")
	s.says(director, "县水利局：检查仓库消防用水，11月23日12点前")
	s.says(s.person("县水利局", "handler"), "协办意见1号 两处消防水池蓄水不足，已补满")
	s.says(handler, "终报1号 起火原因为电气线路故障，3人轻伤已出院，责任单位已停业整改")
	s.says(boss, "办结1号 已解决 伤员出院，责任单位停业整改")
	s.says(boss, "1")
	s.says(handler, "复盘1号")
	s.says(handler, "10时接报，11时15分救出全部被困人员，发布超时5分钟")
	s.says(handler, "被困人员半小时内全部救出")
	s.says(handler, "发布超过5小时，终审找不到人")
	s.says(handler, "值班表没有写代班人")
	s.says(handler, "县应急管理局：每周公布代班表")
	s.says(handler, "县应急管理局：每周公布代班表，12月1日前")
	s.says(handler, "黄局长、黄副局长、黄经办")

	s.part("中途换话题、取消、点晚了", "没登记完的草稿留着；晚点、重点、别人点，都告诉您现在的真实情况。")
	s.says(duty, "登记")
	s.says(duty, "河东乡河东大桥桥面有裂缝，过往车辆多，村民担心安全")
	s.says(duty, "有没有超期的")
	s.says(duty, "继续")
	s.says(duty, "单位报送")
	s.says(duty, "取消")
	s.says(s.person("县城管局", "handler"), "签收2号")
	s.says(s.person("县城管局", "handler"), "督办1号")

	s.part("周期任务", "县通知里按期要做的事：到期前提醒，做完了发网址或文号。")
	if _, err := s.desk.OpenDuties(s.tb.Context(), s.clock.Now()); err != nil {
		s.tb.Fatal(err)
	}
	s.says("李经办", "任务")
	s.says("李经办", "登记任务")
	s.says("李经办", "政策解读")
	s.says("李经办", "《农村宅基地管理办法》")
	s.says("李经办", "1")
	s.says("李经办", "履行")
	s.says("李经办", "https://www.example.gov.cn/jd/1")
	s.says("李经办", "1")
	s.says(duty, "登记任务 D9 2026-031 住建局 昨天")
	s.says(duty, "1")
	s.says(duty, "任务 逾期")
	s.says("王经办", "延期任务21 20天 需征求第三方意见")
	s.says("王经办", "签收任务21")

	s.part("值班、请假和交接班", "消息总是发给在班的人；请假写上谁代班，代班的人就能办。")
	s.says(duty, "值班 今天18点到明天8点 冯值班")
	s.says(duty, "1")
	s.says("李经办", "请假 明天 李科长代")
	s.says("李经办", "1")
	s.says(duty, "值班")
	s.says(duty, "签到")
	s.until(22, "18:05")
	s.says("冯值班", "签到")
	s.says(duty, "交班")
}
