package notify_test

import (
	"slices"
	"testing"

	"huiying/incident"
	"huiying/notify"
	"huiying/org"
)

// paper is a phone that carries files up to a size.
type paper struct {
	*phone
	most int
}

func (p *paper) Carries(f incident.File) bool { return f.Size <= p.most }

var _ notify.Carrier = (*paper)(nil)

// TestCourier_FilesFollowTheWords: the words go first, each file after them as a message of
// its own; what the channel cannot carry is left out, and nobody is troubled about it.
func TestCourier_FilesFollowTheWords(t *testing.T) {
	t.Parallel()
	file := func(rung, size int) incident.Notice {
		return incident.Notice{
			Kind: incident.NoticeFile, Entry: 1, Rung: rung, Person: "li", Urgency: incident.UrgencyNormal, Text: "附件",
			File: &incident.File{Name: "a.png", Media: "image/png", Hash: "00", Size: size},
		}
	}
	digest := incident.Notice{Kind: incident.NoticeDigest, Entry: 1, Person: "li", Urgency: incident.UrgencyNormal, Text: "每周超期汇总", Path: "/weekly/2026-W47"}
	const words = "每周超期汇总\nhttps://huiying.example.gov.cn/weekly/2026-W47"
	for _, c := range []struct {
		most int // 0 for a channel that carries none
		want []string
	}{{100, []string{words, "附件"}}, {1000, []string{words, "附件", "附件"}}, {0, []string{words}}} {
		p := &phone{name: "phone"}
		var ch notify.Channel = p
		if c.most > 0 {
			ch = &paper{p, c.most}
		}
		w := newWorld(t, []org.Person{{ID: "li", Name: "李明", Addresses: []org.Address{{Channel: "phone", To: "li"}}}}, ch)
		p.clock = w.clock
		if err := w.db.Announce(t.Context(), []incident.Notice{file(1, 50), digest, file(2, 500)}); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time there is nothing left
			if _, err := w.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := p.texts(); !slices.Equal(got, c.want) {
				t.Errorf("up to %d bytes: sent %q, want %q", c.most, got, c.want)
			}
		}
		if len(w.unreached) > 0 {
			t.Errorf("somebody was told of a file that was left out: %v", w.unreached)
		}
	}
}
