package incident

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"huiying/org"
)

// Stage is one of the three reviews.
type Stage string

// The stages.
const (
	FirstReview  Stage = "first"  // 初审
	SecondReview Stage = "second" // 复审
	FinalReview  Stage = "final"  // 终审
)

// Stages lists them in order.
func Stages() []Stage { return []Stage{FirstReview, SecondReview, FinalReview} }

// Chinese is the stage as officers read it.
func (s Stage) Chinese() string {
	switch s {
	case FirstReview:
		return "初审"
	case SecondReview:
		return "复审"
	case FinalReview:
		return "终审"
	}
	return string(s)
}

// Asked is one review that was asked for.
type Asked struct {
	Stage Stage     `json:"stage"`
	At    time.Time `json:"at"`
	// Post is who is asked: the stage's own, or the next one up where that post has written
	// the words or taken another stage.
	Post org.Post `json:"post"`
}

// Review is one person's decision on one version.
type Review struct {
	Round   int          `json:"round"`
	Stage   Stage        `json:"stage"`
	Version int          `json:"version"`
	Hash    string       `json:"hash"`
	At      time.Time    `json:"at"`
	Person  org.PersonID `json:"person"`
	Name    string       `json:"name"`
	Unit    org.UnitID   `json:"unit,omitempty"`
	Post    org.Post     `json:"post,omitempty"`
	Approve bool         `json:"approve"`
	Comment string       `json:"comment,omitempty"`
	// Found is what the checks found at that moment.
	Found []Finding `json:"found,omitempty"`
}

// Reviewer is the post whose review a stage is: 初审科室负责人、复审分管领导、终审主要负责人;
// in the county's name 复审主要负责人、终审县政府办主任 (rules.md, Reviews).
func (d Draft) Reviewer(s Stage) org.Post {
	switch {
	case s == FirstReview:
		return org.SectionHead
	case s == SecondReview && !d.County:
		return org.Deputy
	case s == FinalReview && d.County:
		return org.OfficeDirector
	}
	return org.Head
}

// ReviewerAbove is the post that is asked when a reviewer does not answer: the next one
// up. The duty officer is passed over: he watches the clock and signs nothing.
func ReviewerAbove(p org.Post) org.Post {
	switch p {
	case org.Handler:
		return org.SectionHead
	case org.SectionHead:
		return org.Deputy
	case org.Deputy:
		return org.Head
	case org.Head, org.DutyOfficer:
		return org.OfficeDirector
	case org.OfficeDirector, org.DeputyLeader:
	}
	return org.DeputyLeader
}

// MayReview tells whether the actor's post lets him take a stage: its own post or one
// above it, since a superior may stand in; of the first review also a second handler.
// That he is not the writer, nor took another stage, is looked at when he decides.
func (c Case) MayReview(by org.Actor, d Draft, s Stage) bool {
	if s == FirstReview && by.In(c.Lead, org.Handler) {
		return true
	}
	for post := d.Reviewer(s); ; post = ReviewerAbove(post) {
		if post.County() && by.County(post) || !post.County() && by.In(c.Lead, post) {
			return true
		}
		if post == org.DeputyLeader {
			return false
		}
	}
}

// Open lists the stages that are asked for and not decided, in order.
func (d Draft) Open() []Stage {
	var out []Stage
	for _, a := range d.Asked {
		if d.State == UnderReview && d.approval(a.Stage) == nil {
			out = append(out, a.Stage)
		}
	}
	return out
}

// approval is the approval of a stage in this round, nil for none. It holds for the version
// that was read: words that were changed and changed back are handed in anew.
func (d *Draft) approval(s Stage) *Review {
	for i := range d.Reviews {
		r := &d.Reviews[i]
		if r.Stage == s && r.Round == d.Round && r.Approve && r.Version == d.Last().N && r.Hash == d.Last().Hash {
			return r
		}
	}
	return nil
}

// Approvals are the approvals that hold for the words as they stand, in order of the stages.
func (d Draft) Approvals() []Review {
	var out []Review
	for _, s := range Stages() {
		if r := d.approval(s); r != nil {
			out = append(out, *r)
		}
	}
	return out
}

// SubmitDraft is 送审: the draft is handed in for its three reviews. In an emergency the
// three are asked at once; else each is asked when the one before has approved.
type SubmitDraft struct {
	Draft int    `json:"draft"`
	Hash  string `json:"hash,omitempty"`
	// Secrecy: 保密审查 was done (保守国家秘密法 第三十五条); Privacy: personal data were looked for.
	Secrecy bool `json:"secrecy"`
	Privacy bool `json:"privacy"`
	// Found is what the checks found, set by the house.
	Found []Finding `json:"found,omitempty"`
}

// Kind is KindSubmit.
func (SubmitDraft) Kind() Kind { return KindSubmit }

func (cmd SubmitDraft) apply(t *turn) error {
	d, err := t.c.draftFor(cmd.Draft)
	if err != nil {
		return err
	}
	switch d.State {
	case UnderReview:
		return refused(fmt.Sprintf("回应稿%d已经送审，正等待%s。", d.N, stagesText(d.Open())))
	case Approved, Published:
		return refused(fmt.Sprintf("回应稿%d%s，无需再送审。", d.N, d.State.Chinese()))
	case SentBack:
		return refused(fmt.Sprintf("回应稿%d退回后还没有修改，请先改出新版再送审。", d.N))
	case Drafting, Withdrawn:
	}
	if err := d.unread(); err != nil {
		return err
	}
	if cmd.Hash != "" {
		if err := d.sameHash(cmd.Hash); err != nil {
			return err
		}
	}
	if !cmd.Secrecy {
		return invalid("secrecy", "送审前须完成保密审查，请确认后勾选。")
	}
	if !cmd.Privacy {
		return invalid("privacy", "送审前须检查有无个人信息，请确认后勾选。")
	}
	if err := stopped(cmd.Found, "送审"); err != nil {
		return err
	}
	d.State, d.Round, d.Found = UnderReview, d.Round+1, slices.Clone(cmd.Found)
	d.ask(t.c.Level(), t.now)
	t.handle()
	t.text = "送审：" + d.label() + "，已勾选保密审查和个人信息检查，请" + stagesText(d.Open())
	for _, u := range t.c.Assisting {
		t.tellDraft(d.N, u, org.Deputy, "请会签"+d.label())
	}
	return nil
}

// ask asks for the reviews that are next: all three in an emergency, else one.
func (d *Draft) ask(level Level, now time.Time) {
	for _, s := range Stages() {
		if d.approval(s) != nil {
			continue
		}
		if !slices.ContainsFunc(d.Asked, func(a Asked) bool { return a.Stage == s }) {
			d.Asked = append(d.Asked, Asked{Stage: s, At: now, Post: d.free(s)})
		}
		if level != Emergency {
			return
		}
	}
}

// free is the stage's post, or the first above it that has no part in these words yet.
func (d Draft) free(s Stage) org.Post {
	post := d.Reviewer(s)
	took := func(r Review) bool { return r.Post == post }
	for post != org.DeputyLeader && (d.Last().Post == post || slices.ContainsFunc(d.Approvals(), took)) {
		post = ReviewerAbove(post)
	}
	return post
}

// askAll asks for all the reviews at once on a case that has become an emergency.
func (c *Case) askAll(now time.Time) {
	for i := range c.Drafts {
		if c.Level() == Emergency && c.Drafts[i].State == UnderReview {
			c.Drafts[i].ask(Emergency, now)
		}
	}
}

// stopped refuses words that a check stops, naming everything that it found.
func stopped(found []Finding, what string) error {
	var texts []string
	for _, f := range found {
		if f.Stop {
			texts = append(texts, f.Text)
		}
	}
	if len(texts) == 0 {
		return nil
	}
	return refused("不能" + what + "：" + strings.Join(texts, "；") + "。请改好后再办。")
}

func stagesText(stages []Stage) string {
	var out []string
	for _, s := range stages {
		out = append(out, s.Chinese())
	}
	return strings.Join(out, "、")
}

// ReviewDraft is 审核: one of three different people, none of them the writer, approves
// the very words that he read, or returns them for change with a comment. The hash says
// which words: after a change the decision is refused.
type ReviewDraft struct {
	Draft int    `json:"draft"`
	Hash  string `json:"hash"`
	// Stage is the highest open one that the reviewer's post allows when it is empty.
	Stage   Stage  `json:"stage,omitempty"`
	Approve bool   `json:"approve"`
	Comment string `json:"comment,omitempty"`
	// Found is what the checks found at that moment, set by the house.
	Found []Finding `json:"found,omitempty"`
}

// Kind is KindReview.
func (ReviewDraft) Kind() Kind { return KindReview }

func (cmd ReviewDraft) apply(t *turn) error {
	d, err := t.c.draftFor(cmd.Draft)
	if err != nil {
		return err
	}
	if d.State != UnderReview {
		return refused(fmt.Sprintf("回应稿%d现在是“%s”，没有等待审核。", d.N, d.State.Chinese()))
	}
	if err := d.sameHash(cmd.Hash); err != nil {
		return err
	}
	stage, err := t.stage(*d, cmd.Stage)
	if err != nil {
		return err
	}
	if !cmd.Approve {
		if err := need("comment", strings.TrimSpace(cmd.Comment), "退回修改的意见"); err != nil {
			return err
		}
	} else if err := stopped(cmd.Found, "审核通过"); err != nil {
		return err
	}
	as, last := t.c.ref(t.by, KindReview), d.Last()
	d.Reviews = append(d.Reviews, Review{
		Round: d.Round, Stage: stage, Version: last.N, Hash: last.Hash, At: t.now, Person: t.by.Person, Name: t.by.Name,
		Unit: as.Unit, Post: as.Post, Approve: cmd.Approve, Comment: cmd.Comment, Found: slices.Clone(cmd.Found),
	})
	t.c.meetRef(d.Ref(stage), t.now)
	t.text = stage.Chinese()
	if !cmd.Approve {
		d.State, d.Asked = SentBack, nil
		t.text += "退回修改：" + d.label() + "，意见：" + cmd.Comment
		t.tellDraft(d.N, t.c.Lead, org.Handler, t.text)
		return nil
	}
	t.text += "通过：" + d.label() + note(cmd.Comment)
	if len(d.Approvals()) < len(Stages()) {
		d.ask(t.c.Level(), t.now)
		return nil
	}
	d.State = Approved
	t.text += "，三审完毕，可以发布"
	t.tellDraft(d.N, t.c.Lead, org.Handler, d.label()+"三审通过，请发布并登记网址")
	return nil
}

// stage is the stage that the actor decides, and refuses whoever may not: the writer,
// who took another stage, and whose post is below it.
func (t *turn) stage(d Draft, want Stage) (Stage, error) {
	open := d.Open()
	var mine []Stage
	for _, s := range open {
		if t.c.MayReview(t.by, d, s) {
			mine = append(mine, s)
		}
	}
	switch {
	case want != "" && !slices.Contains(Stages(), want):
		return "", invalid("stage", "审核环节只能是 first（初审）、second（复审）、final（终审）。")
	case want != "" && !slices.Contains(open, want):
		return "", refused(fmt.Sprintf("回应稿%d现在等待的是%s，不是%s。", d.N, stagesText(open), want.Chinese()))
	case len(mine) == 0 || (want != "" && !slices.Contains(mine, want)):
		if want == "" {
			want = open[0]
		}
		return "", forbidden(fmt.Sprintf("%s须由%s或上一级领导办理，%s不能办理。", want.Chinese(), d.Reviewer(want).Chinese(), actorText(t.by)))
	case t.by.Person == d.Last().Person:
		return "", forbidden("拟稿人不能审核自己写的稿子，请由另外三人审核。")
	case slices.ContainsFunc(d.Approvals(), func(r Review) bool { return r.Person == t.by.Person }):
		return "", forbidden("三审须由三个不同的人办理，您在本轮已经审过，请由另一人审核。")
	}
	if want == "" {
		want = mine[len(mine)-1]
	}
	return want, nil
}

// Ref names a review among the milestones.
func (d Draft) Ref(s Stage) string { return fmt.Sprintf("draft/%d/%d/%s", d.N, d.Round, s) }

// Due is a review that is waited for, as package sla makes a milestone of it.
type Due struct {
	Ref  string
	Unit org.UnitID
	Post org.Post
	From time.Time
	// Limit is set where it is not the policy's; Half where nobody gave it.
	Limit time.Time
	Half  bool
}

// DueReviews lists the reviews that are asked for and not decided.
func (c Case) DueReviews() []Due {
	var out []Due
	for _, d := range c.Drafts {
		open := d.Open()
		for _, a := range d.Asked {
			if slices.Contains(open, a.Stage) {
				out = append(out, Due{Ref: d.Ref(a.Stage), Unit: c.Lead, Post: a.Post, From: a.At})
			}
		}
	}
	return out
}

// meetRef marks the pending milestone of a review or part met.
func (c *Case) meetRef(ref string, at time.Time) {
	for i := range c.Milestones {
		if c.Milestones[i].Ref == ref {
			c.Milestones[i].meet(at)
		}
	}
}

// Asks says in words what an inner milestone asks for, such as 初审回应稿1《情况通报》第2版, or
// how far a duty is; empty for the others.
func (c *Case) Asks(m Milestone) string {
	if c.Duty != nil && c.Duty.Cycle == Watching {
		return c.Report.Text
	}
	if c.Duty != nil {
		due, _ := c.Duty.DueOf(m)
		text := c.Duty.Progress(due)
		if due.Pace && text != "" {
			text += "（阶段进度，不算逾期）"
		}
		return text
	}
	var n, round int
	var stage Stage
	if _, err := fmt.Sscanf(m.Ref, "part/%d", &n); err == nil && n >= 1 && n <= len(c.Parts) {
		return fmt.Sprintf("请答复协办任务%d：%s", n, c.Parts[n-1].What)
	}
	if _, err := fmt.Sscanf(m.Ref, "draft/%d/%d/%s", &n, &round, &stage); err != nil {
		return ""
	}
	d := c.Draft(n)
	if d == nil {
		return ""
	}
	return "请" + stage.Chinese() + d.label()
}

// tellDraft owes a notice about a draft, which is dropped if the draft is published in
// the same decision.
func (t *turn) tellDraft(draft int, unit org.UnitID, post org.Post, text string) {
	t.tell(NoticeResult, unit, post, text)
	t.notices[len(t.notices)-1].Draft = draft
}
