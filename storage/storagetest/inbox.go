package storagetest

import (
	"slices"
	"time"

	"huiying/bot"
)

func inboxes() []promise {
	return []promise{
		{"a letter waits until it is done, over a restart", letterWaits},
		{"of letters with one key the first is kept, however often it comes", letterOnce},
		{"a repeat of a letter that is done is known", letterDone},
		{"of each talk the oldest letter comes alone, others meanwhile", talksInOrder},
		{"a letter that is tried later keeps its talk waiting and nobody else", letterLater},
		{"how far a letter is survives a restart", letterProgress},
		{"an offset is kept with its letters", letterOffset},
		{"platforms have inboxes of their own", ownInboxes},
		{"cleaning takes letters that are done and no others", cleanLetters},
	}
}

func (h *house) receive(platform string, at time.Duration, ls ...bot.Letter) int {
	h.t.Helper()
	n, err := h.Receive(h.t.Context(), bot.Received{Platform: platform, Letters: ls, At: noon().Add(at)})
	if err != nil {
		h.t.Fatalf("Receive: %v", err)
	}
	return n
}

func letter(key, talk string) bot.Letter {
	return bot.Letter{Key: key, Talk: talk, Body: []byte("body of " + key)}
}

func (h *house) letters(platform string, after time.Duration) ([]bot.Letter, time.Time) {
	h.t.Helper()
	ls, next, err := h.Waiting(h.t.Context(), platform, noon().Add(after), 100)
	if err != nil {
		h.t.Fatalf("Waiting: %v", err)
	}
	return ls, next
}

// wantLetters checks which letters are due, by key.
func (h *house) wantLetters(after time.Duration, want ...string) []bot.Letter {
	h.t.Helper()
	ls, _ := h.letters("wecom", after)
	var got []string
	for _, l := range ls {
		got = append(got, l.Key)
	}
	if !slices.Equal(got, want) {
		h.t.Fatalf("letters %q wait, want %q", got, want)
	}
	return ls
}

func (h *house) keep(l bot.Letter) {
	h.t.Helper()
	if err := h.Keep(h.t.Context(), l); err != nil {
		h.t.Fatalf("Keep: %v", err)
	}
}

func letterWaits(h *house) {
	same(h, "new letters", h.receive("wecom", time.Second, letter("1", "li")), 1)
	h.restart()
	l := h.wantLetters(time.Second, "1")[0]
	same(h, "body", string(l.Body), "body of 1")
	same(h, "talk", l.Talk, "li")
	same(h, "received", l.ReceivedAt, noon().Add(time.Second))
	same(h, "replies are none", l.Replies == nil, true)
	l.Done = true
	h.keep(l)
	h.wantLetters(time.Hour)
	h.restart()
	h.wantLetters(time.Hour)
}

func letterOnce(h *house) {
	same(h, "new letters", h.receive("wecom", 0, letter("1", "li"), letter("1", "wang"), letter("2", "wang")), 2)
	same(h, "new letters", h.receive("wecom", time.Second, letter("1", "li")), 0)
	h.wantLetters(time.Second, "1", "2")
}

func letterDone(h *house) {
	h.receive("wecom", 0, letter("1", "li"))
	l := h.wantLetters(0, "1")[0]
	l.Done = true
	h.keep(l)
	h.restart()
	same(h, "new letters", h.receive("wecom", time.Minute, letter("1", "li")), 0)
	h.wantLetters(time.Hour)
}

func talksInOrder(h *house) {
	h.receive("wecom", 0, letter("1", "li"), letter("2", "li"), letter("3", "wang"), letter("4", "li"))
	ls := h.wantLetters(0, "1", "3")
	ls[0].Done = true
	h.keep(ls[0])
	ls = h.wantLetters(0, "2", "3")
	ls[0].Done, ls[1].Done = true, true
	h.keep(ls[1])
	h.keep(ls[0])
	h.wantLetters(0, "4")
}

func letterLater(h *house) {
	h.receive("wecom", 0, letter("1", "li"), letter("2", "li"), letter("3", "wang"))
	l := h.wantLetters(0, "1", "3")[0]
	l.Tries, l.DueAt = 1, noon().Add(time.Minute)
	h.keep(l)
	l = h.wantLetters(59*time.Second, "3")[0]
	l.Done = true
	h.keep(l)
	if ls, next := h.letters("wecom", 0); len(ls) != 0 || !next.Equal(noon().Add(time.Minute)) {
		h.t.Errorf("letters %v, next %s, want the retry", ls, next)
	}
	same(h, "tries", h.wantLetters(time.Minute, "1")[0].Tries, 1)
}

func letterProgress(h *house) {
	if ls, next := h.letters("wecom", 0); len(ls) != 0 || !next.IsZero() {
		h.t.Errorf("an empty inbox gave %v, next %s", ls, next)
	}
	h.receive("wecom", 0, letter("1", "li"))
	l := h.wantLetters(0, "1")[0]
	l.Replies, l.Sent, l.Tries, l.DueAt = []byte("[]"), 2, 3, noon().Add(time.Second)
	h.keep(l)
	h.restart()
	equal(h, "the letter", h.wantLetters(time.Second, "1")[0], l)
}

func letterOffset(h *house) {
	value, at, err := h.Offset(h.t.Context(), "telegram")
	if err != nil || value != 0 || !at.IsZero() {
		h.t.Errorf("Offset = %d, %s, %v, want none", value, at, err)
	}
	for _, offset := range []int64{7, 9, 0} {
		r := bot.Received{Platform: "telegram", Letters: []bot.Letter{letter(number(int(offset)), "li")}, Offset: offset, At: noon()}
		if _, err := h.Receive(h.t.Context(), r); err != nil {
			h.t.Fatalf("Receive: %v", err)
		}
	}
	h.restart()
	value, at, err = h.Offset(h.t.Context(), "telegram")
	if err != nil || value != 9 || !at.Equal(noon()) {
		h.t.Errorf("Offset = %d, %s, %v, want 9", value, at, err)
	}
}

func ownInboxes(h *house) {
	same(h, "new letters", h.receive("telegram", 0, letter("1", "li")), 1)
	same(h, "new letters", h.receive("wecom", 0, letter("1", "li")), 1)
	h.wantLetters(0, "1")
	ls, _ := h.letters("telegram", 0)
	same(h, "of the other", len(ls), 1)
}

func cleanLetters(h *house) {
	h.receive("wecom", 0, letter("1", "li"), letter("2", "wang"))
	l := h.wantLetters(0, "1", "2")[0]
	l.Done = true
	h.keep(l)
	if err := h.Clean(h.t.Context(), noon()); err != nil {
		h.t.Fatalf("Clean: %v", err)
	}
	same(h, "new letters at once", h.receive("wecom", 0, letter("1", "li")), 0)
	if err := h.Clean(h.t.Context(), noon().Add(time.Second)); err != nil {
		h.t.Fatalf("Clean: %v", err)
	}
	h.wantLetters(0, "2")
	same(h, "new letters after cleaning", h.receive("wecom", 0, letter("1", "li"), letter("2", "wang")), 1)
}
