package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"time"
)

const (
	sessionCookie = "huiying_session"
	// sessionLasts is how long a person stays signed in: one duty shift.
	sessionLasts = 12 * time.Hour
)

// session is a signed-in browser. It holds the token's hash, so that a token that is
// taken back signs its sessions out as well.
type session struct {
	expires time.Time
	nonce   [16]byte
	token   tokenHash
}

const sessionBytes = 8 + 16 + 32

// sessions signs cookies with a secret and reads them back.
type sessions struct {
	secret []byte
	// secure marks cookies for HTTPS only.
	secure bool
}

// begin signs a browser in.
func (ss sessions) begin(w http.ResponseWriter, token tokenHash, now time.Time) {
	s := session{expires: now.Add(sessionLasts), token: token}
	rand.Read(s.nonce[:]) // never fails
	body := make([]byte, 0, sessionBytes+sha256.Size)
	body = binary.BigEndian.AppendUint64(body, uint64(s.expires.Unix())) //nolint:gosec // after 1970
	body = append(append(body, s.nonce[:]...), s.token[:]...)
	body = append(body, ss.sign("session", body)...)
	http.SetCookie(w, ss.cookie(base64.RawURLEncoding.EncodeToString(body), int(sessionLasts/time.Second)))
}

// end signs a browser out.
func (ss sessions) end(w http.ResponseWriter) { http.SetCookie(w, ss.cookie("", -1)) }

func (ss sessions) cookie(value string, maxAge int) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // Secure where the house is served over HTTPS
		Name: sessionCookie, Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, Secure: ss.secure, SameSite: http.SameSiteLaxMode,
	}
}

// read returns the request's session; false when it has none that is whole and not over.
func (ss sessions) read(r *http.Request, now time.Time) (session, bool) {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return session{}, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil || len(raw) != sessionBytes+sha256.Size {
		return session{}, false
	}
	body, mac := raw[:sessionBytes], raw[sessionBytes:]
	if !hmac.Equal(mac, ss.sign("session", body)) {
		return session{}, false
	}
	s := session{expires: time.Unix(int64(binary.BigEndian.Uint64(body)), 0)} //nolint:gosec // as it was written
	copy(s.nonce[:], body[8:])
	copy(s.token[:], body[24:])
	return s, now.Before(s.expires)
}

// csrf is the session's token in forms: another site can make a browser post, and cannot
// read this.
func (ss sessions) csrf(s session) string {
	return base64.RawURLEncoding.EncodeToString(ss.sign("csrf", s.nonce[:]))
}

// sign is an HMAC that is good for one purpose only.
func (ss sessions) sign(purpose string, data []byte) []byte {
	h := hmac.New(sha256.New, ss.secret)
	h.Write([]byte(purpose + "\x00"))
	h.Write(data)
	return h.Sum(nil)
}
