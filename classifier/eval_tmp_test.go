package classifier_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"huiying/classifier"
	"huiying/classifier/figures"
	"huiying/incident"
)

func TestTmpEval(t *testing.T) {
	c := classifierOf(t)
	var n, okUn, un, fd, fdOK int
	conf := map[string]int{}
	show := func(p *float64) string {
		if p == nil {
			return "-"
		}
		return fmt.Sprint(*p)
	}
	figs := map[string][2]int{}
	err := classifier.ReadRows(shared(t, "data", "severity_dev.jsonl"), func(r classifier.Row) error {
		a := c.Assess(r.Report(), time.Time{})
		n++
		lv := a.Grading.Level
		good := lv == r.Level || r.Ambiguous && lv == r.AltLevel
		if !r.Ambiguous {
			un++
			if good {
				okUn++
			}
		}
		conf[string(r.Level)+"->"+string(lv)]++
		get := func(ms ...figures.Metric) *float64 {
			var s *float64
			for _, m := range ms {
				if f, ok := a.Figures[m]; ok {
					v := f.Value
					if s != nil && m != figures.Missing && m != figures.Trapped {
						v = max(v, *s)
					} else if s != nil {
						v += *s
					}
					s = &v
				}
			}
			return s
		}
		d := get(figures.Deaths)
		inj := get(figures.Injuries, figures.SeriousInjuries)
		st := get(figures.Missing, figures.Trapped)
		po := get(figures.Sick)
		cmp := func(name string, want, got *float64) string {
			if want == nil && got == nil {
				return ""
			}
			x := figs[name]
			defer func() { figs[name] = x }()
			if want != nil && got != nil && *want == *got {
				x[0]++
				x[1]++
				return ""
			}
			if want == nil && *got == 0 {
				return ""
			}
			x[1]++
			return fmt.Sprintf(" %s want %s got %s;", name, show(want), show(got))
		}
		miss := cmp("deaths", r.Deaths, d) + cmp("injured", r.Injured, inj) + cmp("stuck", r.Stuck, st) + cmp("poisoned", r.Poisoned, po)
		if !good || miss != "" || os.Getenv("ALL") != "" {
			fmt.Printf("%s %s amb=%v want %s got %s [%s] cat=%s flags=%v |%s| %s\n", r.ID, r.At().Format("2006-01-02"), r.Ambiguous, r.Level, lv, a.Grading.Grade, a.Grading.Category, a.Grading.Flags, miss, r.Title)
			if !good {
				for _, e := range a.Grading.Evidence {
					fmt.Println("     ", e)
				}
				fmt.Println("     ", a.Grading.Doubts)
			}
		}
		_ = fd
		_ = fdOK
		return nil
	})
	fmt.Println(n, "unambiguous", okUn, un, conf, figs, err)
	_ = incident.General
}
