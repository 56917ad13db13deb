package robot

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Config is the groups that can be told something.
type Config struct {
	Enabled bool `yaml:"enabled"`
	// APIBase is the platform's address; empty for the public one.
	APIBase string  `yaml:"api_base"`
	Groups  []Group `yaml:"groups"`
	// PlainText sends text in place of markdown.
	PlainText bool `yaml:"plain_text"`
}

// Group is one group and the key of its robot.
type Group struct {
	// Name is what a person's address names, such as 值班群.
	Name string `yaml:"name"`
	Key  string `yaml:"key"`
}

const publicAPI = "https://qyapi.weixin.qq.com"

// Validate reports every value that cannot be, in Chinese. What is not enabled is not
// looked at.
func (c Config) Validate() error {
	if !c.Enabled {
		return nil
	}
	var errs []error
	if len(c.Groups) == 0 {
		errs = append(errs, errors.New("robot.groups 不能为空，请至少写一个群的 name 和 key"))
	}
	seen := map[string]bool{}
	for i, g := range c.Groups {
		switch {
		case g.Name == "" || strings.Contains(g.Name, "/"):
			errs = append(errs, fmt.Errorf("robot.groups 第%d个的 name 不能为空，也不能含“/”", i+1))
		case seen[g.Name]:
			errs = append(errs, fmt.Errorf("robot.groups 有两个群都叫“%s”", g.Name))
		}
		seen[g.Name] = true
		if g.Key == "" || strings.ContainsAny(g.Key, "/?&= ") {
			errs = append(errs, fmt.Errorf("robot.groups “%s”的 key 有误，请填机器人Webhook地址中 key= 之后的部分", g.Name))
		}
	}
	if u, err := url.Parse(c.APIBase); c.APIBase != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "") {
		errs = append(errs, errors.New("robot.api_base 不是地址，通常写 "+publicAPI))
	}
	return errors.Join(errs...)
}
