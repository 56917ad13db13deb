package storagetest

import (
	"sync"
	"sync/atomic"
	"time"
)

func talks() []promise {
	return []promise{
		{"a talk and its answer are kept together, through a restart", talkKept},
		{"a talk that went on meanwhile keeps nothing", talkStale},
		{"a message is answered once, however many answer it", answeredOnce},
		{"answers are forgotten after their time, talks are not", answersForgotten},
	}
}

// kept wants an answer and a state to be kept, or not.
func (h *house) kept(message, answer, talk, state string, version int64, want bool) {
	h.t.Helper()
	got, err := h.KeepAnswer(h.t.Context(), message, []byte(answer), talk, []byte(state), version, noon())
	if err != nil || got != want {
		h.t.Errorf("KeepAnswer(%s, %s at %d) = %v, %v, want %v", message, talk, version, got, err, want)
	}
}

func (h *house) talk(name, state string, version int64) {
	h.t.Helper()
	got, v, err := h.Talk(h.t.Context(), name)
	if err != nil || string(got) != state || v != version {
		h.t.Errorf("Talk(%s) = %q at %d, %v, want %q at %d", name, got, v, err, state, version)
	}
}

func (h *house) answer(message, want string, known bool) {
	h.t.Helper()
	got, ok, err := h.Answer(h.t.Context(), message)
	if err != nil || string(got) != want || ok != known {
		h.t.Errorf("Answer(%s) = %q, %v, %v, want %q, %v", message, got, ok, err, want, known)
	}
}

func talkKept(h *house) {
	h.talk("wecom 甲", "", 0)
	h.answer("wecom 1", "", false)
	h.kept("wecom 1", "好", "wecom 甲", "一", 0, true)
	h.kept("wecom 2", "", "wecom 甲", "二", 1, true)
	h.restart()
	h.talk("wecom 甲", "二", 2)
	h.talk("wecom 乙", "", 0)
	h.answer("wecom 1", "好", true)
	h.answer("wecom 2", "", true)
}

func talkStale(h *house) {
	h.kept("1", "好", "甲", "一", 0, true)
	h.kept("2", "好", "甲", "二", 0, false)
	h.kept("3", "好", "甲", "二", 7, false)
	h.kept("1", "再", "甲", "二", 1, false)
	h.talk("甲", "一", 1)
	h.answer("1", "好", true)
	h.answer("2", "", false)
}

func answeredOnce(h *house) {
	var first atomic.Int32
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			ok, err := h.KeepAnswer(h.t.Context(), "1", []byte("好"), "甲"+string(rune('a'+i)), []byte("一"), 0, noon())
			if err != nil {
				h.t.Errorf("KeepAnswer: %v", err)
			}
			if ok {
				first.Add(1)
			}
		})
	}
	all.Wait()
	same(h, "first answers", first.Load(), 1)
}

func answersForgotten(h *house) {
	h.kept("1", "好", "甲", "一", 0, true)
	for _, keep := range []bool{true, false} {
		before := noon()
		if !keep {
			before = before.Add(time.Millisecond)
		}
		if err := h.ForgetAnswers(h.t.Context(), before); err != nil {
			h.t.Fatalf("ForgetAnswers: %v", err)
		}
		if keep {
			h.answer("1", "好", true)
		} else {
			h.answer("1", "", false)
		}
	}
	h.talk("甲", "一", 1)
}
