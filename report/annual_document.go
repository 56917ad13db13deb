package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"huiying/incident"
)

// counted marks a month's score that is not one that was issued.
const counted = "*"

// Document is the year as it is printed: the scores with their reckoning, the whole year's
// figures with formula, numerator, denominator and cut-off, and what cost points.
func (a Annual) Document(zone *time.Location) Document {
	e := a.yearEnd()
	doc := Document{
		Title: "政务舆情回应年度考核", Issue: a.Year + "年度" + scoped(a.Name), Issuer: a.County + "办公室", To: addressees(a.Name),
		Date: a.Period.To.In(zone).Format("2006年1月2日"),
		Lead: fmt.Sprintf("现将%s年度政务舆情回应考核情况通报如下，统计截至%s。", a.Year, incident.Show(a.Period.CutOff, zone)),
		Foot: []string{"统计截至" + incident.Show(a.Period.CutOff, zone) + "。", "时限政策版本：" + a.Policy + "。" + a.Basis},
	}
	scores, months, figures := a.scoreTable(), a.monthTable(), e.figureTable(false, zone)
	parts, deductions := e.partTable(), e.deductionTable()
	parts.Title = "年终得分构成"
	doc.Sections = []Section{
		{Heading: "一、考核办法", Text: []string{a.formula(), a.monthsText()}},
		{Heading: "二、考核结果", Text: []string{"得分在同类单位中比较，样本不足的不排名。"}, Tables: []Table{scores}},
		{Heading: "三、全年主要指标", Text: []string{e.summary()}},
	}
	doc.Annexes = []Section{
		{Heading: "附件1 各月得分（日常考核）", Text: []string{a.monthsText()}, Tables: []Table{months}},
		{Heading: "附件2 全年指标及计算口径", Tables: []Table{figures}},
		{Heading: "附件3 年终得分构成", Text: []string{
			"年终得分 = " + a.Scoring.or().formula() + " − 年终考核扣分；没有该项业务的，权重按比例分给其他各项。", a.Scoring.or().findings(),
		}, Tables: []Table{parts}},
		{Heading: "附件4 扣分明细（印发后5个工作日内可以申诉）", Tables: []Table{deductions}},
	}
	doc.Sheets = []Table{scores, months, e.unitFigureTable(), figures, parts, deductions}
	return doc
}

func (a Annual) formula() string {
	s := a.Scoring.or()
	return fmt.Sprintf("全年得分 = %s × 日常考核 + %s × 年终考核。日常考核是各月得分的平均（没有得分的月份不计）；年终考核是全年指标按月度办法计算的得分，再减去县政府办登记的年终考核扣分。两项中缺一项的，以另一项为全年得分。",
		decimal(s.Daily), decimal(s.YearEnd))
}

// monthsText says where the months' scores are from.
func (a Annual) monthsText() string {
	var issued, rest []string
	for _, m := range a.Months {
		name := monthName(m.Month)
		if m.Issued() {
			if m.Revision > 1 {
				name += fmt.Sprintf("（第%d版）", m.Revision)
			}
			issued = append(issued, name)
		} else if a.scored(m.Month) {
			rest = append(rest, name)
		}
	}
	var out []string
	if len(issued) > 0 {
		out = append(out, strings.Join(issued, "、")+"取已印发的评估得分")
	}
	if len(rest) > 0 {
		out = append(out, strings.Join(rest, "、")+"没有印发评估，按记录统计，得分后注“"+counted+"”")
	}
	if len(out) == 0 {
		return "已结束的月份没有得分。"
	}
	return strings.Join(out, "；") + "。"
}

// scored tells whether any unit had a score in the month.
func (a Annual) scored(month string) bool {
	return slices.ContainsFunc(a.Units, func(u UnitAnnual) bool {
		return slices.ContainsFunc(u.Months, func(m MonthScore) bool { return m.Month == month && m.Scored })
	})
}

// monthName is 2026-11 as 11月.
func monthName(s string) string {
	m, ok := ParseMonth(s)
	if !ok {
		return s
	}
	return itoa(int(m.Month)) + "月"
}

func (a Annual) scoreTable() Table {
	s := a.Scoring.or()
	t := Table{Title: "年度得分", Columns: []Column{
		{Name: "类别", Width: 11},
		{Name: "单位", Width: 18},
		{Name: "全年得分", Width: 10},
		{Name: "同类排名", Width: 22},
		{Name: "日常考核（" + decimal(100*s.Daily) + "%）", Width: 16},
		{Name: "年终考核（" + decimal(100*s.YearEnd) + "%）", Width: 16},
		{Name: "计算", Width: 34},
	}}
	for _, u := range a.Units {
		t.Rows = append(t.Rows, []Cell{
			text(u.Class), text(u.Name), text(u.TotalText()), text(u.RankText()), text(u.DailyText()), text(u.YearEnd.ScoreText()), text(u.reckoning(s)),
		})
	}
	return t
}

// TotalText is the year's score as people read it; — where there is nothing to score.
func (u UnitAnnual) TotalText() string { return hundredths(u.Total, u.Scored) }

// DailyText is the mean of the months' scores as people read it.
func (u UnitAnnual) DailyText() string { return hundredths(u.Daily, u.DailyScored) }

// RankText is the place among the units of the class, as in [UnitEvaluation.RankText].
func (u UnitAnnual) RankText() string {
	return UnitEvaluation{Rank: u.Rank, Peers: u.Peers, Sample: u.YearEnd.Sample}.RankText()
}

// Text is a month's score as people read it, marked where it was not issued.
func (m MonthScore) Text() string {
	s := hundredths(m.Score, m.Scored)
	if m.Scored && !m.Issued {
		s += counted
	}
	return s
}

// Name is the month as people read it: 11月.
func (m MonthScore) Name() string { return monthName(m.Month) }

func (u UnitAnnual) reckoning(s Scoring) string {
	switch {
	case u.DailyScored && u.YearEnd.Scored:
		return fmt.Sprintf("%s×%s + %s×%s = %s", decimal(s.Daily), u.DailyText(), decimal(s.YearEnd), u.YearEnd.ScoreText(), u.TotalText())
	case u.DailyScored:
		return "只有日常考核"
	case u.YearEnd.Scored:
		return "只有年终考核"
	}
	return "没有可考核的业务"
}

// monthTable is every unit's every month.
func (a Annual) monthTable() Table {
	t := Table{Title: "各月得分", Columns: []Column{{Name: "单位", Width: 18}}}
	for _, m := range a.Months {
		t.Columns = append(t.Columns, Column{Name: monthName(m.Month), Width: 8})
	}
	t.Columns = append(t.Columns, Column{Name: "平均", Width: 8})
	for _, u := range a.Units {
		row := []Cell{text(u.Name)}
		for _, m := range u.Months {
			row = append(row, text(m.Text()))
		}
		t.Rows = append(t.Rows, append(row, text(u.DailyText())))
	}
	return t
}

// Text is the year as a message that fits every channel.
func (a Annual) Text(zone *time.Location) string {
	var b message
	b.add("【年度考核】" + a.Year + "年度" + scoped(a.Name))
	b.add("统计截至" + incident.Show(a.Period.CutOff, zone))
	s := a.Scoring.or()
	b.add(fmt.Sprintf("全年得分 = %s×日常考核 + %s×年终考核", decimal(s.Daily), decimal(s.YearEnd)))
	for i, u := range a.Units {
		line := fmt.Sprintf("%s：%s分（日常%s，年终%s），%s", u.Name, u.TotalText(), u.DailyText(), u.YearEnd.ScoreText(), u.RankText())
		switch {
		case !u.Scored:
		case u.Unit == a.Unit:
			b.add(line)
			if n := len(u.YearEnd.Deductions); n > 0 {
				b.add(fmt.Sprintf("扣分%d项，印发后5个工作日内可以申诉", n))
			}
		case b.room(line, "另有999个单位，详见页面"):
			b.add(line)
		default:
			b.add(fmt.Sprintf("另有%d个单位，详见页面", len(a.Units)-i))
			return b.b.String()
		}
	}
	return b.b.String()
}

// Markdown is the year as a message of WeChat Work's markdown.
func (a Annual) Markdown(zone *time.Location) string { return marked(a.Text(zone)) }

// Poster is the year as a picture for a telephone.
func (a Annual) Poster(zone *time.Location) Poster {
	p := a.yearEnd().Poster(zone)
	p.Title, p.Subtitle, p.Heading, p.Lines = "政务舆情回应年度考核", a.Year+"年度"+scoped(a.Name), "年度得分（同类比较）", nil
	for _, u := range a.Units {
		if u.Scored && len(p.Lines) < 14 {
			p.Lines = append(p.Lines, PosterLine{Head: u.Name + "　" + u.TotalText() + "分", Text: u.Class + "　" + u.RankText() + "　日常" + u.DailyText() + "　年终" + u.YearEnd.ScoreText()})
		}
	}
	return p
}
