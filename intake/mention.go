package intake

import (
	"strings"

	"huiying/incident"
)

// In finds a source that a text names by its name or an alias, the one that is named first,
// the longest where two begin alike. False when it names none.
func (s *Sources) In(text string) (incident.Source, bool) {
	folded := foldName(text)
	best, at, length := -1, len(folded), 0
	for name, i := range s.names {
		if len([]rune(name)) < 2 {
			continue
		}
		if pos := strings.Index(folded, name); pos >= 0 && (pos < at || pos == at && len(name) > length) {
			best, at, length = i, pos, len(name)
		}
	}
	if best < 0 {
		return incident.Source{}, false
	}
	return s.list[best], true
}
