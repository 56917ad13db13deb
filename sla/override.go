package sla

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"huiying/incident"
)

// under reads a document over the policy, whose document is whole and without anchors.
func (p *Policy) under(doc []byte) (*Policy, error) {
	var mine, over yaml.Node
	if err := yaml.Unmarshal(p.doc, &mine); err != nil {
		return nil, fmt.Errorf("read base policy: %w", err)
	}
	if err := yaml.Unmarshal(doc, &over); err != nil {
		return nil, fmt.Errorf("read override: %w", err)
	}
	out := &Policy{}
	if len(over.Content) > 0 {
		overlay(mine.Content[0], over.Content[0])
	}
	if err := mine.Decode(out); err != nil {
		return nil, fmt.Errorf("read override: %w", err)
	}
	var added Policy
	if err := over.Decode(&added); err != nil {
		return nil, fmt.Errorf("read override: %w", err)
	}
	if len(added.Ladders) > 0 {
		out.Ladders = append(without(p.Ladders, added.Ladders), added.Ladders...)
	}
	return out, nil
}

// overlay writes the values of one mapping over another's; lists are replaced whole, and
// a key without a value goes.
func overlay(base, over *yaml.Node) {
	for i := 0; i+1 < len(over.Content); i += 2 {
		key, value := over.Content[i], over.Content[i+1]
		if value.Kind == yaml.AliasNode {
			value = value.Alias
		}
		// A limit in hours replaces one in days, and the other way round.
		other := map[string]string{"limit": "days", "days": "limit"}[key.Value]
		if find(over, other) < 0 {
			remove(base, other)
		}
		at := find(base, key.Value)
		switch {
		case value.Tag == "!!null":
			remove(base, key.Value)
		case at < 0:
			base.Content = append(base.Content, key, value)
		case base.Content[at+1].Kind == yaml.MappingNode && value.Kind == yaml.MappingNode:
			overlay(base.Content[at+1], value)
		default:
			base.Content[at+1] = value
		}
	}
}

func remove(mapping *yaml.Node, key string) {
	if at := find(mapping, key); at >= 0 {
		mapping.Content = slices.Delete(mapping.Content, at, at+2)
	}
}

// find is where a key stands in a mapping, -1 for nowhere.
func find(mapping *yaml.Node, key string) int {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return i
		}
	}
	return -1
}

// without are the ladders that are left when others take over their milestones and levels.
func without(ladders, others []Ladder) []Ladder {
	var out []Ladder
	for _, l := range ladders {
		l.Levels = slices.DeleteFunc(slices.Clone(l.Levels), func(level incident.Level) bool {
			return slices.ContainsFunc(others, func(o Ladder) bool { return o.Milestone == l.Milestone && slices.Contains(o.Levels, level) })
		})
		if len(l.Levels) > 0 {
			out = append(out, l)
		}
	}
	return out
}
