package report

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"huiying/incident"
)

// Scoring is how a score is made: the weights of its parts, which add up to 1, what a
// finding costs, and how the months and the year-end make the year's (县通知 五（三）).
// The zero value stands for [DefaultScoring].
type Scoring struct {
	OnTime    float64 `json:"on_time" yaml:"on_time"`
	Respond   float64 `json:"respond_48h" yaml:"respond_48h"`
	Emergency float64 `json:"emergency" yaml:"emergency"`
	Satisfied float64 `json:"satisfied" yaml:"satisfied"`
	Accept    float64 `json:"accept" yaml:"accept"`
	Feedback  float64 `json:"feedback" yaml:"feedback"`
	// Points of 100 that one finding costs.
	Omitted   float64 `json:"omitted" yaml:"omitted"`
	Concealed float64 `json:"concealed" yaml:"concealed"`
	Falsified float64 `json:"falsified" yaml:"falsified"`
	// Daily and YearEnd are the shares of 日常考核 and 年终考核 in the year's score.
	Daily   float64 `json:"daily" yaml:"daily"`
	YearEnd float64 `json:"year_end" yaml:"year_end"`
}

// DefaultScoring is that of facts/standards.md section 4; what a finding costs is the
// house's own choice (docs/decisions/0018).
func DefaultScoring() Scoring {
	return Scoring{
		OnTime: 0.30, Respond: 0.20, Emergency: 0.20, Satisfied: 0.15, Accept: 0.10, Feedback: 0.05,
		Omitted: 5, Concealed: 10, Falsified: 10, Daily: 0.4, YearEnd: 0.6,
	}
}

// Validate reports every value that cannot be.
func (s Scoring) Validate() error {
	var errs []error
	sum := 0.0
	for _, p := range s.parts() {
		if p.Weight < 0 || p.Weight > 1 {
			errs = append(errs, fmt.Errorf("evaluation.%s 须在0到1之间", p.Key))
		}
		sum += p.Weight
	}
	const tolerance = 1e-6
	if math.Abs(sum-1) > tolerance {
		errs = append(errs, fmt.Errorf("evaluation 的六项权重合计须为1，现在是%s", decimal(sum)))
	}
	for _, f := range incident.Faults() {
		if p := s.points(f); p < 0 || p > 100 {
			errs = append(errs, fmt.Errorf("evaluation.%s 每起扣分须在0到100之间", f))
		}
	}
	if s.Daily < 0 || s.YearEnd < 0 || math.Abs(s.Daily+s.YearEnd-1) > tolerance {
		errs = append(errs, errors.New("evaluation.daily 与 evaluation.year_end 合计须为1，例如 0.4 和 0.6"))
	}
	return errors.Join(errs...)
}

// or takes the defaults where nothing was given, such as in reports of older versions.
func (s Scoring) or() Scoring {
	if s == (Scoring{}) {
		return DefaultScoring()
	}
	return s
}

// parts are the score's parts with their weights before missing ones are redistributed.
func (s Scoring) parts() []ScorePart {
	return []ScorePart{
		{Key: keyOnTime, Weight: s.OnTime},
		{Key: keyRespond, Weight: s.Respond},
		{Key: keyEmergency, Weight: s.Emergency},
		{Key: keySatisfied, Weight: s.Satisfied},
		{Key: keyAccept, Weight: s.Accept},
		{Key: keyFeedback, Weight: s.Feedback},
	}
}

// points are what one finding costs.
func (s Scoring) points(f incident.Fault) float64 {
	switch f {
	case incident.Omitted:
		return s.Omitted
	case incident.Concealed:
		return s.Concealed
	case incident.Falsified:
		return s.Falsified
	}
	return 0
}

// formula is the score as it is printed.
func (s Scoring) formula() string {
	var words []string
	for _, p := range s.parts() {
		words = append(words, fmt.Sprintf("%.2f×%s", p.Weight, indicatorOf(p.Key).name))
	}
	return "100 ×（" + strings.Join(words, " + ") + "）− 认定扣分"
}

// findings is what findings cost, as it is printed.
func (s Scoring) findings() string {
	var words []string
	for _, f := range incident.Faults() {
		words = append(words, f.Chinese()+"每起扣"+decimal(s.points(f))+"分")
	}
	return "漏报、瞒报、谎报只由县政府办认定，" + strings.Join(words, "，") + "，扣完为止；撤销的不计。"
}

// decimal is a number without needless zeros.
func decimal(f float64) string { return strconv.FormatFloat(math.Round(f*1e6)/1e6, 'f', -1, 64) }
