package page

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"huiying/desk"
	"huiying/incident"
)

// roomView is the emergency room: everything about one incident that is asked for while it
// is hot, on one page that can be printed.
type roomView struct {
	frame
	ID                    incident.ID
	Heading, Level, Tone  string
	State, Lead, Now      string
	Head                  string // whether the main leader has spoken
	HeadTone              string
	Counts                []countView
	Facts                 []pair
	Contradictions        []string
	Drafts                []draftView
	Reports               []reportText
	Next                  []reportText // filled out of the log, to be corrected and sent
	Releases, Conferences []roomLine
	Parts, Opinions       []roomLine
	Consults              []consultView
	Lessons               []lessonsView
	Told                  []deliveryView
	Timeline              []entryView
	Rhythm                string
}

// countView is one of the limits that everybody looks at: 首报、3小时、5小时、24小时.
type countView struct{ Name, Until, State, Tone string }

type reportText struct{ Heading, Text string }

type roomLine struct{ At, Head, Text string }

// room shows the emergency room of an incident.
func (p *Pages) room(w http.ResponseWriter, r *http.Request, v Visit) error {
	c, entries, deliveries, err := p.file(r, v)
	if err != nil {
		return err
	}
	now := p.now()
	view := p.roomView(c, v, now)
	view.Told = p.deliveries(c, slices.DeleteFunc(deliveries, func(d desk.Delivery) bool { return d.State == "withdrawn" }), now)
	view.Timeline = p.timeline(entries, now)
	for _, next := range []struct{ stage, name string }{{"first", "首报"}, {"followup", "续报"}, {"final", "终报"}} {
		if next.stage == "first" && len(c.OfficialReports) > 0 || next.stage == "followup" && len(c.OfficialReports) == 0 {
			continue
		}
		text, err := p.Desk.Official(c, entries, next.stage)
		if err != nil {
			return fmt.Errorf("fill official report: %w", err)
		}
		if text != "" {
			view.Next = append(view.Next, reportText{Heading: next.name + "底稿（由办理记录填写，请核改）", Text: text})
		}
	}
	return p.render(w, http.StatusOK, "room", view)
}

func (p *Pages) roomView(c incident.Case, v Visit, now time.Time) roomView {
	report := c.Report.Masked()
	view := roomView{
		frame: p.frame(c.ID.String()+"号 应急处置", "", v), ID: c.ID, Heading: report.Title, Level: c.Level().Chinese(), Tone: tone(c.Level()),
		State: c.State.Chinese(), Lead: p.unit(c.Lead), Now: p.show(now.Truncate(time.Second), now), Facts: p.facts(c, now),
		Contradictions: p.Desk.Contradictions(c), Drafts: p.drafts(c, now), Counts: p.countdowns(c, now), Rhythm: p.rhythm(c, now),
	}
	view.Head, view.HeadTone = spoken(c)
	for i, r := range c.OfficialReports {
		name := map[string]string{"first": "首报", "followup": "续报" + strconv.Itoa(i), "final": "终报"}[r.Stage]
		view.Reports = append(view.Reports, reportText{Heading: name + " " + p.unit(r.Unit) + " " + p.show(r.At.Truncate(time.Second), now), Text: incident.MaskText(r.Text)})
	}
	for _, r := range c.Releases {
		line := roomLine{At: p.show(r.At, now), Head: r.Title, Text: published(r.Channel, r.Address, r.Speaker)}
		if r.HeadSpoke {
			line.Text += "（主要负责人发声）"
		}
		view.Releases = append(view.Releases, line)
	}
	for _, r := range c.Conferences {
		view.Conferences = append(view.Conferences, p.conference(r, now)...)
	}
	view.Parts, view.Opinions = p.parts(c, now)
	view.Consults, view.Lessons = p.consultations(c, now), p.lessons(c, now)
	return view
}

// parts are the assisting units' tasks, and what they answered.
func (p *Pages) parts(c incident.Case, now time.Time) (parts, opinions []roomLine) {
	for _, part := range c.Parts {
		line := roomLine{Head: p.unit(part.Unit), Text: part.What + "，期限" + p.show(part.Due, now)}
		if part.Answered.IsZero() {
			line.Text += "（" + left(part.Due, now) + "）"
		} else {
			line.Text += "（" + p.show(part.Answered.Truncate(time.Second), now) + "已答复）"
		}
		parts = append(parts, line)
	}
	for _, o := range c.Opinions {
		opinions = append(opinions, roomLine{At: p.show(o.At.Truncate(time.Second), now), Head: p.unit(o.Unit) + " " + o.Name, Text: incident.MaskText(o.Text)})
	}
	return parts, opinions
}

// conference is a press conference as lines: its record, then what was asked.
func (p *Pages) conference(r incident.Conference, now time.Time) []roomLine {
	line := roomLine{At: p.show(r.At, now), Head: r.Place, Text: "发布人" + r.Speaker}
	for _, f := range []pair{{"主持", r.Host}, {"材料", r.Materials}, {"报道和实录", r.Address}} {
		if f.Value != "" {
			line.Text += "，" + f.Label + f.Value
		}
	}
	if r.HeadSpoke {
		line.Text += "（主要负责人出席）"
	}
	out := []roomLine{line}
	if r.Questions != "" {
		out = append(out, roomLine{Head: "提问与回答", Text: incident.MaskText(r.Questions)})
	}
	return out
}

// countdowns are the limits of the emergency, in the order in which they come.
func (p *Pages) countdowns(c incident.Case, now time.Time) []countView {
	var out []countView
	add := func(name string, m incident.Milestone, until time.Time) {
		v := countView{Name: name, Until: p.show(until, now)}
		switch {
		case !m.Pending() && m.MetAt.After(until):
			v.State, v.Tone = p.show(m.MetAt, now)+"完成，超"+span(m.MetAt.Sub(until)), "late"
		case !m.Pending():
			v.State, v.Tone = p.show(m.MetAt, now)+"完成", "met"
		case now.After(until):
			v.State, v.Tone = left(until, now), "bad"
		default:
			v.State, v.Tone = left(until, now), "wait"
			if until.Sub(now) < time.Hour {
				v.Tone = "soon"
			}
		}
		out = append(out, v)
	}
	for _, m := range c.Milestones {
		if m.State == incident.Voided {
			continue
		}
		switch m.Kind { //nolint:exhaustive // the others are the incident page's
		case incident.MilestoneFirstReport:
			add("首报", m, m.Limit)
		case incident.MilestoneRelease:
			if !m.Target.IsZero() {
				add("权威发布 力争（3小时）", m, m.Target)
			}
			add("权威发布 最迟（5小时）", m, m.Limit)
		case incident.MilestonePressConference:
			add("新闻发布会（24小时）", m, m.Limit)
		case incident.MilestoneRollingRelease:
			if m.Pending() {
				add("下一次发布", m, m.Limit)
			}
		case incident.MilestoneFollowup:
			if m.Pending() {
				add("下一次续报", m, m.Limit)
			}
		}
	}
	return out
}

// rhythm says when the next report to the county is due, empty where none is.
func (p *Pages) rhythm(c incident.Case, now time.Time) string {
	due := c.PendingOf(incident.MilestoneFollowup)
	if len(due) == 0 {
		return ""
	}
	m := due[0]
	word := "每" + span(m.Limit.Sub(m.From))
	if m.Limit.Sub(m.From) == 24*time.Hour {
		word = "每日"
	}
	return fmt.Sprintf("续报%s一次，下一次%s前，%s", word, p.show(m.Limit.Truncate(time.Minute), now), left(m.Limit, now))
}

// spoken says whether the main leader has spoken.
func spoken(c incident.Case) (text, tone string) {
	for _, r := range c.Releases {
		if r.HeadSpoke {
			return "主要负责人已发声", "met"
		}
	}
	for _, r := range c.Conferences {
		if r.HeadSpoke {
			return "主要负责人已发声", "met"
		}
	}
	return "主要负责人尚未发声", "bad"
}

// prefill writes the next official report, filled out of the log, into its form.
func (p *Pages) prefill(c incident.Case, entries []incident.Entry, forms ...[]formView) error {
	stage := "first"
	if len(c.OfficialReports) > 0 {
		stage = "followup"
	}
	for _, list := range forms {
		for i := range list {
			if list[i].Kind != incident.KindFirstReport || c.Level() != incident.Emergency {
				continue
			}
			text, err := p.Desk.Official(c, entries, stage)
			if err != nil {
				return fmt.Errorf("fill official report: %w", err)
			}
			list[i].Fields[0].Value = text
		}
	}
	return nil
}
