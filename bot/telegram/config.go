package telegram

import (
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Config is the bot. Without a token it is off.
type Config struct {
	Enabled bool   `yaml:"enabled"`
	Token   string `yaml:"token"`
	// APIBase is the Bot API's address; empty for the public one.
	APIBase string `yaml:"api_base"`
	// WebhookURL is the address that Telegram calls, with SecretToken in each call; empty
	// for long polling, which needs no address that can be reached from outside.
	WebhookURL  string `yaml:"webhook_url"`
	SecretToken string `yaml:"secret_token"`
}

const publicAPI = "https://api.telegram.org"

// Validate reports every value that cannot be, in Chinese. What is not enabled is not
// looked at.
func (c Config) Validate() error {
	if !c.Enabled {
		return nil
	}
	var errs []error
	if !regexp.MustCompile(`^[0-9]+:[A-Za-z0-9_-]+$`).MatchString(c.Token) {
		errs = append(errs, errors.New("telegram.token 不像机器人令牌，请填 @BotFather 给出的一串，形如 123456:ABC-DEF，建议用环境变量 HUIYING_TELEGRAM__TOKEN"))
	}
	if c.APIBase != "" && !address(c.APIBase, "http", "https") {
		errs = append(errs, errors.New("telegram.api_base 不是地址，通常留空，即 "+publicAPI))
	}
	if c.WebhookURL != "" {
		if !address(c.WebhookURL, "https", "http") {
			errs = append(errs, errors.New("telegram.webhook_url 不是地址，例如 https://huiying.example.gov.cn/callback/telegram；留空则用长轮询"))
		}
		if !regexp.MustCompile(`^[A-Za-z0-9_-]{16,256}$`).MatchString(c.SecretToken) {
			errs = append(errs, errors.New("telegram.secret_token 须是16至256个字母、数字、_或-，用来核对回调确实来自 Telegram"))
		}
	}
	return errors.Join(errs...)
}

func address(s string, schemes ...string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.User != nil {
		return false
	}
	return slices.Contains(schemes, u.Scheme)
}

func (c Config) withDefaults() Config {
	if c.APIBase == "" {
		c.APIBase = publicAPI
	}
	c.APIBase = strings.TrimRight(c.APIBase, "/")
	return c
}
