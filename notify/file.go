package notify

import (
	"context"

	"huiying/incident"
)

// Files reads a file that was written down, by its hash; [incident.ErrNotFound] when it is
// not kept any more.
type Files func(ctx context.Context, hash string) ([]byte, error)

// Carrier is a Channel that carries pictures and documents: Encode takes a message with a
// File, and Send reads the File's bytes by its hash, so that every try sends the same.
type Carrier interface {
	Channel
	// Carries tells whether a file of that kind and size can go.
	Carries(f incident.File) bool
}

// carries tells whether a channel can take the file.
func carries(ch Channel, f incident.File) bool {
	c, ok := ch.(Carrier)
	return ok && c.Carries(f)
}

// parts are a parcel's words as one message, and each file as one of its own after them.
func parts(p Parcel) []Parcel {
	words := Parcel{Person: p.Person}
	var out []Parcel
	for _, w := range p.Notices {
		if w.Notice.File == nil {
			words.Notices = append(words.Notices, w)
		} else {
			out = append(out, Parcel{Person: p.Person, Notices: []Waiting{w}})
		}
	}
	if len(words.Notices) > 0 {
		out = append([]Parcel{words}, out...)
	}
	return out
}

// fileMessage is a file with a line that says what it is, and the page that shows the same.
func (r *Renderer) fileMessage(w Waiting, m Message) Message {
	v := r.view(w, nil, w.Notice.At)
	m.Title, m.Text, m.URL, m.File = w.Notice.File.Name, w.Notice.Text, v.Link, w.Notice.File
	return m
}
