package drill

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

// A script may say release or respond and nothing of drafts, as a county that rehearses
// its hours writes it. The step then stands for the whole way of the words: written,
// handed in, countersigned by the assisting units and reviewed by three people who hold
// the posts at that instant, all in one decision. Who may not publish is refused as ever,
// and so is a step for which three different people cannot be found.

// whole tells whether a step stands for the whole way of the words.
func whole(s Step, c incident.Case, by org.Actor, kind incident.Kind) bool {
	_, named := s.Args["draft"]
	waits := slices.ContainsFunc(c.Drafts, approved)
	if named || waits || !slices.Contains(c.Allowed(by), kind) {
		return false
	}
	signs := by.In(c.Lead, org.Head) || by.County(org.OfficeDirector)
	return kind == incident.KindRespond || (kind == incident.KindRelease && signs)
}

// publish does a release or response with all that comes before it.
func (p *player) publish(ctx context.Context, c incident.Case, cmd incident.Command, by org.Actor, s Step) error {
	title, _ := s.Args["title"].(string)
	text, _ := s.Args["text"].(string)
	return Publish(ctx, p.Desk, p.Clock.Now(), c, Words{cmp.Or(title, "情况通报"), text}, cmd, by)
}

// Words are what is published.
type Words struct{ Title, Text string }

// Publish does a release or response with all that comes before it, at an instant.
func Publish(ctx context.Context, d *desk.Desk, now time.Time, c incident.Case, w Words, cmd incident.Command, by org.Actor) error {
	title, text := w.Title, cmp.Or(w.Text, w.Title)
	n, hash := len(c.Drafts)+1, incident.HashText(title, text)
	cast, err := castOf(d.Directory(), now, c)
	if err != nil {
		return err
	}
	steps := []desk.Step{
		{Command: incident.WriteDraft{Title: title, Text: text}, By: cast.writer},
		{Command: incident.SubmitDraft{Draft: n, Hash: hash, Secrecy: true, Privacy: true}, By: cast.writer},
	}
	for i, stage := range incident.Stages() {
		steps = append(steps, desk.Step{
			Command: incident.ReviewDraft{Draft: n, Hash: hash, Stage: stage, Approve: true}, By: cast.reviewers[i],
		})
	}
	for _, signer := range cast.signers {
		steps = append(steps, desk.Step{Command: incident.Countersign{Draft: n, Hash: hash, Agree: true}, By: signer})
	}
	switch out := cmd.(type) {
	case incident.Release:
		out.Draft, out.Title, out.Text = n, title, text
		cmd = out
	case incident.Respond:
		out.Draft, out.Text = n, text
		cmd = out
	}
	_, err = d.Rehearse(ctx, c.ID, append(steps, desk.Step{Command: cmd, By: by})...)
	return err //nolint:wrapcheck // a sentence for people
}

// cast is who plays the parts of the way.
type cast struct {
	writer             org.Actor
	reviewers, signers []org.Actor
}

// castOf finds a writer and three reviewers, four different people, each in the post or, if
// it is vacant or its holder away, in the next one up.
func castOf(dir *org.Directory, now time.Time, c incident.Case) (cast, error) {
	var out cast
	var busy []org.PersonID
	find := func(post org.Post, unit org.UnitID) (org.Actor, bool) {
		for ; ; post = incident.ReviewerAbove(post) {
			for _, r := range dir.Resolve([]org.Post{post}, unit, now) {
				by, ok := dir.Actor(r.Person.ID, "drill", now)
				held := by.In(unit, post) || (post.County() && by.County(post))
				if ok && held && !slices.Contains(busy, by.Person) {
					busy = append(busy, by.Person)
					return by, true
				}
			}
			if post == org.DeputyLeader {
				return org.Actor{}, false
			}
		}
	}
	d := incident.Draft{}
	// The reviewers first: the writer may be anybody who is left.
	for _, stage := range incident.Stages() {
		by, ok := find(d.Reviewer(stage), c.Lead)
		if !ok {
			return out, noThree(c.Lead, stage, now)
		}
		out.reviewers = append(out.reviewers, by)
	}
	writer, ok := find(org.Handler, c.Lead)
	if !ok {
		writer, ok = find(org.DutyOfficer, c.Lead)
	}
	if !ok {
		return out, noThree(c.Lead, "", now)
	}
	out.writer = writer
	for _, unit := range c.Assisting {
		busy = nil
		signer, ok := find(org.Deputy, unit)
		if !ok || !signer.In(unit) {
			return out, noThree(unit, "", now)
		}
		out.signers = append(out.signers, signer)
	}
	return out, nil
}

func noThree(unit org.UnitID, stage incident.Stage, now time.Time) error {
	what := "拟稿或会签"
	if stage != "" {
		what = stage.Chinese()
	}
	return &incident.Error{
		Code: incident.CodeRefused,
		Text: fmt.Sprintf("%s没有人可以办理%s（%s）：三审须由三个不同的人办理，请补充任职人员。", unit, what, now.Format("1月2日15:04")),
	}
}

// seen gives a review or countersignature the hash of the words as they stand: whoever
// acts in a script has them before his eyes.
func seen(s Step, c incident.Case, kind incident.Kind) {
	if kind != incident.KindReview && kind != incident.KindCountersign {
		return
	}
	n := len(c.Drafts)
	if given, ok := s.Args["draft"].(int); ok {
		n = given
	} else {
		s.Args["draft"] = n
	}
	if _, given := s.Args["hash"]; given {
		return
	}
	if d := c.Draft(n); d != nil {
		s.Args["hash"] = d.Last().Hash
	}
}
