package sla

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"

	"go.yaml.in/yaml/v3"

	"huiying/incident"
	"huiying/org"
)

// Policy is the county's rules of time: limits, calendars, ladders, quiet hours. It is
// made by [ParsePolicy] and does not change afterwards.
type Policy struct {
	Name     string   `yaml:"name"`
	Calendar Calendar `yaml:"calendar"`
	// Calendars override the calendar of day limits by level and by source; a source's wins.
	Calendars struct {
		Levels  map[incident.Level]Calendar `yaml:"levels"`
		Sources map[string]Calendar         `yaml:"sources"`
	} `yaml:"calendars"`
	// ReturnWithin is how long after a dispatch the unit may return it.
	ReturnWithin map[incident.Level]time.Duration                    `yaml:"return_within"`
	Quiet        Quiet                                               `yaml:"quiet"`
	Milestones   map[incident.MilestoneKind]map[incident.Level]Limit `yaml:"milestones"`
	Ladders      []Ladder                                            `yaml:"ladders"`

	version string
	doc     []byte
	ladders map[ladderKey][]rung
	quiet   quietHours
}

// Limit is the target and limit of one milestone at one level. Exactly one of Limit
// and Days is set, or neither where a promised date is the limit.
type Limit struct {
	Target time.Duration `yaml:"target,omitempty"`
	Limit  time.Duration `yaml:"limit,omitempty"`
	Days   int           `yaml:"days,omitempty"`
	// Then is the limit of an emergency's next report once a press conference was held.
	Then time.Duration `yaml:"then,omitempty"`
	// Calendar counts Days in place of the level's and the source's.
	Calendar Calendar `yaml:"calendar,omitempty"`
	Clause   string   `yaml:"clause"`
}

// Quiet holds back messages of general incidents between From and To; what cannot
// wait until To goes at Evening of the day before.
type Quiet struct {
	From    string `yaml:"from"`
	To      string `yaml:"to"`
	Evening string `yaml:"evening"`
}

// Ladder is 催办阶梯: who is told when about one milestone at some levels.
type Ladder struct {
	Milestone incident.MilestoneKind `yaml:"milestone"`
	Levels    []incident.Level       `yaml:"levels"`
	Rungs     []RungRule             `yaml:"rungs"`
}

// RungRule is one rung as written.
type RungRule struct {
	At string     `yaml:"at"`
	To []org.Post `yaml:"to"`
	// Repeat is how often it is said again until the person acknowledges; 0 for once.
	Repeat time.Duration `yaml:"repeat,omitempty"`
	// MinDays: only for limits of at least so many days.
	MinDays int `yaml:"min_days,omitempty"`
}

type ladderKey struct {
	kind  incident.MilestoneKind
	level incident.Level
}

// rung is a rung ready to be counted.
type rung struct {
	number  int
	label   string
	base    byte // S, D, T or L
	offset  time.Duration
	span    bool // plus the whole length of the limit
	posts   []org.Post
	every   time.Duration
	minDays int
}

// ParsePolicy reads a policy. Unknown keys, wrong types and what cannot be are refused
// with the file, the line where there is one, and how to mend it; all faults are joined.
func ParsePolicy(name string, doc []byte) (*Policy, error) {
	return ParsePolicyOver(nil, name, doc)
}

// ParsePolicyOver reads a policy over base, which may be nil: each value that the document
// names replaces base's, and a ladder replaces that of its milestone and levels; all else stays.
func ParsePolicyOver(base *Policy, name string, doc []byte) (*Policy, error) {
	p := &Policy{}
	d := yaml.NewDecoder(bytes.NewReader(doc))
	d.KnownFields(true)
	if err := d.Decode(p); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("政策文件 %s 有误：%w", name, chineseFaults(err))
	}
	if err := d.Decode(&Policy{}); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("政策文件 %s 有误：只能有一份政策，请删去“---”及其后的内容", name)
	}
	if base != nil {
		var err error
		if p, err = base.under(doc); err != nil {
			return nil, fmt.Errorf("政策文件 %s 有误：%w", name, chineseFaults(err))
		}
	}
	if err := p.Validate(); err != nil {
		return nil, fmt.Errorf("政策文件 %s 有误：%w", name, err)
	}
	var err error
	if p.doc, err = yaml.Marshal(p); err != nil {
		return nil, fmt.Errorf("encode policy: %w", err)
	}
	sum := sha256.Sum256(p.doc)
	p.version = "p-" + hex.EncodeToString(sum[:6])
	return p, nil
}

// Version names the policy by its content, so that the same rules are the same version.
func (p *Policy) Version() string { return p.version }

// YAML is the whole policy, kept for each version.
func (p *Policy) YAML() []byte { return p.doc }

// Validate reports every value that cannot be, in Chinese, and makes the ladders ready.
func (p *Policy) Validate() error {
	var errs []error
	bad := func(format string, a ...any) { errs = append(errs, fmt.Errorf(format, a...)) }
	if !p.Calendar.Valid() {
		bad("calendar “%s”不认识，可用 exact、natural、natural_roll、working", p.Calendar)
	}
	for l, c := range p.Calendars.Levels {
		if !l.Valid() || !c.Valid() {
			bad("calendars.levels 的“%s: %s”有误，等级用 general、major、emergency，日历用 exact、natural、natural_roll、working", l, c)
		}
	}
	for s, c := range p.Calendars.Sources {
		if !c.Valid() {
			bad("calendars.sources 的“%s: %s”有误，日历用 exact、natural、natural_roll、working", s, c)
		}
	}
	for kind, levels := range required() {
		for _, level := range levels {
			if _, ok := p.Milestones[kind][level]; !ok {
				bad("milestones.%s 缺少“%s”等级，该等级的事件将没有“%s”时限", kind, level, kind.Chinese())
			}
		}
	}
	for _, level := range incident.Levels() {
		if d, ok := p.ReturnWithin[level]; !ok || d < 0 {
			bad("return_within.%s 须写明退回期限，不能是负数，例如 4h", level)
		}
	}
	for level := range p.ReturnWithin {
		if !level.Valid() {
			bad("return_within 的等级“%s”只能是 general、major、emergency", level)
		}
	}
	for kind, levels := range p.Milestones {
		if !kind.Valid() {
			bad("milestones 的“%s”不是时限节点", kind)
		}
		for level, l := range levels {
			errs = append(errs, l.validate(kind, level)...)
		}
	}
	quiet, err := p.Quiet.parse()
	if err != nil {
		errs = append(errs, err)
	}
	p.quiet = quiet
	p.ladders = map[ladderKey][]rung{}
	for _, l := range p.Ladders {
		errs = append(errs, p.compile(l)...)
	}
	for kind, levels := range p.Milestones {
		for level := range levels {
			if len(p.ladders[ladderKey{kind, level}]) == 0 {
				bad("ladders 缺少“%s”在“%s”等级的催办阶梯，到期将无人知道", kind.Chinese(), level.Chinese())
			}
		}
	}
	return errors.Join(errs...)
}

// required are the milestones without which an incident would be owed by nobody, or the
// notice's own limits would be missing.
func required() map[incident.MilestoneKind][]incident.Level {
	emergency := []incident.Level{incident.Emergency}
	return map[incident.MilestoneKind][]incident.Level{
		incident.MilestoneDispatch:        incident.Levels(),
		incident.MilestoneAccept:          incident.Levels(),
		incident.MilestoneConclude:        incident.Levels(),
		incident.MilestonePlan:            {incident.Major, incident.Emergency},
		incident.MilestoneFirstReport:     emergency,
		incident.MilestoneRelease:         emergency,
		incident.MilestonePressConference: emergency,
	}
}

func (l Limit) validate(kind incident.MilestoneKind, level incident.Level) []error {
	where := fmt.Sprintf("milestones.%s.%s", kind, level)
	var errs []error
	bad := func(text string) { errs = append(errs, fmt.Errorf("%s：%s", where, text)) }
	if !level.Valid() {
		bad("等级只能是 general、major、emergency")
	}
	if l.Limit != 0 && l.Days != 0 {
		bad("limit（小时）和 days（日）只能填一个")
	}
	promised := (kind == incident.MilestoneConclude && level != incident.General) || kind == incident.MilestonePart || kind == incident.MilestoneDuty
	if l.Limit == 0 && l.Days == 0 && !promised {
		bad("须填写 limit（小时）或 days（日）")
	}
	if l.Then != 0 && (kind != incident.MilestoneFollowup || l.Then < 0) {
		bad("then 只用于 followup（续报），不能是负数")
	}
	if l.Limit < 0 || l.Days < 0 || l.Target < 0 {
		bad("时限不能是负数")
	}
	if l.Limit > 0 && l.Target > l.Limit {
		bad(fmt.Sprintf("target %s 晚于 limit %s，力争时间须早于最迟时间", l.Target, l.Limit))
	}
	if l.Days > 0 && l.Target > time.Duration(l.Days)*24*time.Hour {
		bad(fmt.Sprintf("target %s 晚于 days %d 日，力争时间须早于最迟时间", l.Target, l.Days))
	}
	if l.Calendar != "" && !l.Calendar.Valid() {
		bad("calendar 只能是 exact、natural、natural_roll、working")
	}
	if l.Clause == "" {
		bad("须写明条款 clause")
	}
	return errs
}

// rungAt matches S+1h, T-15m, L, D+10m, L+span.
var rungAt = regexp.MustCompile(`^([SDTL])(?:([+-])(span|[0-9hms.]+))?$`)

func (p *Policy) compile(l Ladder) []error {
	var errs []error
	where := "ladders " + string(l.Milestone)
	if !l.Milestone.Valid() {
		errs = append(errs, fmt.Errorf("%s：不是时限节点", where))
	}
	if len(l.Levels) == 0 || len(l.Rungs) == 0 {
		errs = append(errs, fmt.Errorf("%s：须有等级（levels）和至少一级催办（rungs）", where))
	}
	rungs := make([]rung, 0, len(l.Rungs))
	for i, r := range l.Rungs {
		c, err := r.compile(l.Milestone, i+1)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s 第%d级：%w", where, i+1, err))
		}
		rungs = append(rungs, c)
	}
	for _, level := range l.Levels {
		key := ladderKey{l.Milestone, level}
		if !level.Valid() {
			errs = append(errs, fmt.Errorf("%s：等级“%s”只能是 general、major、emergency", where, level))
		}
		if _, twice := p.ladders[key]; twice {
			errs = append(errs, fmt.Errorf("%s：“%s”等级写了两次", where, level.Chinese()))
		}
		p.ladders[key] = rungs
	}
	return errs
}

func (r RungRule) compile(kind incident.MilestoneKind, number int) (rung, error) {
	c := rung{number: number, label: r.At, posts: r.To, every: r.Repeat, minDays: r.MinDays}
	m := rungAt.FindStringSubmatch(r.At)
	if m == nil {
		return c, fmt.Errorf("at “%s”读不懂，应写成 S+1h、D+10m、T、L-24h、L+span 这样", r.At)
	}
	c.base = m[1][0]
	switch {
	case m[3] == "span":
		if c.span = true; m[2] == "-" {
			return c, fmt.Errorf("at “%s”：span 只能加，不能减", r.At)
		}
	case m[3] != "":
		d, err := time.ParseDuration(m[3])
		if err != nil {
			return c, fmt.Errorf("at “%s”：时长“%s”读不懂，应写成 30m、4h", r.At, m[3])
		}
		if c.offset = d; m[2] == "-" {
			c.offset = -d
		}
	}
	if len(r.To) == 0 {
		return c, fmt.Errorf("at “%s”没有写明通知谁（to）", r.At)
	}
	for _, post := range r.To {
		if (post == reviewer || post == reviewerAbove) && kind.Inner() {
			continue
		}
		if !post.Valid() {
			return c, fmt.Errorf("at “%s”：职务“%s”不认识", r.At, post)
		}
	}
	if r.MinDays < 0 {
		return c, fmt.Errorf("at “%s”：min_days 不能是负数", r.At)
	}
	if r.Repeat < 0 || (r.Repeat > 0 && r.Repeat < time.Minute) {
		return c, fmt.Errorf("at “%s”：重复间隔 %s 太短，至少1分钟", r.At, r.Repeat)
	}
	return c, nil
}

// calendarFor is the calendar of day limits for a level and source.
func (p *Policy) calendarFor(level incident.Level, source string) Calendar {
	if c, ok := p.Calendars.Sources[source]; ok {
		return c
	}
	if c, ok := p.Calendars.Levels[level]; ok {
		return c
	}
	return p.Calendar
}

// TimesDuties tells whether recurring duties have ladders, so that somebody hears of them.
func (p *Policy) TimesDuties() bool {
	return len(p.ladders[ladderKey{incident.MilestoneDuty, incident.General}]) > 0 &&
		len(p.ladders[ladderKey{incident.MilestoneDuty, incident.Major}]) > 0
}
