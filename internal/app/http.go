package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"huiying/incident"
	"huiying/intake"
	"huiying/org"
	"huiying/web"
)

// handler is everything that the house answers by HTTP.
func (s *server) handler(ctx context.Context) (http.Handler, error) {
	sources, err := LoadSources(s.cfg)
	if err != nil {
		return nil, err
	}
	if err := s.firstToken(ctx); err != nil {
		return nil, err
	}
	secret, err := s.secret()
	if err != nil {
		return nil, err
	}
	decoder := intake.Decoder{Sources: sources, Zone: s.zone}
	var names []string
	for _, source := range sources.All() {
		names = append(names, source.Name)
	}
	h, err := web.New(web.Deps{
		Desk: s.house.Desk, Decode: decoder.Decode, Tokens: s.db, Ready: s.watch.ready, Reports: s.reports,
		Metrics: promhttp.HandlerFor(s.registry, promhttp.HandlerOpts{}),
		County:  s.cfg.County.Name, Sources: names, Simulated: s.cfg.Simulated(), Clock: clockwork.NewRealClock(),
		File:    func(name string) (io.ReadSeekCloser, string, error) { return s.files().Get(name) },
		Version: s.Version, Log: s.Log, Secret: secret, Secure: strings.HasPrefix(s.cfg.Server.BaseURL, "https://"),
	})
	if err != nil {
		return nil, fmt.Errorf("make pages: %w", err)
	}
	return s.talks.mount(h), nil
}

// secret signs sessions. It is drawn at the first start and kept beside the database, so
// that a restart signs nobody out.
func (s *server) secret() ([]byte, error) {
	const size = 32
	name := filepath.Join(s.cfg.Storage.Dir, "session.key")
	key, err := os.ReadFile(name) //nolint:gosec // in the data folder
	if err == nil && len(key) == size {
		return key, nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("会话密钥读不了：%w", err)
	}
	key = make([]byte, size)
	if _, err := rand.Read(key); err != nil {
		return nil, fmt.Errorf("draw session key: %w", err)
	}
	if err := os.WriteFile(name, key, 0o600); err != nil {
		return nil, fmt.Errorf("会话密钥不能写入：%w", err)
	}
	return key, nil
}

// firstTokenName names the token that a new house gives to its first duty officer.
const firstTokenName = "首次启动" //nolint:gosec // a name, no secret

// firstToken gives a new house's duty officer a token to sign in with and prints it
// once, so that somebody can use the pages without knowing the command line.
func (s *server) firstToken(ctx context.Context) error {
	given, err := s.db.RunOnce(ctx, "first-token", "once", s.clock.Now())
	if err != nil || !given {
		return err //nolint:wrapcheck // a fault of the store
	}
	dir := s.house.Desk.Directory()
	officers := dir.Resolve([]org.Post{org.DutyOfficer}, dir.County(), s.clock.Now())
	at := slices.IndexFunc(officers, func(r org.Recipient) bool { return r.StandsFor == "" })
	if at < 0 {
		s.Log.Warn("no duty officer to give the first token to")
		return nil
	}
	token, err := web.NewToken(rand.Reader)
	if err != nil {
		return fmt.Errorf("make first token: %w", err)
	}
	person := officers[at].Person
	err = s.db.PutToken(ctx, firstTokenName, web.HashToken(token), person.ID, org.RoleNone, s.clock.Now())
	if err == nil {
		err = s.db.Done(ctx, "first-token", "once", s.clock.Now())
	}
	if err != nil {
		return fmt.Errorf("keep first token: %w", err)
	}
	_, err = fmt.Fprintf(s.Out, "首次启动，已为县值班员%s生成登录口令（只显示这一次，请保存）：\n    %s\n\n", person.Name, token)
	if err != nil {
		return &incident.Error{Code: incident.CodeInternal, Text: "登录口令打印不出来。", Err: errors.Unwrap(err)}
	}
	return nil
}
