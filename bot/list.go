package bot

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"huiying/desk"
	"huiying/incident"
	"huiying/notify"
	"huiying/org"
)

// pageOf is how many incidents one message lists, so that it fits a phone.
const pageOf = 8

// most bounds how many incidents a list counts.
const most = 1000

// pieces is a number of incidents, as far as they were counted.
func pieces(n int) string {
	if n >= most {
		return fmt.Sprintf("%d件以上", most)
	}
	return fmt.Sprintf("%d件", n)
}

// units are those whose incidents the person sees first: all for the county's posts
// (nil), else his own.
func (t *turn) units() ([]org.UnitID, bool) {
	if t.by.County() || len(t.by.Holds) == 0 {
		return nil, true
	}
	var out []org.UnitID
	for _, h := range t.by.Holds {
		if !slices.Contains(out, h.Unit) {
			out = append(out, h.Unit)
		}
	}
	return out, false
}

// ofMine lists cases by a filter, of the person's own units where he is not the county's.
func (t *turn) ofMine(ctx context.Context, f desk.Filter, keep func(incident.Case) bool) ([]incident.Case, error) {
	if err := t.Desk.CheckRead(ctx, t.by, 0); err != nil {
		return nil, err //nolint:wrapcheck // a sentence for people
	}
	f.Now = t.now
	units, all := t.units()
	if all {
		return t.Desk.Find(ctx, f, most, keep) //nolint:wrapcheck // a fault of the store
	}
	var out []incident.Case
	for _, u := range units {
		f.Unit = u
		cases, err := t.Desk.Find(ctx, f, most, keep)
		if err != nil {
			return nil, err //nolint:wrapcheck // a fault of the store
		}
		for _, c := range cases {
			if !slices.ContainsFunc(out, func(o incident.Case) bool { return o.ID == c.ID }) {
				out = append(out, c)
			}
		}
	}
	slices.SortStableFunc(out, byDue)
	return out, nil
}

// byDue orders what is due first, and what is due never last.
func byDue(a, b incident.Case) int {
	x, okX := a.NextDue()
	y, okY := b.NextDue()
	switch {
	case okX && okY:
		return x.Limit.Compare(y.Limit)
	case okX:
		return -1
	case okY:
		return 1
	}
	return int(a.ID - b.ID)
}

func always(incident.Case) bool { return true }

// overdue is 逾期: what passed a limit unmet.
func (t *turn) overdue(ctx context.Context, rest string) ([]Reply, error) {
	cases, err := t.ofMine(ctx, desk.Filter{Overdue: true}, always)
	if err != nil {
		return refused(err)
	}
	if len(cases) == 0 {
		return one(say(t.scope() + "没有超期的事项。")), nil
	}
	return one(t.list(fmt.Sprintf("%s超期%s", t.scope(), pieces(len(cases))), "overdue", cases, from(rest), func(c incident.Case) string {
		var late []string
		for _, m := range c.Milestones {
			if m.StateAt(t.now) == incident.Overdue && !m.Kind.Inner() {
				late = append(late, t.owed(c, m)+strings.TrimPrefix(notify.Left(m.Limit, t.now), "已"))
			}
		}
		return strings.Join(late, "、")
	})), nil
}

func (t *turn) scope() string {
	if units, all := t.units(); !all && len(units) == 1 {
		return t.dir.UnitName(units[0])
	} else if !all {
		return "本单位"
	}
	return "全县"
}

// mine is 我的: what waits for this person.
func (t *turn) mine(ctx context.Context, rest string) ([]Reply, error) {
	cases, err := t.ofMine(ctx, desk.Filter{Open: true}, func(c incident.Case) bool { return t.waitsForMe(c) })
	if err != nil {
		return refused(err)
	}
	tasks, err := t.ofMine(ctx, desk.Filter{Duties: true, Open: true}, t.dutyWaits)
	if err != nil {
		return refused(err)
	}
	also := ""
	if len(tasks) > 0 {
		also = "另有周期任务" + pieces(len(tasks)) + "，发「任务」查看。"
	}
	if len(cases) == 0 {
		return one(say(lines("现在没有等您办理的事项。", also))), nil
	}
	r := t.list("等您办理"+pieces(len(cases)), "mine", cases, from(rest), t.waitLine)
	r.Text = lines(r.Text, also)
	return one(r), nil
}

// dutyWaits tells whether a recurring duty waits for this person: his unit owes it, or an
// extension is his to grant.
func (t *turn) dutyWaits(c incident.Case) bool {
	return t.by.In(c.Lead) || c.May(t.by, incident.KindGrantExtension) && slices.ContainsFunc(c.Extensions, incident.Extension.Open)
}

// waitsForMe tells whether the next step is this person's.
func (t *turn) waitsForMe(c incident.Case) bool {
	if !t.by.County() {
		return true
	}
	unsure := c.Level() == incident.Emergency && !c.Grading.Confirmed
	asked := slices.ContainsFunc(c.Extensions, incident.Extension.Open)
	return unsure || c.State == incident.Received || c.State == incident.Assessed || c.State == incident.Returned ||
		asked && c.May(t.by, incident.KindGrantExtension) || c.Involved(t.dir.County())
}

// waitLine says why an incident waits for this person.
func (t *turn) waitLine(c incident.Case) string {
	var why []string
	if t.by.County() {
		if c.Level() == incident.Emergency && !c.Grading.Confirmed {
			why = append(why, "请确认等级")
		}
		for _, e := range c.Extensions {
			if e.Open() && c.May(t.by, incident.KindGrantExtension) {
				why = append(why, fmt.Sprintf("申请延期%d天，等您答复", e.Days))
			}
		}
		switch c.State { //nolint:exhaustive // in the others nothing waits for the county
		case incident.Received, incident.Assessed:
			why = append(why, "还没有分办")
		case incident.Returned:
			why = append(why, "被退回，等重新分办")
		}
	}
	if due := t.dueLine(c); due != "" {
		why = append(why, due)
	}
	return strings.Join(why, "；")
}

// search is 查询: an incident by its number, or by words in it.
func (t *turn) search(ctx context.Context, rest string) ([]Reply, error) {
	rest = trim(rest)
	if rest == "" {
		return t.recentOnes(ctx)
	}
	if ms := mentions(rest); len(ms) == 1 && trim(rest[:ms[0].start]+rest[ms[0].end:]) == "" {
		return t.view(ctx, ms[0].id)
	}
	if asciiDigits(rest) {
		if id, ok := number(rest); ok {
			return t.view(ctx, id)
		}
	}
	words, page := rest, 0
	if i := strings.LastIndex(rest, " @"); i > 0 {
		words, page = rest[:i], from(rest[i+2:])
	}
	if err := t.Desk.CheckRead(ctx, t.by, 0); err != nil {
		return refused(err)
	}
	cases, err := t.Desk.Find(ctx, desk.Filter{Text: words, Newest: true, Now: t.now}, 100, always)
	if err != nil {
		return refused(err)
	}
	switch len(cases) {
	case 0:
		return one(say("没有找到含“" + short(words, 20) + "”的事件。换个词试试，或发「查询 编号」。")), nil
	case 1:
		return t.view(ctx, cases[0].ID)
	}
	r := t.list(fmt.Sprintf("找到%d件", len(cases)), "", cases, page, t.stateLine)
	t.more(&r, words, page+pageOf, len(cases))
	return one(r), nil
}

// more leads on to the next page of what was looked for: by a button, and by words where
// they are too long for one.
func (t *turn) more(r *Reply, words string, from, of int) {
	const mostKey = 64 // bytes that every platform takes
	if from >= of {
		return
	}
	again := fmt.Sprintf("查询 %s @%d", words, from)
	if key := "say:" + again; len(key) <= mostKey {
		r.Buttons = append(r.Buttons, []notify.Button{{Text: "下一页", Key: key, Style: 2}})
		return
	}
	r.Text = lines(r.Text, "看下一页请发「"+again+"」。")
}

// recentOnes lists the newest incidents, for somebody who asks without saying for what.
func (t *turn) recentOnes(ctx context.Context) ([]Reply, error) {
	if err := t.Desk.CheckRead(ctx, t.by, 0); err != nil {
		return refused(err)
	}
	page, err := t.Desk.Store.List(ctx, desk.Filter{Newest: true, Now: t.now, Limit: pageOf})
	if err != nil {
		return refused(err)
	}
	if len(page.Cases) == 0 {
		return one(say("还没有登记过事件。把情况发给我就能登记。")), nil
	}
	r := t.list("最近登记", "", page.Cases, 0, t.stateLine)
	r.Text = lines(r.Text, "发「查询 关键词」或「查询 编号」查找。")
	return one(r), nil
}

func (t *turn) stateLine(c incident.Case) string {
	line := c.State.Chinese()
	if c.Lead != "" {
		line += " " + t.dir.UnitName(c.Lead)
	}
	if due := t.dueLine(c); due != "" && c.State.Open() {
		line += "，" + due
	}
	return line
}

// list is a page of incidents, two lines each, the first six with a button.
func (t *turn) list(title, again string, cases []incident.Case, start int, line func(incident.Case) string) Reply {
	if start >= len(cases) {
		start = 0
	}
	shown := cases[start:min(len(cases), start+pageOf)]
	r := Reply{Title: title}
	var out []string
	var row []notify.Button
	for i, c := range shown {
		class := "【" + c.Level().Chinese() + "】"
		if c.Duty != nil {
			class = " "
		}
		out = append(out, fmt.Sprintf("%s%s%s\n　%s", c.ID.No(), class, short(c.Report.Title, 24), line(c)))
		if i < 5 {
			row = append(row, viewButton(c.ID))
		}
	}
	if rest := len(cases) - start - len(shown); rest > 0 {
		out = append(out, fmt.Sprintf("另有%d件。", rest))
		if again != "" {
			row = append(row, notify.Button{Text: "下一页", Key: fmt.Sprintf("list:%s:%d", again, start+pageOf), Style: 2})
		}
	}
	r.Text = strings.Join(out, "\n")
	for pair := range slices.Chunk(row, 3) {
		r.Buttons = append(r.Buttons, pair)
	}
	return r
}

// from reads where a list goes on.
func from(rest string) int {
	n, err := strconv.Atoi(trim(rest))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// weekly is 周报.
func (t *turn) weekly(ctx context.Context, _ string) ([]Reply, error) {
	if err := t.Desk.CheckRead(ctx, t.by, 0); err != nil {
		return refused(err)
	}
	text, err := t.Weekly(ctx, t.by, t.now)
	if err != nil {
		return refused(err)
	}
	title, rest, _ := strings.Cut(text, "\n")
	return one(Reply{Title: title, Text: rest}), nil
}
