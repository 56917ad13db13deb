package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"huiying/incident"
	"huiying/org"
	"huiying/sla"
)

// What the watch remembers among the beats, so that it goes on after a restart and on
// another replica.
const (
	beatSource = "source/"     // when a source was heard last
	beatShift  = "shift/"      // when somebody signed for a shift
	beatAlive  = "watch/alive" // when the watch looked last
	beatUp     = "watch/up"    // since when it has been looking
)

// What a task is about beside a source's name.
const (
	monitor  = "监测系统" // the watch itself, where it was silent
	nobody   = "值班无人"
	unsigned = "值班未签到"
)

// heard remembers that a source that is watched spoke; [Desk.Watch] writes it down.
func (d *Desk) heard(source string) {
	if d.Duties == nil || !slices.ContainsFunc(d.Duties.Watch.Sources, func(s sla.WatchSource) bool { return s.Name == source }) {
		return
	}
	d.beats.Store(source, d.Clock.Now())
}

// Heartbeat is a sign of life of a source that has nothing to report.
func (d *Desk) Heartbeat(ctx context.Context, by org.Actor, source string) error {
	if len(by.Holds) == 0 && by.Role != org.RoleIntake && by.Role != org.RoleSystem {
		return &incident.Error{Code: incident.CodeForbidden, Text: "心跳须由接入账号或任职人员发出。"}
	}
	var names []string
	if d.Duties != nil {
		for _, s := range d.Duties.Watch.Sources {
			names = append(names, s.Name)
		}
	}
	if !slices.Contains(names, source) {
		text := "没有监测“" + source + "”这个来源，在监测的有：" + strings.Join(names, "、") + "。"
		if len(names) == 0 {
			text = "还没有配置要监测的来源（duties.yaml 的 watch.sources）。"
		}
		return &incident.Error{Code: incident.CodeNotFound, Field: "source", Text: text}
	}
	if err := d.Store.Beat(ctx, beatSource+source, d.Clock.Now()); err != nil {
		return fmt.Errorf("keep heartbeat: %w", err)
	}
	return nil
}

// SignIn is 签到: whoever has a shift now says that he is there. It returns the shift; false
// where he has none.
func (d *Desk) SignIn(ctx context.Context, by org.Actor) (org.Shift, bool, error) {
	now := d.Clock.Now()
	for _, s := range d.shiftsAt(now) {
		if s.Person != by.Person {
			continue
		}
		if err := d.Store.Beat(ctx, shiftBeat(s), now); err != nil {
			return s, false, fmt.Errorf("keep signature: %w", err)
		}
		return s, true, nil
	}
	return org.Shift{}, false, nil
}

func shiftBeat(s org.Shift) string {
	return fmt.Sprintf("%s%s/%d", beatShift, s.Person, s.From.UnixMilli())
}

// shiftsAt are the shifts of the county's duty officer at an instant.
func (d *Desk) shiftsAt(now time.Time) []org.Shift {
	var out []org.Shift
	for _, s := range d.Directory().Data().Shifts {
		if s.Post == org.DutyOfficer && s.Unit == d.Directory().County() && !now.Before(s.From) && now.Before(s.To) {
			out = append(out, s)
		}
	}
	return out
}

// KeepBeats writes down which sources were heard since the last time.
func (d *Desk) KeepBeats(ctx context.Context) error {
	var errs []error
	d.beats.Range(func(key, value any) bool {
		source, _ := key.(string)
		at, _ := value.(time.Time)
		if err := d.Store.Beat(ctx, beatSource+source, at); err != nil {
			errs = append(errs, fmt.Errorf("keep beat of %s: %w", source, err))
			return true
		}
		d.beats.CompareAndDelete(key, value)
		return true
	})
	return errors.Join(errs...)
}

// Watch is 24小时监测 (县通知三（一）3), each minute: whatever has been silent too long, and a
// duty that nobody has or has signed for, comes up as a task at once; what is heard again is
// done by itself, with how long it was out. Any number of replicas may watch.
func (d *Desk) Watch(ctx context.Context, now time.Time) error {
	if err := d.KeepBeats(ctx); err != nil {
		return err
	}
	rule, ok := d.watchRule()
	if !ok {
		return nil
	}
	beats, err := d.Store.Beats(ctx)
	if err != nil {
		return fmt.Errorf("read beats: %w", err)
	}
	w := watching{Desk: d, rule: rule, beats: beats, now: now.Truncate(time.Millisecond)}
	if w.tasks, err = w.running(ctx); err != nil {
		return err
	}
	if err := w.self(ctx); err != nil {
		return err
	}
	for _, o := range append(w.sources(), w.shifts()...) {
		if err := w.open(ctx, o); err != nil {
			return err
		}
	}
	return w.close(ctx)
}

func (d *Desk) watchRule() (sla.DutyRule, bool) {
	if d.Duties == nil || d.Directory().County() == "" {
		return sla.DutyRule{}, false
	}
	i := slices.IndexFunc(d.Duties.Rules, func(r sla.DutyRule) bool { return r.Enabled && r.Cycle == incident.Watching })
	watched := len(d.Duties.Watch.Sources) > 0 || d.Duties.Watch.Shifts
	if i < 0 || !watched {
		return sla.DutyRule{}, false
	}
	return d.Duties.Rules[i], true
}

// watching is one look around.
type watching struct {
	*Desk
	rule  sla.DutyRule
	beats map[string]time.Time
	now   time.Time
	// tasks are the outages that are told of already.
	tasks []incident.Case
}

func (w *watching) running(ctx context.Context) ([]incident.Case, error) {
	var out []incident.Case
	err := w.EachDuty(ctx, Filter{Rule: w.rule.ID, Open: true}, w.now, func(c incident.Case) { out = append(out, c) })
	return out, err
}

// outage is something that is not there, since when, and what to say of it.
type outage struct {
	subject string
	since   time.Time
	text    string
}

// self sees whether the watch itself was silent: then nothing could be heard meanwhile, and
// the outage is its own. The sources begin anew.
func (w *watching) self(ctx context.Context) error {
	alive := w.beats[beatAlive]
	if err := w.Store.Beat(ctx, beatAlive, w.now); err != nil {
		return fmt.Errorf("keep watch: %w", err)
	}
	if !alive.IsZero() && w.now.Sub(alive) <= w.Duties.Watch.SilentAfter {
		return nil
	}
	w.beats[beatUp] = w.now
	if err := w.Store.Beat(ctx, beatUp, w.now); err != nil {
		return fmt.Errorf("keep watch: %w", err)
	}
	if alive.IsZero() {
		return nil // the first time
	}
	return w.open(ctx, outage{monitor, alive, fmt.Sprintf("回应自%s起没有运行，到%s恢复。", w.show(alive), w.show(w.now))})
}

func (w *watching) show(t time.Time) string { return incident.Show(t.Truncate(time.Minute), w.Zone) }

// sources lists those that are silent too long.
func (w *watching) sources() []outage {
	var out []outage
	for _, s := range w.Duties.Watch.Sources {
		after := s.SilentAfter
		if after == 0 {
			after = w.Duties.Watch.SilentAfter
		}
		last := w.beats[beatSource+s.Name]
		if up := w.beats[beatUp]; up.After(last) {
			last = up // nothing could be heard before
		}
		if w.now.Sub(last) > after {
			out = append(out, outage{s.Name, last, fmt.Sprintf("“%s”自%s起没有来件和心跳，已超过%d分钟。", s.Name, w.show(last), after/time.Minute)})
		}
	}
	return out
}

// shifts says whether the duty is empty, or not signed for in time.
func (w *watching) shifts() []outage {
	if !w.Duties.Watch.Shifts {
		return nil
	}
	on := w.shiftsAt(w.now)
	if len(on) == 0 {
		since := w.beats[beatUp]
		for _, s := range w.Directory().Data().Shifts {
			if s.Post == org.DutyOfficer && s.Unit == w.Directory().County() && !s.To.After(w.now) && s.To.After(since) {
				since = s.To
			}
		}
		return []outage{{nobody, since, fmt.Sprintf("县值班员自%s起没有排班，请立即安排。", w.show(since))}}
	}
	var out []outage
	for _, s := range on {
		since := s.From
		if up := w.beats[beatUp]; up.After(since) {
			since = up
		}
		if _, signed := w.beats[shiftBeat(s)]; signed || w.now.Sub(since) <= w.Duties.Watch.SignWithin {
			continue
		}
		name := w.Directory().PersonName(s.Person)
		out = append(out, outage{name + unsigned, s.From, fmt.Sprintf("%s的班自%s开始，%d分钟内没有签到，请核实是否在岗。", name, w.show(s.From), w.Duties.Watch.SignWithin/time.Minute)})
	}
	return out
}

// open makes a task of an outage, once however often and by whom it is found.
func (w *watching) open(ctx context.Context, o outage) error {
	if slices.ContainsFunc(w.tasks, func(c incident.Case) bool { return c.Duty.Subject == o.subject }) {
		return nil
	}
	county := w.Directory().County()
	cmd := w.book.DutyOf(w.rule, "", sla.Span{Start: w.now, Last: w.now}, county, o.subject)
	cmd.Duty.Opens, cmd.Text = o.since, o.text
	cmd.Key = fmt.Sprintf("duty:%s/%s/%d/%s", w.rule.ID, o.subject, o.since.UnixMilli(), county)
	if _, err := w.Store.FindExternal(ctx, incident.DutySource, cmd.Key); err == nil {
		return nil
	} else if !errors.Is(err, incident.ErrNotFound) {
		return fmt.Errorf("find %s: %w", cmd.Key, err)
	}
	c, there, err := w.openDuty(ctx, org.System("watch"), cmd)
	if err == nil && !there {
		w.tasks = append(w.tasks, c)
	}
	return err
}

// close ends the tasks whose outage is over.
func (w *watching) close(ctx context.Context) error {
	for _, c := range w.tasks {
		cmd := w.over(c)
		if cmd == nil {
			continue
		}
		if _, err := w.Do(ctx, org.System("watch"), c.ID, cmd, "restored"); err != nil {
			return fmt.Errorf("close %s: %w", c.ID, err)
		}
	}
	return nil
}

// over is the command that ends a task, nil while its outage lasts.
func (w *watching) over(c incident.Case) incident.Command {
	restored := func(at time.Time, how string) incident.Command {
		return incident.Fulfil{Address: how, At: at, Text: "中断" + length(at.Sub(c.Duty.Opens))}
	}
	on := w.shiftsAt(w.now)
	switch subject := c.Duty.Subject; {
	case subject == monitor:
		return restored(w.now, "已恢复运行")
	case subject == nobody:
		if len(on) > 0 {
			return restored(w.now, "已有班次")
		}
		return nil
	case strings.HasSuffix(subject, unsigned):
		for _, s := range on {
			if w.Directory().PersonName(s.Person)+unsigned != subject || !s.From.Equal(c.Duty.Opens) {
				continue
			}
			if at, signed := w.beats[shiftBeat(s)]; signed {
				return restored(at, "已签到")
			}
			return nil
		}
		return incident.DoVoid{Reason: "班次已结束或取消，一直没有签到"}
	default:
		if last := w.beats[beatSource+subject]; last.After(c.Duty.Start) {
			return restored(last, "已恢复")
		}
		return nil
	}
}

// length is a duration as people say it, in whole minutes.
func length(d time.Duration) string {
	d = d.Round(time.Minute)
	days, hours, minutes := int(d/(24*time.Hour)), int(d%(24*time.Hour)/time.Hour), int(d%time.Hour/time.Minute)
	var out strings.Builder
	for _, p := range []struct {
		n    int
		unit string
	}{{days, "天"}, {hours, "小时"}, {minutes, "分钟"}} {
		if p.n > 0 {
			fmt.Fprintf(&out, "%d%s", p.n, p.unit)
		}
	}
	if out.Len() == 0 {
		return "不到1分钟"
	}
	return out.String()
}
