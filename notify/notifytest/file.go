package notifytest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/color"
	"image/png"
	"testing"

	"huiying/incident"
	"huiying/notify"
)

// Picture is a small picture, Document a file of no known kind.
func Picture() []byte {
	img := image.NewRGBA(image.Rect(0, 0, 8, 8))
	img.Set(3, 3, color.White)
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err) // into memory
	}
	return b.Bytes()
}

// Document is a file of no known kind.
func Document() []byte { return []byte("PK督办通报") }

// Kept is a notify.Files that has both.
func Kept(_ context.Context, hash string) ([]byte, error) {
	for _, body := range [][]byte{Picture(), Document()} {
		if hash == hashOf(body) {
			return body, nil
		}
	}
	return nil, incident.ErrNotFound
}

func hashOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// FileMessages hand over the picture and the document.
func FileMessages(to string) []notify.Message {
	var out []notify.Message
	for _, f := range []struct {
		name, media string
		body        []byte
	}{{"huiying-2026-W47.png", "image/png", Picture()}, {"huiying-2026-W47.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", Document()}} {
		out = append(out, notify.Message{
			Key: "hy-" + hashOf(f.body)[:6], To: to, Title: f.name, Text: "每周超期汇总（全县，2026年第47期）" + f.name, Urgency: incident.UrgencyNormal,
			URL: "https://huiying.example.gov.cn/weekly/2026-W47", File: &incident.File{Name: f.name, Media: f.media, Hash: hashOf(f.body), Size: len(f.body)},
		})
	}
	return out
}

// carrier is the fixture's channel where it carries files; else the test is left out.
func carrier(t *testing.T, f Fixture) notify.Carrier {
	t.Helper()
	c, ok := f.Channel.(notify.Carrier)
	if !ok || f.Shown == nil {
		t.Skip("this channel carries no files")
	}
	return c
}

func carries(t *testing.T, f Fixture) {
	t.Helper()
	c := carrier(t, f)
	for i, m := range FileMessages(f.To) {
		if !c.Carries(*m.File) {
			t.Fatalf("%s is not carried", m.File.Name)
		}
		e := Seal(t, c, m)
		if again := Seal(t, c, m); !bytes.Equal(e.Body, again.Body) {
			t.Errorf("Encode gave\n%s\nand then\n%s", e.Body, again.Body)
		}
		if o := c.Send(t.Context(), e); o.Status != notify.Sent || o.Reason != notify.ReasonOK {
			t.Fatalf("Send = %+v, want sent", o)
		}
		want, err := Kept(t.Context(), m.File.Hash)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Shown(); len(got) != i+1 || !bytes.Equal(got[i], want) {
			t.Errorf("%s: the reader has %d files, and not these bytes last", m.File.Name, len(got))
		}
	}
	if huge := (incident.File{Name: "a", Media: "image/png", Hash: "00", Size: 1 << 30}); c.Carries(huge) {
		t.Error("a file of 1 GiB is carried")
	}
}

func carriesAgain(t *testing.T, f Fixture) {
	t.Helper()
	c := carrier(t, f)
	for _, m := range FileMessages(f.To) {
		before := len(f.FileWire())
		e := Seal(t, c, m)
		f.Lose()
		if o := c.Send(t.Context(), e); o.Status != notify.Retry || o.Reason != notify.ReasonUnknown {
			t.Fatalf("Send with a lost answer = %+v, want a retry for an unknown outcome", o)
		}
		e.Tries++
		if o := c.Send(t.Context(), e); o.Status != notify.Sent {
			t.Fatalf("the second Send = %+v, want sent", o)
		}
		wire := f.FileWire()[before:]
		if len(wire) != 2 || !bytes.Equal(wire[0], wire[1]) {
			t.Errorf("%s: the two tries differ:\n%.300q", m.File.Name, wire)
		}
	}
	if got := f.Shown(); f.Once && len(got) != 2 {
		t.Errorf("the reader has %d files, want each once", len(got))
	}
}

func carriesNothing(t *testing.T, f Fixture) {
	t.Helper()
	c := carrier(t, f)
	m := FileMessages(f.To)[0]
	gone := *m.File
	gone.Hash = hashOf([]byte("gone"))
	m.File = &gone
	if o := c.Send(t.Context(), Seal(t, c, m)); o.Status != notify.Permanent || o.Reason != notify.ReasonContent || o.Detail == "" {
		t.Errorf("Send = %+v, want a permanent failure that says why", o)
	}
}
