package desk_test

import (
	"slices"
	"strings"
	"testing"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

// TestEmergency_ClimbsToTheDeputyLeader at exact instants, until somebody accepts it.
func TestEmergency_ClimbsToTheDeputyLeader(t *testing.T) {
	t.Parallel()
	o := open(t)
	id := o.register(incident.Emergency, house, "")
	o.runTo("10:26")
	// 知悉 stops the repeats of what he was told for this one person, nothing else.
	o.do(id, o.as(house, org.Handler), incident.Acknowledge{})
	o.runTo("10:31")
	o.do(id, o.as(house, org.Head), incident.Accept{})
	o.runTo("12:00")
	same(t, "accept", o.told(id, about(incident.MilestoneAccept)), `
		10:00 accept D zjj-handler
		10:00 accept D zjj-deputy
		10:00 accept D zjj-head
		10:00 accept D fuban-duty_officer
		10:00 accept D fuban-office_director
		10:00 accept D fuban-deputy_leader
		10:05 accept T zjj-handler
		10:05 accept T zjj-deputy
		10:10 accept D+10m zjj-head
		10:10 accept D+10m fuban-duty_officer
		10:10 accept T zjj-handler repeat 1
		10:10 accept T zjj-deputy repeat 1
		10:15 accept L fuban-office_director
		10:15 accept D+10m zjj-head repeat 1
		10:15 accept D+10m fuban-duty_officer repeat 1
		10:15 accept T zjj-handler repeat 2
		10:15 accept T zjj-deputy repeat 2
		10:20 accept L+5m fuban-deputy_leader
		10:20 accept D+10m zjj-head repeat 2
		10:20 accept D+10m fuban-duty_officer repeat 2
		10:20 accept T zjj-handler repeat 3
		10:20 accept T zjj-deputy repeat 3
		10:25 accept D+10m zjj-head repeat 3
		10:25 accept D+10m fuban-duty_officer repeat 3
		10:25 accept T zjj-handler repeat 4
		10:25 accept T zjj-deputy repeat 4
		10:30 accept L+5m fuban-deputy_leader repeat 1
		10:30 accept D+10m zjj-head repeat 4
		10:30 accept D+10m fuban-duty_officer repeat 4
		10:30 accept T zjj-deputy repeat 5`)
	// The other ladders go on by themselves.
	same(t, "first report", o.told(id, about(incident.MilestoneFirstReport)), `
		10:20 first_report T-10m zjj-handler
		10:20 first_report T-10m zjj-deputy
		10:30 first_report T zjj-head
		10:30 first_report T fuban-duty_officer
		11:00 first_report L fuban-office_director
		11:30 first_report L+30m fuban-deputy_leader`)
	// What waited to be sent about the acceptance is withdrawn: nobody hears of it after it was met.
	for _, d := range o.deliveries(id) {
		if d.Notice.About == incident.MilestoneAccept && d.State != "withdrawn" {
			t.Errorf("%s to %s is %s", d.Notice.Label, d.Notice.Person, d.State)
		}
	}
	o.sound(id)
}

// TestEmergency_TellsTheCountyAtOnce when it is registered and nobody has it yet.
func TestEmergency_TellsTheCountyAtOnce(t *testing.T) {
	t.Parallel()
	o := open(t)
	c, _, err := o.Register(t.Context(), o.duty(), desk.Registration{Register: incident.Register{
		Report: incident.Report{Source: incident.Source{Name: "论坛", Kind: incident.SourceWeb}, Title: "工地坍塌"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if c.Level() != incident.Emergency || c.Grading.Confirmed || c.Grading.By != "classifier" || !slices.Equal(c.Grading.Suggested, []org.UnitID{house}) {
		t.Fatalf("graded %+v", c.Grading)
	}
	o.runTo("10:21")
	same(t, "dispatch", o.told(c.ID, about(incident.MilestoneDispatch)), `
		10:00 dispatch S fuban-duty_officer
		10:00 dispatch S fuban-office_director
		10:05 dispatch T fuban-duty_officer
		10:10 dispatch L fuban-duty_officer
		10:10 dispatch L fuban-office_director
		10:20 dispatch L+span fuban-deputy_leader`)
	o.sound(c.ID)
}

// TestOutage_OneNoticeForEachPerson that names the rungs missed, the highest first.
func TestOutage_OneNoticeForEachPerson(t *testing.T) {
	t.Parallel()
	o := open(t)
	id := o.register(incident.Emergency, house, "")
	o.do(id, o.as(house, org.Handler), incident.Accept{})
	o.do(id, o.as(house, org.Handler), incident.FirstReport{Text: "首报"})
	o.jumpTo("14:10")
	restarted := o.desk(policy(t, "")) // another process finds what the first left
	if _, err := restarted.Fire(t.Context(), o.clock.Now()); err != nil {
		t.Fatal(err)
	}
	same(t, "release", o.told(id, about(incident.MilestoneRelease)), `
		14:10 release S+4h zjj-head missed T,T-15m,S+2h
		14:10 release S+4h fuban-office_director missed T,T-15m
		14:10 release S+4h fuban-deputy_leader missed T
		14:10 release S+2h zjj-deputy missed S+1h
		14:10 release S+1h zjj-handler`)
	// The rungs after it stand where they stood, not later.
	o.runTo("14:41")
	same(t, "release, later", o.told(id, func(n incident.Notice) bool {
		return n.About == incident.MilestoneRelease && n.At.After(hour(t, "14:10"))
	}), `
		14:30 release L-30m zjj-head
		14:30 release L-30m fuban-office_director
		14:30 release L-30m fuban-deputy_leader
		14:40 release L-30m zjj-head repeat 1
		14:40 release L-30m fuban-office_director repeat 1
		14:40 release L-30m fuban-deputy_leader repeat 1`)
	o.sound(id)
}

// TestOutage_MissedRepeatsAreNotCaughtUp: an hour of five-minute repeats is one message.
func TestOutage_MissedRepeatsAreNotCaughtUp(t *testing.T) {
	t.Parallel()
	o := open(t)
	id := o.register(incident.Emergency, house, "")
	o.runTo("10:11")
	o.jumpTo("11:12")
	o.runTo("11:14")
	perPerson := map[org.PersonID]int{}
	for _, d := range o.deliveries(id) {
		if n := d.Notice; n.About == incident.MilestoneAccept && !n.At.Before(hour(t, "11:12")) {
			perPerson[n.Person]++
		}
	}
	for person, n := range perPerson {
		if n != 1 {
			t.Errorf("%s got %d notices on the acceptance after the outage", person, n)
		}
	}
	if len(perPerson) != 6 {
		t.Errorf("told: %v", perPerson)
	}
	o.sound(id)
}

// TestRegrade_PastRungsCollapse into the highest one, sent at once.
func TestRegrade_PastRungsCollapse(t *testing.T) {
	t.Parallel()
	o := open(t)
	id := o.register(incident.General, house, "")
	o.do(id, o.as(house, org.Handler), incident.Accept{})
	o.jumpTo("13:20")
	o.do(id, o.duty(), incident.Regrade{To: incident.Emergency, RegradeBy: "correction", Reason: "定级有误"})
	same(t, "release", o.told(id, about(incident.MilestoneRelease)), `
		13:20 release T zjj-head missed T-15m,S+2h
		13:20 release T fuban-office_director missed T-15m
		13:20 release T fuban-deputy_leader
		13:20 release S+2h zjj-deputy missed S+1h
		13:20 release S+1h zjj-handler`)
	o.sound(id)
}

// TestUnreachable_DutyOfficerAndTheNextRung are told at once of a rung that reached nobody.
func TestUnreachable_DutyOfficerAndTheNextRung(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.unreachable["fuban-office_director"] = true
	id := o.register(incident.Emergency, house, "")
	o.runTo("10:15")
	o.runTo("10:16")
	same(t, "at the limit", o.told(id, func(n incident.Notice) bool {
		return n.About == incident.MilestoneAccept && n.At.Equal(hour(t, "10:15")) && n.Label == "L"
	}), `
		10:15 accept L fuban-duty_officer “县政府办主任无人可以通知，请设法联系。”
		10:15 accept L fuban-deputy_leader “县政府办主任无人可以通知，请设法联系。”`)
	// Where others of the rung are reached it has not failed.
	for _, line := range o.told(id, func(n incident.Notice) bool { return n.Label == "D" }) {
		if strings.Contains(line, "无人") {
			t.Error(line)
		}
	}
	o.sound(id)
}

// TestUnreachable_Everybody: nothing is said and nothing loops; the log shows it.
func TestUnreachable_Everybody(t *testing.T) {
	t.Parallel()
	o := open(t)
	for _, u := range []org.UnitID{hall, house} {
		for _, p := range org.Posts() {
			o.unreachable[org.PersonID(string(u)+"-"+string(p))] = true
		}
	}
	id := o.register(incident.General, house, "")
	o.runTo("18:30")
	if told := o.told(id, func(incident.Notice) bool { return true }); len(told) != 0 {
		t.Errorf("told: %v", told)
	}
	entries, err := o.db.Log(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range entries {
		if strings.Contains(e.Text, "无人可通知") {
			n++
		}
	}
	if n != 4 { // D, T, L, L+4h
		t.Errorf("%d rungs in the log that reached nobody, want 4", n)
	}
	o.sound(id)
}

// TestVacant_StandInIsSaid in the notice: for which post.
func TestVacant_StandInIsSaid(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.people(func(d *org.Data) {
		d.Appointments = slices.DeleteFunc(d.Appointments, func(a org.Appointment) bool { return a.Unit == house && a.Post == org.Handler })
		d.Absences = []org.Absence{{Person: "zjj-deputy", StandIn: "slj-deputy", From: hour(t, "00:00"), To: hour(t, "48:00")}}
	})
	id := o.register(incident.Major, house, "")
	same(t, "at dispatch", o.told(id, func(n incident.Notice) bool { return n.Label == "D" }), `
		10:00 accept D zjj-section_head 代县住建局经办人
		10:00 accept D slj-deputy 代县住建局分管领导县住建局分管领导`)
	// Who stands in may act for whom he stands in.
	o.do(id, o.as(water, org.Deputy), incident.Accept{})
	o.sound(id)
}

// TestAssisting_OwnAcceptanceOnly: the assisting unit is rung for its own acceptance, and its
// acceptance is not the lead's.
func TestAssisting_OwnAcceptanceOnly(t *testing.T) {
	t.Parallel()
	o := open(t)
	id := o.register(incident.General, "", "")
	o.do(id, o.duty(), incident.Dispatch{Lead: "县住建局", Assisting: []org.UnitID{"县水利局", "slj"}})
	o.do(id, o.as(house, org.Handler), incident.Accept{})
	o.runTo("12:00")
	o.runTo("12:01")
	same(t, "at noon", o.told(id, func(n incident.Notice) bool { return n.At.Equal(hour(t, "12:00")) }), `
		12:00 accept T slj-handler`)
	c := o.do(id, o.as(water, org.Handler), incident.Accept{})
	if c.State != incident.Accepted || len(c.PendingOf(incident.MilestoneAccept)) != 0 {
		t.Errorf("%s, %v", c.State, c.PendingOf(incident.MilestoneAccept))
	}
	o.sound(id)
}

// TestQuiet_ResultsOfGeneralWait for the morning; major's do not.
func TestQuiet_ResultsOfGeneralWait(t *testing.T) {
	t.Parallel()
	for level, want := range map[incident.Level]string{
		incident.General: "23:00   zjj-handler “准予延期1天；办结的最迟时间由11月21日24:00改为11月22日24:00” not before 07:30",
		incident.Major:   "23:00   zjj-handler “准予延期1天；给出方案或办结的最迟时间由11月23日24:00改为11月24日24:00”",
	} {
		o := open(t)
		o.jumpTo("21:00")
		id := o.register(level, house, "")
		o.do(id, o.as(house, org.Handler), incident.AskExtension{Days: 1, Reason: "等待检测"})
		o.jumpTo("23:00")
		o.do(id, o.as(hall, org.OfficeDirector), incident.GrantExtension{})
		got := o.told(id, func(n incident.Notice) bool { return n.Kind == incident.NoticeResult && n.Person == "zjj-handler" })
		if len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q, want %q", level, got, want)
		}
		o.sound(id)
	}
}
