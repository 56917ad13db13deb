package classifier

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"

	"huiying/classifier/figures"
)

// File is a file of rules: what people call it, and what stands in it.
type File struct {
	Name string
	Doc  []byte
}

// ParseRules reads one complete file of rules.
func ParseRules(name string, doc []byte) (*Rules, error) { return LayerRules(File{name, doc}) }

// LayerRules reads files of rules, each laid over those before it: an entry with an id
// (or name, or duty) that is there already changes what it writes and keeps the rest,
// others are added. Unknown keys, wrong types and what cannot be are refused with the
// file, the line, and how to mend it; all faults are joined.
func LayerRules(files ...File) (*Rules, error) {
	r := &Rules{reader: figures.NewReader(), origins: origins{}, before: map[string]Rule{}}
	for _, f := range files {
		if err := r.lay(f); err != nil {
			return nil, fmt.Errorf("规则文件 %s 有误：%w", f.Name, err)
		}
	}
	name := files[len(files)-1].Name
	if err := errors.Join(append(r.doc.faults(r.origins), r.clashes()...)...); err != nil {
		return nil, fmt.Errorf("规则文件 %s 有误：%w", name, err)
	}
	r.compile()
	return r, nil
}

// origin is where an entry was last written.
type origin struct {
	file string
	line int
}

func (o origin) String() string { return fmt.Sprintf("%s第%d行", o.file, o.line) }

// origins knows, for each section, where its entries were written.
type origins map[string][]origin

func (o origins) of(section string, i int) origin {
	if at := o[section]; i < len(at) {
		return at[i]
	}
	return origin{file: section}
}

// lay lays one file over what is there.
func (r *Rules) lay(f File) error {
	d := yaml.NewDecoder(bytes.NewReader(f.Doc))
	d.KnownFields(true)
	var alone document // for keys that are not known
	if err := d.Decode(&alone); err != nil {
		if errors.Is(err, io.EOF) {
			return nil
		}
		return chineseFaults(err)
	}
	var parts struct {
		Categories []yaml.Node `yaml:"categories"`
		Rules      []yaml.Node `yaml:"rules"`
		Triggers   []yaml.Node `yaml:"triggers"`
		Routing    []yaml.Node `yaml:"routing"`
		Abroad     yaml.Node   `yaml:"abroad"`
	}
	if err := yaml.Unmarshal(f.Doc, &parts); err != nil {
		return chineseFaults(err)
	}
	for _, x := range r.doc.Rules {
		r.before[x.ID] = x
	}
	err := errors.Join(
		layer(r.origins, "categories", f.Name, &r.doc.Categories, parts.Categories, func(c Category) string { return c.Name }, nil),
		layer(r.origins, "rules", f.Name, &r.doc.Rules, parts.Rules, func(x Rule) string { return x.ID }, Rule.apart),
		layer(r.origins, "triggers", f.Name, &r.doc.Triggers, parts.Triggers, func(t Trigger) string { return t.ID }, Trigger.apart),
		layer(r.origins, "routing", f.Name, &r.doc.Routing, parts.Routing, func(d Duty) string { return d.Duty }, nil),
	)
	if err != nil {
		return chineseFaults(err)
	}
	if !parts.Abroad.IsZero() {
		if err := parts.Abroad.Decode(&r.doc.Abroad); err != nil {
			return chineseFaults(err)
		}
	}
	return nil
}

// layer lays the nodes of one section over its entries. A key that comes twice in one
// file stays twice, and is found as a fault.
func layer[T any](at origins, section, file string, have *[]T, nodes []yaml.Node, key func(T) string, apart func(T) T) error {
	below := len(*have)
	for i := range nodes {
		n := &nodes[i]
		var x T
		if err := n.Decode(&x); err != nil {
			return err //nolint:wrapcheck // made Chinese by the caller
		}
		where := origin{file, n.Line}
		i := slices.IndexFunc((*have)[:below], func(h T) bool { return key(h) == key(x) })
		if i < 0 {
			*have = append(*have, x)
			at[section] = append(at[section], where)
			continue
		}
		x = (*have)[i]
		if apart != nil {
			x = apart(x)
		}
		if err := n.Decode(&x); err != nil {
			return err //nolint:wrapcheck // made Chinese by the caller
		}
		(*have)[i], at[section][i] = x, where
	}
	return nil
}

// apart gives the rule maps of its own, so that an override does not reach through an
// anchor into other rules.
func (r Rule) apart() Rule {
	r.Grades, r.Clauses, r.When = maps.Clone(r.Grades), maps.Clone(r.Clauses), maps.Clone(r.When)
	return r
}

func (t Trigger) apart() Trigger {
	t.When = maps.Clone(t.When)
	return t
}
