package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

const watchHotline = "watch: {silent_after: 30m, sign_within: 30m, sources: [{name: 12345热线}, {name: 舆情监测, silent_after: 2h}]}"

// minutes lets time pass with a look around each minute, as the house does.
func (o *office) minutes(n int, each func()) {
	o.t.Helper()
	for range n {
		o.clock.Advance(time.Minute)
		if each != nil {
			each()
		}
		if err := o.Watch(o.t.Context(), o.clock.Now()); err != nil {
			o.t.Fatal(err)
		}
		if _, err := o.Fire(o.t.Context(), o.clock.Now()); err != nil {
			o.t.Fatal(err)
		}
	}
}

// outages says each task of the watch: what, how it stands, and the last of its log.
func (o *office) outages() string {
	o.t.Helper()
	var out []string
	for _, c := range o.all(desk.Filter{Rule: "D6"}) {
		entries, err := o.Store.Log(o.t.Context(), c.ID)
		if err != nil {
			o.t.Fatal(err)
		}
		last := ""
		for _, e := range entries {
			if e.Command != incident.KindTell {
				last = e.Text
			}
		}
		out = append(out, fmt.Sprintf("%s %s %s｜%s", c.Duty.Subject, c.DutyText(o.clock.Now()), c.Report.Text, last))
	}
	return strings.Join(out, "\n")
}

// TestWatch_ASilentSource: told at once at any hour, higher up after a quarter of an hour,
// and over by itself when the source is heard, with how long it was out.
func TestWatch_ASilentSource(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.Duties = duties(t, watchHotline)
	o.clock.Advance(14 * time.Hour) // midnight
	beat := func(source string) func() {
		return func() {
			if err := o.Heartbeat(t.Context(), org.Actor{Role: org.RoleIntake}, source); err != nil {
				t.Fatal(err)
			}
		}
	}
	o.minutes(61, beat("12345热线"))
	if got := o.outages(); got != "" {
		t.Fatalf("while the hotline is heard and the monitor may be silent for two hours: %s", got)
	}
	o.minutes(30, nil)
	if got := o.outages(); got != "" {
		t.Fatalf("half an hour is not too long: %s", got)
	}
	o.minutes(1, nil)
	if got, want := o.outages(), "12345热线 中断 “12345热线”自11月19日01:01起没有来件和心跳，已超过30分钟。｜任务：监测中断：12345热线，最迟11月19日01:32"; got != want {
		t.Fatalf("got  %s\nwant %s", got, want)
	}
	id := o.all(desk.Filter{Rule: "D6"})[0].ID
	if d := o.deliveries(id); len(d) != 1 || d[0].Notice.Post != org.DutyOfficer || !d[0].Notice.NotBefore.IsZero() {
		t.Errorf("at once, at night, the duty officer: %+v", d)
	}
	o.minutes(16, nil)
	told := map[org.Post]bool{}
	for _, d := range o.deliveries(id) {
		told[d.Notice.Post] = true
	}
	if !told[org.OfficeDirector] {
		t.Errorf("after a quarter of an hour: %v", told)
	}
	// A registration is a sign of life, too; a second silence is another task.
	if _, _, err := o.Register(t.Context(), o.duty(), desk.Registration{Register: incident.Register{Report: incident.Report{Source: incident.Source{Name: "12345热线"}, Title: "路灯不亮"}}}); err != nil {
		t.Fatal(err)
	}
	o.minutes(1, nil)
	if got, want := o.outages(), "12345热线 已恢复 “12345热线”自11月19日01:01起没有来件和心跳，已超过30分钟。｜履行：已恢复，完成于11月19日01:48：中断47分钟"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	o.minutes(32, nil)
	if got := strings.Count(o.outages(), "12345热线 中断"); got != 1 {
		t.Errorf("silent once more: %s", o.outages())
	}
	if got := strings.Count(o.outages(), "舆情监测 中断"); got != 1 { // two hours are over
		t.Errorf("the other source: %s", o.outages())
	}
}

// TestWatch_ItselfAfterAnOutage: what the house could not hear while it was down is no
// source's fault; its own outage stands in the record, over by itself.
func TestWatch_ItselfAfterAnOutage(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.Duties = duties(t, watchHotline)
	o.minutes(40, nil)
	before := o.outages()
	if strings.Count(before, "中断 ") != 1 {
		t.Fatalf("before: %s", before)
	}
	o.clock.Advance(3 * time.Hour)
	again := o.desk(policy(t, "")) // a restart
	again.Duties = o.Duties
	o.Desk = again
	o.minutes(1, nil)
	want := "监测系统 已恢复 回应自11月18日10:40起没有运行，到11月18日13:41恢复。｜履行：已恢复运行：中断3小时1分钟"
	if got := o.outages(); !strings.Contains(got, want) || strings.Count(got, "12345热线 中断") != 1 || strings.Contains(got, "舆情监测") {
		t.Errorf("after: %s", got)
	}
	o.minutes(45, nil)
	if got := o.outages(); strings.Count(got, "12345热线") != 3 || strings.Count(got, "监测系统") != 1 { // one task: subject, text, log
		t.Errorf("the same silence twice: %s", got)
	}
}

// TestWatch_Shifts: an empty duty is told of at once, one that nobody signed for after half
// an hour.
func TestWatch_Shifts(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.Duties = duties(t, "watch: {shifts: true}")
	officer := org.PersonID(string(hall) + "-" + string(org.DutyOfficer))
	start := o.clock.Now()
	shift := func(from, to time.Duration) org.Shift {
		return org.Shift{Unit: hall, Post: org.DutyOfficer, Person: officer, From: start.Add(from), To: start.Add(to)}
	}
	o.people(func(d *org.Data) {
		d.Shifts = []org.Shift{shift(0, time.Hour), shift(time.Hour, 2*time.Hour), shift(3*time.Hour, 4*time.Hour)}
	})
	sign := func() {
		t.Helper()
		if _, ok, err := o.SignIn(t.Context(), o.duty()); err != nil || !ok {
			t.Fatalf("signed %v, %v", ok, err)
		}
	}
	o.minutes(10, nil)
	sign()
	o.minutes(49, nil)
	if got := o.outages(); got != "" {
		t.Fatalf("signed in time: %s", got)
	}
	o.minutes(32, nil) // 11:31, signed for the first shift alone
	if got := o.outages(); !strings.Contains(got, "县政府办县值班员值班未签到 中断 县政府办县值班员的班自11月18日11:00开始，30分钟内没有签到") {
		t.Fatalf("not signed: %s", got)
	}
	sign()
	o.minutes(1, nil)
	if got := o.outages(); !strings.Contains(got, "已恢复") || !strings.Contains(got, "已签到，完成于11月18日11:31：中断31分钟") {
		t.Errorf("signed late: %s", got)
	}
	o.minutes(29, nil) // 12:01: nobody
	if got := o.outages(); !strings.Contains(got, "值班无人 中断 县值班员自11月18日12:00起没有排班") {
		t.Errorf("nobody: %s", got)
	}
	if _, ok, err := o.SignIn(t.Context(), o.duty()); err != nil || ok {
		t.Errorf("signed without a shift: %v, %v", ok, err)
	}
	o.minutes(60, nil) // 13:01: somebody again
	if got := o.outages(); !strings.Contains(got, "值班无人 已恢复") || !strings.Contains(got, "已有班次：中断1小时") {
		t.Errorf("somebody again: %s", got)
	}
	o.minutes(90, nil) // 14:31: the shift is over, nobody signed, nobody follows
	if got := o.outages(); !strings.Contains(got, "已作废") || !strings.Contains(got, "一直没有签到") || strings.Count(got, "值班无人 中断") != 1 {
		t.Errorf("a shift that nobody signed for: %s", got)
	}
}

func TestHeartbeat_Refusals(t *testing.T) {
	t.Parallel()
	o := open(t)
	by := org.Actor{Role: org.RoleIntake}
	if err := o.Heartbeat(t.Context(), by, "12345热线"); !strings.Contains(incident.Text(err), "还没有配置要监测的来源") {
		t.Errorf("none is watched: %v", err)
	}
	o.Duties = duties(t, watchHotline)
	if err := o.Heartbeat(t.Context(), by, "论坛"); incident.CodeOf(err) != incident.CodeNotFound || !strings.Contains(incident.Text(err), "在监测的有：12345热线、舆情监测") {
		t.Errorf("another source: %v", err)
	}
	if err := o.Heartbeat(t.Context(), org.Actor{Role: org.RoleViewer}, "12345热线"); incident.CodeOf(err) != incident.CodeForbidden {
		t.Errorf("a viewer: %v", err)
	}
}
