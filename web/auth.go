package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"huiying/incident"
	"huiying/org"
)

// Tokens finds who a bearer token stands for by its hash, or [incident.ErrNotFound].
type Tokens interface {
	Token(ctx context.Context, hash []byte) (name string, person org.PersonID, role org.Role, err error)
}

const (
	// tokenLasts is how long a token that was looked up counts without another look: a
	// token that is taken back works at most so much longer.
	tokenLasts = 30 * time.Second
	// maxTokens bounds the cache.
	maxTokens = 4096
)

// tokenHash is SHA-256 of a token.
type tokenHash [32]byte

// holder is who a token stands for.
type holder struct {
	name   string
	person org.PersonID
	role   org.Role
	until  time.Time
}

// tokens looks tokens up, and remembers those that are good for a while.
type tokens struct {
	store Tokens
	clock clockwork.Clock

	mu    sync.RWMutex
	known map[tokenHash]holder
}

func newTokens(store Tokens, clock clockwork.Clock) *tokens {
	return &tokens{store: store, clock: clock, known: map[tokenHash]holder{}}
}

// find returns who the token of that hash stands for, or [incident.ErrNotFound].
func (t *tokens) find(ctx context.Context, hash tokenHash) (holder, error) {
	now := t.clock.Now()
	t.mu.RLock()
	h, ok := t.known[hash]
	t.mu.RUnlock()
	if ok && now.Before(h.until) {
		return h, nil
	}
	name, person, role, err := t.store.Token(ctx, hash[:])
	if err != nil {
		t.mu.Lock()
		delete(t.known, hash)
		t.mu.Unlock()
		return holder{}, fmt.Errorf("look up token: %w", err)
	}
	h = holder{name: name, person: person, role: role, until: now.Add(tokenLasts)}
	t.mu.Lock()
	if len(t.known) >= maxTokens {
		clear(t.known)
	}
	t.known[hash] = h
	t.mu.Unlock()
	return h, nil
}

// errNoToken and errBadToken are answered with 401.
var (
	errNoToken  = errors.New("no token")
	errBadToken = errors.New("bad token")
)

// bearer is who the request's bearer token stands for.
func (s *server) bearer(r *http.Request) (org.Actor, error) {
	const scheme = "Bearer "
	header := r.Header.Get("Authorization")
	if len(header) <= len(scheme) || !strings.EqualFold(header[:len(scheme)], scheme) {
		return org.Actor{}, errNoToken
	}
	return s.actor(r.Context(), tokenHash(HashToken(strings.TrimSpace(header[len(scheme):]))), "api")
}

// actor is who a token stands for, with the posts that he holds now. An account that is
// nobody in the directory, such as another system's, has its role alone.
func (s *server) actor(ctx context.Context, hash tokenHash, via string) (org.Actor, error) {
	h, err := s.tokens.find(ctx, hash)
	if errors.Is(err, incident.ErrNotFound) {
		return org.Actor{}, errBadToken
	}
	if err != nil {
		return org.Actor{}, err
	}
	// The house's own role is never held from outside.
	if h.role == org.RoleSystem {
		return org.Actor{}, errBadToken
	}
	if _, known := s.Desk.Directory().Person(h.person); !known {
		if h.role == org.RoleNone {
			return org.Actor{}, errBadToken
		}
		// Each account is somebody of its own, since it reads only what it registered itself.
		if h.person == "" {
			h.person = org.PersonID("account:" + h.name)
		}
		return org.Actor{Person: h.person, Name: h.name, Role: h.role, Via: via}, nil
	}
	by, here := s.Desk.Directory().Actor(h.person, via, s.Desk.Clock.Now())
	if !here || by.Role == org.RoleSystem {
		return org.Actor{}, errBadToken
	}
	if h.role != org.RoleNone {
		by.Role = h.role
	}
	return by, nil
}
