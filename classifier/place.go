package classifier

import (
	"slices"

	"huiying/classifier/match"
	"huiying/incident"
	"huiying/org"
)

// gazetteer knows the county's places by its directory: the regions of units, and the
// units of regions by name.
type gazetteer struct {
	directory *org.Directory
	set       *match.Set
	places    []Place
}

func newGazetteer(dir *org.Directory) *gazetteer {
	g := &gazetteer{directory: dir}
	var words []string
	for _, u := range dir.Data().Units {
		if u.Region == "" {
			continue
		}
		for _, w := range append([]string{u.Region, u.Name}, u.Aliases...) {
			if w != "" && !slices.Contains(words, w) {
				words = append(words, w)
				g.places = append(g.places, Place{Region: u.Region, Unit: u.ID})
			}
		}
	}
	g.set = match.New(words)
	return g
}

// find lists the places that a text names, each region once.
func (g *gazetteer) find(out []Place, text string, inText bool) []Place {
	for _, h := range match.Longest(g.set.Append(nil, text)) {
		p := g.places[h.Word]
		if slices.ContainsFunc(out, func(x Place) bool { return x.Region == p.Region }) {
			continue
		}
		p.Quote, p.Start = text[h.Start:h.End], h.Start
		if !inText {
			p.Start = -1
		}
		out = append(out, p)
	}
	return out
}

// places are the county's places that the report names, those of its own fields first.
func (c *Classifier) places(r incident.Report, text string) []Place {
	if c.directory == nil {
		return nil
	}
	dir := c.directory()
	if dir == nil {
		return nil
	}
	g := c.gazetteer.Load()
	if g == nil || g.directory != dir {
		g = newGazetteer(dir)
		c.gazetteer.Store(g)
	}
	out := g.find(nil, r.Region, false)
	out = g.find(out, r.Place, false)
	return g.find(out, text, true)
}
