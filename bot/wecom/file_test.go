package wecom_test

import (
	"bytes"
	"testing"
	"time"

	fake "huiying/internal/fake/wecom"
	"huiying/notify"
	"huiying/notify/notifytest"
)

// TestFile_UploadedOnce: a file for several readers goes up once, as a picture or a file;
// once the platform has dropped it, it goes up again in the same try.
func TestFile_UploadedOnce(t *testing.T) {
	t.Parallel()
	p := open(t, nil)
	ups := func() int { return len(p.fake.Requests(fake.UploadPath)) }
	send := func(to string, i int, key string) notify.Outcome {
		t.Helper()
		m := notifytest.FileMessages(to)[i]
		m.Key = key
		return p.Send(t.Context(), notifytest.Seal(t, p, m))
	}
	for i, to := range []string{"liming", "wangfang"} {
		if o := send(to, 0, "hy-1"); o.Status != notify.Sent {
			t.Fatalf("reader %d: %+v", i, o)
		}
	}
	if n := ups(); n != 1 {
		t.Errorf("uploaded %d times for two readers, want once", n)
	}
	if o := send("liming", 1, "hy-2"); o.Status != notify.Sent {
		t.Fatalf("document: %+v", o)
	}
	got := p.fake.Delivered()
	if got[0].Type != "image" || got[2].Type != "file" || got[2].File.Name != "huiying-2026-W47.docx" {
		t.Errorf("delivered as %s, %s", got[0].Type, got[2].Type)
	}
	p.fake.Forget()
	p.clock.Advance(5 * time.Hour) // past the check for duplicates
	if o := send("liming", 0, "hy-3"); o.Status != notify.Sent {
		t.Errorf("after the platform dropped it: %+v", o)
	}
	if n := ups(); n != 3 {
		t.Errorf("uploaded %d times, want once more", n)
	}
	if last := p.fake.Delivered(); !bytes.Equal(last[len(last)-1].File.Body, notifytest.Picture()) {
		t.Error("other bytes arrived")
	}
}

// TestFile_UploadFaults: what the platform says of an upload is what it says of the message.
func TestFile_UploadFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		fault fake.Fault
		want  notify.Status
		why   notify.Reason
	}{
		{"too large", fake.Fault{Kind: fake.ErrCode, Code: 45001}, notify.Permanent, notify.ReasonContent},
		{"busy", fake.Fault{Kind: fake.ErrCode, Code: -1}, notify.Retry, notify.ReasonBusy},
		{"no right", fake.Fault{Kind: fake.ErrCode, Code: 48002}, notify.Permanent, notify.ReasonConfig},
		{"cut", fake.Fault{Kind: fake.Cut}, notify.Retry, notify.ReasonUnknown},
		{"a page", fake.Fault{Kind: fake.Garbage}, notify.Retry, notify.ReasonUnknown},
		{"502", fake.Fault{Kind: fake.Status, Code: 502}, notify.Retry, notify.ReasonUnknown},
		{"stale token", fake.Fault{Kind: fake.ErrCode, Code: 42001}, notify.Sent, notify.ReasonOK},
	} {
		p := open(t, nil)
		c.fault.Path = fake.UploadPath
		p.fake.FailNext(1, c.fault)
		e := notifytest.Seal(t, p, notifytest.FileMessages("liming")[0])
		if o := p.Send(t.Context(), e); o.Status != c.want || o.Reason != c.why || o.Status != notify.Sent && o.Detail == "" {
			t.Errorf("%s: %+v, want %s for %s", c.name, o, c.want, c.why)
		}
	}
}
