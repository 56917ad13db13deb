package classifier

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/sashabaranov/go-openai"
)

// LLMConfig is the section llm: any server that speaks OpenAI's protocol. Without
// base_url nothing is asked and nothing leaves the house.
type LLMConfig struct {
	BaseURL string `yaml:"base_url"`
	APIKey  string `yaml:"api_key"`
	Model   string `yaml:"model"`
	// Mode is how the answer's form is asked for: schema, object or plain. It is checked
	// here whatever the server promises.
	Mode    string        `yaml:"mode"`
	Timeout time.Duration `yaml:"timeout"`
	// DailyRequests and DailyTokens bound what may be spent a day.
	DailyRequests int `yaml:"daily_requests"`
	DailyTokens   int `yaml:"daily_tokens"`
	// MaxChars of a report are shown.
	MaxChars int `yaml:"max_chars"`
	// Understand lets it read free words of a chat that the rules do not know.
	Understand bool `yaml:"understand"`
}

// Enabled tells whether a model is asked at all.
func (c LLMConfig) Enabled() bool { return c.BaseURL != "" }

// Validate reports every value that cannot be.
func (c LLMConfig) Validate() error {
	if !c.Enabled() {
		return nil
	}
	var errs []error
	if u, err := url.Parse(c.BaseURL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		errs = append(errs, fmt.Errorf("llm.base_url “%s”不是网址，例如 http://127.0.0.1:8000/v1", c.BaseURL))
	}
	if c.Model == "" {
		errs = append(errs, errors.New("llm.model 不能为空，请填写模型名称"))
	}
	if !slices.Contains([]string{"schema", "object", "plain"}, c.Mode) {
		errs = append(errs, fmt.Errorf("llm.mode “%s”不认识，可用 schema、object、plain", c.Mode))
	}
	if c.Timeout < time.Second || c.Timeout > 5*time.Minute {
		errs = append(errs, errors.New("llm.timeout 须在1秒到5分钟之间，例如 20s"))
	}
	if c.DailyRequests < 1 || c.DailyTokens < 1000 {
		errs = append(errs, errors.New("llm.daily_requests 至少为1，llm.daily_tokens 至少为1000"))
	}
	if c.MaxChars < 100 || c.MaxChars > 20_000 {
		errs = append(errs, errors.New("llm.max_chars 须在100到20000之间"))
	}
	return errors.Join(errs...)
}

// maxAnswer bounds what is read of a server's answer.
const maxAnswer = 1 << 20

// completer asks the server; it knows the library, nobody else does.
type completer struct {
	cfg    LLMConfig
	client *openai.Client
}

func newCompleter(cfg LLMConfig) *completer {
	oc := openai.DefaultConfig(cfg.APIKey)
	oc.BaseURL = cfg.BaseURL
	oc.HTTPClient = &bounded{&http.Client{Timeout: cfg.Timeout}}
	return &completer{cfg, openai.NewClientWithConfig(oc)}
}

// bounded reads at most maxAnswer of an answer and notes when to come again.
type bounded struct{ client *http.Client }

// Do sends a request.
func (b *bounded) Do(r *http.Request) (*http.Response, error) {
	resp, err := b.client.Do(r) //nolint:gosec // the administrator names the server
	if err != nil {
		return nil, err //nolint:wrapcheck // the library looks at it
	}
	if resp.StatusCode == http.StatusTooManyRequests {
		defer resp.Body.Close() //nolint:errcheck // refused anyway
		return nil, &busyError{after(resp.Header.Get("Retry-After"))}
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	return resp, nil
}

// busyError is a server that has too much to do.
type busyError struct{ after time.Duration }

func (e *busyError) Error() string { return "the model's server is busy" }

// after reads Retry-After in seconds; half a minute when it says nothing, five at most.
func after(header string) time.Duration {
	const most = 5 * time.Minute
	n, err := strconv.Atoi(header)
	if err != nil || n < 0 {
		return most / 10
	}
	return min(most, time.Duration(n)*time.Second)
}

// form is what an answer must look like: a name, its JSON Schema, and how many tokens it may take.
type form struct {
	name   string
	schema json.Marshaler
	tokens int
}

// complete asks once and returns the answer's text and the tokens that it cost.
func (c *completer) complete(ctx context.Context, f form, messages []message) (string, int, error) {
	req := openai.ChatCompletionRequest{
		Model:       c.cfg.Model,
		MaxTokens:   f.tokens,                    //nolint:staticcheck // what self-hosted servers know
		Temperature: math.SmallestNonzeroFloat32, // a plain 0 is left out by the library
	}
	for _, m := range messages {
		req.Messages = append(req.Messages, openai.ChatCompletionMessage{Role: m.role, Content: m.text})
	}
	switch c.cfg.Mode {
	case "schema":
		req.ResponseFormat = &openai.ChatCompletionResponseFormat{
			Type:       openai.ChatCompletionResponseFormatTypeJSONSchema,
			JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Name: f.name, Schema: f.schema, Strict: true},
		}
	case "object":
		req.ResponseFormat = &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatTypeJSONObject}
	}
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	resp, err := c.client.CreateChatCompletion(ctx, req)
	if err != nil {
		return "", 0, fmt.Errorf("ask the model: %w", err)
	}
	if len(resp.Choices) == 0 {
		return "", resp.Usage.TotalTokens, errors.New("ask the model: no answer in the reply")
	}
	return resp.Choices[0].Message.Content, resp.Usage.TotalTokens, nil
}
