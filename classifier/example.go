package classifier

import (
	"errors"
	"fmt"

	"huiying/classifier/figures"
)

// Check runs the examples of every rule and trigger that is enabled against it alone,
// and returns what does not come out as written, all faults joined.
func (r *Rules) Check() error {
	var errs []error
	for i := range r.rules {
		x := &r.rules[i]
		for _, e := range x.Examples {
			v := r.view(e.Text)
			f, _ := v.apply(x)
			if e.Asks && f.asks && e.Grade == "" {
				e.Grade = f.grade
			}
			if f.grade != e.Grade || f.asks != e.Asks {
				errs = append(errs, fmt.Errorf("%s：规则%s的示例“%s”应为“%s”%s，实际为“%s”%s。请改规则或改示例", x.origin, x.ID, e.Text, e.Grade, asking(e.Asks), f.grade, asking(f.asks)))
			}
		}
	}
	for i := range r.triggers {
		x := &r.triggers[i]
		for _, e := range x.Examples {
			f, ok := r.view(e.Text).trigger(x)
			if want := e.Holds || e.Asks; ok != want || ok && f.asks != e.Asks {
				errs = append(errs, fmt.Errorf("%s：情形%s的示例“%s”应%s%s，实际%s%s。请改词语或改示例", x.origin, x.ID, e.Text, holding(want), asking(e.Asks), holding(ok), asking(ok && f.asks)))
			}
		}
	}
	return errors.Join(errs...)
}

func holding(ok bool) string {
	if ok {
		return "符合"
	}
	return "不符合"
}

func asking(asks bool) string {
	if asks {
		return "（只提出疑问）"
	}
	return ""
}

// view reads a text by the rules.
func (r *Rules) view(text string) *view {
	return r.look(r.words.read(r.reader.Read(figures.Text{Body: text})))
}
