package post_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"huiying/notify"
	"huiying/notify/post"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const secret = "top/secret+key="

func serve(t *testing.T, h http.HandlerFunc) (*http.Client, string) {
	t.Helper()
	s := httptest.NewServer(h)
	client := post.Client(s.Client())
	t.Cleanup(func() {
		client.CloseIdleConnections()
		s.Close()
	})
	return client, s.URL
}

func TestJSON_AnswersTheBodyOf200(t *testing.T) {
	t.Parallel()
	client, addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Method != http.MethodPost || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
			t.Errorf("%s %v: %v", r.Method, r.Header, err)
		}
		if _, err := w.Write(body); err != nil {
			t.Error(err)
		}
	})
	answer, fault := post.JSON(t.Context(), client, addr, []byte(`{"a":1}`))
	if fault != nil || string(answer) != `{"a":1}` {
		t.Errorf("answer %q, fault %+v", answer, fault)
	}
}

func TestFaults_HoldNoSecretAndAskForARetry(t *testing.T) {
	t.Parallel()
	cut, cutAddr := serve(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	refuse, refuseAddr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, r.URL.String(), http.StatusBadGateway)
	})
	left, leave := context.WithCancel(t.Context())
	leave()
	for name, c := range map[string]struct {
		ctx    context.Context //nolint:containedctx // a row of a table
		client *http.Client
		addr   string
		want   string
	}{
		"cut":          {t.Context(), cut, cutAddr, "EOF"},
		"status":       {t.Context(), refuse, refuseAddr, "HTTP 502"},
		"nobody there": {t.Context(), cut, "http://127.0.0.1:1", "connect"},
		"cancelled":    {left, cut, cutAddr, "sending was cancelled"},
		"no address":   {t.Context(), cut, "http://[", "address cannot be read"},
	} {
		_, fault := post.Get(c.ctx, c.client, c.addr+"/?key="+secret, secret)
		if fault == nil || !strings.Contains(fault.Text, c.want) || strings.Contains(fault.Text, "secret") {
			t.Errorf("%s: fault %+v, want one that says %q and no secret", name, fault, c.want)
			continue
		}
		if o := fault.Outcome(); o.Status != notify.Retry || o.Reason != notify.ReasonUnknown || o.Detail != fault.Text {
			t.Errorf("%s: outcome %+v, want a retry", name, o)
		}
	}
}

func TestRedact(t *testing.T) {
	t.Parallel()
	const escaped = "top%2Fsecret%2Bkey%3D"
	got := post.Redact("a "+secret+"\n\tb "+escaped+" "+strings.Repeat("x", 500), secret, "")
	if strings.Contains(got, "secret") || !strings.HasPrefix(got, "a *** b *** x") || len([]rune(got)) > 200 {
		t.Errorf("Redact = %q", got)
	}
}
