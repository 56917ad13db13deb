package classifier

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"time"

	"huiying/classifier/near"
	"huiying/incident"
)

// Memory remembers the reports of a sliding window and finds likely duplicates. It lives
// in memory alone; after a start it is filled anew from the store, newest last.
type Memory struct {
	index *near.Index

	mu   sync.Mutex
	live map[incident.ID]bool // kept since the start, and not yet passed by Recall
}

// MemoryConfig is the section duplicates.
type MemoryConfig struct {
	// Window is how many of the newest reports are remembered; 0 looks for no duplicates.
	Window int `yaml:"window"`
}

// Validate reports every value that cannot be.
func (c MemoryConfig) Validate() error {
	if c.Window < 0 || c.Window > 5_000_000 {
		return errors.New("duplicates.window 须在0到5000000之间，0为不查重")
	}
	return nil
}

// NewMemory makes a memory of at most window reports (some 500 bytes each).
func NewMemory(window int) *Memory {
	return &Memory{index: near.NewIndex(window), live: map[incident.ID]bool{}}
}

// Thresholds of the house. What is shown is decided by a person; what joins a matter
// counts for its heat, so it must be surer.
const (
	likelyDuplicate = 0.42
	sameMatter      = 0.48
	maxSimilar      = 5
)

// Glance is a report that was looked at: what is like it, ready to be remembered.
type Glance struct {
	// Similar are likely duplicates, the most alike first, then one at most with the same
	// words about another place.
	Similar []incident.Similar
	// Matter is the first incident of the same matter, 0 for none.
	Matter incident.ID

	look *near.Look
	at   time.Time
}

// Look finds what is like a report, in well under a millisecond.
func (m *Memory) Look(r incident.Report, now time.Time) *Glance {
	g := &Glance{look: m.index.Look(textOf(r, now), likelyDuplicate, maxSimilar), at: now}
	g.take(g.look.Matches)
	for _, x := range g.look.Elsewhere[:min(1, len(g.look.Elsewhere))] {
		g.Similar = append(g.Similar, incident.Similar{Incident: incident.ID(x.ID), Likeness: percent(x.Score), Why: why(x.Likeness), Elsewhere: true})
	}
	return g
}

func (g *Glance) take(ms []near.Match) {
	for _, x := range ms {
		g.Similar = append(g.Similar, incident.Similar{Incident: incident.ID(x.ID), Likeness: percent(x.Score), Why: why(x.Likeness)})
		if g.Matter == 0 && x.Score >= sameMatter {
			if g.Matter = incident.ID(x.Group); g.Matter == 0 {
				g.Matter = incident.ID(x.ID)
			}
		}
	}
}

// Keep remembers a report that was looked at, under its number and matter. It returns
// what is like it among those that came in since it was looked at; nil for none.
func (m *Memory) Keep(g *Glance, id, matter incident.ID) *Glance {
	m.mu.Lock()
	m.live[id] = true
	m.mu.Unlock()
	late := &Glance{}
	late.take(m.index.Remember(g.look, int64(id), int64(matter), likelyDuplicate))
	if len(late.Similar) == 0 {
		return nil
	}
	return late
}

// Recall takes in a case from before the start.
func (m *Memory) Recall(c incident.Case) {
	l := m.index.Look(textOf(c.Report, c.RegisteredAt), 2, 0)
	m.index.Remember(l, int64(c.ID), int64(c.Matter), 2)
}

// Knows tells whether a case was kept since the last [Memory.Forget].
func (m *Memory) Knows(id incident.ID) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.live[id]
}

// Forget drops what is only there for Knows, up to a number.
func (m *Memory) Forget(upTo incident.ID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id := range m.live {
		if id <= upTo {
			delete(m.live, id)
		}
	}
}

// Len is how many reports are remembered.
func (m *Memory) Len() int { return m.index.Len() }

func textOf(r incident.Report, now time.Time) near.Text {
	at := r.SubmittedAt
	if at.IsZero() {
		at = r.FoundAt
	}
	if at.IsZero() {
		at = now
	}
	return near.Text{Title: r.Title, Body: r.Text, Place: r.Place, At: at}
}

func percent(score float64) float64 { return math.Round(math.Min(1, score)*100) / 100 }

// why says in Chinese what is alike and what differs.
func why(l near.Likeness) string {
	var parts []string
	quoted := func(of []string) string { return "“" + strings.Join(of[:min(3, len(of))], "”“") + "”" }
	if len(l.Same) > 0 {
		parts = append(parts, "都提到"+quoted(l.Same))
	}
	if len(l.Topics) > 0 {
		parts = append(parts, "都涉及"+strings.Join(l.Topics[:min(3, len(l.Topics))], "、"))
	}
	parts = append(parts, fmt.Sprintf("用语相同约%.0f%%", 100*l.Copy))
	if len(l.Mine) > 0 && len(l.Theirs) > 0 {
		parts = append(parts, "地点不同：本件"+quoted(l.Mine)+"，该件"+quoted(l.Theirs))
	}
	if l.Days > 0 {
		parts = append(parts, fmt.Sprintf("相隔%d天", l.Days))
	}
	return incident.MaskText(strings.Join(parts, "；"))
}
