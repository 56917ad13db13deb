package notify

import (
	"cmp"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"text/template"
	"time"
	"unicode/utf8"

	"huiying/incident"
	"huiying/org"
)

// Renderer turns what waits for a person into one message, at the moment of sending,
// so that the time left is true.
type Renderer struct {
	templates *template.Template
	zone      *time.Location
	// baseURL begins the links; empty for none.
	baseURL string
}

// NewRenderer reads the templates (*.tmpl) of a folder. A template that is missing or
// cannot be read is refused with its name.
func NewRenderer(files fs.FS, zone *time.Location, baseURL string) (*Renderer, error) {
	t, err := template.New("messages").Option("missingkey=error").ParseFS(files, "*.tmpl")
	if err != nil {
		return nil, fmt.Errorf("消息模板有误：%w", err)
	}
	r := &Renderer{templates: t, zone: zone, baseURL: strings.TrimRight(baseURL, "/")}
	for _, name := range []string{"ladder", "result", "supervise", "unreachable", "digest", "bundle", "bundle-line"} {
		if t.Lookup(name) == nil {
			return nil, fmt.Errorf("消息模板缺少 {{define %q}}", name)
		}
	}
	return r, nil
}

// view is what a template sees of one notice.
type view struct {
	ID          incident.ID
	No          string // 3号, 任务3
	Title       string
	ShortTitle  string
	Level       string
	About       string
	Limit       string
	Left        string
	Overdue     bool
	Behind      bool // a step on the way to a recurring duty's limit was missed
	First       bool
	Asked       bool // somebody's review is waited for
	Duty        bool // a recurring duty, no incident
	Watch       bool // 24小时监测 was broken
	Since       string
	Lead        string
	Todo        string
	Unconfirmed string
	Tag         string // 新件、催办、超期、进度落后、办理、督办、未送达
	StandsFor   string
	Missed      string
	Text        string
	Link        string
}

// watchTemplate says that 24小时监测 is broken; a county's own templates may do without it.
const watchTemplate = "watch"

const (
	titleRunes      = 40 // of a title in a message of its own
	shortTitleRunes = 16 // in a bundle's line
	bundleLines     = 12
)

// Render makes the message for a person. key becomes the message's own.
func (r *Renderer) Render(ws []Waiting, units func(org.UnitID) string, key string, now time.Time) (Message, error) {
	first := ws[0].Notice
	m := Message{Key: key, Urgency: first.Urgency}
	if first.File != nil {
		return r.fileMessage(ws[0], m), nil
	}
	if len(ws) > 1 {
		return r.bundle(ws, units, m, now)
	}
	v := r.view(ws[0], units, now)
	name := string(first.Kind)
	if v.Watch && first.Kind == incident.NoticeLadder && r.templates.Lookup(watchTemplate) != nil {
		name = watchTemplate
	}
	if r.templates.Lookup(name) == nil {
		name = string(incident.NoticeResult)
	}
	text, err := r.run(name, v)
	if err != nil {
		return m, err
	}
	m.Title, _, _ = strings.Cut(text, "\n")
	m.Text, m.URL = text, v.Link
	m.Markdown = markdown(text, v.Link)
	if first.Incident != 0 {
		m.Card = card(ws[0], v)
	}
	return m, nil
}

func (r *Renderer) run(name string, data any) (string, error) {
	var b strings.Builder
	if err := r.templates.ExecuteTemplate(&b, name, data); err != nil {
		return "", fmt.Errorf("render %s: %w", name, err)
	}
	return strings.TrimSpace(Clean(b.String())), nil
}

func (r *Renderer) bundle(ws []Waiting, units func(org.UnitID) string, m Message, now time.Time) (Message, error) {
	var lines []string
	for i, w := range ws {
		if i == bundleLines {
			lines = append(lines, fmt.Sprintf("另有%d件，请到页面查看", len(ws)-i))
			break
		}
		line, err := r.run("bundle-line", r.view(w, units, now))
		if err != nil {
			return m, err
		}
		lines = append(lines, line)
	}
	data := struct {
		Count int
		Lines []string
		Link  string
	}{len(ws), lines, r.link("/incidents?open=1&mine=1")}
	text, err := r.run("bundle", data)
	if err != nil {
		return m, err
	}
	m.Title, _, _ = strings.Cut(text, "\n")
	m.Text, m.URL, m.Markdown = text, data.Link, markdown(text, data.Link)
	return m, nil
}

func (r *Renderer) link(path string) string {
	if r.baseURL == "" {
		return ""
	}
	return r.baseURL + path
}

func (r *Renderer) view(w Waiting, units func(org.UnitID) string, now time.Time) view {
	n, b := w.Notice, w.Brief
	v := view{
		ID: n.Incident, No: n.Incident.No(), Title: CutRunes(oneLine(b.Title), titleRunes), ShortTitle: CutRunes(oneLine(b.Title), shortTitleRunes),
		Level: b.Level.Chinese(), StandsFor: n.StandsFor, Missed: rungNames(n.Missed), Text: n.Text,
		First: (n.Label == "D" || n.Label == "S") && !n.About.Inner(), Asked: n.About == incident.MilestoneReview,
	}
	if b.Lead != "" {
		v.Lead = units(b.Lead)
	}
	switch {
	case n.Incident == 0:
		v.Link = r.link(cmp.Or(n.Path, "/"))
	case b.Duty != "":
		v.Duty, v.Level, v.Watch = true, "周期", b.Level == incident.Major
		v.Link = r.link("/duties/" + n.Incident.String())
	default:
		v.Link = r.link("/incidents/" + n.Incident.String())
	}
	if m := b.Milestone; m.Seq != 0 {
		v.About, v.Todo = m.Kind.Chinese(), todo(m.Kind, n.Post)
		v.Limit = incident.Show(m.Limit, r.zone)
		v.Overdue = now.After(m.Limit)
		v.Left = Left(m.Limit, now)
		if v.Watch {
			v.Since = span(now.Sub(m.Limit))
		}
	}
	v.Tag = tag(n.Kind, v.First, v.Overdue)
	if n.Pace {
		v.About = "阶段进度"
		if v.Behind = v.Overdue && n.Kind == incident.NoticeLadder; v.Behind {
			v.Tag = "进度落后"
		}
	}
	if v.Asked && n.Kind == incident.NoticeLadder {
		v.Tag = "待审"
	}
	if b.Level == incident.Emergency && !b.Confirmed {
		v.Unconfirmed = "系统研判为重大突发，请县值班员立即确认"
	}
	return v
}

// tag is the word that begins a message's line.
func tag(kind incident.NoticeKind, first, overdue bool) string {
	switch kind {
	case incident.NoticeResult:
		return "办理"
	case incident.NoticeSupervise:
		return "督办"
	case incident.NoticeUnreachable:
		return "未送达"
	case incident.NoticeLadder, incident.NoticeDigest, incident.NoticeFile:
	}
	switch {
	case first:
		return "新件"
	case overdue:
		return "超期"
	}
	return "催办"
}

// todo is what the reader is asked to do about a milestone.
func todo(kind incident.MilestoneKind, post org.Post) string {
	if post.County() && kind != incident.MilestoneDispatch && !kind.Inner() {
		return "督促承办单位办理"
	}
	switch kind {
	case incident.MilestoneDispatch:
		return "研判并分办到承办单位"
	case incident.MilestoneAccept:
		return "签收；不属本单位职责的，由分管领导在期限内退回"
	case incident.MilestoneFirstReport:
		return "向县委县政府报送首报"
	case incident.MilestoneRespond:
		return "公开作出首次回应"
	case incident.MilestoneRelease:
		return "发布权威信息"
	case incident.MilestonePressConference:
		return "召开新闻发布会"
	case incident.MilestoneRollingRelease:
		return "持续发布进展"
	case incident.MilestonePlan:
		return "办结，或给出处理方案和承诺日期"
	case incident.MilestoneConclude:
		return "办结"
	case incident.MilestoneFeedback:
		return "向来源平台或上级反馈结果"
	case incident.MilestonePart:
		return "按期答复协办意见"
	case incident.MilestoneFollowup:
		return "向县委县政府报送续报，只写新的情况；没有新情况也要报"
	case incident.MilestoneAfterAction:
		return "组织复盘，记录原因和改进措施"
	case incident.MilestoneReview:
		return "打开链接审核：通过，或写明意见退回修改"
	case incident.MilestoneDuty:
		return "按期完成，并填报网址或文号"
	}
	return ""
}

// Left says how long is left until a limit, or how long it is over.
func Left(limit, now time.Time) string {
	d := limit.Sub(now)
	if d >= 0 {
		return "还剩" + span(d)
	}
	return "已超" + span(-d)
}

func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "不到1分钟"
	case d < time.Hour:
		return fmt.Sprintf("%d分钟", d/time.Minute)
	case d < 48*time.Hour:
		if m := d % time.Hour / time.Minute; m > 0 {
			return fmt.Sprintf("%d小时%d分", d/time.Hour, m)
		}
		return fmt.Sprintf("%d小时", d/time.Hour)
	}
	if h := d % (24 * time.Hour) / time.Hour; h > 0 {
		return fmt.Sprintf("%d天%d小时", d/(24*time.Hour), h)
	}
	return fmt.Sprintf("%d天", d/(24*time.Hour))
}

// card is the message as a card with buttons.
func card(w Waiting, v view) *Card {
	n := w.Notice
	c := &Card{Incident: n.Incident, Milestone: n.Milestone, Level: v.Level}
	add := func(name, value string) {
		if value != "" && len(c.Fields) < 6 {
			c.Fields = append(c.Fields, Field{name, value})
		}
	}
	if !v.Duty {
		add("等级", v.Level)
	}
	add("时限", v.About)
	add("最迟", v.Limit)
	add("时间", v.Left)
	add("主办", v.Lead)
	add("代", v.StandsFor)
	key := func(command string) string { return fmt.Sprintf("%s:%s:%d", command, n.Incident, n.Milestone) }
	if n.About == incident.MilestoneAccept && !n.Post.County() {
		c.Buttons = append(c.Buttons, Button{"签收", key("accept"), 1})
	}
	c.Buttons = append(c.Buttons, Button{"知悉", key("acknowledge"), 2})
	if (n.About == incident.MilestoneConclude || n.About == incident.MilestonePlan) && !n.Post.County() {
		c.Buttons = append(c.Buttons, Button{"申请延期", key("ask_extension"), 2})
	}
	if n.Post.County() && n.About == incident.MilestoneDispatch {
		c.Buttons = append(c.Buttons, Button{"分办", key("dispatch"), 1})
	}
	switch {
	case v.Duty && !n.Post.County():
		c.Buttons = append(c.Buttons, Button{"履行", key("fulfil"), 1})
	case !v.Duty && !n.Post.County():
		c.Buttons = append(c.Buttons, Button{"转办", key("pass"), 2})
	}
	c.Buttons = append(c.Buttons, Button{"查看", key("view"), 2})
	return c
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// markdown makes a message's first line bold and its link clickable; text from outside
// is shown as text.
func markdown(text, link string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		switch {
		case link != "" && l == link:
			lines[i] = "[查看详情](" + link + ")"
		case i == 0:
			lines[i] = "**" + EscapeMarkdown(l) + "**"
		default:
			lines[i] = EscapeMarkdown(l)
		}
	}
	return strings.Join(lines, "\n")
}

// EscapeMarkdown replaces what a platform might read as markup by its full-width twin,
// which every client shows alike.
func EscapeMarkdown(s string) string {
	return markup().Replace(s)
}

//nolint:gochecknoglobals // made once, never written
var markup = sync.OnceValue(func() *strings.Replacer {
	return strings.NewReplacer("<", "＜", ">", "＞", "*", "＊", "_", "＿", "`", "｀", "[", "［", "]", "］", "#", "＃")
})

// CutRunes shortens a text to at most n characters, the last being … if any were cut.
func CutRunes(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	if n <= 0 {
		return ""
	}
	return string([]rune(s)[:n-1]) + "…"
}

// CutBytes shortens a text to at most n bytes, at the end of a line if one is near,
// never within a character, and says that it was cut.
func CutBytes(s string, n int) string {
	note := "\n…（内容较长，详见页面）"
	if len(s) <= n {
		return s
	}
	if n < len(note) { // no room to say so
		note = ""
	}
	keep := max(n-len(note), 0)
	for keep > 0 && !utf8.RuneStart(s[keep]) {
		keep--
	}
	cut := s[:keep]
	if i := strings.LastIndexByte(cut, '\n'); i > len(cut)/2 {
		cut = cut[:i]
	}
	return cut + note
}
