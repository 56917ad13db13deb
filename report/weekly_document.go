package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"huiying/incident"
)

// Document is the summary as a 督办通报, in the layout that counties and cities use: one
// page before the annexes, no reporter's name or number.
func (w Weekly) Document(zone *time.Location) Document {
	doc := Document{
		Title: "关于政务舆情办理情况的督办通报", Issue: w.Issue(), Issuer: w.County + "办公室", To: addressees(w.Name),
		Date: w.Period.To.In(zone).Format("2006年1月2日"),
		Lead: fmt.Sprintf("现将%s（周一0时至周日24时）政务舆情办理情况通报如下，统计截至%s。", w.span(zone), incident.Show(w.Period.CutOff, zone)),
		Foot: w.foot(zone),
	}
	doc.Sections = []Section{
		w.general(), w.lateSection(zone), w.graveSection(), w.hotSection(), w.problems(), w.demands(zone),
	}
	for i := range doc.Sections {
		doc.Sections[i].Heading = numeral(i+1) + "、" + doc.Sections[i].Heading
	}
	doc.Annexes = []Section{
		{Heading: "附件1 各单位统计表", Tables: []Table{w.unitTable()}},
		{Heading: "附件2 到期计算口径", Text: w.method()},
		{Heading: "附件3 超期事项及通知情况", Tables: []Table{w.toldTable(zone)}},
	}
	if len(w.Grave) > 0 {
		doc.Annexes = append(doc.Annexes, Section{Heading: "附件4 重大及突发舆情回应情况", Tables: []Table{w.graveTable()}})
	}
	doc.Sheets = []Table{w.lateTable(zone, len(w.Late)), w.unitTable(), w.soonTable(zone), w.toldTable(zone)}
	if w.Duties != nil {
		tables := w.Duties.tables(w.Period.CutOff, zone)
		doc.Annexes = append(doc.Annexes, Section{Heading: fmt.Sprintf("附件%d 周期任务", len(doc.Annexes)+1), Tables: tables})
		doc.Sheets = append(doc.Sheets, tables...)
	}
	return doc
}

// numeral is a small number as headings count: 一、二、三.
func numeral(n int) string {
	return []string{"〇", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"}[n]
}

func (w Weekly) foot(zone *time.Location) []string {
	return []string{
		"统计截至" + incident.Show(w.Period.CutOff, zone) + "；此后办理的不计入本期。",
		"时限政策版本：" + w.Policy + "。" + w.Basis,
	}
}

func (w Weekly) general() Section {
	o := w.Overview
	var levels, sources []string
	for _, l := range incident.Levels() {
		if n := o.Levels[l]; n > 0 {
			levels = append(levels, fmt.Sprintf("%s%d件", l.Chinese(), n))
		}
	}
	for _, s := range sorted(o.Sources) {
		sources = append(sources, fmt.Sprintf("%s%d件", s.Name, s.Value))
	}
	const mostSources = 4
	if len(sources) > mostSources {
		sources = append(sources[:mostSources-1], fmt.Sprintf("其他%d个来源", len(sources)-mostSources+1))
	}
	first := fmt.Sprintf("%s本周收到政务舆情%d件%s", w.Scope(), o.Received, w.change(func(o Overview) int { return o.Received }))
	if len(levels) > 0 {
		first += "：" + strings.Join(levels, "、") + "；" + strings.Join(sources, "、")
	}
	first += fmt.Sprintf("。办结%d件%s。应于本周办结（或给出方案）%d项，按期%d项，超期完成%d项，未完成%d项，按期办结率%s。",
		o.Concluded, w.change(func(o Overview) int { return o.Concluded }), o.Ending, o.OnTime, o.MetLate, o.Ending-o.OnTime-o.MetLate, o.OnTimeRate())
	first += fmt.Sprintf("现超期%d项%s，其中本周新增%d项、以前遗留%d项。回访%d人，满意率%s。",
		o.Overdue(), w.change(Overview.Overdue), o.Newly, o.Still, o.Reached, o.SatisfiedRate())
	out := Section{Heading: "总体情况", Text: []string{first}}
	if w.Duties != nil {
		if line := w.Duties.Line(); line != "" {
			out.Text = append(out.Text, line)
		}
	}
	return out
}

// lateRows is how many rows stand on the first page; the rest is in the annex.
const lateRows = 5

func (w Weekly) lateSection(zone *time.Location) Section {
	s := Section{Heading: "超期及临期事项"}
	line := "本周没有超期事项。"
	if len(w.Late) > 0 {
		s.Tables = []Table{w.firstTable(zone)}
		line = fmt.Sprintf("现超期和本周超期完成的共%d项，详见附件3", len(w.Late))
		if len(w.Late) > lateRows {
			line += fmt.Sprintf("，超期最久的%d项如下", lateRows)
		}
		line += "。"
	}
	if n := len(w.Soon); n > 0 {
		line += fmt.Sprintf("下周到期%d项，最早的是%s号（%s，%s，%s到期）。", n, w.Soon[0].Incident,
			w.Soon[0].UnitName, w.Soon[0].Milestone.Chinese(), minute(w.Soon[0].Limit, w.Period.CutOff, zone))
	}
	s.Text = []string{line}
	return s
}

// minute is an instant without its seconds.
func minute(at, now time.Time, zone *time.Location) string {
	return incident.ShowFrom(at.Truncate(time.Minute), now, zone)
}

// firstTable is what stands on the first page: one line a row.
func (w Weekly) firstTable(zone *time.Location) Table {
	t := Table{Columns: []Column{
		{Name: "编号", Width: 8},
		{Name: "标题", Width: 27},
		{Name: "级别", Width: 10},
		{Name: "责任单位", Width: 17},
		{Name: "责任人", Width: 17},
		{Name: "到期时间", Width: 21},
		{Name: "超期", Width: 8},
		{Name: "未完成", Width: 12},
		{Name: "原因", Width: 20},
	}}
	for _, r := range w.Late[:min(lateRows, len(w.Late))] {
		t.Rows = append(t.Rows, []Cell{
			text(r.Incident.String()), text(cut(r.Title, 10)), text(r.Level.Chinese()), text(r.UnitName), text(strings.TrimPrefix(r.Post, "县")),
			text(minute(r.Limit, w.Period.CutOff, zone)), text(itoa(r.Days) + "天"), text(r.Milestone.Chinese()), text(cut(r.Reason, 9)),
		})
	}
	return t
}

// lateWord is what became of a late row.
func lateWord(kind string) string {
	switch kind {
	case LateNewly:
		return "本周新增"
	case LateStill:
		return "持续超期"
	}
	return "超期完成"
}

func (w Weekly) lateTable(zone *time.Location, n int) Table {
	t := Table{Title: "超期事项", Columns: []Column{
		{Name: "编号", Width: 7},
		{Name: "标题", Width: 32},
		{Name: "级别", Width: 10},
		{Name: "责任单位", Width: 14},
		{Name: "责任人职务", Width: 12},
		{Name: "时限", Width: 14},
		{Name: "到期时间", Width: 17},
		{Name: "超期天数", Width: 8, Sum: true},
		{Name: "情形", Width: 10},
		{Name: "当前环节", Width: 10},
		{Name: "原因", Width: 28},
	}}
	for _, r := range w.Late[:min(n, len(w.Late))] {
		t.Rows = append(t.Rows, []Cell{
			text(r.Incident.String() + "号"), text(cut(r.Title, titleRunes)), text(r.Level.Chinese()), text(r.UnitName), text(r.Post),
			text(r.Milestone.Chinese()), text(incident.ShowFrom(r.Limit, w.Period.CutOff, zone)), number(r.Days), text(lateWord(r.Kind)),
			text(r.State.Chinese()), text(r.Reason),
		})
	}
	t.Sum = n >= len(w.Late) && len(w.Late) > 0
	return t
}

func (w Weekly) graveSection() Section {
	s := Section{Heading: "重大及突发舆情回应情况"}
	if len(w.Grave) == 0 {
		s.Text = []string{"本周没有重大及突发舆情。"}
		return s
	}
	emergencies, late, spoke := 0, 0, 0
	for _, r := range w.Grave {
		if r.Level != incident.Emergency {
			continue
		}
		emergencies++
		if strings.HasPrefix(r.Release, "超") || strings.HasPrefix(r.Conference, "超") {
			late++
		}
		if r.HeadSpoke == yes {
			spoke++
		}
	}
	line := fmt.Sprintf("本周在办和新发生重大问题%d件、重大突发%d件", len(w.Grave)-emergencies, emergencies)
	if emergencies > 0 {
		line += fmt.Sprintf("。重大突发中，权威发布或新闻发布会超过规定时间的%d件，主要负责人发声的%d件", late, spoke)
	}
	s.Text = []string{line + "。逐件情况见附件4。"}
	return s
}

// graveTable says of each major and emergency incident how it was answered.
func (w Weekly) graveTable() Table {
	t := Table{Title: "重大及突发舆情", Columns: []Column{
		{Name: "编号", Width: 7},
		{Name: "标题", Width: 32},
		{Name: "级别", Width: 10},
		{Name: "主办单位", Width: 14},
		{Name: "权威发布（3小时/5小时）", Width: 22},
		{Name: "新闻发布会（24小时）", Width: 22},
		{Name: "主要负责人发声", Width: 10},
		{Name: "当前环节", Width: 10},
	}}
	for _, r := range w.Grave {
		t.Rows = append(t.Rows, []Cell{
			text(r.Incident.String() + "号"), text(cut(r.Title, titleRunes)), text(r.Level.Chinese()), text(r.UnitName),
			text(r.Release), text(r.Conference), text(r.HeadSpoke), text(r.State.Chinese()),
		})
	}
	return t
}

func (w Weekly) hotSection() Section {
	s := Section{Heading: "热点问题"}
	const shown = 4
	var words []string
	for _, h := range w.Hot[:min(shown, len(w.Hot))] {
		word := fmt.Sprintf("%s%d件", h.Category, h.Count)
		var notes []string
		if w.Last != nil {
			notes = append(notes, fmt.Sprintf("上周%d件", h.Before))
		}
		if h.Repeated > 0 {
			notes = append(notes, fmt.Sprintf("重复反映%d件", h.Repeated))
		}
		if len(notes) > 0 {
			word += "（" + strings.Join(notes, "，") + "）"
		}
		words = append(words, word)
	}
	if len(words) == 0 {
		s.Text = []string{"本周没有集中反映的问题。"}
	} else {
		s.Text = []string{"反映较多的是：" + strings.Join(words, "；") + "。"}
	}
	return s
}

// problems are those that the figures show; what else there is, the office writes.
func (w Weekly) problems() Section {
	var out, units []string
	for _, u := range w.Worst(3) {
		units = append(units, fmt.Sprintf("%s%d项", u.Name, u.Overdue()))
	}
	if len(units) > 0 {
		out = append(out, "超期较多的是"+strings.Join(units, "、"))
	}
	unaccepted, unreported := 0, 0
	for _, r := range w.Late {
		if r.Kind != LateMet && r.Milestone == incident.MilestoneAccept {
			unaccepted++
		}
		if r.Kind != LateMet && r.Reason == "未说明" {
			unreported++
		}
	}
	if unaccepted > 0 {
		out = append(out, fmt.Sprintf("分办后超过时限仍未签收%d项", unaccepted))
	}
	if unreported > 0 {
		out = append(out, fmt.Sprintf("超期未申请延期、未说明情况的%d项", unreported))
	}
	if len(out) == 0 {
		out = []string{"本周没有突出问题"}
	}
	return Section{Heading: "存在问题", Text: []string{strings.Join(out, "；") + "。"}}
}

func (w Weekly) demands(zone *time.Location) Section {
	out := "重大突发3小时内、最迟5小时发布权威信息，24小时内举行新闻发布会；重大问题5日内办结或给出方案；一般3日内办结。"
	if w.Overview.Overdue() > 0 {
		out += fmt.Sprintf("现有超期的%d项，责任单位要于%s前办结或书面说明情况。",
			w.Overview.Overdue(), incident.Show(w.Period.To.AddDate(0, 0, 3), zone))
	}
	if w.Overview.Soon > 0 {
		out += "下周到期的要提前办理，确需延期的在到期前申请。"
	}
	return Section{Heading: "工作要求", Text: []string{out}}
}

func (w Weekly) unitTable() Table {
	t := Table{Title: "各单位统计表", Columns: []Column{
		{Name: "排名", Width: 6},
		{Name: "单位", Width: 16},
		{Name: "交办", Width: 7, Sum: true},
		{Name: "本周应办结", Width: 10, Sum: true},
		{Name: "按时办结", Width: 9, Sum: true},
		{Name: "超时办结", Width: 9, Sum: true},
		{Name: "未办结", Width: 8, Sum: true},
		{Name: "已办结", Width: 8, Sum: true},
		{Name: "办结率", Width: 9, Of: [2]int{7, 3}},
		{Name: "按时办结率", Width: 10, Of: [2]int{4, 3}},
		{Name: "现超期", Width: 8, Sum: true},
		{Name: "回访人数", Width: 9, Sum: true},
		{Name: "不满意数", Width: 9, Sum: true},
		{Name: "满意人数", Width: 9, Sum: true},
		{Name: "满意率", Width: 9, Of: [2]int{13, 11}},
	}, Sum: len(w.Units) > 0}
	for _, u := range w.Units {
		rank := nothing
		if u.Rank > 0 {
			rank = itoa(u.Rank)
		}
		t.Rows = append(t.Rows, []Cell{
			text(rank), text(u.Name), number(u.Dispatched), number(u.Ending), number(u.OnTime), number(u.MetLate), number(u.Ending - u.OnTime - u.MetLate),
			number(u.OnTime + u.MetLate), text(percent(u.OnTime+u.MetLate, u.Ending)), text(u.OnTimeRate()), number(u.Overdue()),
			number(u.Reached), number(u.Unsatisfied), number(u.Satisfied), text(u.SatisfiedRate()),
		})
	}
	return t
}

func (w Weekly) soonTable(zone *time.Location) Table {
	t := Table{Title: "下周到期", Columns: []Column{
		{Name: "编号", Width: 7}, {Name: "标题", Width: 32}, {Name: "级别", Width: 10}, {Name: "责任单位", Width: 14}, {Name: "时限", Width: 14}, {Name: "到期时间", Width: 17},
	}}
	for _, r := range w.Soon {
		t.Rows = append(t.Rows, []Cell{
			text(r.Incident.String() + "号"), text(cut(r.Title, titleRunes)), text(r.Level.Chinese()), text(r.UnitName), text(r.Milestone.Chinese()),
			text(incident.ShowFrom(r.Limit, w.Period.CutOff, zone)),
		})
	}
	return t
}

// toldTable says of each late item who was told, how often, and who acknowledged.
func (w Weekly) toldTable(zone *time.Location) Table {
	t := Table{Title: "超期事项及通知情况", Columns: []Column{
		{Name: "编号", Width: 7},
		{Name: "标题", Width: 28},
		{Name: "责任单位", Width: 14},
		{Name: "时限", Width: 14},
		{Name: "超期天数", Width: 8},
		{Name: "已催次数", Width: 8, Sum: true},
		{Name: "最近一次", Width: 17},
		{Name: "已通知", Width: 40},
		{Name: "已知悉人数", Width: 9},
	}, Sum: len(w.Late) > 0}
	for _, r := range w.Late {
		last, acked := "未通知", 0
		var people []string
		for _, told := range r.Told {
			last = incident.ShowFrom(told.At, w.Period.CutOff, zone)
			acked += told.Acked
			for _, p := range told.People {
				if !slices.Contains(people, p) {
					people = append(people, p)
				}
			}
		}
		t.Rows = append(t.Rows, []Cell{
			text(r.Incident.String() + "号"), text(cut(r.Title, titleRunes)), text(r.UnitName), text(r.Milestone.Chinese()), number(r.Days),
			number(len(r.Told)), text(last), text(strings.Join(people, "、")), number(acked),
		})
	}
	return t
}

func (w Weekly) method() []string {
	return []string{
		"按时限节点计数，不按事件计数：一件事件有多个时限的，各自计算；作废的时限不计。",
		"“到期”指最迟时间落在本期内；24:00到期的算在当日。办理时间不晚于最迟时间为按时。",
		"超期天数 =（统计截止时间或完成时间 − 最迟时间）÷ 24小时，不足一天按一天。",
		"准予延期的按新的最迟时间计算；退回、等待、会商不扣除时间。",
		"按时办结率 = 按时办结（含给出方案）÷ 本期应办结；满意率 = 满意 ÷ 回访联系上的人数；分母为0的记“—”。",
		w.Basis,
	}
}

// Markdown is the summary as a message of WeChat Work's markdown.
func (w Weekly) Markdown(zone *time.Location) string { return marked(w.Text(zone)) }

// Poster is the summary as a picture for a telephone.
func (w Weekly) Poster(zone *time.Location) Poster {
	o := w.Overview
	p := Poster{
		Title: "每周超期汇总", Subtitle: w.Scope() + "　" + w.span(zone) + "　" + w.Issue(),
		Tiles: []Tile{
			{Number: itoa(o.Overdue()), Label: "现超期", Change: w.change(Overview.Overdue), Bad: o.Overdue() > 0},
			{Number: itoa(o.Newly), Label: "本周新增超期", Change: w.change(func(o Overview) int { return o.Newly }), Bad: o.Newly > 0},
			{Number: o.OnTimeRate(), Label: fmt.Sprintf("按期办结率 %d/%d", o.OnTime, o.Ending)},
			{Number: itoa(o.Received), Label: "本周收件", Change: w.change(func(o Overview) int { return o.Received })},
			{Number: itoa(o.Concluded), Label: "本周办结", Change: w.change(func(o Overview) int { return o.Concluded })},
			{Number: itoa(o.Soon), Label: "下周到期"},
		},
		Foot: w.foot(zone)[:1],
	}
	if w.Unit == "" {
		c := Chart{Title: "各单位超期（深色为本周新增）"}
		for _, u := range w.Worst(8) {
			if u.Overdue() > 0 {
				c.Bars = append(c.Bars, Bar{Name: u.Name, Value: u.Overdue(), Part: u.Newly})
			}
		}
		if len(c.Bars) > 0 {
			p.Charts = []Chart{c}
		}
	}
	p.Heading = "超期最久"
	for _, r := range w.Late[:min(6, len(w.Late))] {
		if r.Kind == LateMet {
			break
		}
		p.Lines = append(p.Lines, PosterLine{
			Head: fmt.Sprintf("%s号　%s", r.Incident, cut(r.Title, titleRunes)), Bad: r.Level != incident.General,
			Text: fmt.Sprintf("%s　%s　超期%d天　%s", r.UnitName, r.Milestone.Chinese(), r.Days, r.Level.Chinese()),
		})
	}
	if len(p.Lines) == 0 {
		p.Heading = "没有超期事项"
	}
	return p
}

// sorted lists a count by name, the largest first.
func sorted(m map[string]int) []Bar {
	out := make([]Bar, 0, len(m))
	for name, n := range m {
		out = append(out, Bar{Name: name, Value: n})
	}
	slices.SortFunc(out, func(a, b Bar) int { return cmp.Or(b.Value-a.Value, strings.Compare(a.Name, b.Name)) })
	return out
}
