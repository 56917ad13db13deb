package app

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"huiying/configs"
	"huiying/desk"
	"huiying/incident"
	"huiying/intake"
	"huiying/notify"
	"huiying/notify/robot"
	"huiying/org"
	"huiying/sla"
)

// Check reads everything that a configuration names, as serving does, and returns what
// an administrator should know though it is no fault: posts that nobody holds, and
// people whom no channel reaches (rules.md, Late). All faults are joined.
func Check(cfg configs.Config) ([]string, error) {
	var errs []error
	book, err := LoadBook(cfg, "")
	errs = append(errs, err)
	var duties *sla.DutyRules
	if err == nil {
		duties, err = LoadDuties(cfg, book.Policy)
		errs = append(errs, err)
	}
	sources, err := LoadSources(cfg)
	errs = append(errs, err)
	rules, err := LoadRules(cfg)
	if err == nil {
		err = rules.Check()
	}
	errs = append(errs, err)
	_, err = LoadModel(cfg)
	errs = append(errs, err)
	zone, err := Zone(cfg)
	errs = append(errs, err)
	templates, err := loadTemplates(cfg)
	if err == nil && zone != nil {
		_, err = notify.NewRenderer(templates, zone, cfg.Server.BaseURL)
	}
	errs = append(errs, err)
	data, err := LoadPeople(cfg)
	errs = append(errs, err)
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	dir, err := org.NewDirectory(data)
	if err != nil {
		return nil, err //nolint:wrapcheck // a sentence for people
	}
	return slices.Concat(vacancies(dir), unreachable(dir, channelNames(cfg)), groupless(dir, cfg.Robot), rules.Warnings(), desk.DutyFaults(duties, dir), unwatchable(duties, sources)), nil
}

// vacancies names the posts that nobody holds, and those who are told instead.
func vacancies(dir *org.Directory) []string {
	var out []string
	data := dir.Data()
	if dir.County() == "" {
		out = append(out, "没有设县政府办（county: true），县值班员、主任、分管副县长都收不到催办")
	}
	for _, u := range data.Units {
		for _, post := range org.Posts() {
			if post.County() != u.County {
				continue
			}
			held := slices.ContainsFunc(data.Appointments, func(a org.Appointment) bool { return a.Unit == u.ID && a.Post == post })
			if held {
				continue
			}
			instead := "没有人代收"
			if r := dir.Resolve([]org.Post{post}, u.ID, time.Time{}); len(r) > 0 {
				instead = "由" + dir.UnitName(r[0].Unit) + r[0].Post.Chinese() + "代收"
			}
			out = append(out, fmt.Sprintf("%s没有%s，%s", u.Name, post.Chinese(), instead))
		}
	}
	return out
}

func unreachable(dir *org.Directory, channels []string) []string {
	var out []string
	for _, p := range dir.Data().Persons {
		reachable := slices.ContainsFunc(p.Addresses, func(a org.Address) bool { return slices.Contains(channels, a.Channel) })
		if !reachable && !p.Left {
			out = append(out, p.Name+"没有可用的联系方式，催办送不到")
		}
	}
	return out
}

// groupless names the units whose group has no robot.
func groupless(dir *org.Directory, cfg robot.Config) []string {
	var out []string
	for _, u := range dir.Data().Units {
		has := slices.ContainsFunc(cfg.Groups, func(g robot.Group) bool { return g.Name == u.Group })
		if u.Group != "" && (!cfg.Enabled || !has) {
			out = append(out, fmt.Sprintf("%s的工作群“%s”不在 robot.groups 里，发不到群", u.Name, u.Group))
		}
	}
	return out
}

// unwatchable names the sources that are to be watched and that no report can come from.
func unwatchable(duties *sla.DutyRules, sources *intake.Sources) []string {
	var out []string
	if duties == nil {
		return nil
	}
	for _, w := range duties.Watch.Sources {
		if !slices.ContainsFunc(sources.All(), func(s incident.Source) bool { return s.Name == w.Name }) {
			out = append(out, "要监测的来源“"+w.Name+"”不在来源名单里，请核对名称，只能靠心跳得知它正常")
		}
	}
	return out
}
