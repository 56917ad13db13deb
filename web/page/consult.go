package page

import (
	"fmt"
	"slices"
	"time"

	"huiying/incident"
)

// consultView is one 会商 as it is read.
type consultView struct {
	Head     string
	Facts    []pair
	Division []itemView
}

// consultations are what was agreed, the newest first.
func (p *Pages) consultations(c incident.Case, now time.Time) []consultView {
	var out []consultView
	for _, r := range slices.Backward(c.Consultations) {
		v := consultView{Head: fmt.Sprintf("第%d次，%s %s记录", r.N, p.show(r.At.Truncate(time.Second), now), r.Name)}
		v.Facts = []pair{{"参加", r.Participants}, {"事实", incident.MaskText(r.Facts)}, {"口径", incident.MaskText(r.Wording)}}
		v.Division = p.items(r.Division, now)
		for i, it := range r.Division {
			task := slices.IndexFunc(c.Parts, func(part incident.Part) bool {
				return part.Unit == it.Unit && part.What == it.Text && part.At.Equal(r.At)
			})
			if task >= 0 {
				v.Division[i].Due = p.show(c.Parts[task].Due, now)
			}
		}
		out = append(out, v)
	}
	return out
}

// proofView is what came with one command.
type proofView struct {
	Head  string
	Files []incident.Attachment
}

// proofs are the pictures and files that came with commands, the newest first.
func (p *Pages) proofs(c incident.Case, now time.Time) []proofView {
	var out []proofView
	for _, r := range slices.Backward(c.Proofs) {
		out = append(out, proofView{Head: p.show(r.At.Truncate(time.Second), now) + " " + r.Name + " " + r.Kind.Chinese(), Files: safe(r.Files)})
	}
	return out
}

// agreed is the wording that binds a draft, empty where nothing was agreed.
func (p *Pages) agreed(c incident.Case, now time.Time) string {
	r, ok := c.Agreed()
	if !ok {
		return ""
	}
	return incident.MaskText(r.Wording) + "（" + p.show(r.At.Truncate(time.Second), now) + "会商）"
}
