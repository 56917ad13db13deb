package incident

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"huiying/org"
)

// Fault is what a unit is found to have done to the truth of its reporting. A late report
// (迟报) is none: the clock finds that.
type Fault string

// The faults (facts/standards.md section 4): never counted by a rule, only found by a person.
const (
	Omitted   Fault = "omitted"   // 漏报: known to the unit, found by others
	Concealed Fault = "concealed" // 瞒报: known, and kept back on purpose
	Falsified Fault = "falsified" // 谎报: reported other than it was
)

// Faults lists them.
func Faults() []Fault { return []Fault{Omitted, Concealed, Falsified} }

// Chinese is the fault as officers read it.
func (f Fault) Chinese() string {
	switch f {
	case Omitted:
		return "漏报"
	case Concealed:
		return "瞒报"
	case Falsified:
		return "谎报"
	}
	return string(f)
}

// Misreport is 报送认定: a person's finding that a unit omitted, concealed or falsified a report.
type Misreport struct {
	N    int        `json:"n"` // from 1 within the incident
	What Fault      `json:"what"`
	Unit org.UnitID `json:"unit"`
	At   time.Time  `json:"at"`
	By   string     `json:"by"` // who found it
	// Reason is why, Evidence on what it rests.
	Reason   string `json:"reason"`
	Evidence string `json:"evidence"`
	// KnownAt is when the unit knew, FoundBy who else brought it up: what makes an omission one.
	KnownAt time.Time `json:"known_at,omitzero"`
	FoundBy string    `json:"found_by,omitempty"`
	// Revoked is when it was taken back, with who did and why; zero while it stands.
	Revoked   time.Time `json:"revoked,omitzero"`
	RevokedBy string    `json:"revoked_by,omitempty"`
	Why       string    `json:"revoked_why,omitempty"`
}

// Stands tells whether the finding was not taken back.
func (f Misreport) Stands() bool { return f.Revoked.IsZero() }

// Text is the finding in a sentence; name is the unit's.
func (f Misreport) Text(name string) string {
	text := fmt.Sprintf("认定%s%s：%s；依据：%s", name, f.What.Chinese(), f.Reason, f.Evidence)
	if !f.KnownAt.IsZero() {
		text += fmt.Sprintf("；该单位%s已知情，由%s发现", Show(f.KnownAt, china()), f.FoundBy)
	}
	return text
}

// Find is 报送认定, by the county. An omission must say when the unit knew and who found
// it in its stead, for that is what an omission is (facts/standards.md section 4).
type Find struct {
	What     Fault      `json:"what"`
	Unit     org.UnitID `json:"unit"`
	Reason   string     `json:"reason"`
	Evidence string     `json:"evidence"`
	KnownAt  time.Time  `json:"known_at,omitzero"`
	FoundBy  string     `json:"found_by,omitempty"`
}

// Kind is KindFind.
func (Find) Kind() Kind { return KindFind }

func (cmd Find) apply(t *turn) error {
	if !slices.Contains(Faults(), cmd.What) {
		return invalid("what", "请填写认定什么：omitted（漏报）、concealed（瞒报）、falsified（谎报）。迟报按首报时限自动计算，不用认定。")
	}
	for _, n := range []struct{ field, value, what string }{
		{"unit", string(cmd.Unit), "被认定的单位"},
		{"reason", cmd.Reason, "认定理由"},
		{"evidence", cmd.Evidence, "认定依据，例如文号、通话记录、截图所在位置"},
	} {
		if err := need(n.field, strings.TrimSpace(n.value), n.what); err != nil {
			return err
		}
	}
	f := Misreport{
		N: len(t.c.Misreports) + 1, What: cmd.What, Unit: cmd.Unit, At: t.now, By: t.by.Name,
		Reason: strings.TrimSpace(cmd.Reason), Evidence: strings.TrimSpace(cmd.Evidence),
		KnownAt: cmd.KnownAt.Truncate(time.Millisecond), FoundBy: strings.TrimSpace(cmd.FoundBy),
	}
	switch {
	case f.What == Omitted && f.KnownAt.IsZero():
		return invalid("known_at", "漏报是单位已经知情、由其他方面发现的。请填写该单位何时已知情；不知情的不是漏报。")
	case f.What == Omitted && f.FoundBy == "":
		return invalid("found_by", "漏报是单位已经知情、由其他方面发现的。请填写由谁发现，例如：县网信办巡查。")
	case f.KnownAt.After(t.now):
		return invalid("known_at", "知情时间不能晚于现在。")
	}
	for _, was := range t.c.Misreports {
		if was.Stands() && was.What == f.What && was.Unit == f.Unit {
			return refused(fmt.Sprintf("已于%s作过同样的认定（第%d号）。认定有误的，请先撤销。", Show(was.At, china()), was.N))
		}
	}
	t.c.Misreports = append(t.c.Misreports, f)
	t.text = fmt.Sprintf("报送认定第%d号：", f.N) + f.Text(string(f.Unit))
	t.tellFound(f.Unit, fmt.Sprintf("报送认定第%d号：", f.N)+f.Text("本单位")+"。计入当月评估，印发后5个工作日内可以申诉")
	return nil
}

// tellFound tells the unit's leaders of what was found, or taken back.
func (t *turn) tellFound(unit org.UnitID, text string) {
	for _, p := range []org.Post{org.Deputy, org.Head} {
		t.tell(NoticeResult, unit, p, text)
	}
}

// Revoke is 撤销认定, with the reason: the finding stays in the record and counts no more.
type Revoke struct {
	Finding int    `json:"finding,omitempty"` // its number; 0 for the only one that stands
	Reason  string `json:"reason"`
}

// Kind is KindRevoke.
func (Revoke) Kind() Kind { return KindRevoke }

func (cmd Revoke) apply(t *turn) error {
	if err := need("reason", strings.TrimSpace(cmd.Reason), "撤销理由"); err != nil {
		return err
	}
	standing := t.c.Standing()
	if cmd.Finding == 0 && len(standing) == 1 {
		cmd.Finding = standing[0].N
	}
	for i := range t.c.Misreports {
		f := &t.c.Misreports[i]
		switch {
		case f.N != cmd.Finding:
		case !f.Stands():
			return refused(fmt.Sprintf("第%d号认定已于%s撤销。", f.N, Show(f.Revoked, china())))
		default:
			f.Revoked, f.RevokedBy, f.Why = t.now, t.by.Name, strings.TrimSpace(cmd.Reason)
			t.text = fmt.Sprintf("撤销报送认定第%d号（%s）：%s", f.N, f.What.Chinese(), f.Why)
			t.tellFound(f.Unit, t.text)
			return nil
		}
	}
	if len(standing) == 0 {
		return refused("本件没有可撤销的认定。")
	}
	return invalid("finding", "请填写要撤销哪一号认定。")
}

// Standing are those that were not taken back.
func (c Case) Standing() []Misreport {
	return slices.DeleteFunc(slices.Clone(c.Misreports), func(f Misreport) bool { return !f.Stands() })
}
