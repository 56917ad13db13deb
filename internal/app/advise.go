package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jonboulle/clockwork"

	"huiying/classifier"
	"huiying/configs"
	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

// adviceKey makes the advice of an incident given once, however often it is asked for.
const adviceKey = "llm"

// adviceEvery is how often new incidents are looked for; adviceTries how often a busy
// server is asked about one.
const (
	adviceEvery = 2 * time.Second
	adviceTries = 3
	adviceBatch = 20
)

// freePurse is for the command line, which keeps no account but the limits of one run.
type freePurse struct{ requests, tokens int }

// Spend implements classifier.Purse.
func (p *freePurse) Spend(_ context.Context, _ string, requests, tokens, maxRequests, maxTokens int) (bool, error) {
	if maxRequests > 0 && p.requests+requests > maxRequests || maxTokens > 0 && p.tokens+tokens > maxTokens {
		return false, nil
	}
	p.requests, p.tokens = p.requests+requests, p.tokens+tokens
	return true, nil
}

// NewAdviser is the model outside that the configuration names, for `huiying classify`.
func NewAdviser(cfg configs.Config) (*classifier.Adviser, error) {
	if !cfg.LLM.Enabled() {
		return nil, errors.New("没有配置大模型，请在配置的 llm.base_url 和 llm.model 填写，或改用 --llm off")
	}
	zone, err := Zone(cfg)
	if err != nil {
		return nil, err
	}
	return classifier.NewAdviser(cfg.LLM, &freePurse{}, clockwork.NewRealClock(), zone), nil
}

// outside makes the model outside, where one is configured.
func (s *server) outside() {
	if s.cfg.LLM.Enabled() {
		s.adviser = classifier.NewAdviser(s.cfg.LLM, s.db, s.clock, s.zone)
	}
}

// author is the model outside as the writer of first drafts, nil where there is none.
func (s *server) author() desk.Author {
	if s.adviser == nil {
		return nil
	}
	return s.adviser
}

// advise asks the model outside about each new incident, in the order of their numbers,
// and gives what it says to desk. How far it has come is a row, so that a restart goes
// on where it was. Nothing waits for it.
func (s *server) advise(ctx context.Context) error {
	a := s.adviser
	if a == nil {
		return nil
	}
	tick := s.clock.NewTicker(adviceEvery)
	defer tick.Stop()
	for {
		if err := s.adviseNew(ctx, a); err != nil && ctx.Err() == nil {
			s.Log.Error("model outside not asked", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.Chan():
		}
	}
}

// adviseNew asks about what came in since the last time.
func (s *server) adviseNew(ctx context.Context, a *classifier.Adviser) error {
	n, ok, err := s.db.Mark(ctx, adviceKey)
	if err != nil {
		return fmt.Errorf("read how far the model has come: %w", err)
	}
	if !ok { // what was there before it was switched on is left alone
		newest, err := s.db.Newest(ctx)
		if err != nil {
			return fmt.Errorf("find the newest case: %w", err)
		}
		return s.db.PutMark(ctx, adviceKey, int64(newest)) //nolint:wrapcheck // says what it is
	}
	for {
		cases, err := s.db.After(ctx, incident.ID(n), adviceBatch)
		if err != nil {
			return fmt.Errorf("read new cases: %w", err)
		}
		for _, c := range cases {
			if c.State.Open() {
				s.adviseOne(ctx, a, c)
			}
			if ctx.Err() != nil {
				return nil //nolint:nilerr // the rest is for the next start
			}
			n = int64(c.ID)
			if err := s.db.PutMark(ctx, adviceKey, n); err != nil {
				return fmt.Errorf("keep how far the model has come: %w", err)
			}
		}
		if len(cases) < adviceBatch {
			return nil
		}
	}
}

// adviseOne asks about one incident. What fails leaves it as the rules graded it; the
// log says why without a word of the report.
func (s *server) adviseOne(ctx context.Context, a *classifier.Adviser, c incident.Case) {
	for range adviceTries {
		advice, err := a.Advise(ctx, c.Report, c.Grading)
		if wait, busy := classifier.RetryAfter(err); busy {
			select {
			case <-ctx.Done():
				return
			case <-s.clock.After(wait):
				continue
			}
		}
		if err != nil {
			s.Log.Warn("model outside gave no advice", "incident", c.ID, "reason", classifier.AdviceFault(err))
			return
		}
		if len(advice.Doubts) == 0 {
			return
		}
		if _, err := s.house.Desk.Do(ctx, org.System("classifier"), c.ID, advice, adviceKey); err != nil {
			s.Log.Warn("advice not kept", "incident", c.ID, "error", err)
		}
		return
	}
	s.Log.Warn("model outside gave no advice", "incident", c.ID, "reason", "busy")
}
