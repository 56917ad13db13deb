package wecom

import (
	"encoding/base64"
	"errors"
	"net/url"
	"time"
)

// Config is the application as its administrator page shows it. The zero value of
// everything after Secret is a good default.
type Config struct {
	Enabled bool   `yaml:"enabled"`
	CorpID  string `yaml:"corp_id"`
	AgentID int    `yaml:"agent_id"`
	Secret  string `yaml:"secret"`
	// Token and EncodingAESKey are those of the application's page 接收消息; without them
	// the application only sends.
	Token          string `yaml:"token"`
	EncodingAESKey string `yaml:"encoding_aes_key"`
	// Menu sets the application's menu at each start.
	Menu bool `yaml:"menu"`
	// APIBase is the platform's address; empty for the public one.
	APIBase string `yaml:"api_base"`
	// DuplicateCheckInterval is for how long the platform shows the same bytes only once;
	// 0 means 4 h, its longest.
	DuplicateCheckInterval time.Duration `yaml:"duplicate_check_interval"`
	// PlainText sends no cards, for readers whose clients do not show them.
	PlainText bool `yaml:"plain_text"`
	// Markdown sends what is no card as markdown, which the WeChat plug-in does not show.
	Markdown bool `yaml:"markdown"`
}

const (
	publicAPI     = "https://qyapi.weixin.qq.com"
	longestCheck  = 4 * time.Hour
	shortestCheck = time.Minute
)

// Validate reports every value that cannot be, in Chinese. What is not enabled is not
// looked at.
func (c Config) Validate() error {
	if !c.Enabled {
		return nil
	}
	var errs []error
	if c.CorpID == "" {
		errs = append(errs, errors.New("wecom.corp_id 不能为空，请填企业微信管理后台“我的企业”中的企业ID"))
	}
	if c.AgentID <= 0 {
		errs = append(errs, errors.New("wecom.agent_id 须为正整数，请填应用详情页中的AgentId"))
	}
	if c.Secret == "" {
		errs = append(errs, errors.New("wecom.secret 不能为空，请填应用详情页中的Secret，建议用环境变量 HUIYING_WECOM__SECRET"))
	}
	if !validBase(c.APIBase) {
		errs = append(errs, errors.New("wecom.api_base 不是地址，通常写 "+publicAPI))
	}
	if d := c.DuplicateCheckInterval; d != 0 && (d < shortestCheck || d > longestCheck) {
		errs = append(errs, errors.New("wecom.duplicate_check_interval 须在1分钟至4小时之间，建议4h"))
	}
	if (c.Token == "") != (c.EncodingAESKey == "") {
		errs = append(errs, errors.New("wecom.token 和 wecom.encoding_aes_key 须一起填写，在应用详情页“接收消息”中设置；都不填则只发不收"))
	}
	if c.EncodingAESKey != "" && !validKey(c.EncodingAESKey) {
		errs = append(errs, errors.New("wecom.encoding_aes_key 须是43个字母或数字，请从应用详情页“接收消息”中原样复制"))
	}
	return errors.Join(errs...)
}

// Receives tells whether the application takes messages in.
func (c Config) Receives() bool { return c.Token != "" && c.EncodingAESKey != "" }

func validKey(key string) bool {
	const keyChars, keyBytes = 43, 32
	raw, err := base64.StdEncoding.DecodeString(key + "=")
	return err == nil && len(key) == keyChars && len(raw) == keyBytes
}

func validBase(s string) bool {
	if s == "" {
		return true
	}
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.RawQuery == "" && u.User == nil
}

// withDefaults fills in what was left empty.
func (c Config) withDefaults() Config {
	if c.APIBase == "" {
		c.APIBase = publicAPI
	}
	if c.DuplicateCheckInterval == 0 {
		c.DuplicateCheckInterval = longestCheck
	}
	return c
}
