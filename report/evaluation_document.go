package report

import (
	"fmt"
	"strings"
	"time"

	"huiying/incident"
)

// Document is the evaluation as it is printed: each figure with its formula, numerator,
// denominator and cut-off.
func (e Evaluation) Document(zone *time.Location) Document {
	doc := Document{
		Title: "政务舆情回应效果评估", Issue: e.title(), Issuer: e.County + "办公室", To: addressees(e.Name),
		Date: e.Period.To.In(zone).Format("2006年1月2日"),
		Lead: fmt.Sprintf("现将%s政务舆情回应效果评估情况通报如下，统计截至%s。", e.title(), incident.Show(e.Period.CutOff, zone)),
		Foot: []string{"统计截至" + incident.Show(e.Period.CutOff, zone) + "。", "时限政策版本：" + e.Policy + "。" + e.Basis},
	}
	scores, figures, habits := e.scoreTable(), e.figureTable(false, zone), e.figureTable(true, zone)
	doc.Sections = []Section{
		{Heading: "一、主要指标", Text: []string{e.summary()}},
		{Heading: "二、单位得分", Text: []string{"得分在同类单位中比较，样本不足的不排名。"}, Tables: []Table{scores}},
	}
	doc.Annexes = []Section{
		{Heading: "附件1 指标及计算口径", Tables: []Table{figures}},
		{Heading: "附件2 需要注意的习惯做法", Tables: []Table{habits}},
		{Heading: "附件3 得分构成", Tables: []Table{e.partTable()}},
		{Heading: "附件4 扣分明细（印发后5个工作日内可以申诉）", Tables: []Table{e.deductionTable()}},
		{Heading: "附件5 得分办法", Text: []string{
			"月度得分 = " + e.Scoring.or().formula() + "；没有该项业务的，权重按比例分给其他各项。",
			e.Scoring.or().findings(),
			"提醒函、通报批评、约谈由规则提出建议，由人决定；移送不由规则提出。",
		}},
	}
	doc.Sheets = []Table{scores, e.unitFigureTable(), figures, habits, e.partTable(), e.deductionTable()}
	return doc
}

// addressees are whom a report goes to: everybody, or the one unit whose part it is.
func addressees(unit string) string {
	if unit != "" {
		return unit
	}
	return "各乡镇人民政府，县政府各部门、县直各单位"
}

func (e Evaluation) title() string {
	m, ok := ParseMonth(e.Month)
	if !ok {
		return e.Month
	}
	return fmt.Sprintf("%d年%d月", m.Year, int(m.Month)) + scoped(e.Name)
}

// scoped is the unit in brackets; empty for the county's.
func scoped(unit string) string {
	if unit == "" {
		return ""
	}
	return "（" + unit + "）"
}

// figure is the county's figure of that key.
func (e Evaluation) figure(key string) Figure {
	for _, f := range e.Figures {
		if f.Key == key {
			return f
		}
	}
	return Figure{Value: nothing}
}

func (e Evaluation) summary() string {
	var words []string
	for _, key := range []string{keyOnTime, keyRespond, keyEmergency, keySatisfied, keyAccept, keyFeedback} {
		f := e.figure(key)
		words = append(words, fmt.Sprintf("%s%s（%d/%d）", f.Name, f.Value, f.Num, f.Den))
	}
	return strings.Join(words, "，") + "；截止时超期" + e.figure(keyOverdue).Value + "。"
}

func (e Evaluation) figureTable(habits bool, zone *time.Location) Table {
	t := Table{Title: "指标", Columns: []Column{
		{Name: "指标", Width: 18}, {Name: "数值", Width: 22}, {Name: "分子", Width: 8}, {Name: "分母", Width: 8}, {Name: "公式", Width: 56}, {Name: "统计截止", Width: 16},
	}}
	if habits {
		t.Title = "习惯做法"
	}
	for _, f := range e.Figures {
		if indicatorOf(f.Key).habit != habits {
			continue
		}
		t.Rows = append(t.Rows, []Cell{text(f.Name), text(f.Value), number(f.Num), number(f.Den), text(f.Formula), text(incident.Show(f.CutOff, zone))})
	}
	return t
}

func (e Evaluation) scoreTable() Table {
	t := Table{Title: "单位得分", Columns: []Column{
		{Name: "类别", Width: 11}, {Name: "单位", Width: 18}, {Name: "得分", Width: 9}, {Name: "同类排名", Width: 22}, {Name: "按期办结率", Width: 15}, {Name: "超期", Width: 15},
	}}
	for _, u := range e.Units {
		onTime := u.Figure(keyOnTime)
		t.Rows = append(t.Rows, []Cell{
			text(u.Class), text(u.Name), text(u.ScoreText()), text(u.RankText()),
			text(fmt.Sprintf("%s（%d/%d）", onTime.Value, onTime.Num, onTime.Den)), text(u.Figure(keyOverdue).Value),
		})
	}
	return t
}

// unitFigureTable is every unit's every figure, for a spreadsheet.
func (e Evaluation) unitFigureTable() Table {
	t := Table{Title: "各单位指标", Columns: []Column{
		{Name: "类别", Width: 10}, {Name: "单位", Width: 18}, {Name: "指标", Width: 18}, {Name: "分子", Width: 8}, {Name: "分母", Width: 8}, {Name: "数值", Width: 22},
	}}
	for _, u := range e.Units {
		for _, f := range u.Figures {
			t.Rows = append(t.Rows, []Cell{text(u.Class), text(u.Name), text(f.Name), number(f.Num), number(f.Den), text(f.Value)})
		}
	}
	return t
}

func (e Evaluation) partTable() Table {
	t := Table{Title: "得分构成", Columns: []Column{{Name: "单位", Width: 18}, {Name: "得分", Width: 9}}}
	for _, p := range e.Scoring.or().parts() {
		t.Columns = append(t.Columns, Column{Name: indicatorOf(p.Key).name, Width: 20})
	}
	t.Columns = append(t.Columns, Column{Name: "认定扣分", Width: 10})
	if e.Month == "" { // a year
		t.Columns = append(t.Columns, Column{Name: "年终考核扣分", Width: 12})
	}
	for _, u := range e.Units {
		row := []Cell{text(u.Name), text(u.ScoreText())}
		for _, p := range u.Parts {
			cell := nothing
			if p.Weight > 0 {
				cell = fmt.Sprintf("%s × %.2f = %.2f", p.Value, 100*p.Weight, p.Points)
			}
			row = append(row, text(cell))
		}
		row = append(row, text(u.FoundText()))
		if e.Month == "" {
			row = append(row, text(u.EnteredText()))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (e Evaluation) deductionTable() Table {
	t := Table{Title: "扣分明细", Columns: []Column{
		{Name: "单位", Width: 18}, {Name: "指标", Width: 18}, {Name: "事件", Width: 10}, {Name: "时限、认定序号", Width: 14}, {Name: "扣分", Width: 8}, {Name: "理由", Width: 50},
	}}
	for _, u := range e.Units {
		for _, d := range u.Deductions {
			seq := nothing
			if d.Milestone > 0 {
				seq = itoa(d.Milestone)
			}
			about := nothing
			if d.Incident != 0 {
				about = d.Incident.String() + "号"
			}
			t.Rows = append(t.Rows, []Cell{text(u.Name), text(d.Name), text(about), text(seq), text(fmt.Sprintf("%.2f", d.Points)), text(d.Why())})
		}
	}
	return t
}

// Why is why it costs points: the finding's own reason, or that a limit was missed.
func (d Deduction) Why() string {
	switch {
	case d.Reason != "":
		return d.Reason
	case d.Figure == keySatisfied:
		return "回访不满意"
	case d.Milestone > 0:
		return "没有按最迟时间完成"
	}
	return indicatorOf(d.Figure).formula
}

// FoundText is what findings cost a unit; — for nothing.
func (u UnitEvaluation) FoundText() string {
	return u.cost(func(d Deduction) bool { return d.Finding })
}

// EnteredText is what the county office entered in its sheet of the year; — for nothing.
func (u UnitEvaluation) EnteredText() string {
	return u.cost(func(d Deduction) bool { return d.Figure == keyEntry })
}

func (u UnitEvaluation) cost(of func(Deduction) bool) string {
	sum, n := 0.0, 0
	for _, d := range u.Deductions {
		if of(d) {
			sum, n = sum+d.Points, n+1
		}
	}
	if n == 0 {
		return nothing
	}
	return fmt.Sprintf("−%s（%d起）", decimal(sum), n)
}

// Text is the evaluation as a message that fits every channel: the county's with the main
// figures and as many ranked units as there is room for, a unit's with its score and what
// cost it points.
func (e Evaluation) Text(zone *time.Location) string {
	var b message
	b.add("【效果评估】" + e.title())
	b.add("统计截至" + incident.Show(e.Period.CutOff, zone))
	if len(e.Units) == 0 {
		b.add("本月没有登记或到期的事项")
	}
	for _, u := range e.Units {
		if u.Unit == e.Unit {
			b.add(u.lines("印发后5个工作日内可以申诉"))
		}
	}
	for _, f := range e.Figures {
		if f.worth() {
			b.add(f.line())
		}
	}
	for i, u := range e.Units {
		line := fmt.Sprintf("%s：%s分，%s", u.Name, u.ScoreText(), u.RankText())
		switch {
		case u.Unit == e.Unit || u.Rank == 0:
		case b.room(line, "另有999个单位，详见页面"):
			b.add(line)
		default:
			b.add(fmt.Sprintf("另有%d个单位，详见页面", len(e.Units)-i))
			return b.b.String()
		}
	}
	return b.b.String()
}

// lines are a unit's score with its place and what cost it points.
func (u UnitEvaluation) lines(appeal string) string {
	line := fmt.Sprintf("得分%s，%s", u.ScoreText(), u.RankText())
	if n := len(u.Deductions); n > 0 {
		line += fmt.Sprintf("\n扣分%d项，%s", n, appeal)
	}
	return line
}

// worth tells whether a figure belongs in a message: the parts of the score, and what is
// overdue and findings where there are any.
func (f Figure) worth() bool {
	switch f.Key {
	case keyOnTime, keyRespond, keyEmergency, keySatisfied, keyAccept, keyFeedback:
		return true
	case keyOverdue, string(incident.Omitted), string(incident.Concealed), string(incident.Falsified):
		return f.Num > 0
	}
	return false
}

func (f Figure) line() string {
	line := f.Name + "：" + f.Value
	if f.Rate {
		line += fmt.Sprintf("（%d/%d）", f.Num, f.Den)
	}
	return line
}

// Markdown is the evaluation as a message of WeChat Work's markdown.
func (e Evaluation) Markdown(zone *time.Location) string { return marked(e.Text(zone)) }

// marked is a message in WeChat Work's markdown: its first line bold, the others quoted.
func marked(text string) string {
	lines := strings.Split(text, "\n")
	lines[0] = "**" + lines[0] + "**"
	for i := 1; i < len(lines); i++ {
		lines[i] = "> " + lines[i]
	}
	return strings.Join(lines, "\n")
}

// Poster is the evaluation as a picture for a telephone.
func (e Evaluation) Poster(zone *time.Location) Poster {
	p := Poster{Title: "政务舆情回应效果评估", Subtitle: e.title(), Foot: []string{"统计截至" + incident.Show(e.Period.CutOff, zone)}}
	for _, key := range []string{keyOnTime, keyRespond, keyEmergency, keySatisfied, keyAccept, keyFeedback} {
		f := e.figure(key)
		p.Tiles = append(p.Tiles, Tile{Number: f.Value, Label: f.Name, Change: fmt.Sprintf("%d/%d", f.Num, f.Den)})
	}
	p.Heading = "单位得分（同类比较）"
	for _, u := range e.Units {
		if u.Rank > 0 && len(p.Lines) < 14 {
			p.Lines = append(p.Lines, PosterLine{Head: u.Name + "　" + u.ScoreText() + "分", Text: u.Class + "　" + u.RankText() + "　超期" + u.Figure(keyOverdue).Value})
		}
	}
	return p
}
