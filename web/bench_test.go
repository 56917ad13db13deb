package web_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"huiying/desk"
	"huiying/incident"
)

// connections is how many systems post at once.
const connections = 64

// postAll posts reports over so many connections and reports what one takes on average.
func postAll(b *testing.B, h http.Handler, token string) {
	b.Helper()
	server := httptest.NewServer(h)
	b.Cleanup(server.Close)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections}}
	b.Cleanup(client.CloseIdleConnections)
	var n atomic.Int64
	b.SetParallelism(connections / 2)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			body := fmt.Sprintf(`{"source":"12345热线","external_id":"W%d","title":"小区停水已经三天","text":"城西街道幸福小区自周三起停水，物业没有答复。",`+
				`"reporter":{"name":"李大明","phone":"13900001111"},"place":"城西街道"}`, n.Add(1))
			r, err := http.NewRequestWithContext(b.Context(), post, server.URL+"/api/v1/incidents", bytes.NewReader([]byte(body)))
			if err != nil {
				b.Error(err)
				return
			}
			r.Header.Set("Authorization", "Bearer "+token)
			res, err := client.Do(r)
			if err != nil {
				b.Error(err)
				return
			}
			_, err = io.Copy(io.Discard, res.Body)
			if closed := res.Body.Close(); err != nil || closed != nil || res.StatusCode != http.StatusCreated {
				b.Errorf("status %d, %v, %v", res.StatusCode, err, closed)
				return
			}
		}
	})
}

// BenchmarkRegister is intake over HTTP at 64 connections, durable when it is answered.
func BenchmarkRegister(b *testing.B) {
	h := newHouse(b)
	postAll(b, h, h.tokens["hotline"])
}

// BenchmarkRegister_NotKept is the same with a store that keeps nothing: what HTTP and
// deciding cost.
func BenchmarkRegister_NotKept(b *testing.B) {
	h := newHouse(b)
	h.desk.Store = &forgetful{Store: h.desk.Store}
	postAll(b, h, h.tokens["hotline"])
}

// BenchmarkBare is net/http alone, which reads the body and answers as much: what the
// others are measured against.
func BenchmarkBare(b *testing.B) {
	h := newHouse(b)
	answer := h.call(b, "hotline", post, "/api/v1/incidents", posted).Body.Bytes()
	postAll(b, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			b.Error(err)
		}
		w.WriteHeader(http.StatusCreated)
		if _, err := w.Write(answer); err != nil {
			b.Error(err)
		}
	}), "")
}

// BenchmarkRegister_HandlerOnly leaves out the network.
func BenchmarkRegister_HandlerOnly(b *testing.B) {
	h := newHouse(b)
	h.desk.Store = &forgetful{Store: h.desk.Store}
	b.ReportAllocs()
	for b.Loop() {
		if w := h.call(b, "hotline", post, "/api/v1/incidents", posted); w.Code != http.StatusCreated {
			b.Fatal(w.Body)
		}
	}
}

// BenchmarkBoard is the board of a county with 2,000 open incidents.
func BenchmarkBoard(b *testing.B) {
	h := newHouse(b)
	for i := range 2000 {
		h.register(b, report(fmt.Sprintf("第%d件", i+1)))
	}
	duty := h.signIn(b, "zhiban")
	for b.Loop() {
		if w := duty.get("/"); w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
	}
}

// BenchmarkIncidentPage is the page of one incident.
func BenchmarkIncidentPage(b *testing.B) {
	h := busy(b)
	duty := h.signIn(b, "zhiban")
	for b.Loop() {
		if w := duty.get("/incidents/2"); w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
	}
}

// forgetful gives numbers and keeps nothing.
type forgetful struct {
	desk.Store
	n atomic.Int64
}

func (f *forgetful) Save(_ context.Context, changes ...desk.Change) ([]desk.Saved, error) {
	out := make([]desk.Saved, len(changes))
	for i, ch := range changes {
		out[i].ID, out[i].Version = ch.Case.ID, ch.Case.Version+1
		if ch.Case.ID == 0 {
			out[i].ID = incident.ID(f.n.Add(1))
		}
	}
	return out, nil
}
