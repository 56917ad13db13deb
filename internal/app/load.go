package app

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"go.yaml.in/yaml/v3"

	"huiying/classifier"
	"huiying/configs"
	"huiying/intake"
	"huiying/org"
	"huiying/sla"
)

// Zone is the county's time zone.
func Zone(cfg configs.Config) (*time.Location, error) {
	zone, err := time.LoadLocation(cfg.County.Zone)
	if err != nil {
		return nil, fmt.Errorf("county.zone “%s”不是时区，通常写 Asia/Shanghai", cfg.County.Zone)
	}
	return zone, nil
}

// LoadBook reads the policy (the built-in one, a file's keys over it) and the holidays.
// calendar, when given, counts day limits in place of whatever the policy says.
func LoadBook(cfg configs.Config, calendar string) (sla.Book, error) {
	zone, err := Zone(cfg)
	if err != nil {
		return sla.Book{}, err
	}
	name, doc, err := configs.Read("", "policy.yaml")
	if err != nil {
		return sla.Book{}, err //nolint:wrapcheck // names the file
	}
	policy, err := sla.ParsePolicy(name, doc)
	if err != nil {
		return sla.Book{}, err //nolint:wrapcheck // names the file
	}
	if cfg.Files.Policy != "" {
		if name, doc, err = configs.Read(cfg.Files.Policy, ""); err != nil {
			return sla.Book{}, err //nolint:wrapcheck // names the file
		}
		if policy, err = sla.ParsePolicyOver(policy, name, doc); err != nil {
			return sla.Book{}, err //nolint:wrapcheck // names the file
		}
	}
	if calendar != "" {
		if policy, err = withCalendar(policy, sla.Calendar(calendar)); err != nil {
			return sla.Book{}, err
		}
	}
	holidays, err := loadHolidays(cfg)
	return sla.Book{Policy: policy, Holidays: holidays, Zone: zone}, err
}

// withCalendar makes every level and source count by one calendar.
func withCalendar(p *sla.Policy, c sla.Calendar) (*sla.Policy, error) {
	if !c.Valid() {
		return nil, fmt.Errorf("日历“%s”不认识，可用 exact、natural、natural_roll、working", c)
	}
	over := struct {
		Calendar  sla.Calendar `yaml:"calendar"`
		Calendars struct {
			Levels  map[string]sla.Calendar `yaml:"levels"`
			Sources map[string]sla.Calendar `yaml:"sources"`
		} `yaml:"calendars"`
	}{Calendar: c}
	over.Calendars.Sources = map[string]sla.Calendar{}
	for source := range p.Calendars.Sources {
		over.Calendars.Sources[source] = c
	}
	over.Calendars.Levels = map[string]sla.Calendar{}
	for level := range p.Calendars.Levels {
		over.Calendars.Levels[string(level)] = c
	}
	doc, err := yaml.Marshal(over)
	if err != nil {
		return nil, fmt.Errorf("encode calendar: %w", err)
	}
	return sla.ParsePolicyOver(p, "--calendar", doc) //nolint:wrapcheck // names what is wrong
}

func loadHolidays(cfg configs.Config) (*sla.Holidays, error) {
	dir, err := configs.Dir(cfg.Files.Holidays, "holidays")
	if err != nil {
		return nil, err //nolint:wrapcheck // names the folder
	}
	names, err := fs.Glob(dir, "*.json")
	if err != nil {
		return nil, fmt.Errorf("list holidays: %w", err)
	}
	files := map[string][]byte{}
	for _, name := range names {
		if files[name], err = fs.ReadFile(dir, name); err != nil {
			return nil, fmt.Errorf("read holidays %s: %w", name, err)
		}
	}
	return sla.LoadHolidays(files) //nolint:wrapcheck // names the file
}

// LoadDuties reads the recurring duties: the built-in rules, and the county's own over them;
// nil where they are off.
// A policy without a ladder for duties is refused: nobody would be told of them.
func LoadDuties(cfg configs.Config, policy *sla.Policy) (*sla.DutyRules, error) {
	name, doc, err := configs.Read("", "duties.yaml")
	if err != nil {
		return nil, err //nolint:wrapcheck // names the file
	}
	rules, err := sla.ParseDuties(nil, name, doc)
	if err == nil && cfg.Files.Duties != "" {
		if name, doc, err = configs.Read(cfg.Files.Duties, ""); err == nil {
			rules, err = sla.ParseDuties(rules, name, doc)
		}
	}
	if err != nil {
		return nil, err //nolint:wrapcheck // names the file
	}
	if rules.Off {
		return nil, nil //nolint:nilnil // no duties is no fault
	}
	if !policy.TimesDuties() {
		return nil, errors.New("时限政策里没有周期任务（duty）的催办阶梯，请在 ladders 里补上，或保留内置的")
	}
	return rules, nil
}

// LoadSources reads the sources of reports.
func LoadSources(cfg configs.Config) (*intake.Sources, error) {
	name, doc, err := configs.Read(cfg.Files.Sources, "sources.yaml")
	if err != nil {
		return nil, err //nolint:wrapcheck // names the file
	}
	return intake.ParseSources(name, doc) //nolint:wrapcheck // names the file
}

// LoadRules reads the rules of grading and routing: the built-in ones, and over them the
// county's own file, if there is one.
func LoadRules(cfg configs.Config) (*classifier.Rules, error) {
	var files []classifier.File
	for _, named := range []string{"", cfg.Files.Rules} {
		if named == "" && len(files) > 0 {
			continue
		}
		name, doc, err := configs.Read(named, "rules.yaml")
		if err != nil {
			return nil, err //nolint:wrapcheck // names the file
		}
		files = append(files, classifier.File{Name: name, Doc: doc})
	}
	return classifier.LayerRules(files...) //nolint:wrapcheck // names the file
}

// LoadPeople reads units, persons and posts; what cannot be is refused with the file's name.
func LoadPeople(cfg configs.Config) (org.Data, error) {
	var data org.Data
	name, doc, err := configs.Read(cfg.Files.Units, "units.yaml")
	if err != nil {
		return data, err //nolint:wrapcheck // names the file
	}
	d := yaml.NewDecoder(bytes.NewReader(doc))
	d.KnownFields(true)
	if err := d.Decode(&data); err != nil && !errors.Is(err, io.EOF) {
		return data, fmt.Errorf("%s 有误：%w", name, err)
	}
	if _, err := org.NewDirectory(data); err != nil {
		return data, fmt.Errorf("%s 有误：%w", name, err)
	}
	return data, nil
}

// loadTemplates is the folder of message templates.
func loadTemplates(cfg configs.Config) (fs.FS, error) {
	return configs.Dir(cfg.Files.Templates, "templates") //nolint:wrapcheck // names the folder
}
