package api

import (
	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

// Draft is a draft with what it still waits for. Telephone and identity numbers in it are
// masked, as everywhere.
type Draft struct {
	incident.Draft
	// Open are the reviews that are waited for, Unsigned the assisting units that have not agreed.
	Open     []incident.Stage `json:"open,omitempty"`
	Unsigned []org.UnitID     `json:"unsigned,omitempty"`
	// Changed is what the newest version changed of the text of the one before.
	Changed []desk.Piece `json:"changed,omitempty"`
}

func (a *API) drafts(c incident.Case) []Draft {
	out := make([]Draft, 0, len(c.Drafts))
	for _, d := range c.Drafts {
		view := Draft{Draft: d, Open: d.Open(), Unsigned: c.Unsigned(d)}
		view.Versions = local(d.Versions, func(v *incident.Version) {
			a.in(&v.At)
			v.Title, v.Text = incident.MaskText(v.Title), incident.MaskText(v.Text)
		})
		view.Asked = local(d.Asked, func(x *incident.Asked) { a.in(&x.At) })
		view.Reviews = local(d.Reviews, func(x *incident.Review) { a.in(&x.At) })
		view.Signed = local(d.Signed, func(x *incident.Signed) { a.in(&x.At) })
		if n := len(view.Versions); n > 1 {
			view.Changed = desk.Differences(view.Versions[n-2].Text, view.Versions[n-1].Text)
		}
		out = append(out, view)
	}
	return out
}
