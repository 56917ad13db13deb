package incident

import (
	"fmt"
	"slices"
	"strings"

	"huiying/org"
)

// Allowed lists the commands that the actor may give in the state that the case is in now,
// without those for drafts where no draft waits for them.
func (c Case) Allowed(by org.Actor) []Kind {
	var out []Kind
	for _, k := range c.kinds() {
		if !k.Internal() && k != KindPause && c.inState(k) && c.may(by, k) && !c.idle(k, by) {
			out = append(out, k)
		}
	}
	return out
}

// kinds lists the commands that there are on such a case.
func (c Case) kinds() []Kind {
	if c.Duty != nil {
		return DutyKinds()
	}
	return Kinds()
}

// May tells whether the actor holds the right to the command on this case, whatever its
// state; of the zero Case, whether he may register.
func (c Case) May(by org.Actor, k Kind) bool { return c.may(by, k) }

// WhoMay lists the posts that may give the command on this case, lowest first, and
// whether they are the county's. Drills take the first of them when a step names nobody.
func (c Case) WhoMay(k Kind) []org.Post {
	var out []org.Post
	for _, h := range c.holders(k) {
		switch {
		case len(h.posts) > 0:
			out = append(out, h.posts...)
		case h.side == ofLead || h.side == ofInvolved || h.side == ofAssisting:
			out = append(out, org.Handler, org.SectionHead, org.Deputy, org.Head)
		case h.side == ofAnyone:
			out = append(out, org.DutyOfficer)
		}
	}
	return out
}

func (c Case) inState(k Kind) bool {
	if !c.suits(k) {
		return false
	}
	if c.Duty != nil {
		return slices.Contains(dutyFrom(k), c.State)
	}
	return slices.Contains(specs[k].from, c.State)
}

// holders are those of the table, narrowed where the level decides who signs (a
// conclusion is signed by the deputy, major and emergency by the head) and where the
// state does: the first dispatch is the office's, a later one the county's.
func (c Case) holders(k Kind) []holder {
	switch {
	case k == KindDispatch && c.State != Assessed:
		return []holder{county}
	case k == KindConclude && c.Level().Rank() >= Major.Rank():
		return []holder{head}
	case k == KindVoid && c.Duty != nil && c.Duty.Cycle == Watching:
		return []holder{director, house} // nobody signed for a shift that is over
	case k == KindReopen && c.State == Archived:
		return []holder{director}
	}
	return specs[k].who
}

func (c Case) may(by org.Actor, k Kind) bool {
	return slices.ContainsFunc(c.holders(k), func(h holder) bool { return c.is(by, h) })
}

func (c Case) is(by org.Actor, h holder) bool {
	switch h.side {
	case ofLead:
		return by.In(c.Lead, h.posts...)
	case ofInvolved:
		return by.In(c.Lead, h.posts...) || slices.ContainsFunc(c.Assisting, func(u org.UnitID) bool { return by.In(u, h.posts...) })
	case ofAssisting:
		return slices.ContainsFunc(c.Assisting, func(u org.UnitID) bool { return by.In(u, h.posts...) })
	case ofCounty:
		return by.County(h.posts...)
	case ofHouse:
		return by.Role == org.RoleSystem
	case ofIntake:
		return by.Role == org.RoleIntake || by.Role == org.RoleSystem
	case ofAnyone:
		return len(by.Holds) > 0 || by.Role == org.RoleSystem
	}
	return false
}

// check refuses a command that the state or the actor's posts do not allow, saying
// what is allowed now and by whom.
func (c Case) check(by org.Actor, k Kind) error {
	if err := c.checkDuty(k); err != nil {
		return err
	}
	if !c.inState(k) && c.Duty != nil {
		return refused(fmt.Sprintf("任务%s，不能“%s”。%s", c.StateText(), k.Chinese(), c.nowAllowed()))
	}
	if !c.inState(k) {
		if !c.State.Open() && c.State != Concluded {
			return refused(fmt.Sprintf("事件%s，不能再“%s”。%s", c.State.Chinese(), k.Chinese(), c.nowAllowed()))
		}
		return refused(fmt.Sprintf("事件现在是“%s”，不能“%s”。%s", c.State.Chinese(), k.Chinese(), c.nowAllowed()))
	}
	if !c.may(by, k) {
		matter := "事件"
		if c.Duty != nil {
			matter = "任务"
		}
		return forbidden(fmt.Sprintf("%s现在是“%s”，“%s”须由%s办理，%s不能办理。%s",
			matter, c.StateText(), k.Chinese(), c.whoText(k), actorText(by), c.yoursNow(by)))
	}
	return nil
}

// nowAllowed is the sentence that names the next steps and who may take them.
func (c Case) nowAllowed() string {
	var steps []string
	for _, k := range c.kinds() {
		if aside(k) || !c.inState(k) || c.idle(k, org.Actor{}) {
			continue
		}
		steps = append(steps, fmt.Sprintf("%s（%s）", k.Chinese(), c.whoText(k)))
	}
	if len(steps) == 0 {
		return "现在没有可办的操作，记录保留备查。"
	}
	return "现在可以：" + strings.Join(steps, "、") + "。"
}

// yoursNow is the sentence that names the next steps that the actor himself may take.
func (c Case) yoursNow(by org.Actor) string {
	var steps []string
	for _, k := range c.Allowed(by) {
		if !aside(k) {
			steps = append(steps, k.Chinese())
		}
	}
	switch {
	case len(steps) == 0 && c.inState(KindComment) && c.may(by, KindComment):
		return "您现在可以备注和知悉。"
	case len(steps) == 0:
		return "现在没有您可办的操作。"
	}
	return "您现在可以：" + strings.Join(steps, "、") + "。"
}

// idle tells whether no draft waits for a command about drafts, or not for this actor; the
// zero actor is anybody.
func (c Case) idle(k Kind, by org.Actor) bool {
	var waits func(Draft) bool
	switch k { //nolint:exhaustive // the others are about no draft
	case KindSubmit:
		waits = func(d Draft) bool { return d.State == Drafting }
	case KindReview:
		waits = func(d Draft) bool { return c.reviews(by, d) }
	case KindAssign, KindOpinion:
		return len(c.Assisting) == 0
	case KindRevoke:
		return len(c.Standing()) == 0
	case KindStrikeProof:
		if c.Duty == nil {
			return true
		}
		all, _ := c.Duty.Count()
		return all == 0
	case KindCountersign, KindWithdraw:
		waits = func(d Draft) bool { return d.State != Published && d.State != Withdrawn }
	default:
		return false
	}
	return !slices.ContainsFunc(c.Drafts, waits)
}

// reviews tells whether a draft waits for this actor's review; of the zero actor, for anybody's.
func (c Case) reviews(by org.Actor, d Draft) bool {
	if len(by.Holds) == 0 {
		return d.State == UnderReview
	}
	took := slices.ContainsFunc(d.Approvals(), func(r Review) bool { return r.Person == by.Person })
	return !took && by.Person != d.Last().Person &&
		slices.ContainsFunc(d.Open(), func(s Stage) bool { return c.MayReview(by, d, s) })
}

// ToReview is the first draft that waits for the actor's review, nil for none.
func (c Case) ToReview(by org.Actor) *Draft {
	for i := range c.Drafts {
		if c.reviews(by, c.Drafts[i]) {
			return &c.Drafts[i]
		}
	}
	return nil
}

// ToSign is the first draft on which a unit of the actor's has said nothing yet, else the
// newest that can be signed, nil for none.
func (c Case) ToSign(by org.Actor) *Draft {
	var last *Draft
	for i := range c.Drafts {
		d := &c.Drafts[i]
		if d.State == Published || d.State == Withdrawn {
			continue
		}
		last = d
		for _, u := range c.Assisting {
			said := slices.ContainsFunc(d.Signed, func(s Signed) bool { return s.Unit == u && s.Hash == d.Last().Hash })
			if by.In(u) && !said {
				return d
			}
		}
	}
	return last
}

// aside tells whether a command is none of the steps of the way: it is always there, or never.
func aside(k Kind) bool {
	return k.Internal() || k == KindPause || k == KindComment || k == KindAcknowledge || k == KindRetime || k == KindFind || k == KindRevoke
}

func (c Case) whoText(k Kind) string {
	var words []string
	for _, h := range c.holders(k) {
		var posts []string
		for _, p := range h.posts {
			posts = append(posts, p.Chinese())
		}
		text := oneOf(posts)
		switch h.side {
		case ofLead:
			if text = "主办单位" + text; c.Duty != nil {
				text = "负责单位" + strings.Join(posts, "、")
			}
		case ofInvolved:
			text = "主办或协办单位" + text
		case ofAssisting:
			text = "协办单位" + text
		case ofHouse, ofIntake:
			continue
		case ofAnyone:
			text = "任何人员"
		case ofCounty:
		}
		if !slices.Contains(words, text) {
			words = append(words, text)
		}
	}
	if len(words) == 0 {
		return "系统"
	}
	return strings.Join(words, "，或")
}

// oneOf joins words as 甲、乙或丙.
func oneOf(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], "、") + "或" + words[n-1]
	}
	return strings.Join(words, "")
}

func actorText(by org.Actor) string {
	if system(by) {
		return "系统"
	}
	if len(by.Holds) == 0 {
		if by.Name == "" {
			return "您"
		}
		return by.Name
	}
	var posts []string
	for _, h := range by.Holds {
		if !slices.Contains(posts, h.Post.Chinese()) {
			posts = append(posts, h.Post.Chinese())
		}
	}
	return by.Name + "（" + strings.Join(posts, "、") + "）"
}
