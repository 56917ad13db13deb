package sla

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"huiying/incident"
)

// DutyRules are the recurring duties of a county (facts/standards.md 6). They are made by
// [ParseDuties] and do not change afterwards.
type DutyRules struct {
	// Off: the county watches none of them here.
	Off   bool       `yaml:"off"`
	Rules []DutyRule `yaml:"rules"`
	// Accounts are 政务新媒体: whom a rule for accounts is about.
	Accounts []DutyAccount `yaml:"accounts"`
	Watch    WatchRule     `yaml:"watch"`
}

// DutyRule is one duty as written.
type DutyRule struct {
	ID   string `yaml:"id"`
	Name string `yaml:"name"` // 政府信息公开年报
	// Title is that of each task; {period}, {last_year} and {subject} are filled in.
	Title   string             `yaml:"title"`
	Clause  string             `yaml:"clause"`
	Enabled bool               `yaml:"enabled"`
	Cycle   incident.DutyCycle `yaml:"cycle"`
	// For says who owes it: units (all but the county office), county, all, accounts; for a
	// document whoever is named.
	For DutyAudience `yaml:"for"`
	// Units, if any, are the only ones that owe it; Except are those that do not.
	Units  []string `yaml:"units,omitempty"`
	Except []string `yaml:"except,omitempty"`
	// Opens is when it comes up; the period's start where nothing is said.
	Opens string `yaml:"opens,omitempty"`
	// Since is what a limit by a document is counted from, such as 印发.
	Since string `yaml:"since,omitempty"`
	// Subject is what it is about, in the words of who is asked for it, such as 文件名称或文号.
	Subject string    `yaml:"subject,omitempty"`
	Due     []DueRule `yaml:"due"`
	Proof   string    `yaml:"proof"`
	Extends int       `yaml:"extends,omitempty"`
	// Report is the report by whose issue the duty is done: evaluation or year; empty for none.
	Report string `yaml:"report,omitempty"`
	// Urgent duties are told of at any hour.
	Urgent bool `yaml:"urgent,omitempty"`

	opens Moment
}

// DueRule is one limit of a duty.
type DueRule struct {
	By     string `yaml:"by"`
	Target string `yaml:"target,omitempty"`
	Goal   int    `yaml:"goal,omitempty"` // 0 is 1
	Leader int    `yaml:"leader,omitempty"`
	Pace   bool   `yaml:"pace,omitempty"`
}

// DutyAudience says who owes a duty.
type DutyAudience string

// The audiences.
const (
	ForUnits    DutyAudience = "units"
	ForCounty   DutyAudience = "county"
	ForAll      DutyAudience = "all"
	ForAccounts DutyAudience = "accounts"
)

// DutyAccount is an account of 政务新媒体 and the unit that runs it.
type DutyAccount struct {
	Name string `yaml:"name"`
	Unit string `yaml:"unit"`
}

// WatchRule says what 24小时监测 watches.
type WatchRule struct {
	// SilentAfter is how long a source may be silent unless it says otherwise itself.
	SilentAfter time.Duration `yaml:"silent_after"`
	Sources     []WatchSource `yaml:"sources"`
	// Shifts: the county's duty must be on the roster at every instant, and whoever takes a
	// shift signs for it within SignWithin of its beginning.
	Shifts     bool          `yaml:"shifts"`
	SignWithin time.Duration `yaml:"sign_within"`
}

// WatchSource is a source that must be heard again and again.
type WatchSource struct {
	Name        string        `yaml:"name"`
	SilentAfter time.Duration `yaml:"silent_after,omitempty"`
}

// ParseDuties reads the rules, and a county's own over them: a rule that the county names
// again takes the values that it gives and keeps the others. Unknown keys and what cannot
// be are refused in Chinese, with the file's name.
func ParseDuties(base *DutyRules, name string, doc []byte) (*DutyRules, error) {
	strict := &DutyRules{}
	d := yaml.NewDecoder(bytes.NewReader(doc))
	d.KnownFields(true)
	if err := d.Decode(strict); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("周期任务文件 %s 有误：%w", name, chineseFaults(err))
	}
	out := strict
	if base != nil {
		var err error
		if out, err = base.under(doc); err != nil {
			return nil, fmt.Errorf("周期任务文件 %s 有误：%w", name, chineseFaults(err))
		}
	}
	if err := out.Validate(); err != nil {
		return nil, fmt.Errorf("周期任务文件 %s 有误：%w", name, err)
	}
	return out, nil
}

// under reads a document over the rules.
func (r *DutyRules) under(doc []byte) (*DutyRules, error) {
	var over struct {
		Off      *bool         `yaml:"off"`
		Rules    []yaml.Node   `yaml:"rules"`
		Accounts []DutyAccount `yaml:"accounts"`
		Watch    yaml.Node     `yaml:"watch"`
	}
	if err := yaml.Unmarshal(doc, &over); err != nil {
		return nil, err //nolint:wrapcheck // turned into Chinese by the caller
	}
	out := &DutyRules{Off: r.Off, Rules: slices.Clone(r.Rules), Accounts: r.Accounts, Watch: r.Watch}
	if over.Off != nil {
		out.Off = *over.Off
	}
	if over.Accounts != nil {
		out.Accounts = over.Accounts
	}
	if !over.Watch.IsZero() {
		if err := over.Watch.Decode(&out.Watch); err != nil {
			return nil, err //nolint:wrapcheck // turned into Chinese by the caller
		}
	}
	for i := range over.Rules {
		var id struct {
			ID string `yaml:"id"`
		}
		if err := over.Rules[i].Decode(&id); err != nil {
			return nil, err //nolint:wrapcheck // turned into Chinese by the caller
		}
		at := slices.IndexFunc(out.Rules, func(o DutyRule) bool { return o.ID == id.ID })
		if at < 0 {
			at = len(out.Rules)
			out.Rules = append(out.Rules, DutyRule{})
		}
		if err := over.Rules[i].Decode(&out.Rules[at]); err != nil {
			return nil, err //nolint:wrapcheck // turned into Chinese by the caller
		}
	}
	return out, nil
}

// Validate reports every value that cannot be, in Chinese, and makes the rules ready.
func (r *DutyRules) Validate() error {
	var errs []error
	seen := map[string]bool{}
	for i := range r.Rules {
		rule := &r.Rules[i]
		if rule.ID == "" || seen[rule.ID] {
			errs = append(errs, fmt.Errorf("rules 第%d条：编号（id）“%s”为空或重复", i+1, rule.ID))
		}
		seen[rule.ID] = true
		errs = append(errs, rule.validate()...)
	}
	for i, a := range r.Accounts {
		if a.Name == "" || a.Unit == "" {
			errs = append(errs, fmt.Errorf("accounts 第%d个：须有名称（name）和单位（unit）", i+1))
		}
	}
	if r.Watch.SilentAfter < time.Minute || r.Watch.SignWithin < time.Minute {
		errs = append(errs, errors.New("watch：silent_after 和 sign_within 至少1分钟，例如 30m"))
	}
	for i, s := range r.Watch.Sources {
		if s.Name == "" || (s.SilentAfter != 0 && s.SilentAfter < time.Minute) {
			errs = append(errs, fmt.Errorf("watch.sources 第%d个：须有来源名称（name），silent_after 至少1分钟", i+1))
		}
	}
	return errors.Join(errs...)
}

func (r *DutyRule) validate() []error {
	var errs []error
	bad := func(format string, a ...any) {
		errs = append(errs, fmt.Errorf("rules %s："+format, append([]any{r.ID}, a...)...))
	}
	if r.Name == "" || r.Clause == "" || r.Proof == "" {
		bad("须有名称（name）、条款（clause）和凭据（proof）")
	}
	if !r.Cycle.Valid() {
		bad("周期（cycle）“%s”不认识，可用 year、quarter、month、week、document、watch", r.Cycle)
		return errs
	}
	audiences := []DutyAudience{ForUnits, ForCounty, ForAll, ForAccounts}
	if r.Cycle.ByCalendar() && !slices.Contains(audiences, r.For) {
		bad("对象（for）“%s”不认识，可用 units（各单位）、county（县政府办）、all（全部）、accounts（政务新媒体账号）", r.For)
	}
	if !r.Cycle.ByCalendar() && r.For != "" {
		bad("按文件或监测开立的任务不写对象（for）")
	}
	for _, part := range strings.Split(r.Title, "{")[1:] {
		word, _, _ := strings.Cut(part, "}")
		if !slices.Contains([]string{"period", "last_year", "subject"}, word) {
			bad("标题（title）里的“{%s}”不认识，可用 {period}、{last_year}、{subject}", word)
		}
	}
	if r.Title == "" {
		bad("须有标题（title）")
	}
	if r.Cycle == incident.ByDocument && (r.Subject == "" || r.Since == "") {
		bad("按文件开立的任务须写明 subject（例如 文件名称或文号）和 since（例如 印发）")
	}
	opens := r.Opens
	if opens == "" {
		opens = "start"
	}
	var err error
	if r.opens, err = ParseMoment(opens); err != nil {
		bad("opens %w", err)
	}
	if r.Report != "" && r.Report != "evaluation" && r.Report != "year" {
		bad("report “%s”不认识，可用 evaluation（月度评估）、year（年度考核）", r.Report)
	}
	if r.Extends < 0 {
		bad("extends 不能是负数")
	}
	if len(r.Due) == 0 {
		bad("须有期限（due）")
	}
	goal, leader := 0, 0
	for i, due := range r.Due {
		if _, err := ParseMoment(due.By); err != nil {
			bad("due 第%d项 by %w", i+1, err)
		}
		if due.Target != "" {
			if _, err := ParseMoment(due.Target); err != nil {
				bad("due 第%d项 target %w", i+1, err)
			}
		}
		if due.Goal < 0 || due.Leader < 0 || due.Leader > max(due.Goal, 1) || due.Goal < goal || due.Leader < leader {
			bad("due 第%d项：次数（goal、leader）不能是负数，主要负责人的次数不能多于总数，后一项不能少于前一项", i+1)
		}
		goal, leader = due.Goal, due.Leader
	}
	return errs
}

// Rule finds a rule by its id, whatever the case of its letters; false when there is none.
func (r *DutyRules) Rule(id string) (DutyRule, bool) {
	if r == nil {
		return DutyRule{}, false
	}
	i := slices.IndexFunc(r.Rules, func(o DutyRule) bool { return strings.EqualFold(o.ID, id) })
	if i < 0 {
		return DutyRule{}, false
	}
	return r.Rules[i], true
}

func (r DutyRule) dues() []incident.DutyDue {
	out := make([]incident.DutyDue, len(r.Due))
	for i, d := range r.Due {
		out[i] = incident.DutyDue{By: d.By, Target: d.Target, Goal: max(d.Goal, 1), Leader: d.Leader, Pace: d.Pace}
	}
	return out
}

func (r DutyRule) title(s Span, subject string) string {
	return strings.NewReplacer(
		"{period}", PeriodText(r.Cycle, s), "{last_year}", fmt.Sprintf("%d年", s.Start.Year()-1), "{subject}", subject,
	).Replace(r.Title)
}

// level decides whether quiet hours hold its messages back.
func (r DutyRule) level() incident.Level {
	if r.Urgent {
		return incident.Major
	}
	return incident.General
}
