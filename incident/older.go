package incident

import "slices"

// RulesVersion numbers the rules by which commands are decided. It goes up whenever
// something that was allowed is refused from then on; what was refused and is now allowed
// needs no new number.
//
//	1  a release or an answer went out without a reviewed draft; designating, refusing an
//	   extension, merging and splitting asked for no reason
//	2  the three reviews and the reasons
const RulesVersion = 2

// older tells whether a refusal may come of rules that are younger than the case: it was
// registered under older ones, and a command that the log holds was accepted when given.
func (c Case) older(err error) bool {
	refusals := []Code{CodeRefused, CodeForbidden, CodeInvalid}
	return c.Rules < RulesVersion && slices.Contains(refusals, CodeOf(err))
}

// unreviewed is an answer that went out before drafts were reviewed.
func (t *turn) unreviewed(r Response) {
	t.c.Responses = append(t.c.Responses, r)
	t.meetFact(r.At, MilestoneRespond)
	t.handle()
	t.text = "首次回应：" + r.Address
}

// unreviewedRelease is a release that went out before drafts were reviewed.
func (t *turn) unreviewedRelease(r Releasing) {
	t.c.Releases = append(t.c.Releases, r)
	t.meetFact(r.At, MilestoneRelease, MilestoneRespond, MilestoneRollingRelease)
	t.handle()
	t.text = "权威发布：" + r.Address
}
