package incident

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"huiying/org"
)

// DraftState is where a draft stands. It does not change the incident's state.
type DraftState string

// The states of a draft.
const (
	Drafting    DraftState = "draft"     // 拟稿中: written, not handed in
	UnderReview DraftState = "review"    // 审核中
	SentBack    DraftState = "returned"  // 退回修改
	Approved    DraftState = "approved"  // 三审通过
	Published   DraftState = "published" // 已发布
	Withdrawn   DraftState = "withdrawn" // 已撤稿
)

// DraftStates lists them.
func DraftStates() []DraftState {
	return []DraftState{Drafting, UnderReview, SentBack, Approved, Published, Withdrawn}
}

// Chinese is the state as officers read it.
func (s DraftState) Chinese() string {
	switch s {
	case Drafting:
		return "拟稿中"
	case UnderReview:
		return "审核中"
	case SentBack:
		return "退回修改"
	case Approved:
		return "三审通过"
	case Published:
		return "已发布"
	case Withdrawn:
		return "已撤稿"
	}
	return string(s)
}

// Draft is 回应稿: words that are to go to the public, with all their versions and
// every review of them.
type Draft struct {
	N     int        `json:"n"` // from 1 within the incident
	State DraftState `json:"state"`
	// County: it speaks in the county's name (以县政府名义), which moves the reviews one post up.
	County   bool      `json:"county,omitempty"`
	Versions []Version `json:"versions"`
	// Round counts how often it was handed in; a review holds for its round and hash only.
	Round int `json:"round,omitempty"`
	// Asked are the reviews asked for in this round.
	Asked   []Asked  `json:"asked,omitempty"`
	Reviews []Review `json:"reviews,omitempty"`
	Signed  []Signed `json:"signed,omitempty"`
	// Found is what the checks found when it was handed in.
	Found []Finding `json:"found,omitempty"`
}

// Version is one wording of a draft.
type Version struct {
	N      int          `json:"n"`
	At     time.Time    `json:"at"`
	Person org.PersonID `json:"person"`
	Name   string       `json:"name"`
	Post   org.Post     `json:"post,omitempty"`
	Title  string       `json:"title"`
	Text   string       `json:"text"`
	// Hash binds reviews, agreements and the release to these very words.
	Hash string `json:"hash"`
	// Machine: no person wrote it; people must read it all the more carefully. Model: a model
	// outside did, rather than a template.
	Machine bool `json:"machine,omitempty"`
	Model   bool `json:"model,omitempty"`
}

// HashText is the hash of a wording, in hex: SHA-256 over title and text with their
// lengths. A changed letter is another hash, and the three reviews start again.
func HashText(title, text string) string {
	var b []byte
	for _, s := range []string{title, text} {
		b = binary.BigEndian.AppendUint64(b, uint64(len(s)))
		b = append(b, s...)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Last is the newest version.
func (d Draft) Last() Version { return d.Versions[len(d.Versions)-1] }

// Finding is what a check of a draft found. Stop keeps it from being handed in or
// approved; without it, people decide.
type Finding struct {
	Check string `json:"check"`
	Text  string `json:"text"`
	Stop  bool   `json:"stop,omitempty"`
}

// WriteDraft is 拟稿: the lead unit (or the county office for it) writes the words that
// are to go to the public, or a new version of them (facts/standards.md 3). A new
// version takes back whatever was approved of the one before.
type WriteDraft struct {
	// Draft is the number of the draft that gets a new version; 0 begins one.
	Draft int    `json:"draft,omitempty"`
	Title string `json:"title"`
	Text  string `json:"text"`
	// County: it speaks in the county's name.
	County bool `json:"county,omitempty"`
	// Machine: a model wrote it, from the log and the county's templates.
	Machine bool `json:"machine,omitempty"`
	// Adopt takes over, as they stand, the words that the house wrote first (采用): title and
	// text may be left out.
	Adopt bool `json:"adopt,omitempty"`
}

// Kind is KindDraft.
func (WriteDraft) Kind() Kind { return KindDraft }

func (cmd WriteDraft) apply(t *turn) error {
	if cmd.Adopt {
		var err error
		if cmd, err = t.c.adopted(cmd); err != nil {
			return err
		}
	}
	title, text := strings.TrimSpace(cmd.Title), strings.TrimSpace(cmd.Text)
	if err := need("title", title, "回应稿标题"); err != nil {
		return err
	}
	if err := need("text", text, "回应稿内容"); err != nil {
		return err
	}
	if len([]rune(title)) > maxTitle {
		return invalid("title", "标题超过300字，请缩短。")
	}
	if len([]rune(text)) > maxText {
		return invalid("text", "内容超过20万字，请缩短。")
	}
	c := t.c
	d := &Draft{N: len(c.Drafts) + 1}
	if cmd.Draft != 0 {
		var err error
		if d, err = c.draftFor(cmd.Draft); err != nil {
			return err
		}
		if d.State == Published {
			return refused(fmt.Sprintf("回应稿%d已经发布，不能再改。请另拟新稿。", d.N))
		}
		if last := d.Last(); last.Hash == HashText(title, text) && d.County == cmd.County && !last.Machine {
			return refused(fmt.Sprintf("内容与第%d版一字不差，无需另存新版。", last.N))
		}
	} else {
		c.Drafts = append(c.Drafts, *d)
		d = &c.Drafts[len(c.Drafts)-1]
	}
	first, drawn := d.Machine()
	adopted := drawn && !cmd.Machine && first.Hash == HashText(title, text)
	d.State, d.County, d.Asked, d.Found = Drafting, cmd.County, nil, nil
	d.Versions = append(d.Versions, Version{
		N: len(d.Versions) + 1, At: t.now, Person: t.by.Person, Name: t.by.Name, Post: c.ref(t.by, KindDraft).Post,
		Title: title, Text: text, Hash: HashText(title, text), Machine: cmd.Machine,
	})
	t.handle()
	t.text = "拟稿：" + d.label()
	switch {
	case cmd.Machine:
		t.text += "，由模型起草，须人工核改"
	case adopted:
		t.text += "，核对后原样采用机器起草的初稿"
	case drawn:
		t.text += "，在机器起草的初稿上核改"
	}
	if d.Round > 0 {
		t.text += "，此前的审核意见作废，须重新三审"
	}
	return nil
}

// adopted is the command with the words that it adopts.
func (c *Case) adopted(cmd WriteDraft) (WriteDraft, error) {
	if cmd.Draft == 0 {
		if d := c.untouched(); d != nil {
			cmd.Draft = d.N
		}
	}
	d := c.Draft(cmd.Draft)
	if d == nil || d.State != Drafting || !d.Last().Machine {
		return cmd, refused("没有等待采用的初稿。可以先“起草初稿”，或直接拟稿。")
	}
	cmd.Title, cmd.Text, cmd.County = d.Last().Title, d.Last().Text, cmd.County || d.County
	return cmd, nil
}

// label names a draft and its version, such as 回应稿1《情况通报》第2版.
func (d Draft) label() string {
	v := d.Last()
	return fmt.Sprintf("回应稿%d《%s》第%d版", d.N, v.Title, v.N)
}

// Label names a draft and its version for people.
func (d Draft) Label() string { return d.label() }

// WithdrawDraft is 撤稿: the draft is given up; it stays in the log.
type WithdrawDraft struct {
	Draft  int    `json:"draft"`
	Reason string `json:"reason"`
}

// Kind is KindWithdraw.
func (WithdrawDraft) Kind() Kind { return KindWithdraw }

func (cmd WithdrawDraft) apply(t *turn) error {
	if err := need("reason", cmd.Reason, "撤稿理由"); err != nil {
		return err
	}
	d, err := t.c.draftFor(cmd.Draft)
	if err != nil {
		return err
	}
	if d.State == Published {
		return refused(fmt.Sprintf("回应稿%d已经发布，不能撤稿。需要更正的，请另拟新稿发布更正。", d.N))
	}
	d.State, d.Asked = Withdrawn, nil
	t.text = "撤稿：" + d.label() + because(cmd.Reason)
	return nil
}

// Draft returns the draft of that number, nil when there is none.
func (c *Case) Draft(n int) *Draft {
	if n < 1 || n > len(c.Drafts) {
		return nil
	}
	return &c.Drafts[n-1]
}

// draftFor is the draft that a command names, if it is not given up.
func (c *Case) draftFor(n int) (*Draft, error) {
	d := c.Draft(n)
	switch {
	case d == nil && len(c.Drafts) == 0:
		return nil, refused("本件还没有回应稿，请先拟稿。")
	case d == nil:
		return nil, invalid("draft", fmt.Sprintf("没有编号为%d的回应稿，本件共有%d份。", n, len(c.Drafts)))
	case d.State == Withdrawn:
		return nil, refused(fmt.Sprintf("回应稿%d已经撤稿，请另拟新稿。", n))
	}
	return d, nil
}

// sameHash refuses a decision about other words than those that stand: the reader saw
// an older version. Eight characters of the hash are enough.
func (d Draft) sameHash(hash string) error {
	const short = 8
	hash = strings.ToLower(strings.TrimSpace(hash))
	last := d.Last()
	switch {
	case hash == "":
		return invalid("hash", "请写明所审版本的校验码（hash），第"+strconv.Itoa(last.N)+"版是"+last.Hash[:short]+"。")
	case len(hash) < short || !strings.HasPrefix(last.Hash, hash):
		return refused(fmt.Sprintf("您看到的不是现在这一版：回应稿%d现在是第%d版（校验码%s），请重新阅读后再办。", d.N, last.N, last.Hash[:short]))
	}
	return nil
}

// cloneDrafts copies drafts with their parts.
func cloneDrafts(drafts []Draft) []Draft {
	out := slices.Clone(drafts)
	for i := range out {
		d := &out[i]
		d.Versions, d.Asked = slices.Clone(d.Versions), slices.Clone(d.Asked)
		d.Reviews, d.Signed, d.Found = slices.Clone(d.Reviews), slices.Clone(d.Signed), slices.Clone(d.Found)
	}
	return out
}
