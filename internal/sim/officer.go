package sim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"huiying/desk"
	"huiying/incident"
	"huiying/org"
)

// step is one thing that happens.
func (w *world) step(ctx context.Context) error {
	n := w.rand.IntN(100)
	switch w.seed % 4 { // some counties have more to do with duties, some with meetings
	case 2:
		if w.chance(0.3) {
			n = 14 + w.rand.IntN(17)
		}
	case 1:
		if w.chance(0.2) {
			n = 31
		}
	}
	switch {
	case n < 14 || len(w.cases) == 0:
		return w.report(ctx)
	case n < 19:
		return w.order(ctx)
	case n < 31:
		return w.onDuty(ctx)
	case n < 36:
		return w.meeting(ctx)
	case n < 62:
		return w.officer(ctx)
	case n < 87:
		d := time.Duration(w.rand.IntN(int(3*time.Hour/time.Second))) * time.Second
		w.note("live %s", d)
		return w.live(ctx, d)
	case n < 92:
		longest := 12 * time.Hour
		if w.chance(0.1) {
			longest = 40 * 24 * time.Hour // periods come up and end meanwhile
		}
		d := time.Duration(w.rand.IntN(int(longest/time.Second))) * time.Second
		w.note("outage %s", d)
		w.clock.Advance(d)
		return nil
	case n < 95:
		// The server's clock is set back by up to an hour, or right again.
		if w.clock.skew == 0 {
			w.clock.skew = -time.Duration(w.rand.IntN(3600)) * time.Second
		} else {
			w.clock.skew = 0
		}
		w.note("clock off by %s", w.clock.skew)
		return nil
	}
	w.note("kill")
	panic(crash{"a kill"})
}

// report is somebody outside who speaks up; now and then the same thing twice.
func (w *world) report(ctx context.Context) error {
	levels := incident.Levels()
	level := levels[w.rand.IntN(len(levels))]
	external := fmt.Sprintf("ext-%d", w.rand.IntN(w.Steps))
	by, _ := w.house.Desk.Directory().Actor("hall-duty_officer-1", "sim", w.clock.Now())
	r := incident.Report{
		Source:     incident.Source{Name: "12345热线", Kind: incident.SourceHotline, Public: w.chance(0.7), WantsAnswer: w.chance(0.5)},
		ExternalID: external, Title: "模拟事件" + external,
		SubmittedAt: w.clock.Now().Add(-time.Duration(w.rand.IntN(600)) * time.Second),
	}
	e := desk.Registration{Register: incident.Register{Report: r, Grading: incident.Grading{
		Level: level, By: "officer", Confirmed: true, Influence: w.chance(0.3),
	}}}
	if w.chance(0.6) {
		e.Lead = w.unit()
	}
	w.note("register %s %s lead %s", external, level, e.Lead)
	c, _, err := w.house.Desk.Register(ctx, by, e)
	if err != nil {
		return err //nolint:wrapcheck // told apart by guard
	}
	if was, known := w.reports[external]; known && was != c.ID {
		w.broken("%s was registered as %s and again as %s", external, was, c.ID)
	}
	w.reports[external] = c.ID
	return nil
}

func (w *world) unit() org.UnitID { return w.units[w.rand.IntN(len(w.units))] }

// officer is somebody who does something that he may do, or tries what he may not.
func (w *world) officer(ctx context.Context) error {
	id := incident.ID(w.rand.IntN(len(w.cases)) + 1)
	c := w.cases[id]
	by, _ := w.house.Desk.Directory().Actor(w.people[w.rand.IntN(len(w.people))], "sim", w.clock.Now())
	kinds := c.Allowed(by)
	if w.chance(0.1) {
		kinds = incident.Kinds()
	}
	kinds = slices.DeleteFunc(kinds, func(k incident.Kind) bool { return k.Internal() || k.OfDuties() || k == incident.KindRetime })
	if len(kinds) == 0 {
		return nil
	}
	return w.do(ctx, by, kinds[w.rand.IntN(len(kinds))], c)
}

// do gives a command on a case, now and then twice.
func (w *world) do(ctx context.Context, by org.Actor, kind incident.Kind, c incident.Case) error {
	cmd, err := w.command(kind, c)
	if err != nil {
		return err
	}
	w.keys++
	key := fmt.Sprintf("key-%d", w.keys)
	w.note("%s %s on %s in state %s", by.Person, kind, c.ID, c.State)
	times := 1
	if w.chance(0.1) {
		times = 2 // tapped twice
	}
	for range times {
		_, err = w.house.Desk.Do(ctx, by, c.ID, cmd, key)
		var refused *incident.Error
		if errors.As(err, &refused) && !errors.Is(err, errStorage) {
			if refused.Text == "" {
				w.broken("%s was refused without a sentence", kind)
			}
			return nil
		}
		if err != nil {
			return err //nolint:wrapcheck // told apart by guard
		}
	}
	return nil
}

// command makes up a command with what it needs, mostly.
func (w *world) command(kind incident.Kind, c incident.Case) (incident.Command, error) {
	now := w.clock.Now()
	fields := map[string]any{}
	set := func(kv ...any) {
		for i := 0; i < len(kv); i += 2 {
			fields[kv[i].(string)] = kv[i+1] //nolint:forcetypeassert // the keys below
		}
	}
	levels := incident.Levels()
	switch kind { //nolint:exhaustive // the rest needs no more than a reason
	case incident.KindAssess:
		set("level", levels[w.rand.IntN(3)], "reason", "核实")
	case incident.KindDispatch, incident.KindDesignate:
		set("lead", w.unit())
		if w.chance(0.4) {
			set("assisting", []org.UnitID{w.unit()})
		}
	case incident.KindRegrade:
		set("to", levels[w.rand.IntN(3)], "kind", []string{"development", "correction"}[w.rand.IntN(2)], "reason", "核实")
	case incident.KindAskExtension:
		set("days", 1+w.rand.IntN(3), "reason", "需现场勘查")
	case incident.KindPlan:
		set("promised_at", now.AddDate(0, 0, 1+w.rand.IntN(20)), "text", "分期整改")
	case incident.KindConclude:
		kinds := []string{"resolved", "planned", "explained", "clarified"}
		set("kind", kinds[w.rand.IntN(4)], "result", "已处理", "basis", "有关规定", "facts", "经核查属实", "address", "官网", "promised_at", now.AddDate(0, 0, 3))
	case incident.KindFeedback:
		set("address", "https://example.gov.cn/1", "text", "已答复")
	case incident.KindDraft, incident.KindSubmit, incident.KindReview, incident.KindCountersign, incident.KindWithdraw, incident.KindAssign, incident.KindOpinion,
		incident.KindRespond, incident.KindRelease:
		w.draftFields(kind, c, set)
	case incident.KindPressConference:
		set("place", "融媒体中心", "speaker", "主要负责人")
	case incident.KindFind:
		set("what", incident.Faults()[w.rand.IntN(3)], "unit", w.unit(), "reason", "经核查", "evidence", "通话记录", "known_at", now, "found_by", "网信办")
	case incident.KindConsult:
		set("participants", "县政府办、宣传部", "facts", "2人受伤", "wording", "2人受伤，原因正在调查")
		if len(c.Assisting) > 0 && w.chance(0.7) {
			set("division", []incident.Item{{Text: "核实情况", Unit: c.Assisting[0]}})
		}
	case incident.KindReflect:
		set("happened", "已处置", "ill", "发现晚", "causes", "巡查少", "took_part", "经办人", "measures", []incident.Item{{Text: "加密巡查", Unit: w.unit(), DueAt: now.AddDate(0, 0, 7)}})
	case incident.KindVerify:
		set("result", []string{"satisfied", "unsatisfied", "unreached"}[w.rand.IntN(3)])
	case incident.KindMerge:
		set("into", 1+w.rand.IntN(len(w.cases)))
	case incident.KindFulfil, incident.KindStrikeProof:
		w.dutyFields(kind, c, set)
	case incident.KindRevoke:
		set("finding", w.rand.IntN(1+len(c.Misreports)), "reason", "证据不足")
	case incident.KindCompose, incident.KindAccept, incident.KindArchive, incident.KindAcknowledge, incident.KindGrantExtension:
	case incident.KindFirstReport, incident.KindProgress, incident.KindComment, incident.KindSupervise:
		set("text", "进展情况")
	default:
		set("reason", "核实后决定")
	}
	raw, err := json.Marshal(fields)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", kind, err)
	}
	cmd, err := incident.Decode(kind, raw)
	if err != nil {
		return nil, fmt.Errorf("the simulation gives %s on %s wrongly: %w", kind, c.ID, err)
	}
	return cmd, nil
}
