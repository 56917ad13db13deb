package incident_test

import (
	"fmt"
	"testing"
	"time"

	"huiying/incident"
	"huiying/org"
)

// words is the case with one more draft that has its three reviews and every assisting
// unit's agreement at the instant.
func words(t *testing.T, c incident.Case, now time.Time) incident.Case {
	t.Helper()
	n := len(c.Drafts) + 1
	title, text := "情况通报", fmt.Sprintf("经查，路面已修补（第%d份）。", n)
	hash := incident.HashText(title, text)
	c = must(t, c, now, handler(), incident.WriteDraft{Title: title, Text: text}, incident.SubmitDraft{Draft: n, Secrecy: true, Privacy: true})
	for _, by := range []org.Actor{actor(house, org.SectionHead), deputy(), boss()} {
		c = must(t, c, now, by, incident.ReviewDraft{Draft: n, Hash: hash, Approve: true})
	}
	for _, u := range c.Assisting {
		c = must(t, c, now, actor(u, org.Deputy), incident.Countersign{Draft: n, Hash: hash, Agree: true})
	}
	return c
}

// written is a draft made by hand, in a state, for cases that no command can give one.
func written(c incident.Case, state incident.DraftState) incident.Draft {
	v := incident.Version{N: 1, At: c.ReceivedAt, Person: "写稿人", Name: "写稿人", Title: "情况通报", Text: "已修补", Hash: incident.HashText("情况通报", "已修补")}
	d := incident.Draft{N: 1, State: state, Versions: []incident.Version{v}}
	if state == incident.UnderReview {
		d.Round, d.Asked = 1, []incident.Asked{{Stage: incident.FirstReview, At: c.ReceivedAt}}
	}
	if state == incident.Approved {
		d.Round = 1
		for i, s := range incident.Stages() {
			d.Reviews = append(d.Reviews, incident.Review{
				Round: 1, Stage: s, Version: 1, Hash: v.Hash, At: c.ReceivedAt, Person: org.PersonID(fmt.Sprint("审稿人", i)), Name: fmt.Sprint("审稿人", i), Approve: true,
			})
		}
		for _, u := range []org.UnitID{water, house} {
			d.Signed = append(d.Signed, incident.Signed{Unit: u, Hash: v.Hash, Agree: true})
		}
	}
	return d
}

// TestMilestone_Chinese: a review is called by its stage, so that two that wait are told apart.
func TestMilestone_Chinese(t *testing.T) {
	t.Parallel()
	d := incident.Draft{N: 2, Round: 1}
	for want, m := range map[string]incident.Milestone{
		"初审": {Kind: incident.MilestoneReview, Ref: d.Ref(incident.FirstReview)},
		"终审": {Kind: incident.MilestoneReview, Ref: d.Ref(incident.FinalReview)},
		"审核": {Kind: incident.MilestoneReview, Ref: "of an older program"},
		"签收": {Kind: incident.MilestoneAccept},
	} {
		if got := m.Chinese(); got != want {
			t.Errorf("%s is called %s", want, got)
		}
	}
}
