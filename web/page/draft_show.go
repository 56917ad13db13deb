package page

import (
	"slices"
	"strconv"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

// draftView is a draft with its wording, what changed, and who said what about it.
type draftView struct {
	N                    int
	Heading, State, Tone string
	County               bool
	Machine              string // how the first words came about, empty where a person wrote them
	Text, Hash, Written  string
	Older                []versionView
	Found                []incident.Finding
	Reviews              []reviewView
	Back                 []reviewView // returned for change, in earlier rounds too
	Signed               []signedView
	Published            []pair
	Waits                string
	Agreed               string
	Open                 bool
	Diff                 []desk.Piece
	DiffOf               int
}

type versionView struct {
	N             int
	Written, Text string
}

// reviewView is one of the three reviews: decided, or waited for.
type reviewView struct {
	Stage, Who, At, Say, Comment, Tone string
	Found                              []incident.Finding
}

type signedView struct{ Unit, Who, At, Say, Comment, Tone string }

// drafts are the drafts of a case, the newest first.
func (p *Pages) drafts(c incident.Case, now time.Time) []draftView {
	out := make([]draftView, 0, len(c.Drafts))
	for _, d := range slices.Backward(c.Drafts) {
		out = append(out, p.draft(c, d, now))
	}
	return out
}

func (p *Pages) draft(c incident.Case, d incident.Draft, now time.Time) draftView {
	last := d.Last()
	v := draftView{
		N: d.N, Heading: d.Label(), State: d.State.Chinese(), Tone: draftTone(d.State), County: d.County, Machine: drawn(d),
		Text: incident.MaskText(last.Text), Hash: last.Hash[:8], Written: last.Name + " " + p.show(last.At.Truncate(time.Second), now),
		Found: d.Found, Open: d.State != incident.Published && d.State != incident.Withdrawn,
	}
	if v.Open {
		v.Agreed = p.agreed(c, now)
	}
	if n := len(d.Versions); n > 1 {
		v.DiffOf = d.Versions[n-2].N
		v.Diff = desk.Differences(incident.MaskText(d.Versions[n-2].Text), v.Text)
		for _, was := range slices.Backward(d.Versions[:n-1]) {
			v.Older = append(v.Older, versionView{N: was.N, Written: was.Name + " " + p.show(was.At.Truncate(time.Second), now), Text: incident.MaskText(was.Text)})
		}
	}
	p.reviewsOf(c, d, now, &v)
	for _, u := range c.Assisting {
		v.Signed = append(v.Signed, p.signed(d, u, now))
	}
	for _, r := range c.Releases {
		if r.Draft == d.N {
			v.Published = append(v.Published, pair{"发布 " + p.show(r.At, now), published(r.Channel, r.Address, r.Speaker)})
		}
	}
	for _, r := range c.Responses {
		if r.Draft == d.N {
			v.Published = append(v.Published, pair{"回应 " + p.show(r.At, now), published(r.Channel, r.Address, "")})
		}
	}
	return v
}

// drawn says that a machine began the draft, and whether a person has gone over it since.
func drawn(d incident.Draft) string {
	first, ok := d.Machine()
	switch {
	case !ok:
		return ""
	case d.Last().Machine:
		return "初稿" + first.Drawn() + "，须人工核改或采用"
	}
	return "初稿" + first.Drawn() + "，" + d.Last().Name + "核改"
}

// reviewsOf shows the three reviews of the words as they stand, and what was sent back before.
func (p *Pages) reviewsOf(c incident.Case, d incident.Draft, now time.Time, v *draftView) {
	approvals := d.Approvals()
	for _, s := range incident.Stages() {
		view := reviewView{Stage: s.Chinese(), Who: d.Reviewer(s).Chinese(), Say: "未到", Tone: "void"}
		if i := slices.IndexFunc(approvals, func(r incident.Review) bool { return r.Stage == s }); i >= 0 {
			view = p.review(approvals[i], now)
		} else if i := slices.IndexFunc(d.Asked, func(a incident.Asked) bool { return a.Stage == s }); i >= 0 && d.State == incident.UnderReview {
			view.Say, view.Tone, view.At = "等待审核", "wait", p.show(d.Asked[i].At.Truncate(time.Second), now)+"送到"
			view.Who = d.Asked[i].Post.Chinese()
			if m := dueReview(c, d, s); m != nil {
				view.Say += "，" + left(m.Limit, now)
			}
		}
		v.Reviews = append(v.Reviews, view)
	}
	for _, r := range d.Reviews {
		if !r.Approve {
			v.Back = append(v.Back, p.review(r, now))
		}
	}
}

func dueReview(c incident.Case, d incident.Draft, s incident.Stage) *incident.Milestone {
	for i := range c.Milestones {
		if m := &c.Milestones[i]; m.Pending() && m.Ref == d.Ref(s) {
			return m
		}
	}
	return nil
}

func (p *Pages) review(r incident.Review, now time.Time) reviewView {
	view := reviewView{
		Stage: r.Stage.Chinese(), Who: r.Name, At: p.show(r.At.Truncate(time.Second), now), Say: "通过", Tone: "met",
		Comment: incident.MaskText(r.Comment), Found: r.Found,
	}
	if !r.Approve {
		view.Stage += "（第" + strconv.Itoa(r.Version) + "版）"
		view.Say, view.Tone = "退回修改", "overdue"
	}
	if r.Post != "" {
		seat := r.Post.Chinese()
		if !r.Post.County() {
			seat = p.unit(r.Unit) + seat
		}
		view.Who += "（" + seat + "）"
	}
	return view
}

func (p *Pages) signed(d incident.Draft, u org.UnitID, now time.Time) signedView {
	view := signedView{Unit: p.unit(u), Say: "等待会签", Tone: "wait"}
	for _, s := range d.Signed {
		if s.Unit != u || s.Hash != d.Last().Hash {
			continue
		}
		view.Who, view.At, view.Comment = s.Name, p.show(s.At.Truncate(time.Second), now), incident.MaskText(s.Comment)
		if view.Say, view.Tone = "同意", "met"; !s.Agree {
			view.Say, view.Tone = "不同意", "overdue"
		}
	}
	return view
}

func published(channel, address, speaker string) string {
	text := address
	if channel != "" {
		text = channel + " " + text
	}
	if speaker != "" {
		text += "，发布人" + speaker
	}
	return text
}

func draftTone(s incident.DraftState) string {
	switch s {
	case incident.Approved, incident.Published:
		return "met"
	case incident.SentBack:
		return "overdue"
	case incident.UnderReview:
		return "wait"
	case incident.Drafting, incident.Withdrawn:
	}
	return "void"
}
