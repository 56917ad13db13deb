package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/width"

	"huiying/incident"
)

// Sources are where reports come in, as the county lists them. They do not change once
// parsed and may be read from many goroutines. Nil knows none by name and still guesses.
type Sources struct {
	list  []incident.Source
	names map[string]int // by folded name or alias
	words []word
}

// word makes an unlisted name that contains it a source like the listed one.
type word struct {
	text string
	like int
}

// sourceEntry is one source in the file. Flags left out are those of its kind.
type sourceEntry struct {
	Name        string              `yaml:"name"`
	Kind        incident.SourceKind `yaml:"kind"`
	Public      *bool               `yaml:"public"`
	WantsAnswer *bool               `yaml:"wants_answer"`
	Aliases     []string            `yaml:"aliases"`
	Words       []string            `yaml:"words"`
}

// ParseSources reads sources.yaml strictly. The error is for people: it names the file,
// the line and every fault.
func ParseSources(name string, doc []byte) (*Sources, error) {
	var file struct {
		Sources []sourceEntry `yaml:"sources"`
	}
	if err := strictYAML(doc, &file); err != nil {
		return nil, fmt.Errorf("来源文件 %s 有误：%w", name, err)
	}
	s := &Sources{names: map[string]int{}}
	var errs []error
	for i, e := range file.Sources {
		if err := s.add(e); err != nil {
			errs = append(errs, fmt.Errorf("第%d个来源：%w", i+1, err))
		}
	}
	if len(file.Sources) == 0 {
		errs = append(errs, errors.New("sources 下至少要有一个来源，例如 - {name: 12345热线, kind: hotline}"))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("来源文件 %s 有误：%w", name, err)
	}
	return s, nil
}

func (s *Sources) add(e sourceEntry) error {
	source := incident.Source{Name: strings.TrimSpace(e.Name), Kind: e.Kind}
	if source.Name == "" {
		return errors.New("缺少名称（name）")
	}
	if len([]rune(source.Name)) > maxSource {
		return fmt.Errorf("名称“%s…”超过%d字", string([]rune(source.Name)[:10]), maxSource)
	}
	if !slices.Contains(sourceKinds(), e.Kind) {
		return fmt.Errorf("“%s”的类别（kind）“%s”不认识，可用 hotline（热线）、platform（平台信箱）、superior（上级交办）、web（互联网）、internal（内部报送）",
			source.Name, e.Kind)
	}
	source.Public, source.WantsAnswer = flagsOf(e.Kind)
	if e.Public != nil {
		source.Public = *e.Public
	}
	if e.WantsAnswer != nil {
		source.WantsAnswer = *e.WantsAnswer
	}
	at := len(s.list)
	s.list = append(s.list, source)
	for _, n := range append([]string{source.Name}, e.Aliases...) {
		key := foldName(n)
		if other, dup := s.names[key]; key == "" || dup && other == at {
			return fmt.Errorf("“%s”的别名“%s”是空的或写了两遍", source.Name, n)
		} else if dup {
			return fmt.Errorf("名称“%s”重复：已用于“%s”", n, s.list[other].Name)
		}
		s.names[key] = at
	}
	for _, w := range e.Words {
		if foldName(w) == "" {
			return fmt.Errorf("“%s”的关键词（words）里有空的一项", source.Name)
		}
		s.words = append(s.words, word{foldName(w), at})
	}
	return nil
}

// All lists the sources in the file's order.
func (s *Sources) All() []incident.Source {
	if s == nil {
		return nil
	}
	return slices.Clone(s.list)
}

// Find is the source of that name or alias, written in any width or case. A name that is
// not listed gives a source of that name which behaves like the listed one whose word it
// contains (the longest word wins), else as its own words suggest: a hotline, a platform,
// a superior, a unit; else the open web, which is public.
func (s *Sources) Find(name string) incident.Source {
	name = strings.TrimSpace(name)
	if s == nil {
		return guess(name)
	}
	key := foldName(name)
	if at, ok := s.names[key]; ok {
		return s.list[at]
	}
	best := -1
	for i, w := range s.words {
		if strings.Contains(key, w.text) && (best < 0 || len(w.text) > len(s.words[best].text)) {
			best = i
		}
	}
	if best < 0 {
		return guess(name)
	}
	like := s.list[s.words[best].like]
	like.Name = name
	return like
}

// foldName makes names comparable: width, case and spaces do not tell them apart.
func foldName(name string) string {
	return strings.ToLower(strings.Join(strings.Fields(width.Fold.String(name)), ""))
}

func strictYAML(doc []byte, target any) error {
	d := yaml.NewDecoder(bytes.NewReader(doc))
	d.KnownFields(true)
	if err := d.Decode(target); err != nil && !errors.Is(err, io.EOF) {
		return chineseFaults(err)
	}
	return nil
}
