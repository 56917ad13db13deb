package incident

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"huiying/org"
)

// Response is a public answer on the source or elsewhere.
type Response struct {
	At      time.Time `json:"at"`
	Address string    `json:"address"`
	Text    string    `json:"text,omitempty"`
	Channel string    `json:"channel,omitempty"`
	Draft   int       `json:"draft,omitempty"`
	Hash    string    `json:"hash,omitempty"`
}

// Respond is 首次回应: any public answer on the source (国办发〔2016〕61号: within 48 h). It
// puts words before the public, so the words are those of a draft with its three reviews.
type Respond struct {
	// Draft is the reviewed draft; 0 is the one that is approved and not yet published.
	Draft   int       `json:"draft,omitempty"`
	Address string    `json:"address"`
	At      time.Time `json:"at,omitzero"`
	// Channel is where, such as 县政府网站 or 问政平台; Text the copy of what stands there.
	Channel string `json:"channel,omitempty"`
	Text    string `json:"text,omitempty"`
	// Unsigned is why it goes out before all assisting units agreed; an emergency's only.
	Unsigned string `json:"unsigned,omitempty"`
}

// Kind is KindRespond.
func (Respond) Kind() Kind { return KindRespond }

func (cmd Respond) apply(t *turn) error {
	if err := need("address", cmd.Address, "回应的网址或平台名称"); err != nil {
		return err
	}
	at, err := t.factTime("at", cmd.At)
	if err != nil {
		return err
	}
	if t.old {
		t.unreviewed(Response{At: at, Address: cmd.Address, Channel: cmd.Channel, Text: cmd.Text})
		return nil
	}
	d, err := t.publish(KindRespond, publication{draft: cmd.Draft, text: cmd.Text, unsigned: cmd.Unsigned, at: at})
	if err != nil {
		return err
	}
	last := d.Last()
	t.c.Responses = append(t.c.Responses, Response{
		At: at, Address: cmd.Address, Channel: cmd.Channel, Text: last.Text, Draft: d.N, Hash: last.Hash,
	})
	d.State = Published
	t.meetFact(at, MilestoneRespond)
	t.handle()
	t.text = "首次回应：" + cmd.Address + "，" + d.proof() + t.before(*d, cmd.Unsigned)
	return nil
}

// Releasing is an authoritative statement that went out.
type Releasing struct {
	At      time.Time `json:"at"`
	Address string    `json:"address"`
	Channel string    `json:"channel,omitempty"`
	Title   string    `json:"title,omitempty"`
	// Text is the saved copy of what was published, Hash that of title and text.
	Text      string `json:"text,omitempty"`
	Hash      string `json:"hash,omitempty"`
	Draft     int    `json:"draft,omitempty"`
	Speaker   string `json:"speaker,omitempty"`
	HeadSpoke bool   `json:"head_spoke,omitempty"`
	// Again: the same words on a further channel, which is no next release.
	Again bool `json:"again,omitempty"`
}

// Release is 权威发布: an authoritative statement with its channel, address and time. The
// words are those of a draft with all three reviews, to the letter; a copy of them and
// their hash are kept with it.
type Release struct {
	// Draft is the reviewed draft; 0 is the one that is approved and not yet published.
	Draft   int       `json:"draft,omitempty"`
	Address string    `json:"address"`
	At      time.Time `json:"at,omitzero"`
	// Channel is where, such as 县政府网站 or 微信公众号.
	Channel string `json:"channel,omitempty"`
	// Title and Text are the copy of what stands at the address; empty for the draft's own.
	Title   string `json:"title,omitempty"`
	Text    string `json:"text,omitempty"`
	Speaker string `json:"speaker,omitempty"`
	// HeadSpoke: the main leader spoke himself (主要负责人发声).
	HeadSpoke bool `json:"head_spoke,omitempty"`
	// Unsigned is why it goes out before all assisting units agreed; an emergency's only.
	Unsigned string `json:"unsigned,omitempty"`
}

// Kind is KindRelease.
func (Release) Kind() Kind { return KindRelease }

func (cmd Release) apply(t *turn) error {
	if err := need("address", cmd.Address, "发布的网址或平台名称"); err != nil {
		return err
	}
	at, err := t.factTime("at", cmd.At)
	if err != nil {
		return err
	}
	if t.old {
		t.unreviewedRelease(Releasing{At: at, Address: cmd.Address, Channel: cmd.Channel, Title: cmd.Title, Text: cmd.Text, Speaker: cmd.Speaker, HeadSpoke: cmd.HeadSpoke})
		return nil
	}
	d, err := t.publish(KindRelease, publication{draft: cmd.Draft, title: cmd.Title, text: cmd.Text, unsigned: cmd.Unsigned, at: at})
	if err != nil {
		return err
	}
	c, last := t.c, d.Last()
	r := Releasing{
		At: at, Address: cmd.Address, Channel: cmd.Channel, Title: last.Title, Text: last.Text, Hash: last.Hash, Draft: d.N,
		Speaker: cmd.Speaker, HeadSpoke: cmd.HeadSpoke,
	}
	met := []MilestoneKind{MilestoneRelease, MilestoneRespond, MilestoneRollingRelease}
	for _, was := range c.Releases {
		if was.Hash == r.Hash {
			r.Again, met = true, met[:2]
		}
	}
	c.Releases = append(c.Releases, r)
	d.State = Published
	t.meetFact(at, met...)
	t.handle()
	t.text = "权威发布：" + cmd.Address + "，" + d.proof() + t.before(*d, cmd.Unsigned)
	return nil
}

// publication is what a command wants to put before the public.
type publication struct {
	draft       int
	title, text string
	unsigned    string
	at          time.Time
}

// publish finds the words that a command may put before the public: those of a draft that
// three different people approved as it stands, and to which every assisting unit agreed.
func (t *turn) publish(kind Kind, p publication) (*Draft, error) {
	d, err := t.c.ready(kind, p.draft)
	if err != nil {
		return nil, err
	}
	approvals := d.Approvals()
	if missing := len(Stages()) - len(approvals); missing > 0 {
		return nil, refused(fmt.Sprintf("回应稿%d现在是“%s”，三审还差%d审，不能“%s”。", d.N, d.State.Chinese(), missing, kind.Chinese()))
	}
	for _, r := range approvals {
		if p.at.Before(r.At.Truncate(time.Minute)) { // a form gives whole minutes
			return nil, invalid("at", "发布时间早于三审完成的时间（"+Show(r.At, china())+"），未经三审的内容不能登记为发布。")
		}
	}
	last := d.Last()
	if (p.title != "" && !sameWords(p.title, last.Title)) || (p.text != "" && !sameWords(p.text, last.Text)) {
		return nil, invalid("text", "发布的内容与三审通过的第"+strconv.Itoa(last.N)+"版不一致。改动一字都须另存新版，重新三审。")
	}
	if units := t.c.Unsigned(*d); len(units) > 0 {
		switch {
		case t.c.Level() != Emergency:
			return nil, refused("还有协办单位没有会签：" + joinUnits(units) + "。请先会签，再" + kind.Chinese() + "。")
		case strings.TrimSpace(p.unsigned) == "":
			return nil, invalid("unsigned", "还有协办单位没有会签："+joinUnits(units)+"。突发事件确需先发布的，请填写未会签先发布的理由。")
		}
	}
	return d, nil
}

// ready is the draft that is to be published: the one named, else the only one that is
// approved and waits.
func (c *Case) ready(kind Kind, n int) (*Draft, error) {
	if n != 0 {
		return c.draftFor(n)
	}
	var found *Draft
	for i := range c.Drafts {
		if c.Drafts[i].State != Approved {
			continue
		}
		if found != nil {
			return nil, invalid("draft", "有几份三审通过的回应稿，请写明是哪一份的编号。")
		}
		found = &c.Drafts[i]
	}
	if found == nil {
		return nil, refused("没有三审通过的回应稿，不能“" + kind.Chinese() + "”。请先拟稿、送审，经初审、复审、终审三人通过后再办。")
	}
	return found, nil
}

// proof names the words and who let them pass.
func (d Draft) proof() string {
	var by []string
	for _, r := range d.Approvals() {
		by = append(by, r.Stage.Chinese()+r.Name)
	}
	return d.label() + "（" + strings.Join(by, "、") + "，校验码" + d.Last().Hash[:8] + "）"
}

// before says that words went out before all had agreed, and why.
func (t *turn) before(d Draft, reason string) string {
	units := t.c.Unsigned(d)
	if len(units) == 0 {
		return ""
	}
	return "，" + joinUnits(units) + "未会签先发布" + because(reason)
}

// sameWords compares words without their white space, which a page sets anew.
func sameWords(a, b string) bool {
	bare := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) {
				return -1
			}
			return r
		}, s)
	}
	return bare(a) == bare(b)
}

func joinUnits(units []org.UnitID) string {
	names := make([]string, len(units))
	for i, u := range units {
		names[i] = string(u)
	}
	return strings.Join(names, "、")
}
