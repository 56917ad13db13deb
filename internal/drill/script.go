package drill

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"huiying/incident"
	"huiying/org"
)

// Script is a drill as written (contracts.md, Drill scripts).
type Script struct {
	Zone *time.Location
	// Policy overrides the built-in policy, same keys; nil for none.
	Policy *yaml.Node
	// Vacant posts have no holder; Absent ones are away for a time.
	Vacant []Seat
	Absent []Absence
	Steps  []Step
	Until  time.Time
}

// Seat is a post of a unit.
type Seat struct {
	Unit org.UnitID `yaml:"unit"`
	Post org.Post   `yaml:"post"`
}

// Absence is a seat whose holder is away from From (included) to To (not included).
type Absence struct {
	Seat     `yaml:",inline"`
	From     string `yaml:"from"`
	To       string `yaml:"to"`
	StandIn  *Seat  `yaml:"stand_in"`
	from, to time.Time
}

// Step is one thing that somebody does at an instant.
type Step struct {
	At   time.Time
	Do   string
	ID   string
	By   *Seat
	Args map[string]any
	Line int
}

// The steps that are no commands.
const (
	doRegister = "register"
	doOutage   = "outage" // the house is down from the step's instant until args["until"]
)

// Begin is the instant at which the drill's clock starts: that of its first step.
func (s *Script) Begin() time.Time {
	if len(s.Steps) == 0 {
		return s.Until
	}
	return s.Steps[0].At
}

type rawScript struct {
	Zone   string      `yaml:"zone"`
	Policy yaml.Node   `yaml:"policy"`
	Vacant []Seat      `yaml:"vacant"`
	Absent []Absence   `yaml:"absent"`
	Steps  []yaml.Node `yaml:"steps"`
	Until  string      `yaml:"until"`
}

// Parse reads a script; every fault is named with the file and its line.
func Parse(name string, doc []byte) (*Script, error) {
	var raw rawScript
	if err := strict(doc, &raw); err != nil {
		return nil, fmt.Errorf("演练脚本 %s 有误：%w", name, err)
	}
	if raw.Zone == "" {
		raw.Zone = "Asia/Shanghai"
	}
	zone, err := time.LoadLocation(raw.Zone)
	if err != nil {
		return nil, fmt.Errorf("演练脚本 %s 有误：时区“%s”不认识，通常写 Asia/Shanghai", name, raw.Zone)
	}
	s := &Script{Zone: zone, Vacant: raw.Vacant, Absent: raw.Absent}
	if !raw.Policy.IsZero() {
		s.Policy = &raw.Policy
	}
	var errs []error
	for i := range raw.Steps {
		step, err := parseStep(&raw.Steps[i], zone)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s 第%d行：%w", name, raw.Steps[i].Line, err))
			continue
		}
		if n := len(s.Steps); n > 0 && step.At.Before(s.Steps[n-1].At) {
			errs = append(errs, fmt.Errorf("%s 第%d行：步骤须按时间先后排列", name, step.Line))
		}
		s.Steps = append(s.Steps, step)
	}
	errs = append(errs, s.finish(name, raw, zone)...)
	return s, errors.Join(errs...)
}

func (s *Script) finish(name string, raw rawScript, zone *time.Location) []error {
	var errs []error
	if len(s.Steps) == 0 && len(errs) == 0 && len(raw.Steps) == 0 {
		errs = append(errs, fmt.Errorf("%s：没有步骤（steps）", name))
	}
	if raw.Until != "" {
		at, err := parseTime(raw.Until, zone)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s：until %w", name, err))
		}
		s.Until = at
	} else if n := len(s.Steps); n > 0 {
		s.Until = s.Steps[n-1].At
	}
	for i := range s.Absent {
		a := &s.Absent[i]
		var err1, err2 error
		a.from, err1 = parseTime(a.From, zone)
		a.to, err2 = parseTime(a.To, zone)
		if err1 != nil || err2 != nil {
			errs = append(errs, fmt.Errorf("%s：absent 第%d项的 from、to 须是时间", name, i+1))
		}
	}
	return errs
}

func parseStep(n *yaml.Node, zone *time.Location) (Step, error) {
	if n.Kind != yaml.MappingNode {
		return Step{}, errors.New("步骤应写成 {at: 时间, do: 操作, id: 代号}")
	}
	step := Step{Args: map[string]any{}, Line: n.Line}
	for i := 0; i < len(n.Content); i += 2 {
		key, value := n.Content[i].Value, n.Content[i+1]
		var err error
		switch key {
		case "at":
			// An instant of a step, unless it is the command's own: a step has one.
			step.At, err = parseTime(value.Value, zone)
		case "do":
			step.Do = value.Value
		case "id":
			step.ID = value.Value
		case "by":
			step.By = &Seat{}
			err = value.Decode(step.By)
		default:
			step.Args[key], err = plain(value, zone)
		}
		if err != nil {
			return step, fmt.Errorf("%s：%w", key, err)
		}
	}
	if step.At.IsZero() {
		return step, errors.New("缺少时间 at")
	}
	kinds := incident.Kinds()
	if step.Do != doOutage && !slices.Contains(kinds, incident.Kind(step.Do)) {
		return step, fmt.Errorf("没有“%s”这个操作", step.Do)
	}
	if step.ID == "" && step.Do != doOutage {
		return step, errors.New("缺少事件代号 id")
	}
	if step.By != nil && step.By.Post != "" && !step.By.Post.Valid() {
		return step, fmt.Errorf("职务“%s”不认识", step.By.Post)
	}
	return step, nil
}

// plain turns YAML into JSON's values; instants without an offset are the script's zone's.
func plain(n *yaml.Node, zone *time.Location) (any, error) {
	switch n.Kind { //nolint:exhaustive // everything else is a scalar
	case yaml.MappingNode:
		out := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			v, err := plain(n.Content[i+1], zone)
			if err != nil {
				return nil, err
			}
			out[n.Content[i].Value] = v
		}
		return out, nil
	case yaml.SequenceNode:
		out := make([]any, 0, len(n.Content))
		for _, c := range n.Content {
			v, err := plain(c, zone)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
		return out, nil
	}
	if at, err := parseTime(n.Value, zone); err == nil {
		return at.Format(time.RFC3339Nano), nil
	}
	var v any
	if err := n.Decode(&v); err != nil {
		return nil, fmt.Errorf("读不懂“%s”", n.Value)
	}
	return v, nil
}

// layouts are the ways in which a script may write an instant.
func layouts() []string {
	return []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"}
}

func parseTime(s string, zone *time.Location) (time.Time, error) {
	for _, l := range layouts() {
		if at, err := time.ParseInLocation(l, s, zone); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("“%s”不是时间，请写成 2026-11-20T16:40:00+08:00", s)
}
