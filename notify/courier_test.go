package notify_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"huiying/incident"
	"huiying/notify"
	"huiying/org"
)

func TestCourier_MostUrgentFirst(t *testing.T) {
	t.Parallel()
	p := &phone{name: "wecom"}
	w := newWorld(t, []org.Person{person("a", "wecom"), person("b", "wecom"), person("c", "wecom"), person("d", "wecom")}, p)
	w.register(t, incident.General, at(18, 0), "a")
	w.register(t, incident.General, at(9, 0), "b")
	w.register(t, incident.Major, at(18, 0), "c")
	w.register(t, incident.Emergency, at(18, 0), "d")
	w.drain(t)
	want := []string{
		"【催办·重大突发】4号 西街商住楼外墙脱落", "【催办·重大问题】3号 西街商住楼外墙脱落",
		"【超期·一般】2号 西街商住楼外墙脱落", "【催办·一般】1号 西街商住楼外墙脱落",
	}
	if got := heads(p.texts()); !slices.Equal(got, want) {
		t.Errorf("sent in the order\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestCourier_BundlesAPersonsMessages(t *testing.T) {
	t.Parallel()
	p := &phone{name: "wecom"}
	w := newWorld(t, []org.Person{person("a", "wecom"), person("b", "wecom")}, p)
	w.register(t, incident.General, at(18, 0), "a", "b")
	w.register(t, incident.Major, at(18, 30), "a")
	w.register(t, incident.General, at(9, 0), "a")
	w.drain(t)
	got := p.texts()
	if len(got) != 2 {
		t.Fatalf("%d messages, want one for each person:\n%s", len(got), strings.Join(got, "\n\n"))
	}
	lines := strings.Split(got[0], "\n")
	want := []string{"您有3件待办", "催办 2号", "超期 3号", "催办 1号"}
	for i, w := range want {
		if i >= len(lines) || !strings.HasPrefix(lines[i], w) {
			t.Errorf("line %d is not %q in:\n%s", i, w, got[0])
		}
	}
	if !strings.HasPrefix(got[1], "【催办·一般】1号") {
		t.Errorf("b's message = %q, want one of its own", got[1])
	}
}

func TestCourier_EmergenciesGoAlone(t *testing.T) {
	t.Parallel()
	p := &phone{name: "wecom"}
	w := newWorld(t, []org.Person{person("a", "wecom")}, p)
	w.register(t, incident.General, at(18, 0), "a")
	w.register(t, incident.Emergency, at(18, 0), "a")
	w.register(t, incident.Emergency, at(18, 0), "a")
	w.drain(t)
	want := []string{"【催办·重大突发】2号 西街商住楼外墙脱落", "【催办·重大突发】3号 西街商住楼外墙脱落", "【催办·一般】1号 西街商住楼外墙脱落"}
	if got := heads(p.texts()); !slices.Equal(got, want) {
		t.Errorf("sent %q, want %q", got, want)
	}
}

// most is how many of the instants fall into one window at most.
func most(times []time.Time, window time.Duration) int {
	best := 0
	for i, from := range times {
		n := 0
		for _, t := range times[i:] {
			if t.Before(from.Add(window)) {
				n++
			}
		}
		best = max(best, n)
	}
	return best
}

func tried(tries []try) []time.Time {
	out := make([]time.Time, len(tries))
	for i, t := range tries {
		out[i] = t.at
	}
	return out
}

func TestCourier_NeverOverTheQuota(t *testing.T) {
	t.Parallel()
	p := &phone{name: "wecom", quota: notify.Quota{PerMinute: 30, PerHour: 100}}
	w := newWorld(t, []org.Person{person("a", "wecom")}, p)
	for range 150 {
		w.register(t, incident.Emergency, at(23, 0), "a")
	}
	w.drainAll(t)
	times := tried(p.all())
	if len(times) != 150 || most(times, time.Minute) > 30 || most(times, time.Hour) > 100 {
		t.Errorf("%d messages, up to %d a minute and %d an hour; want 150, 30 and 100", len(times), most(times, time.Minute), most(times, time.Hour))
	}
	if took := times[149].Sub(times[0]); took > time.Hour+2*time.Minute {
		t.Errorf("took %s, want not much longer than the quota forces", took)
	}
}

func TestCourier_QuotaHoldsAcrossARestart(t *testing.T) {
	t.Parallel()
	p := &phone{name: "wecom", quota: notify.Quota{PerMinute: 30}}
	w := newWorld(t, []org.Person{person("a", "wecom")}, p)
	for range 60 {
		w.register(t, incident.Emergency, at(23, 0), "a")
	}
	w.drain(t)
	w.clock.Advance(20 * time.Second)
	w.stop(t)
	w.start(t)
	w.drainAll(t)
	if times := tried(p.all()); len(times) != 60 || most(times, time.Minute) > 30 {
		t.Errorf("%d messages, up to %d a minute; want 60 and 30", len(times), most(times, time.Minute))
	}
}

func TestCourier_ChannelQuotaIsSharedByAll(t *testing.T) {
	t.Parallel()
	p := &phone{name: "robot", quota: notify.Quota{AllPerMinute: 20}}
	var people []org.Person
	var ids []org.PersonID
	for i := range 50 {
		id := org.PersonID(fmt.Sprintf("p%02d", i))
		people, ids = append(people, person(id, "robot")), append(ids, id)
	}
	w := newWorld(t, people, p)
	w.register(t, incident.Emergency, at(23, 0), ids...)
	w.drainAll(t)
	if times := tried(p.all()); len(times) != 50 || most(times, time.Minute) > 20 {
		t.Errorf("%d messages, up to %d a minute; want 50 and 20", len(times), most(times, time.Minute))
	}
}

func permanent(reason notify.Reason) func(notify.Envelope) notify.Outcome {
	return func(notify.Envelope) notify.Outcome {
		return notify.Outcome{Status: notify.Permanent, Reason: reason, Detail: "no"}
	}
}

func TestCourier_GoesOnToTheNextChannel(t *testing.T) {
	t.Parallel()
	first, second, third := &phone{name: "wecom", answer: permanent(notify.ReasonRecipient)}, &phone{name: "email"}, &phone{name: "telegram"}
	// The order is the person's, not that of the channels.
	w := newWorld(t, []org.Person{person("a", "wecom", "email", "telegram")}, third, second, first)
	w.register(t, incident.Major, at(18, 0), "a")
	w.drain(t)
	if len(first.all()) != 1 || len(second.texts()) != 1 || len(third.all()) != 0 {
		t.Errorf("tried %d, %d and %d times, want once on wecom and then on email", len(first.all()), len(second.all()), len(third.all()))
	}
	if a, b := first.all()[0].Key, second.all()[0].Key; a == b {
		t.Errorf("both envelopes have the key %q", a)
	}
	if len(w.unreached) > 0 {
		t.Errorf("unreached %q, want nobody", w.unreached)
	}
}

func TestCourier_TellsWhoWasNotReached(t *testing.T) {
	t.Parallel()
	first, second := &phone{name: "wecom", answer: permanent(notify.ReasonRecipient)}, &phone{name: "email", answer: permanent(notify.ReasonConfig)}
	w := newWorld(t, []org.Person{person("a", "wecom", "email"), person("nobody"), person("fax", "fax")}, first, second)
	w.register(t, incident.Emergency, at(18, 0), "a", "nobody", "fax")
	w.drain(t)
	w.drain(t)
	slices.Sort(w.unreached)
	want := []string{"a 1号 渠道配置有误，请系统管理员检查", "fax 1号 没有可用的联系方式", "nobody 1号 没有可用的联系方式"}
	if !slices.Equal(w.unreached, want) {
		t.Errorf("unreached %q, want %q, each once", w.unreached, want)
	}
}

func TestCourier_UnknownOutcomeSendsTheSameBytes(t *testing.T) {
	t.Parallel()
	p := &phone{name: "wecom"}
	p.answer = func(e notify.Envelope) notify.Outcome {
		if e.Tries < 4 {
			return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonUnknown, Detail: "no answer in time"}
		}
		return notify.Outcome{Status: notify.Sent, Reason: notify.ReasonOK}
	}
	w := newWorld(t, []org.Person{person("a", "wecom")}, p)
	w.register(t, incident.General, at(18, 0), "a")
	w.drain(t)
	w.register(t, incident.General, at(18, 30), "a") // must not slip into the envelope
	w.drainAll(t)
	var first []try
	for _, tr := range p.all() {
		if len(tr.Notices) == 1 && tr.Key == p.all()[0].Key {
			first = append(first, tr)
		}
	}
	if len(first) != 4 {
		t.Fatalf("%d tries, want 4", len(first))
	}
	for i, tr := range first {
		if !bytes.Equal(tr.Body, first[0].Body) || tr.Tries != i+1 {
			t.Errorf("try %d (numbered %d) sent %q, want the bytes of the first", i+1, tr.Tries, tr.Body)
		}
		if i > 1 && first[i].at.Sub(first[i-1].at) < first[i-1].at.Sub(first[i-2].at) {
			t.Errorf("tries at %v, want longer and longer waits", tried(first))
		}
	}
}

func TestCourier_SameBytesAfterACrash(t *testing.T) {
	t.Parallel()
	p := &phone{name: "wecom"}
	w := newWorld(t, []org.Person{person("a", "wecom")}, p)
	w.register(t, incident.General, at(18, 0), "a")
	outbox := &noSettle{DB: w.db}
	if _, err := w.courier(t, outbox).Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.stop(t)
	w.clock.Advance(10 * time.Minute)
	w.start(t)
	w.drainAll(t)
	if tries := p.all(); len(tries) != 2 || !bytes.Equal(tries[0].Body, tries[1].Body) || tries[0].Key != tries[1].Key {
		t.Errorf("tries = %+v, want the same envelope twice", tries)
	}
}

func TestCourier_GivesAChannelUp(t *testing.T) {
	t.Parallel()
	first, second := &phone{name: "wecom"}, &phone{name: "email"}
	first.answer = func(notify.Envelope) notify.Outcome {
		return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonUnknown, Detail: "HTTP 502"}
	}
	w := newWorld(t, []org.Person{person("a", "wecom", "email")}, first, second)
	w.register(t, incident.Emergency, at(18, 0), "a")
	w.drainAll(t)
	if len(first.all()) != 8 || len(second.texts()) != 1 {
		t.Errorf("%d tries on wecom and %d on email, want 8 and then 1", len(first.all()), len(second.texts()))
	}
	if took := second.all()[0].at.Sub(first.all()[0].at); took > 10*time.Minute {
		t.Errorf("the emergency took %s to go on", took)
	}
}

func TestCourier_TellsWhoWasNotReachedByAnyRetry(t *testing.T) {
	t.Parallel()
	p := &phone{name: "wecom", answer: func(notify.Envelope) notify.Outcome {
		return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonUnknown, Detail: "HTTP 502"}
	}}
	w := newWorld(t, []org.Person{person("a", "wecom")}, p)
	w.register(t, incident.Emergency, at(18, 0), "a")
	w.drainAll(t)
	if want := []string{"a 1号 多次发送没有成功"}; !slices.Equal(w.unreached, want) {
		t.Errorf("unreached %q, want %q", w.unreached, want)
	}
}

func TestCourier_WaitingForTheQuotaIsNoTry(t *testing.T) {
	t.Parallel()
	p := &phone{name: "wecom", quota: notify.Quota{PerMinute: 1}}
	refused := 0
	p.answer = func(e notify.Envelope) notify.Outcome {
		if e.Notices[0] == 1 && refused < 6 {
			refused++
			return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonBusy, Detail: "errcode -1"}
		}
		return notify.Outcome{Status: notify.Sent, Reason: notify.ReasonOK}
	}
	w := newWorld(t, []org.Person{person("a", "wecom")}, p)
	for range 12 {
		w.register(t, incident.Emergency, at(23, 0), "a")
	}
	w.drainAll(t)
	if len(p.texts()) != 12 || len(w.unreached) > 0 {
		t.Errorf("%d messages sent, unreached %q; want 12 and nobody: the sixth refusal of eight was taken for the last", len(p.texts()), w.unreached)
	}
}

func TestCourier_OnlyAnEmergencyLeavesAFullPlatform(t *testing.T) {
	t.Parallel()
	full := func(e notify.Envelope) notify.Outcome {
		if e.CreatedAt.Equal(at(17, 30)) && e.Tries < 20 {
			return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonQuota, After: time.Minute, Detail: "errcode 45009"}
		}
		return notify.Outcome{Status: notify.Sent, Reason: notify.ReasonOK}
	}
	first, second := &phone{name: "wecom", answer: full}, &phone{name: "email"}
	w := newWorld(t, []org.Person{person("a", "wecom", "email"), person("b", "wecom", "email")}, first, second)
	w.register(t, incident.Emergency, at(23, 0), "a")
	w.register(t, incident.General, at(23, 0), "b")
	next := w.drain(t)
	if got := heads(second.texts()); len(got) != 1 || !strings.HasPrefix(got[0], "【催办·重大突发】") {
		t.Errorf("on email: %q, want the emergency at once and nothing else", got)
	}
	if !next.Equal(at(17, 31)) {
		t.Errorf("the other is tried again at %s, want a minute later", next)
	}
}

func TestCourier_KeysDifferEvenInANewDatabase(t *testing.T) {
	t.Parallel()
	keys := map[string]bool{}
	for day := range 2 {
		p := &phone{name: "wecom"}
		w := newWorld(t, []org.Person{person("a", "wecom")}, p)
		w.clock.Advance(time.Duration(day) * 24 * time.Hour)
		w.register(t, incident.Emergency, at(23, 0), "a")
		w.drain(t)
		keys[p.all()[0].Key] = true
	}
	if len(keys) != 2 {
		t.Errorf("keys = %v, want two: a platform takes a task_id once for ever", keys)
	}
}

func TestCourier_NothingGoesOutOnceItIsMet(t *testing.T) {
	t.Parallel()
	t.Run("while it waits", func(t *testing.T) {
		t.Parallel()
		p := &phone{name: "wecom"}
		w := newWorld(t, []org.Person{person("a", "wecom")}, p)
		w.meet(t.Context(), t, w.register(t, incident.General, at(18, 0), "a"))
		w.drainAll(t)
		if len(p.all()) > 0 {
			t.Errorf("sent %q", p.texts())
		}
	})
	t.Run("between claim and send", func(t *testing.T) {
		t.Parallel()
		p := &phone{name: "wecom"}
		w := newWorld(t, []org.Person{person("a", "wecom")}, p)
		c := w.register(t, incident.General, at(18, 0), "a")
		outbox := &hooked{DB: w.db, claimed: func() { w.meet(t.Context(), t, c) }}
		if _, err := w.courier(t, outbox).Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(p.all()) > 0 {
			t.Errorf("sent %q", p.texts())
		}
	})
	t.Run("while a retry waits", func(t *testing.T) {
		t.Parallel()
		p := &phone{name: "wecom", answer: func(notify.Envelope) notify.Outcome {
			return notify.Outcome{Status: notify.Retry, Reason: notify.ReasonBusy, Detail: "errcode -1"}
		}}
		w := newWorld(t, []org.Person{person("a", "wecom")}, p)
		c := w.register(t, incident.General, at(18, 0), "a")
		w.drain(t)
		w.meet(t.Context(), t, c)
		w.drainAll(t)
		if len(p.all()) != 1 || len(w.unreached) > 0 {
			t.Errorf("%d tries, unreached %q; want one and nobody", len(p.all()), w.unreached)
		}
	})
}

func TestCourier_RunSendsAndStops(t *testing.T) {
	t.Parallel()
	sent := make(chan string, 16)
	p := &phone{name: "wecom", answer: func(e notify.Envelope) notify.Outcome {
		sent <- string(e.Body)
		return notify.Outcome{Status: notify.Sent, Reason: notify.ReasonOK}
	}}
	w := newWorld(t, []org.Person{person("a", "wecom")}, p)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	w.register(t, incident.Emergency, at(18, 0), "a")
	w.Wake()
	if got := <-sent; !strings.HasPrefix(got, "【催办·重大突发】1号") {
		t.Errorf("sent %q", got)
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Run = %v, want nil after a stop", err)
	}
}
