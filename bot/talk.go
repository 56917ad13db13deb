package bot

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"huiying/incident"
)

// talk is where a conversation stands: what is being filled in, what was spoken of last.
// It is one row, written with each answer.
type talk struct {
	// Form is what is being filled in; nil for nothing.
	Form *form `json:"form,omitempty"`
	// Kept are drafts that were set aside: by a change of topic, or by time.
	Kept []*form `json:"kept,omitempty"`
	// Ended are the last forms that came to an end, so that a late tap hears how.
	Ended []ended `json:"ended,omitempty"`
	// Last is the incident spoken of last, which 它 and 这件 mean; zero for none.
	Last incident.ID `json:"last,omitempty"`
	// Shown are the buttons of the last answer, label to key: who types a label taps it.
	Shown map[string]string `json:"shown,omitempty"`
	// At is when the last message came.
	At time.Time `json:"at,omitzero"`
}

// form is a command, a registration or another thing that is being filled in.
type form struct {
	ID string `json:"id"`
	// What is filled in: a command's kind, or one of the house's own forms.
	What string `json:"what"`
	// Incident that the command is for; zero while it is not known.
	Incident incident.ID `json:"incident,omitempty"`
	// Values by field, checked, in the words of the command's JSON.
	Values map[string]string `json:"values,omitempty"`
	// Asking is the field that the next message answers; empty for none.
	Asking string `json:"asking,omitempty"`
	// Confirm: a tap is needed before anything is done.
	Confirm bool `json:"confirm,omitempty"`
	// Draft is the report of a registration.
	Draft *draft    `json:"draft,omitempty"`
	At    time.Time `json:"at"`
}

// ended is how a form came to its end.
type ended struct {
	ID       string      `json:"id"`
	Text     string      `json:"text"`
	Incident incident.ID `json:"incident,omitempty"`
}

const (
	// idle is how long a form waits for its next message.
	idle = 30 * time.Minute
	// recent is how long 它 means the incident spoken of last.
	recent    = 2 * time.Hour
	keptForms = 5
	keptEnds  = 16
)

func decodeTalk(state []byte) (*talk, error) {
	t := &talk{}
	if len(state) == 0 {
		return t, nil
	}
	if err := json.Unmarshal(state, t); err != nil {
		return nil, fmt.Errorf("decode talk: %w", err)
	}
	if t.Form != nil && t.Form.Values == nil {
		t.Form.Values = map[string]string{}
	}
	return t, nil
}

// formID names a form for good: by the message that began it, so that a message that is
// heard again after a crash begins the same form.
func formID(message string) string {
	sum := sha256.Sum256([]byte(message))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:12])
}

// age ends what was left alone for too long, and returns it. A registration's draft is kept.
func (t *talk) age(now time.Time) (left *form) {
	if t.Form != nil && now.Sub(t.Form.At) > idle {
		left = t.Form
		t.park()
	}
	if now.Sub(t.At) > recent {
		t.Last = 0
	}
	return left
}

// show notes the buttons that an answer shows; a label that stands twice means neither.
func (t *talk) show(replies []Reply) {
	t.Shown = map[string]string{}
	for _, r := range replies {
		for _, row := range r.Buttons {
			for _, b := range row {
				label := tidy(b.Text)
				if key, twice := t.Shown[label]; twice && key != b.Key {
					t.Shown[label] = ""
					continue
				}
				t.Shown[label] = b.Key
			}
		}
	}
}

// tapped is the button whose label was typed; empty for none, and for labels that were
// shown too long ago.
func (t *talk) tapped(text string, now time.Time) string {
	if now.Sub(t.At) > idle {
		return ""
	}
	return t.Shown[text]
}

// park sets the form aside; what holds nothing worth keeping is dropped.
func (t *talk) park() {
	f := t.Form
	t.Form = nil
	if f == nil || f.Draft == nil || f.Draft.empty() {
		return
	}
	f.Asking = ""
	t.Kept = append([]*form{f}, t.Kept...)
	t.Kept = t.Kept[:min(len(t.Kept), keptForms)]
}

// begin makes a form the one that is filled in; another one is set aside.
func (t *talk) begin(f *form) {
	if t.Form != nil && t.Form.ID != f.ID {
		t.park()
	}
	t.Form = f
}

// waiting are the drafts that were set aside and are worth reminding of: not what was only
// offered to be registered.
func (t *talk) waiting() []*form {
	return slices.DeleteFunc(slices.Clone(t.Kept), func(k *form) bool { return k.Draft == nil || k.Draft.Offer })
}

// end takes a form away for good and remembers how it ended.
func (t *talk) end(f *form, id incident.ID, text string) {
	if t.Form != nil && t.Form.ID == f.ID {
		t.Form = nil
	}
	t.Kept = slices.DeleteFunc(t.Kept, func(k *form) bool { return k.ID == f.ID })
	t.Ended = append([]ended{{f.ID, text, id}}, t.Ended...)
	t.Ended = t.Ended[:min(len(t.Ended), keptEnds)]
}

// find returns the form of that id, running or set aside.
func (t *talk) find(id string) *form {
	if t.Form != nil && t.Form.ID == id {
		return t.Form
	}
	for _, k := range t.Kept {
		if k.ID == id {
			return k
		}
	}
	return nil
}

// resume makes a form that was set aside the running one again.
func (t *talk) resume(f *form, now time.Time) {
	f.At = now
	t.Kept = slices.DeleteFunc(t.Kept, func(k *form) bool { return k.ID == f.ID })
	t.begin(f)
}

func (t *talk) endOf(id string) (ended, bool) {
	for _, e := range t.Ended {
		if e.ID == id {
			return e, true
		}
	}
	return ended{}, false
}
