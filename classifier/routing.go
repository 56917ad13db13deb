package classifier

import (
	"fmt"
	"slices"
	"strings"

	"huiying/classifier/match"
	"huiying/incident"
	"huiying/org"
)

// maxUnits bounds the units that are suggested.
const maxUnits = 3

// routes is a directory ready for routing.
type routes struct {
	directory *org.Directory
	units     []org.Unit
	byDuty    map[string][]int
	// set finds what units are called, their duties and their regions.
	set   *match.Set
	kinds []routeWord
}

type routeWord struct {
	unit int
	kind routeKind
	word string
}

type routeKind uint8

const (
	routeDuty routeKind = iota
	routeName
	routeRegion
)

// dutyHit is a duty that the text shows.
type dutyHit struct {
	Duty
	words []string
	score float64
}

// duties are the duties that the text shows, the most likely first.
func (v *view) duties() []dutyHit {
	var out []dutyHit
	for i := range v.rules.duties {
		d := &v.rules.duties[i]
		hit := dutyHit{Duty: d.Duty}
		for _, p := range d.pats {
			if v.byWord[p.words[0]] == 0 {
				continue
			}
			h, ok := v.find(p, false)
			if !ok {
				continue
			}
			hit.words = append(hit.words, p.text)
			hit.score++
			if v.sentence[v.byWord[h.Word]-1] == 0 {
				hit.score++ // the title or the first sentence says it
			}
		}
		if hit.score > 0 {
			out = append(out, hit)
		}
	}
	slices.SortStableFunc(out, func(a, b dutyHit) int { return int(b.score*2) - int(a.score*2) })
	return out
}

// route chooses the units that should lead, by duty, by name and by region.
func (c *Classifier) route(r incident.Report, v *view, duties []dutyHit, advice *Advice) []UnitChoice {
	if c.directory == nil {
		return nil
	}
	dir := c.directory()
	if dir == nil {
		return nil
	}
	rt := c.routes.Load()
	if rt == nil || rt.directory != dir {
		rt = newRoutes(dir)
		c.routes.Store(rt)
	}
	return rt.choose(r, v, duties, advice)
}

func newRoutes(dir *org.Directory) *routes {
	rt := &routes{directory: dir, units: dir.Data().Units, byDuty: map[string][]int{}}
	var words []string
	add := func(unit int, kind routeKind, word string) {
		if word != "" {
			words = append(words, word)
			rt.kinds = append(rt.kinds, routeWord{unit, kind, word})
		}
	}
	for i, u := range rt.units {
		for _, k := range u.Keywords {
			rt.byDuty[k] = append(rt.byDuty[k], i)
			add(i, routeDuty, k)
		}
		for _, n := range append([]string{u.Name}, u.Aliases...) {
			add(i, routeName, n)
		}
		add(i, routeRegion, u.Region)
	}
	rt.set = match.New(words)
	return rt
}

// assistLeast is the share from which a unit is suggested to assist: a duty of its own
// is touched, its place, or the text names it.
const assistLeast = 0.2

// tally is what speaks for a unit.
type tally struct {
	score   float64
	reasons []string
	region  int // length of the region that matched
	// own: something speaks for this unit that does not speak for all alike.
	own bool
}

func (t *tally) add(score float64, reason string) {
	t.score += score
	if len(t.reasons) < 4 && !slices.Contains(t.reasons, reason) {
		t.reasons = append(t.reasons, reason)
	}
}

func (rt *routes) choose(r incident.Report, v *view, duties []dutyHit, advice *Advice) []UnitChoice {
	tallies := make([]tally, len(rt.units))
	for _, d := range duties {
		holders := rt.byDuty[d.Duty.Duty]
		for _, u := range holders {
			tallies[u].own = tallies[u].own || len(holders) == 1
			tallies[u].add(d.score, "职责“"+d.Duty.Duty+"”（原文“"+strings.Join(d.words[:min(3, len(d.words))], "”“")+"”）")
		}
	}
	where := r.Region + "\n" + r.Place + "\n" + v.text
	rt.named(where, tallies)
	rt.regions(tallies)
	if advice != nil {
		rt.learned(tallies, *advice)
	}
	return rt.best(tallies)
}

// named counts what the text itself calls units, and the regions that it names. Of the
// regions that match, the longest counts.
func (rt *routes) named(text string, tallies []tally) {
	seen := map[int]bool{}
	for _, h := range match.Longest(rt.set.Append(nil, text)) {
		w := text[h.Start:h.End]
		for i, k := range rt.kinds {
			if k.word != w || seen[i] {
				continue
			}
			seen[i] = true
			t := &tallies[k.unit]
			switch k.kind {
			case routeDuty:
				t.add(1, "职责“"+w+"”")
			case routeName:
				t.own = true
				t.add(1, "原文提到“"+w+"”")
			case routeRegion:
				t.region = len(w)
			}
		}
	}
}

// regions keeps units of a region out unless theirs is the longest that matched.
func (rt *routes) regions(tallies []tally) {
	longest := 0
	for i := range tallies {
		longest = max(longest, tallies[i].region)
	}
	for i := range tallies {
		if rt.units[i].Region == "" {
			continue
		}
		if tallies[i].region == 0 || tallies[i].region < longest {
			tallies[i] = tally{}
			continue
		}
		tallies[i].own = true
		tallies[i].add(1.5, "属地“"+rt.units[i].Region+"”")
	}
}

// What was handed to whom before weighs as much as everything that the words of the
// text say, times how sure the model is; a unit that it holds unlikely is not named.
const (
	historyWeight = 1.0
	historyLeast  = 0.15
	historyAlone  = 3.0 // the weight where no word of the text speaks for any unit
)

// learned adds what like matters were handed to before. A unit that sent them back is
// taught against, since the unit that kept them is what was learned.
func (rt *routes) learned(tallies []tally, advice Advice) {
	sum := 0.0
	for i := range tallies {
		sum += tallies[i].score
	}
	if sum == 0 {
		sum = historyAlone
	}
	for _, ranked := range advice.Unit.Ranked {
		if ranked.P < historyLeast {
			break
		}
		u, ok := rt.directory.FindUnit(ranked.Class)
		i := slices.IndexFunc(rt.units, func(x org.Unit) bool { return x.ID == u.ID })
		if !ok || i < 0 || u.Region != "" && tallies[i].region == 0 {
			continue // no longer a unit, or another township's
		}
		reason := fmt.Sprintf("同类来件以往多由该单位办理（%.0f%%）", 100*ranked.P)
		if ranked.Class == advice.Unit.Class && len(advice.Unit.Words) > 0 {
			reason = fmt.Sprintf("以往同类来件（“%s”）多由该单位办理（%.0f%%）", strings.Join(advice.Unit.Words, "”“"), 100*ranked.P)
		}
		tallies[i].add(historyWeight*sum*ranked.P, reason)
		tallies[i].own = true
	}
}

// best returns the units with the highest scores, as shares of the whole; the county
// office when nothing matched.
func (rt *routes) best(tallies []tally) []UnitChoice {
	order := make([]int, 0, len(tallies))
	sum := 0.0
	for i := range tallies {
		if tallies[i].score > 0 {
			order = append(order, i)
			sum += tallies[i].score
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch d := tallies[b].score - tallies[a].score; {
		case d > 0:
			return 1
		case d < 0:
			return -1
		}
		return 0
	})
	out := make([]UnitChoice, 0, maxUnits)
	for n, i := range order[:min(maxUnits, len(order))] {
		share := tallies[i].score / sum
		out = append(out, UnitChoice{
			Unit: rt.units[i].ID, Score: share, Assist: n > 0 && tallies[i].own && share >= assistLeast,
			Reason: strings.Join(tallies[i].reasons, "；"),
		})
	}
	if len(out) == 0 && rt.directory.County() != "" {
		out = append(out, UnitChoice{Unit: rt.directory.County(), Reason: "未匹配到职责单位，由县政府办研判分办"})
	}
	return out
}
