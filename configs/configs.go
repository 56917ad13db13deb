package configs

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"huiying/bot/telegram"
	"huiying/bot/wecom"
	"huiying/classifier"
	"huiying/desk"
	"huiying/notify"
	"huiying/notify/email"
	"huiying/notify/robot"
	"huiying/report"
)

//go:embed huiying.yaml policy.yaml duties.yaml units.yaml sources.yaml rules.yaml holidays/*.json holidays/LICENSE templates/*.tmpl
var builtin embed.FS

// Builtin is the tree of built-in defaults, as `huiying config init` writes it.
func Builtin() fs.FS { return builtin }

// Config is the whole configuration.
type Config struct {
	County   County          `yaml:"county"`
	Server   Server          `yaml:"server"`
	Storage  Storage         `yaml:"storage"`
	Files    Files           `yaml:"files"`
	Clock    Clock           `yaml:"clock"`
	Console  Console         `yaml:"console"`
	Wecom    wecom.Config    `yaml:"wecom"`
	Telegram telegram.Config `yaml:"telegram"`
	Robot    robot.Config    `yaml:"robot"`
	SMTP     email.Config    `yaml:"smtp"`
	Notify   notify.Config   `yaml:"notify"`
	Jobs     Jobs            `yaml:"jobs"`
	Drafts   desk.Words      `yaml:"drafts"`

	Evaluation report.Scoring `yaml:"evaluation"`

	Duplicates classifier.MemoryConfig `yaml:"duplicates"`
	LLM        classifier.LLMConfig    `yaml:"llm"`
}

// County is who runs it.
type County struct {
	Name string `yaml:"name"`
	Zone string `yaml:"zone"`
}

// Server is where it listens.
type Server struct {
	Addr    string `yaml:"addr"`
	BaseURL string `yaml:"base_url"`
}

// Storage is where it keeps its data.
type Storage struct {
	Dir         string `yaml:"dir"`
	KeepBackups int    `yaml:"keep_backups"`
}

// Files name what replaces a built-in default; empty keeps it.
type Files struct {
	Policy    string `yaml:"policy"`
	Duties    string `yaml:"duties"`
	Rules     string `yaml:"rules"`
	Units     string `yaml:"units"`
	Sources   string `yaml:"sources"`
	Holidays  string `yaml:"holidays"`
	Templates string `yaml:"templates"`
	Model     string `yaml:"model"`
}

// Clock may be simulated, for demonstrations.
type Clock struct {
	Rate  float64 `yaml:"rate"`
	Start string  `yaml:"start"`
}

// Console prints messages where the house runs.
type Console struct {
	Enabled bool `yaml:"enabled"`
}

// Jobs are the hours of calendar-like work.
type Jobs struct {
	Digest string `yaml:"digest"`
	Weekly string `yaml:"weekly"`
	// Monthly is the hour at which a month's evaluation is issued, on the MonthlyDay-th
	// working day of the next; a year's is on the date Year (01-20) at the same hour.
	Monthly    string `yaml:"monthly"`
	MonthlyDay int    `yaml:"monthly_day"`
	Year       string `yaml:"year"`

	Backup  string `yaml:"backup"`
	Cleanup string `yaml:"cleanup"`
}

// Load layers the built-in defaults, the file (empty for none) and the environment.
func Load(file string, environ []string) (Config, error) {
	var c Config
	defaults, err := builtin.ReadFile("huiying.yaml")
	if err != nil {
		return c, fmt.Errorf("read defaults: %w", err)
	}
	if err := decodeOver("内置默认配置", defaults, &c); err != nil {
		return c, err
	}
	if file != "" {
		doc, err := os.ReadFile(file) //nolint:gosec // the administrator names it
		if err != nil {
			return c, fmt.Errorf("打不开配置文件 %s：%w", file, err)
		}
		if err := decodeOver(file, doc, &c); err != nil {
			return c, err
		}
	}
	env, err := fromEnv(environ)
	if err != nil {
		return c, err
	}
	if err := decodeOver("环境变量", env, &c); err != nil {
		return c, err
	}
	c.turnOn()
	return c, c.Validate()
}

// turnOn enables each channel that was given what only it needs, so that a key or two
// in the environment are enough.
func (c *Config) turnOn() {
	c.Wecom.Enabled = c.Wecom.Enabled || c.Wecom.CorpID != "" || c.Wecom.APIBase != ""
	c.Telegram.Enabled = c.Telegram.Enabled || c.Telegram.Token != ""
	c.Robot.Enabled = c.Robot.Enabled || len(c.Robot.Groups) > 0
	c.SMTP.Enabled = c.SMTP.Enabled || c.SMTP.Addr != ""
}

// Validate reports every value that cannot be.
func (c Config) Validate() error {
	var errs []error
	if _, err := time.LoadLocation(c.County.Zone); err != nil {
		errs = append(errs, fmt.Errorf("county.zone “%s”不是时区，通常写 Asia/Shanghai", c.County.Zone))
	}
	if c.Server.Addr == "" {
		errs = append(errs, errors.New("server.addr 不能为空，例如 127.0.0.1:8080"))
	}
	if c.Storage.Dir == "" {
		errs = append(errs, errors.New("storage.dir 不能为空，例如 data"))
	}
	if c.Storage.KeepBackups < 1 {
		errs = append(errs, errors.New("storage.keep_backups 至少为1"))
	}
	if c.Clock.Rate <= 0 || c.Clock.Rate > 100_000 {
		errs = append(errs, errors.New("clock.rate 须大于0，真实时间为1"))
	}
	if _, err := c.ClockStart(); err != nil {
		errs = append(errs, err)
	}
	for name, at := range map[string]string{"digest": c.Jobs.Digest, "weekly": c.Jobs.Weekly, "monthly": c.Jobs.Monthly, "backup": c.Jobs.Backup, "cleanup": c.Jobs.Cleanup} {
		if _, err := time.Parse("15:04", at); err != nil {
			errs = append(errs, fmt.Errorf("jobs.%s “%s”不是时刻，例如 08:25", name, at))
		}
	}
	const latestDay = 10 // every month has so many working days
	if c.Jobs.MonthlyDay < 1 || c.Jobs.MonthlyDay > latestDay {
		errs = append(errs, fmt.Errorf("jobs.monthly_day 是每月第几个工作日，须在1至%d之间", latestDay))
	}
	if _, err := time.Parse("01-02", c.Jobs.Year); err != nil {
		errs = append(errs, fmt.Errorf("jobs.year “%s”不是日期，例如 01-20", c.Jobs.Year))
	}
	errs = append(errs, c.Wecom.Validate(), c.Telegram.Validate(), c.Robot.Validate(), c.SMTP.Validate(), c.Notify.Validate(), c.Drafts.Validate(), c.Duplicates.Validate(), c.LLM.Validate(), c.Evaluation.Validate())
	return errors.Join(errs...)
}

// Simulated tells whether the clock is not the real one.
func (c Config) Simulated() bool { return c.Clock.Rate != 1 || c.Clock.Start != "" }

// ClockStart is when the simulated clock begins; zero for now.
func (c Config) ClockStart() (time.Time, error) {
	if c.Clock.Start == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, c.Clock.Start)
	if err != nil {
		return at, fmt.Errorf("clock.start “%s”不是时间，例如 2026-11-20T16:40:00+08:00", c.Clock.Start)
	}
	return at, nil
}

// Read returns the file that was named, or the built-in one of that name.
func Read(named, name string) (string, []byte, error) {
	if named == "" {
		raw, err := builtin.ReadFile(name)
		if err != nil {
			return name, nil, fmt.Errorf("read built-in %s: %w", name, err)
		}
		return "内置" + name, raw, nil
	}
	raw, err := os.ReadFile(named) //nolint:gosec // the administrator names it
	if err != nil {
		return named, nil, fmt.Errorf("打不开文件 %s：%w", named, err)
	}
	return named, raw, nil
}

// Dir returns the folder that was named, or the built-in one of that name.
func Dir(named, name string) (fs.FS, error) {
	if named == "" {
		sub, err := fs.Sub(builtin, name)
		if err != nil {
			return nil, fmt.Errorf("read built-in %s: %w", name, err)
		}
		return sub, nil
	}
	if info, err := os.Stat(named); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("打不开目录 %s，请核对路径", named)
	}
	return os.DirFS(named), nil
}
