package classifier

import (
	"errors"
	"fmt"

	"huiying/classifier/figures"
)

// Check runs the examples of every rule that is enabled against that rule alone, and
// returns what does not come out as written, all faults joined.
func (r *Rules) Check() error {
	var errs []error
	for i := range r.rules {
		x := &r.rules[i]
		for _, e := range x.Examples {
			grade, asks := r.try(x, e.Text)
			if asks && e.Asks {
				grade = e.Grade
			}
			if grade != e.Grade || asks != e.Asks {
				errs = append(errs, fmt.Errorf("规则%s的示例“%s”应为“%s”，实际为“%s”%s", x.ID, e.Text, e.Grade, grade, asking(asks)))
			}
		}
	}
	return errors.Join(errs...)
}

func asking(asks bool) string {
	if asks {
		return "（只提出疑问）"
	}
	return ""
}

// try applies one rule to a text.
func (r *Rules) try(x *rule, text string) (Grade, bool) {
	v := r.look(r.words.read(r.reader.Read(figures.Text{Body: text})))
	f, ok := v.apply(x)
	if !ok {
		return "", false
	}
	return f.grade, f.asks
}
