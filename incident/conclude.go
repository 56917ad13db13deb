package incident

import (
	"fmt"
	"slices"
	"time"

	"huiying/org"
)

// Treatment is a plan that was given (处理方案), with the date it promises.
type Treatment struct {
	At         time.Time `json:"at"`
	PromisedAt time.Time `json:"promised_at"`
	Text       string    `json:"text,omitempty"`
	Clock      int       `json:"clock"`
}

// Plan is 给出处理方案: the lawful way for a major incident that cannot be concluded in
// 5日 (县通知 四（二）). The promised date, 24:00, becomes the limit of the conclusion.
type Plan struct {
	PromisedAt time.Time `json:"promised_at"`
	Text       string    `json:"text,omitempty"`
}

// Kind is KindPlan.
func (Plan) Kind() Kind { return KindPlan }

func (cmd Plan) apply(t *turn) error {
	c := t.c
	if c.Level() == General {
		return refused("一般事件须在3日内办结，不适用处理方案。确需更多时间的，请申请延期，或以 explained（说明原因）办结。")
	}
	if cmd.PromisedAt.IsZero() {
		return invalid("promised_at", "请填写承诺办结的日期。")
	}
	// A date is promised, and its 24:00 is the limit: today's will do.
	if y, m, d := cmd.PromisedAt.In(china()).Date(); !time.Date(y, m, d+1, 0, 0, 0, 0, china()).After(t.now) {
		return invalid("promised_at", "承诺办结的日期不能早于今天。")
	}
	c.Plans = append(c.Plans, Treatment{At: t.now, PromisedAt: cmd.PromisedAt, Text: cmd.Text, Clock: c.Clock().N})
	c.meetAll(t.now, MilestonePlan)
	t.handle()
	t.text = "给出处理方案，承诺" + cmd.PromisedAt.In(china()).Format("1月2日") + "前办结" + note(cmd.Text)
	return nil
}

// ConcludeKind is how a matter ended (facts/standards.md 2.4.8).
type ConcludeKind string

// The kinds of conclusion.
const (
	Resolved  ConcludeKind = "resolved"  // 解决
	Planned   ConcludeKind = "planned"   // 给出方案: needs a promised date, which becomes the next limit
	Explained ConcludeKind = "explained" // 说明原因: needs the policy basis
	Clarified ConcludeKind = "clarified" // 澄清: needs the facts and an address
)

// ConcludeKinds lists them.
func ConcludeKinds() []ConcludeKind { return []ConcludeKind{Resolved, Planned, Explained, Clarified} }

// Chinese is the kind as officers read it.
func (k ConcludeKind) Chinese() string {
	switch k {
	case Resolved:
		return "已解决"
	case Planned:
		return "给出处理方案"
	case Explained:
		return "说明原因"
	case Clarified:
		return "澄清事实"
	}
	return string(k)
}

// Conclusion is how and when it ended.
type Conclusion struct {
	At      time.Time    `json:"at"`
	Kind    ConcludeKind `json:"kind"`
	Result  string       `json:"result,omitempty"`
	Basis   string       `json:"basis,omitempty"`
	Facts   string       `json:"facts,omitempty"`
	Address string       `json:"address,omitempty"`
	Signed  string       `json:"signed"`
	Post    org.Post     `json:"post"`
	Clock   int          `json:"clock"`
}

// Conclude is 办结, signed by the deputy, for major and emergency by the head.
type Conclude struct {
	ConcludeKind ConcludeKind `json:"kind"`
	Result       string       `json:"result,omitempty"`
	Basis        string       `json:"basis,omitempty"`   // explained: the policy or law
	Facts        string       `json:"facts,omitempty"`   // clarified: what is true
	Address      string       `json:"address,omitempty"` // clarified: where it was said; else where it was answered
	PromisedAt   time.Time    `json:"promised_at,omitzero"`
	// Files are pictures and files that prove it.
	Files []Attachment `json:"files,omitempty"`
}

// Kind is KindConclude.
func (Conclude) Kind() Kind { return KindConclude }

// Validate refuses a conclusion that does not hold what its kind needs.
func (cmd Conclude) Validate() error {
	switch cmd.ConcludeKind {
	case Resolved:
		return need("result", cmd.Result, "处理结果")
	case Explained:
		return need("basis", cmd.Basis, "政策或法律依据")
	case Clarified:
		if err := need("facts", cmd.Facts, "查明的事实"); err != nil {
			return err
		}
		return need("address", cmd.Address, "澄清信息的发布网址")
	case Planned:
		if cmd.PromisedAt.IsZero() {
			return invalid("promised_at", "请填写承诺办结的日期。")
		}
		return nil
	}
	return invalid("kind", "请选择办结方式：resolved（解决）、planned（给出方案）、explained（说明原因）、clarified（澄清）。")
}

func (cmd Conclude) apply(t *turn) error {
	if err := cmd.Validate(); err != nil {
		return err
	}
	if cmd.ConcludeKind == Planned {
		if err := (Plan{PromisedAt: cmd.PromisedAt, Text: cmd.Result}).apply(t); err != nil {
			return err
		}
		return t.prove(KindConclude, cmd.Files)
	}
	c := t.c
	as := t.by.As(c.Lead)
	c.Conclusions = append(c.Conclusions, Conclusion{
		At: t.now, Kind: cmd.ConcludeKind, Result: cmd.Result, Basis: cmd.Basis, Facts: cmd.Facts, Address: cmd.Address,
		Signed: t.by.Name, Post: as.Post, Clock: c.Clock().N,
	})
	met := []MilestoneKind{MilestoneConclude, MilestonePlan}
	if cmd.Address != "" {
		met = append(met, MilestoneRespond)
	}
	c.meetAll(t.now, met...)
	c.State = Concluded
	c.Verified = "" // whoever was asked after an earlier conclusion was not asked about this one
	t.text = "办结（" + cmd.ConcludeKind.Chinese() + "）" + note(cmd.Result+cmd.Basis+cmd.Facts)
	return t.prove(KindConclude, cmd.Files)
}

// Audience is to whom an answer is given back.
type Audience string

// The audiences.
const (
	ToSuperior Audience = "superior" // what a superior passed down
	ToPlatform Audience = "platform" // on the platform that sent it
	ToReporter Audience = "reporter" // to the reporter, by his contact
)

// Chinese is the audience as officers read it.
func (a Audience) Chinese() string {
	switch a {
	case ToSuperior:
		return "上级"
	case ToPlatform:
		return "来源平台"
	case ToReporter:
		return "来件人"
	}
	return string(a)
}

// FeedbackTo is to whom the source of the case wants its answer.
func (c Case) FeedbackTo() Audience {
	if c.Report.Source.Kind == SourceSuperior {
		return ToSuperior
	}
	return ToPlatform
}

// Answer is 反馈: the answer delivered to the platform or superior, with proof.
type Answer struct {
	At      time.Time `json:"at"`
	To      Audience  `json:"to,omitempty"`
	Address string    `json:"address"`
	Text    string    `json:"text,omitempty"`
}

// Feedback is 反馈 on the platform it came from, or to the superior that handed it down.
type Feedback struct {
	// To is the source's own audience where it is empty: the platform or the superior.
	To Audience `json:"to,omitempty"`
	// Address is the proof: an address or a document number.
	Address string    `json:"address"`
	At      time.Time `json:"at,omitzero"`
	Text    string    `json:"text,omitempty"`
	// Files are pictures and files that prove it.
	Files []Attachment `json:"files,omitempty"`
}

// Kind is KindFeedback.
func (Feedback) Kind() Kind { return KindFeedback }

func (cmd Feedback) apply(t *turn) error {
	if err := need("address", cmd.Address, "反馈的网址或文号"); err != nil {
		return err
	}
	at, err := t.factTime("at", cmd.At)
	if err != nil {
		return err
	}
	to := cmd.To
	if to == "" {
		to = t.c.FeedbackTo()
	}
	if to.Chinese() == string(to) {
		return invalid("to", "反馈对象只能是 superior（上级）、platform（来源平台）、reporter（来件人）。")
	}
	t.c.Feedbacks = append(t.c.Feedbacks, Answer{At: at, To: to, Address: cmd.Address, Text: cmd.Text})
	t.c.meetAll(at, MilestoneFeedback) // an answer given just before the conclusion counts
	t.meetFact(at, MilestoneRespond)
	t.text = "反馈：" + cmd.Address
	if cmd.To != "" {
		t.text = "反馈" + to.Chinese() + "：" + cmd.Address
	}
	return t.prove(KindFeedback, cmd.Files)
}

// Verify is 回访: satisfied, unsatisfied or unreached.
type Verify struct {
	Result string `json:"result"`
	Text   string `json:"text,omitempty"`
}

// Kind is KindVerify.
func (Verify) Kind() Kind { return KindVerify }

func (cmd Verify) apply(t *turn) error {
	words := map[string]string{"satisfied": "满意", "unsatisfied": "不满意", "unreached": "未联系上"}
	word, ok := words[cmd.Result]
	if !ok {
		return invalid("result", "请填写回访结果：satisfied（满意）、unsatisfied（不满意）、unreached（未联系上）。")
	}
	t.c.Verified = cmd.Result
	t.text = "回访：" + word + note(cmd.Text)
	return nil
}

// Reopen is 重办, with the reason: a new clock of its own, the first clock's result kept.
type Reopen struct {
	Reason string `json:"reason"`
}

// Kind is KindReopen.
func (Reopen) Kind() Kind { return KindReopen }

func (cmd Reopen) apply(t *turn) error {
	if err := need("reason", cmd.Reason, "重办理由"); err != nil {
		return err
	}
	c := t.c
	c.Reopened = t.now
	c.Reopenings++
	c.startClock(c.Level(), t.now, "reopen", t.now)
	c.State = Handling
	t.text = "重办" + because(cmd.Reason)
	if c.Verified == "unsatisfied" {
		t.text = fmt.Sprintf("二次办理（第%d次重办，回访不满意）%s", c.Reopenings, because(cmd.Reason))
	}
	t.text += "；自现在重新计时，此前的结果保留"
	t.tell(NoticeResult, c.Lead, org.Handler, t.text)
	return nil
}

// Archive is 归档, when no milestone is pending.
type Archive struct{}

// Kind is KindArchive.
func (Archive) Kind() Kind { return KindArchive }

func (Archive) apply(t *turn) error {
	pending := slices.IndexFunc(t.c.Milestones, Milestone.Pending)
	if pending >= 0 {
		return refused("还有未完成的时限节点“" + t.c.Milestones[pending].Kind.Chinese() + "”，完成后才能归档。")
	}
	t.c.State = Archived
	t.text = "归档"
	return nil
}
